// Values that take the type of where they stand: ERROR, NULL inside constructors, fields by place and not by name.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse(
		'CREATE TABLE d.t (a INT64, s STRING, day DATE, pair STRUCT<x INT64, y STRING>, pairs ARRAY<STRUCT<x INT64, y STRING>>)',
		"INSERT INTO d.t VALUES (1, 'one', '2025-01-01', (1, 'p'), [STRUCT(1 AS x, CAST(NULL AS STRING) AS y)]), (2, 'two', '2025-01-02', (2, NULL), [])",
	);
});
afterAll(async () => {
	await warehouse.close();
});

describe('ERROR takes the type of what it stands for', () => {
	it.each([
		["SELECT IF(a > 0, s, ERROR('no')) FROM d.t ORDER BY a", [['one'], ['two']]],
		["SELECT CASE WHEN a > 0 THEN [a] ELSE ERROR('no') END FROM d.t ORDER BY a", [[['1']], [['2']]]],
		["SELECT COALESCE(day, ERROR('no')) FROM d.t ORDER BY a", [['2025-01-01'], ['2025-01-02']]],
		["SELECT IF(a > 0, pair, ERROR('no')) FROM d.t ORDER BY a", [[['1', 'p']], [['2', null]]]],
		["SELECT a FROM d.t WHERE IF(a > 0, TRUE, ERROR('no')) ORDER BY a", [['1'], ['2']]],
		["SELECT IFNULL(s, ERROR('no')) || '!' FROM d.t ORDER BY a", [['one!'], ['two!']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});

	it.each([
		["SELECT IF(a > 1, s, ERROR(CONCAT('bad row ', CAST(a AS STRING)))) FROM d.t", 'bad row 1'],
		["SELECT COALESCE(CAST(NULL AS DATE), ERROR('no day'))", 'no day'],
		["SELECT STRUCT<a STRING>(ERROR('in a field'))", 'in a field'],
		["INSERT INTO d.t (a, day) VALUES (3, ERROR('in a row'))", 'in a row'],
	])('%s fails with its message', async (sql, message) => {
		expect(await warehouse.failure(sql)).toMatchObject({reason: 'invalidQuery', message});
	});

	it('has a type of its own once a value is made of it', async () => {
		expect((await warehouse.failure("SELECT IF(a > 1, IF(a > 2, ERROR('x'), ERROR('y')), 'q') FROM d.t")).message).toContain('No matching signature for function IF for argument types: BOOL, INT64, STRING');
	});
});

describe('constructors are coerced field by field', () => {
	it.each([
		['SELECT ARRAY<STRUCT<a INT64, b INT64>>[(1, NULL)]', [[[['1', null]]]]],
		["SELECT ARRAY<STRUCT<a INT64, b STRING>>[(1, NULL), (NULL, 'x')]", [[[['1', null], [null, 'x']]]]],
		["SELECT ARRAY<STRUCT<a INT64, b DATE>>[(1, '2025-01-01'), (2, NULL)]", [[[['1', '2025-01-01'], ['2', null]]]]],
		['SELECT STRUCT<INT64, STRING>(1, NULL)', [[['1', null]]]],
		['SELECT STRUCT<a STRUCT<b INT64, c DATE>>((1, NULL))', [[[['1', null]]]]],
		['SELECT [NULL, 1], [1, NULL, 2.5]', [[[null, '1'], [1, null, 2.5]]]],
		["SELECT [STRUCT(1 AS a, 'x' AS b), (2, NULL)]", [[[['1', 'x'], ['2', null]]]]],
		['SELECT STRUCT<n NUMERIC, f FLOAT64>(1, 2)', [[['1', 2]]]],
		['SELECT COALESCE(pair, (1, NULL)) FROM d.t ORDER BY a', [[['1', 'p']], [['2', null]]]],
		['SELECT (9, NULL) UNION ALL SELECT pair FROM d.t WHERE a = 1', [[['9', null]], [['1', 'p']]]],
		["SELECT [] UNION ALL SELECT ['x']", [[[]], [['x']]]],
		['DECLARE v STRUCT<a INT64, b DATE> DEFAULT (1, NULL); SELECT v', [[['1', null]]]],
		["DECLARE v STRUCT<a INT64, b DATE>; SET v = (1, '2025-01-01'); SELECT v.b", [['2025-01-01']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});

	it.each([
		["SELECT [(1, NULL), (2, 'x')]", 'Array elements of types {STRUCT<INT64, INT64>, STRUCT<INT64, STRING>} do not have a common supertype at [1:8]'],
		['SELECT ARRAY<STRUCT<b STRING>>[STRUCT(1)]', 'Array element type STRUCT<INT64> does not coerce to STRUCT<b STRING> at [1:32]'],
		['INSERT INTO d.t (a, pairs) VALUES (1, [(1, NULL)])', 'Value has type ARRAY<STRUCT<INT64, INT64>> which cannot be inserted into column pairs, which has type ARRAY<STRUCT<x INT64, y STRING>> at [1:39]'],
	])('%s is refused', async (sql, message) => {
		expect((await warehouse.failure(sql)).message).toBe(message);
	});
});

describe('structs are matched by place, whatever their fields are called', () => {
	it.each([
		["CREATE TEMP TABLE q (s STRUCT<x INT64, y STRING>) AS SELECT STRUCT(1 AS y, 'b' AS x); SELECT s.x, s.y FROM q", [['1', 'b']]],
		["CREATE TEMP TABLE q (s STRUCT<x INT64, y STRING>); INSERT INTO q VALUES (STRUCT(CAST(1 AS INT64) AS y, CAST('b' AS STRING) AS x)); SELECT s.x, s.y FROM q", [['1', 'b']]],
		["CREATE TEMP TABLE q (s STRUCT<x INT64, y STRING>); INSERT INTO q SELECT STRUCT(1 AS p, 'b' AS r); SELECT s.x, s.y FROM q", [['1', 'b']]],
		["CREATE TEMP TABLE q (s STRUCT<x INT64, y STRING>); INSERT INTO q SELECT (1, 'a'); UPDATE q SET s = STRUCT(5 AS y, 'b' AS x) WHERE TRUE; SELECT s.x, s.y FROM q", [['5', 'b']]],
		["SELECT s.x, s.y FROM (SELECT STRUCT(1 AS x, 'a' AS y) AS s UNION ALL SELECT STRUCT(2 AS y, 'b' AS x)) ORDER BY s.x", [['1', 'a'], ['2', 'b']]],
		["DECLARE v STRUCT<x INT64, y STRING>; SET v = STRUCT(3 AS y, 'z' AS x); SELECT v.x, v.y", [['3', 'z']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});

	it('compares field by field, a NULL field leaving it open unless another differs', async () => {
		expect(await warehouse.rows('SELECT pair = (2, NULL), pair = (1, NULL), pair != (1, NULL), pair IN ((1, \'p\'), (3, NULL)) FROM d.t ORDER BY a')).toEqual([[false, null, null, true], [null, false, true, false]]);
	});
});
