// Every way of dying of `schedule` and `orchestrate`, through the built program on a real warehouse, while captions are
// locked and while somebody reads: the terminal is the shell's again, the exit code and the reason are right, no process
// stays, and what stays locked is told by whoever comes next.
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {adminRequest} from '../../source/cloud/embedded.js';
import {plannedWeek, startEmbeddedEros, type EmbeddedEros} from '../eros/support/embedded-eros.js';
import {names} from '../sql/support.js';
import {endAll, keep, sessionMembers, shown, startProgram, startProgramShell, unrestored, type Demo} from './terminal.js';

const pages = Array.from({length: 12}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);

let eros: EmbeddedEros;
let home: string;
beforeAll(async () => {
	const healthy = pages.map((name, index) => ({name, fans: 8000 + 1000 * index, conversion: 0.04, viewRate: 0.02}));
	eros = await startEmbeddedEros({pages: [...healthy, {name: 'page_red', fans: 18_000, conversion: 0.04, viewRate: 0.015, tiredDays: 9, tiredConversion: 0.375, tiredViews: 0.75, extraToday: 8}], captions: 2400});
	home = mkdtempSync(path.join(tmpdir(), 'eros-pty-'));
	// The program finds the warehouse of this test as it finds any other: by the state file of its data folder.
	const data = path.join(home, 'data', 'warehouse', names.project);
	mkdirSync(data, {recursive: true});
	writeFileSync(path.join(data, 'warehouse.json'), JSON.stringify(eros.sql.instance));
}, 120_000);
afterAll(async () => {
	await eros.close();
	rmSync(home, {recursive: true, force: true});
});
beforeEach(async () => {
	await eros.sql.rows(['active_caption_assignments', 'schedule_recommendations', 'schedule_export_log', 'caption_selector_results'].map(table => `DELETE FROM eros.${table} WHERE TRUE`).join(';\n'));
	await expireLease();
});
afterEach(endAll);

const target = ['--target', 'embedded', '--project', names.project, '--dataset', names.dataset];
const orchestrate = (wanted: readonly string[] = pages): readonly string[] => ['orchestrate', '--pages', wanted.join(','), '--week-start', plannedWeek, ...target];
const schedule = ['schedule', '--page-name', 'page_01', '--start-date', plannedWeek, ...target];
const place = () => ({columns: 100, rows: 30, cwd: home, env: {EROS_HOME: home, HOME: home}});
const start = (given: readonly string[]): Demo => keep(startProgram(given, place()));
const shell = (): Demo => keep(startProgramShell(place()));

/** Lets a minute pass for a lease whose holder was killed. */
const expireLease = async (): Promise<void> => {
	const {warehouse} = eros.sql;
	const info = await warehouse.findDataset(names.dataset);
	if (info?.labels['eros_until'] !== undefined) {
		await warehouse.setDatasetLabels(names.dataset, info.etag, {eros_until: '1'});
	}
};

const orphans = async (): Promise<number> => Number((await eros.sql.row<{readonly n: number}>('SELECT COUNT(*) AS n FROM eros.active_caption_assignments AS held WHERE held.is_active AND held.schedule_id NOT IN (SELECT schedule_id FROM eros.schedule_recommendations)')).n);

/** Resolves when a page holds captions and is not saved yet. */
const pageUnderWay = async (): Promise<void> => {
	while (await orphans() === 0) {
		await pause(5);
	}
};

/** Resolves when nobody holds the dataset: the process that did has given it back, or was killed. */
const isLeaseFree = async (): Promise<boolean> => (await eros.sql.warehouse.findDataset(names.dataset))?.labels['eros_until'] === undefined || Number((await eros.sql.warehouse.findDataset(names.dataset))?.labels['eros_until']) <= Date.now();

const signal = (name: NodeJS.Signals) => (view: Demo): boolean => process.kill(view.pty.pid, name);
const afterScreen = (view: Demo): string => view.output().slice(view.output().lastIndexOf('\u001B[?1049l')).replaceAll(/\s+/g, ' ');

