// Damages to a file, drawn from a seed: single bytes changed, put in, taken out, and whole lines cut off, swapped, doubled.

export type Damage = {readonly kind: string; readonly detail: string; readonly bytes: Uint8Array};

/** Pseudo-random whole numbers below a bound, the same for the same seed. */
export const seeded = (seed: number): ((bound: number) => number) => {
	let state = (seed ^ 0x9E_37_79_B9) >>> 0;
	return bound => {
		state = (state + 0x6D_2B_79_F5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
	};
};

const lineFeed = 0x0A;

const splice = (bytes: Uint8Array, start: number, removed: number, inserted: Uint8Array): Uint8Array => {
	const result = new Uint8Array(bytes.length - removed + inserted.length);
	result.set(bytes.subarray(0, start));
	result.set(inserted, start);
	result.set(bytes.subarray(start + removed), start + inserted.length);
	return result;
};

const lineStarts = (bytes: Uint8Array): readonly number[] => {
	const starts = [0];
	for (let index = bytes.indexOf(lineFeed); index !== -1 && index < bytes.length - 1; index = bytes.indexOf(lineFeed, index + 1)) {
		starts.push(index + 1);
	}

	return starts;
};

/** A place in the file, a tenth of the time in its last line, where a chain ends. */
const placeIn = (bytes: Uint8Array, random: (bound: number) => number): number => {
	const lastStart = bytes.subarray(0, -1).lastIndexOf(lineFeed) + 1;
	return random(10) === 0 ? lastStart + random(bytes.length - lastStart) : random(bytes.length);
};

/** One byte changed by 1 to 8 of its bits: as long as before, and always different. */
export const flip = (bytes: Uint8Array, seed: number): {readonly detail: string; readonly position: number; readonly bytes: Uint8Array} => {
	const random = seeded(seed);
	const position = placeIn(bytes, random);
	const pattern = 1 + random(255);
	return {detail: `byte ${position} by ${pattern.toString(2)}`, position, bytes: splice(bytes, position, 1, Uint8Array.of(bytes[position]! ^ pattern))};
};

/** One damage; the result always differs from what was given. A tenth of all concerns the last line, where a chain ends. */
export const damage = (bytes: Uint8Array, seed: number): Damage => {
	const random = seeded(seed);
	const starts = lineStarts(bytes);
	const position = placeIn(bytes, random);
	const line = random(starts.length);
	const [start, end] = [starts[line]!, starts[line + 1] ?? bytes.length];
	switch (random(12)) {
		case 0: {
			const isLineFeed = bytes[position] === lineFeed;
			return {kind: 'line feed', detail: `at ${position}`, bytes: splice(bytes, position, 1, Uint8Array.of(isLineFeed ? 0x20 : lineFeed))};
		}

		case 1: {
			return {kind: 'insert', detail: `at ${position}`, bytes: splice(bytes, position, 0, Uint8Array.of(random(256)))};
		}

		case 2: {
			return {kind: 'delete', detail: `at ${position}`, bytes: splice(bytes, position, 1, new Uint8Array())};
		}

		case 3: {
			return {kind: 'truncate', detail: `at ${position}`, bytes: bytes.slice(0, position)};
		}

		case 4: {
			return {kind: 'truncate to whole lines', detail: `before line ${line + 1}`, bytes: bytes.slice(0, start)};
		}

		case 5: {
			return {kind: 'double a line', detail: `line ${line + 1}`, bytes: splice(bytes, end, 0, bytes.slice(start, end))};
		}

		case 6: {
			return {kind: 'drop a line', detail: `line ${line + 1}`, bytes: splice(bytes, start, end - start, new Uint8Array())};
		}

		case 7: {
			const other = Math.max(1, Math.min(starts.length - 1, line));
			const [before, middle, after] = [starts[other - 1]!, starts[other]!, starts[other + 1] ?? bytes.length];
			return {kind: 'swap lines', detail: `${other} and ${other + 1}`, bytes: splice(bytes, before, after - before, Uint8Array.from([...bytes.subarray(middle, after), ...bytes.subarray(before, middle)]))};
		}

		default: {
			const pattern = 1 + random(255);
			return {kind: 'flip', detail: `at ${position} by ${pattern.toString(2)}`, bytes: splice(bytes, position, 1, Uint8Array.of(bytes[position]! ^ pattern))};
		}
	}
};
