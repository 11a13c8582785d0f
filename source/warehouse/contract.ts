// The seam inside the embedded warehouse. `database` (catalog, emit, script: storage and language) implements it;
// `rest` and `transfer` (the wire) call it. One `Database` owns the one DuckDB file of the process.
import type {Column, SqlType} from '../googlesql/types.js';

/** JSON-like cell in BigQuery's terms: INT64 and NUMERIC as decimal string, FLOAT64 as number (or 'NaN', 'Infinity', '-Infinity'), BOOL as boolean, BYTES as base64, DATE/DATETIME/TIME as text, TIMESTAMP as integer microseconds since the epoch in a decimal string, JSON as text, STRUCT as array of cells, ARRAY as array of cells, NULL as null. */
export type Cell = string | number | boolean | null | readonly Cell[];

export type ResultSet = {
	readonly columns: readonly Column[];
	readonly rows: readonly (readonly Cell[])[];
};

export type Parameter = {readonly name: string | undefined; readonly type: SqlType; readonly value: Cell};

/** One statement of a job as it ends: BigQuery shows these as child jobs of a script. */
export type StatementReport = {
	readonly index: number;
	readonly statementType: string;
	readonly sql: string;
	/** Nested in a CALL: the procedure's path. */
	readonly callStack: readonly string[];
	readonly startedMs: number;
	readonly endedMs: number;
	readonly processedBytes: number;
	/** 10 MiB minimum per referenced table; 0 when nothing is read. */
	readonly billedBytes: number;
	readonly referencedTables: readonly (readonly [project: string, dataset: string, table: string])[];
	readonly affectedRows?: number;
	readonly result?: ResultSet;
	/** Target of DDL or DML. */
	readonly target?: {readonly kind: 'table' | 'routine'; readonly path: readonly string[]; readonly operation: string};
	readonly error?: SqlFailure;
};

/** An error in BigQuery's words. */
export type SqlFailure = {
	readonly reason: 'invalidQuery' | 'notFound' | 'duplicate' | 'invalid' | 'bytesBilledLimitExceeded' | 'stopped' | 'responseTooLarge' | 'internalError' | 'accessDenied';
	readonly message: string;
	readonly line?: number;
	readonly column?: number;
};

export class SqlError extends Error {
	readonly failure: SqlFailure;

	/** @param cause - what it was made of, for whoever looks for a bug of the warehouse. */
	constructor(failure: SqlFailure, cause?: unknown) {
		super(failure.message, cause === undefined ? undefined : {cause});
		this.name = 'SqlError';
		this.failure = failure;
	}
}

export type ExecuteRequest = {
	readonly jobId: string;
	readonly sql: string;
	readonly project: string;
	readonly defaultDataset?: string;
	readonly parameters: readonly Parameter[];
	readonly user: string;
	readonly maximumBytesBilled?: number;
	readonly labels: Readonly<Record<string, string>>;
	/** Aborts between statements and interrupts a running one. */
	readonly signal: AbortSignal;
	/** The warehouse's clock, UTC epoch microseconds; read once per statement for CURRENT_TIMESTAMP. */
	readonly nowMicros: () => bigint;
	/** Called as each statement starts, so that the job table can show children that run. */
	readonly onStatementStart?: (start: {readonly index: number; readonly statementType: string; readonly sql: string}) => void;
	readonly onStatement?: (report: StatementReport) => void;
	/** Asked right before effects are committed: the records it gives are kept in the same transaction, so that a job's outcome and its effects are on disk together or not at all. */
	readonly seal?: (ended: SealRequest) => readonly SealedJob[];
	readonly destination?: {readonly dataset: string; readonly table: string; readonly write: 'WRITE_TRUNCATE' | 'WRITE_APPEND' | 'WRITE_EMPTY'};
};

/** What is about to be committed: a statement, or with `job` the last effects that the whole job can have. */
export type SealRequest = {readonly report?: StatementReport; readonly job?: ExecuteResult};

/** A job's record as of the commit of its effects. */
export type SealedJob = {readonly record: JobRecord; readonly result?: ResultSet};

export type ExecuteResult = {
	/** Statement type of the job: that of its only statement, or SCRIPT. */
	readonly statementType: string;
	/** Result of the only statement, or of the script's last SELECT. */
	readonly result?: ResultSet;
	readonly statements: readonly StatementReport[];
	readonly affectedRows?: number;
	readonly error?: SqlFailure;
};

