// From the rows of the health and cost queries to one sample. What a query did not give is undefined, never zero.
import {bandOf, type CostSample, type HealthComponent, type MonitorSample} from '../domain/health.js';
import type {ScheduledQuery, ScheduledQueryRun} from '../ports/scheduled-queries.js';
import type {Row} from '../ports/warehouse.js';

const dayMs = 86_400_000;

const numberOf = (value: unknown): number | undefined => (value === null || value === undefined || Number.isNaN(Number(value)) ? undefined : Number(value));

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value);
		} catch {
			return [];
		}
	}

	return Array.isArray(parsed) ? parsed as readonly Readonly<Record<string, unknown>>[] : [];
};

const optional = <Key extends string>(key: Key, value: unknown): {readonly [K in Key]?: number} => {
	const number = numberOf(value);
	return (number === undefined ? {} : {[key]: number}) as {readonly [K in Key]?: number};
};

const componentNames = new Set<HealthComponent['name']>(['errors', 'latency', 'freshness', 'integrity', 'capacity']);

const componentsOf = (value: unknown): readonly HealthComponent[] =>
	listOf(value)
		.filter(item => componentNames.has(item['name'] as HealthComponent['name']))
		.map(item => ({name: item['name'] as HealthComponent['name'], weight: Number(item['weight']), ...optional('points', item['points']), detail: String(item['detail'] ?? '')}));

/** The cost row: parts are micro-dollars, `drivers` a JSON list. */
export const costOf = (row: Row, elapsedMs: number): CostSample => {
	const sinceDeployMicros = numberOf(row['since_deploy_micros']) ?? 0;
	return {
		last24hMicros: numberOf(row['last_24h_micros']) ?? 0,
		todayMicros: numberOf(row['today_micros']) ?? 0,
		sinceDeployMicros,
		// In the first minutes a projection would multiply noise by a hundred: the first quarter of an hour counts as one.
		projected24hMicros: Math.round(sinceDeployMicros * (dayMs / Math.min(dayMs, Math.max(elapsedMs, 15 * 60_000)))),
		billedBytes: numberOf(row['billed_bytes']) ?? 0,
		drivers: listOf(row['drivers']).map(item => ({name: String(item['name'] ?? ''), micros: Number(item['micros'] ?? 0)})),
	};
};

export type SampleParts = {
	readonly index: number;
	readonly atMs: number;
	readonly dueOffsetMs: number;
	/** Time since T0. */
	readonly elapsedMs: number;
	/** Undefined when the query failed. */
	readonly health: Row | undefined;
	readonly cost: Row | undefined;
	readonly schedules: readonly {readonly config: Pick<ScheduledQuery, 'displayName'>; readonly runs: readonly ScheduledQueryRun[]}[];
	readonly drift?: {readonly drifted: number; readonly checked: number};
};

const scheduleRunsOf = (schedules: SampleParts['schedules']): MonitorSample['scheduleRuns'] =>
	schedules.map(({config, runs}) => {
		const [last] = runs.filter(({state}) => state !== 'PENDING' && state !== 'RUNNING').sort((a, b) => b.runTimeMs - a.runTimeMs);
		return last === undefined ? {name: config.displayName, state: 'none'} : {name: config.displayName, lastRunMs: last.runTimeMs, state: last.state === 'SUCCEEDED' ? 'ok' : 'failed'};
	});

/** Puts one sample together. */
export const buildSample = ({index, atMs, dueOffsetMs, elapsedMs, health, cost, schedules, drift}: SampleParts): MonitorSample => {
	const row = health ?? {};
	const score = numberOf(row['score']);
	const succeeded = numberOf(row['exports_succeeded']);
	return {
		index,
		atMs,
		dueOffsetMs,
		...(score === undefined ? {} : {score}),
		band: bandOf(score),
		components: componentsOf(row['components']),
		...(cost === undefined ? {} : {cost: costOf(cost, elapsedMs)}),
		jobs: {finished: numberOf(row['jobs_finished']) ?? 0, failed: numberOf(row['jobs_failed']) ?? 0, ...optional('p50Ms', row['p50_ms']), ...optional('p95Ms', row['p95_ms'])},
		...optional('integrityViolations', row['integrity_violations']),
		...optional('corruptRows', row['corrupt_rows']),
		...optional('availableCaptions', row['available_captions']),
		...(drift === undefined ? {} : {driftedObjects: drift.drifted, checkedObjects: drift.checked}),
		...optional('schedulesCreated', row['schedules_created']),
		...(succeeded === undefined ? {} : {exports: {succeeded, failed: numberOf(row['exports_failed']) ?? 0}}),
		topErrors: listOf(row['top_errors']).map(item => ({message: String(item['message'] ?? ''), count: Number(item['count'] ?? 0)})),
		scheduleRuns: scheduleRunsOf(schedules),
	};
};

/** `Health Score: 93/100 HEALTHY`; the document greps for the first part. */
export const describeHealth = (sample: Pick<MonitorSample, 'score' | 'band'>): string => (sample.score === undefined ? `Health Score: --/100 ${sample.band}` : `Health Score: ${sample.score}/100 ${sample.band}`);
