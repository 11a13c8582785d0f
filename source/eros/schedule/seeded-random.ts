// Pseudo-random numbers from a text seed: the same inputs give the same schedule, on every machine.
import {createHash} from 'node:crypto';

/** A stream of numbers in [0, 1) that depends on the seed text only (sfc32 seeded from SHA-256). */
export const seededRandom = (seed: string): (() => number) => {
	const digest = createHash('sha256').update(seed, 'utf8').digest();
	let [a, b, c, counter] = [0, 4, 8, 12].map(offset => digest.readUInt32LE(offset)) as [number, number, number, number];
	return () => {
		const mixed = (((a + b) | 0) + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = ((c << 21) | (c >>> 11)) + mixed;
		c |= 0;
		return (mixed >>> 0) / 4_294_967_296;
	};
};
