// The view over schedules reads any JSON without failing.
import {afterAll, beforeAll, expect, it} from 'vitest';
import {captions, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
	await sql.rows(captions([{id: '-2194714712821639177', text: 'Text of the bank', category: 'Story', tier: 'luxury', isUrgent: true}]));
	await sql.rows(`INSERT INTO eros.caption_bandit_stats (caption_id, page_name, successes, failures, total_observations, confidence_lower_bound, confidence_upper_bound)
		VALUES (-2194714712821639177, 'page_01', 3, 2, 3, 0.25, 0.75), (-2194714712821639177, 'page_02', 9, 9, 16, 0.1, 0.9)`);
	const schedules: Readonly<Record<string, string>> = {
		whole: JSON.stringify({messages: [
			{index: 1, send_at: '2025-11-03T18:00:00Z', type: 'PPV', caption_id: '-2194714712821639177', price: 15.5, performance_score: 0.75},
			{index: 2, send_at: '2025-11-03T20:00:00Z', type: 'BUMP', caption_id: '-2194714712821639177', caption_text: 'Text of the message', tier: 'bump', category: 'Chat', has_urgency: false, price: 0},
			{index: 3, send_at: '2025-11-04T07:30:00Z', type: 'PPV'},
			{index: 4, send_at: '2025-11-04T18:00:00Z', type: 'PPV'},
		]}),
		empty: '{"messages": []}',
		none: '{}',
		scalar: '"text"',
		array: '[1, 2]',
		object: '{"messages": {"a": 1}}',
		odd: JSON.stringify({messages: [null, 7, 'x', [], {}, {caption_id: '99999999999999999999', price: 'free', has_urgency: 'perhaps', send_at: 'soon', index: 'first', send_local: 'later'}, {caption_id: true, price: [1], caption_text: {a: 1}}]}),
	};
	await sql.rows(`INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, schedule_json, status, is_active)
		${Object.entries(schedules).map(([id, json]) => `SELECT '${id}', 'page_01', TIMESTAMP '2025-11-02 00:00:00+00', DATE '2025-11-03', PARSE_JSON('''${json}'''), 'draft', TRUE`).join(' UNION ALL ')}`);
});
afterAll(async () => {
	await sql.close();
});

const read = async (schedule: string) => sql.rows(`SELECT * FROM eros.schedule_recommendations_with_messages WHERE schedule_id = '${schedule}' ORDER BY message_index`);

it('joins each message to the bank and to its own page\'s arm, ids of 64 bits whole', async () => {
	const [first, second, third, fourth] = await read('whole');
	expect(fourth).toMatchObject({day_of_week: 'Tuesday', time_slot_rank: 1});
	expect(first).toMatchObject({
		page_name: 'page_01', week_start: '2025-11-03', message_index: 1, caption_id: -2194714712821639177n, caption_text: 'Text of the bank', price_tier: 'luxury', content_category: 'Story', has_urgency: true,
		price: 15.5, performance_score: 0.75, message_type: 'PPV', day_of_week: 'Monday', total_observations: 3, confidence_lower_bound: 0.25, confidence_upper_bound: 0.75, time_slot_rank: 1,
	});
	expect(String(first!['scheduled_send_time'])).toMatch(/^2025-11-03[T ]10:00:00/);
	expect(second).toMatchObject({message_index: 2, caption_text: 'Text of the message', price_tier: 'bump', content_category: 'Chat', has_urgency: false, time_slot_rank: 2});
	// 07:30 UTC of the 4th is still the 3rd in Los Angeles.
	expect(third).toMatchObject({message_index: 3, caption_id: null, caption_text: null, total_observations: null, day_of_week: 'Monday', time_slot_rank: 3});
});

it.each(['empty', 'none', 'scalar', 'array', 'object'])('keeps a schedule without readable messages (%s) as one row', async schedule => {
	const rows = await read(schedule);
	expect(rows).toHaveLength(1);
	expect(rows[0]).toMatchObject({schedule_id: schedule, schedule_status: 'draft', message_index: null, scheduled_send_at: null, caption_id: null, price: null, time_slot_rank: null});
});

