// What a restore point holds: one entry an object, kept beside the copies in the warehouse itself, so that any machine
// can roll back.
import {createHash} from 'node:crypto';
import {planHash, type PlanHash} from '../domain/ids.js';
import type {RestorePointSummary} from '../domain/events.js';
import type {QueryParameter, Row} from '../ports/warehouse.js';
import type {ScheduledQuery} from '../ports/scheduled-queries.js';

export type ManifestEntry = {
	readonly type: 'table' | 'routine' | 'view' | 'schedule';
	readonly name: string;
	/** `absent`: the object did not exist; `recorded`: only its row count is kept, it is never written. */
	readonly status: 'saved' | 'absent' | 'recorded';
	readonly rows?: number;
	readonly bytes?: number;
	/** INT64 in decimal. */
	readonly checksum?: string;
	/** DDL of a routine or view, configuration of a schedule as JSON. */
	readonly definition?: string;
};

export type Manifest = {
	/** `YYYYMMDD_HHMMSS`, UTC; with the prefix `prerollback_` for the copy taken before a rollback. */
	readonly id: string;
	/** Dataset that holds the copies. */
	readonly dataset: string;
	/** The instant all copies are of. */
	readonly takenAtMs: number;
	readonly run: string;
	readonly entries: readonly ManifestEntry[];
};

const prerollbackPrefix = 'prerollback_';

/** `20251103_091200`, UTC. */
export const restorePointId = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');

/** The dataset that holds a restore point. */
export const restorePointDataset = (dataset: string, id: string): string => (id.startsWith(prerollbackPrefix) ? `${dataset}_${id}` : `${dataset}_backup_${id}`);

/** The id in a dataset's name; undefined when it holds no restore point of that dataset. */
export const restorePointIdOf = (dataset: string, candidate: string): string | undefined => {
	const match = /^_(?:backup_(\d{8}_\d{6})|(prerollback_\d{8}_\d{6}))$/.exec(candidate.startsWith(dataset) ? candidate.slice(dataset.length) : '');
	return match?.[1] ?? match?.[2];
};

export const entriesOf = (manifest: Manifest, type: ManifestEntry['type'], status: ManifestEntry['status'] = 'saved'): readonly ManifestEntry[] =>
	manifest.entries.filter(entry => entry.type === type && entry.status === status);

/** What the screens say of a restore point. */
export const summarise = (manifest: Manifest, provenAtMs?: number): RestorePointSummary => ({
	id: manifest.id,
	dataset: manifest.dataset,
	takenAtMs: manifest.takenAtMs,
	tables: entriesOf(manifest, 'table').length,
	routines: entriesOf(manifest, 'routine').length,
	views: entriesOf(manifest, 'view').length,
	schedules: entriesOf(manifest, 'schedule').length,
	absent: manifest.entries.filter(({status}) => status === 'absent').map(({name}) => name),
	...(provenAtMs === undefined ? {} : {provenAtMs}),
});

/** A rollback's plan is the manifest it goes back to: its hash, eight hex digits. */
export const manifestHash = (manifest: Manifest): PlanHash => planHash(createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 8));

/** Query parameters of `insertManifest`. */
export const manifestParameters = (manifest: Manifest): readonly QueryParameter[] => [
	...manifest.entries.flatMap((entry, index) => [
		{name: `type_${index}`, type: 'STRING', value: entry.type},
		{name: `name_${index}`, type: 'STRING', value: entry.name},
		{name: `status_${index}`, type: 'STRING', value: entry.status},
		{name: `rows_${index}`, type: 'INT64', value: entry.rows ?? null},
		{name: `bytes_${index}`, type: 'INT64', value: entry.bytes ?? null},
		{name: `checksum_${index}`, type: 'INT64', value: entry.checksum ?? null},
		{name: `definition_${index}`, type: 'STRING', value: entry.definition ?? null},
	]),
	{name: 'recorded_at', type: 'TIMESTAMP', value: new Date(manifest.takenAtMs).toISOString()},
];

const optional = <Key extends string>(key: Key, value: unknown, read: (value: unknown) => unknown): {readonly [K in Key]?: never} =>
	(value === null || value === undefined ? {} : {[key]: read(value)}) as {readonly [K in Key]?: never};

/** Reads the rows of a manifest back. */
export const manifestOf = (id: string, dataset: string, run: string, rows: readonly Row[]): Manifest => ({
	id,
	dataset,
	run,
	takenAtMs: Date.parse(String(rows[0]?.['recorded_at'] ?? '')),
	entries: rows.map(row => ({
		type: String(row['object_type']) as ManifestEntry['type'],
		name: String(row['object_name']),
		status: String(row['status']) as ManifestEntry['status'],
		...optional('rows', row['row_count'], Number),
		...optional('bytes', row['bytes'], Number),
		...optional('checksum', row['checksum'], String),
		...optional('definition', row['definition'], String),
	})),
});

export type ScheduleDefinition = Pick<ScheduledQuery, 'displayName' | 'schedule' | 'query' | 'notifyOnFailure' | 'serviceAccount' | 'pubsubTopic' | 'isDisabled' | 'startTimeMs'>;

/** The configuration of a schedule as it is kept: everything that can be set, nothing the service counts itself. */
export const scheduleDefinition = ({displayName, schedule, query, notifyOnFailure, serviceAccount, pubsubTopic, isDisabled, startTimeMs}: ScheduledQuery): ScheduleDefinition => ({
	displayName, schedule, query, notifyOnFailure, isDisabled,
	...(serviceAccount === undefined ? {} : {serviceAccount}),
	...(pubsubTopic === undefined ? {} : {pubsubTopic}),
	...(startTimeMs === undefined ? {} : {startTimeMs}),
});

/** Two schedules do the same when switched on; whether they are switched on is the operator's. */
export const sameSchedule = (a: ScheduleDefinition, b: ScheduleDefinition): boolean =>
	a.displayName === b.displayName && a.schedule === b.schedule && a.query.trim() === b.query.trim() && a.notifyOnFailure === b.notifyOnFailure && a.serviceAccount === b.serviceAccount && a.pubsubTopic === b.pubsubTopic;
