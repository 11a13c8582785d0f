// Primaries: literals, names, calls, constructors, sub-queries, and the `.field` and `[index]` that follow them.
import type {Expression, FieldAccess, Subscript} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import {reservedKeywords} from '../lexer/keywords.js';
import type {Cursor} from './cursor.js';
import {parseCase, parseCast, parseDatePart, parseExtract, parseInterval, parseWithExpression} from './construct.js';
import {parseExpression} from './expression.js';
import {callablePath, parseCall} from './call.js';
import {parseLiteral} from './literal.js';
import {parseQueryInParentheses, startsQueryInParentheses} from './query.js';
import {parseStructType, parseType, closeAngle} from './type.js';

export {parseDatePart};

/** A primary with the field accesses and subscripts that follow it. `t.*` is left for the select list. */
export function parsePostfix(cursor: Cursor): Expression {
	let expression = parsePrimary(cursor);
	for (;;) {
		if (cursor.isAt('.') && cursor.peek().upper !== '*') {
			cursor.advance();
			const field = cursor.anyWord();
			const access: FieldAccess = {kind: 'field-access', object: expression, field, span: cursor.spanFrom(expression.span.start)};
			expression = access;
		} else if (cursor.isAt('[')) {
			expression = parseSubscript(cursor, expression);
		} else {
			return expression;
		}
	}
}

const accessors: Readonly<Record<string, Subscript['accessor']>> = {OFFSET: 'offset', ORDINAL: 'ordinal', SAFE_OFFSET: 'safe-offset', SAFE_ORDINAL: 'safe-ordinal'};

function parseSubscript(cursor: Cursor, object: Expression): Subscript {
	cursor.expect('[');
	const accessor = cursor.peek().upper === '(' ? accessors[cursor.current.upper] : undefined;
	if (accessor !== undefined) {
		cursor.advance();
		cursor.expect('(');
	}

	const index = parseExpression(cursor);
	if (accessor !== undefined) cursor.expect(')');
	cursor.expect(']');
	return {kind: 'subscript', object, accessor: accessor ?? 'plain', index, span: cursor.spanFrom(object.span.start)};
}

function parsePrimary(cursor: Cursor): Expression {
	const token = cursor.current;
	const literal = parseLiteral(cursor);
	if (literal !== undefined) return literal;
	switch (token.kind) {
		case 'parameter': {
			cursor.advance();
			return {kind: 'parameter', name: token.value, position: undefined, span: cursor.spanFrom(token.start)};
		}

		case 'system-variable': {
			return parseSystemVariable(cursor);
		}

		case 'symbol': {
			return parseSymbol(cursor);
		}

		case 'word':
		case 'quoted': {
			return parseWord(cursor);
		}

		default: {
			throw cursor.unexpected();
		}
	}
}

function parseSystemVariable(cursor: Cursor): Expression {
	const {start} = cursor.current;
	const names = parseSystemVariableNames(cursor);
	return {kind: 'system-variable', names, span: cursor.spanFrom(start)};
}

/** `@@error.message`: the names after @@. */
export function parseSystemVariableNames(cursor: Cursor): readonly string[] {
	const names = [cursor.advance().value];
	while (cursor.isAt('.') && cursor.peek().upper !== '*') {
		cursor.advance();
		names.push(cursor.anyWord().name);
	}

	return names;
}

function parseSymbol(cursor: Cursor): Expression {
	const {upper, start} = cursor.current;
	if (upper === '?') {
		cursor.advance();
		return {kind: 'parameter', name: undefined, position: cursor.parameterCount++, span: cursor.spanFrom(start)};
	}

	if (upper === '[') return parseArrayElements(cursor, undefined, start);
	if (upper !== '(') throw cursor.unexpected();
	if (startsQueryInParentheses(cursor)) {
		const query = parseQueryInParentheses(cursor);
		return {kind: 'scalar-subquery', query, span: cursor.spanFrom(start)};
	}

	cursor.advance();
	const first = parseExpression(cursor);
	if (cursor.isAt(',')) return parseTuple(cursor, first, start);
	cursor.expect(')');
	return first;
}

function parseTuple(cursor: Cursor, first: Expression, start: number): Expression {
	const values = [first];
	while (cursor.accept(',')) values.push(parseExpression(cursor));
	cursor.expect(')');
	return {
		kind: 'struct',
		type: undefined,
		isTuple: true,
		fields: values.map(value => ({kind: 'struct-value' as const, value, alias: undefined, span: value.span})),
		span: cursor.spanFrom(start),
	};
}

/** ( expression, ... ) with at least one. */
export function parseParenthesizedList(cursor: Cursor): readonly Expression[] {
	cursor.expect('(');
	const values = [parseExpression(cursor)];
	while (cursor.accept(',')) values.push(parseExpression(cursor));
	cursor.expect(')');
	return values;
}

