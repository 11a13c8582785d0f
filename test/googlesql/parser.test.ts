import {expect, test} from 'vitest';
import {parseExpression, parseQuery, parseScript, parseStatement, sourceOf, statementTypeOf, walk} from '../../source/googlesql/index.js';

test.each([
	'SELECT s.x.*, t.* EXCEPT (a, b) REPLACE (c + 1 AS c), FROM `p-x.d.t` AS t',
	'WITH RECURSIVE r AS ((SELECT 1 AS n) UNION ALL SELECT n + 1 FROM r) SELECT * FROM r ORDER BY 1 DESC NULLS LAST LIMIT 10 OFFSET 5',
	'SELECT * FROM t, t.items AS i WITH OFFSET AS o LEFT JOIN UNNEST(i.z) z ON TRUE JOIN (SELECT 1 AS k) USING (k) CROSS JOIN p.d.f(TABLE x.y, 1, (SELECT 2)) f',
	'SELECT * FROM my-project.d.t FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)',
	"SELECT * FROM (SELECT * FROM q) PIVOT(SUM(v) AS s, COUNT(*) AS c FOR k IN ('a' AS aa, 'b')) AS pv",
	'SELECT * FROM u UNPIVOT INCLUDE NULLS (val FOR name IN (c1, c2))',
	'SELECT a FROM t GROUP BY GROUPING SETS ((a, b), ROLLUP(c), ()) HAVING COUNT(*) > 1 QUALIFY RANK() OVER w = 1 WINDOW w AS (PARTITION BY a ORDER BY b ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)',
	'SELECT AS STRUCT 1 AS a',
	'SELECT ((SELECT 1) + 1), ((SELECT 1) UNION ALL (SELECT 2))',
	'(SELECT 1) UNION ALL (SELECT 2) ORDER BY 1',
	'CREATE OR REPLACE TABLE `p.d.t` (a INT64 NOT NULL DEFAULT 3 OPTIONS(description="x"), b STRUCT<x ARRAY<STRUCT<y INT64>>>, PRIMARY KEY (a) NOT ENFORCED) PARTITION BY DATE(ts) CLUSTER BY a OPTIONS(labels=[("a","b")])',
	'CREATE SNAPSHOT TABLE IF NOT EXISTS a.b CLONE c.d FOR SYSTEM_TIME AS OF ts OPTIONS(expiration_timestamp=ts)',
	'CREATE TABLE a.c CLONE d.e', 'CREATE TABLE a.b LIKE c.d', 'CREATE TEMP TABLE tt AS SELECT 1 AS x',
	'CREATE AGGREGATE FUNCTION g(a INT64, b INT64 NOT AGGREGATE) AS (SUM(a) * b)',
	'CREATE TABLE FUNCTION tf(a INT64, t TABLE<x INT64>) RETURNS TABLE<x INT64> AS SELECT x FROM t',
	"CREATE PROCEDURE pr(IN a INT64, OUT b STRING, INOUT c ARRAY<STRUCT<d DATE>>, e INT64) OPTIONS(strict_mode=FALSE) BEGIN DECLARE z INT64; SET b = 'x'; END",
	'ALTER TABLE t ADD COLUMN IF NOT EXISTS a INT64, ADD COLUMN b STRING', 'ALTER SCHEMA s SET OPTIONS(labels=[("a", "b")])', 'ALTER TABLE t ALTER COLUMN a SET DATA TYPE NUMERIC',
	'DROP TABLE FUNCTION IF EXISTS a.b', 'DROP SCHEMA s CASCADE', 'TRUNCATE TABLE t',
	'MERGE INTO t USING (SELECT 1) s ON t.a = s.a WHEN MATCHED AND x THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1) WHEN NOT MATCHED BY SOURCE THEN DELETE',
	'EXPORT DATA OPTIONS(uri="x") AS SELECT 1', 'LOAD DATA OVERWRITE a.b FROM FILES(format="CSV")',
	'lab: LOOP BREAK lab; END LOOP lab', 'REPEAT SET x = 1; UNTIL x > 2 END REPEAT', 'FOR r IN (SELECT 1 AS a) DO SELECT r.a; END FOR',
	'BEGIN SELECT 1; EXCEPTION WHEN ERROR THEN RAISE; END', "RAISE USING MESSAGE = 'x'", "EXECUTE IMMEDIATE 'SELECT ?' INTO x USING 1 AS a, y", 'SET (x, y) = (1, 2)', "SET @@time_zone = 'UTC'",
	"SELECT CAST(x AS STRING FORMAT 'YYYY' AT TIME ZONE 'UTC'), EXTRACT(DATE FROM ts AT TIME ZONE 'UTC'), DATE_TRUNC(d, WEEK(MONDAY)), INTERVAL x - 1 DAY, x NOT IN UNNEST([1]), ARRAY_FILTER(a, e -> e > 1)",
])('accepts %s', sql => {
	const {statements: [statement]} = parseScript(`${sql};`);
	expect(sourceOf(sql, statement!)).toBe(sql);
});

