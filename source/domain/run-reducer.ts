// Run state as the fold of run events. Pure and total: an event that can't follow the state leaves it as it was.
import type {Verdict} from './criterion.js';
import type {JournaledEvent} from './events.js';
import {reduceMonitor} from './monitor-reducer.js';
import {reduceQuestions, withoutApproval} from './question-reducer.js';
import {reduceViews} from './view-reducer.js';
import {reduceRollback} from './rollback-reducer.js';
import type {JobId, TaskId} from './ids.js';
import type {Reduce, RunState, Step, StepState} from './run-state.js';
import {refuseTransition} from './run-transitions.js';
import {isGateTest, tasksOf, type TaskSpec} from './window.js';

/** Gives a map that may be changed: a copy, or in a bulk fold the same copy again. */
type Own = <Key, Value>(map: ReadonlyMap<Key, Value>) => Map<Key, Value>;

const copyMap: Own = map => new Map(map);

const ownOnce = (): Own => {
	const owned = new WeakSet<object>();
	return <Key, Value>(map: ReadonlyMap<Key, Value>): Map<Key, Value> => {
		if (owned.has(map)) {
			return map as Map<Key, Value>;
		}

		const copy = new Map(map);
		owned.add(copy);
		return copy;
	};
};

/** State before the first event. */
export const initialRunState: RunState = {
	window: {phases: []},
	phase: 'created',
	nowMs: 0,
	steps: new Map(),
	production: {kind: 'unchanged'},
	staging: {dataset: '', objects: 0, total: 0, isRemoved: false},
	questions: [],
	jobs: new Map(),
	lastEpoch: 0,
	isSecondPersonRequired: false,
	usedSignatures: [],
	costMicros: 0,
	costCapMicros: 0,
	billedBytes: 0,
	jobCount: 0,
	artifacts: [],
	views: [],
	lastSeq: 0,
};

const uncheckedVerdicts = (task: TaskSpec): ReadonlyMap<Step['task']['criteria'][number]['id'], Verdict> =>
	new Map(task.criteria.map(({id}) => [id, {kind: 'unchecked'} as const]));

const pendingStep = (task: TaskSpec): Step => ({task, state: {kind: 'pending'}, verdicts: uncheckedVerdicts(task)});

const attemptOf = (state: StepState): number => ('attempt' in state ? state.attempt : 0);

const stepEventToState = (current: StepState, event: JournaledEvent): StepState => {
	switch (event.type) {
		case 'step.started': {
			return {kind: 'running', attempt: event.data.attempt, startedAtMs: event.wall, isVerifying: false, parts: []};
		}

		case 'step.blocked': {
			return {kind: 'blocked', by: event.data.by, reason: event.data.reason};
		}

		case 'step.skipped': {
			return {kind: 'skipped', reason: event.data.reason, by: event.data.by};
		}

		case 'step.cancelled': {
			return {kind: 'cancelled', reason: event.data.reason};
		}

		case 'step.staled': {
			return {kind: 'stale', reason: event.data.reason, attempt: attemptOf(current)};
		}

		case 'step.unknown': {
			return {kind: 'unknown', attempt: Math.max(1, attemptOf(current)), startedAtMs: 'startedAtMs' in current ? current.startedAtMs : event.wall, job: event.data.job};
		}

		default: {
			return current.kind === 'running' ? runningEventToState(current, event) : current;
		}
	}
};

const runningEventToState = (current: Extract<StepState, {readonly kind: 'running'}>, event: JournaledEvent): StepState => {
	const {attempt, startedAtMs} = current;
	switch (event.type) {
		case 'step.passed': {
			return {kind: 'passed', attempt, startedAtMs, finishedAtMs: event.wall, durationMs: event.data.durationMs, summary: event.data.summary};
		}

		case 'step.failed': {
			return {kind: 'failed', attempt, startedAtMs, finishedAtMs: event.wall, durationMs: event.data.durationMs, failure: event.data.failure};
		}

		case 'step.verifying': {
			return {...current, isVerifying: true};
		}

		case 'step.progressed': {
			const {done, total, label, parts} = event.data;
			return {...current, ...(done === undefined ? {} : {done}), ...(total === undefined ? {} : {total}), ...(label === undefined ? {} : {label}), ...(parts === undefined ? {} : {parts})};
		}

		default: {
			return current;
		}
	}
};

const changeStep = (state: RunState, task: TaskId, own: Own, change: (step: Step) => Step): RunState => {
	const step = state.steps.get(task);
	if (step === undefined) {
		return state;
	}

	const steps = own(state.steps);
	steps.set(task, change(step));
	return {...state, steps};
};

