// Builtins that are neither about dates nor JSON: arithmetic, text, bytes, arrays, conditions.
import {once} from './once.js';
import type {Argument} from '../../googlesql/index.js';
import type {Call, FunctionEmitter} from './call.js';
import {emitCast} from './cast.js';
import {duckType, float64, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {isNeverNull} from './never-null.js';
import {NotHere} from './not-here.js';

const all = (call: Call): string => call.texts.join(', ');
const plain = (name: string): FunctionEmitter => call => `${name}(${all(call)})`;
const asInt = (name: string): FunctionEmitter => call => `CAST(${name}(${all(call)}) AS BIGINT)`;

/** DuckDB skips NULL arguments; BigQuery answers NULL. Only arguments that can be NULL are asked. */
const nullable = (name: string): FunctionEmitter => call => {
	const asked = call.texts.map((_, index) => !isNeverNull(call.expression(index)));
	if (!asked.includes(true)) return `${name}(${all(call)})`;
	return once(call.texts, () => call.emission.aliases.fresh('g'), texts => `CASE WHEN ${texts.filter((_, index) => asked[index]).map(value => `${value} IS NOT NULL`).join(' AND ')} THEN ${name}(${texts.join(', ')}) END`);
};

const round: FunctionEmitter = ({texts, type, call}) => {
	const [value, digits] = texts;
	const places = call.arguments[1];
	if (scalarName(type) === 'NUMERIC') {
		if (places !== undefined && places.kind !== 'int' && !(places.kind === 'unary' && places.operand.kind === 'int')) throw new NotHere('ROUND of NUMERIC to a number of digits that is not a literal');
		return `CAST(round(${value}, CAST(${digits ?? '0'} AS INTEGER)) AS ${duckType(type)})`;
	}

	return digits === undefined ? `bq_round(CAST(${value} AS DOUBLE))` : `round(CAST(${value} AS DOUBLE), CAST(${digits} AS INTEGER))`;
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

	return `CASE WHEN ${texts[0]} IS NOT NULL AND ${texts[1]} IS NOT NULL THEN coalesce(generate_series(${texts[0]}, ${texts[1]}, ${step}), CAST([] AS BIGINT[])) END`;
};

/** Group 1 when the pattern has one, else the whole match; NULL without a match. */
const regexpExtract: FunctionEmitter = ({call, texts}) => {
	const pattern = call.arguments[1];
	const group = pattern?.kind === 'string' ? (hasGroup(pattern.value) ? 1 : 0) : undefined;
	if (group === undefined) throw new NotHere('REGEXP_EXTRACT with a pattern that is not a literal');
	return `bq_group(${texts[0]}, ${texts[1]}, ${group})`;
};

function hasGroup(pattern: string): boolean {
	return /(^|[^\\])(\\\\)*\((?!\?[:imsU-])/.test(pattern);
}

const regexpExtractAll: FunctionEmitter = ({call, texts}) => {
	const pattern = call.arguments[1];
	if (pattern?.kind !== 'string') throw new NotHere('REGEXP_EXTRACT_ALL with a pattern that is not a literal');
	return `regexp_extract_all(${texts[0]}, ${texts[1]}, ${hasGroup(pattern.value) ? 1 : 0})`;
};

function lambda(call: Call, index: number): {readonly parameters: string; readonly body: string} {
	const argument: Argument | undefined = call.call.arguments[index];
	if (argument?.kind !== 'lambda') {
		throw new Error('A lambda is expected here.');
	}

	const names = argument.parameters.map(parameter => [parameter.name.toLowerCase(), call.emission.aliases.fresh('l')] as const);
	const body = emitExpression(argument.body, {...call.emission, locals: new Map([...call.emission.locals, ...names])});
	return {parameters: names.map(([, alias], place) => (place === 1 ? alias : alias)).join(', '), body};
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

export const scalarFunctions: Readonly<Record<string, FunctionEmitter>> = {
	IF: ({texts}) => `(CASE WHEN ${texts[0]} THEN ${texts[1]} ELSE ${texts[2]} END)`,
	IFNULL: plain('coalesce'),
	COALESCE: plain('coalesce'),
	NULLIF: plain('nullif'),
	NULLIFZERO: ({texts}) => `nullif(${texts[0]}, 0)`,
	ZEROIFNULL: ({texts}) => `coalesce(${texts[0]}, 0)`,
	ERROR: ({call, emission, texts}) => `CAST(bq_raise(${texts[0]}) AS ${duckType(emission.analysis.typeOf(call))})`,
	ABS: plain('abs'),
	SIGN: ({texts, type}) => `CAST(sign(${texts[0]}) AS ${duckType(type)})`,
	CEIL: ({texts, type}) => `CAST(ceil(${texts[0]}) AS ${duckType(type)})`,
	CEILING: ({texts, type}) => `CAST(ceil(${texts[0]}) AS ${duckType(type)})`,
	FLOOR: ({texts, type}) => `CAST(floor(${texts[0]}) AS ${duckType(type)})`,
	TRUNC: ({texts, type}) => (texts[1] === undefined ? `CAST(trunc(${texts[0]}) AS ${duckType(type)})` : `(trunc(${texts[0]} * pow(10, ${texts[1]})) / pow(10, ${texts[1]}))`),
	ROUND: round,
	POW: call => `bq_pow(${float(call, 0)}, ${float(call, 1)})`,
	SQRT: call => `bq_sqrt(${float(call, 0)})`,
	EXP: call => `bq_exp(${float(call, 0)})`,
	LN: call => `bq_ln(${float(call, 0)})`,
	LOG: call => (call.texts.length === 1 ? `bq_ln(${float(call, 0)})` : `bq_log(${float(call, 0)}, ${float(call, 1)})`),
	LOG10: call => `bq_log10(${float(call, 0)})`,
	PI: () => 'pi()',
	CBRT: plain('cbrt'),
	COT: plain('cot'),
	SEC: ({texts}) => `(1 / cos(${texts[0]}))`,
	CSC: ({texts}) => `(1 / sin(${texts[0]}))`,
	ASINH: plain('asinh'),
	ACOSH: plain('acosh'),
	ATANH: plain('atanh'),
	SIN: plain('sin'),
	COS: plain('cos'),
	TAN: plain('tan'),
	ASIN: plain('asin'),
	ACOS: plain('acos'),
	ATAN: plain('atan'),
	ATAN2: plain('atan2'),
	SINH: plain('sinh'),
	COSH: plain('cosh'),
	TANH: plain('tanh'),
	IS_NAN: plain('isnan'),
	IS_INF: plain('isinf'),
	IEEE_DIVIDE: call => `(${float(call, 0)} / ${float(call, 1)})`,
	SAFE_DIVIDE: ({texts, type}) => (scalarName(type) === 'NUMERIC' ? `CASE WHEN ${texts[1]} <> 0 THEN CAST(${texts[0]} / ${texts[1]} AS ${duckType(type)}) END` : `(CAST(${texts[0]} AS DOUBLE) / nullif(CAST(${texts[1]} AS DOUBLE), 0))`),
	SAFE_ADD: ({texts}) => `TRY(${texts[0]} + ${texts[1]})`,
	SAFE_SUBTRACT: ({texts}) => `TRY(${texts[0]} - ${texts[1]})`,
	SAFE_MULTIPLY: ({texts}) => `TRY(${texts[0]} * ${texts[1]})`,
	SAFE_NEGATE: ({texts}) => `TRY(-${texts[0]})`,
	DIV: div,
	MOD: mod,
	GREATEST: nullable('greatest'),
	LEAST: nullable('least'),
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
	REPEAT: plain('repeat'),
	TRIM: trimmed('trim'),
	LTRIM: trimmed('ltrim'),
	RTRIM: trimmed('rtrim'),
	LPAD: ({texts}) => `lpad(${texts[0]}, CAST(${texts[1]} AS INTEGER), ${texts[2] ?? `' '`})`,
	RPAD: ({texts}) => `rpad(${texts[0]}, CAST(${texts[1]} AS INTEGER), ${texts[2] ?? `' '`})`,
	LEFT: plain('left'),
	RIGHT: plain('right'),
	SUBSTR: substr,
	SUBSTRING: substr,
	STRPOS: ({texts}) => `bq_instr(${texts[0]}, ${texts[1]})`,
	INSTR: ({texts}) => `bq_instr(${texts[0]}, ${texts[1]})`,
	STARTS_WITH: plain('starts_with'),
	ENDS_WITH: plain('ends_with'),
	CONTAINS_SUBSTR: ({texts}) => `contains(lower(CAST(${texts[0]} AS VARCHAR)), lower(${texts[1]}))`,
	REPLACE: ({texts}) => `(CASE WHEN ${texts[1]} = '' THEN ${texts[0]} ELSE replace(${all({texts} as unknown as Call)}) END)`,
	TRANSLATE: plain('translate'),
	SPLIT: ({texts}) => `string_split(${texts[0]}, ${texts[1] ?? `','`})`,
	CHR: ({texts}) => `chr(CAST(${texts[0]} AS INTEGER))`,
	ASCII: asInt('ascii'),
	UNICODE: asInt('unicode'),
	NORMALIZE: ({texts}) => `nfc_normalize(${texts[0]})`,
	REGEXP_CONTAINS: ({texts}) => `regexp_matches(${texts[0]}, ${texts[1]})`,
	REGEXP_REPLACE: ({texts}) => `regexp_replace(${texts[0]}, ${texts[1]}, ${texts[2]}, 'g')`,
	REGEXP_EXTRACT: regexpExtract,
	REGEXP_SUBSTR: regexpExtract,
	REGEXP_EXTRACT_ALL: regexpExtractAll,
	ARRAY_LENGTH: asInt('len'),
	ARRAY_CONCAT: ({texts, type}) => `CAST(list_concat(${texts.join(', ')}) AS ${duckType(type)})`,
	ARRAY_REVERSE: plain('list_reverse'),
	ARRAY_TO_STRING: arrayToString,
	ARRAY_FIRST: ({texts}) => `bq_offset(${texts[0]}, 0)`,
	ARRAY_LAST: ({texts}) => `bq_ordinal(${texts[0]}, len(${texts[0]}))`,
	ARRAY_SLICE: ({texts}) => `list_slice(${texts[0]}, ${texts[1]} + 1, ${texts[2]} + 1)`,
	ARRAY_IS_DISTINCT: ({texts}) => `(len(${texts[0]}) = len(list_distinct(${texts[0]})))`,
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
