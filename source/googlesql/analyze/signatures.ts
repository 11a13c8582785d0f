// Signatures of the builtin functions, written as text: `ARRAY<T>, INT64? -> T`. T and U stand for one type each, PART for a
// date part, ANY for anything, `...` repeats the last argument, `?` makes it optional. T of several arguments is their supertype.
import type {ScalarTypeName, SqlType} from '../types.js';
import {anyType, coercionCost, scalar, supertype, type Operand} from './type-rules.js';

type Pattern = {readonly kind: 'type'; readonly type: SqlType} | {readonly kind: 'variable'; readonly name: string} | {readonly kind: 'array'; readonly element: Pattern} | {readonly kind: 'part'} | {readonly kind: 'any'};
type Parameter = {readonly pattern: Pattern; readonly isOptional: boolean; readonly isRepeated: boolean};
type Signature = {readonly text: string; readonly parameters: readonly Parameter[]; readonly result: Pattern};

export type Family = 'scalar' | 'aggregate' | 'window';
export type Builtin = {readonly name: string; readonly family: Family; readonly signatures: readonly Signature[]};

/** What an argument is: a value, or a date part. */
export type ArgumentKind = Operand | 'part';

function parsePattern(text: string): Pattern {
	const array = /^ARRAY<(.+)>$/.exec(text);
	if (array !== null) return {kind: 'array', element: parsePattern(array[1]!)};
	if (text === 'PART') return {kind: 'part'};
	if (text === 'ANY') return {kind: 'any'};
	return /^[TU]$/.test(text) ? {kind: 'variable', name: text} : {kind: 'type', type: scalar(text as ScalarTypeName)};
}

function parseSignature(text: string): Signature {
	const [left = '', right = ''] = text.split('->').map(part => part.trim());
	const parameters = left === '' ? [] : left.split(',').map(part => {
		const word = part.trim();
		return {pattern: parsePattern(word.replace(/(\?|\.\.\.)$/, '')), isOptional: word.endsWith('?'), isRepeated: word.endsWith('...')};
	});
	return {text, parameters, result: parsePattern(right)};
}

