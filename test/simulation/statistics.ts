// Means of paired samples with their confidence intervals.
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';

/** Earnings and paid messages of one page and week under two ways of choosing. */
export type Pair = {readonly page: string; readonly week: number; readonly messages: number; readonly own: number; readonly other: number};

export type Margin = {
	/** Mean earnings per paid message, USD. */
	readonly own: number;
	readonly other: number;
	/** own / other - 1. */
	readonly lift: number;
	/** 95 % interval of the lift. */
	readonly interval: readonly [number, number];
};

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const liftOf = (pairs: readonly Pair[]): number => mean(pairs.map(pair => pair.own)) / mean(pairs.map(pair => pair.other)) - 1;

const resamples = 2000;

const groupByPage = (pairs: readonly Pair[]): ReadonlyMap<string, readonly Pair[]> => {
	const groups = new Map<string, Pair[]>();
	for (const pair of pairs) {
		groups.set(pair.page, [...(groups.get(pair.page) ?? []), pair]);
	}

	return groups;
};

/**
 * The margin of one way of choosing over another: percentile bootstrap of the lift, paired (both ways fill the same
 * slots) and clustered by page (weeks of a page are alike, so whole pages are drawn). 2,000 draws, seeded.
 */
export const marginOf = (pairs: readonly Pair[], seed: number): Margin => {
	const messages = pairs.reduce((sum, pair) => sum + pair.messages, 0);
	const byPage = [...groupByPage(pairs).values()];
	const random = seededRandom(`bootstrap ${seed}`);
	const lifts = Array.from({length: resamples}, () => liftOf(byPage.flatMap(() => byPage[Math.floor(random() * byPage.length)]!))).sort((a, b) => a - b);
	return {
		own: pairs.reduce((sum, pair) => sum + pair.own, 0) / messages,
		other: pairs.reduce((sum, pair) => sum + pair.other, 0) / messages,
		lift: liftOf(pairs),
		interval: [lifts[Math.floor(resamples * 0.025)]!, lifts[Math.ceil(resamples * 0.975) - 1]!],
	};
};

/** Each page's earnings in units of what random choice earned there, so that a small page weighs as much as a large one. */
export const pageLifts = (pairs: readonly Pair[]): readonly Pair[] => {
	const units = new Map([...groupByPage(pairs)].map(([page, own]) => [page, own.reduce((sum, pair) => sum + pair.other, 0) / own.reduce((sum, pair) => sum + pair.messages, 0)]));
	return pairs.map(pair => ({...pair, own: pair.own / units.get(pair.page)! / pair.messages, other: pair.other / units.get(pair.page)! / pair.messages, messages: 1}));
};
