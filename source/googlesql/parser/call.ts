// Function calls with their modifiers and windows.
import type {Argument, FunctionCall, LambdaExpression} from '../syntax/expression.js';
import type {Identifier, Path, Span} from '../syntax/name.js';
import type {OrderItem} from '../syntax/query.js';
import {parseDatePart} from './construct.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {pathOf} from './name.js';
import {parseOrderBy, parseWindowSpecification} from './window.js';

/** Where these functions take a date part instead of a value. */
const datePartIndex: Readonly<Record<string, number>> = {
	DATE_TRUNC: 1, DATETIME_TRUNC: 1, TIMESTAMP_TRUNC: 1, TIME_TRUNC: 1, LAST_DAY: 1, DATE_DIFF: 2, DATETIME_DIFF: 2, TIMESTAMP_DIFF: 2, TIME_DIFF: 2,
};

/** Path of a callee. */
export function callablePath(names: readonly Identifier[], span: Span): Path {
	return pathOf(names, span);
}

/** The call whose name has been read; the cursor is at its `(`. */
export function parseCall(cursor: Cursor, written: Path, start: number): FunctionCall {
	const isSafe = written.parts.length > 1 && !written.parts[0]!.isQuoted && written.parts[0]!.name.toUpperCase() === 'SAFE';
	const callee: Path = isSafe ? {kind: 'path', parts: written.parts.slice(1), span: {start: written.parts[1]!.span.start, end: written.span.end}} : written;
	cursor.expect('(');
	const isStar = cursor.isAt('*', ')') && cursor.accept('*');
	const isDistinct = !isStar && cursor.accept('DISTINCT');
	const values = isStar ? [] : parseArguments(cursor, callee);
	let nullHandling: FunctionCall['nullHandling'];
	if (cursor.accept('IGNORE', 'NULLS')) nullHandling = 'ignore';
	else if (cursor.accept('RESPECT', 'NULLS')) nullHandling = 'respect';
	const having = parseHavingModifier(cursor);
	const orderBy: readonly OrderItem[] = cursor.isAt('ORDER', 'BY') ? parseOrderBy(cursor) : [];
	const limit = cursor.accept('LIMIT') ? parseExpression(cursor) : undefined;
	if (!cursor.isAt(')')) throw values.length > 0 ? cursor.expected('")" or ","') : cursor.unexpected();
	cursor.expect(')');
	const over = cursor.accept('OVER') ? parseWindowSpecification(cursor) : undefined;
	return {kind: 'function-call', function: callee, isSafe, arguments: values, isStar, isDistinct, nullHandling, having, orderBy, limit, over, span: cursor.spanFrom(start)};
}

function parseHavingModifier(cursor: Cursor): FunctionCall['having'] {
	if (!cursor.accept('HAVING')) return undefined;
	if (!cursor.isAtAny('MAX', 'MIN')) throw cursor.unexpected();
	const which = cursor.advance().upper === 'MAX' ? 'max' : 'min';
	return {which, expression: parseExpression(cursor)};
}

function parseArguments(cursor: Cursor, callee: Path): Argument[] {
	const values: Argument[] = [];
	const partIndex = callee.parts.length === 1 ? datePartIndex[callee.parts[0]!.name.toUpperCase()] : undefined;
	while (!cursor.isAt(')')) {
		if (values.length > 0) {
			if (!cursor.isAt(',')) break;
			cursor.advance();
		}

		values.push(values.length === partIndex && cursor.current.kind === 'word' ? parseDatePart(cursor) : parseArgument(cursor));
	}

	return values;
}

function parseArgument(cursor: Cursor): Argument {
	const {start} = cursor.current;
	if (cursor.isAtIdentifier && cursor.peek().upper === '=>') {
		const name = cursor.identifier();
		cursor.expect('=>');
		const value = parseExpression(cursor);
		return {kind: 'named-argument', name, value, span: cursor.spanFrom(start)};
	}

	const lambda = parseLambda(cursor);
	if (lambda !== undefined) return lambda;
	if (cursor.isAt('SELECT') || (cursor.isAt('WITH') && cursor.peek().upper !== '(')) {
		throw cursor.error('Syntax error: Each function argument is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression');
	}

	return parseExpression(cursor);
}

function parseLambda(cursor: Cursor): LambdaExpression | undefined {
	const {start} = cursor.current;
	const parameters: Identifier[] = [];
	if (cursor.isAtIdentifier && cursor.peek().upper === '->') {
		parameters.push(cursor.identifier());
	} else if (isLambdaList(cursor)) {
		cursor.expect('(');
		do {
			parameters.push(cursor.identifier());
		} while (cursor.accept(','));
		cursor.expect(')');
	} else {
		return undefined;
	}

	cursor.expect('->');
	const body = parseExpression(cursor);
	return {kind: 'lambda', parameters, body, span: cursor.spanFrom(start)};
}

/** `(a, b) ->` is next. */
function isLambdaList(cursor: Cursor): boolean {
	if (!cursor.isAt('(')) return false;
	let distance = 1;
	while (cursor.peek(distance).kind === 'word' && cursor.peek(distance + 1).upper === ',') distance += 2;
	return cursor.peek(distance).kind === 'word' && cursor.peek(distance + 1).upper === ')' && cursor.peek(distance + 2).upper === '->';
}
