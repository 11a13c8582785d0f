// Feedback loop, locks and sweep of domain section 5.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {captions, messages, monday, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});
beforeEach(async () => {
	await sql.drive.set(monday);
	await sql.rows(['mass_messages', 'caption_bank', 'caption_bandit_stats', 'active_caption_assignments', 'automation_alerts', 'lock_sweep_log'].map(table => `DELETE FROM eros.${table} WHERE TRUE;`).join('\n'));
});

describe('update_caption_performance', () => {
	const days = (n: number): string => `TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${n} DAY)`;
	/** 100 viewers and 10 buyers: the EMV is a tenth of the earnings. */
	const use = (page: string, daysAgo: number, emv: number, caption?: string) => ({page, at: days(daysAgo), viewed: 100, purchased: 10, earnings: emv * 10, ...(caption === undefined ? {} : {caption})});

	it('learns the worked example: EMVs 10, 20, 30 with a median of 15', async () => {
		await sql.rows(captions([{id: 7}]));
		await sql.rows(messages([use('page_01', 3, 10, '7'), use('page_01', 2, 20, '7'), use('page_01', 1, 30, '7'), use('page_01', 4, 15), use('page_01', 5, 15), use('page_01', 6, 5), use('page_01', 7, 15)]));
		expect(await sql.row('CALL eros.update_caption_performance()')).toEqual({pages: 1, arms_written: 1});
		const arm = await sql.row('SELECT * FROM eros.caption_bandit_stats');
		expect(arm).toMatchObject({caption_id: 7, page_name: 'page_01', successes: 3, failures: 2, total_observations: 3, total_revenue: 600, avg_emv: 20, last_emv_observed: 30, performance_percentile: 0});
		expect(arm['confidence_lower_bound']).toBeCloseTo(0.2307, 4);
		expect(arm['confidence_upper_bound']).toBeCloseTo(0.8824, 4);
		expect(arm['exploration_score']).toBeCloseTo(0.408248, 6);
		expect(arm['avg_conversion_rate']).toBeCloseTo(0.1, 12);
	});

	it('gives the same arms when it runs again, only last_updated moves', async () => {
		await sql.rows(messages([use('page_01', 3, 10, '7'), use('page_01', 2, 20, '8'), use('page_01', 1, 30, '9'), use('page_02', 2, 4, '7')]));
		const read = async () => sql.rows('SELECT * EXCEPT (last_updated) FROM eros.caption_bandit_stats ORDER BY page_name, caption_id');
		await sql.rows('CALL eros.update_caption_performance()');
		const first = await read();
		const at = await sql.row('SELECT MAX(last_updated) AS updated FROM eros.caption_bandit_stats');
		await sql.rows('CALL eros.update_caption_performance()');
		expect(first).toHaveLength(4);
		expect(await read()).toEqual(first);
		expect((await sql.row('SELECT MIN(last_updated) AS updated FROM eros.caption_bandit_stats'))['updated']).not.toEqual(at['updated']);
		expect(first.map(row => row['performance_percentile'])).toEqual([0, 50, 100, 0]);
	});

	it('counts unknown buyers as a failure, and nothing at or below the median as a success', async () => {
		await sql.rows(messages([use('page_01', 3, 10, '7'), {page: 'page_01', at: days(2), viewed: 100, purchased: 'NULL', earnings: 500, caption: '7'}, {page: 'page_01', at: days(1), viewed: 0, purchased: 0, earnings: 0, caption: '7'}]));
		await sql.rows('CALL eros.update_caption_performance()');
		expect(await sql.row('SELECT successes, failures, total_observations FROM eros.caption_bandit_stats')).toEqual({successes: 1, failures: 3, total_observations: 2});
	});

	it('is not told by free messages, whose buyers nobody counts, what sells well', async () => {
		// A RED page: three free messages to each paid one. Were a free one worth 0, every sale would be above the median.
		const free = {page: 'page_01', price: 0, viewed: 100, purchased: 'NULL', earnings: 0} as const;
		await sql.rows(messages([use('page_01', 3, 10, '7'), use('page_01', 2, 20, '8'), use('page_01', 1, 30, '9'), ...Array.from({length: 9}, (_, index) => ({...free, at: days(index + 4), caption: '10'}))]));
		await sql.rows('CALL eros.update_caption_performance()');
		expect(await sql.rows('SELECT caption_id, successes, failures, total_observations, avg_emv FROM eros.caption_bandit_stats ORDER BY caption_id')).toEqual([
			{caption_id: 7, successes: 1, failures: 2, total_observations: 1, avg_emv: 10},
			{caption_id: 8, successes: 1, failures: 2, total_observations: 1, avg_emv: 20},
			{caption_id: 9, successes: 2, failures: 1, total_observations: 1, avg_emv: 30},
			{caption_id: 10, successes: 1, failures: 10, total_observations: 9, avg_emv: 0},
		]);
	});

	it('leaves arms without use in 90 days as they are, and looks no further back', async () => {
		await sql.rows('INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures) VALUES (1, \'page_01\', 40, 60)');
		await sql.rows(messages([use('page_01', 91, 50, '1'), use('page_01', 89, 50, '2'), use('page_01', 5, 10)]));
		expect(await sql.row('CALL eros.update_caption_performance()')).toEqual({pages: 1, arms_written: 1});
		expect(await sql.rows('SELECT caption_id, successes, failures FROM eros.caption_bandit_stats ORDER BY caption_id')).toEqual([{caption_id: 1, successes: 40, failures: 60}, {caption_id: 2, successes: 2, failures: 1}]);
	});

	it('tells when it was last used, not when it was learned', async () => {
		await sql.rows(messages([use('page_01', 3, 10, '7'), use('page_01', 2, 20, '7')]));
		await sql.rows('CALL eros.update_caption_performance()');
		expect(await sql.row('SELECT TIMESTAMP_DIFF(last_updated, last_used, HOUR) AS hours FROM eros.caption_bandit_stats')).toEqual({hours: 48});
	});

	it('knows of a use that nobody viewed, or whose recipients were not counted, that it was one', async () => {
		await sql.rows(messages([
			use('page_01', 5, 10, '7'), {...use('page_01', 4, 20, '7'), sent: 'NULL'}, {page: 'page_01', at: days(2), viewed: 0, purchased: 0, earnings: 30, caption: '7'}, {page: 'page_01', at: days(1), viewed: 'NULL', purchased: 5, earnings: 'NULL', caption: '7'},
			{page: 'page_01', at: days(3), viewed: 300, purchased: 'NULL', earnings: 0, caption: '7'},
			{page: 'page_01', at: 'TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)', viewed: 100, purchased: 90, earnings: 900, caption: '7'},
		]));
		await sql.rows('CALL eros.update_caption_performance()');
		// 20 buyers of the 200 viewers whose buyers were counted; 100, 200 and 30 USD.
		expect(await sql.row('SELECT total_observations, total_revenue, avg_conversion_rate, TIMESTAMP_DIFF(last_updated, last_used, HOUR) AS hours FROM eros.caption_bandit_stats')).toEqual({total_observations: 3, total_revenue: 330, avg_conversion_rate: 0.1, hours: 24});
	});

	it('says so, without an error, when there was nothing to learn', async () => {
		await sql.rows(messages([use('page_01', 31, 50, '1')]));
		expect(await sql.row('CALL eros.update_caption_performance()')).toEqual({pages: 0, arms_written: 0});
		expect(await sql.rows('SELECT alert_level, alert_source, acknowledged FROM eros.automation_alerts')).toEqual([{alert_level: 'INFO', alert_source: 'update_caption_performance', acknowledged: false}]);
	});
});

