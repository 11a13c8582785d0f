// The inside of the embedded warehouse: GoogleSQL over one DuckDB file. Opens the file and puts catalog, emitter and
// interpreter together behind the contract that the wire calls.
import {DuckDBInstance} from '@duckdb/node-api';
import {parseScript, statementTypeOf, type Script, type Statement} from '../googlesql/index.js';
import {CatalogStore} from './catalog/catalog-store.js';
import {JobStore} from './catalog/job-store.js';
import {metadataDdl} from './catalog/metadata-tables.js';
import type {Change} from './catalog/records.js';
import {sealedDdl} from './catalog/sealed-jobs.js';
import {StateStore} from './catalog/state-store.js';
import {TableVersions, versionDdl} from './catalog/versions.js';
import {SqlError, type Database, type DatasetRecord, type DryRunResult, type ExecuteRequest, type ExecuteResult, type OpenDatabase} from './contract.js';
import {quoteName} from './emit/duck-type.js';
import {macros} from './emit/macros.js';
import {installNativeFunctions} from './emit/native.js';
import {countBytes} from './execute/billed-bytes.js';
import {Connections} from './execute/connections.js';
import {commitDdl, type Engine} from './execute/engine.js';
import {Mutex} from './execute/mutex.js';
import {RoutineBodies} from './execute/routine-bodies.js';
import {fromGoogleSql, Runtime} from './execute/runtime.js';
import {JobSession} from './execute/session.js';
import {newEtag} from './execute/storage.js';
import {createTableOperations} from './execute/table-operations.js';
import {Interpreter} from './script/interpreter.js';
import type {PlainStatement, RuntimeScope} from './script/runtime.js';

const failed = (error: unknown): ExecuteResult => {
	const converted = fromGoogleSql(error);
	if (converted instanceof SqlError) {
		return {statementType: 'SCRIPT', statements: [], error: converted.failure};
	}

	throw converted;
};

const isTemporaryFunction = (statement: Statement): boolean => statement.kind === 'create-function' && statement.isTemporary;

/** The one statement of a job below its temporary functions; undefined for a script. */
const onlyStatement = (script: Script): Statement | undefined => {
	const [only, ...others] = script.statements.filter(statement => !isTemporaryFunction(statement));
	return only === undefined || others.length > 0 || only !== script.statements.at(-1) || statementTypeOf(only) === 'SCRIPT' ? undefined : only;
};

