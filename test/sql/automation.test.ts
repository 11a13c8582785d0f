// The daily automation and the health check: domain sections 5.6 and 8.2.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {captions, messages, monday, renderSql, scheduledBody, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});
const tables = ['mass_messages', 'caption_bank', 'caption_bandit_stats', 'active_caption_assignments', 'automation_alerts', 'lock_sweep_log', 'automation_job_runs', 'schedule_generation_queue', 'creator_processing_errors', 'health_checks'];
beforeEach(async () => {
	await sql.drive.set(monday);
	await sql.rows(tables.map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
});

const yesterday = 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)';
const runs = async () => sql.rows('SELECT job_status, creators_processed, creators_failed FROM eros.automation_job_runs ORDER BY job_start_time, job_status');

/** Makes the analysis of pages fail where a condition on the page holds. */
const breakPages = async (condition: string) => sql.rows(`CREATE OR REPLACE PROCEDURE eros.analyze_creator_performance(IN p_page_name STRING, IN p_lookback_days INT64, OUT p_report STRING)
	BEGIN SET p_report = IF(${condition}, ERROR('broken page'), '{"account_size": "MICRO"}'); END`);

const healPages = async () => {
	await sql.rows(await renderSql('sql/procedures/analyze_creator_performance.sql'));
};

