// Every method of the ports that can change production, against every piece of authority that can be missing. Methods are
// read off the adapters: one that is added and not told here fails the test.
import type {BigQuery} from '@google-cloud/bigquery';
import type {DataTransferServiceClient} from '@google-cloud/bigquery-data-transfer';
import {describe, expect, it} from 'vitest';
import type {Guard} from '../../source/cloud/bigquery/guard.js';
import {createBigQueryWarehouse} from '../../source/cloud/bigquery/warehouse.js';
import {createScheduledQueries} from '../../source/cloud/scheduled-queries/scheduled-queries.js';
import {jobId, planHash} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import type {ScheduledQueries} from '../../source/ports/scheduled-queries.js';
import type {JobSpec, MutationAuthority, Warehouse} from '../../source/ports/warehouse.js';

const production = 'eros_scheduling_brain';
const hash = planHash('7f3a91c2');
const sound: MutationAuthority = {leaseEpoch: 4, provenRestorePoint: 'rp_1', planHash: hash};
const valid = {leaseEpoch: 4, provenRestorePoint: 'rp_1', planHash: hash};

type Sent = {readonly method: string; readonly path: string};
type Stand = {readonly warehouse: Warehouse; readonly schedules: ScheduledQueries; readonly sent: Sent[]};

/** Both adapters over clients that answer everything and keep what was asked to be changed. */
const stand = (guard: Partial<ReturnType<Guard['valid']>> = {}): Stand => {
	const sent: Sent[] = [];
	const client = {
		request(options: {readonly method?: string; readonly uri: string}, done: (error: Error | null, answer: unknown) => void) {
			if ((options.method ?? 'GET') !== 'GET') {
				sent.push({method: options.method ?? 'GET', path: options.uri});
			}

			done(null, {jobReference: {jobId: 'j'}, status: {state: 'DONE'}, jobComplete: true, datasetReference: {datasetId: 'd'}, etag: '1', permissions: []});
		},
	} as unknown as BigQuery;
	const config = {name: 'projects/p/transferConfigs/c', displayName: 'sweep', destinationDatasetId: production, params: {fields: {query: {stringValue: 'CALL p()'}}}};
	const change = (method: string) => async () => {
		sent.push({method, path: 'transferConfigs'});
		return [config];
	};
	const transfer = {
		listTransferConfigs: async () => [[config]], getTransferConfig: async () => [config], listTransferRuns: async () => [[]],
		createTransferConfig: change('create'), updateTransferConfig: change('update'), deleteTransferConfig: change('delete'),
	} as unknown as DataTransferServiceClient;
	const common = {project: 'test-project', location: 'US', guard: {productionDataset: production, valid: () => ({...valid, ...guard})}, clock: createSystemClock(), random: () => 0.5};
	return {
		warehouse: createBigQueryWarehouse({...common, client: () => client, timings: {requestMs: 1000, patienceMs: 1000, longPollMs: 100}, resourceManagerEndpoint: () => 'http://127.0.0.1:1'}),
		schedules: createScheduledQueries({...common, client: async () => transfer, requestMs: 1000}),
		sent,
	};
};

const aJob = (change: Partial<JobSpec> = {}): JobSpec => ({id: jobId('j'), sql: `CREATE OR REPLACE FUNCTION ${production}.f() AS (1)`, mutates: [production], authority: sound, maximumBytesBilled: 1e9, timeoutMs: 1000, labels: {eros_run: 'r'}, ...change});
const aSchedule = {displayName: 'sweep', schedule: 'every 6 hours', query: 'CALL p()', notifyOnFailure: true};
const without = (authority: MutationAuthority | undefined): {readonly authority?: MutationAuthority} => (authority === undefined ? {} : {authority});

/** How each method that can change production is called with an authority; `undefined` is for methods that change nothing there. */
const warehouseMethods: Readonly<Record<keyof Warehouse, ((warehouse: Warehouse, authority: MutationAuthority | undefined) => Promise<unknown>) | 'reads' | 'never production' | 'compare-and-swap'>> = {
	project: 'reads', location: 'reads', findJob: 'reads', waitForJob: 'reads', readRows: 'reads', listChildJobs: 'reads', listRunningJobs: 'reads', listJobs: 'reads', dryRun: 'reads', findDataset: 'reads', listDatasets: 'reads', listTables: 'reads', findTable: 'reads', listRoutines: 'reads', testPermissions: 'reads',
	// Stops work that is under way; it starts none.
	cancelJob: 'reads',
	async submit(warehouse, authority) {
		const {authority: _authority, ...rest} = aJob();
		return warehouse.submit({...rest, ...without(authority)});
	},
	query: 'never production',
	createDataset: 'never production',
	deleteScratchDataset: 'never production',
	// The lease itself is kept in the labels: it is what everything else asks, and a swap needs the etag that was read.
	setDatasetLabels: 'compare-and-swap',
};

