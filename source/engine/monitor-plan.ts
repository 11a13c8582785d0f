// When the monitor looks: every 15 minutes for two hours, then every two hours to the end of the day; six of the
// samples are checkpoints of the deployment plan. Pure.
import type {CheckpointId} from '../domain/health.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Offsets from T0 of all 20 samples, ascending, T+0 included. */
export const monitorOffsetsMs: readonly number[] = [
	...Array.from({length: 9}, (_, index) => index * 15 * minuteMs),
	...Array.from({length: 11}, (_, index) => (4 + index * 2) * hourMs),
];

export type Checkpoint = {readonly id: CheckpointId; readonly title: string; readonly offsetMs: number};

export const checkpoints: readonly Checkpoint[] = [
	{id: 'T+0h', title: 'first check', offsetMs: 0},
	{id: 'T+2h', title: 'periodic', offsetMs: 2 * hourMs},
	{id: 'T+4h', title: 'cost analysis', offsetMs: 4 * hourMs},
	{id: 'T+8h', title: 'performance review', offsetMs: 8 * hourMs},
	{id: 'T+12h', title: 'overnight', offsetMs: 12 * hourMs},
	{id: 'T+24h', title: 'full system review', offsetMs: 24 * hourMs},
];

/** A sample later than this after it was due leaves a blind window. */
export const latenessMs = 90_000;

export type DueSample = {readonly index: number; readonly offsetMs: number; readonly missed: readonly number[]};

/**
 * The next sample to take.
 * @param taken number of planned samples that were taken or given up, so far.
 * @returns the sample, with the offsets of those before it whose time has passed; undefined when all are through.
 */
export const nextSample = (offsetsMs: readonly number[], taken: number, elapsedMs: number): DueSample | undefined => {
	if (taken >= offsetsMs.length) {
		return undefined;
	}

	// Of several that are overdue only the latest is taken: the others can't be made up for.
	let index = taken;
	while (index + 1 < offsetsMs.length && offsetsMs[index + 1]! <= elapsedMs) {
		index += 1;
	}

	return {index: index + 1, offsetMs: offsetsMs[index]!, missed: offsetsMs.slice(taken, index)};
};
