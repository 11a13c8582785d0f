// EXECUTE IMMEDIATE.
import type {Identifier, Span} from '../../googlesql/syntax/name.js';
import type {ExecuteImmediateStatement} from '../../googlesql/syntax/script.js';
import type {ResultSet} from '../contract.js';
import {Frame} from './frame.js';
import {isPlain, stringType, type Context, type Machine} from './machine.js';
import type {StatementOutcome} from './runtime.js';
import {VariableScope} from './variables.js';

/** Parses and runs the text of EXECUTE IMMEDIATE: its own parameters, no variables of the script. */
export async function runDynamic({sql, into, using, span}: ExecuteImmediateStatement, context: Context, machine: Machine): Promise<void> {
	const {value: text} = await machine.evaluate(sql, context, stringType);
	if (typeof text !== 'string') {
		throw context.frame.refuse(sql.span, 'SQL string for EXECUTE IMMEDIATE cannot be NULL');
	}

	const parameters = [];
	for (const {value, alias} of using) {
		const evaluated = await machine.evaluate(value, context);
		parameters.push({name: alias?.name, type: evaluated.type, value: evaluated.value});
	}

	const statement = machine.runtime.parseDynamic(text);
	const frame = new Frame({text, ...(context.frame.procedure === undefined ? {} : {procedure: context.frame.procedure}), parameters, callers: [context.frame.placeAt(span.start), ...context.frame.callers], callStack: context.frame.callStack});
	const dynamic: Context = {frame, variables: new VariableScope(), handled: context.handled, isTail: context.isTail && into.length === 0};
	if (!isPlain(statement)) {
		if (statement.kind !== 'call') {
			throw context.frame.refuse(sql.span, 'EXECUTE IMMEDIATE takes one statement that is not a control statement');
		}

		await machine.runStatements([statement], dynamic);
		return;
	}

	let outcome: StatementOutcome;
	try {
		outcome = await machine.runPlain(statement, dynamic);
	} catch (error) {
		throw frame.wrap(error, statement.span);
	}

	if (into.length > 0) {
		await putInto(into, outcome.result, span, context, machine);
	}
}

/** The one row of the result into variables; no row gives NULLs. */
async function putInto(into: readonly Identifier[], result: ResultSet | undefined, span: Span, context: Context, machine: Machine): Promise<void> {
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

		const cell = await machine.runtime.coerce({type: result.columns[index]!.type, value: result.rows[0]?.[index] ?? null}, variable.type, machine.scopeOf(context));
		context.variables.assign(name, {type: variable.type, value: cell});
	}
}
