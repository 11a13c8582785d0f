// The restore point: copies of every table in the write set at one instant, all definitions, all schedules, a manifest;
// verified against the source, then restored once into scratch and compared by content.
import type {RestorePointSummary} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import {formatCount} from '../domain/wording/amount.js';
import type {Row} from '../ports/warehouse.js';
import {manifestOf, manifestParameters, restorePointDataset, restorePointId, scheduleDefinition, summarise, entriesOf, type Manifest, type ManifestEntry} from './manifest.js';
import {checksumTables, countRows, createManifest, insertManifest, readManifest, readRoutines, readTables, restoreTable, snapshotTable, type Place} from './sql-text.js';
import {StepFailure, type StepContext} from './task.js';

/** Names of the objects a deployment writes, without project and dataset. */
export type WriteSet = {
	readonly tables: readonly string[];
	readonly routines: readonly string[];
	readonly views: readonly string[];
	/** Display names. */
	readonly schedules: readonly string[];
	/** Tables that are read and never written: their row count is recorded. */
	readonly readOnlyTables?: readonly string[];
};

export type Content = {readonly rows: number; readonly checksum: string};

const keptForMs = 90 * 86_400_000;

const fail = (message: string): StepFailure => new StepFailure({message, reason: 'restorePoint', class: 'permanent', advice: 'Nothing was changed. Run the step again; a new restore point is taken.'});

const placeOf = (context: StepContext, dataset: string): Place => ({project: context.settings.project, dataset});

/** Row count and checksum by table. */
export const readContents = async (context: StepContext, dataset: string, tables: readonly string[], atMs?: number): Promise<ReadonlyMap<string, Content>> => {
	if (tables.length === 0) {
		return new Map();
	}

	const {rows} = await context.run({sql: checksumTables(placeOf(context, dataset), tables, atMs), title: `count and checksum ${formatCount(tables.length, 'table')} of ${dataset}`});
	return new Map(rows.map(row => [String(row['object_name']), {rows: Number(row['row_count']), checksum: String(row['checksum'] ?? 0)}]));
};

/** Definitions of routines, tables and views as the warehouse prints them. */
export const readDefinitions = async (context: StepContext, dataset: string): Promise<{readonly routines: readonly Row[]; readonly tables: readonly Row[]}> => {
	const place = placeOf(context, dataset);
	const routines = await context.run({sql: readRoutines(place), title: `read routines of ${dataset}`});
	const tables = await context.run({sql: readTables(place), title: `read tables and views of ${dataset}`});
	return {routines: routines.rows, tables: tables.rows};
};

const isView = (row: Row): boolean => row['table_type'] === 'VIEW';

const definitionEntries = (type: 'routine' | 'view', found: ReadonlyMap<string, string>, wanted: readonly string[]): readonly ManifestEntry[] => [
	...[...found].map(([name, definition]) => ({type, name, status: 'saved' as const, definition})),
	...wanted.filter(name => !found.has(name)).map(name => ({type, name, status: 'absent' as const})),
];

const tableEntries = async (context: StepContext, writeSet: WriteSet, existing: ReadonlySet<string>, to: Place, atMs: number): Promise<readonly ManifestEntry[]> => {
	const {dataset} = context.settings;
	const from = placeOf(context, dataset);
	const saved = writeSet.tables.filter(name => existing.has(name));
	const contents = await readContents(context, dataset, saved, atMs);
	for (const [index, name] of saved.entries()) {
		context.progress({done: index, total: saved.length, label: `copy ${name}`});
		await context.run({sql: snapshotTable(from, to, name, atMs), title: `copy ${name} into ${to.dataset}`, mutates: [to.dataset]});
	}

	const copies = await readContents(context, to.dataset, saved);
	const different = saved.filter(name => copies.get(name)?.rows !== contents.get(name)?.rows || copies.get(name)?.checksum !== contents.get(name)?.checksum);
	if (different.length > 0) {
		throw fail(`The copies of ${different.join(', ')} differ from their source.`);
	}

	const bytes = new Map(await Promise.all(saved.map(async name => [name, (await context.ports.warehouse.findTable(dataset, name))?.bytes] as const)));
	return [
		...saved.map(name => ({type: 'table' as const, name, status: 'saved' as const, ...contents.get(name), ...(bytes.get(name) === undefined ? {} : {bytes: bytes.get(name)!})})),
		...writeSet.tables.filter(name => !existing.has(name)).map(name => ({type: 'table' as const, name, status: 'absent' as const})),
	];
};

