import {describe, expect, it} from 'vitest';
import {nextFirings, overlapsOf, startTimeOf} from '../../source/window/schedule-times.js';
import {clockOf, nextMonday, zoneTransitions} from '../../source/window/zone-time.js';

const zone = 'America/Los_Angeles';
const at = (text: string): number => Date.parse(text);
const early = {displayName: 'early', schedule: 'every day 09:07'};
const late = {displayName: 'late', schedule: 'every day 10:07'};
const sweep = {displayName: 'sweep', schedule: 'every 6 hours', anchor: '00:17'};
const health = {displayName: 'health', schedule: 'every 1 hours', anchor: '00:37'};

describe('when scheduled queries fire', () => {
	it('fires a daily query at its UTC time, whatever the season', () => {
		expect(nextFirings(early, at('2025-11-01T12:00:00Z'), 2).map(time => new Date(time).toISOString())).toEqual(['2025-11-02T09:07:00.000Z', '2025-11-03T09:07:00.000Z']);
		expect(clockOf(nextFirings(early, at('2025-10-31T00:00:00Z'), 1)[0]!, zone)).toBe('02:07');
		expect(clockOf(nextFirings(late, at('2025-11-04T00:00:00Z'), 1)[0]!, zone)).toBe('02:07');
		expect(clockOf(nextFirings(early, at('2025-11-04T00:00:00Z'), 1)[0]!, zone)).toBe('01:07');
	});

	it('repeats from its anchor', () => {
		expect(nextFirings(sweep, at('2025-11-03T06:17:00Z'), 3).map(time => new Date(time).toISOString().slice(11, 16))).toEqual(['12:17', '18:17', '00:17']);
		expect(startTimeOf(sweep, at('2025-11-03T01:00:00Z'))).toBe(at('2025-11-03T06:17:00Z'));
		expect(startTimeOf(early, 0)).toBeUndefined();
	});

	it('finds schedules within the same five minutes, and none among ours', () => {
		expect(overlapsOf([early, late, sweep, health], at('2025-11-03T00:00:00Z'))).toEqual([]);
		expect(overlapsOf([sweep, {displayName: 'hourly', schedule: 'every 1 hours', anchor: '00:15'}], at('2025-11-03T00:00:00Z'))).toEqual([['sweep', 'hourly']]);
	});

	it('knows the Monday ahead and the change of the offset', () => {
		expect(nextMonday(at('2025-11-03T07:59:59Z'), zone)).toBe('2025-11-03');
		expect(nextMonday(at('2025-11-03T08:00:00Z'), zone)).toBe('2025-11-10');
		expect(zoneTransitions(at('2025-11-01T19:00:00Z'), at('2025-11-02T19:00:00Z'), zone).map(({text}) => text)).toEqual(['-07:00 to -08:00 at 2025-11-02T09:00:00Z']);
		expect(zoneTransitions(at('2025-11-03T00:00:00Z'), at('2025-11-04T00:00:00Z'), zone)).toEqual([]);
	});
});
