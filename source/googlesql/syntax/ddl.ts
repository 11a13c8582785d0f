// CREATE, ALTER, DROP, EXPORT, LOAD.
import type {Expression} from './expression.js';
import type {Identifier, OptionEntry, Path, Span} from './name.js';
import type {Query} from './query.js';
import type {BlockStatement} from './script.js';
import type {TypeNode} from './types.js';

/** How a CREATE treats what exists. */
export type Creation = {readonly orReplace: boolean; readonly ifNotExists: boolean; readonly isTemporary: boolean};

export type ColumnDefinition = {
	readonly kind: 'column-definition';
	readonly name: Identifier;
	readonly type: TypeNode;
	readonly isRequired: boolean;
	readonly default: Expression | undefined;
	readonly isPrimaryKey: boolean;
	readonly references: Path | undefined;
	readonly options: readonly OptionEntry[];
	readonly span: Span;
};

/** PRIMARY KEY (...) NOT ENFORCED, FOREIGN KEY (...) REFERENCES t (...) NOT ENFORCED. */
export type TableConstraint = {
	readonly kind: 'table-constraint';
	readonly constraint: 'primary-key' | 'foreign-key';
	readonly name: Identifier | undefined;
	readonly columns: readonly Identifier[];
	readonly references: {readonly table: Path; readonly columns: readonly Identifier[]} | undefined;
	readonly span: Span;
};

export type CreateTable = Creation & {
	readonly kind: 'create-table';
	readonly path: Path;
	/** Undefined: no column list was written (AS, LIKE, COPY, CLONE). */
	readonly columns: readonly ColumnDefinition[] | undefined;
	readonly constraints: readonly TableConstraint[];
	readonly partitionBy: Expression | undefined;
	readonly clusterBy: readonly Identifier[];
	readonly options: readonly OptionEntry[];
	readonly origin: TableOrigin | undefined;
	readonly query: Query | undefined;
	readonly span: Span;
};

/** LIKE t, COPY t, CLONE t [FOR SYSTEM_TIME AS OF ...]. */
export type TableOrigin = {
	readonly kind: 'table-origin';
	readonly method: 'like' | 'copy' | 'clone';
	readonly path: Path;
	readonly systemTime: Expression | undefined;
	readonly span: Span;
};

export type CreateSnapshotTable = Creation & {
	readonly kind: 'create-snapshot-table';
	readonly path: Path;
	readonly source: Path;
	readonly systemTime: Expression | undefined;
	readonly options: readonly OptionEntry[];
	readonly span: Span;
};

export type CreateView = Creation & {
	readonly kind: 'create-view';
	readonly path: Path;
	readonly isMaterialized: boolean;
	/** Column names with their options; empty when none were written. */
	readonly columns: readonly ViewColumn[];
	readonly partitionBy: Expression | undefined;
	readonly clusterBy: readonly Identifier[];
	readonly options: readonly OptionEntry[];
	readonly query: Query;
	readonly span: Span;
};

export type ViewColumn = {readonly kind: 'view-column'; readonly name: Identifier; readonly options: readonly OptionEntry[]; readonly span: Span};

export type CreateFunction = Creation & {
	readonly kind: 'create-function';
	readonly path: Path;
	readonly isAggregate: boolean;
	readonly arguments: readonly FunctionArgument[];
	readonly returns: TypeNode | undefined;
	readonly determinism: string | undefined;
	/** Undefined for SQL; JS, PYTHON ... are parsed and refused by the analyzer. */
	readonly language: Identifier | undefined;
	readonly body: Expression | undefined;
	/** Text of a JavaScript body. */
	readonly foreignBody: string | undefined;
	readonly options: readonly OptionEntry[];
	readonly span: Span;
};

export type FunctionArgument = {
	readonly kind: 'function-argument';
	readonly name: Identifier;
	readonly type: TypeNode | TableTypeNode;
	readonly isNotAggregate: boolean;
	readonly span: Span;
};

/** TABLE<a INT64, b STRING>; columns undefined for ANY TABLE. */
export type TableTypeNode = {readonly kind: 'table-type'; readonly columns: readonly TableTypeColumn[] | undefined; readonly span: Span};

