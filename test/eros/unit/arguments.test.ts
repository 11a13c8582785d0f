// Every argument of schedule and orchestrate, wrong in each way a person gets it wrong, through the whole command line:
// exit code 2, the field, the value, the accepted form and the fix.
import {mkdtempSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it, test} from 'vitest';
import {readMode, readWeek, unknownPageProblem} from '../../../source/commands/eros-arguments.js';
import {weekGrid, weekTitle, weekTotals} from '../../../source/eros/week-grid.js';
import {commandSpecs} from '../../../source/commands/index.js';
import {main} from '../../../source/main.js';
import {aSchedule} from '../support/a-schedule.js';

let folder: string;
beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'eros-arguments-'));
	mkdirSync(path.join(folder, 'here'));
	writeFileSync(path.join(folder, 'file.txt'), 'a file');
	symlinkSync('nowhere', path.join(folder, 'gone'));
});
afterAll(() => {
	rmSync(folder, {recursive: true, force: true});
});

/** Runs a command line; a slip must be found before anything is started, so nothing is there to connect to. */
const runLine = async (argv: readonly string[]): Promise<{readonly code: number; readonly told: string}> => {
	const stderr = new PassThrough();
	const code = await main({argv, io: {stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {EROS_HOME: path.join(folder, 'home')}, cwd: folder}});
	return {code, told: String(stderr.read() ?? '')};
};

const page = ['--page-name', 'page_01'];
const date = ['--start-date', '2099-11-03'];
const week = ['--week-start', '2099-11-03'];

