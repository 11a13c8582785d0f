// Rows never get wider than they may be, whatever is in them.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createAppStore} from '../../source/store/app-store.js';
import {firstFitting, fitRow, joinFitting, padRow, rowText, rowWidth, ruleRow, span, spreadRow, type Row} from '../../source/store/row.js';
import {footerRow} from '../../source/store/select-footer.js';
import {selectNow, selectTitle} from '../../source/store/select-header.js';
import {phasePane, selectPanePhases} from '../../source/store/select-lane.js';
import {logHeader, selectLog} from '../../source/store/select-log.js';
import {selectMonitor} from '../../source/store/select-monitor.js';
import {selectTabs} from '../../source/store/select-tabs.js';
import {selectTree} from '../../source/store/select-tree.js';
import {screenFooter} from '../../source/tui/input/screen-footer.js';
import type {JournaledEvent} from '../../source/domain/events.js';
import {ManualPace} from '../support/manual-pace.js';
import {scenarioSession} from '../support/scenario-session.js';
import {Script} from '../support/scenarios/script.js';
import {scenario} from '../support/scenarios/index.js';
import {stage} from '../support/frame.js';

/** Wide, joined, combining and plain characters: what names and messages may hold. */
const hostile = ['a', ' ', '予約', '한국', 'ｆｕｌｌ', '👩‍👩‍👧‍👦', '👍🏽', '🇺🇸', 'e\u0301', 'ก็', '…', '_', 'x'.repeat(40)];
const text = fc.array(fc.constantFrom(...hostile), {maxLength: 24}).map(parts => parts.join(''));
const row = fc.array(text, {maxLength: 5}).map((texts): Row => texts.map(part => span(part)));
const width = fc.integer({min: 0, max: 250});

describe('primitives', () => {
	test('fitRow cuts to the width and keeps what fits', () => {
		fc.assert(fc.property(row, width, (given, cells) => {
			const fitted = fitRow(given, cells);
			expect(rowWidth(fitted)).toBeLessThanOrEqual(cells);
			if (rowWidth(given) <= cells) {
				expect(fitted).toEqual(given);
			}
		}));
	});

	test('padRow is exactly as wide as asked', () => {
		fc.assert(fc.property(row, width, (given, cells) => {
			expect(rowWidth(padRow(given, cells))).toBe(cells);
		}));
	});

	test('spreadRow, joinFitting, firstFitting and ruleRow stay within the width', () => {
		fc.assert(fc.property(fc.array(row, {minLength: 1, maxLength: 5}), width, (rows, cells) => {
			expect(rowWidth(spreadRow(rows[0] ?? [], rows[1] ?? [], cells))).toBeLessThanOrEqual(cells);
			expect(rowWidth(joinFitting(rows, span(' · '), cells))).toBeLessThanOrEqual(cells);
			expect(rowWidth(firstFitting(rows, cells))).toBeLessThanOrEqual(cells);
			expect(rowWidth(ruleRow(cells, {at: 7, mark: '┴'}))).toBe(cells);
		}));
	});

	test('a footer drops whole keys, never those that stay', () => {
		const hints = [{key: 'enter', text: 'details', isFirst: true}, {key: 'z', text: 'zoom'}, {key: 'p', text: 'pause', isFirst: true}, {key: '?', text: 'help', stays: true}, {key: 'q', text: 'quit', stays: true}];
		for (let cells = 20; cells <= 120; cells += 1) {
			const footer = rowText(footerRow(hints, [span('Ctrl-C stops after step')], cells));
			expect(footer).toContain('? help');
			expect(footer).toContain('q quit');
			expect(footer).not.toContain('…');
		}

		expect(rowText(footerRow(hints, [span('Ctrl-C stops after step')], 70))).toMatch(/enter details {2}p pause {2}\? help {2}q quit/);
	});
});

const hostileEvents = (): readonly JournaledEvent[] => {
	const wide = '予約済みの字幕👩‍👩‍👧‍👦e\u0301 '.repeat(6);
	return new Script().start()
		.begin('0.1').log('0.1', wide, 'error')
		.add({type: 'step.passed', data: {task: '0.1' as never, summary: wide, durationMs: 12}})
		.begin('2A.0')
		.add({type: 'step.progressed', data: {task: '2A.0' as never, done: 1, total: 9, label: wide, parts: [{label: '再度', state: 'running'}]}})
		.add({type: 'job.finished', data: {task: '2A.0' as never, job: {id: 'eros_👍🏽_1', statement: wide, state: 'DONE', durationMs: 412, billedBytes: 10_000_000} as never}})
		.events;
};

describe('selectors', () => {
	test.each(['lanes', 'redFlag', 'finished', 'hostile'] as const)('%s: every row fits at widths from 1 to 250', name => {
		const session = scenarioSession(name === 'hostile' ? hostileEvents() : scenario(name));
		const store = createAppStore({source: session, pace: new ManualPace(), size: {columns: 80, rows: 24}});
		const base = store.getSnapshot();
		store[Symbol.dispose]();
		const tooWide: string[] = [];
		for (let cells = 1; cells <= 250; cells += name === 'hostile' ? 1 : 9) {
			const snapshot = {...base, size: {columns: cells, rows: 36}};
			const rows: readonly Row[] = [
				selectTitle(snapshot, cells), selectTitle(snapshot, cells, 'MONITOR'), selectNow(snapshot, cells, ['予約 watching']), selectTabs(snapshot, cells),
				...selectTree(snapshot, cells).rows, ...selectPanePhases(snapshot).flatMap(phase => phasePane(phase, snapshot, cells, true).map(line => fitRow(line, cells))),
				logHeader(snapshot, cells, true), ...selectLog(snapshot, cells, 10), ...selectMonitor(snapshot, cells, 30), screenFooter(snapshot, cells),
			];
			tooWide.push(...rows.filter(line => rowWidth(line) > cells).map(line => `${cells}: ${rowText(line)}`));
		}

		expect(tooWide).toEqual([]);
	});
});

test('the now line tells the restore point and the cost that counts', () => {
	const now = (name: 'monitor' | 'rollback' | 'lanes'): string => rowText(selectNow(stage(name, 80, 24).store.getSnapshot(), 80));
	expect(now('lanes')).toContain('staging 9/17 · restore point proven');
	expect(now('lanes')).toContain('$0.0021');
	expect(now('monitor')).toContain('$0.31');
	expect(now('rollback')).toContain('prod ROLLING BACK · restore point proven');
	expect(now('rollback')).not.toContain('staging');
});
