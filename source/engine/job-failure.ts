// From an error of the warehouse to a failure with class, place and advice.
import type {Failure, FailureClass, SourcePlace} from '../domain/failure.js';
import {WarehouseError, type JobError, type JobStatus} from '../ports/warehouse.js';
import {StepFailure, type StatementRequest} from './task.js';

/**
 * Every reason of BigQuery's error table with its class, and those of jobs. `quotaExceeded` is permanent for a job: a quota
 * comes back in hours, not in retries. A request that was refused for a rate is not a job yet; its answer carries the wait.
 */
export const reasonClasses = {
	accessDenied: 'authorization', authError: 'authorization', billingNotEnabled: 'authorization', blocked: 'authorization', unauthenticated: 'authorization',
	backendError: 'transient', internalError: 'transient', jobBackendError: 'transient', jobInternalError: 'transient', jobRateLimitExceeded: 'transient', rateLimitExceeded: 'transient', resourceInUse: 'transient', tableUnavailable: 'transient',
	attributeError: 'permanent', badRequest: 'permanent', billingTierLimitExceeded: 'permanent', bytesBilledLimitExceeded: 'permanent', duplicate: 'permanent', invalid: 'permanent', invalidQuery: 'permanent', invalidUser: 'permanent', notFound: 'permanent', notImplemented: 'permanent',
	proxyAuthenticationRequired: 'permanent', quotaExceeded: 'permanent', resourcesExceeded: 'permanent', responseTooLarge: 'permanent', stopped: 'permanent', timeout: 'permanent',
} as const satisfies Readonly<Record<string, FailureClass>>;

/** Whether the same job may succeed when run again; a reason that is not in the table is not tried again. */
export const classifyReason = (reason: string): FailureClass => (reasonClasses as Readonly<Record<string, FailureClass>>)[reason] ?? 'permanent';

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 2000);

const contextLines = 1;

/** The place in a file that a `[line:column]` of a statement means. */
export const placeInSource = (error: Pick<JobError, 'line' | 'column'>, source: StatementRequest['source']): SourcePlace | undefined => {
	if (source === undefined || error.line === undefined) {
		return undefined;
	}

	const line = error.line + (source.firstLine ?? 1) - 1;
	const lines = source.text?.split('\n');
	const first = Math.max(1, line - contextLines);
	return {
		path: source.path,
		line,
		column: error.column ?? 1,
		...(lines === undefined ? {} : {excerpt: {firstLine: first, lines: lines.slice(first - 1, line + contextLines)}}),
	};
};

const advices: Partial<Record<string, string>> = {
	bytesBilledLimitExceeded: 'The statement would read more than its cap; raise maximumBytesBilled in the settings or narrow the statement.',
	stopped: 'The job was cancelled.',
};

/** The failure of a finished job. */
export const failureOfJob = (job: JobStatus, error: JobError, source: StatementRequest['source']): Failure => {
	const place = placeInSource(error, source);
	// BigQuery ends a job that ran out of its own time with the same reason as one that was cancelled.
	const advice = error.message.startsWith('Operation timed out') ? 'The job took longer than jobTimeoutMs of the settings allows, counted from its creation; raise it or look why the job waits.' : advices[error.reason];
	return {
		message: firstLine(error.message),
		reason: error.reason,
		class: classifyReason(error.reason),
		...(place === undefined ? {} : {place}),
		...(advice === undefined ? {} : {advice}),
		job: {id: job.id, state: job.state, billedBytes: job.billedBytes, durationMs: (job.endedMs ?? job.createdMs) - (job.startedMs ?? job.createdMs)},
	};
};

const kindClasses: {readonly [Kind in WarehouseError['kind']]: FailureClass} = {
	duplicate: 'permanent',
	'not-found': 'permanent',
	invalid: 'permanent',
	precondition: 'transient',
	unauthenticated: 'authorization',
	forbidden: 'authorization',
	'rate-limited': 'transient',
	backend: 'transient',
	network: 'unknown',
	refused: 'permanent',
};

/** Any thrown value as a failure. What none of our ports throws is a bug and says so. */
export const failureOf = (error: unknown, source?: StatementRequest['source']): Failure => {
	if (error instanceof StepFailure) {
		return error.failure;
	}

	if (error instanceof WarehouseError) {
		const place = error.job === undefined ? undefined : placeInSource(error.job, source);
		return {
			message: firstLine(error.message),
			reason: error.reason,
			class: kindClasses[error.kind],
			...(place === undefined ? {} : {place}),
			...(error.kind === 'unauthenticated' ? {advice: 'gcloud auth application-default login'} : {}),
		};
	}

	if (error instanceof Error && error.name === 'LeaseHeldError') {
		return {message: firstLine(error.message), reason: 'locked', class: 'transient', advice: 'Watch the other run with: eros-tui attach'};
	}

	const known = error as {readonly name?: string; readonly message?: string};
	return {message: firstLine(known.message ?? String(error)), reason: known.name ?? 'error', class: 'bug'};
};
