// CREATE TABLE in all its forms, CREATE SNAPSHOT TABLE, CREATE VIEW.
import type {ColumnDefinition, CreateSnapshotTable, CreateTable, CreateView, StatementAnalysis} from '../../googlesql/index.js';
import type {Column} from '../../googlesql/types.js';
import {resolvePath} from '../catalog/analyzer-catalog.js';
import type {StoredTable} from '../catalog/records.js';
import {SqlError} from '../contract.js';
import type {Emission} from '../emit/context.js';
import {quoteName} from '../emit/duck-type.js';
import {emitFitted} from '../emit/query.js';
import type {StatementOutcome} from '../script/runtime.js';
import {definedOnly, readOptions, readPartitioning, type TableOptions} from './ddl-options.js';
import type {DdlTools} from './runtime.js';
import {createStorage, fillStorage, newEtag, storageName} from './storage.js';
import {typeOfNode} from './type-node.js';

type Outcome = Partial<StatementOutcome>;

/** Dataset and name of what a statement makes. */
export const resolveTarget = ({session, request}: DdlTools, path: {readonly parts: readonly {readonly name: string}[]}): readonly [dataset: string, name: string] => {
	const {store, project} = session.engine;
	const parts = path.parts.map(part => part.name);
	const resolved = resolvePath(project, request.defaultDataset, parts);
	if (resolved === undefined) {
		throw new SqlError({reason: 'invalidQuery', message: `"${parts.join('.')}" must be qualified with a dataset (e.g. dataset.${parts.at(-1) ?? ''})`});
	}

	store.dataset(resolved[0]);
	return resolved;
};

export const outcomeOf = (kind: 'table' | 'routine', project: string, [dataset, name]: readonly [string, string], operation: string): Outcome => ({target: {kind, path: [project, dataset, name], operation}});

/** What stands in the way of a CREATE: 'skip' when nothing is to be done. */
const prepare = (tools: DdlTools, statement: CreateTable | CreateSnapshotTable | CreateView, target: readonly [string, string]): {readonly existing: StoredTable | undefined; readonly isSkipped: boolean} => {
	const {store, project} = tools.session.engine;
	if (tools.session.isInTransaction) {
		throw new SqlError({reason: 'invalidQuery', message: 'CREATE of a permanent table or view is not supported inside a transaction'});
	}

	const existing = store.findTable(...target);
	if (existing !== undefined && statement.ifNotExists) {
		return {existing, isSkipped: true};
	}

	if (existing !== undefined && !statement.orReplace) {
		throw new SqlError({reason: 'duplicate', message: `Already Exists: Table ${project}:${target.join('.')}`});
	}

	if (existing !== undefined && (existing.type === 'VIEW') !== (statement.kind === 'create-view')) {
		throw new SqlError({reason: 'invalidQuery', message: `${project}:${target.join('.')} is not allowed for this operation because it is currently a ${existing.type}`});
	}

	return {existing, isSkipped: false};
};

const columnOf = (definition: ColumnDefinition): Column => ({name: definition.name.name, type: typeOfNode(definition.type), ...(definition.isRequired ? {isRequired: true} : {})});

const expiry = (tools: DdlTools, dataset: string, options: TableOptions): {readonly expiresMs?: number} => {
	const standard = tools.session.engine.store.dataset(dataset).defaultTableExpirationMs;
	const expiresMs = 'expiresMs' in options ? options.expiresMs : standard === undefined ? undefined : tools.nowMs + standard;
	return expiresMs === undefined ? {} : {expiresMs};
};

const described = (definitions: readonly ColumnDefinition[], tools: DdlTools): Promise<Readonly<Record<string, string>>> =>
	definitions.reduce<Promise<Readonly<Record<string, string>>>>(async (before, definition) => {
		const known = await before;
		const {description} = await readOptions(definition.options, tools.evaluate);
		return description === undefined ? known : {...known, [definition.name.name]: description};
	}, Promise.resolve({}));

const defaultsOf = (definitions: readonly ColumnDefinition[], {scope}: DdlTools): Readonly<Record<string, string>> =>
	Object.fromEntries(definitions.flatMap(({name, default: value}) => (value === undefined ? [] : [[name.name, scope.text.slice(value.span.start, value.span.end)]])));

