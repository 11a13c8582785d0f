// The other ways of choosing play by the selector's rules, and each does what its sentence in the report says.
import {describe, expect, it} from 'vitest';
import {addDays, dayGap} from './dates.js';
import {createPolicy, policyNames, type PolicyName, type Send, type Slot} from './policies.js';
import {createWorld} from './world.js';

const world = createWorld(3, 6, 1200);
const monday = '2025-11-03';

/** A message a day of each tier, and a second one of the budget tier. */
const slotsOf = (page: string, week: number): readonly Slot[] =>
	Array.from({length: 7}, (_, day) =>
		(['budget', 'mid', 'premium', 'bump', 'budget'] as const).map((tier, place): Slot => {
			const date = addDays(monday, 7 * week + day);
			return {key: `${page} ${date} ${place}`, type: tier === 'bump' ? 'Bump' : 'PPV', tier, date, hour: 9 + 2 * place, place: 5 * day + place, price: tier === 'bump' ? 0 : 20};
		}),
	).flat();

const live = (name: PolicyName, weeks: number, draw = 0): readonly (Send & {readonly week: number})[] => {
	const policy = createPolicy(name, world, draw);
	return Array.from({length: weeks}, (_, week) => world.pages.flatMap(page => policy.sendWeek(page, slotsOf(page.name, week), addDays(monday, 7 * week - 1)).map(send => ({...send, week})))).flat();
};

describe.each(policyNames)('%s', name => {
	const sends = live(name, 4);

	it('fills every slot with a caption of its tier', () => {
		expect(sends).toHaveLength(4 * 6 * 35);
		expect(sends.filter(({slot, caption}) => slot.tier !== caption.tier)).toEqual([]);
	});

	it('uses no caption twice within seven days on any page', () => {
		const days = new Map<string, string[]>();
		for (const {slot, caption} of sends) {
			days.set(caption.id, [...(days.get(caption.id) ?? []), slot.date]);
		}

		const gaps = [...days.values()].flatMap(dates => dates.sort().slice(1).map((date, index) => dayGap(dates[index]!, date)));
		expect(gaps.filter(gap => gap <= 7)).toEqual([]);
	});

	it('sends a page at most five urgent captions a week', () => {
		for (const page of world.pages) {
			for (let week = 0; week < 4; week += 1) {
				expect(sends.filter(send => send.page === page && send.week === week && send.caption.hasUrgency).length).toBeLessThanOrEqual(5);
			}
		}
	});

	it('is another run with another draw, and the same with the same', () => {
		const ids = (draw: number): readonly string[] => live(name, 2, draw).map(({caption}) => caption.id);
		expect(ids(1)).toEqual(ids(1));
		expect(ids(1)).not.toEqual(ids(2));
	});
});

describe('what they go by', () => {
	const page = world.pages[0]!;
	const slot = (date: string, index: number): Slot => ({key: `${date} ${index}`, type: 'PPV', tier: 'mid', date, hour: 12, place: index, price: 20});
	const days = (week: number, count: number): readonly Slot[] => Array.from({length: count}, (_, index) => slot(addDays(monday, 14 * week + index), index));
	/** Two weeks lie between the plans, so that everything sent may be sent again. */
	const twoPlans = (name: PolicyName) => {
		const policy = createPolicy(name, world, 0);
		const first = policy.sendWeek(page, days(0, 7), addDays(monday, -1));
		return {first, second: policy.sendWeek(page, days(1, 3), addDays(monday, 13))};
	};

	const best = (sends: readonly Send[], count: number): readonly string[] => [...sends].sort((a, b) => b.buyers - a.buyers).slice(0, count).map(({caption}) => caption.id);
	const ids = (sends: readonly Send[]): readonly string[] => sends.map(({caption}) => caption.id);

	it('plain greedy repeats what earned most', () => {
		const {first, second} = twoPlans('greedy');
		expect([...ids(second)].sort()).toEqual([...best(first, 3)].sort());
	});

	it('the best caption goes where the schedule has its best, and by the hour only where the hour is known', () => {
		// The hours come nearer to the page's best one while the schedule holds them for worse and worse.
		const hoursOf = (name: PolicyName): readonly number[] => {
			const policy = createPolicy(name, world, 0);
			policy.sendWeek(page, days(0, 7), addDays(monday, -1));
			const slots = days(1, 5).map((given, index): Slot => ({...given, hour: page.peakHour - 4 + index}));
			const first = policy.sendWeek(page, slots, addDays(monday, 13));
			return first.map(({slot: {hour}}) => hour - page.peakHour);
		};

		expect(hoursOf('greedy')).toEqual([-4, -3, -2, -1, 0]);
		expect(hoursOf('greedy-hours')).toEqual([0, -1, -2, -3, -4]);
	});

	it('greedy on the arms repeats what was above the median of the page', () => {
		const {first, second} = twoPlans('greedy-arms');
		expect([...ids(second)].sort()).toEqual([...best(first, 3)].sort());
	});

	it('greedy on the bank starts with its best averages', () => {
		const {first} = twoPlans('greedy-bank');
		const averages = world.captionsOf('mid').filter(({hasUrgency}) => !hasUrgency).map(({averageRevenue}) => averageRevenue).sort((a, b) => b - a);
		expect(first.filter(({caption}) => !caption.hasUrgency).every(({caption}) => caption.averageRevenue >= averages[6]!)).toBe(true);
	});
});
