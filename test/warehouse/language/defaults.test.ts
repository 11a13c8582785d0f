// Default values of columns, by BigQuery's documentation: what a row that does not name a column gets, from each way of writing one.
import {afterAll, beforeAll, expect, it} from 'vitest';
import {openWarehouse, type Warehouse} from './support.js';

let warehouse: Warehouse;

beforeAll(async () => {
	warehouse = await openWarehouse(
		"CREATE TABLE d.t (id INT64, State STRING DEFAULT 'new', rate FLOAT64 DEFAULT -1, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP(), key STRING DEFAULT GENERATE_UUID(), who STRING DEFAULT SESSION_USER(), pair STRUCT<x INT64, y ARRAY<DATE>> DEFAULT (1, [DATE '2025-01-01', '2025-02-01']))",
		'CREATE TABLE d.s AS SELECT 10 AS id UNION ALL SELECT 11',
	);
});
afterAll(async () => {
	await warehouse.close();
});

const emptied = async (...statements: readonly string[]): Promise<void> => {
	for (const sql of ['TRUNCATE TABLE d.t', ...statements]) {
		await warehouse.rows(sql);
	}
};

it('an INSERT of values fills the columns it leaves out, and those that say DEFAULT', async () => {
	await emptied("INSERT d.t (id) VALUES (1), (2)", "INSERT d.t (id, state, rate) VALUES (3, DEFAULT, NULL), (DEFAULT, 'old', DEFAULT)");
	expect(await warehouse.rows('SELECT id, state, rate, who, pair.x, ARRAY_LENGTH(pair.y), made IS NOT NULL FROM d.t ORDER BY id')).toEqual([
		[null, 'old', -1, 'someone@example.com', '1', '2', true],
		['1', 'new', -1, 'someone@example.com', '1', '2', true],
		['2', 'new', -1, 'someone@example.com', '1', '2', true],
		['3', 'new', null, 'someone@example.com', '1', '2', true],
	]);
	expect(await warehouse.rows('SELECT COUNT(DISTINCT key), MIN(LENGTH(key)) FROM d.t')).toEqual([['4', '36']]);
});

it('an INSERT of a query does, each row with a value of its own', async () => {
	await emptied('INSERT d.t (id) WITH w AS (SELECT id FROM d.s) SELECT id FROM w ORDER BY id');
	expect(await warehouse.rows('SELECT id, state, made = (SELECT MAX(made) FROM d.t) FROM d.t ORDER BY id')).toEqual([['10', 'new', true], ['11', 'new', true]]);
	expect(await warehouse.rows('SELECT COUNT(DISTINCT key) FROM d.t')).toEqual([['2']]);
});

it('a MERGE does, in both of its INSERT forms, and an UPDATE sets DEFAULT', async () => {
	await emptied('INSERT d.t (id, state) VALUES (10, "old")', 'MERGE d.t USING d.s ON t.id = s.id WHEN MATCHED THEN UPDATE SET state = DEFAULT WHEN NOT MATCHED THEN INSERT (id, rate) VALUES (id, DEFAULT)');
	expect(await warehouse.rows('SELECT id, state, rate FROM d.t ORDER BY id')).toEqual([['10', 'new', -1], ['11', 'new', -1]]);
	await emptied('MERGE d.t USING d.s ON FALSE WHEN NOT MATCHED THEN INSERT (id) ROW');
	expect(await warehouse.rows('SELECT id, state, rate FROM d.t ORDER BY id')).toEqual([['10', 'new', -1], ['11', 'new', -1]]);
	await warehouse.rows('UPDATE d.t SET state = "x", pair = NULL, id = DEFAULT WHERE id = 10');
	await warehouse.rows('UPDATE d.t SET state = DEFAULT, pair = DEFAULT WHERE id IS NULL');
	expect(await warehouse.rows('SELECT id, state, pair.x FROM d.t ORDER BY id')).toEqual([[null, 'new', '1'], ['11', 'new', '1']]);
});

