// The order of the agents, from what they declare themselves.

export type Node = {readonly name: string; readonly dependsOn: readonly string[]};

const findCycle = (nodes: ReadonlyMap<string, Node>): readonly string[] | undefined => {
	const done = new Set<string>();
	const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
		if (path.includes(name)) {
			return [...path.slice(path.indexOf(name)), name];
		}

		if (done.has(name)) {
			return undefined;
		}

		for (const next of nodes.get(name)?.dependsOn ?? []) {
			const cycle = visit(next, [...path, name]);
			if (cycle) {
				return cycle;
			}
		}

		done.add(name);
		return undefined;
	};

	for (const name of nodes.keys()) {
		const cycle = visit(name, []);
		if (cycle) {
			return cycle;
		}
	}

	return undefined;
};

/**
 * Topological layers: everything in a stage may run side by side, in the order given.
 * @throws Error naming a duplicate, an unknown dependency, or the cycle (`a -> b -> a`).
 */
export const stagesOf = (agents: readonly Node[]): readonly (readonly string[])[] => {
	const nodes = new Map(agents.map(agent => [agent.name, agent]));
	if (nodes.size !== agents.length) {
		const twice = agents.find((agent, index) => agents.findIndex(other => other.name === agent.name) !== index);
		throw new Error(`Agent ${twice?.name ?? ''} is declared twice.`);
	}

	for (const agent of agents) {
		const unknown = agent.dependsOn.find(name => !nodes.has(name));
		if (unknown !== undefined) {
			throw new Error(`Agent ${agent.name} depends on ${unknown}, which does not exist.`);
		}
	}

	const cycle = findCycle(nodes);
	if (cycle) {
		throw new Error(`The agents depend on each other in a circle: ${cycle.join(' -> ')}.`);
	}

	const stages: string[][] = [];
	const placed = new Set<string>();
	while (placed.size < agents.length) {
		const stage = agents.filter(agent => !placed.has(agent.name) && agent.dependsOn.every(name => placed.has(name))).map(agent => agent.name);
		stages.push(stage);
		for (const name of stage) {
			placed.add(name);
		}
	}

	return stages;
};
