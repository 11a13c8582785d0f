// Bad input from a person: names the field, the value seen, the accepted form, the source and the fix. Exit code 2.

export type UsageProblem = {
	/** `--start-date`, `EROS_TIMEZONE`, `settings.json: contacts[0].email`. */
	readonly field: string;
	/** The value as given; undefined when it is missing. */
	readonly value: string | undefined;
	/** Set where the value is JSON already, from a file: it is told as it stands there. */
	readonly isJson?: boolean;
	/** `a date as YYYY-MM-DD`. */
	readonly accepted: string;
	/** A runnable command or a sentence that mends it. */
	readonly fix: string;
};

export class UsageError extends Error {
	readonly problems: readonly UsageProblem[];

	constructor(problems: readonly UsageProblem[]) {
		super(problems.map(problem => formatUsageProblem(problem)).join('\n'));
		this.name = 'UsageError';
		this.problems = problems;
	}
}

/** One problem in two lines: what is wrong, and what to do. */
export const formatUsageProblem = ({field, value, isJson, accepted, fix}: UsageProblem): string =>
	`${field}: ${value === undefined ? 'missing' : `${isJson === true ? value : JSON.stringify(value)} is not accepted`}; expected ${accepted}.\n  ${fix}`;
