// The orchestrate command as it is typed, on the embedded warehouse: what it writes, says and ends with.
import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {envelopeSchemas} from '../../../source/eros/envelope.js';
import {main} from '../../../source/main.js';
import {names} from '../../sql/support.js';
import {startEmbeddedEros, type EmbeddedEros} from '../support/embedded-eros.js';

let eros: EmbeddedEros;
let home: string;
beforeAll(async () => {
	eros = await startEmbeddedEros({
		pages: [
			{name: 'page_01', fans: 8000, conversion: 0.04, viewRate: 0.02},
			{name: 'page_02', fans: 18_000, conversion: 0.04, viewRate: 0.015, tiredDays: 9, tiredConversion: 0.375, tiredViews: 0.75, extraToday: 8},
			{name: 'Page Three', fans: 8000, conversion: 0.04, viewRate: 0.02},
		],
		captions: 1600,
	});
	home = mkdtempSync(path.join(tmpdir(), 'eros-command-'));
	// The program finds the warehouse of this test as it finds any other: by the state file of its data folder.
	const data = path.join(home, 'data', 'warehouse', names.project);
	mkdirSync(data, {recursive: true});
	writeFileSync(path.join(data, 'warehouse.json'), JSON.stringify(eros.sql.instance));
}, 120_000);
afterAll(async () => {
	await eros.close();
	rmSync(home, {recursive: true, force: true});
});

const runCommand = async (command: string, ...flags: readonly string[]) => {
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const cwd = mkdtempSync(path.join(home, 'cwd-'));
	const argv = [command, '--target', 'embedded', '--project', names.project, '--dataset', names.dataset, ...flags];
	const code = await main({argv, io: {stdin: new PassThrough(), stdout, stderr, env: {EROS_HOME: home, HOME: home}, cwd}});
	const folder = path.join(cwd, 'schedules');
	return {code, said: String(stdout.read() ?? ''), told: String(stderr.read() ?? ''), files: existsSync(folder) ? readdirSync(folder).sort() : [], folder};
};

const orchestrate = async (...flags: readonly string[]) => runCommand('orchestrate', ...flags);

describe('orchestrate', () => {
	it('with all pages leaves out those whose name is none, and says so', async () => {
		const {code, said, told, files, folder} = await orchestrate('--pages', 'all', '--week-start', '2025-11-05', '--mode', 'safe', '--format', 'csv,json');
		expect(told).toContain('warning: "Page Three" is left out; a page name is lower-case letters, digits and underscores. Rename it in mass_messages.\n');
		expect(code).toBe(0);
		expect(files).toEqual(['page_01_2025-11-03.csv', 'page_01_2025-11-03.json']);
		const envelope = envelopeSchemas.schedule_builder.parse(JSON.parse(readFileSync(path.join(folder, 'page_01_2025-11-03.json'), 'utf8')));
		expect(envelope).toMatchObject({agent: 'schedule_builder', status: 'success', page_name: 'page_01', week_start: '2025-11-03', attempt: 1});
		expect(said).toContain('  warning  all 2 pages: start date 2025-11-05 (Wednesday) moved to Monday 2025-11-03\n');
		expect(said).toMatch(/ {2}warning {2}page_02: the audience is exhausted, \d+ of 100/);
		expect(said).not.toContain('could not be recorded');
		expect(await eros.sql.rows('SELECT alert_source FROM eros.automation_alerts')).toContainEqual({alert_source: 'real_time_monitor/exhaustion_critical/page_02'});
		const [, id] = /held {5}the page is RED, saved and not written: page_02\n {2}write {4}eros-tui schedule --schedule-id (\S+) --force --target embedded --project \S+ --dataset \S+ {3}writes it all the same\n/.exec(said) ?? [];
		const locks = async () => eros.sql.row('SELECT COUNT(*) AS n FROM eros.active_caption_assignments');
		const before = await locks();
		// The line does what it says, and locks nothing a second time.
		const written = await runCommand('schedule', '--schedule-id', id!, '--force');
		expect([written.code, written.files]).toEqual([0, ['page_02_2025-11-03.csv']]);
		expect(await locks()).toEqual(before);
	}, 60_000);

	it('with --force and --yes writes RED pages too', async () => {
		const {code, said, files} = await orchestrate('--pages', 'page_02', '--week-start', '2025-11-03', '--force', '--yes');
		expect(code).toBe(0);
		expect(files).toEqual(['page_02_2025-11-03.csv']);
		expect(said).toContain('1 of 1 done, 1 written, 0 not written');
	}, 60_000);
});
