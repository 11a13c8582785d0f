// Which event may follow which state. The engine asks before it writes; the reducer ignores what is refused, so that
// any sequence of lines still folds to a valid state.
import type {RunEvent} from './events.js';
import type {TaskId} from './ids.js';
import type {RunState, StepState} from './run-state.js';

type StepEventType = 'step.started' | 'step.progressed' | 'step.blocked' | 'step.verifying' | 'step.passed' | 'step.failed' | 'step.skipped' | 'step.cancelled' | 'step.unknown' | 'step.staled';

/** The states from which each event of a step is allowed. `unknown` is left only by a look-up of its job. */
const allowedFrom: {readonly [Type in StepEventType]: readonly StepState['kind'][]} = {
	'step.started': ['pending', 'blocked', 'stale', 'failed', 'cancelled', 'skipped', 'passed', 'unknown'],
	'step.progressed': ['running'],
	'step.blocked': ['pending', 'blocked', 'stale', 'cancelled'],
	'step.verifying': ['running'],
	'step.passed': ['running'],
	'step.failed': ['running', 'unknown'],
	'step.skipped': ['pending', 'blocked', 'failed', 'stale', 'cancelled'],
	'step.cancelled': ['pending', 'blocked', 'running', 'failed', 'stale'],
	'step.unknown': ['running'],
	'step.staled': ['passed', 'unknown', 'skipped'],
};

const isStepEvent = (event: RunEvent): event is Extract<RunEvent, {readonly type: StepEventType}> => event.type in allowedFrom;

const namedTask = (event: RunEvent): TaskId | undefined => (event.type === 'criterion.decided' || event.type === 'criterion.added' || isStepEvent(event) ? event.data.task : undefined);

const refuseStepEvent = (state: RunState, event: Extract<RunEvent, {readonly type: StepEventType}>): string | undefined => {
	const step = state.steps.get(event.data.task);
	if (step === undefined) {
		return `no task ${event.data.task}`;
	}

	const {kind} = step.state;
	if (!allowedFrom[event.type].includes(kind)) {
		return `${event.type} is not possible while ${event.data.task} is ${kind}`;
	}

	if (step.state.kind === 'unknown' && event.type !== 'step.failed') {
		const job = state.jobs.get(step.state.job);
		if (job?.state === 'lost' || job?.state === 'intended') {
			return `job ${step.state.job} has to be looked up first`;
		}
	}

	return undefined;
};

const aboutRun = new Set<RunEvent['type']>(['run.started', 'run.resumed', 'journal.repaired', 'log.written', 'view.joined', 'view.left', 'control.asked', 'control.passed']);

/**
 * Why an event can't follow a state.
 * @returns undefined when it can; otherwise the reason in words.
 */
export const refuseTransition = (state: RunState, event: RunEvent): string | undefined => {
	if (event.type === 'run.started') {
		return state.run === undefined ? undefined : 'the run has started already';
	}

	if (state.run === undefined && !aboutRun.has(event.type)) {
		return 'the run has not started';
	}

	if (event.type === 'run.resumed' && state.run === undefined) {
		return 'the run has not started';
	}

	if (state.phase === 'finished' && (isStepEvent(event) || event.type === 'question.asked' || event.type === 'run.finished')) {
		return 'the run is over';
	}

	if (isStepEvent(event)) {
		return refuseStepEvent(state, event);
	}

	const task = namedTask(event);
	if (task !== undefined && !state.steps.has(task)) {
		return `no task ${task}`;
	}

	switch (event.type) {
		case 'question.asked': {
			return state.questions.some(question => question.id === event.data.question.id) ? `question ${event.data.question.id} is open already` : undefined;
		}

		case 'question.answered':
		case 'question.closed': {
			return state.questions.some(question => question.id === event.data.id) ? undefined : `question ${event.data.id} is not open`;
		}

		case 'job.accepted':
		case 'job.lost':
		case 'job.absent': {
			return state.jobs.has(event.data.job) ? undefined : `job ${event.data.job} was never intended`;
		}

		case 'job.finished': {
			return state.jobs.has(event.data.job.id) ? undefined : `job ${event.data.job.id} was never intended`;
		}

		case 'job.intended': {
			const known = state.jobs.get(event.data.job);
			return known === undefined || known.state === 'absent' || known.state === 'intended' ? undefined : `job ${event.data.job} is known already`;
		}

		case 'restore-point.proven': {
			return state.restorePoint?.id === event.data.id ? undefined : `restore point ${event.data.id} was not taken in this run`;
		}

		case 'monitor.sampled':
		case 'monitor.flagged':
		case 'monitor.reviewed':
		case 'monitor.blinded':
		case 'monitor.finished': {
			return state.monitor === undefined ? 'the monitor has not started' : undefined;
		}

		case 'rollback.step.started':
		case 'rollback.step.progressed':
		case 'rollback.step.finished':
		case 'rollback.proved': {
			return state.rollback === undefined ? 'no rollback has started' : undefined;
		}

		case 'view.left': {
			return state.views.some(({id}) => id === event.data.id) ? undefined : `view ${event.data.id} is not open`;
		}

		case 'control.asked': {
			return state.views.some(({id, isReadOnly}) => id === event.data.view && !isReadOnly) ? undefined : `view ${event.data.view} can't drive`;
		}

		case 'control.passed': {
			const {to} = event.data;
			return to === undefined || state.views.some(({id, isReadOnly}) => id === to && !isReadOnly) ? undefined : `view ${to} can't drive`;
		}

		default: {
			return undefined;
		}
	}
};
