// What the catalog keeps of a table or a routine besides what the wire shows of it.
import type {DatasetRecord, RoutineRecord, TableRecord} from '../contract.js';

/** Rows and bytes are counted when asked, never stored. */
export type StoredTable = Omit<TableRecord, 'rows' | 'bytes' | 'ddl'> & {
	/** Quoted DuckDB name of the rows, `"dataset"."table"`; undefined for a view. */
	readonly storage: string | undefined;
	readonly primaryKey?: readonly string[];
	readonly columnDescriptions?: Readonly<Record<string, string>>;
	/** What a snapshot or a clone was made of. */
	readonly base?: {readonly path: readonly string[]; readonly atMs: number};
	/** Number of a write that DuckDB has seen; versions for time travel are kept by it. */
	readonly generation?: number;
};

export type StoredRoutine = RoutineRecord & {
	/** The whole CREATE statement as submitted, parsed again when the routine is used. */
	readonly source: string;
	/** Default dataset at creation, for unqualified names in its body. */
	readonly defaultDataset?: string;
};

export type Change =
	| {readonly operation: 'put'; readonly kind: 'dataset'; readonly record: DatasetRecord}
	| {readonly operation: 'put'; readonly kind: 'table'; readonly record: StoredTable}
	| {readonly operation: 'put'; readonly kind: 'routine'; readonly record: StoredRoutine}
	| {readonly operation: 'remove'; readonly kind: 'dataset' | 'table' | 'routine'; readonly dataset: string; readonly name: string};
