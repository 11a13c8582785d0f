// Builds a week from what the agents found; pure. The same inputs give the same messages, byte for byte.
import {ACCOUNT_SIZE_CONFIGS, type AccountSize} from '../account-size.js';
import {assignCaptions, chooseCaptions, type Chosen, type PlacedMessage} from './assign.js';
import {placeBumps} from './bump-slots.js';
import type {Caption} from './caption.js';
import type {ScheduledMessage} from './message.js';
import {placePpvs, ppvCapacity, type Slot} from './ppv-slots.js';
import {priceOf} from './price.js';
import {saturationResponse, type Mode, type SaturationResponse, type Zone} from './saturation.js';
import {seededRandom} from './seeded-random.js';
import {candidateHours, dayTypeOf, type TimeWindow} from './time-window.js';
import {countBreaches, varietyRules, varietySentence} from './variety.js';
import {distributeOverWeek, fitToCapacity, paidTiers, tierSplit, weeklyVolume, type PaidTier, type TierSplit, type WeeklyVolume} from './volume.js';
import type {Warning} from './warning.js';
import {dayNames, localText, offsetText, weekOf, zonedMinute, type Week} from './week.js';

export type ScheduleInputs = {
	readonly pageName: string;
	/** Any day of the week, YYYY-MM-DD; moved to its Monday with a warning. */
	readonly weekStart: string;
	readonly timeZone: string;
	readonly accountSize: AccountSize;
	readonly zone: Zone;
	readonly mode: Mode;
	/** Behavioural segment, in the analyzer's or the selector's words. */
	readonly segment: string;
	readonly windows: readonly TimeWindow[];
	readonly pool: readonly Caption[];
	/** Messages at or before this instant (epoch milliseconds) are left out; undefined plans the whole week. */
	readonly nowMs?: number;
};

export type BuiltSchedule = {
	readonly week: Week;
	readonly messages: readonly ScheduledMessage[];
	/** What the page's size and zone ask for. */
	readonly volume: WeeklyVolume;
	readonly split: TierSplit;
	readonly response: SaturationResponse;
	readonly gapMinutes: number;
	readonly warnings: readonly Warning[];
};

const minutesPerDay = 1440;

type SlotPlan = {readonly inputs: ScheduleInputs; readonly response: SaturationResponse; readonly gapMinutes: number; readonly paid: number; readonly free: number};

/** Counts a day, then times of a day. Monday first; the gap between paid messages is kept across midnight. */
const planSlots = ({inputs, response, gapMinutes, paid, free}: SlotPlan): {readonly paid: readonly Slot[]; readonly free: readonly Slot[]; readonly warnings: readonly Warning[]} => {
	const {maxMessagesPerDay} = ACCOUNT_SIZE_CONFIGS[inputs.accountSize];
	const isPaidDay = dayNames.map((_, day) => day >= response.coolingDays);
	const paidDays = fitToCapacity(distributeOverWeek(paid, response.coolingDays), dayNames.map(() => Math.min(maxMessagesPerDay, ppvCapacity(gapMinutes))), isPaidDay);
	const freeDays = fitToCapacity(distributeOverWeek(free), paidDays.counts.map(count => maxMessagesPerDay - count), dayNames.map(() => true));
	const warnings: Warning[] = [];
	if (paidDays.lost + freeDays.lost > 0) {
		warnings.push({code: 'DAY_FULL', text: `${paidDays.lost} paid and ${freeDays.lost} free messages left out; every day is at its maximum`});
	}

	const random = seededRandom(JSON.stringify([inputs.pageName, inputs.weekStart, inputs.timeZone, inputs.accountSize, inputs.zone, inputs.mode, inputs.segment]));
	const paidSlots: Slot[] = [];
	const freeSlots: Slot[] = [];
	for (const [day] of dayNames.entries()) {
		const before = paidSlots.at(-1);
		const earliestMinute = before ? before.day * minutesPerDay + before.minute + gapMinutes - day * minutesPerDay : 0;
		const placed = placePpvs({day, count: paidDays.counts[day] ?? 0, gapMinutes, candidates: candidateHours(inputs.windows, dayTypeOf(day), random), earliestMinute, random});
		paidSlots.push(...placed);
		freeSlots.push(...placeBumps(day, freeDays.counts[day] ?? 0, placed));
	}

	const unplaced = paid + free - paidDays.lost - freeDays.lost - paidSlots.length - freeSlots.length;
	if (unplaced > 0) {
		warnings.push({code: 'NO_ROOM', text: `${unplaced} messages left out; no time of the day keeps the gaps`});
	}

	return {paid: paidSlots, free: freeSlots, warnings};
};

type Kept = {readonly slots: readonly Slot[]; readonly past: number; readonly missing: number};

const keepSendable = (slots: readonly Slot[], week: Week, nowMs: number | undefined): Kept => {
	const timed = slots.map(slot => ({slot, at: zonedMinute(week.days[slot.day] ?? week.start, slot.minute, week.timeZone)}));
	const existing = timed.filter(({at}) => at !== undefined);
	const ahead = existing.filter(({at}) => nowMs === undefined || at!.epochMilliseconds > nowMs);
	return {slots: ahead.map(({slot}) => slot), past: existing.length - ahead.length, missing: timed.length - existing.length};
};

/**
 * The captions for the slots there are. Where fewer are left than were wanted, the mix of tiers is made anew for them: cut
 * off at the end, the rest of a running week would hold the dear tiers only.
 */
