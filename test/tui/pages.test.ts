// The week and the progress of many pages, at the sizes people have: what is said, and that nothing is wider or taller.
import {EventEmitter} from 'node:events';
import {createElement} from 'react';
import {render} from 'ink';
import {describe, expect, test} from 'vitest';
import {changeOrchestration, newOrchestration, timeLeftMs, type OrchestrationView} from '../../source/store/select-orchestration.js';
import type {WeekView} from '../../source/store/select-week.js';
import {cellWidth} from '../../source/terminal/cell-width.js';
import {PageView, type PageFrame} from '../../source/tui/mount-page.js';
import {drawOrchestration} from '../../source/tui/screens/orchestration-page.js';
import {drawWeek, weekKey} from '../../source/tui/screens/week-page.js';
import {withoutStyle} from '../support/frame.js';
import {week} from '../support/week-view.js';

class Capture extends EventEmitter {
	readonly isTTY = false;
	last = '';
	readonly columns: number;
	readonly rows: number;

	constructor(columns: number, rows: number) {
		super();
		this.columns = columns;
		this.rows = rows;
	}

	write(text: string): boolean {
		this.last = text;
		return true;
	}
}

const linesOf = (frame: PageFrame, columns: number, rows: number): readonly string[] => {
	const capture = new Capture(columns, rows);
	const instance = render(createElement(PageView, {frame, size: {columns, rows}}), {stdout: capture as unknown as NodeJS.WriteStream, debug: true, patchConsole: false, exitOnCtrlC: false});
	const text = withoutStyle(capture.last);
	instance.unmount();
	instance.cleanup();
	return text.split('\n').map(line => line.trimEnd());
};

const stages = [['performance_analyzer', 'real_time_monitor'], ['caption_selector'], ['schedule_builder'], ['sheets_exporter']];

const sizes = [[60, 15], [80, 24], [100, 30], [120, 36], [200, 50]] as const;

