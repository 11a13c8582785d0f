// Failures in the shape of Google's APIs: `{error: {code, message, errors: [{reason, message, location}], status}}`.
import {SqlError, type SqlFailure} from '../contract.js';

export class ApiError extends Error {
	readonly status: number;
	readonly reason: string;
	readonly location: string | undefined;
	readonly retryAfterS: number | undefined;

	constructor(status: number, reason: string, message: string, options: {readonly location?: string; readonly retryAfterS?: number | undefined} = {}) {
		super(message);
		this.name = 'ApiError';
		this.status = status;
		this.reason = reason;
		this.location = options.location;
		this.retryAfterS = options.retryAfterS;
	}
}

const statusNames: Readonly<Record<number, string>> = {
	400: 'INVALID_ARGUMENT',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'NOT_FOUND',
	409: 'ALREADY_EXISTS',
	412: 'FAILED_PRECONDITION',
	429: 'RESOURCE_EXHAUSTED',
	500: 'INTERNAL',
	503: 'UNAVAILABLE',
};

const statusOfReason: Readonly<Record<SqlFailure['reason'], number>> = {
	invalidQuery: 400,
	notFound: 404,
	duplicate: 409,
	invalid: 400,
	bytesBilledLimitExceeded: 400,
	stopped: 400,
	responseTooLarge: 403,
	internalError: 500,
	accessDenied: 403,
};

/** BigQuery's text of a failed statement: the place is part of the message. */
export const failureMessage = ({message, line, column}: SqlFailure): string =>
	line === undefined || column === undefined || message.includes(`[${line}:${column}]`) ? message : `${message} at [${line}:${column}]`;

/** One entry of `errors` or `errorResult`. */
export const errorProto = (failure: SqlFailure): {readonly reason: string; readonly message: string; readonly location?: string} => ({
	reason: failure.reason,
	...(failure.reason === 'invalidQuery' ? {location: 'query'} : {}),
	message: failureMessage(failure),
});

export const apiErrorOf = (failure: SqlFailure): ApiError => {
	const proto = errorProto(failure);
	return new ApiError(statusOfReason[failure.reason], proto.reason, proto.message, proto.location === undefined ? {} : {location: proto.location});
};

export const notFound = (what: string): ApiError => new ApiError(404, 'notFound', `Not found: ${what}`);
export const duplicate = (what: string): ApiError => new ApiError(409, 'duplicate', `Already Exists: ${what}`);
export const invalid = (message: string, location?: string): ApiError => new ApiError(400, 'invalid', message, location === undefined ? {} : {location});
export const preconditionFailed = (): ApiError => new ApiError(412, 'conditionNotMet', 'Precondition check failed.', {location: 'If-Match'});

/** Any thrown value as an answer; what is not ours to explain becomes an internal error with its message. */
export const toApiError = (error: unknown): ApiError => {
	if (error instanceof ApiError) {
		return error;
	}

	if (error instanceof SqlError) {
		return apiErrorOf(error.failure);
	}

	return new ApiError(500, 'internalError', error instanceof Error ? error.message : String(error));
};

/** The body of a failed request. */
export const errorBody = (error: ApiError): unknown => ({
	error: {
		code: error.status,
		message: error.message,
		errors: [{message: error.message, domain: 'global', reason: error.reason, ...(error.location === undefined ? {} : {location: error.location, locationType: error.location === 'If-Match' ? 'header' : 'other'})}],
		status: statusNames[error.status] ?? 'UNKNOWN',
	},
});
