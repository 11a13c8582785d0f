// Which event may follow which state: the transition table. The engine asks before it acts; the reducer ignores what is
// refused, so that any sequence of lines still folds to a valid state. Steps and jobs are in `step-transitions.ts`.
import type {EventData, JournaledEvent, ProductionState, Question, RunEvent} from './events.js';
import type {RunState} from './run-state.js';
import {refuseSecondPerson} from './second-person.js';
import {isStepEvent, refuseCriterionEvent, refuseJobEvent, refuseStepEvent, type JobEvent} from './step-transitions.js';
import {isGateTest, tasksOf} from './window.js';

/** Talk, and who looks on: it fits before the start and after the end. */
const anywhere = new Set<RunEvent['type']>(['journal.repaired', 'log.written', 'view.joined', 'view.left', 'control.asked', 'control.passed', 'run.suspended']);
/** What may still be said of a run that is over; a resume looks its jobs up before it goes on. */
const afterEnd = new Set<RunEvent['type']>(['run.resumed', 'intent.refused', 'artifact.written', 'lease.released', 'cost.counted', 'job.accepted', 'job.absent']);

const refuseQuestion = (state: RunState, question: Question, atMs: number): string | undefined => {
	if (state.questions.some(({id}) => id === question.id)) {
		return `question ${question.id} is open already`;
	}

	switch (question.kind) {
		case 'start': {
			return undefined;
		}

		case 'production': {
			if (state.plan?.hash !== question.detail.planHash) {
				return 'production is asked for with a plan that is not the frozen one';
			}

			if (state.isSecondPersonRequired && question.detail.secondPerson === undefined) {
				return 'this run needs a second person, and the question asks for none';
			}

			const hasGate = tasksOf(state.window).some(task => isGateTest(task));
			if (hasGate && state.gate?.passed !== true) {
				return 'production may not be asked for before the gate is green';
			}

			return hasGate && atMs > (state.gate?.validUntilMs ?? 0) ? 'the gate was decided too long ago' : undefined;
		}

		case 'rollback': {
			return state.restorePoint?.id === question.detail.restorePoint.id ? undefined : `restore point ${question.detail.restorePoint.id} is not the one of this run`;
		}

		case 'failure': {
			const kind = state.steps.get(question.task)?.state.kind;
			return kind === 'failed' || kind === 'unknown' ? undefined : `${question.task} has not failed`;
		}

		case 'attestation': {
			return state.steps.get(question.task)?.state.kind === 'running' ? undefined : `${question.task} is not running`;
		}

		case 'recommendation': {
			return state.monitor === undefined ? 'the monitor has not started' : undefined;
		}
	}
};

const refuseAnswer = (state: RunState, {id, by, approves}: EventData<'question.answered'>, atMs: number): string | undefined => {
	const question = state.questions.find(open => open.id === id);
	if (question === undefined) {
		return `question ${id} is not open`;
	}

	if (by === '') {
		return 'an answer needs a name';
	}

	if (approves === undefined) {
		return undefined;
	}

	if (question.kind !== 'production' && question.kind !== 'rollback') {
		return `question ${id} approves nothing`;
	}

	if (question.kind === 'rollback') {
		return undefined;
	}

	if (atMs >= question.expiresAtMs) {
		return 'the approval expired';
	}

	if (question.detail.secondPerson !== undefined && state.seconded?.question !== id) {
		return 'a second person has not signed the plan';
	}

	return state.plan?.hash === question.detail.planHash ? undefined : 'the plan moved while it was being approved';
};

const productionFrom: {readonly [Kind in ProductionState['kind']]: readonly ProductionState['kind'][]} = {
	unchanged: ['unchanged'],
	changing: ['unchanged', 'changing', 'partial', 'deployed', 'rolled-back', 'components-rolled-back'],
	deployed: ['changing', 'partial', 'deployed'],
	partial: ['changing', 'partial', 'deployed', 'rolling-back', 'rolled-back', 'components-rolled-back'],
	'rolling-back': ['unchanged', 'changing', 'partial', 'deployed', 'rolling-back', 'rolled-back', 'components-rolled-back'],
	'rolled-back': ['rolling-back'],
	'components-rolled-back': ['rolling-back'],
};

const refuseProduction = (state: RunState, next: ProductionState): string | undefined => {
	if (!productionFrom[next.kind].includes(state.production.kind)) {
		return `production is ${state.production.kind} and can not become ${next.kind}`;
	}

	switch (next.kind) {
		case 'changing': {
			return state.lease === undefined || state.approval === undefined || state.restorePoint?.provenAtMs === undefined ? 'production is changed only under a lease, an approval and a proven restore point' : undefined;
		}

		case 'rolling-back': {
			return state.lease === undefined || state.rollback === undefined ? 'a rollback needs the lease' : undefined;
		}

		case 'rolled-back':
		case 'components-rolled-back': {
			return state.rollback?.proof?.differences.length === 0 ? undefined : 'the rollback is not proved';
		}

		default: {
			return undefined;
		}
	}
};

