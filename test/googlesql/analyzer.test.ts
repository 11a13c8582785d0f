import {expect, test} from 'vitest';
import {analyzeProcedureBody, analyzeScript, analyzeStatement, parseScript, parseStatement, typeText, walk, type PathExpression, type Reference, type SqlType} from '../../source/googlesql/index.js';
import {MemoryCatalog} from './support/memory-catalog.js';

const catalog = new MemoryCatalog(`
CREATE TABLE d.jobs (job_id INT64, page STRING, run DATE, items ARRAY<STRUCT<x INT64, y STRING>>, info STRUCT<a INT64, b STRING>);
CREATE FUNCTION d.plus(a INT64, b INT64) AS (a + b);
CREATE FUNCTION d.same(a ANY TYPE) AS (a);
CREATE TABLE FUNCTION d.of_page(p STRING) AS SELECT job_id, run FROM d.jobs WHERE page = p;
CREATE PROCEDURE d.close(IN p_id INT64, OUT p_done BOOL) BEGIN SET p_done = TRUE; END;`);

const int64: SqlType = {kind: 'scalar', name: 'INT64'};
const analyze = (sql: string) => analyzeStatement(parseStatement(sql), catalog.options(sql));

test.each([
	['SELECT job_id, page AS p, run, COUNT(*) OVER () FROM d.jobs', 'job_id INT64, p STRING, run DATE, f3_ INT64'],
	['SELECT j.info.a, i.y, o FROM d.jobs j, j.items AS i WITH OFFSET AS o', 'a INT64, y STRING, o INT64'],
	['SELECT * EXCEPT (items, info) REPLACE (CAST(job_id AS STRING) AS job_id) FROM d.jobs', 'job_id STRING, page STRING, run DATE'],
	['SELECT 1 AS n UNION ALL SELECT 1.5', 'n FLOAT64'],
	['SELECT d.plus(1, 2) AS a, d.same(DATE "2025-01-01") AS b, d.same("x") AS c', 'a INT64, b DATE, c STRING'],
	['SELECT * FROM d.of_page("x")', 'job_id INT64, run DATE'],
	['SELECT APPROX_QUANTILES(job_id, 100)[OFFSET(50)] AS m, SAFE_DIVIDE(SUM(job_id), COUNT(*)) AS r FROM d.jobs', 'm INT64, r FLOAT64'],
	['SELECT ARRAY(SELECT AS STRUCT x FROM UNNEST(items)) AS xs FROM d.jobs', 'xs ARRAY<STRUCT<x INT64>>'],
	['SELECT IF(TRUE, NULL, run) AS r, COALESCE(NULL, page) AS p, [] AS e FROM d.jobs', 'r DATE, p STRING, e ARRAY<INT64>'],
	['WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r', 'n INT64'],
])('columns of %s', (sql, columns) => {
	expect(analyze(sql).columns.map(({name, type}) => `${name} ${typeText(type)}`).join(', ')).toBe(columns);
});

const variables = new Map<string, SqlType>([['job_id', int64], ['v_id', int64]]);

/** What the paths of a query mean, in the order of its clauses. */
function referencesOf(sql: string): readonly Reference[] {
	const statement = parseStatement(sql);
	const analysis = analyzeStatement(statement, catalog.options(sql, {variables}));
	const found: Reference[] = [];
	walk(statement, node => {
		if (node.kind === 'path-expression') found.push(analysis.referenceOf(node as PathExpression));
	});
	return found;
}

test('a column wins over a variable of the same name', () => {
	const kinds = referencesOf('SELECT 1 FROM d.jobs WHERE job_id = job_id AND job_id = v_id').map(({kind}) => kind);
	expect(kinds).toEqual(['column', 'column', 'column', 'variable']);
});

test('a column of an enclosing query is correlated, an alias in ORDER BY is an alias', () => {
	const references = referencesOf('SELECT (SELECT MAX(i.x) FROM UNNEST(j.items) i WHERE i.x = j.job_id) AS m FROM d.jobs j ORDER BY m');
	expect(references.filter(reference => 'isCorrelated' in reference && reference.isCorrelated).map(reference => (reference.kind === 'column' ? reference.column : reference.kind))).toEqual(['items', 'job_id']);
	expect(references.at(-1)!.kind).toBe('select-alias');
});

