// CREATE TABLE, its columns and constraints; CREATE SNAPSHOT TABLE.
import type {ColumnDefinition, CreateSnapshotTable, CreateTable, Creation, TableConstraint, TableOrigin} from '../syntax/ddl.js';
import type {Expression} from '../syntax/expression.js';
import type {Identifier} from '../syntax/name.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseSystemTime} from './from.js';
import {parseNameList, parseOptions, parsePath} from './name.js';
import {parseQuery} from './query.js';
import {parseType} from './type.js';

/** What follows CREATE [OR REPLACE] [TEMP] TABLE. */
export function parseCreateTable(cursor: Cursor, start: number, flags: Omit<Creation, 'ifNotExists'>): CreateTable {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	const before = parseOrigin(cursor);
	const body = cursor.isAt('(') ? parseTableBody(cursor) : undefined;
	cursor.refuseCollation('DEFAULT');
	const partitionBy = cursor.accept('PARTITION', 'BY') ? parseExpression(cursor) : undefined;
	const clusterBy = parseClusterBy(cursor);
	const origin = before ?? parseOrigin(cursor);
	const options = parseOptions(cursor);
	const query = cursor.accept('AS') ? parseQuery(cursor) : undefined;
	if (body === undefined && origin === undefined && query === undefined) throw cursor.unexpected();
	return {
		kind: 'create-table', ...flags, ifNotExists, path, columns: body?.columns, constraints: body?.constraints ?? [],
		partitionBy, clusterBy, options, origin, query, span: cursor.spanFrom(start),
	};
}

function parseOrigin(cursor: Cursor): TableOrigin | undefined {
	if (!cursor.isAtAny('LIKE', 'COPY', 'CLONE')) return undefined;
	const {start, upper} = cursor.advance();
	const method = upper === 'LIKE' ? 'like' : upper === 'COPY' ? 'copy' : 'clone';
	const path = parsePath(cursor);
	const systemTime = method === 'clone' ? parseSystemTime(cursor) : undefined;
	return {kind: 'table-origin', method, path, systemTime, span: cursor.spanFrom(start)};
}

/** CLUSTER BY a, b; empty when it is not next. */
export function parseClusterBy(cursor: Cursor): readonly Identifier[] {
	if (!cursor.accept('CLUSTER', 'BY')) return [];
	const names = [cursor.identifier()];
	while (cursor.accept(',')) names.push(cursor.identifier());
	return names;
}

function parseTableBody(cursor: Cursor): {columns: readonly ColumnDefinition[]; constraints: readonly TableConstraint[]} {
	cursor.expect('(');
	const columns: ColumnDefinition[] = [];
	const constraints: TableConstraint[] = [];
	while (!cursor.isAt(')')) {
		if (columns.length + constraints.length > 0) {
			if (!cursor.isAt(',')) throw cursor.expected('")" or ","');
			cursor.advance();
		}

		if (cursor.isAt(')')) break;
		if (isAtConstraint(cursor)) constraints.push(parseConstraint(cursor));
		else columns.push(parseColumnDefinition(cursor));
	}

	cursor.expect(')');
	return {columns, constraints};
}

function isAtConstraint(cursor: Cursor): boolean {
	return cursor.isAt('PRIMARY', 'KEY') || cursor.isAt('FOREIGN', 'KEY') || (cursor.isAt('CONSTRAINT') && cursor.peek().kind !== 'symbol' && ['PRIMARY', 'FOREIGN'].includes(cursor.peek(2).upper));
}

/** [CONSTRAINT name] PRIMARY KEY (...) | FOREIGN KEY (...) REFERENCES t (...), NOT ENFORCED. */
export function parseConstraint(cursor: Cursor): TableConstraint {
	const {start} = cursor.current;
	const name = cursor.accept('CONSTRAINT') ? cursor.identifier() : undefined;
	const isPrimary = cursor.accept('PRIMARY');
	if (!isPrimary) cursor.expect('FOREIGN');
	cursor.expect('KEY');
	const columns = parseNameList(cursor);
	let references: TableConstraint['references'];
	if (!isPrimary) {
		cursor.expect('REFERENCES');
		const table = parsePath(cursor);
		references = {table, columns: parseNameList(cursor)};
	}

	cursor.expect('NOT', 'ENFORCED');
	return {kind: 'table-constraint', constraint: isPrimary ? 'primary-key' : 'foreign-key', name, columns, references, span: cursor.spanFrom(start)};
}

/** name type [NOT NULL] [DEFAULT e] [PRIMARY KEY NOT ENFORCED] [OPTIONS(...)]. */
export function parseColumnDefinition(cursor: Cursor): ColumnDefinition {
	const {start} = cursor.current;
	const name = cursor.identifier();
	const type = parseType(cursor);
	let defaultValue: Expression | undefined;
	let isRequired = false;
	let isPrimaryKey = false;
	let references: ColumnDefinition['references'];
	for (;;) {
		if (defaultValue === undefined && cursor.accept('DEFAULT')) {
			defaultValue = parseExpression(cursor);
		} else if (!isRequired && cursor.accept('NOT', 'NULL')) {
			isRequired = true;
		} else if (!isPrimaryKey && cursor.accept('PRIMARY', 'KEY')) {
			isPrimaryKey = true;
			cursor.expect('NOT', 'ENFORCED');
		} else if (references === undefined && cursor.accept('REFERENCES')) {
			references = parsePath(cursor);
			parseNameList(cursor);
			cursor.expect('NOT', 'ENFORCED');
		} else {
			break;
		}
	}

	const options = parseOptions(cursor);
	return {kind: 'column-definition', name, type, isRequired, default: defaultValue, isPrimaryKey, references, options, span: cursor.spanFrom(start)};
}

/** What follows CREATE SNAPSHOT TABLE. */
export function parseCreateSnapshotTable(cursor: Cursor, start: number, flags: Omit<Creation, 'ifNotExists'>): CreateSnapshotTable {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	cursor.expect('CLONE');
	const source = parsePath(cursor);
	const systemTime = parseSystemTime(cursor);
	const options = parseOptions(cursor);
	return {kind: 'create-snapshot-table', ...flags, ifNotExists, path, source, systemTime, options, span: cursor.spanFrom(start)};
}
