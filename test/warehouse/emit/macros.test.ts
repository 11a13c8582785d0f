// BigQuery's values where DuckDB's own functions give others. Expected values are those of BigQuery's documentation.
import {DuckDBInstance, type DuckDBConnection} from '@duckdb/node-api';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {formatPieces} from '../../../source/warehouse/emit/date-format.js';
import {farmFingerprint} from '../../../source/warehouse/emit/farm-fingerprint.js';
import {jsonText} from '../../../source/warehouse/emit/json-text.js';
import {macros} from '../../../source/warehouse/emit/macros.js';
import {installNativeFunctions} from '../../../source/warehouse/emit/native.js';
import type {SqlType} from '../../../source/googlesql/types.js';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
	instance = await DuckDBInstance.create(':memory:', {threads: '1'});
	connection = await instance.connect();
	installNativeFunctions(connection);
	await connection.run("SET TimeZone='UTC'");
	for (const macro of macros) {
		await connection.run(`CREATE MACRO ${macro}`);
	}
});

afterAll(() => {
	connection.closeSync();
	instance.closeSync();
});

const value = async (sql: string): Promise<unknown> => {
	const reader = await connection.runAndReadAll(`SELECT ${sql}`);
	return reader.getRowsJson()[0]![0];
};

test.each([
	['bq_float_to_int(2.5::DOUBLE)', '3'],
	['bq_float_to_int(-2.5::DOUBLE)', '-3'],
	['bq_float_to_int(1.5::DOUBLE)', '2'],
	['bq_float_to_int(0.49999999999999994::DOUBLE)', '0'],
	['bq_numeric_to_int(2.5::DECIMAL(38,9))', '3'],
	['bq_float_text(1.0::DOUBLE)', '1'],
	['bq_float_text(0.1::DOUBLE)', '0.1'],
	['bq_float_text(1e20::DOUBLE)', '1e+20'],
	['bq_float_text(1e15::DOUBLE)', '1e+15'],
	['bq_float_text(123456789012345.0::DOUBLE)', '123456789012345'],
	['bq_float_text(40227655177172620.0::DOUBLE)', '40227655177172624'],
	['bq_float_text(-1234567890123450.0::DOUBLE)', '-1.23456789012345e+15'],
	['bq_float_text(1234567890123456.5::DOUBLE)', '1234567890123456.5'],
	['bq_float_text(NULL::DOUBLE)', null],
	['bq_json_float(1234567890123456.0::DOUBLE)', '1234567890123456'],
	["bq_json_float('-inf'::DOUBLE)", '"-Infinity"'],
	['bq_json_value_float(5.0::DOUBLE)', '5.0'],
	['bq_json_value_float(1e-7::DOUBLE)', '1e-07'],
	['bq_json_value_float(1234567890123456.0::DOUBLE)', '1.234567890123456e+15'],
	['bq_json_value_float(-1.5e17::DOUBLE)', '-1.5e+17'],
	["bq_json_value_float('nan'::DOUBLE)", '"NaN"'],
	['bq_json_value_float(NULL::DOUBLE)', null],
	['bq_float_text(1e-7::DOUBLE)', '1e-07'],
	["bq_float_text('nan'::DOUBLE)", 'nan'],
	["bq_float_text('-inf'::DOUBLE)", '-inf'],
	['bq_numeric_text(1.500000000::DECIMAL(38,9))', '1.5'],
	['bq_numeric_text(100::DECIMAL(38,9))', '100'],
	["bq_timestamp_text(TIMESTAMPTZ '2025-01-01 00:00:00.5+00')", '2025-01-01 00:00:00.500+00'],
	["bq_timestamp_text(TIMESTAMPTZ '2025-01-01 00:00:00.123456+00')", '2025-01-01 00:00:00.123456+00'],
	["bq_timestamp_text(TIMESTAMPTZ '2025-01-01 00:00:00+00')", '2025-01-01 00:00:00+00'],
	["bq_datetime_text(TIMESTAMP '2025-01-01 00:00:00')", '2025-01-01 00:00:00'],
	["bq_time_text(TIME '01:02:03')", '01:02:03'],
	['bq_div(7, 2)', '3'],
	['bq_div(-7, 2)', '-3'],
	['bq_mod(-7, 2)', '-1'],
	['bq_in(2, [1, NULL])', null],
	['bq_in(1, [1, NULL])', true],
	['bq_in(NULL, [])', false],
	['bq_in(3, [1, 2])', false],
	['bq_safe_offset([1, 2], 2)', null],
	['bq_safe_offset([1, 2], -1)', null],
	['bq_offset([1, 2], 1)', 2],
	['bq_ordinal([1, 2], 1)', 1],
	["bq_substr('apple', 2)", 'pple'],
	["bq_substr('apple', -3)", 'ple'],
	["bq_substr('apple', 0)", 'apple'],
	["bq_substr_len('apple', 2, 2)", 'pp'],
	["bq_substr_len('apple', -3, 2)", 'pl'],
	["bq_initcap('hello world-x')", 'Hello World-X'],
	["bq_group('foobar', 'x(.)', 1)", null],
	["bq_group('foobar', 'o(b)', 1)", 'b'],
	["bq_json_scalar('{\"a\":{\"b\":1}}', '$.a')", null],
	["bq_json_scalar('{\"a\":{\"b\":1}}', '$.a.b')", '1'],
	["bq_json_scalar('{\"a\":null}', '$.a')", null],
	['bq_round(2.5::DOUBLE)', 3],
	['bq_round(-2.5::DOUBLE)', -3],
	["bq_text_to_int(' 12 ')", '12'],
	["bq_text_to_bool('TRUE')", true],
	["bq_text_to_date('2025-1-5')", '2025-01-05'],
	["bq_timestamp_text(bq_text_to_timestamp('2025-01-01T10:00:00Z'))", '2025-01-01 10:00:00+00'],
	["bq_timestamp_text(bq_text_to_timestamp('2025-01-01 10:00:00 UTC'))", '2025-01-01 10:00:00+00'],
	["bq_timestamp_text(bq_text_to_timestamp_in('2025-01-01 10:00:00', 'America/Los_Angeles'))", '2025-01-01 18:00:00+00'],
	["bq_farm_fingerprint(encode('foo'))", '6150913649986995171'],
])('%s is %s', async (sql, expected) => {
	expect(await value(sql)).toEqual(expected);
});

