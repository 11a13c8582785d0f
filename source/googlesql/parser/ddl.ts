// CREATE (by object), DROP, ALTER, EXPORT DATA, LOAD DATA.
import type {AlterAction, AlterColumnChange, AlterStatement, CreateSchema, CreateView, Creation, DdlStatement, DropStatement, ExportData, LoadData, ViewColumn} from '../syntax/ddl.js';
import {parseCreateFunction, parseCreateProcedure, parseCreateTableFunction} from './create-routine.js';
import {parseClusterBy, parseColumnDefinition, parseConstraint, parseCreateSnapshotTable, parseCreateTable} from './create-table.js';
import type {Cursor} from './cursor.js';
import {parseExpression} from './expression.js';
import {parseOptionList, parseOptions, parsePath} from './name.js';
import {parseQuery} from './query.js';
import {parseType} from './type.js';

type Flags = Omit<Creation, 'ifNotExists'>;

/** CREATE ... */
export function parseCreate(cursor: Cursor): DdlStatement {
	const {start} = cursor.expect('CREATE');
	const orReplace = cursor.accept('OR', 'REPLACE');
	const isTemporary = cursor.accept('TEMP') || cursor.accept('TEMPORARY');
	const flags: Flags = {orReplace, isTemporary};
	if (cursor.accept('TABLE', 'FUNCTION')) return parseCreateTableFunction(cursor, start, flags);
	if (cursor.accept('TABLE')) return parseCreateTable(cursor, start, flags);
	if (cursor.accept('SNAPSHOT', 'TABLE')) return parseCreateSnapshotTable(cursor, start, flags);
	if (cursor.accept('AGGREGATE', 'FUNCTION')) return parseCreateFunction(cursor, start, {...flags, isAggregate: true});
	if (cursor.accept('FUNCTION')) return parseCreateFunction(cursor, start, {...flags, isAggregate: false});
	if (cursor.accept('PROCEDURE')) return parseCreateProcedure(cursor, start, flags);
	if (cursor.accept('VIEW')) return parseCreateView(cursor, start, flags, false);
	if (cursor.accept('MATERIALIZED', 'VIEW')) return parseCreateView(cursor, start, flags, true);
	if (cursor.accept('SCHEMA')) return parseCreateSchema(cursor, start, flags);
	throw cursor.unexpected();
}

function parseCreateSchema(cursor: Cursor, start: number, flags: Flags): CreateSchema {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	cursor.refuseCollation('DEFAULT');
	const options = parseOptions(cursor);
	return {kind: 'create-schema', ...flags, ifNotExists, path, options, span: cursor.spanFrom(start)};
}

function parseCreateView(cursor: Cursor, start: number, flags: Flags, isMaterialized: boolean): CreateView {
	const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
	const path = parsePath(cursor);
	const columns: ViewColumn[] = [];
	if (cursor.accept('(')) {
		do {
			const columnStart = cursor.current.start;
			const name = cursor.identifier();
			columns.push({kind: 'view-column', name, options: parseOptions(cursor), span: cursor.spanFrom(columnStart)});
		} while (cursor.accept(','));
		cursor.expect(')');
	}

	const partitionBy = isMaterialized && cursor.accept('PARTITION', 'BY') ? parseExpression(cursor) : undefined;
	const clusterBy = isMaterialized ? parseClusterBy(cursor) : [];
	const options = parseOptions(cursor);
	cursor.expect('AS');
	const query = parseQuery(cursor);
	return {kind: 'create-view', ...flags, ifNotExists, isMaterialized, path, columns, partitionBy, clusterBy, options, query, span: cursor.spanFrom(start)};
}

const dropObjects = [
	[['TABLE', 'FUNCTION'], 'table-function'], [['SNAPSHOT', 'TABLE'], 'snapshot-table'], [['EXTERNAL', 'TABLE'], 'external-table'],
	[['MATERIALIZED', 'VIEW'], 'materialized-view'], [['TABLE'], 'table'], [['VIEW'], 'view'], [['FUNCTION'], 'function'],
	[['PROCEDURE'], 'procedure'], [['SCHEMA'], 'schema'],
] as const;

/** DROP object [IF EXISTS] path [CASCADE|RESTRICT]. */
export function parseDrop(cursor: Cursor): DropStatement {
	const {start} = cursor.expect('DROP');
	const found = dropObjects.find(([words]) => cursor.accept(...words));
	if (found === undefined) throw cursor.unexpected();
	const ifExists = cursor.accept('IF', 'EXISTS');
	const path = parsePath(cursor);
	let behavior: DropStatement['behavior'];
	if (found[1] === 'schema') {
		if (cursor.accept('CASCADE')) behavior = 'cascade';
		else if (cursor.accept('RESTRICT')) behavior = 'restrict';
	}

	return {kind: 'drop', object: found[1], path, ifExists, behavior, span: cursor.spanFrom(start)};
}

