// jobs.* : insert, query, get, list, getQueryResults, cancel, delete.
import type {ResultSet} from '../contract.js';
import {ApiError, apiErrorOf, errorProto, invalid, notFound} from './api-error.js';
import {timestampFormat, toRestRow, type TimestampFormat} from './cells.js';
import {jobReference, toJobResource} from './job-resource.js';
import type {Job, QuerySpec} from './job-service.js';
import {newJobId, parseInsert, parseQuickQuery} from './query-request.js';
import {numberQuery, pageOffset, pageTokenOf, parameter, type RestAnswer, type RestRequest, type Route} from './router.js';
import {toRestFields} from './schema.js';
import {requireProject, type Wire} from './wire.js';

const defaultPageRows = 10_000;
const maximumPageBytes = 10_000_000;
const maximumWaitMs = 200_000;

const waitFor = async (job: Job, timeoutMs: number): Promise<void> => {
	if (job.record.state === 'DONE' || timeoutMs <= 0) {
		return;
	}

	let timer: NodeJS.Timeout | undefined;
	await Promise.race([
		job.done,
		new Promise<void>(resolve => {
			timer = setTimeout(resolve, Math.min(timeoutMs, maximumWaitMs));
		}),
	]);
	clearTimeout(timer);
};

type Page = {readonly offset: number; readonly limit: number; readonly format: TimestampFormat};

/** Rows of one page; a page ends at its row limit or at about ten megabytes. */
const pageOf = (result: ResultSet, page: Page): {readonly rows: readonly unknown[]; readonly pageToken?: string} => {
	const rows: unknown[] = [];
	let bytes = 0;
	for (let index = page.offset; index < result.rows.length && rows.length < page.limit; index++) {
		const row = toRestRow(result.rows[index] ?? [], result.columns, page.format);
		if (result.rows.length > 1000) {
			bytes += JSON.stringify(row).length;
		}

		if (bytes > maximumPageBytes && rows.length > 0) {
			break;
		}

		rows.push(row);
	}

	const end = page.offset + rows.length;
	return {rows, ...(end < result.rows.length && page.limit > 0 ? {pageToken: pageTokenOf(end)} : {})};
};

const resultBody = async (wire: Wire, job: Job, page: Page): Promise<Readonly<Record<string, unknown>>> => {
	const {record} = job;
	const common = {jobReference: jobReference(record), jobComplete: record.state === 'DONE'};
	if (record.state !== 'DONE') {
		return common;
	}

	if (record.error !== undefined) {
		throw apiErrorOf(record.error);
	}

	const result = await wire.jobs.resultOf(record.jobId);
	const isRead = record.statementType === 'SELECT' || record.statementType === 'SCRIPT' || record.statementType === 'CALL';
	if (result === undefined && record.statementType === 'SELECT') {
		throw notFound(`Results of job ${record.project}:US.${record.jobId}; they are kept while the warehouse runs`);
	}

	const {rows, pageToken} = result === undefined ? {rows: []} : pageOf(result, page);
	return {
		...common,
		etag: `"${record.jobId}"`,
		...(result === undefined ? (isRead ? {} : {schema: {}}) : {schema: {fields: toRestFields(result.columns)}}),
		totalRows: String(result?.rows.length ?? 0),
		...(result === undefined ? {} : {rows}),
		...(pageToken === undefined ? {} : {pageToken}),
		totalBytesProcessed: String(record.processedBytes),
		totalBytesBilled: String(record.billedBytes),
		totalSlotMs: String(record.slotMs),
		cacheHit: record.cacheHit,
		statementType: record.statementType,
		creationTime: String(record.createdMs),
		startTime: String(record.startedMs ?? record.createdMs),
		endTime: String(record.endedMs ?? record.createdMs),
		location: 'US',
		...(record.affectedRows === undefined ? {} : {numDmlAffectedRows: String(record.affectedRows)}),
	};
};

