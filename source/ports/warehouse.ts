// BigQuery as the engine sees it. One implementation (`cloud/bigquery`) serves both targets: only the endpoint differs.
import type {Authority} from '../domain/events.js';
import type {JobId} from '../domain/ids.js';

export type Scalar = string | number | boolean | bigint | null;

/** A query parameter. `type` is a GoogleSQL type name; `value` its JSON form (dates and timestamps as strings, INT64 as string or number). */
export type QueryParameter = {
	readonly name: string;
	readonly type: string;
	readonly value: unknown;
};

/**
 * What a mutating job on production must carry. The adapter refuses the call when a part is missing or wrong;
 * nothing above it can switch the check off.
 */
export type MutationAuthority = Authority;

export type JobSpec = {
	/** Chosen by the caller before submission and journaled: a second submission is answered 409 and adopted. */
	readonly id: JobId;
	readonly sql: string;
	readonly parameters?: readonly QueryParameter[];
	/** Unqualified names resolve here. */
	readonly defaultDataset?: string;
	readonly maximumBytesBilled: number;
	readonly timeoutMs: number;
	/** Lower-case keys and values as BigQuery labels. */
	readonly labels: Readonly<Record<string, string>>;
	/** Datasets whose objects or rows the job changes; empty for a pure read. */
	readonly mutates: readonly string[];
	readonly authority?: MutationAuthority;
};

export type JobError = {
	readonly reason: string;
	readonly message: string;
	/** `query` or a place such as `[3:14]` when BigQuery gives one. */
	readonly location?: string;
	readonly line?: number;
	readonly column?: number;
};

export type JobStatus = {
	readonly id: JobId;
	readonly state: 'PENDING' | 'RUNNING' | 'DONE';
	readonly statementType?: string;
	readonly createdMs: number;
	readonly startedMs?: number;
	readonly endedMs?: number;
	readonly billedBytes: number;
	readonly processedBytes: number;
	readonly affectedRows?: number;
	readonly childJobs: number;
	readonly error?: JobError;
	/** Whose credentials submitted it, by the service's own record. */
	readonly user?: string;
	readonly labels?: Readonly<Record<string, string>>;
};

export type Row = Readonly<Record<string, unknown>>;

/** INT64 beyond 2^53 comes as bigint, otherwise number; DATE, DATETIME, TIME and TIMESTAMP as strings (timestamps in ISO form with Z); JSON as string. */
export type QueryResult<R extends Row = Row> = {
	readonly rows: readonly R[];
	readonly schema: readonly Field[];
	readonly job: JobStatus;
};

