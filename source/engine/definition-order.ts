// The order in which saved definitions are run again: what is referred to comes first. Pure.
import type {ManifestEntry} from './manifest.js';

/** Orders definitions so that each comes after those it names; a circle keeps the given order. */
export const byDependency = (entries: readonly ManifestEntry[]): readonly ManifestEntry[] => {
	const left = new Map(entries.map(entry => [entry.name, entry]));
	const names = [...left.keys()];
	const words = new Map(entries.map(({name, definition}) => [name, new Set((definition ?? '').split(/\W+/))]));
	const needs = new Map(names.map(name => [name, names.filter(other => other !== name && words.get(name)?.has(other) === true)]));
	const ordered: ManifestEntry[] = [];
	while (left.size > 0) {
		const ready = [...left.values()].filter(({name}) => (needs.get(name) ?? []).every(other => !left.has(other)));
		for (const entry of ready.length > 0 ? ready : [...left.values()].slice(0, 1)) {
			ordered.push(entry);
			left.delete(entry.name);
		}
	}

	return ordered;
};
