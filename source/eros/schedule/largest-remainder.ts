// Apportionment by largest remainder in integers: parts always add up to the total.

/**
 * Splits a whole number by whole-number weights.
 * @param preferLast gives equal remainders to the later index; otherwise the earlier one wins.
 * @returns parts in the order of the weights; all zero when every weight is zero.
 */
export const apportion = (total: number, weights: readonly number[], preferLast = false): readonly number[] => {
	const sum = weights.reduce((accumulated, weight) => accumulated + weight, 0);
	if (sum === 0) {
		return weights.map(() => 0);
	}

	const parts = weights.map((weight, index) => ({index, whole: Math.floor((total * weight) / sum), remainder: (total * weight) % sum, weight}));
	const missing = total - parts.reduce((accumulated, part) => accumulated + part.whole, 0);
	const ranked = parts
		.filter(part => part.weight > 0)
		.sort((a, b) => b.remainder - a.remainder || (preferLast ? b.index - a.index : a.index - b.index));
	const raised = new Set(ranked.slice(0, missing).map(part => part.index));
	return parts.map(part => part.whole + (raised.has(part.index) ? 1 : 0));
};
