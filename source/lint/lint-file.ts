// One door for both kinds of file.
import type {Finding} from './finding.js';
import {lintShell} from './lint-shell.js';
import {lintSql} from './lint-sql.js';

/** True for files the lint reads: SQL by name, shell by name. */
export const isLintable = (path: string): boolean => path.endsWith('.sql') || path.endsWith('.sh');

/** Lints a file by its kind; a file of another kind has no findings. */
export const lintFile = (path: string, text: string): readonly Finding[] => {
	if (path.endsWith('.sql')) {
		return lintSql(path, text);
	}

	return path.endsWith('.sh') ? lintShell(path, text) : [];
};
