// Changes that must not be made twice and carry no id of ours: when the answer is lost, what stands there is looked at before
// the change is tried again.
import type {WarehouseError} from '../../ports/warehouse.js';
import {isPassing, pauseBefore, type RetryOptions} from '../retry.js';
import {toWarehouseError} from './failure.js';

export type ChangeOnce<T> = RetryOptions & {
	readonly change: () => Promise<T>;
	/** What the change would leave, when it is there. */
	readonly look: () => Promise<T | undefined>;
};

/** Kinds that a change meets when an earlier try of it went through unseen. */
const isOwnTrace = ({kind}: WarehouseError): boolean => kind === 'duplicate' || kind === 'precondition';

/**
 * Makes a change and, when its answer was lost, finds out whether it was made.
 * @throws WarehouseError: the failure of the change; one that passes only after all tries.
 */
export const changeOnce = async <T>(options: ChangeOnce<T>): Promise<T> => {
	let isLost = false;
	for (let attempt = 1; ; attempt++) {
		try {
			return await options.change();
		} catch (error) {
			const failure = toWarehouseError(error);
			const isTraced = isLost && isOwnTrace(failure);
			if (!isTraced && (!isPassing(failure) || attempt >= (options.attempts ?? 5))) {
				throw failure;
			}

			if (!isTraced) {
				// A refusal for now (503, 429) was not carried out; no answer may have been.
				isLost ||= failure.kind !== 'rate-limited';
				await options.clock.pause(pauseBefore(attempt, failure, options), options.signal);
			}

			const found = isLost ? await options.look() : undefined;
			if (found !== undefined) {
				return found;
			}

			if (isTraced) {
				throw failure;
			}
		}
	}
};

/** Whether labels are as a change wanted them; null means absent. */
export const hasLabels = (labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string | null>>): boolean =>
	Object.entries(wanted).every(([key, value]) => (value === null ? !(key in labels) : labels[key] === value));
