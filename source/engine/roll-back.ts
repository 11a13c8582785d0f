// The rollback: six steps back to a restore point, each safe to repeat, then the proof. Objects that did not exist
// before are left in place and listed; nothing is dropped.
import type {RollbackQuestion, RollbackStepNumber, RunEvent} from '../domain/events.js';
import {failureOf} from './job-failure.js';
import {entriesOf, sameSchedule, summarise, type Manifest, type ManifestEntry, type ScheduleDefinition} from './manifest.js';
import {byDependency} from './definition-order.js';
import {findDamagedCopies, readContents, readDefinitions, saveDataset, type WriteSet} from './restore-point.js';
import {clearLocks, countNewRows, replaceable, restoreTable, sameDefinition, type Place} from './sql-text.js';
import {StepFailure, type StepContext} from './task.js';

export type RollbackRequest = {
	readonly manifest: Manifest;
	readonly reason: string;
	readonly components: readonly string[] | 'all';
	/** Table of caption locks; those taken since the restore point are ended by update. */
	readonly lockTable: string;
	/** A health sample after the restore; a score under 70 fails step 5. */
	readonly readHealth?: (context: StepContext) => Promise<{readonly score?: number; readonly detail: string}>;
};

export type RollbackProof = Extract<RunEvent, {readonly type: 'rollback.proved'}>['data'];

const titles: {readonly [Number in RollbackStepNumber]: string} = {
	1: 'Stop scheduled queries',
	2: 'Pre-rollback snapshot',
	3: 'Restore',
	4: 'Clear locks of this run',
	5: 'Verify',
	6: 'Tell people',
};

const stepNumbers: readonly RollbackStepNumber[] = [1, 2, 3, 4, 5, 6];
const minimumScore = 70;

const isIn = (components: RollbackRequest['components'], name: string): boolean => components === 'all' || components.includes(name);

const inScope = ({manifest, components}: RollbackRequest, type: ManifestEntry['type']): readonly ManifestEntry[] => entriesOf(manifest, type).filter(({name}) => isIn(components, name));

/** What stands now and did not exist before: left in place and listed, removed only by hand. */
const orphansOf = ({manifest, components}: RollbackRequest, live: ReadonlySet<string>): readonly string[] =>
	manifest.entries.filter(({status, name}) => status === 'absent' && isIn(components, name) && live.has(name)).map(({name}) => name);

/** Names asked for that the restore point does not know. */
export const findUnknownComponents = ({manifest, components}: Pick<RollbackRequest, 'manifest' | 'components'>): readonly string[] =>
	components === 'all' ? [] : components.filter(name => !manifest.entries.some(entry => entry.name === name));

const writeSetOf = ({manifest}: RollbackRequest): WriteSet => ({
	tables: manifest.entries.filter(({type, status}) => type === 'table' && status !== 'recorded').map(({name}) => name),
	routines: [],
	views: [],
	schedules: [],
});

const scheduleOf = (entry: ManifestEntry): ScheduleDefinition => JSON.parse(entry.definition ?? '{}') as ScheduleDefinition;

/** Step 1: switches the schedules off and shows that they are. */
const stopSchedules = async (context: StepContext, request: RollbackRequest): Promise<string> => {
	const {schedules} = context.ports;
	const configs = (await schedules.list(context.settings.dataset)).filter(({displayName}) => isIn(request.components, displayName));
	for (const config of configs.filter(({isDisabled}) => !isDisabled)) {
		await schedules.setDisabled(config.name, true, await context.authority());
	}

	const running = (await Promise.all(configs.map(async ({name}) => schedules.runs(name)))).flat().filter(({state}) => state === 'RUNNING' || state === 'PENDING');
	const left = (await schedules.list(context.settings.dataset)).filter(({displayName, isDisabled}) => isIn(request.components, displayName) && !isDisabled);
	if (left.length > 0) {
		throw new StepFailure({message: `Still enabled: ${left.map(({displayName}) => displayName).join(', ')}.`, reason: 'schedules', class: 'transient'});
	}

	return `${configs.length} disabled, ${running.length} running`;
};

/** Step 2: keeps what the rollback overwrites. A continued rollback finds the copies of its first start. */
const keepPresent = async (context: StepContext, request: RollbackRequest, startedAtMs: number): Promise<string> => {
	const manifest = await saveDataset(context, writeSetOf(request), 'prerollback', startedAtMs);
	return `${entriesOf(manifest, 'table').length} tables into ${manifest.dataset}`;
};

