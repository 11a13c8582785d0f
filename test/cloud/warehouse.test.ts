// The Warehouse port through the official client against a real server on loopback.
import {getEventListeners} from 'node:events';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {adminRequest} from '../../source/cloud/embedded.js';
import {jobId} from '../../source/domain/ids.js';
import {WarehouseError, type JobSpec} from '../../source/ports/warehouse.js';
import {production, startLoopback, type Loopback} from './loopback.js';

let loopback: Loopback;
let counter = 0;

beforeAll(async () => {
	loopback = await startLoopback();
});
afterAll(async () => {
	await loopback.close();
});

const aJob = (sql: string, more: Partial<JobSpec> = {}): JobSpec => {
	counter += 1;
	return {id: jobId(`test_${counter}`), sql, maximumBytesBilled: 1_000_000_000, timeoutMs: 60_000, labels: {eros_run: 'test'}, mutates: [], ...more};
};

const failureOf = async (work: Promise<unknown>): Promise<WarehouseError> => {
	try {
		await work;
	} catch (error) {
		expect(error).toBeInstanceOf(WarehouseError);
		return error as WarehouseError;
	}

	throw new Error('It did not fail.');
};

const fault = async (given: Readonly<Record<string, unknown>>): Promise<unknown> => adminRequest(loopback.instance, 'POST', 'faults', given);
const clearFaults = async (): Promise<unknown> => adminRequest(loopback.instance, 'DELETE', 'faults');

describe('jobs', () => {
	it('submits, waits and reads rows', async () => {
		const {warehouse} = loopback.connection;
		const spec = aJob('SELECT 41 AS n');
		const accepted = await warehouse.submit(spec);
		expect(accepted.id).toBe(spec.id);
		const done = await warehouse.waitForJob(spec.id);
		expect(done).toMatchObject({state: 'DONE', statementType: 'SELECT', childJobs: 0});
		expect(done.error).toBeUndefined();
		expect(await warehouse.readRows(spec.id)).toEqual({rows: [{n: 41}], schema: [{name: 'n', type: 'INT64', mode: 'NULLABLE'}]});
	});

	it('leaves nothing on a signal that outlives its waits', async () => {
		const {warehouse} = loopback.connection;
		const {signal} = new AbortController();
		let listened = 0;
		const listen = signal.addEventListener.bind(signal);
		signal.addEventListener = (...given: Parameters<typeof listen>) => {
			listened += 1;
			listen(...given);
		};

		const spec = aJob('SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 200000)) AS a');
		await warehouse.submit(spec);
		expect((await warehouse.waitForJob(spec.id, signal)).state).toBe('DONE');
		expect(listened).toBeGreaterThan(0);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});

	it('answers a second use of a job id with duplicate, so that it can be adopted', async () => {
		const {warehouse} = loopback.connection;
		const spec = aJob('SELECT 1 AS n');
		await warehouse.submit(spec);
		const failure = await failureOf(warehouse.submit(spec));
		expect(failure.kind).toBe('duplicate');
		expect(failure.message).toBe(`Already Exists: Job test-project:US.${spec.id}`);
		expect((await warehouse.waitForJob(spec.id)).state).toBe('DONE');
	});

	it('finds no job where there is none', async () => {
		expect(await loopback.connection.warehouse.findJob(jobId('never_sent'))).toBeUndefined();
	});

	it('carries the error and its place in the status of a failed job', async () => {
		const {warehouse} = loopback.connection;
		const spec = aJob('SELECT nope');
		await warehouse.submit(spec);
		const status = await warehouse.waitForJob(spec.id);
		expect(status.error).toMatchObject({reason: 'invalidQuery', line: 1, column: 8});
		expect(status.error?.message).toContain('Unrecognized name: nope');
	});

	it('lists the children of a script in order, and gives the rows of its last SELECT', async () => {
		const {warehouse} = loopback.connection;
		const spec = aJob('SELECT 1 AS n; SELECT 2 AS n; SELECT 3 AS n');
		await warehouse.submit(spec);
		const done = await warehouse.waitForJob(spec.id);
		expect(done).toMatchObject({statementType: 'SCRIPT', childJobs: 3});
		const children = await warehouse.listChildJobs(spec.id);
		expect(children).toHaveLength(3);
		const rows = await Promise.all(children.map(async child => (await warehouse.readRows(child.id)).rows));
		expect(rows).toEqual([[{n: 1}], [{n: 2}], [{n: 3}]]);
		expect((await warehouse.readRows(spec.id)).rows).toEqual([{n: 3}]);
	});

	it('pages through a result', async () => {
		const {rows} = await loopback.connection.warehouse.query<{n: number}>('SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n ORDER BY n');
		expect(rows).toHaveLength(25_000);
		expect(rows.at(-1)).toEqual({n: 25_000});
		expect(new Set(rows.map(({n}) => n)).size).toBe(25_000);
	});

	it('says what a query would read without running it', async () => {
		const {warehouse} = loopback.connection;
		const answer = await warehouse.dryRun('SELECT 1 AS n');
		expect(answer).toMatchObject({statementType: 'SELECT', schema: [{name: 'n', type: 'INT64', mode: 'NULLABLE'}]});
		expect((await failureOf(warehouse.dryRun('SELECT nope'))).kind).toBe('invalid');
	});

	it('decodes every type as the port promises', async () => {
		const {rows} = await loopback.connection.warehouse.query('SELECT @big AS big, @small AS small, @at AS instant, @day AS day, @names AS names, @pair AS pair, @none AS none', {
			parameters: [
				{name: 'big', type: 'INT64', value: 9_007_199_254_740_993n},
				{name: 'small', type: 'INT64', value: 7},
				{name: 'at', type: 'TIMESTAMP', value: '2025-11-02T09:30:00.123456Z'},
				{name: 'day', type: 'DATE', value: '2025-11-02'},
				{name: 'names', type: 'ARRAY<STRING>', value: ['a', 'b']},
				{name: 'pair', type: 'STRUCT<x INT64, y BOOL>', value: {x: 1, y: true}},
				{name: 'none', type: 'STRING', value: null},
			],
		});
		expect(rows).toEqual([{big: 9_007_199_254_740_993n, small: 7, instant: '2025-11-02T09:30:00.123456Z', day: '2025-11-02', names: ['a', 'b'], pair: {x: 1, y: true}, none: null}]);
	});

	it('cancels a job that is stuck', async () => {
		const {warehouse} = loopback.connection;
		await fault({kind: 'stuck-job', name: 'stuck'});
		const spec = aJob('SELECT 1 AS n');
		await warehouse.submit(spec);
		expect((await warehouse.findJob(spec.id))?.state).toBe('PENDING');
		await warehouse.cancelJob(spec.id);
		const done = await warehouse.waitForJob(spec.id);
		expect(done.error).toMatchObject({reason: 'stopped', message: 'Job execution was cancelled: User requested cancellation'});
		await clearFaults();
	});
});

