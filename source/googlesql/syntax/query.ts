// Queries: WITH, SELECT, set operations, FROM.
import type {Expression} from './expression.js';
import type {Identifier, Path, Span} from './name.js';

/** A whole query: also the content of every sub-query and CTE. A parenthesised query as an operand is again a Query. */
export type Query = {
	readonly kind: 'query';
	readonly with: WithClause | undefined;
	readonly body: QueryBody;
	readonly orderBy: readonly OrderItem[];
	readonly limit: LimitClause | undefined;
	readonly span: Span;
};

export type QueryBody = Select | SetOperation | Query;

export type WithClause = {
	readonly kind: 'with';
	readonly isRecursive: boolean;
	readonly expressions: readonly CommonTableExpression[];
	readonly span: Span;
};

export type CommonTableExpression = {readonly kind: 'common-table-expression'; readonly name: Identifier; readonly query: Query; readonly span: Span};

/** `a UNION ALL b UNION ALL c` is one node with three operands; a mix of operators needs parentheses, as in BigQuery. */
export type SetOperation = {
	readonly kind: 'set-operation';
	readonly operator: 'union' | 'intersect' | 'except';
	readonly quantifier: 'all' | 'distinct';
	readonly operands: readonly QueryBody[];
	readonly span: Span;
};

export type LimitClause = {readonly kind: 'limit'; readonly count: Expression; readonly offset: Expression | undefined; readonly span: Span};

export type OrderItem = {
	readonly kind: 'order-item';
	readonly expression: Expression;
	readonly direction: 'asc' | 'desc';
	/** As written; undefined is BigQuery's default: NULL first ascending, last descending. */
	readonly nulls: 'first' | 'last' | undefined;
	readonly span: Span;
};

export type Select = {
	readonly kind: 'select';
	readonly isDistinct: boolean;
	/** SELECT AS STRUCT, SELECT AS VALUE. */
	readonly as: 'struct' | 'value' | undefined;
	readonly items: readonly SelectItem[];
	readonly from: FromItem | undefined;
	readonly where: Expression | undefined;
	readonly groupBy: GroupBy | undefined;
	readonly having: Expression | undefined;
	readonly qualify: Expression | undefined;
	readonly windows: readonly NamedWindow[];
	readonly span: Span;
};

export type SelectExpression = {readonly kind: 'select-expression'; readonly expression: Expression; readonly alias: Identifier | undefined; readonly span: Span};

/** `* EXCEPT (a) REPLACE (b + 1 AS b)`. */
export type SelectStar = {
	readonly kind: 'select-star';
	readonly except: readonly Identifier[];
	readonly replace: readonly StarReplacement[];
	readonly span: Span;
};

/** `t.*`, `s.x.*`, `(expression).*`. */
export type SelectDotStar = {
	readonly kind: 'select-dot-star';
	readonly object: Expression;
	readonly except: readonly Identifier[];
	readonly replace: readonly StarReplacement[];
	readonly span: Span;
};

export type StarReplacement = {readonly kind: 'star-replacement'; readonly expression: Expression; readonly alias: Identifier; readonly span: Span};

export type SelectItem = SelectExpression | SelectStar | SelectDotStar;

export type GroupBy = {readonly kind: 'group-by'; readonly isAll: boolean; readonly items: readonly GroupingItem[]; readonly span: Span};

export type GroupingItem =
	| {readonly kind: 'grouping-expression'; readonly expression: Expression; readonly span: Span}
	/** `()`: the grand total, among grouping sets. */
	| {readonly kind: 'grouping-empty'; readonly span: Span}
	/** Every set is a list of expressions: `ROLLUP(a, (b, c))` has the sets [a] and [b, c]. */
	| {readonly kind: 'grouping-rollup'; readonly sets: readonly (readonly Expression[])[]; readonly span: Span}
	| {readonly kind: 'grouping-cube'; readonly sets: readonly (readonly Expression[])[]; readonly span: Span}
	/** Members: a set as list of expressions, or a nested ROLLUP or CUBE. */
	| {readonly kind: 'grouping-sets'; readonly members: readonly GroupingSet[]; readonly span: Span};

export type GroupingSet =
	| {readonly kind: 'grouping-set'; readonly expressions: readonly Expression[]; readonly span: Span}
	| Extract<GroupingItem, {kind: 'grouping-rollup' | 'grouping-cube'}>;

export type NamedWindow = {readonly kind: 'named-window'; readonly name: Identifier; readonly window: WindowSpecification; readonly span: Span};

