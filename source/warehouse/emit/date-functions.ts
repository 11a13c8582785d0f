// DATE, DATETIME, TIME and TIMESTAMP functions.
import type {Call, FunctionEmitter} from './call.js';
import {emitCast} from './cast.js';
import {civil, intervalText, isWeek, weekShiftDays} from './date.js';
import {duckType, quoteText, scalarName, string, timestamp} from './duck-type.js';
import {formatPieces, parsePieces} from './date-format.js';
import {NotHere} from './not-here.js';

const nameOf = (call: Call, index: number): string => (call.types[index] === undefined ? '' : scalarName(call.types[index]));
const zoneOf = (call: Call, index: number): string => call.texts[index] ?? `'UTC'`;
const now = (call: Call): string => `make_timestamptz(CAST(${call.emission.nowMicros} AS BIGINT))`;

/** Adds `n` units of the part of INTERVAL (a call's INTERVAL argument is an interval expression). */
const shifted = (sign: '+' | '-'): FunctionEmitter => call => {
	const text = `(${call.texts[0]} ${sign} ${call.texts[1]})`;
	return `CAST(${text} AS ${duckType(call.type)})`;
};

/** TIMESTAMP arithmetic is on instants: a day is 24 hours. */
const shiftedInstant = (sign: '+' | '-'): FunctionEmitter => call => {
	const interval = call.expression(1);
	if (interval.kind === 'interval') {
		return `(${call.texts[0]} ${sign} ${call.texts[1]})`;
	}

	return `(${call.texts[0]} ${sign} ${call.texts[1]})`;
};

const dateFunction: FunctionEmitter = call => {
	const [first, second, third] = call.texts;
	if (third !== undefined) {
		return `make_date(${first}, ${second}, ${third})`;
	}

	return nameOf(call, 0) === 'TIMESTAMP' ? `CAST(timezone(${zoneOf(call, 1)}, ${first}) AS DATE)` : emitCast(first!, call.types[0] ?? string, {kind: 'scalar', name: 'DATE'}, false);
};

const datetimeFunction: FunctionEmitter = call => {
	const {texts} = call;
	if (texts.length >= 6) {
		return `make_timestamp(${texts.slice(0, 5).join(', ')}, CAST(${texts[5]} AS DOUBLE))`;
	}

	if (nameOf(call, 0) === 'TIMESTAMP') {
		return `timezone(${zoneOf(call, 1)}, ${texts[0]})`;
	}

	return nameOf(call, 0) === 'DATE' && texts.length === 2 ? `(${texts[0]} + ${texts[1]})` : emitCast(texts[0]!, call.types[0] ?? string, {kind: 'scalar', name: 'DATETIME'}, false);
};

const timestampFunction: FunctionEmitter = call => {
	const [first, zone] = call.texts;
	switch (nameOf(call, 0)) {
		case 'STRING': {
			return zone === undefined ? `bq_text_to_timestamp(${first})` : `bq_text_to_timestamp_in(${first}, ${zone})`;
		}

		case 'TIMESTAMP': {
			return first!;
		}

		default: {
			return `timezone(${zone ?? `'UTC'`}, CAST(${first} AS TIMESTAMP))`;
		}
	}
};

const timeFunction: FunctionEmitter = call => {
	const {texts} = call;
	if (texts.length === 3) {
		return `make_time(${texts[0]}, ${texts[1]}, CAST(${texts[2]} AS DOUBLE))`;
	}

	return nameOf(call, 0) === 'TIMESTAMP' ? `CAST(timezone(${zoneOf(call, 1)}, ${texts[0]}) AS TIME)` : `CAST(${texts[0]} AS TIME)`;
};

/** Truncation of a civil value; the result has the value's own type. */
const truncated = (result: 'DATE' | 'TIMESTAMP'): FunctionEmitter => call => {
	const part = call.part(1);
	const value = call.texts[0]!;
	if (isWeek(part)) {
		const shift = weekShiftDays(part);
		return `CAST(date_trunc('week', ${value} + to_days(${shift})) - to_days(${shift}) AS ${result})`;
	}

	return part.part === 'ISOYEAR' ? `CAST(date_trunc('week', make_date(date_part('isoyear', ${value}), 1, 4)) AS ${result})` : `CAST(date_trunc('${part.part.toLowerCase()}', ${value}) AS ${result})`;
};

