// 5.1 Deployment: promotion in dependency order, schedules disabled, smoke, schedules enabled last, one by one.
import {formatPlanHash} from '../../domain/ids.js';
import type {ProgressPart} from '../../domain/events.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {makePlan, type Plan, type PlannedObject} from '../../objects/plan.js';
import type {ObjectKind} from '../../objects/deploy-object.js';
import {WarehouseError} from '../../ports/warehouse.js';
import {checksOf, listNames, type Checks} from '../criteria.js';
import {deployObject} from '../deploy-object.js';
import {currentPlan, objectsFor, planSettings, readCatalog, targetNames} from '../deploy-set.js';
import {countJobs, readFirstChange} from '../job-history.js';
import {productionSmokeFiles, runSmokeFile, smokeName} from '../smoke.js';
import {callTwice} from './procedures.js';
import {renewBackup} from './restore-point.js';
import {configsOf, scheduleSpec} from './view-and-schedules.js';

/** The document's seven steps; tables stand with the functions. */
const steps = ['backup', 'UDFs', 'TVFs', 'procedures', 'views', 'schedules', 'smoke'] as const;

const stepOfKind: {readonly [Kind in ObjectKind]: number} = {table: 1, function: 1, 'table-function': 2, procedure: 3, view: 4, 'scheduled-query': 5};

/** Kinds can take turns in dependency order: a step is done when the last of its objects is. */
const partsOf = (plan: Plan, done: ReadonlySet<string>, current: number): readonly ProgressPart[] =>
	steps.map((label, index) => {
		if (index === 0) {
			return {label, state: 'done'};
		}

		const own = plan.objects.filter(({object}) => stepOfKind[object.kind] === index && object.kind !== 'scheduled-query');
		const isDone = index < 5 ? own.every(({object}) => done.has(object.name)) : index < current;
		return {label, state: isDone ? 'done' : (index === current ? 'running' : 'waiting')};
	});

const assertSamePlan = (context: StepContext, plan: Plan): void => {
	if (context.planHash !== plan.hash) {
		throw new StepFailure({message: `The plan is ${formatPlanHash(plan.hash)} now; ${context.planHash === undefined ? 'none' : formatPlanHash(context.planHash)} was approved. Production is unchanged.`, reason: 'planMoved', class: 'permanent', advice: 'eros-tui deploy starts again from the inventory.'});
	}
};

type Unplanned = ReadonlyMap<string, string>;

/** Definitions outside the plan: they have to be the same afterwards. */
const readOthers = async (context: StepContext, plan: Plan): Promise<Unplanned> => {
	const names = targetNames(context.settings);
	const own = new Set(plan.objects.map(({object}) => object.name));
	const live = await readCatalog(context.ports.warehouse, context.ports.schedules, names);
	const all = [...live.routines, ...live.views, ...[...live.tables].map(([name, columns]) => [name, columns.join(',')] as const)];
	return new Map(all.filter(([name]) => !own.has(name)));
};

const promote = async (context: StepContext, plan: Plan, changing: readonly PlannedObject[], total: number): Promise<void> => {
	const done = new Set(plan.objects.filter(({action}) => action === 'unchanged').map(({object}) => object.name));
	let count = 0;
	for (const {object} of changing) {
		context.progress({done: count, total, label: object.name, parts: partsOf(plan, done, stepOfKind[object.kind])});
		// The order is the point.
		await deployObject(context, object, context.settings.dataset);
		done.add(object.name);
		count += 1;
		// The journal follows the order.
		await context.emit({type: 'production.changed', data: {state: {kind: 'changing', done: count, total}}});
	}
};

const upsertSchedules = async (context: StepContext, promoted: number, total: number): Promise<readonly string[]> => {
	const names: string[] = [];
	const configs = configsOf(await objectsFor(context, context.settings.dataset));
	for (const {object, config} of configs) {
		context.log(`upsert scheduled query ${config.displayName}, disabled`);
		// Found by display name, one after the other.
		const made = await context.ports.schedules.upsert(context.settings.dataset, scheduleSpec(object, config, context.ports.clock.now()), {isDisabled: true});
		names.push(made.name);
		// The journal follows the order.
		await context.emit({type: 'production.changed', data: {state: {kind: 'changing', done: promoted + names.length, total}}});
	}

	return names;
};

