// Which date parts a function takes, by the type of what it works on.
import type {DatePart, FunctionCall} from '../syntax/expression.js';
import type {Candidate} from '../type-rules.js';
import type {Session} from './session.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const calendar = 'YEAR QUARTER MONTH WEEK DAY';
const isoCalendar = `${calendar} ISOWEEK ISOYEAR`;
const clock = 'HOUR MINUTE SECOND MILLISECOND MICROSECOND';

/** Parts by what is done and to which type. */
const parts: Readonly<Record<string, ReadonlySet<string>>> = {
	'add DATE': words(calendar), 'add DATETIME': words(`${calendar} ${clock}`), 'add TIMESTAMP': words(`DAY ${clock}`), 'add TIME': words(clock),
	'diff DATE': words(isoCalendar), 'diff DATETIME': words(`${isoCalendar} ${clock}`), 'diff TIMESTAMP': words(`DAY ${clock}`), 'diff TIME': words(clock),
	'trunc DATE': words(isoCalendar), 'trunc DATETIME': words(`${isoCalendar} ${clock}`), 'trunc TIMESTAMP': words(`${isoCalendar} ${clock}`), 'trunc TIME': words(clock),
	'last DATE': words(isoCalendar), 'last DATETIME': words(isoCalendar),
};

const weekdays = words('SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY');

function actionOf(name: string): 'add' | 'diff' | 'trunc' | 'last' | undefined {
	if (/_(?:ADD|SUB)$/.test(name)) return 'add';
	if (name.endsWith('_DIFF')) return 'diff';
	if (name.endsWith('_TRUNC')) return 'trunc';
	return name === 'LAST_DAY' ? 'last' : undefined;
}

/** Refuses a date part that the call cannot take: `TIMESTAMP_SUB(ts, INTERVAL 1 WEEK)`, `DATE_TRUNC(d, HOUR)`. */
export function checkDateParts(session: Session, call: FunctionCall, name: string, candidates: readonly Candidate[]): void {
	const action = actionOf(name);
	const first = candidates[0]?.type;
	if (action === undefined || first?.kind !== 'scalar') return;
	const part = partOf(call);
	if (part === undefined) return;
	// A string literal or a NULL takes the type the function is named for.
	const type = parts[`${action} ${first.name}`] === undefined ? name.split('_')[0]! : first.name;
	const allowed = parts[`${action} ${type}`];
	if (allowed === undefined) return;
	if (part.weekday !== undefined && (part.part !== 'WEEK' || !weekdays.has(part.weekday))) throw session.error(part, `A valid date part name is required but found ${part.part}(${part.weekday})`);
	if (allowed.has(part.part)) return;
	const known = [...Object.values(parts)].some(set => set.has(part.part));
	if (!known) throw session.error(part, `A valid date part name is required but found ${part.part}`);
	const end = action === 'add' && type !== 'DATE' && type !== 'TIME' ? ` when the argument is ${type} type` : '';
	throw session.error(call, `${name} does not support the ${part.part} date part${end}`);
}

function partOf(call: FunctionCall): DatePart | undefined {
	for (const argument of call.arguments) {
		if (argument.kind === 'date-part') return argument;
		if (argument.kind === 'interval' && argument.to === undefined) return argument.from;
	}

	return undefined;
}
