// ALTER and DROP.
import type {AlterAction, AlterStatement, CreateSchema, DropStatement} from '../../googlesql/index.js';
import type {Change, StoredTable} from '../catalog/records.js';
import {SqlError} from '../contract.js';
import {duckType, quoteName} from '../emit/duck-type.js';
import type {StatementOutcome} from '../script/runtime.js';
import {definedOnly, readOptions} from './ddl-options.js';
import {outcomeOf, resolveTarget} from './ddl-table.js';
import type {DdlTools} from './runtime.js';
import {newEtag} from './storage.js';
import {typeOfNode} from './type-node.js';

type Outcome = Partial<StatementOutcome>;

const datasetName = (tools: DdlTools, path: {readonly parts: readonly {readonly name: string}[]}): string => path.parts.at(-1)!.name;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const hasColumn = (table: StoredTable, name: string): boolean => table.columns.some(column => same(column.name, name));

const missing = (table: StoredTable, name: string): SqlError => new SqlError({reason: 'invalidQuery', message: `Column not found in table ${table.dataset}.${table.table}: ${name}`});

/** What is kept by column name, after a column has another name or, without one, is gone. */
const renamed = (table: StoredTable, from: string, to: string | undefined): Pick<StoredTable, 'defaults' | 'columnDescriptions'> => {
	const moved = (kept: Readonly<Record<string, string>>): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(kept).flatMap(([column, text]) => (same(column, from) ? (to === undefined ? [] : [[to, text]]) : [[column, text]])));
	return definedOnly({defaults: table.defaults === undefined ? undefined : moved(table.defaults), columnDescriptions: table.columnDescriptions === undefined ? undefined : moved(table.columnDescriptions)});
};

/** One action: what DuckDB has to do, and the record after it. */
const applyAction = async (action: AlterAction, table: StoredTable, tools: DdlTools): Promise<{readonly sql?: string; readonly record: StoredTable}> => {
	const alter = (what: string): string => `ALTER TABLE ${table.storage ?? ''} ${what}`;
	switch (action.kind) {
		case 'set-options': {
			const options = await readOptions(action.options, tools.evaluate);
			const {description: _description, expiresMs: _expiresMs, ...rest} = table;
			const kept = {description: 'description' in options ? options.description : table.description, expiresMs: 'expiresMs' in options ? options.expiresMs : table.expiresMs};
			return {record: {...rest, ...definedOnly(kept), labels: options.labels ?? table.labels}};
		}

		case 'add-column': {
			const {column} = action;
			if (hasColumn(table, column.name.name)) {
				if (action.ifNotExists) {
					return {record: table};
				}

				throw new SqlError({reason: 'invalidQuery', message: `Column already exists: ${column.name.name}`});
			}

			if (column.isRequired) {
				throw new SqlError({reason: 'invalidQuery', message: `Cannot add required columns to an existing schema. (field: ${column.name.name})`});
			}

			const type = typeOfNode(column.type);
			return {sql: alter(`ADD COLUMN ${quoteName(column.name.name)} ${duckType(type)}`), record: {...table, columns: [...table.columns, {name: column.name.name, type}]}};
		}

		case 'drop-column': {
			if (!hasColumn(table, action.column.name)) {
				if (action.ifExists) {
					return {record: table};
				}

				throw missing(table, action.column.name);
			}

			return {sql: alter(`DROP COLUMN ${quoteName(action.column.name)}`), record: {...table, columns: table.columns.filter(column => !same(column.name, action.column.name)), ...renamed(table, action.column.name, undefined)}};
		}

		case 'rename-column': {
			if (!hasColumn(table, action.column.name)) {
				throw missing(table, action.column.name);
			}

			return {sql: alter(`RENAME COLUMN ${quoteName(action.column.name)} TO ${quoteName(action.to.name)}`), record: {...table, columns: table.columns.map(column => (same(column.name, action.column.name) ? {...column, name: action.to.name} : column)), ...renamed(table, action.column.name, action.to.name)}};
		}

		case 'add-constraint': {
			return {record: action.constraint.constraint === 'primary-key' ? {...table, primaryKey: action.constraint.columns.map(column => column.name)} : table};
		}

		case 'drop-primary-key': {
			const {primaryKey: _primaryKey, ...rest} = table;
			return {record: rest};
		}

		case 'drop-constraint': {
			return {record: table};
		}

		case 'alter-column': {
			return alterColumn(action, table, tools);
		}

		case 'rename-to': {
			// Handled by the caller: it changes which record this is.
			return {record: {...table, table: action.to.name}};
		}
	}
};

