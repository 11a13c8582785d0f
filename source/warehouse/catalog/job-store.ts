// The job table: in memory for the wire, in DuckDB for INFORMATION_SCHEMA.JOBS and for the next start. Saves that come
// close together share one transaction; a save resolves when it is on disk.
import type {DuckDBConnection} from '@duckdb/node-api';
import type {Database, JobRecord, SealedJob} from '../contract.js';
import {quoteText} from '../emit/duck-type.js';
import {readSealed} from './sealed-jobs.js';

type Filter = Parameters<Database['jobs']['list']>[0];

const text = (value: string | undefined): string => (value === undefined ? 'NULL' : quoteText(value));
const time = (ms: number | undefined): string => (ms === undefined ? 'NULL' : `make_timestamptz(${Math.round(ms * 1000)})`);
const tablePath = ([project, dataset, table]: readonly [string, string, string]): string => `{'project_id': ${quoteText(project)}, 'dataset_id': ${quoteText(dataset)}, 'table_id': ${quoteText(table)}}`;

const dmlStatistics = ({statementType, affectedRows}: JobRecord): string => {
	if (affectedRows === undefined) {
		return 'NULL';
	}

	const count = (type: string): string => (statementType === type ? String(affectedRows) : '0');
	return `{'inserted_row_count': ${statementType === 'MERGE' ? affectedRows : count('INSERT')}, 'deleted_row_count': ${count('DELETE')}, 'updated_row_count': ${count('UPDATE')}}`;
};

const rowText = (job: JobRecord): string => {
	const labels = Object.entries(job.labels).map(([key, value]) => `{'key': ${quoteText(key)}, 'value': ${quoteText(value)}}`);
	const referenced = job.referencedTables.map(path => tablePath(path));
	const place = job.error?.line === undefined ? undefined : 'query';
	const error = job.error === undefined ? 'NULL' : `{'reason': ${quoteText(job.error.reason)}, 'location': ${text(place)}, 'debug_info': NULL, 'message': ${quoteText(job.error.message)}}`;
	return `(${[
		time(job.createdMs), quoteText(job.project), '1', quoteText(job.user), quoteText(job.jobId), quoteText(job.jobType),
		text(job.statementType), "'INTERACTIVE'", time(job.startedMs), time(job.endedMs), text(job.query), quoteText(job.state),
		'NULL', job.processedBytes, job.slotMs, error, job.cacheHit,
		job.destinationTable === undefined ? 'NULL' : tablePath(job.destinationTable),
		`[${referenced.join(', ')}]`, `[${labels.join(', ')}]`, job.billedBytes, 'NULL', text(job.parentJobId), dmlStatistics(job),
		quoteText(JSON.stringify(job)),
	].join(', ')})`;
};

export class JobStore {
	static async load(connection: DuckDBConnection): Promise<JobStore> {
		const store = new JobStore(connection);
		const reader = await connection.runAndReadAll('SELECT record FROM _eros.jobs ORDER BY creation_time');
		for (const [record] of reader.getRows()) {
			const job = JSON.parse(String(record)) as JobRecord;
			store.#jobs.set(job.jobId, job);
		}

		return store;
	}

	readonly #connection: DuckDBConnection;
	readonly #jobs = new Map<string, JobRecord>();
	#waiting = new Map<string, JobRecord>();
	#busy: Promise<void> | undefined;
	/** The batch that is gathered: it takes everything that waits when its turn comes. */
	#next: Promise<void> | undefined;

	private constructor(connection: DuckDBConnection) {
		this.#connection = connection;
	}

	find(jobId: string): JobRecord | undefined {
		return this.#jobs.get(jobId);
	}

	/** Newest first, as jobs.list gives them. */
	list(filter: Filter): readonly JobRecord[] {
		const {parentJobId, withChildren = false, states, minCreatedMs, maxCreatedMs, limit, offset} = filter;
		return [...this.#jobs.values()]
			.filter(job => (parentJobId === undefined ? withChildren || job.parentJobId === undefined : job.parentJobId === parentJobId))
			.filter(job => states === undefined || states.length === 0 || states.includes(job.state))
			.filter(job => (minCreatedMs === undefined || job.createdMs >= minCreatedMs) && (maxCreatedMs === undefined || job.createdMs <= maxCreatedMs))
			.reverse()
			.slice(offset, offset + limit);
	}

	/** Resolves when the jobs, and whatever waited before them, are on disk. */
	async save(jobs: readonly JobRecord[]): Promise<void> {
		for (const job of jobs) {
			this.#jobs.set(job.jobId, job);
			this.#waiting.set(job.jobId, job);
		}

		return this.flush();
	}

	/** Forgets jobs. */
	async remove(jobIds: readonly string[]): Promise<void> {
		if (jobIds.length === 0) {
			return;
		}

		await this.flush();
		for (const id of jobIds) {
			this.#jobs.delete(id);
		}

		const ids = jobIds.map(id => quoteText(id)).join(', ');
		await this.#alone(async () => {
			await this.#connection.run(`DELETE FROM _eros.jobs WHERE job_id IN (${ids})`);
			await this.#connection.run(`DELETE FROM _eros.sealed_jobs WHERE job_id IN (${ids})`);
		});
	}

	async sealed(): Promise<readonly SealedJob[]> {
		return readSealed(this.#connection);
	}

	async unseal(): Promise<void> {
		await this.#alone(async () => this.#connection.run('DELETE FROM _eros.sealed_jobs'));
	}

	/** Writes what waits; INFORMATION_SCHEMA.JOBS asks for it before it is read. Everybody of one batch learns how it went. */
	async flush(): Promise<void> {
		this.#next ??= this.#writeNext();
		return this.#next;
	}

	async #writeNext(): Promise<void> {
		do {
			// Whoever saves in this turn, or while another batch is written, comes along.
			await this.#busy;
		} while (this.#busy !== undefined);
		this.#next = undefined;
		if (this.#waiting.size > 0) {
			const batch = [...this.#waiting.values()];
			this.#waiting = new Map();
			await this.#alone(async () => this.#write(batch));
		}
	}

	/** The connection has one transaction; who comes meanwhile waits, also for one that failed. */
	async #alone(work: () => Promise<unknown>): Promise<void> {
		while (this.#busy !== undefined) {
			await this.#busy;
		}

		const turn = work();
		this.#busy = turn.then(() => undefined, () => undefined);
		try {
			await turn;
		} finally {
			this.#busy = undefined;
		}
	}

	async #write(batch: readonly JobRecord[]): Promise<void> {
		const ids = batch.map(job => quoteText(job.jobId)).join(', ');
		await this.#connection.run('BEGIN TRANSACTION');
		try {
			await this.#connection.run(`DELETE FROM _eros.jobs WHERE job_id IN (${ids})`);
			await this.#connection.run(`INSERT INTO _eros.jobs VALUES ${batch.map(job => rowText(job)).join(', ')}`);
			await this.#connection.run('COMMIT');
		} catch (error) {
			await this.#connection.run('ROLLBACK');
			throw error;
		}
	}
}
