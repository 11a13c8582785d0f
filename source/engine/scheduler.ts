// Decides which tasks may start: pure bookkeeping over the graph, O(1) amortised a step. Lanes run side by side, one
// task each; a task without a lane runs alone.
import {layersOf, type GraphNode} from '../domain/graph.js';
import type {TaskId} from '../domain/ids.js';
import type {Lane} from '../domain/window.js';

export type ScheduledTask = GraphNode & {readonly lane?: Lane};

export type Scheduler = {
	/** Tasks that may start right now, in the order of the window. Starting one changes the answer. */
	startable: () => readonly TaskId[];
	start: (id: TaskId) => void;
	/** The task is over for good: its dependents may become ready. */
	settle: (id: TaskId) => void;
	/** The task ended without settling: it may be started again, and nothing behind it can. */
	release: (id: TaskId) => void;
	/** Puts a settled task back, and nothing that depends on it may start before it settles again. */
	reopen: (id: TaskId) => void;
	isSettled: (id: TaskId) => boolean;
	running: () => ReadonlySet<TaskId>;
	isDone: () => boolean;
};

type Entry = {readonly task: ScheduledTask; readonly index: number; readonly dependents: Entry[]; unmet: number; state: 'waiting' | 'running' | 'settled'};

type Queue = {readonly entries: Entry[]; head: number};

const push = (queue: Queue, entry: Entry): void => {
	// Kept in the window's order; entries mostly become ready in that order already.
	let at = queue.entries.length;
	while (at > queue.head && queue.entries[at - 1]!.index > entry.index) {
		at -= 1;
	}

	queue.entries.splice(at, 0, entry);
};

/** Takes what is no longer waiting off the front and gives the first that is. */
const first = (queue: Queue): Entry | undefined => {
	for (;;) {
		const entry = queue.entries[queue.head];
		if (entry === undefined || (entry.state === 'waiting' && entry.unmet === 0)) {
			if (queue.head > 1024) {
				queue.entries.splice(0, queue.head);
				queue.head = 0;
			}

			return entry;
		}

		queue.head += 1;
	}
};

/**
 * Builds the scheduler of a window.
 * @throws GraphError for a cycle or an unknown dependency.
 */
export const createScheduler = (tasks: readonly ScheduledTask[]): Scheduler => {
	layersOf(tasks);
	const entries = new Map<TaskId, Entry>(tasks.map((task, index) => [task.id, {task, index, dependents: [], unmet: task.dependsOn.length, state: 'waiting'}]));
	for (const entry of entries.values()) {
		for (const id of entry.task.dependsOn) {
			entries.get(id)!.dependents.push(entry);
		}
	}

	const queues = new Map<Lane | undefined, Queue>();
	const enqueue = (entry: Entry): void => {
		const queue = queues.get(entry.task.lane) ?? {entries: [], head: 0};
		queues.set(entry.task.lane, queue);
		push(queue, entry);
	};

	for (const entry of entries.values()) {
		if (entry.unmet === 0) {
			enqueue(entry);
		}
	}

	const running = new Set<TaskId>();
	const runningLanes = new Map<Lane | undefined, number>();
	let settled = 0;
	const find = (id: TaskId): Entry => {
		const entry = entries.get(id);
		if (entry === undefined) {
			throw new TypeError(`The window has no task ${id}.`);
		}

		return entry;
	};

	const stop = (entry: Entry): void => {
		if (entry.state === 'running') {
			running.delete(entry.task.id);
			runningLanes.set(entry.task.lane, (runningLanes.get(entry.task.lane) ?? 1) - 1);
		}
	};

	const reopen = (entry: Entry): void => {
		if (entry.state !== 'settled') {
			return;
		}

		entry.state = 'waiting';
		settled -= 1;
		for (const dependent of entry.dependents) {
			dependent.unmet += 1;
		}

		if (entry.unmet === 0) {
			enqueue(entry);
		}
	};

	return {
		startable() {
			const isAloneRunning = (runningLanes.get(undefined) ?? 0) > 0;
			if (isAloneRunning) {
				return [];
			}

			const found: Entry[] = [];
			for (const [lane, queue] of queues) {
				const entry = lane !== undefined && (runningLanes.get(lane) ?? 0) > 0 ? undefined : first(queue);
				if (entry !== undefined) {
					found.push(entry);
				}
			}

			found.sort((a, b) => a.index - b.index);
			const [earliest] = found;
			if (earliest === undefined) {
				return [];
			}

			if (earliest.task.lane === undefined) {
				return running.size === 0 ? [earliest.task.id] : [];
			}

			// A task without a lane waits until the lanes before it are through.
			return found.filter(({task}) => task.lane !== undefined).map(({task}) => task.id);
		},
		start(id) {
			const entry = find(id);
			entry.state = 'running';
			running.add(id);
			runningLanes.set(entry.task.lane, (runningLanes.get(entry.task.lane) ?? 0) + 1);
		},
		settle(id) {
			const entry = find(id);
			if (entry.state === 'settled') {
				return;
			}

			stop(entry);
			entry.state = 'settled';
			settled += 1;
			for (const dependent of entry.dependents) {
				dependent.unmet -= 1;
				if (dependent.unmet === 0 && dependent.state === 'waiting') {
					enqueue(dependent);
				}
			}
		},
		release(id) {
			const entry = find(id);
			stop(entry);
			entry.state = 'waiting';
			enqueue(entry);
		},
		reopen: id => reopen(find(id)),
		isSettled: id => find(id).state === 'settled',
		running: () => running,
		isDone: () => settled === entries.size,
	};
};
