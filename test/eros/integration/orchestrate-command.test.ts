// The orchestrate command as it is typed, on the embedded warehouse: what it writes, says and ends with.
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
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

const orchestrate = async (...flags: readonly string[]) => {
	const stdout = new PassThrough();
	const stderr = new PassThrough();
	const cwd = mkdtempSync(path.join(home, 'cwd-'));
	const argv = ['orchestrate', '--target', 'embedded', '--project', names.project, '--dataset', names.dataset, ...flags];
	const code = await main({argv, io: {stdin: new PassThrough(), stdout, stderr, env: {EROS_HOME: home, HOME: home}, cwd}});
	const folder = path.join(cwd, 'schedules');
	return {code, said: String(stdout.read() ?? ''), told: String(stderr.read() ?? ''), files: existsSync(folder) ? readdirSync(folder).sort() : []};
};

describe('orchestrate', () => {
	it('with all pages leaves out those whose name is none, and says so', async () => {
		const {code, said, told, files} = await orchestrate('--pages', 'all', '--week-start', '2025-11-05', '--mode', 'safe', '--format', 'csv,json');
		expect(told).toContain('warning: "Page Three" is left out; a page name is lower-case letters, digits and underscores. Rename it in mass_messages.\n');
		expect(code).toBe(0);
		expect(files).toEqual(['page_01_2025-11-03.csv', 'page_01_2025-11-03.json']);
		expect(said).toContain('  warning  all 2 pages: start date 2025-11-05 (Wednesday) moved to Monday 2025-11-03\n');
		expect(said).toMatch(/ {2}warning {2}page_02: the audience is exhausted, \d+ of 100/);
		expect(said).not.toContain('could not be recorded');
		expect(await eros.sql.rows('SELECT alert_source FROM eros.automation_alerts')).toContainEqual({alert_source: 'real_time_monitor/exhaustion_critical/page_02'});
		expect(said).toContain(`  held     the page is RED, saved and not written: page_02\n  look     eros-tui schedule --page-name page_02 --start-date 2025-11-03 --target embedded --project ${names.project} --dataset ${names.dataset}   plans`);
	}, 60_000);

	it('with --force and --yes writes RED pages too', async () => {
		const {code, said, files} = await orchestrate('--pages', 'page_02', '--week-start', '2025-11-03', '--force', '--yes');
		expect(code).toBe(0);
		expect(files).toEqual(['page_02_2025-11-03.csv']);
		expect(said).toContain('1 of 1 done, 1 written, 0 not written');
	}, 60_000);
});