const refuseGate = (state: RunState, {passed, tests}: EventData<'gate.decided'>): string | undefined => {
	const wanted = tasksOf(state.window).filter(task => isGateTest(task)).map(({id}) => id);
	if (wanted.length === 0 || wanted.length !== tests.length || wanted.some((id, index) => tests[index]?.task !== id)) {
		return `the gate is decided by ${wanted.length === 0 ? 'tests this window does not have' : wanted.join(', ')}`;
	}

	const unproved = tests.find(test => test.passed !== (state.steps.get(test.task)?.state.kind === 'passed'));
	if (unproved !== undefined) {
		return `gate test ${unproved.task} is told otherwise than it ended`;
	}

	return passed === tests.every(test => test.passed) ? undefined : 'the gate is told otherwise than its tests';
};

const refuseEnd = (state: RunState, {outcome}: EventData<'run.finished'>): string | undefined => {
	if (outcome !== 'passed') {
		return undefined;
	}

	const open = [...state.steps.values()].find(({state: {kind}}) => kind !== 'passed' && kind !== 'skipped');
	if (open !== undefined) {
		return `${open.task.id} is ${open.state.kind}, so the run has not passed`;
	}

	return state.production.kind === 'changing' || state.production.kind === 'rolling-back' ? `production is ${state.production.kind}, so the run has not passed` : undefined;
};

const refuseFact = (state: RunState, event: RunEvent, atMs: number): string | undefined => {
	switch (event.type) {
		case 'run.finished': {
			return refuseEnd(state, event.data);
		}

		case 'question.asked': {
			return refuseQuestion(state, event.data.question, atMs);
		}

		case 'question.answered': {
			return refuseAnswer(state, event.data, atMs);
		}

		case 'question.closed': {
			return state.questions.some(question => question.id === event.data.id) ? undefined : `question ${event.data.id} is not open`;
		}

		case 'production.changed': {
			return refuseProduction(state, event.data.state);
		}

		case 'gate.decided': {
			return refuseGate(state, event.data);
		}

		case 'lease.taken': {
			return Number.isInteger(event.data.epoch) && event.data.epoch > (state.lease?.epoch ?? 0) ? undefined : `epoch ${event.data.epoch} does not follow ${state.lease?.epoch ?? 0}`;
		}

		case 'lease.released': {
			return state.lease?.epoch === event.data.epoch ? undefined : `the lease of epoch ${event.data.epoch} is not held`;
		}

		case 'approval.seconded': {
			return refuseSecondPerson(state, event.data);
		}

		case 'restore-point.proven': {
			return state.restorePoint?.id === event.data.id ? undefined : `restore point ${event.data.id} was not taken in this run`;
		}

		case 'rollback.started': {
			return state.lease === undefined || state.approval?.kind !== 'rollback' ? 'a rollback needs its confirmation and the lease' : undefined;
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

		default: {
			return undefined;
		}
	}
};

const refuseView = (state: RunState, event: RunEvent): string | undefined => {
	const mayDrive = (view: string): boolean => state.views.some(({id, isReadOnly}) => id === view && !isReadOnly);
	switch (event.type) {
		case 'view.left': {
			return state.views.some(({id}) => id === event.data.id) ? undefined : `view ${event.data.id} is not open`;
		}

		case 'control.asked': {
			return mayDrive(event.data.view) ? undefined : `view ${event.data.view} can't drive`;
		}

		case 'control.passed': {
			return event.data.to === undefined || mayDrive(event.data.to) ? undefined : `view ${event.data.to} can't drive`;
		}

		default: {
			return undefined;
		}
	}
};

const isJobEvent = (event: RunEvent): event is JobEvent => event.type.startsWith('job.');

/**
 * Why an event can't follow a state.
 * @param event - one that stands in the journal is judged by its own time, another by the time of the state.
 * @returns undefined when it can; otherwise the reason in words.
 */
export const refuseTransition = (state: RunState, event: RunEvent | JournaledEvent): string | undefined => {
	if (event.type === 'run.started') {
		return state.run === undefined ? undefined : 'the run has started already';
	}

	if (anywhere.has(event.type)) {
		return refuseView(state, event);
	}

	if (state.run === undefined) {
		return 'the run has not started';
	}

	if (state.phase === 'finished' && !afterEnd.has(event.type)) {
		return 'the run is over';
	}

	if (isStepEvent(event)) {
		return refuseStepEvent(state, event);
	}

	if (isJobEvent(event)) {
		return refuseJobEvent(state, event);
	}

	if (event.type === 'criterion.decided' || event.type === 'criterion.added') {
		return refuseCriterionEvent(state, event);
	}

	return refuseFact(state, event, 'wall' in event ? event.wall : state.nowMs);
};
