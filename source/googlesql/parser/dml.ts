// INSERT, UPDATE, DELETE, MERGE, TRUNCATE.
import type {Assignment, DeleteStatement, DmlTarget, InsertRow, InsertStatement, MergeAction, MergeBranch, MergeStatement, TruncateStatement, UpdateStatement} from '../syntax/dml.js';
import type {Expression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseFrom, parseFromPrimary} from './from.js';
import {parseAlias, parseNameList, parsePath} from './name.js';
import {parseQuery} from './query.js';

function parseTarget(cursor: Cursor, allowsAlias: boolean): DmlTarget {
	const {start} = cursor.current;
	const path = parsePath(cursor);
	const alias = allowsAlias ? parseAlias(cursor) : undefined;
	return {kind: 'dml-target', path, alias, span: cursor.spanFrom(start)};
}

/** INSERT [INTO] t [(columns)] VALUES ... | query. */
export function parseInsert(cursor: Cursor): InsertStatement {
	const {start} = cursor.expect('INSERT');
	cursor.accept('INTO');
	const target = parseTarget(cursor, false);
	const columns = cursor.isAt('(') && !startsQuery(cursor, 1) ? parseNameList(cursor) : [];
	const sourceStart = cursor.current.start;
	if (!cursor.accept('VALUES')) {
		if (!startsQuery(cursor, 0)) throw cursor.unexpected();
		const query = parseQuery(cursor);
		return {kind: 'insert', target, columns, source: {kind: 'insert-query', query, span: query.span}, span: cursor.spanFrom(start)};
	}

	const rows: InsertRow[] = [];
	do {
		const rowStart = cursor.current.start;
		rows.push({kind: 'insert-row', values: parseValues(cursor), span: cursor.spanFrom(rowStart)});
	} while (cursor.accept(','));
	return {kind: 'insert', target, columns, source: {kind: 'insert-values', rows, span: cursor.spanFrom(sourceStart)}, span: cursor.spanFrom(start)};
}

function startsQuery(cursor: Cursor, distance: number): boolean {
	let ahead = distance;
	while (cursor.peek(ahead).upper === '(') ahead++;
	return ['SELECT', 'WITH'].includes(cursor.peek(ahead).upper);
}

/** ( expression or DEFAULT, ... ). */
function parseValues(cursor: Cursor): readonly Expression[] {
	cursor.expect('(');
	const values = [parseValue(cursor)];
	while (cursor.accept(',')) values.push(parseValue(cursor));
	if (!cursor.isAt(')')) throw cursor.expected('")" or ","');
	cursor.advance();
	return values;
}

function parseValue(cursor: Cursor): Expression {
	const {start} = cursor.current;
	return cursor.accept('DEFAULT') ? {kind: 'default', span: cursor.spanFrom(start)} : parseExpression(cursor);
}

/** UPDATE [t] SET ... [FROM ...] WHERE ... */
export function parseUpdate(cursor: Cursor): UpdateStatement {
	const {start} = cursor.expect('UPDATE');
	const target = parseTarget(cursor, true);
	cursor.expect('SET');
	const assignments = parseAssignments(cursor);
	const from = cursor.accept('FROM') ? parseFrom(cursor) : undefined;
	if (!cursor.isAt('WHERE') && (cursor.isAt(';') || cursor.current.kind === 'end')) throw cursor.error('UPDATE must have a WHERE clause', start);
	cursor.expect('WHERE');
	const where = parseExpression(cursor);
	return {kind: 'update', target, assignments, from, where, span: cursor.spanFrom(start)};
}

function parseAssignments(cursor: Cursor): readonly Assignment[] {
	const assignments: Assignment[] = [];
	do {
		const {start} = cursor.current;
		const target: Identifier[] = [cursor.identifier()];
		while (cursor.accept('.')) target.push(cursor.anyWord());
		const targetSpan = cursor.spanFrom(start);
		cursor.expect('=');
		const value = parseValue(cursor);
		assignments.push({kind: 'assignment', target, targetSpan, value, span: cursor.spanFrom(start)});
	} while (cursor.accept(','));
	return assignments;
}

/** DELETE [FROM] t WHERE ... */
export function parseDelete(cursor: Cursor): DeleteStatement {
	const {start} = cursor.expect('DELETE');
	cursor.accept('FROM');
	const target = parseTarget(cursor, true);
	if (!cursor.isAt('WHERE') && (cursor.isAt(';') || cursor.current.kind === 'end')) throw cursor.error('DELETE must have a WHERE clause', start);
	cursor.expect('WHERE');
	const where = parseExpression(cursor);
	return {kind: 'delete', target, where, span: cursor.spanFrom(start)};
}

/** TRUNCATE TABLE t. */
export function parseTruncate(cursor: Cursor): TruncateStatement {
	const {start} = cursor.expect('TRUNCATE');
	cursor.expect('TABLE');
	return {kind: 'truncate', target: parsePath(cursor), span: cursor.spanFrom(start)};
}

/** MERGE [INTO] t USING source ON condition WHEN ... */
export function parseMerge(cursor: Cursor): MergeStatement {
	const {start} = cursor.expect('MERGE');
	cursor.accept('INTO');
	const target = parseTarget(cursor, true);
	cursor.expect('USING');
	const source = parseFromPrimary(cursor);
	cursor.expect('ON');
	const on = parseExpression(cursor);
	const branches: MergeBranch[] = [];
	do {
		branches.push(parseMergeBranch(cursor));
	} while (cursor.isAt('WHEN'));
	return {kind: 'merge', target, source, on, branches, span: cursor.spanFrom(start)};
}

function parseMergeBranch(cursor: Cursor): MergeBranch {
	const {start} = cursor.expect('WHEN');
	const isNot = cursor.accept('NOT');
	cursor.expect('MATCHED');
	let match: MergeBranch['match'] = isNot ? 'not-matched-by-target' : 'matched';
	if (isNot && cursor.accept('BY')) {
		if (cursor.accept('SOURCE')) match = 'not-matched-by-source';
		else cursor.expect('TARGET');
	}

	const condition = cursor.accept('AND') ? parseExpression(cursor) : undefined;
	cursor.expect('THEN');
	const action = parseMergeAction(cursor, match);
	return {kind: 'merge-branch', match, condition, action, span: cursor.spanFrom(start)};
}

function parseMergeAction(cursor: Cursor, match: MergeBranch['match']): MergeAction {
	const {start} = cursor.current;
	if (match === 'not-matched-by-target') {
		if (!cursor.isAt('INSERT')) throw cursor.expected('keyword INSERT');
		return parseMergeInsert(cursor);
	}

	if (cursor.accept('DELETE')) return {kind: 'merge-delete', span: cursor.spanFrom(start)};
	if (!cursor.isAt('UPDATE')) throw cursor.expected('keyword DELETE or keyword UPDATE');
	cursor.expect('UPDATE', 'SET');
	const assignments = parseAssignments(cursor);
	return {kind: 'merge-update', assignments, span: cursor.spanFrom(start)};
}

function parseMergeInsert(cursor: Cursor): MergeAction {
	const {start} = cursor.expect('INSERT');
	const columns = cursor.isAt('(') ? parseNameList(cursor) : [];
	if (cursor.accept('ROW')) return {kind: 'merge-insert-row', columns, span: cursor.spanFrom(start)};
	cursor.expect('VALUES');
	const values = parseValues(cursor);
	return {kind: 'merge-insert', columns, values, span: cursor.spanFrom(start)};
}
