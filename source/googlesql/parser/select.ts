// SELECT: list, WHERE, GROUP BY, HAVING, QUALIFY, WINDOW.
import type {Expression} from '../syntax/expression.js';
import type {GroupBy, GroupingItem, GroupingSet, Select, SelectItem, StarReplacement} from '../syntax/query.js';
import type {Identifier} from '../syntax/name.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseFrom} from './from.js';
import {parseAlias, parseNameList} from './name.js';
import {parseNamedWindows} from './window.js';

/** SELECT ... up to WINDOW. */
export function parseSelect(cursor: Cursor): Select {
	const {start} = cursor.expect('SELECT');
	const isDistinct = cursor.accept('DISTINCT');
	if (!isDistinct) cursor.accept('ALL');
	const as = parseSelectAs(cursor);
	const items = [parseSelectItem(cursor)];
	while (cursor.accept(',')) {
		if (endsSelectList(cursor)) break;
		items.push(parseSelectItem(cursor));
	}

	const from = cursor.accept('FROM') ? parseFrom(cursor) : undefined;
	const where = cursor.accept('WHERE') ? parseExpression(cursor) : undefined;
	const groupBy = cursor.isAt('GROUP') ? parseGroupBy(cursor) : undefined;
	const having = cursor.accept('HAVING') ? parseExpression(cursor) : undefined;
	const qualify = cursor.accept('QUALIFY') ? parseExpression(cursor) : undefined;
	const windows = parseNamedWindows(cursor);
	return {kind: 'select', isDistinct, as, items, from, where, groupBy, having, qualify, windows, span: cursor.spanFrom(start)};
}

function parseSelectAs(cursor: Cursor): Select['as'] {
	if (!cursor.accept('AS')) return undefined;
	if (cursor.accept('STRUCT')) return 'struct';
	if (cursor.accept('VALUE')) return 'value';
	throw cursor.unexpected();
}

/** A comma may stand before FROM and at the end of the list. */
function endsSelectList(cursor: Cursor): boolean {
	return cursor.current.kind === 'end' || cursor.isAtAny('FROM', ')', ';', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'UNION', 'INTERSECT', 'QUALIFY');
}

function parseSelectItem(cursor: Cursor): SelectItem {
	const {start} = cursor.current;
	if (cursor.accept('*')) {
		return {kind: 'select-star', ...parseStarModifiers(cursor), span: cursor.spanFrom(start)};
	}

	const expression = parseExpression(cursor);
	if (cursor.accept('.', '*')) {
		return {kind: 'select-dot-star', object: expression, ...parseStarModifiers(cursor), span: cursor.spanFrom(start)};
	}

	const alias = parseAlias(cursor);
	return {kind: 'select-expression', expression, alias, span: cursor.spanFrom(start)};
}

function parseStarModifiers(cursor: Cursor): {except: readonly Identifier[]; replace: readonly StarReplacement[]} {
	const except = cursor.isAt('EXCEPT', '(') && cursor.accept('EXCEPT') ? parseNameList(cursor) : [];
	const replace: StarReplacement[] = [];
	if (cursor.accept('REPLACE')) {
		cursor.expect('(');
		do {
			const {start} = cursor.current;
			const expression = parseExpression(cursor);
			cursor.accept('AS');
			const alias = cursor.identifier();
			replace.push({kind: 'star-replacement', expression, alias, span: cursor.spanFrom(start)});
		} while (cursor.accept(','));
		cursor.expect(')');
	}

	return {except, replace};
}

function parseGroupBy(cursor: Cursor): GroupBy {
	const {start} = cursor.expect('GROUP', 'BY');
	const begin = cursor.tokens[cursor.index - 2]!.start;
	if (cursor.accept('ALL')) return {kind: 'group-by', isAll: true, items: [], span: cursor.spanFrom(begin)};
	const items: GroupingItem[] = [];
	do {
		items.push(parseGroupingItem(cursor));
	} while (cursor.accept(','));
	return {kind: 'group-by', isAll: false, items, span: cursor.spanFrom(Math.min(begin, start))};
}

function parseGroupingItem(cursor: Cursor): GroupingItem {
	const {start} = cursor.current;
	if (cursor.isAt('GROUPING', 'SETS')) {
		cursor.accept('GROUPING', 'SETS');
		cursor.expect('(');
		const members: GroupingSet[] = [];
		do {
			members.push(parseGroupingSet(cursor));
		} while (cursor.accept(','));
		cursor.expect(')');
		return {kind: 'grouping-sets', members, span: cursor.spanFrom(start)};
	}

	if (cursor.isAtAny('ROLLUP', 'CUBE')) return parseRollupOrCube(cursor);
	if (cursor.accept('(', ')')) return {kind: 'grouping-empty', span: cursor.spanFrom(start)};
	const expression = parseExpression(cursor);
	return {kind: 'grouping-expression', expression, span: cursor.spanFrom(start)};
}

function parseRollupOrCube(cursor: Cursor): Extract<GroupingItem, {kind: 'grouping-rollup' | 'grouping-cube'}> {
	const {start, upper} = cursor.advance();
	cursor.expect('(');
	const sets: (readonly Expression[])[] = [];
	do {
		sets.push(parseSetMember(cursor));
	} while (cursor.accept(','));
	cursor.expect(')');
	return {kind: upper === 'CUBE' ? 'grouping-cube' : 'grouping-rollup', sets, span: cursor.spanFrom(start)};
}

function parseGroupingSet(cursor: Cursor): GroupingSet {
	const {start} = cursor.current;
	if (cursor.isAtAny('ROLLUP', 'CUBE')) return parseRollupOrCube(cursor);
	const expressions = cursor.accept('(', ')') ? [] : parseSetMember(cursor);
	return {kind: 'grouping-set', expressions, span: cursor.spanFrom(start)};
}

/** One expression, or several in parentheses. */
function parseSetMember(cursor: Cursor): readonly Expression[] {
	const expression = parseExpression(cursor);
	if (expression.kind === 'struct' && expression.isTuple) return expression.fields.map(field => field.value);
	return [expression];
}