it('reads odd values as NULL and goes on', async () => {
	const rows = await read('odd');
	expect(rows).toHaveLength(7);
	for (const row of rows) {
		expect(row).toMatchObject({caption_id: null, price: null, has_urgency: null, scheduled_send_at: null, scheduled_send_time: null, time_slot_rank: null});
	}
});

it('has the columns that the scripts read', async () => {
	const columns = await sql.rows<{column_name: string}>('SELECT column_name FROM eros.INFORMATION_SCHEMA.COLUMNS WHERE table_name = \'schedule_recommendations_with_messages\' ORDER BY ordinal_position');
	expect(columns.map(column => column.column_name)).toEqual([
		'schedule_id', 'page_name', 'week_start', 'schedule_created_at', 'schedule_status', 'schedule_is_active', 'account_size', 'saturation_zone', 'message_index', 'day_of_week', 'scheduled_send_at',
		'scheduled_send_time', 'message_type', 'caption_id', 'caption_text', 'price_tier', 'content_category', 'has_urgency', 'price', 'performance_score', 'confidence_lower_bound', 'confidence_upper_bound',
		'total_observations', 'caption_last_updated', 'time_slot_rank',
	]);
});

it('shows the newest schedule of a page and week that is not archived', async () => {
	await sql.rows(`INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, schedule_json, status, version) VALUES
		('old', 'page_09', TIMESTAMP '2025-11-01 00:00:00+00', DATE '2025-11-03', JSON '{}', 'draft', 1), ('new', 'page_09', TIMESTAMP '2025-11-02 00:00:00+00', DATE '2025-11-03', JSON '{}', NULL, 1),
		('gone', 'page_09', TIMESTAMP '2025-11-03 00:00:00+00', DATE '2025-11-03', JSON '{}', 'archived', 1), ('next', 'page_09', TIMESTAMP '2025-11-01 00:00:00+00', DATE '2025-11-10', JSON '{}', 'draft', 1)`);
	expect((await sql.rows('SELECT schedule_id FROM eros.latest_recommendations WHERE page_name = \'page_09\' ORDER BY schedule_id')).map(row => row['schedule_id'])).toEqual(['new', 'next']);
});

it('offers paid captions by score and bumps without one', async () => {
	await sql.rows(captions([
		{id: 1, tier: 'low', score: 10}, {id: 2, tier: 'high', score: 0}, {id: 3, tier: 'mid', score: 'NULL'}, {id: 4, tier: 'bump', score: 'NULL'},
		{id: 5, tier: 'gold'}, {id: 6, tier: 'vip', status: 'moderate_recency'}, {id: 7, status: 'recent'},
	]));
	expect(await sql.rows('SELECT caption_id, tier FROM eros.available_captions WHERE caption_id BETWEEN 1 AND 7 ORDER BY caption_id'))
		.toEqual([{caption_id: 1, tier: 'budget'}, {caption_id: 4, tier: 'bump'}, {caption_id: 6, tier: 'premium'}]);
});

it('names the first trigger that matches', async () => {
	const texts: readonly (readonly [string, boolean, string])[] = [
		['Only TODAY', true, 'Urgency'], ['Expires soon', true, 'Urgency'], ['Only today', false, 'General'], ['A VIP special', true, 'Exclusivity'], ['for members only', false, 'Exclusivity'],
		['Only 3 left', false, 'Scarcity'], ['LAST CHANCE', false, 'Scarcity'], ['Everyone wants it', false, 'Social Proof'], ['fans love this', false, 'Social Proof'], ['Guess what?', false, 'Curiosity'], ['Hello', true, 'General'], ['Say it now', true, 'Urgency'], ['A limited one', true, 'Urgency'], ['exclusive', false, 'Exclusivity'], ['The most popular', false, 'Social Proof'],
		// As the rules have it, parts of words count too.
		['You know it', true, 'Urgency'], ['Unlimited', true, 'Urgency'], ['The vips', false, 'Exclusivity'], ['Only 30 leftovers', false, 'Scarcity'],
	];
	await sql.rows(captions(texts.map(([text, isUrgent], index) => ({id: 100 + index, text, isUrgent}))));
	expect(await sql.rows('SELECT caption_text AS text, psychological_trigger AS kind FROM eros.caption_bank_enriched WHERE caption_id >= 100 ORDER BY caption_id'))
		.toEqual(texts.map(([text,, kind]) => ({text, kind})));
});
