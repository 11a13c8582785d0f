// The engine's job protocol over the port adapters and the real server, with every fault of the network at every call of a job.
// One step changes a table and then reads three pages. Whatever happens, a statement is one job and its effect is there once.
//
// | fault | at jobs.insert | at jobs.get or the poll | at a page of rows |
// |---|---|---|---|
// | no answer, 429, 500, 503 for a while | sent again under the same id; 409 is adopted; passed | asked again; passed | asked again; passed |
// | 401, 403 | failed (authorization), the job never started | unknown: the job may be running | failed (authorization), the job is done |
// | 409 for a job that nobody started | unknown: a look-up finds nothing | - | - |
// | no answer for good | unknown: a look-up decides | unknown: a look-up decides | failed (transient), the job is done |
// | job stuck PENDING | failed: the job's own time-out ended it | | |
// | slow job | passed, later | | |
import process from 'node:process';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {adminRequest} from '../../source/cloud/embedded.js';
import {jobId, taskId} from '../../source/domain/ids.js';
import {aTask, cleanUpTestRuns, startTestRun, testSettings, type TestRun} from '../engine/support/test-run.js';
import {production, startLoopback, testProject, type Loopback} from './loopback.js';

type Fault = Readonly<Record<string, unknown>>;

const passing: Readonly<Record<string, Fault>> = {
	'time-out before': {kind: 'hang-before'},
	'time-out after': {kind: 'hang-after'},
	'lost before': {kind: 'drop-before'},
	'lost after': {kind: 'drop-after'},
	'reset mid-answer': {kind: 'truncate'},
	429: {kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfterS: 0.1},
	500: {kind: 'status', status: 500, reason: 'backendError'},
	'503 for a while': {kind: 'status', status: 503, reason: 'backendError', count: 3},
	latency: {kind: 'latency', ms: 100},
};
const calls: Readonly<Record<string, Fault>> = {
	'jobs.insert': {method: 'POST', path: '*/jobs'},
	'jobs.get': {method: 'GET', path: '*/jobs/*'},
	'getQueryResults, first page': {method: 'GET', path: '*/queries/*'},
	'getQueryResults, next page': {method: 'GET', path: '*/queries/*', skip: 1},
};
const isWhole = process.env['EROS_FAULTS'] === 'all';
const pairs = Object.entries(calls).flatMap(([call, matcher], at) => Object.entries(passing).filter((_fault, index) => isWhole || index % 4 === at).map(([name, fault]) => [call, name, matcher, fault] as const));

const dataset = 'eros_staging_7f3a';
let loopback: Loopback;
let turn = 0;

beforeAll(async () => {
	loopback = await startLoopback({timings: {requestMs: 250, patienceMs: 1500, longPollMs: 250}, random: () => 0});
	await loopback.connection.embedded!.seed.warehouse.createDataset(dataset, {});
	await loopback.connection.embedded!.seed.warehouse.createDataset(production, {});
	await loopback.connection.embedded!.seed.warehouse.submit({id: jobId('lay_out'), sql: `CREATE TABLE \`${testProject}.${dataset}.effects\` (turn INT64)`, maximumBytesBilled: 1e9, timeoutMs: 10_000, labels: {}, mutates: []});
	await loopback.connection.warehouse.waitForJob(jobId('lay_out'));
});
beforeEach(() => {
	turn += 1;
});
afterEach(async () => {
	await adminRequest(loopback.instance, 'DELETE', 'faults');
	await cleanUpTestRuns();
});
afterAll(async () => {
	await loopback.close();
});

const arm = async (fault: Fault): Promise<unknown> => adminRequest(loopback.instance, 'POST', 'faults', fault);

/** Runs the step to its end; faults are armed before. */
const runStep = async (jobTimeoutMs = 20_000): Promise<TestRun & {readonly code: number; readonly rows: number}> => {
	let rows = 0;
	const run = await startTestRun({
		ports: {warehouse: loopback.connection.warehouse},
		settings: {...testSettings, project: testProject, jobTimeoutMs},
		timings: {retryPausesMs: [20, 50, 100], jobAttempts: 3, absentPausesMs: [20], stopPatienceMs: 1000},
		stagingDataset: dataset,
		tasks: [aTask('2A.1', {stepClass: 'data', criteria: []}, async context => {
			await context.run({sql: `INSERT INTO \`${testProject}.${dataset}.effects\` (turn) VALUES (${turn})`, title: 'insert', mutates: [dataset]});
			rows = (await context.run({sql: `SELECT n, ${turn} AS turn FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n`, title: 'read'})).rows.length;
			return 'done';
		})],
	});
	const code = await run.session.finished;
	await adminRequest(loopback.instance, 'DELETE', 'faults');
	return {...run, code, rows};
};

