// Expressions. Parentheses leave no node; operators are normalised (`<>` is `!=`, SOME is any).
import type {Identifier, Path, Span} from './name.js';
import type {OrderItem, Query, WindowSpecification} from './query.js';
import type {StructTypeNode, TypeNode} from './types.js';

export type NullLiteral = {readonly kind: 'null'; readonly span: Span};
export type BoolLiteral = {readonly kind: 'bool'; readonly value: boolean; readonly span: Span};
export type IntLiteral = {readonly kind: 'int'; readonly value: bigint; readonly span: Span};
export type FloatLiteral = {readonly kind: 'float'; readonly value: number; readonly span: Span};
/** Escapes are resolved. */
export type StringLiteral = {readonly kind: 'string'; readonly value: string; readonly span: Span};
export type BytesLiteral = {readonly kind: 'bytes'; readonly value: Uint8Array; readonly span: Span};

/** DATE '2025-01-01', NUMERIC '1.5', JSON '{}' ...: the text is checked by the analyzer. */
export type TypedLiteral = {
	readonly kind: 'typed-literal';
	readonly type: 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP' | 'NUMERIC' | 'BIGNUMERIC' | 'JSON';
	readonly value: string;
	readonly span: Span;
};

/** RANGE<DATE> '[a, b)': parsed, refused by the analyzer. */
export type RangeLiteral = {readonly kind: 'range-literal'; readonly element: TypeNode; readonly value: string; readonly span: Span};

/** INTERVAL 3 DAY, INTERVAL '1:2' HOUR TO MINUTE. */
export type IntervalExpression = {
	readonly kind: 'interval';
	readonly value: Expression;
	readonly from: DatePart;
	readonly to: DatePart | undefined;
	readonly span: Span;
};

/**
 * YEAR, MONTH, WEEK, WEEK(MONDAY), ISOWEEK ... Also the part argument of DATE_TRUNC, DATE_DIFF, LAST_DAY and their kin,
 * where it stands among the arguments of the call.
 */
export type DatePart = {
	readonly kind: 'date-part';
	/** Upper case. */
	readonly part: string;
	/** WEEK(MONDAY): upper-case day name. */
	readonly weekday: string | undefined;
	readonly span: Span;
};

/**
 * `a`, `a.b`, `a.b.c`: what the first names mean (column, range variable, variable, argument) and how many of the rest
 * are struct or JSON fields is the analyzer's answer: `Analysis.referenceOf`.
 */
export type PathExpression = {readonly kind: 'path-expression'; readonly names: readonly Identifier[]; readonly span: Span};

/** `expression.field` where the left side is not itself a path: `(s).x`, `f(x).y`, `a[0].b`. */
export type FieldAccess = {readonly kind: 'field-access'; readonly object: Expression; readonly field: Identifier; readonly span: Span};

/** `a[i]`, `a[OFFSET(i)]`, `a[SAFE_ORDINAL(i)]`, `json['key']`. A plain `[i]` on an array is OFFSET. */
export type Subscript = {
	readonly kind: 'subscript';
	readonly object: Expression;
	readonly accessor: 'plain' | 'offset' | 'ordinal' | 'safe-offset' | 'safe-ordinal';
	readonly index: Expression;
	readonly span: Span;
};

/** `@name` (name as written) or `?` (position counts from 0 over the whole text). */
export type ParameterExpression = {
	readonly kind: 'parameter';
	readonly name: string | undefined;
	readonly position: number | undefined;
	readonly span: Span;
};

/** `@@error.message`: names ['error', 'message']. */
export type SystemVariable = {readonly kind: 'system-variable'; readonly names: readonly string[]; readonly span: Span};

export type UnaryExpression = {readonly kind: 'unary'; readonly operator: '-' | '+' | '~' | 'NOT'; readonly operand: Expression; readonly span: Span};

export type BinaryOperator = '+' | '-' | '*' | '/' | '||' | '&' | '|' | '^' | '<<' | '>>' | '=' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

export type BinaryExpression = {
	readonly kind: 'binary';
	readonly operator: BinaryOperator;
	/** Where the operator stands: BigQuery points there. */
	readonly operatorSpan: Span;
	readonly left: Expression;
	readonly right: Expression;
	readonly span: Span;
};

export type IsExpression = {
	readonly kind: 'is';
	readonly operand: Expression;
	readonly test: 'null' | 'true' | 'false' | 'unknown';
	readonly isNegated: boolean;
	readonly span: Span;
};

export type IsDistinctExpression = {readonly kind: 'is-distinct'; readonly left: Expression; readonly right: Expression; readonly isNegated: boolean; readonly span: Span};
export type BetweenExpression = {readonly kind: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression; readonly isNegated: boolean; readonly span: Span};
export type InListExpression = {readonly kind: 'in-list'; readonly operand: Expression; readonly values: readonly Expression[]; readonly isNegated: boolean; readonly span: Span};
export type InQueryExpression = {readonly kind: 'in-query'; readonly operand: Expression; readonly query: Query; readonly isNegated: boolean; readonly span: Span};
export type InUnnestExpression = {readonly kind: 'in-unnest'; readonly operand: Expression; readonly array: Expression; readonly isNegated: boolean; readonly span: Span};
export type LikeExpression = {readonly kind: 'like'; readonly operand: Expression; readonly pattern: Expression; readonly isNegated: boolean; readonly span: Span};

