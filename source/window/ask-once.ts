// One answer a process for tasks that need the same one, kept in the memory of the run.
import type {StepContext} from '../engine/task.js';

/**
 * The answer kept under this key, or the one made now. A retried task makes it again after a failure; another task of
 * the same attempt takes the answer that is there, or waits for it.
 * @throws what `make` throws; nothing is kept then.
 */
export const askOnce = async <Value>(context: StepContext, key: string, make: () => Promise<Value>): Promise<Value> => {
	const known = context.memory.get(key) as Promise<Value> | undefined;
	if (known !== undefined) {
		return known;
	}

	const made = make();
	context.memory.set(key, made);
	try {
		return await made;
	} catch (error) {
		context.memory.delete(key);
		throw error;
	}
};
