// Arguments of `schedule` and `orchestrate`, each checked with the field, the value, the accepted form and the fix.
import {Temporal} from 'temporal-polyfill';
import {UsageError, type UsageProblem} from '../domain/usage-error.js';
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

/** The Monday of a date argument, or what is wrong with it: missing, no date, or a week that is over. */
export const readWeek = (question: WeekQuestion): {readonly monday: string} | {readonly problem: UsageProblem} => {
	const {field, value, nowMs, timeZone, example} = question;
	const fix = `Plan the next week: ${example(nextMonday(nowMs, timeZone))}`;
	const problem = dateProblem(question);
	const monday = mondayOf(value);
	if (problem || monday === undefined) {
		return {problem: problem ?? {field, value: shown(value), accepted: 'a date as YYYY-MM-DD', fix}};
	}

	const endsMs = Temporal.PlainDate.from(monday).add({days: 7}).toZonedDateTime(timeZone).epochMilliseconds;
	return endsMs <= nowMs ? {problem: {field, value: shown(value), accepted: `a day of a week that is not over (it is ${Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()} there)`, fix}} : {monday};
};

/** What is wrong with a page name by its form; undefined when nothing is. */
export const pageProblem = (field: string, value: unknown, example: string): UsageProblem | undefined =>
	typeof value === 'string' && pageNamePattern.test(value) ? undefined : {field, value: shown(value), accepted: 'a page name: lower-case letters, digits and underscores', fix: example};

/** A page that sent nothing in 90 days is a slip of the keyboard rather than a page. */
export const unknownPageProblem = (field: string, page: string, known: readonly string[]): UsageProblem | undefined => {
	if (known.includes(page)) {
		return undefined;
	}

	const near = known.filter(name => name.startsWith(page.slice(0, 3))).slice(0, 5);
	const examples = near.length > 0 ? near : known.slice(0, 5);
	return {field, value: page, accepted: `a page with messages in the last 90 days (${known.length} of them)`, fix: examples.length > 0 ? `Did you mean ${examples.join(', ')}?` : 'Load messages into mass_messages first.'};
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
