// A small router: method and path pattern to a handler that answers with plain data.
import type {IncomingHttpHeaders} from 'node:http';
import {ApiError, invalid} from './api-error.js';

export type RestRequest = {
	readonly method: string;
	/** Path below the base path, still encoded. */
	readonly path: string;
	readonly params: Readonly<Record<string, string>>;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	/** Whose token came with it. */
	readonly user: string;
	/** Parsed JSON; undefined for an empty body. */
	readonly body: unknown;
};

export type RestAnswer = {readonly status?: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>>};

export type Handler = (request: RestRequest) => Promise<RestAnswer> | RestAnswer;

/** `:name` takes one path segment; a literal may follow it, as in `:routine` or `:config:startManualRuns`. */
export type Route = {readonly method: string; readonly pattern: string; readonly handler: Handler};

type Compiled = {readonly method: string; readonly expression: RegExp; readonly names: readonly string[]; readonly handler: Handler};

const compile = ({method, pattern, handler}: Route): Compiled => {
	const names: string[] = [];
	const source = pattern
		.split('/')
		.map(segment => {
			const match = /^:(\w+)(:\w+)?$/.exec(segment);
			if (match === null) {
				return segment.replaceAll('$', String.raw`\$`);
			}

			names.push(match[1] ?? '');
			return `([^/]+?)${match[2] ?? ''}`;
		})
		.join('/');
	return {method, expression: new RegExp(`^${source}/?$`), names, handler};
};

export type Router = (request: Omit<RestRequest, 'params'>) => Promise<RestAnswer>;

/** Routes are tried in order. Throws ApiError 404 or 405 where none fits. */
export const createRouter = (routes: readonly Route[]): Router => {
	const compiled = routes.map(route => compile(route));
	return async request => {
		let isPathKnown = false;
		for (const {method, expression, names, handler} of compiled) {
			const match = expression.exec(request.path);
			if (match === null) {
				continue;
			}

			isPathKnown = true;
			if (method === request.method) {
				const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
				return handler({...request, params});
			}
		}

		throw isPathKnown ? new ApiError(405, 'httpMethodNotAllowed', 'HTTP method not allowed.') : new ApiError(404, 'notFound', `Not found: ${request.method} ${request.path}`);
	};
};

/** A path parameter that the route's pattern guarantees. */
export const parameter = (request: RestRequest, name: string): string => request.params[name] ?? '';

/**
 * A non-negative whole number from the query string.
 * @throws ApiError 400 for anything else.
 */
export const numberQuery = (request: RestRequest, name: string): number | undefined => {
	const text = request.query.get(name);
	if (text === null || text === '') {
		return undefined;
	}

	const value = Number(text);
	if (!Number.isSafeInteger(value) || value < 0) {
		throw invalid(`Invalid value for ${name}: ${text}`);
	}

	return value;
};

/**
 * The offset a page token stands for.
 * @throws ApiError 400 for a token that is not ours.
 */
export const pageOffset = (request: RestRequest): number | undefined => {
	const token = request.query.get('pageToken');
	if (token === null || token === '') {
		return undefined;
	}

	const match = /^E(\d+)$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
	if (match === null) {
		throw invalid('Invalid page token.', 'pageToken');
	}

	return Number(match[1]);
};

export const pageTokenOf = (offset: number): string => Buffer.from(`E${offset}`, 'latin1').toString('base64url');