const recordedEntries = async (context: StepContext, names: readonly string[]): Promise<readonly ManifestEntry[]> => {
	if (names.length === 0) {
		return [];
	}

	const {rows} = await context.run({sql: countRows(placeOf(context, context.settings.dataset), names), title: `count rows of ${names.join(', ')}`});
	return rows.map(row => ({type: 'table', name: String(row['object_name']), status: 'recorded', rows: Number(row['row_count'])}));
};

const scheduleEntries = async (context: StepContext, wanted: readonly string[]): Promise<readonly ManifestEntry[]> => {
	const configs = await context.ports.schedules.list(context.settings.dataset);
	const known = new Set(configs.map(({displayName}) => displayName));
	return [
		...configs.map(config => ({type: 'schedule' as const, name: config.displayName, status: 'saved' as const, definition: JSON.stringify(scheduleDefinition(config))})),
		...wanted.filter(name => !known.has(name)).map(name => ({type: 'schedule' as const, name, status: 'absent' as const})),
	];
};

const ensureDataset = async (context: StepContext, dataset: string, expireMs: number | undefined): Promise<void> => {
	if (await context.ports.warehouse.findDataset(dataset) === undefined) {
		await context.ports.warehouse.createDataset(dataset, {labels: {eros_run: String(context.state().run ?? '')}, ...(expireMs === undefined ? {} : {defaultTableExpirationMs: expireMs})});
	}
};

/** Two of one second would share a dataset: an id is taken once its manifest is there. Before that, who was interrupted goes on with his own. */
const freeId = async (context: StepContext, atMs: number): Promise<string> => {
	for (let stampMs = atMs; ; stampMs += 1000) {
		const id = restorePointId(stampMs);
		if (await context.ports.warehouse.findTable(restorePointDataset(context.settings.dataset, id), '_manifest') === undefined) {
			return id;
		}
	}
};

/**
 * Copies the production dataset's write set and definitions into a dataset of their own and verifies the copies.
 * @param kind `backup` before a deployment, `prerollback` before a rollback.
 * @throws StepFailure when a copy differs from its source.
 */
export const saveDataset = async (context: StepContext, writeSet: WriteSet, kind: 'backup' | 'prerollback', atMs?: number): Promise<Manifest> => {
	const {dataset} = context.settings;
	const now = await context.run({sql: 'SELECT CURRENT_TIMESTAMP() AS read_at', title: 'read the clock of the warehouse'});
	const takenAtMs = Date.parse(String(now.rows[0]?.['read_at']));
	const id = kind === 'prerollback' ? `prerollback_${restorePointId(atMs ?? takenAtMs)}` : await freeId(context, atMs ?? takenAtMs);
	const to = placeOf(context, restorePointDataset(dataset, id));
	await ensureDataset(context, to.dataset, keptForMs);
	const {routines, tables} = await readDefinitions(context, dataset);
	const baseTables = new Set(tables.filter(row => !isView(row)).map(row => String(row['table_name'])));
	const views = new Map(tables.filter(row => isView(row)).map(row => [String(row['table_name']), String(row['ddl'])]));
	const entries = [
		...await tableEntries(context, writeSet, baseTables, to, takenAtMs),
		...await recordedEntries(context, (writeSet.readOnlyTables ?? []).filter(name => baseTables.has(name))),
		...definitionEntries('routine', new Map(routines.map(row => [String(row['routine_name']), String(row['ddl'])])), writeSet.routines),
		...definitionEntries('view', views, writeSet.views),
		...await scheduleEntries(context, writeSet.schedules),
	];
	const manifest: Manifest = {id, dataset: to.dataset, takenAtMs, run: String(context.state().run ?? ''), entries};
	await context.run({sql: createManifest(to), title: `create the manifest of ${to.dataset}`, mutates: [to.dataset]});
	await context.run({sql: insertManifest(to, entries.length), parameters: manifestParameters(manifest), title: `write the manifest of ${to.dataset}`, mutates: [to.dataset]});
	return manifest;
};

/**
 * Reads the manifest of a restore point from the warehouse.
 * @throws StepFailure when there is none of that id.
 */
export const loadManifest = async (context: StepContext, id: string): Promise<Manifest> => {
	const dataset = restorePointDataset(context.settings.dataset, id);
	const found = await context.ports.warehouse.findDataset(dataset);
	if (found === undefined) {
		throw new StepFailure({message: `There is no restore point ${id}: dataset ${dataset} does not exist.`, reason: 'notFound', class: 'permanent', advice: 'eros-tui rollback lists the restore points there are.'});
	}

	const {rows} = await context.run({sql: readManifest(placeOf(context, dataset)), title: `read the manifest of ${dataset}`});
	if (rows.length === 0) {
		throw fail(`The manifest of ${dataset} is empty: it was not completed.`);
	}

	return manifestOf(id, dataset, found.labels['eros_run'] ?? '', rows);
};