const dryRun = async (wire: Wire, spec: ReturnType<typeof parseQuickQuery>['spec']): Promise<{readonly totalBytes: string; readonly statistics: Readonly<Record<string, unknown>>; readonly schema: unknown}> => {
	const result = await wire.database.dryRun({
		sql: spec.sql, project: wire.database.project, parameters: spec.parameters, nowMicros: wire.clock.nowMicros,
		...(spec.defaultDataset === undefined ? {} : {defaultDataset: spec.defaultDataset}),
	});
	const totalBytes = String(result.processedBytes);
	const schema = {fields: toRestFields(result.columns)};
	return {
		totalBytes,
		schema,
		statistics: {
			creationTime: String(wire.clock.nowMs()),
			totalBytesProcessed: totalBytes,
			query: {
				statementType: result.statementType, totalBytesProcessed: totalBytes, totalBytesBilled: '0', totalBytesProcessedAccuracy: 'PRECISE', cacheHit: false, schema,
				referencedTables: result.referencedTables.map(([projectId, datasetId, tableId]) => ({projectId, datasetId, tableId})),
			},
		},
	};
};

const formatOf = (request: RestRequest): TimestampFormat => timestampFormat(request.query.get('formatOptions.useInt64Timestamp'), request.query.get('formatOptions.timestampOutputFormat'));

const insert = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	requireProject(wire, request);
	const input = parseInsert(request.body, request.user);
	if (input.kind === 'copy') {
		return {body: toJobResource(await wire.jobs.submitCopy(input.spec), wire.origin())};
	}

	if (!input.isDryRun) {
		return {body: toJobResource(await wire.jobs.submitQuery(input.spec), wire.origin())};
	}

	const {statistics} = await dryRun(wire, input.spec);
	return {
		body: {
			kind: 'bigquery#job', etag: '"dry"', id: `${wire.database.project}:US.`, selfLink: `${wire.origin()}/bigquery/v2/projects/${wire.database.project}/jobs/?location=US`,
			jobReference: {projectId: wire.database.project, location: 'US'}, status: {state: 'DONE'}, statistics,
			configuration: {jobType: 'QUERY', dryRun: true, query: {query: input.spec.sql, useLegacySql: false}, ...(Object.keys(input.spec.labels).length === 0 ? {} : {labels: input.spec.labels})},
		},
	};
};

/** A duplicate is recognised for so long, by the warehouse's clock. */
const requestIdMs = 15 * 60_000;

/** A changing query that carries the requestId of an equal one shortly before is that one: its job is answered, nothing runs again. */
const submitOnce = async (wire: Wire, spec: QuerySpec): Promise<Job> => {
	const known = spec.isNamed ? await wire.jobs.find(spec.jobId) : undefined;
	if (known === undefined) {
		try {
			return await wire.jobs.submitQuery(spec);
		} catch (error) {
			const same = error instanceof ApiError && error.status === 409 ? await wire.jobs.find(spec.jobId) : undefined;
			if (same === undefined) {
				throw error;
			}

			return same;
		}
	}

	const isRecent = wire.clock.nowMs() - known.record.createdMs <= requestIdMs && known.record.error === undefined;
	return isRecent ? known : wire.jobs.submitQuery({...spec, jobId: newJobId(), isNamed: false});
};

const query = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	requireProject(wire, request);
	const quick = parseQuickQuery(request.body, request.user);
	const format = timestampFormat(quick.format.useInt64Timestamp, quick.format.timestampOutputFormat);
	if (quick.isDryRun) {
		const {totalBytes, schema} = await dryRun(wire, quick.spec);
		return {body: {kind: 'bigquery#queryResponse', jobReference: {projectId: wire.database.project, location: 'US'}, jobComplete: true, schema, totalBytesProcessed: totalBytes, cacheHit: false}};
	}

	const job = await submitOnce(wire, quick.spec);
	await waitFor(job, quick.timeoutMs);
	const current = (await wire.jobs.find(job.record.jobId)) ?? job;
	return {body: {kind: 'bigquery#queryResponse', ...(await resultBody(wire, current, {offset: 0, limit: quick.maxResults ?? defaultPageRows, format}))}};
};

const requireJob = async (wire: Wire, request: RestRequest): Promise<Job> => {
	requireProject(wire, request);
	const jobId = parameter(request, 'job');
	const job = await wire.jobs.find(jobId);
	if (job === undefined) {
		throw notFound(`Job ${wire.database.project}:${jobId}`);
	}

	return job;
};

