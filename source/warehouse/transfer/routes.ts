// Data Transfer Service v1 for the data source `scheduled_query`.
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import {ApiError, invalid} from '../rest/api-error.js';
import {parseBody} from '../rest/query-request.js';
import {numberQuery, pageOffset, pageTokenOf, parameter, type RestRequest, type Route} from '../rest/router.js';
import {requireProject, type Wire} from '../rest/wire.js';
import {configName, type TransferConfig, type TransferRun} from './config.js';
import {parseSchedule} from './schedule.js';
import type {Scheduler} from './scheduler.js';

const dataSourceId = 'scheduled_query';

const iso = (ms: number): string => new Date(ms).toISOString();

const timestampInput = z.union([z.string(), z.object({seconds: z.union([z.string(), z.number()]), nanos: z.number().optional()})]).nullish();

const msOf = (value: z.infer<typeof timestampInput>): number | undefined => {
	if (value === null || value === undefined || value === '') {
		return undefined;
	}

	const ms = typeof value === 'string' ? Date.parse(value) : (Number(value.seconds) * 1000) + Math.floor((value.nanos ?? 0) / 1_000_000);
	if (Number.isNaN(ms)) {
		throw invalid('Invalid timestamp.');
	}

	return ms;
};

const configInput = z.object({
	displayName: z.string().nullish(),
	dataSourceId: z.string().nullish(),
	destinationDatasetId: z.string().nullish(),
	params: z.record(z.string(), z.unknown()).nullish(),
	schedule: z.string().nullish(),
	scheduleOptions: z.object({disableAutoScheduling: z.boolean().nullish(), startTime: timestampInput, endTime: timestampInput}).nullish(),
	disabled: z.boolean().nullish(),
	notificationPubsubTopic: z.string().nullish(),
	emailPreferences: z.object({enableFailureEmail: z.boolean().nullish()}).nullish(),
});

type ConfigInput = z.infer<typeof configInput>;

const dataSource = (parent: string): Readonly<Record<string, unknown>> => ({
	name: `${parent}/dataSources/${dataSourceId}`,
	dataSourceId,
	displayName: 'Scheduled Query',
	description: 'Runs a query on a schedule.',
	supportsCustomSchedule: true,
	defaultSchedule: 'every 24 hours',
	minimumScheduleInterval: '300s',
	authorizationType: 'AUTHORIZATION_CODE',
	updateDeadlineSeconds: 86_400,
	parameters: [{paramId: 'query', displayName: 'Query', type: 'STRING', required: true}],
});

const stateOfRuns = (runs: readonly TransferRun[]): string => runs.at(-1)?.state ?? 'PENDING';

const configResource = (config: TransferConfig, runs: readonly TransferRun[]): Readonly<Record<string, unknown>> => ({
	name: configName(config),
	...(config.dataset === undefined ? {} : {destinationDatasetId: config.dataset}),
	displayName: config.displayName,
	dataSourceId,
	params: {...config.params, query: config.query},
	...(config.schedule === undefined ? {} : {schedule: config.schedule}),
	scheduleOptions: {
		...(config.isAutoSchedulingDisabled ? {disableAutoScheduling: true} : {}),
		...(config.startTimeMs === undefined ? {} : {startTime: iso(config.startTimeMs)}),
		...(config.endTimeMs === undefined ? {} : {endTime: iso(config.endTimeMs)}),
	},
	disabled: config.isDisabled,
	updateTime: iso(config.updatedMs),
	...(config.nextRunMs === undefined ? {} : {nextRunTime: iso(config.nextRunMs)}),
	state: stateOfRuns(runs),
	userId: '1',
	datasetRegion: config.parent.split('/').at(-1),
	...(config.pubsubTopic === undefined ? {} : {notificationPubsubTopic: config.pubsubTopic}),
	emailPreferences: {enableFailureEmail: config.notifyOnFailure},
	...(config.serviceAccount === undefined ? {} : {ownerInfo: {email: config.serviceAccount}}),
});

const runResource = (config: TransferConfig, run: TransferRun): Readonly<Record<string, unknown>> => ({
	name: `${configName(config)}/runs/${run.id}`,
	scheduleTime: iso(run.scheduledMs),
	runTime: iso(run.runTimeMs),
	...(run.startedMs === undefined ? {} : {startTime: iso(run.startedMs)}),
	...(run.endedMs === undefined ? {} : {endTime: iso(run.endedMs)}),
	updateTime: iso(run.endedMs ?? run.startedMs ?? run.scheduledMs),
	...(run.errorMessage === undefined ? {} : {errorStatus: {code: 3, message: run.errorMessage}}),
	params: {query: config.query},
	...(config.dataset === undefined ? {} : {destinationDatasetId: config.dataset}),
	dataSourceId,
	state: run.state,
	userId: '1',
	...(run.isManual ? {} : {schedule: config.schedule}),
});

