// Log-based metrics (Cloud Logging v2) and alert policies with mail channels (Cloud Monitoring v3), over authenticated
// REST: the same calls reach Google and the embedded warehouse. Everything is found first, then created or updated.
import type {AuthClient} from 'google-auth-library';
import {z} from 'zod';
import type {Clock, Random} from '../../ports/clock.js';
import type {Alerting, AlertingState, AlertMetric, AlertPolicy} from '../../ports/outside.js';
import {withDeadline} from '../deadline.js';
import {throughSilence} from '../bigquery/transport.js';
import {retryRead} from '../retry.js';

export type AlertingOptions = {
	readonly client: () => Promise<AuthClient>;
	readonly project: string;
	/** `https://logging.googleapis.com` and `https://monitoring.googleapis.com`, or one loopback endpoint. */
	readonly loggingEndpoint: () => string;
	readonly monitoringEndpoint: () => string;
	readonly clock: Clock;
	readonly random: Random;
	/** An answer that takes longer is held for lost, milliseconds. */
	readonly requestMs: number;
	/** See `TransportOptions`. */
	readonly onSilence?: (() => Promise<boolean>) | undefined;
};

const metricResource = z.object({name: z.string(), description: z.string().optional(), filter: z.string()});
const condition = z.object({conditionThreshold: z.object({filter: z.string().optional(), thresholdValue: z.number().optional()}).optional()});
const policyResource = z.object({
	name: z.string(), displayName: z.string().optional(), documentation: z.object({content: z.string().optional()}).optional(), conditions: z.array(condition).optional(),
	userLabels: z.record(z.string(), z.string()).optional(), notificationChannels: z.array(z.string()).optional(),
});
const channelResource = z.object({name: z.string(), type: z.string(), labels: z.record(z.string(), z.string()).optional()});

/** Marks what is ours, so that nothing else of the project is touched or listed. */
const owner = {managed_by: 'eros-tui'} as const;
const prefix = 'eros_';

const metricNameOf = (filter: string): string => /metric\.type\s*=\s*"logging\.googleapis\.com\/user\/([^"]+)"/.exec(filter)?.[1] ?? '';

const policyBody = (policy: AlertPolicy, channels: readonly string[]): unknown => ({
	displayName: policy.name,
	documentation: {content: policy.documentation, mimeType: 'text/markdown'},
	combiner: 'OR',
	enabled: true,
	userLabels: owner,
	notificationChannels: channels,
	conditions: [{
		displayName: `${policy.metric} above ${policy.thresholdPerHour} an hour`,
		conditionThreshold: {
			filter: `metric.type="logging.googleapis.com/user/${policy.metric}" AND resource.type="bigquery_project"`,
			comparison: 'COMPARISON_GT',
			thresholdValue: policy.thresholdPerHour,
			duration: '0s',
			aggregations: [{alignmentPeriod: '3600s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM'}],
		},
	}],
});

