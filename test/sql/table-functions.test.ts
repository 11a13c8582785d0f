// The table functions of domain sections 4.1 and 4.3 to 4.8, on the fixture page and on small pages of their own.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {captions, messages, startSql, type Sql} from './support.js';

let sql: Sql;
beforeAll(async () => {
	sql = await startSql();
	await sql.layOutFixture();
});
afterAll(async () => {
	await sql.close();
});

const ago = (days: number): string => `TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${days} DAY)`;
const row = async (call: string) => sql.row(`SELECT * FROM eros.${call}`);
const rows = async (call: string, order: string) => sql.rows(`SELECT * FROM eros.${call} ORDER BY ${order}`);

describe('classify_account_size', () => {
	it.each([7, 30, 89])('sizes the fixture page the same over %i days', async days => {
		expect(await row(`classify_account_size('test_creator', ${days})`)).toMatchObject({account_size: 'MEDIUM', size_rank: 3, avg_audience: 15_000, weekly_ppv_base: 12, weekly_bump_base: 8, min_ppv_gap_minutes: 120, max_messages_per_day: 15, saturation_tolerance: 0.2});
	});

	it.each([
		[0, 'MICRO', 6, 4, 180, 8], [4999.99, 'MICRO', 6, 4, 180, 8], [5000, 'SMALL', 8, 6, 150, 10], [24_999.99, 'SMALL', 8, 6, 150, 10], [25_000, 'MEDIUM', 12, 8, 120, 15],
		[99_999.99, 'MEDIUM', 12, 8, 120, 15], [100_000, 'LARGE', 16, 12, 90, 20], [499_999.99, 'LARGE', 16, 12, 90, 20], [500_000, 'MEGA', 21, 16, 75, 25],
	])('with %d USD in 90 days is %s', async (revenue, size, ppv, bump, gap, most) => {
		const page = `page_${String(revenue).replace('.', '_')}`;
		await sql.rows(messages([{page, at: ago(3), earnings: revenue}]));
		const sized = await row(`classify_account_size('${page}', 90)`);
		expect(sized).toMatchObject({account_size: size, weekly_ppv_base: ppv, weekly_bump_base: bump, min_ppv_gap_minutes: gap, max_messages_per_day: most});
		expect(sized['revenue_90d']).toBeCloseTo(revenue, 6);
	});

	it('takes the median of recipients for the audience', async () => {
		await sql.rows(messages([1000, 3000, 90_000].map((sent, index) => ({page: 'page_audience', at: ago(index + 1), sent}))));
		expect(await row('classify_account_size(\'page_audience\', 30)')).toMatchObject({avg_audience: 3000});
	});

	it('gives zeros for an unknown page and takes a lookback below 1 for 1', async () => {
		// Sunday 13:00, 17:00 and 20:00 lie within a day of Monday 10:00.
		expect(await row('classify_account_size(\'test_creator\', -5)')).toMatchObject({message_count: 3});
		expect(await row('classify_account_size(\'nobody\', -5)')).toMatchObject({page_name: 'nobody', account_size: 'MICRO', message_count: 0, total_revenue_period: 0, revenue_90d: 0, avg_audience: 0});
	});
});

describe('unknown page', () => {
	it('has one row of zeros where there is one row', async () => {
		expect(await row('calculate_performance_metrics(\'nobody\', 30)')).toMatchObject({message_count: 0, total_sent: 0, view_rate: 0, conversion_rate: 0, avg_rpr: 0, avg_emv: 0, median_emv: 0, last_message_at: null, distinct_captions: 0});
		expect(await row('analyze_behavioral_segments(\'nobody\', 30)')).toMatchObject({segment_label: 'EXPLORATORY', avg_rpr: 0, category_entropy: 0, sample_size: 0});
		expect(await rows('calculate_engagement_rates(\'nobody\', 30)', 'message_kind')).toEqual(['ALL', 'BUMP', 'PPV'].map(kind => ({message_kind: kind, message_count: 0, total_sent: 0, view_rate: 0, conversion_rate: 0, purchase_rate: 0, rpr: 0, avg_emv: 0, wilson_lower: 0, wilson_upper: 1})));
	});

	it.each(['get_recent_performance_window', 'detect_anomalies', 'get_creator_baseline', 'analyze_trigger_performance', 'analyze_content_categories', 'analyze_day_patterns', 'analyze_time_windows'])('has no rows of %s', async name => {
		expect(await sql.rows(`SELECT * FROM eros.${name}('nobody', 30)`)).toEqual([]);
	});
});

