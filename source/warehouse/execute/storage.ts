// Making and filling the DuckDB tables behind BigQuery's.
import {randomUUID} from 'node:crypto';
import type {DuckDBConnection} from '@duckdb/node-api';
import type {Column} from '../../googlesql/types.js';
import type {StoredTable} from '../catalog/records.js';
import {duckType, quoteName} from '../emit/duck-type.js';

/** A new etag: says only that something changed. */
export const newEtag = (): string => randomUUID().replaceAll('-', '').slice(0, 16);

/** Quoted DuckDB name for the rows of a table. A replacement gets rows of its own, so that a reader of the former ones is not disturbed. */
export const storageName = (dataset: string, table: string, replaced: StoredTable | undefined): string => `${quoteName(dataset)}.${quoteName(replaced === undefined ? table : `${table}@${newEtag()}`)}`;

/** Column list of CREATE TABLE. */
export const columnList = (columns: readonly Column[]): string => columns.map(column => `${quoteName(column.name)} ${duckType(column.type)}${column.isRequired === true ? ' NOT NULL' : ''}`).join(', ');

export const createStorage = async (connection: DuckDBConnection, storage: string, columns: readonly Column[]): Promise<void> => {
	const isTemporary = storage.startsWith('temp.main.');
	await connection.run(`CREATE ${isTemporary ? 'TEMP ' : ''}TABLE ${storage} (${columnList(columns)})`);
};

/** Copies rows by position; both sides have the columns given. */
export const fillStorage = async (connection: DuckDBConnection, storage: string, query: string): Promise<void> => {
	await connection.run(`INSERT INTO ${storage} ${query}`);
};
