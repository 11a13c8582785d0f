// A cell of the contract as DuckDB literal text: how script variables, parameters and UDF constants enter a statement.
import type {SqlType} from '../../googlesql/types.js';
import type {Cell} from '../contract.js';
import {duckType, fieldName, quoteName, quoteText} from './duck-type.js';

/** DuckDB text of a value. Always typed: a literal alone never decides DuckDB's type. */
export function literalText(cell: Cell, type: SqlType): string {
	if (cell === null) {
		return `CAST(NULL AS ${duckType(type)})`;
	}

	if (type.kind === 'array') {
		const elements = cell as readonly Cell[];
		return elements.length === 0 ? `CAST([] AS ${duckType(type)})` : `[${elements.map(element => literalText(element, type.element)).join(', ')}]`;
	}

	if (type.kind === 'struct') {
		const values = cell as readonly Cell[];
		return `struct_pack(${type.fields.map((field, index) => `${quoteName(fieldName(field.name, index))} := ${literalText(values[index] ?? null, field.type)}`).join(', ')})`;
	}

	if (type.kind === 'any') {
		return `CAST(${quoteText(String(cell))} AS BIGINT)`;
	}

	switch (type.name) {
		case 'BOOL': {
			return cell === true || cell === 'true' ? 'TRUE' : 'FALSE';
		}

		case 'STRING':
		case 'GEOGRAPHY': {
			return `CAST(${quoteText(String(cell))} AS VARCHAR)`;
		}

		case 'BYTES': {
			return `from_base64(${quoteText(String(cell))})`;
		}

		case 'TIMESTAMP': {
			return `make_timestamptz(CAST(${String(cell)} AS BIGINT))`;
		}

		case 'FLOAT64': {
			return typeof cell === 'number' && Number.isFinite(cell) ? `CAST(${quoteText(String(cell))} AS DOUBLE)` : `CAST(${quoteText(String(cell).toLowerCase())} AS DOUBLE)`;
		}

		case 'INT64': {
			return `CAST(${BigInt(String(cell))} AS BIGINT)`;
		}

		default: {
			return `CAST(${quoteText(String(cell))} AS ${duckType(type)})`;
		}
	}
}