const runSmoke = async (context: StepContext): Promise<{readonly failed: readonly string[]; readonly count: number; readonly files: number}> => {
	const files = await productionSmokeFiles(context);
	const failed: string[] = [];
	let count = 0;
	for (const file of files) {
		const {checks} = await runSmokeFile(context, {file, dataset: context.settings.dataset, title: `smoke: ${smokeName(file)}`});
		count += checks.size;
		failed.push(...[...checks].filter(([, {passed}]) => !passed).map(([name, {evidence}]) => `${name}: ${evidence}`));
	}

	return {failed, count, files: files.length};
};

const enableSchedules = async (context: StepContext, names: readonly string[]): Promise<boolean> => {
	for (const name of names) {
		const enabled = await context.ports.schedules.setDisabled(name, false);
		context.log(`enable scheduled query ${enabled.displayName}`);
	}

	const listed = await context.ports.schedules.list(context.settings.dataset);
	return names.every(name => listed.some(schedule => schedule.name === name && !schedule.isDisabled));
};

/** What stands in production compared with the files, and what stood outside the plan compared with before. */
const verify = async (context: StepContext, others: Unplanned): Promise<void> => {
	const {check} = checksOf(context);
	const names = targetNames(context.settings);
	const live = await readCatalog(context.ports.warehouse, context.ports.schedules, names);
	const after = makePlan(await objectsFor(context, names.dataset), live, names, planSettings(context.settings));
	const different = after.objects.filter(({action}) => action !== 'unchanged').map(({object}) => object.name);
	check('objects-deployed', different.length === 0, different.length === 0 ? `${after.objects.length} of ${after.objects.length}` : `differs: ${listNames(different)}`);
	check('equals-files', different.length === 0, different.length === 0 ? 'every fingerprint equals its file' : `differs: ${listNames(different)}`);
	check('runs-again-safely', different.length === 0, 'a second deployment would change nothing');
	const now = await readOthers(context, after);
	const moved = [...others].filter(([name, definition]) => now.get(name) !== definition).map(([name]) => name);
	check('nothing-else-changed', moved.length === 0, moved.length === 0 ? `${others.size} other objects are as they were` : `changed: ${listNames(moved)}`);
};

const historyTries = 5;

/** The history lags a little behind on BigQuery: asked again until it knows every job that this attempt submitted. */
const readHistory = async (context: StepContext): Promise<Awaited<ReturnType<typeof countJobs>>> => {
	for (let tries = 1; ; tries += 1) {
		const submitted = context.jobs().length;
		const counts = await countJobs(context, '5.1');
		if (counts.jobs >= submitted || tries === historyTries) {
			return counts;
		}

		await context.ports.clock.pause(1000, context.signal);
	}
};

/** What the warehouse's own history says: what was first, and what failed. */
const checkHistory = async (context: StepContext, {check, noData}: Checks, changes: number): Promise<void> => {
	const {jobs, failed, madeGood, firstError} = await readHistory(context);
	const submitted = context.jobs().length - 1;
	if (jobs < submitted) {
		noData('no-error-logged', `the job history knows ${jobs} of ${submitted} jobs`);
	} else {
		check('no-error-logged', failed === 0, failed === 0 ? `${jobs} jobs of this step in the history, none failed${madeGood === 0 ? '' : `; ${madeGood} passing failures were repeated with success`}` : `${failed} of ${jobs} failed: ${firstError}`);
	}

	const {provenAt, firstChangeAt} = await readFirstChange(context);
	if (changes === 0 && firstChangeAt === undefined) {
		check('backups-before-changes', provenAt !== undefined, `proven ${provenAt ?? 'never'}; no definition had to change`);
	} else if (provenAt === undefined || firstChangeAt === undefined) {
		noData('backups-before-changes', `the job history holds no ${provenAt === undefined ? 'proof of the restore point' : 'change of production'} of this run`);
	} else {
		check('backups-before-changes', Date.parse(provenAt) <= Date.parse(firstChangeAt), `proven ${provenAt}, first change ${firstChangeAt}, by the job history`);
	}
};

