// Outcomes kept in the transaction of the effects they describe. The job table is written behind the work; after a kill
// these rows say which work is really there. Rows are only ever added while jobs run, so that they conflict with nothing.
import type {DuckDBConnection} from '@duckdb/node-api';
import type {JobRecord, ResultSet, SealedJob} from '../contract.js';
import {quoteText} from '../emit/duck-type.js';

export const sealedDdl: readonly string[] = ['CREATE TABLE IF NOT EXISTS _eros.sealed_jobs (job_id VARCHAR NOT NULL, record VARCHAR NOT NULL, result VARCHAR)'];

/** A result of more cells is not kept: it is read again by running the query again. */
const maximumCells = 20_000;

const resultText = (result: ResultSet | undefined): string =>
	result === undefined || result.rows.length * Math.max(1, result.columns.length) > maximumCells ? 'NULL' : quoteText(JSON.stringify(result));

/** Keeps outcomes in the connection's open transaction. */
export const keepSealed = async (connection: DuckDBConnection, sealed: readonly SealedJob[]): Promise<void> => {
	if (sealed.length > 0) {
		await connection.run(`INSERT INTO _eros.sealed_jobs VALUES ${sealed.map(({record, result}) => `(${quoteText(record.jobId)}, ${quoteText(JSON.stringify(record))}, ${resultText(result)})`).join(', ')}`);
	}
};

/** All kept outcomes in the order of their commits. */
export const readSealed = async (connection: DuckDBConnection): Promise<readonly SealedJob[]> => {
	const reader = await connection.runAndReadAll('SELECT record, result FROM _eros.sealed_jobs ORDER BY rowid');
	return reader.getRows().map(([record, result]) => ({record: JSON.parse(String(record)) as JobRecord, ...(result === null ? {} : {result: JSON.parse(String(result)) as ResultSet})}));
};
