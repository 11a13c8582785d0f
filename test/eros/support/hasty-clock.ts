// A clock for real work: time limits run in real time, back-off pauses are written down and cut to a moment.
import {setTimeout as wait} from 'node:timers/promises';
import type {Clock} from '../../../source/ports/clock.js';

export type HastyClock = Clock & {
	/** Back-off pauses that were asked for, in milliseconds, in order. */
	readonly pauses: readonly number[];
};

/** From here on a pause is a time limit, not a back-off. */
const shortestLimitMs = 60_000;

/** `now` starts at an instant and moves with real time. */
export const createHastyClock = (startMs: number): HastyClock => {
	const startedMs = performance.now();
	const pauses: number[] = [];
	const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
		if (ms < shortestLimitMs) {
			pauses.push(ms);
		}

		await wait(ms < shortestLimitMs ? 1 : ms, undefined, {ref: false, ...(signal && {signal})});
	};

	const monotonic = (): number => performance.now() - startedMs;
	return {
		pauses,
		now: () => Math.floor(startMs + monotonic()),
		monotonic,
		pause,
		sleepUntil: async (_atMs, signal) => pause(1, signal),
		every: () => ({[Symbol.dispose]() {}}),
		isDriven: false,
	};
};
