// One in-memory warehouse a test file: GoogleSQL in, cells or a failure out, without the wire.
import type {Cell, Database, ExecuteResult, SqlFailure} from '../../../source/warehouse/contract.js';
import {openDatabase} from '../../../source/warehouse/database.js';

export type Warehouse = {
	readonly database: Database;
	/** Runs a job; failures are part of the result. */
	readonly run: (sql: string) => Promise<ExecuteResult>;
	/** Rows of the job's result; throws when the job fails. */
	readonly rows: (sql: string) => Promise<readonly (readonly Cell[])[]>;
	/** The job's failure; throws when the job succeeds. */
	readonly failure: (sql: string) => Promise<SqlFailure>;
	readonly close: () => Promise<void>;
};

/** 2025-10-09 08:53:20 UTC, in microseconds. */
export const now = 1_760_000_000_000_000n;

/** An empty warehouse of project `p` with the dataset `d`, and what the statements given make in it. */
export async function openWarehouse(...setup: readonly string[]): Promise<Warehouse> {
	const database = await openDatabase({path: ':memory:', project: 'p', threads: 1});
	await database.datasets.create('d', {location: 'US', nowMs: Number(now / 1000n)});
	let jobs = 0;
	const run = async (sql: string): Promise<ExecuteResult> => {
		jobs++;
		const at = now + BigInt(jobs) * 1000n;
		return database.execute({jobId: `job_${jobs}`, sql, project: 'p', parameters: [], user: 'someone@example.com', labels: {}, signal: new AbortController().signal, nowMicros: () => at});
	};

	const rows = async (sql: string): Promise<readonly (readonly Cell[])[]> => {
		const {error, result} = await run(sql);
		if (error !== undefined) {
			throw new Error(`${error.message}\n${sql}`);
		}

		return result?.rows ?? [];
	};

	const failure = async (sql: string): Promise<SqlFailure> => {
		const {error} = await run(sql);
		if (error === undefined) {
			throw new Error(`This was expected to fail: ${sql}`);
		}

		return error;
	};

	for (const sql of setup) {
		await rows(sql);
	}

	return {database, run, rows, failure, close: async () => database.close()};
}