const scalarTable: Readonly<Record<string, readonly string[]>> = {
	IF: ['BOOL, T, T -> T'], IFNULL: ['T, T -> T'], COALESCE: ['T, T... -> T', 'T -> T'], NULLIF: ['T, T -> T'], NULLIFZERO: ['T -> T'], ZEROIFNULL: ['T -> T'], ERROR: ['STRING -> T'],
	ABS: ['INT64 -> INT64', 'NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'], SIGN: ['INT64 -> INT64', 'NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'],
	CEIL: ['NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'], FLOOR: ['NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'], TRUNC: ['FLOAT64, INT64? -> FLOAT64', 'NUMERIC, INT64? -> NUMERIC'], ROUND: ['FLOAT64, INT64? -> FLOAT64', 'NUMERIC, INT64? -> NUMERIC'],
	POW: ['FLOAT64, FLOAT64 -> FLOAT64', 'NUMERIC, NUMERIC -> NUMERIC'], SQRT: ['FLOAT64 -> FLOAT64'], EXP: ['FLOAT64 -> FLOAT64'], LN: ['FLOAT64 -> FLOAT64'], LOG: ['FLOAT64, FLOAT64? -> FLOAT64'], LOG10: ['FLOAT64 -> FLOAT64'],
	SIN: ['FLOAT64 -> FLOAT64'], COS: ['FLOAT64 -> FLOAT64'], TAN: ['FLOAT64 -> FLOAT64'], ASIN: ['FLOAT64 -> FLOAT64'], ACOS: ['FLOAT64 -> FLOAT64'], ATAN: ['FLOAT64 -> FLOAT64'], ATAN2: ['FLOAT64, FLOAT64 -> FLOAT64'], SINH: ['FLOAT64 -> FLOAT64'], COSH: ['FLOAT64 -> FLOAT64'], TANH: ['FLOAT64 -> FLOAT64'],
	IS_NAN: ['FLOAT64 -> BOOL'], IS_INF: ['FLOAT64 -> BOOL'], IEEE_DIVIDE: ['FLOAT64, FLOAT64 -> FLOAT64'], SAFE_DIVIDE: ['FLOAT64, FLOAT64 -> FLOAT64', 'NUMERIC, NUMERIC -> NUMERIC'],
	SAFE_ADD: ['INT64, INT64 -> INT64', 'NUMERIC, NUMERIC -> NUMERIC', 'FLOAT64, FLOAT64 -> FLOAT64'], SAFE_SUBTRACT: ['INT64, INT64 -> INT64', 'NUMERIC, NUMERIC -> NUMERIC', 'FLOAT64, FLOAT64 -> FLOAT64'], SAFE_MULTIPLY: ['INT64, INT64 -> INT64', 'NUMERIC, NUMERIC -> NUMERIC', 'FLOAT64, FLOAT64 -> FLOAT64'], SAFE_NEGATE: ['INT64 -> INT64', 'NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'],
	DIV: ['INT64, INT64 -> INT64', 'NUMERIC, NUMERIC -> NUMERIC'], MOD: ['INT64, INT64 -> INT64', 'NUMERIC, NUMERIC -> NUMERIC'], GREATEST: ['T, T... -> T', 'T -> T'], LEAST: ['T, T... -> T', 'T -> T'], RAND: ['-> FLOAT64'], GENERATE_UUID: ['-> STRING'], BIT_COUNT: ['INT64 -> INT64'], RANGE_BUCKET: ['T, ARRAY<T> -> INT64'],
	FARM_FINGERPRINT: ['STRING -> INT64', 'BYTES -> INT64'], SHA256: ['STRING -> BYTES', 'BYTES -> BYTES'], SHA1: ['STRING -> BYTES', 'BYTES -> BYTES'], MD5: ['STRING -> BYTES', 'BYTES -> BYTES'], TO_HEX: ['BYTES -> STRING'], FROM_HEX: ['STRING -> BYTES'], TO_BASE64: ['BYTES -> STRING'], FROM_BASE64: ['STRING -> BYTES'],
	CONCAT: ['STRING, STRING... -> STRING', 'STRING -> STRING', 'BYTES, BYTES... -> BYTES'], LENGTH: ['STRING -> INT64', 'BYTES -> INT64'], CHAR_LENGTH: ['STRING -> INT64'], CHARACTER_LENGTH: ['STRING -> INT64'], BYTE_LENGTH: ['STRING -> INT64', 'BYTES -> INT64'], OCTET_LENGTH: ['STRING -> INT64', 'BYTES -> INT64'],
	LOWER: ['STRING -> STRING', 'BYTES -> BYTES'], UPPER: ['STRING -> STRING', 'BYTES -> BYTES'], INITCAP: ['STRING, STRING? -> STRING'], REVERSE: ['STRING -> STRING', 'BYTES -> BYTES'], REPEAT: ['STRING, INT64 -> STRING'], TRIM: ['STRING, STRING? -> STRING'], LTRIM: ['STRING, STRING? -> STRING'], RTRIM: ['STRING, STRING? -> STRING'],
	LPAD: ['STRING, INT64, STRING? -> STRING'], RPAD: ['STRING, INT64, STRING? -> STRING'], LEFT: ['STRING, INT64 -> STRING'], RIGHT: ['STRING, INT64 -> STRING'], SUBSTR: ['STRING, INT64, INT64? -> STRING', 'BYTES, INT64, INT64? -> BYTES'], STRPOS: ['STRING, STRING -> INT64'], INSTR: ['STRING, STRING, INT64?, INT64? -> INT64'],
	STARTS_WITH: ['STRING, STRING -> BOOL'], ENDS_WITH: ['STRING, STRING -> BOOL'], CONTAINS_SUBSTR: ['ANY, STRING -> BOOL'], REPLACE: ['STRING, STRING, STRING -> STRING'], TRANSLATE: ['STRING, STRING, STRING -> STRING'], SPLIT: ['STRING, STRING? -> ARRAY<STRING>'], CHR: ['INT64 -> STRING'], ASCII: ['STRING -> INT64'], UNICODE: ['STRING -> INT64'], NORMALIZE: ['STRING, PART? -> STRING'],
	REGEXP_CONTAINS: ['STRING, STRING -> BOOL'], REGEXP_REPLACE: ['STRING, STRING, STRING -> STRING'], REGEXP_EXTRACT: ['STRING, STRING, INT64?, INT64? -> STRING'], REGEXP_EXTRACT_ALL: ['STRING, STRING -> ARRAY<STRING>'], FORMAT: ['STRING, ANY... -> STRING', 'STRING -> STRING'],
	ARRAY_LENGTH: ['ARRAY<T> -> INT64'], ARRAY_CONCAT: ['ARRAY<T>, ARRAY<T>... -> ARRAY<T>', 'ARRAY<T> -> ARRAY<T>'], ARRAY_REVERSE: ['ARRAY<T> -> ARRAY<T>'], ARRAY_TO_STRING: ['ARRAY<STRING>, STRING, STRING? -> STRING'], ARRAY_FIRST: ['ARRAY<T> -> T'], ARRAY_LAST: ['ARRAY<T> -> T'], ARRAY_SLICE: ['ARRAY<T>, INT64, INT64 -> ARRAY<T>'], ARRAY_IS_DISTINCT: ['ARRAY<T> -> BOOL'], ARRAY_INCLUDES: ['ARRAY<T>, T -> BOOL'],
	GENERATE_ARRAY: ['INT64, INT64, INT64? -> ARRAY<INT64>', 'NUMERIC, NUMERIC, NUMERIC? -> ARRAY<NUMERIC>', 'FLOAT64, FLOAT64, FLOAT64? -> ARRAY<FLOAT64>'], GENERATE_DATE_ARRAY: ['DATE, DATE, INTERVAL? -> ARRAY<DATE>'], GENERATE_TIMESTAMP_ARRAY: ['TIMESTAMP, TIMESTAMP, INTERVAL -> ARRAY<TIMESTAMP>'], SESSION_USER: ['-> STRING'],
	CURRENT_TIMESTAMP: ['-> TIMESTAMP'], CURRENT_DATE: ['STRING? -> DATE'], CURRENT_DATETIME: ['STRING? -> DATETIME'], CURRENT_TIME: ['STRING? -> TIME'],
	DATE: ['INT64, INT64, INT64 -> DATE', 'TIMESTAMP, STRING? -> DATE', 'DATETIME -> DATE', 'DATE -> DATE', 'STRING -> DATE'],
	DATETIME: ['INT64, INT64, INT64, INT64, INT64, INT64 -> DATETIME', 'DATE, TIME -> DATETIME', 'TIMESTAMP, STRING? -> DATETIME', 'DATE -> DATETIME', 'DATETIME -> DATETIME', 'STRING -> DATETIME'],
	TIMESTAMP: ['TIMESTAMP -> TIMESTAMP', 'STRING, STRING? -> TIMESTAMP', 'DATETIME, STRING? -> TIMESTAMP', 'DATE, STRING? -> TIMESTAMP'], TIME: ['INT64, INT64, INT64 -> TIME', 'TIMESTAMP, STRING? -> TIME', 'DATETIME -> TIME'],
	DATE_ADD: ['DATE, INTERVAL -> DATE', 'DATETIME, INTERVAL -> DATETIME', 'TIMESTAMP, INTERVAL -> TIMESTAMP'], DATE_SUB: ['DATE, INTERVAL -> DATE', 'DATETIME, INTERVAL -> DATETIME', 'TIMESTAMP, INTERVAL -> TIMESTAMP'], DATETIME_ADD: ['DATETIME, INTERVAL -> DATETIME'], DATETIME_SUB: ['DATETIME, INTERVAL -> DATETIME'], TIME_ADD: ['TIME, INTERVAL -> TIME'], TIME_SUB: ['TIME, INTERVAL -> TIME'], TIMESTAMP_ADD: ['TIMESTAMP, INTERVAL -> TIMESTAMP'], TIMESTAMP_SUB: ['TIMESTAMP, INTERVAL -> TIMESTAMP'],
	DATE_DIFF: ['DATE, DATE, PART -> INT64', 'DATETIME, DATETIME, PART -> INT64', 'TIMESTAMP, TIMESTAMP, PART -> INT64'], DATETIME_DIFF: ['DATETIME, DATETIME, PART -> INT64'], TIME_DIFF: ['TIME, TIME, PART -> INT64'], TIMESTAMP_DIFF: ['TIMESTAMP, TIMESTAMP, PART -> INT64'],
	DATE_TRUNC: ['DATE, PART -> DATE', 'DATETIME, PART -> DATETIME', 'TIMESTAMP, PART, STRING? -> TIMESTAMP'], DATETIME_TRUNC: ['DATETIME, PART -> DATETIME'], TIMESTAMP_TRUNC: ['TIMESTAMP, PART, STRING? -> TIMESTAMP'], LAST_DAY: ['DATE, PART? -> DATE', 'DATETIME, PART? -> DATE'],
	FORMAT_DATE: ['STRING, DATE -> STRING'], FORMAT_DATETIME: ['STRING, DATETIME -> STRING'], FORMAT_TIMESTAMP: ['STRING, TIMESTAMP, STRING? -> STRING'], FORMAT_TIME: ['STRING, TIME -> STRING'], PARSE_DATE: ['STRING, STRING -> DATE'], PARSE_DATETIME: ['STRING, STRING -> DATETIME'], PARSE_TIMESTAMP: ['STRING, STRING, STRING? -> TIMESTAMP'], PARSE_TIME: ['STRING, STRING -> TIME'],
	UNIX_SECONDS: ['TIMESTAMP -> INT64'], UNIX_MILLIS: ['TIMESTAMP -> INT64'], UNIX_MICROS: ['TIMESTAMP -> INT64'], UNIX_DATE: ['DATE -> INT64'], DATE_FROM_UNIX_DATE: ['INT64 -> DATE'], TIMESTAMP_SECONDS: ['INT64 -> TIMESTAMP'], TIMESTAMP_MILLIS: ['INT64 -> TIMESTAMP'], TIMESTAMP_MICROS: ['INT64 -> TIMESTAMP'],
	STRING: ['TIMESTAMP, STRING? -> STRING', 'DATE -> STRING', 'DATETIME -> STRING', 'TIME -> STRING', 'JSON -> STRING'],
	JSON_VALUE: ['JSON, STRING? -> STRING', 'STRING, STRING? -> STRING'], JSON_EXTRACT_SCALAR: ['JSON, STRING? -> STRING', 'STRING, STRING? -> STRING'], JSON_QUERY: ['JSON, STRING? -> JSON', 'STRING, STRING? -> STRING'], JSON_EXTRACT: ['JSON, STRING? -> JSON', 'STRING, STRING? -> STRING'], JSON_QUERY_ARRAY: ['JSON, STRING? -> ARRAY<JSON>', 'STRING, STRING? -> ARRAY<STRING>'], JSON_EXTRACT_ARRAY: ['JSON, STRING? -> ARRAY<JSON>', 'STRING, STRING? -> ARRAY<STRING>'], JSON_VALUE_ARRAY: ['JSON, STRING? -> ARRAY<STRING>', 'STRING, STRING? -> ARRAY<STRING>'], JSON_EXTRACT_STRING_ARRAY: ['JSON, STRING? -> ARRAY<STRING>', 'STRING, STRING? -> ARRAY<STRING>'],
	PARSE_JSON: ['STRING -> JSON'], TO_JSON_STRING: ['ANY, BOOL? -> STRING'], TO_JSON: ['ANY -> JSON'], JSON_TYPE: ['JSON -> STRING'], JSON_KEYS: ['JSON, INT64? -> ARRAY<STRING>'], JSON_ARRAY: ['ANY... -> JSON', '-> JSON'], JSON_OBJECT: ['ANY... -> JSON', '-> JSON'], INT64: ['JSON -> INT64'], FLOAT64: ['JSON -> FLOAT64'], BOOL: ['JSON -> BOOL'], LAX_INT64: ['JSON -> INT64'], LAX_FLOAT64: ['JSON -> FLOAT64'], LAX_BOOL: ['JSON -> BOOL'], LAX_STRING: ['JSON -> STRING'],
};

