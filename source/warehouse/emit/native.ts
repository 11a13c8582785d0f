// JavaScript functions that DuckDB calls: what its own functions cannot do.
import {BIGINT, BLOB, type DuckDBConnection, DuckDBScalarFunction, type DuckDBBlobValue, VARCHAR} from '@duckdb/node-api';
import {farmFingerprint} from './farm-fingerprint.js';

/** Installs them on the instance behind the connection: every connection sees them. */
export function installNativeFunctions(connection: DuckDBConnection): void {
	connection.registerScalarFunction(
		DuckDBScalarFunction.create({
			name: 'bq_raise',
			parameterTypes: [VARCHAR],
			returnType: VARCHAR,
			mainFunction(_info, chunk) {
				throw new Error(String(chunk.getColumnValues(0)[0] ?? 'NULL'));
			},
		}),
	);
	connection.registerScalarFunction(
		DuckDBScalarFunction.create({
			name: 'bq_farm_fingerprint',
			parameterTypes: [BLOB],
			returnType: BIGINT,
			mainFunction(_info, chunk, output) {
				const values = chunk.getColumnValues(0);
				for (const [index, value] of values.entries()) {
					output.setItem(index, value === null ? null : farmFingerprint((value as DuckDBBlobValue).bytes));
				}

				output.flush();
			},
		}),
	);
}
