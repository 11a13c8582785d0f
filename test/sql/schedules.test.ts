// The bodies of the scheduled queries at driven instants: the truth table of section 7, and what a failure leaves.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {captions, messages, renderSql, scheduledBody, startSql, type Sql} from './support.js';

let sql: Sql;
const bodies: Record<string, string> = {};
beforeAll(async () => {
	sql = await startSql();
	for (const name of ['daily_caption_update', 'expired_lock_sweep', 'health_check']) {
		bodies[name] = await scheduledBody(name);
	}
});
afterAll(async () => {
	await sql.close();
});
beforeEach(async () => {
	await sql.rows(['automation_job_runs', 'automation_alerts', 'mass_messages', 'caption_bank', 'schedule_generation_queue', 'lock_sweep_log', 'health_checks'].map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
});

const run = async (name: string, at: string) => {
	await sql.at(at);
	return sql.failure(bodies[name]!);
};

const runs = async (name: string) => sql.rows(`SELECT job_status AS status, FORMAT_DATE('%Y-%m-%d', execution_date) AS day FROM eros.automation_job_runs WHERE job_name = '${name}' ORDER BY job_start_time`);

describe('the daily update', () => {
	it.each([
		['summer, first config', '2025-07-01T09:07:00Z', true], ['summer, second config', '2025-07-01T10:07:00Z', true],
		['winter, first config', '2025-12-01T09:07:00Z', false], ['winter, second config', '2025-12-01T10:07:00Z', true],
		['the day without hour 2, first config', '2026-03-08T09:07:00Z', false], ['the day without hour 2, second config', '2026-03-08T10:07:00Z', true],
		['the day with hour 1 twice, first config', '2025-11-02T09:07:00Z', false], ['the day with hour 1 twice, second config', '2025-11-02T10:07:00Z', true],
		['04:07', '2025-07-01T11:07:00Z', false],
	])('in %s at %s acts: %s', async (_, at, acts) => {
		expect(await run('daily_caption_update', at)).toBeUndefined();
		expect(await runs('run_daily_automation')).toHaveLength(acts ? 1 : 0);
	});

	it('acts once a day in summer, the second config finds the day done', async () => {
		await sql.at('2025-07-01T09:07:00Z');
		await sql.rows(captions([{id: 1}]));
		await sql.rows(messages([{page: 'page_01', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)'}]));
		for (const at of ['2025-07-01T09:07:00Z', '2025-07-01T10:07:00Z', '2025-07-02T09:07:00Z']) {
			expect(await run('daily_caption_update', at)).toBeUndefined();
		}

		expect(await runs('run_daily_automation')).toEqual([{status: 'SUCCESS', day: '2025-07-01'}, {status: 'SUCCESS', day: '2025-07-02'}]);
		expect(await sql.rows('SELECT page_name, FORMAT_DATE(\'%F\', execution_date) AS day, saturation_pct, status FROM eros.schedule_generation_queue ORDER BY execution_date'))
			.toEqual(['2025-07-01', '2025-07-02'].map(day => ({page_name: 'page_01', day, saturation_pct: 0, status: 'PENDING'})));
	});

	it('a failure is alerted and fails the run', async () => {
		await sql.rows('ALTER TABLE eros.lock_sweep_log RENAME TO lock_sweep_log_away');
		const failure = await run('daily_caption_update', '2025-07-01T09:07:00Z');
		await sql.rows('ALTER TABLE eros.lock_sweep_log_away RENAME TO lock_sweep_log');
		expect(failure?.message).toContain('EROS_AUTOMATION_FAILED');
		expect((await runs('run_daily_automation')).map(row => row['status'])).toEqual(['FAILED']);
		expect((await sql.rows('SELECT alert_source AS source FROM eros.automation_alerts WHERE alert_level = \'CRITICAL\' ORDER BY source')).map(row => row['source'])).toEqual(['daily_caption_update', 'run_daily_automation']);
	});

	it.each(['FAILED', 'COMPLETED_WITH_ERRORS'])('tries again in the second hour when the first attempt was %s', async status => {
		await sql.rows(`INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_status, execution_date) VALUES ('a', 'run_daily_automation', TIMESTAMP '2025-07-01 09:07:00+00', '${status}', DATE '2025-07-01')`);
		expect(await run('daily_caption_update', '2025-07-01T10:07:00Z')).toBeUndefined();
		expect((await runs('run_daily_automation')).map(row => row['status'])).toEqual([status, 'COMPLETED_NO_WORK']);
	});

	it('a procedure that is missing, or dies with its row open, leaves a FAILED row', async () => {
		try {
			for (const [index, broken] of ['RAISE USING MESSAGE = \'missing\';', 'INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_status, execution_date) VALUES (\'open\', \'run_daily_automation\', CURRENT_TIMESTAMP(), \'RUNNING\', p_execution_date); RAISE USING MESSAGE = \'died\';'].entries()) {
				await sql.rows(`CREATE OR REPLACE PROCEDURE eros.run_daily_automation(p_execution_date DATE) BEGIN ${broken} END`);
				expect(await run('daily_caption_update', `2025-07-0${index + 1}T09:07:00Z`)).toBeDefined();
			}

			expect(await sql.rows('SELECT FORMAT_DATE(\'%F\', execution_date) AS day, job_status, error_message FROM eros.automation_job_runs ORDER BY day')).toEqual([
				{day: '2025-07-01', job_status: 'FAILED', error_message: expect.stringContaining('missing') as string}, {day: '2025-07-02', job_status: 'FAILED', error_message: expect.stringContaining('died') as string},
			]);
		} finally {
			await sql.rows(await renderSql('sql/procedures/run_daily_automation.sql'));
		}
	});
});

describe('run_daily_automation', () => {
	it('skips a day that succeeded, and refuses no day', async () => {
		await sql.at('2025-11-03T10:07:00Z');
		await sql.rows(captions([{id: 1}]));
		await sql.rows(messages([{page: 'page_01', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)'}, {page: 'page_02', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 29 DAY)'}, {page: 'page_03', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 31 DAY)'}]));
		const call = 'CALL eros.run_daily_automation(DATE \'2025-11-03\')';
		expect(await sql.row(call)).toMatchObject({job_status: 'SUCCESS', creators_processed: 2, creators_failed: 0});
		expect(await sql.row(call)).toMatchObject({job_status: 'SKIPPED', creators_processed: 0});
		expect((await sql.rows('SELECT page_name FROM eros.schedule_generation_queue ORDER BY 1')).map(row => row['page_name'])).toEqual(['page_01', 'page_02']);
		expect((await sql.row('SELECT COUNT(*) AS n FROM eros.lock_sweep_log'))['n']).toBe(1);
		expect((await sql.failure('CALL eros.run_daily_automation(NULL)'))?.message).toContain('EROS_BAD_DATE');
	});
});

describe('the sweep and the health check', () => {
	it.each([['expired_lock_sweep', 'lock_sweep_log'], ['health_check', 'health_checks']])('%s leaves a job row and its own', async (name, table) => {
		expect(await run(name, '2025-11-03T12:17:00Z')).toBeUndefined();
		expect(await runs(name)).toEqual([{status: 'SUCCESS', day: '2025-11-03'}]);
		expect((await sql.row(`SELECT COUNT(*) AS n FROM eros.${table}`))['n']).toBe(1);
	});

	it('a health check that fails is written down and fails the run', async () => {
		await sql.rows('ALTER TABLE eros.health_checks RENAME TO health_checks_away');
		const failure = await run('health_check', '2025-11-03T12:37:00Z');
		await sql.rows('ALTER TABLE eros.health_checks_away RENAME TO health_checks');
		expect(failure?.message).toContain('health_checks');
		expect(await runs('health_check')).toEqual([{status: 'FAILED', day: '2025-11-03'}]);
		expect(await sql.rows('SELECT alert_level FROM eros.automation_alerts WHERE alert_source = \'health_check\'')).toEqual([{alert_level: 'CRITICAL'}]);
	});

	it('closes its own job and no other', async () => {
		await sql.at('2025-11-03T12:17:00Z');
		await sql.rows('DECLARE id STRING; CALL eros.start_job(\'other\', id); CALL eros.start_job(\'own\', id); CALL eros.finish_job(id, NULL)');
		expect(await sql.rows('SELECT job_name, job_status, job_end_time IS NULL AS open, job_duration_seconds >= 0 AS timed FROM eros.automation_job_runs ORDER BY job_name'))
			.toEqual([{job_name: 'other', job_status: 'RUNNING', open: true, timed: null}, {job_name: 'own', job_status: 'SUCCESS', open: false, timed: true}]);
	});

	it('a sweep that fails is written down and fails the run', async () => {
		await sql.rows('ALTER TABLE eros.lock_sweep_log RENAME TO lock_sweep_log_away');
		const failure = await run('expired_lock_sweep', '2025-11-03T12:17:00Z');
		await sql.rows('ALTER TABLE eros.lock_sweep_log_away RENAME TO lock_sweep_log');
		expect(failure?.message).toContain('lock_sweep_log');
		expect(await runs('expired_lock_sweep')).toEqual([{status: 'FAILED', day: '2025-11-03'}]);
		expect(await sql.rows('SELECT alert_level, alert_source FROM eros.automation_alerts')).toEqual([{alert_level: 'CRITICAL', alert_source: 'expired_lock_sweep'}]);
	});
});
