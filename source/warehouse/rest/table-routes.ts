// tables.*, tabledata.* and routines.*
import {z} from 'zod';
import type {RoutineRecord, TableRecord} from '../contract.js';
import {SqlError} from '../contract.js';
import {apiErrorOf, duplicate, failureMessage, invalid, notFound, preconditionFailed} from './api-error.js';
import {timestampFormat, toRestRow} from './cells.js';
import {replacedLabels, requireDataset} from './dataset-routes.js';
import {parseBody, validLabels} from './query-request.js';
import {numberQuery, pageOffset, pageTokenOf, parameter, type Handler, type RestRequest, type Route} from './router.js';
import {defaultsOfFields, fieldInput, fromRestFields, toRestFields, toStandardType} from './schema.js';
import {createTurns, matchesEtag, type Wire} from './wire.js';
import {routineDdl} from './routine-ddl.js';

const typeNames = {TABLE: 'TABLE', VIEW: 'VIEW', SNAPSHOT: 'SNAPSHOT', CLONE: 'TABLE'} as const;

const summaryOf = (wire: Wire, record: TableRecord): Readonly<Record<string, unknown>> => ({
	kind: 'bigquery#table',
	id: `${wire.database.project}:${record.dataset}.${record.table}`,
	tableReference: {projectId: wire.database.project, datasetId: record.dataset, tableId: record.table},
	type: typeNames[record.type],
	labels: record.labels,
	creationTime: String(record.createdMs),
	...(record.expiresMs === undefined ? {} : {expirationTime: String(record.expiresMs)}),
	...(record.partitioning === undefined ? {} : {timePartitioning: {type: record.partitioning.type, field: record.partitioning.column, ...(record.partitioning.expirationMs === undefined ? {} : {expirationMs: String(record.partitioning.expirationMs)})}}),
	...(record.clustering === undefined ? {} : {clustering: {fields: record.clustering}}),
	...(record.viewQuery === undefined ? {} : {view: {query: record.viewQuery, useLegacySql: false}}),
});

const resourceOf = (wire: Wire, record: TableRecord): Readonly<Record<string, unknown>> => ({
	...summaryOf(wire, record),
	etag: `"${record.etag.replaceAll('"', '')}"`,
	selfLink: `${wire.origin()}/bigquery/v2/projects/${wire.database.project}/datasets/${record.dataset}/tables/${record.table}`,
	schema: {fields: toRestFields(record.columns, record.defaults)},
	numRows: String(record.rows),
	numBytes: String(record.bytes),
	numLongTermBytes: '0',
	lastModifiedTime: String(record.modifiedMs),
	location: wire.database.datasets.find(record.dataset)?.location ?? 'US',
	...(record.description === undefined ? {} : {description: record.description}),
	...(record.type === 'CLONE' ? {cloneDefinition: {}} : {}),
	...(record.type === 'SNAPSHOT' ? {snapshotDefinition: {}} : {}),
});

const requireTable = async (wire: Wire, request: RestRequest): Promise<TableRecord> => {
	const {dataset} = requireDataset(wire, request);
	const table = parameter(request, 'table');
	const record = await wire.database.tables.find(dataset, table);
	if (record === undefined) {
		throw notFound(`Table ${wire.database.project}:${dataset}.${table}`);
	}

	return record;
};

const epochMs = z.union([z.string(), z.number()]).transform(Number).nullish();
const tableInput = z.object({
	tableReference: z.object({tableId: z.string().min(1)}),
	schema: z.object({fields: z.array(fieldInput).default([])}).nullish(),
	view: z.object({query: z.string(), useLegacySql: z.boolean().nullish()}).nullish(),
	labels: z.record(z.string(), z.string()).nullish(),
	description: z.string().nullish(),
	expirationTime: epochMs,
	timePartitioning: z.unknown().optional(),
	clustering: z.unknown().optional(),
});
const changeInput = z.object({labels: z.record(z.string(), z.string().nullable()).nullish(), description: z.string().nullish(), expirationTime: epochMs});

const create = (wire: Wire) => async (request: RestRequest) => {
	const {dataset} = requireDataset(wire, request);
	const input = parseBody(tableInput, request.body);
	const {tableId} = input.tableReference;
	if ((await wire.database.tables.find(dataset, tableId)) !== undefined) {
		throw duplicate(`Table ${wire.database.project}:${dataset}.${tableId}`);
	}

	if (input.timePartitioning !== undefined || input.clustering !== undefined) {
		throw invalid('Partitioned and clustered tables are made with CREATE TABLE here.', 'timePartitioning');
	}

	const record = await wire.database.tables.create(dataset, tableId, {
		columns: fromRestFields(input.schema?.fields ?? []),
		defaults: defaultsOfFields(input.schema?.fields ?? []),
		labels: validLabels(input.labels),
		nowMs: wire.clock.nowMs(),
		...(input.view === null || input.view === undefined ? {} : {viewQuery: input.view.query}),
		...(input.description === null || input.description === undefined ? {} : {description: input.description}),
		...(input.expirationTime === null || input.expirationTime === undefined ? {} : {expiresMs: input.expirationTime}),
	});
	return {body: resourceOf(wire, record)};
};

