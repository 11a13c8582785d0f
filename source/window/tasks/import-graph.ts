// The imports between source files, read from their text. Type-only imports leave nothing at run time and do not count.
import path from 'node:path';

export type SourceText = {readonly path: string; readonly text: string};

const importPattern = /^\s*(?:import|export)\s+(?!type\b)(?:[^;'"]*?\sfrom\s+)?'(\.[^']+)'/gm;

/** Paths a file imports, as paths of source files. */
export const importsOf = ({path: file, text}: SourceText): readonly string[] =>
	[...text.matchAll(importPattern)].map(match => path.posix.join(path.posix.dirname(file), match[1]!).replace(/\.js$/, '.ts'));

/** The first import cycle found, its first file repeated at the end; undefined when there is none. */
export const findImportCycle = (files: readonly SourceText[]): readonly string[] | undefined => {
	const imports = new Map(files.map(file => [file.path, importsOf(file)]));
	const done = new Set<string>();
	const visit = (file: string, trail: readonly string[]): readonly string[] | undefined => {
		if (trail.includes(file)) {
			return [...trail.slice(trail.indexOf(file)), file];
		}

		if (done.has(file)) {
			return undefined;
		}

		for (const next of imports.get(file) ?? []) {
			const cycle = visit(next, [...trail, file]);
			if (cycle !== undefined) {
				return cycle;
			}
		}

		done.add(file);
		return undefined;
	};

	for (const file of imports.keys()) {
		const cycle = visit(file, []);
		if (cycle !== undefined) {
			return cycle;
		}
	}

	return undefined;
};
