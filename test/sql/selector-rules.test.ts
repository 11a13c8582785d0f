// The rules of choosing one by one: section 5.3, steps 1 to 12. Arms with very many observations leave the draw no room.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {arms, clearSelector, ids, select, tiers, used} from './selector-support.js';
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

describe('diversity', () => {
	const diversityOf = async (target: {readonly category?: string; readonly tier?: string; readonly isUrgent?: boolean}) => {
		await sql.rows(captions([{id: 900, ...target}]));
		const place = tiers.indexOf((target.tier ?? 'mid') as typeof tiers[number]);
		const [only] = await select(sql, [0, 1, 2, 3].map(index => Number(index === place)) as [number, number, number, number]);
		return only!.debug.diversity;
	};

	it.each([
		['nothing', {category: 'New', tier: 'premium'}, 0.25],
		['the tier', {category: 'New', tier: 'mid'}, -0.05],
		['the category', {category: 'Seen', tier: 'premium'}, -0.05],
		['urgency', {category: 'New', tier: 'premium', isUrgent: true}, 0.1],
		['all three', {category: 'Seen', tier: 'mid', isUrgent: true}, -0.5],
	])('falls where the page lately saw %s', async (_, target, diversity) => {
		await sql.rows(captions([{id: 1, category: 'Seen', tier: 'mid', isUrgent: true}]));
		await used(sql, [1]);
		expect(await diversityOf(target)).toBeCloseTo(diversity, 12);
	});

	it('remembers the urgency of the last three uses only', async () => {
		await sql.rows(captions([{id: 1, category: 'A', isUrgent: true}, {id: 2, category: 'A'}, {id: 3, category: 'A'}, {id: 4, category: 'A'}]));
		await used(sql, [1], {date: '2025-11-01'});
		await used(sql, [2, 3], {date: '2025-11-02'});
		expect(await diversityOf({category: 'New', tier: 'premium', isUrgent: true})).toBeCloseTo(0.1, 12);
		await sql.rows('DELETE FROM eros.caption_bank WHERE caption_id = 900');
		await used(sql, [4], {date: '2025-11-02', hour: 20});
		expect(await diversityOf({category: 'New', tier: 'premium', isUrgent: true})).toBeCloseTo(0.25, 12);
	});

	it('remembers the last five categories, by their latest use', async () => {
		await sql.rows(captions([1, 2, 3, 4, 5, 6].map(id => ({id, category: `Category ${id}`, tier: 'mid'}))));
		for (const id of [1, 2, 3, 4, 5, 6]) {
			await used(sql, [id], {date: `2025-11-0${id === 6 ? 2 : 1}`, hour: id});
		}

		// Six categories in use: of five on the same day the last by name is forgotten.
		expect(await diversityOf({category: 'Category 5', tier: 'premium'})).toBeCloseTo(0.25, 12);
		await sql.rows('DELETE FROM eros.caption_bank WHERE caption_id = 900');
		expect(await diversityOf({category: 'Category 6', tier: 'premium'})).toBeCloseTo(-0.05, 12);
	});

	it('knows only what the page itself did, and what it has reserved ahead', async () => {
		await sql.rows(captions([{id: 1, category: 'Other', tier: 'mid'}, {id: 2, category: 'Ahead', tier: 'budget'}]));
		await used(sql, [1], {page: 'page_02'});
		await used(sql, [2], {date: '2025-11-09'});
		expect(await diversityOf({category: 'Other', tier: 'mid'})).toBeCloseTo(0.25, 12);
		await sql.rows('DELETE FROM eros.caption_bank WHERE caption_id = 900');
		expect(await diversityOf({category: 'Ahead', tier: 'mid'})).toBeCloseTo(-0.05, 12);
	});
});