describe('datasets and tables', () => {
	it('creates, finds, labels with compare-and-swap, and removes only scratch datasets', async () => {
		const {warehouse} = loopback.connection;
		const name = `${production}_scratch_cas`;
		const created = await warehouse.createDataset(name, {labels: {purpose: 'test'}});
		const changed = await warehouse.setDatasetLabels(name, created.etag, {owner: 'me', purpose: null});
		expect(changed.labels).toEqual({owner: 'me'});
		expect((await failureOf(warehouse.setDatasetLabels(name, created.etag, {owner: 'you'}))).kind).toBe('precondition');
		expect((await failureOf(warehouse.createDataset(name, {}))).kind).toBe('duplicate');
		expect(await warehouse.listDatasets()).toContain(name);
		await warehouse.deleteScratchDataset(name);
		expect(await warehouse.findDataset(name)).toBeUndefined();
		expect((await failureOf(warehouse.deleteScratchDataset('somebody_elses'))).kind).toBe('refused');
		expect((await failureOf(warehouse.deleteScratchDataset(production))).kind).toBe('refused');
	});

	it('tells permissions, and which of them are revoked', async () => {
		const {warehouse} = loopback.connection;
		const name = `${production}_scratch_permissions`;
		await warehouse.createDataset(name, {});
		await fault({kind: 'revoked-permission', name: 'revoked', path: '/nothing', permissions: ['bigquery.tables.create']});
		expect(await warehouse.testPermissions(name, ['bigquery.tables.get', 'bigquery.tables.create'])).toEqual(['bigquery.tables.get']);
		await clearFaults();
		await warehouse.deleteScratchDataset(name);
	});
});

describe('faults', () => {
	const submitPath = '/projects/*/jobs';

	it('maps statuses to kinds and keeps Retry-After', async () => {
		const {warehouse} = loopback.connection;
		const cases = [
			[{kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfterS: 3}, 'rate-limited'],
			[{kind: 'status', status: 503, reason: 'backendError'}, 'backend'],
			[{kind: 'status', status: 403, reason: 'accessDenied'}, 'forbidden'],
			[{kind: 'status', status: 403, reason: 'quotaExceeded'}, 'rate-limited'],
			[{kind: 'expired-token'}, 'unauthenticated'],
			[{kind: 'drop-before'}, 'network'],
		] as const;
		for (const [given, kind] of cases) {
			await fault({...given, method: 'POST', path: submitPath});
			const failure = await failureOf(warehouse.submit(aJob('SELECT 1 AS n')));
			expect(failure.kind, JSON.stringify(given)).toBe(kind);
			if (kind === 'rate-limited' && 'retryAfterS' in given) {
				expect(failure.retryAfterMs).toBe(3000);
			}
		}

		await clearFaults();
	});

	it('keeps a job whose acceptance was lost on the way back', async () => {
		const {warehouse} = loopback.connection;
		for (const kind of ['drop-after', 'truncate']) {
			await fault({kind, method: 'POST', path: submitPath});
			const spec = aJob('SELECT 5 AS n');
			expect((await failureOf(warehouse.submit(spec))).kind).toBe('network');
			expect((await failureOf(warehouse.submit(spec))).kind).toBe('duplicate');
			await warehouse.waitForJob(spec.id);
			expect((await warehouse.readRows(spec.id)).rows).toEqual([{n: 5}]);
		}

		await clearFaults();
	});

	it('reads on through passing failures', async () => {
		const {warehouse} = loopback.connection;
		const spec = aJob('SELECT n FROM UNNEST(GENERATE_ARRAY(1, 12000)) AS n');
		await warehouse.submit(spec);
		await fault({kind: 'status', status: 503, reason: 'backendError', method: 'GET', count: 2});
		await fault({kind: 'lost-page'});
		expect((await warehouse.waitForJob(spec.id)).error).toBeUndefined();
		expect((await warehouse.readRows(spec.id)).rows).toHaveLength(12_000);
		await clearFaults();
	});
});
