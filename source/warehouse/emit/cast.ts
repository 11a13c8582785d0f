// CAST and implicit coercion. DuckDB's own casts differ in rounding (half to even), in texts of floats, timestamps and
// numerics, and in messages; the macros of `macros.ts` hold BigQuery's rules.
import type {SqlType} from '../../googlesql/types.js';
import {duckType, fieldName, isSameType, quoteName, scalarName} from './duck-type.js';

/** `text` of type `from` as type `to`. With `isSafe` a value that does not fit becomes NULL. */
export function emitCast(text: string, from: SqlType, to: SqlType, isSafe: boolean): string {
	if (from.kind === 'any') {
		return `CAST(${text} AS ${duckType(to)})`;
	}

	if (isSameType(from, to)) {
		return text;
	}

	const cast = castText(text, from, to);
	return isSafe ? `TRY(${cast})` : cast;
}

function castText(text: string, from: SqlType, to: SqlType): string {
	if (from.kind === 'array' && to.kind === 'array') {
		return `list_transform(${text}, lambda e_cast: ${emitCast('e_cast', from.element, to.element, false)})`;
	}

	if (from.kind === 'struct' && to.kind === 'struct') {
		const fields = to.fields.map((field, index) => {
			const source = from.fields[index]!;
			return `${quoteName(fieldName(field.name, index))} := ${emitCast(`(${text}).${quoteName(fieldName(source.name, index))}`, source.type, field.type, false)}`;
		});
		return `CASE WHEN ${text} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
	}

	const pair = `${scalarName(from)}>${scalarName(to)}`;
	const macro = castMacros[pair];
	if (macro !== undefined) {
		return `${macro}(${text})`;
	}

	return `CAST(${text} AS ${duckType(to)})`;
}

const castMacros: Readonly<Record<string, string>> = {
	'FLOAT64>INT64': 'bq_float_to_int',
	'FLOAT64>NUMERIC': 'bq_float_to_numeric',
	'NUMERIC>INT64': 'bq_numeric_to_int',
	'BIGNUMERIC>INT64': 'bq_numeric_to_int',
	'FLOAT64>STRING': 'bq_float_text',
	'NUMERIC>STRING': 'bq_numeric_text',
	'BIGNUMERIC>STRING': 'bq_numeric_text',
	'TIMESTAMP>STRING': 'bq_timestamp_text',
	'DATETIME>STRING': 'bq_datetime_text',
	'TIME>STRING': 'bq_time_text',
	'BYTES>STRING': 'bq_bytes_text',
	'STRING>BYTES': 'encode',
	'STRING>INT64': 'bq_text_to_int',
	'STRING>FLOAT64': 'bq_text_to_float',
	'STRING>BOOL': 'bq_text_to_bool',
	'STRING>DATE': 'bq_text_to_date',
	'STRING>TIME': 'bq_text_to_time',
	'STRING>TIMESTAMP': 'bq_text_to_timestamp',
	'STRING>DATETIME': 'bq_text_to_datetime',
	'TIMESTAMP>DATE': 'bq_timestamp_to_date',
	'TIMESTAMP>DATETIME': 'bq_timestamp_to_datetime',
	'TIMESTAMP>TIME': 'bq_timestamp_to_time',
	'DATETIME>TIMESTAMP': 'bq_datetime_to_timestamp',
	'DATE>TIMESTAMP': 'bq_date_to_timestamp',
	'INT64>BOOL': 'bq_int_to_bool',
	'BOOL>STRING': 'bq_bool_text',
};
