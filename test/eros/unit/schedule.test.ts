import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {ACCOUNT_SIZE_CONFIGS, accountSizes} from '../../../source/eros/account-size.js';
import {chooseCaptions} from '../../../source/eros/schedule/assign.js';
import {buildSchedule, type BuiltSchedule} from '../../../source/eros/schedule/build.js';
import {modes, zones} from '../../../source/eros/schedule/saturation.js';
import {validateSchedule} from '../../../source/eros/schedule/validate.js';
import {priceBands} from '../../../source/eros/schedule/price.js';
import {tierSplit} from '../../../source/eros/schedule/volume.js';
import {aCaption, aPool, plenty, scheduleInputs} from '../support/a-pool.js';
import {aSchedule} from '../support/a-schedule.js';

const totals = (built: BuiltSchedule) => {
	const ppv = built.messages.filter(message => message.type === 'PPV').length;
	return {ppv, bump: built.messages.length - ppv};
};

const problemsOf = (built: BuiltSchedule, size: (typeof accountSizes)[number]): readonly string[] =>
	validateSchedule({messages: built.messages, week: built.week, gapMinutes: built.gapMinutes, totals: totals(built), maxMessagesPerDay: ACCOUNT_SIZE_CONFIGS[size].maxMessagesPerDay, lockedIds: built.messages.map(message => message.caption_id)});

