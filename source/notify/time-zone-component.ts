// VTIMEZONE of an IANA zone: the clock changes around a date, spelled out, so that any calendar shows the right time.
import {Temporal} from 'temporal-polyfill';

const offsetText = (nanoseconds: number): string => {
	const minutes = Math.round(Math.abs(nanoseconds) / 60e9);
	return `${nanoseconds < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
};

const civilText = (value: Temporal.PlainDateTime): string => value.toString({smallestUnit: 'second'}).replaceAll(/[-:]/g, '');

type Change = {readonly at: Temporal.ZonedDateTime; readonly from: number};

const component = ({at, from}: Change, isDaylight: boolean): string => {
	const kind = isDaylight ? 'DAYLIGHT' : 'STANDARD';
	// A change starts at the wall clock that was shown before it.
	const start = at.toInstant().add({nanoseconds: from}).toZonedDateTimeISO('UTC').toPlainDateTime();
	return [`BEGIN:${kind}`, `DTSTART:${civilText(start)}`, `TZOFFSETFROM:${offsetText(from)}`, `TZOFFSETTO:${offsetText(at.offsetNanoseconds)}`, `END:${kind}`].join('\r\n');
};

/**
 * The VTIMEZONE block with every change from the year before an instant to the year after.
 * @param aroundMs epoch milliseconds.
 */
export const timeZoneComponent = (timeZone: string, aroundMs: number): string => {
	const year = Temporal.Instant.fromEpochMilliseconds(aroundMs).toZonedDateTimeISO(timeZone).year;
	const changes: Change[] = [];
	const first = Temporal.ZonedDateTime.from({timeZone, year: year - 1, month: 1, day: 1});
	for (let at = first.getTimeZoneTransition('next'); at !== null && at.year <= year + 1; at = at.getTimeZoneTransition('next')) {
		changes.push({at, from: at.subtract({nanoseconds: 1}).offsetNanoseconds});
	}

	const all = changes.length > 0 ? changes : [{at: first, from: first.offsetNanoseconds}];
	return ['BEGIN:VTIMEZONE', `TZID:${timeZone}`, ...all.map(change => component(change, change.at.offsetNanoseconds > change.from)), 'END:VTIMEZONE'].join('\r\n');
};
