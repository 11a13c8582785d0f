// Operators by precedence: OR, AND, NOT, comparison (not associative), |, ^, &, shifts, + -, * / ||, unary, then primaries.
import type {BinaryExpression, BinaryOperator, Expression} from '../syntax/expression.js';
import type {Cursor} from './cursor.js';
import {parseParenthesizedList, parsePostfix} from './primary.js';
import {parseQueryInParentheses, startsQueryInParentheses} from './query.js';

/** Parses one expression. Throws GoogleSqlError. */
export function parseExpression(cursor: Cursor): Expression {
	let left = parseAnd(cursor);
	while (cursor.isAt('OR')) left = binary(cursor, left, 'OR', parseAnd);
	return left;
}

function parseAnd(cursor: Cursor): Expression {
	let left = parseNot(cursor);
	while (cursor.isAt('AND')) left = binary(cursor, left, 'AND', parseNot);
	return left;
}

function parseNot(cursor: Cursor): Expression {
	if (!cursor.isAt('NOT')) return parseComparison(cursor);
	const {start} = cursor.advance();
	const operand = parseNot(cursor);
	return {kind: 'unary', operator: 'NOT', operand, span: cursor.spanFrom(start)};
}

const comparisons: Readonly<Record<string, BinaryOperator>> = {'=': '=', '!=': '!=', '<>': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>='};

function parseComparison(cursor: Cursor): Expression {
	const left = parseBitOr(cursor);
	const compared = parseComparisonTail(cursor, left);
	if (compared !== left && startsComparison(cursor)) throw cursor.unexpected();
	return compared;
}

function startsComparison(cursor: Cursor): boolean {
	if (comparisons[cursor.current.upper] !== undefined) return true;
	return cursor.isAtAny('IS', 'IN', 'LIKE', 'BETWEEN') || (cursor.isAt('NOT') && ['IN', 'LIKE', 'BETWEEN'].includes(cursor.peek().upper));
}

function parseComparisonTail(cursor: Cursor, left: Expression): Expression {
	const operator = comparisons[cursor.current.upper];
	if (operator !== undefined) {
		if (['ANY', 'ALL', 'SOME'].includes(cursor.peek().upper)) throw cursor.unexpected(cursor.peek());
		return binary(cursor, left, operator, parseBitOr);
	}

	if (cursor.isAt('IS')) return parseIs(cursor, left);
	if (!startsComparison(cursor)) return left;
	const isNegated = cursor.accept('NOT');
	if (cursor.isAt('BETWEEN')) return parseBetween(cursor, left, isNegated);
	if (cursor.isAt('IN')) return parseIn(cursor, left, isNegated);
	return parseLike(cursor, left, isNegated);
}

function parseIs(cursor: Cursor, left: Expression): Expression {
	cursor.expect('IS');
	const isNegated = cursor.accept('NOT');
	if (cursor.accept('DISTINCT', 'FROM')) {
		const right = parseBitOr(cursor);
		return {kind: 'is-distinct', left, right, isNegated, span: cursor.spanFrom(left.span.start)};
	}

	for (const test of ['null', 'true', 'false', 'unknown'] as const) {
		if (cursor.accept(test.toUpperCase())) return {kind: 'is', operand: left, test, isNegated, span: cursor.spanFrom(left.span.start)};
	}

	throw cursor.unexpected();
}

function parseBetween(cursor: Cursor, left: Expression, isNegated: boolean): Expression {
	cursor.expect('BETWEEN');
	const low = parseBitOr(cursor);
	cursor.expect('AND');
	const high = parseBitOr(cursor);
	return {kind: 'between', operand: left, low, high, isNegated, span: cursor.spanFrom(left.span.start)};
}

function parseIn(cursor: Cursor, left: Expression, isNegated: boolean): Expression {
	cursor.expect('IN');
	const {start} = left.span;
	if (cursor.accept('UNNEST')) {
		cursor.expect('(');
		const array = parseExpression(cursor);
		cursor.expect(')');
		return {kind: 'in-unnest', operand: left, array, isNegated, span: cursor.spanFrom(start)};
	}

	if (cursor.current.kind === 'parameter') {
		throw cursor.error('Syntax error: Expected "(" or keyword UNNEST but got "@"');
	}

	if (!cursor.isAt('(')) throw cursor.expected('"(" or keyword UNNEST');
	if (startsQueryInParentheses(cursor)) {
		const query = parseQueryInParentheses(cursor);
		return {kind: 'in-query', operand: left, query, isNegated, span: cursor.spanFrom(start)};
	}

	const values = parseParenthesizedList(cursor);
	return {kind: 'in-list', operand: left, values, isNegated, span: cursor.spanFrom(start)};
}

function parseLike(cursor: Cursor, left: Expression, isNegated: boolean): Expression {
	cursor.expect('LIKE');
	const {start} = left.span;
	if (!cursor.isAtAny('ANY', 'SOME', 'ALL')) {
		const pattern = parseBitOr(cursor);
		return {kind: 'like', operand: left, pattern, isNegated, span: cursor.spanFrom(start)};
	}

	const quantifier = cursor.advance().upper === 'ALL' ? 'all' : 'any';
	let array: Expression | undefined;
	let patterns: readonly Expression[] | undefined;
	if (cursor.accept('UNNEST')) {
		cursor.expect('(');
		array = parseExpression(cursor);
		cursor.expect(')');
	} else {
		patterns = parseParenthesizedList(cursor);
	}

	return {kind: 'quantified-like', operand: left, quantifier, patterns, array, isNegated, span: cursor.spanFrom(start)};
}

type Level = (cursor: Cursor) => Expression;

function binary(cursor: Cursor, left: Expression, operator: BinaryOperator, parseRight: Level): BinaryExpression {
	const token = cursor.advance();
	const right = parseRight(cursor);
	return {kind: 'binary', operator, operatorSpan: {start: token.start, end: token.end}, left, right, span: cursor.spanFrom(left.span.start)};
}

function leftAssociative(operators: readonly BinaryOperator[], next: Level): Level {
	return cursor => {
		let left = next(cursor);
		for (;;) {
			const operator = operators.find(one => cursor.current.kind === 'symbol' && cursor.current.upper === one);
			if (operator === undefined) return left;
			left = binary(cursor, left, operator, next);
		}
	};
}

const parseMultiplication = leftAssociative(['*', '/', '||'], parseUnary);
const parseAddition = leftAssociative(['+', '-'], parseMultiplication);
const parseShift = leftAssociative(['<<', '>>'], parseAddition);
const parseBitAnd = leftAssociative(['&'], parseShift);
const parseBitXor = leftAssociative(['^'], parseBitAnd);
const parseBitOr = leftAssociative(['|'], parseBitXor);

function parseUnary(cursor: Cursor): Expression {
	const {kind, upper, start} = cursor.current;
	if (kind === 'symbol' && (upper === '-' || upper === '+' || upper === '~')) {
		cursor.advance();
		const operand = parseUnary(cursor);
		return {kind: 'unary', operator: upper, operand, span: cursor.spanFrom(start)};
	}

	return parsePostfix(cursor);
}
