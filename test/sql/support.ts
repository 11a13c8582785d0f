// One embedded warehouse a test file, behind the official client, with all of sql/ deployed in dependency order.
// Its clock stands at a known instant; every value a test names is relative to that.
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {connectEmbedded, type Connection} from '../../source/cloud/connect.js';
import type {ClockDrive, EmbeddedEndpoint} from '../../source/cloud/embedded.js';
import {jobId} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isObjectFile, loadObjects} from '../../source/objects/load-objects.js';
import {renderTemplate} from '../../source/objects/template.js';
import type {JobError, QueryParameter, Row, Warehouse} from '../../source/ports/warehouse.js';
import {startWarehouseServer} from '../../source/warehouse/server.js';
import {openTestDatabase} from '../cloud/test-database.js';

const project = 'test-project';
const root = path.resolve(import.meta.dirname, '../..');
export const names = {project, dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles'};

/** Monday 2025-11-03, 10:00 in Los Angeles (18:00 UTC): the day's date there is 2025-11-03. */
export const monday = Date.parse('2025-11-03T18:00:00Z');

export type Sql = {
	readonly warehouse: Warehouse;
	readonly connection: Connection;
	/** What its state file would say. */
	readonly instance: EmbeddedEndpoint;
	readonly drive: ClockDrive;
	/** Rows of the last SELECT. Objects are written `eros.name`. @throws with the job's message. */
	readonly rows: <R extends Row = Row>(sql: string, parameters?: readonly QueryParameter[]) => Promise<readonly R[]>;
	/** The only row. */
	readonly row: <R extends Row = Row>(sql: string, parameters?: readonly QueryParameter[]) => Promise<R>;
	/** The error a job ends with, undefined when it has none. */
	readonly failure: (sql: string, parameters?: readonly QueryParameter[]) => Promise<JobError | undefined>;
	/** Sets the warehouse's clock. */
	readonly at: (instant: string) => Promise<void>;
	/** Deploys all of sql/ as one job an object. */
	readonly deploy: () => Promise<void>;
	/** Lays out page test_creator as sql/sample/fixture does, counted back from the clock. */
	readonly layOutFixture: () => Promise<void>;
	readonly close: () => Promise<void>;
};

/** What test/sql/mutations puts in place of these tests' own warehouse and files, so that all mutants share one warehouse. */
export type Mutant = {readonly read: (file: string, text: string) => string; readonly start: (fresh: () => Promise<Sql>) => Promise<Sql>};
const mutant = (): Mutant | undefined => (globalThis as {erosMutant?: Mutant}).erosMutant;

/** A file of sql/, named from the project's root. */
export const readSql = async (file: string): Promise<string> => {
	const text = await readFile(path.join(root, file), 'utf8');
	return mutant()?.read(file, text) ?? text;
};

/** Every object of sql/ rendered for the tests' dataset, in dependency order, without scheduled queries. */
export const readObjects = async () => {
	const entries = await readdir(path.join(root, 'sql'), {recursive: true});
	const paths = entries.map(entry => `sql/${entry}`).filter(entry => isObjectFile(entry)).sort();
	const files = await Promise.all(paths.map(async file => ({path: file, text: await readSql(file)})));
	return loadObjects(files, names).filter(({kind}) => kind !== 'scheduled-query');
};

/** Starts the warehouse; with `isDeployed` false the dataset is empty. */
export const startSql = async ({isDeployed = true}: {readonly isDeployed?: boolean} = {}): Promise<Sql> =>
	// An empty dataset is never the one that all mutants share.
	(isDeployed ? mutant()?.start(async () => openSql(true)) : undefined) ?? openSql(isDeployed);

const openSql = async (isDeployed: boolean): Promise<Sql> => {
	const database = await openTestDatabase(project);
	const server = await startWarehouseServer({database, token: 'sql-token', describe: () => ({project, pid: process.pid})});
	const instance: EmbeddedEndpoint = {endpoint: server.endpoint, port: server.port, token: 'sql-token', pid: process.pid, project, dataPath: ':memory:', startedAt: ''};
	const connection = await connectEmbedded({kind: 'embedded', project, dataset: names.dataset, location: names.location, env: {}, clock: createSystemClock()}, instance);
	const {drive, seed: {warehouse}} = connection.embedded!;
	let jobs = 0;
	const submit = async (sql: string, parameters: readonly QueryParameter[] = []) => {
		jobs += 1;
		const id = jobId(`sql_test_${jobs}`);
		await warehouse.submit({id, sql, parameters, maximumBytesBilled: 10_000_000_000, timeoutMs: 60_000, labels: {}, mutates: []});
		return warehouse.waitForJob(id);
	};

	const failure: Sql['failure'] = async (sql, parameters) => (await submit(sql, parameters)).error;
	const rows = async <R extends Row>(sql: string, parameters?: readonly QueryParameter[]): Promise<readonly R[]> => {
		const job = await submit(sql, parameters);
		if (job.error !== undefined) {
			throw new Error(`${job.error.message}\n${sql.slice(0, 500)}`);
		}

		return (await warehouse.readRows<R>(job.id)).rows;
	};

	const sql: Sql = {
		warehouse,
		connection,
		instance,
		drive,
		rows,
		async row<R extends Row>(text: string, parameters?: readonly QueryParameter[]) {
			const [only, ...others] = await rows<R>(text, parameters);
			if (only === undefined || others.length > 0) {
				throw new Error(`${only === undefined ? 0 : others.length + 1} rows instead of one\n${text.slice(0, 500)}`);
			}

			return only;
		},
		failure,
		async at(instant) {
			await drive.set(Date.parse(instant));
		},
		async deploy() {
			for (const object of await readObjects()) {
				await rows(object.sql);
			}
		},
		async layOutFixture() {
			const file = 'sql/sample/fixture/test_creator.sql';
			const now = new Date(await drive.now()).toISOString();
			await rows(await renderSql(file), [{name: 'now', type: 'TIMESTAMP', value: now}]);
		},
		async close() {
			await connection.close();
			await server.close();
			await database.close();
		},
	};
	await drive.set(monday);
	await warehouse.createDataset(names.dataset, {});
	if (isDeployed) {
		// One script: the same statements as object by object, without a round trip for each.
		const objects = await readObjects();
		await rows(objects.map(object => object.sql).join('\n'));
	}

	return sql;
};

/** A file of sql/ rendered for the tests' dataset. */
export const renderSql = async (file: string): Promise<string> => renderTemplate({path: file, text: await readSql(file)}, names);

/** The body of a scheduled query, rendered for the tests' dataset. */
export const scheduledBody = async (name: string): Promise<string> => renderSql(`sql/scheduled/${name}.sql`);

/** One message of a page as a VALUES row; `at` is an expression of type TIMESTAMP. */
export const messages = (rows: readonly {readonly page: string; readonly at: string; readonly price?: number | 'NULL'; readonly sent?: number | 'NULL'; readonly viewed?: number | 'NULL'; readonly purchased?: number | 'NULL'; readonly earnings?: number | 'NULL'; readonly caption?: string}[]): string => `INSERT INTO eros.mass_messages
	(row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id) VALUES
	${rows.map((row, index) => `(${index + 1}, '${row.page}', 'text', ${row.at}, ${row.price ?? 15}, ${row.sent ?? 1000}, ${row.viewed ?? 400}, ${row.purchased ?? 10}, ${row.earnings ?? 150}, 'Unlock', ${row.caption ?? 'NULL'})`).join(',\n')}`;

/** Captions of the bank. */
export const captions = (rows: readonly {readonly id: string | number; readonly text?: string; readonly category?: string; readonly tier?: string; readonly isUrgent?: boolean; readonly score?: number | 'NULL'; readonly revenue?: number; readonly status?: string}[]): string => `INSERT INTO eros.caption_bank
	(caption_id, caption_text, content_category, price_tier, has_urgency, overall_performance_score, avg_revenue, usage_status) VALUES
	${rows.map(row => `(${row.id}, '${row.text ?? `Caption ${row.id}`}', '${row.category ?? 'Tease'}', '${row.tier ?? 'mid'}', ${row.isUrgent === true}, ${row.score ?? 50}, ${row.revenue ?? 10}, '${row.status ?? 'available'}')`).join(',\n')}`;
