// One authenticated request through Google's client; its own retries are off, because only the caller knows what may
// be sent twice.
import type {BigQuery} from '@google-cloud/bigquery';
import type {z} from 'zod';
import {toWarehouseError} from './failure.js';

export type RequestOptions = {
	readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
	/** Below `/projects/P`: `/queries/J`. */
	readonly uri: string;
	/** Query string; undefined values are left out. */
	readonly qs?: Readonly<Record<string, string | number | boolean | undefined>>;
	readonly json?: unknown;
	readonly ifMatch?: string;
};

export type Transport = {
	/** Sends and parses. @throws WarehouseError. */
	request: <T>(schema: z.ZodType<T>, options: RequestOptions) => Promise<T>;
};

/** Requests through a client of `@google-cloud/bigquery`. */
export const createTransport = (client: BigQuery): Transport => ({
	async request(schema, {method = 'GET', uri, qs = {}, json, ifMatch}) {
		const given = Object.fromEntries(Object.entries(qs).filter(([, value]) => value !== undefined));
		const body = await new Promise<unknown>((resolve, reject) => {
			client.request(
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
		try {
			return schema.parse(typeof body === 'string' && body !== '' ? JSON.parse(body) : body);
		} catch (error) {
			// An answer that cannot be read is no answer: what it confirmed is not known.
			throw toWarehouseError({message: 'The answer could not be read.', cause: error});
		}
	},
});
