// The restore point right before production is changed: compared with production as it stands by then, and taken anew
// when somebody has changed it since. A rollback would otherwise undo more than the deployment did.
import type {TableInfo} from '../ports/warehouse.js';
import {entriesOf, sameSchedule, type Manifest, type ManifestEntry} from './manifest.js';
import {loadManifest, proveRestorePoint, readContents, takeRestorePoint, type WriteSet} from './restore-point.js';
import {liveDefinitions, scheduleOf} from './rollback-proof.js';
import {sameDefinition} from './sql-text.js';
import {StepFailure, type StepContext} from './task.js';

/** An object of production that is not as the restore point has it. */
export type Moved = {readonly type: ManifestEntry['type']; readonly name: string; readonly how: 'changed' | 'new' | 'gone'};

const namesOf = (manifest: Manifest, type: ManifestEntry['type'], ...statuses: readonly ManifestEntry['status'][]): readonly string[] =>
	manifest.entries.filter(entry => entry.type === type && statuses.includes(entry.status)).map(({name}) => name);

const writeSetOf = (manifest: Manifest): WriteSet => ({
	tables: namesOf(manifest, 'table', 'saved', 'absent'),
	routines: namesOf(manifest, 'routine', 'saved', 'absent'),
	views: namesOf(manifest, 'view', 'saved', 'absent'),
	schedules: namesOf(manifest, 'schedule', 'saved', 'absent'),
	readOnlyTables: namesOf(manifest, 'table', 'recorded'),
});

/** Compares what is there with what was saved and with what did not exist. */
const compare = (manifest: Manifest, type: ManifestEntry['type'], exists: (name: string) => boolean, isSame: (entry: ManifestEntry) => boolean): readonly Moved[] => [
	...entriesOf(manifest, type).flatMap(entry => {
		const how = exists(entry.name) ? 'changed' as const : 'gone' as const;
		return how === 'changed' && isSame(entry) ? [] : [{type, name: entry.name, how}];
	}),
	...namesOf(manifest, type, 'absent').filter(name => exists(name)).map(name => ({type, name, how: 'new' as const})),
];

/** Two machines of the warehouse can stamp one instant a little differently; within this time only the content decides. */
const stampMarginMs = 60_000;

/** True when the metadata of a table prove that it is what was copied. Everything else is decided by its content. */
export const isSurelyUnchanged = (info: Pick<TableInfo, 'rows' | 'modifiedMs' | 'isStreamedInto'>, {rows}: Pick<ManifestEntry, 'rows'>, takenAtMs: number): boolean =>
	info.modifiedMs !== undefined && info.isStreamedInto !== true && info.rows === rows && info.modifiedMs < takenAtMs - stampMarginMs;

type Looked = {
	/** What a checksum of production says nothing of: the columns of an empty table, and a copy that is gone. */
	readonly unlike: ReadonlySet<string>;
	/** Tables that have to be read to know. */
	readonly unsure: readonly string[];
};

/** What the metadata of the saved tables and of their copies say. */
const lookAtTables = async (context: StepContext, manifest: Manifest): Promise<Looked> => {
	const {warehouse} = context.ports;
	const looked = await Promise.all(entriesOf(manifest, 'table').map(async entry => {
		const [live, saved] = await Promise.all([warehouse.findTable(context.settings.dataset, entry.name), warehouse.findTable(manifest.dataset, entry.name)]);
		const isLike = saved !== undefined && (entry.rows !== 0 || JSON.stringify(live?.schema) === JSON.stringify(saved.schema));
		return {name: entry.name, isLike, isSure: live !== undefined && isSurelyUnchanged(live, entry, manifest.takenAtMs)};
	}));
	return {unlike: new Set(looked.filter(({isLike}) => !isLike).map(({name}) => name)), unsure: looked.filter(({isSure}) => !isSure).map(({name}) => name)};
};

/** Everything in which production differs from a restore point: rows, definitions, schedules. Tables that are never written may grow. */
export const findMoved = async (context: StepContext, manifest: Manifest): Promise<readonly Moved[]> => {
	const {dataset} = context.settings;
	const live = await liveDefinitions(context);
	const existing = new Set(live.tables);
	const {unlike, unsure} = await lookAtTables(context, manifest);
	const contents = await readContents(context, dataset, unsure.filter(name => existing.has(name)));
	const isRead = new Set(unsure);
	const schedules = new Map((await context.ports.schedules.list(dataset)).map(config => [config.displayName, config]));
	return [
		...compare(manifest, 'table', name => existing.has(name), ({name, rows, checksum}) => !unlike.has(name) && (!isRead.has(name) || (contents.get(name)?.rows === rows && contents.get(name)?.checksum === checksum))),
		...compare(manifest, 'routine', name => live.routine.has(name), ({name, definition}) => sameDefinition(live.routine.get(name) ?? '', definition ?? '')),
		...compare(manifest, 'view', name => live.view.has(name), ({name, definition}) => sameDefinition(live.view.get(name) ?? '', definition ?? '')),
		...compare(manifest, 'schedule', name => schedules.has(name), entry => sameSchedule(schedules.get(entry.name)!, scheduleOf(entry))),
	];
};

/** A run that was killed between the two facts of a restore point has one that is not proven yet. */
const proveAtLast = async (context: StepContext, manifest: Manifest): Promise<void> => {
	if (context.state().restorePoint?.provenAtMs === undefined) {
		const detail = await proveRestorePoint(context, manifest);
		await context.emit({type: 'restore-point.proven', data: {id: manifest.id, atMs: context.ports.clock.now(), detail}});
	}
};

/** Production moves while a copy of it is taken and proven; after so many times somebody has to make it stand still. */
const mostRenewals = 3;

/**
 * Takes the run's restore point anew when production has moved since, and proves it; looks again until nothing moves. The
 * former ones are kept.
 * @returns what had moved; nothing when the restore point stands.
 * @throws StepFailure when the run has changed production already, a copy differs from its source, or production does not stand still.
 */
export const renewRestorePoint = async (context: StepContext, id: string): Promise<readonly Moved[]> => {
	let manifest = await loadManifest(context, id);
	const all = new Map<string, Moved>();
	for (let renewals = 0; ; renewals += 1) {
		context.progress({label: 'compare production with the restore point'});
		const moved = await findMoved(context, manifest);
		if (moved.length === 0) {
			await proveAtLast(context, manifest);
			return [...all.values()];
		}

		if (renewals === mostRenewals) {
			const names = moved.map(({name}) => name).slice(0, 3).join(', ');
			throw new StepFailure({message: `Production does not stand still: ${names} moved again after the restore point was taken anew ${mostRenewals} times. Nothing was deployed.`, reason: 'restorePoint', class: 'transient', advice: 'Pause what writes there, such as a scheduled query, then retry.'});
		}

		for (const object of moved) {
			all.set(`${object.type} ${object.name}`, object);
		}

		({manifest} = await takeRestorePoint(context, writeSetOf(manifest)));
	}
};
