// A small simulation, whole: the orchestrator plans, the warehouse learns, every rule is checked, the report tells it.
import {describe, expect, it} from 'vitest';
import {policyNames} from './policies.js';
import {describeSimulations, drawWeeks, verdictOf} from './report.js';
import {simulate, type Simulation} from './simulate.js';

describe('three weeks of four pages', () => {
	it('keep every rule, learn without drift, and are told with their margins', async () => {
		const simulation = await simulate({weeks: 3, pages: 4, captions: 360, seed: 11});
		expect(simulation.breaches).toEqual([]);
		expect(simulation.schedules).toBe(12);
		// Every message has a caption of its own, and what was sent is what was learned.
		expect(simulation.arms).toBeGreaterThan(100);
		expect(simulation.firedRuns).toBe(3 * 7 * 6);
		const report = describeSimulations([simulation], {seconds: 1, found: 0});
		expect(report).toMatch(/^# Simulation: 3 weeks of 4 pages in 1 world\n/);
		expect(report).toMatch(/\| random \| [\d.]+ \| [+−][\d.]+ % \([+−][\d.]+ % to [+−][\d.]+ %\) \|/);
		expect(drawWeeks([simulation]).match(/<polyline/g)).toHaveLength(1 + policyNames.length);
		const broken: Simulation = {...simulation, breaches: ['caption 7 twice']};
		expect(verdictOf([broken])).toContain('caption 7 twice');
	}, 240_000);
});

describe('the verdict', () => {
	/** 38 pages of twelve weeks on which the selector earns this much more than every other way, give or take. */
	const worldOf = (seed: number, lift: number): Simulation => ({
		options: {weeks: 12, pages: 38, captions: 1, seed}, schedules: 456, messages: 4560, repeatedShare: 0, exploredShare: 0.2, arms: 1, firedRuns: 1, breaches: [],
		pageWeeks: Array.from({length: 38 * 12}, (_, index) => {
			const level = index % 38 < 2 ? 3000 : 100;
			const other = {random: level, greedy: level, 'greedy-hours': level, 'greedy-bank': level, 'greedy-arms': level};
			return {page: `page_${index % 38}`, size: index % 38 < 2 ? 'MEGA' as const : 'SMALL' as const, week: Math.floor(index / 38), messages: 10, earnings: {...other, selector: level * (1 + lift + 0.02 * (((index % 38) % 3) - 1))}};
		}),
	});

	it('is good where the selector surely earns more', () => {
		expect(verdictOf([1, 2, 3].map(seed => worldOf(seed, 0.05)))).toEqual([]);
	});

	it('names the measure and the interval where it does not', () => {
		const problems = verdictOf([1, 2, 3].map(seed => worldOf(seed, -0.05)));
		expect(problems).toHaveLength(4);
		expect(problems[0]).toMatch(/^mean earnings a message are not surely more than those of random: −5\.\d % \(/);
	});

	it('asks less of a run that is too small to be sure', () => {
		expect(verdictOf([worldOf(1, 0)])).toEqual([]);
		expect(verdictOf([worldOf(1, -0.05)])[0]).toMatch(/surely less/);
	});
});
