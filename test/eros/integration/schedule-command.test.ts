// The schedule command as it is typed, on the embedded warehouse: what it writes, locks, says and ends with.
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {adminRequest} from '../../../source/cloud/embedded.js';
import {envelopeSchemas} from '../../../source/eros/envelope.js';
import {parseCsv} from '../../../source/eros/sinks/csv-row.js';
import {main} from '../../../source/main.js';
import {names} from '../../sql/support.js';
import {plannedWeek, startEmbeddedEros, type EmbeddedEros} from '../support/embedded-eros.js';

let eros: EmbeddedEros;
let home: string;
beforeAll(async () => {
	eros = await startEmbeddedEros({
		pages: [
			{name: 'page_01', fans: 8000, conversion: 0.04, viewRate: 0.02},
			{name: 'page_02', fans: 18_000, conversion: 0.04, viewRate: 0.015, tiredDays: 9, tiredConversion: 0.375, tiredViews: 0.75, extraToday: 8},
		],
		captions: 1600,
	});
	home = mkdtempSync(path.join(tmpdir(), 'eros-schedule-'));
	// The program finds the warehouse of this test as it finds any other: by the state file of its data folder.
	const data = path.join(home, 'data', 'warehouse', names.project);
	mkdirSync(data, {recursive: true});
	writeFileSync(path.join(data, 'warehouse.json'), JSON.stringify(eros.sql.instance));
}, 120_000);
afterAll(async () => {
	await eros.close();
	rmSync(home, {recursive: true, force: true});
});

let cwd: string;
beforeEach(async () => {
	cwd = mkdtempSync(path.join(home, 'cwd-'));
	await adminRequest(eros.sql.instance, 'DELETE', 'faults');
	await eros.sql.rows(['active_caption_assignments', 'schedule_recommendations', 'schedule_export_log', 'caption_selector_results'].map(table => `DELETE FROM eros.${table} WHERE TRUE`).join(';\n'));
});

const target = ['--target', 'embedded', '--project', names.project, '--dataset', names.dataset];
const run = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const code = await main({argv, io: {stdin: new PassThrough(), stdout, stderr, env: {EROS_HOME: home, HOME: home, ...env}, cwd}});
	return {code, said: String(stdout.read() ?? ''), told: String(stderr.read() ?? '')};
};

const schedule = async (page: string, ...flags: readonly string[]) => run(['schedule', '--page-name', page, '--start-date', plannedWeek, ...target, ...flags]);
const write = async (id: string, ...flags: readonly string[]) => run(['schedule', '--schedule-id', id, ...target, ...flags]);

/** The command that writes a saved schedule, as it stands in what was told. */
const proposed = (told: string): readonly string[] => /eros-tui (schedule --schedule-id .+)$/m.exec(told)?.[1]?.split(' ') ?? [];
const here = (file: string): string => path.join(cwd, file);
const count = async (table: string, condition = 'TRUE'): Promise<number> => Number((await eros.sql.row<{readonly n: number}>(`SELECT COUNT(*) AS n FROM eros.${table} WHERE ${condition}`)).n);
const savedId = async (): Promise<string> => (await eros.sql.row<{readonly schedule_id: string}>('SELECT schedule_id FROM eros.schedule_recommendations')).schedule_id;
const isSaved = async (): Promise<void> => {
	while (await count('schedule_recommendations') === 0) {
		await pause(5);
	}
};

const fault = async (input: Readonly<Record<string, unknown>>): Promise<void> => {
	await adminRequest(eros.sql.instance, 'POST', 'faults', input);
};

describe('a file that cannot be written', () => {
	it('is told before anything is locked, also where it is the one by default', async () => {
		writeFileSync(here('schedules'), 'in the way');
		const {code, told} = await schedule('page_01');
		expect(code).toBe(2);
		expect(told).toContain(`--output: "${here(`schedules/page_01_${plannedWeek}.csv`)}" is not accepted; expected a path through folders; ${here('schedules')} is none.`);
		expect(await count('active_caption_assignments')).toBe(0);
		expect(await count('schedule_recommendations')).toBe(0);
	}, 30_000);

	it('leaves a saved schedule that a command writes without locking a second time', async () => {
		mkdirSync(here('out'));
		await fault({kind: 'latency', ms: 3000, text: 'is_active OR deactivation_reason = '});
		const running = schedule('page_01', '--output', 'out/week.csv');
		await isSaved();
		rmdirSync(here('out'));
		writeFileSync(here('out'), 'in the way');
		const {code, told} = await running;
		expect(code).toBe(1);
		const id = await savedId();
		expect(told).toContain('page_01: CSV: ');
		expect(told).toContain(`Schedule ${id} is saved and its captions are locked; its file is not written.`);
		expect(proposed(told)).toEqual(['schedule', '--schedule-id', id, '--output', 'out/week.csv', ...target]);

		rmSync(here('out'));
		const locks = await count('active_caption_assignments');
		const again = await run(proposed(told));
		expect(again.told).toBe('');
		expect(again.code).toBe(0);
		expect(again.said).toContain('out/week.csv');
		expect(parseCsv(readFileSync(here('out/week.csv'), 'utf8'))).toHaveLength(locks);
		expect(await count('active_caption_assignments')).toBe(locks);
		expect(await count('schedule_recommendations')).toBe(1);
		expect(await count('schedule_export_log', "status = 'SUCCESS' AND export_format = 'CSV'")).toBe(1);
	}, 60_000);
});

