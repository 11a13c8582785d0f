// 5.2 Monitoring: the engine's monitor with our queries, and what its samples say of the criteria.
import {runMonitor, type MonitorQueries, type MonitorResult} from '../../engine/monitor.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {formatMoney} from '../../domain/wording/amount.js';
import {makePlan} from '../../objects/plan.js';
import {checksOf, type Checks} from '../criteria.js';
import {findSqlFile, objectsFor, planSettings, readCatalog, targetNames} from '../deploy-set.js';

const healthPath = 'sql/monitoring/health.sql';
const costPath = 'sql/monitoring/cost.sql';

const requireFile = async (context: StepContext, file: string): Promise<{readonly path: string; readonly sql: string}> => {
	const found = await findSqlFile(context, file, context.settings.dataset);
	if (found === undefined) {
		throw new StepFailure({message: `${file} is missing.`, reason: 'objects', class: 'permanent', advice: 'eros-tui check'});
	}

	return found;
};

/** The queries of the monitor for the production dataset. */
export const monitorQueries = async (context: StepContext): Promise<MonitorQueries> => {
	const [health, cost] = await Promise.all([requireFile(context, healthPath), requireFile(context, costPath)]);
	const names = targetNames(context.settings);
	return {
		health: {sql: health.sql, source: {path: health.path, text: health.sql}},
		cost: t0Ms => ({
			sql: cost.sql,
			source: {path: cost.path, text: cost.sql},
			parameters: [
				{name: 'price_per_tib_micros', type: 'INT64', value: context.settings.pricePerTibMicros},
				{name: 'since', type: 'TIMESTAMP', value: new Date(t0Ms).toISOString()},
			],
		}),
		async readDrift() {
			const live = await readCatalog(context.ports.warehouse, context.ports.schedules, names);
			const plan = makePlan(await objectsFor(context, names.dataset), live, names, planSettings(context.settings));
			return {drifted: plan.objects.filter(({action}) => action !== 'unchanged').length, checked: plan.objects.length};
		},
	};
};

const checkpointHours = [0, 2, 4, 8, 12, 24];
const hourMs = 3_600_000;

const checkCheckpoints = (context: StepContext, {check, noData}: Checks, result: MonitorResult): void => {
	for (const hour of checkpointHours) {
		const sample = result.samples.find(({dueOffsetMs}) => dueOffsetMs === hour * hourMs);
		const review = context.state().monitor?.checkpoints.find(({offsetMs}) => offsetMs === hour * hourMs)?.review;
		if (sample?.score === undefined) {
			noData(`hour-${hour}`, sample === undefined ? 'no sample was taken then' : 'the health query gave no answer');
		} else {
			check(`hour-${hour}`, true, `score ${sample.score}${review === undefined ? '' : `, ${review.note}`}`);
		}
	}
};

const checkSuccess = (context: StepContext, {check, noData}: Checks, result: MonitorResult): void => {
	const last = result.samples.at(-1);
	const deployment = [...context.state().steps.values()].find(({task}) => String(task.id) === '5.1');
	const isDeployed = deployment?.state.kind === 'passed';
	check('success-objects', isDeployed && (last?.driftedObjects ?? 0) === 0, `${last?.checkedObjects ?? 0} checked, ${last?.driftedObjects ?? 0} drifted`);
	check('success-smoke', isDeployed && context.state().gate?.passed === true, 'gate and smoke after deployment');
	if (last?.score === undefined) {
		noData('success-health', 'the last sample has no score');
	} else {
		check('success-health', last.score >= 90, `${last.score}/100`);
	}

	const corrupt = result.samples.filter(({integrityViolations}) => (integrityViolations ?? 0) > 0);
	check('success-no-critical', corrupt.length === 0 && result.flags.every(({state}) => state !== 'breach'), corrupt.length === 0 ? 'no integrity violation in any sample' : `${corrupt.length} samples with violations`);
	const cost = last?.cost;
	if (cost === undefined) {
		noData('success-cost', 'the last sample has no cost');
	} else {
		check('success-cost', cost.sinceDeployMicros <= context.settings.expectedDailyCostMicros, `${formatMoney(cost.sinceDeployMicros)} since the deployment`);
	}
};

/** 5.2: watches for 24 hours and decides what the samples prove. */
export const runMonitoring = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {production} = context.state();
	const t0Ms = context.state().monitor?.t0Ms ?? (production.kind === 'deployed' ? production.atMs : context.ports.clock.now());
	const result = await runMonitor(context, {...await monitorQueries(context), t0Ms});
	checkCheckpoints(context, checks, result);
	checkSuccess(context, checks, result);
	const breaches = result.flags.filter(({state}) => state === 'breach');
	checks.check('no-red-flag', breaches.length === 0, breaches.length === 0 ? `${result.flags.length} rules, none breached` : breaches.map(({rule, detail}) => `${rule}: ${detail}`).join('; '));
	checks.check('coverage-full', result.coverage === 1, `${result.samples.length} samples, ${Math.round(100 * result.coverage)}% of the plan`);
	return `${result.samples.length} samples, score ${result.samples.at(-1)?.score ?? 'unknown'}`;
};
