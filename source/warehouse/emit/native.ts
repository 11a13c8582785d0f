// JavaScript functions that DuckDB calls: what its own functions cannot do.
import {BIGINT, BLOB, DOUBLE, type DuckDBConnection, DuckDBScalarFunction, type DuckDBBlobVector, DuckDBListType, type DuckDBListValue, type DuckDBType, type DuckDBValue, INTEGER, VARCHAR} from '@duckdb/node-api';
import {farmFingerprint} from './farm-fingerprint.js';
import {calculate, floatText, roundExactly} from './float.js';
import {raisedMark} from './raised.js';

/** A FLOAT64 that is large, infinite or NaN: as text, in TO_JSON_STRING ("json"), or in a JSON value, which has an exponent from 1e15. */
function rareFloatText(value: number, style: string): string {
	if (style !== 'text' && !Number.isFinite(value)) {
		return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"Infinity"' : '"-Infinity"';
	}

	return style === 'json value' ? value.toExponential() : floatText(value);
}

/** A function of two arguments, row by row; NULL where one of them is. */
function ofTwo(name: string, parameterTypes: readonly DuckDBType[], returnType: DuckDBType, of: (first: DuckDBValue, second: DuckDBValue) => DuckDBValue): DuckDBScalarFunction {
	return DuckDBScalarFunction.create({
		name,
		parameterTypes,
		returnType,
		mainFunction(_info, chunk, output) {
			const seconds = chunk.getColumnValues(1);
			for (const [index, first] of chunk.getColumnValues(0).entries()) {
				const second = seconds[index] ?? null;
				output.setItem(index, first === null || second === null ? null : of(first, second));
			}

			output.flush();
		},
	});
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
			name: 'bq_float',
			parameterTypes: [VARCHAR, new DuckDBListType(DOUBLE)],
			returnType: DOUBLE,
			mainFunction(_info, chunk, output) {
				const programs = chunk.getColumnValues(0);
				for (const [index, leaves] of chunk.getColumnValues(1).entries()) {
					const result = calculate(String(programs[index]), (leaves as DuckDBListValue).items.map(Number));
					if ('error' in result) {
						throw new Error(`${raisedMark}${result.error}`);
					}

					output.setItem(index, result.value);
				}

				output.flush();
			},
		}),
	);
	connection.registerScalarFunction(ofTwo('bq_rare_float', [DOUBLE, VARCHAR], VARCHAR, (value, style) => rareFloatText(Number(value), String(style))));
	connection.registerScalarFunction(ofTwo('bq_round_exact', [DOUBLE, INTEGER], DOUBLE, (value, digits) => roundExactly(Number(value), Number(digits))));
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
