// Function calls: which function, its arguments, its modifiers and its window.
import type {ResolvedFunction} from '../analysis.js';
import type {RoutineEntry} from '../catalog.js';
import {findBuiltin} from '../functions/builtin.js';
import type {Argument, Expression, FunctionCall} from '../syntax/expression.js';
import {anyType, arrayOf, costOf, isGroupable, isOrderable, scalar, typeText, type Candidate} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {analyze, coerce, type Frame} from './expression.js';
import {checkDateParts} from './date-part.js';
import {keyOf} from './grouping.js';
import {fitsCount, matchSignatures, type MatchArgument} from './match.js';
import {templateResult} from './routine.js';
import {within} from './scope.js';
import type {Session} from './session.js';
import {analyzeWindow} from './window.js';

/** Functions whose T arguments need no common type. */
const looseFunctions = new Set(['FORMAT', 'JSON_ARRAY', 'JSON_OBJECT', 'JSON_SET', 'JSON_ARRAY_APPEND', 'TO_JSON', 'TO_JSON_STRING', 'CONTAINS_SUBSTR', 'COUNT', 'GROUPING', 'APPROX_COUNT_DISTINCT']);

const none = (type: SqlType): Candidate => ({type, literalness: 'none'});

/** Resolves a call and records the function. */
export function resolveCall(session: Session, call: FunctionCall, frame: Frame): Candidate {
	const written = call.function.parts.map(({name}) => name).join('.');
	const builtin = call.function.parts.length <= 2 ? findBuiltin(written.toUpperCase()) : undefined;
	const lambda = lambdaCall(session, call, frame);
	if (lambda !== undefined) return lambda;
	if (builtin === undefined) return routineCall(session, call, frame, written);
	const {name, family} = builtin;
	const inner = argumentFrame(session, call, frame, name, family);
	if (call.isStar) {
		if (name !== 'COUNT') throw session.error(call, `Argument * can only be used in COUNT(*)`);
		return finish(session, call, frame, {kind: 'builtin', name, family, argumentTypes: [], type: scalar('INT64')});
	}

	const {values, candidates} = analyzeArguments(session, call, inner);
	if (call.isDistinct && family !== 'aggregate') throw session.error(call, `Only aggregate functions can use DISTINCT, but ${name} is not one`);
	if (name.startsWith('ARRAY_CONCAT') && candidates.some(({literalness}) => literalness === 'null')) throw session.error(call, 'The argument to ARRAY_CONCAT (or ARRAY_CONCAT_AGG) must be an array type but was NULL');
	const match = matchSignatures(builtin.signatures, values, looseFunctions.has(name));
	const isEmptyCount = name === 'COUNT' && values.length === 0;
	if (match === undefined || isEmptyCount) throw signatureError(session, call, builtin, builtin.signatures.map(({text}) => text), values, fitsCount(builtin.signatures, values));
	for (const [index, target] of match.targets.entries()) {
		if (target !== undefined) coerceArgument(session, call.arguments[index]!, candidates[index]!, target);
	}

	checkDateParts(session, call, name, candidates);
	checkModifiers(session, call, name, inner, candidates);
	const type = resultType(name, match.result, candidates, match.targets);
	if (type.kind === 'array' && type.element.kind === 'array') throw session.error(call, `The argument to ${name} must not be an array type but was ${typeText(candidates[0]!.type)}`);
	const result = finish(session, call, frame, {kind: 'builtin', name, family, argumentTypes: match.targets, type});
	// ERROR has no value, so it has the type of whatever it stands for.
	return name === 'ERROR' ? {...result, literalness: 'null'} : result;
}

function finish(session: Session, call: FunctionCall, frame: Frame, resolved: ResolvedFunction): Candidate {
	session.functions.set(call, resolved);
	if (call.over !== undefined) analyzeWindow(session, call, call.over, frame);
	return none(resolved.type);
}

