// One answer a process for tasks that need the same one, kept in the memory of the run.
import type {StepContext} from '../engine/task.js';

/**
 * What was read once for the whole run: the answer kept under this key, or the one made now. A retry of a task works on
 * the same answer; an edit of the files forgets it.
 * @throws what `make` throws; nothing is kept then.
 */
export const askOnce = async <Value>({memory}: Pick<StepContext, 'memory'>, key: string, make: () => Promise<Value>): Promise<Value> => {
	const known = memory.get(key) as Promise<Value> | undefined;
	if (known !== undefined) {
		return known;
	}

	const answer = make();
	return keep(memory, key, answer, answer);
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
		const answer = make();
		return keep(memory, key, answer, {answer, takers: new Map([[task.id, attempt]])});
	}

	known.takers.set(task.id, attempt);
	return known.answer;
};

/** Keeps the entry unless its answer fails. */
const keep = async <Value>(memory: StepContext['memory'], key: string, answer: Promise<Value>, entry: unknown): Promise<Value> => {
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
