import {describe, expect, it, test} from 'vitest';
import {assignmentKey} from '../../../source/eros/assignment-key.js';
import {createCaptionClaims} from '../../../source/eros/caption-claims.js';
import {alertsOf, assessFatigue, watchFatigue, type FatigueDay} from '../../../source/eros/fatigue.js';

const atMs = Date.parse('2025-11-03T03:45:00Z');
/** 27 usual days: 10 messages, conversion 10 %. */
const usual: readonly FatigueDay[] = Array.from({length: 27}, (_, index) => ({daysAgo: index + 1, messages: 10, viewed: 1000, purchased: 100}));
const judge = (messages: number, purchased: number, previous: 'GREEN' | 'YELLOW' | 'RED' = 'GREEN') => assessFatigue([{daysAgo: 0, messages, viewed: 1000, purchased}, ...usual], previous, atMs);

describe('fatigue', () => {
	test.each([
		[16, 49, 'GREEN', 'RED'],
		[15, 49, 'GREEN', 'YELLOW'],
		[16, 50, 'GREEN', 'YELLOW'],
		[13, 69, 'GREEN', 'YELLOW'],
		[12, 69, 'GREEN', 'GREEN'],
		[12, 69, 'RED', 'RED'],
		[13, 70, 'YELLOW', 'YELLOW'],
		[30, 90, 'RED', 'GREEN'],
		[10, 89, 'RED', 'RED'],
	] as const)('%i messages with %i buyers after %s is %s', (messages, purchased, previous, zone) => {
		expect(judge(messages, purchased, previous).zone).toBe(zone);
	});

	it('computes exhaustion from conversion, volume and decline', () => {
		// (1 - 0.5) x 50 + (2 - 1) x 30 + 1 x 10
		expect(judge(20, 50)).toMatchObject({exhaustion: 65, alert: 'NONE', conversion_ratio: 0.5, message_ratio: 2, decline_days: 1});
		expect(judge(23, 50)).toMatchObject({exhaustion: 74, alert: 'ALERT'});
		expect(judge(26, 50)).toMatchObject({exhaustion: 83, alert: 'CRITICAL'});
		expect(judge(100, 0).exhaustion).toBe(100);
		expect(judge(5, 150).exhaustion).toBe(0);
	});

	it('predicts saturation after three declining days', () => {
		const falling = [60, 70, 80, 90, 90].map((purchased, daysAgo) => ({daysAgo, messages: 10, viewed: 1000, purchased}));
		expect(assessFatigue(falling, 'GREEN', atMs)).toMatchObject({decline_days: 3, is_saturation_predicted: true});
		expect(assessFatigue(falling.slice(1), 'GREEN', atMs).is_saturation_predicted).toBe(false);
	});

	it('predicts saturation when conversion lies low and volume high', () => {
		const noisy = Array.from({length: 27}, (_, index) => ({daysAgo: index + 1, messages: 10 + (index % 2), viewed: 1000, purchased: 100 + (index % 2)}));
		expect(assessFatigue([{daysAgo: 0, messages: 20, viewed: 1000, purchased: 80}, ...noisy], 'GREEN', atMs).is_saturation_predicted).toBe(true);
		expect(assessFatigue([{daysAgo: 0, messages: 11, viewed: 1000, purchased: 80}, ...noisy], 'GREEN', atMs).is_saturation_predicted).toBe(false);
	});

	it('raises what has to be looked at, each with its numbers', () => {
		expect(alertsOf(judge(20, 50))).toEqual([]);
		expect(alertsOf(judge(23, 50))).toEqual([{kind: 'exhaustion_alert', level: 'WARNING', message: 'the audience is exhausted, 74 of 100 (alert above 70): conversion at 50 % of its baseline, 2.3 times the messages, 1 day of decline'}]);
		expect(alertsOf(judge(26, 50))).toEqual([{kind: 'exhaustion_critical', level: 'CRITICAL', message: 'the audience is exhausted, 83 of 100 (critical above 80): conversion at 50 % of its baseline, 2.6 times the messages, 1 day of decline'}]);
		const falling = [60, 70, 80, 90, 90].map((purchased, daysAgo) => ({daysAgo, messages: 10, viewed: 1000, purchased}));
		expect(alertsOf(assessFatigue(falling, 'GREEN', atMs))).toEqual([{kind: 'saturation_predicted', level: 'WARNING', message: 'saturation is predicted: conversion fell on 3 days in a row'}]);
		const noisy = Array.from({length: 27}, (_, index) => ({daysAgo: index + 1, messages: 10 + (index % 2), viewed: 1000, purchased: 100 + (index % 2)}));
		expect(alertsOf(assessFatigue([{daysAgo: 0, messages: 20, viewed: 1000, purchased: 80}, ...noisy], 'GREEN', atMs))).toEqual([{kind: 'saturation_predicted', level: 'WARNING', message: 'saturation is predicted: conversion lies far below the usual at far more messages'}]);
	});

	it('knows nothing without messages, and keeps the zone', () => {
		expect(assessFatigue([], 'YELLOW', atMs)).toEqual({zone: 'YELLOW', exhaustion: 0, alert: 'NONE', is_saturation_predicted: false, conversion_ratio: null, message_ratio: null, decline_days: 0, data_as_of: '2025-11-03T03:45:00.000Z'});
		expect(assessFatigue(usual, 'RED', atMs).zone).toBe('RED');
		expect(assessFatigue([{daysAgo: 0, messages: 50, viewed: 0, purchased: 0}, ...usual], 'GREEN', atMs).zone).toBe('GREEN');
	});
});