describe('orchestrate while a page holds captions', () => {
	const underWay = async (): Promise<Demo> => {
		const view = start(orchestrate());
		await view.until(() => view.isAlternate() && view.screen().includes('Ctrl-C or q stop'), 'the progress');
		await pageUnderWay();
		return view;
	};

	test.each<readonly [name: string, die: (view: Demo) => unknown, code: number, reason: string | undefined]>([
		['Ctrl-C', view => {
			view.pty.write('\u0003');
		}, 130, 'before the schedule was saved; no caption stays locked for them'],
		['q', view => {
			view.pty.write('q');
		}, 130, 'before the schedule was saved; no caption stays locked for them'],
		['SIGINT from outside', signal('SIGINT'), 130, 'no caption stays locked for them'],
		['SIGTERM', signal('SIGTERM'), 143, 'no caption stays locked for them'],
		['SIGHUP', signal('SIGHUP'), 129, undefined],
		['a terminal that is closed', view => view.close(), 129, undefined],
	])('%s', async (name, die, code, reason) => {
		const view = await underWay();
		const {pid} = view.pty;
		die(view);
		expect(await view.exit).toBe(code);
		if (!name.includes('closed')) {
			expect(unrestored(view)).toEqual([]);
		}

		if (reason !== undefined) {
			expect(afterScreen(view)).toContain(reason);
			expect(afterScreen(view)).toContain('again eros-tui orchestrate --pages page_');
		}

		expect(sessionMembers(pid)).toEqual([]);
		expect(await orphans()).toBe(0);
		expect(await isLeaseFree()).toBe(true);
	}, 60_000);

	test('kill -9: the next one is told who holds the dataset and until when, then takes over, gives back what is locked, and says so', async () => {
		// Nothing is saved before the kill: a page is never quicker than this test.
		await adminRequest(eros.sql.instance, 'POST', 'faults', {kind: 'hang-before', name: 'unsaved', text: 'MERGE [^ ]*schedule_recommendations', count: 0});
		const view = await underWay();
		const {pid} = view.pty;
		process.kill(pid, 'SIGKILL');
		expect(await view.exit).toBe(137);
		await adminRequest(eros.sql.instance, 'DELETE', 'faults?name=unsaved');
		expect(sessionMembers(pid)).toEqual([]);
		const locked = await orphans();
		expect(locked).toBeGreaterThan(0);

		const early = start([...orchestrate(['page_01']), '--plain']);
		expect(await early.exit).toBe(8);
		const told = early.output().replaceAll(/\s+/g, ' ');
		expect(told).toContain('is being changed by eros-tui_orchestrate');
		expect(told).toContain('start again when it is done');
		expect(told).not.toContain('eros-tui attach');

		await expireLease();
		const next = start([...orchestrate(['page_01']), '--plain']);
		expect(await next.exit).toBe(0);
		const words = next.output().replaceAll(/\s+/g, ' ');
		expect(words).toMatch(/Took over from eros-tui_orchestrate: its run [\da-f]{8} never gave the lease back\./);
		expect(words).toMatch(/(\d+) captions were locked for schedules that were never saved, and are free again: page_\d\d \(\d+\)/);
		expect(await orphans()).toBe(0);
	}, 90_000);

	test('below a shell: the modes are the shell\'s again', async () => {
		const terminal = shell();
		await shown(terminal, 'ready>');
		terminal.pty.write(`$EROS ${orchestrate().join(' ')}\r`);
		await terminal.until(() => terminal.isAlternate(), 'the progress');
		await pageUnderWay();
		terminal.pty.write('\u0003');
		await terminal.until(() => !terminal.isAlternate() && terminal.screen().includes('--week-start'), 'the summary');
		terminal.pty.write('echo "code=$?"; stty -a | grep -o " echo \\| icanon " | xargs echo modes:\r');
		await shown(terminal, 'code=130\nmodes: icanon echo');
	}, 60_000);
});

