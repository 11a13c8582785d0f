// Aggregates and window functions. What a modifier means is checked where calls are resolved.
import {family} from './signature.js';

const average = ['FLOAT64 -> FLOAT64', 'NUMERIC -> NUMERIC', 'BIGNUMERIC -> BIGNUMERIC', 'INTERVAL -> INTERVAL'];
const deviation = ['FLOAT64 -> FLOAT64', 'NUMERIC -> FLOAT64', 'BIGNUMERIC -> FLOAT64'];
const pair = ['FLOAT64, FLOAT64 -> FLOAT64', 'NUMERIC, NUMERIC -> FLOAT64', 'BIGNUMERIC, BIGNUMERIC -> FLOAT64'];
const percentile = ['FLOAT64, FLOAT64 -> FLOAT64', 'NUMERIC, NUMERIC -> NUMERIC', 'BIGNUMERIC, BIGNUMERIC -> BIGNUMERIC'];

export const aggregateFunctions = family('aggregate', {
	ANY_VALUE: ['T -> T'], ARRAY_AGG: ['T -> ARRAY<T>'], ARRAY_CONCAT_AGG: ['ARRAY<T> -> ARRAY<T>'],
	AVG: average, SUM: ['INT64 -> INT64', 'FLOAT64 -> FLOAT64', 'NUMERIC -> NUMERIC', 'BIGNUMERIC -> BIGNUMERIC', 'INTERVAL -> INTERVAL'],
	BIT_AND: ['INT64 -> INT64'], BIT_OR: ['INT64 -> INT64'], BIT_XOR: ['INT64 -> INT64'],
	COUNT: ['T -> INT64'], COUNTIF: ['BOOL -> INT64'], LOGICAL_AND: ['BOOL -> BOOL'], LOGICAL_OR: ['BOOL -> BOOL'],
	MAX: ['T -> T'], MIN: ['T -> T'], MAX_BY: ['T, U -> T'], MIN_BY: ['T, U -> T'],
	STRING_AGG: ['STRING, STRING? -> STRING', 'BYTES, BYTES? -> BYTES'],
	CORR: pair, COVAR_POP: pair, COVAR_SAMP: pair,
	STDDEV: deviation, STDDEV_POP: deviation, STDDEV_SAMP: deviation, VARIANCE: deviation, VAR_POP: deviation, VAR_SAMP: deviation,
	APPROX_COUNT_DISTINCT: ['T -> INT64'], APPROX_QUANTILES: ['T, INT64 -> ARRAY<T>'],
	APPROX_TOP_COUNT: ['T, INT64 -> ARRAY<T>'], APPROX_TOP_SUM: ['T, INT64, INT64 -> ARRAY<T>', 'T, FLOAT64, INT64 -> ARRAY<T>', 'T, NUMERIC, INT64 -> ARRAY<T>'],
});

export const windowFunctions = family('window', {
	ROW_NUMBER: ['-> INT64'], RANK: ['-> INT64'], DENSE_RANK: ['-> INT64'], PERCENT_RANK: ['-> FLOAT64'], CUME_DIST: ['-> FLOAT64'], NTILE: ['INT64 -> INT64'],
	LAG: ['T, INT64?, T? -> T'], LEAD: ['T, INT64?, T? -> T'], FIRST_VALUE: ['T -> T'], LAST_VALUE: ['T -> T'], NTH_VALUE: ['T, INT64 -> T'],
	PERCENTILE_CONT: percentile, PERCENTILE_DISC: ['T, FLOAT64 -> T'],
});
