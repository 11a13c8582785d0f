// Queries and DML of section 2 of the warehouse's notes, with results worked out by hand.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse('CREATE TABLE d.m (id INT64, st STRUCT<x INT64, y STRING>)');
});
afterAll(async () => {
	await warehouse.close();
});

const sales = "UNNEST([STRUCT('n' AS r, 'a' AS s, 1 AS v), ('n', 'b', 2), ('s', 'a', 4)])";
const keyed = "UNNEST([STRUCT('x' AS k, 1 AS a, 10 AS v), ('y', 1, 20), ('x', 2, 5), ('x', 1, 7)])";
const dated = "UNNEST([STRUCT('x' AS z, 1 AS a, 10 AS b), ('x', 2, 20), ('x', 3, 20), ('x', 9, NULL), ('y', 4, NULL), ('y', 5, NULL)])";

describe('grouping', () => {
	it.each([
		[`SELECT r, s, SUM(v), GROUPING(r), GROUPING(s) FROM ${sales} GROUP BY ROLLUP(r, s) ORDER BY r, s`, [[null, null, '7', '1', '1'], ['n', null, '3', '0', '1'], ['n', 'a', '1', '0', '0'], ['n', 'b', '2', '0', '0'], ['s', null, '4', '0', '1'], ['s', 'a', '4', '0', '0']]],
		[`SELECT r, s, SUM(v) FROM ${sales} GROUP BY CUBE(r, s) ORDER BY r, s`, [[null, null, '7'], [null, 'a', '5'], [null, 'b', '2'], ['n', null, '3'], ['n', 'a', '1'], ['n', 'b', '2'], ['s', null, '4'], ['s', 'a', '4']]],
		[`SELECT r, s, SUM(v) FROM ${sales} GROUP BY GROUPING SETS(r, s, ()) ORDER BY r, s`, [[null, null, '7'], [null, 'a', '5'], [null, 'b', '2'], ['n', null, '3'], ['s', null, '4']]],
		[`SELECT CONCAT(r, '!') AS q, SUM(v) AS total FROM ${sales} GROUP BY q HAVING total > 3 ORDER BY 1`, [['s!', '4']]],
		[`SELECT r, ARRAY_AGG(s ORDER BY s DESC LIMIT 1) FROM ${sales} GROUP BY ALL ORDER BY r`, [['n', ['b']], ['s', ['a']]]],
		[`SELECT z, SUM(a HAVING MAX b), MIN(a HAVING MIN b), ARRAY_AGG(a HAVING MAX b ORDER BY a), COUNT(a HAVING MAX b), AVG(a HAVING MAX b) FROM ${dated} GROUP BY z ORDER BY z`, [['x', '5', '1', ['2', '3'], '2', 2.5], ['y', '9', '4', ['4', '5'], '2', 4.5]]],
		[`SELECT ANY_VALUE(a HAVING MIN b), COUNTIF(a > 2 HAVING MAX b), LOGICAL_AND(a > 1 HAVING MAX b), SUM(DISTINCT a HAVING MAX b) FROM ${dated}`, [['1', '1', true, '5']]],
		['SELECT ANY_VALUE(a HAVING MAX b) OVER (PARTITION BY z) FROM UNNEST([STRUCT(\'x\' AS z, 1 AS a, 10 AS b), (\'x\', 2, 20), (\'y\', 4, NULL)]) ORDER BY 1', [['2'], ['2'], ['4']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});
});

describe('LIKE ANY and LIKE ALL over an array', () => {
	it.each([
		["'abc' LIKE ANY UNNEST(['x', 'a%'])", true],
		["'abc' LIKE ANY UNNEST(['x', NULL])", null],
		["'abc' LIKE ANY UNNEST(['a%', NULL])", true],
		["'abc' LIKE ANY UNNEST([r'a\\_c'])", false],
		["'a_c' LIKE ANY UNNEST([r'a\\_c'])", true],
		["'abc' LIKE ALL UNNEST(['a%', '%c'])", true],
		["'abc' LIKE ALL UNNEST(['a%', NULL])", null],
		["'abc' LIKE ALL UNNEST(['x%', NULL])", false],
		["'abc' NOT LIKE ANY UNNEST(['a%', '%x'])", false],
		["'abc' NOT LIKE ALL UNNEST(['a%', '%x'])", true],
		["'abc' LIKE ANY UNNEST(CAST([] AS ARRAY<STRING>))", false],
	])('%s', async (expression, expected) => {
		expect(await warehouse.rows(`SELECT ${expression}`)).toEqual([[expected]]);
	});

	it('takes an array of STRING only', async () => {
		expect((await warehouse.failure("SELECT 'a' LIKE ANY UNNEST([1])")).message).toContain('No matching signature for operator LIKE ANY for argument types: STRING, ARRAY<INT64>');
	});
});

describe('PIVOT and UNPIVOT', () => {
	it.each([
		[`SELECT * FROM ${keyed} PIVOT (SUM(v) AS total, COUNT(*) AS n FOR k IN ('x', 'y' AS why)) ORDER BY a`, [['1', '17', '2', '20', '1'], ['2', '5', '1', null, '0']]],
		[`SELECT a, x, y FROM (SELECT k, a, v FROM ${keyed}) PIVOT (MAX(v) FOR k IN ('x', 'y')) ORDER BY a`, [['1', '10', '20'], ['2', '5', null]]],
		[`SELECT * FROM (SELECT k, v FROM ${keyed}) PIVOT (STRING_AGG(CAST(v AS STRING) ORDER BY v) FOR k IN ('x', 'z'))`, [['5,7,10', null]]],
		['SELECT * FROM (SELECT 1 AS id, 10 AS q1, 20 AS q2, CAST(NULL AS INT64) AS q3) UNPIVOT (amount FOR quarter IN (q1, q2, q3)) ORDER BY quarter', [['1', '10', 'q1'], ['1', '20', 'q2']]],
		["SELECT * FROM (SELECT 1 AS id, 10 AS q1, CAST(NULL AS INT64) AS q2) UNPIVOT INCLUDE NULLS (amount FOR quarter IN (q1 AS 'one', q2 AS 'two')) ORDER BY quarter", [['1', '10', 'one'], ['1', null, 'two']]],
		['SELECT * FROM (SELECT 1 AS id, 10 AS a1, 20 AS b1, 30 AS a2, 40 AS b2) UNPIVOT ((a, b) FOR half IN ((a1, b1) AS 1, (a2, b2) AS 2)) ORDER BY half', [['1', '10', '20', '1'], ['1', '30', '40', '2']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});
});

describe('windows', () => {
	it.each([
		['SELECT a, SUM(x) OVER w, ROW_NUMBER() OVER (w ORDER BY x DESC) FROM UNNEST([STRUCT(1 AS a, 10 AS x), (1, 20), (2, 5)]) WINDOW w AS (PARTITION BY a) ORDER BY a, x', [['1', '30', '2'], ['1', '30', '1'], ['2', '5', '1']]],
		['SELECT a, SUM(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), SUM(a) OVER (ORDER BY a RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM UNNEST([1, 2, 4]) AS a ORDER BY a', [['1', '3', '1'], ['2', '7', '3'], ['4', '6', '4']]],
		['SELECT a, LAG(a) OVER (ORDER BY a), LEAD(a, 1, -1) OVER (ORDER BY a), FIRST_VALUE(a) OVER (ORDER BY a DESC), NTH_VALUE(a, 2) OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM UNNEST([3, 1, 2]) AS a ORDER BY a', [['1', null, '2', '3', '2'], ['2', '1', '3', '3', '2'], ['3', '2', '-1', '3', '2']]],
		['SELECT LAST_VALUE(v IGNORE NULLS) OVER (ORDER BY i) FROM UNNEST([STRUCT(1 AS i, 5 AS v), (2, NULL), (3, 7), (4, NULL)]) ORDER BY i', [['5'], ['5'], ['7'], ['7']]],
		['SELECT NTILE(2) OVER (ORDER BY a), PERCENT_RANK() OVER (ORDER BY a), RANK() OVER (ORDER BY b), DENSE_RANK() OVER (ORDER BY b) FROM UNNEST([STRUCT(1 AS a, 1 AS b), (2, 1), (3, 2)]) ORDER BY a', [['1', 0, '1', '1'], ['1', 0.5, '1', '1'], ['2', 1, '3', '2']]],
		["SELECT k, v FROM UNNEST([STRUCT('a' AS k, 3 AS v), ('a', 5), ('b', 1), ('b', 9)]) QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) = 1 ORDER BY k", [['a', '5'], ['b', '9']]],
		["SELECT k, SUM(v) AS total FROM UNNEST([STRUCT('a' AS k, 3 AS v), ('a', 5), ('b', 1), ('b', 9)]) GROUP BY k QUALIFY RANK() OVER (ORDER BY total DESC) = 1", [['b', '10']]],
		['SELECT COUNT(DISTINCT a) OVER (), SUM(SUM(a)) OVER () FROM UNNEST([1, 1, 2]) AS a GROUP BY a ORDER BY a', [['2', '4'], ['2', '4']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});
});

describe('sub-queries, CTEs, arrays', () => {
	it.each([
		['WITH RECURSIVE f AS (SELECT 1 AS n, 1 AS fact UNION ALL SELECT n + 1, fact * (n + 1) FROM f WHERE n < 6) SELECT n, fact FROM f ORDER BY n DESC LIMIT 2', [['6', '720'], ['5', '120']]],
		["WITH RECURSIVE t AS (SELECT 'a' AS node, 0 AS depth UNION ALL SELECT e.child, t.depth + 1 FROM t JOIN UNNEST([STRUCT('a' AS parent, 'b' AS child), ('b', 'c'), ('a', 'd')]) AS e ON e.parent = t.node) SELECT STRING_AGG(node ORDER BY depth, node) FROM t", [['a,b,d,c']]],
		["SELECT v, o FROM UNNEST(['x', 'y', 'z']) AS v WITH OFFSET AS o WHERE o != 1 ORDER BY o DESC", [['z', '2'], ['x', '0']]],
		['SELECT (SELECT SUM(i) FROM UNNEST(arr) AS i) AS s, ARRAY(SELECT i * 2 FROM UNNEST(arr) AS i WITH OFFSET o ORDER BY o DESC) FROM (SELECT [1, 2, 3] AS arr UNION ALL SELECT [10]) ORDER BY s', [['6', ['6', '4', '2']], ['10', ['20']]]],
		['SELECT o.id, (SELECT COUNT(*) FROM UNNEST([1, 1, 2]) AS x WHERE x = o.id), EXISTS(SELECT 1 FROM UNNEST([2]) AS y WHERE y = o.id), o.id IN (SELECT y FROM UNNEST([3]) AS y) FROM UNNEST([STRUCT(1 AS id), STRUCT(2), STRUCT(3)]) AS o ORDER BY 1', [['1', '2', false, false], ['2', '1', true, false], ['3', '0', false, true]]],
		['SELECT ARRAY(SELECT AS STRUCT x, x * x AS sq FROM UNNEST([3, 1, 2]) AS x ORDER BY x), ARRAY(SELECT x FROM UNNEST([1]) AS x WHERE FALSE)', [[[['1', '1'], ['2', '4'], ['3', '9']], []]]],
		['SELECT * EXCEPT (b) REPLACE (a * 10 AS a) FROM (SELECT 1 AS a, 2 AS b, 3 AS c)', [['10', '3']]],
		["SELECT u.* EXCEPT (z), z FROM (SELECT 1 AS a, 'q' AS z) AS u", [['1', 'q']]],
		["SELECT * FROM (SELECT 1 AS a, 'l' AS l) FULL JOIN (SELECT 2 AS a, 'r' AS r) USING (a) ORDER BY a", [['1', 'l', null], ['2', null, 'r']]],
		['SELECT COUNT(*) FROM d.m TABLESAMPLE SYSTEM (100 PERCENT)', [['0']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});
});

describe('DML on structs', () => {
	const contents = async () => warehouse.rows('SELECT id, st FROM d.m ORDER BY id');
	const reset = async () => warehouse.rows("DELETE FROM d.m WHERE TRUE; INSERT INTO d.m VALUES (1, (1, 'a')), (2, (2, 'b')), (3, NULL)");

	it('MERGE changes single fields, inserts and deletes', async () => {
		await reset();
		await warehouse.rows("MERGE d.m AS m USING (SELECT 1 AS id, 11 AS x UNION ALL SELECT 4, 44) AS s ON m.id = s.id WHEN MATCHED THEN UPDATE SET st.x = s.x WHEN NOT MATCHED THEN INSERT (id, st) VALUES (s.id, (s.x, NULL)) WHEN NOT MATCHED BY SOURCE AND m.id = 3 THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET st.y = CONCAT(st.y, '!')");
		expect(await contents()).toEqual([['1', ['11', 'a']], ['2', ['2', 'b!']], ['4', ['44', null]]]);
	});

	it('INSERT ROW takes columns by place', async () => {
		await reset();
		await warehouse.rows("MERGE d.m AS m USING (SELECT 5 AS id, STRUCT(5 AS y, 'e' AS x) AS st) AS s ON FALSE WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE THEN DELETE");
		expect(await contents()).toEqual([['5', ['5', 'e']]]);
	});

	it('UPDATE reaches fields through the alias, and makes a struct where there was none', async () => {
		await reset();
		await warehouse.rows("UPDATE d.m AS m SET m.st.y = s.y, m.st.x = m.id * 100 FROM (SELECT 1 AS id, 'new' AS y UNION ALL SELECT 3, 'made') AS s WHERE s.id = m.id");
		expect(await contents()).toEqual([['1', ['100', 'new']], ['2', ['2', 'b']], ['3', ['300', 'made']]]);
	});

	it('refuses two source rows for one target row, and changes nothing', async () => {
		await reset();
		expect((await warehouse.failure('MERGE d.m AS m USING (SELECT 1 AS id UNION ALL SELECT 1) AS s ON m.id = s.id WHEN MATCHED THEN DELETE')).message).toBe('UPDATE/MERGE must match at most one source row for each target row');
		expect((await contents()).length).toBe(3);
	});
});
