// The StatementRuntime of one job: analyze, emit, run, read.
import {analyzeExpression, analyzeStatement, parseStatement, statementTypeOf, walk, type AnalyzeOptions, type Expression, type Query, type Statement, type StatementAnalysis} from '../../googlesql/index.js';
import {GoogleSqlError} from '../../googlesql/diagnostics.js';
import type {Path} from '../../googlesql/syntax/name.js';
import type {TypeNode} from '../../googlesql/syntax/types.js';
import type {SqlType} from '../../googlesql/types.js';
import {analyzerCatalog, resolvePath} from '../catalog/analyzer-catalog.js';
import {readsJobs} from '../catalog/information-schema.js';
import {SqlError, type Cell, type ExecuteRequest, type Parameter, type ResultSet, type SealedJob} from '../contract.js';
import {cellReader} from '../emit/cell.js';
import {emitCast} from '../emit/cast.js';
import {emitDml} from '../emit/dml.js';
import {emitExpression} from '../emit/expression.js';
import {literalText} from '../emit/literal.js';
import {emitFitted} from '../emit/query.js';
import {checkRepresentable} from '../emit/representable.js';
import type {Emission} from '../emit/context.js';
import type {PlainStatement, ProcedureDefinition, RuntimeScope, StatementOutcome, StatementRuntime, TypedCell} from '../script/runtime.js';
import {bodiesBehind, type Body} from './bodies-behind.js';
import {countBytes} from './billed-bytes.js';
import {assertAssignable, isSameCell} from './coerce.js';
import {runDdl} from './ddl.js';
import {toSqlError} from './duck-error.js';
import {writeDestination} from './destination.js';
import {createEmission} from './emission.js';
import type {JobSession} from './session.js';
import {typeOfNode} from './type-node.js';

/** What DDL execution needs of the runtime. */
export type DdlTools = {
	readonly session: JobSession;
	readonly request: ExecuteRequest;
	readonly nowMs: number;
	readonly scope: RuntimeScope;
	readonly evaluate: (expression: Expression) => Promise<TypedCell>;
};

/** A syntax or analysis error as the job reports it. */
export const fromGoogleSql = (error: unknown): unknown =>
	error instanceof GoogleSqlError ? new SqlError({reason: error.reason, message: error.message, ...(error.line === undefined ? {} : {line: error.line}), ...(error.column === undefined ? {} : {column: error.column})}) : error;

/** Emission; what the embedded warehouse can't say in DuckDB's words is refused like any other statement. */
const emitted = <Value>(emit: () => Value): Value => {
	try {
		return emit();
	} catch (error) {
		throw fromGoogleSql(error);
	}
};

export class Runtime implements StatementRuntime {
	readonly #session: JobSession;
	readonly #request: ExecuteRequest;

	constructor(session: JobSession, request: ExecuteRequest) {
		this.#session = session;
		this.#request = request;
	}

	statementTypeOf(statement: PlainStatement): string {
		return statementTypeOf(statement);
	}

