// Google's clients wait for an answer as long as the connection stands: giving up is ours.
import type {Clock} from '../ports/clock.js';
import {WarehouseError} from '../ports/warehouse.js';

/**
 * Waits for an answer, at most so long. What was asked for may be carried out all the same.
 * @param ms - real milliseconds.
 * @throws WarehouseError 'network' when the time is over.
 */
export const withDeadline = async <T>(clock: Pick<Clock, 'pause'>, ms: number, work: () => Promise<T>): Promise<T> => {
	const answered = new AbortController();
	const silence = clock.pause(ms, answered.signal).then((): never => {
		throw new WarehouseError('network', `No answer from the warehouse within ${ms / 1000} s; whether the request was carried out is not known.`, {reason: 'network'});
	});
	silence.catch(() => undefined);
	const answer = work();
	answer.catch(() => undefined);
	try {
		return await Promise.race([answer, silence]);
	} finally {
		answered.abort();
	}
};
