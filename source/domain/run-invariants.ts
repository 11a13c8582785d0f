// What holds of every run state, however it came about. The reducer is tested against it, and `verify` asks it.
import type {Question} from './events.js';
import {lacksSecondPerson} from './second-person.js';
import type {RunState, Step} from './run-state.js';
import {isGateTest, tasksOf} from './window.js';

const brokenStep = (state: RunState, {task, state: now, verdicts}: Step): readonly string[] => {
	const problems: string[] = [];
	if (verdicts.size !== task.criteria.length || task.criteria.some(({id}) => !verdicts.has(id))) {
		problems.push(`${task.id} has verdicts for other criteria than its own`);
	}

	if (now.kind === 'passed' && [...verdicts.values()].some(({kind}) => kind === 'failed' || kind === 'no-data')) {
		problems.push(`${task.id} passed with a criterion that did not`);
	}

	if (now.kind === 'skipped' && (!task.isSkippable || isGateTest(task))) {
		problems.push(`${task.id} was skipped and may not be`);
	}

	if (now.kind === 'unknown' && state.jobs.get(now.job)?.task !== task.id) {
		problems.push(`${task.id} waits for a job it never had`);
	}

	if ('attempt' in now && now.kind !== 'stale' && (!Number.isInteger(now.attempt) || now.attempt < 1)) {
		problems.push(`${task.id} has attempt ${now.attempt}`);
	}

	return problems;
};

const isMisplaced = (state: RunState, question: Question): boolean => {
	switch (question.kind) {
		case 'failure': {
			const kind = state.steps.get(question.task)?.state.kind;
			return kind !== 'failed' && kind !== 'unknown';
		}

		case 'attestation': {
			return state.steps.get(question.task)?.state.kind !== 'running';
		}

		case 'production': {
			return state.plan?.hash !== question.detail.planHash;
		}

		case 'recommendation': {
			return state.monitor === undefined;
		}

		case 'rollback': {
			return state.restorePoint?.id !== question.detail.restorePoint.id;
		}

		case 'start': {
			return false;
		}
	}
};

const brokenJobs = (state: RunState): readonly string[] => {
	const jobs = [...state.jobs.values()];
	const finished = jobs.filter(job => job.state === 'finished');
	const problems: string[] = [];
	if (jobs.some(job => (job.state === 'finished') !== (job.summary !== undefined))) {
		problems.push('a job is finished without a summary, or the other way about');
	}

	if (state.jobCount !== finished.length || state.billedBytes !== finished.reduce((sum, job) => sum + (job.summary?.billedBytes ?? 0), 0)) {
		problems.push('the totals of jobs are not their sum');
	}

	if (state.production.kind === 'unchanged' && jobs.some(job => job.authority !== undefined && (job.state === 'accepted' || job.state === 'finished'))) {
		problems.push('production is called unchanged after a job that changes it was accepted');
	}

	if (jobs.some(job => job.authority !== undefined && !job.mutates)) {
		problems.push('a job that changes nothing carries authority');
	}

	return problems;
};

const brokenProduction = (state: RunState): readonly string[] => {
	const problems: string[] = [];
	const {production, rollback, gate, approval, plan, lease} = state;
	if ((production.kind === 'rolled-back' || production.kind === 'components-rolled-back') && rollback?.proof?.differences.length !== 0) {
		problems.push('production is called rolled back without a proof');
	}

	if (production.kind === 'rolling-back' && rollback === undefined) {
		problems.push('production is rolling back and no rollback has started');
	}

	const tests = tasksOf(state.window).filter(task => isGateTest(task));
	if (gate?.passed === true && (tests.length === 0 || tests.some(({id}) => state.steps.get(id)?.state.kind !== 'passed') || gate.tests.length !== tests.length)) {
		problems.push('the gate is green without all of its tests');
	}

	if (lacksSecondPerson(state)) {
		problems.push('an approval stands without the second person it needs');
	}

	if (approval?.kind === 'production' && approval.planHash !== plan?.hash) {
		problems.push('an approval stands for another plan');
	}

	if (lease !== undefined && lease.epoch > state.lastEpoch) {
		problems.push('the lease is of an epoch that was never counted');
	}

	return problems;
};

const brokenEnd = (state: RunState): readonly string[] => {
	const problems: string[] = [];
	if ((state.phase === 'finished') !== (state.finished !== undefined)) {
		problems.push('the run is over without an ending, or the other way about');
	}

	if (state.phase === 'finished' && (state.questions.length > 0 || state.approval !== undefined)) {
		problems.push('the run is over and something is still open');
	}

	if (state.finished?.outcome === 'passed' && [...state.steps.values()].some(({state: {kind}}) => kind !== 'passed' && kind !== 'skipped')) {
		problems.push('the run passed and one of its tasks did not');
	}

	return problems;
};

const brokenViews = ({views, driver, controlAskedBy}: RunState): readonly string[] => {
	const mayDrive = (view: string | undefined): boolean => view === undefined || views.some(({id, isReadOnly}) => id === view && !isReadOnly);
	return [
		...(new Set(views.map(({id}) => id)).size === views.length ? [] : ['a view has joined twice']),
		...(mayDrive(driver) ? [] : ['a view drives that may not']),
		...(mayDrive(controlAskedBy) ? [] : ['a view asks for the wheel that may not have it']),
	];
};

/**
 * Names every invariant that a state breaks.
 * @returns sentences; empty for a valid state.
 */
export const brokenInvariants = (state: RunState): readonly string[] => {
	const ids = state.questions.map(({id}) => id);
	return [
		...[...state.steps].flatMap(([id, step]) => [...(step.task.id === id ? [] : [`${id} is filed under another name`]), ...brokenStep(state, step)]),
		...(new Set(ids).size === ids.length ? [] : ['a question is open twice']),
		...state.questions.filter(question => isMisplaced(state, question)).map(({id}) => `question ${id} is open and nothing waits for it`),
		...brokenJobs(state),
		...brokenProduction(state),
		...brokenEnd(state),
		...brokenViews(state),
		...((state.run === undefined) === (state.phase === 'created') ? [] : ['a run without a start']),
	];
};