describe('rates', () => {
	const page = 'page_rates';
	beforeAll(async () => {
		await sql.rows(messages([
			{page, at: ago(1), price: 20, sent: 1000, viewed: 500, purchased: 25, earnings: 500},
			{page, at: ago(2), price: 10, sent: 3000, viewed: 500, purchased: 75, earnings: 700},
			{page, at: ago(2), price: 0, sent: 1000, viewed: 0, purchased: 'NULL', earnings: 0},
			{page, at: ago(2), price: 'NULL', sent: 1000, viewed: 1000, purchased: 'NULL', earnings: 0},
			// None of these count: nothing sent, older than the window, later than now.
			{page, at: ago(3), sent: 0}, {page, at: ago(31)}, {page, at: ago(-1)},
		]));
	});

	it('are ratios of sums; EMV is per message and NULL without viewers', async () => {
		const metrics = await row(`calculate_performance_metrics('${page}', 30)`);
		expect(metrics).toMatchObject({message_count: 4, ppv_count: 2, bump_count: 2, total_sent: 6000, total_viewed: 2000, total_purchased: 100, total_earnings: 1200, avg_ppv_price: 15, avg_rpr: 0.2, conversion_rate: 0.05});
		expect(metrics['view_rate']).toBeCloseTo(1 / 3, 12);
		expect(metrics['purchase_rate']).toBeCloseTo(1 / 60, 12);
		// 0.05 x 500 = 25, 0.15 x 700 = 105, and 0 for the viewed free one.
		expect(metrics['avg_emv']).toBeCloseTo(130 / 3, 9);
		expect(metrics['median_emv']).toBeCloseTo(25, 9);
	});

	it('are told for all, PPVs and bumps', async () => {
		const [all, bump, ppv] = await rows(`calculate_engagement_rates('${page}', 30)`, 'message_kind');
		expect([all!['message_count'], bump!['message_count'], ppv!['message_count']]).toEqual([4, 2, 2]);
		expect(ppv).toMatchObject({conversion_rate: 0.1, total_sent: 4000, rpr: 0.3});
		expect(bump).toMatchObject({conversion_rate: 0, view_rate: 0.5, wilson_lower: 0});
		// Buyers against viewers who did not buy: wilson(100, 900).
		expect(ppv!['wilson_lower']).toBeCloseTo(0.082905, 5);
		expect(ppv!['wilson_upper']).toBeCloseTo(0.120151, 5);
	});

	it('are told by day in business time', async () => {
		expect(await rows(`get_recent_performance_window('${page}', 30)`, 'send_date')).toMatchObject([
			{send_date: '2025-11-01', day_of_week: 7, message_count: 3, ppv_count: 1, bump_count: 2, earnings: 700, rpr: 0.14, rpr_trailing_7: 0.14, is_holiday: false},
			{send_date: '2025-11-02', day_of_week: 1, message_count: 1, earnings: 500, rpr: 0.5, rpr_trailing_7: 0.32},
		]);
	});

	it('are told with a mean of the last seven days that have messages, and with the holidays', async () => {
		await sql.rows(messages(Array.from({length: 9}, (_, index) => ({page: 'page_days', at: `TIMESTAMP_SUB(TIMESTAMP '2025-11-03 18:00:00+00', INTERVAL ${24 * (index + 1)} HOUR)`, earnings: 100 * (index + 1)}))));
		const found = await rows('get_recent_performance_window(\'page_days\', 30)', 'send_date DESC');
		// Yesterday back to six days before it: 100 to 700 a day of 1,000 recipients.
		expect(found[0]!['rpr_trailing_7']).toBeCloseTo(0.4, 12);
		expect(found[8]!['rpr_trailing_7']).toBeCloseTo(0.9, 12);
		expect(found.filter(day => day['is_holiday']).map(day => day['send_date'])).toEqual(['2025-10-31']);
	});

	/** Numbers to twelve places, everything else as it is. */
	const rounded = (found: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(found).map(([column, value]) => [column, typeof value === 'number' ? Number(value.toFixed(12)) : value]));
	const to12 = (value: number): number => Number(value.toFixed(12));
	const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
	const deviation = (list: readonly number[]): number => Math.sqrt(list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0) / (list.length - 1));
	// Of the four messages: 500 of 1,000, 700 of 3,000 and twice nothing a recipient; EMV 25, 105 and 0 where somebody viewed.
	const rpr = [0.5, 700 / 3000, 0, 0];
	const views = [0.5, 500 / 3000, 0, 1];
	const conversions = [0.05, 0.15, 0];

	it('are whole in every column: totals, window, kinds', async () => {
		const metrics = await row(`calculate_performance_metrics('${page}', 30)`);
		expect(rounded(metrics)).toMatchObject({page_name: page, distinct_captions: 0, avg_emv: to12(130 / 3)});
		expect([String(metrics['first_message_at']), String(metrics['last_message_at'])].map(at => at.slice(0, 16))).toEqual(['2025-11-01T18:00', '2025-11-02T18:00']);
		const [saturday] = await rows(`get_recent_performance_window('${page}', 30)`, 'send_date');
		expect(rounded(saturday!)).toMatchObject({sent: 5000, viewed: 1500, purchased: 75, view_rate: 0.3, conversion_rate: 0.05, avg_emv: 52.5});
		const [all, bump, ppv] = (await rows(`calculate_engagement_rates('${page}', 30)`, 'message_kind')).map(found => rounded(found));
		expect(all).toMatchObject({total_sent: 6000, purchase_rate: to12(1 / 60), rpr: 0.2, avg_emv: to12(130 / 3)});
		expect([bump!['purchase_rate'], bump!['rpr'], bump!['avg_emv']]).toEqual([0, 0, 0]);
		expect([ppv!['purchase_rate'], ppv!['avg_emv'], ppv!['view_rate']]).toEqual([0.025, 65, 0.25]);
	});

	it('are whole in every column: baseline, days, hours, segment, size', async () => {
		const overall = rounded((await rows(`get_creator_baseline('${page}', 30)`, 'scope, key')).at(-1)!);
		expect(overall).toEqual({
			scope: 'OVERALL', key: null, n: 4, mean_rpr: to12(mean(rpr)), stddev_rpr: to12(deviation(rpr)), median_rpr: overall['median_rpr'], mean_view_rate: to12(mean(views)), stddev_view_rate: to12(deviation(views)),
			mean_conversion: to12(mean(conversions)), stddev_conversion: to12(deviation(conversions)), mean_emv: to12(130 / 3), messages_per_day: 2,
		});
		expect([0, 700 / 3000].map(value => to12(value))).toContain(overall['median_rpr']);
		expect((await rows(`analyze_day_patterns('${page}', 30)`, 'dow')).map(found => rounded(found))).toMatchObject([{dow: 1, n: 1, avg_rpr: 0.5, avg_conv: 0.05}, {dow: 7, n: 3, avg_rpr: 0.14, avg_conv: 0.05}]);
		expect((await rows(`analyze_time_windows('${page}', 30)`, 'hour')).map(found => rounded(found))).toEqual([
			{day_type: 'Weekend', hour: 10, n: 1, avg_rpr: 0.5, avg_conv: 0.05, confidence: 'LOW'}, {day_type: 'Weekend', hour: 11, n: 3, avg_rpr: 0.14, avg_conv: 0.05, confidence: 'LOW'},
		]);
		expect(rounded(await row(`analyze_behavioral_segments('${page}', 30)`))).toMatchObject({segment_label: 'EXPLORATORY', avg_rpr: 0.2, avg_conv: 0.05, sample_size: 4});
		expect(await row(`classify_account_size('${page}', 30)`)).toMatchObject({page_name: page, message_count: 4, total_revenue_period: 1200, revenue_90d: 3600});
	});

	it('are told as a baseline over all, by weekday and by hour', async () => {
		const found = await rows(`get_creator_baseline('${page}', 30)`, 'scope, key');
		expect(found.map(({scope, key, n}) => [scope, key, n])).toEqual([['DOW', 1, 1], ['DOW', 7, 3], ['HOUR', 10, 1], ['HOUR', 11, 3], ['OVERALL', null, 4]]);
		expect(found.at(-1)).toMatchObject({messages_per_day: 2});
		expect(found[0]).toMatchObject({mean_rpr: 0.5, stddev_rpr: null});
	});
});