describe('penalties', () => {
	it('of an urgent caption after four urgent ones, before that of its category', async () => {
		await sql.rows(captions([...[1, 2, 3, 4].map(id => ({id, isUrgent: true, category: 'Full'})), ...Array.from({length: 12}, (_, index) => ({id: 10 + index, category: 'Full'})), {id: 900, isUrgent: true, category: 'Full', tier: 'premium'}, {id: 901, category: 'Full', tier: 'premium'}]));
		await used(sql, [1, 2, 3, 4, ...Array.from({length: 12}, (_, index) => 10 + index)]);
		const picked = await select(sql, [0, 0, 2, 0]);
		expect(new Map(picked.map(row => [row.caption_id, row.debug.penalty]))).toEqual(new Map([[900, -0.5], [901, -0.3]]));
	});

	it('are not asked of an urgent caption after three', async () => {
		await sql.rows(captions([...[1, 2, 3].map(id => ({id, isUrgent: true})), {id: 900, isUrgent: true, tier: 'premium'}]));
		await used(sql, [1, 2, 3]);
		expect((await select(sql, [0, 0, 1, 0]))[0]!.debug.penalty).toBe(0);
	});
});

describe('what a caption earns', () => {
	it('is the page\'s own EMV, else the bank\'s revenue, else 0', async () => {
		await sql.rows(captions([{id: 1, revenue: 10}, {id: 2, revenue: 20}, {id: 3, revenue: 30}, {id: 4}]));
		await sql.rows('UPDATE eros.caption_bank SET avg_revenue = NULL WHERE caption_id = 4');
		await arms(sql, [{id: 1, successes: 5, failures: 5, emv: 80}, {id: 2, successes: 5, failures: 5, emv: 'NULL'}, {id: 3, successes: 5, failures: 5, emv: 90, page: 'page_02'}]);
		const picked = await select(sql, [0, 4, 0, 0]);
		expect(new Map(picked.map(row => [row.caption_id, row.debug.emv]))).toEqual(new Map([[1, 80], [2, 20], [3, 30], [4, 0]]));
	});

	it('is not 0 for an arm that never saw an EMV, and 0 for one that saw one of 0', async () => {
		await sql.rows(captions([{id: 1, revenue: 10}, {id: 2, revenue: 20}]));
		await arms(sql, [{id: 1, successes: 1, failures: 3, emv: 0}, {id: 2, successes: 1, failures: 3, emv: 0}]);
		await sql.rows('UPDATE eros.caption_bandit_stats SET last_emv_observed = 0 WHERE caption_id = 2');
		const picked = await select(sql, [0, 2, 0, 0]);
		expect(new Map(picked.map(row => [row.caption_id, row.debug.emv]))).toEqual(new Map([[1, 10], [2, 0]]));
	});

	it.each([['High-Value/Price-Insensitive', 1.25, 1, 1], ['LUXURY', 1.25, 1, 1], ['Budget-Conscious', 1, 1.15, 1.15], ['BUDGET', 1, 1.15, 1.15], ['EXPLORATORY', 1, 1, 1]])('weighs for %s: premium %d, mid %d, budget %d, bump 1', async (segment, premium, mid, budget) => {
		await sql.rows(captions(tiers.map((tier, index) => ({id: index + 1, tier, revenue: 45.67}))));
		for (const {tier, debug, thompson_score: t, final_score: final} of await select(sql, [1, 1, 1, 1], {segment})) {
			const multiplier = {premium, mid, budget, bump: 1}[tier as typeof tiers[number]];
			expect([tier, debug.multiplier]).toEqual([tier, multiplier]);
			expect(final).toBeCloseTo((0.7 * t + 0.15 + 0.15 * 0.4567) * multiplier / 1.25, 9);
		}
	});
});

