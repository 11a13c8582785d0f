// CALL.
import type {CallStatement} from '../../googlesql/syntax/script.js';
import {Frame} from './frame.js';
import {int64Type, type Context, type Machine} from './machine.js';
import {VariableScope} from './variables.js';

/** BigQuery's own bound on calls within calls. */
const deepestCall = 50;

/** Runs a procedure: arguments in, its body in a frame of its own, OUT and INOUT back into the caller's variables. */
export async function runCall({procedure, arguments: arguments_, span}: CallStatement, context: Context, machine: Machine): Promise<void> {
	const definition = await machine.runtime.findProcedure(procedure, machine.scopeOf(context));
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

		const value = parameter.mode === 'OUT' ? {type: parameter.type ?? int64Type, value: null} : await machine.evaluate(argument, context, parameter.type);
		variables.declare(parameter.name, {type: parameter.type ?? value.type, value: value.value});
	}

	const frame = new Frame({
		text: definition.text,
		procedure: definition.name,
		parameters: [],
		callers: [context.frame.placeAt(span.start), ...context.frame.callers],
		callStack: [...context.frame.callStack, definition.name],
	});
	await machine.runStatements([definition.body], {frame, variables, handled: undefined, isTail: context.isTail && outputs.length === 0});
	for (const {parameter, variable} of outputs) {
		const given = variables.find(parameter)!;
		const {type} = context.variables.find(variable)!;
		context.variables.assign(variable, {type, value: await machine.runtime.coerce(given, type, machine.scopeOf(context))});
	}
}
