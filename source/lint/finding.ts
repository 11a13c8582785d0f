// What the safety lint says of one place in a file.

export type Severity = 'error' | 'warning';

export type Finding = {
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	/** 1-based. */
	readonly column: number;
	readonly rule: string;
	readonly severity: Severity;
	readonly message: string;
};

/** A finding before it knows its file: a place is an offset into the text that was read. */
export type RawFinding = {
	readonly offset: number;
	readonly rule: string;
	readonly severity: Severity;
	readonly message: string;
};

/** `path:line:column rule message`; warnings say so. */
export const formatFinding = ({path, line, column, rule, severity, message}: Finding): string =>
	`${path}:${line}:${column} ${rule} ${severity === 'warning' ? '(warning) ' : ''}${message}`;

/** By path, line and column. */
export const sortFindings = (findings: readonly Finding[]): readonly Finding[] =>
	[...findings].sort((a, b) => (a.path === b.path ? a.line - b.line || a.column - b.column : (a.path < b.path ? -1 : 1)));
