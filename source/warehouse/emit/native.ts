// JavaScript functions that DuckDB calls: what its own functions cannot do.
import {BIGINT, BLOB, DOUBLE, type DuckDBConnection, DuckDBScalarFunction, type DuckDBBlobVector, VARCHAR} from '@duckdb/node-api';
import {farmFingerprint} from './farm-fingerprint.js';
import {raisedMark} from './raised.js';

/** A FLOAT64 as BigQuery writes it in a message: an exponent of two digits from 1e15 and below 1e-4, digits between and where 16 of them say more. */
export function floatText(value: number): string {
	if (!Number.isFinite(value)) {
		return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf';
	}

	const [digits = '', power = '0'] = value.toExponential().split('e');
	const exponent = Number(power);
	const isPlain = exponent >= -4 && (exponent < 15 || (exponent < 17 && digits.replaceAll(/\D/g, '').length >= 16));
	return isPlain ? (Object.is(value, -0) ? '-0' : String(value)) : `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

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
			name: 'bq_raise_float',
			parameterTypes: [VARCHAR, DOUBLE, VARCHAR],
			returnType: DOUBLE,
			mainFunction(_info, chunk) {
				const [before, value, after] = [0, 1, 2].map(column => chunk.getColumnValues(column)[0]);
				throw new Error(`${raisedMark}${String(before)}${floatText(Number(value))}${String(after)}`);
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
