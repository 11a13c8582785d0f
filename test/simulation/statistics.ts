// How much more one way of choosing earns than another, with a confidence interval.
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';

/** What a page earned over all weeks under two ways of choosing for the same slots, USD. */
export type PageTotal = {
	readonly page: string;
	/** Pages of one account size are alike, and how many there are of each is part of the design, not chance. */
	readonly stratum: string;
	readonly own: number;
	readonly other: number;
};

export type Margin = {
	/** own / other - 1. */
	readonly lift: number;
	/** 95 % interval of the lift. */
	readonly interval: readonly [number, number];
};

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const resamples = 4000;

const liftOf = (totals: readonly PageTotal[]): number => totals.reduce((sum, total) => sum + total.own, 0) / totals.reduce((sum, total) => sum + total.other, 0) - 1;

/**
 * The margin of one way of choosing over another: the lift of the sums and its percentile bootstrap interval, paired (both
 * ways fill the same slots), clustered by page (weeks of a page are alike) and stratified. The bootstrap is the rescaled one
 * of Rao and Wu (1988): of n pages of a stratum n - 1 are drawn, with weight n / (n - 1), so that a stratum of few pages has
 * the variance that it should. A stratum of one page has none; runs that small are not judged. 4,000 draws, seeded.
 */
export const marginOf = (totals: readonly PageTotal[], seed: number): Margin => {
	const random = seededRandom(`bootstrap ${seed}`);
	const strata = [...new Set(totals.map(total => total.stratum))].map(stratum => totals.filter(total => total.stratum === stratum));
	const drawLift = (): number => {
		let [own, other] = [0, 0];
		for (const pages of strata) {
			const count = Math.max(1, pages.length - 1);
			const weight = pages.length / count;
			for (let drawn = 0; drawn < count; drawn += 1) {
				const page = pages[Math.floor(random() * pages.length)]!;
				own += weight * page.own;
				other += weight * page.other;
			}
		}

		return own / other - 1;
	};

	const lifts = Array.from({length: resamples}, () => drawLift()).sort((a, b) => a - b);
	return {lift: liftOf(totals), interval: [lifts[Math.floor(resamples * 0.025)]!, lifts[Math.ceil(resamples * 0.975) - 1]!]};
};

/** Each page in units of what the other way earned there, so that a small page weighs as much as a large one. */
export const withEqualWeight = (totals: readonly PageTotal[]): readonly PageTotal[] => totals.map(total => ({...total, own: total.own / total.other, other: 1}));
