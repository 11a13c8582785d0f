// What all jobs of the process share: the DuckDB instance and the catalog over it.
import type {DuckDBConnection, DuckDBInstance} from '@duckdb/node-api';
import type {CatalogStore} from '../catalog/catalog-store.js';
import type {JobStore} from '../catalog/job-store.js';
import type {Change} from '../catalog/records.js';
import type {TableVersions} from '../catalog/versions.js';
import type {Mutex} from './mutex.js';
import type {RoutineBodies} from './routine-bodies.js';

export type Engine = {
	readonly project: string;
	readonly instance: DuckDBInstance;
	readonly store: CatalogStore;
	readonly jobs: JobStore;
	readonly versions: TableVersions;
	readonly bodies: RoutineBodies;
	/** One change of the catalog at a time. */
	readonly ddl: Mutex;
};

/** Runs DDL and its catalog changes in one transaction of the connection, and shows them after the commit. */
export const commitDdl = async (engine: Engine, connection: DuckDBConnection, work: () => Promise<readonly Change[]>): Promise<void> => {
	await engine.ddl.run(async () => {
		await connection.run('BEGIN TRANSACTION');
		let changes: readonly Change[];
		try {
			changes = await work();
			await engine.store.persist(connection, changes);
			await connection.run('COMMIT');
		} catch (error) {
			await connection.run('ROLLBACK');
			throw error;
		}

		engine.store.apply(changes);
	});
};
