// The small part of Cloud Logging (v2 metrics) and Cloud Monitoring (v3 policies and channels) that alerting uses.
// Definitions are kept, listed and compared; no alert is evaluated here.
import {randomUUID} from 'node:crypto';
import {z} from 'zod';
import {ApiError, duplicate, invalid} from './api-error.js';
import {parseBody} from './query-request.js';
import {numberQuery, pageOffset, pageTokenOf, parameter, type RestRequest, type Route} from './router.js';
import {requireProject, type Wire} from './wire.js';

const resource = z.record(z.string(), z.unknown());
const store = z.record(z.string(), resource);
type Resource = z.infer<typeof resource>;

type Family = {
	readonly key: 'metrics' | 'alertPolicies' | 'notificationChannels';
	readonly path: string;
	/** The name a client chose, or undefined where the service chooses. */
	readonly nameOf: (body: Resource) => string | undefined;
	readonly missing: (body: Resource) => string | undefined;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const families: readonly Family[] = [
	{
		key: 'metrics',
		path: '/v2/projects/:project/metrics',
		nameOf: body => text(body['name']),
		missing: body => (text(body['name']) === undefined ? 'name' : (text(body['filter']) === undefined ? 'filter' : undefined)),
	},
	{
		key: 'alertPolicies',
		path: '/v3/projects/:project/alertPolicies',
		nameOf: () => undefined,
		missing: body => (text(body['displayName']) === undefined ? 'displayName' : (Array.isArray(body['conditions']) && body['conditions'].length > 0 ? undefined : 'conditions')),
	},
	{
		key: 'notificationChannels',
		path: '/v3/projects/:project/notificationChannels',
		nameOf: () => undefined,
		missing: body => (text(body['type']) === undefined ? 'type' : undefined),
	},
];

/** Routes of log metrics, alert policies and notification channels. */
export const alertingRoutes = (wire: Wire): readonly Route[] => {
	const read = async (family: Family): Promise<Record<string, Resource>> => {
		const parsed = store.safeParse((await wire.database.state.read(`alerting/${family.key}`)) ?? {});
		return parsed.success ? parsed.data : {};
	};

	const write = async (family: Family, resources: Readonly<Record<string, Resource>>): Promise<void> => wire.database.state.write(`alerting/${family.key}`, resources);
	const now = (): string => new Date(wire.clock.nowMs()).toISOString();
	const checked = (family: Family, body: unknown): Resource => {
		const given = parseBody(resource, body);
		const missing = family.missing(given);
		if (missing !== undefined) {
			throw invalid(`Field ${missing} is required.`, missing);
		}

		return given;
	};

	// Metrics are named in the body; the other two get a full resource name from the service.
	const routesOf = (family: Family): readonly Route[] => {
		const required = async (request: RestRequest): Promise<{readonly id: string; readonly all: Record<string, Resource>; readonly found: Resource}> => {
			requireProject(wire, request);
			const id = parameter(request, 'id');
			const all = await read(family);
			const found = all[id];
			if (found === undefined) {
				throw new ApiError(404, 'notFound', `Requested entity was not found: ${family.key}/${id}`);
			}

			return {id, all, found};
		};

		const put = async (request: RestRequest) => {
			requireProject(wire, request);
			const id = parameter(request, 'id');
			const all = await read(family);
			const before = all[id];
			if (before === undefined && family.key !== 'metrics') {
				throw new ApiError(404, 'notFound', `Requested entity was not found: ${family.key}/${id}`);
			}

			const body = checked(family, {...(request.method === 'PATCH' ? before : {}), ...parseBody(resource, request.body)});
			const after = {...body, name: before?.['name'] ?? body['name'], createTime: before?.['createTime'] ?? now(), updateTime: now()};
			await write(family, {...all, [id]: after});
			return {body: after};
		};

		return [
			{
				method: 'GET',
				pattern: family.path,
				async handler(request) {
					requireProject(wire, request);
					const all = Object.values(await read(family));
					const offset = pageOffset(request) ?? 0;
					const limit = numberQuery(request, 'pageSize') || 100;
					return {body: {[family.key]: all.slice(offset, offset + limit), ...(offset + limit < all.length ? {nextPageToken: pageTokenOf(offset + limit)} : {})}};
				},
			},
			{
				method: 'POST',
				pattern: family.path,
				async handler(request) {
					requireProject(wire, request);
					const body = checked(family, request.body);
					const all = await read(family);
					const id = family.nameOf(body) ?? randomUUID();
					if (all[id] !== undefined) {
						throw duplicate(`Metric ${id}`);
					}

					const name = family.nameOf(body) ?? `projects/${wire.database.project}/${family.key}/${id}`;
					const created = {...body, name, createTime: now(), updateTime: now()};
					await write(family, {...all, [id]: created});
					return {body: created};
				},
			},
			{method: 'GET', pattern: `${family.path}/:id`, handler: async request => ({body: (await required(request)).found})},
			{method: 'PUT', pattern: `${family.path}/:id`, handler: put},
			{method: 'PATCH', pattern: `${family.path}/:id`, handler: put},
			{
				method: 'DELETE',
				pattern: `${family.path}/:id`,
				async handler(request) {
					const {id, all} = await required(request);
					const {[id]: _removed, ...rest} = all;
					await write(family, rest);
					return {body: {}};
				},
			},
		];
	};

	return families.flatMap(family => routesOf(family));
};