export type TableTypeColumn = {readonly kind: 'table-type-column'; readonly name: Identifier; readonly type: TypeNode; readonly span: Span};

export type CreateTableFunction = Creation & {
	readonly kind: 'create-table-function';
	readonly path: Path;
	readonly arguments: readonly FunctionArgument[];
	readonly returns: TableTypeNode | undefined;
	readonly options: readonly OptionEntry[];
	readonly query: Query;
	readonly span: Span;
};

export type ProcedureArgument = {
	readonly kind: 'procedure-argument';
	readonly mode: 'IN' | 'OUT' | 'INOUT';
	readonly name: Identifier;
	readonly type: TypeNode;
	readonly span: Span;
};

export type CreateProcedure = Creation & {
	readonly kind: 'create-procedure';
	readonly path: Path;
	readonly arguments: readonly ProcedureArgument[];
	readonly options: readonly OptionEntry[];
	/** The BEGIN ... END block. */
	readonly body: BlockStatement;
	readonly span: Span;
};

export type CreateSchema = Creation & {readonly kind: 'create-schema'; readonly path: Path; readonly options: readonly OptionEntry[]; readonly span: Span};

export type DropStatement = {
	readonly kind: 'drop';
	readonly object: 'table' | 'snapshot-table' | 'external-table' | 'view' | 'materialized-view' | 'function' | 'table-function' | 'procedure' | 'schema';
	readonly path: Path;
	readonly ifExists: boolean;
	readonly behavior: 'cascade' | 'restrict' | undefined;
	readonly span: Span;
};

export type AlterStatement = {
	readonly kind: 'alter';
	readonly object: 'table' | 'view' | 'materialized-view' | 'schema';
	readonly path: Path;
	readonly ifExists: boolean;
	readonly actions: readonly AlterAction[];
	readonly span: Span;
};

export type AlterAction =
	| {readonly kind: 'set-options'; readonly options: readonly OptionEntry[]; readonly span: Span}
	| {readonly kind: 'add-column'; readonly ifNotExists: boolean; readonly column: ColumnDefinition; readonly span: Span}
	| {readonly kind: 'drop-column'; readonly ifExists: boolean; readonly column: Identifier; readonly span: Span}
	| {readonly kind: 'rename-column'; readonly ifExists: boolean; readonly column: Identifier; readonly to: Identifier; readonly span: Span}
	| {readonly kind: 'rename-to'; readonly to: Identifier; readonly span: Span}
	| {readonly kind: 'add-constraint'; readonly constraint: TableConstraint; readonly span: Span}
	| {readonly kind: 'drop-primary-key'; readonly ifExists: boolean; readonly span: Span}
	| {readonly kind: 'drop-constraint'; readonly ifExists: boolean; readonly name: Identifier; readonly span: Span}
	| {readonly kind: 'alter-column'; readonly ifExists: boolean; readonly column: Identifier; readonly change: AlterColumnChange; readonly span: Span};

export type AlterColumnChange =
	| {readonly kind: 'set-column-options'; readonly options: readonly OptionEntry[]; readonly span: Span}
	| {readonly kind: 'drop-not-null'; readonly span: Span}
	| {readonly kind: 'set-data-type'; readonly type: TypeNode; readonly span: Span}
	| {readonly kind: 'set-default'; readonly value: Expression; readonly span: Span}
	| {readonly kind: 'drop-default'; readonly span: Span};

/** EXPORT DATA OPTIONS(...) AS query: parsed, refused by the embedded warehouse. */
export type ExportData = {readonly kind: 'export-data'; readonly options: readonly OptionEntry[]; readonly query: Query; readonly span: Span};

/** LOAD DATA INTO | OVERWRITE t FROM FILES(...): parsed for the linter, refused by the embedded warehouse. */
export type LoadData = {readonly kind: 'load-data'; readonly isOverwrite: boolean; readonly path: Path; readonly options: readonly OptionEntry[]; readonly span: Span};

export type DdlStatement =
	| CreateTable
	| CreateSnapshotTable
	| CreateView
	| CreateFunction
	| CreateTableFunction
	| CreateProcedure
	| CreateSchema
	| DropStatement
	| AlterStatement
	| ExportData
	| LoadData;

