// The choices a question offers, in the order and with the keys they are shown.
import type {Choice, Question} from '../domain/events.js';

export type ShownChoice = Choice;

const recommendationChoices = (question: Extract<Question, {readonly kind: 'recommendation'}>): readonly ShownChoice[] => [
	{kind: 'roll-back', key: 'R', label: 'roll back', consequence: 'asks for the phrase; production goes back to the restore point'},
	{kind: 'continue', key: 'c', label: 'continue', consequence: question.recommendation === 'roll-back' ? 'keeps the deployment although a red flag is raised; recorded with your name' : 'keeps watching'},
	{kind: 'wait', key: 'w', label: 'wait', consequence: 'look around first; the question stays open'},
];

/** Choices of a question; empty for questions that are answered otherwise. */
export const choicesOf = (question: Question | undefined): readonly ShownChoice[] => {
	switch (question?.kind) {
		case 'failure': {
			return question.choices;
		}

		case 'recommendation': {
			return recommendationChoices(question);
		}

		default: {
			return [];
		}
	}
};
