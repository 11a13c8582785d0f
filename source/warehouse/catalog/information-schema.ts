// INFORMATION_SCHEMA as relations: the catalog's views are made of the catalog in memory at the moment of the query, JOBS
// reads the job table.
import type {TableEntry} from '../../googlesql/catalog.js';
import type {Column, SqlType} from '../../googlesql/types.js';
import {duckType, quoteName, typeText} from '../emit/duck-type.js';
import {literalText} from '../emit/literal.js';
import type {Cell} from '../contract.js';
import type {CatalogStore} from './catalog-store.js';
import {tableDdl} from './ddl-text.js';
import type {StoredRoutine, StoredTable} from './records.js';

const string: SqlType = {kind: 'scalar', name: 'STRING'};
const int64: SqlType = {kind: 'scalar', name: 'INT64'};
const bool: SqlType = {kind: 'scalar', name: 'BOOL'};
const timestamp: SqlType = {kind: 'scalar', name: 'TIMESTAMP'};
const tablePath: SqlType = {kind: 'struct', fields: [{name: 'project_id', type: string}, {name: 'dataset_id', type: string}, {name: 'table_id', type: string}]};

const columns = (definition: Readonly<Record<string, SqlType>>): readonly Column[] => Object.entries(definition).map(([name, type]) => ({name, type}));

const micros = (ms: number): string => String(Math.round(ms * 1000));

/** BigQuery's words for the types of routines. */
const routineType = {SCALAR_FUNCTION: 'FUNCTION', TABLE_VALUED_FUNCTION: 'TABLE FUNCTION', PROCEDURE: 'PROCEDURE'} as const;
const tableType = {TABLE: 'BASE TABLE', VIEW: 'VIEW', SNAPSHOT: 'SNAPSHOT', CLONE: 'CLONE'} as const;

type Scope = {readonly store: CatalogStore; readonly datasets: readonly string[]; readonly rowCount: (table: StoredTable) => string};

type View = {readonly columns: readonly Column[]; readonly rows: (scope: Scope) => readonly (readonly (Cell | {readonly sql: string})[])[]};

const allTables = ({store, datasets}: Scope): readonly StoredTable[] => datasets.flatMap(dataset => store.tables(dataset));
const allRoutines = ({store, datasets}: Scope): readonly StoredRoutine[] => datasets.flatMap(dataset => store.routines(dataset));

const optionValue = (value: string): string => JSON.stringify(value);

const tableOptions = (table: StoredTable): readonly (readonly [name: string, type: string, value: string])[] => {
	const options: [string, string, string][] = [];
	if (table.description !== undefined) {
		options.push(['description', 'STRING', optionValue(table.description)]);
	}

	if (table.expiresMs !== undefined) {
		options.push(['expiration_timestamp', 'TIMESTAMP', `TIMESTAMP ${optionValue(new Date(table.expiresMs).toISOString())}`]);
	}

	const labels = Object.entries(table.labels);
	if (labels.length > 0) {
		options.push(['labels', 'ARRAY<STRUCT<STRING, STRING>>', `[${labels.map(([key, value]) => `STRUCT(${optionValue(key)}, ${optionValue(value)})`).join(', ')}]`]);
	}

	if (table.partitioning?.expirationMs !== undefined) {
		options.push(['partition_expiration_days', 'FLOAT64', String(table.partitioning.expirationMs / 86_400_000)]);
	}

	return options;
};

