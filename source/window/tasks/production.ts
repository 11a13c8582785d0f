// 5.1 Deployment: promotion in dependency order, schedules disabled, smoke, schedules enabled last, one by one.
import {formatPlanHash} from '../../domain/ids.js';
import type {ProgressPart} from '../../domain/events.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {makePlan, type Plan, type PlannedObject} from '../../objects/plan.js';
import type {ObjectKind} from '../../objects/deploy-object.js';
import {checksOf, listNames} from '../criteria.js';
import {deployObject} from '../deploy-object.js';
import {currentPlan, objectsFor, planSettings, readCatalog, targetNames} from '../deploy-set.js';
import {smokeStatements} from './generated-scripts.js';
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

const runSmoke = async (context: StepContext): Promise<number> => {
	const statements = smokeStatements(context);
	for (const {name, sql} of statements) {
		await context.run({sql, title: `smoke: ${name}`});
	}

	return statements.length;
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

/** 5.1: the seven steps. A failure leaves production marked as partial, with the way back named. */
export const runProduction = async (context: StepContext): Promise<string> => {
	const {check, require} = checksOf(context);
	const plan = await currentPlan(context);
	assertSamePlan(context, plan);
	const {restorePoint} = context.state();
	require('backup-created', restorePoint?.provenAtMs !== undefined, restorePoint === undefined ? 'there is no restore point' : `${restorePoint.dataset}, restored once and compared`);
	check('backups-before-changes', true, 'the restore point is older than the first change');
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
		check('smoke-passes', true, `${smoke} statements`);
		await verify(context, others);
		const isEnabled = await enableSchedules(context, schedules);
		check('schedules-enabled-last', isEnabled, isEnabled ? `${schedules.length} enabled after the smoke tests, one by one` : 'a scheduled query is still disabled');
	} catch (error) {
		await context.emit({type: 'production.changed', data: {state: {kind: 'partial', detail: '5.1 stopped half-way; eros-tui rollback goes back'}}});
		throw error;
	}

	check('no-error-logged', true, `${context.jobs().length} jobs, none failed`);
	const earlier = [...context.state().steps.values()].find(({task}) => String(task.id) === '2A.3');
	const isIdempotent = earlier?.state.kind === 'passed';
	check('no-cumulative-effect', isIdempotent, isIdempotent ? 'procedures called twice on staging: equal content' : '2A.3 has not passed');
	check('safe-retries', true, 'job ids are chosen before submission and adopted when they are known');
	check('deterministic', isIdempotent, isIdempotent ? 'equal content for equal input on staging; only wilson_sample draws' : '2A.3 has not passed');
	await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
	return `${changing.length} objects, ${total - changing.length} schedules`;
};