const timestampTrunc: FunctionEmitter = call => {
	const zone = zoneOf(call, 2);
	const part = call.part(1);
	const value = civil(call.texts[0]!, nameOf(call, 0), zone);
	const shift = isWeek(part) ? weekShiftDays(part) : 0;
	const unit = isWeek(part) ? 'week' : part.part.toLowerCase();
	const text = `date_trunc('${unit}', ${value} + to_days(${shift})) - to_days(${shift})`;
	return nameOf(call, 0) === 'TIMESTAMP' ? `timezone(${zone}, CAST(${text} AS TIMESTAMP))` : `CAST(${text} AS TIMESTAMP)`;
};

/** Boundaries crossed between two civil values. */
const civilDiff: FunctionEmitter = call => {
	const part = call.part(2);
	const [a, b] = [call.texts[0]!, call.texts[1]!];
	if (isWeek(part)) {
		const shift = weekShiftDays(part);
		// DuckDB's date_diff counts whole weeks; BigQuery counts the starts of weeks between the two.
		const start = (value: string): string => `CAST(date_trunc('week', CAST(${value} AS DATE) + ${shift}) AS DATE)`;
		return `CAST((${start(a)} - ${start(b)}) // 7 AS BIGINT)`;
	}

	return `CAST(date_diff('${part.part.toLowerCase()}', CAST(${b} AS TIMESTAMP), CAST(${a} AS TIMESTAMP)) AS BIGINT)`;
};

const unitMicros: Readonly<Record<string, bigint>> = {MICROSECOND: 1n, MILLISECOND: 1000n, SECOND: 1_000_000n, MINUTE: 60_000_000n, HOUR: 3_600_000_000n, DAY: 86_400_000_000n};

/** Whole units between two instants, towards zero. */
const timestampDiff: FunctionEmitter = call => {
	const micros = unitMicros[call.part(2).part];
	if (micros === undefined) {
		return civilDiff(call);
	}

	if (nameOf(call, 0) !== 'TIMESTAMP') {
		return civilDiff(call);
	}

	const difference = `(epoch_us(${call.texts[0]}) - epoch_us(${call.texts[1]}))`;
	return micros === 1n ? difference : `CAST(trunc(${difference} / ${micros}) AS BIGINT)`;
};

const timeDiff: FunctionEmitter = call => `CAST(date_diff('${call.part(2).part.toLowerCase()}', ${call.texts[1]}, ${call.texts[0]}) AS BIGINT)`;

const lastDay: FunctionEmitter = call => {
	const argument = call.call.arguments[1];
	const part = argument?.kind === 'date-part' ? argument : undefined;
	const value = `CAST(${call.texts[0]} AS DATE)`;
	if (part === undefined || part.part === 'MONTH') {
		return `last_day(${value})`;
	}

	if (isWeek(part)) {
		const shift = weekShiftDays(part);
		return `CAST(date_trunc('week', ${value} + ${shift}) - to_days(${shift}) + to_days(6) AS DATE)`;
	}

	return `CAST(date_trunc('${part.part.toLowerCase()}', ${value}) + ${intervalText('1', part.part)} - to_days(1) AS DATE)`;
};

/** FORMAT_DATE(format, value), FORMAT_TIMESTAMP(format, value, zone) ... */
const formatted: FunctionEmitter = call => {
	const format = call.expression(0);
	if (format.kind !== 'string') {
		throw new NotHere('date formats that are not literals');
	}

	const zone = zoneOf(call, 2);
	const typeName = nameOf(call, 1);
	const value = typeName === 'TIME' ? `(DATE '1970-01-01' + ${call.texts[1]})` : civil(call.texts[1]!, typeName, zone);
	const instant = typeName === 'TIMESTAMP' ? call.texts[1]! : undefined;
	return formatPieces(format.value, `CAST(${value} AS TIMESTAMP)`, {zone, instant});
};

const parsed = (result: 'DATE' | 'TIMESTAMP' | 'DATETIME' | 'TIME'): FunctionEmitter => call => {
	const format = call.expression(0);
	if (format.kind !== 'string') {
		throw new NotHere('date formats that are not literals');
	}

	const value = call.texts[1]!;
	const {format: duck, hasZone} = parsePieces(format.value);
	const time = `try_strptime(${value}, ${quoteText(duck)})`;
	const checked = `CASE WHEN ${value} IS NULL THEN NULL WHEN ${time} IS NOT NULL THEN ${time} ELSE CAST(bq_raise('Failed to parse input string "' || ${value} || '"') AS TIMESTAMP) END`;
	switch (result) {
		case 'DATE':
		case 'TIME': {
			return `CAST(${checked} AS ${result})`;
		}

		case 'TIMESTAMP': {
			return hasZone ? `timezone('UTC', CAST(${checked} AS TIMESTAMP))` : `timezone(${zoneOf(call, 2)}, ${checked})`;
		}

		default: {
			return `CAST(${checked} AS TIMESTAMP)`;
		}
	}
};