/** Questions about a step that has moved on are nobody's to answer any more. */
const closeQuestionsOf = (state: RunState, task: TaskId): RunState => {
	const kind = state.steps.get(task)?.state.kind;
	const isOver = (question: RunState['questions'][number]): boolean =>
		(question.kind === 'failure' && question.task === task && kind !== 'failed' && kind !== 'unknown') || (question.kind === 'attestation' && question.task === task && kind !== 'running');
	return state.questions.some(question => isOver(question)) ? {...state, questions: state.questions.filter(question => !isOver(question))} : state;
};

/** A gate is as good as its tests: one that starts again or is stale takes the decision back. */
const reopenGate = (state: RunState, task: TaskId): RunState => {
	const step = state.steps.get(task);
	if (state.gate === undefined || step === undefined || !isGateTest(step.task) || step.state.kind === 'passed') {
		return state;
	}

	const {gate: _gate, ...rest} = state;
	return rest;
};

const reduceStep = (state: RunState, event: JournaledEvent, task: TaskId, own: Own): RunState => {
	const changed = changeStep(state, task, own, step => ({
		...step,
		state: stepEventToState(step.state, event),
		// A new attempt proves everything anew: what an earlier one found says nothing of it.
		verdicts: event.type === 'step.started' ? uncheckedVerdicts(step.task) : step.verdicts,
	}));
	const after = closeQuestionsOf(changed, task);
	return event.type === 'step.started' || event.type === 'step.staled' ? reopenGate(after, task) : after;
};

const reduceCriterion = (state: RunState, event: Extract<JournaledEvent, {readonly type: 'criterion.decided' | 'criterion.added'}>, own: Own): RunState =>
	changeStep(state, event.data.task, own, step => {
		if (event.type === 'criterion.decided') {
			return {...step, verdicts: new Map(step.verdicts).set(event.data.criterion, event.data.verdict)};
		}

		const {criterion} = event.data;
		if (step.verdicts.has(criterion.id)) {
			return step;
		}

		return {...step, task: {...step.task, criteria: [...step.task.criteria, criterion]}, verdicts: new Map(step.verdicts).set(criterion.id, {kind: 'unchecked'})};
	});

type JobEvent = Extract<JournaledEvent, {readonly type: 'job.intended' | 'job.accepted' | 'job.finished' | 'job.lost' | 'job.absent'}>;

const reduceJob = (state: RunState, event: JobEvent, own: Own): RunState => {
	if (event.type === 'job.intended') {
		const {task, job, statement, mutates, authority} = event.data;
		return {...state, jobs: own(state.jobs).set(job, {task, statement, mutates, ...(authority === undefined ? {} : {authority}), state: 'intended'})};
	}

	const id: JobId = event.type === 'job.finished' ? event.data.job.id : event.data.job;
	const known = state.jobs.get(id);
	if (known === undefined) {
		return state;
	}

	if (event.type === 'job.finished') {
		const jobs = own(state.jobs).set(id, {...known, state: 'finished', summary: event.data.job});
		return {...state, jobs, jobCount: state.jobCount + 1, billedBytes: state.billedBytes + event.data.job.billedBytes};
	}

	const next = event.type === 'job.accepted' ? 'accepted' : event.type === 'job.lost' ? 'lost' : 'absent';
	const jobs = own(state.jobs).set(id, {...known, state: next});
	// From the first accepted change on nobody may call production unchanged, whatever else is journaled of it.
	const isFirstChange = next === 'accepted' && known.authority !== undefined && state.production.kind === 'unchanged';
	return {...state, jobs, ...(isFirstChange ? {production: {kind: 'changing', done: 0, total: state.plan?.objects.length ?? 0}} : {})};
};

/** A resumed run re-asks every question and re-runs what was under way: neither survives the process that held it. */
const reduceResumed = (state: RunState, own: Own): RunState => {
	const steps = own(state.steps);
	for (const [id, step] of steps) {
		if (step.state.kind === 'running') {
			steps.set(id, {...step, state: {kind: 'stale', reason: 'interrupted', attempt: step.state.attempt}});
		} else if (step.state.kind === 'cancelled' || step.state.kind === 'blocked') {
			steps.set(id, {...step, state: {kind: 'pending'}});
		}
	}

	const {finished: _finished, finishedAtMs: _finishedAtMs, lease: _lease, ...rest} = withoutApproval(state);
	// Views are not cleared here: the new supervisor has said which are gone, and one may have joined before this event.
	return {...rest, phase: 'running', questions: [], steps};
};

