// Dependency order of objects: what is read or called stands before what reads or calls it.
import type {ObjectKind} from './deploy-object.js';

export type Ordered = {readonly name: string; readonly kind: ObjectKind; readonly dependsOn: readonly string[]};

/** Between objects that do not depend on one another the order is that of the window: tables first, schedules last. */
const rank: {readonly [Kind in ObjectKind]: number} = {table: 0, function: 1, view: 2, 'table-function': 3, procedure: 4, 'scheduled-query': 5};

export class CycleError extends Error {
	/** The names along the cycle, the first repeated at the end. */
	readonly cycle: readonly string[];

	constructor(cycle: readonly string[]) {
		super(`Objects depend on one another in a circle: ${cycle.join(' → ')}.`);
		this.name = 'CycleError';
		this.cycle = cycle;
	}
}

const findCycle = (waiting: ReadonlyMap<string, Ordered>): readonly string[] => {
	const trail: string[] = [];
	let next = [...waiting.keys()].sort()[0]!;
	while (!trail.includes(next)) {
		trail.push(next);
		next = waiting.get(next)!.dependsOn.find(name => waiting.has(name))!;
	}

	return [...trail.slice(trail.indexOf(next)), next];
};

/**
 * Sorts objects so that each comes after everything it depends on; equal inputs in any order give one result.
 * Dependencies outside the list are ignored, and so is an object's dependency on itself (a recursive call).
 * @throws CycleError naming the circle.
 */
export const sortByDependency = <O extends Ordered>(objects: readonly O[]): readonly O[] => {
	const waiting = new Map(objects.map(object => [object.name, object]));
	const sorted: O[] = [];
	while (waiting.size > 0) {
		const ready = [...waiting.values()]
			.filter(({name, dependsOn}) => dependsOn.every(other => other === name || !waiting.has(other)))
			.sort((a, b) => rank[a.kind] - rank[b.kind] || (a.name < b.name ? -1 : 1));
		// One at a time: an object that becomes ready may rank before those that are ready already.
		const next = ready[0];
		if (next === undefined) {
			throw new CycleError(findCycle(waiting));
		}

		waiting.delete(next.name);
		sorted.push(next);
	}

	return sorted;
};

/** Names of the given objects and of everything among `objects` that depends on them, directly or not. */
export const dependantsOf = (objects: readonly Ordered[], names: readonly string[]): readonly string[] => {
	const found = new Set(names);
	let isGrowing = true;
	while (isGrowing) {
		isGrowing = false;
		for (const {name, dependsOn} of objects) {
			if (!found.has(name) && dependsOn.some(other => found.has(other))) {
				found.add(name);
				isGrowing = true;
			}
		}
	}

	return [...found].filter(name => !names.includes(name)).sort();
};
