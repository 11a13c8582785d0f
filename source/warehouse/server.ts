// The embedded warehouse on loopback: HTTP in, `Database` calls out.
import {randomUUID} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {setTimeout as pause} from 'node:timers/promises';
import {gunzipSync} from 'node:zlib';
import {z} from 'zod';
import {createWarehouseClock} from './clock.js';
import type {Database} from './contract.js';
import {createFaults, type Fault} from './faults.js';
import {adminRoutes} from './rest/admin-routes.js';
import {alertingRoutes} from './rest/alerting-routes.js';
import {ApiError, errorBody, invalid, toApiError} from './rest/api-error.js';
import {datasetRoutes} from './rest/dataset-routes.js';
import {discoveryRoutes} from './rest/discovery.js';
import {jobRoutes} from './rest/job-routes.js';
import {createJobService} from './rest/job-service.js';
import {createRouter, type RestAnswer} from './rest/router.js';
import {tableRoutes} from './rest/table-routes.js';
import type {Wire} from './rest/wire.js';
import {transferRoutes} from './transfer/routes.js';
import {createScheduler} from './transfer/scheduler.js';
import {localUser, tokenOf, userOf} from './user-token.js';

export type WarehouseServerOptions = {
	readonly database: Database;
	/** What `Authorization: Bearer` must carry. */
	readonly token: string;
	/** 0 takes a free one. */
	readonly port?: number;
	/** Taken instead of a free one when nobody has it. */
	readonly preferredPort?: number;
	/** More facts for the status endpoint. */
	readonly describe?: () => Readonly<Record<string, unknown>>;
	/** Called when a client asks the process to end. */
	readonly onShutdown?: () => void;
};

export type WarehouseServer = {
	readonly port: number;
	readonly endpoint: string;
	/** Milliseconds without a request; 0 while a job runs or a scheduled query is due. */
	readonly idleMs: () => number;
	/** Stops listening, jobs and schedules; the database stays open. */
	readonly close: () => Promise<void>;
};

const maximumBodyBytes = 64 * 1024 * 1024;
const keptClock = z.object({offsetMs: z.number(), isDriven: z.boolean()});

/** The body as text; unpacked when it came packed. */
const readText = async (request: IncomingMessage): Promise<string> => {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > maximumBodyBytes) {
			throw new ApiError(413, 'requestTooLarge', 'Request entity too large.');
		}

		chunks.push(chunk);
	}

	const raw = Buffer.concat(chunks);
	return (bytes > 0 && request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8');
};

const parseText = (text: string): unknown => {
	if (text === '') {
		return undefined;
	}

	try {
		return JSON.parse(text) as unknown;
	} catch {
		throw invalid('Invalid JSON payload received.');
	}
};

const send = (response: ServerResponse, answer: RestAnswer, truncate: boolean): void => {
	const body = answer.body === undefined ? undefined : Buffer.from(JSON.stringify(answer.body));
	response.writeHead(answer.status ?? 200, {...(body === undefined ? {} : {'content-type': 'application/json; charset=UTF-8', 'content-length': body.length}), ...answer.headers});
	if (truncate && body !== undefined) {
		response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
			response.destroy();
		});
		return;
	}

	response.end(body);
};

const faultError = (fault: Fault): ApiError | undefined => {
	switch (fault.kind) {
		case 'status': {
			return new ApiError(fault.status, fault.reason, fault.message ?? `Injected fault: ${fault.reason}.`, {retryAfterS: fault.retryAfterS});
		}

		case 'revoked-permission': {
			return new ApiError(403, 'accessDenied', 'Access Denied: the permission was revoked.');
		}

		case 'expired-token': {
			return new ApiError(401, 'authError', 'Request had invalid authentication credentials. Expected OAuth 2 access token.', {location: 'Authorization'});
		}

		default: {
			return undefined;
		}
	}
};

