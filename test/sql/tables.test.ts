// Tables: what they are made of, older shapes that gain columns and keep their rows, and holidays of any year.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {renderTemplate} from '../../source/objects/template.js';
import {names, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

it.each([
	['mass_messages', 'DATE(sending_time)', 'page_name, caption_id', ''], ['caption_bank', '', 'price_tier, content_category', ''], ['caption_bandit_stats', 'DATE(last_updated)', 'page_name, caption_id, last_used', ''],
	['active_caption_assignments', 'scheduled_send_date', 'page_name, is_active, caption_id', ''], ['schedule_recommendations', 'DATE(created_at)', 'page_name, schedule_id', ''], ['schedule_export_log', 'DATE(export_timestamp)', 'page_name, status', 'partition_expiration_days=90'],
	['automation_job_runs', 'DATE(job_start_time)', 'job_name, job_status', ''], ['creator_processing_errors', 'DATE(error_time)', 'job_id, page_name', ''], ['schedule_generation_queue', 'execution_date', 'status, page_name', ''],
	['automation_alerts', 'DATE(alert_time)', 'alert_level, alert_source, acknowledged', ''], ['lock_sweep_log', 'DATE(sweep_time)', '', ''], ['health_checks', 'DATE(check_time)', '', 'partition_expiration_days=180'],
	['caption_selector_results', 'DATE(created_at)', 'page_name', 'partition_expiration_days=7'], ['creator_caption_restrictions', 'DATE(updated_at)', 'page_name, is_active', ''],
])('%s is partitioned and clustered as it is asked', async (table, partition, cluster, option) => {
	const {ddl} = await sql.row<{ddl: string}>(`SELECT ddl FROM eros.INFORMATION_SCHEMA.TABLES WHERE table_name = '${table}'`);
	const line = (start: string) => ddl.split('\n').find(text => text.startsWith(start))?.slice(start.length).replaceAll(/\s+/g, ' ').replace(/;$/, '').trim() ?? '';
	expect([line('PARTITION BY'), line('CLUSTER BY')]).toEqual([partition, cluster]);
	expect(ddl.replaceAll(' = ', '=')).toContain(option === '' ? 'description' : option);
});

it.each([
	['caption_bank', ['caption_id', 'caption_text']], ['caption_bandit_stats', ['caption_id', 'page_name']], ['active_caption_assignments', ['assigned_date', 'caption_id', 'caption_text', 'page_name']],
	['schedule_recommendations', ['created_at', 'page_name', 'schedule_id', 'schedule_json', 'week_start']], ['schedule_export_log', ['export_timestamp', 'page_name', 'schedule_id']], ['automation_job_runs', ['job_id', 'job_name', 'job_start_time']],
	['health_checks', ['check_time']], ['caption_selector_results', ['created_at', 'page_name']], ['holiday_calendar', ['holiday_date', 'holiday_name']], ['creator_caption_restrictions', ['is_active', 'page_name', 'updated_at', 'version']],
	['caption_filter_audit_log', ['filtered_at']], ['daily_query_costs', ['cost_date']], ['mass_messages', []], ['feature_flags', []], ['lock_sweep_log', []],
])('%s requires the columns %j', async (table, required) => {
	const found = await sql.rows<{name: string}>(`SELECT column_name AS name FROM eros.INFORMATION_SCHEMA.COLUMNS WHERE table_name = '${table}' AND is_nullable = 'NO' ORDER BY name`);
	expect(found.map(({name}) => name)).toEqual(required);
});

it('the rules and the allow-list in force are the newest active version of a page', async () => {
	const rows = (extra: string) => `SELECT 'page_01', version, is_active, TIMESTAMP_ADD(TIMESTAMP '2025-11-01 00:00:00+00', INTERVAL hour HOUR)${extra} FROM UNNEST([STRUCT(1 AS version, TRUE AS is_active, 5 AS hour), (2, TRUE, 1), (2, TRUE, 2), (3, FALSE, 9)])`;
	await sql.rows(`INSERT INTO eros.creator_caption_restrictions (page_name, version, is_active, updated_at, restriction_text) ${rows(', CONCAT(CAST(version AS STRING), \'/\', CAST(hour AS STRING))')};
		INSERT INTO eros.creator_allowed_profile (page_name, version, is_active, updated_at, updated_by) ${rows(', CONCAT(CAST(version AS STRING), \'/\', CAST(hour AS STRING))')};
		INSERT INTO eros.creator_caption_restrictions (page_name, version, is_active, updated_at, applies_to_scope, min_ppv_pool, min_bump_pool) SELECT 'page_02', 1, TRUE, CURRENT_TIMESTAMP(), 'PPV_ONLY', 3, 4`);
	expect(await sql.rows('SELECT page_name, restriction_text, applies_to_scope, min_ppv_pool, min_bump_pool FROM eros.active_creator_caption_restrictions_v ORDER BY page_name')).toEqual([
		{page_name: 'page_01', restriction_text: '2/2', applies_to_scope: 'ALL', min_ppv_pool: 200, min_bump_pool: 50}, {page_name: 'page_02', restriction_text: null, applies_to_scope: 'PPV_ONLY', min_ppv_pool: 3, min_bump_pool: 4},
	]);
	expect(await sql.rows('SELECT page_name, updated_by FROM eros.active_creator_allowed_profile_v')).toEqual([{page_name: 'page_01', updated_by: '2/2'}]);
});

it('a table of schedules that lacks even its key gains it', async () => {
	const bare = await startSql({isDeployed: false});
	try {
		await bare.rows('CREATE TABLE eros.schedule_recommendations (run_name STRING); INSERT INTO eros.schedule_recommendations (run_name) VALUES (\'kept\')');
		await bare.deploy();
		expect(await bare.row('SELECT run_name, schedule_id, page_name, created_at FROM eros.schedule_recommendations')).toEqual({run_name: 'kept', schedule_id: null, page_name: null, created_at: null});
	} finally {
		await bare.close();
	}
});

it('an alert gets an id and stands unacknowledged by default; an arm starts at the prior', async () => {
	const ddl = async (table: string) => (await sql.row<{ddl: string}>(`SELECT ddl FROM eros.INFORMATION_SCHEMA.TABLES WHERE table_name = '${table}'`)).ddl;
	expect(await ddl('automation_alerts')).toMatch(/alert_id STRING DEFAULT GENERATE_UUID\(\)[\s\S]*acknowledged BOOL DEFAULT FALSE/);
	expect(await ddl('caption_bandit_stats')).toMatch(/successes INT64 DEFAULT 1 [\s\S]*failures INT64 DEFAULT 1 [\s\S]*total_observations INT64 DEFAULT 0[\s\S]*PRIMARY KEY \(caption_id, page_name\) NOT ENFORCED/);
});

describe('tables of the former release', () => {
	it('keep their rows and gain the columns they lack', async () => {
		const former = await startSql({isDeployed: false});
		try {
			const folder = path.resolve(import.meta.dirname, '../../sql/sample/former/tables');
			for (const file of (await readdir(folder)).sort()) {
				await former.rows(renderTemplate({path: file, text: await readFile(path.join(folder, file), 'utf8')}, names));
			}

			await former.rows(`INSERT INTO eros.caption_bank (caption_id, caption_text) VALUES (1, 'kept');
				INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES ('page_01', 1, 'kept', DATE '2025-11-01', DATE '2025-11-02', TRUE);
				INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes) VALUES (1, 'page_01', 7);
				INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, total_messages) VALUES ('s', 'page_01', CURRENT_TIMESTAMP(), DATE '2025-10-27', 20);
				INSERT INTO eros.mass_messages (row_id, page_name, sending_time, sent_count) VALUES (1, 'page_01', CURRENT_TIMESTAMP(), 5);
				INSERT INTO eros.holiday_calendar (holiday_date, holiday_name) VALUES (DATE '2025-12-25', 'Christmas'), (DATE '2025-12-26', 'Our own');
				INSERT INTO eros.feature_flags (flag, is_enabled) VALUES ('caption_restrictions_enabled', FALSE)`);
			await former.deploy();
			expect(await former.row(`SELECT (SELECT COUNT(*) FROM eros.caption_bank WHERE caption_text = 'kept') AS bank, (SELECT SUM(successes) FROM eros.caption_bandit_stats) AS arms, (SELECT COUNT(*) FROM eros.mass_messages) AS messages,
				(SELECT MAX(schedule_id) FROM eros.schedule_recommendations) AS schedule, (SELECT LOGICAL_OR(is_enabled) FROM eros.feature_flags WHERE flag = 'caption_restrictions_enabled') AS flag`)).toEqual({bank: 1, arms: 7, messages: 1, schedule: 's', flag: false});
			// A date that stands keeps its name and gains what it lacks; a row of people's own stays.
			expect(await former.rows('SELECT holiday_name AS name, saturation_impact_factor AS factor FROM eros.holiday_calendar WHERE holiday_date BETWEEN \'2025-12-25\' AND \'2025-12-26\' ORDER BY holiday_date')).toEqual([{name: 'Christmas', factor: 0.6}, {name: 'Our own', factor: null}]);
			const columns = async (from: Sql) => from.rows<{name: string}>(`SELECT CONCAT(c.table_name, '.', column_name) AS name FROM eros.INFORMATION_SCHEMA.COLUMNS AS c JOIN eros.INFORMATION_SCHEMA.TABLES AS t ON t.table_name = c.table_name AND t.table_type = 'BASE TABLE' ORDER BY name`);
			const after = new Set((await columns(former)).map(({name}) => name));
			expect((await columns(sql)).map(({name}) => name).filter(name => !after.has(name))).toEqual([]);
			// And the objects work on them.
			expect(await former.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({locks_expired_past_date: 1});
		} finally {
			await former.close();
		}
	});
});

describe('holidays', () => {
	it('fall on Easter as the church reckons it', async () => {
		const easter = ['2020-04-12', '2021-04-04', '2022-04-17', '2023-04-09', '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28', '2028-04-16', '2029-04-01', '2030-04-21', '2031-04-13', '2032-03-28', '2033-04-17', '2034-04-09', '2035-03-25', '2036-04-13', '2037-04-05', '2038-04-25', '2039-04-10', '2040-04-01'];
		expect((await sql.rows<{day: string}>('SELECT holiday_date AS day FROM eros.holiday_calendar WHERE holiday_name = \'Easter Sunday\' AND holiday_date < \'2041-01-01\' ORDER BY day')).map(({day}) => day)).toEqual(easter);
	});

	it.each([['Thanksgiving', '2024-11-28'], ['Thanksgiving', '2029-11-22'], ['Memorial Day', '2027-05-31'], ['Memorial Day', '2028-05-29'], ['Labor Day', '2026-09-07'], ['Martin Luther King Day', '2024-01-15'], ['Black Friday', '2024-11-29'], ['Mother\'s Day', '2026-05-10']])('%s is on %s', async (name, day) => {
		expect((await sql.rows<{day: string}>(`SELECT holiday_date AS day FROM eros.holiday_calendar WHERE holiday_name = "${name}" AND EXTRACT(YEAR FROM holiday_date) = ${day.slice(0, 4)}`)).map(row => row.day)).toEqual([day]);
	});

	it('are there for any year: a deployment reaches 15 years ahead of its own', async () => {
		const years = async () => sql.row('SELECT MIN(EXTRACT(YEAR FROM holiday_date)) AS first, MAX(EXTRACT(YEAR FROM holiday_date)) AS last FROM eros.holiday_calendar');
		expect(await years()).toEqual({first: 2020, last: 2040});
		await sql.at('2035-06-01T12:00:00Z');
		await sql.deploy();
		expect(await years()).toEqual({first: 2020, last: 2050});
	});

	it('that meet on a day count once, by the one that weighs more', async () => {
		expect(await sql.rows('SELECT holiday_name AS name, saturation_impact_factor AS factor FROM eros.holiday_calendar WHERE holiday_date = \'2022-06-19\'')).toEqual([{name: 'Father\'s Day', factor: 0.9}]);
	});
});