/** [what is wrong, arguments, field, value as it is told, accepted form, fix] */
type Case = readonly [string, readonly string[], string, string, string, string];
const dates = ['', ' ', 'tomorrow', 'next week', '2025-13-01', '2025-02-30', '2025-2-3', '03.11.2025', '11/03/2025', '2025/11/03', '20251103', '2025-11-03T09:00', '2025-W45', '-1', '2025-11', '２０２５-11-03'];
const names = ['', ' ', 'Page_01', 'page 01', 'page-01', 'pagé', 'x; DROP TABLE y', '../page', 'page_01\n', '*'];
const pageForm = 'a page name: lower-case letters, digits and underscores';
const cases: readonly Case[] = [
	['no page', ['schedule', ...date], '--page-name', 'missing', pageForm, 'eros-tui schedule --page-name page_01 --start-date'],
	...names.map((name): Case => ['page', ['schedule', '--page-name', name, ...date], '--page-name', JSON.stringify(name), pageForm, 'eros-tui schedule --page-name page_01']),
	['no date', ['schedule', ...page], '--start-date', 'missing', 'a date as YYYY-MM-DD', 'Plan the next week: eros-tui schedule --page-name page_01 --start-date 20'],
	...dates.map((text): Case => ['date', ['schedule', ...page, `--start-date=${text}`], '--start-date', JSON.stringify(text), 'a date as YYYY-MM-DD', 'Plan the next week: eros-tui schedule']),
	...['xlsx', '', 'CSV', 'csv,json'].map((text): Case => ['format', ['schedule', ...page, ...date, '--format', text], '--format', JSON.stringify(text), 'csv or json', 'Leave it out for csv']),
	...['', ' ', 'folder/', 'here'].map((text): Case => ['output', ['schedule', ...page, ...date, '--output', text], '--output', JSON.stringify(text), 'the path of a file', '--output ']),
	...([
		['file.txt/week.csv', 'a path through folders; ', '/file.txt is none'],
		['file.txt/deep/er/week.csv', 'a path through folders; ', '/file.txt is none'],
		['gone/week.csv', 'a path through folders; ', '/gone is none'],
		['/proc/eros/week.csv', 'a path where a file can be written', ''],
		[`${'x'.repeat(300)}.csv`, 'a path where a file can be written (ENAMETOOLONG)', ''],
		[`${'x'.repeat(250)}.csv`, 'a path where a file can be written (ENAMETOOLONG)', ''],
		['/dev/null', 'the path of a file', ''],
	] as const).flatMap(([text, accepted]): readonly Case[] => [
		['output', ['schedule', ...page, ...date, '--output', text], '--output', JSON.stringify(text), accepted, '--output '],
		['output', ['schedule', '--schedule-id', 'sched_1', '--output', text], '--output', JSON.stringify(text), accepted, '--output '],
	]),
	...['xlsx', 'csv,sheets'].map((text): Case => ['format', ['schedule', '--schedule-id', 'sched_1', '--format', text], '--format', JSON.stringify(text), 'csv, json or sheets', 'Leave it out for csv']),
	['a spreadsheet of what is saved, not configured', ['schedule', '--schedule-id', 'sched_1', '--format', 'sheets'], '--format', '"sheets"', 'csv or json; no spreadsheet is configured', 'EROS_SHEET_ID'],
	['a spreadsheet of what is planned', ['schedule', ...page, ...date, '--format', 'sheets'], '--format', '"sheets"', 'csv or json; orchestrate writes a spreadsheet', 'eros-tui orchestrate --pages page_01 --week-start'],
	['a spreadsheet of a file', ['schedule', '--from', 'week.json', '--format', 'sheets'], '--format', '"sheets"', 'csv or json; a spreadsheet is written of a schedule that is saved', 'Leave it out'],
	['a file of two schedules', ['schedule', '--schedule-id', 'sched_1,sched_2', '--output', 'week.csv'], '--output', '"week.csv"', 'it with one schedule', 'eros-tui schedule --schedule-id sched_1,sched_2'],
	...['', ' ', ',', '\t', '\n'].map((text): Case => ['schedule', ['schedule', '--schedule-id', text], '--schedule-id', JSON.stringify(text), 'the id of a saved schedule, such as sched_20251103_090000_page_01_7f3a', 'eros-tui query "SELECT schedule_id']),
	...[page, date, ['--from', 'week.json']].map((more): Case => ['schedule', ['schedule', '--schedule-id', 'sched_1', ...more], '--schedule-id', '"sched_1"', 'it alone: the saved schedule says page and week', 'eros-tui schedule --schedule-id sched_1']),
	...['', 'fast', 'Safe', 'optimise', 'safe,conservative'].map((text): Case => ['mode', ['schedule', ...page, ...date, '--mode', text], '--mode', JSON.stringify(text), 'optimize, safe, conservative', '--mode safe']),
	...[['--from', 'week.json'], ['--schedule-id', 'sched_1']].map((source): Case => ['mode', ['schedule', ...source, '--mode', 'safe'], '--mode', '"safe"', 'it where a week is planned', `eros-tui schedule ${source.join(' ')}`]),
	// What may be wrong inside a file: envelope-problems.test.ts.
	...([['nothing.json', 'a file that exists'], ['here/nothing.json', 'a file that exists'], ['here', 'a file, not a folder'], ['', 'a file, not a folder'], ['~/week.json', 'a file that exists']] as const).map(([text, accepted]): Case => ['file', ['schedule', '--from', text], '--from', JSON.stringify(text), accepted, 'Write one with: eros-tui schedule']),
	['no pages', ['orchestrate', ...week], '--pages', 'missing', 'all alone, or page names separated by commas', 'eros-tui orchestrate --pages all'],
	...['', ' ', ',', ' , ', 'all,page_01', 'page_01,all'].map((text): Case => ['pages', ['orchestrate', '--pages', text, ...week], '--pages', JSON.stringify(text), 'all alone, or page names separated by commas', 'eros-tui orchestrate --pages all']),
	...['ALL', 'page_01,Page 2', 'page_01;page_02', 'page_01 page_02'].map((text): Case => ['pages', ['orchestrate', '--pages', text, ...week], '--pages', JSON.stringify(text.split(',').at(-1)), pageForm, 'eros-tui orchestrate --pages all']),
	['no week', ['orchestrate', '--pages', 'all'], '--week-start', 'missing', 'a date as YYYY-MM-DD', 'Plan the next week: eros-tui orchestrate --pages all --week-start 20'],
	...dates.map((text): Case => ['week', ['orchestrate', '--pages', 'all', `--week-start=${text}`], '--week-start', JSON.stringify(text), 'a date as YYYY-MM-DD', 'Plan the next week: eros-tui orchestrate']),
	...['', 'fast', 'Safe', 'optimise', 'safe,conservative'].map((text): Case => ['mode', ['orchestrate', '--pages', 'all', ...week, '--mode', text], '--mode', JSON.stringify(text), 'optimize, safe, conservative', '--mode safe']),
	...['', ',', 'xlsx', 'CSV', 'csv;json', 'csv,excel'].map((text): Case => ['format', ['orchestrate', '--pages', 'all', ...week, '--format', text], '--format', JSON.stringify(text), 'csv, json, sheets, or several of them separated by commas', 'Leave it out']),
	['a spreadsheet that is not configured', ['orchestrate', '--pages', 'all', ...week, '--format', 'sheets'], '--format', '"sheets"', 'no spreadsheet is configured', 'EROS_SHEET_ID'],
	['a format of nothing', ['orchestrate', '--pages', 'all', ...week, '--format', 'csv', '--no-export'], '--no-export', '"--format csv"', 'one of the two', 'Leave out --no-export'],
	['force of nothing', ['orchestrate', '--pages', 'all', ...week, '--force', '--no-export'], '--no-export', '"--force"', 'one of the two', 'Leave out --no-export'],
	...(['schedule', 'orchestrate'] as const).flatMap((command): readonly Case[] => {
		const rest = command === 'schedule' ? [...page, ...date] : ['--pages', 'all', ...week];
		return [
			...['cloud', 'Embedded', 'BigQuery', '', ' embedded'].map((text): Case => ['target', [command, ...rest, '--target', text], '--target', JSON.stringify(text), 'embedded or bigquery', '--target embedded']),
			...['', 'short', 'Of-Scheduler', 'of_scheduler_proj', '1-project', 'project.dataset', 'project:dataset', 'a project', 'ends-with-a-dash-', 'x'.repeat(31)].map((text): Case => ['project', [command, ...rest, '--project', text], '--project', JSON.stringify(text), 'a project id: 6 to 30 lower-case letters, digits and dashes', '--project of-scheduler-proj --dataset eros_scheduling_brain']),
			...['', 'eros brain', 'eros-brain', 'a`b', 'x;y', 'project.dataset', 'é'].map((text): Case => ['dataset', [command, ...rest, '--dataset', text], '--dataset', JSON.stringify(text), 'a dataset name: letters, digits and underscores', '--dataset eros_scheduling_brain']),
			...['', '1', 'U', 'us west', 'us_west1', 'US;DROP'].map((text): Case => ['location', [command, ...rest, '--location', text], '--location', JSON.stringify(text), 'a BigQuery location such as US, EU or us-west1', '--location US']),
			...['', 'Mars/Olympus', 'PST', 'PST8', 'UTC+25', '-08:00', 'Pacific time'].map((text): Case => ['zone', [command, ...rest, '--timezone', text], '--timezone', JSON.stringify(text), 'an IANA time zone with a region', '--timezone America/Los_Angeles']),
		];
	}),
];