const change = (wire: Wire, isReplacement: boolean) => async (request: RestRequest) => {
	const record = await requireTable(wire, request);
	if (!matchesEtag(request, record.etag)) {
		throw preconditionFailed();
	}

	const input = parseBody(changeInput, request.body);
	const given = input.labels ?? undefined;
	const labels = given !== undefined && isReplacement ? replacedLabels(record.labels, given) : given;
	const updated = await wire.database.tables.update(record.dataset, record.table, {
		nowMs: wire.clock.nowMs(),
		...(labels === undefined ? {} : {labels}),
		...(input.description === null || input.description === undefined ? {} : {description: input.description}),
		...(input.expirationTime === undefined ? {} : {expiresMs: input.expirationTime}),
	});
	return {body: resourceOf(wire, updated)};
};

const list = (wire: Wire) => async (request: RestRequest) => {
	const {dataset} = requireDataset(wire, request);
	const all = await wire.database.tables.list(dataset);
	const offset = pageOffset(request) ?? 0;
	const limit = numberQuery(request, 'maxResults') ?? 1000;
	return {
		body: {
			kind: 'bigquery#tableList', etag: '"tables"', totalItems: all.length,
			tables: all.slice(offset, offset + limit).map(record => summaryOf(wire, record)),
			...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {}),
		},
	};
};

const rows = (wire: Wire) => async (request: RestRequest) => {
	const record = await requireTable(wire, request);
	if (record.type === 'VIEW') {
		throw invalid(`Cannot list a table of type VIEW.`);
	}

	const offset = pageOffset(request) ?? numberQuery(request, 'startIndex') ?? 0;
	const limit = Math.min(numberQuery(request, 'maxResults') ?? 10_000, 100_000);
	const selected = request.query.get('selectedFields');
	const format = timestampFormat(request.query.get('formatOptions.useInt64Timestamp'), request.query.get('formatOptions.timestampOutputFormat'));
	const page = await wire.database.tables.rows(record.dataset, record.table, {offset, limit, ...(selected === null || selected === '' ? {} : {columns: selected.split(',')})});
	const end = offset + page.rows.length;
	return {
		body: {
			kind: 'bigquery#tableDataList', etag: '"rows"', totalRows: String(record.rows),
			rows: page.rows.map(row => toRestRow(row, page.columns, format)),
			...(page.rows.length > 0 && end < record.rows ? {pageToken: pageTokenOf(end)} : {}),
		},
	};
};

const insertInput = z.object({rows: z.array(z.object({insertId: z.string().nullish(), json: z.record(z.string(), z.unknown())})), skipInvalidRows: z.boolean().nullish(), ignoreUnknownValues: z.boolean().nullish()});

const insertAll = (wire: Wire) => async (request: RestRequest) => {
	const record = await requireTable(wire, request);
	const input = parseBody(insertInput, request.body);
	const names = new Set(record.columns.map(column => column.name.toLowerCase()));
	const errorOf = (index: number, reason: string, location: string, message: string): unknown => ({index, errors: [{reason, location, debugInfo: '', message}]});
	const insertErrors = input.ignoreUnknownValues === true ? [] : input.rows.flatMap(({json}, index) => {
		const unknown = Object.keys(json).find(key => !names.has(key.toLowerCase()));
		return unknown === undefined ? [] : [errorOf(index, 'invalid', unknown, `no such field: ${unknown}.`)];
	});
	if (insertErrors.length > 0) {
		return {body: {kind: 'bigquery#tableDataInsertAllResponse', insertErrors}};
	}

	// Rows with an insertId seen in the same request are one row, as in the streaming service.
	const seen = new Set<string>();
	const wanted = input.rows.filter(({insertId}) => {
		if (insertId === null || insertId === undefined) {
			return true;
		}

		const isNew = !seen.has(insertId);
		seen.add(insertId);
		return isNew;
	}).map(({json}) => Object.fromEntries(Object.entries(json).filter(([key]) => names.has(key.toLowerCase()))));
	try {
		await wire.database.tables.insert(record.dataset, record.table, wanted, {nowMs: wire.clock.nowMs(), user: request.user});
	} catch (error) {
		if (error instanceof SqlError && error.failure.reason !== 'notFound') {
			const message = failureMessage(error.failure);
			return {body: {kind: 'bigquery#tableDataInsertAllResponse', insertErrors: input.rows.map((_row, index) => errorOf(index, 'invalid', '', message))}};
		}

		throw error;
	}

	return {body: {kind: 'bigquery#tableDataInsertAllResponse'}};
};

