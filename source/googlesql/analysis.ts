// What the analyzer says about a statement. It builds no second tree: it annotates the nodes of the syntax tree, and whoever
// walks that tree (the emitter, the linter) asks here. Every question takes the node itself (identity, not equality).
// A question about a node the analyzer did not visit throws: it is a bug, not a condition.
import type {AnalyzerCatalog, RoutineEntry, TableEntry} from './catalog.js';
import type {Expression, FunctionCall, PathExpression} from './syntax/expression.js';
import type {InsertStatement, MergeAction} from './syntax/dml.js';
import type {GoogleSqlError} from './diagnostics.js';
import type {Identifier, Span} from './syntax/name.js';
import type {CommonTableExpression, FromItem, GroupBy, GroupingItem, Join, OrderItem, Query, QueryBody, Select, SelectDotStar, SelectExpression, SelectStar, SubqueryReference, TableFunctionArgument, TableReference, UnnestReference, WindowSpecification} from './syntax/query.js';
import type {SetTarget, Statement} from './syntax/script.js';
import type {TypeNode} from './syntax/types.js';
import type {Column, SqlType} from './types.js';

/** Result column of a query. The name is undefined where BigQuery prints `f0_`, `f1_` ... */
export type OutputColumn = {readonly name: string | undefined; readonly type: SqlType};

/**
 * Something in FROM that rows come from: what a range variable stands for. One object per FROM item, compared by identity.
 * `name` is the alias or the implicit alias (last part of the path); undefined when rows can be reached by column name only.
 */
export type Source = {
	readonly name: string | undefined;
	readonly origin: SourceOrigin;
	/** Columns reached by `name.column` and `*`. For a value table (UNNEST, SELECT AS STRUCT) of structs: the fields. */
	readonly columns: readonly Column[];
	/** Usable by name, absent from `*`. */
	readonly pseudoColumns: readonly Column[];
	/** Set when each row is one value (UNNEST(...), FROM (SELECT AS STRUCT ...)): `name` alone is that value. */
	readonly valueType: SqlType | undefined;
	/** Name of the WITH OFFSET column; 'offset' when no alias was written; undefined without WITH OFFSET. */
	readonly offsetName: string | undefined;
};

export type SourceOrigin =
	/** Table, view, INFORMATION_SCHEMA view, temporary table. */
	| {readonly kind: 'table'; readonly table: TableEntry; readonly item: TableReference | undefined}
	/** `isRecursive`: a reference to the CTE inside its own definition. */
	| {readonly kind: 'cte'; readonly definition: CommonTableExpression; readonly isRecursive: boolean; readonly item: TableReference}
	/** Table argument of the table function whose body is analyzed. */
	| {readonly kind: 'table-parameter'; readonly parameter: string; readonly item: TableReference}
	| {readonly kind: 'subquery'; readonly item: SubqueryReference}
	/** Arguments in the order of the routine's own, each the node that gives it. */
	| {readonly kind: 'table-function'; readonly routine: RoutineEntry; readonly arguments: readonly TableFunctionArgument[]}
	| {readonly kind: 'unnest'; readonly item: UnnestReference}
	/** `FROM t, t.items`: the array is reached from an earlier source. */
	| {readonly kind: 'array-path'; readonly array: Reference; readonly item: TableReference}
	| {readonly kind: 'pivot'; readonly item: Extract<FromItem, {kind: 'pivot'}>}
	| {readonly kind: 'unpivot'; readonly item: Extract<FromItem, {kind: 'unpivot'}>}
	/** Target of DML. */
	| {readonly kind: 'dml-target'; readonly table: TableEntry};

/** Step from a value to a part of it. On a STRUCT `name` is the field's own spelling and `index` its place; on JSON the key as written. */
export type FieldStep =
	| {readonly kind: 'struct-field'; readonly name: string; readonly index: number; readonly type: SqlType}
	| {readonly kind: 'json-key'; readonly name: string};

/**
 * What a path expression means. `fields` are the steps after the resolved names.
 * A column wins over a variable or an argument of the same name, as in BigQuery.
 */
