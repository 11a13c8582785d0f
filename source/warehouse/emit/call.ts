// Function calls: builtins by table, SQL functions by their body.
import type {Argument, DatePart, Expression, FunctionCall, LambdaExpression, ResolvedFunction, SqlType} from '../../googlesql/index.js';
import {aggregates, emitHaving} from './aggregates.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {dateFunctions} from './date-functions.js';
import {duckType, isSameType, quoteText} from './duck-type.js';
import {emitExpression, typeOf} from './expression.js';
import {emitFormatCall} from './format.js';
import {jsonFunctions} from './json-functions.js';
import {scalarFunctions} from './scalar-functions.js';
import {checkLimits} from './limits.js';
import {holdsQuery, NotHere} from './not-here.js';
import {isVolatileText} from './volatile.js';

/** What a builtin's emitter is given. */
export type Call = {
	readonly call: FunctionCall;
	readonly emission: Emission;
	/** Texts of the arguments; date parts and lambdas are ''. */
	readonly texts: readonly string[];
	readonly types: readonly (SqlType | undefined)[];
	readonly type: SqlType;
	readonly expression: (index: number) => Expression;
	readonly part: (index: number) => DatePart;
};

export type FunctionEmitter = (call: Call) => string;

const emitters: Readonly<Record<string, FunctionEmitter>> = {...scalarFunctions, ...dateFunctions, ...jsonFunctions, FORMAT: emitFormatCall};

/** DuckDB text of a call. SAFE. turns an error into NULL. */
export function emitCall(call: FunctionCall, emission: Emission): string {
	const resolved = emission.analysis.functionOf(call);
	if (resolved.kind === 'routine') {
		return emitRoutine(call, resolved, emission);
	}

	const aggregate = aggregates[resolved.name];
	const isAggregate = aggregate !== undefined && (resolved.family !== 'scalar' || emitters[resolved.name] === undefined);
	try {
		const emitter = isAggregate ? (call.having === undefined ? aggregate : emitHaving) : emitters[resolved.name];
		if (emitter === undefined) {
			throw new NotHere(`the function ${resolved.name}`);
		}

		const described = describe(call, resolved, emission);
		checkLimits(resolved.name, described.types);
		const text = emitter(described);
		if (call.isSafe && !isAggregate && holdsQuery(text)) throw new NotHere(`SAFE.${resolved.name} of a sub-query`);
		return call.isSafe && !isAggregate && !isVolatileText(text) ? `TRY(${text})` : text;
	} catch (error) {
		throw error instanceof NotHere ? emission.analysis.refuse(call, error.message) : error;
	}
}

function describe(call: FunctionCall, resolved: Extract<ResolvedFunction, {kind: 'builtin'}>, emission: Emission): Call {
	const value = (index: number): Expression => valueOf(call.arguments[index]!);
	return {
		call,
		emission,
		type: resolved.type,
		texts: call.arguments.map(argument => (isValue(argument) ? emitExpression(valueOf(argument), emission) : '')),
		types: call.arguments.map((argument, index) => (isValue(argument) ? (resolved.argumentTypes[index] ?? typeOf(valueOf(argument), emission)) : undefined)),
		expression: value,
		part(index) {
			const argument = call.arguments[index]!;
			if (argument.kind !== 'date-part') {
				throw new Error(`Argument ${index + 1} is not a date part.`);
			}

			return argument;
		},
	};
}

function isValue(argument: Argument): argument is Exclude<Argument, LambdaExpression | DatePart> {
	return argument.kind !== 'lambda' && argument.kind !== 'date-part';
}

function valueOf(argument: Argument): Expression {
	if (argument.kind === 'named-argument') {
		return argument.value;
	}

	if (argument.kind === 'lambda' || argument.kind === 'date-part') {
		throw new Error('This argument is not a value.');
	}

	return argument;
}

/**
 * A SQL function becomes its body. An argument that draws random numbers and is used more than once is drawn once per
 * row: it goes through a one-element list and a lambda.
 */
function emitRoutine(call: FunctionCall, resolved: Extract<ResolvedFunction, {kind: 'routine'}>, emission: Emission): string {
	const body = emission.catalog.functionBody(resolved.routine, resolved.argumentTypes);
	const values = new Map<string, string>();
	for (const [index, argument] of call.arguments.entries()) {
		const expression = valueOf(argument);
		const declared = resolved.routine.arguments[index]?.type;
		const from = typeOf(expression, emission);
		const text = emitExpression(expression, emission);
		const typed = declared === undefined || isSameType(from, declared) ? text : emitCast(text, from, declared, false);
		values.set(body.argumentNames[index]!.toLowerCase(), isAtom(typed) ? typed : `(${typed})`);
	}

	// A body with a sub-query cannot be a lambda's: its arguments are written out, unless they draw random numbers.
	const probe = emitExpression(body.expression, {...emission, analysis: body.analysis, arguments: new Map([...values.keys()].map(name => [name, `"${name}"`])), locals: new Map(), tableArguments: new Map()});
	const bindsLong = !probe.includes('SELECT');
	const volatile = [...values].filter(([name, text]) => isVolatileText(text) || (bindsLong && text.length > 60 && probe.split(`"${name}"`).length > 2));
	const local = volatile.length === 0 ? undefined : emission.aliases.fresh('a');
	const given = new Map(values);
	for (const [name] of volatile) {
		given.set(name, `struct_extract(${local ?? ''}, ${quoteText(name)})`);
	}

	const text = emitExpression(body.expression, {...emission, analysis: body.analysis, arguments: given, locals: new Map(), tableArguments: new Map()});
	const own = body.analysis.coercionOf(body.expression) ?? body.analysis.typeOf(body.expression);
	const typed = body.returns === undefined || isSameType(own, body.returns) ? `(${text})` : own.kind === 'any' ? `CAST(${text} AS ${duckType(body.returns)})` : emitCast(`(${text})`, own, body.returns, false);
	if (local === undefined) {
		return typed;
	}

	const packed = volatile.map(([name, value]) => `"${name}" := ${value}`).join(', ');
	return `list_transform([struct_pack(${packed})], lambda ${local}: ${typed})[1]`;
}

function isAtom(text: string): boolean {
	return /^[\w."]+$/.test(text) || /^CAST\((?:\d+|'[^']*') AS \w+\)$/.test(text);
}
