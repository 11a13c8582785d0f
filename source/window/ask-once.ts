// One answer a process for tasks that need the same one, kept in the memory of the run.
import type {StepContext} from '../engine/task.js';

/**
 * What was read once for the whole run: the answer kept under this key, or the one made now. A retry of a task works on
 * the same answer; an edit of the files forgets it.
 * @throws what `make` throws; nothing is kept then.
 */
export const askOnce = async <Value>({memory}: Pick<StepContext, 'memory'>, key: string, make: () => Promise<Value>): Promise<Value> => {
	const known = memory.get(key) as Promise<Value> | undefined;
	return known ?? keep(memory, key, make, async answer => answer);
};

/** An observation and, by task, the attempt that last took it. */
type Observation<Value> = {readonly answer: Promise<Value>; readonly takers: Map<string, number>};

/**
 * What was observed of the outside: shared between tasks, but never handed again to a task that took it and is tried
 * again. A retry looks anew.
 * @throws what `make` throws; nothing is kept then.
 */
export const observeOnce = async <Value>({memory, task, attempt}: Pick<StepContext, 'memory' | 'task' | 'attempt'>, key: string, make: () => Promise<Value>): Promise<Value> => {
	const known = memory.get(key) as Observation<Value> | undefined;
	if (known === undefined || (known.takers.get(task.id) ?? attempt) < attempt) {
		return keep(memory, key, make, answer => ({answer, takers: new Map([[task.id, attempt]])}));
	}

	known.takers.set(task.id, attempt);
	return known.answer;
};

const keep = async <Value>(memory: StepContext['memory'], key: string, make: () => Promise<Value>, entryOf: (answer: Promise<Value>) => unknown): Promise<Value> => {
	const answer = make();
	const entry = entryOf(answer);
	memory.set(key, entry);
	try {
		return await answer;
	} catch (error) {
		if (memory.get(key) === entry) {
			memory.delete(key);
		}

		throw error;
	}
};