/** The long name in commander's form of an option: `--start-date`. */
const nameOf = (flags: string): string => /--[\w-]+/.exec(flags)![0];

describe('no argument is left out of these cases', () => {
	const options = commandSpecs.filter(({name}) => name === 'schedule' || name === 'orchestrate').flatMap(({name, options: own}) => own.map(({flags}): readonly [string, string] => [name, flags]));

	test.each(options.filter(([, flags]) => flags.includes('<')))('%s %s has wrong values', (command, flags) => {
		expect(cases.filter(([, argv, field]) => argv[0] === command && field === nameOf(flags)).length).toBeGreaterThanOrEqual(4);
	});

	test.each(options.filter(([, flags]) => !flags.includes('<')))('%s %s takes no value', async (command, flags) => {
		const {code, told} = await runLine([command, ...(command === 'schedule' ? [...page, ...date] : ['--pages', 'all', ...week]), `${nameOf(flags)}=yes`]);
		expect(code).toBe(2);
		expect(told).toContain(nameOf(flags));
	});
});

describe('a wrong argument names field, value, accepted form and fix, and ends with 2', () => {
	test.each(cases)('%s: %j', async (_, argv, field, value, accepted, fix) => {
		const {code, told} = await runLine(argv);
		expect(code).toBe(2);
		const [line, next] = told.split('\n').slice(told.split('\n').findIndex(text => text.startsWith(field)));
		expect(line).toContain(`${field}: ${value === 'missing' ? 'missing' : `${value} is not accepted`}; expected `);
		expect(line).toContain(accepted);
		expect(next).toContain(fix);
		expect(next!.trim()).not.toBe('');
	});

	it('quotes a page in the command it proposes where a shell would read more into it', async () => {
		const {told} = await runLine(['schedule', '--page-name', 'x; rm y', '--start-date', 'soon']);
		expect(told).toContain("eros-tui schedule --page-name 'x; rm y' --start-date");
	});

	it('asks before RED pages are written, and without a terminal wants to be told', async () => {
		const {code, told} = await runLine(['orchestrate', '--pages', 'all', ...week, '--force']);
		expect(code).toBe(5);
		expect(told).toBe('--force writes RED pages too, whose audience is worn out. That is confirmed by a typed phrase, and there is no terminal to type it in.\n  Without one: eros-tui orchestrate --pages all --week-start 2099-11-03 --force --yes\n');
	});

	it('leaves nothing behind where it looked whether a file can be written', async () => {
		const {code} = await runLine(['schedule', ...page, '--start-date', 'soon', '--output', 'new/folder/week.csv']);
		expect(code).toBe(2);
		expect(readdirSync(folder).filter(name => name !== 'home').sort()).toEqual(['file.txt', 'gone', 'here']);
	});

	it('tells every slip at once', async () => {
		const {code, told} = await runLine(['schedule', '--page-name', 'Bad Name', '--start-date', 'soon', '--format', 'xlsx', '--output', 'here']);
		expect(code).toBe(2);
		expect(told.match(/^--[a-z-]+/gm)).toEqual(['--page-name', '--start-date', '--format', '--output']);
	});

	test.each([
		[['schedule', '--page', 'page_01'], 'eros-tui schedule: "--page" is not accepted; expected --target', '--page-name, ', 'eros-tui schedule --help'],
		[['schedule', '--page-nam', 'page_01'], 'eros-tui schedule: "--page-nam" is not accepted', '--start-date, ', 'Did you mean --page-name?'],
		[['schedule', '--page-name'], '--page-name: missing; expected page', 'page', 'eros-tui schedule --page-name test_creator --start-date 2025-11-03'],
		[['schedule', ...page, ...date, 'extra'], 'eros-tui schedule: "extra" is not accepted; expected options only', 'options', 'eros-tui schedule --page-name'],
		[['orchestrate', '--weeks', '3'], 'eros-tui orchestrate: "--weeks" is not accepted', '--week-start', 'eros-tui orchestrate --help'],
		[['orchestrate', '--mode'], '--mode: missing; expected optimize, safe or conservative', '', 'eros-tui orchestrate --pages all'],
		[['orchestrate', '--pages', 'all', '--week-start'], '--week-start: missing; expected Monday of the week, YYYY-MM-DD', '', 'eros-tui orchestrate --pages all --week-start'],
		[['shedule'], 'eros-tui: "shedule" is not accepted; expected deploy, rehearse', 'schedule, orchestrate', 'Did you mean schedule?'],
		[['--verson'], 'eros-tui: "--verson" is not accepted; expected --version, --help', '', 'Did you mean --version?'],
		[['query'], '<sql>: missing; expected statement or script', '', 'eros-tui query'],
		[['show', 'one', 'two'], 'eros-tui show: "two" is not accepted; expected <run>: run (default: the newest), and options', '', 'eros-tui show'],
		[['warehouse', 'serve', '--prt', '1'], 'eros-tui warehouse serve: "--prt" is not accepted', '--port', 'Did you mean --port?'],
	])('%j is told with the field, the value, the accepted form and the fix', async (argv, sentence, accepted, fix) => {
		const {code, told} = await runLine(argv);
		expect(code).toBe(2);
		const [line, next, ...rest] = told.trimEnd().split('\n');
		expect(line).toContain(sentence);
		expect(line).toContain(accepted);
		expect(next).toContain(fix);
		expect(rest).toEqual([]);
	});
});

