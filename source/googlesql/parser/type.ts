// Types as written.
import type {StructTypeField, TypeNode} from '../syntax/types.js';
import type {ScalarTypeName} from '../types.js';
import type {Cursor} from './cursor.js';
import {parseOptions} from './name.js';

export const scalarTypeNames: Readonly<Record<string, ScalarTypeName>> = {
	INT64: 'INT64', INT: 'INT64', INTEGER: 'INT64', BIGINT: 'INT64', SMALLINT: 'INT64', TINYINT: 'INT64', BYTEINT: 'INT64',
	FLOAT64: 'FLOAT64', NUMERIC: 'NUMERIC', DECIMAL: 'NUMERIC', BIGNUMERIC: 'BIGNUMERIC', BIGDECIMAL: 'BIGNUMERIC',
	BOOL: 'BOOL', BOOLEAN: 'BOOL', STRING: 'STRING', BYTES: 'BYTES', DATE: 'DATE', DATETIME: 'DATETIME', TIME: 'TIME',
	TIMESTAMP: 'TIMESTAMP', INTERVAL: 'INTERVAL', JSON: 'JSON', GEOGRAPHY: 'GEOGRAPHY',
};

/** Parses a type; throws `Type not found` for an unknown name. */
export function parseType(cursor: Cursor): TypeNode {
	const {start} = cursor.current;
	if (cursor.isAt('ARRAY')) {
		cursor.advance();
		cursor.expect('<');
		const element = parseType(cursor);
		closeAngle(cursor);
		return {kind: 'array-type', element, span: cursor.spanFrom(start)};
	}

	if (cursor.isAt('STRUCT')) return parseStructType(cursor);
	if (cursor.isAt('RANGE')) {
		cursor.advance();
		cursor.expect('<');
		const element = parseType(cursor);
		closeAngle(cursor);
		return {kind: 'range-type', element, span: cursor.spanFrom(start)};
	}

	if (cursor.isAt('ANY', 'TYPE')) {
		cursor.accept('ANY', 'TYPE');
		return {kind: 'any-type', span: cursor.spanFrom(start)};
	}

	return parseScalarType(cursor);
}

function parseScalarType(cursor: Cursor): TypeNode {
	const token = cursor.current;
	if (!cursor.isAtIdentifier && !cursor.isAt('INTERVAL')) throw cursor.unexpected();
	const name = scalarTypeNames[token.value.toUpperCase()];
	if (name === undefined) throw cursor.error(`Type not found: ${token.value}`, token.start);
	cursor.advance();
	const parameters: number[] = [];
	if (cursor.accept('(')) {
		do {
			if (cursor.current.kind !== 'integer' && !cursor.isAt('MAX')) throw cursor.unexpected();
			parameters.push(Number(cursor.advance().value));
		} while (cursor.accept(','));
		cursor.expect(')');
	}

	cursor.refuseCollation();
	return {kind: 'scalar-type', name, parameters, span: cursor.spanFrom(token.start)};
}

/** STRUCT<a INT64, STRING>. */
export function parseStructType(cursor: Cursor): Extract<TypeNode, {kind: 'struct-type'}> {
	const {start} = cursor.expect('STRUCT');
	cursor.expect('<');
	const fields: StructTypeField[] = [];
	while (!cursor.isAt('>') && !cursor.isAt('>>')) {
		if (fields.length > 0) cursor.expect(',');
		const fieldStart = cursor.current.start;
		const next = cursor.peek();
		const isNamed = cursor.isAtIdentifier && (next.kind === 'word' || next.kind === 'quoted') && !['NOT', 'OPTIONS', 'COLLATE'].includes(next.upper);
		const name = isNamed ? cursor.identifier() : undefined;
		const type = parseType(cursor);
		const isRequired = cursor.accept('NOT', 'NULL');
		const options = parseOptions(cursor);
		fields.push({kind: 'struct-type-field', name, type, isRequired, options, span: cursor.spanFrom(fieldStart)});
	}

	closeAngle(cursor);
	return {kind: 'struct-type', fields, span: cursor.spanFrom(start)};
}

/** Consumes one `>`, also the first half of `>>`. */
export function closeAngle(cursor: Cursor): void {
	if (cursor.accept('>')) return;
	if (cursor.isAt('>>')) {
		cursor.splitAngle();
		return;
	}

	throw cursor.expected('">"');
}
