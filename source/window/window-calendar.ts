// Calendar entries of the window and of its reviews. Instants are written in UTC, which every calendar shows in its
// reader's zone; the business zone stands in the text.
import ical, {ICalCalendarMethod} from 'ical-generator';
import {formatZoned} from './zone-time.js';

export type CalendarEntry = {
	readonly run: string;
	readonly startsAtMs: number;
	readonly endsAtMs: number;
	readonly timeZone: string;
	readonly title: string;
	readonly text: string;
	readonly attendees: readonly {readonly name: string; readonly email: string}[];
};

/** One entry as an iCalendar text; the run's id makes its UID, so that a later version replaces it. */
export const windowCalendar = ({run, startsAtMs, endsAtMs, timeZone, title, text, attendees}: CalendarEntry): string => {
	const calendar = ical({name: title, method: ICalCalendarMethod.REQUEST});
	calendar.createEvent({
		id: `${run}@eros-tui`,
		start: new Date(startsAtMs),
		end: new Date(endsAtMs),
		stamp: new Date(startsAtMs),
		summary: title,
		description: `${formatZoned(startsAtMs, timeZone)} to ${formatZoned(endsAtMs, timeZone)}, ${timeZone}\n\n${text}`,
		attendees: attendees.map(({name, email}) => ({name, email})),
	});
	return calendar.toString();
};
