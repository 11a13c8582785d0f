import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {formatFinding} from '../../source/lint/finding.js';
import {lintShell} from '../../source/lint/lint-shell.js';
import {lintSql} from '../../source/lint/lint-sql.js';

const root = path.resolve(import.meta.dirname, '../..');
const t = '`${dataset}.t`';

const rulesOf = (sql: string): readonly string[] => lintSql('x.sql', sql).map(({rule}) => rule);
const shellRulesOf = (body: string, head = '#!/usr/bin/env bash\nset -euo pipefail\n'): readonly string[] => lintShell('x.sh', `${head}${body}\n`).map(({rule}) => rule);

const rejected: readonly (readonly [rule: string, sql: string])[] = [
	['drop-permanent', `DROP TABLE ${t}`],
	['drop-permanent', 'DROP PROCEDURE IF EXISTS `${dataset}.p`'],
	['drop-permanent', 'CREATE OR REPLACE PROCEDURE `${dataset}.p`()\nBEGIN\n  DROP VIEW `${dataset}.v`;\nEND'],
	['drop-permanent', 'EXECUTE IMMEDIATE "DROP TABLE `p.d.t`"'],
	['drop-permanent', 'EXECUTE IMMEDIATE "DROP " || "TABLE `p.d.t`"'],
	['drop-temporary', 'CREATE TEMP TABLE w AS SELECT 1 AS x; DROP TABLE w;'],
	['truncate', `TRUNCATE TABLE ${t}`],
	['delete-without-where', `DELETE FROM ${t}`],
	['delete-without-where', `DELETE FROM ${t} WHERE TRUE`],
	['delete-without-where', `DELETE FROM ${t} WHERE 1 = 1 OR a = 2`],
	['update-without-where', `UPDATE ${t} SET a = 1`],
	['update-without-where', `UPDATE ${t} SET a = 1 WHERE NOT FALSE`],
	['self-comparison', `SELECT a FROM ${t} WHERE job_id = JOB_ID`],
	['replace-table', `CREATE OR REPLACE TABLE ${t} (a INT64)`],
	['alter-destructive', `ALTER TABLE ${t} DROP COLUMN a`],
	['alter-destructive', `ALTER TABLE ${t} ALTER COLUMN a SET DATA TYPE STRING`],
	['alter-destructive', `ALTER TABLE ${t} RENAME TO u`],
	['merge-delete-unmatched', `MERGE ${t} AS x USING \`\${dataset}.s\` AS s ON x.a = s.a WHEN NOT MATCHED BY SOURCE THEN DELETE`],
	['load-overwrite', `LOAD DATA OVERWRITE ${t} FROM FILES (format = 'CSV', uris = ['gs://b/f'])`],
	['session-setting', 'SET @@time_zone = "UTC"'],
	['session-setting', 'CREATE SESSION'],
	['at-time-zone', 'SELECT CURRENT_TIMESTAMP() AT TIME ZONE "America/Los_Angeles" AS la'],
	['foreign-dialect', `INSERT INTO ${t} (a) VALUES (1) ON CONFLICT DO NOTHING`],
	['foreign-dialect', `CREATE INDEX i ON ${t} (a)`],
	['foreign-dialect', 'BEGIN IF TRUE THEN SELECT 1; ELSIF FALSE THEN SELECT 2; END IF; END'],
	['foreign-dialect', 'SELECT COUNT(*) FILTER (WHERE a > 1) FROM `p.d.t`'],
	['foreign-dialect', 'DECLARE v_x INT64; SELECT 1 INTO v_x;'],
	['division', `SELECT a / b FROM ${t}`],
	['dynamic-sql', 'DECLARE v_sql STRING DEFAULT "SELECT 1"; EXECUTE IMMEDIATE v_sql;'],
	['select-star', `CREATE OR REPLACE VIEW \`\${dataset}.v\` AS SELECT * FROM ${t}`],
	['insert-without-columns', `INSERT INTO ${t} VALUES (1)`],
	['unqualified-table', 'SELECT a FROM orders'],
	['unqualified-table', 'SELECT table_name FROM INFORMATION_SCHEMA.TABLES'],
	['unprefixed-name', 'DECLARE page_name STRING;'],
	['placeholder', 'SELECT a FROM `${datset}.t`'],
	['syntax', 'SELECT FROM WHERE'],
];

