// Tables as the wire handles them: records, pages of rows, insertAll, copy jobs.
import type {DuckDBConnection} from '@duckdb/node-api';
import {tableDdl} from '../catalog/ddl-text.js';
import type {StoredTable} from '../catalog/records.js';
import {SqlError, type Cell, type Database, type ResultSet, type SealedJob, type TableRecord} from '../contract.js';
import {keepSealed} from '../catalog/sealed-jobs.js';
import {cellReader} from '../emit/cell.js';
import {quoteName} from '../emit/duck-type.js';
import {emitExpression} from '../emit/expression.js';
import {literalText} from '../emit/literal.js';
import type {Column, SqlType} from '../../googlesql/types.js';
import {tableBytes} from './billed-bytes.js';
import {columnDefault} from './column-default.js';
import {toSqlError} from './duck-error.js';
import {bareEmission} from './emission.js';
import {commitDdl, type Engine} from './engine.js';
import {fromGoogleSql} from './runtime.js';
import {JobSession} from './session.js';
import {createStorage, fillStorage, newEtag, storageName} from './storage.js';

type Tables = Database['tables'];

/** JSON of insertAll as a cell: objects by field name, timestamps as text. */
const jsonCell = (value: unknown, type: SqlType): Cell => {
	if (value === null || value === undefined) {
		return type.kind === 'array' ? [] : null;
	}

	if (type.kind === 'array') {
		return (value as readonly unknown[]).map(item => jsonCell(item, type.element));
	}

	if (type.kind === 'struct') {
		return type.fields.map(field => jsonCell((value as Readonly<Record<string, unknown>>)[field.name ?? ''], field.type));
	}

	if (type.kind === 'scalar' && type.name === 'TIMESTAMP') {
		const micros = typeof value === 'number' ? Math.round(value * 1_000_000) : Date.parse(String(value).replace(' UTC', 'Z')) * 1000;
		if (Number.isNaN(micros)) {
			throw new SqlError({reason: 'invalid', message: `Invalid timestamp: '${String(value)}'`});
		}

		return String(micros);
	}

	if (type.kind === 'scalar' && type.name === 'JSON') {
		return typeof value === 'string' ? value : JSON.stringify(value);
	}

	return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
};

