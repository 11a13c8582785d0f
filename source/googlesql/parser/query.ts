// Queries: WITH, set operations, ORDER BY, LIMIT.
import type {CommonTableExpression, LimitClause, Query, QueryBody, SetOperation, WithClause} from '../syntax/query.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseSelect} from './select.js';
import {parseOrderBy} from './window.js';
import type {Expression} from '../syntax/expression.js';

/** [WITH ...] body [ORDER BY ...] [LIMIT ...]. */
export function parseQuery(cursor: Cursor): Query {
	const {start} = cursor.current;
	const withClause = cursor.isAt('WITH') ? parseWith(cursor) : undefined;
	const body = parseQueryBody(cursor);
	const orderBy = cursor.isAt('ORDER') ? parseOrderBy(cursor) : [];
	const limit = cursor.isAt('LIMIT') ? parseLimit(cursor) : undefined;
	if (body.kind === 'query' && withClause === undefined && orderBy.length === 0 && limit === undefined) return body;
	return {kind: 'query', with: withClause, body, orderBy, limit, span: cursor.spanFrom(start)};
}

/** ( query ). The span of the query leaves the parentheses out. */
export function parseQueryInParentheses(cursor: Cursor): Query {
	cursor.expect('(');
	if (!cursor.isAtAny('SELECT', 'WITH', '(', 'FROM')) throw cursor.unexpected();
	const query = parseQuery(cursor);
	if (!cursor.isAt(')')) throw cursor.expected('")"');
	cursor.advance();
	return query;
}

/** Whether the parenthesis at the cursor opens a query rather than an expression or a join. */
export function startsQueryInParentheses(cursor: Cursor): boolean {
	let depth = 0;
	while (cursor.peek(depth).upper === '(') depth++;
	const {upper} = cursor.peek(depth);
	if (upper !== 'SELECT' && !(upper === 'WITH' && cursor.peek(depth + 1).upper !== '(')) return false;
	if (depth === 1) return true;
	// `((SELECT 1) + 1)` is an expression, `((SELECT 1) UNION ALL (SELECT 2))` a query: what follows the inner parentheses tells.
	let distance = 1;
	for (let level = depth - 1; level >= 1; level--) {
		distance = afterMatch(cursor, level);
		const next = cursor.peek(distance).upper;
		if (next !== ')') return ['UNION', 'INTERSECT', 'EXCEPT', 'ORDER', 'LIMIT'].includes(next);
	}

	return true;
}

/** Distance of the token after the parenthesis that closes the one at `open`. */
function afterMatch(cursor: Cursor, open: number): number {
	let depth = 0;
	for (let distance = open; ; distance++) {
		const token = cursor.peek(distance);
		if (token.kind === 'end') return distance;
		if (token.upper === '(') depth++;
		if (token.upper === ')' && --depth === 0) return distance + 1;
	}
}

function parseWith(cursor: Cursor): WithClause {
	const {start} = cursor.expect('WITH');
	const isRecursive = cursor.accept('RECURSIVE');
	const expressions: CommonTableExpression[] = [];
	do {
		if (expressions.length > 0 && cursor.isAt('SELECT')) break;
		const expressionStart = cursor.current.start;
		const name = cursor.identifier();
		cursor.expect('AS');
		const query = parseQueryInParentheses(cursor);
		expressions.push({kind: 'common-table-expression', name, query, span: cursor.spanFrom(expressionStart)});
	} while (cursor.accept(','));
	return {kind: 'with', isRecursive, expressions, span: cursor.spanFrom(start)};
}

function parseLimit(cursor: Cursor): LimitClause {
	const {start} = cursor.expect('LIMIT');
	const count = parseRowCount(cursor);
	const offset = cursor.accept('OFFSET') ? parseRowCount(cursor) : undefined;
	return {kind: 'limit', count, offset, span: cursor.spanFrom(start)};
}

/** LIMIT and OFFSET take an integer or a parameter, as such or in a CAST; no variable and no other expression. */
function parseRowCount(cursor: Cursor): Expression {
	const {kind} = cursor.current;
	if (kind !== 'integer' && kind !== 'parameter' && kind !== 'system-variable' && !cursor.isAtAny('?', 'CAST')) throw cursor.unexpected();
	return parseExpression(cursor);
}

function parseQueryBody(cursor: Cursor): QueryBody {
	const {start} = cursor.current;
	const first = parseQueryPrimary(cursor);
	const operation = peekSetOperator(cursor);
	if (operation === undefined) return first;
	const operands = [first];
	for (;;) {
		const next = peekSetOperator(cursor);
		if (next === undefined) break;
		if (next.operator !== operation.operator || next.quantifier !== operation.quantifier) {
			throw cursor.error('Syntax error: Different set operations cannot be used in the same query without using parentheses for grouping');
		}

		cursor.advance();
		cursor.advance();
		operands.push(parseQueryPrimary(cursor));
	}

	return {kind: 'set-operation', ...operation, operands, span: cursor.spanFrom(start)};
}

function peekSetOperator(cursor: Cursor): Pick<SetOperation, 'operator' | 'quantifier'> | undefined {
	const operator = ({UNION: 'union', INTERSECT: 'intersect', EXCEPT: 'except'} as const)[cursor.current.upper];
	if (operator === undefined) return undefined;
	const quantifier = cursor.peek().upper;
	if (quantifier !== 'ALL' && quantifier !== 'DISTINCT') {
		cursor.advance();
		throw cursor.expected('keyword ALL or keyword DISTINCT');
	}

	if (operator !== 'union' && quantifier === 'ALL') {
		throw cursor.error(`${cursor.current.upper} ALL is not supported`);
	}

	return {operator, quantifier: quantifier === 'ALL' ? 'all' : 'distinct'};
}

function parseQueryPrimary(cursor: Cursor): QueryBody {
	if (cursor.isAt('SELECT')) return parseSelect(cursor);
	if (!cursor.isAt('(')) throw cursor.unexpected();
	return parseQueryInParentheses(cursor);
}