/** The record and the query that fills it, before anything is made. */
const plan = async (statement: CreateTable, analysis: StatementAnalysis, emission: Emission, tools: DdlTools, [dataset, table]: readonly [string, string], existing: StoredTable | undefined): Promise<{readonly record: StoredTable; readonly fill: string | undefined}> => {
	const {store, versions, project} = tools.session.engine;
	const options = await readOptions(statement.options, tools.evaluate);
	const base = {dataset, table, etag: newEtag(), createdMs: tools.nowMs, modifiedMs: tools.nowMs, storage: storageName(dataset, table, existing), ...expiry(tools, dataset, options)};
	if (statement.origin !== undefined) {
		const {method, path, systemTime} = statement.origin;
		const source = store.table(...resolveTarget(tools, path));
		const atMs = systemTime === undefined ? undefined : Number(emission.systemTime(systemTime) / 1000n);
		const rows = method === 'like' ? undefined : atMs === undefined ? source.storage : versions.relation(project, source, atMs);
		const {storage: _storage, base: _base, expiresMs: _expiresMs, viewQuery: _viewQuery, ...shape} = source;
		const record: StoredTable = {...shape, ...base, ...definedOnly({description: options.description, labels: options.labels}), type: method === 'clone' ? 'CLONE' : 'TABLE', ...(method === 'clone' ? {base: {path: [project, source.dataset, source.table], atMs: atMs ?? tools.nowMs}} : {})};
		return {record, fill: rows === undefined ? undefined : `SELECT ${source.columns.map(column => quoteName(column.name)).join(', ')} FROM ${rows}`};
	}

	const definitions = statement.columns ?? [];
	const columns = statement.columns === undefined ? analysis.columns.map(({name, type}) => ({name, type})) : definitions.map(definition => columnOf(definition));
	const keyed = definitions.filter(definition => definition.isPrimaryKey).map(definition => definition.name.name);
	const primaryKey = statement.constraints.find(constraint => constraint.constraint === 'primary-key')?.columns.map(column => column.name) ?? keyed;
	const defaults = defaultsOf(definitions, tools);
	const partitioning = readPartitioning(statement.partitionBy, options.partitionExpirationMs);
	const record: StoredTable = {
		...base,
		type: 'TABLE',
		columns,
		labels: options.labels ?? {},
		...definedOnly({description: options.description, partitioning}),
		...(statement.clusterBy.length === 0 ? {} : {clustering: statement.clusterBy.map(column => column.name)}),
		...(primaryKey.length === 0 ? {} : {primaryKey}),
		...(Object.keys(defaults).length === 0 ? {} : {defaults}),
		columnDescriptions: await described(definitions, tools),
	};
	return {record, fill: statement.query === undefined ? undefined : emitFitted(statement.query, columns.map(column => column.type), emission)};
};

/** CREATE TABLE. */
export const createTable = async (statement: CreateTable, analysis: StatementAnalysis, emission: Emission, tools: DdlTools): Promise<Outcome> => {
	if (statement.isTemporary) {
		return createTemporary(statement, analysis, emission, tools);
	}

	const {engine, connection} = tools.session;
	const target = resolveTarget(tools, statement.path);
	const {existing, isSkipped} = prepare(tools, statement, target);
	if (isSkipped) {
		return outcomeOf('table', engine.project, target, 'SKIP');
	}

	const {record, fill} = await plan(statement, analysis, emission, tools, target, existing);
	await tools.session.commitDdl(async () => {
		await createStorage(connection, record.storage!, record.columns);
		if (fill !== undefined) {
			await fillStorage(connection, record.storage!, fill);
		}

		if (existing?.storage !== undefined) {
			await connection.run(`DROP TABLE ${existing.storage}`);
		}

		return [{operation: 'put', kind: 'table', record}];
	});
	return outcomeOf('table', engine.project, target, existing === undefined ? 'CREATE' : 'REPLACE');
};