/** What the arguments may contain; refuses aggregates and windows where they may not stand. */
function argumentFrame(session: Session, call: FunctionCall, frame: Frame, name: string, family: 'scalar' | 'aggregate' | 'window'): Frame {
	if (call.over !== undefined) {
		if (family === 'scalar') throw session.error(call, `Function ${name} does not support an OVER clause`);
		if (!frame.allowsAnalytic) throw session.error(call, frame.aggregate === undefined ? `Analytic function not allowed in ${frame.clause}` : 'Analytic function not allowed in aggregate function arguments');
		if (frame.usage !== undefined) frame.usage.hasAnalytic = true;
		return {...frame, allowsAnalytic: false, scope: frame.argumentScope ?? frame.scope};
	}

	if (family === 'window') throw session.error(call, `Analytic function ${name} cannot be called without an OVER clause`);
	if (family === 'scalar') return frame;
	if (frame.aggregate !== undefined) throw session.error(frame.aggregate, 'Aggregations of aggregations are not allowed');
	if (!frame.allowsAggregate) {
		if (frame.clause === 'ORDER BY clause') throw session.error(call, 'The ORDER BY clause only allows aggregation if GROUP BY or SELECT list aggregation is present');
		throw session.error(call, `Aggregate function ${name}${call.isStar ? '(*)' : ''} not allowed in ${frame.clause}`);
	}

	if (frame.usage !== undefined) frame.usage.hasAggregate = true;
	return {...frame, scope: frame.aggregateScope ?? frame.argumentScope ?? frame.scope, aggregate: call, allowsAggregate: false, allowsAnalytic: false};
}

function analyzeArguments(session: Session, call: FunctionCall, frame: Frame): {values: readonly MatchArgument[]; candidates: readonly Candidate[]} {
	const candidates = call.arguments.map(argument => {
		if (argument.kind === 'date-part') return none(anyType);
		if (argument.kind === 'lambda') throw session.error(argument, `Lambda is not supported as argument of ${call.function.parts.at(-1)!.name}`);
		return analyze(session, argument.kind === 'named-argument' ? argument.value : argument, frame);
	});
	const values = call.arguments.map((argument, index) => ({
		name: argument.kind === 'named-argument' ? argument.name.name : undefined,
		candidate: argument.kind === 'date-part' ? undefined : candidates[index]!,
	}));
	return {values, candidates};
}

function coerceArgument(session: Session, argument: Argument, candidate: Candidate, target: SqlType): void {
	if (argument.kind === 'date-part' || argument.kind === 'lambda') return;
	const value: Expression = argument.kind === 'named-argument' ? argument.value : argument;
	coerce(session, value, candidate, target, () => session.error(value, `Value of type ${typeText(candidate.type)} does not coerce to ${typeText(target)}`));
}

function signatureError(session: Session, call: FunctionCall, {name, family}: {readonly name: string; readonly family: 'scalar' | 'aggregate' | 'window'}, texts: readonly string[], values: readonly MatchArgument[], hasRightCount: boolean): Error {
	const what = `${{scalar: '', aggregate: 'aggregate ', window: 'analytic '}[family]}function ${name}`;
	const shown = texts.map(text => `${name}(${text.replaceAll('ARRAY<T>', 'ARRAY').replaceAll(/\b[TU]\b/g, 'ANY').replaceAll(/\bPART\b/g, 'DATE_TIME_PART').replaceAll(/(\w+=>)?([\w<>]+)\?/g, '[$2]').replaceAll(/([\w<>]+)\*/g, '[$1, ...]')})`).join('; ');
	const supported = `Supported signature${texts.length === 1 ? '' : 's'}: ${shown}`;
	if (!hasRightCount && texts.length === 1) return session.error(call, `Number of arguments does not match for ${what}. ${supported}`);
	const types = values.map(({candidate}) => (candidate === undefined ? 'DATE_TIME_PART' : candidate.literalness === 'null' ? 'NULL' : typeText(candidate.type)));
	const given = types.length === 0 ? 'with no arguments' : `for argument types: ${types.join(', ')}`;
	return session.error(call, `No matching signature for ${what} ${given}. ${supported}`);
}

