// The log in memory: bounded, ordered, and still while somebody reads.
import {describe, expect, test} from 'vitest';
import type {LogLine} from '../../source/domain/run-state.js';
import {createAppStore} from '../../source/store/app-store.js';
import {logLineOf} from '../../source/store/log-line.js';
import {LogBook} from '../../source/store/log-book.js';
import {logHeader, parseFilter, selectLogLines} from '../../source/store/select-log.js';
import {rowText} from '../../source/store/row.js';
import {ManualPace} from '../support/manual-pace.js';
import {scenarioSession} from '../support/scenario-session.js';
import {Script} from '../support/scenarios/script.js';

const line = (seq: number, lane?: 'A' | 'B'): LogLine => ({seq, atMs: seq, level: seq % 10 === 0 ? 'error' : 'info', text: `line ${seq}`, ...(lane ? {lane} : {})});

describe('LogBook', () => {
	test('keeps the last lines of each lane and counts what left memory', () => {
		const book = new LogBook(100);
		for (let seq = 1; seq <= 1000; seq += 1) {
			book.append(line(seq, seq % 2 === 0 ? 'A' : 'B'));
		}

		const kept = book.last(10_000);
		expect(kept).toHaveLength(200);
		expect(kept.map(({seq}) => seq)).toEqual(Array.from({length: 200}, (_, index) => 801 + index));
		expect(book.appended).toBe(1000);
		expect(book.dropped).toBe(800);
		expect(book.errors).toBe(100);
	});

	test('a noisy lane does not push out the other one', () => {
		const book = new LogBook(50);
		book.append(line(1, 'B'));
		for (let seq = 2; seq <= 500; seq += 1) {
			book.append(line(seq, 'A'));
		}

		expect(book.after(0, 1)[0]?.seq).toBe(1);
		expect(book.before(460, 3).map(({seq}) => seq)).toEqual([458, 459, 460]);
		expect(book.after(460, 3, ({level}) => level === 'error').map(({seq}) => seq)).toEqual([460, 470, 480]);
	});
});

const reading = () => {
	const script = new Script().start().begin('2A.0');
	for (let count = 1; count <= 60; count += 1) {
		script.log('2A.0', `first ${count}`);
	}

	const session = scenarioSession(script.events);
	const pace = new ManualPace();
	const store = createAppStore({source: session, pace, size: {columns: 100, rows: 30}, logLimit: 200});
	const emit = (count: number, text: string): void => {
		const from = script.events.length;
		for (let index = 0; index < count; index += 1) {
			script.log('2A.0', `${text} ${index}`, index % 7 === 0 ? 'error' : 'info');
		}

		for (const event of script.events.slice(from)) {
			session.emit(event);
		}

		pace.advance(200);
	};

	return {store, emit};
};

describe('reading', () => {
	test('the lines in sight stay while others arrive, and the header says how many are new', () => {
		const {store, emit} = reading();
		const anchor = store.getSnapshot().log.last(20)[0];
		store.change({type: 'read-log', anchor: anchor?.seq ?? 0, appended: store.getSnapshot().log.appended});
		const before = selectLogLines(store.getSnapshot(), 10).map(({text}) => text);
		emit(120, 'later');
		const after = store.getSnapshot();
		expect(selectLogLines(after, 10).map(({text}) => text)).toEqual(before);
		expect(rowText(logHeader(after, 100, true))).toContain('reading · 120 new ↓');
		store.change({type: 'follow-log'});
		expect(selectLogLines(store.getSnapshot(), 1)[0]?.text).toBe('later 119');
		store[Symbol.dispose]();
	});

	test('filters by level, lane, step and text', () => {
		const lines: readonly LogLine[] = [line(10, 'A'), line(11, 'B'), {...line(12, 'A'), task: '2A.3' as never, text: 'Captions equal'}];
		const found = (filter: string): readonly number[] => lines.filter(candidate => parseFilter(filter)?.(candidate)).map(({seq}) => seq);
		expect(found('level:error')).toEqual([10]);
		expect(found('lane:a')).toEqual([10, 12]);
		expect(found('step:2a.3 captions')).toEqual([12]);
		expect(parseFilter('  ')).toBeUndefined();
	});
});

test('bursts are drawn once every 100 ms with a trailing edge, and an idle screen has no timer', () => {
	const script = new Script().start();
	const session = scenarioSession(script.events);
	const pace = new ManualPace();
	const store = createAppStore({source: session, pace, size: {columns: 80, rows: 24}});
	let draws = 0;
	store.subscribe(() => {
		draws += 1;
	});
	for (let count = 0; count < 500; count += 1) {
		script.log('0.1', `burst ${count}`);
		session.emit(script.events.at(-1)!);
	}

	expect(draws).toBe(0);
	pace.advance(100);
	expect(draws).toBe(1);
	expect(store.getSnapshot().log.last(1)[0]?.text).toBe('burst 499');
	pace.advance(1000);
	expect(draws).toBe(1);
	store[Symbol.dispose]();
	expect(pace.timers).toBe(0);
});

test('files of the run are named from its folder, so that their names stay in sight', () => {
	const script = new Script().start();
	const {run} = script.events[0]!;
	const folder = `/home/operator/.local/state/eros-tui/p.d/runs/${run}`;
	script.add({type: 'artifact.written', data: {title: 'Runbook', path: `${folder}/artifacts/RUNBOOK.md`, sha256: '0', bytes: 1} as never});
	script.add({type: 'log.written', data: {level: 'info', text: `draft ${folder}/drafts/mail.eml and /etc/hosts`}});
	const lines = script.events.map(event => logLineOf(event, 'UTC')?.text).filter(text => text !== undefined);
	expect(lines.slice(-2)).toEqual(['wrote Runbook: …/artifacts/RUNBOOK.md', 'draft …/drafts/mail.eml and /etc/hosts']);
});
