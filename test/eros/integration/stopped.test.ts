// orchestrate as a process that is told to end in the middle: what it holds afterwards, what it says, and its exit code.
import {spawn, type ChildProcess} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {createOrchestrator} from '../../../source/eros/orchestrator.js';
import type {JobSpec} from '../../../source/ports/warehouse.js';
import {names} from '../../sql/support.js';
import {plannedWeek, startEmbeddedEros, type EmbeddedEros} from '../support/embedded-eros.js';

const root = path.resolve(import.meta.dirname, '../../..');
const pages = Array.from({length: 12}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);

let eros: EmbeddedEros;
let folder: string;
beforeAll(async () => {
	eros = await startEmbeddedEros({pages: pages.map((name, index) => ({name, fans: 8000 + 1000 * index, conversion: 0.04, viewRate: 0.02})), captions: 2400});
	folder = mkdtempSync(path.join(tmpdir(), 'eros-stopped-'));
	// The command finds the warehouse of this test as it finds any other: by the state file of its data folder.
	const data = path.join(folder, 'home', 'data', 'warehouse', names.project);
	mkdirSync(data, {recursive: true});
	writeFileSync(path.join(data, 'warehouse.json'), JSON.stringify(eros.sql.instance));
}, 120_000);
afterAll(async () => {
	await eros.close();
	rmSync(folder, {recursive: true, force: true});
});
beforeEach(async () => {
	await eros.sql.rows(['active_caption_assignments', 'schedule_recommendations', 'schedule_export_log', 'caption_selector_results'].map(table => `DELETE FROM eros.${table} WHERE TRUE`).join(';\n'));
});

type Ended = {readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly out: string; readonly told: string};

const start = (wanted: readonly string[]): {readonly child: ChildProcess; readonly ended: Promise<Ended>} => {
	const child = spawn(process.execPath, ['dist/cli.js', 'orchestrate', '--pages', wanted.join(','), '--week-start', plannedWeek, '--plain', '--target', 'embedded', '--project', names.project, '--dataset', names.dataset].map((word, index) => (index === 0 ? path.join(root, word) : word)), {
		cwd: folder, env: {...process.env, EROS_HOME: path.join(folder, 'home')}, stdio: ['ignore', 'pipe', 'pipe'],
	});
	const texts = {out: '', told: ''};
	child.stdout.on('data', (chunk: Buffer) => {
		texts.out += String(chunk);
	});
	child.stderr.on('data', (chunk: Buffer) => {
		texts.told += String(chunk);
	});
	return {child, ended: new Promise(resolve => {
		child.on('close', (code, signal) => {
			resolve({code, signal, ...texts});
		});
	})};
};

/** Resolves when a page holds locks and is not saved yet. */
const pageUnderWay = async (): Promise<void> => {
	for (;;) {
		const {n} = await eros.sql.row<{readonly n: number}>('SELECT COUNT(*) AS n FROM eros.active_caption_assignments AS held WHERE held.is_active AND held.schedule_id NOT IN (SELECT schedule_id FROM eros.schedule_recommendations)');
		if (n > 0) {
			return;
		}
	}
};

/** Schedules whose active locks are not as many as their messages, locks without a schedule included. */
const inconsistent = async () => eros.sql.rows(`SELECT IFNULL(saved.schedule_id, held.schedule_id) AS schedule_id, saved.total_messages, held.locks
	FROM eros.schedule_recommendations AS saved
	FULL JOIN (SELECT schedule_id, COUNT(*) AS locks FROM eros.active_caption_assignments WHERE is_active GROUP BY schedule_id) AS held
		ON held.schedule_id = saved.schedule_id
	WHERE saved.total_messages IS NULL OR held.locks IS NULL OR saved.total_messages != held.locks`);

describe('a page that is stopped while its statement runs', () => {
	it.each(['lock_caption_assignments', 'MERGE'])('%s: is cancelled and waited for, so that nothing stays locked behind its back', async part => {
		const environment = await eros.environment();
		const stop = new AbortController();
		let stopped: JobSpec | undefined;
		const states: unknown[] = [];
		const warehouse = {...environment.warehouse, async submit(spec: JobSpec) {
			if (stopped !== undefined) {
				states.push((await environment.warehouse.findJob(stopped.id))?.state);
			}

			const status = await environment.warehouse.submit(spec);
			if (spec.sql.includes(part)) {
				stopped = spec;
				stop.abort();
			}

			return status;
		}};
		const {summary} = await createOrchestrator({...environment, warehouse}).run({pageNames: [pages[0]!], weekStart: plannedWeek, signal: stop.signal});
		expect(summary.errors).toMatchObject([{code: 'CANCELLED'}]);
		// Giving back began when the statement had ended, and not before.
		expect(states).toEqual(['DONE']);
		expect(await inconsistent()).toEqual([]);
	});
});

describe('orchestrate that is told to end while a page holds locks', () => {
	it.each([
		['SIGINT', 130, null, /^Stopping\. Press Ctrl-C again to leave at once: pages under way give back what they hold or finish saving\.$/m],
		['SIGTERM', 143, null, /^Stopping on SIGTERM: pages under way give back/m],
		['SIGHUP', null, 'SIGHUP', /^/],
	] as const)('%s: gives back or commits, frees the lease and says so', async (signal, code, by, sentence) => {
		const {child, ended} = start(pages);
		await pageUnderWay();
		child.kill(signal);
		const end = await ended;
		expect([end.code, end.signal]).toEqual([code, by]);
		expect(end.told).toMatch(sentence);
		expect(await inconsistent()).toEqual([]);
		const {saved} = await eros.sql.row<{readonly saved: number}>('SELECT COUNT(*) AS saved FROM eros.schedule_recommendations');
		expect(saved).toBeLessThan(pages.length);
		expect(end.out).toMatch(/^ {2}stopped {2}\d+ pages? before the schedule was saved; no caption stays locked for them$/m);
		expect(end.out).toMatch(/^ {2}again {4}eros-tui orchestrate --pages page_/m);
		// The lease is free: the next run begins at once, and finds nothing in its way.
		const again = await start([pages[0]!]).ended;
		expect(again.told).not.toMatch(/lease|locked by/i);
		expect(again.code).toBe(0);
	}, 120_000);

	it('goes on when the reader of its lines went away', async () => {
		const {child, ended} = start(pages.slice(0, 3));
		child.stderr!.destroy();
		child.stdout!.destroy();
		const {code, signal} = await ended;
		expect([code, signal]).toEqual([0, null]);
		expect(await inconsistent()).toEqual([]);
		expect(await eros.sql.row('SELECT COUNT(*) AS n FROM eros.schedule_recommendations')).toEqual({n: 3});
		expect(readdirSync(path.join(folder, 'schedules')).filter(file => pages.slice(0, 3).some(page => file.startsWith(page)))).toHaveLength(3);
	}, 120_000);
});
