// What the embedded warehouse has not is refused plainly, with its place, and never narrowed in silence.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse('CREATE TABLE d.t (a INT64, s STRING, day DATE, f FLOAT64)', 'CREATE VIEW d.v AS SELECT a FROM d.t');
});
afterAll(async () => {
	await warehouse.close();
});

describe('functions', () => {
	it.each([
		["SELECT 1,\n  EDIT_DISTANCE('a', 'b')", 'The embedded warehouse does not have the function EDIT_DISTANCE at [2:3]', 2, 3],
		['SELECT FORMAT_DATE(s, day) FROM d.t', 'The embedded warehouse does not have date formats that are not literals at [1:8]', 1, 8],
		["SELECT INSTR('banana', 'a', 3)", 'The embedded warehouse does not have INSTR with more than two arguments at [1:8]', 1, 8],
		["SELECT INITCAP('a-b', '-')", 'The embedded warehouse does not have INITCAP with more than one argument at [1:8]', 1, 8],
		["SELECT UPPER(b'a')", 'The embedded warehouse does not have UPPER of BYTES at [1:8]', 1, 8],
		["SELECT a FROM d.t WHERE a = BYTE_LENGTH(TO_BASE32(b'x'))", 'The embedded warehouse does not have the function TO_BASE32 at [1:41]', 1, 41],
	])('%s', async (sql, message, line, column) => {
		expect(await warehouse.failure(sql)).toEqual({reason: 'invalidQuery', message, line, column});
	});
});

describe('types and statements', () => {
	it.each([
		["SELECT BIGNUMERIC '1'", 'BIGNUMERIC is not supported by the embedded warehouse: it holds 38 digits, those of NUMERIC at [1:8]'],
		['SELECT CAST(1 AS BIGNUMERIC)', 'BIGNUMERIC is not supported by the embedded warehouse: it holds 38 digits, those of NUMERIC at [1:18]'],
		['CREATE TABLE d.z (x ARRAY<BIGNUMERIC>)', 'BIGNUMERIC is not supported by the embedded warehouse: it holds 38 digits, those of NUMERIC at [1:27]'],
		['CREATE PROCEDURE d.pr() BEGIN\n  DECLARE x BIGNUMERIC; END', 'BIGNUMERIC is not supported by the embedded warehouse: it holds 38 digits, those of NUMERIC at [2:13]'],
		['CREATE TABLE d.z (x GEOGRAPHY)', 'GEOGRAPHY is not supported by the embedded warehouse at [1:21]'],
		['CREATE TABLE d.z (x RANGE<DATE>)', 'RANGE types are not supported by the embedded warehouse at [1:21]'],
		["SELECT RANGE<DATE> '[2025-01-01, 2025-02-01)'", 'RANGE values are not supported by the embedded warehouse at [1:8]'],
		['CREATE TABLE d.z (x NUMERIC(10, 2))', 'Types with a length, a precision or a scale are not supported by the embedded warehouse at [1:21]'],
		["CREATE TABLE d.z (x STRING COLLATE 'und:ci')", 'Collation is not supported by the embedded warehouse at [1:28]'],
		["SELECT CAST(day AS STRING FORMAT 'YYYY') FROM d.t", 'CAST with FORMAT is not supported by the embedded warehouse at [1:8]'],
		["SELECT INTERVAL '1-2' YEAR TO MONTH", 'The embedded warehouse does not have INTERVAL with a range of parts at [1:8]'],
		['CREATE MATERIALIZED VIEW d.m AS SELECT 1 AS a', 'Materialized views are not supported by the embedded warehouse at [1:1]'],
		["CREATE FUNCTION d.js(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS 'return x;'", 'Functions in js are not supported by the embedded warehouse at [1:58]'],
	])('%s', async (sql, message) => {
		expect(await warehouse.failure(sql)).toMatchObject({reason: 'invalidQuery', message});
	});

	it('says so in a dry run already', async () => {
		await expect(warehouse.database.dryRun({sql: 'SELECT CAST(1 AS BIGNUMERIC)', project: 'p', parameters: [], nowMicros: () => 0n})).rejects.toThrow('BIGNUMERIC is not supported');
	});
});

it.each([
	['INSERT INTO d.v VALUES (1)', '[1:13]'],
	['UPDATE d.v SET a = 1 WHERE TRUE', '[1:8]'],
	['DELETE FROM d.v WHERE TRUE', '[1:13]'],
	['MERGE d.v AS x USING d.t AS y ON x.a = y.a WHEN MATCHED THEN DELETE', '[1:7]'],
	['TRUNCATE TABLE d.v', '[1:16]'],
])('a view is no target: %s', async (sql, place) => {
	expect((await warehouse.failure(sql)).message).toBe(`Using table p:d.v is not allowed for this operation because of its type. Try using a different table that is of type TABLE. at ${place}`);
});

describe('what DuckDB says of values comes in BigQuery\'s words', () => {
	it.each([
		['SELECT 9223372036854775807 + 1', 'int64 overflow: 9223372036854775807 + 1'],
		['SELECT SUM(x) FROM UNNEST([9223372036854775807, 1]) AS x', 'int64 overflow: 9223372036854775808'],
		["SELECT CAST('x' AS NUMERIC)", 'Invalid NUMERIC value: x'],
		["SELECT CAST('25:00:00' AS TIME)", 'Invalid time string "25:00:00"'],
		["SELECT TIMESTAMP('2025-01-01', 'Mars/Olympus')", 'Invalid time zone: Mars/Olympus'],
		["SELECT REGEXP_CONTAINS('a', '(')", 'Cannot parse regular expression'],
		['SELECT (SELECT x FROM UNNEST([1, 2]) AS x)', 'Scalar subquery produced more than one element'],
		['SELECT 1 / 0', 'division by zero: 1 / 0'],
		["SELECT b'a' LIKE b'%'", 'The embedded warehouse cannot run this statement, though BigQuery may; write it in another way'],
	])('%s', async (sql, message) => {
		expect(await warehouse.failure(sql)).toMatchObject({reason: 'invalidQuery', message, line: 1});
	});
});
