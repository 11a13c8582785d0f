// JavaScript functions that DuckDB calls: what its own functions cannot do.
import {BIGINT, BLOB, type DuckDBConnection, DuckDBScalarFunction, type DuckDBBlobVector, VARCHAR} from '@duckdb/node-api';
import {farmFingerprint} from './farm-fingerprint.js';
import {raisedMark} from './raised.js';

/** Installs them on the instance behind the connection: every connection sees them. */
export function installNativeFunctions(connection: DuckDBConnection): void {
	connection.registerScalarFunction(
		DuckDBScalarFunction.create({
			name: 'bq_raise',
			parameterTypes: [VARCHAR],
			returnType: VARCHAR,
			mainFunction(_info, chunk) {
				throw new Error(`${raisedMark}${String(chunk.getColumnValues(0)[0] ?? 'NULL')}`);
			},
		}),
	);
	connection.registerScalarFunction(
		DuckDBScalarFunction.create({
			name: 'bq_farm_fingerprint',
			parameterTypes: [BLOB],
			returnType: BIGINT,
			mainFunction(_info, chunk, output) {
				// The bytes straight from the vector: its items would each be a copy.
				const values = chunk.getColumnVector(0) as DuckDBBlobVector;
				const count = values.itemCount;
				for (let index = 0; index < count; index++) {
					const bytes = values.getItemBytes(index);
					output.setItem(index, bytes === null ? null : farmFingerprint(bytes));
				}

				output.flush();
			},
		}),
	);
}
