// Stops calling a service that keeps failing. One breaker an agent, shared by all pages of a run.
import type {Clock} from '../ports/clock.js';

const opensAfter = 5;
const coolDownMs = 60_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Stands for one call with all its attempts: an agent at work for one page. Only its identity counts. */
export type BreakerCall = object;

export type CircuitBreaker = {
	readonly state: () => BreakerState;
	/** What the newest counted failure said; empty before the first one. */
	readonly lastCause: () => string;
	/** True when an attempt of the call may be made now. Half open lets one call through, with its retries, to find out. */
	readonly tryEnter: (call: BreakerCall) => boolean;
	readonly succeeded: (call: BreakerCall) => void;
	/** The call failed for good: an attempt that is still to be repeated is no failure. */
	readonly failed: (call: BreakerCall, cause: string) => void;
	/** The call ended without telling anything about the service. */
	readonly left: (call: BreakerCall) => void;
};

/**
 * Opens at the fifth failure in a row; 60 s later one call may try, and closes it when it succeeds.
 * A failure is a call whose retries are used up. Attempts are not counted: five pages that each meet one passing error are
 * a busy service, which the back-off is for, and not one that is down.
 */
export const createCircuitBreaker = (clock: Pick<Clock, 'monotonic'>): CircuitBreaker => {
	let failures = 0;
	let lastCause = '';
	let openedAtMs: number | undefined;
	let probe: BreakerCall | undefined;
	const state = (): BreakerState => (openedAtMs === undefined ? 'closed' : clock.monotonic() - openedAtMs >= coolDownMs ? 'half-open' : 'open');
	const left = (call: BreakerCall): void => {
		probe = probe === call ? undefined : probe;
	};

	return {
		state,
		lastCause: () => lastCause,
		tryEnter(call) {
			const current = state();
			if (current === 'open' || (current === 'half-open' && probe !== undefined && probe !== call)) {
				return false;
			}

			probe = current === 'half-open' ? call : undefined;
			return true;
		},
		succeeded() {
			failures = 0;
			openedAtMs = undefined;
			probe = undefined;
		},
		failed(call, cause) {
			failures += 1;
			lastCause = cause;
			left(call);
			// Calls that were under way when it opened end later; they say nothing new and don't keep it open for longer.
			if (failures >= opensAfter && state() !== 'open') {
				openedAtMs = clock.monotonic();
			}
		},
		left,
	};
};
