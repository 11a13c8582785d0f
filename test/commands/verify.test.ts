// What `verify` finds of a run: whole, and with one byte of its plan or of a blob changed.
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {run as verify} from '../../source/commands/verify.js';
import type {Invocation} from '../../source/commands/command.js';
import {hashStatement} from '../../source/engine/job-id.js';
import {createMemoryWarehouse} from '../engine/support/memory-warehouse.js';
import {aTask, cleanUpTestRuns, startTestRun, testHash} from '../engine/support/test-run.js';

let home: string;
let folder: string;

beforeEach(async () => {
	home = await mkdtemp(path.join(os.tmpdir(), 'eros-verify-'));
	folder = path.join(home, 'state', 'test-project.eros', 'runs', '7f3a91c2');
	await mkdir(folder, {recursive: true});
});
afterEach(async () => {
	await cleanUpTestRuns();
	await rm(home, {recursive: true, force: true});
});

const sql = 'SELECT @n AS answer';
const parameters = [{name: 'n', type: 'INT64', value: 42}];

const makeRun = async (): Promise<void> => {
	const run = await startTestRun({folder, warehouse: createMemoryWarehouse(() => ({rows: [{answer: 42}]})), tasks: [aTask('1.1', {criteria: []}, async context => {
		await context.run({sql, parameters, title: 'ask'});
		await context.emit({type: 'plan.frozen', data: {hash: testHash, create: 1, replace: 0, alter: 0, unchanged: 0, objects: []}});
		await context.writePlan(JSON.stringify({hash: testHash, objects: [{name: 'f', sql: await context.keep('CREATE FUNCTION f() AS (1)')}]}));
		return 'done';
	})]});
	expect(await run.session.finished).toBe(0);
	await run.journal.close();
};

const verified = async (): Promise<{readonly code: number; readonly text: string}> => {
	const stdout = new PassThrough();
	const invocation = {arguments: [], options: {}, io: {env: {EROS_HOME: home, HOME: home}, stdout, stderr: new PassThrough(), stdin: new PassThrough(), cwd: home}} as unknown as Invocation;
	const code = await verify(invocation);
	return {code, text: String(stdout.read() ?? '')};
};

const blobs = (): string => path.join(folder, 'blobs', 'sha256');

describe('verify', () => {
	it('finds a run whole: journal, plan, and every statement, result and definition under its hash', async () => {
		await makeRun();
		expect(await verified()).toMatchObject({code: 0, text: expect.stringMatching(/✓ blobs +4 files[\s\S]*✓ artifacts +1 file there/) as string});
		const statement = await readFile(path.join(blobs(), hashStatement(sql, parameters)), 'utf8');
		expect(statement).toBe(`${sql}\0${JSON.stringify(parameters)}`);
		const kept = await Promise.all((await readdir(blobs())).map(async name => readFile(path.join(blobs(), name), 'utf8')));
		expect(kept).toContain('[{"answer":42}]');
	});

	it('finds a statement that was changed afterwards', async () => {
		await makeRun();
		const file = path.join(blobs(), hashStatement(sql, parameters));
		await writeFile(file, (await readFile(file, 'utf8')).replace('answer', 'anzwer'));
		expect(await verified()).toEqual({code: 1, text: expect.stringContaining(`    ${file} does not hash to its name: it was changed\n`) as string});
	});

	it('finds a statement that is gone', async () => {
		await makeRun();
		const file = path.join(blobs(), hashStatement(sql, parameters));
		await rm(file);
		expect(await verified()).toEqual({code: 1, text: expect.stringContaining(`    ${file} is missing\n`) as string});
	});

	it('finds a plan that is not the one that was frozen', async () => {
		await makeRun();
		const file = path.join(folder, 'plan.json');
		await writeFile(file, (await readFile(file, 'utf8')).replace(testHash, '00000000'));
		const {code, text} = await verified();
		expect(code).toBe(1);
		expect(text).toContain(`    ${file} differs from what was journaled\n`);
		expect(text).toContain(`    ${file} is plan 00000000; the journal froze ${testHash}\n`);
	});
});
