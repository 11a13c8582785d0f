import {PassThrough} from 'node:stream';
import {describe, expect, it, test} from 'vitest';
import type {CommandIo} from '../../../source/commands/command.js';
import {readMode, readWeek, unknownPageProblem} from '../../../source/commands/eros-arguments.js';
import {run as orchestrate} from '../../../source/commands/orchestrate.js';
import {run as schedule} from '../../../source/commands/schedule.js';
import {UsageError} from '../../../source/domain/usage-error.js';
import {weekGrid, weekTitle, weekTotals} from '../../../source/eros/week-grid.js';
import {aSchedule} from '../support/a-schedule.js';

const io: CommandIo = {stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, cwd: '/'};
const problemsOf = async (run: typeof schedule, options: Readonly<Record<string, unknown>>) => {
	const error = await run({options, arguments: [], io}).catch((caught: unknown) => caught);
	expect(error).toBeInstanceOf(UsageError);
	return (error as UsageError).problems;
};

describe('bad input names field, value, accepted form and fix', () => {
	test.each([
		[{}, '--page-name', undefined],
		[{pageName: 'Test Creator'}, '--page-name', 'Test Creator'],
		[{pageName: 'x; DROP TABLE y'}, '--page-name', 'x; DROP TABLE y'],
		[{pageName: 'page_01', format: 'xlsx'}, '--format', 'xlsx'],
		[{pageName: 'page_01', output: ' '}, '--output', ' '],
		[{pageName: 'page_01', output: 'folder/'}, '--output', 'folder/'],
	])('schedule %j', async (options, field, value) => {
		const [problem] = await problemsOf(schedule, options);
		expect(problem).toMatchObject({field, value});
		expect(problem!.accepted).not.toBe('');
		expect(problem!.fix).not.toBe('');
	});

	test.each([
		[{}, '--pages', undefined],
		[{pages: ' , '}, '--pages', ' , '],
		[{pages: 'page_01,Page 2'}, '--pages', 'Page 2'],
		[{pages: 'all', mode: 'fast'}, '--mode', 'fast'],
	])('orchestrate %j', async (options, field, value) => {
		const [problem] = await problemsOf(orchestrate, options);
		expect(problem).toMatchObject({field, value});
	});

	const nowMs = Date.parse('2025-11-05T20:00:00Z');
	const week = (value: unknown) => readWeek({field: '--start-date', value, nowMs, timeZone: 'America/Los_Angeles', example: monday => `go ${monday}`});

	test.each([undefined, '', 'next week', '2025-13-01', '2025-02-30', '20251103', '2025-11-03T00:00', '2025-10-31', '1999-01-01'])('the week %j', value => {
		expect(week(value)).toMatchObject({problem: {field: '--start-date', fix: 'Plan the next week: go 2025-11-10'}});
	});

	it('takes a running and a coming week', () => {
		expect(week('2025-11-04')).toEqual({monday: '2025-11-03'});
		expect(week('2025-11-09')).toEqual({monday: '2025-11-03'});
		expect(week('2025-11-10')).toEqual({monday: '2025-11-10'});
	});

	it('proposes pages for one that is unknown', () => {
		expect(unknownPageProblem('--page-name', 'page_01', ['page_01'])).toBeUndefined();
		expect(unknownPageProblem('--page-name', 'page_99', ['page_01', 'other'])).toMatchObject({value: 'page_99', fix: 'Did you mean page_01?'});
		expect(unknownPageProblem('--page-name', 'page_99', [])).toMatchObject({fix: expect.stringContaining('mass_messages')});
	});

	it('knows three modes', () => {
		expect(readMode(undefined)).toEqual({mode: 'optimize'});
		expect(readMode('safe')).toEqual({mode: 'safe'});
		expect(readMode('')).toMatchObject({problem: {field: '--mode'}});
	});
});

describe('the week as a grid', () => {
	const week = aSchedule();

	it('shows every message once, in any width', () => {
		for (const columns of [40, 71, 72, 79, 99, 119, 200]) {
			const lines = weekGrid(week, columns);
			expect(lines.every(line => line.length <= columns)).toBe(true);
			const shownMessages = lines.join('\n').match(/:\d\d (?:P |b|bud|mid|pre)|^\w{3} \d\d:\d\d {2}/gm) ?? [];
			expect(shownMessages).toHaveLength(20);
		}
	});

	it('names page, week, size, zone and totals', () => {
		expect(weekTitle(week)).toBe('test_creator   week of Mon 3 Nov 2025 (PT)   MEDIUM · GREEN 0.00 · 12 PPV + 8 bumps');
		expect(weekGrid(week, 99)[0]).toBe('        Mon 3        Tue 4        Wed 5        Thu 6        Fri 7        Sat 8        Sun 9');
		expect(weekTotals(week)[0]).toMatch(/^tiers {4}budget 4 · mid 5 · premium 3 {3}price \$15-\$4\d {3}urgent 0$/);
		expect(weekTotals(week)[1]).toContain('20 held, 0 conflicts, 0 reselections');
	});
});
