// What the summary and the message say, read from the folded run. A fact that is not known has no value here; the
// documents refuse to be written until it is.
import {countCriteria} from '../../domain/verdicts.js';
import {taskId} from '../../domain/ids.js';
import type {CriterionCounts} from '../../domain/criterion.js';
import type {MonitorSample} from '../../domain/health.js';
import type {RunState} from '../../domain/run-state.js';

export type DeploymentVerdict = 'DEPLOYED' | 'FAILED' | 'ROLLED BACK';

export type SmokeResult = {readonly number: number; readonly name: string; readonly passed: boolean; readonly durationMs: number; readonly limitMs: number};

export type SummaryFacts = {
	readonly verdict: DeploymentVerdict;
	readonly run: string;
	readonly project: string;
	readonly dataset: string;
	readonly deployedBy: string;
	readonly planHash: string;
	readonly startedAtMs: number;
	readonly deployedAtMs: number | undefined;
	readonly deploymentMs: number;
	readonly smoke: readonly SmokeResult[];
	readonly score: number | undefined;
	readonly p50Ms: number | undefined;
	readonly p95Ms: number | undefined;
	readonly costMicros: number | undefined;
	readonly errorRate: number | undefined;
	readonly jobs: number;
	readonly schedulesCreated: number | undefined;
	readonly samples: number;
	readonly issues: readonly string[];
	readonly rollbacks: readonly string[];
	readonly criteria: CriterionCounts;
	readonly unchecked: readonly string[];
};

/** Thrown when a document would have to guess; names every fact that is missing. */
export class UnknownFactsError extends Error {
	readonly missing: readonly string[];

	constructor(missing: readonly string[]) {
		super(`The summary can't be written: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not known.`);
		this.name = 'UnknownFactsError';
		this.missing = missing;
	}
}

const lastDefined = <Value>(samples: readonly MonitorSample[], pick: (sample: MonitorSample) => Value | undefined): Value | undefined => {
	for (const sample of samples.toReversed()) {
		const value = pick(sample);
		if (value !== undefined) {
			return value;
		}
	}

	return undefined;
};

const issuesOf = (state: RunState): readonly string[] => {
	const steps = [...state.steps.values()].flatMap(({task, state: step, verdicts}) => {
		const failed = step.kind === 'failed' ? [`${task.id} ${task.title}: ${step.failure.message}`] : [];
		const retried = (step.kind === 'passed' && step.attempt > 1) ? [`${task.id} ${task.title}: passed on attempt ${step.attempt}`] : [];
		const skipped = step.kind === 'skipped' ? [`${task.id} ${task.title}: skipped, ${step.reason}`] : [];
		const criteria = task.criteria.flatMap(({id, text}) => {
			const verdict = verdicts.get(id);
			return verdict?.kind === 'failed' || verdict?.kind === 'no-data' ? [`${task.id} ${text}: ${verdict.reason}`] : [];
		});
		return [...failed, ...retried, ...skipped, ...criteria];
	});
	const blind = (state.monitor?.blindWindows ?? []).map(({reason}) => `Monitoring was blind: ${reason}`);
	const flags = (state.monitor?.flags ?? []).filter(flag => flag.state !== 'ok').map(flag => `${flag.rule}: ${flag.detail}`);
	return [...steps, ...blind, ...flags];
};

const verdictOf = (state: RunState): DeploymentVerdict => {
	if (state.rollback !== undefined || state.production.kind === 'rolled-back') {
		return 'ROLLED BACK';
	}

	const deployment = state.steps.get(taskId('5.1'))?.state;
	return deployment?.kind === 'passed' && state.gate?.passed === true ? 'DEPLOYED' : 'FAILED';
};

const errorRateOf = (sample: MonitorSample | undefined): number | undefined =>
	sample === undefined ? undefined : (sample.jobs.finished === 0 ? 0 : sample.jobs.failed / sample.jobs.finished);

/** Reads the facts from a run. `deployedBy` is the identity the run was made with. */
export const readSummaryFacts = (state: RunState, deployedBy: string): SummaryFacts => {
	const samples = state.monitor?.samples ?? [];
	const deployment = state.steps.get(taskId('5.1'))?.state;
	const last = samples.at(-1);
	return {
		verdict: verdictOf(state),
		run: state.run ?? '',
		project: state.target?.project ?? '',
		dataset: state.target?.dataset ?? '',
		deployedBy,
		planHash: state.plan?.hash ?? '',
		startedAtMs: state.startedAtMs ?? state.nowMs,
		deployedAtMs: deployment?.kind === 'passed' ? deployment.finishedAtMs : undefined,
		deploymentMs: deployment !== undefined && 'durationMs' in deployment ? deployment.durationMs : 0,
		smoke: (state.gate?.tests ?? []).map((test, index) => ({number: index + 1, name: test.name, passed: test.passed, durationMs: test.durationMs, limitMs: test.limitMs})),
		score: lastDefined(samples, sample => sample.score),
		p50Ms: lastDefined(samples, sample => sample.jobs.p50Ms),
		p95Ms: lastDefined(samples, sample => sample.jobs.p95Ms),
		costMicros: lastDefined(samples, sample => sample.cost?.sinceDeployMicros),
		errorRate: errorRateOf(last),
		jobs: last?.jobs.finished ?? 0,
		schedulesCreated: lastDefined(samples, sample => sample.schedulesCreated),
		samples: samples.length,
		issues: issuesOf(state),
		rollbacks: state.rollback === undefined ? [] : [`To restore point ${state.rollback.restorePoint}: ${state.rollback.reason}`],
		criteria: countCriteria(state),
		unchecked: [...state.steps.values()].flatMap(({task, verdicts}) => task.criteria.filter(({id}) => (verdicts.get(id)?.kind ?? 'unchecked') === 'unchecked').map(({text}) => `${task.id} ${text}`)),
	};
};

/** Names of facts a complete summary needs and does not have. A deployment that was rolled back owes no metrics. */
export const missingFacts = (facts: SummaryFacts): readonly string[] => {
	const needed: readonly (readonly [string, unknown])[] = [
		['the run', facts.run],
		['the project', facts.project],
		['the dataset', facts.dataset],
		['who deployed', facts.deployedBy],
		['the plan hash', facts.planHash],
		['the gate', facts.smoke.length === 0 ? undefined : true],
	];
	const metrics: readonly (readonly [string, unknown])[] = facts.verdict === 'DEPLOYED'
		? [
			['the time of deployment', facts.deployedAtMs],
			['the health score', facts.score],
			['the query time', facts.p50Ms],
			['the cost', facts.costMicros],
			['the error rate', facts.errorRate],
			['the number of schedules', facts.schedulesCreated],
		]
		: [];
	return [...needed, ...metrics].filter(([, value]) => value === undefined || value === '').map(([name]) => name);
};
