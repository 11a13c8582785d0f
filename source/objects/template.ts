// Files of sql/ are templates with four placeholders and no others. Rendering keeps every line where it is, so that
// a place in a rendered statement is a place in the file.
import {findBadNames, regionOf, type TargetNames} from './names.js';

export type SourceFile = {
	/** Relative to the package: `sql/procedures/sweep_expired_caption_locks.sql`. */
	readonly path: string;
	readonly text: string;
};

export type FileProblem = {
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	/** 1-based. */
	readonly column: number;
	readonly message: string;
};

/** Thrown when files can't become deployable objects; carries every problem found, not only the first. */
export class ObjectsError extends Error {
	readonly problems: readonly FileProblem[];

	constructor(problems: readonly FileProblem[]) {
		super(problems.map(problem => formatFileProblem(problem)).join('\n'));
		this.name = 'ObjectsError';
		this.problems = problems;
	}
}

/** `path:line:column message`. */
export const formatFileProblem = ({path, line, column, message}: FileProblem): string => `${path}:${line}:${column} ${message}`;

/** Line and column, both 1-based, of a character offset. */
export const placeOf = (text: string, offset: number): {readonly line: number; readonly column: number} => {
	const before = text.slice(0, offset);
	const line = before.split('\n').length;
	return {line, column: offset - before.lastIndexOf('\n')};
};

const values = (names: TargetNames): Readonly<Record<string, string>> => ({
	dataset: `${names.project}.${names.dataset}`,
	region: `${names.project}.${regionOf(names.location)}`,
	dataset_name: names.dataset,
	timezone: names.timeZone,
});

/**
 * Replaces the placeholders of a file.
 * @throws ObjectsError for a name outside its grammar, an unknown placeholder or an unclosed one.
 */
export const renderTemplate = (file: SourceFile, names: TargetNames): string => {
	const bad = findBadNames(names);
	if (bad.length > 0) {
		throw new ObjectsError(bad.map(message => ({path: file.path, line: 1, column: 1, message})));
	}

	const known = values(names);
	const problems: FileProblem[] = [];
	const rendered = file.text.replaceAll(/\$\{([^}\n]*)(\}?)/g, (whole: string, name: string, end: string, offset: number) => {
		const value = known[name];
		if (value !== undefined && end === '}') {
			return value;
		}

		const message = end === '}'
			? `unknown placeholder \${${name}}; known are ${Object.keys(known).map(key => `\${${key}}`).join(', ')}`
			: 'placeholder is not closed on its line';
		problems.push({path: file.path, ...placeOf(file.text, offset), message});
		return whole;
	});
	if (problems.length > 0) {
		throw new ObjectsError(problems);
	}

	return rendered;
};