describe('exploration', () => {
	const known = [10, 11, 12, 13, 14].map(id => ({id, successes: 900_000, failures: 100_000}));
	beforeEach(async () => {
		await sql.rows(captions([1, 2, ...known.map(({id}) => id)].map(id => ({id}))));
		await arms(sql, known);
	});

	it.each([
		['9 observations', {successes: 50, failures: 50, observations: 9}, true], ['10 observations and a narrow interval', {successes: 50, failures: 50, observations: 10}, false],
		['10 observations and a wide interval', {successes: 5, failures: 5, observations: 10}, true], ['an interval just below 0.3', {successes: 20, failures: 20, observations: 40}, false],
	])('takes a caption with %s: %s', async (_, arm, isExplored) => {
		await sql.rows('DELETE FROM eros.caption_bank WHERE caption_id = 2');
		await arms(sql, [{id: 1, ...arm}]);
		const picked = await select(sql, [0, 3, 0, 0]);
		expect(picked.filter(row => row.strategy === 'explore').map(row => row.caption_id)).toEqual(isExplored ? [1] : []);
		expect(picked).toHaveLength(3);
	});

	it('prefers what is tried less, and leaves the other places to the best', async () => {
		// Worth of exploring: 0.5 / sqrt(101) = 0.0498 against 1 / sqrt(400,002) = 0.0016.
		await arms(sql, [{id: 1, successes: 400_000, failures: 1, observations: 5}, {id: 2, successes: 50, failures: 50, observations: 5}]);
		await sql.rows('UPDATE eros.caption_bank SET avg_revenue = 0 WHERE caption_id = 2');
		const picked = await select(sql, [0, 3, 0, 0]);
		expect(picked.find(row => row.strategy === 'explore')!.caption_id).toBe(2);
		expect(picked.find(row => row.strategy === 'explore')!.debug.exploration_value).toBeCloseTo(0.0498, 1);
		expect(picked.filter(row => row.strategy === 'exploit').map(row => row.caption_id)).toContain(1);
	});
});

describe('order', () => {
	it('is by score, and by id where scores are equal', async () => {
		// At 4e18 successes the draw is exactly 1.
		await sql.rows(captions([5, 3, 9, 1, 7].map(id => ({id, revenue: id === 9 ? 60 : 50}))));
		await arms(sql, [5, 3, 9, 1, 7].map(id => ({id, successes: '4000000000000000000', failures: 1})));
		const picked = await select(sql, [0, 3, 0, 0]);
		expect(picked.map(row => row.caption_id)).toEqual([9, 1, 3]);
		expect(picked.map(row => row.thompson_score)).toEqual([1, 1, 1]);
	});

	it('of the urgent that may compete is the same: the best of each tier first', async () => {
		const urgent = tiers.slice(0, 3).flatMap((tier, place) => [0, 1, 2].map(index => ({id: 100 * (place + 1) + index, tier, isUrgent: true, revenue: tier === 'budget' ? 90 : 50})));
		await sql.rows(captions(urgent));
		await arms(sql, urgent.map(({id}) => ({id, successes: '4000000000000000000', failures: 1})));
		expect(ids(await select(sql, [3, 3, 3, 0]))).toEqual([100, 101, 200, 201, 300]);
	});

	it('gives no urgent place to one that loses anyway', async () => {
		// The urgent ones of budget score below its calm ones and above those of mid, which score above theirs.
		const calm = [1, 2, 3, 4, 5].map(id => ({id, tier: 'budget', revenue: 100}));
		const urgent = [11, 12, 13, 14, 15].map(id => ({id, tier: 'budget', isUrgent: true, revenue: 95}));
		const winners = [21, 22, 23, 24, 25].map(id => ({id, tier: 'mid', isUrgent: true, revenue: 90}));
		const losers = [31, 32, 33, 34, 35].map(id => ({id, tier: 'mid', revenue: 10}));
		await sql.rows(captions([...calm, ...urgent, ...winners, ...losers]));
		await arms(sql, [...calm, ...urgent, ...winners, ...losers].map(({id}) => ({id, successes: '4000000000000000000', failures: 1})));
		expect(ids(await select(sql, [5, 5, 0, 0]))).toEqual([1, 2, 3, 4, 5, 21, 22, 23, 24, 25]);
	});

	it('gives the urgent places of a larger pool to those that stand in the part that is taken', async () => {
		const range = (first: number, count: number, of: {readonly tier: string; readonly revenue: number; readonly isUrgent?: boolean}) => Array.from({length: count}, (_, index) => ({id: first + index, ...of}));
		const budget = [...range(100, 9, {tier: 'budget', revenue: 100}), ...range(110, 3, {tier: 'budget', revenue: 95, isUrgent: true}), ...range(120, 20, {tier: 'budget', revenue: 10})];
		const mid = [...range(200, 5, {tier: 'mid', revenue: 90, isUrgent: true}), ...range(210, 25, {tier: 'mid', revenue: 10})];
		await sql.rows(captions([...budget, ...mid]));
		await arms(sql, [...budget, ...mid].map(({id}) => ({id, successes: '4000000000000000000', failures: 1})));
		const urgent = async (quotas: Parameters<typeof select>[1]) => ids(await select(sql, quotas)).filter(id => (id >= 110 && id < 120) || (id >= 200 && id < 210));
		expect(await urgent([5, 5, 0, 0])).toEqual([200, 201, 202, 203, 204]);
		// The budget tier's stand tenth and later of twenty: a week of five takes none of them.
		expect(await urgent([20, 20, 0, 0])).toEqual([200, 201, 202, 203, 204]);
	});

	it('gives urgent places first to a tier that can not be filled without', async () => {
		const calm = [1, 2, 3].map(id => ({id, tier: 'budget', revenue: 10}));
		const urgent = [11, 12, 13].map(id => ({id, tier: 'budget', isUrgent: true, revenue: 100}));
		const only = [21, 22, 23, 24].map(id => ({id, tier: 'mid', isUrgent: true, revenue: 50}));
		await sql.rows(captions([...calm, ...urgent, ...only]));
		await arms(sql, [...calm, ...urgent, ...only].map(({id}) => ({id, successes: '4000000000000000000', failures: 1})));
		expect(ids(await select(sql, [3, 4, 0, 0]))).toEqual([1, 2, 11, 21, 22, 23, 24]);
	});

	it('draws for a caption without an arm from 1 and 1: a half on the average', async () => {
		await sql.rows(captions(Array.from({length: 200}, (_, index) => ({id: index + 1}))));
		const picked = await select(sql, [0, 200, 0, 0]);
		const mean = picked.reduce((sum, row) => sum + row.thompson_score, 0) / picked.length;
		expect(picked).toHaveLength(200);
		expect(mean).toBeGreaterThan(0.38);
		expect(mean).toBeLessThan(0.62);
	});

	it('puts the whole list into the result row', async () => {
		await sql.rows(captions(tiers.flatMap((tier, place) => [0, 1, 2, 3].map(index => ({id: 100 * (place + 1) + index, tier})))));
		const picked = await select(sql, [2, 3, 1, 2]);
		const {listed} = await sql.row<{listed: readonly {caption_id: number; price_tier: string; final_score: number; strategy: string}[]}>('SELECT ARRAY_CONCAT(budget_captions, mid_captions, premium_captions, bump_captions) AS listed FROM eros.caption_selector_results WHERE page_name = \'page_01\'');
		const brief = (row: {caption_id: number; final_score: number; strategy: string}, tier: string) => [row.caption_id, tier, row.final_score, row.strategy];
		const order = (tier: string) => tiers.indexOf(tier as typeof tiers[number]);
		expect(listed.map(row => brief(row, row.price_tier))).toEqual(picked.toSorted((a, b) => order(a.tier) - order(b.tier)).map(row => brief(row, row.tier)));
	});
});

