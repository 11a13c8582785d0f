import {mkdtemp, rm, utimes} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {findRehearsal} from '../../source/commands/find-rehearsal.js';
import type {RunCommand, RunEvent} from '../../source/domain/events.js';
import {planHash, runId, type PlanHash} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {openJournal, runFolder} from '../../source/journal/index.js';

let home: string;
const target = {project: 'test-project', dataset: 'eros'};
const wanted = planHash('7f3a91c2');
const other = planHash('00000002');

beforeEach(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'eros-rehearsals-'));
});
afterEach(async () => {
	await rm(home, {recursive: true, force: true});
});

/** A run on record; `hoursAgo` is the age of its journal. */
const record = async (id: string, hoursAgo: number, {command = 'rehearse', hash, outcome = 'passed', dataset = 'eros'}: {readonly command?: RunCommand; readonly hash?: PlanHash; readonly outcome?: 'passed' | 'failed' | 'unfinished'; readonly dataset?: string} = {}): Promise<void> => {
	const {journal} = runFolder({EROS_HOME: home}, {...target, dataset}, runId(id));
	const opened = await openJournal({path: journal, run: runId(id), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: 'tester'});
	const events: readonly RunEvent[] = [
		{type: 'run.started', data: {run: runId(id), command, version: '1', target: {kind: 'embedded', ...target, dataset, location: 'US', timeZone: 'UTC'}, window: {phases: []}, costCapMicros: 1, stagingDataset: 's', artifacts: '/a'}},
		...(hash === undefined ? [] : [{type: 'plan.frozen', data: {hash, create: 0, replace: 0, alter: 0, unchanged: 0, objects: []}} satisfies RunEvent]),
		...(outcome === 'unfinished' ? [] : [{type: 'run.finished', data: {outcome, exitCode: outcome === 'passed' ? 0 : 1, criteria: {unchecked: 0, auto: 0, attested: 0, 'n/a': 0, failed: 0, 'no-data': 0}, costMicros: 0, sentence: ''}} satisfies RunEvent]),
	];
	for (const event of events) {
		await opened.append(event);
	}

	await opened.close();
	const at = new Date(Date.now() - (hoursAgo * 3_600_000));
	await utimes(journal, at, at);
};

const find = async () => findRehearsal({EROS_HOME: home}, target, wanted);

describe('the rehearsal on record', () => {
	it('is none where nothing was rehearsed to its end for this target', async () => {
		expect(await find()).toBeUndefined();
		await record('00000001', 1, {command: 'deploy', hash: wanted});
		await record('00000002', 1, {hash: wanted, outcome: 'unfinished'});
		await record('00000003', 1, {hash: wanted, dataset: 'other'});
		expect(await find()).toBeUndefined();
	});

	it('is the newest that passed with this plan', async () => {
		await record('00000001', 30, {hash: wanted});
		await record('00000002', 20, {hash: wanted});
		await record('00000003', 10, {hash: wanted, outcome: 'failed'});
		await record('00000004', 1, {hash: other});
		const found = await find();
		expect(found).toMatchObject({run: '00000002', outcome: 'passed', planHash: wanted});
		expect(Math.abs(Date.now() - found!.endedAtMs - (20 * 3_600_000))).toBeLessThan(60_000);
	});

	it('else the newest, whatever became of it', async () => {
		await record('00000001', 30, {hash: other});
		await record('00000002', 2, {outcome: 'failed'});
		expect(await find()).toMatchObject({run: '00000002', outcome: 'failed'});
	});
});
