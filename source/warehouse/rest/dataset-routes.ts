// projects.list, datasets.* and the permissions of a caller.
import {z} from 'zod';
import type {DatasetRecord} from '../contract.js';
import {duplicate, notFound, preconditionFailed} from './api-error.js';
import {parseBody, validLabels} from './query-request.js';
import {numberQuery, pageOffset, pageTokenOf, parameter, type Handler, type RestRequest, type Route} from './router.js';
import {localUser} from '../user-token.js';
import {createTurns, matchesEtag, requireProject, type Wire} from './wire.js';

const access = [
	{role: 'WRITER', specialGroup: 'projectWriters'},
	{role: 'OWNER', specialGroup: 'projectOwners'},
	{role: 'OWNER', userByEmail: localUser},
	{role: 'READER', specialGroup: 'projectReaders'},
];

const resourceOf = (wire: Wire, record: DatasetRecord): Readonly<Record<string, unknown>> => ({
	kind: 'bigquery#dataset',
	etag: `"${record.etag.replaceAll('"', '')}"`,
	id: `${wire.database.project}:${record.dataset}`,
	selfLink: `${wire.origin()}/bigquery/v2/projects/${wire.database.project}/datasets/${record.dataset}`,
	datasetReference: {datasetId: record.dataset, projectId: wire.database.project},
	location: record.location,
	labels: record.labels,
	...(record.description === undefined ? {} : {description: record.description}),
	...(record.defaultTableExpirationMs === undefined ? {} : {defaultTableExpirationMs: String(record.defaultTableExpirationMs)}),
	creationTime: String(record.createdMs),
	lastModifiedTime: String(record.modifiedMs),
	access,
	type: 'DEFAULT',
});

const datasetInput = z.object({
	datasetReference: z.object({datasetId: z.string().regex(/^\w{1,1024}$/, 'Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.'), projectId: z.string().nullish()}),
	location: z.string().nullish(),
	labels: z.record(z.string(), z.string()).nullish(),
	description: z.string().nullish(),
	friendlyName: z.string().nullish(),
	defaultTableExpirationMs: z.union([z.string(), z.number()]).transform(Number).nullish(),
});

const changeInput = z.object({labels: z.record(z.string(), z.string().nullable()).nullish(), description: z.string().nullish()});

export const requireDataset = (wire: Wire, request: RestRequest): DatasetRecord => {
	requireProject(wire, request);
	const dataset = parameter(request, 'dataset');
	const record = wire.database.datasets.find(dataset);
	if (record === undefined) {
		throw notFound(`Dataset ${wire.database.project}:${dataset}`);
	}

	return record;
};

/** Labels that `update` (PUT) must remove because the new resource does not have them. */
export const replacedLabels = (before: Readonly<Record<string, string>>, after: Readonly<Record<string, string | null>>): Readonly<Record<string, string | null>> => ({
	...Object.fromEntries(Object.keys(before).map(key => [key, null])),
	...after,
});

const change = (wire: Wire, isReplacement: boolean) => async (request: RestRequest) => {
	const record = requireDataset(wire, request);
	if (!matchesEtag(request, record.etag)) {
		throw preconditionFailed();
	}

	const input = parseBody(changeInput, request.body);
	const given = input.labels ?? undefined;
	validLabels(Object.fromEntries(Object.entries(given ?? {}).filter((entry): entry is [string, string] => entry[1] !== null)));
	const labels = given !== undefined && isReplacement ? replacedLabels(record.labels, given) : given;
	const updated = await wire.database.datasets.update(record.dataset, {
		nowMs: wire.clock.nowMs(),
		...(labels === undefined ? {} : {labels}),
		...(input.description === null || input.description === undefined ? {} : {description: input.description}),
	});
	return {body: resourceOf(wire, updated)};
};

