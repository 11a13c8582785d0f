// Trying again what may be tried again, after a failure that can pass: reads, and changes that are the same when they are
// made twice. Back-off doubles, with jitter where the caller gives randomness.
import type {Clock, Random} from '../ports/clock.js';
import type {WarehouseError} from '../ports/warehouse.js';
import {toWarehouseError} from './bigquery/failure.js';

export type RetryOptions = {readonly clock: Clock; readonly random: Random; readonly attempts?: number; readonly firstPauseMs?: number; readonly longestPauseMs?: number; readonly signal?: AbortSignal | undefined};

/** Whether the same read may succeed later. */
export const isPassing = (error: WarehouseError): boolean => error.kind === 'network' || error.kind === 'backend' || error.kind === 'rate-limited';

/** Milliseconds before try number `attempt` (from 1), honouring what the service asked for. */
export const pauseBefore = (attempt: number, error: WarehouseError, options: RetryOptions): number => {
	const longestMs = options.longestPauseMs ?? 8000;
	const doubledMs = Math.min(longestMs, (options.firstPauseMs ?? 100) * (2 ** (attempt - 1)));
	return Math.max(error.retryAfterMs ?? 0, doubledMs * (0.5 + (options.random() / 2)));
};

/** Runs a read, or a change that may be made twice, until it answers, fails for good, or the attempts (default 5) are used up. */
export const retryRead = async <T>(read: () => Promise<T>, options: RetryOptions): Promise<T> => {
	for (let attempt = 1; ; attempt++) {
		try {
			return await read();
		} catch (error) {
			const failure = toWarehouseError(error);
			if (!isPassing(failure) || attempt >= (options.attempts ?? 5)) {
				throw failure;
			}

			await options.clock.pause(pauseBefore(attempt, failure, options), options.signal);
		}
	}
};
