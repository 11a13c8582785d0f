// Entry points of the parser. All throw GoogleSqlError with BigQuery's words and place.
import type {Expression} from '../syntax/expression.js';
import type {Query} from '../syntax/query.js';
import type {Script, Statement} from '../syntax/script.js';
import type {TypeNode} from '../syntax/types.js';
import {checkBlocks} from './block-rules.js';
import {Cursor} from './cursor.js';
import {parseExpression as expression} from './expression.js';
import {parseQuery as query} from './query.js';
import {parseStatement as statement} from './statement.js';
import {parseType as type} from './type.js';

/** Statements of a text, separated by semicolons, the last one optional. Block rules (DECLARE first, labels) are checked. */
export function parseScript(text: string): Script {
	const cursor = new Cursor(text);
	const statements: Statement[] = [];
	if (cursor.isAtEnd) throw cursor.unexpected();
	while (!cursor.isAtEnd) {
		statements.push(statement(cursor));
		if (!cursor.isAtEnd) expectSemicolon(cursor);
	}

	checkBlocks(text, statements);
	return {kind: 'script', text, statements, span: {start: 0, end: text.length}};
}

function expectSemicolon(cursor: Cursor): void {
	if (!cursor.isAt(';')) throw cursor.expected('end of input');
	cursor.advance();
}

function whole<T>(text: string, parse: (cursor: Cursor) => T): T {
	const cursor = new Cursor(text);
	const result = parse(cursor);
	if (!cursor.isAtEnd) throw cursor.expected('end of input');
	return result;
}

/** The only statement of a text, with or without a semicolon. */
export function parseStatement(text: string): Statement {
	return whole(text, cursor => {
		const result = statement(cursor);
		cursor.accept(';');
		checkBlocks(text, [result]);
		return result;
	});
}

export function parseExpression(text: string): Expression {
	return whole(text, expression);
}

export function parseQuery(text: string): Query {
	return whole(text, query);
}

/** A type as text, for example 'ARRAY<STRUCT<a INT64>>'. */
export function parseType(text: string): TypeNode {
	return whole(text, type);
}
