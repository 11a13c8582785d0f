// The warehouse as a process of its own: found, started once, survives its clients, comes back after a kill.
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {connect, type Connection} from '../../source/cloud/connect.js';
import {ensureEmbedded, findEmbedded, stopEmbedded, type EmbeddedEndpoint} from '../../source/cloud/embedded.js';
import {jobId} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {production, testProject} from './loopback.js';

const clock = createSystemClock();
const root = path.resolve(import.meta.dirname, '../..');
const command = {file: process.execPath, arguments: ['--import', 'tsx', path.join(root, 'source/warehouse/main.ts')]};
let home = '';
let dataFolder = '';

const start = async (): Promise<EmbeddedEndpoint> => ensureEmbedded({dataFolder, project: testProject, clock, command, idleMinutes: 1});
const connected = async (): Promise<Connection> => connect({kind: 'embedded', project: testProject, dataset: production, location: 'US', env: {}, clock, dataFolder, command, idleMinutes: 1});

beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'eros-embedded-'));
	dataFolder = path.join(home, 'warehouse');
});
afterAll(async () => {
	await stopEmbedded(dataFolder, clock);
	await rm(home, {recursive: true, force: true});
});

describe('the embedded warehouse', () => {
	it('is started once by whoever comes first, and found by the others', async () => {
		expect(await findEmbedded(dataFolder)).toBeUndefined();
		const [first, second] = await Promise.all([start(), start()]);
		expect(second.pid).toBe(first.pid);
		expect((await start()).pid).toBe(first.pid);
		const {mode} = await stat(path.join(dataFolder, 'warehouse.json'));
		expect((mode & 0o777).toString(8)).toBe('600');
	});

	it('keeps accepted jobs, their results and its data through a kill', async () => {
		const before = await connected();
		const {warehouse} = before;
		await warehouse.createDataset(`${production}_scratch_1`, {labels: {kept: 'yes'}});
		const spec = {id: jobId('named_before_kill'), sql: 'SELECT 42 AS n', maximumBytesBilled: 10_000_000, timeoutMs: 10_000, labels: {}, mutates: []};
		await warehouse.submit(spec);
		await warehouse.waitForJob(spec.id);
		process.kill(before.embedded!.instance.pid, 'SIGKILL');
		await expect.poll(async () => findEmbedded(dataFolder)).toBeUndefined();

		const after = await connected();
		expect(after.embedded!.instance.pid).not.toBe(before.embedded!.instance.pid);
		expect((await after.warehouse.findDataset(`${production}_scratch_1`))?.labels).toEqual({kept: 'yes'});
		await expect(after.warehouse.submit(spec)).rejects.toMatchObject({kind: 'duplicate'});
		expect((await after.warehouse.waitForJob(spec.id)).error).toBeUndefined();
		expect((await after.warehouse.readRows(spec.id)).rows).toEqual([{n: 42}]);
		await after.close();
	});

	it('ends when asked, leaving neither lock nor state behind', async () => {
		await start();
		expect(await stopEmbedded(dataFolder, clock)).toBe(true);
		expect(await stopEmbedded(dataFolder, clock)).toBe(false);
		await expect(readFile(path.join(dataFolder, 'warehouse.lock'))).rejects.toMatchObject({code: 'ENOENT'});
		await expect(readFile(path.join(dataFolder, 'warehouse.json'))).rejects.toMatchObject({code: 'ENOENT'});
	});

	it('says why it does not start', async () => {
		await expect(ensureEmbedded({dataFolder: path.join(home, 'broken'), project: testProject, clock, command: {file: process.execPath, arguments: ['--eval', 'console.error("no disk"); process.exit(1)', '--']}})).rejects.toMatchObject({kind: 'network', message: expect.stringContaining('no disk') as string});
	});
});