describe('a saved schedule', () => {
	it('is written as JSON too, and under its own name', async () => {
		await schedule('page_01');
		const {code, said} = await write(await savedId(), '--format', 'json', '--json');
		expect(code).toBe(0);
		const file = here(`schedules/page_01_${plannedWeek}.json`);
		expect(JSON.parse(said)).toMatchObject({destination: file});
		expect(existsSync(file)).toBe(true);
	}, 30_000);

	it('is written beside others, and none is when one of them is unknown', async () => {
		await schedule('page_01');
		const first = await savedId();
		await run(['orchestrate', '--pages', 'page_02', '--week-start', plannedWeek, '--no-export', ...target]);
		const {schedule_id: second} = await eros.sql.row<{readonly schedule_id: string}>(`SELECT schedule_id FROM eros.schedule_recommendations WHERE schedule_id != '${first}'`);
		const csv = (page: string): string => here(`schedules/${page}_${plannedWeek}.csv`);
		rmSync(csv('page_01'));
		const refused = await write(`${first},${second},sched_3`, '--force');
		expect(refused.code).toBe(2);
		expect(refused.told).toContain('--schedule-id: "sched_3" is not accepted');
		expect([csv('page_01'), csv('page_02')].map(file => existsSync(file))).toEqual([false, false]);
		// The first went out within the day and the second is RED: both are held without --force.
		const held = await write(`${first}, ${second}`);
		expect([held.code, held.told.split('\n').filter(line => line.includes('eros-tui schedule')).length]).toEqual([5, 2]);
		const {code, said} = await write(`${first},${second},${first}`, '--force');
		expect(code).toBe(0);
		expect(said.match(/^ {2}file/gm)).toHaveLength(2);
		expect([csv('page_01'), csv('page_02')].map(file => existsSync(file))).toEqual([true, true]);
		expect(await eros.sql.rows('SELECT status FROM eros.schedule_recommendations')).toEqual([{status: 'exported'}, {status: 'exported'}]);
	}, 60_000);

	it('goes to the spreadsheet with the credentials that there are', async () => {
		await schedule('page_01');
		const {code, told} = await run(['schedule', '--schedule-id', await savedId(), '--format', 'sheets', ...target], {EROS_SHEET_ID: 'a-spreadsheet-of-the-test'});
		expect(code).toBe(4);
		expect(told).toMatch(/credentials/);
		expect(await count('schedule_export_log')).toBe(1);
	}, 30_000);

	it.each(['sched_20251103_090000_page_01_0000', 'page_01', "x' OR TRUE --"])('that nobody saved is told: %s', async id => {
		const {code, told} = await write(id);
		expect(code).toBe(2);
		expect(told).toContain(`--schedule-id: ${JSON.stringify(id)} is not accepted; expected the id of a schedule that is saved in ${names.project}.${names.dataset}.`);
		expect(told).toContain(`eros-tui query "SELECT schedule_id, page_name, week_start FROM schedule_recommendations ORDER BY created_at DESC LIMIT 20" ${target.join(' ')}`);
	}, 30_000);

	it('that cannot be read is told', async () => {
		await eros.sql.rows(`INSERT INTO eros.schedule_recommendations (schedule_id, page_name, created_at, week_start, schedule_json) VALUES ('by_hand', 'page_01', CURRENT_TIMESTAMP(), DATE '${plannedWeek}', JSON '{"page_name": "page_01"}')`);
		const {code, told} = await write('by_hand');
		expect(code).toBe(2);
		expect(told).toContain('--schedule-id: "by_hand" is not accepted; expected a schedule that is saved in full; Schedule by_hand is saved, and can\'t be read: schedule_id is missing');
	}, 30_000);

	it('that cannot be written there is told', async () => {
		await schedule('page_01');
		symlinkSync('nowhere', here('gone'));
		const {code, told} = await write(await savedId(), '--output', 'gone/week.csv');
		expect(code).toBe(2);
		expect(told).toContain('--output: "gone/week.csv" is not accepted');
	}, 30_000);
});