export type DryRunResult = {readonly statementType: string; readonly columns: readonly Column[]; readonly processedBytes: number; readonly referencedTables: StatementReport['referencedTables']};

export type DatasetRecord = {readonly dataset: string; readonly location: string; readonly labels: Readonly<Record<string, string>>; readonly description?: string; readonly etag: string; readonly createdMs: number; readonly modifiedMs: number; readonly defaultTableExpirationMs?: number};

export type TableRecord = {
	readonly dataset: string;
	readonly table: string;
	readonly type: 'TABLE' | 'VIEW' | 'SNAPSHOT' | 'CLONE';
	readonly columns: readonly Column[];
	readonly labels: Readonly<Record<string, string>>;
	readonly description?: string;
	readonly etag: string;
	readonly createdMs: number;
	readonly modifiedMs: number;
	readonly expiresMs?: number;
	readonly rows: number;
	readonly bytes: number;
	readonly viewQuery?: string;
	readonly partitioning?: {readonly column: string; readonly type: 'DAY' | 'HOUR' | 'MONTH' | 'YEAR'; readonly expirationMs?: number};
	readonly clustering?: readonly string[];
	/** Default expressions as GoogleSQL text, by column. */
	readonly defaults?: Readonly<Record<string, string>>;
	readonly ddl: string;
};

export type RoutineRecord = {
	readonly dataset: string;
	readonly routine: string;
	readonly type: 'SCALAR_FUNCTION' | 'TABLE_VALUED_FUNCTION' | 'PROCEDURE';
	readonly language: 'SQL';
	readonly arguments: readonly {readonly name: string; readonly type: SqlType | undefined; readonly mode: 'IN' | 'OUT' | 'INOUT'; /** Columns that a TABLE argument asks for. */ readonly table?: readonly Column[]}[];
	readonly returns?: SqlType;
	readonly columns?: readonly Column[];
	readonly body: string;
	readonly description?: string;
	readonly ddl: string;
	readonly etag: string;
	readonly createdMs: number;
	readonly modifiedMs: number;
};

/** A job as INFORMATION_SCHEMA.JOBS and jobs.get show it. The wire layer writes it; SQL reads it. */
export type JobRecord = {
	readonly jobId: string;
	readonly parentJobId?: string;
	readonly project: string;
	readonly user: string;
	readonly jobType: 'QUERY' | 'COPY' | 'LOAD' | 'EXTRACT';
	readonly statementType?: string;
	readonly state: 'PENDING' | 'RUNNING' | 'DONE';
	readonly createdMs: number;
	readonly startedMs?: number;
	readonly endedMs?: number;
	readonly query?: string;
	readonly processedBytes: number;
	readonly billedBytes: number;
	readonly slotMs: number;
	readonly cacheHit: boolean;
	readonly affectedRows?: number;
	readonly labels: Readonly<Record<string, string>>;
	readonly referencedTables: StatementReport['referencedTables'];
	readonly destinationTable?: readonly [project: string, dataset: string, table: string];
	readonly error?: SqlFailure;
	readonly request?: JobRequest;
};

/** What a job was asked for beyond its text: enough to run it again under its id when the process died before it had any effect. */
export type JobRequest = {
	/** Whether the client chose the id. */
	readonly isNamed: boolean;
	/** How often the job was started; rises when a process dies under it. */
	readonly starts: number;
	readonly parameters: readonly Parameter[];
	readonly defaultDataset?: string;
	readonly maximumBytesBilled?: number;
	readonly jobTimeoutMs?: number;
	readonly destination?: NonNullable<ExecuteRequest['destination']>;
	readonly copy?: CopySpec;
};

/** What a copy job does. */
export type CopySpec = {
	readonly from: {readonly dataset: string; readonly table: string; readonly atMs?: number};
	readonly to: {readonly dataset: string; readonly table: string};
	readonly operation: 'COPY' | 'SNAPSHOT' | 'RESTORE' | 'CLONE';
	readonly write: 'WRITE_TRUNCATE' | 'WRITE_APPEND' | 'WRITE_EMPTY';
};

