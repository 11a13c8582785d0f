// What nobody in the system can see: how well every caption works on every page. Seeded, so that a run can be repeated,
// and the same for every way of choosing that is compared.
import type {AccountSize} from '../../source/eros/account-size.js';
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';
import type {PaidTier, Tier} from '../../source/eros/schedule/volume.js';

export type SimulatedPage = {
	readonly name: string;
	/** Account size of the history before the first week. */
	readonly size: AccountSize;
	readonly fans: number;
	/** Viewers of a message. */
	readonly viewers: number;
	/** Share of a message's viewers who buy, for an average caption of the budget tier. */
	readonly conversion: number;
	/** Hour at which the page's fans buy most. */
	readonly peakHour: number;
	/** Messages a week in the history before the first week. */
	readonly paidPerWeek: number;
	readonly freePerWeek: number;
	/** What the page's fans make of each category: a factor around 1. */
	readonly taste: readonly number[];
};

export type SimulatedCaption = {
	readonly id: string;
	readonly text: string;
	readonly tier: Tier;
	readonly category: number;
	readonly hasUrgency: boolean;
	/** Hidden: how well it works everywhere, a factor around 1. */
	readonly appeal: number;
	/** Seen: the bank's average revenue, which knows something of the appeal and more of other things. */
	readonly averageRevenue: number;
};

export type World = {
	readonly seed: number;
	readonly pages: readonly SimulatedPage[];
	readonly captions: readonly SimulatedCaption[];
	readonly captionsOf: (tier: Tier) => readonly SimulatedCaption[];
	/** Hidden probability that a viewer of the page buys under this caption. */
	readonly trueConversion: (page: SimulatedPage, caption: SimulatedCaption, hour: number) => number;
	/** Buyers of one message; the same slot has the same luck whatever caption it carries. */
	readonly buyers: (page: SimulatedPage, caption: SimulatedCaption, hour: number, slotKey: string) => number;
};

/** How the hidden rates are spread. Standard deviations of logarithms; settled after trial runs of several settings, as the report says. */
export const assumptions = {
	/** Of a caption's appeal everywhere. */
	appealSpread: 0.5,
	/** Of a page's taste for a category. */
	tasteSpread: 0.25,
	/** Of what is particular to one page and one caption. */
	pairSpread: 0.25,
	/** Correlation of the bank's average revenue with the appeal. */
	bankCorrelation: 0.3,
	/** Buying at the worst hour is this much below, at the best this much above the mean. */
	hourSwing: 0.15,
} as const;

export const categoryCount = 15;

/** Account sizes of 38 pages as in production; smaller runs take every n-th page. [size, pages, revenue in 90 days, paid and free a week, fans] */
const sizes = [
	['MICRO', 6, 3000, 6, 4, 2500],
	['SMALL', 10, 14_000, 8, 6, 6000],
	['MEDIUM', 14, 55_000, 12, 8, 15_000],
	['LARGE', 6, 240_000, 16, 12, 35_000],
	['MEGA', 2, 760_000, 21, 16, 80_000],
] as const;

export const mostPages = 38;

/** Dearer tiers sell less often; what a message earns rises with the price all the same. */
const tierFactors: Readonly<Record<PaidTier, number>> = {budget: 1, mid: 0.75, premium: 0.55};
const bankMeans: Readonly<Record<PaidTier, number>> = {budget: 6.6, mid: 14.93, premium: 35.46};
const meanPrice = 20;

/** Nine paid captions of every twenty are budget, seven mid, four premium; every third caption is free. */
const tierPattern: readonly Tier[] = [
	'budget', 'mid', 'bump', 'budget', 'premium', 'bump', 'budget', 'mid', 'bump', 'budget', 'mid', 'bump', 'budget', 'mid', 'bump',
	'budget', 'premium', 'bump', 'budget', 'mid', 'bump', 'budget', 'mid', 'bump', 'budget', 'premium', 'bump', 'mid', 'premium', 'bump',
];

/** A draw from the standard normal distribution (Box and Muller). */
export const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A factor whose logarithm has this spread and whose mean is 1. */
const factor = (spread: number, value: number): number => Math.exp(spread * value - (spread * spread) / 2);

