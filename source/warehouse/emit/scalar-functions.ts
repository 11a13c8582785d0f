// Builtins that are neither about dates nor JSON: arithmetic, text, bytes, arrays, conditions.
import {once} from './once.js';
import type {Argument} from '../../googlesql/index.js';
import type {Call, FunctionEmitter} from './call.js';
import {emitCast} from './cast.js';
import {duckType, float64, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {emitComparison, emitFloatOperation, emitLeast, mayBeNan, sideOf, sizeOf} from './float.js';
import {isNeverNull} from './never-null.js';
import {NotHere} from './not-here.js';

const all = (call: Call): string => call.texts.join(', ');
const plain = (name: string): FunctionEmitter => call => `${name}(${all(call)})`;
const asInt = (name: string): FunctionEmitter => call => `CAST(${name}(${all(call)}) AS BIGINT)`;

/** DuckDB skips NULL arguments; BigQuery answers NULL. Only arguments that can be NULL are asked. */
const nullable = (name: string, emit = (texts: readonly string[]) => `${name}(${texts.join(', ')})`): FunctionEmitter => call => {
	const asked = call.texts.map((_, index) => !isNeverNull(call.expression(index)));
	if (!asked.includes(true)) return emit(call.texts);
	return once(call.texts, texts => `CASE WHEN ${texts.filter((_, index) => asked[index]).map(value => `${value} IS NOT NULL`).join(' AND ')} THEN ${emit(texts)} END`);
};

const round: FunctionEmitter = ({texts, type, call}) => {
	const [value, digits] = texts;
	const places = call.arguments[1];
	if (scalarName(type) === 'NUMERIC') {
		if (places !== undefined && places.kind !== 'int' && !(places.kind === 'unary' && places.operand.kind === 'int')) throw new NotHere('ROUND of NUMERIC to a number of digits that is not a literal');
		return `CAST(round(${value}, CAST(${digits ?? '0'} AS INTEGER)) AS ${duckType(type)})`;
	}

	return digits === undefined ? `bq_round(CAST(${value} AS DOUBLE))` : once([`CAST(${value} AS DOUBLE)`, digits], ([number, count]) => `bq_round_to(${number}, ${count})`);
};

const substr: FunctionEmitter = ({texts, types}) => {
	const [value, position, length] = texts;
	if (scalarName(types[0]!) === 'BYTES') {
		return `encode(substring(decode(${value}), CAST(${position} AS BIGINT)${length === undefined ? '' : `, ${length}`}))`;
	}

	return length === undefined ? `bq_substr(${value}, ${position})` : `bq_substr_len(${value}, ${position}, ${length})`;
};

const trimmed = (name: string): FunctionEmitter => ({texts}) => (texts.length === 1 ? `${name}(${texts[0]}, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || ' ' || chr(160))` : `${name}(${texts[0]}, ${texts[1]})`);

const generateArray: FunctionEmitter = ({texts, type}) => {
	const step = texts[2] ?? '1';
	if (type.kind === 'array' && scalarName(type.element) === 'NUMERIC') throw new NotHere('GENERATE_ARRAY of NUMERIC');
	if (type.kind === 'array' && scalarName(type.element) === 'FLOAT64') {
		return `list_transform(range(CAST(floor((${texts[1]} - ${texts[0]}) / ${step} + 1e-9) AS BIGINT) + 1), lambda g: ${texts[0]} + g * ${step})`;
	}

	return `CASE WHEN ${step} = 0 AND ${texts[0]} IS NOT NULL AND ${texts[1]} IS NOT NULL THEN CAST(bq_raise('Sequence step cannot be 0.') AS BIGINT[]) WHEN ${texts[0]} IS NOT NULL AND ${texts[1]} IS NOT NULL AND ${step} IS NOT NULL THEN coalesce(generate_series(${texts[0]}, ${texts[1]}, ${step}), CAST([] AS BIGINT[])) END`;
};

/** Group 1 when the pattern has one, else the whole match; NULL without a match. */
const regexpExtract: FunctionEmitter = ({call, emission, texts}) => {
	const pattern = call.arguments[1];
	const group = pattern?.kind === 'string' ? groupsIn(pattern.value) : undefined;
	if (group !== undefined && group > 1) throw emission.analysis.refuse(call, manyGroups);
	if (group === undefined) throw new NotHere('REGEXP_EXTRACT with a pattern that is not a literal');
	return `bq_group(${texts[0]}, ${texts[1]}, ${group})`;
};

const manyGroups = 'Regular expressions passed into extraction functions must not have more than 1 capturing group';

/** How many capturing groups a pattern has: parentheses that are neither escaped, nor in a class, nor `(?:` or flags. */
function groupsIn(pattern: string): number {
	const bare = pattern.replaceAll(/\\Q.*?(?:\\E|$)|\\./gs, '').replaceAll(/\[\^?]?[^\]]*]/g, '');
	return (bare.match(/\((?!\?(?!P?<))/g) ?? []).length;
}

