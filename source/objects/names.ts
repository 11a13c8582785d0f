// The validated names that a template of sql/ is rendered with. Identifiers can't be query parameters, so they are
// checked here before they become text.

export type TargetNames = {
	readonly project: string;
	readonly dataset: string;
	/** BigQuery location: `US`, `EU`, `us-west1`. */
	readonly location: string;
	readonly timeZone: string;
};

const grammar: {readonly [Name in keyof TargetNames]: RegExp} = {
	project: /^[a-z][a-z\d-]{4,28}[a-z\d]$/,
	dataset: /^\w{1,1024}$/,
	location: /^[A-Za-z][A-Za-z\d-]{1,30}$/,
	timeZone: /^[A-Za-z_]+(?:\/[\w+-]+)+$/,
};

/** Names that do not follow their grammar, each as a sentence; empty when all are fit for use. */
export const findBadNames = (names: TargetNames): readonly string[] =>
	(Object.entries(grammar) as [keyof TargetNames, RegExp][])
		.filter(([name, pattern]) => !pattern.test(names[name]))
		.map(([name]) => `${name} ${JSON.stringify(names[name])} does not match ${String(grammar[name])}`);

/** The region qualifier of INFORMATION_SCHEMA.JOBS: `region-us` for location `US`. */
export const regionOf = (location: string): string => `region-${location.toLowerCase()}`;

/** The same target with another dataset: staging, scratch or production. */
export const retarget = (names: TargetNames, dataset: string): TargetNames => ({...names, dataset});
