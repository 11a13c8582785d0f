// TO_JSON_STRING as DuckDB text built from the type: one expression, without a call back into JavaScript for ordinary values,
// so that checksums over whole tables run at DuckDB's speed.
import type {SqlType} from '../../googlesql/types.js';
import {fieldName, quoteName} from './duck-type.js';
import {once} from './once.js';

/** How numbers are written: TO_JSON_STRING quotes what a double cannot hold and drops `.0`, a JSON value keeps numbers as they are. */
export type NumberStyle = 'text' | 'value';

/** JSON text over several lines, two spaces a level; DuckDB's own has four. */
export function prettyJson(text: string): string {
	return `array_to_string(list_transform(string_split(json_pretty(CAST(${text} AS JSON)), chr(10)), lambda l: repeat(' ', CAST((length(l) - length(ltrim(l))) / 2 AS INTEGER)) || ltrim(l)), chr(10))`;
}

/** JSON text of the value `text` of type `type`; NULL is the word null. */
export function jsonText(text: string, type: SqlType, style: NumberStyle = 'text', depth = 0): string {
	const value = once([text], ([bound]) => valueText(bound!, type, style, bound === text ? depth : depth + 1));
	return `coalesce(${value}, 'null')`;
}

function valueText(text: string, type: SqlType, style: NumberStyle, depth: number): string {
	if (type.kind === 'array') {
		const element = `e_${depth}`;
		const items = `list_transform(${text}, lambda ${element}: ${jsonText(element, type.element, style, depth + 1)})`;
		return `CASE WHEN ${text} IS NULL THEN '[]' ELSE '[' || coalesce(array_to_string(${items}, ','), '') || ']' END`;
	}

	if (type.kind === 'struct') {
		const fields = type.fields.map((field, index) => ({name: field.name, json: jsonText(`(${text}).${quoteName(fieldName(field.name, index))}`, field.type, style, depth)}));
		return `CASE WHEN ${text} IS NOT NULL THEN ${object(fields)} END`;
	}

	if (type.kind === 'any') {
		return `CAST(${text} AS VARCHAR)`;
	}

	switch (type.name) {
		case 'INT64': {
			return style === 'value' ? `CAST(${text} AS VARCHAR)` : `bq_json_int(${text})`;
		}

		case 'FLOAT64': {
			return style === 'value' ? `bq_json_value_float(${text})` : `bq_json_float(${text})`;
		}

		case 'BOOL': {
			return `bq_bool_text(${text})`;
		}

		case 'NUMERIC':
		case 'BIGNUMERIC': {
			return style === 'value' ? `bq_numeric_text(${text})` : `bq_json_numeric(${text})`;
		}

		case 'JSON': {
			return `CAST(${text} AS VARCHAR)`;
		}

		case 'DATE': {
			return `'"' || CAST(${text} AS VARCHAR) || '"'`;
		}

		case 'TIMESTAMP': {
			return `bq_json_timestamp(${text})`;
		}

		case 'DATETIME': {
			return `'"' || replace(bq_datetime_text(${text}), ' ', 'T') || '"'`;
		}

		case 'TIME': {
			return `'"' || bq_time_text(${text}) || '"'`;
		}

		case 'BYTES': {
			return `'"' || to_base64(${text}) || '"'`;
		}

		default: {
			return `CAST(to_json(CAST(${text} AS VARCHAR)) AS VARCHAR)`;
		}
	}
}

/** A DuckDB text literal. */
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `"name":` as a DuckDB text literal. */
export function memberName(name: string | undefined): string {
	return literal(`${JSON.stringify(name ?? '')}:`);
}

/** An object of members whose texts are never NULL. One call of concat: a chain of `||` copies what it has so far for each member. */
function object(members: readonly {readonly name: string | undefined; readonly json: string}[]): string {
	return members.length === 0 ? `'{}'` : `concat(${members.map(({name, json}, index) => `${literal(`${index === 0 ? '{' : ','}${JSON.stringify(name ?? '')}:`)}, ${json}`).join(', ')}, '}')`;
}

/** JSON object of several values, for a whole row. */
export function jsonObjectText(members: readonly {readonly name: string | undefined; readonly text: string; readonly type: SqlType}[], style: NumberStyle): string {
	return object(members.map(({name, text, type}) => ({name, json: jsonText(text, type, style)})));
}