function parseArrayElements(cursor: Cursor, elementType: Extract<Expression, {kind: 'array'}>['elementType'], start: number): Expression {
	cursor.expect('[');
	const elements: Expression[] = [];
	while (!cursor.isAt(']')) {
		if (elements.length > 0) cursor.expect(',');
		elements.push(parseExpression(cursor));
	}

	cursor.expect(']');
	return {kind: 'array', elementType, elements, span: cursor.spanFrom(start)};
}

function parseWord(cursor: Cursor): Expression {
	const token = cursor.current;
	if (token.kind === 'word') {
		const special = parseKeywordExpression(cursor);
		if (special !== undefined) return special;
		const isFunctionKeyword = cursor.peek().upper === '(' && callableKeywords.has(token.upper);
		if (reservedKeywords.has(token.upper) && !isFunctionKeyword) throw cursor.unexpected();
	}

	return parseNameOrCall(cursor);
}

/** Reserved words that are also function names. */
const callableKeywords = new Set(['IF', 'LEFT', 'RIGHT', 'GROUPING', 'COLLATE', 'HASH', 'RANGE']);

function parseKeywordExpression(cursor: Cursor): Expression | undefined {
	const {upper, start} = cursor.current;
	const isCall = cursor.peek().upper === '(';
	switch (upper) {
		case 'CASE': {
			return parseCase(cursor);
		}

		case 'INTERVAL': {
			return parseInterval(cursor);
		}

		case 'CAST':
		case 'SAFE_CAST': {
			return isCall ? parseCast(cursor) : undefined;
		}

		case 'EXTRACT': {
			return isCall ? parseExtract(cursor) : undefined;
		}

		case 'WITH': {
			return isCall ? parseWithExpression(cursor) : undefined;
		}

		case 'EXISTS': {
			cursor.advance();
			const query = parseQueryInParentheses(cursor);
			return {kind: 'exists-subquery', query, span: cursor.spanFrom(start)};
		}

		case 'ARRAY': {
			return parseArray(cursor);
		}

		case 'STRUCT': {
			return parseStruct(cursor);
		}

		default: {
			return undefined;
		}
	}
}

function parseArray(cursor: Cursor): Expression {
	const {start} = cursor.expect('ARRAY');
	if (cursor.isAt('(')) {
		const query = parseQueryInParentheses(cursor);
		return {kind: 'array-subquery', query, span: cursor.spanFrom(start)};
	}

	let elementType: Extract<Expression, {kind: 'array'}>['elementType'];
	if (cursor.accept('<')) {
		elementType = parseType(cursor);
		closeAngle(cursor);
	}

	if (!cursor.isAt('[')) throw cursor.expected(elementType === undefined ? '"(" or "["' : '"["');
	return parseArrayElements(cursor, elementType, start);
}

function parseStruct(cursor: Cursor): Expression {
	const {start} = cursor.current;
	const type = cursor.peek().upper === '<' ? parseStructType(cursor) : undefined;
	if (type === undefined) cursor.expect('STRUCT');
	cursor.expect('(');
	const fields: Extract<Expression, {kind: 'struct'}>['fields'][number][] = [];
	while (!cursor.isAt(')')) {
		if (fields.length > 0) cursor.expect(',');
		const fieldStart = cursor.current.start;
		const value = parseExpression(cursor);
		const alias = cursor.accept('AS') ? cursor.identifier() : undefined;
		fields.push({kind: 'struct-value', value, alias, span: cursor.spanFrom(fieldStart)});
	}

	cursor.expect(')');
	return {kind: 'struct', type, isTuple: false, fields, span: cursor.spanFrom(start)};
}

/** Functions that may be written without parentheses. */
const bareFunctions = new Set(['CURRENT_DATE', 'CURRENT_DATETIME', 'CURRENT_TIME', 'CURRENT_TIMESTAMP']);

function parseNameOrCall(cursor: Cursor): Expression {
	const {start} = cursor.current;
	const names: Identifier[] = [cursor.anyWord()];
	while (cursor.isAt('.') && cursor.peek().upper !== '*') {
		cursor.advance();
		names.push(cursor.anyWord());
	}

	if (cursor.isAt('(')) return parseCall(cursor, callablePath(names, cursor.spanFrom(start)), start);
	if (names.length === 1 && !names[0]!.isQuoted && bareFunctions.has(names[0]!.name.toUpperCase())) {
		const span = cursor.spanFrom(start);
		return {
			kind: 'function-call', function: {kind: 'path', parts: names, span}, isSafe: false, arguments: [], isStar: false, isDistinct: false,
			nullHandling: undefined, having: undefined, orderBy: [], limit: undefined, over: undefined, span,
		};
	}

	return {kind: 'path-expression', names, span: cursor.spanFrom(start)};
}