test.each([
	['SELECT jobid FROM d.jobs', 'Unrecognized name: jobid; Did you mean job_id? at [1:8]'],
	['SELECT 1 FROM d.nothing', 'Not found: Table p:d.nothing was not found in location US'],
	['SELECT foo(1)', 'Function not found: foo at [1:8]'],
	['SELECT d.plus(1)', 'Number of arguments does not match for function d.plus. Supported signature: d.plus(INT64, INT64) at [1:8]'],
	['SELECT * FROM d.of_page(1)', 'Invalid argument type for table-valued function d.of_page: argument 1 has type INT64, expected STRING at [1:25]'],
	['SELECT 1 FROM d.jobs WHERE run = page', 'No matching signature for operator = for argument types: DATE, STRING. Supported signature: ANY = ANY at [1:28]'],
	['SELECT CURRENT_TIMESTAMP("America/Los_Angeles")', 'Number of arguments does not match for function CURRENT_TIMESTAMP. Supported signature: CURRENT_TIMESTAMP() at [1:8]'],
	['SELECT ARRAY_AGG(DISTINCT page ORDER BY job_id) FROM d.jobs', 'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function'],
	['SELECT ARRAY_AGG(page ORDER BY MAX(job_id)) FROM d.jobs', 'Aggregations of aggregations are not allowed'],
	['SELECT page, COUNT(*) FROM d.jobs', 'SELECT list expression references column page which is neither grouped nor aggregated at [1:8]'],
	['SELECT job_id FROM d.jobs a, d.jobs b', 'Column name job_id is ambiguous at [1:8]'],
	['INSERT INTO d.jobs (job_id, page) SELECT 1', 'Inserted row has wrong column count; Has 1, expected 2'],
	['UPDATE d.jobs SET run = page WHERE TRUE', 'Value of type STRING cannot be assigned to run, which has type DATE at [1:25]'],
	['SELECT TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 WEEK)', 'TIMESTAMP_SUB does not support the WEEK date part when the argument is TIMESTAMP type at [1:8]'],
	['CALL d.close(1)', 'Number of arguments does not match for procedure d.close. Supported signature: d.close(p_id INT64, OUT p_done BOOL)'],
	['CALL d.close(1, @done)', "Query parameter 'done' not found at [1:17]"],
	['SELECT @@maximum_bytes_billed', 'Unrecognized name: @@maximum_bytes_billed at [1:8]'],
])('refuses %s', (sql, message) => {
	expect(() => analyze(sql)).toThrow(message);
});

test('a procedure body is checked against its arguments, variables and the tables it makes', () => {
	const sql = `CREATE PROCEDURE d.work(p_id INT64, OUT p_n INT64) BEGIN
  DECLARE v_page STRING DEFAULT (SELECT page FROM d.jobs WHERE job_id = p_id);
  CREATE OR REPLACE TEMP TABLE work_rows AS SELECT job_id, run FROM d.jobs;
  SET p_n = (SELECT COUNT(*) FROM work_rows WHERE run > '2025-01-01');
  FOR r IN (SELECT job_id FROM work_rows) DO
    UPDATE d.jobs SET page = v_page WHERE job_id = r.job_id;
    INSERT INTO work_rows (job_id, run) VALUES (r.job_id, r.run);
  END FOR;
  SET v_other = 1;
END`;
	const statement = parseStatement(sql);
	const messages = statement.kind === 'create-procedure' ? analyzeProcedureBody(statement, catalog.options(sql)).map(({message}) => message) : [];
	expect(messages).toEqual(['Field name run does not exist in STRUCT<job_id INT64> at [7:61]', 'Undeclared variable: v_other at [9:7]']);
});

test('a script sees the variables and columns that earlier statements made', () => {
	const sql = "DECLARE x DEFAULT 1; ALTER TABLE d.jobs ADD COLUMN note STRING; SELECT note, x FROM d.jobs; SET x = 'a'";
	expect(analyzeScript(parseScript(sql).statements, catalog.options(sql)).map(({message}) => message)).toEqual(['Cannot coerce expression of type STRING to type INT64 at [1:101]']);
});

test('coercions are noted where a value takes another type', () => {
	const sql = "INSERT INTO d.jobs (job_id, run) VALUES (1, '2025-01-31')";
	const statement = parseStatement(sql);
	const analysis = analyzeStatement(statement, catalog.options(sql));
	const [row] = statement.kind === 'insert' && statement.source.kind === 'insert-values' ? statement.source.rows : [];
	expect(row!.values.map(value => analysis.coercionOf(value))).toEqual([undefined, {kind: 'scalar', name: 'DATE'}]);
	expect(analysis.referencedTables.map(({path}) => path.join('.'))).toEqual(['d.jobs']);
});
