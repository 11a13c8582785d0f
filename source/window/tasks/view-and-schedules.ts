// 2A.4 View and 2A.5 Scheduled queries, on staging, with what completes lane A.
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import type {DeployObject, ScheduleConfig} from '../../objects/deploy-object.js';
import {makePlan} from '../../objects/plan.js';
import type {ScheduledQuery, ScheduledQuerySpec} from '../../ports/scheduled-queries.js';
import {checksOf, listNames} from '../criteria.js';
import {deployObject} from '../deploy-object.js';
import {objectsFor, ofKind, planSettings, readCatalog, seedView, targetNames} from '../deploy-set.js';
import {isKnownSchedule, nextFirings, overlapsOf, startTimeOf} from '../schedule-times.js';
import {clockOf, formatZoned, zoneTransitions} from '../zone-time.js';
import {countJobs} from '../job-history.js';
import {runSmokeFile, runSqlFile} from '../smoke.js';
import {reportStaging, stagingPath} from './functions.js';
import {viewColumns} from './table-contracts.js';

const viewLimitMs = 2000;

/** 2A.4: the denormalised view, its columns, speed and completeness. */
export const runView = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check, require} = checks;
	const view = (await objectsFor(context, context.stagingDataset)).find(({name}) => name === seedView);
	require('view-created', view !== undefined, view === undefined ? `${seedView} is not in sql/views` : seedView);
	await deployObject(context, view!, context.stagingDataset);
	await reportStaging(context, 1);
	const name = `\`${stagingPath(context)}.${seedView}\``;
	const {schema} = await context.ports.warehouse.dryRun(`SELECT * FROM ${name}`);
	const present = schema.map(field => field.name);
	const missing = viewColumns.filter(column => !present.includes(column));
	check('columns-present', missing.length === 0, missing.length === 0 ? `${viewColumns.length} columns` : `missing: ${listNames(missing, 25)}`);
	const durations: number[] = [];
	for (let count = 0; count < 3; count++) {
		// Measured alone.
		durations.push((await runSqlFile(context, {file: 'sql/smoke/view-newest.sql', dataset: context.stagingDataset, title: `${seedView}, newest 100`})).durationMs);
	}

	const slowest = Math.max(...durations);
	check('under-two-seconds', slowest < viewLimitMs, `slowest of 3 ${formatDuration(slowest)} of 2s`);
	(await runSmokeFile(context, {file: 'sql/smoke/view.sql', dataset: context.stagingDataset, title: 'schedules in view and table'})).judge(checks, 'rows-plausible', ['every schedule']);
	return `${viewColumns.length} columns · ${formatDuration(slowest)} of 2s`;
};

/** What the transfer service is asked for; a repeating schedule starts at its anchor. */
export const scheduleSpec = (object: DeployObject, config: ScheduleConfig, nowMs: number): ScheduledQuerySpec => {
	const startTimeMs = startTimeOf(config, nowMs);
	return {displayName: config.displayName, schedule: config.schedule, query: object.sql, notifyOnFailure: true, ...(startTimeMs !== undefined && {startTimeMs})};
};

/** All configs of the scheduled queries with the object each belongs to. */
export const configsOf = (objects: readonly DeployObject[]): readonly {readonly object: DeployObject; readonly config: ScheduleConfig}[] =>
	ofKind(objects, 'scheduled-query').flatMap(object => object.configs.map(config => ({object, config})));

const dayMs = 86_400_000;

/** What each daily pair of configs shows on the business clock just before and after the next change of offset. */
const describeZone = (context: StepContext, configs: readonly ScheduleConfig[]): {readonly ok: boolean; readonly evidence: string} => {
	const {timeZone} = context.settings;
	const nowMs = context.ports.clock.now();
	const daily = configs.filter(({schedule}) => schedule.startsWith('every day'));
	const [transition] = zoneTransitions(nowMs, nowMs + 370 * dayMs, timeZone);
	const days = transition === undefined ? [nowMs] : [transition.atMs - 2 * dayMs, transition.atMs + 2 * dayMs];
	// The body acts in business hours 2 and 3 only: on every day one config of the pair has to fall there.
	const hits = days.map(at => daily.flatMap(config => nextFirings(config, at, 1)).map(firing => clockOf(firing, timeZone)));
	const ok = daily.length > 0 && hits.every(clocks => clocks.some(clock => clock.startsWith('02:')));
	return {ok, evidence: days.map((at, index) => `${formatZoned(at, timeZone).slice(0, 10)}: ${hits[index]?.join(' and ') ?? ''}`).join(', ')};
};

const laneTasks = ['2A.0', '2A.1', '2A.2', '2A.3', '2A.4'];