test.each([
	['IF TRUE THEN SELECT 1; ELSIF FALSE THEN SELECT 2; END IF', 'Syntax error: Unexpected identifier "ELSIF" at [1:24]'],
	['SELECT a FROM', 'Syntax error: Unexpected end of statement at [1:14]'],
	['SELECT COUNT(*) FILTER (WHERE b) FROM t', 'Syntax error: Expected end of input but got "(" at [1:24]'],
	['INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING', 'Syntax error: Expected end of input but got keyword ON at [1:30]'],
	['SELECT 1 UNION SELECT 2', 'Syntax error: Expected keyword ALL or keyword DISTINCT but got keyword SELECT at [1:16]'],
	['CREATE FUNCTION f() AS (SELECT 1)', 'Syntax error: The body of each CREATE FUNCTION statement is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression at [1:25]'],
	['BEGIN SELECT 1; DECLARE x INT64; END', 'Variable declarations are allowed only at the start of a block or script at [1:17]'],
	['BREAK', 'BREAK is only allowed inside of a loop body at [1:1]'],
	['a: LOOP BREAK b; END LOOP', 'Undefined label b at [1:15]'],
	['DECLARE x INT64; DECLARE X STRING', "Variable 'X' redeclaration at [1:26]"],
	['SELECT a = b = c', 'Syntax error: Unexpected "=" at [1:14]'],
	['BEGIN SELECT 1 END', 'Syntax error: Expected ";" but got keyword END at [1:16]'],
])('refuses %s', (sql, message) => {
	expect(() => parseScript(sql)).toThrow(message);
});

test('operators bind as documented', () => {
	const text = (sql: string): string => {
		const show = (node: ReturnType<typeof parseExpression>): string => (node.kind === 'binary' ? `(${show(node.left)}${node.operator}${show(node.right)})` : node.kind === 'unary' ? `${node.operator}(${show(node.operand)})` : node.kind === 'path-expression' ? node.names.map(({name}) => name).join('.') : node.kind);
		return show(parseExpression(sql));
	};

	expect(text('a + b * c || d')).toBe('(a+((b*c)||d))');
	expect(text('a OR b AND NOT c = d')).toBe('(aOR(bANDNOT((c=d))))');
	expect(text('a | b ^ c & d << e + f')).toBe('(a|(b^(c&(d<<(e+f)))))');
	expect(text('-a * b')).toBe('(-(a)*b)');
});

test('backquoted paths split at their dots', () => {
	const query = parseQuery('SELECT 1 FROM `of-x.region-us`.INFORMATION_SCHEMA.JOBS');
	const paths: string[][] = [];
	walk(query, node => {
		if (node.kind === 'table-reference') paths.push((node as unknown as {path: {parts: {name: string}[]}}).path.parts.map(({name}) => name));
	});
	expect(paths).toEqual([['of-x', 'region-us', 'INFORMATION_SCHEMA', 'JOBS']]);
});

test('statement types are those of jobs', () => {
	expect(['SELECT 1', 'CREATE TABLE a.b AS SELECT 1 AS x', 'DROP VIEW a', 'MERGE t USING s ON TRUE WHEN MATCHED THEN DELETE', 'BEGIN TRANSACTION', 'IF TRUE THEN SELECT 1; END IF'].map(sql => statementTypeOf(parseStatement(sql)))).toEqual([
		'SELECT', 'CREATE_TABLE_AS_SELECT', 'DROP_VIEW', 'MERGE', 'BEGIN_TRANSACTION', 'SCRIPT',
	]);
});
