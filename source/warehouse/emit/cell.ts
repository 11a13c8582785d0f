// DuckDB's values as cells of the contract. The reader of a type is built once per column, not per value.
import {
	type DuckDBDateValue,
	type DuckDBDecimalValue,
	type DuckDBListValue,
	type DuckDBStructValue,
	type DuckDBTimestampTZValue,
	type DuckDBTimestampValue,
	type DuckDBTimeValue,
	type DuckDBValue,
} from '@duckdb/node-api';
import type {SqlType} from '../../googlesql/types.js';
import type {Cell} from '../contract.js';
import {fieldName} from './duck-type.js';

type Reader = (value: DuckDBValue) => Cell;

/** Reader of one column's values. */
export function cellReader(type: SqlType): Reader {
	const read = reader(type);
	return value => (value === null || value === undefined ? null : read(value));
}

function reader(type: SqlType): Reader {
	if (type.kind === 'array') {
		const element = cellReader(type.element);
		return value => (value as DuckDBListValue).items.map(item => element(item));
	}

	if (type.kind === 'struct') {
		const fields = type.fields.map((field, index) => ({name: fieldName(field.name, index), read: cellReader(field.type)}));
		return value => {
			const {entries} = value as DuckDBStructValue;
			const values = Object.values(entries);
			return fields.map(({name, read}, index) => read((entries[name] ?? values[index] ?? null) as DuckDBValue));
		};
	}

	if (type.kind === 'any') {
		return String;
	}

	switch (type.name) {
		case 'FLOAT64': {
			return value => {
				const float = Number(value);
				return Number.isFinite(float) ? float : Number.isNaN(float) ? 'NaN' : float > 0 ? 'Infinity' : '-Infinity';
			};
		}

		case 'BOOL': {
			return Boolean;
		}

		case 'NUMERIC':
		case 'BIGNUMERIC': {
			return value => trimZeros((value as DuckDBDecimalValue).toString());
		}

		case 'BYTES': {
			return value => Buffer.from((value as unknown as {bytes: Uint8Array}).bytes).toString('base64');
		}

		case 'DATE': {
			return value => dateText((value as DuckDBDateValue).days);
		}

		case 'TIMESTAMP': {
			return value => String((value as DuckDBTimestampTZValue).micros);
		}

		case 'DATETIME': {
			return value => datetimeText((value as DuckDBTimestampValue).micros);
		}

		case 'TIME': {
			return value => timeText((value as DuckDBTimeValue).micros);
		}

		default: {
			return String;
		}
	}
}

function trimZeros(text: string): string {
	return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** `2025-01-31` of days since the epoch. */
export function dateText(days: number): string {
	return new Date(days * 86_400_000).toISOString().slice(0, -14).replace(/^\+0+(?=\d{4})/, '');
}

function fraction(micros: bigint): string {
	const rest = micros % 1_000_000n;
	return rest === 0n ? '' : `.${String(rest).padStart(6, '0')}`;
}

function timeText(micros: bigint): string {
	const seconds = micros / 1_000_000n;
	const two = (part: bigint): string => String(part).padStart(2, '0');
	return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${fraction(micros)}`;
}

function datetimeText(micros: bigint): string {
	const dayMicros = 86_400_000_000n;
	const days = micros >= 0n ? micros / dayMicros : -((-micros + dayMicros - 1n) / dayMicros);
	return `${dateText(Number(days))}T${timeText(micros - days * dayMicros)}`;
}