/** The lane's own criteria: everything deployed equals its file, nothing was destroyed, every task before this one passed. */
const completeLane = async (context: StepContext): Promise<void> => {
	const {check} = checksOf(context);
	const names = targetNames(context.settings, context.stagingDataset);
	const {warehouse, schedules} = context.ports;
	const plan = makePlan(await objectsFor(context, context.stagingDataset), await readCatalog(warehouse, schedules, names), names, planSettings(context.settings));
	const different = plan.objects.filter(({action}) => action !== 'unchanged');
	for (const {object, diff} of different) {
		context.log(`${object.name} differs from its file:\n${diff}`, 'warning');
	}

	const evidence = different.length === 0 ? `${plan.objects.length} of ${plan.objects.length} equal their files by fingerprint` : `differs: ${listNames(different.map(({object}) => object.name))}`;
	check('lane-objects-exist', different.length === 0, evidence);
	check('again-unchanged', different.length === 0, different.length === 0 ? 'a second plan against staging holds no change' : evidence);
	const {jobs: counted, destructive} = await countJobs(context, '');
	check('lane-nothing-destroyed', counted > 0 && destructive === 0, `${counted} jobs with the label of this run, ${destructive} of them DROP or TRUNCATE`);
	const unpassed = laneTasks.filter(id => [...context.state().steps.values()].some(({task, state}) => task.id === id && state.kind !== 'passed'));
	check('lane-validation-passes', unpassed.length === 0, unpassed.length === 0 ? `${laneTasks.length} tasks passed` : `not passed: ${unpassed.join(', ')}`);
	await context.writeArtifact('OBJECTS.md', `# Objects\n\n${plan.objects.map(({object}) => `- \`${object.name}\` (${object.kind}): ${object.summary}`).join('\n')}\n`, 'Objects and what they are');
	check('lane-documents-updated', true, `OBJECTS.md lists ${plan.objects.length} objects`);
};

/** 2A.5: scheduled queries disabled, in business time, apart from one another; then the lane's certificate. */
export const runSchedules = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const nowMs = context.ports.clock.now();
	const configs = configsOf(await objectsFor(context, context.stagingDataset));
	const made: ScheduledQuery[] = [];
	for (const {object, config} of configs) {
		context.log(`upsert scheduled query ${config.displayName}, disabled`);
		// The service finds by display name: one after the other.
		made.push(await context.ports.schedules.upsert(context.stagingDataset, scheduleSpec(object, config, nowMs), {isDisabled: true}));
	}

	const listed = await context.ports.schedules.list(context.stagingDataset);
	const missing = configs.filter(({config}) => listed.filter(({displayName}) => displayName === config.displayName).length !== 1);
	check('schedules-created', missing.length === 0 && configs.length > 0, missing.length === 0 ? `${listed.length} configs of ${new Set(configs.map(({object}) => object.name)).size} scheduled queries` : `not exactly once: ${listNames(missing.map(({config}) => config.displayName))}`);
	const enabled = listed.filter(({isDisabled}) => !isDisabled);
	check('created-disabled', enabled.length === 0, enabled.length === 0 ? 'all disabled' : `enabled: ${listNames(enabled.map(({displayName}) => displayName))}`);
	const silent = listed.filter(({notifyOnFailure}) => !notifyOnFailure);
	check('mail-configured', silent.length === 0, silent.length === 0 ? 'a failure sends a mail for each' : `silent: ${listNames(silent.map(({displayName}) => displayName))}`);
	const plain = configs.map(({config}) => config);
	const overlaps = overlapsOf(plain, nowMs);
	const unknown = plain.filter(config => !isKnownSchedule(config));
	check('no-overlap', overlaps.length === 0 && unknown.length === 0, unknown.length > 0 ? `can't be read: ${listNames(unknown.map(({schedule}) => schedule))}` : (overlaps.length === 0 ? 'no two within five minutes in a week' : overlaps.map(([a, b]) => `${a} and ${b}`).join('; ')));
	const zone = describeZone(context, plain);
	check('time-zone-correct', zone.ok, zone.evidence);
	const firings = plain.map(config => ({displayName: config.displayName, next: nextFirings(config, nowMs, 10).map(at => ({utc: new Date(at).toISOString(), local: formatZoned(at, context.settings.timeZone)}))}));
	await context.writeArtifact('schedule-firings.json', `${JSON.stringify(firings, undefined, '\t')}\n`, 'Next firings of the scheduled queries');
	check('next-firings', firings.every(({next}) => next.length === 10), `the next 10 of ${firings.length} configs`);
	await reportStaging(context, new Set(configs.map(({object}) => object.name)).size);
	await completeLane(context);
	return `${made.length} configs, disabled`;
};
