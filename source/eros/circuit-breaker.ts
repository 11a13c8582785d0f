// Stops calling a service that keeps failing. One breaker an agent, shared by all pages of a run.
import type {Clock} from '../ports/clock.js';

const opensAfter = 5;
const coolDownMs = 60_000;

export type BreakerState = 'closed' | 'open' | 'half-open';

export type CircuitBreaker = {
	readonly state: () => BreakerState;
	/** True when a call may be made now. Half open lets one call through to find out. */
	readonly tryEnter: () => boolean;
	readonly succeeded: () => void;
	readonly failed: () => void;
	/** The call ended without telling anything about the service. */
	readonly left: () => void;
};

/** Opens at the fifth failure in a row; 60 s later one call may try, and closes it when it succeeds. */
export const createCircuitBreaker = (clock: Pick<Clock, 'monotonic'>): CircuitBreaker => {
	let failures = 0;
	let openedAtMs: number | undefined;
	let isProbing = false;
	const state = (): BreakerState => (openedAtMs === undefined ? 'closed' : clock.monotonic() - openedAtMs >= coolDownMs ? 'half-open' : 'open');
	return {
		state,
		tryEnter() {
			const current = state();
			if (current === 'open' || (current === 'half-open' && isProbing)) {
				return false;
			}

			isProbing = current === 'half-open';
			return true;
		},
		succeeded() {
			failures = 0;
			openedAtMs = undefined;
			isProbing = false;
		},
		failed() {
			failures += 1;
			isProbing = false;
			if (failures >= opensAfter) {
				openedAtMs = clock.monotonic();
			}
		},
		left() {
			isProbing = false;
		},
	};
};
