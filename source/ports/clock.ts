// Time, timers and randomness. A rehearsal swaps this for the embedded warehouse's driven clock: the same code then
// lives through 24 hours in seconds.

export type Clock = {
	/** UTC epoch milliseconds of the run's clock. */
	now: () => number;
	/** Monotonic milliseconds of this process. */
	monotonic: () => number;
	/** Resolves at that instant of the run's clock; a driven clock moves there, firing scheduled queries on the way. */
	sleepUntil: (atMs: number, signal?: AbortSignal) => Promise<void>;
	/** Real waiting, for polling and back-off; never driven. */
	pause: (ms: number, signal?: AbortSignal) => Promise<void>;
	/** Calls back about every `ms` of real time until disposed. */
	every: (ms: number, tick: () => void) => Disposable;
	readonly isDriven: boolean;
};

/** Seeded pseudo-random numbers in [0, 1). */
export type Random = () => number;