describe('use by others', () => {
	it('rests a caption that is reserved ahead or has no send date, by the day it was locked', async () => {
		await sql.rows(captions([1, 2, 3, 4].map(id => ({id}))));
		await used(sql, [1], {page: 'page_02', date: '2025-11-20'});
		await used(sql, [2], {page: 'page_02', date: null, assigned: '2025-10-27'});
		await used(sql, [3], {page: 'page_02', date: null, assigned: '2025-10-26'});
		expect(ids(await select(sql, [0, 4, 0, 0]))).toEqual([3, 4]);
	});

	it('counts 7 days in business time on both days when the clock changes', async () => {
		await sql.rows(captions([1, 2].map(id => ({id}))));
		await used(sql, [1], {date: '2025-10-26'});
		await used(sql, [2], {date: '2025-10-25'});
		// The last instant of 2025-11-02 in Los Angeles, a day of 25 hours; then of 2026-03-08, a day of 23.
		await sql.at('2025-11-03T07:59:59Z');
		expect(ids(await select(sql, [0, 2, 0, 0]))).toEqual([2]);
		await sql.at('2025-11-03T08:00:00Z');
		expect(ids(await select(sql, [0, 2, 0, 0]))).toEqual([1, 2]);
		await sql.rows('UPDATE eros.active_caption_assignments SET scheduled_send_date = IF(caption_id = 1, DATE \'2026-03-01\', DATE \'2026-02-28\') WHERE TRUE');
		await sql.at('2026-03-09T06:59:59Z');
		expect(ids(await select(sql, [0, 2, 0, 0]))).toEqual([2]);
		await sql.at('2026-03-09T07:00:00Z');
		expect(ids(await select(sql, [0, 2, 0, 0]))).toEqual([1, 2]);
	});
});

