// Choosing captions: section 5.3.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {clearSelector, ids, select as selectOf, tiers, used as usedOf} from './selector-support.js';
import {captions, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});
beforeEach(async () => {
	await clearSelector(sql);
});

const select = async (...[quotas, target]: [readonly [number, number, number, number], Parameters<typeof selectOf>[2]?]) => selectOf(sql, quotas, target);
const used = async (captionIds: readonly number[], use?: Parameters<typeof usedOf>[2]) => usedOf(sql, captionIds, use);
const result = async (page = 'page_01') => {
	const {shortfall, ...counts} = await sql.row<{run_id: string; shortfall: string}>(`SELECT run_id, ARRAY_LENGTH(budget_captions) AS budget, ARRAY_LENGTH(mid_captions) AS mid, ARRAY_LENGTH(premium_captions) AS premium, ARRAY_LENGTH(bump_captions) AS bump, TO_JSON_STRING(shortfall) AS shortfall FROM eros.caption_selector_results WHERE page_name = '${page}'`);
	return {...counts, shortfall: JSON.parse(shortfall) as unknown};
};

const bank = (perTier: number) => captions(tiers.flatMap((tier, place) => Array.from({length: perTier}, (_, index) => ({id: 100 * (place + 1) + index, tier, category: `Category ${index % 6}`, ...(tier === 'bump' ? {score: 'NULL' as const} : {})}))));

describe('quotas', () => {
	it('are met by 5, 5, 5 and 3 different captions with scores in [0, 1], a fifth of them explored', async () => {
		await sql.layOutFixture();
		const picked = await select([5, 5, 5, 3], {page: 'test_creator', segment: 'High-Value/Price-Insensitive'});
		expect(picked).toHaveLength(18);
		expect(new Set(ids(picked)).size).toBe(18);
		expect(tiers.map(tier => picked.filter(row => row.tier === tier).length)).toEqual([5, 5, 5, 3]);
		expect(picked.filter(row => row.strategy === 'explore')).toHaveLength(4);
		expect(picked.filter(row => row.has_urgency).length).toBeLessThanOrEqual(5);
		for (const {final_score: final, thompson_score: thompson} of picked) {
			expect(final).toBeGreaterThanOrEqual(0);
			expect(final).toBeLessThanOrEqual(1);
			expect(thompson).toBeGreaterThanOrEqual(0);
			expect(thompson).toBeLessThanOrEqual(1);
		}

		expect(await result('test_creator')).toMatchObject({budget: 5, mid: 5, premium: 5, bump: 3, shortfall: {budget: 0, bump: 0, mid: 0, premium: 0}});
	});

	it.each([[2, 0], [3, 1], [5, 1], [8, 2], [13, 3]])('of %i explore %i', async (quota, explored) => {
		await sql.rows(bank(20));
		const picked = await select([0, quota, 0, 0]);
		expect(picked).toHaveLength(quota);
		expect(picked.filter(row => row.strategy === 'explore')).toHaveLength(explored);
	});

	it('that cannot be met leave a shortfall and empty arrays, not an error, and replace the earlier row', async () => {
		await sql.rows(bank(2));
		expect(await select([5, 1, 0, 3])).toHaveLength(5);
		const first = await result();
		expect(first).toMatchObject({budget: 2, mid: 1, premium: 0, bump: 2, shortfall: {budget: 3, bump: 1, mid: 0, premium: 0}});
		await sql.rows('DELETE FROM eros.caption_bank WHERE TRUE');
		expect(await select([1, 1, 1, 1])).toEqual([]);
		const second = await result();
		expect(second).toMatchObject({budget: 0, mid: 0, premium: 0, bump: 0, shortfall: {budget: 1, bump: 1, mid: 1, premium: 1}});
		expect(second.run_id).not.toBe(first.run_id);
	});

	it.each([['-1, 0, 0, 0', 'EROS_BAD_QUOTA'], ['0, 0, 0, NULL', 'EROS_BAD_QUOTA']])('%s are refused', async (quotas, code) => {
		expect((await sql.failure(`CALL eros.select_captions_for_creator('page_01', 'Standard', ${quotas})`))?.message).toContain(code);
		expect((await sql.failure('CALL eros.select_captions_for_creator(\'\', \'Standard\', 1, 1, 1, 1)'))?.message).toContain('EROS_BAD_PAGE');
	});
});

