// DuckDB connections: one a job. A connection without temporary tables is used again.
import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';

/** What makes DuckDB sort and tell time as BigQuery does; both belong to the connection. */
const settings = ["SET TimeZone = 'UTC'", "SET default_null_order = 'nulls_first_on_asc_last_on_desc'"];

const keptIdle = 4;

export class Connections {
	readonly #instance: DuckDBInstance;
	readonly #idle: DuckDBConnection[] = [];

	constructor(instance: DuckDBInstance) {
		this.#instance = instance;
	}

	async take(): Promise<DuckDBConnection> {
		const idle = this.#idle.pop();
		if (idle !== undefined) {
			return idle;
		}

		const connection = await this.#instance.connect();
		for (const setting of settings) {
			await connection.run(setting);
		}

		return connection;
	}

	/** @param isClean - nothing of the job is left on it: no temporary table, no open transaction. */
	give(connection: DuckDBConnection, isClean: boolean): void {
		if (isClean && this.#idle.length < keptIdle) {
			this.#idle.push(connection);
		} else {
			connection.closeSync();
		}
	}

	async use<Value>(work: (connection: DuckDBConnection) => Promise<Value>): Promise<Value> {
		const connection = await this.take();
		let isClean = false;
		try {
			const value = await work(connection);
			isClean = true;
			return value;
		} finally {
			this.give(connection, isClean);
		}
	}

	close(): void {
		for (const connection of this.#idle.splice(0)) {
			connection.closeSync();
		}
	}
}
