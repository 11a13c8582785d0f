// Equality of definitions: SHA-256 of a normal form in which comments, white space, case outside strings, quoting,
// OR REPLACE and the dataset's own name do not count. BigQuery prints a routine's ddl with other quoting and without
// OR REPLACE; both sides reduce to one form.
import {createHash} from 'node:crypto';
import type {TargetNames} from './names.js';
import {tokensOfSql} from './sql-tokens.js';

const creationWords = [['or', 'replace'], ['if', 'not', 'exists']] as const;

const startsAt = (words: readonly string[], index: number, sequence: readonly string[]): boolean =>
	sequence.every((word, offset) => words[index + offset] === word);

const wordsOf = (sql: string, names: TargetNames): readonly string[] =>
	tokensOfSql(sql).flatMap(({kind, text}) => {
		if (kind === 'string') {
			// Dynamic SQL and texts name the dataset too; both names are checked, so they are safe in a pattern.
			return [text.replaceAll(new RegExp(String.raw`\b${names.dataset}\b`, 'g'), '$${dataset_name}')];
		}

		// `a.b.c` in one pair of backquotes is the path a . b . c.
		return kind === 'quoted' ? text.split('.').flatMap((part, index) => (index === 0 ? [part.toLowerCase()] : ['.', part.toLowerCase()])) : [text.toLowerCase()];
	});

const withoutTarget = (words: readonly string[], names: TargetNames): readonly string[] => {
	// A project id has dashes, which are tokens of their own when it is not quoted.
	const project = tokensOfSql(names.project).map(({text}) => text.toLowerCase());
	const dataset = names.dataset.toLowerCase();
	const full = [[names.project.toLowerCase(), '.', dataset], [...project, '.', dataset]];
	const result: string[] = [];
	for (let index = 0; index < words.length;) {
		const match = full.find(sequence => startsAt(words, index, sequence));
		result.push(match === undefined ? words[index]! : '${dataset}');
		index += match?.length ?? 1;
	}

	return result;
};

const withoutCreation = (words: readonly string[]): readonly string[] => {
	if (words[0] !== 'create') {
		return words;
	}

	const result: string[] = [];
	// Only the head of the statement is touched: nested statements of a body keep their words.
	const headEnd = words.findIndex(word => word === '${dataset}' || word === '(');
	for (let index = 0; index < words.length;) {
		const skipped = index < headEnd ? creationWords.find(sequence => startsAt(words, index, sequence)) : undefined;
		if (skipped === undefined) {
			result.push(words[index]!);
		}

		index += skipped?.length ?? 1;
	}

	return result;
};

/** The normal form of a definition: one token after another, separated by single spaces. */
export const normaliseSql = (sql: string, names: TargetNames): string => {
	const words = withoutCreation(withoutTarget(wordsOf(sql, names), names));
	const end = words.at(-1) === ';' ? -1 : undefined;
	// `IN` is the default mode of a procedure's argument and may be printed or not.
	return words.slice(0, end).filter((word, index, all) => !(word === 'in' && (all[index - 1] === '(' || all[index - 1] === ','))).join(' ');
};

/** SHA-256 in hex of the normal form; equal for one definition rendered for two datasets. */
export const fingerprintOf = (sql: string, names: TargetNames): string =>
	createHash('sha256').update(normaliseSql(sql, names)).digest('hex');