describe('a page that is planned', () => {
	it('is written as the envelope of its builder with --format json', async () => {
		const {code, said} = await schedule('page_01', '--format', 'json', '--json');
		expect(code).toBe(0);
		const envelope: unknown = JSON.parse(said);
		expect(envelope).toMatchObject({agent: 'schedule_builder', status: 'success', data: {page_name: 'page_01'}});
		expect(JSON.parse(readFileSync(here(`schedules/page_01_${plannedWeek}.json`), 'utf8'))).toEqual(envelope);

		const again = await write(await savedId(), '--format', 'json', '--output', 'again.json', '--force');
		expect(again.code).toBe(0);
		const read = JSON.parse(readFileSync(here('again.json'), 'utf8')) as {readonly data: unknown};
		expect(envelopeSchemas.schedule_builder.parse(read)).toEqual(read);
		expect(read.data).toEqual((envelope as {readonly data: unknown}).data);
	}, 30_000);

	it.each([['safe', 'safe'], ['conservative', 'conservative'], [undefined, 'optimize']])('in mode %s', async (mode, expected) => {
		expect((await schedule('page_01', ...(mode === undefined ? [] : ['--mode', mode]))).code).toBe(0);
		expect(await eros.sql.row("SELECT JSON_VALUE(schedule_json, '$.metadata.mode') AS mode FROM eros.schedule_recommendations")).toEqual({mode: expected});
	}, 30_000);

	it.each(['2226-11-04', '9999-12-31'])('not for %s: no captions are locked so long ahead', async date => {
		const {code, told} = await run(['schedule', '--page-name', 'page_01', '--start-date', date, ...target]);
		expect(code).toBe(2);
		expect(told).toContain(`--start-date: "${date}" is not accepted; expected a day not after 2026-11-03, 366 days from now.`);
		expect(await count('active_caption_assignments')).toBe(0);
	}, 30_000);
});

describe('a page that is RED', () => {
	it('is planned and saved; its file waits for --force, and the command that is told writes it', async () => {
		const {code, said, told} = await schedule('page_02', '--output', 'week.csv');
		expect(code).toBe(5);
		const id = await savedId();
		const {saturation_score: score} = await eros.sql.row<{readonly saturation_score: number}>('SELECT saturation_score FROM eros.schedule_recommendations');
		expect(told).toBe(`page_02 is RED (${score.toFixed(2)}): its audience is worn out. Schedule ${id} is saved and its captions are locked; its file is not written.\n  Write it all the same: eros-tui schedule --schedule-id ${id} --force --output week.csv ${target.join(' ')}\n`);
		expect(said).toContain(`  warning  the page is RED (${score.toFixed(2)}); its file is not written without --force\n`);
		expect(said).not.toContain('  file ');
		expect(existsSync(here('week.csv'))).toBe(false);
		expect(await eros.sql.rows('SELECT status, error_message FROM eros.schedule_export_log')).toEqual([{status: 'SKIPPED', error_message: 'the page is RED'}]);

		const refused = await write(id, '--output', 'week.csv');
		expect(refused.code).toBe(5);
		expect(refused.told).toContain(`page_02 is RED (${score.toFixed(2)})`);
		expect(refused.said).toBe('');
		expect(existsSync(here('week.csv'))).toBe(false);

		const forced = await run(proposed(told));
		expect(forced.code).toBe(0);
		expect(forced.said).toContain('week.csv');
		expect(existsSync(here('week.csv'))).toBe(true);
		expect(await count('schedule_recommendations')).toBe(1);
	}, 30_000);

	it('is written at once with --force', async () => {
		const {code, said, told} = await schedule('page_02', '--force');
		expect(code).toBe(0);
		expect(told).toBe('');
		expect(said).toMatch(/ {2}warning {2}the page is RED \(0\.\d\d\); its file is written because of --force\n/);
		expect(existsSync(here(`schedules/page_02_${plannedWeek}.csv`))).toBe(true);
	}, 30_000);

	it('is printed whole with --json, and not written either', async () => {
		const {code, said, told} = await schedule('page_02', '--json');
		expect(code).toBe(5);
		expect(JSON.parse(said)).toMatchObject({status: 'success', data: {metadata: {saturation_status: 'RED'}}});
		expect(told).toContain('page_02 is RED');
		expect(existsSync(here('schedules'))).toBe(false);
	}, 30_000);
});

it('a schedule that went out within the day goes out again with --force only', async () => {
	await schedule('page_01');
	const id = await savedId();
	const {code, told} = await write(id);
	expect(code).toBe(5);
	expect(told).toBe(`page_01: schedule ${id} was exported within the last 24 hours; its file is not written again.\n  Write it all the same: eros-tui schedule --schedule-id ${id} --force ${target.join(' ')}\n`);
	expect((await write(id, '--force')).code).toBe(0);
}, 30_000);

