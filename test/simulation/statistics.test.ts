// The margin that the simulation's verdict stands on: its interval is as wide as chance makes it, no narrower.
import {describe, expect, it} from 'vitest';
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';
import {marginOf, mean, withEqualWeight, type PageTotal} from './statistics.js';
import {normal} from './world.js';

type Design = readonly (readonly [stratum: string, pages: number, level: number])[];
/** Three worlds: six pages of 66 hold nearly all the money. */
const worlds: Design = [['MICRO', 18, 100], ['MEDIUM', 42, 2000], ['MEGA', 6, 30_000]];
const manySmall: Design = Array.from({length: 8}, (_, index) => [`size ${index}`, 3, 1000] as const);

/** Pages that earn their size's level, and under the other way that much less on average. */
const drawTotals = (sizes: Design, seed: string, lift: number, spread: number): readonly PageTotal[] => {
	const random = seededRandom(seed);
	return sizes.flatMap(([stratum, count, level]) => Array.from({length: count}, (_, index) => ({page: `${stratum} ${index}`, stratum, own: level * (1 + lift + spread * normal(random)), other: level})));
};

describe('marginOf', () => {
	it('is exact where every page gains the same', () => {
		const margin = marginOf(drawTotals(worlds, 'same', 0.05, 0), 1);
		expect(margin.lift).toBeCloseTo(0.05, 12);
		expect(margin.interval[0]).toBeCloseTo(0.05, 12);
		expect(margin.interval[1]).toBeCloseTo(0.05, 12);
	});

	it.each([['few pages hold the money', worlds], ['many strata have three pages', manySmall]])('covers the true lift about as often as it says, and is as wide as chance makes it, where %s', (_case, sizes) => {
		const runs = 120;
		const spread = 0.1;
		const margins = Array.from({length: runs}, (_, run) => marginOf(drawTotals(sizes, `run ${run}`, 0.05, spread), run));
		const covered = margins.filter(({interval: [low, high]}) => low <= 0.05 && high >= 0.05).length / runs;
		expect(covered).toBeGreaterThan(0.87);
		expect(covered).toBeLessThan(0.99);
		const standardError = (spread * Math.sqrt(sizes.reduce((sum, [, pages, level]) => sum + pages * level ** 2, 0))) / sizes.reduce((sum, [, pages, level]) => sum + pages * level, 0);
		// Without the rescaling the second design gives 0.8 of it.
		const width = mean(margins.map(({interval: [low, high]}) => (high - low) / 2)) / (1.96 * standardError);
		expect(width).toBeGreaterThan(0.9);
		expect(width).toBeLessThan(1.1);
	});

	it('is the same for the same seed', () => {
		expect(marginOf(drawTotals(worlds, 'one', 0.05, 0.1), 3)).toEqual(marginOf(drawTotals(worlds, 'one', 0.05, 0.1), 3));
	});
});

describe('withEqualWeight', () => {
	it('lets a small page weigh as much as a large one', () => {
		const totals: readonly PageTotal[] = [{page: 'small', stratum: 'MICRO', own: 3, other: 2}, {page: 'large', stratum: 'MEGA', own: 1000, other: 1000}];
		expect(marginOf(totals, 1).lift).toBeCloseTo(1 / 1002, 12);
		expect(marginOf(withEqualWeight(totals), 1).lift).toBeCloseTo(0.25, 12);
	});
});