const dateArray: FunctionEmitter = call => {
	const step = call.texts[2] === undefined || call.texts[2] === '' ? 'to_days(1)' : call.texts[2];
	return `list_transform(generate_series(CAST(${call.texts[0]} AS TIMESTAMP), CAST(${call.texts[1]} AS TIMESTAMP), ${step}), lambda g: CAST(g AS DATE))`;
};

export const dateFunctions: Readonly<Record<string, FunctionEmitter>> = {
	CURRENT_TIMESTAMP: now,
	CURRENT_DATE: call => `CAST(timezone(${zoneOf(call, 0)}, ${now(call)}) AS DATE)`,
	CURRENT_DATETIME: call => `timezone(${zoneOf(call, 0)}, ${now(call)})`,
	CURRENT_TIME: call => `CAST(timezone(${zoneOf(call, 0)}, ${now(call)}) AS TIME)`,
	DATE: dateFunction,
	DATETIME: datetimeFunction,
	TIMESTAMP: timestampFunction,
	TIME: timeFunction,
	DATE_ADD: shifted('+'),
	DATE_SUB: shifted('-'),
	DATETIME_ADD: shifted('+'),
	DATETIME_SUB: shifted('-'),
	TIME_ADD: shifted('+'),
	TIME_SUB: shifted('-'),
	TIMESTAMP_ADD: shiftedInstant('+'),
	TIMESTAMP_SUB: shiftedInstant('-'),
	DATE_DIFF: call => (nameOf(call, 0) === 'TIMESTAMP' ? timestampDiff(call) : civilDiff(call)),
	DATETIME_DIFF: civilDiff,
	TIME_DIFF: timeDiff,
	TIME_TRUNC: call => `CAST(date_trunc('${call.part(1).part.toLowerCase()}', DATE '1970-01-01' + ${call.texts[0]}) AS TIME)`,
	TIMESTAMP_DIFF: timestampDiff,
	DATE_TRUNC: call => (nameOf(call, 0) === 'DATE' ? truncated('DATE')(call) : timestampTrunc(call)),
	DATETIME_TRUNC: timestampTrunc,
	TIMESTAMP_TRUNC: timestampTrunc,
	LAST_DAY: lastDay,
	FORMAT_DATE: formatted,
	FORMAT_DATETIME: formatted,
	FORMAT_TIMESTAMP: formatted,
	FORMAT_TIME: formatted,
	PARSE_DATE: parsed('DATE'),
	PARSE_DATETIME: parsed('DATETIME'),
	PARSE_TIMESTAMP: parsed('TIMESTAMP'),
	PARSE_TIME: parsed('TIME'),
	UNIX_SECONDS: ({texts}) => `bq_floor_div(epoch_us(${texts[0]}), 1000000)`,
	UNIX_MILLIS: ({texts}) => `bq_floor_div(epoch_us(${texts[0]}), 1000)`,
	UNIX_MICROS: ({texts}) => `epoch_us(${texts[0]})`,
	UNIX_DATE: ({texts}) => `CAST(${texts[0]} - DATE '1970-01-01' AS BIGINT)`,
	DATE_FROM_UNIX_DATE: ({texts}) => `(DATE '1970-01-01' + CAST(${texts[0]} AS INTEGER))`,
	TIMESTAMP_SECONDS: ({texts}) => `make_timestamptz(${texts[0]} * 1000000)`,
	TIMESTAMP_MILLIS: ({texts}) => `make_timestamptz(${texts[0]} * 1000)`,
	TIMESTAMP_MICROS: ({texts}) => `make_timestamptz(${texts[0]})`,
	GENERATE_DATE_ARRAY: dateArray,
	GENERATE_TIMESTAMP_ARRAY: ({texts}) => `generate_series(${texts[0]}, ${texts[1]}, ${texts[2]})`,
	STRING: call => (nameOf(call, 0) === 'TIMESTAMP' && call.texts[1] !== undefined ? `(bq_datetime_text(timezone(${call.texts[1]}, ${call.texts[0]})) || bq_zone_suffix(${call.texts[0]}, ${call.texts[1]}))` : nameOf(call, 0) === 'JSON' ? `(CASE WHEN json_type(${call.texts[0]}) <> 'VARCHAR' THEN bq_raise('The provided JSON input is not a string') ELSE json_extract_string(${call.texts[0]}, '$') END)` : emitCast(call.texts[0]!, call.types[0] ?? timestamp, string, false)),
};