describe('a number that was not counted leaves its message out of that rate', () => {
	// View rate 1,000 of 2,000; conversion 25 of 500; purchase rate 35 of 2,000; 1,000 USD of 2,000 recipients.
	beforeAll(async () => {
		await sql.rows(captions([{id: 41, text: 'Unknown numbers', category: 'Unknown', tier: 'mid'}]));
		await sql.rows(messages([
			{page: 'page_unknown', at: ago(1), caption: '41', price: 20, sent: 1000, viewed: 500, purchased: 25, earnings: 500},
			{page: 'page_unknown', at: ago(1), caption: '41', price: 20, sent: 1000, viewed: 500, purchased: 'NULL', earnings: 500},
			{page: 'page_unknown', at: ago(1), caption: '41', price: 20, sent: 1000, viewed: 'NULL', purchased: 10, earnings: 'NULL'},
		]));
	});

	it.each<readonly [string, Readonly<Record<string, number>>]>([
		['calculate_performance_metrics(\'page_unknown\', 30)', {view_rate: 0.5, conversion_rate: 0.05, purchase_rate: 0.0175, avg_rpr: 0.5, total_sent: 3000, total_viewed: 1000, total_purchased: 35, total_earnings: 1000}],
		['get_recent_performance_window(\'page_unknown\', 30)', {view_rate: 0.5, conversion_rate: 0.05, rpr: 0.5, rpr_trailing_7: 0.5, sent: 3000, viewed: 1000, purchased: 35}],
		['calculate_engagement_rates(\'page_unknown\', 30) WHERE message_kind = \'PPV\'', {view_rate: 0.5, conversion_rate: 0.05, purchase_rate: 0.0175, rpr: 0.5, total_sent: 3000}],
		['analyze_trigger_performance(\'page_unknown\', 30)', {avg_rpr: 0.5, avg_conv: 0.05}],
		['analyze_content_categories(\'page_unknown\', 30)', {avg_rpr: 0.5, avg_conv: 0.05, msg_count: 3}],
		['analyze_day_patterns(\'page_unknown\', 30)', {avg_rpr: 0.5, avg_conv: 0.05, n: 3}],
		['analyze_time_windows(\'page_unknown\', 30)', {avg_rpr: 0.5, avg_conv: 0.05, n: 3}],
		['analyze_behavioral_segments(\'page_unknown\', 30)', {avg_rpr: 0.5, avg_conv: 0.05, sample_size: 3}],
	])('%s', async (call, expected) => {
		const found = await row(call);
		for (const [column, value] of Object.entries(expected)) {
			expect(found[column], column).toBeCloseTo(value, 12);
		}
	});

	it('in the Wilson interval too', async () => {
		const bounds = await sql.row('SELECT eros.wilson_score_bounds(25, 475) AS b');
		const {lower_bound: lower, upper_bound: upper} = bounds['b'] as {readonly lower_bound: number; readonly upper_bound: number};
		expect(await row('calculate_engagement_rates(\'page_unknown\', 30) WHERE message_kind = \'ALL\'')).toMatchObject({wilson_lower: lower, wilson_upper: upper});
		expect(await row('analyze_trigger_performance(\'page_unknown\', 30)')).toMatchObject({conv_ci_lower: lower, conv_ci_upper: upper});
	});
});