const restoreTables = async (context: StepContext, request: RollbackRequest, progress: (detail: string) => Promise<void>): Promise<string> => {
	const {dataset, project} = context.settings;
	const tables = inScope(request, 'table');
	const damaged = await findDamagedCopies(context, request.manifest, tables);
	if (damaged.length > 0) {
		throw new StepFailure({message: `The restore point's copies of ${damaged.join(', ')} are damaged; nothing was restored.`, reason: 'restorePoint', class: 'permanent', advice: 'eros-tui rollback --to <another restore point>'});
	}

	const {tables: live} = await readDefinitions(context, dataset);
	const existing = new Set(live.map(row => String(row['table_name'])));
	const contents = await readContents(context, dataset, tables.map(({name}) => name).filter(name => existing.has(name)));
	let restored = 0;
	for (const [index, entry] of tables.entries()) {
		if (contents.get(entry.name)?.rows === entry.rows && contents.get(entry.name)?.checksum === entry.checksum) {
			continue;
		}

		context.signal.throwIfAborted();
		await progress(`${index} of ${tables.length} tables: ${entry.name}`);
		await context.run({sql: restoreTable({project, dataset: request.manifest.dataset}, {project, dataset}, entry.name), title: `restore ${entry.name}`, mutates: [dataset]});
		const after = (await readContents(context, dataset, [entry.name])).get(entry.name);
		if (after?.rows !== entry.rows || after?.checksum !== entry.checksum) {
			throw new StepFailure({message: `${entry.name} came back different: ${after?.rows ?? 0} rows instead of ${entry.rows ?? 0}. ${restored} tables before it are restored.`, reason: 'restore', class: 'permanent'});
		}

		restored += 1;
	}

	return `${tables.length} tables (${restored} overwritten, ${tables.length - restored} unchanged)`;
};

type LiveDefinitions = {readonly routine: ReadonlyMap<string, string>; readonly view: ReadonlyMap<string, string>; readonly tables: readonly string[]};

const liveDefinitions = async (context: StepContext): Promise<LiveDefinitions> => {
	const {routines, tables} = await readDefinitions(context, context.settings.dataset);
	return {
		routine: new Map(routines.map(row => [String(row['routine_name']), String(row['ddl'])])),
		view: new Map(tables.filter(row => row['table_type'] === 'VIEW').map(row => [String(row['table_name']), String(row['ddl'])])),
		tables: tables.map(row => String(row['table_name'])),
	};
};

const restoreDefinitions = async (context: StepContext, request: RollbackRequest, progress: (detail: string) => Promise<void>): Promise<string> => {
	const {dataset} = context.settings;
	const live = await liveDefinitions(context);
	const entries = [...inScope(request, 'routine'), ...inScope(request, 'view')];
	const changed = entries.filter(({type, name, definition}) => !sameDefinition(live[type as 'routine' | 'view'].get(name) ?? '', definition ?? ''));
	for (const entry of byDependency(changed)) {
		context.signal.throwIfAborted();
		await progress(entry.name);
		await context.run({sql: replaceable(entry.definition ?? ''), title: `restore the definition of ${entry.name}`, mutates: [dataset]});
	}

	return `${inScope(request, 'routine').length} routines, ${inScope(request, 'view').length} views (${changed.length} redefined)`;
};

const restoreSchedules = async (context: StepContext, request: RollbackRequest): Promise<string> => {
	const {schedules} = context.ports;
	const {dataset} = context.settings;
	const live = new Map((await schedules.list(dataset)).map(config => [config.displayName, config]));
	for (const entry of inScope(request, 'schedule')) {
		const former = scheduleOf(entry);
		const present = live.get(entry.name);
		if (present === undefined || !sameSchedule(present, former)) {
			const {isDisabled: _isDisabled, ...spec} = former;
			await schedules.upsert(dataset, spec, {isDisabled: true, authority: await context.authority()});
		}
	}

	return `${inScope(request, 'schedule').length} schedules, off until you enable them`;
};

/** Step 4: by update, never by delete. After a full restore there is mostly nothing left to clear. */
const clearLocksSince = async (context: StepContext, request: RollbackRequest): Promise<string> => {
	const {dataset, project} = context.settings;
	if (!isIn(request.components, request.lockTable)) {
		return 'not part of this rollback';
	}

	const table = await context.ports.warehouse.findTable(dataset, request.lockTable);
	if (table === undefined) {
		return `${request.lockTable} does not exist`;
	}

	const {job} = await context.run({
		sql: clearLocks({project, dataset}, request.lockTable, new Set(table.schema.map(({name}) => name))),
		title: 'end the locks taken since the restore point',
		parameters: [{name: 'since', type: 'TIMESTAMP', value: new Date(request.manifest.takenAtMs).toISOString()}],
		mutates: [dataset],
	});
	return `${job.affectedRows ?? 0} ended by update, reason ROLLBACK`;
};

