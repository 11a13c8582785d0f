// Questions, their answers, and the yes that an answer can be: who gave it, who seconded it, and what makes it void.
import type {JournaledEvent} from './events.js';
import type {RunState} from './run-state.js';

/** The state without any yes: of the driver, and of the second person. */
export const withoutApproval = ({approval: _approval, seconded: _seconded, ...state}: RunState): RunState => state;

/** Folds the events of questions; any other event leaves the state as it is. */
export const reduceQuestions = (state: RunState, event: JournaledEvent): RunState => {
	switch (event.type) {
		case 'question.asked': {
			return {...state, questions: [...state.questions, event.data.question]};
		}

		case 'question.answered': {
			const {id, by, approves} = event.data;
			const question = state.questions.find(open => open.id === id);
			const questions = state.questions.filter(open => open.id !== id);
			if (approves === undefined || (question?.kind !== 'production' && question?.kind !== 'rollback')) {
				return {...(state.seconded?.question === id ? withoutApproval(state) : state), questions};
			}

			return {...state, questions, approval: {kind: question.kind, by, atMs: event.wall, ...(question.kind === 'production' ? {planHash: question.detail.planHash} : {})}};
		}

		case 'question.closed': {
			const {seconded, ...rest} = state;
			const isKept = seconded !== undefined && seconded.question !== event.data.id;
			return {...rest, ...(isKept ? {seconded} : {}), questions: state.questions.filter(question => question.id !== event.data.id)};
		}

		case 'approval.seconded': {
			return {...state, seconded: event.data, usedSignatures: [...state.usedSignatures, event.data.job]};
		}

		default: {
			return state;
		}
	}
};
