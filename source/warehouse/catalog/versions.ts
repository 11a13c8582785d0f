// Time travel. DuckDB keeps no past, so before a statement changes the rows of a table they are copied aside, with the span of
// time in which they were the table. A table that has not changed since is read as it stands: the usual case costs nothing.
import type {DuckDBConnection} from '@duckdb/node-api';
import {SqlError} from '../contract.js';
import {quoteName, quoteText} from '../emit/duck-type.js';
import type {StoredTable} from './records.js';

/** Rows of a table as they were from `fromMs` until just before `toMs`. */
type Version = {readonly storage: string; readonly copy: string; readonly fromMs: number; readonly toMs: number};

/** What `keep` did in a transaction that has yet to commit. */
export type PendingVersion = {readonly added: Version; readonly dropped: readonly Version[]};

/** Copies kept a table. More would cost disk without being asked for: restore points are taken within seconds of a change. */
const keptVersions = 8;

/** BigQuery's default window. */
const windowMs = 7 * 86_400_000;

export const versionDdl: readonly string[] = [
	'CREATE SCHEMA IF NOT EXISTS _versions',
	'CREATE TABLE IF NOT EXISTS _eros.versions (storage VARCHAR NOT NULL, copy VARCHAR NOT NULL, from_ms BIGINT NOT NULL, to_ms BIGINT NOT NULL)',
];

export class TableVersions {
	static async load(connection: DuckDBConnection): Promise<TableVersions> {
		const versions = new TableVersions();
		const reader = await connection.runAndReadAll('SELECT storage, copy, from_ms, to_ms FROM _eros.versions ORDER BY to_ms');
		for (const [storage, copy, fromMs, toMs] of reader.getRows()) {
			versions.#add({storage: String(storage), copy: String(copy), fromMs: Number(fromMs), toMs: Number(toMs)});
		}

		return versions;
	}

	readonly #versions = new Map<string, readonly Version[]>();

	/** When the rows last changed, as far as it is known; the creation time when they never did. */
	lastChangeMs(table: StoredTable): number {
		return this.#of(table).at(-1)?.toMs ?? table.createdMs;
	}

	/**
	 * Keeps the rows as they are before they change at `nowMs`, in the connection's transaction.
	 * @returns what `apply` shows after the commit; undefined when there is nothing to keep.
	 */
	async keep(connection: DuckDBConnection, table: StoredTable, nowMs: number): Promise<PendingVersion | undefined> {
		const {storage} = table;
		const fromMs = this.lastChangeMs(table);
		if (storage === undefined || nowMs <= fromMs) {
			return undefined;
		}

		const name = `${table.dataset}.${table.table}.${fromMs}.${nowMs}`;
		const added: Version = {storage, copy: `_versions.${quoteName(name)}`, fromMs, toMs: nowMs};
		await connection.run(`CREATE OR REPLACE TABLE ${added.copy} AS SELECT * FROM ${storage}`);
		await connection.run(`INSERT INTO _eros.versions VALUES (${quoteText(storage)}, ${quoteText(added.copy)}, ${fromMs}, ${nowMs})`);
		const known = this.#of(table);
		const dropped = known.filter((version, index) => index < known.length + 1 - keptVersions || version.toMs < nowMs - windowMs);
		for (const version of dropped) {
			await connection.run(`DROP TABLE IF EXISTS ${version.copy}`);
			await connection.run(`DELETE FROM _eros.versions WHERE copy = ${quoteText(version.copy)}`);
		}

		return {added, dropped};
	}

	/** Shows what a committed transaction kept. */
	apply(pending: PendingVersion): void {
		const known = this.#versions.get(pending.added.storage) ?? [];
		this.#versions.set(pending.added.storage, known.filter(version => !pending.dropped.includes(version)));
		this.#add(pending.added);
	}

	/**
	 * DuckDB relation of the rows at an instant.
	 * @throws SqlError when the table did not exist yet, or its rows of that time are no longer kept.
	 */
	relation(project: string, table: StoredTable, atMs: number): string {
		const path = `${project}:${table.dataset}.${table.table}`;
		if (table.storage === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: `FOR SYSTEM_TIME AS OF is not supported for views: ${path}`});
		}

		if (atMs < table.createdMs && !this.#of(table).some(version => version.fromMs <= atMs)) {
			throw new SqlError({reason: 'invalidQuery', message: `Invalid snapshot time ${atMs} for table ${path}. Cannot read before ${table.createdMs}`});
		}

		if (atMs >= this.lastChangeMs(table)) {
			return table.storage;
		}

		const version = this.#of(table).find(candidate => candidate.fromMs <= atMs && atMs < candidate.toMs);
		if (version === undefined) {
			throw new SqlError({reason: 'invalidQuery', message: `Invalid time travel timestamp ${atMs} for table ${path}. Cannot read before ${this.#of(table)[0]?.fromMs ?? table.createdMs}`});
		}

		return version.copy;
	}

	#of(table: StoredTable): readonly Version[] {
		return table.storage === undefined ? [] : this.#versions.get(table.storage) ?? [];
	}

	#add(version: Version): void {
		this.#versions.set(version.storage, [...(this.#versions.get(version.storage) ?? []), version]);
	}
}
