// 5.2 Monitoring: the engine's monitor with our queries, and what its samples say of the criteria.
import {runMonitor, type MonitorQueries, type MonitorResult} from '../../engine/monitor.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import type {Verdict} from '../../domain/criterion.js';
import {formatCount, formatMoney} from '../../domain/wording/amount.js';
import {makePlan} from '../../objects/plan.js';
import {checksOf, type Checks} from '../criteria.js';
import {findSqlFile, objectsFor, planSettings, readCatalog, targetNames} from '../deploy-set.js';
import {runSqlFile} from '../smoke.js';
import {criterionOf} from '../task-spec.js';
import {clockOf} from '../zone-time.js';

const healthPath = 'sql/monitoring/health.sql';
const costPath = 'sql/monitoring/cost.sql';
const backfillPath = 'sql/monitoring/backfill.sql';

const requireFile = async (context: StepContext, file: string): Promise<{readonly path: string; readonly sql: string}> => {
	const found = await findSqlFile(context, file, context.settings.dataset);
	if (found === undefined) {
		throw new StepFailure({message: `${file} is missing.`, reason: 'objects', class: 'permanent', advice: 'eros-tui check'});
	}

	return found;
};

/** The queries of the monitor for the production dataset. */
export const monitorQueries = async (context: StepContext): Promise<MonitorQueries> => {
	const [health, cost, backfill] = await Promise.all([requireFile(context, healthPath), requireFile(context, costPath), requireFile(context, backfillPath)]);
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
		backfill: (t0Ms, momentsMs) => ({
			sql: backfill.sql,
			source: {path: backfill.path, text: backfill.sql},
			parameters: [
				{name: 'moments', type: 'ARRAY<TIMESTAMP>', value: momentsMs.map(at => new Date(at).toISOString())},
				{name: 'since', type: 'TIMESTAMP', value: new Date(t0Ms).toISOString()},
				{name: 'price_per_tib_micros', type: 'INT64', value: context.settings.pricePerTibMicros},
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

/** A verdict of 5.1, as it stands in the journal. */
const verdictOf = (context: StepContext, name: string): Verdict | undefined => {
	const deployment = [...context.state().steps.values()].find(({task}) => String(task.id) === '5.1');
	return deployment?.verdicts.get(criterionOf({id: '5.1'}, name));
};

/** What the deployed system itself called critical since the deployment. */
const checkCritical = async (context: StepContext, {check, noData}: Checks, result: MonitorResult, t0Ms: number): Promise<void> => {
	const {rows} = await runSqlFile(context, {file: 'sql/monitoring/critical_alerts.sql', dataset: context.settings.dataset, title: 'critical alerts since the deployment', parameters: [{name: 'since', type: 'TIMESTAMP', value: new Date(t0Ms).toISOString()}]});
	const corrupt = result.samples.filter(({integrityViolations}) => (integrityViolations ?? 0) > 0);
	const unseen = result.samples.filter(({integrityViolations}) => integrityViolations === undefined);
	const breaches = result.flags.filter(({state}) => state === 'breach');
	const problems = [
		...rows.slice(0, 2).map(row => `${String(row['alert_source'])}: ${String(row['alert_message'])}`),
		...(corrupt.length === 0 ? [] : [`${corrupt.length} samples with violations`]),
		...breaches.map(({rule}) => `breached: ${rule}`),
	];
	if (problems.length === 0 && unseen.length === result.samples.length) {
		noData('success-no-critical', 'no sample could check the integrity');
	} else {
		check('success-no-critical', problems.length === 0, problems.length === 0 ? `no critical alert in automation_alerts, no violation in ${result.samples.length - unseen.length} of ${result.samples.length} samples` : problems.join('; '));
	}
};

const checkSuccess = (context: StepContext, {check, noData}: Checks, result: MonitorResult): void => {
	const last = result.samples.at(-1);
	const deployment = [...context.state().steps.values()].find(({task}) => String(task.id) === '5.1');
	const isDeployed = deployment?.state.kind === 'passed';
	check('success-objects', isDeployed && (last?.driftedObjects ?? 0) === 0, `${last?.checkedObjects ?? 0} checked, ${last?.driftedObjects ?? 0} drifted`);
	const smoke = verdictOf(context, 'smoke-passes');
	check('success-smoke', isDeployed && context.state().gate?.passed === true && smoke?.kind === 'auto', `gate green; 5.1: ${smoke?.kind === 'auto' ? smoke.evidence : 'no smoke test has passed'}`);
	if (last?.score === undefined) {
		noData('success-health', 'the last sample has no score');
	} else {
		check('success-health', last.score >= 90, `${last.score}/100`);
	}

	const cost = last?.cost;
	if (cost === undefined) {
		noData('success-cost', 'the last sample has no cost');
	} else {
		check('success-cost', cost.sinceDeployMicros <= context.settings.expectedDailyCostMicros, `${formatMoney(cost.sinceDeployMicros)} since the deployment`);
	}
};

/** A sample that was missed can't be taken any more: what is known of it goes before a person, who accepts it or does not. */
const checkCoverage = async (context: StepContext, {check, attest}: Checks, result: MonitorResult): Promise<void> => {
	const share = `${Math.round(100 * result.coverage)}% of the plan`;
	if (result.coverage === 1) {
		check('coverage-full', true, `${result.samples.length} samples, ${share}`);
		return;
	}

	const windows = (context.state().monitor?.blindWindows ?? []).map(({fromMs, toMs, ticks = []}) => `${clockOf(fromMs, context.settings.timeZone)} to ${clockOf(toMs, context.settings.timeZone)}: ${formatCount(ticks.length, 'sample')} back-filled for cost and errors`).join('; ');
	await attest('coverage-full', `Samples were missed: ${share} was taken. Health of the blind windows is not known (${windows}). Is that enough?`, `${share}; ${windows}`);
};

/** 5.2: watches for 24 hours and decides what the samples prove. */
export const runMonitoring = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {production} = context.state();
	const t0Ms = production.kind === 'deployed' ? production.atMs : context.state().monitor?.t0Ms ?? context.ports.clock.now();
	const result = await runMonitor(context, {...await monitorQueries(context), t0Ms});
	checkCheckpoints(context, checks, result);
	checkSuccess(context, checks, result);
	await checkCritical(context, checks, result, t0Ms);
	const raised = result.flags.filter(({state}) => state === 'breach');
	const unknown = result.flags.filter(({state}) => state === 'no-data' || state === 'blind');
	if (raised.length === 0 && unknown.length > 0) {
		checks.noData('no-red-flag', unknown.map(({rule, detail}) => `${rule}: ${detail}`).join('; '));
	} else {
		checks.check('no-red-flag', raised.length === 0, raised.length === 0 ? `${result.flags.length} rules, none breached` : raised.map(({rule, detail}) => `${rule}: ${detail}`).join('; '));
	}

	await checkCoverage(context, checks, result);
	return `${result.samples.length} samples, score ${result.samples.at(-1)?.score ?? 'unknown'}`;
};
