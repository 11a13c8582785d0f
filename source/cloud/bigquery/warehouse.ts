// The Warehouse port over `@google-cloud/bigquery`; the same for BigQuery and for the embedded warehouse.
import type {BigQuery} from '@google-cloud/bigquery';
import {z} from 'zod';
import {jobId, type JobId} from '../../domain/ids.js';
import type {Clock, Random} from '../../ports/clock.js';
import {WarehouseError, type DatasetInfo, type Field, type JobStatus, type Row, type TableInfo, type Warehouse} from '../../ports/warehouse.js';
import {isPassing, pauseBefore, retryRead, type RetryOptions} from '../retry.js';
import {restRow, restSchema, toFields, toRow} from './decode.js';
import {toWarehouseError} from './failure.js';
import {changeOnce, hasLabels} from './change-once.js';
import {isScratchDataset, jobProblem, refuse, type Guard} from './guard.js';
import {insertBody, queryFields, restJob, toJobStatus} from './job.js';
import {createTransport} from './transport.js';

export type BigQueryWarehouseOptions = {
	readonly client: () => BigQuery;
	readonly project: string;
	readonly location: string;
	readonly guard: Guard;
	/** Who answers for the project's policy: `https://cloudresourcemanager.googleapis.com`, or the embedded warehouse. */
	readonly resourceManagerEndpoint: () => string;
	readonly clock: Clock;
	readonly random: Random;
	readonly timings?: NetworkTimings | undefined;
	/** See `TransportOptions`. */
	readonly onSilence?: (() => Promise<boolean>) | undefined;
};

/** How long the network is given; milliseconds. */
export type NetworkTimings = {
	/** An answer that takes longer is held for lost. */
	readonly requestMs: number;
	/** How long somebody who waits for a job sits out an unreachable warehouse. */
	readonly patienceMs: number;
	/** How long the service is asked to hold a request open until its job is done. */
	readonly longPollMs: number;
};

export const defaultTimings: NetworkTimings = {requestMs: 60_000, patienceMs: 120_000, longPollMs: 20_000};

const pageRows = 10_000;

const count = z.union([z.string(), z.number()]).transform(Number).optional();
const resultPage = z.object({
	jobReference: z.object({jobId: z.string()}).optional(),
	jobComplete: z.boolean().optional(),
	schema: restSchema,
	rows: z.array(restRow).optional(),
	pageToken: z.string().optional(),
	totalBytesProcessed: count,
	totalBytesBilled: count,
	creationTime: count,
	startTime: count,
	endTime: count,
	statementType: z.string().optional(),
	numDmlAffectedRows: count,
});
const datasetResource = z.object({
	datasetReference: z.object({datasetId: z.string()}), location: z.string().optional(), labels: z.record(z.string(), z.string()).optional(), etag: z.string().optional(),
	defaultTableExpirationMs: count,
});
const tableSummary = z.object({tableReference: z.object({tableId: z.string()}), type: z.string().optional(), cloneDefinition: z.unknown().optional()});
const tableResource = tableSummary.extend({
	schema: restSchema, numRows: count, numBytes: count, labels: z.record(z.string(), z.string()).optional(), view: z.object({query: z.string()}).optional(),
	lastModifiedTime: count, streamingBuffer: z.unknown().optional(),
});
const routineSummary = z.object({routineReference: z.object({routineId: z.string()}), routineType: z.string()});
const nothing = z.unknown();
const micros = {'formatOptions.useInt64Timestamp': true} as const;

const toDatasetInfo = (resource: z.infer<typeof datasetResource>): DatasetInfo => ({
	dataset: resource.datasetReference.datasetId,
	location: resource.location ?? 'US',
	labels: resource.labels ?? {},
	etag: resource.etag ?? '',
	...(resource.defaultTableExpirationMs === undefined ? {} : {defaultTableExpirationMs: resource.defaultTableExpirationMs}),
});