describe('the week that is read', () => {
	const read = async (): Promise<Demo> => {
		const view = start(schedule);
		await view.until(() => view.isAlternate() && view.screen().includes('copy the file'), 'the week');
		return view;
	};

	test.each<readonly [name: string, die: (view: Demo) => unknown, code: number]>([
		['q', view => {
			view.pty.write('q');
		}, 0],
		['Ctrl-C', view => {
			view.pty.write('\u0003');
		}, 0],
		['SIGTERM', signal('SIGTERM'), 143],
		['SIGHUP', signal('SIGHUP'), 129],
		['a terminal that is closed', view => view.close(), 129],
		['kill -9', signal('SIGKILL'), 137],
	])('%s', async (name, die, code) => {
		const view = await read();
		const {pid} = view.pty;
		// Nothing is held while somebody reads.
		expect(await isLeaseFree()).toBe(true);
		expect(await orphans()).toBe(0);
		die(view);
		expect(await view.exit).toBe(code);
		if (code === 0 || code === 143) {
			expect(afterScreen(view)).toMatch(/SCHEDULE page_01 week of Mon 3 Nov 2025 .* file \S+page_01_2025-11-03\.csv/);
		}

		if (code !== 137 && !name.includes('closed')) {
			expect(unrestored(view)).toEqual([]);
		}

		expect(sessionMembers(pid)).toEqual([]);
		expect(readdirSync(path.join(home, 'schedules'))).toContain('page_01_2025-11-03.csv');
	}, 60_000);

	test.each<readonly [name: string, answer: string, code: number, isWritten: boolean]>([
		['the phrase writes it', 'write RED pages\r', 0, true],
		['Esc does not', '\u001B', 5, false],
	])('of a page that is RED is asked for: %s', async (_, answer, code, isWritten) => {
		const file = path.join(home, 'schedules', 'page_red_2025-11-03.csv');
		rmSync(file, {force: true});
		const view = start(['schedule', '--page-name', 'page_red', '--start-date', plannedWeek, ...target]);
		await view.until(() => view.isAlternate() && view.screen().includes('without --force'), 'the week');
		view.pty.write('c');
		await view.until(() => view.screen().includes('Not written: the schedule is held back'), 'the refusal');
		view.pty.write('q');
		await view.until(() => !view.isAlternate() && view.screen().includes('Type "write RED pages"'), 'the question');
		// What is typed before it is armed is not meant for it.
		await view.until(() => /in a moment[^>]*> $/.test(view.output()), 'the question that listens');
		expect(existsSync(file)).toBe(false);
		for (const key of answer) {
			view.pty.write(key);
			await pause(20);
		}
		expect(await view.exit).toBe(code);
		expect(existsSync(file)).toBe(isWritten);
		expect(unrestored(view)).toEqual([]);
		expect(await isLeaseFree()).toBe(true);
	}, 60_000);

	test('Ctrl-C while it is built: 130, a sentence, and nothing stays locked', async () => {
		const view = start(schedule);
		await pageUnderWay();
		view.pty.write('\u0003');
		expect(await view.exit).toBe(130);
		expect(view.output().replaceAll(/\s+/g, ' ')).toMatch(/Stopping\. Press Ctrl-C again to leave at once.*(?:Nothing is half-done|is saved and its captions are locked)/);
		expect(unrestored(view)).toEqual([]);
		expect(await orphans()).toBe(0);
		expect(await isLeaseFree()).toBe(true);
	}, 60_000);
});

describe('orchestrate --force', () => {
	/** The question, once it takes keys. */
	const ask = async (): Promise<Demo> => {
		const view = start([...orchestrate(['page_01']), '--force']);
		await view.until(() => view.screen().includes('Type "write RED pages" to go on') && /^ {2}> ?$/m.test(view.screen()), 'the question');
		return view;
	};

	test('asks before anything is held; Esc leaves with 5', async () => {
		const view = await ask();
		expect(await isLeaseFree()).toBe(true);
		view.pty.write('\u001B');
		expect(await view.exit).toBe(5);
		expect(view.isAlternate()).toBe(false);
		expect(await eros.sql.row('SELECT COUNT(*) AS n FROM eros.schedule_recommendations')).toEqual({n: 0});
	}, 60_000);

	test('goes on when the phrase is typed', async () => {
		const view = await ask();
		for (const letter of 'write RED pages') {
			view.pty.write(letter);
			await pause(10);
		}

		await pause(100);
		view.pty.write('\r');
		expect(await view.exit).toBe(0);
		expect(afterScreen(view)).toContain('1 of 1 done, 1 written');
	}, 60_000);
});

test('a reader that goes away, as in `| head`, does not stop the work, and the codes say so', async () => {
	const terminal = shell();
	await shown(terminal, 'ready>');
	terminal.pty.write(`$EROS ${orchestrate(pages.slice(0, 3)).join(' ')} --plain 2>&1 | head -n 1; echo "codes=\${PIPESTATUS[*]}"\r`);
	await shown(terminal, 'codes=0 0');
	terminal.pty.write(`clear; $EROS ${schedule.join(' ')} --plain | head -n 1; echo "codes=\${PIPESTATUS[*]}"\r`);
	await terminal.until(() => terminal.screen().includes('SCHEDULE  page_01') && terminal.screen().includes('codes=0 0'), 'the first line and the codes');
	expect(terminal.isAlternate()).toBe(false);
	expect(await orphans()).toBe(0);
	expect(await isLeaseFree()).toBe(true);
	expect(await eros.sql.row('SELECT COUNT(*) AS n FROM eros.schedule_recommendations')).toEqual({n: 4});
}, 60_000);
