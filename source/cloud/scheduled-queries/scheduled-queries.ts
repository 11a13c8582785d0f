// The ScheduledQueries port over `@google-cloud/bigquery-data-transfer`; REST transport for both targets.
import type {DataTransferServiceClient, protos} from '@google-cloud/bigquery-data-transfer';
import type {Clock, Random} from '../../ports/clock.js';
import type {ScheduledQueries, ScheduledQuery, ScheduledQueryRun} from '../../ports/scheduled-queries.js';
import {WarehouseError, type MutationAuthority} from '../../ports/warehouse.js';
import {toWarehouseError} from '../bigquery/failure.js';
import {changeOnce} from '../bigquery/change-once.js';
import {authorityProblem, refuse, type Guard} from '../bigquery/guard.js';
import {withDeadline} from '../deadline.js';
import {throughSilence} from '../bigquery/transport.js';
import {retryRead, type RetryOptions} from '../retry.js';

type Config = protos.google.cloud.bigquery.datatransfer.v1.ITransferConfig;
type Run = protos.google.cloud.bigquery.datatransfer.v1.ITransferRun;
type Timestamp = protos.google.protobuf.ITimestamp;

export type ScheduledQueriesOptions = {
	/** Asked at each call; the first one may take the time to load it. */
	readonly client: () => Promise<DataTransferServiceClient>;
	readonly project: string;
	readonly location: string;
	readonly guard: Guard;
	readonly clock: Clock;
	readonly random: Random;
	/** An answer that takes longer is held for lost, milliseconds. */
	readonly requestMs: number;
	/** See `TransportOptions`. */
	readonly onSilence?: (() => Promise<boolean>) | undefined;
};

const dataSourceId = 'scheduled_query';

const msOf = (timestamp: Timestamp | null | undefined): number | undefined =>
	timestamp?.seconds === null || timestamp?.seconds === undefined ? undefined : (Number(timestamp.seconds) * 1000) + Math.floor((timestamp.nanos ?? 0) / 1_000_000);

const timestampOf = (ms: number): Timestamp => ({seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000});

const queryOf = (config: Config): string => config.params?.fields?.['query']?.stringValue ?? '';

/** The dataset a config belongs to: its destination, or where a script names none, the dataset its text names. */
const belongsTo = (config: Config, dataset: string): boolean => {
	const destination = config.destinationDatasetId ?? '';
	return destination === '' ? new RegExp(`(?<![\\w])${dataset}(?![\\w])`).test(queryOf(config)) : destination === dataset;
};

const stateNames: Readonly<Record<string, ScheduledQueryRun['state']>> = {
	2: 'PENDING', 3: 'RUNNING', 4: 'SUCCEEDED', 5: 'FAILED', 6: 'CANCELLED',
	PENDING: 'PENDING', RUNNING: 'RUNNING', SUCCEEDED: 'SUCCEEDED', FAILED: 'FAILED', CANCELLED: 'CANCELLED',
};

const toScheduledQuery = (config: Config, dataset: string): ScheduledQuery => {
	const startTimeMs = msOf(config.scheduleOptions?.startTime);
	const nextRunMs = msOf(config.nextRunTime);
	const updatedMs = msOf(config.updateTime);
	const serviceAccount = config.ownerInfo?.email ?? '';
	const pubsubTopic = config.notificationPubsubTopic ?? '';
	return {
		name: config.name ?? '',
		dataset,
		displayName: config.displayName ?? '',
		schedule: config.schedule ?? '',
		query: queryOf(config),
		notifyOnFailure: config.emailPreferences?.enableFailureEmail ?? false,
		isDisabled: config.disabled ?? false,
		...(startTimeMs === undefined ? {} : {startTimeMs}),
		...(serviceAccount === '' ? {} : {serviceAccount}),
		...(pubsubTopic === '' ? {} : {pubsubTopic}),
		...(nextRunMs === undefined ? {} : {nextRunMs}),
		...(updatedMs === undefined ? {} : {updatedMs}),
	};
};

const toRun = (run: Run): ScheduledQueryRun => {
	const startedMs = msOf(run.startTime);
	const endedMs = msOf(run.endTime);
	const errorMessage = run.errorStatus?.message ?? '';
	return {
		name: run.name ?? '',
		runTimeMs: msOf(run.runTime) ?? 0,
		state: stateNames[String(run.state)] ?? 'PENDING',
		...(startedMs === undefined ? {} : {startedMs}),
		...(endedMs === undefined ? {} : {endedMs}),
		...(errorMessage === '' ? {} : {errorMessage}),
	};
};