describe('a week', () => {
	it('has 12 paid and 8 free messages for a MEDIUM page that is GREEN', () => {
		const built = buildSchedule(scheduleInputs());
		expect(totals(built)).toEqual({ppv: 12, bump: 8});
		expect(built.split).toEqual({budget: 4, mid: 5, premium: 3});
		expect(built.messages.every(message => message.time_zone === 'America/Los_Angeles' && message.send_at.endsWith('-08:00'))).toBe(true);
		expect(problemsOf(built, 'MEDIUM')).toEqual([]);
	});

	it('has no paid message on the cooling days of a RED page', () => {
		const built = buildSchedule(scheduleInputs({zone: 'RED'}));
		expect(built.messages.filter(message => message.type === 'PPV').every(message => !['Monday', 'Tuesday'].includes(message.day_of_week))).toBe(true);
		expect(totals(built)).toEqual({ppv: 6, bump: 16});
		expect(built.messages.filter(message => message.day_of_week === 'Monday').map(message => message.send_local.slice(11, 16))).toEqual(['09:00', '14:30']);
	});

	it('is the same for the same inputs, and another one for another page', () => {
		expect(JSON.stringify(buildSchedule(scheduleInputs()))).toBe(JSON.stringify(buildSchedule(scheduleInputs())));
		const shuffled = [...plenty].reverse();
		expect(JSON.stringify(buildSchedule(scheduleInputs({pool: shuffled})).messages)).toBe(JSON.stringify(buildSchedule(scheduleInputs()).messages));
		expect(buildSchedule(scheduleInputs({pageName: 'page_01'})).messages.map(message => message.send_at)).not.toEqual(buildSchedule(scheduleInputs()).messages.map(message => message.send_at));
	});

	it('leaves out what has passed and says so', () => {
		const whole = buildSchedule(scheduleInputs());
		const nowMs = Date.parse('2025-11-06T12:00:00-08:00');
		const rest = buildSchedule(scheduleInputs({nowMs}));
		expect(rest.messages.length).toBeGreaterThan(0);
		expect(rest.messages.length).toBeLessThan(whole.messages.length);
		expect(rest.messages.every(message => Date.parse(message.send_at) > nowMs)).toBe(true);
		expect(rest.warnings.map(warning => warning.code)).toContain('PAST_SLOTS_DROPPED');
		expect(problemsOf(rest, 'MEDIUM')).toEqual([]);
	});

	it.each(['STANDARD', 'BUDGET', 'PREMIUM'])('keeps the mix of tiers of %s in what is left of a running week, and says how many of each stay', segment => {
		for (const at of ['2025-11-04T15:00:00-08:00', '2025-11-06T12:00:00-08:00', '2025-11-08T10:00:00-08:00']) {
			const built = buildSchedule(scheduleInputs({segment, nowMs: Date.parse(at)}));
			const ofTier = (tier: string) => built.messages.filter(message => message.tier === tier).length;
			const {ppv, bump} = totals(built);
			expect(ppv).toBeGreaterThan(0);
			expect({budget: ofTier('budget'), mid: ofTier('mid'), premium: ofTier('premium')}).toEqual(tierSplit(ppv, segment));
			const {split} = built;
			expect(built.warnings.find(warning => warning.code === 'PAST_SLOTS_DROPPED')?.text).toBe(
				`${12 - ppv} paid and ${8 - bump} free messages left out; their time has passed; of the paid ones stay budget ${ofTier('budget')} of ${split.budget}, mid ${ofTier('mid')} of ${split.mid}, premium ${ofTier('premium')} of ${split.premium}`,
			);
		}
	});

	it('borrows in a running week only what the rest of it lacks', () => {
		const pool = aPool({budget: 12, mid: 2, premium: 0, bump: 8});
		const nowMs = Date.parse('2025-11-07T20:00:00-08:00');
		const built = buildSchedule(scheduleInputs({pool, nowMs}));
		const {ppv} = totals(built);
		const split = tierSplit(ppv, 'STANDARD');
		expect(split).toEqual({budget: 1, mid: 2, premium: 1});
		expect(built.messages.filter(message => message.tier === 'mid')).toHaveLength(2);
		expect(built.warnings.filter(warning => warning.code === 'TIER_BORROWED').map(warning => warning.text)).toEqual(['1 of 1 premium messages use a caption of another tier; the pool has no more']);
	});

	it('tells the tiers of what finds no room too', () => {
		// 21 paid messages at a gap of 75 minutes over two days' worth of one zone without most of its hours.
		const built = buildSchedule(scheduleInputs({weekStart: '2011-12-26', timeZone: 'Pacific/Apia', accountSize: 'MEGA'}));
		const lost = 21 - totals(built).ppv;
		expect(lost).toBeGreaterThan(0);
		expect(built.warnings.find(warning => warning.code === 'NO_SUCH_LOCAL_TIME')?.text).toMatch(/messages left out; their local time does not exist that day; of the paid ones stay budget \d of 6, mid \d of 10, premium \d of 5$/);
	});

	it('reports a short pool and borrows across paid tiers', () => {
		const short = buildSchedule(scheduleInputs({pool: aPool({budget: 12, mid: 2, premium: 0, bump: 3})}));
		expect(totals(short)).toEqual({ppv: 12, bump: 3});
		expect(short.warnings.map(warning => warning.code)).toEqual(expect.arrayContaining(['TIER_BORROWED', 'POOL_SHORT']));
		const empty = buildSchedule(scheduleInputs({pool: []}));
		expect(empty.messages).toEqual([]);
		expect(empty.warnings.filter(warning => warning.code === 'POOL_SHORT')).toHaveLength(4);
	});

	it('gives the best caption of a tier to its best hour', () => {
		const windows = (['Weekday', 'Weekend'] as const).flatMap(dayType => [9, 13, 17, 20].map(hour => ({dayType, hour, avgRpr: hour / 10, confidence: 'HIGH' as const})));
		const built = buildSchedule(scheduleInputs({windows, pool: plenty.map(caption => ({...caption, category: `c${caption.id}`}))}));
		const budget = built.messages.filter(message => message.tier === 'budget');
		const best = [...budget].sort((a, b) => b.performance_score - a.performance_score)[0]!;
		const latestHour = Math.max(...budget.map(message => Number(message.send_local.slice(11, 13))));
		expect(Number(best.send_local.slice(11, 13))).toBe(latestHour);
	});

	it.each([
		[2, 0],
		[3, 1],
		[5, 1],
		[7, 1],
		[8, 2],
		[12, 2],
		[13, 3],
	])('of %i captions of a tier %i explore, even where exploring ones score lower than all others', (count, exploring) => {
		const pool = Array.from({length: 40}, (_, index) => aCaption({id: String(index + 1), finalScore: index < 20 ? 0.1 : 0.9, strategy: index < 20 ? 'explore' : 'exploit'}));
		const {paid} = chooseCaptions(pool, {budget: 0, mid: count, premium: 0}, 0);
		expect(paid).toHaveLength(count);
		expect(paid.filter(caption => caption.strategy === 'explore')).toHaveLength(exploring);
	});

	it('keeps a fifth of a whole week for exploring captions', () => {
		const built = buildSchedule(scheduleInputs({accountSize: 'MEGA'}));
		const explored = built.messages.filter(message => message.type === 'PPV' && message.strategy === 'explore');
		expect(explored.length / totals(built).ppv).toBeGreaterThanOrEqual(0.15);
		expect(explored.length / totals(built).ppv).toBeLessThanOrEqual(0.3);
	});
});