const tableTypeOf = (resource: z.infer<typeof tableSummary>): TableInfo['type'] =>
	resource.type === 'VIEW' || resource.type === 'SNAPSHOT' ? resource.type : (resource.cloneDefinition === undefined ? 'TABLE' : 'CLONE');

const isRoutineType = (type: string): type is 'SCALAR_FUNCTION' | 'TABLE_VALUED_FUNCTION' | 'PROCEDURE' => ['SCALAR_FUNCTION', 'TABLE_VALUED_FUNCTION', 'PROCEDURE'].includes(type);

/** Waits for the work or for the signal, whichever is first. A signal outlives many waits: the listener goes with this one. */
const untilAborted = async <Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value | undefined> => {
	if (signal === undefined) {
		return work;
	}

	let stopListening = (): void => {
		// Replaced as soon as there is something to listen to.
	};

	const aborted = new Promise<undefined>(resolve => {
		const onAbort = (): void => resolve(undefined);
		signal.addEventListener('abort', onAbort, {once: true});
		stopListening = () => signal.removeEventListener('abort', onAbort);
	});
	try {
		return await Promise.race([work, aborted]);
	} finally {
		stopListening();
	}
};

/** How the job of a finished query stands, where the answer itself says enough; saves asking for the job. */
const statusOfPage = (page: z.infer<typeof resultPage>): JobStatus | undefined => {
	const {jobReference, statementType, creationTime, totalBytesBilled} = page;
	if (jobReference === undefined || statementType === undefined || statementType === 'SCRIPT' || creationTime === undefined || totalBytesBilled === undefined) {
		return undefined;
	}

	return {
		id: jobId(jobReference.jobId), state: 'DONE', statementType, createdMs: creationTime, billedBytes: totalBytesBilled, processedBytes: page.totalBytesProcessed ?? 0, childJobs: 0,
		...(page.startTime === undefined ? {} : {startedMs: page.startTime}),
		...(page.endTime === undefined ? {} : {endedMs: page.endTime}),
		...(page.numDmlAffectedRows === undefined ? {} : {affectedRows: page.numDmlAffectedRows}),
	};
};

/** Undefined in place of a 404. */
const orUndefined = async <T>(work: Promise<T>): Promise<T | undefined> => {
	try {
		return await work;
	} catch (error) {
		if (error instanceof WarehouseError && error.kind === 'not-found') {
			return undefined;
		}

		throw error;
	}
};

