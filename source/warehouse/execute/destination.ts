// The destination table of a query job: the rows of the query as a table, by its write disposition.
import type {Column} from '../../googlesql/types.js';
import {tableEntry} from '../catalog/analyzer-catalog.js';
import type {StoredTable} from '../catalog/records.js';
import {SqlError, type ExecuteRequest, type ResultSet} from '../contract.js';
import {cellReader} from '../emit/cell.js';
import type {Emission} from '../emit/context.js';
import {emitOmitted} from '../emit/dml.js';
import {duckType, quoteName} from '../emit/duck-type.js';
import type {JobSession} from './session.js';
import {createStorage, fillStorage, newEtag, storageName} from './storage.js';

type Write = {
	readonly destination: NonNullable<ExecuteRequest['destination']>;
	readonly columns: readonly Column[];
	/** DuckDB's text of the query. */
	readonly query: string;
	/** Of the query, for the defaults of columns that it does not give. */
	readonly emission: Emission;
	readonly nowMs: number;
};

const mismatch = (path: string, column: Column): SqlError => new SqlError({reason: 'invalid', message: `Provided Schema does not match Table ${path}. Cannot add fields (field: ${column.name})`});

/** Appended rows must fit the columns that are there, by name and type. */
const checkFits = (path: string, table: StoredTable, columns: readonly Column[]): void => {
	for (const column of columns) {
		const known = table.columns.find(({name}) => name.toLowerCase() === column.name.toLowerCase());
		if (known === undefined) {
			throw mismatch(path, column);
		}

		if (duckType(known.type) !== duckType(column.type)) {
			throw new SqlError({reason: 'invalid', message: `Provided Schema does not match Table ${path}. Field ${column.name} has changed type`});
		}
	}
};

/**
 * Runs the query once, writes its rows and gives them back. The change and the job's outcome are one transaction.
 * @throws SqlError duplicate for WRITE_EMPTY into a table with rows, notFound without the dataset, invalid for rows that do not fit.
 */
export const writeDestination = async (session: JobSession, {destination, columns, query, emission, nowMs}: Write): Promise<ResultSet> => {
	const {engine, connection} = session;
	const {dataset, table, write} = destination;
	const path = `${engine.project}:${dataset}.${table}`;
	const {defaultTableExpirationMs} = engine.store.dataset(dataset);
	const existing = engine.store.findTable(dataset, table);
	if (existing !== undefined && existing.type !== 'TABLE' && existing.type !== 'CLONE') {
		throw new SqlError({reason: 'invalid', message: `${path} is not allowed for this operation because it is currently a ${existing.type}`});
	}

	const rows = `temp.main.${quoteName(`destination@${newEtag()}`)}`;
	await createStorage(connection, rows, columns.map(({name, type}) => ({name, type})));
	try {
		await fillStorage(connection, rows, query);
		const isFilled = existing?.storage !== undefined && Number((await connection.runAndReadAll(`SELECT COUNT(*) FROM ${existing.storage}`)).getRows()[0]?.[0] ?? 0) > 0;
		if (write === 'WRITE_EMPTY' && isFilled) {
			throw new SqlError({reason: 'duplicate', message: `Already Exists: Table ${path}`});
		}

		if (existing?.storage !== undefined && write !== 'WRITE_TRUNCATE') {
			const {storage} = existing;
			checkFits(path, existing, columns);
			const given = columns.map(({name}) => quoteName(name));
			const known = existing.columns.filter(column => columns.some(({name}) => name.toLowerCase() === column.name.toLowerCase()));
			const defaults = emitOmitted(tableEntry(engine.project, existing), known, emission);
			await session.mutate(existing, nowMs, async () => {
				await connection.run(`INSERT INTO ${storage} (${[...given, ...defaults.map(({name}) => name)].join(', ')}) SELECT ${[...given, ...defaults.map(({text}) => text)].join(', ')} FROM ${rows}`);
			});
		} else {
			const storage = storageName(dataset, table, existing);
			const made: StoredTable = {
				dataset, table, type: 'TABLE', columns: columns.map(({name, type}) => ({name, type})), labels: existing?.labels ?? {}, etag: newEtag(), createdMs: existing?.createdMs ?? nowMs, modifiedMs: nowMs, storage,
				...(defaultTableExpirationMs === undefined ? {} : {expiresMs: nowMs + defaultTableExpirationMs}),
			};
			await session.commitDdl(async () => {
				await createStorage(connection, storage, made.columns);
				await fillStorage(connection, storage, `SELECT * FROM ${rows}`);
				if (existing?.storage !== undefined) {
					await connection.run(`DROP TABLE ${existing.storage}`);
				}

				return [{operation: 'put', kind: 'table', record: made}];
			});
		}

		const readers = columns.map(column => cellReader(column.type));
		const read = (await connection.runAndReadAll(`SELECT * FROM ${rows}`)).getRows();
		return {columns, rows: read.map(row => readers.map((reader, index) => reader(row[index]!)))};
	} finally {
		await connection.run(`DROP TABLE IF EXISTS ${rows}`);
	}
};
