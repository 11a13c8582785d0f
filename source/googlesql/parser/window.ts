// ORDER BY lists and window specifications.
import type {FrameBound, NamedWindow, OrderItem, WindowFrame, WindowSpecification} from '../syntax/query.js';
import type {Expression} from '../syntax/expression.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';

/** ORDER BY e [ASC|DESC] [NULLS FIRST|LAST], ... */
export function parseOrderBy(cursor: Cursor): readonly OrderItem[] {
	cursor.expect('ORDER', 'BY');
	const items: OrderItem[] = [];
	do {
		const {start} = cursor.current;
		const expression = parseExpression(cursor);
		cursor.refuseCollation();
		const direction = cursor.accept('DESC') ? 'desc' : 'asc';
		if (direction === 'asc') cursor.accept('ASC');
		let nulls: OrderItem['nulls'];
		if (cursor.accept('NULLS')) {
			if (!cursor.isAtAny('FIRST', 'LAST')) throw cursor.unexpected();
			nulls = cursor.advance().upper === 'FIRST' ? 'first' : 'last';
		}

		items.push({kind: 'order-item', expression, direction, nulls, span: cursor.spanFrom(start)});
	} while (cursor.accept(','));
	return items;
}

/** What follows OVER or `WINDOW name AS`: a name, or a specification in parentheses. */
export function parseWindowSpecification(cursor: Cursor): WindowSpecification {
	const {start} = cursor.current;
	if (cursor.isAtIdentifier) {
		const base = cursor.identifier();
		return {kind: 'window-specification', base, partitionBy: [], orderBy: [], frame: undefined, span: cursor.spanFrom(start)};
	}

	cursor.expect('(');
	const base = cursor.isAtIdentifier ? cursor.identifier() : undefined;
	const partitionBy: Expression[] = [];
	if (cursor.accept('PARTITION', 'BY')) {
		do {
			partitionBy.push(parseExpression(cursor));
		} while (cursor.accept(','));
	}

	const orderBy = cursor.isAt('ORDER') ? parseOrderBy(cursor) : [];
	const frame = cursor.isAtAny('ROWS', 'RANGE') ? parseFrame(cursor) : undefined;
	cursor.expect(')');
	return {kind: 'window-specification', base, partitionBy, orderBy, frame, span: cursor.spanFrom(start)};
}

function parseFrame(cursor: Cursor): WindowFrame {
	const {start, upper} = cursor.advance();
	const unit = upper === 'ROWS' ? 'rows' : 'range';
	if (!cursor.accept('BETWEEN')) {
		const bound = parseBound(cursor);
		return {kind: 'window-frame', unit, start: bound, end: undefined, span: cursor.spanFrom(start)};
	}

	const from = parseBound(cursor);
	cursor.expect('AND');
	const to = parseBound(cursor);
	return {kind: 'window-frame', unit, start: from, end: to, span: cursor.spanFrom(start)};
}

function parseBound(cursor: Cursor): FrameBound {
	const {start} = cursor.current;
	if (cursor.accept('UNBOUNDED')) {
		if (!cursor.isAtAny('PRECEDING', 'FOLLOWING')) throw cursor.unexpected();
		const kind = cursor.advance().upper === 'PRECEDING' ? 'unbounded-preceding' : 'unbounded-following';
		return {kind, span: cursor.spanFrom(start)};
	}

	if (cursor.accept('CURRENT', 'ROW')) return {kind: 'current-row', span: cursor.spanFrom(start)};
	const offset = parseExpression(cursor);
	if (!cursor.isAtAny('PRECEDING', 'FOLLOWING')) throw cursor.unexpected();
	const kind = cursor.advance().upper === 'PRECEDING' ? 'preceding' : 'following';
	return {kind, offset, span: cursor.spanFrom(start)};
}

/** WINDOW name AS (...), ... */
export function parseNamedWindows(cursor: Cursor): readonly NamedWindow[] {
	if (!cursor.accept('WINDOW')) return [];
	const windows: NamedWindow[] = [];
	do {
		const {start} = cursor.current;
		const name = cursor.identifier();
		cursor.expect('AS');
		windows.push({kind: 'named-window', name, window: parseWindowSpecification(cursor), span: cursor.spanFrom(start)});
	} while (cursor.accept(','));
	return windows;
}
