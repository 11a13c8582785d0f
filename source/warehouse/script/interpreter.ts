// Runs a script: each statement goes to what carries it out, and says where to go on. Statements that touch data go to the
// runtime; each of them becomes one report, as BigQuery shows it in a child job.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Span} from '../../googlesql/syntax/name.js';
import type {Script, Statement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import {SqlError, type ExecuteRequest, type ExecuteResult} from '../contract.js';
import {runDeclare, runSet} from './assignment.js';
import {runCall} from './call.js';
import {isTrue, raise, runBlock, runCase, runFor, runIf, runLoop} from './control-flow.js';
import {runDynamic} from './dynamic.js';
import {fastEvaluate} from './fast-evaluate.js';
import {Frame} from './frame.js';
import {int64Type, isPlain, next, stringType, type Context, type Flow, type Machine} from './machine.js';
import type {PlainStatement, RuntimeScope, StatementOutcome, StatementRuntime, TypedCell} from './runtime.js';
import {ScriptError} from './script-error.js';
import {ScriptRecord} from './script-record.js';
import {VariableScope} from './variables.js';

/** Statements between two turns of the event loop, so that a cancel can be heard. */
const statementsPerTurn = 64;

const isTemporaryFunction = (statement: Statement): boolean => statement.kind === 'create-function' && statement.isTemporary;

export class Interpreter {
	readonly #runtime: StatementRuntime;
	readonly #request: ExecuteRequest;
	readonly #record: ScriptRecord;
	readonly #machine: Machine;
	#isInTransaction = false;
	#executed = 0;

	constructor(runtime: StatementRuntime, request: ExecuteRequest) {
		this.#runtime = runtime;
		this.#request = request;
		this.#record = new ScriptRecord(request);
		this.#machine = {
			runtime,
			scopeOf: context => this.#scope(context),
			evaluate: async (expression, context, target) => this.#evaluate(expression, context, target),
			runStatements: async (statements, context) => this.#runStatements(statements, context),
			runPlain: async (statement, context) => this.#plain(statement, context),
			breathe: async () => this.#breathe(),
		};
	}

	/** Runs the whole script. Failures are part of the result; only bugs and stops are thrown. */
	async run(script: Script): Promise<ExecuteResult> {
		// A query below its temporary functions is one statement, as in BigQuery.
		const counted = script.statements.filter(statement => !isTemporaryFunction(statement));
		const [only = script.statements[0]] = counted;
		const isScript = counted.length > 1 || only === undefined || only !== script.statements.at(-1) || !(isPlain(only) || only.kind === 'call');
		this.#record.statementType = isScript ? 'SCRIPT' : isPlain(only) ? this.#runtime.statementTypeOf(only) : 'CALL';
		const frame = new Frame({text: script.text, parameters: this.#request.parameters});
		try {
			await this.#runStatements(script.statements, {frame, variables: new VariableScope(), handled: undefined, isTail: true});
			return this.#record.soFar();
		} catch (error) {
			if (error instanceof ScriptError) {
				return {...this.#record.soFar(), error: error.toFailure(isScript || only.kind === 'call')};
			}

			if (error instanceof SqlError) {
				return {...this.#record.soFar(), error: error.failure};
			}

			throw error;
		} finally {
			if (this.#isInTransaction) {
				this.#isInTransaction = false;
				await this.#runtime.rollbackTransaction();
			}
		}
	}

	#systemVariables(context: Context): ReadonlyMap<string, TypedCell> {
		return new Map<string, TypedCell>([
			['row_count', {type: int64Type, value: this.#record.rowCount}],
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
				await runDeclare(statement, context, this.#machine);
				return next;
			}

			case 'set': {
				await runSet(statement, context, this.#machine);
				return next;
			}

			case 'if': {
				return runIf(statement, context, this.#machine);
			}

			case 'case-statement': {
				return runCase(statement, context, this.#machine);
			}

			case 'loop': {
				return runLoop({...statement, goesOn: async () => true}, context, this.#machine);
			}

			case 'while': {
				return runLoop({...statement, goesOn: async () => isTrue(statement.condition, context, this.#machine)}, context, this.#machine);
			}

			case 'repeat': {
				let isFirst = true;
				const goesOn = async (): Promise<boolean> => {
					const isWanted = isFirst || !(await isTrue(statement.until, context, this.#machine));
					isFirst = false;
					return isWanted;
				};

				return runLoop({...statement, goesOn}, context, this.#machine);
			}

			case 'for': {
				return runFor(statement, context, this.#machine);
			}

			case 'break':
			case 'continue': {
				return {kind: statement.kind, label: statement.label?.name};
			}

			case 'block': {
				return runBlock(statement, context, this.#machine);
			}

			case 'raise': {
				return raise(statement, context, this.#machine);
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
				await this.#beginTransaction(statement.span, context);
				return next;
			}

			case 'commit-transaction':
			case 'rollback-transaction': {
				await this.#endTransaction(statement.kind === 'commit-transaction', statement.span, context);
				return next;
			}

			case 'assert': {
				if (!(await isTrue(statement.condition, context, this.#machine))) {
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

	async #beginTransaction(span: Span, {frame}: Context): Promise<void> {
		if (this.#isInTransaction) {
			throw frame.refuse(span, 'Transaction control statement failed: a transaction is already in progress; nested transactions are not supported');
		}

		const report = this.#record.begin('BEGIN_TRANSACTION', span, frame);
		await this.#runtime.beginTransaction();
		this.#isInTransaction = true;
		this.#record.add(report(undefined));
	}

	async #endTransaction(commits: boolean, span: Span, context: Context): Promise<void> {
		if (!this.#isInTransaction) {
			throw context.frame.refuse(span, `Transaction control statement failed: there is no transaction to ${commits ? 'commit' : 'roll back'}`);
		}

		const report = this.#record.begin(commits ? 'COMMIT_TRANSACTION' : 'ROLLBACK_TRANSACTION', span, context.frame);
		this.#isInTransaction = false;
		try {
			await (commits ? this.#runtime.commitTransaction(this.#record.seal(report(undefined), context.isTail)) : this.#runtime.rollbackTransaction());
			this.#record.add(report(undefined));
		} catch (error) {
			if (commits) {
				await this.#runtime.rollbackTransaction();
			}

			throw error;
		}
	}

	async #plain(statement: PlainStatement, context: Context): Promise<StatementOutcome> {
		const statementType = this.#runtime.statementTypeOf(statement);
		const report = this.#record.begin(statementType, statement.span, context.frame);
		this.#record.announce(statementType, context.frame.slice(statement.span));
		try {
			// The last effects of a job seal the job as well, unless a transaction around them has yet to commit.
			const outcome = await this.#runtime.run(statement, this.#scope(context), ended => this.#record.seal(report(ended), context.isTail && !this.#isInTransaction));
			this.#record.add(report(outcome));
			this.#record.keep(outcome, statement.kind === 'query-statement');
			return outcome;
		} catch (error) {
			if (error instanceof SqlError) {
				this.#record.add(report(undefined, error));
			}

			throw error;
		}
	}
}
