// GoogleSQL types as DuckDB types, and names as DuckDB identifiers.
import type {SqlType} from '../../googlesql/types.js';

const scalarTypes = {
	INT64: 'BIGINT',
	FLOAT64: 'DOUBLE',
	NUMERIC: 'DECIMAL(38,9)',
	BIGNUMERIC: 'DECIMAL(38,9)',
	BOOL: 'BOOLEAN',
	STRING: 'VARCHAR',
	BYTES: 'BLOB',
	DATE: 'DATE',
	DATETIME: 'TIMESTAMP',
	TIME: 'TIME',
	TIMESTAMP: 'TIMESTAMPTZ',
	INTERVAL: 'INTERVAL',
	JSON: 'JSON',
	GEOGRAPHY: 'VARCHAR',
} as const;

/** Quotes a name for DuckDB. */
export function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text for DuckDB. */
export function quoteText(text: string): string {
	if (text.includes('\0')) {
		return text
			.split('\0')
			.map(part => quoteText(part))
			.join(' || chr(0) || ');
	}

	return `'${text.replaceAll("'", "''")}'`;
}

/** DuckDB field name of the i-th field of a STRUCT: anonymous fields are numbered. */
export function fieldName(name: string | undefined, index: number): string {
	return name === undefined || name === '' ? `_field_${index + 1}` : name;
}

/** DuckDB type that stores a GoogleSQL type. */
export function duckType(type: SqlType): string {
	switch (type.kind) {
		case 'scalar': {
			return scalarTypes[type.name];
		}

		case 'array': {
			return `${duckType(type.element)}[]`;
		}

		case 'struct': {
			return `STRUCT(${type.fields.map((field, index) => `${quoteName(fieldName(field.name, index))} ${duckType(field.type)}`).join(', ')})`;
		}

		case 'any': {
			return 'BIGINT';
		}
	}
}

/** The type as GoogleSQL writes it, for DDL and INFORMATION_SCHEMA. */
export function typeText(type: SqlType): string {
	switch (type.kind) {
		case 'scalar': {
			return type.name;
		}

		case 'array': {
			return `ARRAY<${typeText(type.element)}>`;
		}

		case 'struct': {
			return `STRUCT<${type.fields.map(field => (field.name === undefined ? typeText(field.type) : `${field.name} ${typeText(field.type)}`)).join(', ')}>`;
		}

		case 'any': {
			return 'ANY TYPE';
		}
	}
}

/** Whether two types are the same, field names of structs included. */
export function isSameType(a: SqlType, b: SqlType): boolean {
	return typeText(a).toLowerCase() === typeText(b).toLowerCase();
}

export const int64: SqlType = {kind: 'scalar', name: 'INT64'};
export const float64: SqlType = {kind: 'scalar', name: 'FLOAT64'};
export const string: SqlType = {kind: 'scalar', name: 'STRING'};
export const bool: SqlType = {kind: 'scalar', name: 'BOOL'};
export const timestamp: SqlType = {kind: 'scalar', name: 'TIMESTAMP'};
export const json: SqlType = {kind: 'scalar', name: 'JSON'};
export const date: SqlType = {kind: 'scalar', name: 'DATE'};
export const numeric: SqlType = {kind: 'scalar', name: 'NUMERIC'};

/** Name of a scalar type, or the kind of the others. */
export function scalarName(type: SqlType): string {
	return type.kind === 'scalar' ? type.name : type.kind.toUpperCase();
}