const distinctRule = 'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function';

function checkModifiers(session: Session, call: FunctionCall, name: string, frame: Frame, candidates: readonly Candidate[]): void {
	if (call.isDistinct && candidates[0] !== undefined && !isGroupable(candidates[0].type)) {
		throw session.error(call, `Aggregate functions with DISTINCT cannot be used with arguments of type ${typeText(candidates[0].type)}`);
	}

	if ((name === 'MIN' || name === 'MAX') && candidates[0] !== undefined && !isOrderable(candidates[0].type)) {
		throw session.error(call, `${name} is not defined for arguments of type ${typeText(candidates[0].type)}`);
	}

	const ordered = new Set(['ARRAY_AGG', 'STRING_AGG', 'ARRAY_CONCAT_AGG']);
	if (call.orderBy.length > 0 && !ordered.has(name)) throw session.error(call, `Aggregate function ${name} does not support ORDER BY in arguments`);
	if (call.limit !== undefined && !ordered.has(name)) throw session.error(call, `Aggregate function ${name} does not support LIMIT in arguments`);
	const keepsNulls = new Set(['ARRAY_AGG', 'FIRST_VALUE', 'LAST_VALUE', 'NTH_VALUE', 'LAG', 'LEAD', 'PERCENTILE_CONT', 'PERCENTILE_DISC', 'ANY_VALUE', 'APPROX_QUANTILES']);
	if (call.nullHandling !== undefined && !keepsNulls.has(name)) throw session.error(call, `IGNORE NULLS and RESPECT NULLS are not allowed for aggregate function ${name.toLowerCase()}`);
	const keys = new Set(call.arguments.map(argument => keyOf(session, argument)));
	for (const item of call.orderBy) {
		const {type} = analyze(session, item.expression, frame);
		session.ordinals.set(item, {kind: 'expression'});
		if (call.isDistinct && !keys.has(keyOf(session, item.expression))) throw session.error(item, distinctRule);
		if (!isOrderable(type)) throw session.error(item, `ORDER BY does not support expressions of type ${typeText(type)}`);
	}

	if (call.limit !== undefined) analyze(session, call.limit, frame);
	if (call.having !== undefined) {
		const {type} = analyze(session, call.having.expression, frame);
		if (!isOrderable(type)) throw session.error({span: {start: havingStart(session, call)}}, `HAVING modifier does not support expressions of type ${typeText(type)}`);
	}

	const count = constantSecond.has(name) ? call.arguments[1] : undefined;
	if (count !== undefined && !isConstant(session, count)) throw session.error(count, `Argument 2 to ${name} must be a literal or query parameter`);
}

/** Functions whose second argument is a literal or a parameter. */
const constantSecond = new Set(['APPROX_QUANTILES', 'APPROX_TOP_COUNT', 'STRING_AGG', 'PERCENTILE_CONT', 'PERCENTILE_DISC']);

function havingStart(session: Session, call: FunctionCall): number {
	const before = session.options.text.slice(call.span.start, call.having!.expression.span.start);
	return call.span.start + Math.max(0, before.search(/HAVING\s+(?:MAX|MIN)\s*$/i));
}

/** A literal, a parameter, or a variable, which a script hands in as one. */
function isConstant(session: Session, argument: Argument): boolean {
	if (['int', 'float', 'string', 'bytes', 'null', 'typed-literal', 'parameter'].includes(argument.kind)) return true;
	const reference = argument.kind === 'path-expression' ? session.references.get(argument) : undefined;
	return reference?.kind === 'variable' || reference?.kind === 'argument';
}

