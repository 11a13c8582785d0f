// Variety of a week: what counts as a breach, that the builder mends what it can, and tells what it can't.
import {describe, expect, it} from 'vitest';
import {assignCaptions, chooseCaptions, type PlacedMessage} from '../../../source/eros/schedule/assign.js';
import {buildSchedule} from '../../../source/eros/schedule/build.js';
import type {Caption} from '../../../source/eros/schedule/caption.js';
import {countBreaches, totalBreaches} from '../../../source/eros/schedule/variety.js';
import {aCaption, aPool, scheduleInputs} from '../support/a-pool.js';

/** Messages in time order, all different unless told: `p` paid, `b` free. */
const messages = (types: string, of: (index: number) => Partial<Caption> & {readonly trigger?: string; readonly day?: number} = () => ({})): readonly PlacedMessage[] =>
	[...types].map((type, index) => {
		const {trigger = `trigger ${index}`, day = 0, ...caption} = of(index);
		const tier = type === 'b' ? 'bump' : (['budget', 'mid', 'premium'] as const)[index % 3]!;
		return {type: type === 'b' ? 'Bump' : 'PPV', slot: {day, minute: 480 + 30 * index, value: 0}, caption: aCaption({id: String(index + 1), category: `category ${index}`, tier, ...caption}), trigger};
	});

const none = {type: 0, tier: 0, trigger: 0, category: 0, 'daily-category': 0};

describe('breaches of variety', () => {
	it('none where all differs', () => {
		expect(countBreaches(messages('pbpbpb'))).toEqual(none);
		expect(countBreaches([])).toEqual(none);
	});

	it.each([
		['pp', 0],
		['ppp', 1],
		['pppp', 2],
		['ppbpp', 0],
		['bbb', 1],
	])('%s has %i times three of a type in a row', (types, count) => {
		expect(countBreaches(messages(types))).toEqual({...none, type: count});
	});

	it('three paid messages of a tier in a row, whatever free ones lie between', () => {
		expect(countBreaches(messages('pbpb', () => ({tier: 'mid'}))).tier).toBe(0);
		expect(countBreaches(messages('pbpbp', () => ({tier: 'mid'}))).tier).toBe(1);
		expect(countBreaches(messages('pbpbp', index => ({tier: index === 2 ? 'premium' : 'mid'}))).tier).toBe(0);
	});

	it('a trigger again within three messages; General is the lack of one', () => {
		const withTriggers = (...triggers: readonly string[]) => countBreaches(messages('pbpbp'.slice(0, triggers.length), index => ({trigger: triggers[index]!}))).trigger;
		expect(withTriggers('Urgency', 'Urgency')).toBe(1);
		expect(withTriggers('Urgency', 'Curiosity', 'Urgency')).toBe(1);
		expect(withTriggers('Urgency', 'Curiosity', 'Scarcity', 'Urgency')).toBe(0);
		expect(withTriggers('General', 'General', 'General')).toBe(0);
	});

	it('a category back to back', () => {
		expect(countBreaches(messages('pbp', index => ({category: index < 2 ? 'Tease' : 'Solo'}))).category).toBe(1);
		expect(countBreaches(messages('pbp', index => ({category: index === 1 ? 'Solo' : 'Tease'}))).category).toBe(0);
	});

	it('more than three messages of a category on one day, each day on its own', () => {
		const everyOther = (lastDay: number) => countBreaches(messages('pbpbpbp', index => ({category: index % 2 === 0 ? 'Tease' : `other ${index}`, day: index === 6 ? lastDay : 0})))['daily-category'];
		expect(everyOther(0)).toBe(1);
		expect(everyOther(1)).toBe(0);
	});
});

describe('the builder', () => {
	it('exchanges captions of a type until nothing repeats', () => {
		const slots = Array.from({length: 6}, (_, index) => ({day: index, minute: 600, value: 6 - index}));
		// By score alone the two categories and the two triggers would lie in blocks.
		const paid = Array.from({length: 6}, (_, index) => aCaption({id: String(index + 1), tier: 'mid', category: index < 3 ? 'Tease' : 'Solo', finalScore: 0.9 - index / 10}));
		const placed = assignCaptions(slots, [], {paid, free: []});
		expect(placed.map(message => message.caption.category).slice(1).every((category, index) => category !== placed[index]!.caption.category)).toBe(true);
		expect(placed.map(message => message.caption.id).sort()).toEqual(paid.map(caption => caption.id).sort());
	});

	it('leaves captions where they earn most while nothing is to be mended', () => {
		const slots = [{day: 0, minute: 600, value: 1}, {day: 1, minute: 600, value: 3}, {day: 2, minute: 600, value: 2}];
		const paid = [0.9, 0.5, 0.1].map((finalScore, index) => aCaption({id: String(index + 1), tier: 'mid', category: `category ${index}`, finalScore}));
		// Three of one type and tier in a row can't be mended by exchanges.
		expect(assignCaptions(slots, [], {paid, free: []}).map(message => message.caption.id)).toEqual(['3', '1', '2']);
	});

	it('tells how often each rule is not kept, in the numbers of the week it made', () => {
		const oneCategory = aPool({budget: 24, mid: 24, premium: 24, bump: 48}).map(caption => ({...caption, category: 'Tease'}));
		const built = buildSchedule(scheduleInputs({pool: oneCategory}));
		expect(built.warnings.filter(warning => warning.code === 'VARIETY').map(warning => warning.text)).toContain('19 x a category repeated back to back');
		const varied = buildSchedule(scheduleInputs({pool: oneCategory.map((caption, index) => ({...caption, category: `category ${index}`}))}));
		expect(varied.warnings.filter(warning => warning.text.includes('category'))).toEqual([]);
	});

	it('mends more than it breaks', () => {
		const {paid, free} = chooseCaptions(aPool({budget: 4, mid: 5, premium: 3, bump: 8}), {budget: 4, mid: 5, premium: 3}, 8);
		const slots = (count: number, minute: number) => Array.from({length: count}, (_, index) => ({day: index % 7, minute: minute + 120 * Math.floor(index / 7), value: index}));
		const built = assignCaptions(slots(12, 540), slots(8, 600), {paid, free});
		const untouched = [...built].map(message => message.caption).sort((a, b) => b.finalScore - a.finalScore);
		const byScore = built.map((message, index) => ({...message, caption: untouched[index]!}));
		expect(totalBreaches(built)).toBeLessThan(totalBreaches(byScore));
	});
});