const aggregateTable: Readonly<Record<string, readonly string[]>> = {
	COUNT: ['-> INT64', 'ANY -> INT64'], COUNTIF: ['BOOL -> INT64'], SUM: ['INT64 -> INT64', 'NUMERIC -> NUMERIC', 'FLOAT64 -> FLOAT64'], AVG: ['FLOAT64 -> FLOAT64', 'NUMERIC -> NUMERIC'], MIN: ['T -> T'], MAX: ['T -> T'], ANY_VALUE: ['T -> T'], MAX_BY: ['T, U -> T'], MIN_BY: ['T, U -> T'],
	ARRAY_AGG: ['T -> ARRAY<T>'], ARRAY_CONCAT_AGG: ['ARRAY<T> -> ARRAY<T>'], STRING_AGG: ['STRING, STRING? -> STRING', 'BYTES, BYTES? -> BYTES'], LOGICAL_OR: ['BOOL -> BOOL'], LOGICAL_AND: ['BOOL -> BOOL'], BIT_XOR: ['INT64 -> INT64'], BIT_OR: ['INT64 -> INT64'], BIT_AND: ['INT64 -> INT64'],
	STDDEV: ['FLOAT64 -> FLOAT64'], STDDEV_SAMP: ['FLOAT64 -> FLOAT64'], STDDEV_POP: ['FLOAT64 -> FLOAT64'], VARIANCE: ['FLOAT64 -> FLOAT64'], VAR_SAMP: ['FLOAT64 -> FLOAT64'], VAR_POP: ['FLOAT64 -> FLOAT64'], CORR: ['FLOAT64, FLOAT64 -> FLOAT64'], COVAR_POP: ['FLOAT64, FLOAT64 -> FLOAT64'], COVAR_SAMP: ['FLOAT64, FLOAT64 -> FLOAT64'],
	APPROX_COUNT_DISTINCT: ['ANY -> INT64'], APPROX_QUANTILES: ['T, INT64 -> ARRAY<T>'], GROUPING: ['ANY -> INT64'],
};

