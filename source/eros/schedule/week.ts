// The week that is planned, and the way from civil minutes of a day to instants, in any zone and on both clock changes.
import {Temporal} from 'temporal-polyfill';
import type {Warning} from './warning.js';

export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

export type Week = {
	/** Monday, YYYY-MM-DD. */
	readonly start: string;
	/** Sunday, YYYY-MM-DD. */
	readonly end: string;
	/** Monday to Sunday, YYYY-MM-DD. */
	readonly days: readonly string[];
	readonly timeZone: string;
};

/**
 * The week of a date, Monday to Sunday.
 * @returns the week and, when the date was not a Monday, a warning that says where it was moved.
 * @throws RangeError when the text is no calendar date.
 */
export const weekOf = (date: string, timeZone: string): {readonly week: Week; readonly warnings: readonly Warning[]} => {
	const given = Temporal.PlainDate.from(date, {overflow: 'reject'});
	const monday = given.subtract({days: given.dayOfWeek - 1});
	const days = dayNames.map((_, offset) => monday.add({days: offset}).toString());
	const week: Week = {start: monday.toString(), end: days[6] ?? '', days, timeZone};
	const warnings: Warning[] = given.equals(monday)
		? []
		: [{code: 'WEEK_START_MOVED', text: `start date ${given.toString()} (${dayNames[given.dayOfWeek - 1] ?? ''}) moved to Monday ${monday.toString()}`}];
	return {week, warnings};
};

/**
 * The instant of a civil minute of a day: the first one when the clock shows it twice, undefined when it never shows it.
 * @param minuteOfDay 0 to 1439.
 */
export const zonedMinute = (date: string, minuteOfDay: number, timeZone: string): Temporal.ZonedDateTime | undefined => {
	const civil = Temporal.PlainDate.from(date).toPlainDateTime({hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60});
	const zoned = civil.toZonedDateTime(timeZone, {disambiguation: 'earlier'});
	return zoned.toPlainDateTime().equals(civil) ? zoned : undefined;
};

/** `YYYY-MM-DD HH:MM:SS` in the page's zone, without offset. */
export const localText = (zoned: Temporal.ZonedDateTime): string => `${zoned.toPlainDate().toString()} ${zoned.toPlainTime().toString({smallestUnit: 'second'})}`;

/** ISO instant with the zone's offset: `2025-11-03T09:12:00-08:00`. */
export const offsetText = (zoned: Temporal.ZonedDateTime): string => zoned.toString({smallestUnit: 'second', timeZoneName: 'never'});