export const createTableOperations = (engine: Engine, withConnection: <Value>(work: (connection: DuckDBConnection) => Promise<Value>) => Promise<Value>): Tables => {
	const {store, versions, project} = engine;

	const record = async (table: StoredTable): Promise<TableRecord> => {
		const {storage, primaryKey: _primaryKey, columnDescriptions: _columnDescriptions, base: _base, generation: _generation, ...shown} = table;
		const size = storage === undefined ? {rows: 0, bytes: 0} : await withConnection(async connection => tableBytes(new JobSession(engine, connection), table));
		return {...shown, ...size, ddl: tableDdl(project, table)};
	};

	const put = async (table: StoredTable, work?: (connection: DuckDBConnection) => Promise<void>): Promise<TableRecord> => {
		await withConnection(async connection =>
			commitDdl(engine, connection, async () => {
				await work?.(connection);
				return [{operation: 'put', kind: 'table', record: table}];
			}),
		);
		return record(store.table(table.dataset, table.table));
	};

	const checkDefault = (column: Column, text: string | undefined): void => {
		try {
			if (text !== undefined) {
				columnDefault(engine, text, column);
			}
		} catch (error) {
			throw fromGoogleSql(error);
		}
	};

	return {
		list: async dataset => Promise.all(store.tables(store.dataset(dataset).dataset).map(async table => record(table))),
		async find(dataset, table) {
			const found = store.findTable(dataset, table);
			return found === undefined ? undefined : record(found);
		},
		async create(dataset, table, {columns, defaults, viewQuery, labels, description, expiresMs, nowMs}) {
			store.dataset(dataset);
			if (store.findTable(dataset, table) !== undefined) {
				throw new SqlError({reason: 'duplicate', message: `Already Exists: Table ${project}:${dataset}.${table}`});
			}

			for (const column of columns) {
				checkDefault(column, defaults?.[column.name]);
			}

			const storage = viewQuery === undefined ? storageName(dataset, table, undefined) : undefined;
			const made: StoredTable = {dataset, table, type: viewQuery === undefined ? 'TABLE' : 'VIEW', columns, labels: labels ?? {}, etag: newEtag(), createdMs: nowMs, modifiedMs: nowMs, storage, ...(defaults === undefined || Object.keys(defaults).length === 0 ? {} : {defaults}), ...(viewQuery === undefined ? {} : {viewQuery}), ...(description === undefined ? {} : {description}), ...(expiresMs === undefined ? {} : {expiresMs})};
			return put(made, storage === undefined ? undefined : async connection => createStorage(connection, storage, columns));
		},
		async update(dataset, table, {labels, description, expiresMs, nowMs}) {
			const known = store.table(dataset, table);
			const {expiresMs: knownExpiresMs, ...rest} = known;
			const merged = Object.fromEntries(Object.entries({...known.labels, ...labels}).filter((entry): entry is [string, string] => entry[1] !== null));
			const expiry = expiresMs === undefined ? knownExpiresMs : (expiresMs ?? undefined);
			return put({...rest, labels: merged, etag: newEtag(), modifiedMs: nowMs, ...(description === undefined ? {} : {description}), ...(expiry === undefined ? {} : {expiresMs: expiry})});
		},
		async remove(dataset, table) {
			const known = store.table(dataset, table);
			await withConnection(async connection =>
				commitDdl(engine, connection, async () => {
					if (known.storage !== undefined) {
						await connection.run(`DROP TABLE ${known.storage}`);
					}

					return [{operation: 'remove', kind: 'table', dataset, name: table}];
				}),
			);
		},
		async rows(dataset, table, {offset, limit, columns}): Promise<ResultSet> {
			const known = store.table(dataset, table);
			if (known.storage === undefined) {
				throw new SqlError({reason: 'invalid', message: `Cannot list a table of type VIEW: ${project}:${dataset}.${table}`});
			}

			const chosen = columns === undefined ? known.columns : known.columns.filter(column => columns.includes(column.name));
			const readers = chosen.map(column => cellReader(column.type));
			const rows = await withConnection(async connection => (await connection.runAndReadAll(`SELECT ${chosen.map(column => quoteName(column.name)).join(', ')} FROM ${known.storage ?? ''} LIMIT ${limit} OFFSET ${offset}`)).getRows());
			return {columns: chosen, rows: rows.map(row => readers.map((read, index) => read(row[index]!)))};
		},
		async insert(dataset, table, rows, {nowMs, user}) {
			const known = store.table(dataset, table);
			const given = rows.map(row => new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value])));
			const names = new Set(known.columns.map(({name}) => name.toLowerCase()));
			const unknown = rows.flatMap(row => Object.keys(row)).find(name => !names.has(name.toLowerCase()));
			if (unknown !== undefined) {
				throw new SqlError({reason: 'invalid', message: `no such field: ${unknown}.`});
			}

			if (rows.length === 0 || known.storage === undefined) {
				return;
			}

			await withConnection(async connection => {
				const session = new JobSession(engine, connection);
				const texts = known.columns.map(column => {
					const name = column.name.toLowerCase();
					const text = known.defaults?.[column.name];
					const isOmitted = text !== undefined && given.some(row => !row.has(name));
					const found = isOmitted ? columnDefault(engine, text, column) : undefined;
					const missing = found === undefined ? undefined : emitExpression(found.expression, bareEmission(session, found.analysis, BigInt(nowMs) * 1000n, {user}));
					return (row: ReadonlyMap<string, unknown>): string => (missing === undefined || row.has(name) ? literalText(jsonCell(row.get(name), column.type), column.type) : missing);
				});
				const values = given.map(row => `(${texts.map(textOf => textOf(row)).join(', ')})`);
				return session.mutate(known, nowMs, async () => connection.run(`INSERT INTO ${known.storage ?? ''} VALUES ${values.join(', ')}`));
			}).catch((error: unknown) => {
				throw toSqlError(fromGoogleSql(error));
			});
		},
		async copy(from, to, {operation, write, nowMs, seal = (): readonly SealedJob[] => []}) {
			const source = store.table(from.dataset, from.table);
			store.dataset(to.dataset);
			const existing = store.findTable(to.dataset, to.table);
			const rows = versions.relation(project, source, from.atMs ?? nowMs);
			if (existing !== undefined && write === 'WRITE_EMPTY') {
				throw new SqlError({reason: 'duplicate', message: `Already Exists: Table ${project}:${to.dataset}.${to.table}`});
			}

			const names = source.columns.map(column => quoteName(column.name)).join(', ');
			if (existing?.storage !== undefined && write === 'WRITE_APPEND') {
				const {storage} = existing;
				const unfilled = existing.columns.find(({name}) => existing.defaults?.[name] !== undefined && !source.columns.some(column => column.name.toLowerCase() === name.toLowerCase()));
				if (unfilled !== undefined) {
					throw new SqlError({reason: 'invalid', message: `Cannot append to ${project}:${to.dataset}.${to.table} by a copy: the source has no column ${unfilled.name}, which has a default value. Use INSERT ... SELECT`});
				}

				const changed = await withConnection(async connection => {
					const session = new JobSession(engine, connection);
					session.seal = seal;
					return session.mutate(existing, nowMs, async () => (await connection.run(`INSERT INTO ${storage} (${names}) SELECT ${names} FROM ${rows}`)).rowsChanged);
				});
				return {rows: changed};
			}

			const {expiresMs: _expiresMs, base: _base, ...shape} = source;
			const storage = storageName(to.dataset, to.table, existing);
			const type = operation === 'SNAPSHOT' ? 'SNAPSHOT' : operation === 'CLONE' ? 'CLONE' : 'TABLE';
			const made: StoredTable = {...shape, dataset: to.dataset, table: to.table, type, etag: newEtag(), createdMs: nowMs, modifiedMs: nowMs, storage, ...(type === 'TABLE' ? {} : {base: {path: [project, source.dataset, source.table], atMs: from.atMs ?? nowMs}})};
			const {rows: count} = await put(made, async connection => {
				await createStorage(connection, storage, source.columns);
				await fillStorage(connection, storage, `SELECT ${names} FROM ${rows}`);
				if (existing?.storage !== undefined) {
					await connection.run(`DROP TABLE ${existing.storage}`);
				}

				await keepSealed(connection, seal());
			});
			return {rows: count};
		},
	};
};
