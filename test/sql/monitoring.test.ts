// What people ask: errors, drift and inventory; and what the hourly check alerts beside its score (sections 7 and 8.4).
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {captions, messages, monday, renderSql, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});
beforeEach(async () => {
	await sql.drive.set(monday);
	await sql.rows(['mass_messages', 'caption_bank', 'caption_bandit_stats', 'active_caption_assignments', 'automation_alerts', 'lock_sweep_log', 'automation_job_runs', 'schedule_export_log'].map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
});

const ask = async (name: string, days?: number) => sql.rows(await renderSql(`sql/monitoring/${name}.sql`), days === undefined ? [] : [{name: 'days', type: 'INT64', value: days}]);
const daysAgo = (days: number) => `TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${days * 24} HOUR)`;

describe('errors', () => {
	const fail = async (times: number, message: string) => {
		await Promise.all(Array.from({length: times}, async () => sql.failure(`SELECT ERROR('${message}') FROM eros.lock_guard`)));
	};

	it.each([[5, 'INFO'], [6, 'WARNING'], [20, 'WARNING'], [21, 'CRITICAL']])('are listed by hour and message, %i of them as %s', async (times, level) => {
		// Each case is two days from the next: a window of one day never sees the other, however long a case took.
		await sql.drive.set(monday + times * 2 * 86_400_000);
		await fail(times - 1, 'often');
		await fail(1, 'once');
		const found = await ask('errors', 1);
		expect(found.map(({errors, errors_in_hour: all, level: found}) => [errors, all, found])).toEqual([[times - 1, times, level], [1, times, level]]);
		expect(found[0]).toMatchObject({message: expect.stringContaining('often') as string, newest_job: expect.stringContaining('sql_test_') as string});
		expect(found[0]!['hour_in_business_time']).toMatch(/^2025-1[12]-\d\d 10:00$/);
	});

	it('name a call that raised, and a script once with its child', async () => {
		await sql.at('2026-02-10T18:00:00Z');
		await sql.failure('DECLARE n INT64; SET n = (SELECT 1 FROM eros.lock_guard); SELECT ERROR(\'a child\') FROM eros.lock_guard');
		await sql.failure('CALL eros.lock_caption_assignments(\'s\', \'page_01\', [])');
		const found = await ask('errors', 1);
		expect(found.map(({errors}) => errors)).toEqual([1, 1]);
		expect(found.map(({message}) => String(message)).sort((a, b) => a.localeCompare(b))).toEqual([expect.stringContaining('a child'), expect.stringContaining('EROS_BAD')]);
	});
});

describe('drift', () => {
	const page = (name: string, former: number, recent: number) => [1, 2, 3].flatMap(day => [
		{page: name, at: daysAgo(day), viewed: 100, purchased: 10, earnings: recent * 10}, {page: name, at: daysAgo(day + 7), viewed: 100, purchased: 10, earnings: former * 10},
		// Free messages have no EMV of their own.
		...[day, day + 7].flatMap(ago => Array.from({length: 2}, () => ({page: name, at: daysAgo(ago), price: 0, viewed: 100, purchased: 'NULL' as const, earnings: 0}))),
	]);

	it('is told of each page, and a drop of more than 15 % is named', async () => {
		await sql.rows(messages([...page('page_01', 100, 84), ...page('page_02', 100, 85), ...page('page_03', 100, 130), {page: 'page_04', at: daysAgo(2)}, {page: 'page_05', at: daysAgo(15)}]));
		const found = await ask('drift', 7);
		expect(found.map(({page_name: name, verdict, messages: now, former_messages: before}) => [name, verdict, now, before])).toEqual([['page_01', 'DROP', 9, 9], ['page_02', 'OK', 9, 9], ['page_03', 'OK', 9, 9], ['page_04', 'NO_DATA', 1, 0]]);
		expect(found[0]!['emv_change']).toBeCloseTo(-0.16, 9);
		expect([found[2]!['view_rate_change'], found[2]!['conversion_change']]).toEqual([0, 0]);
	});
});

describe('inventory', () => {
	it('counts captions of each tier that may be used, are reserved or rest, and those without a tier', async () => {
		await sql.rows(captions([{id: 1, tier: 'low'}, {id: 2, tier: 'budget', status: 'recent'}, {id: 3, tier: 'mid'}, {id: 4, tier: 'mid'}, {id: 5, tier: 'bump', score: 'NULL'}, {id: 6, tier: 'gold'}]));
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active, deactivation_reason) VALUES
			('page_01', 3, 't', DATE '2025-11-01', DATE '2025-11-05', TRUE, NULL), ('page_02', 5, 't', DATE '2025-10-20', DATE '2025-10-30', FALSE, 'PAST_SEND_DATE')`);
		expect(await ask('inventory')).toEqual([
			{tier: 'budget', captions: 2, available: 1, reserved: 0, resting: 0, free_to_use: 1, level: 'CRITICAL'},
			{tier: 'bump', captions: 1, available: 1, reserved: 0, resting: 1, free_to_use: 0, level: 'CRITICAL'},
			{tier: 'mid', captions: 2, available: 2, reserved: 1, resting: 1, free_to_use: 1, level: 'CRITICAL'},
			{tier: 'unmapped', captions: 1, available: 0, reserved: 0, resting: 0, free_to_use: 0, level: 'INFO'},
		]);
	});

	it.each([[199, 'CRITICAL'], [200, 'WARNING'], [499, 'WARNING'], [500, 'INFO']])('calls %i available captions %s', async (count, level) => {
		await sql.rows(captions(Array.from({length: count}, (_, index) => ({id: index + 1}))));
		expect(await ask('inventory')).toMatchObject([{tier: 'mid', available: count, level}]);
	});
});

describe('the hourly check alerts', () => {
	const settle = async ({stats = 1, sweep = 1, automation = 1}) => sql.rows(`
		INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, confidence_lower_bound, confidence_upper_bound, last_updated) SELECT 1, 'page_01', 1, 1, 0.1, 0.9, TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(stats * 60)} MINUTE);
		INSERT INTO eros.lock_sweep_log (sweep_id, sweep_time) SELECT 's', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(sweep * 60)} MINUTE);
		INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_end_time, job_status) SELECT 'j', 'run_daily_automation', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(automation * 60)} MINUTE), TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(automation * 60)} MINUTE), 'SUCCESS'`);
	/** Told by the jobs of an hour, which other tests leave too. */
	const ofJobs = new Set(['failed_jobs', 'failing_now', 'slow_query']);
	const allAlerts = async () => {
		await sql.rows('CALL eros.run_health_check()');
		return sql.rows<{what: string; level: string}>('SELECT REPLACE(alert_source, \'run_health_check/\', \'\') AS what, alert_level AS level FROM eros.automation_alerts WHERE alert_source LIKE \'run_health_check/%\' ORDER BY what');
	};

	const alerts = async () => (await allAlerts()).filter(({what}) => !ofJobs.has(what));

	it.each([
		[{stats: 28, sweep: 7, automation: 28}, []],
		[{stats: 28.1, sweep: 7, automation: 28}, [{what: 'stale_stats', level: 'WARNING'}]],
		[{stats: 28, sweep: 7.1, automation: 28}, [{what: 'stale_sweep', level: 'WARNING'}]],
		[{stats: 28, sweep: 7, automation: 28.1}, [{what: 'stale_automation', level: 'CRITICAL'}]],
	])('what is stale: ages %j', async (ages, expected) => {
		await settle(ages);
		expect(await alerts()).toEqual(expected);
	});

	it('each thing once a day', async () => {
		await settle({sweep: 8});
		expect(await alerts()).toHaveLength(1);
		await sql.drive.set(monday + (23 * 3_600_000));
		expect((await alerts()).filter(({what}) => what === 'stale_sweep')).toHaveLength(1);
		await sql.drive.set(monday + (25 * 3_600_000));
		expect((await alerts()).filter(({what}) => what === 'stale_sweep')).toHaveLength(2);
	});

	it.each([[2, []], [3, [{what: 'failed_exports', level: 'WARNING'}]]])('%i failed exports of the day', async (count, expected) => {
		await settle({});
		await sql.rows(`INSERT INTO eros.schedule_export_log (schedule_id, page_name, export_timestamp, status) SELECT 's', 'page_01', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 23 HOUR), 'FAILED' FROM UNNEST(GENERATE_ARRAY(1, ${count}))
			UNION ALL SELECT 's', 'page_01', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 25 HOUR), 'FAILED' UNION ALL SELECT 's', 'page_01', CURRENT_TIMESTAMP(), 'SUCCESS'`);
		expect(await alerts()).toEqual(expected);
	});

	it.each([[85, []], [84, [{what: 'emv_drop', level: 'WARNING'}]]])('a median EMV of %i after 100', async (emv, expected) => {
		await settle({});
		// Free messages, whose buyers nobody counts, are the most and hide nothing.
		await sql.rows(messages([...[1, 2, 3, 4, 8, 9, 10, 11].map(day => ({page: 'page_01', at: daysAgo(day), price: 0, viewed: 100, purchased: 'NULL' as const, earnings: 0})), ...[6].map(day => ({page: 'page_01', at: daysAgo(day), viewed: 100, purchased: 10, earnings: emv * 10})), ...[7, 8, 13].map(day => ({page: 'page_01', at: daysAgo(day), viewed: 100, purchased: 10, earnings: 1000}))]));
		expect(await alerts()).toEqual(expected);
	});

	it.each([
		[{jobs_failed_1h: 5}, []], [{jobs_failed_1h: 6}, ['failed_jobs WARNING']], [{jobs_failed_1h: 20}, ['failed_jobs WARNING']], [{jobs_failed_1h: 21}, ['failed_jobs CRITICAL']],
		[{jobs_finished_15m: 20, jobs_failed_15m: 4}, []], [{jobs_finished_15m: 20, jobs_failed_15m: 5}, ['failing_now CRITICAL']], [{jobs_finished_15m: 19, jobs_failed_15m: 19}, []],
		[{max_ms: 30_000}, []], [{max_ms: 30_001}, ['slow_query WARNING']], [{max_ms: 60_000}, ['slow_query WARNING']], [{max_ms: 60_001}, ['slow_query CRITICAL']],
	])('jobs that fail or are slow: %j', async (counts, expected) => {
		await sql.rows(`CREATE OR REPLACE PROCEDURE eros.measure_health(OUT p_health STRING) BEGIN SET p_health = '${JSON.stringify({score: 100, counts})}'; END`);
		try {
			expect((await allAlerts()).map(({what, level}) => `${what} ${level}`)).toEqual(expected);
		} finally {
			await sql.rows(await renderSql('sql/procedures/measure_health.sql'));
		}
	});

	it('the same thing again when it has become critical', async () => {
		await settle({});
		const stub = async (failed: number) => sql.rows(`CREATE OR REPLACE PROCEDURE eros.measure_health(OUT p_health STRING) BEGIN SET p_health = '{"score": 100, "counts": {"jobs_failed_1h": ${failed}}}'; END`);
		try {
			await stub(6);
			await allAlerts();
			await stub(7);
			expect(await allAlerts()).toEqual([{what: 'failed_jobs', level: 'WARNING'}]);
			await stub(30);
			expect(await allAlerts()).toHaveLength(2);
		} finally {
			await sql.rows(await renderSql('sql/procedures/measure_health.sql'));
		}
	});

	it('what failed in the last hour and in the last 15 minutes', async () => {
		await sql.at('2026-02-20T18:00:00Z');
		await sql.failure('SELECT ERROR(\'long ago\') FROM eros.lock_guard');
		await sql.at('2026-02-20T18:30:00Z');
		await sql.failure('SELECT ERROR(\'before\') FROM eros.lock_guard');
		await sql.at('2026-02-20T19:10:00Z');
		await sql.failure('SELECT ERROR(\'now\') FROM eros.lock_guard');
		const {health} = await sql.row<{health: string}>('CALL eros.run_health_check()');
		const {counts} = JSON.parse(health) as {counts: Record<string, number>};
		expect([counts['jobs_failed'], counts['jobs_failed_1h'], counts['jobs_failed_15m']]).toEqual([3, 2, 1]);
		expect(counts['jobs_finished_15m']).toBeLessThan(counts['jobs_finished']!);
	});

	it('more than 16 TiB in a day as a cost', async () => {
		const text = await renderSql('sql/procedures/measure_health.sql');
		expect(text).toContain('v_billed_bytes > 17592186044416');
		await sql.at('2026-02-24T18:00:00Z');
		await sql.rows('SELECT COUNT(*) AS n FROM eros.caption_bank');
		const flags = async () => (await sql.row<{red_flags: readonly string[]}>('CALL eros.run_health_check()')).red_flags;
		expect(await flags()).not.toContain('COST');
		await sql.rows(text.replace('17592186044416', '1'));
		try {
			expect(await flags()).toContain('COST');
		} finally {
			await sql.rows(text);
		}
	});

	it('keeps the bytes billed of each day of business time, and says when it can not', async () => {
		const price = {name: 'price_per_tib_micros', type: 'INT64', value: 6_250_000};
		for (const at of ['2026-03-02T07:30:00Z', '2026-03-02T08:30:00Z']) {
			await sql.at(at);
			await sql.rows('SELECT COUNT(*) AS n FROM eros.caption_bank');
		}

		await sql.at('2026-03-03T18:00:00Z');
		await sql.rows('DELETE FROM eros.daily_query_costs WHERE TRUE');
		await sql.rows('CALL eros.run_health_check()');
		await sql.rows('CALL eros.run_health_check()');
		const kept = await sql.rows<{day: string; billed_bytes: number; micros: number; jobs: number}>(await renderSql('sql/monitoring/cost_kept.sql'), [{name: 'days', type: 'INT64', value: 400}, price]);
		expect(kept.map(({day}) => day)).toEqual(['2026-03-03', '2026-03-02', '2026-03-01']);
		const live = await sql.rows(await renderSql('sql/monitoring/cost_by_day.sql'), [{name: 'days', type: 'INT64', value: 5}, price]);
		expect(kept.slice(1)).toEqual(live.slice(1));
		expect(kept.at(-1)).toMatchObject({jobs: 1, billed_bytes: 10_485_760, micros: 60});
		await sql.rows('ALTER TABLE eros.daily_query_costs RENAME TO daily_query_costs_away');
		try {
			expect((await alerts()).map(({what}) => what)).toContain('cost_totals');
		} finally {
			await sql.rows('ALTER TABLE eros.daily_query_costs_away RENAME TO daily_query_costs');
		}
	});

	it.each([[6_250_000, 119, 10], [5_000_000, 95, 13], [0, 0, 16]])('what queries billed, at %i micro-dollars a TiB, a script by its statements', async (price, micros, day) => {
		await sql.at(`2026-04-${day}T18:00:00Z`);
		await sql.rows('SELECT COUNT(*) AS n FROM eros.caption_bank');
		await sql.rows('DECLARE n INT64; SET n = 1; SELECT COUNT(*) AS n FROM eros.caption_bank');
		const parameters = [{name: 'price_per_tib_micros', type: 'INT64', value: price}, {name: 'since', type: 'TIMESTAMP', value: '2030-01-01T00:00:00Z'}];
		const cost = await sql.row(await renderSql('sql/monitoring/cost.sql'), parameters);
		// Twice the least that is billed, 10 MiB.
		expect(cost).toMatchObject({last_24h_micros: micros, today_micros: micros, since_deploy_micros: 0});
	});

	it('what is critical since an instant, not what is said of audiences', async () => {
		await sql.rows(`INSERT INTO eros.automation_alerts (alert_time, alert_level, alert_source, alert_message)
			SELECT TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ago MINUTE), level, source, 'text' FROM UNNEST([STRUCT(5 AS ago, 'CRITICAL' AS level, 'daily_caption_update' AS source), (6, 'CRITICAL', 'run_daily_automation'), (5, 'WARNING', 'health_check'),
				(65, 'CRITICAL', 'health_check'), (5, 'CRITICAL', 'run_daily_automation/saturation'), (5, 'CRITICAL', 'real_time_monitor/exhaustion_critical/page_01')])`);
		const found = await sql.rows(await renderSql('sql/monitoring/critical_alerts.sql'), [{name: 'since', type: 'TIMESTAMP', value: new Date(monday - 3_600_000).toISOString()}]);
		expect(found.map(row => row['alert_source'])).toEqual(['daily_caption_update', 'run_daily_automation']);
	});

	it('a caption that is reserved twice', async () => {
		await settle({});
		await sql.rows(captions([{id: 5}]));
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES ('page_01', 5, 't', DATE '2025-11-03', DATE '2025-11-10', TRUE), ('page_02', 5, 't', DATE '2025-11-03', NULL, TRUE)`);
		expect(await alerts()).toEqual([{what: 'duplicate_assignments', level: 'CRITICAL'}]);
	});

	it('and shows what people look for', async () => {
		await settle({});
		await sql.rows(captions([{id: 1, tier: 'low'}, {id: 2, tier: 'vip'}]));
		const {health} = await sql.row<{health: string}>('CALL eros.run_health_check()');
		const {counts, last_run_at: last} = JSON.parse(health) as {counts: Record<string, unknown>; last_run_at: Record<string, string>};
		expect(counts).toMatchObject({
			available_by_tier: {budget: 1, mid: 0, premium: 1, bump: 0}, table_rows: {caption_bank: 2, caption_bandit_stats: 1, active_caption_assignments: 0, schedule_recommendations: 0}, median_emv_7d: null,
		});
		expect(Number(counts['max_ms'])).toBeGreaterThanOrEqual(Number(counts['p95_ms']));
		expect(Object.keys(last)).toEqual(['stats', 'sweep', 'automation']);
		expect(last['sweep']).toMatch(/^2025-11-03T17:00:0/);
	});
});
