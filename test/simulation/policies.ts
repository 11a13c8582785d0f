// Other ways to choose captions for the same slots, each in a world of its own that learns from its own sends. They keep
// the selector's rules: the slot's tier, no caption that any page used within seven days, five urgent ones a page and week.
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';
import type {SimulatedCaption, SimulatedPage, World} from './world.js';

/** A message of a schedule, as the selector's week has it: every policy fills the same slots. */
export type Slot = {
	/** Unique within the simulation; the slot's luck hangs on it. */
	readonly key: string;
	readonly type: 'PPV' | 'Bump';
	readonly tier: SimulatedCaption['tier'];
	/** YYYY-MM-DD in the page's zone. */
	readonly date: string;
	readonly hour: number;
	readonly price: number;
};

export type Send = {readonly page: SimulatedPage; readonly slot: Slot; readonly caption: SimulatedCaption; readonly buyers: number; readonly earnings: number};

export const policyNames = ['random', 'greedy', 'greedy-bank'] as const;
export type PolicyName = (typeof policyNames)[number];

/** What each policy does, for the report. */
export const policySentences: Readonly<Record<PolicyName, string>> = {
	random: 'uniform random: every caption that may be used has the same chance',
	greedy: 'plain greedy: the best mean earnings that the page has seen so far; a caption it never sent counts as 0, ties are drawn',
	'greedy-bank': "greedy on the bank: as plain greedy, but a caption it never sent counts as the bank's average revenue",
};

export type Policy = {
	readonly name: PolicyName;
	/** Sends a page's week. Pages of a week come one after the other, as they lock one after the other. */
	readonly sendWeek: (page: SimulatedPage, slots: readonly Slot[], plannedOn: string) => readonly Send[];
};

const dayMs = 86_400_000;
const mostUrgent = 5;

/** Earnings of a message in USD. */
export const earningsOf = (buyers: number, slot: Slot): number => buyers * slot.price;

/** Starts a policy in a world in which nothing was sent yet. */
export const createPolicy = (name: PolicyName, world: World): Policy => {
	const lastUsedMs = new Map<string, number>();
	const seen = new Map<string, {count: number; value: number}>();
	const random = seededRandom(`policy ${world.seed} ${name}`);

	/** Mean expected message value, as the warehouse's arms hold it: buyers / viewers x earnings. */
	const valueOf = (page: SimulatedPage, caption: SimulatedCaption): number => {
		const arm = seen.get(`${page.name} ${caption.id}`);
		return arm ? arm.value / arm.count : name === 'greedy-bank' ? caption.averageRevenue : 0;
	};

	const rank = (page: SimulatedPage, tier: Slot['tier'], plannedMs: number): readonly SimulatedCaption[] =>
		world.captions
			.filter(caption => caption.tier === tier && (lastUsedMs.get(caption.id) ?? Number.NEGATIVE_INFINITY) < plannedMs - 7 * dayMs)
			.map(caption => ({caption, value: name === 'random' ? 0 : valueOf(page, caption), tie: random()}))
			.sort((a, b) => b.value - a.value || a.tie - b.tie)
			.map(({caption}) => caption);

	return {
		name,
		sendWeek(page, slots, plannedOn) {
			const plannedMs = Date.parse(plannedOn);
			const sends: Send[] = [];
			let urgent = 0;
			for (const tier of new Set(slots.map(slot => slot.tier))) {
				const free = [...rank(page, tier, plannedMs)];
				const ofTier = slots.filter(slot => slot.tier === tier);
				// The best caption goes to the page's best hour, as the builder does.
				const bestFirst = [...ofTier].sort((a, b) => Math.abs(a.hour - page.peakHour) - Math.abs(b.hour - page.peakHour));
				for (const slot of bestFirst) {
					const index = free.findIndex(caption => !caption.hasUrgency || urgent < mostUrgent);
					const [caption] = index === -1 ? [] : free.splice(index, 1);
					if (!caption) {
						throw new Error(`${name} has no ${tier} caption left for ${page.name}; give the simulation more captions.`);
					}

					urgent += caption.hasUrgency ? 1 : 0;
					lastUsedMs.set(caption.id, Date.parse(slot.date));
					const buyers = world.buyers(page, caption, slot.hour, slot.key);
					const earnings = earningsOf(buyers, slot);
					sends.push({page, slot, caption, buyers, earnings});
				}
			}

			for (const {caption, buyers, earnings} of sends) {
				const key = `${page.name} ${caption.id}`;
				const arm = seen.get(key) ?? {count: 0, value: 0};
				seen.set(key, {count: arm.count + 1, value: arm.value + (buyers / page.viewers) * earnings});
			}

			return sends;
		},
	};
};
