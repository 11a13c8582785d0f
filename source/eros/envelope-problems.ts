// What is wrong with data that should follow a schema: the field, the value that stands there, and what is accepted.
import type {z} from 'zod';

export type FieldProblem = {
	/** `data.messages[3].price`; empty for the whole. */
	readonly field: string;
	/** The value as JSON, shortened; undefined when it is missing. */
	readonly value: string | undefined;
	/** `a whole number from 0 to 100`. */
	readonly accepted: string;
};

type Issue = z.core.$ZodIssue;

const longestValue = 60;

const fieldOf = (path: readonly PropertyKey[]): string =>
	path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');

const valueAt = (data: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((value, key) => (value as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[key], data);

const shown = (value: unknown): string | undefined => {
	const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
	return text !== undefined && text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
};

const typeNames: Readonly<Record<string, string>> = {string: 'text in quotes', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', null: 'null'};

const formatNames: Readonly<Record<string, string>> = {date: 'a date as YYYY-MM-DD', datetime: 'an instant such as 2025-11-03T09:12:00-08:00 or …Z'};

const bound = (issue: Issue & {readonly origin: string; readonly inclusive?: boolean}, word: string, limit: number | bigint): string => {
	const of = issue.origin === 'string' ? 'text with' : issue.origin === 'array' ? 'a list with' : 'a number';
	const unit = issue.origin === 'string' ? (limit === 1 ? ' character' : ' characters') : issue.origin === 'array' ? (limit === 1 ? ' item' : ' items') : '';
	return `${of} ${issue.inclusive === false ? (word === 'at least' ? 'more than' : 'less than') : word} ${limit}${unit}`;
};

/** How the pattern of filledTextSchema is told. */
const blankPattern = String(/\S/);

/** What a schema accepts where this issue was found. */
const acceptedBy = (issue: Issue): string => {
	switch (issue.code) {
		case 'invalid_type': {
			return typeNames[issue.expected] ?? issue.expected;
		}

		case 'invalid_value': {
			return issue.values.map(value => JSON.stringify(value)).join(', ');
		}

		case 'too_small': {
			return bound(issue, 'at least', issue.minimum);
		}

		case 'too_big': {
			return bound(issue, 'at most', issue.maximum);
		}

		case 'unrecognized_keys': {
			return 'no field of this name';
		}

		case 'invalid_format': {
			return issue.pattern === blankPattern ? 'text that is not blank' : formatNames[issue.format] ?? `text that matches ${issue.pattern ?? issue.format}`;
		}

		default: {
			return issue.message;
		}
	}
};

/** One problem a field; of an object with unknown fields one for each of them. */
const problemsOf = (issue: Issue, data: unknown): readonly FieldProblem[] => {
	const paths: ReadonlyArray<readonly PropertyKey[]> = issue.code === 'unrecognized_keys' ? issue.keys.map(key => [...issue.path, key]) : [issue.path];
	return paths.map(path => ({field: fieldOf(path), value: shown(valueAt(data, path)), accepted: acceptedBy(issue)}));
};

/**
 * Checks data against a schema.
 * @returns one problem a field, in the order of the data; empty when it follows the schema.
 */
export const findFieldProblems = (schema: z.ZodType, data: unknown): readonly FieldProblem[] => {
	const parsed = schema.safeParse(data);
	return parsed.success ? [] : parsed.error.issues.flatMap(issue => problemsOf(issue, data));
};

/** A problem as one sentence: `messages[3].price is 101; expected a number at most 100`. */
export const formatFieldProblem = ({field, value, accepted}: FieldProblem): string => `${field === '' ? 'the whole' : field} ${value === undefined ? 'is missing' : `is ${value}`}; expected ${accepted}`;