/** Opens the file, installs what DuckDB lacks and reads the catalog. */
export const openDatabase: OpenDatabase = async ({path, project, threads = 2, memoryLimit = '4GB', temporaryFolder}) => {
	const instance = await DuckDBInstance.create(path, {
		threads: String(threads),
		memory_limit: memoryLimit,
		autoinstall_known_extensions: 'false',
		autoload_known_extensions: 'true',
		...(temporaryFolder === undefined ? {} : {temp_directory: temporaryFolder}),
	});
	const connections = new Connections(instance);
	const admin = await connections.take();
	installNativeFunctions(admin);
	for (const statement of [...metadataDdl, ...sealedDdl, ...versionDdl, ...macros.map(macro => `CREATE OR REPLACE MACRO ${macro}`)]) {
		await admin.run(statement);
	}

	const store = await CatalogStore.load(admin, project);
	const jobConnection = await connections.take();
	const jobs = await JobStore.load(jobConnection);
	const stateConnection = await connections.take();
	const state = new StateStore(stateConnection);
	const engine: Engine = {project, instance, store, jobs, versions: await TableVersions.load(admin), bodies: new RoutineBodies(store), ddl: new Mutex()};

	const changeCatalog = async (changes: readonly Change[], sql: readonly string[] = []): Promise<void> =>
		connections.use(async connection =>
			commitDdl(engine, connection, async () => {
				for (const statement of sql) {
					await connection.run(statement);
				}

				return changes;
			}),
		);

	const execute = async (request: ExecuteRequest): Promise<ExecuteResult> => {
		let script: Script;
		try {
			script = parseScript(request.sql);
		} catch (error) {
			return failed(error);
		}

		const [only] = script.statements;
		if (request.destination !== undefined && (script.statements.length !== 1 || only?.kind !== 'query-statement')) {
			const statementType = script.statements.length !== 1 || only === undefined ? 'SCRIPT' : statementTypeOf(only);
			return {statementType, statements: [], error: {reason: 'invalid', message: statementType === 'SCRIPT' ? 'configuration.query.destinationTable cannot be set for scripts' : 'Cannot set destination table in jobs with DDL or DML statements'}};
		}

		const connection = await connections.take();
		const session = new JobSession(engine, connection);
		let isClean = false;
		try {
			const result = await new Interpreter(new Runtime(session, request), request).run(script);
			isClean = session.temporary.size === 0 && !request.signal.aborted;
			return result;
		} finally {
			connections.give(connection, isClean);
		}
	};

	const dryRun: Database['dryRun'] = async request => {
		let script: Script;
		try {
			script = parseScript(request.sql);
		} catch (error) {
			throw fromGoogleSql(error);
		}

		const statement = onlyStatement(script);
		if (statement === undefined) {
			return {statementType: 'SCRIPT', columns: [], processedBytes: 0, referencedTables: []};
		}

		const full: ExecuteRequest = {...request, jobId: 'dry-run', user: '', labels: {}, signal: new AbortController().signal};
		const scope: RuntimeScope = {text: script.text, procedure: undefined, variables: new Map(), systemVariables: new Map(), parameters: request.parameters};
		return connections.use(async (connection): Promise<DryRunResult> => {
			const session = new JobSession(engine, connection);
			const runtime = new Runtime(session, full);
			for (const definition of script.statements.slice(0, -1)) {
				await runtime.run(definition as PlainStatement, scope);
			}

			const analysis = runtime.analyze(statement, scope);
			const {processedBytes, referencedTables} = await countBytes(session, statement, analysis);
			return {statementType: analysis.statementType, columns: analysis.columns, processedBytes, referencedTables};
		});
	};

	return {
		project,
		execute,
		dryRun,
		datasets: {
			list: () => store.datasets(),
			find: dataset => store.findDataset(dataset),
			async create(dataset, {location, labels, description, defaultTableExpirationMs, nowMs}) {
				if (store.findDataset(dataset) !== undefined) {
					throw new SqlError({reason: 'duplicate', message: `Already Exists: Dataset ${project}:${dataset}`});
				}

				const record: DatasetRecord = {dataset, location, labels: labels ?? {}, etag: newEtag(), createdMs: nowMs, modifiedMs: nowMs, ...(description === undefined ? {} : {description}), ...(defaultTableExpirationMs === undefined ? {} : {defaultTableExpirationMs})};
				await changeCatalog([{operation: 'put', kind: 'dataset', record}], [`CREATE SCHEMA IF NOT EXISTS ${quoteName(dataset)}`]);
				return record;
			},
			async update(dataset, {labels, description, nowMs}) {
				const known = store.dataset(dataset);
				const merged = Object.fromEntries(Object.entries({...known.labels, ...labels}).filter((entry): entry is [string, string] => entry[1] !== null));
				const record: DatasetRecord = {...known, labels: merged, etag: newEtag(), modifiedMs: nowMs, ...(description === undefined ? {} : {description})};
				await changeCatalog([{operation: 'put', kind: 'dataset', record}]);
				return record;
			},
			async remove(dataset, {withContents}) {
				store.dataset(dataset);
				if (!withContents && (store.tables(dataset).length > 0 || store.routines(dataset).length > 0)) {
					throw new SqlError({reason: 'invalid', message: `Dataset ${project}:${dataset} is still in use`});
				}

				await changeCatalog([{operation: 'remove', kind: 'dataset', dataset, name: ''}], [`DROP SCHEMA IF EXISTS ${quoteName(dataset)} CASCADE`]);
			},
		},
		tables: createTableOperations(engine, async work => connections.use(work)),
		routines: {
			list: dataset => store.routines(store.dataset(dataset).dataset),
			find: (dataset, routine) => store.findRoutine(dataset, routine),
			async remove(dataset, routine) {
				if (store.findRoutine(dataset, routine) === undefined) {
					throw new SqlError({reason: 'notFound', message: `Not found: Routine ${project}:${dataset}.${routine}`});
				}

				await changeCatalog([{operation: 'remove', kind: 'routine', dataset, name: routine}]);
			},
		},
		jobs: {
			save: async records => jobs.save(records),
			find: async jobId => jobs.find(jobId),
			remove: async jobIds => jobs.remove(jobIds),
			sealed: async () => jobs.sealed(),
			unseal: async () => jobs.unseal(),
			list: async filter => jobs.list(filter),
		},
		state: {read: async key => state.read(key), write: async (key, value) => state.write(key, value), remove: async key => state.remove(key)},
		async close() {
			await jobs.flush();
			for (const connection of [admin, jobConnection, stateConnection]) {
				connection.closeSync();
			}

			connections.close();
			instance.closeSync();
		},
	};
};
