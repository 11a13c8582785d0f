import {describe, expect, it} from 'vitest';
import {nextFiringMs, parseSchedule} from '../../../source/warehouse/transfer/schedule.js';

const at = (text: string): number => Date.parse(text);

describe('schedules', () => {
	it.each([
		['every day 09:07', '2025-10-31T00:00:00Z', '2025-10-31T10:00:00Z', '2025-11-01T09:07:00Z'],
		['every day 09:07', '2025-10-31T00:00:00Z', '2025-10-31T09:06:59Z', '2025-10-31T09:07:00Z'],
		['every day 09:07', '2025-10-31T09:07:00Z', '2025-10-30T00:00:00Z', '2025-10-31T09:07:00Z'],
		['every 6 hours', '2025-10-31T00:17:00Z', '2025-10-31T12:17:00Z', '2025-10-31T18:17:00Z'],
		['every 6 hours', '2025-10-31T00:17:00Z', '2025-10-30T12:00:00Z', '2025-10-31T00:17:00Z'],
		['every 1 hours', '2025-10-31T00:37:00Z', '2025-10-31T05:00:00Z', '2025-10-31T05:37:00Z'],
		['every hour', '2025-10-31T00:37:00Z', '2025-10-31T05:37:00Z', '2025-10-31T06:37:00Z'],
		['every mon,wed 09:00', '2025-10-01T00:00:00Z', '2025-10-31T00:00:00Z', '2025-11-03T09:00:00Z'],
		['every 30 minutes', '2025-10-31T00:00:00Z', '2025-10-31T00:00:00Z', '2025-10-31T00:30:00Z'],
	])('%s anchored at %s, after %s: %s', (text, anchor, after, expected) => {
		const schedule = parseSchedule(text);
		expect(schedule).toBeDefined();
		expect(new Date(nextFiringMs(schedule!, at(anchor), at(after))).toISOString()).toBe(expected.replace('Z', '.000Z'));
	});

	it.each(['at noon', 'every day', 'every day 25:00', 'every 1 minutes', 'every xyz 09:00', 'every day 09:07 America/Los_Angeles', ''])('refuses %s', text => {
		expect(text === 'every day' ? parseSchedule(text)?.kind : parseSchedule(text)).toBe(text === 'every day' ? 'interval' : undefined);
	});
});
