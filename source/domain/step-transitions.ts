// Which event of a step, a criterion or a job may follow a state.
import type {RunEvent} from './events.js';
import type {JobId, TaskId} from './ids.js';
import type {RunState, Step, StepState} from './run-state.js';
import {lacksSecondPerson} from './second-person.js';
import {isGateTest, rollbackTaskId} from './window.js';

type StepEventType = 'step.started' | 'step.progressed' | 'step.blocked' | 'step.verifying' | 'step.passed' | 'step.failed' | 'step.skipped' | 'step.cancelled' | 'step.unknown' | 'step.staled';
export type StepEvent = Extract<RunEvent, {readonly type: StepEventType}>;
export type JobEvent = Extract<RunEvent, {readonly type: 'job.intended' | 'job.accepted' | 'job.finished' | 'job.lost' | 'job.absent'}>;
export type CriterionEvent = Extract<RunEvent, {readonly type: 'criterion.decided' | 'criterion.added'}>;

/** The states from which each event of a step is allowed. */
const allowedFrom: {readonly [Type in StepEventType]: readonly StepState['kind'][]} = {
	'step.started': ['pending', 'blocked', 'stale', 'failed', 'cancelled', 'unknown'],
	'step.progressed': ['running'],
	'step.blocked': ['pending', 'blocked', 'stale', 'cancelled'],
	'step.verifying': ['running'],
	'step.passed': ['running'],
	'step.failed': ['running'],
	'step.skipped': ['pending', 'blocked', 'failed', 'stale', 'cancelled'],
	'step.cancelled': ['pending', 'blocked', 'running', 'failed', 'stale'],
	'step.unknown': ['running', 'pending', 'blocked', 'failed', 'stale', 'cancelled'],
	'step.staled': ['passed', 'unknown', 'skipped'],
};

export const isStepEvent = (event: RunEvent): event is StepEvent => event.type in allowedFrom;

/**
 * Jobs of a task of which it is not known whether they ran: submitted, and no answer seen.
 * @param which - `mutating` leaves out those that only read.
 */
export const unresolvedJobs = (state: RunState, task: TaskId, which: 'all' | 'mutating' = 'all'): readonly JobId[] =>
	[...state.jobs].filter(([, job]) => job.task === task && (job.state === 'intended' || job.state === 'lost') && (which === 'all' || job.mutates)).map(([id]) => id);

const attemptOf = (state: StepState): number => ('attempt' in state ? state.attempt : 0);

const refuseStart = (state: RunState, step: Step, attempt: number): string | undefined => {
	const {id, dependsOn} = step.task;
	if (!Number.isInteger(attempt) || attempt < Math.max(1, attemptOf(step.state))) {
		return `attempt ${attempt} of ${id} does not follow attempt ${attemptOf(step.state)}`;
	}

	const missing = dependsOn.find(dependency => {
		const kind = state.steps.get(dependency)?.state.kind;
		return kind !== 'passed' && kind !== 'skipped';
	});
	return missing === undefined ? undefined : `${id} depends on ${missing}, which has not passed`;
};

const refusePass = ({task, state, verdicts}: Step): string | undefined => {
	if (state.kind === 'running' && !state.isVerifying) {
		return `${task.id} was not verified`;
	}

	const shortfall = [...verdicts].find(([, {kind}]) => kind === 'failed' || kind === 'no-data');
	return shortfall === undefined ? undefined : `criterion ${shortfall[0]} is ${shortfall[1].kind}`;
};

const refuseSkip = ({task, state}: Step, data: {readonly reason: string; readonly by: string}): string | undefined => {
	if (!task.isSkippable || isGateTest(task)) {
		return `${task.id} may not be skipped`;
	}

	if (state.kind === 'failed' && state.failure.class === 'unknown') {
		return `what ${task.id} did is not known, so it may not be skipped`;
	}

	return data.reason === '' || data.by === '' ? 'a skip needs a reason and a name' : undefined;
};

