export type Mutation = {
	/** What the broken text guards. */
	readonly rule: string;
	/** The file of sql/ that is broken, from the project's root. */
	readonly file: string;
	/** What stands there exactly once. */
	readonly standing: string;
	/** What is put in its place. */
	readonly broken: string;
	/** The file of test/sql that should turn red, without .test.ts. */
	readonly test: string;
	/** Part of the full name of the tests that are run; all of the file's without it. */
	readonly name?: string;
};

/** Mutations of one file of sql/, noticed by one file of tests: [rule, what stands there, what breaks it, name of the tests]. */
export const mutate = (file: string, test: string, rows: readonly (readonly [string, string, string, string?])[]): readonly Mutation[] =>
	rows.map(([rule, standing, broken, name]) => ({rule, file: `sql/${file}.sql`, standing, broken, test, ...(name === undefined ? {} : {name})}));
