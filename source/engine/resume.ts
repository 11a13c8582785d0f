// What a resumed run does before anything else: look up every job whose outcome it does not know, say what it found,
// and mark what is too old to be believed.
import {dependentsOf} from '../domain/graph.js';
import type {TaskId} from '../domain/ids.js';
import type {RunState, Step} from '../domain/run-state.js';
import type {TaskSpec} from '../domain/window.js';
import {isGateTest} from './gate.js';
import {lookUp} from './look-up.js';
import type {RunEnvironment} from './step-context.js';

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

/** Looks up every job without an outcome. The step that runs again adopts what is still running or done. */
const lookUpJobs = async (environment: RunEnvironment): Promise<readonly string[]> => {
	const {stream} = environment;
	const findings: string[] = [];
	for (const [id, job] of stream.state().jobs) {
		if (job.state !== 'finished' && job.state !== 'absent') {
			findings.push((await lookUp(environment, id)).finding);
		}
	}

	return findings;
};

/** Journals the resume and its findings. Confirmations do not survive; neither does a lease. */
export const reconcile = async (environment: RunEnvironment, tasks: readonly TaskSpec[]): Promise<void> => {
	const {stream, ports} = environment;
	const before = stream.state();
	const interrupted = [...before.steps].filter(([, step]) => step.state.kind === 'running').map(([id]) => id);
	const jobFindings = await lookUpJobs(environment);
	const stale = findStale(stream.state(), tasks, ports.clock.now());
	const findings = [
		...interrupted.map(id => `${id} was interrupted; it runs again under the same attempt`),
		...jobFindings,
		...stale.map(({stale: task, reason}) => `${task} runs again: ${reason}`),
	];
	await stream.emit({type: 'run.resumed', data: {lastSeenMs: before.nowMs, findings}});
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
