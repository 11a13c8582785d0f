// The report on a page (section 5.4) and the health of the dataset (section 8.2).
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {messages, monday, renderSql, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
	await sql.layOutFixture();
});
afterAll(async () => {
	await sql.close();
});

describe('analyze_creator_performance', () => {
	const report = async (page: string, lookback: number): Promise<Record<string, unknown>> => {
		const {text} = await sql.row<{text: string}>(`DECLARE report STRING; CALL eros.analyze_creator_performance('${page}', ${lookback}, report); SELECT report AS text`);
		return JSON.parse(text) as Record<string, unknown>;
	};

	it('recommends 12 PPVs and 8 bumps for the fixture', async () => {
		const found = await report('test_creator', 90);
		expect(found).toMatchObject({
			schema_version: 1, creator_name: 'test_creator', lookback_days: 90, account_size: 'MEDIUM', saturation_status: 'GREEN', saturation_score: 0,
			recommended_volume: {ppv: 12, bump: 8, total: 20, period: 'week'}, recommended_ppv: 12, recommended_bump: 8,
		});
		expect(found['analysis_timestamp']).toMatch(/^2025-11-03T10:\d\d:\d\d-08:00$/);
		expect(found['data_freshness']).toBe('2025-11-02T20:00:00-08:00');
		expect(found['avg_emv']).toBeCloseTo(0.25, 2);
		expect(found['engagement_rates']).toHaveLength(3);
		expect(found['day_of_week_patterns']).toHaveLength(7);
		expect(found['time_window_optimization']).toHaveLength(8);
		expect((found['psychological_trigger_analysis'] as unknown[]).length).toBeGreaterThan(0);
		expect((found['content_category_performance'] as unknown[]).length).toBe(15);
	});

	it('tells how fresh the data are, however short the lookback', async () => {
		await sql.rows(messages([{page: 'page_quiet', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 40 DAY)'}, {page: 'page_quiet', at: 'TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 2 DAY)'}, {page: 'page_quiet', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)', sent: 0}]));
		const found = await report('page_quiet', 7);
		expect(found['data_freshness']).toMatch(/^2025-09-24T11:\d\d:\d\d-07:00$/);
		expect(found['performance_metrics']).toMatchObject({message_count: 0});
	});

	it('lists twenty windows: those one can trust first, weekdays and weekends by turns, in the order of what they earn', async () => {
		// On one Monday and one Saturday: 14 hours used five times that earn little on the Monday, 10 hours used once that earn most, and 8 trusted ones on the Saturday.
		const hours = (date: string, from: number, count: number, times: number, earnings: number) => Array.from({length: count * times}, (_, index) => ({
			page: 'page_windows', at: `TIMESTAMP('${date} ${String(from + Math.floor(index / times)).padStart(2, '0')}:${String(index % times).padStart(2, '0')}:00', 'America/Los_Angeles')`, earnings: earnings + Math.floor(index / times),
		}));
		await sql.rows(messages([...hours('2025-10-27', 0, 14, 5, 100), ...hours('2025-10-27', 14, 10, 1, 900), ...hours('2025-11-01', 8, 8, 5, 50)]));
		const found = (await report('page_windows', 30))['time_window_optimization'] as readonly {day_type: string; confidence: string; hour_24: number; avg_rpr: number}[];
		expect(found).toHaveLength(20);
		expect(found.every(({confidence}) => confidence === 'MED')).toBe(true);
		expect(found.filter(({day_type: type}) => type === 'Weekend')).toHaveLength(8);
		expect(found.filter(({day_type: type}) => type === 'Weekday').map(({hour_24: hour}) => hour)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
		expect(found.map(({avg_rpr: rpr}) => rpr)).toEqual(found.map(({avg_rpr: rpr}) => rpr).toSorted((a, b) => b - a));
	});

	it('answers for an unknown page with zeros and empty lists', async () => {
		expect(await report('nobody', 30)).toMatchObject({
			account_size: 'MICRO', saturation_status: 'GREEN', saturation_score: 0, avg_emv: 0, recommended_ppv: 6, recommended_bump: 4,
			psychological_trigger_analysis: [], content_category_performance: [], day_of_week_patterns: [], time_window_optimization: [], available_categories: [],
		});
	});

	// Section 10.2: the week's PPVs and bumps of each size in each zone.
	describe('recommends by size and zone', () => {
		const sizes = [['MICRO', 40], ['SMALL', 150], ['MEDIUM', 500], ['LARGE', 2500], ['MEGA', 9000]] as const;
		const weeks: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
			GREEN: [[6, 4], [8, 6], [12, 8], [16, 12], [21, 16]], YELLOW: [[4, 4], [6, 7], [9, 9], [12, 14], [15, 19]], RED: [[3, 8], [4, 12], [6, 16], [8, 24], [10, 32]],
		};
		const low: Readonly<Record<string, string>> = {GREEN: '1', YELLOW: 'IF(d BETWEEN 3 AND 8, 0.7, 1)', RED: 'IF(d <= 8, 0.7, 1)'};

		beforeAll(async () => {
			await sql.at('2025-09-18T18:00:00Z');
			await sql.rows(`INSERT INTO eros.mass_messages (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type)
				${Object.entries(low).flatMap(([zone, factor]) => sizes.map(([size, daily]) => `SELECT d, '${size}_${zone}', 'text', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL d * 24 - 1 HOUR), 15, 1000, 400, 10, ${daily} * ${factor}, 'Unlock' FROM UNNEST(GENERATE_ARRAY(1, 60)) AS d`)).join(' UNION ALL ')}`);
		});

		it.each(Object.entries(weeks).flatMap(([zone, list]) => list.map((week, index) => [sizes[index]![0], zone, ...week] as const)))('%s in %s: %i PPVs and %i bumps', async (size, zone, ppv, bump) => {
			await sql.at('2025-09-18T18:00:00Z');
			expect(await report(`${size}_${zone}`, 60)).toMatchObject({account_size: size, saturation_status: zone, recommended_volume: {ppv, bump, total: ppv + bump, period: 'week'}});
		});
	});

	it.each([['\'\', 30', 'EROS_BAD_PAGE'], ['NULL, 30', 'EROS_BAD_PAGE'], ['\'a\', 0', 'EROS_BAD_LOOKBACK'], ['\'a\', 366', 'EROS_BAD_LOOKBACK'], ['\'a\', NULL', 'EROS_BAD_LOOKBACK']])('refuses (%s): %s', async (arguments_, code) => {
		expect((await sql.failure(`DECLARE report STRING; CALL eros.analyze_creator_performance(${arguments_}, report)`))?.message).toContain(code);
	});
});

