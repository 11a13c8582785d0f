// Runs a script: blocks, variables, branches, loops, handlers, calls, dynamic SQL and transactions. Statements that touch
// data go to the runtime; each of them becomes one report, as BigQuery shows it in a child job.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Identifier, Span} from '../../googlesql/syntax/name.js';
import type {BlockStatement, CaseStatement, DeclareStatement, ForStatement, IfStatement, Script, SetStatement, Statement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import {SqlError, type Cell, type ExecuteRequest, type ExecuteResult, type ResultSet, type SealedJob, type StatementReport} from '../contract.js';
import {runCall} from './call.js';
import {runDynamic} from './dynamic.js';
import {fastEvaluate} from './fast-evaluate.js';
import {Frame} from './frame.js';
import {boolType, int64Type, isPlain, next, stringType, type Context, type Flow, type Machine} from './machine.js';
import type {PlainStatement, RuntimeScope, StatementOutcome, StatementRuntime, TypedCell} from './runtime.js';
import {ScriptError, isStop} from './script-error.js';
import {VariableScope} from './variables.js';

/** Statements between two turns of the event loop, so that a cancel can be heard. */
const statementsPerTurn = 64;

const sameLabel = (flow: Flow, label: Identifier | undefined): boolean =>
	(flow.kind === 'break' || flow.kind === 'continue') && (flow.label === undefined || flow.label.toLowerCase() === label?.name.toLowerCase());

const isTemporaryFunction = (statement: Statement): boolean => statement.kind === 'create-function' && statement.isTemporary;

export class Interpreter {
	readonly #runtime: StatementRuntime;
	readonly #request: ExecuteRequest;
	readonly #machine: Machine;
	readonly #reports: StatementReport[] = [];
	#rowCount: Cell = null;
	#lastResult: ResultSet | undefined;
	#lastAffectedRows: number | undefined;
	#isInTransaction = false;
	#executed = 0;
	#statementType = 'SCRIPT';

	constructor(runtime: StatementRuntime, request: ExecuteRequest) {
		this.#runtime = runtime;
		this.#request = request;
		this.#machine = {
			runtime,
			scopeOf: context => this.#scope(context),
			evaluate: async (expression, context, target) => this.#evaluate(expression, context, target),
			runStatements: async (statements, context) => this.#runStatements(statements, context),
			runPlain: async (statement, context) => this.#plain(statement, context),
		};
	}

	/** Runs the whole script. Failures are part of the result; only bugs and stops are thrown. */
	async run(script: Script): Promise<ExecuteResult> {
		// A query below its temporary functions is one statement, as in BigQuery.
		const counted = script.statements.filter(statement => !isTemporaryFunction(statement));
		const [only = script.statements[0]] = counted;
		const isScript = counted.length > 1 || only === undefined || only !== script.statements.at(-1) || !(isPlain(only) || only.kind === 'call');
		this.#statementType = isScript ? 'SCRIPT' : isPlain(only) ? this.#runtime.statementTypeOf(only) : 'CALL';
		const frame = new Frame({text: script.text, parameters: this.#request.parameters});
		try {
			await this.#runStatements(script.statements, {frame, variables: new VariableScope(), handled: undefined, isTail: true});
			return this.#resultSoFar();
		} catch (error) {
			if (error instanceof ScriptError) {
				return {...this.#resultSoFar(), error: error.toFailure(isScript || only.kind === 'call')};
			}

			if (error instanceof SqlError) {
				return {...this.#resultSoFar(), error: error.failure};
			}

			throw error;
		} finally {
			if (this.#isInTransaction) {
				this.#isInTransaction = false;
				await this.#runtime.rollbackTransaction();
			}
		}
	}

	/** The job as it stands; `ending` is a statement that has run but is not reported yet. */
	#resultSoFar(ending?: StatementReport): ExecuteResult {
		const affectedRows = ending?.affectedRows ?? this.#lastAffectedRows;
		return {
			statementType: this.#statementType,
			statements: ending === undefined ? this.#reports : [...this.#reports, ending],
			...(this.#lastResult === undefined ? {} : {result: this.#lastResult}),
			...(affectedRows === undefined ? {} : {affectedRows}),
		};
	}

	#seal(report: StatementReport | undefined, isTail: boolean): readonly SealedJob[] {
		return this.#request.seal?.({...(report === undefined ? {} : {report}), ...(isTail ? {job: this.#resultSoFar(report)} : {})}) ?? [];
	}

	#systemVariables(context: Context): ReadonlyMap<string, TypedCell> {
		return new Map<string, TypedCell>([
			['row_count', {type: int64Type, value: this.#rowCount}],
			['script.job_id', {type: stringType, value: this.#request.jobId}],
			['session_user', {type: stringType, value: this.#request.user}],
			['project_id', {type: stringType, value: this.#request.project}],
			['dataset_project_id', {type: stringType, value: this.#request.project}],
			['dataset_id', {type: stringType, value: this.#request.defaultDataset ?? null}],
			['time_zone', {type: stringType, value: 'UTC'}],
			...(context.handled?.systemVariables() ?? []),
		]);
	}

	#scope(context: Context): RuntimeScope {
		return context.frame.scope(context.variables, this.#systemVariables(context));
	}

	async #evaluate(expression: Expression, context: Context, target?: SqlType): Promise<TypedCell> {
		const scope = this.#scope(context);
		const fast = fastEvaluate(expression, scope);
		if (fast !== undefined && (target === undefined || (target.kind === 'scalar' && fast.type.kind === 'scalar' && target.name === fast.type.name))) {
			return fast;
		}

		return this.#runtime.evaluate(expression, scope, target);
	}

	async #isTrue(condition: Expression, context: Context): Promise<boolean> {
		const {value} = await this.#evaluate(condition, context, boolType);
		return value === true;
	}

	async #breathe(): Promise<void> {
		this.#executed += 1;
		if (this.#executed % statementsPerTurn === 0) {
			await new Promise(resolve => {
				setImmediate(resolve);
			});
		}

		if (this.#request.signal.aborted) {
			throw new SqlError({reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation'});
		}
	}

	async #runStatements(statements: readonly Statement[], around: Context): Promise<Flow> {
		for (const [index, statement] of statements.entries()) {
			await this.#breathe();
			const context = around.isTail && index < statements.length - 1 ? {...around, isTail: false} : around;
			let flow: Flow;
			try {
				flow = await this.#runStatement(statement, context);
			} catch (error) {
				throw context.frame.wrap(error, statement.span);
			}

			if (flow.kind !== 'next') {
				return flow;
			}
		}

		return next;
	}

	async #runStatement(statement: Statement, context: Context): Promise<Flow> {
		switch (statement.kind) {
			case 'declare': {
				return this.#declare(statement, context);
			}

			case 'set': {
				return this.#set(statement, context);
			}

			case 'if': {
				return this.#if(statement, context);
			}

			case 'case-statement': {
				return this.#case(statement, context);
			}

			case 'loop': {
				return this.#loop(statement.label, statement.statements, context, async () => 'turn');
			}

			case 'while': {
				return this.#loop(statement.label, statement.statements, context, async () => ((await this.#isTrue(statement.condition, context)) ? 'turn' : 'stop'));
			}

			case 'repeat': {
				let isFirst = true;
				return this.#loop(statement.label, statement.statements, context, async () => {
					const goesOn = isFirst || !(await this.#isTrue(statement.until, context));
					isFirst = false;
					return goesOn ? 'turn' : 'stop';
				});
			}

			case 'for': {
				return this.#for(statement, context);
			}

			case 'break':
			case 'continue': {
				return {kind: statement.kind, label: statement.label?.name};
			}

			case 'block': {
				return this.#block(statement, context);
			}

			case 'raise': {
				return this.#raise(statement.message, statement.span, context);
			}

			case 'return': {
				return {kind: 'return'};
			}

			case 'call': {
				await runCall(statement, context, this.#machine);
				return next;
			}

			case 'execute-immediate': {
				await runDynamic(statement, context, this.#machine);
				return next;
			}

			case 'begin-transaction': {
				if (this.#isInTransaction) {
					throw context.frame.refuse(statement.span, 'Transaction control statement failed: a transaction is already in progress; nested transactions are not supported');
				}

				const report = this.#reportOf('BEGIN_TRANSACTION', statement.span, context);
				await this.#runtime.beginTransaction();
				this.#isInTransaction = true;
				this.#record(report(undefined));
				return next;
			}

			case 'commit-transaction':
			case 'rollback-transaction': {
				return this.#endTransaction(statement.kind === 'commit-transaction', statement.span, context);
			}

			case 'assert': {
				if (!(await this.#isTrue(statement.condition, context))) {
					const message = statement.message === undefined ? 'Assertion failed' : await this.#evaluate(statement.message, context, stringType);
					throw context.frame.refuse(statement.span, typeof message === 'string' ? message : `Assertion failed: ${String(message.value)}`);
				}

				return next;
			}

			default: {
				// A temporary function is part of the queries that call it: it has no report of its own.
				await (isTemporaryFunction(statement) ? this.#runtime.run(statement, this.#scope(context)) : this.#plain(statement, context));
				return next;
			}
		}
	}

	async #declare({names, type, default: default_, span}: DeclareStatement, context: Context): Promise<Flow> {
		const declared = type === undefined ? undefined : this.#runtime.typeOf(type, this.#scope(context));
		const value = default_ === undefined ? {type: declared ?? int64Type, value: null} : await this.#evaluate(default_, context, declared);
		for (const {name} of names) {
			if (!context.variables.declare(name, {type: declared ?? value.type, value: value.value})) {
				throw context.frame.refuse(span, `Variable '${name}' redeclaration`);
			}
		}

		return next;
	}

	async #set({targets, isTuple, value, span}: SetStatement, context: Context): Promise<Flow> {
		const typeOfTarget = (index: number): SqlType => {
			const target = targets[index];
			if (target?.kind !== 'set-variable') {
				throw context.frame.refuse(span, `System variable @@${target?.names.join('.') ?? ''} cannot be set here`);
			}

			const variable = context.variables.find(target.name.name);
			if (variable === undefined) {
				throw context.frame.refuse(target.span, `Undeclared variable: ${target.name.name}`);
			}

			return variable.type;
		};

		if (!isTuple) {
			const type = typeOfTarget(0);
			const {value: cell} = await this.#evaluate(value, context, type);
			this.#assign(targets[0], {type, value: cell}, context);
			return next;
		}

		const tuple = await this.#evaluate(value, context);
		if (tuple.type.kind !== 'struct' || tuple.type.fields.length !== targets.length) {
			throw context.frame.refuse(span, `Number of variables (${targets.length}) does not match the number of values assigned to them`);
		}

		const cells = tuple.value === null ? targets.map(() => null) : (tuple.value as readonly Cell[]);
		for (const [index, field] of tuple.type.fields.entries()) {
			const type = typeOfTarget(index);
			const cell = await this.#runtime.coerce({type: field.type, value: cells[index] ?? null}, type, this.#scope(context));
			this.#assign(targets[index], {type, value: cell}, context);
		}

		return next;
	}

	#assign(target: SetStatement['targets'][number] | undefined, value: TypedCell, context: Context): void {
		if (target?.kind === 'set-variable') {
			context.variables.assign(target.name.name, value);
		}
	}

	async #if({branches, otherwise}: IfStatement, context: Context): Promise<Flow> {
		for (const {condition, statements} of branches) {
			if (await this.#isTrue(condition, context)) {
				return this.#runStatements(statements, context);
			}
		}

		return this.#runStatements(otherwise ?? [], context);
	}

	async #case({operand, branches, otherwise}: CaseStatement, context: Context): Promise<Flow> {
		for (const {when, statements} of branches) {
			const condition: Expression = operand === undefined ? when : {kind: 'binary', operator: '=', operatorSpan: when.span, left: operand, right: when, span: when.span};
			if (await this.#isTrue(condition, context)) {
				return this.#runStatements(statements, context);
			}
		}

		return this.#runStatements(otherwise ?? [], context);
	}

	async #loop(label: Identifier | undefined, statements: readonly Statement[], around: Context, turn: () => Promise<'turn' | 'stop'>): Promise<Flow> {
		const context = {...around, isTail: false};
		while ((await turn()) === 'turn') {
			await this.#breathe();
			const flow = await this.#runStatements(statements, context);
			if (flow.kind === 'next' || (flow.kind === 'continue' && sameLabel(flow, label))) {
				continue;
			}

			return sameLabel(flow, label) ? next : flow;
		}

		return next;
	}

	async #for({label, variable, query, statements}: ForStatement, context: Context): Promise<Flow> {
		const {columns, rows} = await this.#runtime.query(query, this.#scope(context));
		const type: SqlType = {kind: 'struct', fields: columns.map(column => ({name: column.name, type: column.type}))};
		let index = 0;
		const variables = new VariableScope(context.variables);
		variables.declare(variable.name, {type, value: null});
		return this.#loop(label, statements, {...context, variables}, async () => {
			const row = rows[index];
			index += 1;
			variables.assign(variable.name, {type, value: row ?? null});
			return row === undefined ? 'stop' : 'turn';
		});
	}

	async #block(block: BlockStatement, context: Context): Promise<Flow> {
		const ended = (flow: Flow): Flow => (flow.kind === 'break' && block.label !== undefined && flow.label?.toLowerCase() === block.label.name.toLowerCase() ? next : flow);
		try {
			return ended(await this.#runStatements(block.statements, {...context, variables: new VariableScope(context.variables)}));
		} catch (error) {
			const wrapped = context.frame.wrap(error, block.span);
			if (block.exception === undefined || isStop(wrapped) || !(wrapped instanceof ScriptError)) {
				throw wrapped;
			}

			// The handler sees the variables around the block, not those of the block that failed.
			return ended(await this.#runStatements(block.exception, {...context, variables: new VariableScope(context.variables), handled: wrapped}));
		}
	}

	async #raise(message: Expression | undefined, span: Span, context: Context): Promise<Flow> {
		if (message === undefined) {
			if (context.handled === undefined) {
				throw context.frame.refuse(span, 'Cannot re-raise an existing exception outside of an exception handler');
			}

			throw context.handled;
		}

		const {value} = await this.#evaluate(message, context, stringType);
		throw context.frame.refuse(span, value === null ? 'NULL' : String(value));
	}

	async #endTransaction(commits: boolean, span: Span, context: Context): Promise<Flow> {
		if (!this.#isInTransaction) {
			throw context.frame.refuse(span, `Transaction control statement failed: there is no transaction to ${commits ? 'commit' : 'roll back'}`);
		}

		const report = this.#reportOf(commits ? 'COMMIT_TRANSACTION' : 'ROLLBACK_TRANSACTION', span, context);
		this.#isInTransaction = false;
		try {
			await (commits ? this.#runtime.commitTransaction(this.#seal(report(undefined), context.isTail)) : this.#runtime.rollbackTransaction());
			this.#record(report(undefined));
		} catch (error) {
			if (commits) {
				await this.#runtime.rollbackTransaction();
			}

			throw error;
		}

		return next;
	}

	/** Begins the report of a statement; called again with its outcome or its error it gives the report. */
	#reportOf(statementType: string, span: Span, {frame}: Context): (outcome: StatementOutcome | undefined, error?: SqlError) => StatementReport {
		const {length: index} = this.#reports;
		const sql = frame.slice(span);
		const now = (): number => Number(this.#request.nowMicros() / 1000n);
		const startedMs = now();
		return (outcome, error) => ({
			processedBytes: 0,
			billedBytes: 0,
			referencedTables: [],
			...outcome,
			index,
			statementType,
			sql,
			callStack: frame.callStack,
			startedMs,
			endedMs: now(),
			...(error === undefined ? {} : {error: error.failure}),
		});
	}

	async #plain(statement: PlainStatement, context: Context): Promise<StatementOutcome> {
		const statementType = this.#runtime.statementTypeOf(statement);
		const {length: index} = this.#reports;
		const sql = context.frame.slice(statement.span);
		const report = this.#reportOf(statementType, statement.span, context);
		this.#request.onStatementStart?.({index, statementType, sql});
		try {
			// The last effects of a job seal the job as well, unless a transaction around them has yet to commit.
			const outcome = await this.#runtime.run(statement, this.#scope(context), ended => this.#seal(report(ended), context.isTail && !this.#isInTransaction));
			this.#record(report(outcome));
			if (outcome.affectedRows !== undefined) {
				this.#rowCount = String(outcome.affectedRows);
				this.#lastAffectedRows = outcome.affectedRows;
			}

			if (outcome.result !== undefined && statement.kind === 'query-statement') {
				this.#lastResult = outcome.result;
			}

			return outcome;
		} catch (error) {
			if (error instanceof SqlError) {
				this.#record(report(undefined, error));
			}

			throw error;
		}
	}

	#record(report: StatementReport): void {
		this.#reports.push(report);
		this.#request.onStatement?.(report);
	}
}