const results = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	const job = await requireJob(wire, request);
	if (job.record.jobType !== 'QUERY') {
		throw invalid(`Job ${job.record.jobId} is not a query job.`);
	}

	await waitFor(job, numberQuery(request, 'timeoutMs') ?? 10_000);
	const current = (await wire.jobs.find(job.record.jobId)) ?? job;
	const offset = pageOffset(request) ?? numberQuery(request, 'startIndex') ?? 0;
	const limit = numberQuery(request, 'maxResults') ?? defaultPageRows;
	return {body: {kind: 'bigquery#getQueryResultsResponse', ...(await resultBody(wire, current, {offset, limit, format: formatOf(request)}))}};
};

const stateNames: Readonly<Record<string, 'PENDING' | 'RUNNING' | 'DONE'>> = {pending: 'PENDING', running: 'RUNNING', done: 'DONE'};

const list = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	requireProject(wire, request);
	const states = request.query.getAll('stateFilter').map(name => {
		const state = stateNames[name.toLowerCase()];
		if (state === undefined) {
			throw invalid(`Invalid value for stateFilter: ${name}`);
		}

		return state;
	});
	const parentJobId = request.query.get('parentJobId');
	const minCreatedMs = numberQuery(request, 'minCreationTime');
	const maxCreatedMs = numberQuery(request, 'maxCreationTime');
	const found = await wire.jobs.list({
		limit: Math.min(numberQuery(request, 'maxResults') ?? 50, 1000) || 50,
		offset: pageOffset(request) ?? 0,
		...(parentJobId === null || parentJobId === '' ? {} : {parentJobId}),
		...(states.length === 0 ? {} : {states}),
		...(minCreatedMs === undefined ? {} : {minCreatedMs}),
		...(maxCreatedMs === undefined ? {} : {maxCreatedMs}),
	});
	const isFull = request.query.get('projection')?.toLowerCase() === 'full';
	const jobs = found.jobs.map(job => {
		const {selfLink: _selfLink, etag: _etag, configuration, ...resource} = toJobResource(job, wire.origin());
		const {error} = job.record;
		return {...resource, state: job.record.state, ...(error === undefined ? {} : {errorResult: errorProto(error)}), ...(isFull ? {configuration} : {})};
	});
	return {body: {kind: 'bigquery#jobList', etag: '"jobs"', jobs, ...(found.next === undefined ? {} : {nextPageToken: pageTokenOf(found.next)})}};
};

const cancel = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	await requireJob(wire, request);
	const job = await wire.jobs.cancel(parameter(request, 'job'));
	return {body: {kind: 'bigquery#jobCancelResponse', job: job === undefined ? undefined : toJobResource(job, wire.origin())}};
};

const remove = (wire: Wire) => async (request: RestRequest): Promise<RestAnswer> => {
	const job = await requireJob(wire, request);
	const {record} = job;
	if (record.parentJobId !== undefined) {
		throw invalid(`Job ${record.jobId} is a child job; only its parent ${record.parentJobId} can be deleted.`);
	}

	if (record.state !== 'DONE') {
		throw invalid(`Job ${record.jobId} is ${record.state.toLowerCase()}; only finished jobs can be deleted.`);
	}

	await wire.jobs.remove(job);
	return {status: 204};
};

/** Routes of the job family. */
export const jobRoutes = (wire: Wire): readonly Route[] => [
	{method: 'POST', pattern: '/projects/:project/queries', handler: query(wire)},
	{method: 'GET', pattern: '/projects/:project/queries/:job', handler: results(wire)},
	{method: 'POST', pattern: '/projects/:project/jobs', handler: insert(wire)},
	{method: 'GET', pattern: '/projects/:project/jobs', handler: list(wire)},
	{
		method: 'GET',
		pattern: '/projects/:project/jobs/:job',
		handler: async request => ({body: toJobResource(await requireJob(wire, request), wire.origin())}),
	},
	{method: 'POST', pattern: '/projects/:project/jobs/:job/cancel', handler: cancel(wire)},
	{method: 'DELETE', pattern: '/projects/:project/jobs/:job/delete', handler: remove(wire)},
];
