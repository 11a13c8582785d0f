// Price of a paid message: tier, hour and day; never discounted for a tired audience.
import type {PaidTier} from './volume.js';

const bases: Readonly<Record<PaidTier, number>> = {budget: 15, mid: 25, premium: 40};

/** Bands of the schedule envelope in whole dollars; a price stays inside the band of its tier. */
export const priceBands: Readonly<Record<PaidTier, readonly [number, number]>> = {budget: [10, 18], mid: [18, 28], premium: [28, 45]};

/**
 * Price in whole dollars: base x 1.1 from 19:00 to 21:59 and x 1.1 on Friday and Saturday, rounded half up, inside the
 * band of the tier.
 * @param day 0 is Monday.
 */
export const priceOf = (tier: PaidTier, day: number, hour: number): number => {
	const evening = hour >= 19 && hour <= 21 ? 11 : 10;
	const weekend = day === 4 || day === 5 ? 11 : 10;
	const rounded = Math.floor((bases[tier] * evening * weekend + 50) / 100);
	const [lowest, highest] = priceBands[tier];
	return Math.min(highest, Math.max(lowest, rounded));
};
