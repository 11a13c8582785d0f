// Literals: plain ones and typed ones such as DATE '2025-01-01'.
import type {Expression, TypedLiteral} from '../syntax/expression.js';
import type {Cursor} from './cursor.js';
import {parseType, closeAngle} from './type.js';

const typedLiterals: Readonly<Record<string, TypedLiteral['type']>> = {
	DATE: 'DATE', DATETIME: 'DATETIME', TIME: 'TIME', TIMESTAMP: 'TIMESTAMP', NUMERIC: 'NUMERIC', DECIMAL: 'NUMERIC', BIGNUMERIC: 'BIGNUMERIC', BIGDECIMAL: 'BIGNUMERIC', JSON: 'JSON',
};

/** A literal when one is next; otherwise undefined and nothing consumed. */
export function parseLiteral(cursor: Cursor): Expression | undefined {
	const token = cursor.current;
	const {start} = token;
	switch (token.kind) {
		case 'integer': {
			cursor.advance();
			return {kind: 'int', value: BigInt(token.value), span: cursor.spanFrom(start)};
		}

		case 'float': {
			cursor.advance();
			return {kind: 'float', value: Number(token.value), span: cursor.spanFrom(start)};
		}

		case 'string': {
			const value = parseStringText(cursor);
			return {kind: 'string', value, span: cursor.spanFrom(start)};
		}

		case 'bytes': {
			cursor.advance();
			return {kind: 'bytes', value: token.bytes ?? new Uint8Array(), span: cursor.spanFrom(start)};
		}

		case 'word': {
			return parseWordLiteral(cursor);
		}

		default: {
			return undefined;
		}
	}
}

/** A string literal; literals that follow each other are one. */
export function parseStringText(cursor: Cursor): string {
	if (cursor.current.kind !== 'string') throw cursor.expected('string literal');
	let {value} = cursor.advance();
	while (cursor.current.kind === 'string' && /\s/.test(cursor.text.slice(cursor.lastEnd, cursor.current.start))) value += cursor.advance().value;
	return value;
}

function parseWordLiteral(cursor: Cursor): Expression | undefined {
	const {upper, start} = cursor.current;
	if (upper === 'NULL' || upper === 'TRUE' || upper === 'FALSE') {
		cursor.advance();
		const span = cursor.spanFrom(start);
		return upper === 'NULL' ? {kind: 'null', span} : {kind: 'bool', value: upper === 'TRUE', span};
	}

	const type = cursor.peek().kind === 'string' ? typedLiterals[upper] : undefined;
	if (type !== undefined) {
		cursor.advance();
		const value = parseStringText(cursor);
		return {kind: 'typed-literal', type, value, span: cursor.spanFrom(start)};
	}

	if (upper === 'RANGE' && cursor.peek().upper === '<') {
		cursor.advance();
		cursor.expect('<');
		const element = parseType(cursor);
		closeAngle(cursor);
		const value = parseStringText(cursor);
		return {kind: 'range-literal', element, value, span: cursor.spanFrom(start)};
	}

	return undefined;
}