describe('lock_caption_assignments', () => {
	type Wanted = readonly [id: number | string, date: string | null, hour: number | null];
	const call = (schedule: string, page: string, wanted: readonly Wanted[]): string =>
		`CALL eros.lock_caption_assignments('${schedule}', '${page}', ARRAY<STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>>[${wanted.map(([id, date, hour]) => `(${id}, ${date === null ? 'CAST(NULL AS DATE)' : `DATE '${date}'`}, ${hour})`).join(', ')}])`;
	const count = async () => (await sql.row<{n: number}>('SELECT COUNT(*) AS n FROM eros.active_caption_assignments'))['n'];

	beforeEach(async () => {
		await sql.rows(captions([{id: 1, tier: 'premium', text: 'One'}, {id: 2}, {id: 3}, {id: '-2194714712821639177'}]));
	});

	it('writes a lock with its key, and a repeated call finds it present', async () => {
		const wanted: readonly Wanted[] = [[1, '2025-11-03', 10], ['-2194714712821639177', '2025-11-03', 9]];
		expect(await sql.row(call('s1', 'test_creator', wanted))).toEqual({requested: 2, inserted: 2, already_present: 0});
		expect(await sql.row(call('s1', 'test_creator', wanted))).toEqual({requested: 2, inserted: 0, already_present: 2});
		// A retry with more rows inserts what is missing.
		expect(await sql.row(call('s1', 'test_creator', [...wanted, [2, '2025-11-04', 9]]))).toEqual({requested: 3, inserted: 1, already_present: 2});
		expect(await sql.rows('SELECT caption_id, caption_text, price_tier, CAST(assigned_date AS STRING) AS assigned, scheduled_send_hour, is_active, schedule_id, assignment_key FROM eros.active_caption_assignments WHERE caption_id IN (1, -2194714712821639177) ORDER BY scheduled_send_hour DESC')).toMatchObject([
			{caption_id: 1, caption_text: 'One', price_tier: 'premium', assigned: '2025-11-03', scheduled_send_hour: 10, is_active: true, schedule_id: 's1'},
			{caption_id: -2194714712821639177n, assignment_key: '4f0f1c96f16494c6a2a80179d85f4d10500c1f9d4d04f1d23c5ae29e93a765ed'},
		]);
	});

	it.each([
		['2025-11-17', 'page_01', true], ['2025-11-03', 'page_01', true], ['2025-11-10', 'page_02', true],
		['2025-11-18', 'page_01', false], ['2025-11-18', 'page_02', false],
	])('with a lock on 2025-11-10, %s for %s conflicts: %s', async (date, page, conflicts) => {
		await sql.rows(call('s1', 'page_01', [[1, '2025-11-10', 9]]));
		const failure = await sql.failure(call('s2', page, [[2, date, 8], [1, date, 9]]));
		expect(failure?.message.includes('EROS_LOCK_CONFLICT: ATOMIC ROLLBACK – 1 of 2 blocked by 7-day conflicts: 1') ?? false).toBe(conflicts);
		// All or none: the free caption of a refused batch is not locked either.
		expect(await count()).toBe(conflicts ? 1 : 3);
		// What a refused call touched is rolled back as well.
		expect(await sql.row('SELECT touched_by FROM eros.lock_guard')).toEqual({touched_by: conflicts ? 's1' : 's2'});
	});

	it('knows rows older than the key by what they hold, and those without a send date by the day they were locked', async () => {
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, is_active, schedule_id) VALUES
			('page_01', 1, 'One', DATE '2025-11-01', DATE '2025-11-10', 9, TRUE, 's1'), ('page_01', 2, 'Two', DATE '2025-11-03', NULL, NULL, TRUE, 's0')`);
		expect(await sql.row(call('s1', 'page_01', [[1, '2025-11-10', 9]]))).toEqual({requested: 1, inserted: 0, already_present: 1});
		expect((await sql.failure(call('s1', 'page_01', [[1, '2025-11-10', 10]])))?.message).toContain('EROS_LOCK_CONFLICT');
		expect((await sql.failure(call('s1', 'page_02', [[2, '2025-11-10', 9]])))?.message).toContain('EROS_LOCK_CONFLICT');
		expect(await sql.row(call('s1', 'page_02', [[2, '2025-11-11', 9]]))).toMatchObject({inserted: 1});
	});

	it('takes the same key of another schedule for a conflict', async () => {
		await sql.rows(call('s1', 'page_01', [[1, '2025-11-10', 9]]));
		expect((await sql.failure(call('s2', 'page_01', [[1, '2025-11-10', 9]])))?.message).toContain('EROS_LOCK_CONFLICT');
	});

	it.each([['PAST_SEND_DATE', true], ['STALE_7DAY', true], ['ROLLBACK', false], ['MANUAL', false], ['TEST_CLEANUP', false]])('a lock that ended by %s blocks: %s', async (reason, blocks) => {
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, scheduled_send_hour, is_active, deactivation_reason)
			VALUES ('page_01', 1, 'One', DATE '2025-10-27', DATE '2025-11-01', 9, FALSE, '${reason}')`);
		expect(await sql.failure(call('s1', 'page_02', [[1, '2025-11-03', 12]])) !== undefined).toBe(blocks);
	});

	it.each<readonly [string, string, readonly Wanted[]]>([
		['EROS_UNKNOWN_CAPTION: not in the caption bank: 99, 98', 's1', [[1, '2025-11-05', 9], [99, '2025-11-05', 9], [98, '2025-11-05', 9]]],
		['EROS_BATCH_DUPLICATE: twice within 7 days of the batch: 1', 's1', [[1, '2025-11-05', 9], [1, '2025-11-12', 9]]],
		['EROS_BAD_ASSIGNMENTS: 1 to 500', 's1', []],
		['EROS_BAD_ASSIGNMENTS: 1 to 500', 's1', Array.from({length: 501}, () => [1, '2025-11-05', 9] as const)],
		['EROS_BAD_ASSIGNMENTS: 2 assignments lack', 's1', [[1, null, 9], [2, '2025-11-05', 24]]],
		['EROS_BAD_ASSIGNMENTS: 1 assignments lie before today, 2025-11-03', 's1', [[1, '2025-11-02', 9]]],
		['EROS_BAD_ASSIGNMENTS: 3 assignments lack', 's1', [['NULL', '2025-11-05', 9], [1, '2025-11-05', null], [2, '2025-11-05', -1], [3, '2025-11-05', 9]]],
		['EROS_UNKNOWN_CAPTION: not in the caption bank: 91, 92, 93, 94, 95', 's1', [91, 92, 93, 94, 95, 96].map(id => [id, '2025-11-05', 9] as const)],
		['EROS_BAD_ASSIGNMENTS: schedule id', '', [[1, '2025-11-05', 9]]],
	])('refuses: %s', async (message, schedule, wanted) => {
		expect((await sql.failure(call(schedule, 'page_01', wanted)))?.message).toContain(message);
		expect(await count()).toBe(0);
	});

	it.each(['\'\'', 'NULL'])('refuses: the page %s', async page => {
		expect((await sql.failure(`CALL eros.lock_caption_assignments('s1', ${page}, ARRAY<STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>>[(1, DATE '2025-11-05', 9)])`))?.message).toContain('EROS_BAD_ASSIGNMENTS: schedule id and page name');
	});

	it('refuses: a dataset without its guard, and locks nothing', async () => {
		await sql.rows('DELETE FROM eros.lock_guard WHERE TRUE');
		try {
			expect((await sql.failure(call('s1', 'page_01', [[1, '2025-11-05', 9]])))?.message).toContain('EROS_NO_GUARD');
			expect(await count()).toBe(0);
		} finally {
			await sql.deploy();
		}
	});

	it('names the first five captions of a conflict in the order of the batch', async () => {
		const many = [70, 61, 82, 53, 94, 45, 36];
		await sql.rows(captions(many.map(id => ({id}))));
		await sql.rows(call('s1', 'page_01', many.map(id => [id, '2025-11-05', 9] as const)));
		expect((await sql.failure(call('s2', 'page_02', [[1, '2025-11-05', 8], ...many.map(id => [id, '2025-11-06', 9] as const)])))?.message).toMatch(/7 of 8 blocked by 7-day conflicts: 70, 61, 82, 53, 94(?!,)/);
	});

	it('locks a caption that stands in the bank twice once', async () => {
		await sql.rows(captions([{id: 1}]));
		expect(await sql.row(call('s1', 'page_01', [[1, '2025-11-05', 9]]))).toEqual({requested: 1, inserted: 1, already_present: 0});
		expect(await count()).toBe(1);
	});

	it('allows a caption twice in a batch when 8 days lie between', async () => {
		expect(await sql.row(call('s1', 'page_01', [[1, '2025-11-05', 9], [1, '2025-11-13', 9]]))).toEqual({requested: 2, inserted: 2, already_present: 0});
	});
});