const poisson = (mean: number, random: () => number): number => {
	// Inversion: the same random number gives more buyers for a better caption, never fewer.
	const target = random();
	let probability = Math.exp(-mean);
	let sum = probability;
	let count = 0;
	while (sum < target && count < mean + 20 * Math.sqrt(mean) + 20) {
		count += 1;
		probability *= mean / count;
		sum += probability;
	}

	return count;
};

const createPages = (seed: number, count: number): readonly SimulatedPage[] => {
	const all = sizes.flatMap(([name, pages, revenue, paidPerWeek, freePerWeek, fans]) => Array.from({length: pages}, () => ({name, revenue, paidPerWeek, freePerWeek, fans})));
	return all
		.map((size, index) => {
			const random = seededRandom(`page ${seed} ${index}`);
			const conversion = 0.02 + 0.04 * random();
			const perMessage = size.revenue / ((size.paidPerWeek * 90) / 7);
			return {
				name: `page_${String(index + 1).padStart(2, '0')}`,
				size: size.name,
				fans: Math.round(size.fans * (0.8 + 0.4 * random())),
				viewers: Math.max(20, Math.round(perMessage / (conversion * meanPrice * 0.8))),
				conversion,
				peakHour: 12 + Math.floor(random() * 10),
				paidPerWeek: size.paidPerWeek,
				freePerWeek: size.freePerWeek,
				taste: Array.from({length: categoryCount}, () => factor(assumptions.tasteSpread, normal(random))),
			};
		})
		.filter((_, index) => Math.floor((index * count) / mostPages) !== Math.floor(((index - 1) * count) / mostPages));
};

const createCaption = (seed: number, index: number): SimulatedCaption => {
	const random = seededRandom(`caption ${seed} ${index}`);
	const tier = tierPattern[index % tierPattern.length]!;
	const appeal = normal(random);
	const known = assumptions.bankCorrelation * appeal + Math.sqrt(1 - assumptions.bankCorrelation ** 2) * normal(random);
	// Half of the ids are negative, all are beyond 2^53.
	const id = (9_100_000_000_000_000_000n + BigInt(index)) * (index % 2 === 0 ? 1n : -1n);
	return {
		id: String(id),
		text: `Simulated caption ${index}${index % 4 === 0 ? ' 🔥' : index % 4 === 1 ? '?' : ''}`,
		tier,
		category: Math.floor(random() * categoryCount),
		hasUrgency: random() < 0.15,
		appeal: factor(assumptions.appealSpread, appeal),
		averageRevenue: tier === 'bump' ? 0 : Math.round(bankMeans[tier] * factor(0.5, known) * 100) / 100,
	};
};

/**
 * Makes the world of a simulation.
 * @param pageCount 1 to 38, spread over the account sizes.
 * @param captionCount captions of the bank, free ones included.
 */
export const createWorld = (seed: number, pageCount: number, captionCount: number): World => {
	const hourFactor = (page: SimulatedPage, hour: number): number => 1 + assumptions.hourSwing * Math.cos(((hour - page.peakHour) / 24) * 2 * Math.PI);
	const pairs = new Map<string, number>();
	const pairFactor = (page: SimulatedPage, caption: SimulatedCaption): number => {
		const key = `pair ${seed} ${page.name} ${caption.id}`;
		const known = pairs.get(key);
		if (known !== undefined) {
			return known;
		}

		const made = factor(assumptions.pairSpread, normal(seededRandom(key)));
		pairs.set(key, made);
		return made;
	};

	const trueConversion: World['trueConversion'] = (page, caption, hour) =>
		caption.tier === 'bump' ? 0 : Math.min(0.5, page.conversion * tierFactors[caption.tier] * caption.appeal * page.taste[caption.category]! * pairFactor(page, caption) * hourFactor(page, hour));
	const captions = Array.from({length: captionCount}, (_, index) => createCaption(seed, index));
	const byTier = new Map(tierPattern.map(tier => [tier, captions.filter(caption => caption.tier === tier)]));
	return {
		seed,
		pages: createPages(seed, pageCount),
		captions,
		captionsOf: tier => byTier.get(tier) ?? [],
		trueConversion,
		buyers: (page, caption, hour, slotKey) => (caption.tier === 'bump' ? 0 : Math.min(page.viewers, poisson(page.viewers * trueConversion(page, caption, hour), seededRandom(`luck ${seed} ${slotKey}`)))),
	};
};