/** How often the change is there, and how many jobs the warehouse's own table has for it. */
const evidence = async (): Promise<{readonly rows: unknown; readonly jobs: unknown}> => {
	const {warehouse} = loopback.connection;
	const {rows: [effect]} = await warehouse.query<{n: number}>(`SELECT COUNT(*) AS n FROM \`${testProject}.${dataset}.effects\` WHERE turn = ${turn}`);
	const {rows: [job]} = await warehouse.query<{n: number}>(`SELECT COUNT(*) AS n FROM \`region-us\`.INFORMATION_SCHEMA.JOBS WHERE STARTS_WITH(query, 'INSERT') AND ENDS_WITH(query, 'VALUES (${turn})')`);
	return {rows: effect?.n, jobs: job?.n};
};

const stateOf = (run: TestRun) => run.session.state().steps.get(taskId('2A.1'))?.state;

describe('a job gets over', () => {
	it.each(pairs)('%s: %s', async (_call, _name, matcher, fault) => {
		await arm({...matcher, ...fault});
		const run = await runStep();
		expect(run.code, JSON.stringify(stateOf(run))).toBe(0);
		expect(run.rows).toBe(25_000);
		expect(await evidence()).toEqual({rows: 1, jobs: 1});
	}, 15_000);

	it('being slow', async () => {
		await arm({kind: 'slow-job', factor: 20, ms: 600, count: 1});
		const run = await runStep();
		expect(run.code).toBe(0);
		expect(run.all('job.finished')[0]?.job.durationMs).toBeGreaterThanOrEqual(600);
		expect(await evidence()).toEqual({rows: 1, jobs: 1});
	});

	it('an answer that is lost, and then a 503 for the second try', async () => {
		await arm({kind: 'drop-after', method: 'POST', path: '*/jobs'});
		await arm({kind: 'status', status: 503, reason: 'backendError', method: 'POST', path: '*/jobs', skip: 1});
		const run = await runStep();
		expect(run.code).toBe(0);
		expect(run.all('job.accepted')[0]).toMatchObject({adopted: true});
		expect(await evidence()).toEqual({rows: 1, jobs: 1});
	});
});

describe('a job stops, and says how it stands,', () => {
	it.each([['401', {kind: 'expired-token'}], ['403', {kind: 'revoked-permission'}]] as const)('at %s for jobs.insert: it never started', async (_name, fault) => {
		await arm({...fault, method: 'POST', path: '*/jobs', count: 0});
		const run = await runStep();
		expect(run.code).not.toBe(0);
		expect(run.all('step.failed')[0]?.failure.class).toBe('authorization');
		expect([...run.session.state().jobs.values()].map(({state}) => state)).toEqual(['absent']);
		expect(await evidence()).toEqual({rows: 0, jobs: 0});
	});

	it.each([['401', {kind: 'expired-token'}], ['403', {kind: 'revoked-permission'}], ['no answer', {kind: 'drop-before'}]] as const)('at %s for jobs.get: the outcome is unknown and the change is there once', async (_name, fault) => {
		await arm({...fault, method: 'GET', path: '*/jobs/*', count: 0});
		const run = await runStep();
		expect(run.code).not.toBe(0);
		expect(stateOf(run)?.kind).toBe('unknown');
		expect(await evidence()).toEqual({rows: 1, jobs: 1});
	}, 25_000);

	it.each([['401', {kind: 'expired-token'}, 'authorization'], ['no answer', {kind: 'lost-page'}, 'transient']] as const)('at %s for the last page: the job is done, its rows are not there', async (_name, fault, expected) => {
		await arm({...fault, method: 'GET', path: '*/queries/*', count: 0, skip: fault.kind === 'lost-page' ? 0 : 3});
		const run = await runStep();
		expect(run.code).not.toBe(0);
		expect(run.all('step.failed')[0]?.failure.class).toBe(expected);
		expect(run.all('job.finished')).toHaveLength(2);
		expect(await evidence()).toEqual({rows: 1, jobs: 1});
	}, 25_000);

	it('when the warehouse knows a job that nobody started', async () => {
		await arm({kind: 'status', status: 409, reason: 'duplicate', method: 'POST', path: '*/jobs', count: 1});
		const run = await runStep();
		expect(run.code).not.toBe(0);
		expect(stateOf(run)?.kind).toBe('unknown');
		expect(await evidence()).toEqual({rows: 0, jobs: 0});
	}, 25_000);

	it('when nothing answers any more', async () => {
		await arm({kind: 'drop-before', path: '/projects/*', count: 0});
		const run = await runStep();
		expect(run.code).not.toBe(0);
		expect(stateOf(run)?.kind).toBe('unknown');
		expect(await evidence()).toEqual({rows: 0, jobs: 0});
	}, 25_000);

	it('when it stays PENDING: its own time-out ends it', async () => {
		await arm({kind: 'stuck-job', count: 0});
		const run = await runStep(700);
		expect(run.code).not.toBe(0);
		expect(run.all('step.failed')[0]?.failure).toMatchObject({reason: 'stopped', message: expect.stringContaining('Operation timed out after 0.7 sec') as string});
		expect(await evidence()).toEqual({rows: 0, jobs: 1});
	});
});
