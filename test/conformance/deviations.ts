// Where our verdict differs from ZetaSQL's on purpose: what the analyzer knows with all its features on is not what BigQuery takes, and
// the server that gives the verdicts checks statements, not the rules of blocks.

const dynamicBlock = 'block rules of scripts are checked by BigQuery when it parses a script; the verdict is on statements';

export const deviations: Readonly<Record<string, string>> = {
	'SELECT f = n, s || a FROM `p.d.t`': 'BigQuery documents || for STRING and BYTES only',
	'SELECT CONCAT(s, a) FROM `p.d.t`': 'BigQuery documents CONCAT for STRING and BYTES only',
	'SELECT arr = arr FROM `p.d.t`': 'BigQuery documents no equality for ARRAY',
	'SELECT MAX(arr) FROM `p.d.t`': 'BigQuery documents MAX for all types but ARRAY, STRUCT, GEOGRAPHY and JSON',
	'SELECT PERCENTILE_CONT(f, 0.5) FROM `p.d.t`': 'BigQuery documents PERCENTILE_CONT as a window function',
	'SELECT DATE_SUB(d, INTERVAL a DAY), d - 1, d + a, TIMESTAMP_ADD(ts, INTERVAL 90 MINUTE), ts - INTERVAL 1 DAY FROM `p.d.t`': 'BigQuery has INTERVAL arithmetic',
	'SELECT d - d, ts - ts FROM `p.d.t`': 'BigQuery has INTERVAL arithmetic',
	'CREATE OR REPLACE TABLE `p.d.z` PARTITION BY s AS SELECT d, s FROM `p.d.t`': 'what a table may be partitioned by is a rule of BigQuery, not of the language',
	'SELECT 1 AS select_it FROM `p.d.t` GROUP BY ALL': 'BigQuery has GROUP BY ALL',
	'SELECT s, d, COUNT(*), GROUPING(s) FROM `p.d.t` GROUP BY GROUPING SETS ((s), (s, d), ())': 'BigQuery has GROUPING',
	'SELECT MIN_BY(s, a), MAX_BY(s, d) FROM `p.d.t`': 'BigQuery has MIN_BY and MAX_BY',
	'SELECT 1; DECLARE x INT64': dynamicBlock,
	'BEGIN SELECT 1; DECLARE x INT64; END': dynamicBlock,
	BREAK: dynamicBlock,
	RAISE: dynamicBlock,
	'DECLARE x INT64; DECLARE x STRING': dynamicBlock,
};