const createTemporary = async (statement: CreateTable, analysis: StatementAnalysis, emission: Emission, tools: DdlTools): Promise<Outcome> => {
	const {session} = tools;
	const name = statement.path.parts.at(-1)!.name;
	const key = name.toLowerCase();
	const known = session.temporary.get(key);
	if (known !== undefined && statement.ifNotExists) {
		return {};
	}

	if (known !== undefined && !statement.orReplace) {
		throw new SqlError({reason: 'duplicate', message: `Already Exists: Table ${name}`});
	}

	const columns = statement.columns === undefined ? analysis.columns.map((column): Column => ({name: column.name, type: column.type})) : statement.columns.map(definition => columnOf(definition));
	const storage = `temp.main.${quoteName(`${name}@${newEtag()}`)}`;
	const fill = statement.query === undefined ? undefined : emitFitted(statement.query, columns.map(column => column.type), emission);
	await createStorage(session.connection, storage, columns);
	if (fill !== undefined) {
		await fillStorage(session.connection, storage, fill);
	}

	if (known !== undefined) {
		await session.connection.run(`DROP TABLE ${known.storage}`);
	}

	session.temporary.set(key, {storage, entry: {kind: 'temporary', path: [name], columns}, defaults: defaultsOf(statement.columns ?? [], tools)});
	return {};
};

/** CREATE SNAPSHOT TABLE ... CLONE. */
export const createSnapshot = async (statement: CreateSnapshotTable, emission: Emission, tools: DdlTools): Promise<Outcome> => {
	const {engine, connection} = tools.session;
	const target = resolveTarget(tools, statement.path);
	const {existing, isSkipped} = prepare(tools, statement, target);
	if (isSkipped) {
		return outcomeOf('table', engine.project, target, 'SKIP');
	}

	const source = engine.store.table(...resolveTarget(tools, statement.source));
	const atMs = statement.systemTime === undefined ? tools.nowMs : Number(emission.systemTime(statement.systemTime) / 1000n);
	const options = await readOptions(statement.options, tools.evaluate);
	const rows = engine.versions.relation(engine.project, source, atMs);
	const {expiresMs: _expiresMs, ...shape} = source;
	const record: StoredTable = {
		...shape,
		...definedOnly({description: options.description, labels: options.labels}),
		...expiry(tools, target[0], options),
		dataset: target[0],
		table: target[1],
		type: 'SNAPSHOT',
		etag: newEtag(),
		createdMs: tools.nowMs,
		modifiedMs: tools.nowMs,
		storage: storageName(...target, existing),
		base: {path: [engine.project, source.dataset, source.table], atMs},
	};
	await tools.session.commitDdl(async () => {
		await createStorage(connection, record.storage!, record.columns);
		await fillStorage(connection, record.storage!, `SELECT ${record.columns.map(column => quoteName(column.name)).join(', ')} FROM ${rows}`);
		if (existing?.storage !== undefined) {
			await connection.run(`DROP TABLE ${existing.storage}`);
		}

		return [{operation: 'put', kind: 'table', record}];
	});
	return outcomeOf('table', engine.project, target, existing === undefined ? 'CREATE' : 'REPLACE');
};

/** CREATE VIEW: keeps the query's text; it is analyzed again when the view is read. */
export const createView = async (statement: CreateView, analysis: StatementAnalysis, tools: DdlTools): Promise<Outcome> => {
	if (statement.isMaterialized) {
		throw analysis.refuse(statement, 'Materialized views are not supported by the embedded warehouse');
	}

	const {engine} = tools.session;
	const target = resolveTarget(tools, statement.path);
	const {existing, isSkipped} = prepare(tools, statement, target);
	if (isSkipped) {
		return outcomeOf('table', engine.project, target, 'SKIP');
	}

	const options = await readOptions(statement.options, tools.evaluate);
	const columns = analysis.columns.map((column, index): Column => ({name: statement.columns[index]?.name.name ?? column.name, type: column.type}));
	const record: StoredTable = {
		dataset: target[0],
		table: target[1],
		type: 'VIEW',
		columns,
		labels: options.labels ?? {},
		...definedOnly({description: options.description}),
		etag: newEtag(),
		createdMs: existing?.createdMs ?? tools.nowMs,
		modifiedMs: tools.nowMs,
		storage: undefined,
		viewQuery: tools.scope.text.slice(statement.query.span.start, statement.query.span.end),
	};
	await tools.session.commitDdl(async () => [{operation: 'put', kind: 'table', record}]);
	return outcomeOf('table', engine.project, target, existing === undefined ? 'CREATE' : 'REPLACE');
};