export const createAlerting = (options: AlertingOptions): Alerting => {
	const {project} = options;
	const metricsUrl = (): string => `${options.loggingEndpoint()}/v2/projects/${project}/metrics`;
	const policiesUrl = (): string => `${options.monitoringEndpoint()}/v3/projects/${project}/alertPolicies`;
	const channelsUrl = (): string => `${options.monitoringEndpoint()}/v3/projects/${project}/notificationChannels`;

	const send = async <T>(schema: z.ZodType<T>, method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, data?: unknown): Promise<T> => {
		const ask = async (): Promise<T> => {
			const client = await options.client();
			const answer = await client.request<unknown>({url, method, responseType: 'json', retry: false, ...(data === undefined ? {} : {data})});
			return schema.parse(answer.data);
		};

		return throughSilence(async () => withDeadline(options.clock, options.requestMs, ask), options.onSilence);
	};

	const listAll = async <T>(url: string, key: string, item: z.ZodType<T>): Promise<readonly T[]> => {
		const page = z.object({[key]: z.array(item).optional(), nextPageToken: z.string().optional()});
		const all: T[] = [];
		let token: string | undefined;
		do {
			const address: string = `${url}?pageSize=100${token === undefined ? '' : `&pageToken=${encodeURIComponent(token)}`}`;
			const answer: {readonly nextPageToken?: string | undefined} = await retryRead(async () => send(page, 'GET', address), {clock: options.clock, random: options.random});
			all.push(...((answer as Readonly<Record<string, unknown>>)[key] as readonly T[] | undefined ?? []));
			token = answer.nextPageToken === '' ? undefined : answer.nextPageToken;
		} while (token !== undefined);
		return all;
	};

	const metricsOf = async (): Promise<readonly AlertMetric[]> =>
		(await listAll(metricsUrl(), 'metrics', metricResource)).filter(metric => metric.name.startsWith(prefix)).map(metric => ({name: metric.name, description: metric.description ?? '', filter: metric.filter}));
	const policiesOf = async (): Promise<ReadonlyArray<z.infer<typeof policyResource>>> =>
		(await listAll(policiesUrl(), 'alertPolicies', policyResource)).filter(policy => policy.userLabels?.['managed_by'] === owner.managed_by);
	const channelsOf = async (): Promise<ReadonlyArray<z.infer<typeof channelResource>>> => (await listAll(channelsUrl(), 'notificationChannels', channelResource)).filter(channel => channel.type === 'email');

	const read = async (): Promise<AlertingState> => {
		const metrics = await metricsOf();
		const policies = await policiesOf();
		const used = new Set(policies.flatMap(policy => policy.notificationChannels ?? []));
		const channels = (await channelsOf()).filter(channel => used.has(channel.name));
		return {
			metrics,
			policies: policies.map(policy => {
				const threshold = policy.conditions?.[0]?.conditionThreshold;
				return {name: policy.displayName ?? '', metric: metricNameOf(threshold?.filter ?? ''), thresholdPerHour: threshold?.thresholdValue ?? 0, documentation: policy.documentation?.content ?? ''};
			}),
			channels: channels.map(channel => channel.labels?.['email_address'] ?? channel.name),
		};
	};

	const upsert: Alerting['upsert'] = async (metrics, policies, emails) => {
		const knownMetrics = new Map((await metricsOf()).map(metric => [metric.name, metric]));
		for (const metric of metrics) {
			const before = knownMetrics.get(metric.name);
			const body = {name: metric.name, description: metric.description, filter: metric.filter, metricDescriptor: {metricKind: 'DELTA', valueType: 'INT64'}};
			if (before === undefined) {
				await send(metricResource, 'POST', metricsUrl(), body);
			} else if (before.filter !== metric.filter || before.description !== metric.description) {
				await send(metricResource, 'PUT', `${metricsUrl()}/${encodeURIComponent(metric.name)}`, body);
			}
		}

		const knownChannels = await channelsOf();
		const channels: string[] = [];
		for (const email of emails) {
			const before = knownChannels.find(channel => channel.labels?.['email_address'] === email);
			const channel = before ?? await send(channelResource, 'POST', channelsUrl(), {type: 'email', displayName: email, labels: {email_address: email}, userLabels: owner, enabled: true});
			channels.push(channel.name);
		}

		const knownPolicies = await policiesOf();
		for (const policy of policies) {
			const before = knownPolicies.find(({displayName}) => displayName === policy.name);
			const body = policyBody(policy, channels);
			await (before === undefined ? send(policyResource, 'POST', policiesUrl(), body) : send(policyResource, 'PATCH', `${options.monitoringEndpoint()}/v3/${before.name}`, body));
		}

		return read();
	};

	// What is there is found before anything is made, so that the whole may be done again when an answer was lost.
	return {read, upsert: async (...given) => retryRead(async () => upsert(...given), {clock: options.clock, random: options.random})};
};
