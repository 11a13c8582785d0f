// Weekly totals, their split over price tiers and over days.
import {weeklyBase, type AccountSize} from '../account-size.js';
import {apportion} from './largest-remainder.js';
import type {SaturationResponse} from './saturation.js';

export const paidTiers = ['budget', 'mid', 'premium'] as const;
export type PaidTier = (typeof paidTiers)[number];
export type Tier = PaidTier | 'bump';

export type TierSplit = Readonly<Record<PaidTier, number>>;

export type WeeklyVolume = {readonly ppv: number; readonly bump: number};

/** Weekly totals: base x factor, rounded down. */
export const weeklyVolume = (size: AccountSize, response: SaturationResponse): WeeklyVolume => {
	const base = weeklyBase(size);
	return {ppv: Math.floor((base.ppv * response.ppvPercent) / 100), bump: Math.floor((base.bump * response.bumpPercent) / 100)};
};

/** Audience labels of the analyzer and of the selector, folded to the three tier mixes. */
const mixes: Readonly<Record<string, readonly [number, number, number]>> = {
	BUDGET: [60, 30, 10],
	EXPLORATORY: [60, 30, 10],
	'BUDGET-CONSCIOUS': [60, 30, 10],
	STANDARD: [30, 45, 25],
	PREMIUM: [15, 35, 50],
	LUXURY: [15, 35, 50],
	'HIGH-VALUE/PRICE-INSENSITIVE': [15, 35, 50],
};

/** Splits paid messages over budget, mid and premium for a segment; an unknown segment counts as STANDARD. */
export const tierSplit = (ppv: number, segment: string): TierSplit => {
	const [budget = 0, mid = 0, premium = 0] = apportion(ppv, mixes[segment.trim().toUpperCase()] ?? [30, 45, 25], true);
	return {budget, mid, premium};
};

/** Day weights Monday to Sunday, in tenths. */
const dayWeights = [9, 10, 10, 11, 12, 11, 10] as const;

/** Distributes a weekly total over Monday to Sunday; the first `coolingDays` days get none. */
export const distributeOverWeek = (total: number, coolingDays = 0): readonly number[] =>
	apportion(total, dayWeights.map((weight, day) => (day < coolingDays ? 0 : weight)));

/**
 * Moves what a day can't take to the day with most room (the earlier one on a tie).
 * @param isAllowed days that may take more; a cooling day takes no paid message.
 * @returns the counts and how many found no place.
 */
export const fitToCapacity = (counts: readonly number[], capacity: readonly number[], isAllowed: readonly boolean[]): {readonly counts: readonly number[]; readonly lost: number} => {
	const fitted = counts.map((count, day) => Math.min(count, capacity[day] ?? 0));
	let excess = counts.reduce((sum, count, day) => sum + count - (fitted[day] ?? 0), 0);
	while (excess > 0) {
		const rooms = fitted.map((count, day) => (isAllowed[day] ? (capacity[day] ?? 0) - count : 0));
		const most = Math.max(...rooms);
		if (most <= 0) {
			break;
		}

		const day = rooms.indexOf(most);
		fitted[day] = (fitted[day] ?? 0) + 1;
		excess -= 1;
	}

	return {counts: fitted, lost: excess};
};