const windowTable: Readonly<Record<string, readonly string[]>> = {
	ROW_NUMBER: ['-> INT64'], RANK: ['-> INT64'], DENSE_RANK: ['-> INT64'], NTILE: ['INT64 -> INT64'], PERCENT_RANK: ['-> FLOAT64'], CUME_DIST: ['-> FLOAT64'], LAG: ['T, INT64?, T? -> T'], LEAD: ['T, INT64?, T? -> T'], FIRST_VALUE: ['T -> T'], LAST_VALUE: ['T -> T'], NTH_VALUE: ['T, INT64 -> T'], PERCENTILE_CONT: ['FLOAT64, FLOAT64 -> FLOAT64'], PERCENTILE_DISC: ['T, FLOAT64 -> T'],
};

const aliases: Readonly<Record<string, string>> = {CEILING: 'CEIL', POWER: 'POW', SUBSTRING: 'SUBSTR', REGEXP_SUBSTR: 'REGEXP_EXTRACT', COUNT_IF: 'COUNTIF'};

const builtins = new Map<string, Builtin>();
for (const [family, table] of [['scalar', scalarTable], ['aggregate', aggregateTable], ['window', windowTable]] as const) {
	for (const [name, signatures] of Object.entries(table)) {
		builtins.set(name, {name, family, signatures: signatures.map(text => parseSignature(text))});
	}
}