describe('what was used within 7 days', () => {
	it('by any page is not chosen; older, rolled back and manual uses are free', async () => {
		await sql.rows(captions([1, 2, 3, 4, 5, 6, 7].map(id => ({id}))));
		await used([1]);
		await used([2], {page: 'page_02'});
		await used([3], {page: 'page_02', isActive: false, reason: '\'PAST_SEND_DATE\''});
		await used([4], {page: 'page_02', isActive: false, reason: '\'ROLLBACK\''});
		await used([5], {date: '2025-10-27'});
		await used([6], {date: '2025-10-26'});
		expect(ids(await select([0, 10, 0, 0]))).toEqual([4, 6, 7]);
	});
});

describe('weekly limits', () => {
	it('let no more than 5 urgent captions into a week, over all tiers', async () => {
		await sql.rows(captions(tiers.flatMap((tier, place) => Array.from({length: 4}, (_, index) => ({id: 100 * (place + 1) + index, tier, isUrgent: true})))));
		expect(await select([4, 4, 4, 4])).toHaveLength(5);
	});

	it.each([[3, 2], [4, 1], [5, 0], [6, 0]])('after %i urgent ones leave %i', async (before, left) => {
		await sql.rows(captions(Array.from({length: 20}, (_, index) => ({id: index + 1, isUrgent: index < 15}))));
		await used(Array.from({length: before}, (_, index) => index + 1));
		const picked = await select([0, 20, 0, 0]);
		expect(picked.filter(row => row.has_urgency)).toHaveLength(left);
		expect(picked.filter(row => !row.has_urgency)).toHaveLength(5);
	});

	it.each([['2025-10-27', 5], ['2025-10-28', 0], ['2025-11-10', 0], ['2025-11-11', 5]])('count the last 7 days and the 7 to come: five urgent ones of %s leave %i', async (date, left) => {
		await sql.rows(captions(Array.from({length: 10}, (_, index) => ({id: index + 1, isUrgent: true}))));
		await used([1, 2, 3, 4, 5], {date});
		expect(await select([0, 10, 0, 0])).toHaveLength(left);
	});

	it.each([['2025-10-27', true], ['2025-10-28', false], ['2025-11-10', false], ['2025-11-11', true]])('count a category over the same days: 20 uses on %s leave it: %s', async (date, isOpen) => {
		await sql.rows(captions([...Array.from({length: 20}, (_, index) => ({id: index + 1, category: 'Full'})), {id: 100, category: 'Full'}, {id: 101, category: 'Other'}]));
		await used(Array.from({length: 20}, (_, index) => index + 1), {date});
		expect(ids(await select([0, 5, 0, 0]))).toEqual(isOpen ? [100, 101] : [101]);
	});

	it.each([[19, true], [20, false]])('of a category used %i times leave it: %s', async (uses, isOpen) => {
		await sql.rows(captions([...Array.from({length: uses}, (_, index) => ({id: index + 1, category: 'Full'})), {id: 100, category: 'Full'}, {id: 101, category: 'Other'}]));
		await used(Array.from({length: uses}, (_, index) => index + 1));
		expect(ids(await select([0, 5, 0, 0]))).toEqual(isOpen ? [100, 101] : [101]);
	});
});

describe('scores', () => {
	const debugOf = async (uses: number) => {
		await sql.rows(captions([...Array.from({length: uses}, (_, index) => ({id: index + 1, category: 'Much'})), {id: 100, category: 'Much', revenue: 45.67}]));
		await used(Array.from({length: uses}, (_, index) => index + 1));
		const [only] = await select([0, 1, 0, 0]);
		return only!;
	};

	it.each([[0, 0, 0.25], [11, 0, -0.35], [12, -0.15, -0.35], [15, -0.15, -0.35], [16, -0.3, -0.35]])('after %i uses of the category: penalty %d, diversity %d', async (uses, penalty, diversity) => {
		const {debug, thompson_score: thompson, final_score: final} = await debugOf(uses);
		expect(debug.penalty).toBeCloseTo(penalty, 12);
		expect(debug.diversity).toBeCloseTo(diversity, 12);
		expect(debug.emv).toBe(45.67);
		expect(final).toBeCloseTo(Math.max(0, 0.7 * thompson + 0.15 * ((diversity + 0.5) / 0.75) + 0.15 * 0.4567 + 0.1 * penalty) / 1.25, 9);
	});
});