/** Compares production with the restore point: contents, definitions, schedules. */
export const proveRollback = async (context: StepContext, request: RollbackRequest): Promise<Omit<RollbackProof, 'durationMs'>> => {
	const {dataset} = context.settings;
	const live = await liveDefinitions(context);
	const tables = inScope(request, 'table');
	const contents = await readContents(context, dataset, tables.map(({name}) => name));
	const differentTables = tables.filter(({name, rows, checksum}) => contents.get(name)?.rows !== rows || contents.get(name)?.checksum !== checksum);
	const differs = (entry: ManifestEntry): boolean => !sameDefinition(live[entry.type as 'routine' | 'view'].get(entry.name) ?? '', entry.definition ?? '');
	const routines = inScope(request, 'routine');
	const views = inScope(request, 'view');
	const differentRoutines = routines.filter(entry => differs(entry));
	const differentViews = views.filter(entry => differs(entry));
	const configs = new Map((await context.ports.schedules.list(dataset)).map(config => [config.displayName, config]));
	const schedules = inScope(request, 'schedule');
	const differentSchedules = schedules.filter(entry => {
		const present = configs.get(entry.name);
		return present === undefined || !sameSchedule(present, scheduleOf(entry));
	});
	return {
		tables: tables.length,
		tablesEqual: tables.length - differentTables.length,
		routines: routines.length,
		routinesEqual: routines.length - differentRoutines.length,
		views: views.length,
		viewsEqual: views.length - differentViews.length,
		schedules: schedules.length,
		schedulesEqual: schedules.length - differentSchedules.length,
		orphans: orphansOf(request, new Set([...live.tables, ...live.routine.keys(), ...configs.keys()])),
		differences: [...differentTables, ...differentRoutines, ...differentViews, ...differentSchedules].map(({type, name}) => `${type} ${name}`),
	};
};

const tellPeople = async (context: StepContext, request: RollbackRequest, proof: RollbackProof): Promise<string> => {
	const {settings, ports} = context;
	const to = settings.contacts.map(({email}) => email);
	const text = [
		`Production ${settings.project}.${settings.dataset} was rolled back to restore point ${request.manifest.id}.`,
		`Why: ${request.reason}`,
		`Equal again: ${proof.tablesEqual} of ${proof.tables} tables, ${proof.routinesEqual} of ${proof.routines} routines, ${proof.viewsEqual} of ${proof.views} views, ${proof.schedulesEqual} of ${proof.schedules} schedules.`,
		...(proof.differences.length === 0 ? [] : [`Different: ${proof.differences.join(', ')}.`]),
		...(proof.orphans.length === 0 ? [] : [`Left in place because they did not exist before: ${proof.orphans.join(', ')}.`]),
		'Scheduled queries stay off until they are enabled.',
	].join('\n');
	await context.writeArtifact('ROLLBACK.md', `# Rollback to ${request.manifest.id}\n\n${text.split('\n').map(line => `- ${line}`).join('\n')}\n`, 'Rollback report');
	const receipt = await ports.notifier.send({key: `rollback/${context.state().run ?? ''}/${request.manifest.id}`, channel: 'mail', to, subject: `EROS rolled back to ${request.manifest.id}`, text});
	return receipt.state === 'sent' ? `${to.length} recipients` : `drafted: ${receipt.reason}`;
};

/** What a person has to know before a rollback: what goes back, what is lost, who depends on it. */
export const describeRollback = async (context: StepContext, request: RollbackRequest): Promise<RollbackQuestion> => {
	const {settings, ports} = context;
	const live: Place = {project: settings.project, dataset: settings.dataset};
	const saved: Place = {project: settings.project, dataset: request.manifest.dataset};
	const lost: {table: string; rows: number}[] = [];
	const {routine, view, tables: liveTables} = await liveDefinitions(context);
	const saves = inScope(request, 'table').filter(({name}) => liveTables.includes(name));
	const contents = await readContents(context, settings.dataset, saves.map(({name}) => name));
	for (const {name, rows: savedRows, checksum} of saves) {
		if (contents.get(name)?.rows === savedRows && contents.get(name)?.checksum === checksum) {
			lost.push({table: name, rows: 0});
			continue;
		}

		const [now, before] = await Promise.all([ports.warehouse.findTable(live.dataset, name), ports.warehouse.findTable(saved.dataset, name)]);
		const kept = new Set(before?.schema.map(field => field.name) ?? []);
		const columns = (now?.schema ?? []).map(field => field.name).filter(column => kept.has(column));
		if (columns.length > 0) {
			const {rows} = await context.run({sql: countNewRows(live, saved, name, columns), title: `count rows of ${name} written since ${request.manifest.id}`});
			lost.push({table: name, rows: Number(rows[0]?.['row_count'] ?? 0)});
		}
	}

	const names = new Set(request.components === 'all' ? [] : request.components);
	const dependants = [...routine, ...view].filter(([name, ddl]) => !names.has(name) && [...names].some(component => new RegExp(`\\b${component}\\b`).test(ddl))).map(([name]) => name);
	const {monitor} = context.state();
	return {
		phrase: `ROLLBACK ${settings.dataset} ${request.manifest.id}`,
		why: request.reason,
		because: (monitor?.flags ?? []).map(flag => `${flag.rule}: ${flag.state} ${flag.detail}`),
		restorePoint: summarise(request.manifest, context.state().restorePoint?.provenAtMs),
		components: request.components,
		lost,
		dependants,
	};
};