/** A builtin by its name in any case; undefined when there is none. */
export function findBuiltin(name: string): Builtin | undefined {
	const upper = name.toUpperCase();
	return builtins.get(aliases[upper] ?? upper);
}

/** Names that a typing mistake may have meant. */
export const builtinNames = (): Iterable<string> => builtins.keys();

export type Match = {readonly result: SqlType; readonly targets: readonly (SqlType | undefined)[]};

function parametersFor({parameters}: Signature, count: number): readonly Parameter[] | undefined {
	const last = parameters.at(-1);
	const fixed = last?.isRepeated === true ? parameters.slice(0, -1) : parameters;
	const needed = fixed.filter(parameter => !parameter.isOptional).length + (last?.isRepeated === true ? 1 : 0);
	if (count < needed || (last?.isRepeated !== true && count > parameters.length)) return undefined;
	return Array.from({length: count}, (_, index) => parameters[index] ?? last!).map((parameter, index) => (index >= fixed.length && last !== undefined && last.isRepeated ? last : parameter));
}

function elementOf(operand: Operand, pattern: Pattern): Operand | undefined {
	if (pattern.kind === 'variable') return operand;
	if (pattern.kind !== 'array') return undefined;
	if (operand.type.kind === 'any') return operand;
	return operand.type.kind === 'array' ? elementOf({type: operand.type.element, isLiteral: operand.isLiteral}, pattern.element) : undefined;
}

