// Numbers and bits.
import {family} from './signature.js';

const numeric = ['INT64 -> INT64', 'FLOAT64 -> FLOAT64', 'NUMERIC -> NUMERIC', 'BIGNUMERIC -> BIGNUMERIC'];
const approximate = ['FLOAT64 -> FLOAT64', 'NUMERIC -> NUMERIC', 'BIGNUMERIC -> BIGNUMERIC'];
const float = ['FLOAT64 -> FLOAT64'];
const pair = (types: readonly string[]): readonly string[] => types.map(type => `${type}, ${type} -> ${type}`);
const round = ['FLOAT64, INT64? -> FLOAT64', 'NUMERIC, INT64?, STRING? -> NUMERIC', 'BIGNUMERIC, INT64?, STRING? -> BIGNUMERIC'];
const arithmetic = pair(['INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64']);
const division = pair(['FLOAT64', 'NUMERIC', 'BIGNUMERIC']);

export const mathFunctions = family('scalar', {
	ABS: numeric, SIGN: numeric, SAFE_NEGATE: numeric,
	CEIL: approximate, CEILING: 'CEIL', FLOOR: approximate,
	ROUND: round, TRUNC: ['FLOAT64, INT64? -> FLOAT64', 'NUMERIC, INT64? -> NUMERIC', 'BIGNUMERIC, INT64? -> BIGNUMERIC'],
	SQRT: approximate, EXP: approximate, LN: approximate, LOG10: approximate, CBRT: float,
	LOG: ['FLOAT64, FLOAT64? -> FLOAT64', 'NUMERIC, NUMERIC? -> NUMERIC', 'BIGNUMERIC, BIGNUMERIC? -> BIGNUMERIC'],
	POW: division, POWER: 'POW',
	DIV: pair(['INT64', 'NUMERIC', 'BIGNUMERIC']), MOD: pair(['INT64', 'NUMERIC', 'BIGNUMERIC']),
	SAFE_ADD: arithmetic, SAFE_SUBTRACT: arithmetic, SAFE_MULTIPLY: arithmetic,
	SAFE_DIVIDE: division, IEEE_DIVIDE: ['FLOAT64, FLOAT64 -> FLOAT64'],
	SIN: float, COS: float, TAN: float, ASIN: float, ACOS: float, ATAN: float, SINH: float, COSH: float, TANH: float, ASINH: float, ACOSH: float, ATANH: float,
	COT: float, SEC: float, CSC: float, ATAN2: ['FLOAT64, FLOAT64 -> FLOAT64'], PI: ['-> FLOAT64'],
	IS_INF: ['FLOAT64 -> BOOL'], IS_NAN: ['FLOAT64 -> BOOL'], RAND: ['-> FLOAT64'],
	BIT_COUNT: ['INT64 -> INT64', 'BYTES -> INT64'],
	RANGE_BUCKET: ['T, ARRAY<T> -> INT64'],
	GREATEST: ['T, T* -> T'], LEAST: ['T, T* -> T'],
	PARSE_NUMERIC: ['STRING -> NUMERIC'], PARSE_BIGNUMERIC: ['STRING -> BIGNUMERIC'],
	BOOL: ['JSON -> BOOL'], INT64: ['JSON -> INT64'], FLOAT64: ['JSON, wide_number_mode=>STRING? -> FLOAT64'],
});

/** Conditions and the rest that knows no family. */
export const conditionalFunctions = family('scalar', {
	IF: ['BOOL, T, T -> T'], COALESCE: ['T, T* -> T'], IFNULL: ['T, T -> T'], NULLIF: ['T, T -> T'], NULLIFZERO: ['INT64 -> INT64', 'FLOAT64 -> FLOAT64'], ZEROIFNULL: ['INT64 -> INT64', 'FLOAT64 -> FLOAT64'],
	ERROR: ['STRING -> T'], SESSION_USER: ['-> STRING'], GENERATE_UUID: ['-> STRING'], GROUPING: ['T -> INT64'],
});

export const hashFunctions = family('scalar', {
	FARM_FINGERPRINT: ['STRING -> INT64', 'BYTES -> INT64'],
	MD5: ['STRING -> BYTES', 'BYTES -> BYTES'], SHA1: ['STRING -> BYTES', 'BYTES -> BYTES'], SHA256: ['STRING -> BYTES', 'BYTES -> BYTES'], SHA512: ['STRING -> BYTES', 'BYTES -> BYTES'],
});
