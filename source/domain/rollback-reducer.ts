// The part of the run state that a rollback writes.
import type {JournaledEvent, RollbackStepNumber} from './events.js';
import type {RollbackState, RunState} from './run-state.js';

type RollbackStep = RollbackState['steps'][number];

const changeStep = (state: RunState, number: RollbackStepNumber, change: (step: RollbackStep) => RollbackStep): RunState =>
	state.rollback === undefined ? state : {...state, rollback: {...state.rollback, steps: state.rollback.steps.map(step => (step.number === number ? change(step) : step))}};

/** Applies an event of a rollback; any other leaves the state as it was. */
export const reduceRollback = (state: RunState, event: JournaledEvent): RunState => {
	switch (event.type) {
		case 'rollback.started': {
			const {restorePoint, reason, components, steps, messages} = event.data;
			return {...state, rollback: {restorePoint, reason, components, ...(messages === undefined ? {} : {messages}), startedAtMs: event.wall, steps: steps.map(step => ({...step, state: 'waiting'}))}};
		}

		case 'rollback.step.started': {
			return changeStep(state, event.data.number, ({number, title}) => ({number, title, state: 'running', startedAtMs: event.wall}));
		}

		case 'rollback.step.progressed': {
			return changeStep(state, event.data.number, step => ({...step, detail: event.data.detail}));
		}

		case 'rollback.step.finished': {
			const {number, passed, detail, durationMs} = event.data;
			return changeStep(state, number, step => ({...step, state: passed ? 'done' : 'failed', detail, durationMs}));
		}

		case 'rollback.proved': {
			return state.rollback === undefined ? state : {...state, rollback: {...state.rollback, proof: event.data}};
		}

		default: {
			return state;
		}
	}
};
