// What is broken, and which tests should notice. One mutation a rule.
export type Mutation = {
	/** What the broken line guards. */
	readonly rule: string;
	/** The file of sql/ that is broken, from the project's root. */
	readonly file: string;
	/** What stands there exactly once. */
	readonly standing: string;
	/** What is put in its place. */
	readonly broken: string;
	/** The file of test/sql that should turn red, without .test.ts. */
	readonly test: string;
	/** Part of the full name of the tests that are run; all of them without it. */
	readonly name?: string;
};

export const mutations: readonly Mutation[] = [
	{rule: 'z of the interval', file: 'sql/functions/wilson_spread.sql', standing: '1.96 * SQRT', broken: '1.95 * SQRT', test: 'functions', name: 'wilson_score_bounds'},
	{rule: 'stale after 7 days', file: 'sql/procedures/sweep_expired_caption_locks.sql', standing: "'STALE_7DAY', 'PAST_SEND_DATE')", broken: "'PAST_SEND_DATE', 'STALE_7DAY')", test: 'procedures', name: 'sweep_expired'},
];