function variableOf(pattern: Pattern): string | undefined {
	return pattern.kind === 'variable' ? pattern.name : pattern.kind === 'array' ? variableOf(pattern.element) : undefined;
}

function fill(pattern: Pattern, bindings: ReadonlyMap<string, SqlType>): SqlType | undefined {
	switch (pattern.kind) {
		case 'type': {
			return pattern.type;
		}

		case 'variable': {
			return bindings.get(pattern.name) ?? anyType;
		}

		case 'array': {
			return {kind: 'array', element: fill(pattern.element, bindings) ?? anyType};
		}

		default: {
			return undefined;
		}
	}
}

function matchOne(signature: Signature, args: readonly ArgumentKind[]): (Match & {readonly cost: number}) | undefined {
	const parameters = parametersFor(signature, args.length);
	if (parameters === undefined) return undefined;
	const bound = new Map<string, Operand[]>();
	for (const [index, argument] of args.entries()) {
		const {pattern} = parameters[index]!;
		if ((argument === 'part') !== (pattern.kind === 'part')) return undefined;
		const name = variableOf(pattern);
		if (argument !== 'part' && name !== undefined) {
			const element = elementOf(argument, pattern);
			if (element === undefined) return undefined;
			bound.set(name, [...(bound.get(name) ?? []), element]);
		}
	}

	const bindings = new Map<string, SqlType>();
	for (const [name, operands] of bound) {
		const common = supertype(operands);
		if (common === undefined) return undefined;
		bindings.set(name, common);
	}

	let cost = 0;
	const targets = args.map((argument, index) => {
		if (argument === 'part') return undefined;
		const target = fill(parameters[index]!.pattern, bindings) ?? argument.type;
		const one = coercionCost(argument, target);
		cost += one ?? Number.NaN;
		return target;
	});
	return Number.isNaN(cost) ? undefined : {cost, targets, result: fill(signature.result, bindings) ?? anyType};
}

/** The signature that fits best; undefined when none does. */
export function matchSignature(builtin: Builtin, args: readonly ArgumentKind[]): Match | undefined {
	let best: (Match & {readonly cost: number}) | undefined;
	for (const signature of builtin.signatures) {
		const match = matchOne(signature, args);
		if (match !== undefined && (best === undefined || match.cost < best.cost)) best = match;
	}

	return best;
}

/** Signatures as BigQuery lists them in its refusal. */
export function describeSignatures({name, signatures}: Builtin): string {
	const texts = signatures.map(({text}) => `${name}(${text.split('->')[0]!.trim().replaceAll('?', ']').replaceAll(/(\w+)\]/g, '[$1]').replaceAll(/\.\.\./g, ', ...')})`);
	return texts.length === 1 ? `Supported signature: ${texts[0]!}` : `Supported signatures: ${texts.join('; ')}`;
}
