// Aggregate and window functions. Modifiers become FILTER, list_slice and ORDER BY inside the call.
import type {Call, FunctionEmitter} from './call.js';
import {duckType, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {mayBeNan, sizeOf} from './float.js';
import {NotHere} from './not-here.js';
import {emitOrderKey, emitSortKey, orderText} from './query.js';
import {once} from './once.js';
import {emitOver} from './window.js';

type Parts = {readonly distinct: string; readonly order: string; readonly filter: string; readonly over: string};

function partsOf({call, emission, texts}: Call): Parts {
	const order = call.orderBy.map(item => (call.isDistinct ? orderText(emitSortKey(item.expression, emission), item) : emitOrderKey(item, emission))).join(', ');
	const conditions = [...(call.nullHandling === 'ignore' ? [`${texts[0]} IS NOT NULL`] : []), ...(emission.aggregateFilter === undefined ? [] : [emission.aggregateFilter])];
	return {
		distinct: call.isDistinct ? 'DISTINCT ' : '',
		order: order === '' ? '' : ` ORDER BY ${order}`,
		filter: conditions.length === 0 ? '' : ` FILTER (WHERE ${conditions.join(' AND ')})`,
		over: call.over === undefined ? '' : emitOver(call.over, emission),
	};
}

/** A condition of the aggregate's own, with that of a PIVOT column. */
function filterWith({emission}: Call, condition: string): string {
	return `FILTER (WHERE ${emission.aggregateFilter === undefined ? condition : `(${condition}) AND ${emission.aggregateFilter}`})`;
}

function plain(name: string): FunctionEmitter {
	return call => {
		const {distinct, filter, over} = partsOf(call);
		return `${name}(${distinct}${call.texts.join(', ')})${filter}${over}`;
	};
}

function asInt(name: string): FunctionEmitter {
	return call => `CAST(${plain(name)(call)} AS BIGINT)`;
}

/** Result in the type BigQuery gives: DuckDB widens INT64 to HUGEINT and NUMERIC to DOUBLE. */
function typed(name: string): FunctionEmitter {
	return call => `CAST(${plain(name)(call)} AS ${duckType(call.type)})`;
}

/** A sum of finite numbers that is not finite is an error. */
function total(name: 'sum' | 'avg'): FunctionEmitter {
	return call => {
		const {distinct, filter, over} = partsOf(call);
		const text = typed(name)(call);
		const size = sizeOf(call.expression(0), call.emission);
		if (size !== undefined && size < 1e290) return text;
		// A mean lies among its numbers, whatever their sum: it is taken of a fraction of each.
		const outcome = name === 'sum' ? `bq_fail_float('double overflow')` : `avg(${distinct}${call.texts[0]} / 18446744073709551616.0::DOUBLE)${filter}${over} * 18446744073709551616.0::DOUBLE`;
		return once([text, `bool_or(NOT isfinite(${call.texts[0]}))${filter}${over}`], ([sum, isInfinite]) => `(CASE WHEN NOT isfinite(${sum}) AND NOT ${isInfinite} THEN ${outcome} ELSE ${sum} END)`);
	};
}

/** MIN of what holds NaN is NaN, as MAX is in both. */
const least: FunctionEmitter = call => {
	const text = plain('min')(call);
	if (!mayBeNan(call.expression(0), call.emission)) return text;
	const {filter, over} = partsOf(call);
	return `(CASE WHEN bool_or(isnan(${call.texts[0]}))${filter}${over} THEN CAST('nan' AS DOUBLE) ELSE ${text} END)`;
};

/** Window functions that look along the partition: IGNORE NULLS stands inside the call. */
function positional(name: string): FunctionEmitter {
	return call => {
		const over = call.call.over === undefined ? '' : emitOver(call.call.over, call.emission);
		const [first, ...rest] = call.texts;
		const nulls = call.call.nullHandling === 'ignore' ? ' IGNORE NULLS' : '';
		return `${name}(${[first, ...rest].join(', ')}${nulls})${over}`;
	};
}

function collected(call: Call): {readonly text: string; readonly isEmpty: string} {
	const {distinct, order, filter, over} = partsOf(call);
	const list = `list(${distinct}${call.texts[0]}${order})${filter}${over}`;
	const {limit} = call.call;
	return {text: limit === undefined ? list : `list_slice(${list}, 1, ${emitExpression(limit, call.emission)})`, isEmpty: ''};
}

const stringAgg: FunctionEmitter = call => {
	const separator = call.texts[1] ?? `','`;
	const {limit} = call.call;
	const {distinct, order, filter, over} = partsOf(call);
	const value = call.texts[0]!;
	if (scalarName(call.type) === 'STRING' && limit === undefined && (over === '' || order === '')) {
		return `string_agg(${distinct}${value}, ${separator}${order})${filter}${over}`;
	}

	const list = `list(${distinct}${value}${order}) ${filterWith(call, `${value} IS NOT NULL`)}${over}`;
	return `array_to_string(${limit === undefined ? list : `list_slice(${list}, 1, ${emitExpression(limit, call.emission)})`}, ${separator})`;
};

const countIf: FunctionEmitter = call => {
	const {over, distinct} = partsOf(call);
	return distinct === '' ? `count(*) ${filterWith(call, call.texts[0]!)}${over}` : `count(DISTINCT CASE WHEN ${call.texts[0]} THEN TRUE END)${partsOf(call).filter}${over}`;
};

const count: FunctionEmitter = call => {
	const {distinct, filter, over} = partsOf(call);
	return call.call.isStar ? `count(*)${filter}${over}` : `count(${distinct}${call.texts.join(', ')})${filter}${over}`;
};

/** Exact quantiles at 0, 1/n ... 1. */
const approxQuantiles: FunctionEmitter = call => {
	const {distinct, over} = partsOf(call);
	const pieces = call.expression(1);
	const n = pieces.kind === 'int' ? Number(pieces.value) : undefined;
	const value = call.texts[0]!;
	const points = n === undefined ? `list_transform(range(CAST(${call.texts[1]} AS BIGINT) + 1), lambda q: q / CAST(${call.texts[1]} AS DOUBLE))` : `[${Array.from({length: n + 1}, (_, index) => (index / n).toFixed(12).replace(/0+$/, '0')).join(', ')}]`;
	return `quantile_disc(${distinct}${value}, ${points}) ${filterWith(call, `${value} IS NOT NULL`)}${over}`;
};

function percentile(name: string): FunctionEmitter {
	return call => {
		if (call.call.nullHandling === 'respect') throw new NotHere('percentiles with RESPECT NULLS');
		return `${name}(${call.texts[0]}, ${call.texts[1]}) FILTER (WHERE ${call.texts[0]} IS NOT NULL)${call.call.over === undefined ? '' : emitOver(call.call.over, call.emission)}`;
	};
}

/** DuckDB's names of the aggregates that HAVING MAX and HAVING MIN can be given to. */
const overLists: Readonly<Record<string, string>> = {
	COUNT: 'count', SUM: 'sum', AVG: 'avg', MIN: 'min', MAX: 'max', LOGICAL_OR: 'bool_or', LOGICAL_AND: 'bool_and', BIT_XOR: 'bit_xor', BIT_OR: 'bit_or', BIT_AND: 'bit_and',
	STDDEV: 'stddev_samp', STDDEV_SAMP: 'stddev_samp', STDDEV_POP: 'stddev_pop', VARIANCE: 'var_samp', VAR_SAMP: 'var_samp', VAR_POP: 'var_pop',
};

/**
 * f(x HAVING MAX y): the rows of the group go into a list, those with the greatest y stay, and the aggregate is taken of
 * them. A NULL y counts only where every y is NULL.
 */
export const emitHaving: FunctionEmitter = call => {
	const {having} = call.call;
	const name = call.call.function.parts.at(-1)!.name.toUpperCase();
	const {order, over} = partsOf(call);
	const key = emitExpression(having!.expression, call.emission);
	const row = call.emission.aliases.fresh('h');
	const item = call.emission.aliases.fresh('h');
	const rows = `struct_pack("l" := list(struct_pack("k" := ${key}, "v" := ${call.texts[0]})${order})${over}, "m" := ${having!.which}(${key})${over})`;
	const kept = `list_transform(list_filter(struct_extract(${row}, 'l'), lambda ${item}: struct_extract(${item}, 'k') IS NOT DISTINCT FROM struct_extract(${row}, 'm')${call.call.nullHandling === 'ignore' ? ` AND struct_extract(${item}, 'v') IS NOT NULL` : ''}), lambda ${item}: struct_extract(${item}, 'v'))`;
	const values = `list_transform([${rows}], lambda ${row}: ${kept})[1]`;
	switch (name) {
		case 'ANY_VALUE': {
			return `(${values})[1]`;
		}

		case 'ARRAY_AGG': {
			if (call.call.isDistinct) throw new NotHere('ARRAY_AGG with DISTINCT and HAVING');
			return call.call.limit === undefined ? values : `list_slice(${values}, 1, ${emitExpression(call.call.limit, call.emission)})`;
		}

		case 'APPROX_COUNT_DISTINCT': {
			return `CAST(len(list_distinct(${values})) AS BIGINT)`;
		}

		case 'COUNTIF': {
			return `CAST(coalesce(len(list_filter(${values}, lambda c: c)), 0) AS BIGINT)`;
		}

		default: {
			const aggregate = overLists[name];
			if (aggregate === undefined) throw new NotHere(`${name} with HAVING`);
			const result = `list_aggregate(${call.call.isDistinct ? `list_distinct(${values})` : values}, '${aggregate}')`;
			return `CAST(${aggregate === 'count' ? `coalesce(${result}, 0)` : result} AS ${duckType(call.type)})`;
		}
	}
};

export const aggregates: Readonly<Record<string, FunctionEmitter>> = {
	COUNT: count,
	COUNTIF: countIf,
	COUNT_IF: countIf,
	SUM: call => (scalarName(call.type) === 'FLOAT64' ? total('sum')(call) : typed('sum')(call)),
	AVG: call => (scalarName(call.type) === 'FLOAT64' ? total('avg')(call) : typed('avg')(call)),
	MIN: least,
	MAX: plain('max'),
	ANY_VALUE: plain('any_value'),
	MAX_BY: plain('max_by'),
	MIN_BY: plain('min_by'),
	ARRAY_AGG: call => collected(call).text,
	ARRAY_CONCAT_AGG: call => `flatten(${collected(call).text})`,
	STRING_AGG: stringAgg,
	LOGICAL_OR: plain('bool_or'),
	LOGICAL_AND: plain('bool_and'),
	BIT_XOR: plain('bit_xor'),
	BIT_OR: plain('bit_or'),
	BIT_AND: plain('bit_and'),
	STDDEV: plain('stddev_samp'),
	STDDEV_SAMP: plain('stddev_samp'),
	STDDEV_POP: plain('stddev_pop'),
	VARIANCE: plain('var_samp'),
	VAR_SAMP: plain('var_samp'),
	VAR_POP: plain('var_pop'),
	CORR(call) {
		// Of one pair there is none.
		const {filter, over} = partsOf(call);
		return `(CASE WHEN count(CASE WHEN ${call.texts[0]} IS NOT NULL AND ${call.texts[1]} IS NOT NULL THEN 1 END)${filter}${over} > 1 THEN ${plain('corr')(call)} END)`;
	},
	COVAR_POP: plain('covar_pop'),
	COVAR_SAMP: plain('covar_samp'),
	APPROX_COUNT_DISTINCT: call => `count(DISTINCT ${call.texts[0]})${partsOf(call).filter}${partsOf(call).over}`,
	APPROX_QUANTILES: approxQuantiles,
	PERCENTILE_CONT: percentile('quantile_cont'),
	PERCENTILE_DISC: percentile('quantile_disc'),
	GROUPING: plain('grouping'),
	ROW_NUMBER: asInt('row_number'),
	RANK: asInt('rank'),
	DENSE_RANK: asInt('dense_rank'),
	NTILE: asInt('ntile'),
	PERCENT_RANK: plain('percent_rank'),
	CUME_DIST: plain('cume_dist'),
	LAG: positional('lag'),
	LEAD: positional('lead'),
	FIRST_VALUE: positional('first_value'),
	LAST_VALUE: positional('last_value'),
	NTH_VALUE: positional('nth_value'),
};
