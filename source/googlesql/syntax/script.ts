// Procedural statements, and the union of all statements.
import type {DdlStatement} from './ddl.js';
import type {DmlStatement} from './dml.js';
import type {Expression} from './expression.js';
import type {Identifier, Path, Span} from './name.js';
import type {Query, QueryStatement} from './query.js';
import type {TypeNode} from './types.js';

/** The whole text, as `parseScript` gives it. */
export type Script = {
	readonly kind: 'script';
	/** What the spans count into. */
	readonly text: string;
	readonly statements: readonly Statement[];
	readonly span: Span;
};

export type DeclareStatement = {
	readonly kind: 'declare';
	readonly names: readonly Identifier[];
	/** Undefined: taken from the default. */
	readonly type: TypeNode | undefined;
	readonly default: Expression | undefined;
	readonly span: Span;
};

/** `SET a = 1`, `SET (a, b) = (SELECT AS STRUCT 1, 2)`: one target is written without parentheses. */
export type SetStatement = {
	readonly kind: 'set';
	readonly targets: readonly SetTarget[];
	/** Written `(a, b) = ...`, also with one name. */
	readonly isTuple: boolean;
	readonly value: Expression;
	readonly span: Span;
};

export type SetTarget =
	| {readonly kind: 'set-variable'; readonly name: Identifier; readonly span: Span}
	/** `SET @@time_zone = ...`: names ['time_zone']. */
	| {readonly kind: 'set-system-variable'; readonly names: readonly string[]; readonly span: Span};

/** ELSEIF is a further branch. */
export type IfStatement = {
	readonly kind: 'if';
	readonly branches: readonly {readonly condition: Expression; readonly statements: readonly Statement[]}[];
	readonly otherwise: readonly Statement[] | undefined;
	readonly span: Span;
};

export type CaseStatement = {
	readonly kind: 'case-statement';
	readonly operand: Expression | undefined;
	readonly branches: readonly {readonly when: Expression; readonly statements: readonly Statement[]}[];
	readonly otherwise: readonly Statement[] | undefined;
	readonly span: Span;
};

export type LoopStatement = {readonly kind: 'loop'; readonly label: Identifier | undefined; readonly statements: readonly Statement[]; readonly span: Span};
export type WhileStatement = {readonly kind: 'while'; readonly label: Identifier | undefined; readonly condition: Expression; readonly statements: readonly Statement[]; readonly span: Span};
export type RepeatStatement = {readonly kind: 'repeat'; readonly label: Identifier | undefined; readonly statements: readonly Statement[]; readonly until: Expression; readonly span: Span};
export type ForStatement = {readonly kind: 'for'; readonly label: Identifier | undefined; readonly variable: Identifier; readonly query: Query; readonly statements: readonly Statement[]; readonly span: Span};

/** BREAK and LEAVE. */
export type BreakStatement = {readonly kind: 'break'; readonly label: Identifier | undefined; readonly span: Span};
/** CONTINUE and ITERATE. */
export type ContinueStatement = {readonly kind: 'continue'; readonly label: Identifier | undefined; readonly span: Span};

/** BEGIN ... [EXCEPTION WHEN ERROR THEN ...] END. */
export type BlockStatement = {
	readonly kind: 'block';
	readonly label: Identifier | undefined;
	readonly statements: readonly Statement[];
	/** Undefined: no handler was written. An empty handler is an empty list. */
	readonly exception: readonly Statement[] | undefined;
	readonly span: Span;
};

/** RAISE re-raises inside a handler; RAISE USING MESSAGE = text. */
export type RaiseStatement = {readonly kind: 'raise'; readonly message: Expression | undefined; readonly span: Span};
export type ReturnStatement = {readonly kind: 'return'; readonly span: Span};
export type CallStatement = {readonly kind: 'call'; readonly procedure: Path; readonly arguments: readonly Expression[]; readonly span: Span};

export type ExecuteImmediateStatement = {
	readonly kind: 'execute-immediate';
	readonly sql: Expression;
	readonly into: readonly Identifier[];
	/** `value AS name`, or positional when there is no alias. */
	readonly using: readonly {readonly value: Expression; readonly alias: Identifier | undefined}[];
	readonly span: Span;
};

export type TransactionStatement = {readonly kind: 'begin-transaction' | 'commit-transaction' | 'rollback-transaction'; readonly span: Span};
export type AssertStatement = {readonly kind: 'assert'; readonly condition: Expression; readonly message: Expression | undefined; readonly span: Span};

export type ScriptStatement =
	| DeclareStatement
	| SetStatement
	| IfStatement
	| CaseStatement
	| LoopStatement
	| WhileStatement
	| RepeatStatement
	| ForStatement
	| BreakStatement
	| ContinueStatement
	| BlockStatement
	| RaiseStatement
	| ReturnStatement
	| CallStatement
	| ExecuteImmediateStatement
	| TransactionStatement
	| AssertStatement;

export type Statement = QueryStatement | DmlStatement | DdlStatement | ScriptStatement;
