// What a rollback is asked for, what stands now, and how the two compare: contents, definitions, schedules, health.
import type {RunEvent} from '../domain/events.js';
import {failureOf} from './job-failure.js';
import {entriesOf, restorePointId, sameSchedule, type Manifest, type ManifestEntry, type ScheduleDefinition} from './manifest.js';
import {loadManifest, readContents, readDefinitions} from './restore-point.js';
import {sameDefinition} from './sql-text.js';
import type {StepContext} from './task.js';

export type RollbackRequest = {
	readonly manifest: Manifest;
	readonly reason: string;
	readonly components: readonly string[] | 'all';
	/** Table of caption locks; those taken since the restore point are ended by update. */
	readonly lockTable: string;
	/** A health sample after the restore; a score under 70 fails step 5 and changes nothing of what was proved. */
	readonly readHealth?: (context: StepContext, request: Pick<RollbackRequest, 'manifest' | 'components'>) => Promise<HealthReading>;
};

/** What a health sample after a rollback said. A former release may have nothing that measures its health. */
export type HealthReading =
	| {readonly kind: 'measured'; readonly score: number; readonly isIntegrityFull: boolean; readonly detail: string}
	| {readonly kind: 'not-measurable'; readonly reason: string};

export type RollbackProof = Extract<RunEvent, {readonly type: 'rollback.proved'}>['data'];
type RollbackHealth = NonNullable<RollbackProof['health']>;

const minimumScore = 70;

/** Whether an object is part of the rollback. */
export const isIn = (components: RollbackRequest['components'], name: string): boolean => components === 'all' || components.includes(name);

/** The objects of one type that go back. */
export const inScope = ({manifest, components}: RollbackRequest, type: ManifestEntry['type']): readonly ManifestEntry[] => entriesOf(manifest, type).filter(({name}) => isIn(components, name));

/** What stands now and did not exist before: left in place and listed, removed only by hand. */
const orphansOf = ({manifest, components}: RollbackRequest, live: ReadonlySet<string>): readonly string[] =>
	manifest.entries.filter(({status, name}) => status === 'absent' && isIn(components, name) && live.has(name)).map(({name}) => name);

/** The configuration kept of a schedule. */
export const scheduleOf = (entry: ManifestEntry): ScheduleDefinition => JSON.parse(entry.definition ?? '{}') as ScheduleDefinition;

export type LiveDefinitions = {readonly routine: ReadonlyMap<string, string>; readonly view: ReadonlyMap<string, string>; readonly tables: readonly string[]};

/** Definitions that stand in production now, as the warehouse prints them. */
export const liveDefinitions = async (context: StepContext): Promise<LiveDefinitions> => {
	const {routines, tables} = await readDefinitions(context, context.settings.dataset);
	return {
		routine: new Map(routines.map(row => [String(row['routine_name']), String(row['ddl'])])),
		view: new Map(tables.filter(row => row['table_type'] === 'VIEW').map(row => [String(row['table_name']), String(row['ddl'])])),
		tables: tables.map(row => String(row['table_name'])),
	};
};

export type Comparison = Omit<RollbackProof, 'durationMs' | 'health'>;

/**
 * After a rollback of components every other definition has to be what it was: compares with what step 2 kept. Rows
 * of other tables are left out, since people and schedules go on writing them.
 */
const compareOthers = async (context: StepContext, {components}: RollbackRequest, live: LiveDefinitions, configs: ReadonlyMap<string, ScheduleDefinition>, keptAtMs: number): Promise<{readonly count: number; readonly differences: readonly string[]}> => {
	const kept = await loadManifest(context, `prerollback_${restorePointId(keptAtMs)}`);
	const others = kept.entries.filter(({type, status, name}) => type !== 'table' && status === 'saved' && !isIn(components, name));
	const changed = others.filter(entry => {
		if (entry.type === 'schedule') {
			const present = configs.get(entry.name);
			return present === undefined || !sameSchedule(present, scheduleOf(entry));
		}

		return !sameDefinition(live[entry.type as 'routine' | 'view'].get(entry.name) ?? '', entry.definition ?? '');
	});
	return {count: others.length - changed.length, differences: changed.map(({type, name}) => `${type} ${name}, which was not asked for`)};
};

/**
 * Compares production with the restore point: contents, definitions, schedules.
 * @param keptAtMs when the rollback started; names the copy that step 2 made.
 */
export const proveRollback = async (context: StepContext, request: RollbackRequest, keptAtMs: number): Promise<Comparison> => {
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
	const others = request.components === 'all' ? undefined : await compareOthers(context, request, live, configs, keptAtMs);
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
		differences: [...[...differentTables, ...differentRoutines, ...differentViews, ...differentSchedules].map(({type, name}) => `${type} ${name}`), ...others?.differences ?? []],
		...(others === undefined ? {} : {othersUnchanged: others.count}),
	};
};

/** The health of what stands after the rollback. What can not be measured is said, and no proof hangs on it. */
export const judgeHealth = async (context: StepContext, request: RollbackRequest): Promise<RollbackHealth | undefined> => {
	if (request.readHealth === undefined) {
		return undefined;
	}

	let reading: HealthReading;
	try {
		reading = await request.readHealth(context, request);
	} catch (error) {
		context.signal.throwIfAborted();
		reading = {kind: 'not-measurable', reason: failureOf(error).message};
	}

	if (reading.kind === 'not-measurable') {
		return {verdict: 'not-measurable', text: `not measurable${request.components === 'all' ? ' on the former release' : ''}: ${reading.reason}`};
	}

	return reading.score >= minimumScore && reading.isIntegrityFull
		? {verdict: 'healthy', text: `${reading.score}/100`}
		: {verdict: 'unhealthy', text: `${reading.score}/100, ${reading.score < minimumScore ? `below ${minimumScore}` : 'with integrity violated'}: ${reading.detail}`};
};

/** `7/7 tables, 6/6 routines, 2/2 views, 2/2 schedules equal`. */
export const describeProof = (proof: Comparison): string => `${proof.tablesEqual}/${proof.tables} tables, ${proof.routinesEqual}/${proof.routines} routines, ${proof.viewsEqual}/${proof.views} views, ${proof.schedulesEqual}/${proof.schedules} schedules equal${proof.othersUnchanged === undefined ? '' : `, ${proof.othersUnchanged} other definitions unchanged`}`;