describe('restrictions', () => {
	const restrict = async (rule: string, scope = 'ALL', page = 'page_01', version = 1) => sql.rows(`INSERT INTO eros.creator_caption_restrictions (page_name, hard_patterns, soft_patterns, restricted_categories, restricted_price_tiers, applies_to_scope, min_ppv_pool, min_bump_pool, is_active, updated_at, version)
		SELECT '${page}', ${rule}, '${scope}', 0, 0, TRUE, CURRENT_TIMESTAMP(), ${version}`);
	const none = 'CAST([] AS ARRAY<STRING>)';

	beforeEach(async () => {
		await sql.rows(captions([{id: 1, text: 'Forbidden words', tier: 'mid'}, {id: 2, category: 'Live', tier: 'mid'}, {id: 3, tier: 'vip'}, {id: 4, tier: 'mid'}, {id: 5, text: 'forbidden free', tier: 'bump', score: 'NULL'}, {id: 6, tier: 'bump', score: 'NULL'}]));
	});

	it('remove by pattern, category and tier, and are written down', async () => {
		await restrict(`['(?i)forbidden'], ${none}, ['live'], ['vip']`);
		expect(ids(await select([5, 5, 5, 5]))).toEqual([4, 6]);
		expect(await sql.rows('SELECT caption_id, rule_type, enforcement, total_pool_before AS before, total_pool_after AS remaining FROM eros.caption_filter_audit_log ORDER BY caption_id')).toEqual([
			{caption_id: 1, rule_type: 'PATTERN_HARD', enforcement: 'HARD', before: 6, remaining: 2}, {caption_id: 2, rule_type: 'CATEGORY', enforcement: 'HARD', before: 6, remaining: 2},
			{caption_id: 3, rule_type: 'PRICE_TIER', enforcement: 'HARD', before: 6, remaining: 2}, {caption_id: 5, rule_type: 'PATTERN_HARD', enforcement: 'HARD', before: 6, remaining: 2},
		]);
	});

	it.each([['PPV_ONLY', [2, 3, 4, 5, 6]], ['BUMP_ONLY', [1, 2, 3, 4, 6]]])('of scope %s leave the others', async (scope, left) => {
		await restrict(`['(?i)forbidden'], ${none}, ${none}, ${none}`, scope);
		expect(ids(await select([5, 5, 5, 5]))).toEqual(left);
	});

	it('are off when the flag is off, and of another page', async () => {
		await restrict(`['(?i)forbidden'], ${none}, ${none}, ${none}`, 'ALL', 'page_02');
		expect(ids(await select([5, 5, 5, 5]))).toHaveLength(6);
		await restrict(`['(?i)forbidden'], ${none}, ${none}, ${none}`);
		expect(ids(await select([5, 5, 5, 5]))).toHaveLength(4);
		await sql.rows('UPDATE eros.feature_flags SET is_enabled = FALSE WHERE flag = \'caption_restrictions_enabled\'');
		expect(ids(await select([5, 5, 5, 5]))).toHaveLength(6);
	});

	it('of the newest version count, and soft ones only rank down', async () => {
		await restrict(`['(?i)forbidden'], ${none}, ${none}, ${none}`);
		await restrict(`${none}, ['(?i)forbidden'], ${none}, ${none}`, 'ALL', 'page_01', 2);
		const picked = await select([5, 5, 5, 5]);
		expect(picked).toHaveLength(6);
		expect(picked.filter(row => row.debug.penalty === -0.5).map(row => row.caption_id).sort()).toEqual([1, 5]);
	});

	it('and a profile that allows some leaves only those', async () => {
		await sql.rows(`INSERT INTO eros.creator_allowed_profile (page_name, allowed_ppv_categories, allowed_bump_tiers, is_active, updated_at, version)
			SELECT 'page_01', ['Live'], CAST([] AS ARRAY<STRING>), TRUE, CURRENT_TIMESTAMP(), 1`);
		expect(ids(await select([5, 5, 5, 5]))).toEqual([2, 5, 6]);
	});
});

it('a caption that stands in the bank twice is chosen once', async () => {
	await sql.rows(captions([{id: 1}, {id: 1}, {id: 2}, {id: 2}]));
	expect(ids(await select([0, 4, 0, 0]))).toEqual([1, 2]);
});

it('a caption of blanks is not chosen', async () => {
	await sql.rows(captions([{id: 1, text: ' '}, {id: 2}, {id: 3, text: ' ', status: 'test_only'}, {id: 4, status: 'test_only'}]));
	expect(ids(await select([0, 5, 0, 0]))).toEqual([2]);
	expect(ids(await select([0, 5, 0, 0], {page: 'test_creator'}))).toEqual([4]);
});

describe('test captions', () => {
	it('are for the test page only, and no others are for it', async () => {
		await sql.rows(captions([{id: 1, status: 'test_only'}, {id: 2}]));
		expect(ids(await select([0, 5, 0, 0]))).toEqual([2]);
		expect(ids(await select([0, 5, 0, 0], {page: 'test_creator'}))).toEqual([1]);
	});
});
