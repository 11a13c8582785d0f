// JSON, as the JSON type and as text; host names.
import {family} from './signature.js';

const extract = ['STRING, STRING -> STRING', 'JSON, STRING -> JSON'];
const value = ['STRING, STRING? -> STRING', 'JSON, STRING? -> STRING'];
const lax = (type: string): readonly string[] => [`JSON -> ${type}`];

export const jsonFunctions = family('scalar', {
	JSON_EXTRACT: extract, JSON_QUERY: extract, JSON_EXTRACT_SCALAR: value, JSON_VALUE: value,
	JSON_EXTRACT_ARRAY: ['JSON, STRING? -> ARRAY<JSON>', 'STRING, STRING? -> ARRAY<STRING>'], JSON_QUERY_ARRAY: 'JSON_EXTRACT_ARRAY',
	JSON_EXTRACT_STRING_ARRAY: ['JSON, STRING? -> ARRAY<STRING>', 'STRING, STRING? -> ARRAY<STRING>'], JSON_VALUE_ARRAY: 'JSON_EXTRACT_STRING_ARRAY',
	PARSE_JSON: ['STRING, wide_number_mode=>STRING? -> JSON'], TO_JSON: ['T, stringify_wide_numbers=>BOOL? -> JSON'], TO_JSON_STRING: ['T, BOOL? -> STRING'],
	JSON_TYPE: ['JSON -> STRING'], JSON_KEYS: ['JSON, INT64?, mode=>STRING? -> ARRAY<STRING>'],
	JSON_ARRAY: ['T* -> JSON'], JSON_OBJECT: ['T* -> JSON'], JSON_SET: ['JSON, STRING, T, T*, create_if_missing=>BOOL? -> JSON'], JSON_REMOVE: ['JSON, STRING, STRING* -> JSON'],
	JSON_STRIP_NULLS: ['JSON, STRING?, include_arrays=>BOOL?, remove_empty=>BOOL? -> JSON'], JSON_ARRAY_APPEND: ['JSON, STRING, T, T* -> JSON'],
	LAX_BOOL: lax('BOOL'), LAX_INT64: lax('INT64'), LAX_FLOAT64: lax('FLOAT64'), LAX_STRING: lax('STRING'),
	'NET.HOST': ['STRING -> STRING'], 'NET.REG_DOMAIN': ['STRING -> STRING'], 'NET.PUBLIC_SUFFIX': ['STRING -> STRING'],
});
