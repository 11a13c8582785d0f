// The clock of this machine.
import {setTimeout as wait} from 'node:timers/promises';
import type {Clock} from '../ports/clock.js';

/** Timers of Node take at most 2^31 - 1 ms; longer sleeps are cut, which also notices a laptop that slept. */
const longestNapMs = 30_000;

const pauseFor = async (ms: number, signal?: AbortSignal): Promise<void> => {
	await wait(Math.max(0, ms), undefined, signal === undefined ? {} : {signal});
};

/** Real time. `sleepUntil` looks at the wall clock every half minute, so that sleep of the machine and clock steps are noticed. */
export const createSystemClock = (): Clock => ({
	now: () => Date.now(),
	monotonic: () => performance.now(),
	async sleepUntil(atMs, signal) {
		for (let leftMs = atMs - Date.now(); leftMs > 0; leftMs = atMs - Date.now()) {
			await pauseFor(Math.min(leftMs, longestNapMs), signal);
		}
	},
	pause: pauseFor,
	every(ms, tick) {
		const timer = setInterval(tick, ms);
		timer.unref();
		return {[Symbol.dispose]: () => clearInterval(timer)};
	},
	isDriven: false,
});
