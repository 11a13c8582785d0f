// One authenticated request through Google's client; its own retries are off, because only the caller knows what may
// be sent twice.
import type {BigQuery} from '@google-cloud/bigquery';
import type {z} from 'zod';
import type {Clock} from '../../ports/clock.js';
import {WarehouseError} from '../../ports/warehouse.js';
import {withDeadline} from '../deadline.js';
import {toWarehouseError, wasNeverSent} from './failure.js';

export type RequestOptions = {
	readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
	/** Below `/projects/P`: `/queries/J`. */
	readonly uri: string;
	/** Query string; undefined values are left out. */
	readonly qs?: Readonly<Record<string, string | number | boolean | undefined>>;
	readonly json?: unknown;
	readonly ifMatch?: string;
	/** How long the service may hold the request open before it answers, milliseconds; comes on top of the time-out. */
	readonly heldMs?: number;
};

export type Transport = {
	/** Sends and parses. @throws WarehouseError. */
	request: <T>(schema: z.ZodType<T>, options: RequestOptions) => Promise<T>;
};

export type TransportOptions = {
	/** Asked for each request: the client of an embedded warehouse changes when that comes up somewhere else. */
	readonly client: () => BigQuery;
	readonly clock: Pick<Clock, 'pause'>;
	/** An answer that takes longer is held for lost, milliseconds. */
	readonly timeoutMs: number;
	/** Told of a request without an answer; resolves with true when the service was gone and is back. */
	readonly onSilence?: (() => Promise<boolean>) | undefined;
};

/** Calls, and when the call got no answer asks whether the service came back; a request that never left is then sent once more. */
export const throughSilence = async <T>(call: () => Promise<T>, onSilence: TransportOptions['onSilence']): Promise<T> => {
	try {
		return await call();
	} catch (error) {
		const failure = toWarehouseError(error);
		const isBack = failure.kind === 'network' && (await onSilence?.().catch(() => false)) === true;
		if (isBack && wasNeverSent(failure)) {
			return call();
		}

		throw failure;
	}
};

/** Requests through a client of `@google-cloud/bigquery`. */
export const createTransport = ({client, clock, timeoutMs, onSilence}: TransportOptions): Transport => {
	const send = async ({method = 'GET', uri, qs = {}, json, ifMatch}: RequestOptions): Promise<unknown> => {
		const given = Object.fromEntries(Object.entries(qs).filter(([, value]) => value !== undefined));
		return new Promise<unknown>((resolve, reject) => {
			client().request(
				{method, uri, qs: given, ...(json === undefined ? {} : {json: json as object}), ...(ifMatch === undefined ? {} : {headers: {'If-Match': ifMatch}})},
				(error: Error | null, answer: unknown) => {
					if (error) {
						reject(toWarehouseError(error));
					} else {
						resolve(answer);
					}
				},
			);
		});
	};

	return {
		async request(schema, options) {
			const body = await throughSilence(async () => withDeadline(clock, timeoutMs + (options.heldMs ?? 0), async () => send(options)), onSilence);
			try {
				return schema.parse(typeof body === 'string' && body !== '' ? JSON.parse(body) : body);
			} catch (error) {
				// An answer that cannot be read is no answer: what it confirmed is not known.
				throw new WarehouseError('network', 'The answer of the warehouse could not be read; whether the request was carried out is not known.', {reason: 'network', cause: error});
			}
		},
	};
};