describe('detect_anomalies', () => {
	const flat = (page: string, count: number) => Array.from({length: count}, (_, index) => ({page, at: ago(index + 2), earnings: 100 + (index % 2)}));
	it('finds the message beyond three deviations and the warning beyond two', async () => {
		await sql.rows(messages([...flat('page_odd', 28), {page: 'page_odd', at: ago(1), earnings: 200}]));
		expect(await rows('detect_anomalies(\'page_odd\', 60)', 'metric')).toMatchObject([{metric: 'rpr', message_kind: 'PPV', value: 0.2, severity: 'ANOMALY', direction: 'HIGH', caption_id: null}]);
		const [odd] = await rows('detect_anomalies(\'page_odd\', 60)', 'metric');
		expect(String(odd!['sending_time'])).toMatch(/^2025-11-02T18:00/);
		expect(odd!['baseline_mean']).toBeCloseTo((14 * 0.1 + 14 * 0.101 + 0.2) / 29, 12);
	});

	it('finds a warning between two and three sample deviations', async () => {
		const earnings = [...Array.from({length: 10}, () => 100), ...Array.from({length: 9}, () => 140), 175];
		await sql.rows(messages(earnings.map((value, index) => ({page: 'page_warn', at: ago(index + 1), earnings: value}))));
		const mean = earnings.reduce((sum, value) => sum + value, 0) / 20;
		const deviation = Math.sqrt(earnings.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
		const [only, ...others] = await rows('detect_anomalies(\'page_warn\', 60)', 'metric');
		expect(others).toEqual([]);
		expect(only).toMatchObject({metric: 'rpr', severity: 'WARNING', direction: 'HIGH'});
		expect(only!['baseline_stddev']).toBeCloseTo(deviation / 1000, 12);
		expect(only!['z_score']).toBeCloseTo((175 - mean) / deviation, 9);
	});

	it('takes the noise of doubles for what it is: without spread', async () => {
		await sql.rows(messages([...Array.from({length: 29}, (_, index) => ({page: 'page_noise', at: ago(index + 2), sent: 1000, earnings: 100})), {page: 'page_noise', at: ago(1), sent: 3, viewed: 1, purchased: 0, earnings: 0.3}]));
		expect((await rows('detect_anomalies(\'page_noise\', 60)', 'metric')).filter(found => found['metric'] === 'rpr')).toEqual([]);
	});

	it('says nothing with fewer than 20 messages or without spread', async () => {
		await sql.rows(messages([...flat('page_few', 18), {page: 'page_few', at: ago(1), earnings: 900}]));
		await sql.rows(messages(Array.from({length: 30}, (_, index) => ({page: 'page_same', at: ago(index + 1)}))));
		expect(await sql.rows('SELECT * FROM eros.detect_anomalies(\'page_few\', 60)')).toEqual([]);
		expect(await sql.rows('SELECT * FROM eros.detect_anomalies(\'page_same\', 60)')).toEqual([]);
	});
});

describe('captions of a page', () => {
	const page = 'page_captions';
	beforeAll(async () => {
		await sql.rows(captions([
			{id: 11, text: 'An exclusive one', category: 'Tease', tier: 'high'}, {id: 12, text: 'Plain words', category: 'Tease', tier: 'low'}, {id: 13, text: 'What now?', category: 'Video', tier: 'mid'},
		]));
		await sql.rows(messages([
			{page, at: ago(5), caption: '11', sent: 1000, viewed: 100, purchased: 20, earnings: 400, price: 30}, {page, at: ago(40), caption: '11', sent: 1000, viewed: 100, purchased: 10, earnings: 200, price: 20},
			{page, at: ago(5), caption: '12', sent: 1000, viewed: 100, purchased: 5, earnings: 50, price: 10}, {page, at: ago(40), caption: '12', sent: 1000, viewed: 100, purchased: 5, earnings: 100, price: 10},
			{page, at: ago(5), caption: '13', sent: 1000, viewed: 200, purchased: 10, earnings: 150}, {page, at: ago(6)},
		]));
	});

	it('are compared by trigger with all known captions of the page', async () => {
		const [curiosity, exclusivity, general] = await rows(`analyze_trigger_performance('${page}', 90)`, '1');
		expect([curiosity!['trigger'], exclusivity!['trigger'], general!['trigger']]).toEqual(['Curiosity', 'Exclusivity', 'General']);
		// 600 of 2,000 recipients against 900 of 5,000; 30 of 200 viewers against 50 of 600.
		expect(exclusivity).toMatchObject({msg_count: 2, avg_rpr: 0.3, avg_conv: 0.15});
		expect(exclusivity!['rpr_lift_pct']).toBeCloseTo((0.3 / 0.18 - 1) * 100, 6);
		expect(exclusivity!['conv_lift_pct']).toBeCloseTo(80, 6);
		const pooled = 80 / 800;
		expect(exclusivity!['z_conv']).toBeCloseTo((0.15 - 50 / 600) / Math.sqrt(pooled * (1 - pooled) * (1 / 200 + 1 / 600)), 9);
		expect(exclusivity).toMatchObject({conv_significant: true});
		expect(general).toMatchObject({conv_significant: false});
		// Means of messages: 0.4 and 0.2 against those two, 0.05, 0.1 and 0.15.
		expect(exclusivity!['t_rpr']).toBeCloseTo((0.3 - 0.18) / Math.sqrt(0.02 / 2 + 0.01825 / 5), 9);
		// Buyers against viewers who did not buy: wilson(30, 170).
		const bounds = await sql.row('SELECT eros.wilson_score_bounds(30, 170).lower_bound AS lower, eros.wilson_score_bounds(30, 170).upper_bound AS upper');
		expect([exclusivity!['conv_ci_lower'], exclusivity!['conv_ci_upper']]).toEqual([bounds['lower'], bounds['upper']]);
	});

	it('are compared by category and tier, with trend and best tier', async () => {
		const found = await rows(`analyze_content_categories('${page}', 90)`, 'category, tier');
		expect(found).toMatchObject([
			{category: 'Tease', tier: 'budget', msg_count: 2, avg_rpr: 0.075, trend: 'DECLINING', price_conv_corr: null, best_price_tier: 'premium'},
			{category: 'Tease', tier: 'premium', msg_count: 2, avg_rpr: 0.3, trend: 'RISING', best_price_tier: 'premium'},
			{category: 'Video', tier: 'mid', msg_count: 1, trend: 'STABLE', price_conv_corr: null, best_price_tier: 'mid'},
		]);
		expect(found[1]!['price_conv_corr']).toBeCloseTo(1, 9);
	});

	it('of a category and tier are recent for 30 days', async () => {
		await sql.rows(captions([{id: 21, category: 'Days', tier: 'mid'}]));
		await sql.rows(messages([[29, 100], [31, 150], [59, 50]].map(([days, earnings]) => ({page: 'page_trend', at: ago(days!), caption: '21', earnings: earnings!}))));
		// 0.10 against the mean of 0.15 and 0.05.
		expect(await row('analyze_content_categories(\'page_trend\', 90)')).toMatchObject({trend: 'STABLE'});
	});

	it('have a trend of 60 days whatever the lookback, and all else of the lookback', async () => {
		await sql.rows(captions([{id: 22, category: 'Long', tier: 'mid'}, {id: 23, category: 'Gone', tier: 'mid'}]));
		await sql.rows(messages([...[[5, 200, 30, 20], [20, 200, 10, 10], [40, 100, 30, 80]].map(([days, earnings, price, purchased]) => ({page: 'page_long', at: ago(days!), caption: '22', earnings: earnings!, price: price!, purchased: purchased!})), {page: 'page_long', at: ago(35), caption: '23'}]));
		const found = await rows('analyze_content_categories(\'page_long\', 30)', 'category');
		expect(found).toMatchObject([{category: 'Long', msg_count: 2, avg_rpr: 0.2, avg_conv: 0.0375, trend: 'RISING'}]);
		expect(found[0]!['price_conv_corr']).toBeCloseTo(1, 9);
	});

	it('have an entropy in bits', async () => {
		const segment = await row(`analyze_behavioral_segments('${page}', 90)`);
		const share = (part: number): number => -part * Math.log2(part);
		expect(segment['category_entropy']).toBeCloseTo(share(4 / 5) + share(1 / 5), 9);
	});
});

it.each([[0.49, 'BUDGET'], [0.5, 'STANDARD'], [2, 'PREMIUM'], [5, 'LUXURY']])('an audience that spends %d a recipient is %s', async (rpr, label) => {
	const page = `page_spends_${String(rpr).replace('.', '_')}`;
	await sql.rows(messages(Array.from({length: 20}, (_, index) => ({page, at: ago(index + 1), price: 10 + index, earnings: rpr * 1000}))));
	expect(await row(`analyze_behavioral_segments('${page}', 60)`)).toMatchObject({segment_label: label, sample_size: 20});
	// The message of exactly 20 days ago is outside of 20 days by now: one fewer is too few to say.
	expect(await row(`analyze_behavioral_segments('${page}', 20)`)).toMatchObject({segment_label: 'EXPLORATORY', sample_size: 19});
});

it('a weekday that earns more stands out by its t', async () => {
	// 28 days from 2025-10-05, a Sunday; Mondays earn 500, other days 100, with a little spread.
	const daily = Array.from({length: 28}, (_, index) => (index % 7 === 1 ? 500 : 100) + (index % 3));
	await sql.rows(messages(daily.map((earnings, index) => ({page: 'page_mondays', at: `TIMESTAMP_ADD(TIMESTAMP '2025-10-05 20:00:00+00', INTERVAL ${24 * index} HOUR)`, earnings}))));
	const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
	const variance = (list: readonly number[]) => list.reduce((sum, value) => sum + (value - mean(list)) ** 2, 0) / (list.length - 1);
	for (const {dow, t_rpr: t, significant} of await rows('analyze_day_patterns(\'page_mondays\', 60)', 'dow')) {
		const own = daily.filter((_, index) => index % 7 === Number(dow) - 1);
		const expected = (mean(own) - mean(daily)) / Math.sqrt(variance(own) / own.length + variance(daily) / daily.length);
		expect(t).toBeCloseTo(expected, 6);
		expect(significant).toBe(Math.abs(expected) >= 1.96);
		expect(Math.abs(expected)).toBeLessThan(19);
	}
});

it('hours are trusted by how often they were used, weekends apart', async () => {
	// Saturdays and Sundays at 10, Fridays at 11, Mondays at 12 and Tuesdays at 13, in the weeks before.
	const week = (weeks: number, first: string, hour: number, times: number) => Array.from({length: times}, (_, index) => ({page: 'page_hours', at: `TIMESTAMP_ADD(TIMESTAMP_SUB(TIMESTAMP '${first} ${hour + 7}:00:00+00', INTERVAL ${weeks * 7} DAY), INTERVAL ${index} MINUTE)`}));
	await sql.rows(messages([...week(1, '2025-11-01', 10, 5), ...week(1, '2025-10-26', 10, 5), ...week(1, '2025-10-31', 11, 9), ...week(1, '2025-10-27', 12, 5), ...week(1, '2025-10-28', 13, 4)]));
	expect((await rows('analyze_time_windows(\'page_hours\', 60)', 'hour')).map(({day_type: type, hour, n, confidence}) => [type, hour, n, confidence]))
		.toEqual([['Weekend', 10, 10, 'HIGH'], ['Weekday', 11, 9, 'MED'], ['Weekday', 12, 5, 'MED'], ['Weekday', 13, 4, 'LOW']]);
});

it('how price moves earnings and conversion is told by slope, correlation and elasticity', async () => {
	const points = [[10, 50, 40], [20, 90, 30], [40, 100, 16], [80, 130, 5]] as const;
	await sql.rows(messages([...points.map(([price, earnings, purchased], index) => ({page: 'page_prices', at: ago(index + 1), price, earnings, purchased, viewed: 400})), {page: 'page_prices', at: ago(9), price: 0, earnings: 900}, {page: 'page_prices', at: ago(8), price: 60, earnings: 90, purchased: 0, viewed: 400}]));
	const paid = [...points, [60, 90, 0] as const];
	const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
	const covariance = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, index) => sum + (value - mean(x)) * (y[index]! - mean(y)), 0) / (x.length - 1);
	const prices = paid.map(([price]) => price);
	const rpr = paid.map(([, earnings]) => earnings / 1000);
	const found = await row('analyze_behavioral_segments(\'page_prices\', 60)');
	expect(found['rpr_price_slope']).toBeCloseTo(covariance(prices, rpr) / covariance(prices, prices), 12);
	expect(found['rpr_price_corr']).toBeCloseTo(covariance(prices, rpr) / Math.sqrt(covariance(prices, prices) * covariance(rpr, rpr)), 9);
	const logPrices = points.map(([price]) => Math.log(price));
	expect(found['conv_price_elasticity_proxy']).toBeCloseTo(covariance(logPrices, points.map(([,, purchased]) => Math.log(purchased / 400))) / covariance(logPrices, logPrices), 9);
});

it('weekdays and hours of the fixture page stand by its own clock', async () => {
	const hours = await rows('analyze_time_windows(\'test_creator\', 90)', 'day_type, hour');
	expect(hours.map(({day_type: type, hour}) => [type, hour])).toEqual([...[9, 13, 17, 20].map(hour => ['Weekday', hour]), ...[9, 13, 17, 20].map(hour => ['Weekend', hour])]);
	expect(hours.every(({confidence}) => confidence === 'HIGH')).toBe(true);
	expect((await rows('analyze_day_patterns(\'test_creator\', 90)', 'dow')).map(({dow, avg_rpr: rpr, significant}) => [dow, rpr, significant])).toEqual([1, 2, 3, 4, 5, 6, 7].map(dow => [dow, 0.01, false]));
});