describe.each(sizes)('%d x %d', (columns, rows) => {
	test('a week fits, with its totals, warnings and file', () => {
		const lines = linesOf(drawWeek(week, {columns, rows}), columns, rows);
		expect(lines.length).toBeLessThanOrEqual(rows - 1);
		expect(lines.filter(line => cellWidth(line) > columns)).toEqual([]);
		const frame = lines.join('\n');
		for (const fact of ['SCHEDULE', 'test_creator', 'week of Mon 3 Nov 2025', 'MEDIUM · GREEN 0.00', 'tiers    budget 4', 'warning  start date Tue 4 Nov moved', 'read back equal', 'q quit']) {
			expect(frame).toContain(fact);
		}

		if (columns >= 80) {
			expect(frame).toMatch(/Mon 3 +Tue 4 +Wed 5 +Thu 6 +Fri 7 +Sat 8 +Sun 9/);
			expect(frame).toMatch(/08:30 ▸:30 b/);
			expect(frame).toMatch(columns >= 100 ? /11:30 :40 P mid 20 +:40 P mid 21/ : /11:30 :40 M\$20 +:40 M\$21/);
		}
	});

	test('the progress of 38 pages fits: what runs, what failed, how long it takes', () => {
		const pages = Array.from({length: 38}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
		let view: OrchestrationView = newOrchestration('week of 2025-11-03, mode optimize', stages, pages, 0);
		for (const [index, page] of pages.slice(0, 15).entries()) {
			view = changeOrchestration(view, {kind: 'started', page}, index * 100);
			view = changeOrchestration(view, {kind: 'agent-finished', page, agent: 'performance_analyzer'}, index * 100 + 50);
			if (index < 10) {
				view = changeOrchestration(view, {kind: 'finished', page, isFailed: index === 3, outcome: index === 3 ? 'caption_selector: no eligible caption' : 'GREEN  20 messages  out.csv'}, index * 100 + 1000);
			}
		}

		view = changeOrchestration(view, {kind: 'retrying', page: 'page_12', reason: 'schedule_builder again in 2 s: backendError'}, 10_000);
		const lines = linesOf(drawOrchestration(view, {columns, rows}, 0), columns, rows);
		expect(lines.length).toBeLessThanOrEqual(rows - 1);
		expect(lines.filter(line => cellWidth(line) > columns)).toEqual([]);
		const frame = lines.join('\n');
		for (const fact of ['ORCHESTRATE', 'pages  10 of 38', '5 pages running', '1 failed', 'page_11', 'monitor', '23 pages waiting; at most five at a time', '✗ page_04', 'Ctrl-C or q stop']) {
			expect(frame).toContain(fact);
		}

		expect(frame).toMatch(/about 28s left/);
		expect(frame).toMatch(/page_12 .*schedule_builder/);
	});
});

describe('the progress at 80x24', () => {
	const names = Array.from({length: 38}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
	const begun = names.reduce((view, page) => changeOrchestration(view, {kind: 'started', page}, 0), newOrchestration('week of 2025-11-03, mode optimize', stages, names, 0));
	const frameOf = (view: OrchestrationView): string => linesOf(drawOrchestration(view, {columns: 80, rows: 24}, 0), 80, 24).join('\n');

	test('names the stages whole, counts what it does not show, and what was saved and not written', () => {
		const view = names.slice(0, 33).reduce((now, page, index) => changeOrchestration(now, {kind: 'finished', page, isFailed: false, isHeld: index === 32, outcome: index === 32 ? 'RED     32 messages  not written: the page is RED' : `GREEN   28 messages  ${page}_2025-11-03.csv`}, 1000), begun);
		const frame = frameOf(view);
		expect(frame).toContain('1 analyzer + monitor → 2 selector → 3 builder → 4 exporter');
		expect(frame).toContain('1 not written');
		expect(frame).toMatch(/✓ page_33 +RED +32 messages +not written: the page is R/);
		expect(frame).toContain('page_32_2025-11-03.csv');
		const shown = frame.match(/✓ page_/g)!.length;
		expect(frame).toContain(`and ${33 - shown} more done`);
	});

	test('a page that was stopped with the run has not failed', () => {
		const stopping = changeOrchestration(begun, {kind: 'stopping'}, 500);
		const view = names.slice(0, 30).reduce((now, page) => changeOrchestration(now, {kind: 'finished', page, isFailed: true, isStopped: true, outcome: 'The run was cancelled.'}, 1000), stopping);
		const frame = frameOf(view);
		expect(frame).toContain('30 pages stopped; what they held is given back');
		expect(frame).not.toMatch(/failed|✗|left/);
	});
});

describe('the week at 80x24', () => {
	const frameOf = (view: WeekView): string => linesOf(drawWeek(view, {columns: 80, rows: 24}), 80, 24).join('\n');

	test('explains its marks while there is room, and cuts no total', () => {
		const frame = frameOf(week);
		expect(frame).toContain('B budget, M mid, P premium, each with its price   b bump, free   ! urgent');
		expect(frame).toContain('filled 18 of 18');
		expect(frame).toMatch(/19:00 :20 P\$20 +:20 P\$21/);
		expect(frame).toMatch(/:20 P\$24!/);
		expect(frame).not.toContain('…');
	});

	test('says in its last row how much of a long week does not fit, and scrolls to it', () => {
		const long: WeekView = {...week, messages: Array.from({length: 13}, (_, index) => ({...week.messages[0]!, time: `${String(8 + index).padStart(2, '0')}:30`}))};
		const top = frameOf(long);
		const hidden = Number(/(\d+) below: arrows scroll/.exec(top)?.[1]);
		expect((top.match(/^ {2}\d\d:\d\d /gm) ?? []).length + hidden).toBe(13);
		const end = frameOf({...long, chosen: 12});
		expect(end).toContain('20:30');
		expect(end).toContain(`${hidden} above: arrows scroll`);
	});

	test('a long path keeps its end, and what is in the file stands below', () => {
		const frame = frameOf({...week, files: [`/home/operator/${'deep/'.repeat(12)}schedules/test_creator_2025-11-03.csv   20 rows, 11 columns, read back equal`]});
		expect(frame).toMatch(/file +….*schedules\/test_creator_2025-11-03\.csv\n +20 rows, 11 columns, read back equal/);
	});
});

test('the time left follows the pace, and there is none to tell before the first page', () => {
	const view = newOrchestration('', [], ['a', 'b', 'c', 'd'], 0);
	expect(timeLeftMs(view)).toBeUndefined();
	const one = changeOrchestration(changeOrchestration(view, {kind: 'started', page: 'a'}, 0), {kind: 'finished', page: 'a', isFailed: false, outcome: ''}, 2000);
	expect(timeLeftMs(one)).toBe(6000);
	expect(changeOrchestration(one, {kind: 'started', page: 'nobody'}, 2500).pages.size).toBe(4);
});

describe('keys of the week', () => {
	const saved: string[] = [];
	const press = weekKey(format => {
		saved.push(format);
	});
	const after = (...keys: readonly string[]): WeekView => keys.reduce((view, key) => press(view, key).view ?? view, week);

	test('arrows move by time and across days, and stop at the ends', () => {
		expect(after('up').chosen).toBe(0);
		expect(week.messages[after('down', 'down', 'right').chosen]).toMatchObject({date: '2025-11-04', time: '19:20'});
		expect(week.messages[after('end', 'right', 'down').chosen]).toMatchObject({date: '2025-11-09', time: '19:20'});
		expect(after('end', 'left', 'home').chosen).toBe(0);
	});

	test('enter opens the message with harmless text; Esc and q go back, then q leaves', () => {
		const frame = linesOf(drawWeek(after('enter'), {columns: 80, rows: 24}), 80, 24).join('\n');
		expect(frame).toContain('1 of 21');
		expect(frame).toContain('予約 in it.');
		expect(frame).not.toContain('\u001B');
		expect(after('enter', 'q').isOpen).toBe(false);
		expect(after('enter', 'esc').isOpen).toBe(false);
		expect(press(week, 'q').isLeaving).toBe(true);
		expect(press(after('enter'), 'ctrl-c').isLeaving).toBe(true);
	});

	test('c and j write, y copies where the file is', () => {
		press(week, 'c');
		press(week, 'j');
		expect(saved).toEqual(['csv', 'json']);
		expect(press(week, 'y').copy).toBe('schedules/test_creator_2025-11-03.csv');
	});
});
