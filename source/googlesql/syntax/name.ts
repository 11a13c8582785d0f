// Names and places shared by every node. A span counts UTF-16 offsets into the text that was parsed, end exclusive;
// `position.ts` turns an offset into the line and column that BigQuery prints.

import type {Expression} from './expression.js';

export type Span = {readonly start: number; readonly end: number};

export type Identifier = {
	readonly kind: 'identifier';
	/** As written, without backquotes. Columns, aliases and variables compare without regard to case. */
	readonly name: string;
	readonly isQuoted: boolean;
	readonly span: Span;
};

/**
 * Name of a table, routine, schema or procedure. Dots inside backquotes separate parts here
 * (`` `p.d.t` `` and `` `p.d`.t `` both have the parts p, d, t); project ids keep their dashes.
 */
export type Path = {
	readonly kind: 'path';
	readonly parts: readonly Identifier[];
	readonly span: Span;
};

/** OPTIONS(name = value, ...). */
export type OptionEntry = {
	readonly kind: 'option';
	readonly name: Identifier;
	readonly value: Expression;
	readonly span: Span;
};