test.each([
	["bq_float('0 1 /', [1::DOUBLE, 0::DOUBLE])", 'division by zero: 1 / 0'],
	['bq_div(5, 0)', 'division by zero: 5 / 0'],
	['bq_offset([1], 1)', 'Array index 1 is out of bounds'],
	["bq_text_to_int('x')", 'Bad int64 value: x'],
	["bq_text_to_date('2025-13-01')", "Invalid date: '2025-13-01'"],
	["bq_text_to_timestamp('soon')", "Invalid timestamp: 'soon'"],
	['bq_sqrt(-1::DOUBLE)', 'Argument to SQRT cannot be negative: -1'],
])('%s raises %s', async (sql, message) => {
	await expect(value(sql)).rejects.toThrow(message);
	expect(await value(`TRY(${sql})`)).toBeNull();
});

const scalar = (name: 'INT64' | 'FLOAT64' | 'STRING' | 'TIMESTAMP' | 'NUMERIC' | 'BOOL' | 'DATE'): SqlType => ({kind: 'scalar', name});

test.each([
	['1::DOUBLE', scalar('FLOAT64'), '1'],
	['9007199254740993', scalar('INT64'), '"9007199254740993"'],
	['9007199254740992', scalar('INT64'), '9007199254740992'],
	["'a\"b'", scalar('STRING'), String.raw`"a\"b"`],
	['NULL::VARCHAR', scalar('STRING'), 'null'],
	["TIMESTAMPTZ '2025-01-01 00:00:00+00'", scalar('TIMESTAMP'), '"2025-01-01T00:00:00Z"'],
	['1.50::DECIMAL(38,9)', scalar('NUMERIC'), '"1.5"'],
	["DATE '2025-01-31'", scalar('DATE'), '"2025-01-31"'],
	['[TRUE, NULL]', {kind: 'array', element: scalar('BOOL')} as const, '[true,null]'],
	["struct_pack(\"a\" := 1::BIGINT, \"b\" := ['x'])", {kind: 'struct', fields: [{name: 'a', type: scalar('INT64')}, {name: 'b', type: {kind: 'array', element: scalar('STRING')}}]} as const, '{"a":1,"b":["x"]}'],
] as const)('TO_JSON_STRING of %s', async (sql, type, expected) => {
	expect(await value(jsonText(sql, type))).toBe(expected);
});

test.each([
	['%F %T', '2025-03-09 01:02:03'],
	['%Y%m%d_%H%M%S', '20250309_010203'],
	['%E3S', '03.500'],
	['%E*S', '03.5'],
	['%e', ' 9'],
	['%A %b %d', 'Sunday Mar 09'],
	['%Ez', '-08:00'],
	['%Q', '1'],
	['100%%', '100%'],
])('FORMAT_TIMESTAMP %s', async (format, expected) => {
	const instant = "TIMESTAMPTZ '2025-03-09 09:02:03.5+00'";
	const zone = "'America/Los_Angeles'";
	expect(await value(formatPieces(format, `timezone(${zone}, ${instant})`, {zone, instant}))).toBe(expected);
});

test('FarmHash gives its published value, in every length class', () => {
	const encoder = new TextEncoder();
	expect(farmFingerprint(encoder.encode('foo'))).toBe(6_150_913_649_986_995_171n);
	expect(farmFingerprint(encoder.encode(''))).toBe(-7_286_425_919_675_154_353n);
	const seen = new Set([1, 3, 4, 8, 16, 17, 32, 33, 64, 65, 128, 129, 300].map(length => farmFingerprint(encoder.encode('x'.repeat(length)))));
	expect(seen.size).toBe(13);
});
