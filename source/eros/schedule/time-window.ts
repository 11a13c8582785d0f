// Which hours of a day are worth a paid message: the analyzer's windows, or a fallback where it knows too little.

export type TimeWindow = {
	readonly dayType: 'Weekday' | 'Weekend';
	readonly hour: number;
	readonly avgRpr: number;
	readonly confidence: 'HIGH' | 'MED' | 'LOW';
};

export type CandidateHour = {readonly hour: number; readonly value: number};

/** Minutes of the day. Messages go out from 08:00; the last paid one at 21:30, the last free one at 21:00. */
export const sendWindow = {firstMinute: 8 * 60, lastPpvMinute: 21 * 60 + 30, lastBumpMinute: 21 * 60} as const;

const fallbackHours = {Weekday: [9, 13, 17, 19, 20], Weekend: [11, 14, 18, 21]} as const;

const mostCandidates = 8;

/** Saturday and Sunday are the weekend of the slots; 0 is Monday. */
export const dayTypeOf = (day: number): 'Weekday' | 'Weekend' => (day >= 5 ? 'Weekend' : 'Weekday');

/**
 * Candidate hours of a day, best first: windows of HIGH or MED confidence inside the send window by earnings per
 * recipient, at most eight. Without any, the fallback hours in an order drawn from `random`.
 */
export const candidateHours = (windows: readonly TimeWindow[], dayType: 'Weekday' | 'Weekend', random: () => number): readonly CandidateHour[] => {
	const known = windows
		.filter(window => window.dayType === dayType && window.confidence !== 'LOW' && window.hour >= 8 && window.hour <= 21)
		.sort((a, b) => b.avgRpr - a.avgRpr || a.hour - b.hour)
		.slice(0, mostCandidates)
		.map(({hour, avgRpr}) => ({hour, value: avgRpr}));
	if (known.length > 0) {
		return known;
	}

	return fallbackHours[dayType]
		.map(hour => ({hour, order: random()}))
		.sort((a, b) => a.order - b.order)
		.map(({hour}) => ({hour, value: 0}));
};
