// The window as a calendar entry: one UID a run, a rising SEQUENCE when it moves, CANCEL when it is called off.
import {ICalCalendarMethod, ICalEventStatus, default as createCalendar, type ICalDayJsStub} from 'ical-generator';
import {Temporal} from 'temporal-polyfill';
import {timeZoneComponent} from './time-zone-component.js';

export type WindowInvitation = {
	/** Run id: the UID, so that a moved window replaces the entry. */
	readonly run: string;
	/** 0 for the first invitation, then one more each time. */
	readonly sequence: number;
	readonly isCancelled: boolean;
	readonly title: string;
	readonly text: string;
	readonly startMs: number;
	readonly endMs: number;
	readonly timeZone: string;
	/** When this version was written, epoch milliseconds. */
	readonly stampMs: number;
	readonly organizer: {readonly name: string; readonly email: string};
	readonly attendees: readonly {readonly name: string; readonly email: string}[];
};

const two = (value: number): string => String(value).padStart(2, '0');

/** An instant as the calendar library asks for it: a plain Date would be written in the zone of this machine. */
const instantIn = (epochMs: number, timeZone: string): ICalDayJsStub => {
	const at = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
	const parts: Readonly<Record<string, string>> = {
		YYYYMMDD: `${at.year}${two(at.month)}${two(at.day)}`,
		HHmmss: `${two(at.hour)}${two(at.minute)}${two(at.second)}`,
	};
	return {
		format: form => parts[form ?? ''] ?? at.toString(),
		isValid: () => true,
		toDate: () => new Date(epochMs),
		toJSON: () => new Date(epochMs).toJSON(),
		tz: zone => instantIn(epochMs, zone ?? timeZone),
		utc: () => instantIn(epochMs, 'UTC'),
	};
};

/** iCalendar text (RFC 5545) of the window. */
export const windowCalendar = (invitation: WindowInvitation): string => {
	const calendar = createCalendar({
		prodId: {company: 'eros-tui', product: 'deployment window', language: 'EN'},
		method: invitation.isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
		// Without a zone of its own the calendar stamps in UTC, as RFC 5545 asks; the generator serves the event's zone.
		timezone: {name: null, generator: zone => timeZoneComponent(zone, invitation.startMs)},
	});
	calendar.createEvent({
		id: `${invitation.run}@eros-tui`,
		sequence: invitation.sequence,
		status: invitation.isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
		start: instantIn(invitation.startMs, invitation.timeZone),
		end: instantIn(invitation.endMs, invitation.timeZone),
		stamp: instantIn(invitation.stampMs, 'UTC'),
		timezone: invitation.timeZone,
		summary: invitation.title,
		description: invitation.text,
		organizer: invitation.organizer,
		attendees: invitation.attendees.map(({name, email}) => ({name, email})),
	});
	return calendar.toString();
};
