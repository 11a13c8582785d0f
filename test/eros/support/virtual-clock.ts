// A clock that moves to the next awaited instant as soon as nothing else is left to do: hours pass in milliseconds.
import type {Clock} from '../../../source/ports/clock.js';

type Sleeper = {readonly atMs: number; readonly wake: () => void};

export type VirtualClock = Clock & {
	/** Every wait that was asked for, in order. */
	readonly pauses: number[];
	readonly advance: (ms: number) => void;
};

export const createVirtualClock = (startMs: number): VirtualClock => {
	let nowMs = startMs;
	let sleepers: readonly Sleeper[] = [];
	let isTicking = false;
	const tick = (): void => {
		isTicking = true;
		// Several turns of the event loop: promise chains and real I/O of the code under test settle first.
		let turns = 0;
		const turn = (): void => {
			turns += 1;
			if (turns < 6) {
				setImmediate(turn);
				return;
			}

			const [next] = [...sleepers].sort((a, b) => a.atMs - b.atMs);
			if (!next) {
				isTicking = false;
				return;
			}

			nowMs = Math.max(nowMs, next.atMs);
			sleepers = sleepers.filter(sleeper => sleeper !== next);
			next.wake();
			turns = 0;
			setImmediate(turn);
		};

		setImmediate(turn);
	};

	const pauses: number[] = [];
	const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
		pauses.push(ms);
		return new Promise((resolve, reject) => {
			if (signal?.aborted) {
				reject(new Error('The pause was cut short.'));
				return;
			}

			const abort = (): void => {
				sleepers = sleepers.filter(other => other !== sleeper);
				reject(new Error('The pause was cut short.'));
			};

			const sleeper: Sleeper = {
				atMs: nowMs + ms,
				wake() {
					signal?.removeEventListener('abort', abort);
					resolve();
				},
			};
			sleepers = [...sleepers, sleeper];
			signal?.addEventListener('abort', abort, {once: true});
			if (!isTicking) {
				tick();
			}
		});
	};

	return {
		pauses,
		advance(ms) {
			nowMs += ms;
		},
		now: () => nowMs,
		monotonic: () => nowMs - startMs,
		pause,
		sleepUntil: async (atMs, signal) => pause(Math.max(0, atMs - nowMs), signal),
		every: () => ({[Symbol.dispose]() {}}),
		isDriven: true,
	};
};