/** Errors are thrown as SqlError with reason notFound, duplicate or invalid. */
export type Database = {
	readonly project: string;
	execute: (request: ExecuteRequest) => Promise<ExecuteResult>;
	dryRun: (request: Pick<ExecuteRequest, 'sql' | 'project' | 'defaultDataset' | 'parameters' | 'nowMicros'>) => Promise<DryRunResult>;
	datasets: {
		list: () => readonly DatasetRecord[];
		find: (dataset: string) => DatasetRecord | undefined;
		create: (dataset: string, options: {readonly location: string; readonly labels?: Readonly<Record<string, string>>; readonly description?: string; readonly defaultTableExpirationMs?: number; readonly nowMs: number}) => Promise<DatasetRecord>;
		update: (dataset: string, change: {readonly labels?: Readonly<Record<string, string | null>>; readonly description?: string; readonly nowMs: number}) => Promise<DatasetRecord>;
		remove: (dataset: string, options: {readonly withContents: boolean}) => Promise<void>;
	};
	tables: {
		list: (dataset: string) => Promise<readonly TableRecord[]>;
		find: (dataset: string, table: string) => Promise<TableRecord | undefined>;
		create: (dataset: string, table: string, options: {readonly columns: readonly Column[]; readonly defaults?: Readonly<Record<string, string>>; readonly viewQuery?: string; readonly labels?: Readonly<Record<string, string>>; readonly description?: string; readonly expiresMs?: number; readonly nowMs: number}) => Promise<TableRecord>;
		update: (dataset: string, table: string, change: {readonly labels?: Readonly<Record<string, string | null>>; readonly description?: string; readonly expiresMs?: number | null; readonly nowMs: number}) => Promise<TableRecord>;
		remove: (dataset: string, table: string) => Promise<void>;
		rows: (dataset: string, table: string, options: {readonly offset: number; readonly limit: number; readonly columns?: readonly string[]}) => Promise<ResultSet>;
		/** A column that a row does not name gets its default; `user` is who SESSION_USER() is there. */
		insert: (dataset: string, table: string, rows: readonly Readonly<Record<string, unknown>>[], options: {readonly nowMs: number; readonly user: string}) => Promise<void>;
		copy: (from: {readonly dataset: string; readonly table: string; readonly atMs?: number}, to: {readonly dataset: string; readonly table: string}, options: {readonly operation: CopySpec['operation']; readonly write: CopySpec['write']; readonly nowMs: number; readonly seal?: () => readonly SealedJob[]}) => Promise<{readonly rows: number}>;
	};
	routines: {
		list: (dataset: string) => readonly RoutineRecord[];
		find: (dataset: string, routine: string) => RoutineRecord | undefined;
		remove: (dataset: string, routine: string) => Promise<void>;
	};
	jobs: {
		/** Inserts or replaces. Resolves when these, and whatever was saved before, are on disk. */
		save: (jobs: readonly JobRecord[]) => Promise<void>;
		find: (jobId: string) => Promise<JobRecord | undefined>;
		/** Forgets jobs, with what was sealed of them. */
		remove: (jobIds: readonly string[]) => Promise<void>;
		/** Everything sealed since `unseal`, in order. */
		sealed: () => Promise<readonly SealedJob[]>;
		/** Forgets what was sealed: the job table says it all. */
		unseal: () => Promise<void>;
		list: (filter: {readonly parentJobId?: string; /** Children too; by default top-level jobs only. */ readonly withChildren?: boolean; readonly states?: readonly JobRecord['state'][]; readonly minCreatedMs?: number; readonly maxCreatedMs?: number; readonly limit: number; readonly offset: number}) => Promise<readonly JobRecord[]>;
	};
	/** Small durable key-value area for the wire layer (transfer configs, their runs, the clock). Values are JSON. */
	state: {read: (key: string) => Promise<unknown>; write: (key: string, value: unknown) => Promise<void>; remove: (key: string) => Promise<void>};
	close: () => Promise<void>;
};

/** Opens (creating when missing) the database file; ':memory:' keeps it in memory. Given by `warehouse/database.ts`. */
export type OpenDatabase = (options: {readonly path: string; readonly project: string; readonly threads?: number; readonly memoryLimit?: string; readonly temporaryFolder?: string}) => Promise<Database>;