describe('the schedule that is handed on', () => {
	it.each([
		['all that is asked for', {}, {status: 'OPTIMAL', confidence_score: 1}],
		['one short of it', {pool: aPool({budget: 24, mid: 24, premium: 24, bump: 7})}, {status: 'DEGRADED', confidence_score: 0.95}],
		['half of it', {pool: aPool({budget: 4, mid: 5, premium: 1, bump: 0})}, {status: 'DEGRADED', confidence_score: 0.5}],
		['less than half of it', {pool: aPool({budget: 4, mid: 5, premium: 0, bump: 0})}, {status: 'CRITICAL', confidence_score: 0.45}],
	])('says what its quality is with %s', (_, inputs, quality) => {
		expect(aSchedule(inputs).metadata.schedule_quality).toEqual(quality);
	});

	it('counts paid messages by the price band of their tier, and no free ones', () => {
		const schedule = aSchedule();
		expect(schedule.metadata.pricing_distribution).toEqual({budget_10_18: 4, standard_18_28: 5, premium_28_45: 3, luxury_45_70: 0});
		const inBand = (lowest: number, highest: number) => schedule.messages.filter(message => message.type === 'PPV' && message.price >= lowest && message.price <= highest).length;
		expect(inBand(10, 18)).toBe(4);
		expect(inBand(28.01, 45)).toBe(3);
		expect(aSchedule({segment: 'PREMIUM', zone: 'RED'}).metadata.pricing_distribution).toEqual({budget_10_18: 1, standard_18_28: 2, premium_28_45: 3, luxury_45_70: 0});
	});
});

