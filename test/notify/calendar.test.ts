import {describe, expect, it} from 'vitest';
import {windowCalendar, type WindowInvitation} from '../../source/notify/calendar.js';
import {timeZoneComponent} from '../../source/notify/time-zone-component.js';

const invitation: WindowInvitation = {
	run: '7f3a91c2',
	sequence: 0,
	isCancelled: false,
	title: 'EROS deployment window',
	text: 'Phases 0 to 5; ask the lead, or read the runbook.\nSecond line',
	startMs: Date.parse('2025-11-03T09:00:00-08:00'),
	endMs: Date.parse('2025-11-03T15:00:00-08:00'),
	timeZone: 'America/Los_Angeles',
	stampMs: Date.parse('2025-11-01T12:00:00Z'),
	organizer: {name: 'EROS', email: 'eros@example.com'},
	attendees: [{name: 'On call', email: 'oncall@example.com'}],
};

/** Content lines, unfolded. */
const linesOf = (text: string): readonly string[] => text.replaceAll('\r\n ', '').split('\r\n');

describe('the window as a calendar entry', () => {
	it('is in the zone of the page, whatever the zone of this machine', () => {
		const lines = linesOf(windowCalendar(invitation));
		expect(lines).toEqual(expect.arrayContaining([
			'METHOD:REQUEST',
			'UID:7f3a91c2@eros-tui',
			'SEQUENCE:0',
			'STATUS:CONFIRMED',
			'DTSTART;TZID=America/Los_Angeles:20251103T090000',
			'DTEND;TZID=America/Los_Angeles:20251103T150000',
			'DTSTAMP:20251101T120000Z',
			String.raw`DESCRIPTION:Phases 0 to 5\; ask the lead\, or read the runbook.\nSecond line`,
		]));
		expect(lines.filter(line => line === 'TZID:America/Los_Angeles')).toHaveLength(1);
		expect(lines.some(line => line.startsWith('ATTENDEE') && line.toLowerCase().endsWith('mailto:oncall@example.com'))).toBe(true);
	});

	it('keeps the UID and raises the sequence when it moves, and cancels', () => {
		const moved = linesOf(windowCalendar({...invitation, sequence: 1, startMs: invitation.startMs + 3_600_000, endMs: invitation.endMs + 3_600_000}));
		expect(moved).toEqual(expect.arrayContaining(['UID:7f3a91c2@eros-tui', 'SEQUENCE:1', 'DTSTART;TZID=America/Los_Angeles:20251103T100000']));
		const cancelled = linesOf(windowCalendar({...invitation, sequence: 2, isCancelled: true}));
		expect(cancelled).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED', 'UID:7f3a91c2@eros-tui', 'SEQUENCE:2']));
	});
});

describe('VTIMEZONE', () => {
	it('spells out both clock changes of 2025 in Los Angeles', () => {
		const text = timeZoneComponent('America/Los_Angeles', invitation.startMs);
		expect(text).toContain('BEGIN:STANDARD\r\nDTSTART:20251102T020000\r\nTZOFFSETFROM:-0700\r\nTZOFFSETTO:-0800\r\nEND:STANDARD');
		expect(text).toContain('BEGIN:DAYLIGHT\r\nDTSTART:20260308T020000\r\nTZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nEND:DAYLIGHT');
	});

	it('has one part where the clock never changes', () => {
		expect(timeZoneComponent('Asia/Kathmandu', invitation.startMs)).toBe('BEGIN:VTIMEZONE\r\nTZID:Asia/Kathmandu\r\nBEGIN:STANDARD\r\nDTSTART:20240101T000000\r\nTZOFFSETFROM:+0545\r\nTZOFFSETTO:+0545\r\nEND:STANDARD\r\nEND:VTIMEZONE');
	});
});
