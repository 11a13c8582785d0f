// Runs a script: blocks, variables, branches, loops, handlers, calls, dynamic SQL and transactions. Statements that touch
// data go to the runtime; each of them becomes one report, as BigQuery shows it in a child job.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Identifier, Span} from '../../googlesql/syntax/name.js';
import type {BlockStatement, CallStatement, CaseStatement, DeclareStatement, ExecuteImmediateStatement, ForStatement, IfStatement, Script, SetStatement, Statement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import {SqlError, type Cell, type ExecuteRequest, type ExecuteResult, type ResultSet, type SealedJob, type StatementReport} from '../contract.js';
import {fastEvaluate} from './fast-evaluate.js';
import {Frame} from './frame.js';
import type {PlainStatement, RuntimeScope, StatementOutcome, StatementRuntime, TypedCell} from './runtime.js';
import {ScriptError, isStop} from './script-error.js';
import {VariableScope} from './variables.js';

/** How a list of statements ended. */
type Flow = {readonly kind: 'next'} | {readonly kind: 'return'} | {readonly kind: 'break' | 'continue'; readonly label: string | undefined};

type Context = {
	readonly frame: Frame;
	readonly variables: VariableScope;
	/** The error being handled, for @@error and a bare RAISE. */
	readonly handled: ScriptError | undefined;
	/** Nothing of the script can run after what runs here: its effects are the last of the job. */
	readonly isTail: boolean;
};

const next: Flow = {kind: 'next'};
const int64Type: SqlType = {kind: 'scalar', name: 'INT64'};
const boolType: SqlType = {kind: 'scalar', name: 'BOOL'};
const stringType: SqlType = {kind: 'scalar', name: 'STRING'};

/** BigQuery's own bound on calls within calls. */
const deepestCall = 50;

/** Statements between two turns of the event loop, so that a cancel can be heard. */
const statementsPerTurn = 64;

const controlKinds = new Set<Statement['kind']>(['declare', 'set', 'if', 'case-statement', 'loop', 'while', 'repeat', 'for', 'break', 'continue', 'block', 'raise', 'return', 'call', 'execute-immediate', 'begin-transaction', 'commit-transaction', 'rollback-transaction', 'assert']);

const isPlain = (statement: Statement): statement is PlainStatement => !controlKinds.has(statement.kind);

const sameLabel = (flow: Flow, label: Identifier | undefined): boolean =>
	(flow.kind === 'break' || flow.kind === 'continue') && (flow.label === undefined || flow.label.toLowerCase() === label?.name.toLowerCase());

export class Interpreter {
	readonly #runtime: StatementRuntime;
	readonly #request: ExecuteRequest;
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
	}

	/** Runs the whole script. Failures are part of the result; only bugs and stops are thrown. */
	async run(script: Script): Promise<ExecuteResult> {
		const [only] = script.statements;
		const isScript = script.statements.length !== 1 || only === undefined || !(isPlain(only) || only.kind === 'call');
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
				return this.#call(statement, context);
			}

			case 'execute-immediate': {
				return this.#executeImmediate(statement, context);
			}

			case 'begin-transaction': {
				if (this.#isInTransaction) {
					throw context.frame.refuse(statement.span, 'Transaction control statement failed: a transaction is already in progress; nested transactions are not supported');
				}

				await this.#runtime.beginTransaction();
				this.#isInTransaction = true;
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
				await this.#plain(statement, context);
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

		this.#isInTransaction = false;
		try {
			await (commits ? this.#runtime.commitTransaction(context.isTail ? this.#seal(undefined, true) : []) : this.#runtime.rollbackTransaction());
		} catch (error) {
			if (commits) {
				await this.#runtime.rollbackTransaction();
			}

			throw error;
		}

		return next;
	}

	async #call({procedure, arguments: arguments_, span}: CallStatement, context: Context): Promise<Flow> {
		const definition = await this.#runtime.findProcedure(procedure, this.#scope(context));
		if (definition.parameters.length !== arguments_.length) {
			throw context.frame.refuse(span, `Procedure ${definition.name} expects ${definition.parameters.length} arguments but ${arguments_.length} were given`);
		}

		if (context.frame.callStack.length >= deepestCall) {
			throw context.frame.refuse(span, `Maximum depth of procedure calls (${deepestCall}) exceeded`);
		}

		const variables = new VariableScope();
		const outputs: {readonly parameter: string; readonly variable: string}[] = [];
		for (const [index, parameter] of definition.parameters.entries()) {
			const argument = arguments_[index]!;
			if (parameter.mode !== 'IN') {
				const name = argument.kind === 'path-expression' && argument.names.length === 1 ? argument.names[0]!.name : undefined;
				if (name === undefined || context.variables.find(name) === undefined) {
					throw context.frame.refuse(argument.span, `Argument ${index + 1} of procedure ${definition.name} is ${parameter.mode} and must be a script variable`);
				}

				outputs.push({parameter: parameter.name, variable: name});
			}

			const value = parameter.mode === 'OUT' ? {type: parameter.type ?? int64Type, value: null} : await this.#evaluate(argument, context, parameter.type);
			variables.declare(parameter.name, {type: parameter.type ?? value.type, value: value.value});
		}

		const frame = new Frame({
			text: definition.text,
			procedure: definition.name,
			parameters: [],
			callers: [context.frame.placeAt(span.start), ...context.frame.callers],
			callStack: [...context.frame.callStack, definition.name],
		});
		await this.#runStatements([definition.body], {frame, variables, handled: undefined, isTail: context.isTail && outputs.length === 0});
		for (const {parameter, variable} of outputs) {
			const given = variables.find(parameter)!;
			const {type} = context.variables.find(variable)!;
			context.variables.assign(variable, {type, value: await this.#runtime.coerce(given, type, this.#scope(context))});
		}

		return next;
	}

	async #executeImmediate({sql, into, using, span}: ExecuteImmediateStatement, context: Context): Promise<Flow> {
		const {value: text} = await this.#evaluate(sql, context, stringType);
		if (typeof text !== 'string') {
			throw context.frame.refuse(sql.span, 'SQL string for EXECUTE IMMEDIATE cannot be NULL');
		}

		const parameters = [];
		for (const {value, alias} of using) {
			const evaluated = await this.#evaluate(value, context);
			parameters.push({name: alias?.name, type: evaluated.type, value: evaluated.value});
		}

		const statement = this.#runtime.parseDynamic(text);
		const frame = new Frame({text, ...(context.frame.procedure === undefined ? {} : {procedure: context.frame.procedure}), parameters, callers: [context.frame.placeAt(span.start), ...context.frame.callers], callStack: context.frame.callStack});
		const dynamic: Context = {frame, variables: new VariableScope(), handled: context.handled, isTail: context.isTail && into.length === 0};
		if (!isPlain(statement)) {
			if (statement.kind !== 'call') {
				throw context.frame.refuse(sql.span, 'EXECUTE IMMEDIATE takes one statement that is not a control statement');
			}

			await this.#runStatements([statement], dynamic);
			return next;
		}

		let outcome: StatementOutcome;
		try {
			outcome = await this.#plain(statement, dynamic);
		} catch (error) {
			throw frame.wrap(error, statement.span);
		}

		if (into.length > 0) {
			await this.#into(into, outcome.result, span, context);
		}

		return next;
	}

	async #into(into: readonly Identifier[], result: ResultSet | undefined, span: Span, context: Context): Promise<void> {
		if (result === undefined || result.columns.length !== into.length) {
			throw context.frame.refuse(span, `EXECUTE IMMEDIATE INTO: ${into.length} variables were given for ${result?.columns.length ?? 0} columns`);
		}

		if (result.rows.length > 1) {
			throw context.frame.refuse(span, 'EXECUTE IMMEDIATE INTO: the query returned more than one row');
		}

		for (const [index, {name}] of into.entries()) {
			const variable = context.variables.find(name);
			if (variable === undefined) {
				throw context.frame.refuse(span, `Undeclared variable: ${name}`);
			}

			const cell = await this.#runtime.coerce({type: result.columns[index]!.type, value: result.rows[0]?.[index] ?? null}, variable.type, this.#scope(context));
			context.variables.assign(name, {type: variable.type, value: cell});
		}
	}

	async #plain(statement: PlainStatement, context: Context): Promise<StatementOutcome> {
		const {frame} = context;
		const index = this.#reports.length;
		const statementType = this.#runtime.statementTypeOf(statement);
		const sql = frame.slice(statement.span);
		const now = (): number => Number(this.#request.nowMicros() / 1000n);
		const startedMs = now();
		const report = (outcome: StatementOutcome | undefined, error?: SqlError): StatementReport => ({
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
