// The log in memory: a ring of lines a lane, read as one sequence in the order of the journal. All of it stays on disk.
import type {LogLine} from '../domain/run-state.js';

/** Lines kept in memory for each lane and for the run itself. */
export const linesPerLane = 50_000;

class Ring {
	readonly #lines: (LogLine | undefined)[] = [];
	readonly #limit: number;
	#first = 0;
	#length = 0;

	constructor(limit: number) {
		this.#limit = limit;
	}

	get length(): number {
		return this.#length;
	}

	push(line: LogLine): boolean {
		if (this.#length < this.#limit) {
			this.#lines[(this.#first + this.#length) % this.#limit] = line;
			this.#length += 1;
			return false;
		}

		this.#lines[this.#first] = line;
		this.#first = (this.#first + 1) % this.#limit;
		return true;
	}

	at(index: number): LogLine | undefined {
		return index < 0 || index >= this.#length ? undefined : this.#lines[(this.#first + index) % this.#limit];
	}

	/** Index of the first line with a seq of at least `seq`. */
	lowerBound(seq: number): number {
		let low = 0;
		let high = this.#length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.at(middle)?.seq ?? 0) < seq) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}

		return low;
	}
}

export type LineTest = (line: LogLine) => boolean;

const always: LineTest = () => true;

export class LogBook {
	readonly #rings: readonly [Ring, Ring, Ring];
	#appended = 0;
	#dropped = 0;
	#errors = 0;

	constructor(limit = linesPerLane) {
		this.#rings = [new Ring(limit), new Ring(limit), new Ring(limit)];
	}

	/** Lines ever appended; grows for ever, so differences tell how many are new. */
	get appended(): number {
		return this.#appended;
	}

	/** Lines that left memory because a ring was full. */
	get dropped(): number {
		return this.#dropped;
	}

	/** Error lines ever appended. */
	get errors(): number {
		return this.#errors;
	}

	append(line: LogLine): void {
		const ring = this.#rings[line.lane === 'A' ? 0 : line.lane === 'B' ? 1 : 2];
		this.#appended += 1;
		this.#errors += line.level === 'error' ? 1 : 0;
		this.#dropped += ring.push(line) ? 1 : 0;
	}

	/** Up to `count` lines at or before `seq`, oldest first. */
	before(seq: number, count: number, test: LineTest = always): readonly LogLine[] {
		const cursors = this.#rings.map(ring => ring.lowerBound(seq + 1) - 1);
		const found: LogLine[] = [];
		while (found.length < count) {
			const line = this.#step(cursors, -1);
			if (!line) {
				break;
			}

			if (test(line)) {
				found.push(line);
			}
		}

		return found.reverse();
	}

	/** Up to `count` lines at or after `seq`, oldest first. */
	after(seq: number, count: number, test: LineTest = always): readonly LogLine[] {
		const cursors = this.#rings.map(ring => ring.lowerBound(seq));
		const found: LogLine[] = [];
		while (found.length < count) {
			const line = this.#step(cursors, 1);
			if (!line) {
				break;
			}

			if (test(line)) {
				found.push(line);
			}
		}

		return found;
	}

	/** The last `count` lines that pass the test, oldest first. */
	last(count: number, test: LineTest = always): readonly LogLine[] {
		return this.before(Number.MAX_SAFE_INTEGER - 1, count, test);
	}

	/** Takes the nearest line in a direction over all rings, and moves that ring's cursor. */
	#step(cursors: number[], direction: 1 | -1): LogLine | undefined {
		let best: LogLine | undefined;
		let bestRing = -1;
		for (const [index, ring] of this.#rings.entries()) {
			const line = ring.at(cursors[index] ?? -1);
			if (line && (!best || (line.seq - best.seq) * direction < 0)) {
				best = line;
				bestRing = index;
			}
		}

		if (bestRing >= 0) {
			cursors[bestRing] = (cursors[bestRing] ?? 0) + direction;
		}

		return best;
	}
}