/** ALTER TABLE | VIEW | MATERIALIZED VIEW | SCHEMA. */
export function parseAlter(cursor: Cursor): AlterStatement {
	const {start} = cursor.expect('ALTER');
	let object: AlterStatement['object'];
	if (cursor.accept('TABLE')) object = 'table';
	else if (cursor.accept('VIEW')) object = 'view';
	else if (cursor.accept('MATERIALIZED', 'VIEW')) object = 'materialized-view';
	else if (cursor.accept('SCHEMA')) object = 'schema';
	else throw cursor.unexpected();
	const ifExists = cursor.accept('IF', 'EXISTS');
	const path = parsePath(cursor);
	const actions = [parseAlterAction(cursor)];
	while (cursor.accept(',')) actions.push(parseAlterAction(cursor));
	return {kind: 'alter', object, path, ifExists, actions, span: cursor.spanFrom(start)};
}

function parseAlterAction(cursor: Cursor): AlterAction {
	const {start} = cursor.current;
	if (cursor.accept('SET')) {
		if (!cursor.accept('OPTIONS')) throw cursor.unexpected();
		return {kind: 'set-options', options: parseOptionList(cursor), span: cursor.spanFrom(start)};
	}

	if (cursor.accept('ADD')) return parseAdd(cursor, start);
	if (cursor.accept('RENAME', 'TO')) return {kind: 'rename-to', to: cursor.identifier(), span: cursor.spanFrom(start)};
	if (cursor.accept('RENAME', 'COLUMN')) {
		const ifExists = cursor.accept('IF', 'EXISTS');
		const column = cursor.identifier();
		cursor.expect('TO');
		return {kind: 'rename-column', ifExists, column, to: cursor.identifier(), span: cursor.spanFrom(start)};
	}

	if (cursor.accept('DROP')) return parseDropPart(cursor, start);
	if (cursor.accept('ALTER')) {
		cursor.accept('COLUMN');
		const ifExists = cursor.accept('IF', 'EXISTS');
		const column = cursor.identifier();
		return {kind: 'alter-column', ifExists, column, change: parseColumnChange(cursor), span: cursor.spanFrom(start)};
	}

	throw cursor.unexpected();
}

function parseAdd(cursor: Cursor, start: number): AlterAction {
	if (cursor.accept('COLUMN')) {
		const ifNotExists = cursor.accept('IF', 'NOT', 'EXISTS');
		return {kind: 'add-column', ifNotExists, column: parseColumnDefinition(cursor), span: cursor.spanFrom(start)};
	}

	if (!cursor.isAtAny('PRIMARY', 'FOREIGN', 'CONSTRAINT')) throw cursor.unexpected();
	return {kind: 'add-constraint', constraint: parseConstraint(cursor), span: cursor.spanFrom(start)};
}

function parseDropPart(cursor: Cursor, start: number): AlterAction {
	if (cursor.accept('PRIMARY', 'KEY')) return {kind: 'drop-primary-key', ifExists: cursor.accept('IF', 'EXISTS'), span: cursor.spanFrom(start)};
	if (cursor.accept('CONSTRAINT')) {
		const ifExists = cursor.accept('IF', 'EXISTS');
		return {kind: 'drop-constraint', ifExists, name: cursor.identifier(), span: cursor.spanFrom(start)};
	}

	cursor.expect('COLUMN');
	const ifExists = cursor.accept('IF', 'EXISTS');
	return {kind: 'drop-column', ifExists, column: cursor.identifier(), span: cursor.spanFrom(start)};
}

function parseColumnChange(cursor: Cursor): AlterColumnChange {
	const {start} = cursor.current;
	if (cursor.accept('SET', 'OPTIONS')) return {kind: 'set-column-options', options: parseOptionList(cursor), span: cursor.spanFrom(start)};
	if (cursor.accept('SET', 'DATA', 'TYPE')) return {kind: 'set-data-type', type: parseType(cursor), span: cursor.spanFrom(start)};
	if (cursor.accept('SET', 'DEFAULT')) return {kind: 'set-default', value: parseExpression(cursor), span: cursor.spanFrom(start)};
	if (cursor.accept('DROP', 'DEFAULT')) return {kind: 'drop-default', span: cursor.spanFrom(start)};
	if (cursor.accept('DROP', 'NOT', 'NULL')) return {kind: 'drop-not-null', span: cursor.spanFrom(start)};
	throw cursor.unexpected();
}

/** EXPORT DATA [OPTIONS(...)] AS query. */
export function parseExport(cursor: Cursor): ExportData {
	const {start} = cursor.expect('EXPORT');
	cursor.expect('DATA');
	const options = parseOptions(cursor);
	cursor.expect('AS');
	return {kind: 'export-data', options, query: parseQuery(cursor), span: cursor.spanFrom(start)};
}

/** LOAD DATA INTO | OVERWRITE t ... FROM FILES (...). */
export function parseLoad(cursor: Cursor): LoadData {
	const {start} = cursor.expect('LOAD');
	cursor.expect('DATA');
	const isOverwrite = cursor.accept('OVERWRITE');
	if (!isOverwrite) cursor.expect('INTO');
	const path = parsePath(cursor);
	if (cursor.accept('(')) {
		do {
			parseColumnDefinition(cursor);
		} while (cursor.accept(','));
		cursor.expect(')');
	}

	if (cursor.accept('PARTITION', 'BY')) parseExpression(cursor);
	parseClusterBy(cursor);
	parseOptions(cursor);
	cursor.expect('FROM', 'FILES');
	return {kind: 'load-data', isOverwrite, path, options: parseOptionList(cursor), span: cursor.spanFrom(start)};
}
