// What a resumed run does before anything else: look up every job whose outcome it does not know, say what it found,
// and mark what is too old to be believed.
import {dependentsOf} from '../domain/graph.js';
import {phaseId, taskId, type JobId, type TaskId} from '../domain/ids.js';
import type {ResumeReport} from '../domain/resume-report.js';
import type {RunState, Step} from '../domain/run-state.js';
import type {TaskSpec} from '../domain/window.js';
import {windowNeed} from '../domain/window-need.js';
import {isGateTest} from './gate.js';
import {failureOf} from './job-failure.js';
import {lookUp} from './look-up.js';
import {buildStepContext, type RunEnvironment} from './step-context.js';
import type {StepContext} from './task.js';

type Finding = {readonly stale: TaskId; readonly reason: string};

/** Tasks whose result can't be used any more, with the reason. Pure. */
export const findStale = (state: RunState, tasks: readonly TaskSpec[], nowMs: number): readonly Finding[] => {
	const found = new Map<TaskId, string>();
	const isBehindProduction = state.production.kind !== 'unchanged';
	for (const task of tasks) {
		const step = state.steps.get(task.id)?.state;
		if (step?.kind === 'passed' && task.ttlMs !== undefined && !isBehindProduction && nowMs - step.finishedAtMs > task.ttlMs) {
			found.set(task.id, `older than ${Math.round(task.ttlMs / 60_000)} minutes`);
		}
	}

	if (state.staging.isRemoved && !isBehindProduction) {
		const inStaging = tasks.filter(task => task.lane === 'A' || isGateTest(task));
		for (const task of inStaging) {
			found.set(task.id, 'staging was removed');
		}
	}

	// A probe that is merely old makes nothing behind it wrong; a gate or staging result does.
	const causes = [...found.keys()].filter(id => tasks.some(task => task.id === id && (task.lane === 'A' || isGateTest(task))));
	for (const cause of causes) {
		for (const id of dependentsOf(tasks, cause)) {
			if (!found.has(id)) {
				found.set(id, `${cause} runs again`);
			}
		}
	}

	return [...found].filter(([id]) => {
		const kind = state.steps.get(id)?.state.kind;
		return kind === 'passed' || kind === 'skipped';
	}).map(([stale, reason]) => ({stale, reason}));
};

type JobFindings = Pick<ResumeReport, 'adopted' | 'neverStarted' | 'unknown' | 'finished'> & {readonly sentences: readonly string[]};

/** Looks up every job without an outcome. The step that runs again adopts what is still running or done. */
const lookUpJobs = async (environment: RunEnvironment): Promise<JobFindings> => {
	const adopted: ResumeReport['adopted'][number][] = [];
	const finished: ResumeReport['finished'][number][] = [];
	const neverStarted: JobId[] = [];
	const unknown: ResumeReport['unknown'][number][] = [];
	const sentences: string[] = [];
	for (const [job, {task, state: was, statement}] of environment.stream.state().jobs) {
		if (was === 'finished' || was === 'absent') {
			continue;
		}

		const result = await lookUp(environment, job);
		sentences.push(result.finding);
		if (result.kind === 'absent') {
			neverStarted.push(job);
		} else if (result.kind === 'unanswered') {
			unknown.push({job, reason: result.finding});
		} else {
			const {state, billedBytes, startedMs, endedMs, error} = result.job;
			adopted.push({job, task, was, state, billedBytes, ...(startedMs === undefined || endedMs === undefined ? {} : {durationMs: endedMs - startedMs}), ...(error === undefined ? {} : {error: error.reason})});
			if (state === 'DONE' && error === undefined) {
				finished.push({what: `${task} ${statement}`, ...(endedMs === undefined ? {} : {atMs: endedMs})});
			}
		}
	}

	return {adopted, finished, neverStarted, unknown, sentences};
};

const readCredentials = async ({ports}: RunEnvironment): Promise<NonNullable<ResumeReport['credentials']>> => {
	try {
		const {principal, tokenExpiresAtMs} = await ports.identity.whoAmI();
		return {principal, ...(tokenExpiresAtMs === undefined ? {} : {expiresAtMs: tokenExpiresAtMs})};
	} catch (error) {
		return {problem: failureOf(error).message};
	}
};

/** Monitor samples that were due while nobody took them, and the next one. Pure. */
export const findMissed = ({monitor}: RunState, nowMs: number): Pick<ResumeReport, 'missed' | 'nextDue'> => {
	if (monitor === undefined || monitor.isFinished) {
		return {missed: []};
	}

	const due = monitor.offsetsMs.slice(monitor.samples.length).map((offset, index) => ({what: `monitor sample ${monitor.samples.length + index + 1}`, atMs: monitor.t0Ms + offset}));
	const next = due.find(({atMs}) => atMs > nowMs);
	return {missed: due.filter(({atMs}) => atMs <= nowMs).map(({what, atMs}) => ({what, dueMs: atMs})), ...(next === undefined ? {} : {nextDue: next})};
};

