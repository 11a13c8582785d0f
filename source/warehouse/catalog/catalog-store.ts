// The catalog: every dataset, table and routine, in memory for lookups and in DuckDB for ever. A change is written in the
// caller's DuckDB transaction and shown here only after its commit, so that memory never knows what the file does not.
import type {DuckDBConnection} from '@duckdb/node-api';
import {SqlError, type DatasetRecord} from '../contract.js';
import {quoteText} from '../emit/duck-type.js';
import type {Change, StoredRoutine, StoredTable} from './records.js';

const nameOf = (change: Change): readonly [kind: string, dataset: string, name: string] => {
	if (change.operation === 'remove') {
		return [change.kind, change.dataset, change.name];
	}

	switch (change.kind) {
		case 'dataset': {
			return ['dataset', change.record.dataset, ''];
		}

		case 'table': {
			return ['table', change.record.dataset, change.record.table];
		}

		case 'routine': {
			return ['routine', change.record.dataset, change.record.routine];
		}
	}
};

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class CatalogStore {
	/** Reads the whole catalog of an open file. */
	static async load(connection: DuckDBConnection, project: string): Promise<CatalogStore> {
		const store = new CatalogStore(project);
		const reader = await connection.runAndReadAll('SELECT kind, record FROM _eros.objects');
		for (const [kind, record] of reader.getRows()) {
			store.apply([{operation: 'put', kind, record: JSON.parse(String(record)) as unknown} as Change]);
		}

		return store;
	}

	readonly project: string;
	readonly #datasets = new Map<string, DatasetRecord>();
	readonly #tables = new Map<string, Map<string, StoredTable>>();
	readonly #routines = new Map<string, Map<string, StoredRoutine>>();
	#revision = 0;

	private constructor(project: string) {
		this.project = project;
	}

	/** Rises with every applied change: what was derived from the catalog is good as long as it stands. */
	get revision(): number {
		return this.#revision;
	}

	/** Writes changes in the connection's current transaction; nothing can be seen of them before `apply`. */
	async persist(connection: DuckDBConnection, changes: readonly Change[]): Promise<void> {
		for (const change of changes) {
			const [kind, dataset, name] = nameOf(change);
			const key = `kind = ${quoteText(kind)} AND dataset = ${quoteText(dataset)}`;
			const isWholeDataset = change.operation === 'remove' && kind === 'dataset';
			await connection.run(`DELETE FROM _eros.objects WHERE ${isWholeDataset ? `dataset = ${quoteText(dataset)}` : `${key} AND name = ${quoteText(name)}`}`);
			if (change.operation === 'put') {
				await connection.run(`INSERT INTO _eros.objects VALUES (${quoteText(kind)}, ${quoteText(dataset)}, ${quoteText(name)}, ${quoteText(JSON.stringify(change.record))})`);
			}
		}
	}

	/** Shows changes that have been committed. */
	apply(changes: readonly Change[]): void {
		this.#revision += 1;
		for (const change of changes) {
			const [kind, dataset, name] = nameOf(change);
			if (change.operation === 'remove') {
				this.#forget(kind, dataset, name);
			} else if (change.kind === 'dataset') {
				this.#datasets.set(dataset, change.record);
			} else if (change.kind === 'table') {
				this.#folder(this.#tables, dataset).set(name, change.record);
			} else {
				this.#folder(this.#routines, dataset).set(name, change.record);
			}
		}
	}

	/** Notes that rows changed. The definition stands, so nothing derived from it is lost. */
	touch(dataset: string, table: string, modifiedMs: number): void {
		const record = this.findTable(dataset, table);
		if (record !== undefined) {
			this.#tables.get(dataset)?.set(table, {...record, modifiedMs, etag: `${record.etag.split('.')[0] ?? ''}.${modifiedMs}`});
		}
	}

	datasets(): readonly DatasetRecord[] {
		return [...this.#datasets.values()].sort((a, b) => byName(a.dataset, b.dataset));
	}

	findDataset(dataset: string): DatasetRecord | undefined {
		return this.#datasets.get(dataset);
	}

	/** @throws SqlError notFound in BigQuery's words. */
	dataset(dataset: string): DatasetRecord {
		const record = this.#datasets.get(dataset);
		if (record === undefined) {
			throw new SqlError({reason: 'notFound', message: `Not found: Dataset ${this.project}:${dataset}`});
		}

		return record;
	}

	tables(dataset: string): readonly StoredTable[] {
		return [...(this.#tables.get(dataset)?.values() ?? [])].sort((a, b) => byName(a.table, b.table));
	}

	findTable(dataset: string, table: string): StoredTable | undefined {
		return this.#tables.get(dataset)?.get(table);
	}

	/** @throws SqlError notFound in BigQuery's words. */
	table(dataset: string, table: string): StoredTable {
		const record = this.findTable(dataset, table);
		if (record === undefined) {
			throw new SqlError({reason: 'notFound', message: `Not found: Table ${this.project}:${dataset}.${table}`});
		}

		return record;
	}

	routines(dataset: string): readonly StoredRoutine[] {
		return [...(this.#routines.get(dataset)?.values() ?? [])].sort((a, b) => byName(a.routine, b.routine));
	}

	findRoutine(dataset: string, routine: string): StoredRoutine | undefined {
		return this.#routines.get(dataset)?.get(routine);
	}

	#folder<Item>(items: Map<string, Map<string, Item>>, dataset: string): Map<string, Item> {
		let folder = items.get(dataset);
		if (folder === undefined) {
			folder = new Map();
			items.set(dataset, folder);
		}

		return folder;
	}

	#forget(kind: string, dataset: string, name: string): void {
		if (kind === 'dataset') {
			this.#datasets.delete(dataset);
			this.#tables.delete(dataset);
			this.#routines.delete(dataset);
		} else if (kind === 'table') {
			this.#tables.get(dataset)?.delete(name);
		} else {
			this.#routines.get(dataset)?.delete(name);
		}
	}
}
