// `eros-tui health` and its reports, through the whole command line against a warehouse that it finds as any other.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {main} from '../../source/main.js';
import {captions, messages, names, startSql, type Sql} from '../sql/support.js';

let sql: Sql;
let folder: string;
beforeAll(async () => {
	sql = await startSql();
	folder = mkdtempSync(path.join(tmpdir(), 'eros-health-'));
	const data = path.join(folder, 'data', 'warehouse', names.project);
	mkdirSync(data, {recursive: true});
	writeFileSync(path.join(data, 'warehouse.json'), JSON.stringify(sql.instance));
	const at = (days: number): string => `TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${days} DAY)`;
	const page = (name: string, former: number, recent: number) => [1, 2, 3].flatMap(day => [
		{page: name, at: at(day), viewed: 100, purchased: 10, earnings: recent * 10}, {page: name, at: at(day + 7), viewed: 100, purchased: 10, earnings: former * 10},
	]);
	await sql.rows(messages([...page('page_01', 100, 70), ...page('page_02', 100, 101), {page: 'page_03', at: at(2)}]));
	await sql.rows(captions([{id: 1, tier: 'low'}, {id: 2, tier: 'mid'}, {id: 3, tier: 'high'}, {id: 4, tier: 'bump', score: 'NULL'}]));
	await sql.failure("SELECT ERROR('a\\u001b[31m red\\nmessage') FROM eros.lock_guard");
});
afterAll(async () => {
	await sql.close();
	rmSync(folder, {recursive: true, force: true});
});

const health = async (...words: readonly string[]) => {
	const [stdout, stderr] = [new PassThrough(), new PassThrough()];
	const code = await main({argv: ['health', ...words, '--target', 'embedded', '--project', names.project, '--dataset', names.dataset], io: {stdin: new PassThrough(), stdout, stderr, env: {EROS_HOME: folder}, cwd: folder}});
	return {code, out: String(stdout.read() ?? ''), told: String(stderr.read() ?? '')};
};

describe('eros-tui health', () => {
	it('prints the score in one line, its components, and where to look', async () => {
		const {code, out} = await health();
		expect(out).toMatch(/^Health Score: \d+\/100/);
		expect(out).toMatch(/^ {2}look {7}eros-tui health --captions$/m);
		const score = Number(/\d+/.exec(out)![0]);
		expect(score).toBeLessThan(100);
		expect(code).toBe(score >= 90 ? 0 : score >= 70 ? 1 : 2);
	});

	it('--errors lists failed queries with count, message and newest job, and nothing that moves a cursor', async () => {
		const {code, out} = await health('--errors', '--days', '1');
		expect(code).toBe(0);
		expect(out).toMatch(/^failed queries of 1 day, newest first\n {2}2025-11-03 10:00 {2}INFO {6}1 x \w+: .*red.*message.* {2}\(job sql_test_\d+\)$/m);
		expect(out).not.toContain('\u001B');
	});

	it('--drift puts a page that dropped first and ends with 1', async () => {
		const {code, out} = await health('--drift');
		expect(code).toBe(1);
		expect(out.split('\n').map(line => line.trim().replaceAll(/ {2,}/g, ' | '))).toEqual([
			'pages, 7 days against the 7 before: 1 dropped, 1 fine, 1 without enough messages',
			'page | EMV | views | conversion | messages | before',
			'page_01 | -30.0 % | +0.0 % | +0.0 % | 3 | 3 | DROP',
			'page_02 | +1.0 % | +0.0 % | +0.0 % | 3 | 3',
			'page_03 | - | - | - | 1 | 0 | NO_DATA',
			'',
		]);
	});

	it('--captions counts by tier and ends with 2 where a page would find too few', async () => {
		const {code, out} = await health('--captions');
		expect(code).toBe(2);
		expect(out.split('\n').map(line => line.trim().replaceAll(/ {2,}/g, ' | ')).slice(0, 4)).toEqual(['captions by tier', 'tier | captions | available | reserved | resting | free to use', 'budget | 1 | 1 | 0 | 0 | 1 | CRITICAL', 'bump | 1 | 1 | 0 | 0 | 1 | CRITICAL']);
	});

	it('gives the rows of several reports as JSON', async () => {
		const {out} = await health('--drift', '--captions', '--json');
		const read = JSON.parse(out) as Record<string, readonly Record<string, unknown>[]>;
		expect(Object.keys(read)).toEqual(['drift', 'captions']);
		expect(read['drift']).toHaveLength(3);
		expect(read['captions']![0]).toMatchObject({tier: 'budget', free_to_use: 1});
	});

	it.each(['0', '-1', '91', '1.5', 'week', '', '1e1'])('refuses --days %j with the accepted form and a fix', async days => {
		const {code, told} = await health('--errors', `--days=${days}`);
		expect(code).toBe(2);
		expect(told).toContain(`--days: ${JSON.stringify(days)} is not accepted; expected a whole number from 1 to 90`);
		expect(told).toContain('eros-tui health --errors --days 7');
	});

	it('refuses days where nothing looks back', async () => {
		const {code, told} = await health('--captions', '--days', '3');
		expect(code).toBe(2);
		expect(told).toContain('only together with --errors or --drift');
	});
});