const scheduleMethods: Readonly<Record<keyof ScheduledQueries, ((schedules: ScheduledQueries, authority: MutationAuthority | undefined) => Promise<unknown>) | 'reads'>> = {
	list: 'reads',
	runs: 'reads',
	upsert: async (schedules, authority) => schedules.upsert(production, aSchedule, {isDisabled: true, ...without(authority)}),
	setDisabled: async (schedules, authority) => schedules.setDisabled('projects/p/transferConfigs/c', true, authority),
	remove: async (schedules, authority) => schedules.remove('projects/p/transferConfigs/c', authority),
};

const changing: readonly (readonly [name: string, call: (at: Stand, authority: MutationAuthority | undefined) => Promise<unknown>])[] = [
	...Object.entries(warehouseMethods).flatMap(([name, how]) => (typeof how === 'function' ? [[`warehouse.${name}`, async (at: Stand, authority: MutationAuthority | undefined) => how(at.warehouse, authority)] as const] : [])),
	...Object.entries(scheduleMethods).flatMap(([name, how]) => (typeof how === 'function' ? [[`schedules.${name}`, async (at: Stand, authority: MutationAuthority | undefined) => how(at.schedules, authority)] as const] : [])),
];

const pieces: readonly (readonly [piece: string, authority: MutationAuthority | undefined, guard: Partial<ReturnType<Guard['valid']>>])[] = [
	['any authority', undefined, {}],
	['the current epoch', {...sound, leaseEpoch: 3}, {}],
	['a lease that is held', sound, {leaseEpoch: undefined}],
	['a restore point', {...sound, provenRestorePoint: ''}, {}],
	['this restore point', {...sound, provenRestorePoint: 'rp_0'}, {}],
	['a proven restore point', sound, {provenRestorePoint: undefined}],
	['the plan', {...sound, planHash: planHash('')}, {}],
	['this plan', {...sound, planHash: planHash('00000000')}, {}],
	['a frozen plan', sound, {planHash: undefined}],
];

describe('every method that can change production', () => {
	it('is told here', () => {
		const {warehouse, schedules} = stand();
		expect(Object.keys(warehouse).toSorted()).toEqual(Object.keys(warehouseMethods).toSorted());
		expect(Object.keys(schedules).toSorted()).toEqual(Object.keys(scheduleMethods).toSorted());
	});

	it.each(changing)('%s goes through with everything it needs', async (_name, call) => {
		const at = stand();
		await call(at, sound);
		expect(at.sent).toHaveLength(1);
	});

	describe.each(changing)('%s', (_name, call) => {
		it.each(pieces)('is refused without %s, and nothing is sent', async (_piece, authority, guard) => {
			const at = stand(guard);
			await expect(call(at, authority)).rejects.toMatchObject({name: 'WarehouseError', kind: 'refused', message: expect.stringContaining(`may not change ${production}`) as string});
			expect(at.sent).toEqual([]);
		});
	});

	it.each([['a byte cap', {maximumBytesBilled: 0}], ['labels', {labels: {}}], ['saying that it changes production', {mutates: []}]])('a job is refused without %s', async (_piece, change) => {
		const at = stand();
		await expect(at.warehouse.submit(aJob(change))).rejects.toMatchObject({kind: 'refused'});
		expect(at.sent).toEqual([]);
	});

	it('the methods that never touch production do not', async () => {
		const at = stand();
		await expect(at.warehouse.query(`DROP TABLE ${production}.caption_bank`)).rejects.toMatchObject({kind: 'refused'});
		await expect(at.warehouse.deleteScratchDataset(production)).rejects.toMatchObject({kind: 'refused'});
		expect(at.sent).toEqual([]);
	});

	it('labels are changed only with the etag that was read', async () => {
		const headers: unknown[] = [];
		const client = {
			request(options: {readonly headers?: unknown}, done: (error: Error | null, answer: unknown) => void) {
				headers.push(options.headers);
				done(null, {datasetReference: {datasetId: production}, etag: '2'});
			},
		} as unknown as BigQuery;
		const warehouse = createBigQueryWarehouse({client: () => client, project: 'p', location: 'US', guard: {productionDataset: production, valid: () => valid}, clock: createSystemClock(), random: () => 0.5, timings: {requestMs: 1000, patienceMs: 1000, longPollMs: 100}, resourceManagerEndpoint: () => ''});
		await warehouse.setDatasetLabels(production, 'etag-1', {eros_run: 'r'});
		expect(headers).toEqual([expect.objectContaining({'If-Match': 'etag-1'})]);
		await expect(warehouse.setDatasetLabels(production, '', {eros_run: 'r'})).rejects.toMatchObject({kind: 'refused'});
	});
});
