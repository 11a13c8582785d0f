// Every call of the port adapters, every fault of the network, against the real server: each ends in the state this table
// says, and none of them does anything twice. What jobs do is in `network-faults-jobs.test.ts`.
//
// | fault | a read | a change |
// |---|---|---|
// | no answer: time-out before or after, connection lost before or after, reset mid-answer | asked again | looked at what stands there, then made if it was not |
// | 429 (Retry-After kept), 500, 503 for a while | asked again | the same |
// | 409 | - | 'duplicate' when we did not cause it ourselves |
// | 401 | 'unauthenticated' | 'unauthenticated', nothing done |
// | 403 | 'forbidden' | 'forbidden', nothing done |
// | any of the passing ones for longer than five tries | 'network', 'backend' or 'rate-limited' | the same |
import process from 'node:process';
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {adminRequest} from '../../source/cloud/embedded.js';
import {jobId} from '../../source/domain/ids.js';
import {WarehouseError} from '../../source/ports/warehouse.js';
import {production, startLoopback, type Loopback} from './loopback.js';

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
	'after and 503': {kind: 'drop-after', then: {kind: 'status', status: 503, reason: 'backendError', count: 2}},
};
const lasting: Readonly<Record<string, readonly [Fault, string]>> = {
	401: [{kind: 'expired-token'}, 'unauthenticated'],
	403: [{kind: 'revoked-permission'}, 'forbidden'],
};

let loopback: Loopback;
let turn = 0;

beforeAll(async () => {
	loopback = await startLoopback({timings: {requestMs: 250, patienceMs: 5000, longPollMs: 250}, random: () => 0});
});
afterAll(async () => {
	await loopback.close();
});
beforeEach(async () => {
	turn += 1;
	await adminRequest(loopback.instance, 'DELETE', 'faults');
});

const arm = async ({then, ...fault}: Fault, matcher: Fault): Promise<void> => {
	await adminRequest(loopback.instance, 'POST', 'faults', {...matcher, ...fault});
	if (then !== undefined) {
		await adminRequest(loopback.instance, 'POST', 'faults', {...matcher, skip: 1, ...then});
	}
};