export type WindowSpecification = {
	readonly kind: 'window-specification';
	/** `OVER name` and `OVER (name ...)`: the named window it starts from. */
	readonly base: Identifier | undefined;
	readonly partitionBy: readonly Expression[];
	readonly orderBy: readonly OrderItem[];
	readonly frame: WindowFrame | undefined;
	readonly span: Span;
};

export type WindowFrame = {
	readonly kind: 'window-frame';
	readonly unit: 'rows' | 'range';
	readonly start: FrameBound;
	/** Undefined: written without BETWEEN, so up to CURRENT ROW. */
	readonly end: FrameBound | undefined;
	readonly span: Span;
};

export type FrameBound =
	| {readonly kind: 'unbounded-preceding' | 'unbounded-following' | 'current-row'; readonly span: Span}
	| {readonly kind: 'preceding' | 'following'; readonly offset: Expression; readonly span: Span};

/**
 * A name in FROM: a table, a view, a CTE, a TVF's table argument, or an array reached from an earlier item
 * (`FROM t, t.items`). `Analysis.sourceOf` says which.
 */
export type TableReference = {
	readonly kind: 'table-reference';
	readonly path: Path;
	readonly alias: Identifier | undefined;
	/** FOR SYSTEM_TIME AS OF. */
	readonly systemTime: Expression | undefined;
	/** WITH OFFSET [AS alias]: only on an array path. */
	readonly offset: OffsetClause | undefined;
	readonly sample: TableSample | undefined;
	readonly span: Span;
};

export type OffsetClause = {readonly kind: 'with-offset'; readonly alias: Identifier | undefined; readonly span: Span};

/** TABLESAMPLE SYSTEM (10 PERCENT). */
export type TableSample = {readonly kind: 'table-sample'; readonly percent: Expression; readonly span: Span};

export type UnnestReference = {
	readonly kind: 'unnest-reference';
	readonly array: Expression;
	readonly alias: Identifier | undefined;
	readonly offset: OffsetClause | undefined;
	readonly span: Span;
};

export type SubqueryReference = {
	readonly kind: 'subquery-reference';
	readonly query: Query;
	readonly alias: Identifier | undefined;
	readonly sample: TableSample | undefined;
	readonly span: Span;
};

export type TableFunctionReference = {
	readonly kind: 'table-function-reference';
	readonly function: Path;
	readonly arguments: readonly TableFunctionArgument[];
	readonly alias: Identifier | undefined;
	readonly span: Span;
};

export type TableFunctionArgument =
	| {readonly kind: 'value-argument'; readonly name: Identifier | undefined; readonly value: Expression; readonly span: Span}
	/** `TABLE dataset.t`. */
	| {readonly kind: 'table-argument'; readonly name: Identifier | undefined; readonly table: Path; readonly span: Span}
	/** `(SELECT ...)` where the function takes a table. The analyzer decides; a scalar parameter reads it as scalar sub-query. */
	| {readonly kind: 'query-argument'; readonly name: Identifier | undefined; readonly query: Query; readonly span: Span};

export type Join = {
	readonly kind: 'join';
	readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'comma';
	readonly left: FromItem;
	readonly right: FromItem;
	readonly on: Expression | undefined;
	readonly using: readonly Identifier[];
	readonly span: Span;
};

/** `(a JOIN b ON ...)`. */
export type ParenthesizedJoin = {readonly kind: 'parenthesized-join'; readonly join: FromItem; readonly span: Span};

export type Pivot = {
	readonly kind: 'pivot';
	readonly source: FromItem;
	readonly aggregates: readonly PivotColumn[];
	readonly input: Expression;
	readonly values: readonly PivotColumn[];
	readonly alias: Identifier | undefined;
	readonly span: Span;
};

export type PivotColumn = {readonly kind: 'pivot-column'; readonly expression: Expression; readonly alias: Identifier | undefined; readonly span: Span};

export type Unpivot = {
	readonly kind: 'unpivot';
	readonly source: FromItem;
	readonly includesNulls: boolean;
	/** UNPIVOT(values FOR name IN (columns)): several value columns when written in parentheses. */
	readonly values: readonly Identifier[];
	readonly name: Identifier;
	readonly inputs: readonly UnpivotInput[];
	readonly alias: Identifier | undefined;
	readonly span: Span;
};

export type UnpivotInput = {
	readonly kind: 'unpivot-input';
	readonly columns: readonly Identifier[];
	/** AS 'label' or AS 1. */
	readonly label: Expression | undefined;
	readonly span: Span;
};

export type FromItem = TableReference | UnnestReference | SubqueryReference | TableFunctionReference | Join | ParenthesizedJoin | Pivot | Unpivot;

/** A query as a statement. */
export type QueryStatement = {readonly kind: 'query-statement'; readonly query: Query; readonly span: Span};
