// Arguments of `schedule` and `orchestrate`, each checked with the field, the value, the accepted form and the fix.
import {Temporal} from 'temporal-polyfill';
import {UsageError, type UsageProblem} from '../domain/usage-error.js';
import {nearNames} from '../domain/wording/near-names.js';
import {pageNamePattern} from '../eros/page-name.js';
import {modes, type Mode} from '../eros/schedule/saturation.js';

const shown = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** The Monday after an instant, in a zone. */
const nextMonday = (nowMs: number, timeZone: string): string => {
	const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
	return today.add({days: 8 - today.dayOfWeek}).toString();
};

const mondayOf = (value: unknown): string | undefined => {
	try {
		const text = String(value);
		const date = Temporal.PlainDate.from(text, {overflow: 'reject'});
		return date.toString() === text ? date.subtract({days: date.dayOfWeek - 1}).toString() : undefined;
	} catch {
		return undefined;
	}
};

export type WeekQuestion = {readonly field: string; readonly value: unknown; readonly nowMs: number; readonly timeZone: string; readonly example: (monday: string) => string};

/** What is wrong with a date argument by its form; undefined when nothing is. Whether its week is over only the warehouse's clock says. */
export const dateProblem = ({field, value, nowMs, timeZone, example}: WeekQuestion): UsageProblem | undefined =>
	value !== undefined && mondayOf(value) !== undefined ? undefined : {field, value: shown(value), accepted: 'a date as YYYY-MM-DD', fix: `Plan the next week: ${example(nextMonday(nowMs, timeZone))}`};

/** Captions that are locked so long ahead are of no use to any week before. */
const mostDaysAhead = 366;

/** The Monday of a date argument, or what is wrong with it: missing, no date, a week that is over, or one too far ahead. */
export const readWeek = (question: WeekQuestion): {readonly monday: string} | {readonly problem: UsageProblem} => {
	const {field, value, nowMs, timeZone, example} = question;
	const fix = `Plan the next week: ${example(nextMonday(nowMs, timeZone))}`;
	const problem = dateProblem(question);
	const monday = mondayOf(value);
	if (problem || monday === undefined) {
		return {problem: problem ?? {field, value: shown(value), accepted: 'a date as YYYY-MM-DD', fix}};
	}

	const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate();
	const last = today.add({days: mostDaysAhead});
	if (Temporal.PlainDate.compare(String(value), last) > 0) {
		return {problem: {field, value: shown(value), accepted: `a day not after ${last.toString()}, ${mostDaysAhead} days from now`, fix}};
	}

	const endsMs = Temporal.PlainDate.from(monday).add({days: 7}).toZonedDateTime(timeZone).epochMilliseconds;
	return endsMs <= nowMs ? {problem: {field, value: shown(value), accepted: `a day of a week that is not over (it is ${today.toString()} there)`, fix}} : {monday};
};

/** What is wrong with a page name by its form; undefined when nothing is. */
export const pageProblem = (field: string, value: unknown, example: string): UsageProblem | undefined =>
	typeof value === 'string' && pageNamePattern.test(value) ? undefined : {field, value: shown(value), accepted: 'a page name: lower-case letters, digits and underscores', fix: example};

const mostExamples = 5;

/** A page that sent nothing in 90 days is a slip of the keyboard rather than a page. */
export const unknownPageProblem = (field: string, page: string, known: readonly string[]): UsageProblem | undefined => {
	if (known.includes(page)) {
		return undefined;
	}

	const near = nearNames(page, known, mostExamples);
	const fix = near.length > 0 ? `Did you mean ${near.join(', ')}?` : known.length > 0 ? `Some of them: ${known.slice(0, mostExamples).join(', ')}` : 'Load messages into mass_messages first.';
	return {field, value: page, accepted: `a page with messages in the last 90 days (${known.length} of them)`, fix};
};

export const readMode = (value: unknown): {readonly mode: Mode} | {readonly problem: UsageProblem} => {
	const mode = value === undefined ? 'optimize' : modes.find(candidate => candidate === value);
	return mode === undefined ? {problem: {field: '--mode', value: shown(value), accepted: modes.join(', '), fix: 'Leave it out for optimize, or use --mode safe'}} : {mode};
};

/** Throws UsageError when there is a problem. */
export const refuseProblems = (problems: readonly (UsageProblem | undefined)[]): void => {
	const found = problems.filter(problem => problem !== undefined);
	if (found.length > 0) {
		throw new UsageError(found);
	}
};