const create = (wire: Wire) => async (request: RestRequest) => {
	requireProject(wire, request);
	const input = parseBody(datasetInput, request.body);
	const {datasetId} = input.datasetReference;
	if (wire.database.datasets.find(datasetId) !== undefined) {
		throw duplicate(`Dataset ${wire.database.project}:${datasetId}`);
	}

	const record = await wire.database.datasets.create(datasetId, {
		location: input.location ?? 'US',
		labels: validLabels(input.labels),
		nowMs: wire.clock.nowMs(),
		...(input.description === null || input.description === undefined ? {} : {description: input.description}),
		...(input.defaultTableExpirationMs === null || input.defaultTableExpirationMs === undefined ? {} : {defaultTableExpirationMs: input.defaultTableExpirationMs}),
	});
	return {body: resourceOf(wire, record)};
};

const matchesFilter = (record: DatasetRecord, filter: string | null): boolean =>
	(filter ?? '').split(/\s+/).filter(Boolean).every(term => {
		const [, key = '', value] = /^labels\.([^:]+)(?::(.*))?$/.exec(term) ?? [];
		return key in record.labels && (value === undefined || record.labels[key] === value);
	});

const list = (wire: Wire) => (request: RestRequest) => {
	requireProject(wire, request);
	const all = wire.database.datasets.list().filter(record => matchesFilter(record, request.query.get('filter')));
	const offset = pageOffset(request) ?? 0;
	const limit = numberQuery(request, 'maxResults') ?? 1000;
	const datasets = all.slice(offset, offset + limit).map(record => {
		const {kind, id, datasetReference, labels, location} = resourceOf(wire, record);
		return {kind, id, datasetReference, labels, location};
	});
	return {body: {kind: 'bigquery#datasetList', etag: '"datasets"', datasets, ...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {})}};
};

const permissionInput = z.object({permissions: z.array(z.string()).default([])});

const testPermissions = (wire: Wire) => (request: RestRequest) => {
	requireProject(wire, request);
	const revoked = wire.faults.revokedPermissions();
	const {permissions} = parseBody(permissionInput, request.body);
	return {body: {permissions: permissions.filter(permission => !revoked.has(permission))}};
};

/** Routes of projects, datasets and permissions. */
export const datasetRoutes = (wire: Wire): readonly Route[] => {
	const inTurn = createTurns();
	const alone = (handler: Handler): Handler => async request => inTurn(request.params['dataset'] ?? 'new', async () => handler(request));
	return [
		{
			method: 'GET',
			pattern: '/projects',
			handler: () => ({body: {kind: 'bigquery#projectList', etag: '"projects"', totalItems: 1, projects: [{kind: 'bigquery#project', id: wire.database.project, numericId: '1', projectReference: {projectId: wire.database.project}, friendlyName: wire.database.project}]}}),
		},
		{method: 'GET', pattern: '/projects/:project/serviceAccount', handler: () => ({body: {kind: 'bigquery#getServiceAccountResponse', email: localUser}})},
		{method: 'GET', pattern: '/projects/:project/datasets', handler: list(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets', handler: alone(create(wire))},
		{method: 'GET', pattern: '/projects/:project/datasets/:dataset', handler: request => ({body: resourceOf(wire, requireDataset(wire, request))})},
		{method: 'PATCH', pattern: '/projects/:project/datasets/:dataset', handler: alone(change(wire, false))},
		{method: 'PUT', pattern: '/projects/:project/datasets/:dataset', handler: alone(change(wire, true))},
		{
			method: 'DELETE',
			pattern: '/projects/:project/datasets/:dataset',
			async handler(request) {
				const {dataset} = requireDataset(wire, request);
				await wire.database.datasets.remove(dataset, {withContents: request.query.get('deleteContents') === 'true'});
				return {status: 204};
			},
		},
		{method: 'POST', pattern: '/projects/:project:testIamPermissions', handler: testPermissions(wire)},
		{method: 'POST', pattern: '/v1/projects/:project:testIamPermissions', handler: testPermissions(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets/:dataset/tables/:table:testIamPermissions', handler: testPermissions(wire)},
		{method: 'POST', pattern: '/projects/:project/datasets/:dataset/routines/:routine:testIamPermissions', handler: testPermissions(wire)},
	];
};