describe('the check before export', () => {
	const built = buildSchedule(scheduleInputs());
	const check = (messages: BuiltSchedule['messages'], more: Partial<Parameters<typeof validateSchedule>[0]> = {}) =>
		validateSchedule({messages, week: built.week, gapMinutes: built.gapMinutes, totals: {ppv: 12, bump: 8}, maxMessagesPerDay: 15, ...more});
	const change = (index: number, changes: Partial<BuiltSchedule['messages'][number]>) => built.messages.map((message, at) => (at === index ? {...message, ...changes} : message));

	it('accepts what the builder makes', () => {
		expect(check(built.messages)).toEqual([]);
	});

	it.each([
		['no message', [], /no message/],
		['wrong totals', built.messages.slice(1), /totals say 12 paid and 8 free/],
		['a repeated caption', change(1, {caption_id: built.messages[0]!.caption_id}), /used twice/],
		['a score above 1', change(0, {performance_score: 1.01}), /performance_score/],
		['an unknown type', change(0, {type: 'Story' as 'PPV'}), /type/],
		['a tier that does not fit the type', change(0, {tier: built.messages[0]!.type === 'PPV' ? 'bump' : 'mid'}), /can't have tier/],
		['a time outside the window', change(0, {send_at: '2025-11-03T07:00:00-08:00', send_local: '2025-11-03 07:00:00'}), /outside the send window/],
		['a day outside the week', change(0, {send_at: '2025-11-10T09:00:00-08:00', send_local: '2025-11-10 09:00:00', day_of_week: 'Monday'}), /outside the week/],
		['six urgent messages', built.messages.map((message, index) => (index < 6 ? {...message, has_urgency: true} : message)), /6 messages are urgent, more than 5 a week/],
		['a price outside the band', change(built.messages.findIndex(message => message.tier === 'budget'), {price: 19}), /\$19 is outside the band of budget, \$10 to \$18/],
		['a price on a free message', change(built.messages.findIndex(message => message.tier === 'bump'), {price: 5}), /outside the band of bump/],
		['messages out of order', [built.messages[1]!, built.messages[0]!, ...built.messages.slice(2)], /message 1 in the list has index 2/],
		['another zone', change(0, {time_zone: 'Europe/Berlin'}), /its zone is Europe\/Berlin, the week's America\/Los_Angeles/],
		['a zone that does not exist', change(0, {time_zone: 'Mars/Olympus'}), /an IANA time zone/],
		['a day that does not exist', change(0, {send_local: '2025-11-31 09:00:00'}), /not 2025-11-31/],
		['a local time that is not the instant', change(0, {send_at: '2025-11-03T09:00:00-07:00'}), /is .* in America\/Los_Angeles/],
	])('refuses %s', (_, messages, sentence) => {
		expect(check(messages).join('\n')).toMatch(sentence);
	});

	it('refuses messages too close together and locks that are not held', () => {
		expect(check(built.messages, {gapMinutes: 24 * 60}).join('\n')).toMatch(/min apart/);
		expect(check(built.messages, {lockedIds: []}).join('\n')).toMatch(/no lock is held/);
		expect(check(built.messages, {maxMessagesPerDay: 1}).join('\n')).toMatch(/more than 1/);
	});
});

describe('every rule holds for every page', () => {
	const week = fc.integer({min: 0, max: 2600}).map(weeks => new Date(Date.UTC(2010, 0, 4 + weeks * 7)).toISOString().slice(0, 10));
	const clockChangeWeek = fc.constantFrom('2025-10-27', '2025-11-03', '2026-03-02', '2026-03-09', '2011-12-26', '2026-10-19', '2026-03-23');
	const inputs = fc.record({
		accountSize: fc.constantFrom(...accountSizes),
		zone: fc.constantFrom(...zones),
		mode: fc.constantFrom(...modes),
		segment: fc.constantFrom('EXPLORATORY', 'BUDGET', 'STANDARD', 'PREMIUM', 'LUXURY', ''),
		weekStart: fc.oneof(week, clockChangeWeek),
		timeZone: fc.constantFrom('America/Los_Angeles', 'UTC', 'Europe/Berlin', 'Pacific/Apia', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'Africa/Casablanca'),
		pool: fc.record({budget: fc.nat(24), mid: fc.nat(24), premium: fc.nat(24), bump: fc.nat(40), urgentEvery: fc.integer({min: 1, max: 9})}).map(({urgentEvery, ...counts}) => aPool(counts).map((caption, index) => ({...caption, hasUrgency: index % urgentEvery === 0}))),
		windows: fc.array(fc.record({dayType: fc.constantFrom('Weekday' as const, 'Weekend' as const), hour: fc.integer({min: 0, max: 23}), avgRpr: fc.double({min: 0, max: 9, noNaN: true}), confidence: fc.constantFrom('HIGH' as const, 'MED' as const, 'LOW' as const)}), {maxLength: 20}),
		pageName: fc.stringMatching(/^[a-z\d_]{1,12}$/),
	});

	it('totals, gaps, window, distinct captions, prices; what is missing is told', () => {
		fc.assert(
			fc.property(inputs, given => {
				const built = buildSchedule(given);
				const problems = problemsOf(built, given.accountSize).filter(problem => problem !== 'the schedule has no message');
				expect(problems).toEqual([]);
				const sent = totals(built);
				const missing = built.volume.ppv + built.volume.bump - sent.ppv - sent.bump;
				expect(missing).toBeGreaterThanOrEqual(0);
				const told = built.warnings.filter(warning => ['POOL_SHORT', 'NO_ROOM', 'DAY_FULL', 'NO_SUCH_LOCAL_TIME'].includes(warning.code));
				expect(told.length > 0).toBe(missing > 0);
				for (const message of built.messages) {
					const hour = Number(message.send_local.slice(11, 13));
					expect(hour >= 8 && hour < 22).toBe(true);
					const [lowest, highest] = message.type === 'PPV' ? priceBands[message.tier as 'mid'] : [0, 0];
					expect(message.price >= lowest && message.price <= highest).toBe(true);
				}
			}),
			{numRuns: 80},
		);
	});
});