describe('sweep_expired_caption_locks', () => {
	const hold = (rows: readonly (readonly [id: number, date: string | null, assigned: string])[]): string => `INSERT INTO eros.active_caption_assignments
		(page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active) VALUES
		${rows.map(([id, date, assigned]) => `('page_01', ${id}, 'text', DATE '${assigned}', ${date === null ? 'CAST(NULL AS DATE)' : `DATE '${date}'`}, TRUE)`).join(', ')}`;

	it('keeps today, ends yesterday, and calls older than 7 days stale', async () => {
		await sql.rows(hold([
			[1, '2025-11-04', '2025-11-01'], [2, '2025-11-03', '2025-11-01'], [3, '2025-11-02', '2025-11-01'], [4, '2025-10-27', '2025-10-20'], [5, '2025-10-26', '2025-10-20'],
			[6, null, '2025-10-27'], [7, null, '2025-10-26'],
		]));
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({locks_expired_stale: 2, locks_expired_past_date: 2, total_locks_cleaned: 4, locks_still_active: 3});
		expect(await sql.rows('SELECT caption_id AS id, deactivation_reason AS reason, deactivated_at IS NULL AS open, is_active FROM eros.active_caption_assignments ORDER BY id')).toEqual([
			...[1, 2].map(id => ({id, reason: null, open: true, is_active: true})),
			...[3, 4].map(id => ({id, reason: 'PAST_SEND_DATE', open: false, is_active: false})),
			{id: 5, reason: 'STALE_7DAY', open: false, is_active: false},
			{id: 6, reason: null, open: true, is_active: true},
			{id: 7, reason: 'STALE_7DAY', open: false, is_active: false},
		]);
		// Again: nothing, and a row of the log all the same.
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: 0, locks_still_active: 3});
		expect(await sql.rows('SELECT total_locks_cleaned AS n, locks_expired_stale AS stale, locks_expired_past_date AS past FROM eros.lock_sweep_log ORDER BY sweep_time')).toEqual([{n: 4, stale: 2, past: 2}, {n: 0, stale: 0, past: 0}]);
	});

	it('leaves what ended before as it is', async () => {
		await sql.rows(hold([[1, '2025-11-01', '2025-10-30']]));
		await sql.rows('UPDATE eros.active_caption_assignments SET is_active = FALSE, deactivation_reason = \'MANUAL\' WHERE caption_id = 1');
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: 0});
		expect(await sql.row('SELECT deactivation_reason AS reason, deactivated_at AS ended FROM eros.active_caption_assignments')).toEqual({reason: 'MANUAL', ended: null});
	});

	it('changes nothing that it can not log', async () => {
		await sql.rows(hold([[1, '2025-11-01', '2025-10-30']]));
		await sql.rows('ALTER TABLE eros.lock_sweep_log RENAME TO lock_sweep_log_away');
		const failure = await sql.failure('CALL eros.sweep_expired_caption_locks()');
		await sql.rows('ALTER TABLE eros.lock_sweep_log_away RENAME TO lock_sweep_log');
		expect(failure?.message).toContain('lock_sweep_log');
		expect(await sql.row('SELECT is_active, deactivation_reason AS reason FROM eros.active_caption_assignments')).toEqual({is_active: true, reason: null});
	});

	it('goes by the date in Los Angeles', async () => {
		await sql.rows(hold([[1, '2025-11-03', '2025-11-01']]));
		await sql.at('2025-11-04T07:59:00Z');
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: 0});
		await sql.at('2025-11-04T08:00:00Z');
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: 1});
	});

	it.each([[1000, 0, []], [1001, 0, ['WARNING']], [0, 5000, []], [0, 5001, ['WARNING']], [0, 10_001, ['CRITICAL']]])('with %i cleaned and %i left it alerts %j', async (cleaned, left, levels) => {
		await sql.rows(`INSERT INTO eros.active_caption_assignments (page_name, caption_id, caption_text, assigned_date, scheduled_send_date, is_active)
			SELECT 'page_01', n, 'text', DATE '2025-11-01', IF(n <= ${cleaned}, DATE '2025-11-01', DATE '2025-11-20'), TRUE FROM UNNEST(GENERATE_ARRAY(1, ${cleaned + left})) AS n`);
		expect(await sql.row('CALL eros.sweep_expired_caption_locks()')).toMatchObject({total_locks_cleaned: cleaned, locks_still_active: left});
		expect((await sql.rows('SELECT alert_level FROM eros.automation_alerts')).map(alert => alert['alert_level'])).toEqual(levels);
	});
});
