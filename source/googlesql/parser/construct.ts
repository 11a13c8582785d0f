// Expressions with a grammar of their own: CASE, CAST, EXTRACT, INTERVAL, WITH(...).
import type {DatePart, Expression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseType} from './type.js';

/** CASE [operand] WHEN ... THEN ... [ELSE ...] END. */
export function parseCase(cursor: Cursor): Expression {
	const {start} = cursor.expect('CASE');
	const operand = cursor.isAt('WHEN') ? undefined : parseExpression(cursor);
	const branches: {when: Expression; then: Expression}[] = [];
	do {
		cursor.expect('WHEN');
		const when = parseExpression(cursor);
		cursor.expect('THEN');
		branches.push({when, then: parseExpression(cursor)});
	} while (cursor.isAt('WHEN'));
	const otherwise = cursor.accept('ELSE') ? parseExpression(cursor) : undefined;
	cursor.expect('END');
	return {kind: 'case', operand, branches, otherwise, span: cursor.spanFrom(start)};
}

/** CAST(e AS type [FORMAT f [AT TIME ZONE z]]) and SAFE_CAST. */
export function parseCast(cursor: Cursor): Expression {
	const {start, upper} = cursor.advance();
	cursor.expect('(');
	const operand = parseExpression(cursor);
	cursor.expect('AS');
	const type = parseType(cursor);
	const format = cursor.accept('FORMAT') ? parseExpression(cursor) : undefined;
	const timeZone = format !== undefined && cursor.accept('AT', 'TIME', 'ZONE') ? parseExpression(cursor) : undefined;
	cursor.expect(')');
	return {kind: 'cast', isSafe: upper === 'SAFE_CAST', operand, type, format, timeZone, span: cursor.spanFrom(start)};
}

/** EXTRACT(part FROM e [AT TIME ZONE z]). */
export function parseExtract(cursor: Cursor): Expression {
	const {start} = cursor.expect('EXTRACT');
	cursor.expect('(');
	const part = parseDatePart(cursor);
	cursor.expect('FROM');
	const source = parseExpression(cursor);
	const timeZone = cursor.accept('AT', 'TIME', 'ZONE') ? parseExpression(cursor) : undefined;
	cursor.expect(')');
	return {kind: 'extract', part, source, timeZone, span: cursor.spanFrom(start)};
}

/** YEAR, WEEK(MONDAY) ...: any name; the analyzer knows which are parts of what. */
export function parseDatePart(cursor: Cursor): DatePart {
	const {start} = cursor.current;
	const part = cursor.identifier().name.toUpperCase();
	let weekday: string | undefined;
	if (cursor.isAt('(')) {
		cursor.advance();
		weekday = cursor.identifier().name.toUpperCase();
		cursor.expect(')');
	}

	return {kind: 'date-part', part, weekday, span: cursor.spanFrom(start)};
}

/** INTERVAL e PART [TO PART]. */
export function parseInterval(cursor: Cursor): Expression {
	const {start} = cursor.expect('INTERVAL');
	const value = parseExpression(cursor);
	const from = parseDatePart(cursor);
	const to = cursor.accept('TO') ? parseDatePart(cursor) : undefined;
	return {kind: 'interval', value, from, to, span: cursor.spanFrom(start)};
}

/** WITH(a AS 1, a + 1). */
export function parseWithExpression(cursor: Cursor): Expression {
	const {start} = cursor.expect('WITH');
	cursor.expect('(');
	const bindings: {name: Identifier; value: Expression}[] = [];
	while (cursor.isAtIdentifier && cursor.peek().upper === 'AS') {
		const name = cursor.identifier();
		cursor.expect('AS');
		bindings.push({name, value: parseExpression(cursor)});
		cursor.expect(',');
	}

	const body = parseExpression(cursor);
	cursor.expect(')');
	return {kind: 'with-expression', bindings, body, span: cursor.spanFrom(start)};
}