const hits = async (): Promise<number> => {
	const {faults} = await adminRequest(loopback.instance, 'GET', 'faults') as {faults: ReadonlyArray<{hits: number}>};
	return faults.reduce((sum, fault) => sum + fault.hits, 0);
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

const scratch = (): string => `${production}_scratch_${turn}`;

type Call = {
	readonly name: string;
	/** Which requests are hit. */
	readonly matcher: Fault;
	readonly isChange?: boolean;
	/** Laid out before the fault is armed. */
	readonly before?: () => Promise<void>;
	readonly run: () => Promise<unknown>;
	/** How often the change is there afterwards. */
	readonly effects?: () => Promise<number>;
};

const makeScratch = async (): Promise<void> => {
	await loopback.connection.warehouse.createDataset(scratch(), {labels: {turn: String(turn)}});
};

let etag = '';
let config = '';
const spec = () => ({displayName: `query ${turn}`, schedule: 'every day 09:07', query: 'SELECT 1 AS n', notifyOnFailure: false});
const schedules = () => loopback.connection.embedded!.seed.schedules;
const ours = async () => (await schedules().list(scratch())).filter(({displayName}) => displayName === `query ${turn}`);
const makeConfig = async (): Promise<void> => {
	await makeScratch();
	({name: config} = await schedules().upsert(scratch(), spec(), {isDisabled: true}));
};

const ids = async (): Promise<readonly string[]> => {
	const answer = await fetch(`${loopback.instance.endpoint}/projects/${loopback.instance.project}/datasets`, {headers: {authorization: `Bearer ${loopback.instance.token}`}});
	return ((await answer.json()) as {datasets: ReadonlyArray<{datasetReference: {datasetId: string}}>}).datasets.map(({datasetReference}) => datasetReference.datasetId);
};

const calls: readonly Call[] = [
	{name: 'datasets.get', matcher: {method: 'GET', path: '/projects/*/datasets/*'}, before: makeScratch, run: async () => loopback.connection.warehouse.findDataset(scratch())},
	{name: 'datasets.list', matcher: {method: 'GET', path: '/projects/*/datasets'}, run: async () => loopback.connection.warehouse.listDatasets()},
	{name: 'tables.list', matcher: {method: 'GET', path: '*/tables'}, before: makeScratch, run: async () => loopback.connection.warehouse.listTables(scratch())},
	{name: 'tables.get', matcher: {method: 'GET', path: '*/tables/none'}, before: makeScratch, run: async () => loopback.connection.warehouse.findTable(scratch(), 'none')},
	{name: 'routines.list', matcher: {method: 'GET', path: '*/routines'}, before: makeScratch, run: async () => loopback.connection.warehouse.listRoutines(scratch())},
	{name: 'testIamPermissions', matcher: {method: 'POST', path: '*:testIamPermissions'}, run: async () => loopback.connection.warehouse.testPermissions(scratch(), ['bigquery.tables.get'])},
	{name: 'jobs.insert, dry run', matcher: {method: 'POST', path: '*/jobs'}, run: async () => loopback.connection.warehouse.dryRun('SELECT 1 AS n')},
	{name: 'jobs.query', matcher: {method: 'POST', path: '*/queries'}, run: async () => loopback.connection.warehouse.query('SELECT 1 AS n')},
	{
		name: 'datasets.insert', matcher: {method: 'POST', path: '/projects/*/datasets'}, isChange: true, run: makeScratch,
		effects: async () => (await ids()).filter(id => id === scratch()).length,
	},
	{
		name: 'datasets.patch', matcher: {method: 'PATCH', path: '*/datasets/*'}, isChange: true,
		async before() {
			await makeScratch();
			etag = (await loopback.connection.warehouse.findDataset(scratch()))!.etag;
		},
		run: async () => loopback.connection.warehouse.setDatasetLabels(scratch(), etag, {holder: 'me', turn: null}),
		async effects() {
			const {labels} = (await loopback.connection.warehouse.findDataset(scratch()))!;
			expect([{holder: 'me'}, {turn: String(turn)}]).toContainEqual(labels);
			return Object.keys(labels).filter(key => key === 'holder').length;
		},
	},
	{
		name: 'datasets.delete', matcher: {method: 'DELETE', path: '*/datasets/*'}, isChange: true, before: makeScratch, run: async () => loopback.connection.warehouse.deleteScratchDataset(scratch()),
		effects: async () => ((await ids()).includes(scratch()) ? 0 : 1),
	},
	{name: 'transferConfigs.list', matcher: {method: 'GET', path: '*/transferConfigs'}, before: makeConfig, run: async () => schedules().list(scratch())},
	{name: 'transferConfigs.runs.list', matcher: {method: 'GET', path: '*/runs'}, before: makeConfig, run: async () => schedules().runs(config)},
	{
		name: 'transferConfigs.create', matcher: {method: 'POST', path: '*/transferConfigs'}, isChange: true, before: makeScratch,
		run: async () => schedules().upsert(scratch(), spec(), {isDisabled: true}),
		effects: async () => (await ours()).length,
	},
	{
		name: 'transferConfigs.patch', matcher: {method: 'PATCH', path: '*/transferConfigs/*'}, isChange: true, before: makeConfig, run: async () => schedules().setDisabled(config, false),
		effects: async () => (await ours()).filter(({isDisabled}) => !isDisabled).length,
	},
	{
		name: 'transferConfigs.delete', matcher: {method: 'DELETE', path: '*/transferConfigs/*'}, isChange: true, before: makeConfig, run: async () => schedules().remove(config),
		effects: async () => 1 - (await ours()).length,
	},
	{
		name: 'alertPolicies.create', matcher: {method: 'POST', path: '*/alertPolicies'}, isChange: true,
		run: async () => loopback.connection.alerting.upsert([], [{name: `policy ${turn}`, metric: 'eros_errors', thresholdPerHour: 3, documentation: ''}], []),
		effects: async () => (await loopback.connection.alerting.read()).policies.filter(({name}) => name === `policy ${turn}`).length,
	},
];

const counted = async (call: Call): Promise<number> => {
	await adminRequest(loopback.instance, 'DELETE', 'faults');
	return call.effects!();
};

/** All pairs with EROS_FAULTS=all (npm run test:faults); otherwise a third of them, in which each call and each fault is. */
const isWhole = process.env['EROS_FAULTS'] === 'all';
const chosen = <T>(of: Readonly<Record<string, T>>, call: Call, every: number): ReadonlyArray<[string, T]> => Object.entries(of).filter((_fault, index) => isWhole || index % every === calls.indexOf(call) % every);

describe.each(calls.map(call => [call.name, call] as const))('%s', (_name, call) => {
	it.each(chosen(passing, call, 3))('gets over: %s', async (_fault, fault) => {
		await call.before?.();
		await arm(fault, call.matcher);
		await call.run();
		expect(await hits()).toBeGreaterThan(0);
		if (call.effects !== undefined) {
			expect(await counted(call)).toBe(1);
		}
	}, 9000);

	it.each(chosen(lasting, call, 2))('stops at: %s', async (_fault, [fault, kind]) => {
		await call.before?.();
		await arm(fault, {...call.matcher, count: 0});
		expect((await failureOf(call.run())).kind).toBe(kind);
		if (call.effects !== undefined) {
			expect(await counted(call)).toBe(0);
		}
	});
});

describe('a service that stays away', () => {
	it.each([['drop-before', 'network'], ['hang-before', 'network']] as const)('is reported after five tries: %s', async (kind, expected) => {
		await arm({kind}, {method: 'GET', path: '/projects/*/datasets', count: 0});
		expect((await failureOf(loopback.connection.warehouse.listDatasets())).kind).toBe(expected);
		expect(await hits()).toBe(5);
	});

	it('leaves nothing behind when a change never got through', async () => {
		await arm({kind: 'status', status: 503, reason: 'backendError'}, {method: 'POST', path: '/projects/*/datasets', count: 0});
		expect((await failureOf(makeScratch())).kind).toBe('backend');
		expect(await hits()).toBe(5);
		expect(await ids()).not.toContain(scratch());
	});
});

describe('what somebody else did', () => {
	it('is never taken for our own change', async () => {
		const {warehouse} = loopback.connection;
		await warehouse.createDataset(scratch(), {labels: {turn: 'theirs'}});
		expect((await failureOf(warehouse.createDataset(scratch(), {labels: {turn: 'ours'}}))).kind).toBe('duplicate');
		// Lost on the way there, and meanwhile somebody else was faster.
		await arm({kind: 'drop-before'}, {method: 'POST', path: '/projects/*/datasets'});
		expect((await failureOf(warehouse.createDataset(scratch(), {labels: {turn: 'ours'}}))).kind).toBe('duplicate');
		const {etag: first} = (await warehouse.findDataset(scratch()))!;
		await warehouse.setDatasetLabels(scratch(), first, {holder: 'them'});
		await arm({kind: 'drop-before'}, {method: 'PATCH', path: '*/datasets/*'});
		expect((await failureOf(warehouse.setDatasetLabels(scratch(), first, {holder: 'us'}))).kind).toBe('precondition');
		expect((await warehouse.findDataset(scratch()))?.labels).toEqual({turn: 'theirs', holder: 'them'});
	});
});

describe('two scheduled queries of one name', () => {
	it('are not chosen between', async () => {
		await makeScratch();
		const headers = {authorization: `Bearer ${loopback.instance.token}`, 'content-type': 'application/json'};
		for (let count = 0; count < 2; count += 1) {
			await fetch(`${loopback.instance.endpoint}/v1/projects/${loopback.instance.project}/locations/us/transferConfigs`, {method: 'POST', headers, body: JSON.stringify({displayName: `query ${turn}`, dataSourceId: 'scheduled_query', destinationDatasetId: scratch(), params: {query: 'SELECT 1'}, schedule: 'every day 09:07'})});
		}

		const failure = await failureOf(schedules().upsert(scratch(), spec(), {isDisabled: true}));
		expect(failure).toMatchObject({kind: 'invalid', reason: 'ambiguous'});
		expect(await ours()).toHaveLength(2);
	});
});

describe('the lease', () => {
	it.each(Object.entries(passing))('is taken once, kept and given back through: %s', async (_fault, fault) => {
		const {connection} = loopback;
		await connection.warehouse.createDataset(production, {}).catch(() => undefined);
		const before = Number((await connection.warehouse.findDataset(production))?.labels['eros_epoch'] ?? 0);
		await arm(fault, {method: 'PATCH', path: '*/datasets/*'});
		const hold = await connection.lease.acquire({run: `run${turn}`, actor: 'tester'});
		expect(hold.epoch).toBe(before + 1);
		await adminRequest(loopback.instance, 'DELETE', 'faults');
		await arm(fault, {method: 'GET', path: '*/datasets/*'});
		expect((await connection.lease.assertHeld()).epoch).toBe(hold.epoch);
		await adminRequest(loopback.instance, 'DELETE', 'faults');
		await arm(fault, {method: 'PATCH', path: '*/datasets/*'});
		await connection.lease.release();
		expect((await connection.warehouse.findDataset(production))?.labels).toEqual({eros_epoch: String(hold.epoch)});
	});
});

describe('jobs.cancel', () => {
	it.each(Object.entries(passing))('reaches the job through: %s', async (_fault, fault) => {
		const {warehouse} = loopback.connection;
		const id = jobId(`cancelled_${turn}`);
		await arm({kind: 'stuck-job', count: 0}, {text: id});
		await warehouse.submit({id, sql: 'SELECT 1', maximumBytesBilled: 1e9, timeoutMs: 60_000, labels: {}, mutates: []});
		await arm(fault, {method: 'POST', path: '*/cancel'});
		await warehouse.cancelJob(id);
		expect((await warehouse.waitForJob(id)).error?.reason).toBe('stopped');
	});
});