const regexpExtractAll: FunctionEmitter = ({call, emission, texts}) => {
	const pattern = call.arguments[1];
	if (pattern?.kind !== 'string') throw new NotHere('REGEXP_EXTRACT_ALL with a pattern that is not a literal');
	const group = groupsIn(pattern.value);
	if (group > 1) throw emission.analysis.refuse(call, manyGroups);
	return `regexp_extract_all(${texts[0]}, ${texts[1]}, ${group})`;
};

function lambda(call: Call, index: number): {readonly parameters: string; readonly body: string} {
	const argument: Argument | undefined = call.call.arguments[index];
	if (argument?.kind !== 'lambda') {
		throw new Error('A lambda is expected here.');
	}

	const names = argument.parameters.map(parameter => [parameter.name.toLowerCase(), call.emission.aliases.fresh('l')] as const);
	// DuckDB counts from 1, BigQuery from 0.
	const values = names.map(([name, alias], place) => [name, place === 1 ? `(${alias} - 1)` : alias] as const);
	const body = emitExpression(argument.body, {...call.emission, locals: new Map([...call.emission.locals, ...values])});
	return {parameters: names.map(([, alias]) => alias).join(', '), body};
}

/** DuckDB joins with a constant only; any other separator is put in between one by one. */
const arrayToString: FunctionEmitter = ({texts, call}) => {
	const list = texts.length === 2 ? `list_filter(${texts[0]}, lambda e: e IS NOT NULL)` : `list_transform(${texts[0]}, lambda e: coalesce(e, ${texts[2]}))`;
	return call.arguments[1]?.kind === 'string' ? `array_to_string(${list}, ${texts[1]})` : `CASE WHEN len(${list}) = 0 THEN '' ELSE list_reduce(${list}, lambda a, b: a || ${texts[1]} || b) END`;
};

const concat: FunctionEmitter = ({texts}) => `(${texts.join(' || ')})`;

const mod: FunctionEmitter = ({texts, type, call}) => {
	const divisor = call.arguments[1];
	if (scalarName(type) !== 'INT64') {
		return `CAST(${texts[0]} % ${texts[1]} AS ${duckType(type)})`;
	}

	return divisor?.kind === 'int' && divisor.value !== 0n ? `(${texts[0]} % ${texts[1]})` : `bq_mod(${texts[0]}, ${texts[1]})`;
};

const div: FunctionEmitter = ({texts, call}) => {
	const divisor = call.arguments[1];
	return divisor?.kind === 'int' && divisor.value !== 0n ? `(${texts[0]} // ${texts[1]})` : `bq_div(${texts[0]}, ${texts[1]})`;
};

const float = (call: Call, index: number): string => emitCast(call.texts[index]!, call.types[index] ?? float64, float64, false);

/** NULL instead of the error of an overflow. */
const safely = (operator: '+' | '-' | '*'): FunctionEmitter => call => {
	const left = call.expression(0);
	const result = scalarName(call.type) === 'FLOAT64' ? emitFloatOperation(operator, left, call.expression(1), call.emission) : `${call.texts[0]} ${operator} ${call.texts[1]}`;
	return `TRY(CAST(${result} AS ${duckType(call.type)}))`;
};

/** Division by what is not zero overflows only where a dividend is large or a divisor small. */
const safeDivide: FunctionEmitter = call => {
	const isCount = [0, 1].every(index => scalarName(call.emission.analysis.typeOf(call.expression(index))) === 'INT64');
	const quotient = (a: string): string => `(${a} / nullif(${float(call, 1)}, 0))`;
	return isCount ? quotient(float(call, 0)) : once([float(call, 0), float(call, 1)], ([a, b]) => `(CASE WHEN isinf(${a} / nullif(${b}, 0)) AND NOT isinf(${a}) THEN NULL ELSE ${a} / nullif(${b}, 0) END)`);
};