describe('run_health_check', () => {
	type Health = {readonly score: number; readonly status: string; readonly components: readonly {readonly name: string; readonly points: number; readonly detail: string}[]; readonly counts: Record<string, number>; readonly problems: readonly string[]; readonly red_flags: readonly string[]; readonly top_errors: string};
	const check = async () => {
		const row = await sql.row<{line: string; score: number; band: string; health: string; red_flags: readonly string[]}>('CALL eros.run_health_check()');
		const health = JSON.parse(row.health) as Health;
		return {...row, health, points: Object.fromEntries(health.components.map(({name, points}) => [name, points])) as Record<string, number>};
	};

	const fresh = {stats: 1, sweep: 1, automation: 1};
	const settle = async ({stats, sweep, automation}: typeof fresh) => sql.rows(`
		DELETE FROM eros.caption_bandit_stats WHERE TRUE; DELETE FROM eros.lock_sweep_log WHERE TRUE; DELETE FROM eros.automation_job_runs WHERE TRUE;
		INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, confidence_lower_bound, confidence_upper_bound, last_updated) SELECT 9000000000001, 'page_01', 1, 1, 0.1, 0.9, TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${stats * 60} MINUTE);
		INSERT INTO eros.lock_sweep_log (sweep_id, sweep_time) SELECT 's', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${sweep * 60} MINUTE);
		INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_end_time, job_status, execution_date) SELECT 'j', 'run_daily_automation', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${automation * 60} MINUTE), TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${automation * 60} MINUTE), 'SUCCESS', CURRENT_DATE()`);
	const capacity = async (available: number, expired: number) => sql.rows(`
		DELETE FROM eros.caption_bank WHERE caption_id < 100000; DELETE FROM eros.active_caption_assignments WHERE TRUE;
		INSERT INTO eros.caption_bank (caption_id, caption_text, price_tier, usage_status, overall_performance_score) SELECT n, 'text', 'mid', IF(n <= ${available}, 'available', 'recent'), 1.0 FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n;
		INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) SELECT 'page_01', n, 'text', DATE '2025-10-01', DATE '2025-11-01', TRUE FROM UNNEST(GENERATE_ARRAY(1, ${expired})) AS n`);

	beforeAll(async () => {
		await capacity(500, 0);
	});
	beforeEach(async () => {
		await sql.drive.set(monday);
		await sql.rows('DELETE FROM eros.health_checks WHERE TRUE; DELETE FROM eros.automation_alerts WHERE TRUE; DELETE FROM eros.active_caption_assignments WHERE TRUE');
		await settle(fresh);
	});

	it('prints the score on one line and keeps the sample', async () => {
		const {line, score, band, health, points} = await check();
		expect([points['freshness'], points['integrity'], points['capacity']]).toEqual([20, 20, 10]);
		expect(line).toBe(`Health Score: ${score}/100`);
		expect(health.status).toBe('OK');
		expect(await sql.rows('SELECT score, band FROM eros.health_checks')).toEqual([{score, band}]);
	});

	it.each([[28, 7, 28, 20], [28.1, 7, 28, 16.67], [48, 24, 48, 10], [48.1, 7, 28, 13.33], [1, 7.1, 1, 16.67], [1, 24.1, 1, 13.33], [1, 1, 48.1, 13.33], [49, 25, 49, 0]])('stats %d h, sweep %d h and automation %d h old give %d of 20', async (stats, sweep, automation, points) => {
		await settle({stats, sweep, automation});
		expect((await check()).points['freshness']).toBe(points);
	});

	it.each([[500, 10, 10], [499, 10, 7.5], [200, 10, 7.5], [199, 10, 5], [500, 11, 7.5], [500, 100, 7.5], [500, 101, 5], [199, 101, 0]])('%i captions and %i expired locks give %d of 10', async (available, expired, points) => {
		await capacity(available, expired);
		const found = (await check()).points['capacity'];
		await capacity(500, 0);
		expect(found).toBe(points);
	});

	it.each<readonly [string, string, boolean]>([
		['an arm twice', 'INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures) VALUES (9000000000001, \'page_01\', 1, 1)', false],
		['a negative count', 'UPDATE eros.caption_bandit_stats SET successes = -1 WHERE page_name = \'page_01\'', false],
		['no count', 'UPDATE eros.caption_bandit_stats SET failures = NULL WHERE page_name = \'page_01\'', false],
		['a bound above 1', 'UPDATE eros.caption_bandit_stats SET confidence_upper_bound = 1.01 WHERE page_name = \'page_01\'', false],
		['a lower bound below 0 without an upper', 'UPDATE eros.caption_bandit_stats SET confidence_lower_bound = -0.3, confidence_upper_bound = NULL WHERE page_name = \'page_01\'', false],
		['an upper bound below 0 without a lower', 'UPDATE eros.caption_bandit_stats SET confidence_lower_bound = NULL, confidence_upper_bound = -0.3 WHERE page_name = \'page_01\'', false],
		['a lower bound above 1 without an upper', 'UPDATE eros.caption_bandit_stats SET confidence_lower_bound = 1.2, confidence_upper_bound = NULL WHERE page_name = \'page_01\'', false],
		['a bound that is no number', 'UPDATE eros.caption_bandit_stats SET confidence_upper_bound = CAST(\'NaN\' AS FLOAT64) WHERE page_name = \'page_01\'', false],
		['bounds crossed', 'UPDATE eros.caption_bandit_stats SET confidence_lower_bound = 0.95 WHERE page_name = \'page_01\'', false],
		['locks 7 days apart', 'INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES (\'page_01\', 5, \'t\', DATE \'2025-11-03\', DATE \'2025-11-10\', TRUE), (\'page_02\', 5, \'t\', DATE \'2025-11-03\', DATE \'2025-11-17\', TRUE)', false],
		['a lock without a caption', 'INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES (\'page_01\', -5, \'t\', DATE \'2025-11-03\', DATE \'2025-11-10\', TRUE)', false],
		['rows lost', 'INSERT INTO eros.health_checks (check_id, check_time, score, components) SELECT \'before\', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR), 100, PARSE_JSON(\'{"mass_messages_rows": 99999999, "counts": {"mass_messages": 99999999}}\')', true],
	])('%s costs the integrity, and all of it', async (_, change, isCorruption) => {
		await sql.rows(change);
		const {points, red_flags: flags} = await check();
		expect(points['integrity']).toBe(0);
		expect(flags.includes('CORRUPTION')).toBe(isCorruption);
		await sql.rows('DELETE FROM eros.health_checks WHERE check_id != \'before\'');
		const seen = await sql.row<{integrity_violations: number; corrupt_rows: number}>(await renderSql('sql/monitoring/health.sql'));
		expect([seen.integrity_violations > 0, seen.corrupt_rows > 0]).toEqual([true, isCorruption]);
	});

	it('a degraded check in between does not hide that rows were lost', async () => {
		await sql.rows(`INSERT INTO eros.health_checks (check_id, check_time, score, components) VALUES
			('before', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR), 100, JSON '{"counts": {"mass_messages": 99999999}}'), ('degraded', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR), 60, JSON '{"counts": {"mass_messages": null}}')`);
		expect((await check()).red_flags).toContain('CORRUPTION');
	});

	it('counts a lock without a send date as expired a week after it was made', async () => {
		await sql.rows('INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, is_active) VALUES (\'page_01\', 5, \'t\', DATE \'2025-10-27\', TRUE), (\'page_01\', 25, \'t\', DATE \'2025-10-26\', TRUE)');
		expect((await check()).health.counts['expired_locks']).toBe(1);
	});

	it('a schedule that is no object costs the integrity and is corruption', async () => {
		await sql.rows('INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, schedule_json) SELECT \'bad\', \'page_01\', CURRENT_TIMESTAMP(), DATE \'2025-11-03\', JSON \'"text"\'');
		const {points, red_flags: flags} = await check();
		expect(await sql.row(await renderSql('sql/monitoring/health.sql'))).toMatchObject({integrity_violations: 1, corrupt_rows: 1});
		await sql.rows('DELETE FROM eros.schedule_recommendations WHERE schedule_id = \'bad\'');
		expect(points['integrity']).toBe(0);
		expect(flags).toContain('CORRUPTION');
	});

	it('a part that fails gives nothing and is told', async () => {
		await sql.rows('ALTER TABLE eros.lock_sweep_log RENAME TO lock_sweep_log_away');
		const {points, health} = await check();
		await sql.rows('ALTER TABLE eros.lock_sweep_log_away RENAME TO lock_sweep_log');
		expect(points['freshness']).toBe(0);
		expect(health.status).toBe('DEGRADED');
		expect(health.problems).toEqual([expect.stringMatching(/^freshness: .*lock_sweep_log/)]);
		expect(health.components.find(({name}) => name === 'freshness')!.detail).toBe('the query failed');
	});

	it('a check that fails as a whole is UNKNOWN, never 100', async () => {
		await sql.rows('CREATE OR REPLACE PROCEDURE eros.measure_health(OUT p_health STRING) BEGIN RAISE USING MESSAGE = \'broken\'; END');
		try {
			expect(await sql.row('CALL eros.run_health_check()')).toMatchObject({score: null, band: 'UNKNOWN', line: 'Health Score: --/100', error_message: expect.stringContaining('broken') as string});
		} finally {
			await sql.rows(await renderSql('sql/procedures/measure_health.sql'));
		}

		expect(await sql.rows('SELECT score, band FROM eros.health_checks')).toEqual([{score: null, band: 'UNKNOWN'}]);
		expect(await sql.rows('SELECT alert_level FROM eros.automation_alerts')).toEqual([{alert_level: 'CRITICAL'}]);
	});

	it.each([[500, 1, 100, 'HEALTHY', []], [199, 1, 90, 'HEALTHY', []], [500, -1, 80, 'WATCH', []], [199, -1, 70, 'ALERT', ['WARNING']]])('tells the band of %i captions and %i successes: %i is %s', async (available, successes, score, band, levels) => {
		await capacity(available, available === 199 ? 101 : 0);
		await sql.rows(`UPDATE eros.caption_bandit_stats SET successes = ${successes} WHERE TRUE`);
		const found = await check();
		await capacity(500, 0);
		expect([found.score, found.band]).toEqual([score, band]);
		expect((await sql.rows('SELECT alert_level FROM eros.automation_alerts WHERE alert_source = \'run_health_check\'')).map(row => row['alert_level'])).toEqual(levels);
	});

	it('counts neither jobs of another dataset nor a script beside its children, but a call that raised', async () => {
		await sql.at('2025-12-10T18:00:00Z');
		await settle(fresh);
		const {health: {counts: before}} = await check();
		await sql.failure('SELECT ERROR(\'elsewhere\')');
		await sql.failure('DECLARE n INT64; SET n = (SELECT 1 FROM eros.lock_guard); SELECT ERROR(\'a child\') FROM eros.lock_guard');
		expect((await check()).health.counts['jobs_failed']).toBe(before['jobs_failed']! + 1);
		await sql.failure('CALL eros.select_captions_for_creator(\'\', \'Standard\', 1, 1, 1, 1)');
		const {health} = await check();
		expect(health.counts['jobs_failed']).toBe(before['jobs_failed']! + 2);
		expect(health.top_errors).toContain('EROS_BAD_PAGE');
	});

	it.each([[30, true], [3, false]])('of more than 20 jobs a tenth that fails is a red flag: %i of them', async (count, isFlag) => {
		await sql.at(`2025-12-${count === 30 ? 15 : 20}T18:00:00Z`);
		await settle(fresh);
		await Promise.all(Array.from({length: count}, async () => sql.failure('SELECT ERROR(\'on purpose\') FROM eros.lock_guard')));
		const {health: {counts}, red_flags: flags} = await check();
		expect(counts['jobs_finished']! >= 20).toBe(isFlag);
		expect(flags.includes('ERROR_RATE')).toBe(isFlag);
	});

	describe('of given jobs', () => {
		type Job = {readonly hoursAgo?: number; readonly ms?: number; readonly failed?: boolean; readonly type?: string; readonly state?: string; readonly statement?: string; readonly dataset?: string; readonly query?: string};
		const given = async (jobs: readonly (Job & {readonly times?: number})[]) => {
			const history = (await renderSql('sql/procedures/measure_health.sql')).replace(/`[^`]+`\.INFORMATION_SCHEMA\.JOBS/, 'eros.given_jobs');
			await sql.rows(`CREATE OR REPLACE TABLE eros.given_jobs (job_id STRING, parent_job_id STRING, creation_time TIMESTAMP, start_time TIMESTAMP, end_time TIMESTAMP, job_type STRING, state STRING, statement_type STRING,
				error_result STRUCT<reason STRING, message STRING>, total_bytes_billed INT64, query STRING, referenced_tables ARRAY<STRUCT<dataset_id STRING>>);
				${history}`);
			for (const [index, {hoursAgo = 0.5, ms = 1000, failed = false, type = 'QUERY', state = 'DONE', statement = '\'SELECT\'', dataset = 'eros', query = 'SELECT 1', times = 1}] of jobs.entries()) {
				await sql.rows(`INSERT INTO eros.given_jobs SELECT CONCAT('${index}_', CAST(n AS STRING)), NULL, began, began, TIMESTAMP_ADD(began, INTERVAL ${ms} * ${ms < 1000 ? 'n' : '1'} MILLISECOND), '${type}', '${state}', ${statement}, ${failed ? 'STRUCT(\'invalid\' AS reason, \'broken\' AS message)' : 'NULL'}, 10, '${query}', [STRUCT('${dataset}' AS dataset_id)]
					FROM UNNEST(GENERATE_ARRAY(1, ${times})) AS n CROSS JOIN (SELECT TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(hoursAgo * 60)} MINUTE) AS began)`);
			}

			return check();
		};

		afterAll(async () => {
			await sql.rows(await renderSql('sql/procedures/measure_health.sql'));
		});

		it('scores the example of section 8.2: 2 % of errors and a p95 of 20 s give 93', async () => {
			const {score, band, line, points, health} = await given([{ms: 20_000, times: 98}, {ms: 20_000, failed: true, times: 2}]);
			expect([points['errors'], points['latency'], score, band, line]).toEqual([26.67, 16, 93, 'HEALTHY', 'Health Score: 93/100']);
			expect(health.components.map(({detail}) => detail).slice(0, 2)).toEqual(['2.0% of 100 jobs', 'p95 20000 ms']);
		});

		it.each<readonly [string, Parameters<typeof given>[0], number, number]>([
			['1 % of errors', [{times: 99}, {failed: true}], 30, 20], ['10 % of errors', [{times: 9}, {failed: true}], 0, 20], ['5.5 % of errors', [{times: 189}, {failed: true, times: 11}], 15, 20],
			['a p95 of 10 s', [{ms: 10_000}], 30, 20], ['a p95 of 60 s', [{ms: 60_000}], 30, 0], ['a p95 of 38 s among 0.4 to 40 s', [{ms: 400, times: 100}], 30, 8.8],
			['a slow job of two hours ago beside a quick one', [{ms: 60_000, hoursAgo: 2}, {}], 30, 20], ['a slow job of two hours ago alone', [{ms: 60_000, hoursAgo: 2}], 30, 0], ['a slow job of 25 hours ago', [{ms: 60_000, hoursAgo: 25, failed: true}], 30, 20],
			['failures of other kinds of jobs', [{failed: true, type: 'LOAD'}, {failed: true, state: 'RUNNING'}, {failed: true, dataset: 'other'}, {}], 30, 20],
			['a failure that only names the dataset', [{failed: true, dataset: 'other', query: 'SELECT * FROM eros.t'}], 0, 20], ['a failure of a dataset whose name only begins so', [{failed: true, dataset: 'other', query: 'SELECT * FROM eros_2.t'}], 30, 20],
			['a failure of no known kind of statement', [{failed: true, statement: 'CAST(NULL AS STRING)'}], 0, 20], ['a slow job of no known kind of statement', [{ms: 60_000, statement: 'CAST(NULL AS STRING)'}], 30, 0], ['a call that failed of itself, whatever its time', [{statement: '\'CALL\'', ms: 60_000, failed: true}, {}], 0, 20],
		])('%s', async (_, jobs, errors, latency) => {
			const {points} = await given(jobs);
			expect([points['errors'], points['latency']]).toEqual([errors, latency]);
		});

		it.each([['jobs', []], ['anything but calls that went well', [{statement: '\'CALL\''}, {statement: '\'SCRIPT\''}]]])('is full without %s, and says that there were none', async (_, jobs) => {
			const {points, health} = await given(jobs);
			expect([points['errors'], points['latency']]).toEqual([30, 20]);
			expect(health.components.slice(0, 2).map(({detail}) => detail)).toEqual(['no_data', 'no_data']);
		});
	});

	it.each([['SUCCESS', 20], ['COMPLETED_NO_WORK', 20], ['COMPLETED_WITH_ERRORS', 13.33], ['FAILED', 13.33], ['RUNNING', 13.33], ['SKIPPED', 13.33]])('a daily automation that ended as %s leaves %d of 20 for freshness', async (status, points) => {
		await settle({...fresh, automation: 60});
		await sql.rows(`INSERT INTO eros.automation_job_runs (job_id, job_name, job_start_time, job_end_time, job_status, execution_date) VALUES ('k', 'run_daily_automation', CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP(), '${status}', CURRENT_DATE()), ('l', 'health_check', CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP(), 'SUCCESS', CURRENT_DATE())`);
		expect((await check()).points['freshness']).toBe(points);
	});

	it('takes what never ran for as old as its table', async () => {
		const {created} = await sql.row<{created: string}>('SELECT CAST(UNIX_MILLIS(creation_time) AS STRING) AS created FROM eros.INFORMATION_SCHEMA.TABLES WHERE table_name = \'lock_sweep_log\'');
		for (const [hours, points] of [[6.5, 20], [8, 16.67], [25, 13.33]] as const) {
			await sql.drive.set(Number(created) + hours * 3_600_000);
			await settle(fresh);
			await sql.rows('DELETE FROM eros.lock_sweep_log WHERE TRUE');
			expect((await check()).points['freshness']).toBe(points);
		}
	});

	it('counts the exports of a day by how they ended', async () => {
		await sql.rows(`INSERT INTO eros.schedule_export_log (schedule_id, page_name, export_timestamp, status) SELECT 's', 'page_01', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL hours HOUR), status
			FROM UNNEST([STRUCT(1 AS hours, 'SUCCESS' AS status), (23, 'SUCCESS'), (25, 'SUCCESS'), (1, 'FAILED'), (1, 'PARTIAL'), (1, 'SKIPPED')])`);
		const {health: {counts}} = await check();
		await sql.rows('DELETE FROM eros.schedule_export_log WHERE TRUE');
		expect([counts['exports_succeeded'], counts['exports_failed']]).toEqual([2, 1]);
	});

	it('does not mind locks 8 days apart', async () => {
		await sql.rows('INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES (\'page_01\', 5, \'t\', DATE \'2025-11-03\', DATE \'2025-11-10\', TRUE), (\'page_02\', 5, \'t\', DATE \'2025-11-03\', DATE \'2025-11-18\', TRUE)');
		expect((await check()).points['integrity']).toBe(20);
	});

	it('takes points for failed jobs by their share, from 1 to 10 %', async () => {
		// A day on, no earlier job is within 24 hours.
		await sql.at('2026-01-10T18:00:00Z');
		await settle(fresh);
		await Promise.all(Array.from({length: 30}, async (_, index) => sql.failure(index < 2 ? 'SELECT ERROR(\'on purpose\') FROM eros.lock_guard' : 'SELECT guard FROM eros.lock_guard')));
		const {health: {counts}, points, score, band} = await check();
		expect(counts['jobs_failed']).toBe(2);
		expect(counts['jobs_finished']).toBeGreaterThanOrEqual(30);
		const rate = counts['jobs_failed']! / counts['jobs_finished']!;
		expect(points['errors']).toBeCloseTo(30 * (1 - (rate - 0.01) / 0.09), 1);
		expect(points['latency']).toBe(20);
		expect(score).toBe(Math.floor(Object.values(points).reduce((sum, value) => sum + value, 0) + 0.5));
		expect(band).toBe(score >= 90 ? 'HEALTHY' : score >= 80 ? 'WATCH' : score >= 70 ? 'ALERT' : 'ROLLBACK');
	});

	it('alerts when the band is bad', async () => {
		await settle({stats: 49, sweep: 25, automation: 49});
		await sql.rows('UPDATE eros.caption_bandit_stats SET successes = -1 WHERE page_name = \'page_01\'');
		const {band, score, red_flags: flags} = await check();
		expect(score).toBeLessThan(70);
		expect([band, flags]).toEqual(['ROLLBACK', expect.arrayContaining(['SCORE'])]);
		expect(await sql.rows('SELECT alert_level, alert_source FROM eros.automation_alerts WHERE alert_source = \'run_health_check\'')).toEqual([{alert_level: 'CRITICAL', alert_source: 'run_health_check'}]);
	});
});
