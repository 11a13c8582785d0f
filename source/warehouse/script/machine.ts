// What statements that hold others need of the interpreter that runs them, and how statements say where to go on.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Statement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import type {Frame} from './frame.js';
import type {PlainStatement, RuntimeScope, StatementOutcome, StatementRuntime, TypedCell} from './runtime.js';
import type {ScriptError} from './script-error.js';
import type {VariableScope} from './variables.js';

/** How a list of statements ended. */
export type Flow = {readonly kind: 'next'} | {readonly kind: 'return'} | {readonly kind: 'break' | 'continue'; readonly label: string | undefined};

export const next: Flow = {kind: 'next'};

/** Where a statement stands. */
export type Context = {
	readonly frame: Frame;
	readonly variables: VariableScope;
	/** The error being handled, for @@error and a bare RAISE. */
	readonly handled: ScriptError | undefined;
	/** Nothing of the script can run after what runs here: its effects are the last of the job. */
	readonly isTail: boolean;
};

export type Machine = {
	readonly runtime: StatementRuntime;
	readonly scopeOf: (context: Context) => RuntimeScope;
	readonly evaluate: (expression: Expression, context: Context, target?: SqlType) => Promise<TypedCell>;
	readonly runStatements: (statements: readonly Statement[], context: Context) => Promise<Flow>;
	/** Runs one statement that touches data, with its report. */
	readonly runPlain: (statement: PlainStatement, context: Context) => Promise<StatementOutcome>;
	/** Lets a cancel be heard; throws when there was one. */
	readonly breathe: () => Promise<void>;
};

export const int64Type: SqlType = {kind: 'scalar', name: 'INT64'};
export const boolType: SqlType = {kind: 'scalar', name: 'BOOL'};
export const stringType: SqlType = {kind: 'scalar', name: 'STRING'};

const controlKinds = new Set<Statement['kind']>(['declare', 'set', 'if', 'case-statement', 'loop', 'while', 'repeat', 'for', 'break', 'continue', 'block', 'raise', 'return', 'call', 'execute-immediate', 'begin-transaction', 'commit-transaction', 'rollback-transaction', 'assert']);

/** Whether a statement touches data, rather than the flow of the script. */
export const isPlain = (statement: Statement): statement is PlainStatement => !controlKinds.has(statement.kind);