export type Reference =
	/** `column` is the column's own spelling, `index` its place among the source's columns (unset for a pseudo-column): a query may give two columns one name, or none. `isCorrelated`: the source belongs to an enclosing query. */
	| {readonly kind: 'column'; readonly source: Source; readonly column: string; readonly index: number | undefined; readonly isCorrelated: boolean; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** The row itself: a value-table source gives its value, any other a STRUCT of its columns. */
	| {readonly kind: 'row'; readonly source: Source; readonly isCorrelated: boolean; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	| {readonly kind: 'offset'; readonly source: Source; readonly isCorrelated: boolean; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Column merged by JOIN ... USING, unqualified. Value: left for inner and left joins, right for right, COALESCE for full. */
	| {readonly kind: 'using-column'; readonly join: Join; readonly left: Reference; readonly right: Reference; readonly isCorrelated: boolean; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Alias of the select list, in GROUP BY, HAVING, QUALIFY or ORDER BY. `item` is the item's expression, or the star column it names. */
	| {readonly kind: 'select-alias'; readonly column: string; readonly index: number; readonly item: Expression | ExpandedColumn; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Output column of a set operation or of a parenthesised query, in its ORDER BY. */
	| {readonly kind: 'output-column'; readonly column: string; readonly index: number; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Script variable, also inside a procedure its arguments. Name as declared. */
	| {readonly kind: 'variable'; readonly name: string; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Argument of the SQL function or table function whose body is analyzed. Name as declared. */
	| {readonly kind: 'argument'; readonly name: string; readonly fields: readonly FieldStep[]; readonly type: SqlType}
	/** Parameter of a lambda, or a binding of WITH(...). */
	| {readonly kind: 'local'; readonly name: string; readonly fields: readonly FieldStep[]; readonly type: SqlType};

/** One column that `*` stands for. */
export type ExpandedColumn = {
	readonly kind: 'expanded-column';
	readonly name: string | undefined;
	readonly type: SqlType;
	readonly value:
		| {readonly kind: 'reference'; readonly reference: Reference}
		/** Field of the struct before `.*`. */
		| {readonly kind: 'field'; readonly object: Expression; readonly step: FieldStep}
		/** REPLACE (expression AS name). */
		| {readonly kind: 'replacement'; readonly expression: Expression};
};

export type FunctionFamily = 'scalar' | 'aggregate' | 'window';

/** Arguments after coercion: `argumentTypes[i]` belongs to `call.arguments[i]`; date parts and lambdas are undefined. */
export type ResolvedFunction =
	| {
			readonly kind: 'builtin';
			/** Upper-case canonical name: `CEILING` is CEIL, `NET.HOST` keeps its dot. */
			readonly name: string;
			readonly family: FunctionFamily;
			readonly argumentTypes: readonly (SqlType | undefined)[];
			readonly type: SqlType;
	  }
	| {
			readonly kind: 'routine';
			readonly routine: RoutineEntry;
			readonly family: 'scalar' | 'aggregate';
			readonly argumentTypes: readonly (SqlType | undefined)[];
			readonly type: SqlType;
	  };

/** How a GROUP BY or ORDER BY expression is meant. `index` counts output columns from 0. */
export type Ordinal =
	| {readonly kind: 'expression'}
	/** `GROUP BY 1`. */
	| {readonly kind: 'ordinal'; readonly index: number}
	/** The name of an output column: it wins over a FROM column of that name. */
	| {readonly kind: 'alias'; readonly index: number};

/** Output column of a select list, in order, after star expansion. */
export type SelectColumn = {
	readonly name: string | undefined;
	readonly type: SqlType;
	readonly value: {readonly kind: 'item'; readonly item: SelectExpression} | {readonly kind: 'star'; readonly item: SelectStar | SelectDotStar; readonly column: ExpandedColumn};
};

export type Analysis = {
	/** Type of an expression before any implicit coercion. An untyped NULL has the type it takes from its surroundings, INT64 where there is none. */
	readonly typeOf: (expression: Expression) => SqlType;
	/** Type to which the value must be cast implicitly where it stands; undefined when none is needed. */
	readonly coercionOf: (expression: Expression) => SqlType | undefined;
	readonly typeOfNode: (type: TypeNode) => SqlType;
	readonly referenceOf: (path: PathExpression) => Reference;
	/** Steps of `expression.field` (FieldAccess). */
	readonly fieldOf: (access: Extract<Expression, {kind: 'field-access'}>) => FieldStep;
	readonly functionOf: (call: FunctionCall) => ResolvedFunction;
	/** Source of a leaf of FROM (everything but joins). */
	readonly sourceOf: (item: FromItem) => Source;
	/** Scalar sub-query passed to a TVF where a value is expected, and so on: true when the query stands for a table. */
	readonly isTableArgument: (argument: TableFunctionArgument) => boolean;
	/** What the name of a TABLE argument stands for. */
	readonly tableArgumentOf: (argument: Extract<TableFunctionArgument, {kind: 'table-argument'}>) => Source;
	/** Output columns of a query, a set operation or a SELECT. */
	readonly columnsOf: (query: Query | QueryBody) => readonly OutputColumn[];
	/** Value type of SELECT AS STRUCT / AS VALUE; undefined for an ordinary query. */
	readonly valueTypeOf: (query: Query | QueryBody) => SqlType | undefined;
	/** Type the i-th output column of an operand must be cast to, to fit the set operation it stands in; undefined where it fits. */
	readonly operandCoercionsOf: (operand: QueryBody) => readonly (SqlType | undefined)[];
	readonly selectColumnsOf: (select: Select) => readonly SelectColumn[];
	readonly starOf: (star: SelectStar | SelectDotStar) => readonly ExpandedColumn[];
	/** Alias of a select item: written, or implicit (last name of a path); undefined when it has none. */
	readonly aliasOf: (item: SelectExpression) => string | undefined;
	readonly groupingOf: (item: Extract<GroupingItem, {kind: 'grouping-expression'}>) => Ordinal;
	/** GROUP BY ALL: the select expressions it groups by. */
	readonly groupByAllOf: (groupBy: GroupBy) => readonly Expression[];
	/** Whether a SELECT aggregates (GROUP BY, or aggregate calls in its lists). */
	readonly isAggregated: (select: Select) => boolean;
	readonly orderingOf: (item: OrderItem) => Ordinal;
	/** The window with its named base merged in. */
	readonly windowOf: (window: WindowSpecification) => Pick<WindowSpecification, 'partitionBy' | 'orderBy' | 'frame'>;
	/** Columns of JOIN ... USING. */
	readonly usingOf: (join: Join) => readonly {readonly name: string; readonly left: Reference; readonly right: Reference; readonly type: SqlType}[];
	/** Columns that INSERT fills, in order of its values. */
	readonly insertColumnsOf: (insert: InsertStatement | Extract<MergeAction, {kind: 'merge-insert' | 'merge-insert-row'}>) => readonly Column[];
	/** Casts for the output columns of INSERT ... SELECT (values carry coercionOf); undefined where the type fits. */
	readonly insertCoercionsOf: (insert: InsertStatement) => readonly (SqlType | undefined)[];
	/** SET: the variable's type, undefined for a system variable. */
	readonly variableTypeOf: (target: SetTarget | Identifier) => SqlType | undefined;
	/** Routine that CALL means. */
	readonly procedureOf: (call: Extract<Statement, {kind: 'call'}>) => RoutineEntry;
	/** A refusal at a node of the analyzed text, for whoever walks the tree and can't do what it says. */
	readonly refuse: (node: {readonly span: Span}, message: string) => GoogleSqlError;
};

/** Answer for one statement. */
export type StatementAnalysis = Analysis & {
	/** As in BigQuery's jobs: SELECT, INSERT, CREATE_TABLE_AS_SELECT, CREATE_PROCEDURE ... */
	readonly statementType: string;
	/** Output of a query; columns of the table or view that CREATE makes; empty otherwise. */
	readonly columns: readonly Column[];
	/** Every catalog table read or written, once each. */
	readonly referencedTables: readonly TableEntry[];
	readonly referencedRoutines: readonly RoutineEntry[];
	/** Return type of CREATE FUNCTION as declared or inferred; undefined for ANY TYPE templates and other statements. */
	readonly returns: SqlType | undefined;
};

/** What the analyzer is given besides the statement. */
export type AnalyzeOptions = {
	/** The text whose offsets the spans count: needed for `[line:column]`. */
	readonly text: string;
	readonly catalog: AnalyzerCatalog;
	/** For messages: a table not found is named project:dataset.table. */
	readonly project: string;
	readonly defaultDataset?: string;
	/** 'US' unless given. */
	readonly location?: string;
	/** Script variables and procedure arguments in scope, by their name as declared; an inner one replaces an outer one. */
	readonly variables?: ReadonlyMap<string, SqlType>;
	readonly parameters?: {readonly named: ReadonlyMap<string, SqlType>; readonly positional: readonly SqlType[]};
};
