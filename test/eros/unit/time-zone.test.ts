// Los Angeles time in source/eros: both clock changes in every place where it is used, and no constant that stands in for it.
import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {Temporal} from 'temporal-polyfill';
import {describe, expect, it, test} from 'vitest';
import {readWeek} from '../../../source/commands/eros-arguments.js';
import {createOrchestrator} from '../../../source/eros/orchestrator.js';
import {buildSchedule} from '../../../source/eros/schedule/build.js';
import {offsetText, weekOf, zonedMinute} from '../../../source/eros/schedule/week.js';
import {toCsvRows} from '../../../source/eros/sinks/csv-row.js';
import {toCells} from '../../../source/eros/sinks/sheets-sink.js';
import {weekGrid, weekTitle} from '../../../source/eros/week-grid.js';
import {createTestEnvironment} from '../support/an-environment.js';
import {scheduleInputs} from '../support/a-pool.js';
import {aSchedule} from '../support/a-schedule.js';

const zone = 'America/Los_Angeles';

/** [week, days with the offset before the change, offset before, offset after] */
const changes = [
	['the clocks go back on its Sunday', '2025-10-27', 6, '-07:00', '-08:00'],
	['the clocks go forward on its Sunday', '2026-03-02', 6, '-08:00', '-07:00'],
	['all of it is standard time', '2025-11-03', 7, '-08:00', '-08:00'],
	['all of it is summer time', '2026-03-09', 7, '-07:00', '-07:00'],
] as const;

describe.each(changes)('a week in which %s', (_, weekStart, daysBefore, before, after) => {
	const schedule = aSchedule({weekStart, accountSize: 'MEGA'});

	it('has offsets that change on the day', () => {
		for (const message of schedule.messages) {
			const day = Temporal.PlainDate.from(message.send_local.slice(0, 10)).since(weekStart).days;
			expect(message.send_at.slice(-6)).toBe(day < daysBefore ? before : after);
		}
	});

	it('has the same wall clock in the message, the sheet row, the CSV, the spreadsheet and the grid', () => {
		const locals = schedule.messages.map(message => message.send_local);
		expect(toCsvRows(schedule).map(row => row.scheduled_send_time)).toEqual(locals);
		expect(toCells(schedule).slice(1).map(cells => cells[3])).toEqual(locals);
		const fromRows = schedule.mm_schedule.map(row => {
			const [, hour, minute, half] = /^(\d+):(\d\d) ([AP])M$/.exec(row.time_pst)!;
			return `${row.scheduled_date} ${String((Number(hour) % 12) + (half === 'P' ? 12 : 0)).padStart(2, '0')}:${minute}:00`;
		});
		expect(fromRows).toEqual(locals);
		const grid = weekGrid(schedule, 60);
		expect(grid.map(line => line.slice(4, 9))).toEqual(locals.map(local => local.slice(11, 16)));
		expect(weekTitle(schedule)).toContain('(PT)');
	});

	it('keeps gaps in real minutes over the change', () => {
		const paid = schedule.messages.filter(message => message.type === 'PPV').map(message => Date.parse(message.send_at));
		expect(paid.slice(1).every((at, index) => at - paid[index]! >= 75 * 60_000)).toBe(true);
	});

	it('drops what has passed by the instant, not by the wall clock', () => {
		const sunday = Temporal.PlainDate.from(weekStart).add({days: 6});
		const noon = sunday.toZonedDateTime({timeZone: zone, plainTime: '12:00'}).epochMilliseconds;
		const rest = buildSchedule(scheduleInputs({weekStart, accountSize: 'MEGA', nowMs: noon})).messages;
		expect(rest.map(message => message.send_local)).toEqual(schedule.messages.map(message => message.send_local).filter(local => local > `${sunday.toString()} 12:00:00`));
	});

	it('is over when its Sunday is over in Los Angeles', () => {
		const end = Temporal.PlainDate.from(weekStart).add({days: 7}).toZonedDateTime(zone).epochMilliseconds;
		const ask = (nowMs: number) => readWeek({field: '--start-date', value: weekStart, nowMs, timeZone: zone, example: monday => monday});
		expect(ask(end - 1)).toEqual({monday: weekStart});
		expect(ask(end)).toHaveProperty('problem');
	});
});