/** Compares the copies with the manifest; gives the names of those that differ. */
export const findDamagedCopies = async (context: StepContext, manifest: Manifest, tables: readonly ManifestEntry[] = entriesOf(manifest, 'table')): Promise<readonly string[]> => {
	const contents = await readContents(context, manifest.dataset, tables.map(({name}) => name));
	return tables.filter(({name, rows, checksum}) => contents.get(name)?.rows !== rows || contents.get(name)?.checksum !== checksum).map(({name}) => name);
};

/**
 * Restores every copy once into a scratch dataset and compares it with the manifest.
 * @returns what was compared, in words.
 * @throws StepFailure naming the tables that came back different.
 */
export const proveRestorePoint = async (context: StepContext, manifest: Manifest): Promise<string> => {
	const scratch = `${context.settings.dataset}_scratch_${manifest.run === '' ? 'proof' : manifest.run}`;
	await ensureDataset(context, scratch, 86_400_000);
	const tables = entriesOf(manifest, 'table');
	const from = placeOf(context, manifest.dataset);
	for (const [index, {name}] of tables.entries()) {
		context.progress({done: index, total: tables.length, label: `restore ${name} into scratch`});
		await context.run({sql: restoreTable(from, placeOf(context, scratch), name), title: `restore ${name} into ${scratch}`, mutates: [scratch]});
	}

	const contents = await readContents(context, scratch, tables.map(({name}) => name));
	const different = tables.filter(({name, rows, checksum}) => contents.get(name)?.rows !== rows || contents.get(name)?.checksum !== checksum);
	await context.ports.warehouse.deleteScratchDataset(scratch);
	if (different.length > 0) {
		throw fail(`Restored into scratch, ${different.map(({name}) => name).join(', ')} differ from the restore point.`);
	}

	const rows = tables.reduce((sum, entry) => sum + (entry.rows ?? 0), 0);
	return `${tables.length} tables, ${rows.toLocaleString('en-US')} rows restored into scratch, equal by count and checksum`;
};

export type ProvenRestorePoint = {readonly manifest: Manifest; readonly summary: RestorePointSummary; readonly detail: string};

/** Whether production is as this run found it: a restore point taken later would keep the run's own changes. */
export const isProductionUntouched = ({production}: RunState): boolean => production.kind === 'unchanged' || production.kind === 'rolled-back';

/**
 * Takes the restore point of a deployment and proves it; journals both facts and writes the manifest to the artifacts.
 * @throws StepFailure when this run has changed production already, or a copy or its restore differs; nothing of production is changed either way.
 */
export const takeRestorePoint = async (context: StepContext, writeSet: WriteSet): Promise<ProvenRestorePoint> => {
	const {production, restorePoint} = context.state();
	if (!isProductionUntouched(context.state())) {
		throw new StepFailure({message: `Production is ${production.kind}: a restore point taken now would keep what this run has changed.`, reason: 'restorePoint', class: 'permanent', advice: restorePoint === undefined ? 'eros-tui rollback' : `The restore point ${restorePoint.id} stands: eros-tui rollback --to ${restorePoint.id}`});
	}

	const manifest = await saveDataset(context, writeSet, 'backup');
	await context.emit({type: 'restore-point.taken', data: summarise(manifest)});
	await context.writeArtifact('restore-point.json', `${JSON.stringify(manifest, undefined, '\t')}\n`, 'Restore point');
	const detail = await proveRestorePoint(context, manifest);
	const provenAtMs = context.ports.clock.now();
	await context.emit({type: 'restore-point.proven', data: {id: manifest.id, atMs: provenAtMs, detail}});
	return {manifest, summary: summarise(manifest, provenAtMs), detail};
};

/** Ids of the restore points of the dataset, newest first; those taken before rollbacks come after the others. */
export const listRestorePoints = async (context: Pick<StepContext, 'ports' | 'settings'>, idOf: (dataset: string, candidate: string) => string | undefined): Promise<readonly string[]> => {
	const ids = (await context.ports.warehouse.listDatasets()).flatMap(candidate => idOf(context.settings.dataset, candidate) ?? []);
	const isPrerollback = (id: string): boolean => id.startsWith('prerollback_');
	return [...ids.filter(id => !isPrerollback(id)).sort().reverse(), ...ids.filter(id => isPrerollback(id)).sort().reverse()];
};
