// Whatever a Google client throws, as one WarehouseError whose kind says what may be done about it.
import {z} from 'zod';
import {WarehouseError, type JobError, type WarehouseFailureKind} from '../../ports/warehouse.js';

type Thrown = {
	readonly code?: unknown;
	readonly status?: unknown;
	readonly message?: unknown;
	readonly errors?: unknown;
	readonly response?: unknown;
	readonly cause?: unknown;
};

const retryableReasons = new Set(['backendError', 'internalError', 'jobBackendError', 'jobInternalError', 'tableUnavailable']);
const rateReasons = new Set(['rateLimitExceeded', 'quotaExceeded', 'jobRateLimitExceeded', 'userRateLimitExceeded']);

/** gRPC codes as the transfer client reports them, to HTTP. */
const httpOfGrpc: Readonly<Record<number, number>> = {3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 13: 500, 14: 503, 16: 401};

const kindOf = (status: number | undefined, reason: string | undefined): WarehouseFailureKind => {
	if (status === undefined) {
		return 'network';
	}

	if ((reason !== undefined && rateReasons.has(reason)) || status === 429) {
		return 'rate-limited';
	}

	if ((reason !== undefined && retryableReasons.has(reason)) || status >= 500) {
		return 'backend';
	}

	const byStatus: Readonly<Record<number, WarehouseFailureKind>> = {401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 409: 'duplicate', 412: 'precondition'};
	return byStatus[status] ?? 'invalid';
};

/** A job's error with its place, read from `[line:column]` in the message. */
export const jobErrorOf = (error: {readonly reason?: string | undefined; readonly message?: string | undefined; readonly location?: string | undefined}): JobError => {
	const message = error.message ?? 'The job failed.';
	const place = /\[(\d+):(\d+)\]/.exec(message);
	return {
		reason: error.reason ?? 'unknown',
		message,
		...(error.location === undefined ? {} : {location: error.location}),
		...(place === null ? {} : {line: Number(place[1]), column: Number(place[2])}),
	};
};

const headerOf = (response: unknown, name: string): string | undefined => {
	const headers = (response as {readonly headers?: unknown} | undefined)?.headers;
	if (headers instanceof Headers) {
		return headers.get(name) ?? undefined;
	}

	const value = (headers as Readonly<Record<string, unknown>> | undefined)?.[name];
	return typeof value === 'string' ? value : undefined;
};

const retryAfterOf = (response: unknown): number | undefined => {
	const seconds = Number(headerOf(response, 'retry-after') ?? Number.NaN);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
};

const statusOf = (thrown: Thrown): number | undefined => {
	const code = typeof thrown.code === 'string' && /^\d{3}$/.test(thrown.code) ? Number(thrown.code) : thrown.code;
	if (typeof code === 'number') {
		return code < 100 ? httpOfGrpc[code] : code;
	}

	const status = thrown.status ?? (thrown.response as {readonly status?: unknown} | undefined)?.status;
	return typeof status === 'number' && status >= 100 ? status : undefined;
};

/** Whether a request without an answer cannot have reached the service: nobody listened. */
export const wasNeverSent = (error: WarehouseError): boolean => {
	for (let cause: unknown = error.cause, depth = 0; typeof cause === 'object' && cause !== null && depth < 5; cause = (cause as Thrown).cause, depth += 1) {
		if ((cause as Thrown).code === 'ECONNREFUSED') {
			return true;
		}
	}

	return error.message.includes('ECONNREFUSED');
};

type Inner = {readonly reason?: string | undefined; readonly message?: string | undefined; readonly location?: string | undefined};

const errorBody = z.object({error: z.object({message: z.string().optional(), errors: z.array(z.object({reason: z.string().optional(), message: z.string().optional(), location: z.string().optional()})).optional()})});

/** The transfer client puts the whole body of a failure into its message. */
const innerOfMessage = (message: unknown): Inner | undefined => {
	if (typeof message !== 'string' || !message.startsWith('{')) {
		return undefined;
	}

	try {
		const {error} = errorBody.parse(JSON.parse(message));
		return error.errors?.[0] ?? error;
	} catch {
		return undefined;
	}
};

const innerOf = (thrown: Thrown): Inner | undefined => {
	const direct = Array.isArray(thrown.errors) ? (thrown.errors as readonly unknown[])[0] : undefined;
	if (typeof direct === 'object' && direct !== null) {
		return direct;
	}

	const data = (thrown.response as {readonly data?: {readonly error?: {readonly errors?: readonly Inner[]; readonly message?: string}}} | undefined)?.data?.error;
	return data?.errors?.[0] ?? (data?.message === undefined ? innerOfMessage(thrown.message) : {message: data.message});
};

/** Maps anything thrown by a Google client; a WarehouseError passes through. */
export const toWarehouseError = (error: unknown): WarehouseError => {
	if (error instanceof WarehouseError) {
		return error;
	}

	const thrown: Thrown = typeof error === 'object' && error !== null ? error : {message: String(error)};
	const status = statusOf(thrown);
	const inner = innerOf(thrown);
	const reason = inner?.reason;
	const text = inner?.message ?? (typeof thrown.message === 'string' && thrown.message !== '' ? thrown.message : 'No answer.');
	const kind = kindOf(status, reason);
	if (kind === 'network') {
		const cause = thrown.code ?? (thrown.cause as {readonly code?: unknown} | undefined)?.code;
		return new WarehouseError('network', `No answer from the warehouse (${typeof cause === 'string' ? cause : text}); whether the request was carried out is not known.`, {reason: 'network', cause: error});
	}

	const message = kind === 'unauthenticated' ? `${text} Run gcloud auth application-default login, then start again.` : text;
	return new WarehouseError(kind, message, {
		reason: reason ?? kind,
		job: reason === 'invalidQuery' || /\[\d+:\d+\]/.test(text) ? jobErrorOf({reason, message: text, location: inner?.location}) : undefined,
		retryAfterMs: retryAfterOf(thrown.response),
		cause: error,
	});
};
