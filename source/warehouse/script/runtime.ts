// What the interpreter needs from the rest of the warehouse: statements run and expressions evaluated over DuckDB.
// `database.ts` gives one runtime a job: it holds the job's connection, its temporary tables and its transaction.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Query} from '../../googlesql/syntax/query.js';
import type {Path} from '../../googlesql/syntax/name.js';
import type {ScriptStatement, Statement} from '../../googlesql/syntax/script.js';
import type {TypeNode} from '../../googlesql/syntax/types.js';
import type {SqlType} from '../../googlesql/types.js';
import type {Cell, Parameter, ResultSet, SealedJob, StatementReport} from '../contract.js';

export type TypedCell = {readonly type: SqlType; readonly value: Cell};

/** What a statement or an expression can see besides tables. */
export type RuntimeScope = {
	/** The text that the spans of the node count into: the script, or the body of the procedure that runs. */
	readonly text: string;
	/** `project.dataset.procedure` of the procedure that runs; undefined in the script itself. */
	readonly procedure: string | undefined;
	/** Script variables and procedure arguments, by their name as declared; an inner one has replaced an outer one. */
	readonly variables: ReadonlyMap<string, TypedCell>;
	/** `@@` variables by dotted lower-case name: row_count, error.message, script.job_id, time_zone ... */
	readonly systemVariables: ReadonlyMap<string, TypedCell>;
	readonly parameters: readonly Parameter[];
};

/** Everything but control flow. */
export type PlainStatement = Exclude<Statement, ScriptStatement>;

export type StatementOutcome = Pick<StatementReport, 'processedBytes' | 'billedBytes' | 'referencedTables' | 'affectedRows' | 'result' | 'target'>;

export type ProcedureParameter = {readonly name: string; readonly type: SqlType | undefined; readonly mode: 'IN' | 'OUT' | 'INOUT'};

export type ProcedureDefinition = {
	/** `project.dataset.procedure`. */
	readonly name: string;
	readonly parameters: readonly ProcedureParameter[];
	/** The statements of its BEGIN ... END block, and the text that their spans count into. */
	readonly body: Statement;
	readonly text: string;
};

/** Failures are thrown as SqlError, in BigQuery's words, with line and column of `scope.text` where there is a place. */
export type StatementRuntime = {
	/** As BigQuery names it in a job: SELECT, MERGE, CREATE_TABLE_AS_SELECT ... */
	statementTypeOf: (statement: PlainStatement) => string;
	/** `seal` is asked before effects are committed; what it gives is kept with them. */
	run: (statement: PlainStatement, scope: RuntimeScope, seal?: (outcome: StatementOutcome) => readonly SealedJob[]) => Promise<StatementOutcome>;
	/** Evaluates; with a target type the value is coerced to it by the rules of assignment. */
	evaluate: (expression: Expression, scope: RuntimeScope, target?: SqlType) => Promise<TypedCell>;
	/** Rows of the query of FOR ... IN. */
	query: (query: Query, scope: RuntimeScope) => Promise<ResultSet>;
	typeOf: (node: TypeNode, scope: RuntimeScope) => SqlType;
	/** Coerces a value of one type to another by the rules of assignment; throws where BigQuery would. */
	coerce: (value: TypedCell, target: SqlType, scope: RuntimeScope) => Promise<Cell>;
	/** Throws SqlError notFound when there is none. */
	findProcedure: (path: Path, scope: RuntimeScope) => Promise<ProcedureDefinition>;
	/** Parses the text of EXECUTE IMMEDIATE: exactly one statement. */
	parseDynamic: (sql: string) => Statement;
	beginTransaction: () => Promise<void>;
	commitTransaction: (sealed?: readonly SealedJob[]) => Promise<void>;
	rollbackTransaction: () => Promise<void>;
};