/** `x LIKE ANY ('a%', 'b%')`, `x NOT LIKE ALL UNNEST(patterns)`. Exactly one of patterns and array is given. */
export type QuantifiedLikeExpression = {
	readonly kind: 'quantified-like';
	readonly operand: Expression;
	readonly quantifier: 'any' | 'all';
	readonly patterns: readonly Expression[] | undefined;
	readonly array: Expression | undefined;
	readonly isNegated: boolean;
	readonly span: Span;
};

export type CaseExpression = {
	readonly kind: 'case';
	/** CASE operand WHEN ...; undefined for a searched CASE. */
	readonly operand: Expression | undefined;
	readonly branches: readonly {readonly when: Expression; readonly then: Expression}[];
	readonly otherwise: Expression | undefined;
	readonly span: Span;
};

export type CastExpression = {
	readonly kind: 'cast';
	readonly isSafe: boolean;
	readonly operand: Expression;
	readonly type: TypeNode;
	readonly format: Expression | undefined;
	readonly timeZone: Expression | undefined;
	readonly span: Span;
};

export type ExtractExpression = {
	readonly kind: 'extract';
	readonly part: DatePart;
	readonly source: Expression;
	readonly timeZone: Expression | undefined;
	readonly span: Span;
};

/** `[1, 2]`, `ARRAY[...]`, `ARRAY<INT64>[...]`. */
export type ArrayExpression = {readonly kind: 'array'; readonly elementType: TypeNode | undefined; readonly elements: readonly Expression[]; readonly span: Span};

/** `STRUCT(1 AS a)`, `STRUCT<a INT64>(1)`, and the tuple `(1, 2)`. */
export type StructExpression = {
	readonly kind: 'struct';
	readonly type: StructTypeNode | undefined;
	readonly isTuple: boolean;
	readonly fields: readonly StructValue[];
	readonly span: Span;
};

export type StructValue = {readonly kind: 'struct-value'; readonly value: Expression; readonly alias: Identifier | undefined; readonly span: Span};

export type ScalarSubquery = {readonly kind: 'scalar-subquery'; readonly query: Query; readonly span: Span};
export type ArraySubquery = {readonly kind: 'array-subquery'; readonly query: Query; readonly span: Span};
export type ExistsSubquery = {readonly kind: 'exists-subquery'; readonly query: Query; readonly span: Span};

/**
 * Any call but CAST, EXTRACT, CASE, ARRAY(query), EXISTS and STRUCT: so also IF, COALESCE, NULLIF, SAFE_DIVIDE and COUNT(*).
 * Modifiers stand in the order of the grammar: f(DISTINCT args IGNORE NULLS HAVING MAX e ORDER BY ... LIMIT n) OVER (...).
 */
export type FunctionCall = {
	readonly kind: 'function-call';
	/** One part for a builtin; `NET.HOST` and the like have two. `SAFE.` is taken off and shown by isSafe. */
	readonly function: Path;
	readonly isSafe: boolean;
	readonly arguments: readonly Argument[];
	/** COUNT(*): the arguments are empty. */
	readonly isStar: boolean;
	readonly isDistinct: boolean;
	readonly nullHandling: 'ignore' | 'respect' | undefined;
	readonly having: {readonly which: 'max' | 'min'; readonly expression: Expression} | undefined;
	readonly orderBy: readonly OrderItem[];
	readonly limit: Expression | undefined;
	readonly over: WindowSpecification | undefined;
	readonly span: Span;
};

/** `name => value`. */
export type NamedArgument = {readonly kind: 'named-argument'; readonly name: Identifier; readonly value: Expression; readonly span: Span};

/** `x -> x + 1`, `(x, i) -> x + i`. */
export type LambdaExpression = {readonly kind: 'lambda'; readonly parameters: readonly Identifier[]; readonly body: Expression; readonly span: Span};

export type Argument = Expression | NamedArgument | LambdaExpression | DatePart;

/** DEFAULT as a value of INSERT, UPDATE or MERGE. */
export type DefaultExpression = {readonly kind: 'default'; readonly span: Span};

/** WITH(a AS 1, b AS a + 1, a + b). */
export type WithExpression = {
	readonly kind: 'with-expression';
	readonly bindings: readonly {readonly name: Identifier; readonly value: Expression}[];
	readonly body: Expression;
	readonly span: Span;
};

export type Literal = NullLiteral | BoolLiteral | IntLiteral | FloatLiteral | StringLiteral | BytesLiteral | TypedLiteral | RangeLiteral;

export type Expression =
	| Literal
	| IntervalExpression
	| PathExpression
	| FieldAccess
	| Subscript
	| ParameterExpression
	| SystemVariable
	| UnaryExpression
	| BinaryExpression
	| IsExpression
	| IsDistinctExpression
	| BetweenExpression
	| InListExpression
	| InQueryExpression
	| InUnnestExpression
	| LikeExpression
	| QuantifiedLikeExpression
	| CaseExpression
	| CastExpression
	| ExtractExpression
	| ArrayExpression
	| StructExpression
	| ScalarSubquery
	| ArraySubquery
	| ExistsSubquery
	| FunctionCall
	| DefaultExpression
	| WithExpression;
