// The warehouse's own clock. It runs at the pace of real time from wherever it was set: a rehearsal sets it to a
// deployment date and moves it forward, and everything that carries a time (jobs, rows, schedules) follows.

export type WarehouseClock = {
	/** UTC epoch microseconds; strictly monotonic between two settings of the clock. */
	nowMicros: () => bigint;
	/** UTC epoch milliseconds. */
	nowMs: () => number;
	/** Difference to real time; 0 for a clock that was never set. */
	offsetMs: () => number;
	/** Whether the clock was ever set, and so is moved by a rehearsal. */
	isDriven: () => boolean;
	/** Moves the clock to an instant, forwards or backwards, without firing anything. */
	set: (atMs: number) => void;
};

/** A clock at real time plus an offset kept from an earlier process. */
export const createWarehouseClock = (kept: {readonly offsetMs: number; readonly isDriven: boolean} = {offsetMs: 0, isDriven: false}): WarehouseClock => {
	const originMicros = BigInt(Date.now()) * 1000n;
	const originNanos = process.hrtime.bigint();
	let offsetMicros = BigInt(Math.round(kept.offsetMs)) * 1000n;
	let isDriven = kept.isDriven;
	let last = 0n;
	const realMicros = (): bigint => originMicros + ((process.hrtime.bigint() - originNanos) / 1000n);
	const nowMicros = (): bigint => {
		const now = realMicros() + offsetMicros;
		last = now > last ? now : last + 1n;
		return last;
	};

	return {
		nowMicros,
		nowMs: () => Number(nowMicros() / 1000n),
		offsetMs: () => Number(offsetMicros / 1000n),
		isDriven: () => isDriven,
		set(atMs) {
			const target = BigInt(Math.round(atMs)) * 1000n;
			offsetMicros = target - realMicros();
			last = target - 1n;
			isDriven = true;
		},
	};
};