const views: Readonly<Record<string, View>> = {
	SCHEMATA: {
		columns: columns({catalog_name: string, schema_name: string, schema_owner: string, creation_time: timestamp, last_modified_time: timestamp, location: string, ddl: string}),
		rows: ({store}) => store.datasets().map(({dataset, location, createdMs, modifiedMs}) => [store.project, dataset, null, micros(createdMs), micros(modifiedMs), location, `CREATE SCHEMA \`${store.project}.${dataset}\`\nOPTIONS(\n  location="${location}"\n);`]),
	},
	TABLES: {
		columns: columns({table_catalog: string, table_schema: string, table_name: string, table_type: string, is_insertable_into: string, is_typed: string, creation_time: timestamp, base_table_catalog: string, base_table_schema: string, base_table_name: string, snapshot_time_ms: timestamp, ddl: string, default_collation_name: string}),
		rows: scope =>
			allTables(scope).map(table => {
				const [baseCatalog, baseSchema, baseName] = table.base?.path ?? [];
				return [scope.store.project, table.dataset, table.table, tableType[table.type], table.type === 'TABLE' || table.type === 'CLONE' ? 'YES' : 'NO', 'NO', micros(table.createdMs), baseCatalog ?? null, baseSchema ?? null, baseName ?? null, table.base === undefined ? null : micros(table.base.atMs), tableDdl(scope.store.project, table), 'NULL'];
			}),
	},
	COLUMNS: {
		columns: columns({table_catalog: string, table_schema: string, table_name: string, column_name: string, ordinal_position: int64, is_nullable: string, data_type: string, is_generated: string, generation_expression: string, is_stored: string, is_hidden: string, is_updatable: string, is_system_defined: string, is_partitioning_column: string, clustering_ordinal_position: int64, collation_name: string, column_default: string, rounding_mode: string}),
		rows: scope =>
			allTables(scope).flatMap(table =>
				table.columns.map((column, index) => {
					const clustered = (table.clustering ?? []).indexOf(column.name);
					return [scope.store.project, table.dataset, table.table, column.name, String(index + 1), column.isRequired === true ? 'NO' : 'YES', typeText(column.type), 'NEVER', null, null, 'NO', null, 'NO', table.partitioning?.column === column.name ? 'YES' : 'NO', clustered === -1 ? null : String(clustered + 1), 'NULL', table.defaults?.[column.name] ?? 'NULL', null];
				}),
			),
	},
	VIEWS: {
		columns: columns({table_catalog: string, table_schema: string, table_name: string, view_definition: string, check_option: string, use_standard_sql: string}),
		rows: scope => allTables(scope).filter(({type}) => type === 'VIEW').map(table => [scope.store.project, table.dataset, table.table, table.viewQuery ?? '', null, 'YES']),
	},
	TABLE_OPTIONS: {
		columns: columns({table_catalog: string, table_schema: string, table_name: string, option_name: string, option_type: string, option_value: string}),
		rows: scope => allTables(scope).flatMap(table => tableOptions(table).map(([name, type, value]) => [scope.store.project, table.dataset, table.table, name, type, value])),
	},
	TABLE_SNAPSHOTS: {
		columns: columns({table_catalog: string, table_schema: string, table_name: string, base_table_catalog: string, base_table_schema: string, base_table_name: string, snapshot_time: timestamp}),
		rows: scope => allTables(scope).filter(table => table.type === 'SNAPSHOT' && table.base !== undefined).map(table => [scope.store.project, table.dataset, table.table, ...table.base!.path, micros(table.base!.atMs)]),
	},
	TABLE_STORAGE: {
		columns: columns({project_id: string, project_number: int64, table_catalog: string, table_schema: string, table_name: string, creation_time: timestamp, total_rows: int64, total_partitions: int64, table_type: string}),
		rows: scope => allTables(scope).filter(({type}) => type !== 'VIEW').map(table => [scope.store.project, '1', scope.store.project, table.dataset, table.table, micros(table.createdMs), {sql: scope.rowCount(table)}, '1', tableType[table.type]]),
	},
	ROUTINES: {
		columns: columns({specific_catalog: string, specific_schema: string, specific_name: string, routine_catalog: string, routine_schema: string, routine_name: string, routine_type: string, data_type: string, routine_body: string, routine_definition: string, external_language: string, is_deterministic: string, security_type: string, created: timestamp, last_altered: timestamp, ddl: string}),
		rows: scope =>
			allRoutines(scope).map(({dataset, routine, type, returns, body, createdMs, modifiedMs, ddl}) => [scope.store.project, dataset, routine, scope.store.project, dataset, routine, routineType[type], returns === undefined ? null : typeText(returns), 'SQL', body, null, null, null, micros(createdMs), micros(modifiedMs), ddl]),
	},
	PARAMETERS: {
		columns: columns({specific_catalog: string, specific_schema: string, specific_name: string, ordinal_position: int64, parameter_mode: string, is_result: string, parameter_name: string, data_type: string, parameter_default: string, is_aggregate: string}),
		rows: scope =>
			allRoutines(scope).flatMap(({dataset, routine, type, returns, arguments: arguments_}) => [
				...(type === 'SCALAR_FUNCTION' && returns !== undefined ? [[scope.store.project, dataset, routine, '0', null, 'YES', null, typeText(returns), null, null]] : []),
				...arguments_.map((argument, index) => [scope.store.project, dataset, routine, String(index + 1), type === 'PROCEDURE' ? argument.mode : null, 'NO', argument.name, argument.type === undefined ? 'ANY TYPE' : typeText(argument.type), null, null]),
			]),
	},
	ROUTINE_OPTIONS: {
		columns: columns({specific_catalog: string, specific_schema: string, specific_name: string, option_name: string, option_type: string, option_value: string}),
		rows: scope => allRoutines(scope).filter(({description}) => description !== undefined).map(({dataset, routine, description}) => [scope.store.project, dataset, routine, 'description', 'STRING', optionValue(description ?? '')]),
	},
};