it('a default is set, dropped, renamed with its column, and shown', async () => {
	await warehouse.rows('CREATE TABLE d.a (x INT64 DEFAULT 1, Y STRING)');
	await warehouse.rows("ALTER TABLE d.a ALTER COLUMN y SET DEFAULT 'why'");
	await warehouse.rows('ALTER TABLE d.a RENAME COLUMN y TO z');
	expect(await warehouse.rows("SELECT column_name, column_default FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'a' ORDER BY 1")).toEqual([['x', '1'], ['z', "'why'"]]);
	await warehouse.rows('INSERT d.a (x) VALUES (DEFAULT)');
	await warehouse.rows('ALTER TABLE d.a ALTER COLUMN z DROP DEFAULT');
	await warehouse.rows('INSERT d.a (z) VALUES (DEFAULT)');
	expect(await warehouse.rows('SELECT x, z FROM d.a ORDER BY z')).toEqual([['1', null], ['1', 'why']]);
	await warehouse.rows('ALTER TABLE d.a DROP COLUMN x');
	await warehouse.rows('ALTER TABLE d.a ADD COLUMN x INT64');
	await warehouse.rows("INSERT d.a (z) VALUES ('new')");
	expect(await warehouse.rows("SELECT x FROM d.a WHERE z = 'new'")).toEqual([[null]]);
});

it('LIKE, COPY, CLONE and snapshots keep defaults; CREATE TABLE ... AS has those it names; temporary tables have theirs', async () => {
	await warehouse.rows('CREATE TABLE d.o (x INT64, y INT64 DEFAULT 7)');
	for (const how of ['LIKE', 'COPY', 'CLONE']) {
		await warehouse.rows(`CREATE TABLE d.o_${how} ${how} d.o`);
		await warehouse.rows(`INSERT d.o_${how} (x) VALUES (1)`);
		expect(await warehouse.rows(`SELECT y FROM d.o_${how}`)).toEqual([['7']]);
	}

	await warehouse.rows('CREATE SNAPSHOT TABLE d.o_s CLONE d.o; CREATE TABLE d.o_back CLONE d.o_s; INSERT d.o_back (x) VALUES (1)');
	expect(await warehouse.rows('SELECT y FROM d.o_back')).toEqual([['7']]);
	await warehouse.rows('CREATE TABLE d.q (x INT64, y INT64 DEFAULT 8) AS SELECT 1, 2; INSERT d.q (x) VALUES (2)');
	expect(await warehouse.rows('SELECT x, y FROM d.q ORDER BY x')).toEqual([['1', '2'], ['2', '8']]);
	expect(await warehouse.rows('CREATE TEMP TABLE w (x INT64, y INT64 DEFAULT 9); INSERT w (x) VALUES (1); SELECT y FROM w')).toEqual([['9']]);
});

it('refuses what BigQuery takes for no default', async () => {
	const message = async (sql: string): Promise<string> => (await warehouse.failure(sql)).message;
	expect(await message('CREATE TABLE d.r (x INT64 DEFAULT 1 + 1)')).toContain('The default value of column x must be a literal or one of CURRENT_DATE');
	expect(await message('CREATE TABLE d.r (x INT64 DEFAULT (SELECT 1))')).toContain('must be a literal');
	expect(await message('CREATE TABLE d.r (x ARRAY<INT64> DEFAULT [1, NULL])')).toContain('cannot be NULL or contain NULL elements');
	expect(await message('CREATE TABLE d.r (x INT64 NOT NULL DEFAULT NULL)')).toContain('required column x cannot be NULL');
	expect(await message("ALTER TABLE d.t ALTER COLUMN id SET DEFAULT 'one'")).toContain('cannot be assigned to column id, which has type INT64');
	expect(await message('ALTER TABLE d.t ADD COLUMN more INT64 DEFAULT 1')).toContain('Adding column more with a default value to an existing table is not supported');
});