const checkSchedule = (schedule: string): string => {
	if (schedule !== '' && parseSchedule(schedule) === undefined) {
		throw new ApiError(400, 'invalid', `Failed to parse schedule '${schedule}'; write it as 'every day 09:07', 'every 6 hours' or 'every mon,wed 09:00', times in UTC.`);
	}

	return schedule;
};

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

/** Which top-level fields an `updateMask` names; snake_case and nested paths are understood. */
const maskedFields = (mask: string | null): ReadonlySet<string> | undefined =>
	mask === null || mask === '' ? undefined : new Set(mask.split(',').map(field => camel(field.trim().split('.')[0] ?? '')));

/** Routes of scheduled queries, with and without a location in the path. */
export const transferRoutes = (wire: Wire, scheduler: Scheduler): readonly Route[] => {
	const parentOf = (request: RestRequest): string => {
		requireProject(wire, request);
		return `projects/${wire.database.project}/locations/${(request.params['location'] ?? 'us').toLowerCase()}`;
	};

	/** Without a location, or with `-`, every location is meant. */
	const isAnywhere = (request: RestRequest): boolean => request.params['location'] === undefined || request.params['location'] === '-';

	const requireConfig = (request: RestRequest): TransferConfig => {
		const parent = parentOf(request);
		const config = scheduler.find(parameter(request, 'config'));
		if (config === undefined || (!isAnywhere(request) && config.parent !== parent)) {
			throw new ApiError(404, 'notFound', `Requested entity was not found: ${parent}/transferConfigs/${parameter(request, 'config')}`);
		}

		return config;
	};

	const applied = (before: TransferConfig, input: ConfigInput, fields: ReadonlySet<string> | undefined, request: RestRequest): TransferConfig => {
		const has = (field: keyof ConfigInput): boolean => (fields === undefined ? input[field] !== undefined : fields.has(field));
		const {query, ...params} = has('params') ? input.params ?? {} : {...before.params, query: before.query};
		if (typeof query !== 'string' || query.trim() === '') {
			throw invalid('Required parameter query is missing.', 'params.query');
		}

		const schedule = has('schedule') ? checkSchedule(input.schedule ?? '') : before.schedule;
		const options = has('scheduleOptions') ? input.scheduleOptions ?? {} : undefined;
		const startTimeMs = options === undefined ? before.startTimeMs : msOf(options.startTime);
		const endTimeMs = options === undefined ? before.endTimeMs : msOf(options.endTime);
		const dataset = has('destinationDatasetId') ? input.destinationDatasetId ?? undefined : before.dataset;
		const pubsubTopic = has('notificationPubsubTopic') ? input.notificationPubsubTopic ?? '' : before.pubsubTopic ?? '';
		const serviceAccount = request.query.get('serviceAccountName') ?? before.serviceAccount;
		if (dataset !== undefined && dataset !== '' && wire.database.datasets.find(dataset) === undefined) {
			throw new ApiError(404, 'notFound', `Not found: Dataset ${wire.database.project}:${dataset}`);
		}

		return {
			id: before.id,
			parent: before.parent,
			displayName: has('displayName') ? input.displayName ?? '' : before.displayName,
			query,
			params,
			isDisabled: has('disabled') ? input.disabled ?? false : before.isDisabled,
			isAutoSchedulingDisabled: options === undefined ? before.isAutoSchedulingDisabled : options.disableAutoScheduling ?? false,
			notifyOnFailure: has('emailPreferences') ? input.emailPreferences?.enableFailureEmail ?? false : before.notifyOnFailure,
			createdMs: before.createdMs,
			updatedMs: wire.clock.nowMs(),
			...(dataset === undefined || dataset === '' ? {} : {dataset}),
			...(schedule === undefined || schedule === '' ? {} : {schedule}),
			...(startTimeMs === undefined ? {} : {startTimeMs}),
			...(endTimeMs === undefined ? {} : {endTimeMs}),
			...(pubsubTopic === '' ? {} : {pubsubTopic}),
			...(serviceAccount === undefined || serviceAccount === '' ? {} : {serviceAccount}),
		};
	};

	const create = async (request: RestRequest) => {
		const parent = parentOf(request);
		const input = parseBody(configInput, request.body);
		if (input.dataSourceId !== dataSourceId) {
			throw invalid(`Data source ${input.dataSourceId ?? ''} is not served here; only ${dataSourceId} is.`, 'dataSourceId');
		}

		if (input.displayName === undefined || input.displayName === null || input.displayName.trim() === '') {
			throw invalid('Transfer config display name is required.', 'displayName');
		}

		const createdMs = wire.clock.nowMs();
		const blank: TransferConfig = {id: randomUUID(), parent, displayName: '', query: '', params: {}, isDisabled: false, isAutoSchedulingDisabled: false, notifyOnFailure: false, createdMs, updatedMs: createdMs};
		const config = await scheduler.put(applied(blank, input, undefined, request));
		return {body: configResource(config, [])};
	};

	const patch = async (request: RestRequest) => {
		const before = requireConfig(request);
		const config = await scheduler.put(applied(before, parseBody(configInput, request.body), maskedFields(request.query.get('updateMask')), request));
		return {body: configResource(config, scheduler.runs(config.id))};
	};

	const list = (request: RestRequest) => {
		const parent = parentOf(request);
		const wanted = request.query.getAll('dataSourceIds').flatMap(value => value.split(','));
		const all = scheduler.configs().filter(config => (isAnywhere(request) || config.parent === parent) && (wanted.length === 0 || wanted.includes(dataSourceId)));
		const offset = pageOffset(request) ?? 0;
		const limit = numberQuery(request, 'pageSize') || 100;
		return {
			body: {
				transferConfigs: all.slice(offset, offset + limit).map(config => configResource(config, scheduler.runs(config.id))),
				...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {}),
			},
		};
	};

	const listRuns = (request: RestRequest) => {
		const config = requireConfig(request);
		const states = new Set(request.query.getAll('states').flatMap(value => value.split(',')));
		const all = scheduler.runs(config.id).filter(run => states.size === 0 || states.has(run.state)).toReversed();
		const offset = pageOffset(request) ?? 0;
		const limit = numberQuery(request, 'pageSize') || 100;
		return {
			body: {
				transferRuns: all.slice(offset, offset + limit).map(run => runResource(config, run)),
				...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {}),
			},
		};
	};

	const requireRun = (request: RestRequest): {readonly config: TransferConfig; readonly run: TransferRun} => {
		const config = requireConfig(request);
		const run = scheduler.runs(config.id).find(({id}) => id === parameter(request, 'run'));
		if (run === undefined) {
			throw new ApiError(404, 'notFound', `Requested entity was not found: ${configName(config)}/runs/${parameter(request, 'run')}`);
		}

		return {config, run};
	};

	const manualInput = z.object({requestedRunTime: timestampInput, requestedTimeRange: z.object({startTime: timestampInput, endTime: timestampInput}).nullish()});
	const startManualRuns = async (request: RestRequest) => {
		const config = requireConfig(request);
		const input = parseBody(manualInput, request.body);
		const at = msOf(input.requestedRunTime) ?? msOf(input.requestedTimeRange?.startTime) ?? wire.clock.nowMs();
		if (at > wire.clock.nowMs()) {
			throw invalid('Requested run time must be in the past.', 'requestedRunTime');
		}

		return {body: {runs: [runResource(config, await scheduler.startManualRun(config, at))]}};
	};

	const family = (prefix: string): readonly Route[] => {
		const config = `${prefix}/transferConfigs/:config`;
		return [
			{method: 'GET', pattern: `${prefix}/dataSources`, handler: request => ({body: {dataSources: [dataSource(parentOf(request))]}})},
			{method: 'GET', pattern: `${prefix}/dataSources/:source`, handler: request => ({body: dataSource(parentOf(request))})},
			{method: 'POST', pattern: `${prefix}/dataSources/:source:checkValidCreds`, handler: request => ({body: {hasValidCreds: parentOf(request) !== ''}})},
			{method: 'GET', pattern: `${prefix}/transferConfigs`, handler: list},
			{method: 'POST', pattern: `${prefix}/transferConfigs`, handler: create},
			{method: 'POST', pattern: `${config}:startManualRuns`, handler: startManualRuns},
			{
				method: 'GET',
				pattern: config,
				handler(request) {
					const found = requireConfig(request);
					return {body: configResource(found, scheduler.runs(found.id))};
				},
			},
			{method: 'PATCH', pattern: config, handler: patch},
			{
				method: 'DELETE',
				pattern: config,
				async handler(request) {
					await scheduler.remove(requireConfig(request).id);
					return {body: {}};
				},
			},
			{method: 'GET', pattern: `${config}/runs`, handler: listRuns},
			{
				method: 'GET',
				pattern: `${config}/runs/:run`,
				handler(request) {
					const {config: owner, run} = requireRun(request);
					return {body: runResource(owner, run)};
				},
			},
			{
				method: 'DELETE',
				pattern: `${config}/runs/:run`,
				async handler(request) {
					const {config: owner, run} = requireRun(request);
					await scheduler.removeRun(owner.id, run.id);
					return {body: {}};
				},
			},
			{
				method: 'GET',
				pattern: `${config}/runs/:run/transferLogs`,
				handler(request) {
					const {run} = requireRun(request);
					const at = iso(run.endedMs ?? run.scheduledMs);
					return {body: {transferMessages: [{messageTime: at, severity: run.errorMessage === undefined ? 'INFO' : 'ERROR', messageText: run.errorMessage ?? `Run ${run.state.toLowerCase()}; job ${run.jobId ?? 'not started'}.`}]}};
				},
			},
		];
	};

	return [...family('/v1/projects/:project/locations/:location'), ...family('/v1/projects/:project')];
};