const alterColumn = async (action: Extract<AlterAction, {readonly kind: 'alter-column'}>, table: StoredTable, tools: DdlTools): Promise<{readonly sql?: string; readonly record: StoredTable}> => {
	const {name} = action.column;
	if (!hasColumn(table, name)) {
		throw missing(table, name);
	}

	const {change} = action;
	switch (change.kind) {
		case 'set-default': {
			const column = table.columns.find(one => same(one.name, name))!;
			return {record: {...table, defaults: {...table.defaults, [column.name]: tools.scope.text.slice(change.value.span.start, change.value.span.end)}}};
		}

		case 'drop-default': {
			return {record: {...table, defaults: Object.fromEntries(Object.entries(table.defaults ?? {}).filter(([column]) => !same(column, name)))}};
		}

		case 'drop-not-null': {
			return {sql: `ALTER TABLE ${table.storage ?? ''} ALTER COLUMN ${quoteName(name)} DROP NOT NULL`, record: {...table, columns: table.columns.map(column => (same(column.name, name) ? {name: column.name, type: column.type} : column))}};
		}

		case 'set-data-type': {
			const type = typeOfNode(change.type);
			return {sql: `ALTER TABLE ${table.storage ?? ''} ALTER COLUMN ${quoteName(name)} SET DATA TYPE ${duckType(type)}`, record: {...table, columns: table.columns.map(column => (same(column.name, name) ? {...column, type} : column))}};
		}

		case 'set-column-options': {
			const {description} = await readOptions(change.options, tools.evaluate);
			return {record: description === undefined ? table : {...table, columnDescriptions: {...table.columnDescriptions, [name]: description}}};
		}
	}
};

/** ALTER TABLE, VIEW and SCHEMA. */
export const alter = async (statement: AlterStatement, tools: DdlTools): Promise<Outcome> => {
	const {engine, connection} = tools.session;
	if (statement.object === 'schema') {
		return alterSchema(statement, tools);
	}

	const target = resolveTarget(tools, statement.path);
	const existing = engine.store.findTable(...target);
	if (existing === undefined && statement.ifExists) {
		return outcomeOf('table', engine.project, target, 'SKIP');
	}

	let record = engine.store.table(...target);
	const statements: string[] = [];
	for (const action of statement.actions) {
		const step = await applyAction(action, record, tools);
		record = step.record;
		if (step.sql !== undefined) {
			statements.push(step.sql);
		}
	}

	if (record === existing) {
		return outcomeOf('table', engine.project, target, 'SKIP');
	}

	await tools.session.commitDdl(async () => {
		for (const sql of statements) {
			await connection.run(sql);
		}

		const changed: Change = {operation: 'put', kind: 'table', record: {...record, etag: newEtag(), modifiedMs: tools.nowMs}};
		return record.table === target[1] ? [changed] : [{operation: 'remove', kind: 'table', dataset: target[0], name: target[1]}, changed];
	});
	return outcomeOf('table', engine.project, target, 'ALTER');
};