const describeProof = (proof: Omit<RollbackProof, 'durationMs'>): string => `${proof.tablesEqual}/${proof.tables} tables, ${proof.routinesEqual}/${proof.routines} routines, ${proof.viewsEqual}/${proof.views} views, ${proof.schedulesEqual}/${proof.schedules} schedules equal`;

/**
 * Rolls back. Needs the lease. Journals every step; an interrupted rollback is continued by calling it again.
 * @returns the proof; its `differences` are empty when production equals the restore point.
 * @throws StepFailure when a step that must not be passed over fails.
 */
export const rollBack = async (context: StepContext, request: RollbackRequest): Promise<RollbackProof> => {
	const {clock} = context.ports;
	const startedMs = clock.now();
	const earlier = context.state().rollback;
	const isContinued = earlier !== undefined && earlier.restorePoint === request.manifest.id && earlier.proof === undefined;
	const startedAtMs = isContinued ? earlier.startedAtMs : startedMs;
	if (!isContinued) {
		await context.emit({type: 'rollback.started', data: {restorePoint: request.manifest.id, reason: request.reason, components: request.components, steps: stepNumbers.map(number => ({number, title: titles[number]}))}});
	}

	await context.emit({type: 'production.changed', data: {state: {kind: 'rolling-back'}}});
	const progressOf = (number: RollbackStepNumber) => async (detail: string): Promise<void> => context.emit({type: 'rollback.step.progressed', data: {number, detail}});
	const step = async (number: RollbackStepNumber, isFatal: boolean, work: () => Promise<string>): Promise<void> => {
		const stepStartedMs = clock.monotonic();
		await context.emit({type: 'rollback.step.started', data: {number}});
		try {
			const detail = await work();
			await context.emit({type: 'rollback.step.finished', data: {number, passed: true, detail, durationMs: clock.monotonic() - stepStartedMs}});
		} catch (error) {
			await context.emit({type: 'rollback.step.finished', data: {number, passed: false, detail: failureOf(error).message, durationMs: clock.monotonic() - stepStartedMs}});
			if (isFatal) {
				throw error;
			}
		}
	};

	await step(1, false, async () => stopSchedules(context, request));
	if (!isContinued || earlier.steps[1]?.state !== 'done') {
		await step(2, true, async () => keepPresent(context, request, startedAtMs));
	}

	await step(3, true, async () => {
		const tables = await restoreTables(context, request, progressOf(3));
		const definitions = await restoreDefinitions(context, request, progressOf(3));
		return `${tables}, ${definitions}, ${await restoreSchedules(context, request)}`;
	});
	await step(4, false, async () => clearLocksSince(context, request));
	let proof: RollbackProof | undefined;
	await step(5, true, async () => {
		const compared = await proveRollback(context, request);
		proof = {...compared, durationMs: clock.now() - startedMs};
		await context.emit({type: 'rollback.proved', data: proof});
		const health = await request.readHealth?.(context);
		if (compared.differences.length > 0) {
			throw new StepFailure({message: `Different from the restore point: ${compared.differences.join(', ')}.`, reason: 'proof', class: 'permanent'});
		}

		if (health?.score !== undefined && health.score < minimumScore) {
			throw new StepFailure({message: `${describeProof(compared)}, but health is ${health.score}: ${health.detail}.`, reason: 'health', class: 'permanent'});
		}

		return `${describeProof(compared)}${health === undefined ? '' : `, ${health.detail}`}`;
	});
	const proved = proof!;
	await step(6, false, async () => tellPeople(context, request, proved));
	await context.emit({type: 'production.changed', data: {state: request.components === 'all' ? {kind: 'rolled-back', atMs: clock.now(), restorePoint: request.manifest.id} : {kind: 'partial', detail: `${request.components.join(', ')} as of ${request.manifest.id}`}}});
	return proved;
};
