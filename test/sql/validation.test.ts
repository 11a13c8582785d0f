// The validation suite of section 13: five areas of the SQL, and the twelve checks of the selector, one line each.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import {arms, clearSelector, ids, select, used} from './selector-support.js';
import {captions, messages, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

describe('five areas', () => {
	it('1: the interval of (70, 30) lies where it must, in order and in range', async () => {
		const {lower, upper} = await sql.row<{lower: number; upper: number}>('SELECT eros.wilson_score_bounds(70, 30).lower_bound AS lower, eros.wilson_score_bounds(70, 30).upper_bound AS upper');
		expect(lower).toBeGreaterThanOrEqual(0.6);
		expect(lower).toBeLessThanOrEqual(0.67);
		expect(upper).toBeGreaterThanOrEqual(0.76);
		expect(upper).toBeLessThanOrEqual(0.83);
	});

	it('2: a lock is taken, conflicts, is found again, and is free after its release', async () => {
		await sql.rows(captions([{id: 999_999}, {id: 999_998}]));
		const lock = (schedule: string, id: number, hour: number) => `CALL eros.lock_caption_assignments('${schedule}', 'page_01', [STRUCT(${id} AS caption_id, DATE '2025-11-06' AS scheduled_send_date, ${hour} AS scheduled_send_hour)])`;
		expect(await sql.row(lock('first', 999_999, 14))).toEqual({requested: 1, inserted: 1, already_present: 0});
		expect((await sql.failure(lock('second', 999_999, 15)))?.message).toContain('ATOMIC ROLLBACK');
		expect(await sql.row(lock('first', 999_999, 14))).toEqual({requested: 1, inserted: 0, already_present: 1});
		expect(await sql.row(lock('second', 999_998, 14))).toMatchObject({inserted: 1});
		await sql.rows('UPDATE eros.active_caption_assignments SET is_active = FALSE, deactivation_reason = \'MANUAL\' WHERE caption_id = 999999');
		expect(await sql.row(lock('second', 999_999, 15))).toMatchObject({inserted: 1});
	});

	it('3: the feedback loop writes arms with valid bounds, and a second run the same', async () => {
		await sql.layOutFixture();
		const read = async () => sql.rows<{lower: number; upper: number; observations: number}>('SELECT caption_id, successes, failures, total_observations AS observations, confidence_lower_bound AS lower, confidence_upper_bound AS upper FROM eros.caption_bandit_stats WHERE page_name = \'test_creator\' ORDER BY caption_id');
		expect(await sql.row('CALL eros.update_caption_performance()')).toMatchObject({pages: 1});
		const first = await read();
		expect(first.length).toBeGreaterThan(0);
		expect(first.every(({lower, upper, observations}) => lower >= 0 && lower <= upper && upper <= 1 && observations > 0)).toBe(true);
		await sql.rows('CALL eros.update_caption_performance()');
		expect(await read()).toEqual(first);
	});

	it('4: the size of a page is the same over 7, 30 and 90 days', async () => {
		const {sizes} = await sql.row<{sizes: readonly string[]}>(`SELECT ARRAY(SELECT DISTINCT size.account_size FROM (
			SELECT account_size FROM eros.classify_account_size('test_creator', 7) UNION ALL SELECT account_size FROM eros.classify_account_size('test_creator', 30) UNION ALL SELECT account_size FROM eros.classify_account_size('test_creator', 90)) AS size) AS sizes`);
		expect(sizes).toEqual(['MEDIUM']);
	});

	it('5: a job that would bill more than it may, or take longer, fails', async () => {
		const submit = async (id: string, query: string, maximumBytesBilled: number, timeoutMs: number) => {
			await sql.warehouse.submit({id: jobId(id), sql: query, parameters: [], maximumBytesBilled, timeoutMs, labels: {}, mutates: []});
			return (await sql.warehouse.waitForJob(jobId(id))).error;
		};

		expect((await submit('bytes', 'SELECT SUM(earnings) AS total FROM eros.mass_messages', 1, 60_000))?.message).toMatch(/bytes billed/i);
		expect(await submit('enough', 'SELECT SUM(earnings) AS total FROM eros.mass_messages', 10_485_760, 60_000)).toBeUndefined();
		expect(await submit('slow', 'SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a CROSS JOIN UNNEST(GENERATE_ARRAY(1, 100000)) AS b WHERE MOD(a * b, 7) = 3', 10_000_000_000, 50)).toMatchObject({message: expect.stringMatching(/tim|abort|cancel/i) as string});
	});
});

describe('twelve checks of the selector', () => {
	it('1: its objects exist', async () => {
		const {found} = await sql.row<{found: readonly string[]}>(`SELECT ARRAY_AGG(routine_name ORDER BY routine_name) AS found FROM eros.INFORMATION_SCHEMA.ROUTINES
			WHERE routine_name IN ('select_captions_for_creator', 'wilson_sample', 'wilson_sample_z', 'selection_score', 'segment_multiplier', 'canonical_tier', 'counts_as_used')`);
		expect(found).toHaveLength(7);
		expect(await sql.row('SELECT COUNT(*) AS n FROM eros.INFORMATION_SCHEMA.TABLES WHERE table_name IN (\'available_captions\', \'caption_bank_enriched\', \'recent_caption_usage_v\', \'active_creator_caption_restrictions_v\', \'active_creator_allowed_profile_v\', \'caption_selector_results\')')).toEqual({n: 6});
	});

	const lengths = async (page: string) => sql.row(`SELECT ARRAY_LENGTH(budget_captions) AS budget, ARRAY_LENGTH(mid_captions) AS mid, ARRAY_LENGTH(premium_captions) AS premium, ARRAY_LENGTH(bump_captions) AS bump FROM eros.caption_selector_results WHERE page_name = '${page}'`);

	it('2 and 3: without history and without captions the arrays are empty, not NULL', async () => {
		await clearSelector(sql);
		expect(await select(sql, [5, 5, 5, 3], {page: 'page_new'})).toEqual([]);
		expect(await lengths('page_new')).toEqual({budget: 0, mid: 0, premium: 0, bump: 0});
	});

	it('4, 8 and 9: the quotas are met by different captions with scores from 0 to 1', async () => {
		await clearSelector(sql);
		await sql.layOutFixture();
		const picked = await select(sql, [5, 5, 5, 3], {page: 'test_creator', segment: 'LUXURY'});
		expect(await lengths('test_creator')).toEqual({budget: 5, mid: 5, premium: 5, bump: 3});
		expect(new Set(ids(picked)).size).toBe(18);
		expect(picked.every(({final_score: final, thompson_score: thompson}) => final >= 0 && final <= 1 && thompson >= 0 && thompson <= 1)).toBe(true);
	});

	it('5: penalties lower the score by a tenth of themselves', async () => {
		const [none, some] = await sql.rows<{score: number}>('SELECT eros.selection_score(0.6, 0.25, 0.0, p, 1.0) AS score FROM UNNEST([0.0, -0.5]) AS p ORDER BY p DESC');
		expect(none!.score - some!.score).toBeCloseTo(0.05 / 1.25, 12);
	});

	it('6: what a page restricts is not among its captions', async () => {
		await clearSelector(sql);
		await sql.rows(captions([{id: 1, category: 'Live'}, {id: 2}]));
		await sql.rows('INSERT INTO eros.creator_caption_restrictions (page_name, restricted_categories, is_active, updated_at, version) SELECT \'page_01\', [\'Live\'], TRUE, CURRENT_TIMESTAMP(), 1');
		expect(ids(await select(sql, [0, 5, 0, 0]))).toEqual([2]);
	});

	it('7: what any page used within 7 days rests', async () => {
		await clearSelector(sql);
		await sql.rows(captions([{id: 1}, {id: 2}]));
		await used(sql, [1], {page: 'page_02'});
		expect(ids(await select(sql, [0, 5, 0, 0]))).toEqual([2]);
	});

	it('10: the deterministic part of the draw is deterministic', async () => {
		expect(await sql.row('SELECT COUNT(DISTINCT eros.wilson_sample_z(7, 3, 0.5)) AS n FROM UNNEST(GENERATE_ARRAY(1, 100)) AS i')).toEqual({n: 1});
	});

	it('11: a fifth of the places explores', async () => {
		await clearSelector(sql);
		await sql.rows(captions(Array.from({length: 30}, (_, index) => ({id: index + 1}))));
		await arms(sql, Array.from({length: 10}, (_, index) => ({id: index + 1, successes: 500, failures: 500})));
		expect((await select(sql, [0, 15, 0, 0])).filter(({strategy}) => strategy === 'explore')).toHaveLength(3);
	});

	it('12: a repeated call keeps one row a page', async () => {
		await select(sql, [0, 5, 0, 0]);
		expect(await sql.row('SELECT COUNT(*) AS n FROM eros.caption_selector_results WHERE page_name = \'page_01\'')).toEqual({n: 1});
	});
});

// Three pages that differ in fans and conversion: 35,000 at 0.045, 18,000 at 0.015 after better weeks, 5,000 at 0.065.
describe('three archetype pages', () => {
	const day = (page: string, fans: number, conversion: string, view: string, price: number) => `SELECT '${page}' AS page, ${fans} AS fans, ${conversion} AS conversion, ${view} AS view, ${price} AS price, d FROM UNNEST(GENERATE_ARRAY(1, 90)) AS d`;
	const report = async (page: string) => {
		const {text} = await sql.row<{text: string}>(`DECLARE report STRING; CALL eros.analyze_creator_performance('${page}', 90, report); SELECT report AS text`);
		return JSON.parse(text) as {account_size: string; saturation_status: string; recommended_ppv: number; recommended_bump: number; performance_metrics: {conversion_rate: number}};
	};

	beforeAll(async () => {
		await clearSelector(sql);
		await sql.at('2025-09-18T18:00:00Z');
		await sql.rows('DELETE FROM eros.mass_messages WHERE TRUE');
		await sql.rows(`INSERT INTO eros.mass_messages (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type)
			SELECT d, page, 'text', TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL d * 24 - 1 HOUR), price, fans, CAST(fans * view AS INT64), ROUND(fans * view * conversion), ROUND(fans * view * conversion) * price, 'Unlock'
			FROM (${[day('healthy_large', 35_000, '0.045', '0.2', 9), day('saturated_medium', 18_000, 'IF(d <= 8, 0.015, 0.04)', 'IF(d <= 8, 0.14, 0.2)', 5), day('growing_small', 5000, '0.065', '0.2', 3)].join(' UNION ALL ')})`);
		await sql.rows(messages([{page: 'other', at: 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 2 HOUR)'}]));
	});

	it.each([
		['healthy_large', 'LARGE', 'GREEN', 16, 12], ['saturated_medium', 'MEDIUM', 'RED', 6, 16], ['growing_small', 'SMALL', 'GREEN', 8, 6],
	])('%s is %s and %s: %i PPVs, %i bumps a week', async (page, size, zone, ppv, bump) => {
		expect(await report(page)).toMatchObject({account_size: size, saturation_status: zone, recommended_ppv: ppv, recommended_bump: bump});
	});
});