const routineOf = (wire: Wire, record: RoutineRecord): Readonly<Record<string, unknown>> => ({
	etag: `"${record.etag.replaceAll('"', '')}"`,
	routineReference: {projectId: wire.database.project, datasetId: record.dataset, routineId: record.routine},
	routineType: record.type,
	language: record.language,
	creationTime: String(record.createdMs),
	lastModifiedTime: String(record.modifiedMs),
	arguments: record.arguments.map(argument => ({
		name: argument.name,
		...(argument.type === undefined ? {argumentKind: 'ANY_TYPE'} : {dataType: toStandardType(argument.type)}),
		...(record.type === 'PROCEDURE' ? {mode: argument.mode} : {}),
	})),
	...(record.returns === undefined ? {} : {returnType: toStandardType(record.returns)}),
	...(record.columns === undefined ? {} : {returnTableType: {columns: record.columns.map(column => ({name: column.name, type: toStandardType(column.type)}))}}),
	definitionBody: record.body,
	...(record.description === undefined ? {} : {description: record.description}),
});

const requireRoutine = (wire: Wire, request: RestRequest): RoutineRecord => {
	const {dataset} = requireDataset(wire, request);
	const routine = parameter(request, 'routine');
	const record = wire.database.routines.find(dataset, routine);
	if (record === undefined) {
		throw notFound(`Routine ${wire.database.project}:${dataset}.${routine}`);
	}

	return record;
};

const listRoutines = (wire: Wire) => (request: RestRequest) => {
	const {dataset} = requireDataset(wire, request);
	const wanted = /routineType:(\w+)/i.exec(request.query.get('filter') ?? '')?.[1]?.toUpperCase();
	const all = wire.database.routines.list(dataset).filter(record => wanted === undefined || record.type === wanted);
	const offset = pageOffset(request) ?? 0;
	const limit = numberQuery(request, 'maxResults') ?? 1000;
	const isFull = (request.query.get('readMask') ?? '').includes('definitionBody');
	const routines = all.slice(offset, offset + limit).map(record => {
		const {definitionBody, ...summary} = routineOf(wire, record);
		return isFull ? {...summary, definitionBody} : summary;
	});
	return {body: {routines, ...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {})}};
};

/** routines.insert, and with `isReplacement` routines.update: the same change as the DDL. */
const writeRoutine = (wire: Wire, isReplacement: boolean) => async (request: RestRequest) => {
	const {dataset} = requireDataset(wire, request);
	const before = isReplacement ? requireRoutine(wire, request) : undefined;
	if (before !== undefined && !matchesEtag(request, before.etag)) {
		throw preconditionFailed();
	}

	const {routine, sql} = routineDdl(request.body, wire.database.project, dataset, isReplacement);
	if (before !== undefined && routine !== before.routine) {
		throw invalid(`The routine of the path is ${before.routine}, that of the body ${routine}.`, 'routineReference.routineId');
	}

	const {error} = await wire.database.execute({jobId: 'routine', sql, project: wire.database.project, parameters: [], user: request.user, labels: {}, signal: new AbortController().signal, nowMicros: wire.clock.nowMicros});
	if (error !== undefined) {
		throw apiErrorOf(error);
	}

	return {body: routineOf(wire, wire.database.routines.find(dataset, routine)!)};
};

/** Routes of tables, their rows, and routines. */
export const tableRoutes = (wire: Wire): readonly Route[] => {
	const inTurn = createTurns();
	const alone = (handler: Handler): Handler => async request => inTurn(`${request.params['dataset'] ?? ''}.${request.params['table'] ?? ''}`, async () => handler(request));
	return [
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset/tables', handler: list(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets/:dataset/tables', handler: alone(create(wire))},
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset/tables/:table', handler: async request => ({body: resourceOf(wire, await requireTable(wire, request))})},
		{method: 'PATCH', pattern: '/projects/:project/datasets/:dataset/tables/:table', handler: alone(change(wire, false))},
		{method: 'PUT', pattern: '/projects/:project/datasets/:dataset/tables/:table', handler: alone(change(wire, true))},
		{
			method: 'DELETE',
			pattern: '/projects/:project/datasets/:dataset/tables/:table',
			async handler(request) {
				const record = await requireTable(wire, request);
				await wire.database.tables.remove(record.dataset, record.table);
				return {status: 204};
			},
		},
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset/tables/:table/data', handler: rows(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets/:dataset/tables/:table/insertAll', handler: insertAll(wire)},
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset/routines', handler: listRoutines(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets/:dataset/routines', handler: alone(writeRoutine(wire, false))},
		{method: 'PUT', pattern: '/projects/:project/datasets/:dataset/routines/:routine', handler: alone(writeRoutine(wire, true))},
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset/routines/:routine', handler: request => ({body: routineOf(wire, requireRoutine(wire, request))})},
		{
			method: 'DELETE',
			pattern: '/projects/:project/datasets/:dataset/routines/:routine',
			async handler(request) {
				const record = requireRoutine(wire, request);
				await wire.database.routines.remove(record.dataset, record.routine);
				return {status: 204};
			},
		},
	];
};