const accepted: readonly (readonly [what: string, sql: string])[] = [
	['a comment', `-- DROP TABLE x; TRUNCATE y\n/* DELETE FROM z */ # AT TIME ZONE\nSELECT a FROM ${t}`],
	['a string', `SELECT 'DROP TABLE x' AS s, "TRUNCATE y" AS d, r'\\DELETE' AS r, """AT TIME\nZONE""" AS t`],
	['a quoted name', 'SELECT `drop table` FROM `${dataset}.truncate`'],
	['EXTRACT at a zone', `SELECT EXTRACT(HOUR FROM s AT TIME ZONE '\${timezone}') AS h FROM ${t}`],
	['CAST at a zone', `SELECT CAST(s AS STRING FORMAT 'YYYY' AT TIME ZONE 'UTC') AS y FROM ${t}`],
	['a temporary table', 'CREATE OR REPLACE TEMP TABLE w AS SELECT 1 AS x; SELECT x FROM w;'],
	['a real condition', `DELETE FROM ${t} WHERE a < 3; UPDATE ${t} SET a = 1 WHERE b = 2;`],
	['a CTE and an array', `WITH c AS (SELECT k.items FROM ${t} AS k) SELECT i FROM c, c.items AS i`],
	['an added column', `ALTER TABLE ${t} ADD COLUMN IF NOT EXISTS a INT64`],
	['a guarded merge', `MERGE ${t} AS x USING \`\${dataset}.s\` AS s ON x.a = s.a WHEN MATCHED THEN UPDATE SET b = s.b WHEN NOT MATCHED BY SOURCE AND x.b > 1 THEN DELETE`],
	['literal division', `SELECT a / 2 AS half, SAFE_DIVIDE(a, b) AS part FROM ${t}`],
	['an allowed restore', `-- lint-allow: replace-table restore from a proven backup\nCREATE OR REPLACE TABLE ${t} CLONE \`\${dataset}.b\``],
];

describe('the safety lint of SQL', () => {
	it.each(rejected)('finds %s in %s', (rule, sql) => {
		expect(rulesOf(sql)).toContain(rule);
	});

	it.each(accepted)('lets %s pass', (_what, sql) => {
		expect(lintSql('x.sql', sql)).toEqual([]);
	});

	it('points at path, line and column of the file, placeholders included', () => {
		const [found] = lintSql('sql/x.sql', `SELECT a FROM ${t};\n  DROP TABLE ${t};`);
		expect(formatFinding(found!)).toMatch(/^sql\/x\.sql:2:3 drop-permanent /);
	});

	it('finds no error in our own sql/', () => {
		const files = readdirSync(path.join(root, 'sql'), {recursive: true, encoding: 'utf8'}).filter(file => file.endsWith('.sql'));
		expect(files.length).toBeGreaterThan(40);
		expect(files.flatMap(file => lintSql(file, readFileSync(path.join(root, 'sql', file), 'utf8'))).filter(({severity}) => severity === 'error').map(finding => formatFinding(finding))).toEqual([]);
	});
});

describe('the safety lint of shell scripts', () => {
	it.each([
		['bq-rm', 'bq --project_id=p rm -f -t d.t'],
		['bq-cp-force', 'bq cp -f a.b c.d'],
		['gsutil-rm', 'gsutil -m rm gs://bucket/x'],
		['arithmetic-exit', 'n=0\n((n++))'],
		['ignored-failure', 'bq query --use_legacy_sql=false < x.sql || true'],
		['read-without-terminal', 'read -p "Go on? " answer'],
		['gnu-only', 'grep -P "\\d" file'],
		['relative-cd', 'cd ../sql'],
		['schedule-time-zone', 'bq mk --transfer_config --schedule_timezone=America/Los_Angeles'],
		['drop-permanent', 'bq query --use_legacy_sql=false "\nDROP PROCEDURE IF EXISTS \\`p.d.x\\`;\n"'],
		['delete-without-where', 'bq query --use_legacy_sql=false <<SQL\nDELETE FROM \\`${PROJECT}.d.t\\` WHERE TRUE\nSQL'],
		['bq-rm', 'echo "$(bq rm -f d.t)"'],
	])('finds %s in %j', (rule, body) => {
		expect(shellRulesOf(body)).toContain(rule);
	});

	it('wants a shebang, an end at the first failure, and pipefail before tee', () => {
		expect(shellRulesOf('echo a', '')).toEqual(['shebang', 'no-error-exit']);
		expect(shellRulesOf('bq ls | tee log', '#!/bin/bash\nset -e\n')).toEqual(['tee-without-pipefail']);
	});

	it.each([
		['text', 'echo "bq rm d.t" \'gsutil rm x\''],
		['a comment', '# bq rm d.t; cd ../sql'],
		['a document', 'cat <<\'DOC\'\nbq rm d.t\nDROP TABLE x\nDOC'],
		['a condition', 'if ((n > 0)); then echo a; fi'],
		['a sum that assigns', 'n=$((n + 1))'],
		['an own folder', 'cd "$(dirname "$0")"'],
		['a guarded read', 'if [ -t 0 ]; then\n  read -p "Go on? " answer\nfi'],
		['an allowed line', '# lint-allow: bq-rm scratch dataset of this test\nbq rm -f -t d.t'],
	])('lets %s pass', (_what, body) => {
		expect(shellRulesOf(body)).toEqual([]);
	});
});
