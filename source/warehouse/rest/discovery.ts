// Discovery documents: `bq` asks for them first and builds its calls from them. One free-form schema is enough.
import type {Route} from './router.js';
import type {Wire} from './wire.js';

type Method = readonly [httpMethod: string, path: string, query?: readonly string[], repeated?: readonly string[]];

const page = ['maxResults', 'pageToken'] as const;
const project = 'projects/{+projectId}';
const dataset = `${project}/datasets/{+datasetId}`;
const table = `${dataset}/tables/{+tableId}`;
const routine = `${dataset}/routines/{+routineId}`;
const job = `${project}/jobs/{+jobId}`;

const bigqueryMethods: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
	projects: {list: ['GET', 'projects', page], getServiceAccount: ['GET', `${project}/serviceAccount`]},
	datasets: {
		list: ['GET', `${project}/datasets`, [...page, 'all', 'filter']],
		get: ['GET', dataset, ['datasetView', 'accessPolicyVersion']],
		insert: ['POST', `${project}/datasets`, ['accessPolicyVersion']],
		patch: ['PATCH', dataset, ['updateMode', 'accessPolicyVersion']],
		update: ['PUT', dataset, ['updateMode', 'accessPolicyVersion']],
		delete: ['DELETE', dataset, ['deleteContents']],
	},
	tables: {
		list: ['GET', `${dataset}/tables`, page],
		get: ['GET', table, ['selectedFields', 'view']],
		insert: ['POST', `${dataset}/tables`],
		patch: ['PATCH', table, ['autodetect_schema']],
		update: ['PUT', table, ['autodetect_schema']],
		delete: ['DELETE', table],
		testIamPermissions: ['POST', '{+resource}:testIamPermissions'],
	},
	tabledata: {
		list: ['GET', `${table}/data`, [...page, 'startIndex', 'selectedFields', 'formatOptions.useInt64Timestamp', 'formatOptions.timestampOutputFormat']],
		insertAll: ['POST', `${table}/insertAll`],
	},
	routines: {
		list: ['GET', `${dataset}/routines`, [...page, 'filter', 'readMask']],
		get: ['GET', routine, ['readMask']],
		delete: ['DELETE', routine],
	},
	models: {list: ['GET', `${dataset}/models`, page]},
	jobs: {
		list: ['GET', `${project}/jobs`, [...page, 'allUsers', 'projection', 'minCreationTime', 'maxCreationTime', 'parentJobId', 'stateFilter'], ['stateFilter']],
		get: ['GET', job, ['location']],
		insert: ['POST', `${project}/jobs`],
		query: ['POST', `${project}/queries`],
		getQueryResults: ['GET', `${project}/queries/{+jobId}`, [...page, 'startIndex', 'timeoutMs', 'location', 'formatOptions.useInt64Timestamp', 'formatOptions.timestampOutputFormat']],
		cancel: ['POST', `${job}/cancel`, ['location']],
	},
};

const location = 'v1/{+parent}';
const locatedMethods: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
	'projects.locations.dataSources': {
		list: ['GET', `${location}/dataSources`, ['pageSize', 'pageToken']],
		get: ['GET', 'v1/{+name}'],
		checkValidCreds: ['POST', 'v1/{+name}:checkValidCreds'],
	},
	'projects.locations.transferConfigs': {
		list: ['GET', `${location}/transferConfigs`, ['pageSize', 'pageToken', 'dataSourceIds'], ['dataSourceIds']],
		get: ['GET', 'v1/{+name}'],
		create: ['POST', `${location}/transferConfigs`, ['authorizationCode', 'versionInfo', 'serviceAccountName']],
		patch: ['PATCH', 'v1/{+name}', ['updateMask', 'authorizationCode', 'versionInfo', 'serviceAccountName']],
		delete: ['DELETE', 'v1/{+name}'],
		startManualRuns: ['POST', 'v1/{+parent}:startManualRuns'],
		scheduleRuns: ['POST', 'v1/{+parent}:scheduleRuns'],
	},
	'projects.locations.transferConfigs.runs': {
		list: ['GET', `${location}/runs`, ['pageSize', 'pageToken', 'states', 'runAttempt'], ['states']],
		get: ['GET', 'v1/{+name}'],
		delete: ['DELETE', 'v1/{+name}'],
	},
	'projects.locations.transferConfigs.runs.transferLogs': {list: ['GET', `${location}/transferLogs`, ['pageSize', 'pageToken', 'messageTypes'], ['messageTypes']]},
};

