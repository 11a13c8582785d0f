// A small durable key-value area for the wire layer. Values are JSON.
import type {DuckDBConnection} from '@duckdb/node-api';
import {quoteText} from '../emit/duck-type.js';

export class StateStore {
	readonly #connection: DuckDBConnection;
	#tail: Promise<unknown> = Promise.resolve();

	constructor(connection: DuckDBConnection) {
		this.#connection = connection;
	}

	/** Undefined when the key was never written. */
	async read(key: string): Promise<unknown> {
		return this.#inTurn(async () => {
			const reader = await this.#connection.runAndReadAll(`SELECT value FROM _eros.state WHERE key = ${quoteText(key)}`);
			const row = reader.getRows()[0];
			return row === undefined ? undefined : (JSON.parse(String(row[0])) as unknown);
		});
	}

	async write(key: string, value: unknown): Promise<void> {
		await this.#inTurn(async () => {
			await this.#connection.run('BEGIN TRANSACTION');
			try {
				await this.#connection.run(`DELETE FROM _eros.state WHERE key = ${quoteText(key)}`);
				await this.#connection.run(`INSERT INTO _eros.state VALUES (${quoteText(key)}, ${quoteText(JSON.stringify(value))})`);
				await this.#connection.run('COMMIT');
			} catch (error) {
				await this.#connection.run('ROLLBACK');
				throw error;
			}
		});
	}

	async remove(key: string): Promise<void> {
		await this.#inTurn(async () => this.#connection.run(`DELETE FROM _eros.state WHERE key = ${quoteText(key)}`));
	}

	/** One at a time: a connection has one transaction. */
	async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
		const turn = this.#tail.then(work, work);
		this.#tail = turn.catch(() => undefined);
		return turn;
	}
}
