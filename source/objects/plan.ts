// What a deployment would change: every object of the files against the live catalog, and the hash an approval is
// bound to.
import {createHash} from 'node:crypto';
import {planHash, type PlanHash} from '../domain/ids.js';
import type {DeployObject, ScheduleConfig} from './deploy-object.js';
import {fingerprintOf, normaliseSql} from './fingerprint.js';
import type {LiveCatalog} from './live-catalog.js';
import type {TargetNames} from './names.js';
import {formatDiff} from './text-diff.js';

export type PlanAction = 'create' | 'replace' | 'alter' | 'unchanged';

export type PlannedObject = {
	readonly object: DeployObject;
	readonly action: PlanAction;
	/** Live against file, line by line; the empty string when nothing differs. */
	readonly diff: string;
	/** What the action does, in words: "adds schedule_id, deactivated_at". */
	readonly detail: string;
};

export type Plan = {
	readonly names: TargetNames;
	readonly objects: readonly PlannedObject[];
	readonly hash: PlanHash;
};

const plannedTable = (object: DeployObject, live: LiveCatalog): PlannedObject => {
	const columns = live.tables.get(object.name);
	if (columns === undefined) {
		return {object, action: 'create', diff: formatDiff('', object.columns.join('\n')), detail: `${object.columns.length} columns`};
	}

	// Columns compare without regard to case, as BigQuery does.
	const present = new Set(columns.map(column => column.toLowerCase()));
	const missing = object.columns.filter(column => !present.has(column.toLowerCase()));
	return missing.length === 0
		? {object, action: 'unchanged', diff: '', detail: 'has every column'}
		: {object, action: 'alter', diff: formatDiff(columns.join('\n'), [...columns, ...missing].join('\n')), detail: `adds ${missing.join(', ')}`};
};

const plannedDefinition = (object: DeployObject, ddl: string | undefined, names: TargetNames): PlannedObject => {
	if (ddl === undefined) {
		return {object, action: 'create', diff: formatDiff('', object.sql), detail: 'does not exist yet'};
	}

	return fingerprintOf(ddl, names) === object.fingerprint
		? {object, action: 'unchanged', diff: '', detail: 'equal by fingerprint'}
		: {object, action: 'replace', diff: formatDiff(normaliseForDiff(ddl), normaliseForDiff(object.sql)), detail: 'definition differs'};
};

/** Drops what never is a difference: the head comment, OR REPLACE, surrounding white space. */
const normaliseForDiff = (sql: string): string =>
	sql
		.replace(/^(?:\s*--[^\n]*\n)+/, '')
		.replace(/^\s*CREATE\s+OR\s+REPLACE\s/i, 'CREATE ')
		.trim()
		.replace(/;$/, '');

const describeConfig = (config: ScheduleConfig, query: string): string => `${config.displayName}: ${config.schedule}\n${query}`;

const plannedSchedule = (object: DeployObject, live: LiveCatalog, names: TargetNames): PlannedObject => {
	const missing = object.configs.filter(({displayName}) => !live.schedules.has(displayName));
	const changed = object.configs.filter(config => {
		const current = live.schedules.get(config.displayName);
		return current !== undefined && (current.schedule !== config.schedule || normaliseSql(current.query, names) !== normaliseSql(object.sql, names));
	});
	const body = object.sql.trim();
	const before = object.configs.flatMap(({displayName}) => {
		const current = live.schedules.get(displayName);
		return current === undefined ? [] : [describeConfig(current, current.query.trim())];
	});
	const after = object.configs.map(config => describeConfig(config, body));
	if (missing.length === 0 && changed.length === 0) {
		return {object, action: 'unchanged', diff: '', detail: 'schedule and query are equal'};
	}

	const isNew = missing.length === object.configs.length;
	return {object, action: isNew ? 'create' : 'replace', diff: formatDiff(before.join('\n\n'), after.join('\n\n')), detail: object.configs.map(({schedule}) => `${schedule} UTC`).join(' and ')};
};

const planObject = (object: DeployObject, live: LiveCatalog, names: TargetNames): PlannedObject => {
	switch (object.kind) {
		case 'table': {
			return plannedTable(object, live);
		}

		case 'scheduled-query': {
			return plannedSchedule(object, live, names);
		}

		case 'view': {
			return plannedDefinition(object, live.views.get(object.name), names);
		}

		default: {
			return plannedDefinition(object, live.routines.get(object.name), names);
		}
	}
};

/**
 * Hash of what would be deployed and where: eight hex digits over every object's fingerprint, the target and the
 * settings. What is live does not count, so that a resumed promotion still has the approved hash.
 */
export const hashPlan = (objects: readonly DeployObject[], names: TargetNames, settings: Readonly<Record<string, unknown>>): PlanHash => {
	const content = {
		target: [names.project, names.dataset, names.location, names.timeZone],
		settings: Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)),
		objects: objects.map(({kind, name, fingerprint, configs}) => [kind, name, fingerprint, configs.map(({displayName, schedule, anchor}) => [displayName, schedule, anchor ?? null])]).sort(([a, b], [c, d]) => (`${String(a)} ${String(b)}` < `${String(c)} ${String(d)}` ? -1 : 1)),
	};
	return planHash(createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8));
};

/** Compares objects with the live catalog; keeps their order. */
export const makePlan = (objects: readonly DeployObject[], live: LiveCatalog, names: TargetNames, settings: Readonly<Record<string, unknown>>): Plan => ({
	names,
	objects: objects.map(object => planObject(object, live, names)),
	hash: hashPlan(objects, names, settings),
});

/** How many objects each action has; every action is present. */
export const countActions = (plan: Plan): {readonly [Action in PlanAction]: number} => {
	const counts = {create: 0, replace: 0, alter: 0, unchanged: 0};
	for (const {action} of plan.objects) {
		counts[action] += 1;
	}

	return counts;
};