const alterSchema = async (statement: AlterStatement, tools: DdlTools): Promise<Outcome> => {
	const {engine} = tools.session;
	const record = engine.store.dataset(datasetName(tools, statement.path));
	let changed = record;
	for (const action of statement.actions) {
		if (action.kind === 'set-options') {
			const options = await readOptions(action.options, tools.evaluate);
			changed = {...changed, ...definedOnly({description: options.description, labels: options.labels, defaultTableExpirationMs: options.defaultTableExpirationMs})};
		}
	}

	await tools.session.commitDdl(async () => [{operation: 'put', kind: 'dataset', record: {...changed, etag: newEtag(), modifiedMs: tools.nowMs}}]);
	return {};
};

/** CREATE SCHEMA. */
export const createSchema = async (statement: CreateSchema, tools: DdlTools): Promise<Outcome> => {
	const {engine, connection} = tools.session;
	const dataset = datasetName(tools, statement.path);
	if (engine.store.findDataset(dataset) !== undefined) {
		if (statement.ifNotExists) {
			return {};
		}

		throw new SqlError({reason: 'duplicate', message: `Already Exists: Dataset ${engine.project}:${dataset}`});
	}

	const options = await readOptions(statement.options, tools.evaluate);
	await tools.session.commitDdl(async () => {
		await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`);
		return [{operation: 'put', kind: 'dataset', record: {dataset, location: options.location ?? 'US', labels: options.labels ?? {}, ...definedOnly({description: options.description, defaultTableExpirationMs: options.defaultTableExpirationMs}), etag: newEtag(), createdMs: tools.nowMs, modifiedMs: tools.nowMs}}];
	});
	return {};
};

const tableKinds = new Set(['table', 'snapshot-table', 'external-table', 'view', 'materialized-view']);

/** DROP of anything. The linter keeps it out of deployments; people may still type it. */
export const drop = async (statement: DropStatement, tools: DdlTools): Promise<Outcome> => {
	const {engine, connection} = tools.session;
	if (statement.object === 'schema') {
		return dropSchema(statement, tools);
	}

	const name = statement.path.parts.at(-1)!.name;
	const temporary = statement.object === 'table' && statement.path.parts.length === 1 ? tools.session.temporary.get(name.toLowerCase()) : undefined;
	if (temporary !== undefined) {
		await connection.run(`DROP TABLE ${temporary.storage}`);
		tools.session.temporary.delete(name.toLowerCase());
		return {};
	}

	const target = resolveTarget(tools, statement.path);
	const isTable = tableKinds.has(statement.object);
	const found = isTable ? engine.store.findTable(...target) : engine.store.findRoutine(...target);
	if (found === undefined) {
		if (statement.ifExists) {
			return outcomeOf(isTable ? 'table' : 'routine', engine.project, target, 'SKIP');
		}

		throw new SqlError({reason: 'notFound', message: `Not found: ${isTable ? 'Table' : 'Routine'} ${engine.project}:${target.join('.')}`});
	}

	await tools.session.commitDdl(async () => {
		if ('storage' in found && found.storage !== undefined) {
			await connection.run(`DROP TABLE ${found.storage}`);
		}

		return [{operation: 'remove', kind: isTable ? 'table' : 'routine', dataset: target[0], name: target[1]}];
	});
	return outcomeOf(isTable ? 'table' : 'routine', engine.project, target, 'DROP');
};

const dropSchema = async (statement: DropStatement, tools: DdlTools): Promise<Outcome> => {
	const {engine, connection} = tools.session;
	const dataset = datasetName(tools, statement.path);
	if (engine.store.findDataset(dataset) === undefined && statement.ifExists) {
		return {};
	}

	engine.store.dataset(dataset);
	const isEmpty = engine.store.tables(dataset).length === 0 && engine.store.routines(dataset).length === 0;
	if (!isEmpty && statement.behavior !== 'cascade') {
		throw new SqlError({reason: 'invalid', message: `Dataset ${engine.project}:${dataset} is still in use`});
	}

	await tools.session.commitDdl(async () => {
		await connection.run(`DROP SCHEMA IF EXISTS ${quoteName(dataset)} CASCADE`);
		return [{operation: 'remove', kind: 'dataset', dataset, name: ''}];
	});
	return {};
};
