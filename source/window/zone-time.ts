// Civil time of the business zone, through the Temporal API; never string arithmetic.
import {Temporal} from 'temporal-polyfill';

/** The instant in a zone, for example `2025-11-02T01:30:00-07:00`. */
export const formatZoned = (atMs: number, timeZone: string): string =>
	Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toString({smallestUnit: 'second', timeZoneName: 'never'});

/** Civil date of an instant in a zone: `2025-11-03`. */
export const civilDate = (atMs: number, timeZone: string): string =>
	Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString();

/** The first Monday after an instant in a zone: the next week that can be planned whole. */
export const nextMonday = (atMs: number, timeZone: string): string => {
	const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate();
	return today.add({days: 8 - today.dayOfWeek}).toString();
};

/** Offset changes of a zone between two instants: when, and from which offset to which. */
export const zoneTransitions = (fromMs: number, toMs: number, timeZone: string): readonly {readonly atMs: number; readonly text: string}[] => {
	const found: {atMs: number; text: string}[] = [];
	let at = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO(timeZone);
	for (;;) {
		const next = at.getTimeZoneTransition('next');
		if (next === null || next.epochMilliseconds > toMs) {
			return found;
		}

		found.push({atMs: next.epochMilliseconds, text: `${next.subtract({nanoseconds: 1}).offset} to ${next.offset} at ${next.toInstant().toString()}`});
		at = next;
	}
};

/** `HH:MM` in a zone on the day of an instant. */
export const clockOf = (atMs: number, timeZone: string): string =>
	Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainTime().toString({smallestUnit: 'minute'});
