// TABLE arguments of table functions, temporary functions, templates.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse(
		"CREATE TABLE d.u AS SELECT 1 AS a, 'one' AS z UNION ALL SELECT 2, 'two'",
		'CREATE TABLE FUNCTION d.moved(src TABLE<a INT64, z STRING>, n INT64) AS SELECT a + n AS b, z FROM src',
	);
});
afterAll(async () => {
	await warehouse.close();
});

describe('a TABLE argument is the table of that name as it stands', () => {
	it.each([
		['a table', 'SELECT * FROM d.moved(TABLE d.u, 10) ORDER BY b', [['11', 'one'], ['12', 'two']]],
		['a query', "SELECT * FROM d.moved((SELECT 'y' AS z, 8 AS a), 1)", [['9', 'y']]],
		['a CTE', "WITH q AS (SELECT 7 AS a, 'x' AS z) SELECT * FROM d.moved(TABLE q, 1)", [['8', 'x']]],
		['a temporary table', "CREATE TEMP TABLE tt AS SELECT 9 AS a, 'nine' AS z; SELECT * FROM d.moved(TABLE tt, 1)", [['10', 'nine']]],
		['columns in another order', "CREATE TEMP TABLE tt AS SELECT 'nine' AS z, TRUE AS other, 9 AS a; SELECT * FROM d.moved(TABLE tt, 1)", [['10', 'nine']]],
	])('%s', async (_title, sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});

	it('also after it was replaced, cloned, renamed and restored, and through a view', async () => {
		const read = async (table: string) => warehouse.rows(`SELECT * FROM d.moved(TABLE d.${table}, 10) ORDER BY b`);
		await warehouse.rows("CREATE TABLE d.w AS SELECT 1 AS a, 'one' AS z");
		await warehouse.rows("CREATE OR REPLACE TABLE d.w AS SELECT 5 AS a, 'five' AS z");
		expect(await read('w')).toEqual([['15', 'five']]);
		await warehouse.rows('CREATE TABLE d.cloned CLONE d.w');
		await warehouse.rows('CREATE SNAPSHOT TABLE d.kept CLONE d.w');
		await warehouse.rows('ALTER TABLE d.cloned RENAME TO renamed');
		expect(await read('renamed')).toEqual([['15', 'five']]);
		expect(await read('kept')).toEqual([['15', 'five']]);
		await warehouse.rows("UPDATE d.w SET a = 6, z = 'six' WHERE TRUE");
		await warehouse.rows('CREATE OR REPLACE TABLE d.w CLONE d.kept');
		expect(await read('w')).toEqual([['15', 'five']]);
		await warehouse.rows('CREATE VIEW d.shown (z, a) AS SELECT z, a FROM d.w');
		expect(await read('shown')).toEqual([['15', 'five']]);
	});

	it('is refused when a column is missing or of another type', async () => {
		expect((await warehouse.failure('SELECT * FROM d.moved((SELECT 1 AS a), 1)')).message).toBe('Required column "z" not found in table passed to table-valued function d.moved at [1:23]');
		expect((await warehouse.failure("SELECT * FROM d.moved((SELECT 'x' AS a, 'y' AS z), 1)")).message).toContain('Invalid type for column "a"');
		expect((await warehouse.failure('SELECT * FROM d.moved(TABLE d.u, TABLE d.u)')).message).toContain('takes a value as argument 2');
	});
});

describe('CREATE TEMP FUNCTION', () => {
	it.each([
		['CREATE TEMP FUNCTION twice(x INT64) AS (x * 2); SELECT twice(4), twice(NULL)', [['8', null]]],
		['CREATE TEMPORARY FUNCTION more(x ANY TYPE) AS (x + 1); CREATE TEMP FUNCTION both(x ANY TYPE) AS (more(x) * 2); SELECT both(3), both(1.5)', [['8', 5]]],
		['CREATE TEMP FUNCTION f(x INT64) AS (x); CREATE OR REPLACE TEMP FUNCTION f(x INT64) AS (x + 5); SELECT f(1)', [['6']]],
		["CREATE TEMP FUNCTION greet(n STRING) RETURNS STRING AS (CONCAT('Hi ', n)); BEGIN DECLARE w STRING DEFAULT greet('x'); SELECT w; END", [['Hi x']]],
		['CREATE TEMP FUNCTION big(x INT64) AS (x > 1); SELECT z FROM d.u WHERE big(a)', [['two']]],
		['CREATE TEMP FUNCTION total() AS ((SELECT SUM(a) FROM d.u)); SELECT total()', [['3']]],
	])('%s', async (sql, expected) => {
		expect(await warehouse.rows(sql)).toEqual(expected);
	});

	it('leaves a job with one query what it is, and reports that query alone', async () => {
		const {statementType, statements, error} = await warehouse.run('CREATE TEMP FUNCTION twice(x INT64) AS (x * 2); SELECT twice(a) FROM d.u');
		expect(error).toBeUndefined();
		expect(statementType).toBe('SELECT');
		expect(statements.map(statement => statement.statementType)).toEqual(['SELECT']);
		expect(await warehouse.database.dryRun({sql: 'CREATE TEMP FUNCTION twice(x INT64) AS (x * 2); SELECT twice(4) AS n', project: 'p', parameters: [], nowMicros: () => 0n})).toMatchObject({statementType: 'SELECT', columns: [{name: 'n'}]});
	});

	it('ends with its job', async () => {
		await warehouse.rows('CREATE TEMP FUNCTION mine(x INT64) AS (x); SELECT mine(1)');
		expect((await warehouse.failure('SELECT mine(1)')).message).toBe('Function not found: mine at [1:8]');
	});

	it.each([
		['CREATE TEMP FUNCTION f(x INT64) AS (x); CREATE TEMP FUNCTION f(x INT64) AS (x); SELECT 1', 'Already Exists: Function f at [1:62]'],
		['CREATE TEMP FUNCTION d.f(x INT64) AS (x); SELECT 1', 'Temporary functions may not be qualified, but this one is named d.f at [1:22]'],
		['CREATE TEMP FUNCTION f(x INT64) AS (y); SELECT 1', 'Unrecognized name: y at [1:37]'],
	])('%s is refused', async (sql, message) => {
		expect((await warehouse.failure(sql)).message).toBe(message);
	});
});

it('a stored template takes the types of each call', async () => {
	await warehouse.rows('CREATE FUNCTION d.larger(x ANY TYPE, y ANY TYPE) AS (IF(x > y, x, y))');
	expect(await warehouse.rows("SELECT d.larger(1, 2) + 1, d.larger('a', 'b') || '!', DATE_ADD(d.larger(DATE '2025-01-01', DATE '2025-01-02'), INTERVAL 1 DAY)")).toEqual([['3', 'b!', '2025-01-03']]);
	expect((await warehouse.failure("SELECT d.larger('a', 'b') + 1")).message).toBe('No matching signature for operator + for argument types: STRING, INT64 at [1:8]');
});