describe('what stands after a failure is looked up', () => {
	const denied = async (job: string): Promise<void> => fault({kind: 'status', status: 403, reason: 'accessDenied', message: 'denied', text: `_[0-9a-f]+_${job}_`, count: 0});

	it('nothing, where the captions were given back', async () => {
		await denied('save');
		const {code, told} = await schedule('page_01');
		expect(code).toBe(1);
		expect(told).toMatch(/^page_01: .*denied.* \(schedule_builder ACCESSDENIED\)\n {2}Nothing is half-done: no caption stays locked\.\n$/s);
		expect(await count('active_caption_assignments', 'is_active')).toBe(0);
	}, 30_000);

	it('captions that could not be given back, and what gives them back', async () => {
		await denied('save');
		await denied('release1');
		const {code, told} = await schedule('page_01', '--mode', 'safe');
		expect(code).toBe(7);
		const {schedule_id: id, n} = await eros.sql.row<{readonly schedule_id: string; readonly n: number}>('SELECT schedule_id, COUNT(*) AS n FROM eros.active_caption_assignments WHERE is_active GROUP BY schedule_id');
		expect(told).toContain(`  ${n} captions stay locked for schedule ${id}, which is not saved.\n  The next plan of the page gives them back when they are half an hour old: eros-tui schedule --page-name page_01 --start-date ${plannedWeek} ${target.join(' ')} --mode safe\n`);
		expect(told).not.toContain('no caption stays locked');

		await adminRequest(eros.sql.instance, 'DELETE', 'faults');
		await eros.sql.rows('UPDATE eros.active_caption_assignments SET assigned_at = TIMESTAMP_SUB(assigned_at, INTERVAL 31 MINUTE) WHERE TRUE');
		expect((await schedule('page_01')).code).toBe(0);
		expect(await count('active_caption_assignments', `is_active AND schedule_id = '${id}'`)).toBe(0);
	}, 30_000);

	it('and where it cannot be looked up, that is said', async () => {
		await denied('save');
		await denied('release1');
		await denied('traces');
		const {code, told} = await schedule('page_01');
		expect(code).toBe(7);
		expect(told).toMatch(/ {2}Whether captions stay locked could not be looked up: .*denied/);
		const [, sql] = /eros-tui query "([^"]+)"/.exec(told)!;
		await adminRequest(eros.sql.instance, 'DELETE', 'faults');
		const looked = await run(['query', sql!, ...target]);
		expect(looked.code).toBe(0);
		expect(looked.said).toContain('page_01');
	}, 30_000);

	it('a schedule that was saved although its answer was lost', async () => {
		await fault({kind: 'status', status: 403, reason: 'accessDenied', message: 'denied', method: 'GET', text: '_[0-9a-f]+_save_', count: 0});
		const {code, told} = await schedule('page_01');
		expect(code).toBe(1);
		expect(told).toContain(`  Schedule ${await savedId()} is saved and its captions are locked; its file is not written.\n`);
		expect(told).not.toContain('no caption stays locked');
	}, 60_000);

	it('a file that is there while its row of the log is not', async () => {
		await denied('log_csv');
		const {code, told} = await schedule('page_01');
		expect(code).toBe(1);
		const file = here(`schedules/page_01_${plannedWeek}.csv`);
		expect(existsSync(file)).toBe(true);
		const id = await savedId();
		expect(told).toMatch(/\(sheets_exporter ACCESSDENIED\)/);
		expect(told).toContain(`  Schedule ${id} is saved, and its file is there: ${file}   `);
		expect(told).toContain('  Its row in schedule_export_log is not. Write both again: eros-tui schedule --schedule-id ');
		expect(told).not.toContain('its file is not written');

		const again = await write(id);
		expect(again.code).toBe(1);
		expect(again.told).toContain(`  Schedule ${id} is saved, and its file is there: ${file}   `);
		await adminRequest(eros.sql.instance, 'DELETE', 'faults');
		expect((await run(proposed(told))).code).toBe(0);
		expect(await count('schedule_export_log', "status = 'SUCCESS'")).toBe(1);
	}, 30_000);

	it('an older file that does not hold the schedule', async () => {
		writeFileSync(here('week.csv'), 'an older week');
		await denied('locks');
		const {code, told} = await schedule('page_01', '--output', 'week.csv');
		expect(code).toBe(1);
		expect(told).toContain(`is saved and its captions are locked; ${here('week.csv')} is not its file.`);
		expect(readFileSync(here('week.csv'), 'utf8')).toBe('an older week');
	}, 30_000);
});