describe('run_daily_automation', () => {
	it('learns, sweeps, queues each active page once, and skips a day that is done', async () => {
		await sql.rows(captions(Array.from({length: 10}, (_, index) => ({id: index + 1}))));
		await sql.rows(messages([{page: 'page_01', at: yesterday, caption: '1'}, {page: 'page_02', at: yesterday}, {page: 'page_03', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 31 DAY)'}]));
		// page_02 holds 9 of the 10 captions that there are: enough.
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active)
			SELECT 'page_02', id, 'text', DATE '2025-11-03', DATE '2025-11-05', TRUE FROM UNNEST(GENERATE_ARRAY(1, 9)) AS id
			UNION ALL SELECT 'page_02', 10, 'text', DATE '2025-11-01', DATE '2025-11-02', TRUE`);
		await sql.rows('CALL eros.run_daily_automation(DATE \'2025-11-03\')');
		expect(await runs()).toEqual([{job_status: 'SUCCESS', creators_processed: 2, creators_failed: 0}]);
		expect(await sql.rows('SELECT page_name, execution_date, saturation_pct, status FROM eros.schedule_generation_queue')).toEqual([{page_name: 'page_01', execution_date: '2025-11-03', saturation_pct: 0, status: 'PENDING'}]);
		expect(await sql.row('SELECT total_locks_cleaned FROM eros.lock_sweep_log')).toEqual({total_locks_cleaned: 1});
		expect(await sql.row('SELECT page_name, caption_id FROM eros.caption_bandit_stats')).toEqual({page_name: 'page_01', caption_id: 1});

		await sql.rows('CALL eros.run_daily_automation(DATE \'2025-11-03\')');
		expect(await runs()).toEqual([{job_status: 'SUCCESS', creators_processed: 2, creators_failed: 0}, {job_status: 'SKIPPED', creators_processed: 0, creators_failed: 0}]);
		expect(await sql.row('SELECT COUNT(*) AS n FROM eros.schedule_generation_queue')).toEqual({n: 1});
	});

	it('has no work when no page sent', async () => {
		await sql.rows('CALL eros.run_daily_automation(DATE \'2025-11-03\')');
		expect(await runs()).toEqual([{job_status: 'COMPLETED_NO_WORK', creators_processed: 0, creators_failed: 0}]);
	});

	it('goes on after a page that fails, and stops at the fifth in a row', async () => {
		await sql.rows(captions([{id: 1}]));
		await sql.rows(messages(['page_01', 'page_02', 'page_03', 'page_04', 'page_05', 'page_06', 'page_07', 'page_08'].map(page => ({page, at: yesterday}))));
		try {
			await breakPages('p_page_name IN (\'page_01\', \'page_02\', \'page_03\', \'page_04\', \'page_06\', \'page_07\')');
			await sql.rows('CALL eros.run_daily_automation(DATE \'2025-11-03\')');
			expect(await runs()).toEqual([{job_status: 'COMPLETED_WITH_ERRORS', creators_processed: 2, creators_failed: 6}]);
			expect(await sql.row('SELECT COUNT(*) AS n, COUNTIF(error_message LIKE \'%broken page%\') AS named FROM eros.creator_processing_errors')).toEqual({n: 6, named: 6});

			expect(await sql.rows('SELECT alert_level FROM eros.automation_alerts WHERE alert_source = \'run_daily_automation\'')).toEqual([{alert_level: 'WARNING'}]);
			expect((await sql.rows('SELECT page_name FROM eros.schedule_generation_queue ORDER BY page_name')).map(row => row['page_name'])).toEqual(['page_05', 'page_08']);

			await breakPages('p_page_name >= \'page_02\'');
			const failure = await sql.failure('CALL eros.run_daily_automation(DATE \'2025-11-04\')');
			expect(failure?.message).toContain('EROS_AUTOMATION_FAILED');
			expect((await runs()).at(-1)).toEqual({job_status: 'FAILED', creators_processed: 1, creators_failed: 5});
			expect(await sql.row('SELECT COUNT(*) AS n FROM eros.automation_alerts WHERE alert_level = \'CRITICAL\'')).toEqual({n: 1});
		} finally {
			await healPages();
		}
	});

	it.each([[[0.6], undefined], [[0.61, 0.2], 'WARNING The audience is saturated: page_01 0.61.'], [[0.8, 0.7], 'WARNING The audience is saturated: page_01 0.80, page_02 0.70.'], [[0.65, 0.81], 'CRITICAL The audience is saturated: page_01 0.65, page_02 0.81.']])('with pages saturated to %j alerts %s', async (scores, alert) => {
		await sql.rows(captions([{id: 1}]));
		await sql.rows(messages(scores.map((_, index) => ({page: `page_0${index + 1}`, at: yesterday}))));
		try {
			await sql.rows(`CREATE OR REPLACE PROCEDURE eros.analyze_creator_performance(IN p_page_name STRING, IN p_lookback_days INT64, OUT p_report STRING)
				BEGIN SET p_report = TO_JSON_STRING(STRUCT('MICRO' AS account_size, [${scores.join(', ')}][OFFSET(CAST(SUBSTR(p_page_name, 6) AS INT64) - 1)] AS saturation_score)); END`);
			await sql.rows('CALL eros.run_daily_automation(DATE \'2025-11-03\')');
			expect((await sql.rows('SELECT CONCAT(alert_level, \' \', alert_message) AS told FROM eros.automation_alerts WHERE alert_source = \'run_daily_automation/saturation\'')).map(row => row['told'])).toEqual(alert === undefined ? [] : [alert]);
		} finally {
			await healPages();
		}
	});

	it('fails when every page does, however few, and when the report of a page is no report', async () => {
		await sql.rows(captions([{id: 1}]));
		await sql.rows(messages(['page_01', 'page_02'].map(page => ({page, at: yesterday}))));
		try {
			await breakPages('TRUE');
			expect((await sql.failure('CALL eros.run_daily_automation(DATE \'2025-11-03\')'))?.message).toContain('every page failed');
			await sql.rows('CREATE OR REPLACE PROCEDURE eros.analyze_creator_performance(IN p_page_name STRING, IN p_lookback_days INT64, OUT p_report STRING) BEGIN SET p_report = \'{}\'; END');
			expect((await sql.failure('CALL eros.run_daily_automation(DATE \'2025-11-04\')'))?.message).toContain('every page failed');
			expect(await runs()).toEqual(Array.from({length: 2}, () => ({job_status: 'FAILED', creators_processed: 0, creators_failed: 2})));
		} finally {
			await healPages();
		}
	});

	it('queues a page once a day, counts only its active locks, and leaves the row of another day', async () => {
		await sql.rows(captions(Array.from({length: 5}, (_, index) => ({id: index + 1}))));
		await sql.rows(messages([{page: 'page_01', at: yesterday}]));
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active, deactivation_reason)
			SELECT 'page_01', id, 'text', DATE '2025-11-03', DATE '2025-11-05', id = 1, IF(id = 1, NULL, 'ROLLBACK') FROM UNNEST(GENERATE_ARRAY(1, 5)) AS id`);
		const status = async (from: string, to: string) => sql.rows(`UPDATE eros.automation_job_runs SET job_status = '${to}' WHERE job_status = '${from}'`);
		for (const day of ['2025-11-03', '2025-11-03', '2025-11-04']) {
			await sql.rows(`CALL eros.run_daily_automation(DATE '${day}')`);
			await status('SUCCESS', 'COMPLETED_WITH_ERRORS');
		}

		expect(await sql.rows('SELECT FORMAT_DATE(\'%F\', execution_date) AS day, saturation_pct FROM eros.schedule_generation_queue ORDER BY day')).toEqual([{day: '2025-11-03', saturation_pct: 20}, {day: '2025-11-04', saturation_pct: 20}]);
	});
});

describe('daily_caption_update', () => {
	it.each([
		['2025-07-01T09:07:00Z', 1], ['2025-12-01T09:07:00Z', 0], ['2025-12-01T10:07:00Z', 1], ['2026-03-08T10:07:00Z', 1],
	])('at %s runs %i times', async (instant, times) => {
		await sql.at(instant);
		const body = await scheduledBody('daily_caption_update');
		await sql.rows(`${body}\nSELECT 1;`);
		expect(await runs()).toHaveLength(times);
		// The second config, an hour later, finds the day done.
		await sql.drive.set(Date.parse(instant) + 3_600_000);
		await sql.rows(`${body}\nSELECT 1;`);
		expect(await runs()).toHaveLength(instant === '2025-12-01T09:07:00Z' ? 1 : times);
	});
});

describe('run_health_check', () => {
	const check = async () => sql.row<{score: number; band: string; line: string; red_flags: readonly string[]}>('CALL eros.run_health_check()');
	const pool = captions(Array.from({length: 500}, (_, index) => ({id: index + 1})));
	const fresh = `INSERT INTO eros.lock_sweep_log (sweep_id, sweep_time) VALUES ('s', CURRENT_TIMESTAMP());
		INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_end_time, job_status) VALUES ('j', 'run_daily_automation', CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP(), 'SUCCESS');
		INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, confidence_lower_bound, confidence_upper_bound, last_updated) VALUES (1, 'page_01', 2, 2, 0.1, 0.9, CURRENT_TIMESTAMP())`;
	const lock = (page: string, caption: number, date: string) => `INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES ('${page}', ${caption}, 'text', DATE '2025-11-03', DATE '${date}', TRUE)`;

	it('is full on a sound and fresh system, and keeps its row', async () => {
		await sql.rows(pool);
		await sql.rows(fresh);
		expect(await check()).toMatchObject({score: 100, band: 'HEALTHY', line: 'Health Score: 100/100', red_flags: []});
		expect(await sql.row('SELECT score, band, JSON_VALUE(components, \'$.status\') AS status FROM eros.health_checks')).toEqual({score: 100, band: 'HEALTHY', status: 'OK'});
		expect(await sql.rows('SELECT alert_id FROM eros.automation_alerts')).toEqual([]);
	});

	it.each([
		['a lock without its caption', lock('page_01', 999, '2025-11-05')],
		['one caption on two pages within 7 days', `${lock('page_01', 5, '2025-11-05')};\n${lock('page_02', 5, '2025-11-12')}`],
		['an arm with negative counts', 'INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, last_updated) VALUES (2, \'page_01\', -1, 1, CURRENT_TIMESTAMP())'],
		['an arm twice', 'INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, last_updated) VALUES (1, \'page_01\', 1, 1, CURRENT_TIMESTAMP())'],
		['bounds out of order', 'INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, confidence_lower_bound, confidence_upper_bound, last_updated) VALUES (3, \'page_01\', 1, 1, 0.9, 0.1, CURRENT_TIMESTAMP())'],
	])('loses the whole of integrity for %s', async (_what, damage) => {
		await sql.rows(pool);
		await sql.rows(fresh);
		await sql.rows(damage);
		expect(await check()).toMatchObject({score: 80, band: 'WATCH'});
	});

	it('takes two locks 8 days apart for what they are', async () => {
		await sql.rows(pool);
		await sql.rows(fresh);
		await sql.rows(`${lock('page_01', 5, '2025-11-05')};\n${lock('page_02', 5, '2025-11-13')}`);
		expect(await check()).toMatchObject({score: 100});
	});

	it('calls lost messages corruption', async () => {
		await sql.rows(pool);
		await sql.rows(fresh);
		await sql.rows(messages([{page: 'page_01', at: yesterday}, {page: 'page_01', at: yesterday}]));
		expect(await check()).toMatchObject({score: 100});
		await sql.rows('DELETE FROM eros.mass_messages WHERE row_id = 1');
		await sql.drive.set(monday + 60_000);
		expect(await check()).toMatchObject({score: 80, red_flags: ['CORRUPTION']});
	});

	it.each([[28, 7, 28, 100], [29, 8, 29, 90], [49, 25, 49, 80]])('ages: stats %i h, sweep %i h, automation %i h', async (stats, sweep, automation, score) => {
		await sql.rows(pool);
		await sql.rows(fresh);
		await sql.rows(`UPDATE eros.caption_bandit_stats SET last_updated = TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${stats} HOUR) WHERE caption_id = 1;
			UPDATE eros.lock_sweep_log SET sweep_time = TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${sweep} HOUR) WHERE sweep_id = 's';
			UPDATE eros.automation_job_runs SET job_end_time = TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${automation} HOUR) WHERE job_id = 'j'`);
		expect((await check()).score).toBe(score);
	});

	it.each([[500, 100], [499, 98], [200, 98], [199, 95]])('with %i captions to choose from scores %i', async (available, score) => {
		await sql.rows(captions(Array.from({length: available}, (_, index) => ({id: index + 1}))));
		await sql.rows(fresh);
		expect((await check()).score).toBe(score);
	});
});