/** Why an event of a step can't follow; undefined when it can. */
export const refuseStepEvent = (state: RunState, event: StepEvent): string | undefined => {
	const {task} = event.data;
	const step = state.steps.get(task);
	if (step === undefined) {
		return `no task ${task}`;
	}

	const {kind} = step.state;
	if (!allowedFrom[event.type].includes(kind)) {
		return `${event.type} is not possible while ${task} is ${kind}`;
	}

	// The one state that may be neither left, skipped nor retried before its job was looked up.
	if (event.type === 'step.started' || event.type === 'step.skipped' || event.type === 'step.passed' || kind === 'unknown') {
		const [job] = unresolvedJobs(state, task, kind === 'unknown' ? 'all' : 'mutating');
		if (job !== undefined) {
			return `job ${job} has to be looked up first`;
		}
	}

	switch (event.type) {
		case 'step.started': {
			return refuseStart(state, step, event.data.attempt);
		}

		case 'step.passed': {
			return refusePass(step);
		}

		case 'step.skipped': {
			return refuseSkip(step, event.data);
		}

		case 'step.unknown': {
			const job = state.jobs.get(event.data.job);
			return job?.task === task && (job.state === 'intended' || job.state === 'lost') ? undefined : `job ${event.data.job} of ${task} is not one without an answer`;
		}

		default: {
			return undefined;
		}
	}
};

/** Why an event of a criterion can't follow; undefined when it can. */
export const refuseCriterionEvent = (state: RunState, event: CriterionEvent): string | undefined => {
	const step = state.steps.get(event.data.task);
	if (step === undefined) {
		return `no task ${event.data.task}`;
	}

	if (step.state.kind === 'passed' || step.state.kind === 'skipped') {
		return `${event.data.task} is ${step.state.kind}: its criteria are closed`;
	}

	if (event.type === 'criterion.added') {
		return undefined;
	}

	if (!step.verdicts.has(event.data.criterion)) {
		return `${event.data.task} has no criterion ${event.data.criterion}`;
	}

	const {verdict} = event.data;
	return verdict.kind === 'attested' && verdict.by === '' ? 'an attestation needs a name' : undefined;
};

const refuseIntent = (state: RunState, {task, job, mutates, authority}: Extract<JobEvent, {readonly type: 'job.intended'}>['data']): string | undefined => {
	const known = state.jobs.get(job);
	if (known !== undefined && known.state !== 'absent') {
		return `job ${job} is known already`;
	}

	const step = state.steps.get(task);
	if (step === undefined && task !== rollbackTaskId) {
		return `no task ${task}`;
	}

	if (step !== undefined && mutates && step.state.kind !== 'running') {
		return `${task} is ${step.state.kind} and may not change anything`;
	}

	return authority === undefined ? undefined : refuseProductionChange(state, authority, mutates);
};

const refuseProductionChange = (state: RunState, {leaseEpoch, provenRestorePoint, planHash}: {readonly leaseEpoch: number; readonly provenRestorePoint: string; readonly planHash: string}, mutates: boolean): string | undefined => {
	if (!mutates) {
		return 'a job that changes nothing needs no authority';
	}

	if (state.lease?.epoch !== leaseEpoch) {
		return `the lease of epoch ${leaseEpoch} is not held`;
	}

	if (state.restorePoint?.id !== provenRestorePoint || state.restorePoint.provenAtMs === undefined) {
		return `restore point ${provenRestorePoint} is not proven`;
	}

	if (state.plan?.hash !== planHash) {
		return `plan ${planHash} is not the frozen one`;
	}

	if (state.approval === undefined) {
		return 'nobody approved a change of production';
	}

	return lacksSecondPerson(state) ? 'no second person signed the plan' : undefined;
};

/** The states a job must be in for an event that follows its intent. */
const jobAllowedFrom: {readonly [Type in Exclude<JobEvent['type'], 'job.intended'>]: readonly string[]} = {
	'job.accepted': ['intended', 'accepted', 'lost'],
	'job.lost': ['intended', 'accepted', 'lost'],
	'job.absent': ['intended', 'accepted', 'lost'],
	'job.finished': ['accepted'],
};

/** Why an event of a job can't follow; undefined when it can. */
export const refuseJobEvent = (state: RunState, event: JobEvent): string | undefined => {
	if (event.type === 'job.intended') {
		return refuseIntent(state, event.data);
	}

	const id = event.type === 'job.finished' ? event.data.job.id : event.data.job;
	const known = state.jobs.get(id);
	if (known === undefined) {
		return `job ${id} was never intended`;
	}

	if (known.task !== event.data.task) {
		return `job ${id} is one of ${known.task}`;
	}

	return jobAllowedFrom[event.type].includes(known.state) ? undefined : `${event.type} is not possible while job ${id} is ${known.state}`;
};
