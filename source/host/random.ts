// Randomness: seeded where a run has to be repeatable, from the machine where ids have to be unique.
import {randomBytes} from 'node:crypto';
import {runId, type RunId} from '../domain/ids.js';
import type {Random} from '../ports/clock.js';

/** Numbers in [0, 1) that follow from the seed alone (a 32-bit Weyl sequence through a mixing function). */
export const createSeededRandom = (seed: number): Random => {
	let state = Math.trunc(seed) >>> 0;
	return () => {
		state = (state + 0x9e_37_79_b9) >>> 0;
		let mixed = state;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
		mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
		return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
	};
};

/** A new run id: eight lower-case hex digits. */
export const createRunId = (): RunId => runId(randomBytes(4).toString('hex'));