export const createBigQueryWarehouse = (options: BigQueryWarehouseOptions): Warehouse => {
	const {project, location, guard, clock} = options;
	const {requestMs, patienceMs, longPollMs} = options.timings ?? defaultTimings;
	const {request} = createTransport({client: options.client, clock, timeoutMs: requestMs, onSilence: options.onSilence});
	const retry: RetryOptions = {clock, random: options.random};
	const read = async <T>(schema: z.ZodType<T>, uri: string, qs: Readonly<Record<string, string | number | boolean | undefined>> = {}, signal?: AbortSignal): Promise<T> =>
		retryRead(async () => request(schema, {uri, qs, heldMs: Number(qs['timeoutMs'] ?? 0)}), {...retry, signal});

	/** Every page of a list. */
	const readAll = async <T>(uri: string, key: string, item: z.ZodType<T>, qs: Readonly<Record<string, string | number | boolean | undefined>> = {}): Promise<readonly T[]> => {
		const page = z.object({[key]: z.array(item).optional(), nextPageToken: z.string().optional()});
		const all: T[] = [];
		let pageToken: string | undefined;
		do {
			const answer: {readonly nextPageToken?: string | undefined} = await read(page, uri, {...qs, pageToken, maxResults: 1000});
			all.push(...((answer as Readonly<Record<string, unknown>>)[key] as readonly T[] | undefined ?? []));
			pageToken = answer.nextPageToken;
		} while (pageToken !== undefined);
		return all;
	};

	const readRows = async <R extends Row>(id: string, first: z.infer<typeof resultPage> | undefined, maxRows: number, signal?: AbortSignal): Promise<{readonly rows: readonly R[]; readonly schema: readonly Field[]}> => {
		let page = first ?? await read(resultPage, `/queries/${id}`, {location, maxResults: Math.min(pageRows, maxRows), timeoutMs: longPollMs, ...micros}, signal);
		while (page.jobComplete === false) {
			signal?.throwIfAborted();
			page = await read(resultPage, `/queries/${id}`, {location, maxResults: Math.min(pageRows, maxRows), timeoutMs: longPollMs, ...micros}, signal);
		}

		const schema = toFields(page.schema?.fields ?? []);
		const rows: R[] = [];
		for (;;) {
			for (const row of page.rows ?? []) {
				rows.push(toRow(row, schema) as R);
			}

			if (page.pageToken === undefined || rows.length >= maxRows) {
				return {rows: rows.slice(0, maxRows), schema};
			}

			page = await read(resultPage, `/queries/${id}`, {location, maxResults: Math.min(pageRows, maxRows - rows.length), pageToken: page.pageToken, ...micros}, signal);
		}
	};

	const findDataset = async (dataset: string): Promise<DatasetInfo | undefined> => orUndefined(read(datasetResource, `/datasets/${dataset}`).then(toDatasetInfo));

	const getJob = async (id: string, signal?: AbortSignal): Promise<JobStatus> => toJobStatus(await read(restJob, `/jobs/${id}`, {location}, signal), id);

	const waitForJob = async (id: JobId, signal?: AbortSignal): Promise<JobStatus> => {
		let troubleSinceMs: number | undefined;
		for (let attempt = 1; ; attempt++) {
			signal?.throwIfAborted();
			try {
				const status = toJobStatus(await request(restJob, {uri: `/jobs/${id}`, qs: {location}}), id);
				troubleSinceMs = undefined;
				if (status.state === 'DONE') {
					return status;
				}

				// The server answers as soon as the job is done, or says "not yet"; how the job ended is read from the job.
				const poll = request(nothing, {uri: `/queries/${id}`, qs: {location, maxResults: 0, timeoutMs: longPollMs}, heldMs: longPollMs}).catch((error: unknown) => toWarehouseError(error));
				const outcome = await untilAborted(poll, signal);
				if (outcome instanceof WarehouseError && isPassing(outcome)) {
					await clock.pause(pauseBefore(Math.min(attempt, 6), outcome, retry), signal);
				}
			} catch (error) {
				const failure = toWarehouseError(error);
				troubleSinceMs ??= clock.monotonic();
				if (!isPassing(failure) || clock.monotonic() - troubleSinceMs > patienceMs) {
					throw failure;
				}

				await clock.pause(pauseBefore(Math.min(attempt, 6), failure, retry), signal);
			}
		}
	};

	return {
		project,
		location,
		async submit(spec) {
			const problem = jobProblem(guard, spec);
			if (problem !== undefined) {
				return refuse(guard, `Job ${spec.id}`, problem);
			}

			return toJobStatus(await request(restJob, {method: 'POST', uri: '/jobs', json: insertBody(project, location, spec)}), spec.id);
		},
		findJob: async id => orUndefined(getJob(id)),
		waitForJob,
		readRows: async <R extends Row>(id: JobId, maxRows = Number.MAX_SAFE_INTEGER) => readRows<R>(id, undefined, maxRows),
		async listChildJobs(parent) {
			const jobs = await readAll('/jobs', 'jobs', restJob, {parentJobId: parent, projection: 'full', allUsers: true});
			const order = (status: JobStatus): number => Number(/_(\d+)$/.exec(status.id)?.[1] ?? 0);
			return jobs.map(job => toJobStatus(job)).toSorted((a, b) => a.createdMs - b.createdMs || order(a) - order(b));
		},
		async listRunningJobs(prefix) {
			const lists = await Promise.all(['pending', 'running'].map(async stateFilter => readAll('/jobs', 'jobs', restJob, {stateFilter, projection: 'full', allUsers: true})));
			const found = new Map(lists.flat().map(job => toJobStatus(job)).filter(({id}) => id.startsWith(prefix)).map(status => [status.id, status]));
			return [...found.values()];
		},
		async listJobs(prefix, sinceMs) {
			const jobs = await readAll('/jobs', 'jobs', restJob, {projection: 'full', allUsers: true, minCreationTime: String(sinceMs)});
			return jobs.map(job => toJobStatus(job)).filter(({id}) => id.startsWith(prefix));
		},
		async cancelJob(id) {
			await retryRead(async () => request(nothing, {method: 'POST', uri: `/jobs/${id}/cancel`, qs: {location}, json: {}}), retry);
		},
		async query<R extends Row>(sql: string, given: Parameters<Warehouse['query']>[1] = {}) {
			const problem = jobProblem(guard, {sql, mutates: [], maximumBytesBilled: given.maximumBytesBilled ?? 0, labels: given.labels ?? {}, ...(given.defaultDataset === undefined ? {} : {defaultDataset: given.defaultDataset})});
			if (problem !== undefined) {
				return refuse(guard, 'This query', problem);
			}

			const {signal} = given;
			signal?.throwIfAborted();
			const json = {
				...queryFields(project, sql, given), location, maxResults: pageRows, timeoutMs: longPollMs, formatOptions: {useInt64Timestamp: true},
				...(given.labels === undefined ? {} : {labels: given.labels}),
				...(given.timeoutMs === undefined ? {} : {jobTimeoutMs: String(given.timeoutMs)}),
			};
			const send = async (): Promise<z.infer<typeof resultPage>> => request(resultPage, {method: 'POST', uri: '/queries', json, heldMs: longPollMs});
			// Sent again only when running it twice cannot matter.
			const first = await (/^\s*(?:--[^\n]*\n\s*)*(?:select|with)\b/i.test(sql) ? retryRead(send, {...retry, signal}) : send());
			const id = first.jobReference?.jobId;
			const isWhole = first.jobComplete !== false && first.pageToken === undefined;
			if (id === undefined || isWhole) {
				const schema = toFields(first.schema?.fields ?? []);
				const rows = (first.rows ?? []).map(row => toRow(row, schema) as R);
				return {rows, schema, job: statusOfPage(first) ?? (id === undefined ? toJobStatus({status: {state: 'DONE'}}) : await getJob(id, signal))};
			}

			const {rows, schema} = await readRows<R>(id, first.jobComplete === false ? undefined : first, Number.MAX_SAFE_INTEGER, signal);
			return {rows, schema, job: await getJob(id, signal)};
		},
		async dryRun(sql, given = {}) {
			const job = await retryRead(async () => request(restJob, {method: 'POST', uri: '/jobs', json: {jobReference: {projectId: project, location}, configuration: {dryRun: true, query: queryFields(project, sql, given)}}}), retry);
			const schema = restSchema.parse(job.statistics?.query?.schema);
			return {totalBytes: job.statistics?.totalBytesProcessed ?? 0, statementType: job.statistics?.query?.statementType ?? 'SELECT', schema: toFields(schema?.fields ?? [])};
		},
		findDataset,
		async createDataset(dataset, given) {
			const json = {
				datasetReference: {projectId: project, datasetId: dataset}, location,
				...(given.labels === undefined ? {} : {labels: given.labels}),
				...(given.defaultTableExpirationMs === undefined ? {} : {defaultTableExpirationMs: String(given.defaultTableExpirationMs)}),
			};
			return changeOnce({
				...retry,
				change: async () => toDatasetInfo(await request(datasetResource, {method: 'POST', uri: '/datasets', json})),
				async look() {
					const found = await findDataset(dataset);
					return found !== undefined && hasLabels(found.labels, given.labels ?? {}) ? found : undefined;
				},
			});
		},
		async deleteScratchDataset(dataset) {
			if (!isScratchDataset(guard.productionDataset, dataset)) {
				throw new WarehouseError('refused', `${dataset} is not a staging, smoke or scratch dataset of ${guard.productionDataset}; only those are deleted.`);
			}

			await orUndefined(retryRead(async () => request(nothing, {method: 'DELETE', uri: `/datasets/${dataset}`, qs: {deleteContents: true}}), retry));
		},
		async setDatasetLabels(dataset, etag, labels) {
			if (etag === '') {
				return refuse(guard, 'Labels without the etag that was read', 'whoever holds the lease could be overwritten');
			}

			return changeOnce({
				...retry,
				change: async () => toDatasetInfo(await request(datasetResource, {method: 'PATCH', uri: `/datasets/${dataset}`, json: {labels}, ifMatch: etag})),
				async look() {
					const found = await findDataset(dataset);
					return found !== undefined && found.etag !== etag && hasLabels(found.labels, labels) ? found : undefined;
				},
			});
		},
		listDatasets: async () => (await readAll('/datasets', 'datasets', datasetResource)).map(resource => resource.datasetReference.datasetId),
		listTables: async dataset => (await readAll(`/datasets/${dataset}/tables`, 'tables', tableSummary)).map(resource => ({name: resource.tableReference.tableId, type: tableTypeOf(resource)})),
		async findTable(dataset, table) {
			const resource = await orUndefined(read(tableResource, `/datasets/${dataset}/tables/${encodeURIComponent(table)}`));
			return resource === undefined ? undefined : {
				dataset, name: table, type: tableTypeOf(resource), schema: toFields(resource.schema?.fields ?? []), rows: resource.numRows ?? 0, bytes: resource.numBytes ?? 0, labels: resource.labels ?? {},
				...(resource.view === undefined ? {} : {viewQuery: resource.view.query}),
				...(resource.lastModifiedTime === undefined ? {} : {modifiedMs: resource.lastModifiedTime}),
				...(resource.streamingBuffer === undefined ? {} : {isStreamedInto: true}),
			};
		},
		async listRoutines(dataset) {
			const routines = await readAll(`/datasets/${dataset}/routines`, 'routines', routineSummary);
			return routines.flatMap(({routineReference, routineType}) => (isRoutineType(routineType) ? [{dataset, name: routineReference.routineId, type: routineType}] : []));
		},
		async testPermissions(dataset, permissions) {
			const answer = z.object({permissions: z.array(z.string()).optional()});
			const ask = async (uri: string, wanted: readonly string[]): Promise<readonly string[]> =>
				(await retryRead(async () => request(answer, {method: 'POST', uri, json: {permissions: wanted}}), retry)).permissions ?? [];
			const granted = new Set(await ask(`${options.resourceManagerEndpoint()}/v1/projects/${project}:testIamPermissions`, permissions));
			const missing = permissions.filter(permission => !granted.has(permission));
			if (missing.length === 0) {
				return permissions;
			}

			// What is granted on the dataset alone shows at its tables; datasets themselves cannot be asked.
			const tables = await orUndefined(read(z.object({tables: z.array(tableSummary).optional()}), `/datasets/${dataset}/tables`, {maxResults: 1}));
			const table = tables?.tables?.[0]?.tableReference.tableId;
			const more = table === undefined ? [] : await orUndefined(ask(`/datasets/${dataset}/tables/${encodeURIComponent(table)}:testIamPermissions`, missing.filter(permission => permission.startsWith('bigquery.'))));
			for (const permission of more ?? []) {
				granted.add(permission);
			}

			return permissions.filter(permission => granted.has(permission));
		},
	};
};
