// Which caption goes to which slot: per tier the best captions to the best hours, then exchanges that mend variety.
import {triggerOf, type Caption} from './caption.js';
import type {Slot} from './ppv-slots.js';
import {totalBreaches} from './variety.js';
import {paidTiers, type PaidTier, type TierSplit} from './volume.js';
import type {Warning} from './warning.js';

export type PlacedMessage = {
	readonly type: 'PPV' | 'Bump';
	readonly slot: Slot;
	readonly caption: Caption;
	readonly trigger: string;
};

const byScore = (a: Caption, b: Caption): number => b.finalScore - a.finalScore || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

/** Urgent captions that a page may send in a week. */
export const mostUrgentPerWeek = 5;

/** The pool without urgent captions beyond the week's limit; the best of them stay. */
const rationUrgency = (pool: readonly Caption[]): readonly Caption[] => {
	const admitted = new Set(pool.filter(caption => caption.hasUrgency).sort(byScore).slice(0, mostUrgentPerWeek).map(caption => caption.id));
	return pool.filter(caption => !caption.hasUrgency || admitted.has(caption.id));
};

const byExploration = (a: Caption, b: Caption): number => b.explorationValue - a.explorationValue || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);

/**
 * Takes `count` captions of a tier as the selector would have, had it been asked for so many: a fifth (rounded half up)
 * of those to explore, by what there is to learn, and the rest by score. An explorer of the larger pool that gets its
 * place by score is no explorer of the week.
 * @param pool of one tier.
 */
export const pick = (pool: readonly Caption[], count: number): readonly Caption[] => {
	const explorers = pool.filter(caption => caption.strategy === 'explore').sort(byExploration).slice(0, Math.round(count / 5));
	const rest = pool.filter(caption => !explorers.includes(caption)).sort(byScore).map((caption): Caption => ({...caption, strategy: 'exploit'}));
	return [...explorers, ...rest].slice(0, count).sort(byScore);
};

export type Chosen = {readonly paid: readonly Caption[]; readonly free: readonly Caption[]; readonly warnings: readonly Warning[]};

/**
 * Chooses the captions of a week from the pool. A tier that runs short borrows from the tiers that have more; what is
 * missing then is told and left out.
 */
export const chooseCaptions = (given: readonly Caption[], split: TierSplit, bumps: number): Chosen => {
	const pool = rationUrgency(given);
	const warnings: Warning[] = [];
	const ofTier = (tier: Caption['tier']): readonly Caption[] => pool.filter(caption => caption.tier === tier);
	const picked = Object.fromEntries(paidTiers.map(tier => [tier, pick(ofTier(tier), split[tier])])) as Record<PaidTier, readonly Caption[]>;
	const paid: Caption[] = paidTiers.flatMap(tier => [...picked[tier]]);
	const spare = paidTiers.flatMap(tier => ofTier(tier).filter(caption => !picked[tier].some(({id}) => id === caption.id)).map((caption): Caption => ({...caption, strategy: 'exploit'}))).sort(byScore);
	for (const tier of [...paidTiers].reverse()) {
		const missing = split[tier] - picked[tier].length;
		const borrowed = spare.splice(0, missing);
		paid.push(...borrowed);
		if (borrowed.length > 0) {
			warnings.push({code: 'TIER_BORROWED', text: `${borrowed.length} of ${split[tier]} ${tier} messages use a caption of another tier; the pool has no more`});
		}

		if (missing > borrowed.length) {
			warnings.push({code: 'POOL_SHORT', text: `${missing - borrowed.length} of ${split[tier]} ${tier} messages left out; the pool has no caption for them`});
		}
	}

	const free = pick(ofTier('bump'), bumps);
	if (free.length < bumps) {
		warnings.push({code: 'POOL_SHORT', text: `${bumps - free.length} of ${bumps} free messages left out; the pool has no caption for them`});
	}

	return {paid, free, warnings};
};

const tierRank = (caption: Caption): number => paidTiers.indexOf(caption.tier as PaidTier);

const inTimeOrder = (a: PlacedMessage, b: PlacedMessage): number => a.slot.day - b.slot.day || a.slot.minute - b.slot.minute;

const place = (type: 'PPV' | 'Bump', slots: readonly Slot[], captions: readonly Caption[]): readonly PlacedMessage[] => {
	const bestFirst = [...slots].sort((a, b) => b.value - a.value || a.day - b.day || a.minute - b.minute);
	const ranked = [...captions].sort((a, b) => tierRank(b) - tierRank(a) || byScore(a, b));
	return ranked.slice(0, bestFirst.length).map((caption, index) => ({type, slot: bestFirst[index]!, caption, trigger: triggerOf(caption)}));
};

/** Earnings per recipient weighted by score: what an exchange may cost when it mends nothing. */
const worth = (messages: readonly PlacedMessage[]): number => messages.reduce((sum, {slot, caption}) => sum + slot.value * caption.finalScore, 0);

const exchange = (messages: readonly PlacedMessage[], left: number, right: number): readonly PlacedMessage[] => {
	const [a, b] = [messages[left]!, messages[right]!];
	return messages.map((message, index) => (index === left ? {...a, caption: b.caption, trigger: b.trigger} : index === right ? {...b, caption: a.caption, trigger: a.trigger} : message));
};

const mostPasses = 3;

/** Exchanges captions between messages of one type while that lowers the breaches, or keeps them and earns more. */
const mendVariety = (start: readonly PlacedMessage[]): readonly PlacedMessage[] => {
	let best = start;
	let breaches = totalBreaches(best);
	for (let pass = 0; pass < mostPasses && breaches > 0; pass += 1) {
		const before = breaches;
		for (let left = 0; left < best.length; left += 1) {
			for (let right = left + 1; right < best.length && breaches > 0; right += 1) {
				if (best[left]!.type !== best[right]!.type) {
					continue;
				}

				const changed = exchange(best, left, right);
				const count = totalBreaches(changed);
				if (count < breaches || (count === breaches && worth(changed) > worth(best) + 1e-9)) {
					best = changed;
					breaches = count;
				}
			}
		}

		if (breaches === before) {
			break;
		}
	}

	return best;
};

/** Puts captions into slots; surplus slots of the least value stay empty. In time order. */
export const assignCaptions = (paidSlots: readonly Slot[], freeSlots: readonly Slot[], chosen: Pick<Chosen, 'paid' | 'free'>): readonly PlacedMessage[] =>
	mendVariety([...place('PPV', paidSlots, chosen.paid), ...place('Bump', freeSlots, chosen.free)].sort(inTimeOrder));
