// Other ways to choose captions for the same slots, each in a world of its own that learns from its own sends. They keep
// the selector's rules: the slot's tier, no caption that any page used within seven days, five urgent ones a page and week.
import {mostUrgentPerWeek} from '../../source/eros/schedule/assign.js';
import {seededRandom} from '../../source/eros/schedule/seeded-random.js';
import {mean} from './statistics.js';
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
	/** Where the slot stands in the week: 0 is where the schedule has its best caption. */
	readonly place: number;
	readonly price: number;
};

export type Send = {readonly page: SimulatedPage; readonly slot: Slot; readonly caption: SimulatedCaption; readonly buyers: number; readonly earnings: number};

export const policyNames = ['random', 'greedy', 'greedy-hours', 'greedy-bank', 'greedy-arms'] as const;
export type PolicyName = (typeof policyNames)[number];

/** What each policy does, for the report. */
export const policySentences: Readonly<Record<PolicyName, string>> = {
	random: 'uniform random: every caption that may be used has the same chance',
	greedy: 'plain greedy: the best mean EMV of what the page has sent so far; a caption it never sent counts as 0, ties are drawn',
	'greedy-hours': 'plain greedy that also knows the hour at which a page buys most, which nobody in the system does: its best captions go there',
	'greedy-bank': "greedy on the bank: as plain greedy, but a caption that the page never sent counts as the bank's average revenue",
	'greedy-arms': "greedy on the arms: the highest share of successes, prior included, as the arms hold it: the selector's own belief without its draw",
};

export type Policy = {
	readonly name: PolicyName;
	/** Sends a page's week. Pages of a week come one after the other, as they lock one after the other. */
	readonly sendWeek: (page: SimulatedPage, slots: readonly Slot[], plannedOn: string) => readonly Send[];
};

const dayMs = 86_400_000;
/** Days of a page's messages whose median EMV decides what is a success. */
const medianDays = 30;

const medianOf = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Earnings of a message in USD. */
export const earningsOf = (buyers: number, slot: Slot): number => buyers * slot.price;

/**
 * Starts a policy in a world in which nothing was sent yet.
 * @param draw which of the policy's runs it is: each breaks its ties in its own way.
 */
export const createPolicy = (name: PolicyName, world: World, draw: number): Policy => {
	const lastUsedMs = new Map<string, number>();
	// EMV, buyers / viewers x earnings, of the sends of a page and caption, and of all paid messages of a page.
	const seen = new Map<string, number[]>();
	const history = new Map<string, {readonly dayMs: number; readonly emv: number}[]>();
	const random = seededRandom(`policy ${world.seed} ${name} ${draw}`);

	const valueOf = (page: SimulatedPage, caption: SimulatedCaption, medianEmv: number): number => {
		const emvs = seen.get(`${page.name} ${caption.id}`) ?? [];
		switch (name) {
			case 'random': {
				return 0;
			}

			case 'greedy-arms': {
				return (1 + emvs.filter(emv => emv > medianEmv).length) / (2 + emvs.length);
			}

			case 'greedy':
			case 'greedy-hours':
			case 'greedy-bank': {
				return emvs.length > 0 ? mean(emvs) : name === 'greedy-bank' ? caption.averageRevenue : 0;
			}
		}
	};

	const rank = (page: SimulatedPage, tier: Slot['tier'], plannedMs: number, medianEmv: number): readonly SimulatedCaption[] =>
		world.captionsOf(tier)
			.filter(caption => (lastUsedMs.get(caption.id) ?? Number.NEGATIVE_INFINITY) < plannedMs - 7 * dayMs)
			.map(caption => ({caption, value: valueOf(page, caption, medianEmv), tie: random()}))
			.sort((a, b) => b.value - a.value || a.tie - b.tie)
			.map(({caption}) => caption);

	return {
		name,
		sendWeek(page, slots, plannedOn) {
			const plannedMs = Date.parse(plannedOn);
			const past = history.get(page.name) ?? [];
			const medianEmv = medianOf(past.filter(message => message.dayMs >= plannedMs - medianDays * dayMs).map(message => message.emv));
			const sends: Send[] = [];
			let urgent = 0;
			for (const tier of new Set(slots.map(slot => slot.tier))) {
				const free = [...rank(page, tier, plannedMs, medianEmv)];
				const ofTier = slots.filter(slot => slot.tier === tier);
				// The best caption goes where the schedule has its best one: all ways know the same of the hours.
				const distance = ({hour}: Slot): number => Math.abs(hour - page.peakHour);
				const bestFirst = [...ofTier].sort((a, b) => (name === 'greedy-hours' ? distance(a) - distance(b) : a.place - b.place));
				for (const slot of bestFirst) {
					const index = free.findIndex(caption => !caption.hasUrgency || urgent < mostUrgentPerWeek);
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

			for (const {slot, caption, buyers, earnings} of sends) {
				const key = `${page.name} ${caption.id}`;
				const emv = (buyers / page.viewers) * earnings;
				seen.set(key, [...(seen.get(key) ?? []), emv]);
				if (slot.type === 'PPV') {
					past.push({dayMs: Date.parse(slot.date), emv});
				}
			}

			history.set(page.name, past);

			return sends;
		},
	};
};
