// The definitions that stand in a dataset, read from INFORMATION_SCHEMA.
import type {TargetNames} from './names.js';

export type LiveSchedule = {readonly displayName: string; readonly schedule: string; readonly query: string; readonly isDisabled: boolean; readonly notifyOnFailure: boolean};

export type LiveCatalog = {
	/** Table name to its columns in order. */
	readonly tables: ReadonlyMap<string, readonly string[]>;
	/** View name to its DDL. */
	readonly views: ReadonlyMap<string, string>;
	/** Routine name to its DDL. */
	readonly routines: ReadonlyMap<string, string>;
	/** Display name to config. */
	readonly schedules: ReadonlyMap<string, LiveSchedule>;
};

/** Asks the warehouse one read-only question. */
export type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const pairs = (rows: readonly Readonly<Record<string, unknown>>[], key: string, value: string): ReadonlyMap<string, string> =>
	new Map(rows.map(row => [String(row[key]), String(row[value])]));

/** An empty catalog: what a dataset that does not exist holds. */
export const emptyCatalog: LiveCatalog = {tables: new Map(), views: new Map(), routines: new Map(), schedules: new Map()};

/** The statements that read a dataset's definitions, by what they give. */
export const catalogStatements = ({project, dataset}: TargetNames): {readonly [Part in 'columns' | 'views' | 'routines']: string} => ({
	columns: `SELECT c.table_name, c.column_name FROM \`${project}.${dataset}\`.INFORMATION_SCHEMA.COLUMNS AS c JOIN \`${project}.${dataset}\`.INFORMATION_SCHEMA.TABLES AS t ON t.table_name = c.table_name WHERE t.table_type IN ('BASE TABLE', 'CLONE') ORDER BY c.table_name, c.ordinal_position`,
	views: `SELECT table_name, ddl FROM \`${project}.${dataset}\`.INFORMATION_SCHEMA.TABLES WHERE table_type = 'VIEW' ORDER BY table_name`,
	routines: `SELECT routine_name, ddl FROM \`${project}.${dataset}\`.INFORMATION_SCHEMA.ROUTINES ORDER BY routine_name`,
});

/**
 * Reads the live definitions of a dataset.
 * @param schedules the dataset's transfer configs, as the transfer service lists them.
 */
export const readLiveCatalog = async (ask: Ask, names: TargetNames, schedules: readonly LiveSchedule[]): Promise<LiveCatalog> => {
	const statements = catalogStatements(names);
	const [columns, views, routines] = await Promise.all([ask(statements.columns), ask(statements.views), ask(statements.routines)]);
	const tables = new Map<string, string[]>();
	for (const row of columns) {
		const table = String(row['table_name']);
		tables.set(table, [...tables.get(table) ?? [], String(row['column_name'])]);
	}

	return {
		tables,
		views: pairs(views, 'table_name', 'ddl'),
		routines: pairs(routines, 'routine_name', 'ddl'),
		schedules: new Map(schedules.map(schedule => [schedule.displayName, schedule])),
	};
};
