import {describe, expect, it, test} from 'vitest';
import {buildSchedule} from '../../../source/eros/schedule/build.js';
import {placeBumps} from '../../../source/eros/schedule/bump-slots.js';
import {placePpvs, ppvCapacity} from '../../../source/eros/schedule/ppv-slots.js';
import {priceOf} from '../../../source/eros/schedule/price.js';
import {seededRandom} from '../../../source/eros/schedule/seeded-random.js';
import {candidateHours, dayTypeOf} from '../../../source/eros/schedule/time-window.js';
import {localText, offsetText, weekOf, zonedMinute} from '../../../source/eros/schedule/week.js';
import {triggerOf} from '../../../source/eros/schedule/caption.js';
import {scheduleInputs} from '../support/a-pool.js';

const losAngeles = 'America/Los_Angeles';
const minutes = (slots: readonly {readonly minute: number}[]): readonly string[] => slots.map(({minute}) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`);

describe('the week', () => {
	it('keeps a Monday and moves other days back with a warning', () => {
		expect(weekOf('2025-11-03', losAngeles)).toMatchObject({week: {start: '2025-11-03', end: '2025-11-09'}, warnings: []});
		const {week, warnings} = weekOf('2025-11-04', losAngeles);
		expect(week.start).toBe('2025-11-03');
		expect(warnings).toEqual([{code: 'WEEK_START_MOVED', text: 'start date 2025-11-04 (Tuesday) moved to Monday 2025-11-03'}]);
		expect(weekOf('2026-01-01', losAngeles).week.start).toBe('2025-12-29');
	});

	it('refuses what is no date', () => {
		expect(() => weekOf('2025-02-30', losAngeles)).toThrow(RangeError);
		expect(() => weekOf('next week', losAngeles)).toThrow(RangeError);
	});

	it('takes the first of two equal local times and none that does not exist', () => {
		expect(offsetText(zonedMinute('2025-11-02', 90, losAngeles)!)).toBe('2025-11-02T01:30:00-07:00');
		expect(zonedMinute('2026-03-08', 150, losAngeles)).toBeUndefined();
		expect(offsetText(zonedMinute('2026-03-08', 180, losAngeles)!)).toBe('2026-03-08T03:00:00-07:00');
		// Samoa went from 29 to 31 December 2011.
		expect(zonedMinute('2011-12-30', 600, 'Pacific/Apia')).toBeUndefined();
	});

	it('writes local time without and instants with the offset', () => {
		const zoned = zonedMinute('2025-11-03', 9 * 60 + 12, losAngeles)!;
		expect(localText(zoned)).toBe('2025-11-03 09:12:00');
		expect(offsetText(zoned)).toBe('2025-11-03T09:12:00-08:00');
	});
});

describe('candidate hours', () => {
	it('ranks HIGH and MED windows by earnings, inside the send window, eight at most', () => {
		const windows = Array.from({length: 24}, (_, hour) => ({dayType: 'Weekday' as const, hour, avgRpr: hour / 10, confidence: hour === 20 ? ('LOW' as const) : ('MED' as const)}));
		expect(candidateHours(windows, 'Weekday', () => 0).map(({hour}) => hour)).toEqual([21, 19, 18, 17, 16, 15, 14, 13]);
	});

	it('takes Saturday and Sunday for the weekend, Friday not', () => {
		expect([0, 1, 2, 3, 4, 5, 6].map(day => dayTypeOf(day))).toEqual(['Weekday', 'Weekday', 'Weekday', 'Weekday', 'Weekday', 'Weekend', 'Weekend']);
		const windows = (['Weekday', 'Weekend'] as const).flatMap(dayType => (dayType === 'Weekday' ? [9, 12, 15] : [10, 13, 16]).map(hour => ({dayType, hour, avgRpr: 1, confidence: 'HIGH' as const})));
		const paid = buildSchedule(scheduleInputs({windows})).messages.filter(message => message.type === 'PPV');
		const hoursOn = (...days: readonly string[]) => new Set(paid.filter(message => days.includes(message.day_of_week)).map(message => Number(message.send_local.slice(11, 13))));
		expect([...hoursOn('Saturday', 'Sunday')].every(hour => [10, 13, 16].includes(hour))).toBe(true);
		expect([...hoursOn('Thursday', 'Friday')].every(hour => [9, 12, 15].includes(hour))).toBe(true);
		expect(hoursOn('Saturday').size).toBeGreaterThan(0);
	});

	it('falls back to known good hours', () => {
		expect(candidateHours([], 'Weekday', seededRandom('a')).map(({hour}) => hour).sort((a, b) => a - b)).toEqual([9, 13, 17, 19, 20]);
		expect(candidateHours([], 'Weekend', seededRandom('a')).map(({hour}) => hour).sort((a, b) => a - b)).toEqual([11, 14, 18, 21]);
	});
});

describe('paid slots', () => {
	it('fills a day to its capacity and keeps the gap, whatever the candidates', () => {
		for (const gapMinutes of [75, 90, 120, 150, 180, 240]) {
			const capacity = ppvCapacity(gapMinutes);
			for (let count = 0; count <= capacity + 1; count += 1) {
				const random = seededRandom(`${gapMinutes} ${count}`);
				const slots = placePpvs({day: 0, count, gapMinutes, candidates: candidateHours([], 'Weekday', random), earliestMinute: 0, random});
				expect(slots).toHaveLength(Math.min(count, capacity));
				expect(slots.slice(1).every((slot, index) => slot.minute - slots[index]!.minute >= gapMinutes)).toBe(true);
				expect(slots.every(slot => slot.minute >= 480 && slot.minute <= 1290)).toBe(true);
			}
		}
	});

	it('starts no earlier than the gap to the day before allows', () => {
		const [slot] = placePpvs({day: 1, count: 1, gapMinutes: 240, candidates: [{hour: 8, value: 1}], earliestMinute: 700, random: () => 0});
		expect(slot!.minute).toBeGreaterThanOrEqual(700);
	});

	it('never sends at 22:00: an hour-21 slot lies before 21:31', () => {
		const [slot] = placePpvs({day: 5, count: 1, gapMinutes: 120, candidates: [{hour: 21, value: 1}], earliestMinute: 0, random: () => 0.999_999});
		expect(minutes([slot!])).toEqual(['21:30']);
	});
});

describe('free slots', () => {
	it('opens a late day, fills the gaps between paid messages and closes an early one', () => {
		const paid = [{day: 0, minute: 11 * 60, value: 0}, {day: 0, minute: 15 * 60, value: 0}];
		expect(minutes(placeBumps(0, 3, paid))).toEqual(['08:30', '13:00', '21:00']);
		expect(minutes(placeBumps(0, 1, [{day: 0, minute: 9 * 60, value: 0}]))).toEqual(['21:00']);
	});

	it('uses the cooling times on a day without paid messages', () => {
		expect(minutes(placeBumps(0, 3, []))).toEqual(['09:00', '14:30', '20:00']);
		expect(minutes(placeBumps(0, 2, []))).toEqual(['09:00', '14:30']);
	});

	it('spreads more of them and keeps half an hour from everything', () => {
		const paid = [{day: 0, minute: 10 * 60, value: 0}];
		const all = [...placeBumps(0, 14, paid), ...paid].map(slot => slot.minute).sort((a, b) => a - b);
		expect(all).toHaveLength(15);
		expect(all.slice(1).every((minute, index) => minute - all[index]! >= 30)).toBe(true);
		expect(all.every(minute => minute >= 480 && minute <= 1260)).toBe(true);
	});

	it('stops when nothing fits any more', () => {
		expect(placeBumps(0, 100, []).length).toBeLessThan(28);
	});
});

describe('prices', () => {
	test.each([
		['budget', 0, 9, 15],
		['mid', 0, 9, 25],
		['premium', 0, 9, 40],
		['budget', 0, 19, 17],
		['mid', 4, 9, 28],
		['premium', 5, 12, 44],
		['mid', 6, 21, 28],
		['budget', 4, 20, 18],
	] as const)('%s on day %i at %i: $%i', (tier, day, hour, dollars) => {
		expect(priceOf(tier, day, hour)).toBe(dollars);
	});

	it('stays in the band of the tier on a Friday evening', () => {
		expect(priceOf('mid', 4, 20)).toBe(28);
		expect(priceOf('premium', 4, 20)).toBe(45);
	});
});

describe('triggers', () => {
	test.each([
		['Only today', true, 'Urgency'],
		['Only today', false, 'General'],
		['My VIP set', false, 'Exclusivity'],
		['only 3 left', false, 'Scarcity'],
		['Everyone loved it', false, 'Social Proof'],
		['Guess what?', false, 'Curiosity'],
		['Hello', false, 'General'],
	])('%s: %s is %s', (text, hasUrgency, trigger) => {
		expect(triggerOf({text, hasUrgency})).toBe(trigger);
	});
});