/** Starts the server on 127.0.0.1. */
export const startWarehouseServer = async (options: WarehouseServerOptions): Promise<WarehouseServer> => {
	const {database} = options;
	const clock = createWarehouseClock(keptClock.safeParse(await database.state.read('clock')).data);
	const faults = createFaults();
	const jobs = createJobService({database, clock, faults});
	await jobs.recover();
	const keepClock = async (): Promise<void> => database.state.write('clock', {offsetMs: clock.offsetMs(), isDriven: clock.isDriven()});
	const scheduler = await createScheduler({database, clock, jobs, onClockMoved: keepClock});
	let origin = '';
	const wire: Wire = {database, clock, faults, jobs, origin: () => origin};
	const route = createRouter([
		...jobRoutes(wire),
		...datasetRoutes(wire),
		...tableRoutes(wire),
		...transferRoutes(wire, scheduler),
		...alertingRoutes(wire),
		...discoveryRoutes(wire),
		...adminRoutes({wire, scheduler, tokenOf: user => tokenOf(options.token, user), describe: options.describe ?? (() => ({project: database.project})), shutdown: options.onShutdown ?? (() => undefined)}),
	]);
	const senderOf = (request: IncomingMessage): string | undefined => {
		const {authorization = ''} = request.headers;
		return authorization.startsWith('Bearer ') ? userOf(options.token, authorization.slice('Bearer '.length)) : undefined;
	};

	let lastActivity = process.hrtime.bigint();
	let openRequests = 0;

	/** What a fault does before a request is served. */
	const disturb = async (fault: Fault): Promise<void> => {
		switch (fault.kind) {
			case 'latency': {
				await pause(fault.ms);
				break;
			}

			case 'clock-jump': {
				clock.set(clock.nowMs() + fault.ms);
				await keepClock();
				break;
			}

			case 'interfere': {
				const meddler = await jobs.submitQuery({jobId: `interference_${randomUUID().replaceAll('-', '')}`, isNamed: false, sql: fault.sql, parameters: [], labels: {}, user: 'somebody@else'});
				await meddler.done;
				break;
			}

			default: {
				break;
			}
		}
	};

	const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const path = url.pathname.replace(/^\/bigquery\/v2(?=\/)/, '').replace(/^\/\/+/, '/');
		const method = request.method ?? 'GET';
		const isAdmin = path.startsWith('/_eros/');
		let text = '';
		try {
			text = await readText(request);
		} catch (error) {
			const failure = toApiError(error);
			send(response, {status: failure.status, body: errorBody(failure)}, false);
			return;
		}

		const hits = isAdmin ? [] : faults.match({method, path, text: `${path}\n${text}`, isResultPage: method === 'GET' && /\/queries\/[^/]+$/.test(path) && (url.searchParams.has('pageToken') || Number(url.searchParams.get('startIndex') ?? 0) > 0)});
		const has = (kind: Fault['kind']): boolean => hits.some(fault => fault.kind === kind);
		try {
			if (has('drop-before') || has('lost-page')) {
				request.socket.destroy();
				return;
			}

			if (has('hang-before')) {
				return;
			}

			for (const fault of hits) {
				await disturb(fault);
				const error = faultError(fault);
				if (error !== undefined) {
					throw error;
				}
			}

			// Discovery is public at Google too, and bq fetches it without credentials.
			const user = senderOf(request);
			if (user === undefined && !/^\/(\$discovery|discovery)\//.test(path)) {
				throw new ApiError(401, 'required', 'Login Required. The bearer token of this warehouse is in its state file; eros-tui warehouse env prints how to use it.', {location: 'Authorization'});
			}

			if (isAdmin && user !== localUser) {
				throw new ApiError(403, 'accessDenied', `Access Denied: only ${localUser} may do this.`);
			}

			const answer = await route({method, path, query: url.searchParams, headers: request.headers, user: user ?? localUser, body: parseText(text)});
			if (has('drop-after')) {
				request.socket.destroy();
				return;
			}

			if (has('hang-after')) {
				return;
			}

			send(response, answer, has('truncate'));
		} catch (error) {
			const failure = toApiError(error);
			send(response, {status: failure.status, body: errorBody(failure), headers: failure.retryAfterS === undefined ? {} : {'retry-after': String(failure.retryAfterS)}}, false);
		}
	};

	const server = createServer((request, response) => {
		openRequests += 1;
		response.on('close', () => {
			openRequests -= 1;
			lastActivity = process.hrtime.bigint();
		});
		void respond(request, response);
	});
	// Clients keep connections open between polls; a server that closes first makes their next request fail.
	server.keepAliveTimeout = 120_000;
	server.requestTimeout = 0;
	const listen = async (port: number): Promise<void> => new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve();
		});
	});
	const wanted = options.port ?? 0;
	await listen(wanted === 0 ? options.preferredPort ?? 0 : wanted).catch(async (error: unknown) => {
		if (wanted !== 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') {
			throw error;
		}

		await listen(0);
	});
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	origin = `http://127.0.0.1:${port}`;
	return {
		port,
		endpoint: origin,
		idleMs: () => (openRequests > 0 || jobs.running() > 0 || scheduler.isBusy() ? 0 : Number((process.hrtime.bigint() - lastActivity) / 1_000_000n)),
		async close() {
			faults.clear();
			const closed = new Promise<void>(resolve => {
				server.close(() => {
					resolve();
				});
			});
			server.closeIdleConnections();
			await scheduler.close();
			await jobs.close();
			await keepClock();
			server.closeAllConnections();
			await closed;
		},
	};
};