describe('restrictions and allow-lists', () => {
	type Rules = {readonly hard?: string; readonly soft?: string; readonly categories?: string; readonly restrictedTiers?: string; readonly minPpv?: number | 'NULL'; readonly minBump?: number | 'NULL'};
	const restrict = async ({hard = '', soft = '', categories = '', restrictedTiers = '', minPpv = 0, minBump = 0}: Rules) => {
		const list = (item: string) => (item === '' ? 'CAST(NULL AS ARRAY<STRING>)' : `['${item}', '']`);
		await sql.rows(`INSERT INTO eros.creator_caption_restrictions (page_name, hard_patterns, soft_patterns, restricted_categories, restricted_price_tiers, min_ppv_pool, min_bump_pool, is_active, updated_at, version)
			SELECT 'page_01', ${list(hard)}, ${list(soft)}, ${list(categories)}, ${list(restrictedTiers)}, ${minPpv}, ${minBump}, TRUE, CURRENT_TIMESTAMP(), 1`);
	};

	const allow = async (column: string, item: string) => sql.rows(`INSERT INTO eros.creator_allowed_profile (page_name, ${column}, is_active, updated_at, version) SELECT 'page_01', ['${item}'], TRUE, CURRENT_TIMESTAMP(), 1`);
	const alerts = async () => sql.rows('SELECT alert_level, alert_message FROM eros.automation_alerts');

	beforeEach(async () => {
		await sql.rows(captions([
			{id: 1, tier: 'mid', category: 'Live', text: 'soft words'}, {id: 2, tier: 'vip', category: 'Tease'}, {id: 3, tier: 'high', category: 'Tease'}, {id: 4, tier: 'low', category: 'Video'},
			{id: 5, tier: 'bump', category: 'Chat', score: 'NULL'}, {id: 6, tier: 'free', category: 'Tease', score: 'NULL'},
		]));
		await sql.rows('UPDATE eros.caption_bank SET content_category = NULL WHERE caption_id = 4');
	});

	it.each<readonly [string, Rules, readonly number[]]>([
		['the tier premium takes its raw labels', {restrictedTiers: 'Premium'}, [1, 4, 5, 6]],
		['a raw label takes only itself', {restrictedTiers: 'high'}, [1, 2, 4, 5, 6]],
		['categories in any case, never one that is unknown', {categories: 'TEASE'}, [1, 4, 5]],
		['an empty pattern takes nothing', {hard: '^soft'}, [2, 3, 4, 5, 6]],
	])('%s', async (_, rules, left) => {
		await restrict(rules);
		expect(ids(await select(sql, [5, 5, 5, 5]))).toEqual(left);
	});

	it.each([['allowed_ppv_categories', 'tease', [2, 3, 5, 6]], ['allowed_ppv_tiers', 'Premium', [2, 3, 5, 6]], ['allowed_ppv_tiers', 'vip', [2, 5, 6]], ['allowed_bump_categories', 'CHAT', [1, 2, 3, 4, 5]], ['allowed_bump_tiers', 'free', [1, 2, 3, 4, 6]]])('%s of %s leave the others', async (column, item, left) => {
		await allow(column, item);
		expect(ids(await select(sql, [5, 5, 5, 5]))).toEqual(left);
		const logged = await sql.rows<{id: number; rule: string; enforcement: string}>('SELECT caption_id AS id, rule_type AS rule, enforcement FROM eros.caption_filter_audit_log ORDER BY id');
		expect(logged.map(row => row.id)).toEqual([1, 2, 3, 4, 5, 6].filter(id => !left.includes(id)));
		expect(logged.every(row => row.enforcement === 'HARD' && row.rule === (column.endsWith('tiers') ? 'PRICE_TIER' : 'CATEGORY'))).toBe(true);
	});

	it('rank down by the stronger of two penalties, and are written down as soft', async () => {
		await sql.rows(captions(Array.from({length: 12}, (_, index) => ({id: 100 + index, category: 'Live'}))));
		await used(sql, Array.from({length: 12}, (_, index) => 100 + index));
		await restrict({soft: 'soft'});
		expect((await select(sql, [0, 1, 0, 0]))[0]!.debug.penalty).toBe(-0.5);
		expect(await sql.rows('SELECT caption_id, rule_type, rule_value, enforcement, page_name, stage FROM eros.caption_filter_audit_log'))
			.toEqual([{caption_id: 1, rule_type: 'PATTERN_SOFT', rule_value: 'soft', enforcement: 'SOFT', page_name: 'page_01', stage: 'select_captions_for_creator'}]);
	});

	it('are written down by the first pattern that matches, and by the allow-list where a soft pattern would have left it', async () => {
		await sql.rows(`INSERT INTO eros.creator_caption_restrictions (page_name, hard_patterns, soft_patterns, is_active, updated_at, version)
			SELECT 'page_01', ['never', 'Caption [2]', 'Caption'], ['words', 'soft'], TRUE, CURRENT_TIMESTAMP(), 1`);
		await allow('allowed_ppv_categories', 'tease');
		await select(sql, [5, 5, 5, 0]);
		expect(await sql.rows('SELECT caption_id, rule_type, rule_value, enforcement FROM eros.caption_filter_audit_log ORDER BY caption_id')).toEqual([
			{caption_id: 1, rule_type: 'CATEGORY', rule_value: 'Live', enforcement: 'HARD'}, {caption_id: 2, rule_type: 'PATTERN_HARD', rule_value: 'Caption [2]', enforcement: 'HARD'},
			{caption_id: 3, rule_type: 'PATTERN_HARD', rule_value: 'Caption', enforcement: 'HARD'}, {caption_id: 4, rule_type: 'PATTERN_HARD', rule_value: 'Caption', enforcement: 'HARD'},
		]);
	});

	it('whose pattern is none are refused by name', async () => {
		await restrict({hard: '[a', soft: 'fine'});
		expect((await sql.failure('CALL eros.select_captions_for_creator(\'page_01\', \'Standard\', 1, 1, 1, 1)'))?.message).toMatch(/EROS_BAD_PATTERN: the restrictions of page_01 .*"\[a"/);
	});

	it('are counted over all tiers of the page, also those not asked for', async () => {
		await restrict({categories: 'nothing', minPpv: 4});
		await select(sql, [0, 1, 0, 0]);
		expect(await alerts()).toEqual([]);
	});

	it('are not written down when the audit is switched off', async () => {
		await sql.rows('UPDATE eros.feature_flags SET is_enabled = FALSE WHERE flag = \'caption_filter_audit_enabled\'');
		await restrict({restrictedTiers: 'premium'});
		expect(ids(await select(sql, [5, 5, 5, 5]))).toEqual([1, 4, 5, 6]);
		expect(await sql.rows('SELECT caption_id FROM eros.caption_filter_audit_log')).toEqual([]);
	});

	it.each<readonly [number | 'NULL', number | 'NULL', readonly string[]]>([[4, 2, []], [5, 2, ['WARNING']], [4, 3, ['WARNING']], ['NULL', 0, ['WARNING']], [0, 'NULL', ['WARNING']]])('warn when they leave fewer than %s PPVs or %s bumps', async (minPpv, minBump, levels) => {
		await restrict({categories: 'nothing', minPpv, minBump});
		await select(sql, [5, 5, 5, 5]);
		const found = await alerts();
		expect(found.map(row => row['alert_level'])).toEqual(levels);
		expect(found.every(row => row['alert_message'] === 'Restrictions leave page_01 4 PPV and 2 bump captions.')).toBe(true);
	});

	it('that nobody made say nothing', async () => {
		await select(sql, [5, 5, 5, 5]);
		expect(await alerts()).toEqual([]);
		expect(await sql.rows('SELECT caption_id FROM eros.caption_filter_audit_log')).toEqual([]);
	});
});