/** bq passes its (absent) upload with every job, so the method must be known to take one. */
const upload = {
	supportsMediaUpload: true,
	mediaUpload: {accept: ['*/*'], protocols: {simple: {multipart: true, path: '/upload/bigquery/v2/projects/{+projectId}/jobs'}, resumable: {multipart: true, path: '/resumable/upload/bigquery/v2/projects/{+projectId}/jobs'}}},
} as const;

/** bq calls the forms without a location too. */
const transferMethods = {...locatedMethods, ...Object.fromEntries(Object.entries(locatedMethods).map(([family, methods]) => [family.replace('.locations', ''), methods]))};

const methodDocument = (id: string, [httpMethod, path, query = [], repeated = []]: Method): unknown => {
	const inPath = [...path.matchAll(/{\+?(\w+)}/g)].map(match => match[1] ?? '');
	const parameters: Readonly<Record<string, unknown>> = Object.fromEntries<unknown>([
		...inPath.map(name => [name, {type: 'string', location: 'path', required: true}] as const),
		...query.map(name => [name, {type: 'string', location: 'query', ...(repeated.includes(name) ? {repeated: true} : {})}] as const),
	]);
	return {
		id, path, flatPath: path, httpMethod, parameters, parameterOrder: inPath,
		...(httpMethod === 'GET' || httpMethod === 'DELETE' ? {} : {request: {$ref: 'Any'}}),
		...(httpMethod === 'DELETE' ? {} : {response: {$ref: 'Any'}}),
		...(id === 'bigquery.jobs.insert' ? upload : {}),
	};
};

type ResourceTree = {methods?: Record<string, unknown>; resources?: Record<string, ResourceTree>};

const resourceTree = (service: string, families: typeof bigqueryMethods): ResourceTree => {
	const root: ResourceTree = {};
	for (const [family, methods] of Object.entries(families)) {
		let node = root;
		for (const name of family.split('.')) {
			node.resources ??= {};
			node.resources[name] ??= {};
			node = node.resources[name];
		}

		node.methods = Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, methodDocument(`${service}.${family}.${name}`, method)]));
	}

	return root;
};

const standardParameters = Object.fromEntries(['alt', 'fields', 'key', 'oauth_token', 'prettyPrint', 'quotaUser', 'userIp', 'access_token', 'callback', '$.xgafv', 'uploadType', 'upload_protocol'].map(name => [name, {type: 'string', location: 'query'}]));

const documentOf = (origin: string, service: {readonly name: string; readonly version: string; readonly servicePath: string; readonly families: typeof bigqueryMethods}): unknown => ({
	kind: 'discovery#restDescription',
	discoveryVersion: 'v1',
	id: `${service.name}:${service.version}`,
	name: service.name,
	version: service.version,
	title: service.name,
	protocol: 'rest',
	rootUrl: `${origin}/`,
	servicePath: service.servicePath,
	baseUrl: `${origin}/${service.servicePath}`,
	basePath: `/${service.servicePath}`,
	batchPath: 'batch',
	auth: {oauth2: {scopes: {'https://www.googleapis.com/auth/bigquery': {description: 'BigQuery'}}}},
	parameters: standardParameters,
	// Objects of any shape: the client checks nothing, the server does.
	schemas: {Any: {id: 'Any', type: 'object', additionalProperties: {type: 'any'}}},
	...resourceTree(service.name, service.families),
});

/** Discovery of the BigQuery and the Data Transfer APIs. */
export const discoveryRoutes = (wire: Wire): readonly Route[] => {
	const bigquery = () => ({body: documentOf(wire.origin(), {name: 'bigquery', version: 'v2', servicePath: 'bigquery/v2/', families: bigqueryMethods})});
	const transfer = () => ({body: documentOf(wire.origin(), {name: 'bigquerydatatransfer', version: 'v1', servicePath: '', families: transferMethods})});
	return [
		{method: 'GET', pattern: '/$discovery/rest', handler: request => (request.query.get('version') === 'v1' ? transfer() : bigquery())},
		{method: 'GET', pattern: '/discovery/v1/apis/bigquery/v2/rest', handler: bigquery},
		{method: 'GET', pattern: '/discovery/v1/apis/bigquerydatatransfer/v1/rest', handler: transfer},
	];
};