/** What is left of the window against what the open tasks are expected to take. Pure. */
export const measureWindow = (state: RunState): NonNullable<ResumeReport['window']> | undefined =>
	state.windowEndsAtMs === undefined ? undefined : {endsAtMs: state.windowEndsAtMs, ...windowNeed(state)};

export type CompareCatalog = (context: StepContext) => Promise<Extract<ResumeReport['catalog'], {readonly asLeft: number}> | undefined>;

/** The look at the catalog as a task of its own: it is no part of the window, yet what it asks needs a name. */
const lookTask: TaskSpec = {id: taskId('resume'), title: 'Since you left', phase: phaseId('resume'), dependsOn: [], stepClass: 'probe', criteria: [], expectedMs: 2000, isSkippable: false, needsApproval: false, undo: 'nothing to undo'};

const readCatalog = async (environment: RunEnvironment, compare: CompareCatalog): Promise<ResumeReport['catalog']> => {
	try {
		return await compare(buildStepContext(environment, lookTask, 1, new AbortController().signal).context);
	} catch (error) {
		return {problem: failureOf(error).message};
	}
};

/** The task that freezes the plan, and all that stands on it; empty in a window without one. Pure. */
export const planAndBehind = (tasks: readonly TaskSpec[]): readonly TaskId[] => {
	const planner = tasks.find(({id}) => id === '1.1');
	return planner === undefined ? [] : [planner.id, ...dependentsOf(tasks, planner.id)];
};

/** A plan that was frozen over definitions which somebody changed since is no plan any more. Pure. */
const findDrift = (state: RunState, tasks: readonly TaskSpec[], catalog: ResumeReport['catalog']): readonly Finding[] => {
	if (catalog === undefined || 'problem' in catalog || catalog.drifted.length === 0 || state.production.kind !== 'unchanged') {
		return [];
	}

	const [planner, ...behind] = planAndBehind(tasks).filter(id => state.steps.get(id)?.state.kind === 'passed');
	if (planner !== '1.1') {
		return [];
	}

	const what = `${catalog.drifted.slice(0, 3).join(', ')}${catalog.drifted.length > 3 ? ` and ${catalog.drifted.length - 3} more` : ''} changed in production meanwhile`;
	return [{stale: planner, reason: what}, ...behind.map(stale => ({stale, reason: '1.1 runs again'}))];
};

export type ReconcileOptions = {
	readonly compareCatalog?: CompareCatalog;
	/** The policy by now; that of the run's beginning stands besides. */
	readonly isSecondPersonRequired: boolean;
};

/** Journals the resume and its findings. Confirmations do not survive; neither does a lease. */
export const reconcile = async (environment: RunEnvironment, tasks: readonly TaskSpec[], {compareCatalog: compare, isSecondPersonRequired}: ReconcileOptions): Promise<void> => {
	const {stream, ports} = environment;
	const before = stream.state();
	const interrupted = [...before.steps].filter(([, step]) => step.state.kind === 'running').map(([id]) => id);
	const {sentences, ...jobs} = await lookUpJobs(environment);
	const nowMs = ports.clock.now();
	const catalog = compare === undefined ? undefined : await readCatalog(environment, compare);
	const drift = findDrift(stream.state(), tasks, catalog);
	const stale = [...drift, ...findStale(stream.state(), tasks, nowMs).filter(({stale: id}) => !drift.some(({stale: known}) => known === id))];
	const findings = [
		...interrupted.map(id => `${id} was interrupted; it runs again under the same attempt`),
		...sentences,
		...stale.map(({stale: task, reason}) => `${task} runs again: ${reason}`),
	];
	const window = measureWindow(stream.state());
	const report: ResumeReport = {
		during: interrupted,
		...jobs,
		...findMissed(stream.state(), nowMs),
		willRerun: [...interrupted.map(task => ({task, reason: 'interrupted'})), ...stale.map(({stale: task, reason}) => ({task, reason}))],
		...(catalog === undefined ? {} : {catalog}),
		credentials: await readCredentials(environment),
		...(window === undefined ? {} : {window}),
	};
	await stream.emit({type: 'run.resumed', data: {lastSeenMs: before.nowMs, findings, report, ...(isSecondPersonRequired ? {isSecondPersonRequired: true} : {})}});
	for (const {stale: task, reason} of stale) {
		await stream.emit({type: 'step.staled', data: {task, reason}}, {step: task});
	}
};

/** The number under which a task is started: an interrupted attempt goes on under its own, so that its jobs are found again. */
export const firstAttempt = (step: Step | undefined): number => {
	switch (step?.state.kind) {
		case 'stale': {
			return step.state.reason === 'interrupted' ? step.state.attempt : step.state.attempt + 1;
		}

		case 'failed': {
			return step.state.attempt + 1;
		}

		case 'unknown': {
			return step.state.attempt;
		}

		default: {
			return 1;
		}
	}
};
