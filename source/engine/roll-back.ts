// The rollback: six steps back to a restore point, each safe to repeat, then the proof. Objects that did not exist
// before are left in place and listed; nothing is dropped.
import type {MessagePreview, RollbackQuestion, RollbackStepNumber} from '../domain/events.js';
import {failureOf} from './job-failure.js';
import {entriesOf, sameSchedule, summarise} from './manifest.js';
import {byDependency} from './definition-order.js';
import {findDamagedCopies, readContents, readDefinitions, saveDataset, type WriteSet} from './restore-point.js';
import {describeProof, inScope, isIn, judgeHealth, liveDefinitions, proveRollback, scheduleOf, type RollbackProof, type RollbackRequest} from './rollback-proof.js';
import {clearLocks, countNewRows, replaceable, restoreTable, sameDefinition, type Place} from './sql-text.js';
import {StepFailure, type StepContext} from './task.js';

const titles: {readonly [Number in RollbackStepNumber]: string} = {
	1: 'Stop scheduled queries',
	2: 'Pre-rollback snapshot',
	3: 'Restore',
	4: 'Clear locks of this run',
	5: 'Verify',
	6: 'Tell people',
};

const always = (): boolean => true;
const never = (): boolean => false;

const stepNumbers: readonly RollbackStepNumber[] = [1, 2, 3, 4, 5, 6];

/** Names asked for that the restore point does not know. */
export const findUnknownComponents = ({manifest, components}: Pick<RollbackRequest, 'manifest' | 'components'>): readonly string[] =>
	components === 'all' ? [] : components.filter(name => !manifest.entries.some(entry => entry.name === name));

const writeSetOf = ({manifest}: RollbackRequest): WriteSet => ({
	tables: manifest.entries.filter(({type, status}) => type === 'table' && status !== 'recorded').map(({name}) => name),
	routines: [],
	views: [],
	schedules: [],
});

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

/** The message of step 6; `outcome` is what the proof found, or what will be said there. */
const rollbackNotice = ({settings}: Pick<StepContext, 'settings'>, {manifest, reason}: RollbackRequest, outcome: readonly string[]): MessagePreview => ({
	channel: 'mail',
	to: settings.contacts.map(({email}) => email),
	subject: `EROS rolled back to ${manifest.id}`,
	text: [
		`Production ${settings.project}.${settings.dataset} was rolled back to restore point ${manifest.id}.`,
		`Why: ${reason}`,
		...outcome,
		'Scheduled queries stay off until they are enabled.',
	].join('\n'),
});

/** What people will be told once the rollback is proved. */
const previewNotice = (context: Pick<StepContext, 'settings'>, request: RollbackRequest): MessagePreview => rollbackNotice(context, request, ['Equal again: what the proof finds, table by table.']);

const tellPeople = async (context: StepContext, request: RollbackRequest, proof: RollbackProof): Promise<string> => {
	const {ports} = context;
	const {to, subject, text} = rollbackNotice(context, request, [
		`Equal again: ${proof.tablesEqual} of ${proof.tables} tables, ${proof.routinesEqual} of ${proof.routines} routines, ${proof.viewsEqual} of ${proof.views} views, ${proof.schedulesEqual} of ${proof.schedules} schedules.`,
		...(proof.differences.length === 0 ? [] : [`Different: ${proof.differences.join(', ')}.`]),
		...(proof.health === undefined ? [] : [`Health: ${proof.health.text}.`]),
		...(proof.orphans.length === 0 ? [] : [`Left in place because they did not exist before: ${proof.orphans.join(', ')}.`]),
	]);
	await context.writeArtifact('ROLLBACK.md', `# Rollback to ${request.manifest.id}\n\n${text.split('\n').map(line => `- ${line}`).join('\n')}\n`, 'Rollback report');
	const receipt = await ports.notifier.send({key: `rollback/${context.state().run ?? ''}/${request.manifest.id}`, channel: 'mail', to, subject, text});
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
		messages: [previewNotice(context, request)],
	};
};

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
		await context.emit({type: 'rollback.started', data: {restorePoint: request.manifest.id, reason: request.reason, components: request.components, steps: stepNumbers.map(number => ({number, title: titles[number]})), messages: [previewNotice(context, request)]}});
	}

	await context.emit({type: 'production.changed', data: {state: {kind: 'rolling-back'}}});
	const progressOf = (number: RollbackStepNumber) => async (detail: string): Promise<void> => context.emit({type: 'rollback.step.progressed', data: {number, detail}});
	/** Journals a step and carries it out; `isFatal` says which failures end the rollback. */
	const step = async (number: RollbackStepNumber, isFatal: (error: unknown) => boolean, work: () => Promise<string>): Promise<void> => {
		const stepStartedMs = clock.monotonic();
		await context.emit({type: 'rollback.step.started', data: {number}});
		try {
			const detail = await work();
			await context.emit({type: 'rollback.step.finished', data: {number, passed: true, detail, durationMs: clock.monotonic() - stepStartedMs}});
		} catch (error) {
			await context.emit({type: 'rollback.step.finished', data: {number, passed: false, detail: failureOf(error).message, durationMs: clock.monotonic() - stepStartedMs}});
			if (isFatal(error)) {
				throw error;
			}
		}
	};

	await step(1, never, async () => stopSchedules(context, request));
	if (!isContinued || earlier.steps[1]?.state !== 'done') {
		await step(2, always, async () => keepPresent(context, request, startedAtMs));
	}

	await step(3, always, async () => {
		const tables = await restoreTables(context, request, progressOf(3));
		const definitions = await restoreDefinitions(context, request, progressOf(3));
		return `${tables}, ${definitions}, ${await restoreSchedules(context, request)}`;
	});
	await step(4, never, async () => clearLocksSince(context, request));
	let proof: RollbackProof | undefined;
	// Nothing that health says unmakes a proof: people are told, and a person looks.
	await step(5, () => proof === undefined || proof.differences.length > 0, async () => {
		const compared = await proveRollback(context, request, startedAtMs);
		const health = await judgeHealth(context, request);
		proof = {...compared, ...(health === undefined ? {} : {health}), durationMs: clock.now() - startedMs};
		await context.emit({type: 'rollback.proved', data: proof});
		if (compared.differences.length > 0) {
			throw new StepFailure({message: `Different from the restore point: ${compared.differences.join(', ')}.`, reason: 'proof', class: 'permanent'});
		}

		const detail = `${describeProof(compared)}${health === undefined ? '' : `; health ${health.text}`}`;
		if (health?.verdict === 'unhealthy') {
			throw new StepFailure({message: detail, reason: 'health', class: 'permanent'});
		}

		return detail;
	});
	const proved = proof!;
	await step(6, never, async () => tellPeople(context, request, proved));
	const atMs = clock.now();
	const {manifest: {id: restorePoint}, components} = request;
	await context.emit({type: 'production.changed', data: {state: components === 'all' ? {kind: 'rolled-back', atMs, restorePoint} : {kind: 'components-rolled-back', atMs, restorePoint, components}}});
	return proved;
};