/** Submits a job a second time under its name: the warehouse has to know it, and nothing may run. */
const checkRetry = async (context: StepContext, {check}: Checks): Promise<void> => {
	const {ports: {warehouse}, settings} = context;
	const id = context.jobs().at(-1)!;
	const before = await warehouse.findJob(id);
	try {
		await warehouse.submit({id, sql: 'SELECT 1', maximumBytesBilled: settings.maximumBytesBilled, timeoutMs: settings.jobTimeoutMs, labels: {eros_run: String(context.state().run ?? 'run').toLowerCase()}, mutates: []});
		check('safe-retries', false, `${id} was accepted a second time`);
	} catch (error) {
		if (!(error instanceof WarehouseError) || error.kind !== 'duplicate') {
			throw error;
		}

		const after = await warehouse.findJob(id);
		check('safe-retries', before !== undefined && after?.createdMs === before.createdMs, `${id} submitted again: answered as known, nothing ran`);
	}
};

/** Asks and calls the promoted definitions twice where the test page is: on staging, whose definitions equal the files too. */
const checkRepetition = async (context: StepContext, {check}: Checks): Promise<void> => {
	if (await context.ports.warehouse.findDataset(context.stagingDataset) === undefined) {
		context.log('Staging is gone: deterministic results and cumulative effects stay unchecked.', 'warning');
		return;
	}

	const ask = async (time: string): Promise<ReadonlyMap<string, {readonly evidence: string}>> =>
		(await runSmokeFile(context, {file: 'sql/smoke/fingerprints.sql', dataset: context.stagingDataset, title: `fingerprint every answer about the test page, ${time} time`})).checks;
	const [first, second] = [await ask('first'), await ask('second')];
	const different = [...first].filter(([name, {evidence}]) => second.get(name)?.evidence !== evidence).map(([name]) => name);
	check('deterministic', first.size > 0 && different.length === 0, different.length === 0 ? `${first.size} objects asked twice: equal fingerprints; only wilson_sample draws` : `differs: ${listNames(different)}`);
	const {difference} = await callTwice(context, 'update-caption-performance', 'caption_bandit_stats');
	check('no-cumulative-effect', difference === undefined, difference ?? 'update_caption_performance called twice: the counts it keeps are the same');
};

/** 5.1: the seven steps. A failure leaves production marked as partial, with the way back named. */
export const runProduction = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check, require} = checks;
	const plan = await currentPlan(context);
	assertSamePlan(context, plan);
	const freshness = await renewBackup(context);
	const {restorePoint} = context.state();
	require('backup-created', restorePoint?.provenAtMs !== undefined, restorePoint === undefined ? 'there is no restore point' : `${restorePoint.dataset}, restored once and compared; ${freshness}`);
	const others = await readOthers(context, plan);
	const changing = plan.objects.filter(({action, object}) => action !== 'unchanged' && object.kind !== 'scheduled-query');
	const total = changing.length + configsOf(plan.objects.map(({object}) => object)).length;
	await context.emit({type: 'production.changed', data: {state: {kind: 'changing', done: 0, total}}});
	try {
		await promote(context, plan, changing, total);
		context.progress({parts: partsOf(plan, new Set(plan.objects.map(({object}) => object.name)), 5)});
		const schedules = await upsertSchedules(context, changing.length, total);
		context.progress({parts: partsOf(plan, new Set(plan.objects.map(({object}) => object.name)), 6)});
		const smoke = await runSmoke(context);
		require('smoke-passes', smoke.count > 0 && smoke.failed.length === 0, smoke.failed.length === 0 ? `${smoke.count} checks in ${smoke.files} files of sql/smoke/production` : smoke.failed.join('; '));
		await verify(context, others);
		const isEnabled = await enableSchedules(context, schedules);
		check('schedules-enabled-last', isEnabled, isEnabled ? `${schedules.length} enabled after the smoke tests, one by one` : 'a scheduled query is still disabled');
	} catch (error) {
		await context.emit({type: 'production.changed', data: {state: {kind: 'partial', detail: '5.1 stopped half-way; eros-tui rollback goes back'}}});
		throw error;
	}

	await checkHistory(context, checks, changing.length);
	await checkRetry(context, checks);
	await checkRepetition(context, checks);
	await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
	return `${changing.length} objects, ${total - changing.length} schedules`;
};
