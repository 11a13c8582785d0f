// INSERT, UPDATE, DELETE, MERGE, TRUNCATE.
import type {Expression} from './expression.js';
import type {Identifier, Path, Span} from './name.js';
import type {FromItem, Query} from './query.js';

/** Table that a DML statement changes, with its alias. */
export type DmlTarget = {readonly kind: 'dml-target'; readonly path: Path; readonly alias: Identifier | undefined; readonly span: Span};

export type InsertStatement = {
	readonly kind: 'insert';
	readonly target: DmlTarget;
	/** Empty: all columns in table order. */
	readonly columns: readonly Identifier[];
	readonly source: InsertSource;
	readonly span: Span;
};

export type InsertSource =
	| {readonly kind: 'insert-values'; readonly rows: readonly InsertRow[]; readonly span: Span}
	| {readonly kind: 'insert-query'; readonly query: Query; readonly span: Span};

export type InsertRow = {readonly kind: 'insert-row'; readonly values: readonly Expression[]; readonly span: Span};

export type UpdateStatement = {
	readonly kind: 'update';
	readonly target: DmlTarget;
	readonly assignments: readonly Assignment[];
	readonly from: FromItem | undefined;
	/** BigQuery requires it; the parser does too. */
	readonly where: Expression;
	readonly span: Span;
};

/** `column = value`, `column.field = value`. */
export type Assignment = {
	readonly kind: 'assignment';
	readonly target: readonly Identifier[];
	readonly targetSpan: Span;
	readonly value: Expression;
	readonly span: Span;
};

export type DeleteStatement = {readonly kind: 'delete'; readonly target: DmlTarget; readonly where: Expression; readonly span: Span};

export type MergeStatement = {
	readonly kind: 'merge';
	readonly target: DmlTarget;
	readonly source: FromItem;
	readonly on: Expression;
	readonly branches: readonly MergeBranch[];
	readonly span: Span;
};

export type MergeBranch = {
	readonly kind: 'merge-branch';
	readonly match: 'matched' | 'not-matched-by-target' | 'not-matched-by-source';
	readonly condition: Expression | undefined;
	readonly action: MergeAction;
	readonly span: Span;
};

export type MergeAction =
	| {readonly kind: 'merge-update'; readonly assignments: readonly Assignment[]; readonly span: Span}
	| {readonly kind: 'merge-delete'; readonly span: Span}
	| {readonly kind: 'merge-insert'; readonly columns: readonly Identifier[]; readonly values: readonly Expression[]; readonly span: Span}
	/** INSERT ROW: all columns of the source, which must match the target's. */
	| {readonly kind: 'merge-insert-row'; readonly columns: readonly Identifier[]; readonly span: Span};

export type TruncateStatement = {readonly kind: 'truncate'; readonly target: Path; readonly span: Span};

export type DmlStatement = InsertStatement | UpdateStatement | DeleteStatement | MergeStatement | TruncateStatement;