export const createScheduledQueries = (options: ScheduledQueriesOptions): ScheduledQueries => {
	const {client, guard, project, clock, requestMs} = options;
	const parent = `projects/${project}/locations/${options.location.toLowerCase()}`;
	const retry: RetryOptions = {clock: options.clock, random: options.random};
	/** The client itself neither gives up a request nor should it repeat one: only here is known what may be sent twice. */
	const once = {retry: null} as unknown as {readonly timeout?: number};
	const call = async <T>(work: () => Promise<T>): Promise<T> =>
		throughSilence(async () => {
			try {
				return await withDeadline(clock, requestMs, work);
			} catch (error) {
				throw toWarehouseError(error);
			}
		}, options.onSilence);

	const read = async <T>(work: () => Promise<T>): Promise<T> => retryRead(async () => call(work), retry);
	const configsOf = async (dataset: string): Promise<readonly Config[]> => {
		const [configs] = await read(async () => (await client()).listTransferConfigs({parent, dataSourceIds: [dataSourceId]}, once));
		return configs.filter(config => belongsTo(config, dataset));
	};

	const checkAuthority = (what: string, isProduction: boolean, authority: MutationAuthority | undefined): void => {
		const problem = isProduction ? authorityProblem(guard, authority) : undefined;
		if (problem !== undefined) {
			refuse(guard, what, problem);
		}
	};

	const requireConfig = async (name: string): Promise<Config> => {
		const [config] = await read(async () => (await client()).getTransferConfig({name}, once));
		return config;
	};

	const datasetOf = (config: Config): string => config.destinationDatasetId ?? '';

	return {
		list: async dataset => (await configsOf(dataset)).map(config => toScheduledQuery(config, dataset)),
		async upsert(dataset, spec, {isDisabled, authority}) {
			checkAuthority(`The scheduled query ${spec.displayName}`, dataset === guard.productionDataset, authority);
			const known = (await configsOf(dataset)).filter(config => config.displayName === spec.displayName);
			if (known.length > 1) {
				throw new WarehouseError('invalid', `${known.length} scheduled queries of ${dataset} are called ${spec.displayName}. Remove all but one, then start again.`, {reason: 'ambiguous'});
			}

			const transferConfig: Config = {
				displayName: spec.displayName,
				dataSourceId,
				destinationDatasetId: dataset,
				schedule: spec.schedule,
				scheduleOptions: spec.startTimeMs === undefined ? {} : {startTime: timestampOf(spec.startTimeMs)},
				params: {fields: {query: {stringValue: spec.query}}},
				disabled: isDisabled,
				emailPreferences: {enableFailureEmail: spec.notifyOnFailure},
				notificationPubsubTopic: spec.pubsubTopic ?? '',
			};
			const account = spec.serviceAccount === undefined ? {} : {serviceAccountName: spec.serviceAccount};
			const [before] = known;
			if (before === undefined) {
				const created = await changeOnce({
					...retry,
					change: async () => (await call(async () => (await client()).createTransferConfig({parent, transferConfig, ...account}, once)))[0],
					look: async () => (await configsOf(dataset)).find(config => config.displayName === spec.displayName),
				});
				return toScheduledQuery(created, dataset);
			}

			const paths = ['schedule', 'schedule_options', 'params', 'disabled', 'email_preferences', 'notification_pubsub_topic', ...(spec.serviceAccount === undefined ? [] : ['service_account_name'])];
			const [updated] = await read(async () => (await client()).updateTransferConfig({transferConfig: {...transferConfig, name: before.name ?? ''}, updateMask: {paths}, ...account}, once));
			return toScheduledQuery(updated, dataset);
		},
		async setDisabled(name, isDisabled, authority) {
			const config = await requireConfig(name);
			checkAuthority(`The scheduled query ${config.displayName ?? name}`, belongsTo(config, guard.productionDataset), authority);
			const [updated] = await read(async () => (await client()).updateTransferConfig({transferConfig: {name, disabled: isDisabled}, updateMask: {paths: ['disabled']}}, once));
			return toScheduledQuery(updated, datasetOf(updated) === '' ? datasetOf(config) : datasetOf(updated));
		},
		async remove(name, authority) {
			const config = await requireConfig(name);
			checkAuthority(`The scheduled query ${config.displayName ?? name}`, belongsTo(config, guard.productionDataset), authority);
			let tries = 0;
			await read(async () => {
				tries += 1;
				try {
					await (await client()).deleteTransferConfig({name}, once);
				} catch (error) {
					// An earlier try that got no answer has removed it.
					if (tries === 1 || toWarehouseError(error).kind !== 'not-found') {
						throw error;
					}
				}
			});
		},
		async runs(name) {
			const [runs] = await read(async () => (await client()).listTransferRuns({parent: name}, once));
			return runs.map(run => toRun(run));
		},
	};
};
