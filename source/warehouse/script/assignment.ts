// DECLARE and SET.
import type {DeclareStatement, SetStatement} from '../../googlesql/syntax/script.js';
import type {SqlType} from '../../googlesql/types.js';
import type {Cell} from '../contract.js';
import {int64Type, type Context, type Machine} from './machine.js';
import type {TypedCell} from './runtime.js';

export async function runDeclare({names, type, default: default_, span}: DeclareStatement, context: Context, machine: Machine): Promise<void> {
	const declared = type === undefined ? undefined : machine.runtime.typeOf(type, machine.scopeOf(context));
	const value = default_ === undefined ? {type: declared ?? int64Type, value: null} : await machine.evaluate(default_, context, declared);
	for (const {name} of names) {
		if (!context.variables.declare(name, {type: declared ?? value.type, value: value.value})) {
			throw context.frame.refuse(span, `Variable '${name}' redeclaration`);
		}
	}
}

const assign = (target: SetStatement['targets'][number] | undefined, value: TypedCell, context: Context): void => {
	if (target?.kind === 'set-variable') {
		context.variables.assign(target.name.name, value);
	}
};

export async function runSet({targets, isTuple, value, span}: SetStatement, context: Context, machine: Machine): Promise<void> {
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
		const {value: cell} = await machine.evaluate(value, context, type);
		assign(targets[0], {type, value: cell}, context);
		return;
	}

	const tuple = await machine.evaluate(value, context);
	if (tuple.type.kind !== 'struct' || tuple.type.fields.length !== targets.length) {
		throw context.frame.refuse(span, `Number of variables (${targets.length}) does not match the number of values assigned to them`);
	}

	const cells = tuple.value === null ? targets.map(() => null) : (tuple.value as readonly Cell[]);
	for (const [index, field] of tuple.type.fields.entries()) {
		const type = typeOfTarget(index);
		const cell = await machine.runtime.coerce({type: field.type, value: cells[index] ?? null}, type, machine.scopeOf(context));
		assign(targets[index], {type, value: cell}, context);
	}
}