const fitToSlots = (wanted: Chosen, {pool, segment}: ScheduleInputs, paidSlots: number, freeSlots: number): Chosen => {
	if (paidSlots >= wanted.paid.length && freeSlots >= wanted.free.length) {
		return wanted;
	}

	const {paid, free, warnings} = chooseCaptions(pool, tierSplit(Math.min(paidSlots, wanted.paid.length), segment), Math.min(freeSlots, wanted.free.length));
	// What the pool lacked for the whole week is why fewer were planned; what is borrowed is borrowed for what is left.
	return {paid, free, warnings: [...wanted.warnings.filter(({code}) => code === 'POOL_SHORT'), ...warnings]};
};

/** The reductions, the last of them with what they leave of each paid tier. */
const withTiers = (reductions: readonly Warning[], wanted: Chosen, chosen: Chosen): readonly Warning[] => {
	const last = reductions.at(-1);
	if (last === undefined || chosen.paid.length === wanted.paid.length || chosen.paid.length === 0) {
		return reductions;
	}

	const count = ({paid}: Chosen, tier: PaidTier): number => paid.filter(caption => caption.tier === tier).length;
	const tiers = paidTiers.map(tier => `${tier} ${count(chosen, tier)} of ${count(wanted, tier)}`).join(', ');
	return [...reductions.slice(0, -1), {...last, text: `${last.text}; of the paid ones stay ${tiers}`}];
};

const toMessage = ({type, slot, caption, trigger}: PlacedMessage, index: number, week: Week): ScheduledMessage => {
	const at = zonedMinute(week.days[slot.day] ?? week.start, slot.minute, week.timeZone)!;
	const isPaid = type === 'PPV';
	return {
		index: index + 1,
		type,
		send_at: offsetText(at),
		send_local: localText(at),
		time_zone: week.timeZone,
		day_of_week: dayNames[slot.day]!,
		caption_id: caption.id,
		caption_text: caption.text,
		tier: caption.tier,
		category: caption.category,
		has_urgency: caption.hasUrgency,
		// Six digits survive every JSON reader unchanged.
		performance_score: isPaid ? Math.round(Math.min(1, Math.max(0, caption.finalScore)) * 1e6) / 1e6 : 0,
		price: isPaid ? priceOf(caption.tier as PaidTier, slot.day, Math.floor(slot.minute / 60)) : 0,
		trigger,
		strategy: caption.strategy,
	};
};

const varietyWarnings = (placed: readonly PlacedMessage[]): readonly Warning[] => {
	const breaches = countBreaches(placed);
	return varietyRules.filter(rule => breaches[rule] > 0).map(rule => ({code: 'VARIETY', text: `${breaches[rule]} x ${varietySentence(rule)}`}));
};

/** Captions a week needs by tier, for the selector's quotas. */
export const neededCaptions = (size: AccountSize, zone: Zone, mode: Mode, segment: string): TierSplit & {readonly bump: number} => {
	const volume = weeklyVolume(size, saturationResponse(zone, mode));
	return {...tierSplit(volume.ppv, segment), bump: volume.bump};
};

/** Smallest time between two paid messages of a page, in minutes. */
export const ppvGapMinutes = (size: AccountSize, response: SaturationResponse): number => ACCOUNT_SIZE_CONFIGS[size].minPpvGapMinutes + response.extraGapMinutes;

/**
 * Builds the week of a page.
 * @returns messages in time order, and a warning for everything that was moved, reduced or not kept. May be empty when
 * the week is over or the pool is.
 * @throws RangeError when weekStart is no date or the zone is unknown.
 */
export const buildSchedule = (inputs: ScheduleInputs): BuiltSchedule => {
	const {week, warnings: moved} = weekOf(inputs.weekStart, inputs.timeZone);
	const response = saturationResponse(inputs.zone, inputs.mode);
	const volume = weeklyVolume(inputs.accountSize, response);
	const split = tierSplit(volume.ppv, inputs.segment);
	const gapMinutes = ppvGapMinutes(inputs.accountSize, response);
	const wanted = chooseCaptions(inputs.pool, split, volume.bump);
	const planned = planSlots({inputs: {...inputs, weekStart: week.start}, response, gapMinutes, paid: wanted.paid.length, free: wanted.free.length});
	const paid = keepSendable(planned.paid, week, inputs.nowMs);
	const free = keepSendable(planned.free, week, inputs.nowMs);
	const chosen = fitToSlots(wanted, inputs, paid.slots.length, free.slots.length);
	const placed = assignCaptions(paid.slots, free.slots, chosen);
	const reductions: Warning[] = [...planned.warnings];
	if (paid.missing + free.missing > 0) {
		reductions.push({code: 'NO_SUCH_LOCAL_TIME', text: `${paid.missing + free.missing} messages left out; their local time does not exist that day`});
	}

	if (paid.past + free.past > 0) {
		reductions.push({code: 'PAST_SLOTS_DROPPED', text: `${paid.past} paid and ${free.past} free messages left out; their time has passed`});
	}

	const warnings: Warning[] = [...moved, ...chosen.warnings, ...withTiers(reductions, wanted, chosen)];
	return {
		week,
		messages: placed.map((message, index) => toMessage(message, index, week)),
		volume,
		split,
		response,
		gapMinutes,
		warnings: [...warnings, ...varietyWarnings(placed)],
	};
};