describe('the hours that exist twice and not at all', () => {
	test.each([
		['2025-11-02', 60 + 30, '2025-11-02T01:30:00-07:00'],
		['2025-11-02', 2 * 60, '2025-11-02T02:00:00-08:00'],
		['2026-03-08', 60 + 59, '2026-03-08T01:59:00-08:00'],
		['2026-03-08', 2 * 60, undefined],
		['2026-03-08', 2 * 60 + 59, undefined],
		['2026-03-08', 3 * 60, '2026-03-08T03:00:00-07:00'],
	])('%s minute %i is %s', (date, minute, instant) => {
		const zoned = zonedMinute(date, minute, zone);
		expect(zoned && offsetText(zoned)).toBe(instant);
	});

	it('a week belongs to the Monday of its civil date, whatever the clocks do', () => {
		for (const [, weekStart] of changes) {
			for (let day = 0; day < 7; day += 1) {
				expect(weekOf(Temporal.PlainDate.from(weekStart).add({days: day}).toString(), zone).week.start).toBe(weekStart);
			}
		}
	});
});

describe('locks and the schedule’s week in the warehouse', () => {
	it.each(changes)('are civil dates of Los Angeles when %s', async (_, weekStart) => {
		const environment = createTestEnvironment({clockStartMs: Temporal.PlainDate.from(weekStart).subtract({days: 1}).toZonedDateTime({timeZone: zone, plainTime: '20:00'}).epochMilliseconds});
		await createOrchestrator(environment).run({pageNames: ['test_healthy_large'], weekStart});
		const schedule = JSON.parse(environment.warehouse.schedules[0]!.json) as {readonly messages: readonly {readonly send_local: string}[]};
		expect(environment.warehouse.locks.map(lock => lock.date)).toEqual(schedule.messages.map(message => message.send_local.slice(0, 10)));
	});
});

describe('the code', () => {
	const files = ['eros', 'commands'].flatMap(folder => {
		const root = fileURLToPath(new URL(`../../../source/${folder}/`, import.meta.url));
		return readdirSync(root, {recursive: true, encoding: 'utf8'})
			.filter(file => file.endsWith('.ts') && (folder === 'eros' || /^(?:schedule|orchestrate|eros-)/.test(file)))
			.map(file => ({file: `${folder}/${file}`, text: readFileSync(root + file, 'utf8')}));
	});
	/** Ways to be right for half a year. */
	const forbidden: readonly (readonly [string, RegExp])[] = [
		['a fixed offset', /['"`][+-]0[78]:?00['"`]|-[78] \* (?:60|3_?600)|[78] \* 3_?600_?000/],
		['a zone without a calendar', /['"`](?:PST|PDT|PST8PDT|Etc\/GMT[^'"`]*|GMT[+-]\d+)['"`]/],
		['UTC as a zone', /timeZone: ['"`](?:UTC|GMT|Etc\/UTC)['"`]|toZonedDateTimeISO\(['"`]UTC['"`]\)/],
		['the machine’s zone', /\.get(?:Hours|Minutes|Date|Day|Month|FullYear|TimezoneOffset)\(|\.set(?:Hours|Date)\(|toLocale(?:Date|Time)?String\(|Temporal\.Now/],
		['a date of SQL without its zone', /CURRENT_DATE\(\)|DATE\(CURRENT_TIMESTAMP\(\)\)|EXTRACT\(HOUR FROM (?!.*AT TIME ZONE)/],
	];

	it.each(forbidden)('holds no %s', (_, pattern) => {
		expect(files.length).toBeGreaterThan(40);
		expect(files.filter(({text}) => pattern.test(text)).map(({file}) => file)).toEqual([]);
	});

	it('names Los Angeles only to shorten its name and as an example; the zone is a setting', () => {
		expect(files.filter(({text}) => text.includes(zone)).map(({file}) => file).sort()).toEqual(['eros/schedule/message.ts', 'eros/week-grid.ts']);
	});
});
