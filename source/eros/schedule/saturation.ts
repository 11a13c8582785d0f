// How audience fatigue changes a week: factors by zone, and what a mode makes of the zone.

export const zones = ['GREEN', 'YELLOW', 'RED'] as const;
export type Zone = (typeof zones)[number];

export const modes = ['optimize', 'safe', 'conservative'] as const;
export type Mode = (typeof modes)[number];

export type SaturationResponse = {
	/** Factors in percent, so that weekly totals are integer arithmetic. */
	readonly ppvPercent: number;
	readonly bumpPercent: number;
	readonly extraGapMinutes: number;
	readonly coolingDays: number;
};

const responses = {
	GREEN: {ppvPercent: 100, bumpPercent: 100, extraGapMinutes: 0, coolingDays: 0},
	YELLOW: {ppvPercent: 75, bumpPercent: 120, extraGapMinutes: 30, coolingDays: 0},
	RED: {ppvPercent: 50, bumpPercent: 200, extraGapMinutes: 60, coolingDays: 2},
} as const satisfies Readonly<Record<Zone, SaturationResponse>>;

/** Zone of a saturation score in [0, 1]: GREEN < 0.30 <= YELLOW < 0.60 <= RED. */
export const zoneOf = (score: number): Zone => (score < 0.3 ? 'GREEN' : score < 0.6 ? 'YELLOW' : 'RED');

/** The worse of two zones. */
export const worseZone = (left: Zone, right: Zone): Zone => (zones.indexOf(left) >= zones.indexOf(right) ? left : right);

/**
 * The response to a zone under a mode. `safe` acts as if at least YELLOW, `conservative` with at least RED factors; only
 * a page that really is RED gets cooling days.
 */
export const saturationResponse = (zone: Zone, mode: Mode = 'optimize'): SaturationResponse => {
	const floor: Zone = mode === 'conservative' ? 'RED' : mode === 'safe' ? 'YELLOW' : 'GREEN';
	return {...responses[worseZone(zone, floor)], coolingDays: responses[zone].coolingDays};
};
