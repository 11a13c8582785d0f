// The few statements the engine itself needs. Identifiers can't be parameters, so each is checked before it becomes text.

/** Thrown for a name that must not become SQL text. */
export class BadNameError extends Error {
	constructor(name: string) {
		super(`${JSON.stringify(name)} is not a name that may stand in a statement.`);
		this.name = 'BadNameError';
	}
}

/** A path in backquotes: `project.dataset.object`. */
export const quotePath = (...parts: readonly string[]): string => {
	for (const part of parts) {
		if (!/^[A-Za-z_][\w-]*$/.test(part)) {
			throw new BadNameError(part);
		}
	}

	return `\`${parts.join('.')}\``;
};

const timestamp = (atMs: number): string => `TIMESTAMP '${new Date(atMs).toISOString()}'`;

export type Place = {readonly project: string; readonly dataset: string};

/** A read-only copy of a table as it was at an instant; an existing one is kept and verified like a new one. */
export const snapshotTable = (from: Place, to: Place, table: string, atMs: number): string =>
	`CREATE SNAPSHOT TABLE IF NOT EXISTS ${quotePath(to.project, to.dataset, table)}\nCLONE ${quotePath(from.project, from.dataset, table)}\nFOR SYSTEM_TIME AS OF ${timestamp(atMs)}`;

/** Overwrites a table with its copy in one statement. */
export const restoreTable = (from: Place, to: Place, table: string): string =>
	`CREATE OR REPLACE TABLE ${quotePath(to.project, to.dataset, table)}\nCLONE ${quotePath(from.project, from.dataset, table)}`;

/** Row count and checksum of tables, one row each: `object_name`, `row_count`, `checksum`. Duplicates cancel in the checksum, so the two are always read together. The fingerprint is of the row's MD5: wide rows then cost what MD5 costs, which every engine does natively. */
export const checksumTables = (place: Place, tables: readonly string[], atMs?: number): string =>
	tables
		.map(table => `SELECT '${quotePath(table).slice(1, -1)}' AS object_name, COUNT(*) AS row_count, BIT_XOR(FARM_FINGERPRINT(MD5(TO_JSON_STRING(t)))) AS checksum\nFROM ${quotePath(place.project, place.dataset, table)} AS t${atMs === undefined ? '' : ` FOR SYSTEM_TIME AS OF ${timestamp(atMs)}`}`)
		.join('\nUNION ALL\n');

/** Row counts only, for tables that are read and never written. */
export const countRows = (place: Place, tables: readonly string[]): string =>
	tables.map(table => `SELECT '${quotePath(table).slice(1, -1)}' AS object_name, COUNT(*) AS row_count FROM ${quotePath(place.project, place.dataset, table)}`).join('\nUNION ALL\n');

/** Rows of the live table that its copy does not have, read over the columns that both have. */
export const countNewRows = (live: Place, saved: Place, table: string, columns: readonly string[]): string => {
	const row = `TO_JSON_STRING(STRUCT(${columns.map(column => `t.${quotePath(column)}`).join(', ')}))`;
	return `SELECT COUNT(*) AS row_count FROM (\n  SELECT ${row} AS content FROM ${quotePath(live.project, live.dataset, table)} AS t\n  EXCEPT DISTINCT\n  SELECT ${row} AS content FROM ${quotePath(saved.project, saved.dataset, table)} AS t\n)`;
};

/** Definitions of all routines: `routine_name`, `routine_type`, `ddl`. */
export const readRoutines = ({project, dataset}: Place): string =>
	`SELECT routine_name, routine_type, ddl FROM ${quotePath(project, dataset)}.INFORMATION_SCHEMA.ROUTINES ORDER BY routine_name`;

/** All tables and views: `table_name`, `table_type`, `ddl`. */
export const readTables = ({project, dataset}: Place): string =>
	`SELECT table_name, table_type, ddl FROM ${quotePath(project, dataset)}.INFORMATION_SCHEMA.TABLES ORDER BY table_name`;

/** The manifest of a restore point, empty. */
export const createManifest = ({project, dataset}: Place): string =>
	`CREATE OR REPLACE TABLE ${quotePath(project, dataset, '_manifest')} (\n  object_type STRING NOT NULL,\n  object_name STRING NOT NULL,\n  status STRING NOT NULL,\n  row_count INT64,\n  bytes INT64,\n  checksum INT64,\n  definition STRING,\n  recorded_at TIMESTAMP NOT NULL\n)`;

/** Inserts so many manifest rows; parameters `type_0`, `name_0`, `status_0`, `rows_0`, `bytes_0`, `checksum_0`, `definition_0`, ... and `recorded_at`. */
export const insertManifest = ({project, dataset}: Place, rows: number): string => {
	const values = Array.from({length: rows}, (_, index) => `(@type_${index}, @name_${index}, @status_${index}, @rows_${index}, @bytes_${index}, @checksum_${index}, @definition_${index}, @recorded_at)`);
	return `INSERT INTO ${quotePath(project, dataset, '_manifest')} (object_type, object_name, status, row_count, bytes, checksum, definition, recorded_at)\nVALUES\n${values.join(',\n')}`;
};

/** Reads a manifest. */
export const readManifest = ({project, dataset}: Place): string =>
	`SELECT object_type, object_name, status, row_count, bytes, checksum, definition, recorded_at FROM ${quotePath(project, dataset, '_manifest')} ORDER BY object_type, object_name`;

/** Ends the locks taken since an instant (parameter `since`) by update; nothing is deleted. */
export const clearLocks = ({project, dataset}: Place, table: string, columns: ReadonlySet<string>): string => {
	const changes = ['is_active = FALSE', ...(columns.has('deactivated_at') ? ['deactivated_at = CURRENT_TIMESTAMP()'] : []), ...(columns.has('deactivation_reason') ? ["deactivation_reason = 'ROLLBACK'"] : [])];
	return `UPDATE ${quotePath(project, dataset, table)}\nSET ${changes.join(', ')}\nWHERE is_active AND assigned_at >= @since`;
};

/** A definition as it can be run again: `CREATE OR REPLACE …`, whatever its head was. */
export const replaceable = (ddl: string): string => ddl.replace(/^\s*CREATE\s+(?:OR\s+REPLACE\s+)?/i, 'CREATE OR REPLACE ').replace(/^(CREATE OR REPLACE (?:TABLE FUNCTION|FUNCTION|PROCEDURE|VIEW))\s+IF\s+NOT\s+EXISTS/i, '$1');

/** Two definitions are the same when they differ in nothing but their creation words and white space. */
export const sameDefinition = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (ddl: string): string => replaceable(ddl).replaceAll(/\s+/g, ' ').replace(/;?\s*$/, '');