const jobColumns = columns({
	creation_time: timestamp, project_id: string, project_number: int64, user_email: string, job_id: string, job_type: string, statement_type: string, priority: string, start_time: timestamp, end_time: timestamp, query: string, state: string, reservation_id: string, total_bytes_processed: int64, total_slot_ms: int64,
	error_result: {kind: 'struct', fields: [{name: 'reason', type: string}, {name: 'location', type: string}, {name: 'debug_info', type: string}, {name: 'message', type: string}]},
	cache_hit: bool, destination_table: tablePath, referenced_tables: {kind: 'array', element: tablePath},
	labels: {kind: 'array', element: {kind: 'struct', fields: [{name: 'key', type: string}, {name: 'value', type: string}]}},
	total_bytes_billed: int64, transaction_id: string, parent_job_id: string,
	dml_statistics: {kind: 'struct', fields: [{name: 'inserted_row_count', type: int64}, {name: 'deleted_row_count', type: int64}, {name: 'updated_row_count', type: int64}]},
});

const jobViews = new Set(['JOBS', 'JOBS_BY_PROJECT', 'JOBS_BY_USER']);

/** Views that may be asked of a region or the project, not only of a dataset. */
const isRegion = (part: string): boolean => part.toLowerCase().startsWith('region-');

/**
 * An INFORMATION_SCHEMA view by its path: [project,] [dataset or region-x,] INFORMATION_SCHEMA, VIEW.
 * @returns undefined when the path names none.
 */
export const findInformationSchema = (store: CatalogStore, path: readonly string[]): TableEntry | undefined => {
	const at = path.findIndex(part => part.toUpperCase() === 'INFORMATION_SCHEMA');
	if (at === -1 || at !== path.length - 2) {
		return undefined;
	}

	const view = path[at + 1]!.toUpperCase();
	const qualifier = path[at - 1];
	if (jobViews.has(view)) {
		const isQualified = qualifier !== undefined && isRegion(qualifier);
		return isQualified ? {kind: 'information-schema', path: [store.project, qualifier, 'INFORMATION_SCHEMA', view], columns: jobColumns} : undefined;
	}

	const definition = views[view];
	if (definition === undefined) {
		return undefined;
	}

	const isDataset = qualifier !== undefined && qualifier !== store.project && !isRegion(qualifier);
	if (isDataset && store.findDataset(qualifier) === undefined) {
		return undefined;
	}

	return {kind: 'information-schema', path: [store.project, isDataset ? qualifier : 'region-us', 'INFORMATION_SCHEMA', view], columns: definition.columns};
};

/** Whether a query over it has to see jobs that were saved a moment ago. */
export const readsJobs = (entry: TableEntry): boolean => entry.kind === 'information-schema' && jobViews.has(entry.path.at(-1)!);

/** DuckDB relation text of an INFORMATION_SCHEMA view. */
export const informationSchemaRelation = (store: CatalogStore, entry: TableEntry): string => {
	const view = entry.path.at(-1)!;
	if (jobViews.has(view)) {
		return `(SELECT ${jobColumns.map(column => quoteName(column.name)).join(', ')} FROM _eros.jobs)`;
	}

	const definition = views[view]!;
	const qualifier = entry.path[1]!;
	const datasets = isRegion(qualifier) ? store.datasets().map(({dataset}) => dataset) : [qualifier];
	const rowCount = (table: StoredTable): string => (table.storage === undefined ? 'CAST(NULL AS BIGINT)' : `(SELECT count(*) FROM ${table.storage})`);
	const rows = definition.rows({store, datasets, rowCount});
	const names = definition.columns.map(column => quoteName(column.name)).join(', ');
	if (rows.length === 0) {
		return `(SELECT ${definition.columns.map(column => `CAST(NULL AS ${duckType(column.type)}) AS ${quoteName(column.name)}`).join(', ')} WHERE FALSE)`;
	}

	const values = rows.map(row => `(${row.map((cell, index) => (cell !== null && typeof cell === 'object' && 'sql' in cell ? cell.sql : literalText(cell as Cell, definition.columns[index]!.type))).join(', ')})`);
	return `(SELECT * FROM (VALUES ${values.join(', ')}) AS v(${names}))`;
};