const reduceRun = (state: RunState, event: JournaledEvent, own: Own): RunState => {
	switch (event.type) {
		case 'run.started': {
			const {run, command, version, target, window, seed, speed, windowEndsAtMs, costCapMicros, stagingDataset, artifacts} = event.data;
			return {
				...state,
				run, command, version, target, window, costCapMicros,
				...(seed === undefined ? {} : {seed}),
				...(speed === undefined ? {} : {speed}),
				...(windowEndsAtMs === undefined ? {} : {windowEndsAtMs}),
				phase: 'running',
				startedAtMs: event.wall,
				steps: new Map(tasksOf(window).map(task => [task.id, pendingStep(task)])),
				staging: {dataset: stagingDataset, objects: 0, total: 0, isRemoved: false},
				artifactsFolder: artifacts,
				isSecondPersonRequired: event.data.isSecondPersonRequired === true,
			};
		}

		case 'run.resumed': {
			return {...reduceResumed(state, own), isSecondPersonRequired: state.isSecondPersonRequired || event.data.isSecondPersonRequired === true};
		}

		case 'run.paused':
		case 'run.unpaused':
		case 'run.draining':
		case 'run.cancelling': {
			if (state.phase === 'finished') {
				return state;
			}

			const phase = ({'run.paused': 'paused', 'run.unpaused': 'running', 'run.draining': 'draining', 'run.cancelling': 'cancelling'} as const)[event.type];
			const isWindingDown = state.phase === 'draining' || state.phase === 'cancelling';
			return isWindingDown && (phase === 'paused' || phase === 'running') ? state : {...state, phase};
		}

		case 'run.finished': {
			const {outcome, exitCode, sentence, healthScore} = event.data;
			return {...withoutApproval(state), phase: 'finished', finishedAtMs: event.wall, questions: [], finished: {outcome, exitCode, sentence, ...(healthScore === undefined ? {} : {healthScore})}};
		}

		default: {
			return state;
		}
	}
};

const reduceFact = (state: RunState, event: JournaledEvent): RunState => {
	switch (event.type) {
		case 'plan.frozen': {
			const isMoved = state.plan?.hash !== event.data.hash;
			// What was asked or approved was another plan.
			const questions = isMoved ? state.questions.filter(({kind}) => kind !== 'production') : state.questions;
			const isVoid = isMoved && state.approval?.kind !== 'rollback';
			return {...(isVoid ? withoutApproval(state) : state), plan: event.data, questions};
		}

		case 'production.changed': {
			return {...state, production: event.data.state};
		}

		case 'staging.changed': {
			return {...state, staging: {dataset: state.staging.dataset, objects: event.data.objects, total: event.data.total, isRemoved: event.data.removed}};
		}

		case 'restore-point.taken': {
			return {...state, restorePoint: event.data, questions: state.questions.filter(question => question.kind !== 'rollback' || question.detail.restorePoint.id === event.data.id)};
		}

		case 'restore-point.proven': {
			return state.restorePoint?.id === event.data.id ? {...state, restorePoint: {...state.restorePoint, provenAtMs: event.data.atMs}} : state;
		}

		case 'gate.decided': {
			return {...state, gate: event.data};
		}

		case 'lease.taken': {
			return {...state, lease: event.data, lastEpoch: Math.max(state.lastEpoch, event.data.epoch)};
		}

		case 'lease.released': {
			// Who gives the lease back is through with what was approved.
			const {lease: _lease, ...rest} = withoutApproval(state);
			return rest;
		}

		case 'cost.counted': {
			return {...state, costMicros: event.data.costMicros};
		}

		case 'artifact.written': {
			const {task, path, sha256, title} = event.data;
			const artifact = {path, sha256, title, ...(task === undefined ? {} : {task})};
			return {...state, artifacts: [...state.artifacts.filter(known => known.path !== path), artifact]};
		}

		default: {
			return reduceRollback(reduceMonitor(reduceViews(reduceQuestions(state, event), event), event), event);
		}
	}
};

const reduceWith = (state: RunState, event: JournaledEvent, own: Own): RunState => {
	const seen: RunState = {...state, lastSeq: Math.max(state.lastSeq, event.seq), nowMs: Math.max(state.nowMs, event.wall)};
	if (event.type === 'log.written' || refuseTransition(state, event) !== undefined) {
		return seen;
	}

	if (event.type.startsWith('run.')) {
		return reduceRun(seen, event, own);
	}

	if (event.type === 'criterion.decided' || event.type === 'criterion.added') {
		return reduceCriterion(seen, event, own);
	}

	if (event.type.startsWith('step.')) {
		return reduceStep(seen, event, (event.data as {readonly task: TaskId}).task, own);
	}

	if (event.type.startsWith('job.')) {
		return reduceJob(seen, event as JobEvent, own);
	}

	return reduceFact(seen, event);
};

/** One event applied to a state; the given state stays as it was. */
export const reduce: Reduce = (state, event) => reduceWith(state, event, copyMap);

/** Many events applied in order, faster than one `reduce` each; the given state stays as it was. */
export const foldEvents = (events: Iterable<JournaledEvent>, from: RunState = initialRunState): RunState => {
	const own = ownOnce();
	let state = from;
	for (const event of events) {
		state = reduceWith(state, event, own);
	}

	return state;
};
