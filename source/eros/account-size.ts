// Account sizes and what each may send in a week. Numbers: volumes a week, gaps between paid messages, daily ceilings.

export const accountSizes = ['MICRO', 'SMALL', 'MEDIUM', 'LARGE', 'MEGA'] as const;
export type AccountSize = (typeof accountSizes)[number];

export type AccountSizeConfig = {
	/** Paid messages a week, inclusive bounds. */
	readonly ppvPerWeek: readonly [number, number];
	/** Free messages a week, inclusive bounds. */
	readonly bumpsPerWeek: readonly [number, number];
	/** Smallest time between two paid messages. */
	readonly minPpvGapMinutes: number;
	readonly maxMessagesPerDay: number;
	/** Base of the candidate pool that the selector is sized for. */
	readonly captionTargetBase: number;
};

export const ACCOUNT_SIZE_CONFIGS = {
	MICRO: {ppvPerWeek: [5, 7], bumpsPerWeek: [3, 5], minPpvGapMinutes: 180, maxMessagesPerDay: 8, captionTargetBase: 40},
	SMALL: {ppvPerWeek: [7, 10], bumpsPerWeek: [5, 7], minPpvGapMinutes: 150, maxMessagesPerDay: 10, captionTargetBase: 60},
	MEDIUM: {ppvPerWeek: [10, 14], bumpsPerWeek: [7, 10], minPpvGapMinutes: 120, maxMessagesPerDay: 15, captionTargetBase: 80},
	LARGE: {ppvPerWeek: [14, 18], bumpsPerWeek: [10, 14], minPpvGapMinutes: 90, maxMessagesPerDay: 20, captionTargetBase: 100},
	MEGA: {ppvPerWeek: [18, 25], bumpsPerWeek: [14, 18], minPpvGapMinutes: 75, maxMessagesPerDay: 25, captionTargetBase: 140},
} as const satisfies Readonly<Record<AccountSize, AccountSizeConfig>>;

const aliases: Readonly<Record<string, AccountSize>> = {NEW: 'MICRO', XL: 'MEGA', MID: 'MEDIUM', ULTRA: 'MEGA'};

/** Account size of a label, case-insensitive; XL is MEGA and NEW is MICRO. Undefined when the label is unknown. */
export const parseAccountSize = (label: string): AccountSize | undefined => {
	const upper = label.trim().toUpperCase();
	return accountSizes.find(size => size === upper) ?? aliases[upper];
};

/** Weekly base volumes: the middle of the band, rounded down. */
export const weeklyBase = (size: AccountSize): {readonly ppv: number; readonly bump: number} => {
	const {ppvPerWeek, bumpsPerWeek} = ACCOUNT_SIZE_CONFIGS[size];
	return {ppv: Math.floor((ppvPerWeek[0] + ppvPerWeek[1]) / 2), bump: Math.floor((bumpsPerWeek[0] + bumpsPerWeek[1]) / 2)};
};

/** Paid messages that fit between 08:00 and 22:00 at a gap. */
export const slotsPerDay = (gapMinutes: number): number => Math.floor((14 * 60) / gapMinutes) + 1;

/** Pool factors in percent by risk of the saturation score: LOW, MODERATE, HIGH, CRITICAL. */
const riskFactors = [
	[0.3, 100],
	[0.6, 85],
	[0.8, 70],
	[Number.POSITIVE_INFINITY, 55],
] as const;

/** How many candidates a page's pool should hold: base x risk factor, at least 30. It sizes the pool, not the schedule. */
export const captionTarget = (size: AccountSize, saturationScore: number): number => {
	const percent = riskFactors.find(([limit]) => saturationScore < limit)?.[1] ?? 55;
	return Math.max(30, Math.round((ACCOUNT_SIZE_CONFIGS[size].captionTargetBase * percent) / 100));
};
