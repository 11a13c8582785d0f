// The margin that the simulation's verdict stands on: its interval is as wide as chance makes it, no narrower.
import {describe, expect, it} from 'vitest';
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';
import {marginOf, mean, withEqualWeight, type PageTotal} from './statistics.js';

const sizes = [['MICRO', 6, 100], ['MEDIUM', 14, 2000], ['MEGA', 2, 30_000]] as const;
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Pages that earn their size's level, and under the other way that much less on average. */
const drawTotals = (seed: string, lift: number, spread: number): readonly PageTotal[] => {
	const random = seededRandom(seed);
	return sizes.flatMap(([stratum, count, level]) => Array.from({length: count}, (_, index) => ({page: `${stratum} ${index}`, stratum, own: level * (1 + lift + spread * normal(random)), other: level})));
};

describe('marginOf', () => {
	it('is exact where every page gains the same', () => {
		const margin = marginOf(drawTotals('same', 0.05, 0), 1);
		expect(margin.lift).toBeCloseTo(0.05, 12);
		expect(margin.interval[0]).toBeCloseTo(0.05, 12);
		expect(margin.interval[1]).toBeCloseTo(0.05, 12);
	});

	it('covers the true lift about as often as it says, though two pages of 22 hold most of the money', () => {
		const runs = 200;
		const margins = Array.from({length: runs}, (_, run) => marginOf(drawTotals(`run ${run}`, 0.05, 0.1), run));
		const covered = margins.filter(({interval: [low, high]}) => low <= 0.05 && high >= 0.05).length / runs;
		// Two pages of a stratum give their variance with one degree of freedom, so 95 % can't be had there; without the rescaling it is about 55 %.
		expect(covered).toBeGreaterThan(0.65);
		const even = margins.map((_, run) => marginOf(drawTotals(`run ${run}`, 0.05, 0.1).filter(total => total.stratum === 'MEDIUM'), run));
		expect(even.filter(({interval: [low, high]}) => low <= 0.05 && high >= 0.05).length / runs).toBeGreaterThan(0.88);
		expect(even.filter(({interval: [low, high]}) => low <= 0.05 && high >= 0.05).length / runs).toBeLessThan(0.99);
	});

	it('has the variance of a stratified sum, however few pages a stratum has', () => {
		const totals = drawTotals('one', 0.05, 0.1);
		const variance = sizes.reduce((sum, [stratum, count]) => {
			const own = totals.filter(total => total.stratum === stratum).map(total => total.own);
			return sum + (count * own.reduce((squares, value) => squares + (value - mean(own)) ** 2, 0)) / (count - 1);
		}, 0);
		const expected = Math.sqrt(variance) / totals.reduce((sum, total) => sum + total.other, 0);
		const {interval: [low, high]} = marginOf(totals, 1);
		// The two large pages have two values, so the ends are those; half their distance is the standard deviation times the root of two at most.
		expect((high - low) / 2).toBeGreaterThan(0.7 * expected);
		expect((high - low) / 2).toBeLessThan(2.2 * expected);
	});

	it('is the same for the same seed', () => {
		expect(marginOf(drawTotals('one', 0.05, 0.1), 3)).toEqual(marginOf(drawTotals('one', 0.05, 0.1), 3));
	});
});

describe('withEqualWeight', () => {
	it('lets a small page weigh as much as a large one', () => {
		const totals: readonly PageTotal[] = [{page: 'small', stratum: 'MICRO', own: 3, other: 2}, {page: 'large', stratum: 'MEGA', own: 1000, other: 1000}];
		expect(marginOf(totals, 1).lift).toBeCloseTo(1 / 1002, 12);
		expect(marginOf(withEqualWeight(totals), 1).lift).toBeCloseTo(0.25, 12);
	});
});