/** Results that are no plain pattern. */
function resultType(name: string, result: SqlType, candidates: readonly Candidate[], targets: readonly (SqlType | undefined)[]): SqlType {
	if (name === 'APPROX_TOP_COUNT' || name === 'APPROX_TOP_SUM') {
		const isCount = name === 'APPROX_TOP_COUNT';
		return arrayOf({kind: 'struct', fields: [{name: 'value', type: candidates[0]!.type}, {name: isCount ? 'count' : 'sum', type: isCount ? scalar('INT64') : targets[1]!}]});
	}

	return result;
}

/** ARRAY_FILTER and ARRAY_TRANSFORM. */
function lambdaCall(session: Session, call: FunctionCall, frame: Frame): Candidate | undefined {
	const name = call.function.parts.length === 1 ? call.function.parts[0]!.name.toUpperCase() : '';
	if (name !== 'ARRAY_FILTER' && name !== 'ARRAY_TRANSFORM') return undefined;
	const [array, lambda] = call.arguments;
	if (array === undefined || array.kind === 'lambda' || array.kind === 'date-part' || array.kind === 'named-argument' || lambda?.kind !== 'lambda' || call.arguments.length !== 2) {
		throw session.error(call, `No matching signature for function ${name}. Supported signature: ${name}(ARRAY<T>, T -> ${name === 'ARRAY_FILTER' ? 'BOOL' : 'U'})`);
	}

	const {type} = analyze(session, array, frame);
	if (type.kind !== 'array') throw session.error(call, `No matching signature for function ${name} for argument types: ${typeText(type)}, LAMBDA`);
	const types = [type.element, scalar('INT64')];
	const locals = new Map(lambda.parameters.map((parameter, index) => [parameter.name.toLowerCase(), {name: parameter.name, type: types[index] ?? anyType}]));
	const body = analyze(session, lambda.body, {...frame, scope: within(frame.scope, {locals})});
	if (name === 'ARRAY_FILTER') coerce(session, lambda.body, body, scalar('BOOL'), () => session.error(lambda.body, `Lambda of ARRAY_FILTER must return BOOL, but returns ${typeText(body.type)}`));
	const result = name === 'ARRAY_FILTER' ? type : arrayOf(body.type);
	return finish(session, call, frame, {kind: 'builtin', name, family: 'scalar', argumentTypes: [type, undefined], type: result});
}

function routineCall(session: Session, call: FunctionCall, frame: Frame, written: string): Candidate {
	const parts = call.function.parts.map(({name}) => name);
	const routine = session.options.catalog.findRoutine(parts, 'function');
	if (routine === undefined) throw session.error(call, `Function not found: ${written}`);
	session.useRoutine(routine);
	const family = routine.isAggregate ? 'aggregate' : 'scalar';
	const inner = argumentFrame(session, call, frame, written, family);
	const {candidates} = analyzeArguments(session, call, inner);
	checkRoutineArguments(session, call, written, routine, candidates);
	const argumentTypes = routine.arguments.map(({type}, index) => type ?? candidates[index]!.type);
	const type = routine.returns !== undefined && routine.returns.kind !== 'any' ? routine.returns : templateResult(session, routine, argumentTypes);
	return finish(session, call, frame, {kind: 'routine', routine, family, argumentTypes, type});
}

function checkRoutineArguments(session: Session, call: FunctionCall, written: string, routine: RoutineEntry, candidates: readonly Candidate[]): void {
	const supported = `Supported signature: ${written}(${routine.arguments.map(({type}) => (type === undefined ? 'ANY TYPE' : typeText(type))).join(', ')})`;
	if (candidates.length !== routine.arguments.length) throw session.error(call, `Number of arguments does not match for function ${written}. ${supported}`);
	for (const [index, {type}] of routine.arguments.entries()) {
		const candidate = candidates[index]!;
		const target = type ?? candidate.type;
		if (costOf(candidate, target) === undefined) {
			throw session.error(call, `No matching signature for function ${written} for argument types: ${candidates.map(one => typeText(one.type)).join(', ')}. ${supported}`);
		}

		coerceArgument(session, call.arguments[index]!, candidate, target);
	}
}
