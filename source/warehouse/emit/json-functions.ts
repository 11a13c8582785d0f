// JSON functions.
import type {Expression} from '../../googlesql/index.js';
import type {Call, FunctionEmitter} from './call.js';
import {duckType, json, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {emitReference} from './reference.js';
import {NotHere} from './not-here.js';
import {jsonObjectText, jsonText, prettyJson, type NumberStyle} from './json-text.js';

const path = (call: Call): string => {
	const written = call.call.arguments[1];
	if (written?.kind === 'string' && !written.value.startsWith('$')) throw call.emission.analysis.refuse(written, "JSONPath must start with '$'");
	return call.texts[1] ?? `'$'`;
};

/** Malformed JSON text gives NULL, as BigQuery's functions on STRING do. */
const source = (call: Call): string => (scalarName(call.types[0] ?? json) === 'JSON' ? call.texts[0]! : `CASE WHEN json_valid(${call.texts[0]}) THEN CAST(${call.texts[0]} AS JSON) END`);

const value: FunctionEmitter = call => `bq_json_scalar(${source(call)}, ${path(call)})`;

/** json_extract on JSON null answers the JSON value null; on STRING input BigQuery answers NULL. */
const query: FunctionEmitter = call =>
	scalarName(call.type) === 'JSON' ? `json_extract(${source(call)}, ${path(call)})` : `nullif(CAST(json_extract(${source(call)}, ${path(call)}) AS VARCHAR), 'null')`;

const queryArray: FunctionEmitter = call => {
	const found = `json_extract(${source(call)}, ${path(call)})`;
	const list = `CASE WHEN json_type(${found}) = 'ARRAY' THEN CAST(${found} AS JSON[]) END`;
	return call.type.kind === 'array' && scalarName(call.type.element) === 'JSON' ? list : `list_transform(${list}, lambda j: coalesce(CAST(j AS VARCHAR), 'null'))`;
};

const valueArray: FunctionEmitter = call => {
	const found = `json_extract(${source(call)}, ${path(call)})`;
	return `list_transform(CASE WHEN json_type(${found}) = 'ARRAY' THEN CAST(${found} AS JSON[]) END, lambda j: json_extract_string(j, '$'))`;
};

/** The members of a value whose own parts can be read one by one: a whole row, or a STRUCT written in place. */
function toText(call: Call, style: NumberStyle): string {
	const argument = call.expression(0);
	const {emission} = call;
	const direct = rowText(argument, call, style);
	return direct ?? jsonText(emitExpression(argument, emission), call.types[0] ?? json, style);
}

function rowText(argument: Expression, {emission}: Call, style: NumberStyle): string | undefined {
	if (argument.kind !== 'path-expression') {
		return undefined;
	}

	const reference = emission.analysis.referenceOf(argument);
	if (reference.kind !== 'row' || reference.fields.length > 0 || reference.source.valueType !== undefined) {
		return undefined;
	}

	const {source} = reference;
	return jsonObjectText(source.columns.map((column, index) => ({
		name: column.name,
		type: column.type,
		text: emitReference({kind: 'column', source, column: column.name, index, isCorrelated: reference.isCorrelated, fields: [], type: column.type}, emission),
	})), style);
}

const toJsonString: FunctionEmitter = call => {
	const text = toText(call, 'text');
	const pretty = call.call.arguments[1];
	return pretty?.kind === 'bool' && pretty.value ? prettyJson(text) : text;
};

const scalarOf = (kinds: string, call: Call): string => `CASE WHEN json_type(${call.texts[0]}) IN (${kinds}) THEN CAST(json_extract_string(${call.texts[0]}, '$') AS ${duckType(call.type)}) ELSE CAST(bq_raise('The provided JSON input is not of the expected type') AS ${duckType(call.type)}) END`;
const laxOf = (call: Call): string => `TRY_CAST(json_extract_string(${call.texts[0]}, '$') AS ${duckType(call.type)})`;

export const jsonFunctions: Readonly<Record<string, FunctionEmitter>> = {
	JSON_VALUE: value,
	JSON_EXTRACT_SCALAR: value,
	JSON_QUERY: query,
	JSON_EXTRACT: query,
	JSON_QUERY_ARRAY: queryArray,
	JSON_EXTRACT_ARRAY: queryArray,
	JSON_VALUE_ARRAY: valueArray,
	JSON_EXTRACT_STRING_ARRAY: valueArray,
	PARSE_JSON: ({texts}) => `bq_parse_json(${texts[0]})`,
	TO_JSON_STRING: toJsonString,
	TO_JSON: call => `CAST(${toText(call, 'value')} AS JSON)`,
	JSON_TYPE: ({texts}) => `CASE json_type(${texts[0]}) WHEN 'VARCHAR' THEN 'string' WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE 'number' END`,
	JSON_KEYS: ({texts}) => `json_keys(${texts[0]})`,
	JSON_ARRAY: call => `CAST('[' || ${call.texts.length === 0 ? `''` : call.texts.map((text, index) => jsonText(text, call.types[index]!, 'value')).join(" || ',' || ")} || ']' AS JSON)`,
	JSON_OBJECT: call => {
		if (call.texts.length % 2 === 1 || call.types[0]?.kind === 'array') throw new NotHere('JSON_OBJECT of arrays of keys and values');
		return `CAST('{' || ${call.texts.length === 0 ? `''` : call.texts.flatMap((text, index) => (index % 2 === 0 ? [`CAST(to_json(${text}) AS VARCHAR) || ':' || ${jsonText(call.texts[index + 1]!, call.types[index + 1]!, 'value')}`] : [])).join(" || ',' || ")} || '}' AS JSON)`;
	},
	INT64: call => scalarOf(`'BIGINT', 'UBIGINT'`, call),
	FLOAT64: call => scalarOf(`'BIGINT', 'UBIGINT', 'DOUBLE'`, call),
	BOOL: call => scalarOf(`'BOOLEAN'`, call),
	LAX_INT64: laxOf,
	LAX_FLOAT64: laxOf,
	LAX_BOOL: laxOf,
	LAX_STRING: ({texts}) => `bq_json_scalar(${texts[0]}, '$')`,
};