describe('the zone that stays', () => {
	const day = (daysAgo: number, messages: number, purchased: number): FatigueDay => ({daysAgo, messages, viewed: 1000, purchased});
	/** The newest days as [messages, buyers], then a month of usual ones. */
	const watch = (...newest: readonly (readonly [number, number])[]) =>
		watchFatigue([...newest.map(([messages, purchased], daysAgo) => day(daysAgo, messages, purchased)), ...Array.from({length: 40}, (_, index) => day(newest.length + index, 10, 100))], atMs).zone;

	it('is the one that the monitor itself found on the days before', () => {
		expect(watch([10, 80])).toBe('GREEN');
		expect(watch([10, 80], [20, 40])).toBe('RED');
		expect(watch([10, 80], [10, 80], [20, 40])).toBe('RED');
		expect(watch([10, 80], [13, 65], [20, 40])).toBe('YELLOW');
		expect(watch([10, 80], [10, 95], [20, 40])).toBe('GREEN');
		expect(watch([10, 95], [20, 40])).toBe('GREEN');
	});

	it('is forgotten when nothing has confirmed it for a week', () => {
		const between = (count: number): readonly (readonly [number, number])[] => Array.from({length: count}, () => [10, 80] as const);
		expect(watch(...between(7), [20, 40])).toBe('RED');
		expect(watch(...between(8), [20, 40])).toBe('GREEN');
	});

	it('outlasts a day without messages, and compares each day with the 28 before it', () => {
		const silentToday = [day(1, 20, 40), ...Array.from({length: 40}, (_, index) => day(index + 2, 10, 100))];
		expect(watchFatigue(silentToday, atMs).zone).toBe('RED');
		const olderIsNoBaseline = [day(0, 10, 100), ...Array.from({length: 28}, (_, index) => day(index + 1, 10, 100)), ...Array.from({length: 7}, (_, index) => day(index + 29, 1000, 1000))];
		expect(watchFatigue(olderIsNoBaseline, atMs)).toMatchObject({conversion_ratio: 1, message_ratio: 1});
		expect(watchFatigue([], atMs).zone).toBe('GREEN');
	});
});

describe('the assignment key', () => {
	test.each([
		['12345', 10, 'bf05c0c9c02da9a3e5d6a266fbc96234503d08e75084cb033795c2823ec06625'],
		['-2194714712821639177', 9, '4f0f1c96f16494c6a2a80179d85f4d10500c1f9d4d04f1d23c5ae29e93a765ed'],
	])('of caption %s at %i', (captionId, hour, key) => {
		expect(assignmentKey('test_creator', {captionId, date: '2025-11-03', hour})).toBe(key);
	});
});

describe('claims', () => {
	it('keep the pages of a run apart and can be given up', () => {
		const claims = createCaptionClaims();
		claims.claim('page_01', ['1', '2']);
		expect(claims.takenFrom('page_02', ['2', '3'])).toEqual(['2']);
		expect(claims.takenFrom('page_01', ['1', '2'])).toEqual([]);
		claims.claim('page_01', ['1']);
		expect(claims.takenFrom('page_02', ['2'])).toEqual([]);
		claims.release('page_01');
		expect(claims.takenFrom('page_02', ['1', '2'])).toEqual([]);
	});
});
