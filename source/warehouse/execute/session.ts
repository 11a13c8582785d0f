// One job's hold on DuckDB: its connection, its temporary tables, and what its open transaction will change.
import type {DuckDBConnection} from '@duckdb/node-api';
import type {TableEntry} from '../../googlesql/catalog.js';
import type {StoredTable} from '../catalog/records.js';
import {keepSealed} from '../catalog/sealed-jobs.js';
import type {PendingVersion} from '../catalog/versions.js';
import type {Change} from '../catalog/records.js';
import {SqlError, type SealedJob} from '../contract.js';
import {isConflict, toSqlError} from './duck-error.js';
import {commitDdl, type Engine} from './engine.js';
import {Mutex} from './mutex.js';
import {TemporaryFunctions} from './temporary-functions.js';

export type TemporaryTable = {readonly entry: TableEntry; readonly storage: string; readonly defaults: Readonly<Record<string, string>>};

type OpenTransaction = {readonly versions: PendingVersion[]; readonly touched: Map<string, {readonly table: StoredTable; readonly atMs: number}>};

/** Single statements on the same rows wait for each other, as BigQuery queues them. */
const writers = new Map<string, Mutex>();

/** A statement alone that loses against a transaction is tried again, as BigQuery does. */
const statementRetries = 20;

export class JobSession {
	readonly engine: Engine;
	readonly connection: DuckDBConnection;
	/** By lower-case name. */
	readonly temporary = new Map<string, TemporaryTable>();
	/** Set while a statement runs: the records to keep in the transaction of its effects. */
	seal: ((affectedRows?: number) => readonly SealedJob[]) | undefined;
	readonly functions: TemporaryFunctions;
	#transaction: OpenTransaction | undefined;

	constructor(engine: Engine, connection: DuckDBConnection) {
		this.engine = engine;
		this.connection = connection;
		this.functions = new TemporaryFunctions(engine.project);
	}

	get isInTransaction(): boolean {
		return this.#transaction !== undefined;
	}

	temporaryEntries(): ReadonlyMap<string, TableEntry> {
		return new Map([...this.temporary].map(([name, {entry}]) => [name, entry]));
	}

	async begin(): Promise<void> {
		await this.connection.run('BEGIN TRANSACTION');
		this.#transaction = {versions: [], touched: new Map()};
	}

	/** @param sealed - kept with everything else the transaction did. */
	async commit(sealed: readonly SealedJob[] = []): Promise<void> {
		const transaction = this.#transaction;
		this.#transaction = undefined;
		try {
			await keepSealed(this.connection, sealed);
			await this.connection.run('COMMIT');
		} catch (error) {
			throw isConflict(error) ? this.#aborted([...(transaction?.touched.keys() ?? [])].join(', ')) : toSqlError(error);
		}

		if (transaction !== undefined) {
			this.#show(transaction);
		}
	}

	async rollback(): Promise<void> {
		this.#transaction = undefined;
		try {
			await this.connection.run('ROLLBACK');
		} catch {
			// DuckDB has ended it already, after an error that aborts a transaction.
		}
	}

	/** Changes the rows of a permanent table: in the open transaction, or in one of its own that is retried on a conflict. */
	async mutate<Value>(table: StoredTable, atMs: number, work: () => Promise<Value>): Promise<Value> {
		const name = `${this.engine.project}.${table.dataset}.${table.table}`;
		const transaction = this.#transaction;
		if (transaction !== undefined) {
			try {
				await this.#keep(transaction, table, atMs);
				const value = await work();
				await this.#keepSeal(value);
				return value;
			} catch (error) {
				throw isConflict(error) ? this.#aborted(name) : error;
			}
		}

		const mutex = writers.get(name) ?? new Mutex();
		writers.set(name, mutex);
		return mutex.run(async () => this.#alone(table, atMs, work));
	}

	/** Runs DDL and its catalog changes in one transaction, with the outcome of the statement. */
	async commitDdl(work: () => Promise<readonly Change[]>): Promise<void> {
		await commitDdl(this.engine, this.connection, async () => {
			const changes = await work();
			await this.#keepSeal(undefined);
			return changes;
		});
	}

	async #keepSeal(value: unknown): Promise<void> {
		if (this.seal !== undefined) {
			await keepSealed(this.connection, this.seal(typeof value === 'number' ? value : undefined));
		}
	}

	async #alone<Value>(table: StoredTable, atMs: number, work: () => Promise<Value>): Promise<Value> {
		for (let attempt = 1; ; attempt += 1) {
			const own: OpenTransaction = {versions: [], touched: new Map()};
			await this.connection.run('BEGIN TRANSACTION');
			try {
				await this.#keep(own, table, atMs);
				const value = await work();
				await this.#keepSeal(value);
				await this.connection.run('COMMIT');
				this.#show(own);
				return value;
			} catch (error) {
				await this.rollback();
				if (!isConflict(error) || attempt === statementRetries) {
					throw error;
				}

				await new Promise(resolve => {
					setTimeout(resolve, 5 * attempt);
				});
			}
		}
	}

	async #keep(transaction: OpenTransaction, table: StoredTable, atMs: number): Promise<void> {
		const key = `${this.engine.project}.${table.dataset}.${table.table}`;
		if (!transaction.touched.has(key)) {
			const kept = await this.engine.versions.keep(this.connection, table, atMs);
			if (kept !== undefined) {
				transaction.versions.push(kept);
			}
		}

		transaction.touched.set(key, {table, atMs});
	}

	#show(transaction: OpenTransaction): void {
		for (const version of transaction.versions) {
			this.engine.versions.apply(version);
		}

		for (const {table, atMs} of transaction.touched.values()) {
			this.engine.store.touch(table.dataset, table.table, atMs);
		}
	}

	#aborted(tables: string): SqlError {
		return new SqlError({reason: 'invalidQuery', message: `Transaction is aborted due to concurrent update against table ${tables}`});
	}
}
