// Branches, loops, blocks and what they raise.
import type {Expression} from '../../googlesql/syntax/expression.js';
import type {Identifier, Span} from '../../googlesql/syntax/name.js';
import type {BlockStatement, CaseStatement, ForStatement, IfStatement, Statement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import {boolType, next, stringType, type Context, type Flow, type Machine} from './machine.js';
import {ScriptError, isStop} from './script-error.js';
import {VariableScope} from './variables.js';

const sameLabel = (flow: Flow, label: Identifier | undefined): boolean =>
	(flow.kind === 'break' || flow.kind === 'continue') && (flow.label === undefined || flow.label.toLowerCase() === label?.name.toLowerCase());

/** NULL is not true. */
export const isTrue = async (condition: Expression, context: Context, machine: Machine): Promise<boolean> => {
	const {value} = await machine.evaluate(condition, context, boolType);
	return value === true;
};

export async function runIf({branches, otherwise}: IfStatement, context: Context, machine: Machine): Promise<Flow> {
	for (const {condition, statements} of branches) {
		if (await isTrue(condition, context, machine)) {
			return machine.runStatements(statements, context);
		}
	}

	return machine.runStatements(otherwise ?? [], context);
}

export async function runCase({operand, branches, otherwise}: CaseStatement, context: Context, machine: Machine): Promise<Flow> {
	for (const {when, statements} of branches) {
		const condition: Expression = operand === undefined ? when : {kind: 'binary', operator: '=', operatorSpan: when.span, left: operand, right: when, span: when.span};
		if (await isTrue(condition, context, machine)) {
			return machine.runStatements(statements, context);
		}
	}

	return machine.runStatements(otherwise ?? [], context);
}

export type Loop = {
	readonly label?: Identifier | undefined;
	readonly statements: readonly Statement[];
	/** Asked before each turn. */
	readonly goesOn: () => Promise<boolean>;
};

/** LOOP, WHILE, REPEAT and FOR are one loop that asks differently whether it goes on. */
export async function runLoop({label, statements, goesOn}: Loop, around: Context, machine: Machine): Promise<Flow> {
	const context = {...around, isTail: false};
	while (await goesOn()) {
		await machine.breathe();
		const flow = await machine.runStatements(statements, context);
		if (flow.kind === 'next' || (flow.kind === 'continue' && sameLabel(flow, label))) {
			continue;
		}

		return sameLabel(flow, label) ? next : flow;
	}

	return next;
}

export async function runFor({label, variable, query, statements}: ForStatement, context: Context, machine: Machine): Promise<Flow> {
	const {columns, rows} = await machine.runtime.query(query, machine.scopeOf(context));
	const type: SqlType = {kind: 'struct', fields: columns.map(column => ({name: column.name, type: column.type}))};
	let index = 0;
	const variables = new VariableScope(context.variables);
	variables.declare(variable.name, {type, value: null});
	const goesOn = async (): Promise<boolean> => {
		const row = rows[index];
		index += 1;
		variables.assign(variable.name, {type, value: row ?? null});
		return row !== undefined;
	};

	return runLoop({label, statements, goesOn}, {...context, variables}, machine);
}

export async function runBlock(block: BlockStatement, context: Context, machine: Machine): Promise<Flow> {
	const ended = (flow: Flow): Flow => (flow.kind === 'break' && block.label !== undefined && flow.label?.toLowerCase() === block.label.name.toLowerCase() ? next : flow);
	try {
		return ended(await machine.runStatements(block.statements, {...context, variables: new VariableScope(context.variables)}));
	} catch (error) {
		const wrapped = context.frame.wrap(error, block.span);
		if (block.exception === undefined || isStop(wrapped) || !(wrapped instanceof ScriptError)) {
			throw wrapped;
		}

		// The handler sees the variables around the block, not those of the block that failed.
		return ended(await machine.runStatements(block.exception, {...context, variables: new VariableScope(context.variables), handled: wrapped}));
	}
}

export async function raise({message, span}: {readonly message?: Expression | undefined; readonly span: Span}, context: Context, machine: Machine): Promise<never> {
	if (message === undefined) {
		if (context.handled === undefined) {
			throw context.frame.refuse(span, 'Cannot re-raise an existing exception outside of an exception handler');
		}

		throw context.handled;
	}

	const {value} = await machine.evaluate(message, context, stringType);
	throw context.frame.refuse(span, value === null ? 'NULL' : String(value));
}
