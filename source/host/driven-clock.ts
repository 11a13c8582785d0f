// A clock that is moved instead of waited for: it runs with real time from a chosen start, and a sleep jumps ahead.
import {setImmediate as yieldOnce} from 'node:timers/promises';
import {createSystemClock} from './system-clock.js';
import type {Clock} from '../ports/clock.js';

export type DrivenClockOptions = {
	readonly startMs: number;
	/** Called before the clock moves to an instant; the embedded warehouse moves its own clock here and fires what is due. */
	readonly onAdvance?: (toMs: number) => Promise<void>;
	/** Milliseconds of the driven clock a real millisecond; undefined jumps at once. */
	readonly speed?: number;
	/** Stands still between jumps, for tests. */
	readonly isFrozen?: boolean;
};

/**
 * A driven clock. Several sleepers are woken in the order of their instants: the clock moves to the earliest of them.
 * Real pauses and ticks stay real.
 */
export const createDrivenClock = (options: DrivenClockOptions): Clock => {
	const real = createSystemClock();
	let offsetMs = options.startMs - real.now();
	let frozenMs = options.startMs;
	const now = (): number => (options.isFrozen === true ? frozenMs : real.now() + offsetMs);
	const jumpTo = (atMs: number): void => {
		offsetMs += Math.max(0, atMs - now());
		frozenMs = Math.max(frozenMs, atMs);
	};

	type Sleeper = {readonly atMs: number; readonly wake: () => void; readonly fail: (error: unknown) => void};
	const sleepers: Sleeper[] = [];
	let isMoving = false;
	const move = async (): Promise<void> => {
		isMoving = true;
		while (sleepers.length > 0) {
			// Whoever else is about to sleep until an earlier instant gets to say so first.
			await yieldOnce();
			sleepers.sort((a, b) => a.atMs - b.atMs);
			const next = sleepers.shift();
			if (next === undefined) {
				break;
			}

			try {
				const aheadMs = next.atMs - now();
				if (aheadMs > 0) {
					if (options.speed !== undefined) {
						await real.pause(aheadMs / options.speed);
					}

					await options.onAdvance?.(next.atMs);
					jumpTo(next.atMs);
				}

				next.wake();
			} catch (error) {
				next.fail(error);
			}
		}

		isMoving = false;
	};

	return {
		now,
		monotonic: real.monotonic,
		async sleepUntil(atMs, signal) {
			signal?.throwIfAborted();
			await new Promise<void>((resolve, reject) => {
				const sleeper: Sleeper = {atMs, wake: resolve, fail: reject};
				const onAbort = (): void => {
					const index = sleepers.indexOf(sleeper);
					if (index !== -1) {
						sleepers.splice(index, 1);
					}

					reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
				};

				signal?.addEventListener('abort', onAbort, {once: true});
				sleepers.push({
					atMs,
					wake() {
						signal?.removeEventListener('abort', onAbort);
						resolve();
					},
					fail(error) {
						signal?.removeEventListener('abort', onAbort);
						reject(error);
					},
				});
				if (!isMoving) {
					void move();
				}
			});
		},
		pause: real.pause,
		every: real.every,
		isDriven: true,
	};
};
