// What the analyzer has to know of the world: given by whoever calls it (the warehouse's catalog, the object files on
// disk, or a test). Names are path parts as written, for example ['project', 'dataset', 'table'] or ['dataset', 'INFORMATION_SCHEMA', 'TABLES'].
import type {CreateFunction, CreateProcedure, CreateTableFunction} from './syntax/ddl.js';
import type {Column, SqlType} from './types.js';

export type TableEntry = {
	readonly kind: 'table' | 'view' | 'information-schema' | 'temporary';
	/** Canonical path parts: [project, dataset, table]. */
	readonly path: readonly string[];
	readonly columns: readonly Column[];
	/** Columns such as _PARTITIONTIME and _TABLE_SUFFIX: usable by name, absent from `*`. */
	readonly pseudoColumns?: readonly Column[];
};

export type RoutineArgument = {
	readonly name: string;
	/** Undefined means ANY TYPE. */
	readonly type: SqlType | undefined;
	readonly mode: 'IN' | 'OUT' | 'INOUT';
	/** Set for a TABLE argument: the columns it asks for; empty for ANY TABLE. */
	readonly table?: readonly Column[];
};

export type RoutineEntry = {
	readonly kind: 'function' | 'table-function' | 'procedure';
	readonly path: readonly string[];
	readonly arguments: readonly RoutineArgument[];
	/** Return type of a function; output columns of a table function. */
	readonly returns?: SqlType;
	readonly columns?: readonly Column[];
	readonly isAggregate?: boolean;
	/** The CREATE statement and its text: needed to type a call of an ANY TYPE template, and to expand a table function. */
	readonly definition?: {readonly text: string; readonly statement: CreateFunction | CreateTableFunction | CreateProcedure};
};

/** Lookups answer undefined for an unknown name; the analyzer turns that into BigQuery's "Not found" message. */
export type AnalyzerCatalog = {
	findTable: (path: readonly string[]) => TableEntry | undefined;
	findRoutine: (path: readonly string[], kind: RoutineEntry['kind']) => RoutineEntry | undefined;
};
