import {describe, expect, it, test} from 'vitest';
import {ACCOUNT_SIZE_CONFIGS, accountSizes, captionTarget, parseAccountSize, slotsPerDay, weeklyBase} from '../../../source/eros/account-size.js';
import {saturationResponse, worseZone, zoneOf, zones} from '../../../source/eros/schedule/saturation.js';
import {distributeOverWeek, fitToCapacity, tierSplit, weeklyVolume} from '../../../source/eros/schedule/volume.js';

describe('account sizes', () => {
	test.each([
		['MICRO', 6, 4, 180, 8, 5],
		['SMALL', 8, 6, 150, 10, 6],
		['MEDIUM', 12, 8, 120, 15, 8],
		['LARGE', 16, 12, 90, 20, 10],
		['MEGA', 21, 16, 75, 25, 12],
	] as const)('%s: base %i/%i, gap %i min, %i a day, %i slots', (size, ppv, bump, gap, mostPerDay, slots) => {
		expect(weeklyBase(size)).toEqual({ppv, bump});
		expect(ACCOUNT_SIZE_CONFIGS[size].minPpvGapMinutes).toBe(gap);
		expect(ACCOUNT_SIZE_CONFIGS[size].maxMessagesPerDay).toBe(mostPerDay);
		expect(slotsPerDay(gap)).toBe(slots);
	});

	it('folds the labels of other generations', () => {
		expect(parseAccountSize('xl')).toBe('MEGA');
		expect(parseAccountSize('NEW')).toBe('MICRO');
		expect(parseAccountSize('huge')).toBeUndefined();
	});

	it('sizes the candidate pool by risk, never below 30', () => {
		expect([0.2, 0.4, 0.6, 0.8].map(score => captionTarget('MEDIUM', score))).toEqual([80, 68, 56, 44]);
		expect(captionTarget('MICRO', 0.9)).toBe(30);
		expect(captionTarget('MEGA', 0)).toBe(140);
	});
});

describe('saturation', () => {
	it('puts scores into zones at 0.30 and 0.60', () => {
		expect([0, 0.29, 0.3, 0.59, 0.6, 1].map(score => zoneOf(score))).toEqual(['GREEN', 'GREEN', 'YELLOW', 'YELLOW', 'RED', 'RED']);
		expect(worseZone('GREEN', 'YELLOW')).toBe('YELLOW');
		expect(worseZone('RED', 'YELLOW')).toBe('RED');
	});

	test.each([
		['MICRO', '6/4', '4/4', '3/8'],
		['SMALL', '8/6', '6/7', '4/12'],
		['MEDIUM', '12/8', '9/9', '6/16'],
		['LARGE', '16/12', '12/14', '8/24'],
		['MEGA', '21/16', '15/19', '10/32'],
	] as const)('%s: weekly totals %s, %s, %s', (size, ...expected) => {
		expect(zones.map(zone => weeklyVolume(size, saturationResponse(zone))).map(({ppv, bump}) => `${ppv}/${bump}`)).toEqual(expected);
	});

	it('raises the zone by mode and cools only a page that is RED', () => {
		expect(saturationResponse('GREEN', 'safe')).toMatchObject({ppvPercent: 75, extraGapMinutes: 30, coolingDays: 0});
		expect(saturationResponse('GREEN', 'conservative')).toMatchObject({ppvPercent: 50, bumpPercent: 200, extraGapMinutes: 60, coolingDays: 0});
		expect(saturationResponse('RED', 'conservative')).toMatchObject({ppvPercent: 50, coolingDays: 2});
		expect(saturationResponse('RED', 'safe')).toEqual(saturationResponse('RED'));
	});
});

describe('tier split', () => {
	test.each([
		[12, '7/4/1', '4/5/3', '2/4/6'],
		[9, '5/3/1', '3/4/2', '1/3/5'],
		[6, '3/2/1', '2/3/1', '1/2/3'],
		[16, '9/5/2', '5/7/4', '2/6/8'],
		[21, '13/6/2', '6/10/5', '3/7/11'],
		[4, '2/1/1', '1/2/1', '1/1/2'],
	])('%i paid messages: %s, %s, %s', (total, ...expected) => {
		expect(['BUDGET', 'STANDARD', 'PREMIUM'].map(segment => Object.values(tierSplit(total, segment)).join('/'))).toEqual(expected);
	});

	it('takes the words of the selector and treats unknown ones as STANDARD', () => {
		expect(tierSplit(12, 'High-Value/Price-Insensitive')).toEqual(tierSplit(12, 'LUXURY'));
		expect(tierSplit(12, 'Budget-Conscious')).toEqual(tierSplit(12, 'EXPLORATORY'));
		expect(tierSplit(12, 'something else')).toEqual(tierSplit(12, 'STANDARD'));
	});
});

describe('distribution over the week', () => {
	test.each([
		[6, 0, '0111111'],
		[8, 0, '1111211'],
		[9, 0, '1112211'],
		[12, 0, '1222221'],
		[16, 0, '2223322'],
		[21, 0, '3333333'],
		[3, 2, '0001110'],
		[4, 2, '0011110'],
		[6, 2, '0011211'],
		[8, 2, '0012221'],
		[10, 2, '0022222'],
	])('%i with %i cooling days: %s', (total, coolingDays, expected) => {
		expect(distributeOverWeek(total, coolingDays).join('')).toBe(expected);
	});

	it('always adds up', () => {
		for (const size of accountSizes) {
			for (const zone of zones) {
				const response = saturationResponse(zone);
				const volume = weeklyVolume(size, response);
				expect(distributeOverWeek(volume.ppv, response.coolingDays).reduce((sum, count) => sum + count, 0)).toBe(volume.ppv);
				expect(distributeOverWeek(volume.bump).reduce((sum, count) => sum + count, 0)).toBe(volume.bump);
			}
		}
	});

	it('moves what a day cannot take to the day with most room and tells what is lost', () => {
		expect(fitToCapacity([5, 0, 0], [2, 1, 3], [true, true, true])).toEqual({counts: [2, 1, 2], lost: 0});
		expect(fitToCapacity([5, 0, 0], [2, 1, 3], [true, true, false])).toEqual({counts: [2, 1, 0], lost: 2});
	});
});