	async run(statement: PlainStatement, scope: RuntimeScope, seal?: (outcome: StatementOutcome) => readonly SealedJob[]): Promise<StatementOutcome> {
		const nowMicros = this.#request.nowMicros();
		const analysis = this.analyze(statement, scope);
		await this.#flushJobs({node: statement, analysis});
		const bytes = await countBytes(this.#session, statement, analysis);
		this.#session.seal = seal === undefined ? undefined : affectedRows => seal({...bytes, ...(affectedRows === undefined ? {} : {affectedRows})});
		try {
			return await this.#carryOut(statement, scope, {analysis, bytes, nowMicros});
		} finally {
			this.#session.seal = undefined;
		}
	}

	async evaluate(expression: Expression, scope: RuntimeScope, target?: SqlType): Promise<TypedCell> {
		const analysis = this.#annotate(expression, options => analyzeExpression(expression, {...options, ...(target === undefined ? {} : {target})}), scope);
		const type = analysis.returns ?? {kind: 'scalar', name: 'INT64'};
		await this.#flushJobs({node: expression, analysis});
		const emission = await this.#emission(expression, analysis, scope, this.#request.nowMicros());
		const rows = await this.#read(`SELECT ${emitted(() => emitExpression(expression, emission))}`);
		return {type, value: cellReader(type)(rows[0]![0]!)};
	}

	async query(query: Query, scope: RuntimeScope): Promise<ResultSet> {
		const analysis = this.analyze({kind: 'query-statement', query, span: query.span}, scope);
		await this.#flushJobs({node: query, analysis});
		return this.#rows(query, analysis, scope, this.#request.nowMicros());
	}

	typeOf(node: TypeNode): SqlType {
		return typeOfNode(node);
	}

	async coerce(value: TypedCell, target: SqlType): Promise<Cell> {
		assertAssignable(value.type, target, undefined);
		return this.#convert(value, target);
	}

	async findProcedure(path: Path): Promise<ProcedureDefinition> {
		const {store, project, bodies} = this.#session.engine;
		const parts = path.parts.map(part => part.name);
		const resolved = resolvePath(project, this.#request.defaultDataset, parts);
		const routine = resolved === undefined ? undefined : store.findRoutine(...resolved);
		const statement = routine?.type === 'PROCEDURE' ? bodies.parsed(routine) : undefined;
		if (routine === undefined || statement?.kind !== 'create-procedure') {
			throw new SqlError({reason: 'invalidQuery', message: `Procedure is not found: ${parts.length === 1 ? parts[0]! : [project, ...parts].slice(-3).join('.').replace('.', ':')}`});
		}

		return {
			name: `${project}.${routine.dataset}.${routine.routine}`,
			parameters: routine.arguments.map(({name, type, mode}) => ({name, type, mode})),
			body: statement.body,
			text: routine.source,
		};
	}

	parseDynamic(sql: string): Statement {
		try {
			return parseStatement(sql);
		} catch (error) {
			throw fromGoogleSql(error);
		}
	}

	async beginTransaction(): Promise<void> {
		await this.#session.begin();
	}

	async commitTransaction(sealed: readonly SealedJob[] = []): Promise<void> {
		await this.#session.commit(sealed);
	}

	async rollbackTransaction(): Promise<void> {
		await this.#session.rollback();
	}

	/** @throws SqlError with line and column of the scope's text. */
	analyze(statement: Statement, scope: RuntimeScope): StatementAnalysis {
		return this.#annotate(statement, options => analyzeStatement(statement, options), scope);
	}

	#annotate(node: Statement | Expression, analyze: (options: AnalyzeOptions) => StatementAnalysis, scope: RuntimeScope): StatementAnalysis {
		const {store, project} = this.#session.engine;
		const {defaultDataset} = this.#request;
		const named = new Map(scope.parameters.filter((parameter): parameter is Parameter & {readonly name: string} => parameter.name !== undefined).map(({name, type}) => [name, type]));
		const positional = scope.parameters.filter(({name}) => name === undefined).map(({type}) => type);
		try {
			const analysis = analyze({
				text: scope.text,
				catalog: analyzerCatalog({store, defaultDataset, temporary: this.#session.temporaryEntries(), temporaryRoutines: this.#session.functions.entries()}),
				project,
				...(defaultDataset === undefined ? {} : {defaultDataset}),
				variables: new Map([...scope.variables].map(([name, {type}]) => [name, type])),
				parameters: {named, positional},
			});
			checkRepresentable(node, analysis);
			return analysis;
		} catch (error) {
			throw fromGoogleSql(error);
		}
	}

	async #carryOut(statement: PlainStatement, scope: RuntimeScope, {analysis, bytes, nowMicros}: {readonly analysis: StatementAnalysis; readonly bytes: Awaited<ReturnType<typeof countBytes>>; readonly nowMicros: bigint}): Promise<StatementOutcome> {
		const limit = this.#request.maximumBytesBilled;
		if (limit !== undefined && bytes.billedBytes > limit) {
			throw new SqlError({reason: 'bytesBilledLimitExceeded', message: `Query exceeded limit for bytes billed: ${limit}. ${bytes.billedBytes} or higher required.`});
		}

		switch (statement.kind) {
			case 'query-statement': {
				const {destination} = this.#request;
				if (destination === undefined) {
					return {...bytes, result: await this.#rows(statement.query, analysis, scope, nowMicros)};
				}

				const emission = await this.#emission(statement.query, analysis, scope, nowMicros);
				const work = async () => writeDestination(this.#session, {destination, columns: analysis.columns, query: emitFitted(statement.query, [], emission), emission, nowMs: Number(nowMicros / 1000n)});
				return {...bytes, result: await this.#interruptible(work)};
			}

			case 'insert':
			case 'update':
			case 'delete':
			case 'merge':
			case 'truncate': {
				return {...bytes, ...(await this.#dml(statement, analysis, scope, nowMicros))};
			}

			default: {
				const emission = await this.#emission(statement, analysis, scope, nowMicros);
				const tools: DdlTools = {session: this.#session, request: this.#request, nowMs: Number(nowMicros / 1000n), scope, evaluate: async expression => this.evaluate(expression, scope)};
				try {
					return {...bytes, ...(await runDdl(statement, analysis, emission, tools))};
				} catch (error) {
					throw toSqlError(fromGoogleSql(error));
				}
			}
		}
	}

	async #emission(statement: Statement | Query | Expression, analysis: StatementAnalysis, scope: RuntimeScope, nowMicros: bigint): Promise<Emission> {
		const times: Expression[] = [];
		walk(statement, node => {
			const {systemTime} = node as {readonly systemTime?: Expression};
			if (systemTime !== undefined) {
				times.push(systemTime);
			}
		});
		const systemTimes = new Map<Expression, bigint>();
		for (const expression of times) {
			const {value, type} = await this.evaluate(expression, scope);
			if (value === null || type.kind !== 'scalar' || type.name !== 'TIMESTAMP') {
				throw new SqlError({reason: 'invalidQuery', message: 'FOR SYSTEM_TIME AS OF must be a TIMESTAMP that is not NULL'});
			}

			const at = BigInt(value as string);
			if (at > nowMicros) {
				throw new SqlError({reason: 'invalidQuery', message: 'Invalid snapshot time: FOR SYSTEM_TIME AS OF is in the future'});
			}

			systemTimes.set(expression, at);
		}

		return createEmission({session: this.#session, analysis, scope, nowMicros, systemTimes});
	}

	async #rows(query: Query, analysis: StatementAnalysis, scope: RuntimeScope, nowMicros: bigint): Promise<ResultSet> {
		const emission = await this.#emission(query, analysis, scope, nowMicros);
		const sql = emitted(() => emitFitted(query, [], emission));
		const readers = analysis.columns.map(column => cellReader(column.type));
		const rows = await this.#read(sql);
		return {columns: analysis.columns, rows: rows.map(row => readers.map((read, index) => read(row[index]!)))};
	}

	/** INFORMATION_SCHEMA.JOBS shows every job that has ended by now, also behind a view or a function. */
	async #flushJobs(body: Body): Promise<void> {
		for (const {analysis} of bodiesBehind(this.#session, body)) {
			if (analysis.referencedTables.some(entry => readsJobs(entry))) {
				await this.#session.engine.jobs.flush();
				return;
			}
		}
	}

	async #read(sql: string): Promise<readonly (readonly Parameters<ReturnType<typeof cellReader>>[0][])[]> {
		return this.#interruptible(async () => (await this.#session.connection.runAndReadAll(sql)).getRows());
	}

	async #interruptible<Value>(work: () => Promise<Value>): Promise<Value> {
		const {signal} = this.#request;
		const interrupt = (): void => {
			this.#session.connection.interrupt();
		};

		signal.addEventListener('abort', interrupt, {once: true});
		try {
			return await work();
		} catch (error) {
			throw signal.aborted ? new SqlError({reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation'}) : toSqlError(error);
		} finally {
			signal.removeEventListener('abort', interrupt);
		}
	}

	async #dml(statement: Extract<PlainStatement, {readonly kind: 'insert' | 'update' | 'delete' | 'merge' | 'truncate'}>, analysis: StatementAnalysis, scope: RuntimeScope, nowMicros: bigint): Promise<Partial<StatementOutcome>> {
		const path = (statement.kind === 'truncate' ? statement.target : statement.target.path).parts.map(part => part.name);
		const temporary = path.length === 1 ? this.#session.temporary.get(path[0]!.toLowerCase()) : undefined;
		const work = async (): Promise<number> => {
			// Emitted inside, since a table's rows may be somewhere else after a wait.
			const emission = await this.#emission(statement, analysis, scope, nowMicros);
			const {sql, precheck} = emitted(() => emitDml(statement, emission, analysis.referencedTables));
			return this.#interruptible(async () => {
				if (precheck !== undefined) {
					const [row] = (await this.#session.connection.runAndReadAll(precheck)).getRows();
					if (Number(row?.[0] ?? 0) > 0) {
						throw new SqlError({reason: 'invalidQuery', message: 'UPDATE/MERGE must match at most one source row for each target row'});
					}
				}

				const result = await this.#session.connection.run(sql);
				return result.rowsChanged;
			});
		};

		if (temporary !== undefined) {
			return {affectedRows: await work()};
		}

		const {store, project} = this.#session.engine;
		const resolved = resolvePath(project, this.#request.defaultDataset, path);
		const table = resolved === undefined ? undefined : store.table(...resolved);
		if (table?.storage === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: `DML over ${path.join('.')} is not possible: it is not a table`});
		}

		if (table.type === 'SNAPSHOT') {
			throw new SqlError({reason: 'invalidQuery', message: `Table ${project}:${table.dataset}.${table.table} is a snapshot: it cannot be changed`});
		}

		const affectedRows = await this.#session.mutate(table, Number(nowMicros / 1000n), work).catch((error: unknown) => {
			throw toSqlError(error);
		});
		return {affectedRows, target: {kind: 'table', path: [project, table.dataset, table.table], operation: statement.kind.toUpperCase()}};
	}

	async #convert(value: TypedCell, target: SqlType): Promise<Cell> {
		if (value.value === null || isSameCell(value.type, target)) {
			return value.value;
		}

		const rows = await this.#read(`SELECT ${emitCast(literalText(value.value, value.type), value.type, target, false)}`);
		return cellReader(target)(rows[0]![0]!);
	}
}