export type Field = {readonly name: string; readonly type: string; readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED'; readonly fields?: readonly Field[]};

export type DryRun = {readonly totalBytes: number; readonly statementType: string; readonly schema: readonly Field[]};

export type DatasetInfo = {readonly dataset: string; readonly location: string; readonly labels: Readonly<Record<string, string>>; readonly etag: string; readonly defaultTableExpirationMs?: number};

export type TableInfo = {
	readonly dataset: string;
	readonly name: string;
	readonly type: 'TABLE' | 'VIEW' | 'SNAPSHOT' | 'CLONE';
	readonly schema: readonly Field[];
	readonly rows: number;
	readonly bytes: number;
	readonly labels: Readonly<Record<string, string>>;
	readonly viewQuery?: string;
	/** Last change of rows or shape, by the warehouse's clock. */
	readonly modifiedMs?: number;
	/** Rows were streamed in that neither `rows` nor `modifiedMs` counts yet. */
	readonly isStreamedInto?: boolean;
};

export type RoutineInfo = {readonly dataset: string; readonly name: string; readonly type: 'SCALAR_FUNCTION' | 'TABLE_VALUED_FUNCTION' | 'PROCEDURE'};

/** Thrown by every method for an answer that is not a success. */
export type WarehouseFailureKind =
	| 'duplicate' // 409: the job id is known already; look it up and adopt it
	| 'not-found'
	| 'invalid' // the statement or request is wrong; the same input fails again
	| 'precondition' // 412: the etag moved
	| 'unauthenticated'
	| 'forbidden'
	| 'rate-limited'
	| 'backend' // 5xx and retryable reasons
	| 'network' // no answer: whether it happened is not known
	| 'refused'; // our own guard: authority, cap or labels missing

export class WarehouseError extends Error {
	readonly kind: WarehouseFailureKind;
	readonly reason: string;
	readonly job: JobError | undefined;
	readonly retryAfterMs: number | undefined;

	constructor(kind: WarehouseFailureKind, message: string, options: {reason?: string; job?: JobError | undefined; retryAfterMs?: number | undefined; cause?: unknown} = {}) {
		super(message, {cause: options.cause});
		this.name = 'WarehouseError';
		this.kind = kind;
		this.reason = options.reason ?? kind;
		this.job = options.job;
		this.retryAfterMs = options.retryAfterMs;
	}
}

export type Warehouse = {
	readonly project: string;
	readonly location: string;
	/** Submits a query job; returns as soon as it is accepted. Throws WarehouseError 'duplicate' when the id is known. */
	submit: (spec: JobSpec) => Promise<JobStatus>;
	/** Undefined when no such job exists. */
	findJob: (id: JobId) => Promise<JobStatus | undefined>;
	/** Polls until DONE; the status carries the error of a failed job (not thrown). */
	waitForJob: (id: JobId, signal?: AbortSignal) => Promise<JobStatus>;
	/** Rows of a finished job; of a script, those of its last SELECT. */
	readRows: <R extends Row = Row>(id: JobId, maxRows?: number) => Promise<{readonly rows: readonly R[]; readonly schema: readonly Field[]}>;
	listChildJobs: (parent: JobId) => Promise<readonly JobStatus[]>;
	/** Jobs that wait or run now and whose id begins so, whoever submitted them. */
	listRunningJobs: (prefix: string) => Promise<readonly JobStatus[]>;
	/** Jobs in any state, created since, whose id begins so, whoever submitted them. Costs nothing. */
	listJobs: (prefix: string, sinceMs: number) => Promise<readonly JobStatus[]>;
	cancelJob: (id: JobId) => Promise<void>;
	/** Reads only: throws WarehouseError on failure. For probes and screens, where no job id needs to be journaled. */
	query: <R extends Row = Row>(sql: string, options?: {readonly parameters?: readonly QueryParameter[]; readonly defaultDataset?: string; readonly labels?: Readonly<Record<string, string>>; readonly maximumBytesBilled?: number; readonly timeoutMs?: number; readonly signal?: AbortSignal}) => Promise<QueryResult<R>>;
	dryRun: (sql: string, options?: {readonly parameters?: readonly QueryParameter[]; readonly defaultDataset?: string}) => Promise<DryRun>;
	findDataset: (dataset: string) => Promise<DatasetInfo | undefined>;
	createDataset: (dataset: string, options: {readonly labels?: Readonly<Record<string, string>>; readonly defaultTableExpirationMs?: number}) => Promise<DatasetInfo>;
	/** Deletes a dataset with its contents. The adapter refuses any dataset other than our scratch, staging and smoke datasets. */
	deleteScratchDataset: (dataset: string) => Promise<void>;
	/** Compare-and-swap on labels; a null value removes the label. Throws 'precondition' when the etag moved. */
	setDatasetLabels: (dataset: string, etag: string, labels: Readonly<Record<string, string | null>>) => Promise<DatasetInfo>;
	listDatasets: () => Promise<readonly string[]>;
	listTables: (dataset: string) => Promise<readonly {readonly name: string; readonly type: TableInfo['type']}[]>;
	findTable: (dataset: string, table: string) => Promise<TableInfo | undefined>;
	listRoutines: (dataset: string) => Promise<readonly RoutineInfo[]>;
	/** Which of the given permissions the caller has on the dataset. */
	testPermissions: (dataset: string, permissions: readonly string[]) => Promise<readonly string[]>;
};