/** NaN for infinities, where DuckDB raises. */
const finiteOnly = (emit: (value: string) => string): FunctionEmitter => ({texts, expression, emission}) => (sizeOf(expression(0), emission) === undefined ? `(CASE WHEN NOT isfinite(${texts[0]}) THEN CAST('nan' AS DOUBLE) ELSE ${emit(texts[0]!)} END)` : emit(texts[0]!));

/** A length that is negative is an error. */
const counted = (function_: string, message: string): FunctionEmitter => ({texts}) => `(CASE WHEN ${texts[1]} < 0 AND ${texts[0]} IS NOT NULL THEN bq_raise('${message}') ELSE ${function_}(${texts.join(', ')}) END)`;

const padded = (function_: string): FunctionEmitter => ({texts}) => `(CASE WHEN ${texts[1]} < 0 AND ${texts[0]} IS NOT NULL THEN bq_raise('Second argument (output size) for LPAD/RPAD cannot be negative') WHEN ${texts[2] ?? `' '`} = '' THEN bq_raise('Third argument (pad pattern) for LPAD/RPAD cannot be empty') ELSE ${function_}(${texts[0]}, CAST(${texts[1]} AS INTEGER), ${texts[2] ?? `' '`}) END)`;

export const scalarFunctions: Readonly<Record<string, FunctionEmitter>> = {
	IF: ({texts}) => `(CASE WHEN ${texts[0]} THEN ${texts[1]} ELSE ${texts[2]} END)`,
	IFNULL: plain('coalesce'),
	COALESCE: plain('coalesce'),
	NULLIF: ({texts, expression, emission}) => (mayBeNan(expression(0), emission) && mayBeNan(expression(1), emission) ? `(CASE WHEN ${emitComparison('=', sideOf(expression(0), emission), sideOf(expression(1), emission))} THEN NULL ELSE ${texts[0]} END)` : `nullif(${texts.join(', ')})`),
	NULLIFZERO: ({texts}) => `nullif(${texts[0]}, 0)`,
	ZEROIFNULL: ({texts}) => `coalesce(${texts[0]}, 0)`,
	ERROR: ({call, emission, texts}) => `CAST(bq_raise(${texts[0]}) AS ${duckType(emission.analysis.typeOf(call))})`,
	ABS: plain('abs'),
	SIGN: ({texts, type}) => (scalarName(type) === 'FLOAT64' ? `(CASE WHEN isnan(${texts[0]}) THEN ${texts[0]} ELSE CAST(sign(${texts[0]}) AS DOUBLE) END)` : `CAST(sign(${texts[0]}) AS ${duckType(type)})`),
	CEIL: ({texts, type}) => `CAST(ceil(${texts[0]}) AS ${duckType(type)})`,
	CEILING: ({texts, type}) => `CAST(ceil(${texts[0]}) AS ${duckType(type)})`,
	FLOOR: ({texts, type}) => `CAST(floor(${texts[0]}) AS ${duckType(type)})`,
	TRUNC: ({texts, type}) => (texts[1] !== undefined && scalarName(type) === 'NUMERIC' ? `bq_numeric_trunc(${texts[0]}, ${texts[1]})` : texts[1] === undefined ? `CAST(trunc(${texts[0]}) AS ${duckType(type)})` : `(trunc(${texts[0]} * pow(10, ${texts[1]})) / pow(10, ${texts[1]}))`),
	ROUND: round,
	POW: call => `bq_pow(${float(call, 0)}, ${float(call, 1)})`,
	SQRT: call => `bq_sqrt(${float(call, 0)})`,
	EXP: call => `bq_exp(${float(call, 0)})`,
	LN: call => `bq_ln(${float(call, 0)})`,
	LOG: call => (call.texts.length === 1 ? `bq_ln(${float(call, 0)})` : `bq_log(${float(call, 0)}, ${float(call, 1)})`),
	LOG10: call => `bq_log10(${float(call, 0)})`,
	PI: () => 'pi()',
	CBRT: plain('cbrt'),
	COT: finiteOnly(x => `cot(${x})`),
	SEC: finiteOnly(x => `(1 / cos(${x}))`),
	CSC: finiteOnly(x => `(CASE WHEN ${x} = 0 THEN bq_fail_float('Floating point error in function: CSC(0)') ELSE 1 / sin(${x}) END)`),
	ASINH: plain('asinh'),
	ACOSH: ({texts}) => `(CASE WHEN ${texts[0]} < 1 THEN bq_fail_float('Floating point error in function: ACOSH(' || bq_float_text(${texts[0]}) || ')') ELSE acosh(${texts[0]}) END)`,
	ATANH: ({texts}) => `(CASE WHEN NOT isfinite(${texts[0]}) THEN CAST('nan' AS DOUBLE) WHEN abs(${texts[0]}) >= 1 THEN bq_fail_float('Floating point error in function: ATANH(' || bq_float_text(${texts[0]}) || ')') ELSE atanh(${texts[0]}) END)`,
	SIN: finiteOnly(x => `sin(${x})`),
	COS: finiteOnly(x => `cos(${x})`),
	TAN: finiteOnly(x => `tan(${x})`),
	ASIN: finiteOnly(x => `asin(${x})`),
	ACOS: finiteOnly(x => `acos(${x})`),
	ATAN: plain('atan'),
	ATAN2: plain('atan2'),
	SINH: ({texts}) => `bq_overflow(sinh(${texts[0]}), ${texts[0]}, 'SINH')`,
	COSH: ({texts}) => `bq_overflow(cosh(${texts[0]}), ${texts[0]}, 'COSH')`,
	TANH: plain('tanh'),
	IS_NAN: plain('isnan'),
	IS_INF: plain('isinf'),
	IEEE_DIVIDE: call => `(${float(call, 0)} / ${float(call, 1)})`,
	SAFE_DIVIDE: call => (scalarName(call.type) === 'NUMERIC' ? `CASE WHEN ${call.texts[1]} <> 0 THEN CAST(${call.texts[0]} / ${call.texts[1]} AS ${duckType(call.type)}) END` : safeDivide(call)),
	SAFE_ADD: safely('+'),
	SAFE_SUBTRACT: safely('-'),
	SAFE_MULTIPLY: safely('*'),
	SAFE_NEGATE: ({texts}) => `TRY(-${texts[0]})`,
	DIV: div,
	MOD: mod,
	GREATEST: nullable('greatest'),
	LEAST: call => (scalarName(call.type) === 'FLOAT64' && call.texts.some((_, index) => mayBeNan(call.expression(index), call.emission)) ? nullable('least', emitLeast)(call) : nullable('least')(call)),
	RAND: () => 'random()',
	GENERATE_UUID: () => 'CAST(uuid() AS VARCHAR)',
	BIT_COUNT: asInt('bit_count'),
	RANGE_BUCKET: ({texts}) => `CAST(len(list_filter(${texts[1]}, lambda b: b <= ${texts[0]})) AS BIGINT)`,
	FARM_FINGERPRINT: ({texts, types}) => (scalarName(types[0]!) === 'BYTES' ? `bq_farm_fingerprint(${texts[0]})` : `bq_farm_fingerprint(encode(${texts[0]}))`),
	SHA256: ({texts}) => `unhex(sha256(${texts[0]}))`,
	SHA1: ({texts}) => `unhex(sha1(${texts[0]}))`,
	MD5: ({texts}) => `unhex(md5(${texts[0]}))`,
	TO_HEX: ({texts}) => `lower(hex(${texts[0]}))`,
	FROM_HEX: plain('unhex'),
	TO_BASE64: plain('to_base64'),
	FROM_BASE64: plain('from_base64'),
	CONCAT: concat,
	LENGTH: ({texts, types}) => (scalarName(types[0]!) === 'BYTES' ? `CAST(octet_length(${texts[0]}) AS BIGINT)` : `CAST(length(${texts[0]}) AS BIGINT)`),
	CHAR_LENGTH: asInt('length'),
	CHARACTER_LENGTH: asInt('length'),
	BYTE_LENGTH: ({texts, types}) => (scalarName(types[0]!) === 'BYTES' ? `CAST(octet_length(${texts[0]}) AS BIGINT)` : `CAST(strlen(${texts[0]}) AS BIGINT)`),
	OCTET_LENGTH: ({texts, types}) => (scalarName(types[0]!) === 'BYTES' ? `CAST(octet_length(${texts[0]}) AS BIGINT)` : `CAST(strlen(${texts[0]}) AS BIGINT)`),
	LOWER: plain('lower'),
	UPPER: plain('upper'),
	INITCAP: ({texts}) => `bq_initcap(${texts[0]})`,
	// By code points, where DuckDB's own keeps a letter and its accents together.
	REVERSE: ({texts}) => `array_to_string(list_reverse(regexp_extract_all(${texts[0]}, '(?s).')), '')`,
	REPEAT: counted('repeat', 'Second argument (repeat count) for REPEAT cannot be negative'),
	TRIM: trimmed('trim'),
	LTRIM: trimmed('ltrim'),
	RTRIM: trimmed('rtrim'),
	LPAD: padded('lpad'),
	RPAD: padded('rpad'),
	LEFT: counted('left', 'Second argument in LEFT() cannot be negative'),
	RIGHT: counted('right', 'Second argument in RIGHT() cannot be negative'),
	SUBSTR: substr,
	SUBSTRING: substr,
	STRPOS: ({texts}) => `bq_instr(${texts[0]}, ${texts[1]})`,
	INSTR: ({texts}) => `bq_instr(${texts[0]}, ${texts[1]})`,
	STARTS_WITH: plain('starts_with'),
	ENDS_WITH: plain('ends_with'),
	CONTAINS_SUBSTR: ({texts}) => `contains(lower(CAST(${texts[0]} AS VARCHAR)), lower(${texts[1]}))`,
	REPLACE: ({texts}) => `(CASE WHEN ${texts[1]} = '' THEN ${texts[0]} ELSE replace(${all({texts} as unknown as Call)}) END)`,
	TRANSLATE: plain('translate'),
	SPLIT: ({texts}) => `(CASE WHEN ${texts[1] ?? `','`} IS NOT NULL THEN string_split(${texts[0]}, ${texts[1] ?? `','`}) END)`,
	CHR: ({texts}) => `chr(CAST(${texts[0]} AS INTEGER))`,
	ASCII: ({texts}) => `(CASE WHEN unicode(${texts[0]}) > 127 THEN bq_fail_int('Argument to ASCII is not a structurally valid ASCII string: ''' || ${texts[0]} || '''') ELSE CAST(ascii(${texts[0]}) AS BIGINT) END)`,
	UNICODE: ({texts}) => `(CASE WHEN ${texts[0]} = '' THEN 0 ELSE CAST(unicode(${texts[0]}) AS BIGINT) END)`,
	NORMALIZE: ({texts}) => `nfc_normalize(${texts[0]})`,
	REGEXP_CONTAINS: ({texts}) => `regexp_matches(${texts[0]}, ${texts[1]})`,
	REGEXP_REPLACE: ({texts}) => `regexp_replace(${texts[0]}, ${texts[1]}, ${texts[2]}, 'g')`,
	REGEXP_EXTRACT: regexpExtract,
	REGEXP_SUBSTR: regexpExtract,
	REGEXP_EXTRACT_ALL: regexpExtractAll,
	ARRAY_LENGTH: asInt('len'),
	ARRAY_CONCAT: ({texts, type}) => `(CASE WHEN ${texts.map(text => `${text} IS NOT NULL`).join(' AND ')} THEN CAST(list_concat(${texts.join(', ')}) AS ${duckType(type)}) END)`,
	ARRAY_REVERSE: plain('list_reverse'),
	ARRAY_TO_STRING: arrayToString,
	ARRAY_FIRST: ({texts}) => `bq_offset(${texts[0]}, 0)`,
	ARRAY_LAST: ({texts}) => `bq_ordinal(${texts[0]}, len(${texts[0]}))`,
	ARRAY_SLICE: ({texts}) => once(texts, ([list, from, to]) => `list_slice(${list}, greatest(CASE WHEN ${from} < 0 THEN len(${list}) + ${from} ELSE ${from} END, 0) + 1, greatest(CASE WHEN ${to} < 0 THEN len(${list}) + ${to} ELSE ${to} END, -1) + 1)`),
	ARRAY_IS_DISTINCT: ({texts}) => `(len(${texts[0]}) = len(list_distinct(${texts[0]})) + least(len(${texts[0]}) - list_count(${texts[0]}), 1))`,
	ARRAY_INCLUDES: ({texts}) => `list_contains(${texts[0]}, ${texts[1]})`,
	ARRAY_TRANSFORM(call) {
		const {parameters, body} = lambda(call, 1);
		return `list_transform(${call.texts[0]}, lambda ${parameters}: ${body})`;
	},
	ARRAY_FILTER(call) {
		const {parameters, body} = lambda(call, 1);
		return `list_filter(${call.texts[0]}, lambda ${parameters}: ${body})`;
	},
	GENERATE_ARRAY: generateArray,
	SESSION_USER: ({emission}) => `'${String(emission.systemVariable(['session_user']).cell).replaceAll("'", "''")}'`,
	TYPEOF: ({types}) => `'${scalarName(types[0]!)}'`,
};
