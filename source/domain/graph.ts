// The dependency graph of tasks: which may run, which wait, in which layers.
import type {TaskId} from './ids.js';

export type GraphNode = {readonly id: TaskId; readonly dependsOn: readonly TaskId[]};

/** Thrown for a graph that can't be ordered: a cycle or a dependency that does not exist. */
export class GraphError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'GraphError';
	}
}

const findCycle = (nodes: ReadonlyMap<TaskId, GraphNode>, start: TaskId): readonly TaskId[] => {
	const trail: TaskId[] = [start];
	for (;;) {
		const next = nodes.get(trail.at(-1)!)?.dependsOn.find(id => nodes.has(id));
		if (next === undefined) {
			return trail;
		}

		const seenAt = trail.indexOf(next);
		trail.push(next);
		if (seenAt !== -1) {
			return trail.slice(seenAt);
		}
	}
};

/**
 * Orders tasks in layers: each depends only on earlier layers.
 * @throws GraphError naming the cycle or the missing task.
 */
export const layersOf = (nodes: readonly GraphNode[]): readonly (readonly TaskId[])[] => {
	const known = new Map(nodes.map((node, index) => [node.id, {node, index, unmet: node.dependsOn.length, dependents: [] as TaskId[]}]));
	for (const node of nodes) {
		for (const id of node.dependsOn) {
			const dependency = known.get(id);
			if (dependency === undefined) {
				throw new GraphError(`${node.id} depends on ${id}, which does not exist`);
			}

			dependency.dependents.push(node.id);
		}
	}

	// Kahn's algorithm, a layer at a time: each edge is looked at once.
	const layers: TaskId[][] = [];
	let layer = nodes.filter(node => node.dependsOn.length === 0).map(node => node.id);
	while (layer.length > 0) {
		layers.push(layer);
		const next: TaskId[] = [];
		for (const id of layer) {
			const {dependents} = known.get(id)!;
			known.delete(id);
			for (const dependent of dependents) {
				const entry = known.get(dependent)!;
				entry.unmet -= 1;
				if (entry.unmet === 0) {
					next.push(dependent);
				}
			}
		}

		layer = next.sort((a, b) => known.get(a)!.index - known.get(b)!.index);
	}

	if (known.size > 0) {
		const left = new Map([...known].map(([id, {node}]) => [id, node]));
		throw new GraphError(`cycle: ${findCycle(left, [...left.keys()][0]!).join(' -> ')}`);
	}

	return layers;
};

/** Everything that depends on a task, directly or through others, in the order of the nodes; without the task itself. */
export const dependentsOf = (nodes: readonly GraphNode[], id: TaskId): readonly TaskId[] => {
	const reached = new Set<TaskId>([id]);
	let size = 0;
	while (reached.size > size) {
		size = reached.size;
		for (const node of nodes) {
			if (node.dependsOn.some(dependency => reached.has(dependency))) {
				reached.add(node.id);
			}
		}
	}

	return nodes.map(node => node.id).filter(other => other !== id && reached.has(other));
};

/** Everything a task depends on, directly or through others, in the order of the nodes. */
export const dependenciesOf = (nodes: readonly GraphNode[], id: TaskId): readonly TaskId[] => {
	const byId = new Map(nodes.map(node => [node.id, node]));
	const reached = new Set<TaskId>();
	const queue = [...(byId.get(id)?.dependsOn ?? [])];
	for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
		if (!reached.has(next)) {
			reached.add(next);
			queue.push(...(byId.get(next)?.dependsOn ?? []));
		}
	}

	return nodes.map(node => node.id).filter(other => reached.has(other));
};