describe('what only the warehouse knows', () => {
	const nowMs = Date.parse('2025-11-05T20:00:00Z');
	const weekOf = (value: unknown) => readWeek({field: '--start-date', value, nowMs, timeZone: 'America/Los_Angeles', example: monday => `go ${monday}`});

	test.each([undefined, '', '2025-10-31', '1999-01-01', '2025-11-02'])('the week %j is refused with the next one', value => {
		expect(weekOf(value)).toMatchObject({problem: {field: '--start-date', fix: 'Plan the next week: go 2025-11-10'}});
	});

	test.each(['2226-11-04', '9999-12-31', '2026-11-07'])('the far week %j is refused with the next one', value => {
		expect(weekOf(value)).toMatchObject({problem: {field: '--start-date', value, accepted: 'a day not after 2026-11-06, 366 days from now', fix: 'Plan the next week: go 2025-11-10'}});
	});

	it('takes a week that is 366 days ahead', () => {
		expect(weekOf('2026-11-06')).toEqual({monday: '2026-11-02'});
	});

	it('takes a running and a coming week', () => {
		expect(weekOf('2025-11-04')).toEqual({monday: '2025-11-03'});
		expect(weekOf('2025-11-09')).toEqual({monday: '2025-11-03'});
		expect(weekOf('2025-11-10')).toEqual({monday: '2025-11-10'});
	});

	it('a week ends with Sunday in the business zone, also where the clocks change', () => {
		const ends = (at: string) => readWeek({field: '--start-date', value: '2025-10-27', nowMs: Date.parse(at), timeZone: 'America/Los_Angeles', example: monday => monday});
		// Sunday 2025-11-02 has 25 hours and ends at 08:00 UTC.
		expect(ends('2025-11-03T07:59:59Z')).toEqual({monday: '2025-10-27'});
		expect(ends('2025-11-03T08:00:00Z')).toMatchObject({problem: {accepted: expect.stringContaining('it is 2025-11-03 there')}});
	});

	it('proposes pages for one that is unknown', () => {
		expect(unknownPageProblem('--page-name', 'page_01', ['page_01'])).toBeUndefined();
		expect(unknownPageProblem('--page-name', 'page_99', ['page_01', 'other'])).toMatchObject({value: 'page_99', fix: 'Did you mean page_01?'});
		const known = ['pagoda', 'page_01', 'page_11', 'zebra', 'mia_rose'];
		expect(unknownPageProblem('--page-name', 'pgae_01', known)).toMatchObject({fix: 'Did you mean page_01, page_11?'});
		expect(unknownPageProblem('--page-name', 'gape_11', known)).toMatchObject({fix: 'Did you mean page_11?'});
		expect(unknownPageProblem('--page-name', 'mai_rose', known)).toMatchObject({fix: 'Did you mean mia_rose?'});
		expect(unknownPageProblem('--page-name', 'pagination', known)).toMatchObject({fix: 'Some of them: pagoda, page_01, page_11, zebra, mia_rose'});
		expect(unknownPageProblem('--page-name', 'page_99', [])).toMatchObject({fix: expect.stringContaining('mass_messages')});
	});

	it('knows three modes', () => {
		expect(readMode(undefined)).toEqual({mode: 'optimize'});
		expect(readMode('safe')).toEqual({mode: 'safe'});
	});
});

describe('the week as a grid', () => {
	const schedule = aSchedule();

	it('shows every message once, in any width', () => {
		for (const columns of [40, 71, 72, 79, 99, 119, 200]) {
			const lines = weekGrid(schedule, columns);
			expect(lines.every(line => line.length <= columns)).toBe(true);
			const shownMessages = lines.join('\n').match(/:\d\d (?:P |b|[BMP]\$|bud|mid|pre)|^\w{3} \d\d:\d\d {2}/gm) ?? [];
			expect(shownMessages).toHaveLength(20);
		}
	});

	it('names page, week, size, zone and totals', () => {
		expect(weekTitle(schedule)).toBe('test_creator   week of Mon 3 Nov 2025 (PT)   MEDIUM · GREEN 0.00 · 12 PPV + 8 bumps');
		expect(weekGrid(schedule, 99)[0]).toBe('        Mon 3        Tue 4        Wed 5        Thu 6        Fri 7        Sat 8        Sun 9');
		expect(weekTotals(schedule)[0]).toMatch(/^tiers {4}budget 4 · mid 5 · premium 3 {3}price \$15-\$4\d {3}urgent 0$/);
		expect(weekTotals(schedule)[1]).toContain('20 held, 0 conflicts, 0 reselections');
	});
});
