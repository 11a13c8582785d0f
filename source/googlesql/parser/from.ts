// FROM: tables, UNNEST, sub-queries, table functions, joins, PIVOT, UNPIVOT.
import type {Expression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import type {FromItem, Join, OffsetClause, PivotColumn, TableFunctionArgument, TableSample, UnpivotInput} from '../syntax/query.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseAlias, parseNameList, parsePath} from './name.js';
import {parseQueryInParentheses, startsQueryInParentheses} from './query.js';

/** The items of FROM, joined from left to right. */
export function parseFrom(cursor: Cursor): FromItem {
	let left = parseJoins(cursor);
	while (cursor.accept(',')) {
		const right = parsePrimary(cursor);
		left = {kind: 'join', type: 'comma', left, right, on: undefined, using: [], span: cursor.spanFrom(left.span.start)};
		left = parseJoinTails(cursor, left);
	}

	return left;
}

/** One item with the joins that follow it, commas left alone: the source of MERGE. */
export function parseJoins(cursor: Cursor): FromItem {
	return parseJoinTails(cursor, parsePrimary(cursor));
}

/** One item without joins. */
export function parseFromPrimary(cursor: Cursor): FromItem {
	return parsePrimary(cursor);
}

function parseJoinTails(cursor: Cursor, first: FromItem): FromItem {
	let left = first;
	for (;;) {
		const type = acceptJoinType(cursor);
		if (type === undefined) return left;
		const right = parsePrimary(cursor);
		const on = cursor.accept('ON') ? parseExpression(cursor) : undefined;
		const using = on === undefined && cursor.accept('USING') ? parseNameList(cursor) : [];
		left = {kind: 'join', type, left, right, on, using, span: cursor.spanFrom(left.span.start)};
	}
}

function acceptJoinType(cursor: Cursor): Exclude<Join['type'], 'comma'> | undefined {
	if (cursor.accept('JOIN') || cursor.accept('INNER', 'JOIN')) return 'inner';
	if (cursor.accept('CROSS', 'JOIN')) return 'cross';
	for (const [keyword, type] of [['LEFT', 'left'], ['RIGHT', 'right'], ['FULL', 'full']] as const) {
		if (cursor.accept(keyword)) {
			cursor.accept('OUTER');
			cursor.expect('JOIN');
			return type;
		}
	}

	if (cursor.isAtAny('INNER', 'CROSS', 'NATURAL')) {
		cursor.advance();
		throw cursor.expected('keyword JOIN');
	}

	return undefined;
}

function parsePrimary(cursor: Cursor): FromItem {
	const item = parseUnmodified(cursor);
	return parsePivots(cursor, item);
}

function parseUnmodified(cursor: Cursor): FromItem {
	const {start} = cursor.current;
	if (cursor.isAt('(')) {
		if (startsQueryInParentheses(cursor)) {
			const query = parseQueryInParentheses(cursor);
			const alias = parseTableAlias(cursor);
			const sample = parseSample(cursor);
			return {kind: 'subquery-reference', query, alias, sample, span: cursor.spanFrom(start)};
		}

		cursor.advance();
		const join = parseJoins(cursor);
		if (join.kind !== 'join' && join.kind !== 'parenthesized-join') throw cursor.expected('keyword JOIN');
		cursor.expect(')');
		return {kind: 'parenthesized-join', join, span: cursor.spanFrom(start)};
	}

	if (cursor.isAt('UNNEST')) return parseUnnest(cursor);
	if (cursor.isAt('LATERAL')) throw cursor.unexpected();
	const path = parsePath(cursor);
	if (cursor.isAt('(')) {
		const values = parseTableFunctionArguments(cursor);
		const alias = parseTableAlias(cursor);
		return {kind: 'table-function-reference', function: path, arguments: values, alias, span: cursor.spanFrom(start)};
	}

	const alias = parseTableAlias(cursor);
	const offset = parseOffset(cursor);
	const systemTime = parseSystemTime(cursor);
	const sample = parseSample(cursor);
	return {kind: 'table-reference', path, alias, systemTime, offset, sample, span: cursor.spanFrom(start)};
}

/** An alias, but not the words that start the next clause of a table. */
function parseTableAlias(cursor: Cursor): Identifier | undefined {
	if (cursor.isAtAny('PIVOT', 'UNPIVOT') && (cursor.peek().upper === '(' || cursor.peek(2).upper === 'NULLS')) return undefined;
	return parseAlias(cursor);
}

/** FOR SYSTEM_TIME AS OF e, when it is next. */
export function parseSystemTime(cursor: Cursor): Expression | undefined {
	if (!cursor.isAt('FOR')) return undefined;
	cursor.expect('FOR');
	if (!cursor.accept('SYSTEM_TIME') && !cursor.accept('SYSTEM', 'TIME')) throw cursor.expected('keyword SYSTEM_TIME');
	cursor.expect('AS', 'OF');
	return parseExpression(cursor);
}

function parseSample(cursor: Cursor): TableSample | undefined {
	if (!cursor.isAt('TABLESAMPLE')) return undefined;
	const {start} = cursor.expect('TABLESAMPLE');
	cursor.expect('SYSTEM', '(');
	const percent = parseExpression(cursor);
	cursor.expect('PERCENT', ')');
	return {kind: 'table-sample', percent, span: cursor.spanFrom(start)};
}

function parseUnnest(cursor: Cursor): FromItem {
	const {start} = cursor.expect('UNNEST');
	cursor.expect('(');
	const array = parseExpression(cursor);
	cursor.expect(')');
	const alias = parseTableAlias(cursor);
	const offset = parseOffset(cursor);
	return {kind: 'unnest-reference', array, alias, offset, span: cursor.spanFrom(start)};
}

function parseOffset(cursor: Cursor): OffsetClause | undefined {
	if (!cursor.isAt('WITH', 'OFFSET')) return undefined;
	const {start} = cursor.expect('WITH');
	cursor.expect('OFFSET');
	const alias = parseAlias(cursor);
	return {kind: 'with-offset', alias, span: cursor.spanFrom(start)};
}

function parseTableFunctionArguments(cursor: Cursor): readonly TableFunctionArgument[] {
	cursor.expect('(');
	const values: TableFunctionArgument[] = [];
	while (!cursor.isAt(')')) {
		if (values.length > 0) {
			if (!cursor.isAt(',')) throw cursor.expected('")" or ","');
			cursor.advance();
		}

		values.push(parseTableFunctionArgument(cursor));
	}

	cursor.expect(')');
	return values;
}

function parseTableFunctionArgument(cursor: Cursor): TableFunctionArgument {
	const {start} = cursor.current;
	let name: Identifier | undefined;
	if (cursor.isAtIdentifier && cursor.peek().upper === '=>') {
		name = cursor.identifier();
		cursor.expect('=>');
	}

	if (cursor.isAt('TABLE')) {
		cursor.advance();
		const table = parsePath(cursor);
		return {kind: 'table-argument', name, table, span: cursor.spanFrom(start)};
	}

	if (startsQueryInParentheses(cursor)) {
		const mark = cursor.index;
		const query = parseQueryInParentheses(cursor);
		if (cursor.isAtAny(',', ')')) return {kind: 'query-argument', name, query, span: cursor.spanFrom(start)};
		cursor.index = mark;
	}

	const value = parseExpression(cursor);
	return {kind: 'value-argument', name, value, span: cursor.spanFrom(start)};
}

function parsePivots(cursor: Cursor, first: FromItem): FromItem {
	let item = first;
	for (;;) {
		if (cursor.isAt('PIVOT', '(')) item = parsePivot(cursor, item);
		else if (cursor.isAt('UNPIVOT') && ['(', 'INCLUDE', 'EXCLUDE'].includes(cursor.peek().upper)) item = parseUnpivot(cursor, item);
		else return item;
	}
}

function parsePivot(cursor: Cursor, source: FromItem): FromItem {
	cursor.expect('PIVOT', '(');
	const aggregates = parsePivotColumns(cursor, 'FOR');
	cursor.expect('FOR');
	// The input column is an operand: IN belongs to PIVOT.
	const {start} = cursor.current;
	const names = [cursor.identifier()];
	while (cursor.accept('.')) names.push(cursor.anyWord());
	const input: Expression = {kind: 'path-expression', names, span: cursor.spanFrom(start)};
	cursor.expect('IN', '(');
	const values = parsePivotColumns(cursor, ')');
	cursor.expect(')', ')');
	const alias = parseTableAlias(cursor);
	return {kind: 'pivot', source, aggregates, input, values, alias, span: cursor.spanFrom(source.span.start)};
}

function parsePivotColumns(cursor: Cursor, end: string): readonly PivotColumn[] {
	const columns: PivotColumn[] = [];
	do {
		const {start} = cursor.current;
		const expression = parseExpression(cursor);
		const alias = cursor.isAt(end) ? undefined : parseAlias(cursor);
		columns.push({kind: 'pivot-column', expression, alias, span: cursor.spanFrom(start)});
	} while (cursor.accept(','));
	return columns;
}

function parseUnpivot(cursor: Cursor, source: FromItem): FromItem {
	cursor.expect('UNPIVOT');
	const includesNulls = cursor.accept('INCLUDE', 'NULLS');
	if (!includesNulls) cursor.accept('EXCLUDE', 'NULLS');
	cursor.expect('(');
	const values = parseNames(cursor);
	cursor.expect('FOR');
	const name = cursor.identifier();
	cursor.expect('IN', '(');
	const inputs: UnpivotInput[] = [];
	do {
		const {start} = cursor.current;
		const columns = parseNames(cursor);
		const label = cursor.accept('AS') ? parseExpression(cursor) : undefined;
		inputs.push({kind: 'unpivot-input', columns, label, span: cursor.spanFrom(start)});
	} while (cursor.accept(','));
	cursor.expect(')', ')');
	const alias = parseTableAlias(cursor);
	return {kind: 'unpivot', source, includesNulls, values, name, inputs, alias, span: cursor.spanFrom(source.span.start)};
}

function parseNames(cursor: Cursor): readonly Identifier[] {
	return cursor.isAt('(') ? parseNameList(cursor) : [cursor.identifier()];
}
