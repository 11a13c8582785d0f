// Keys that answer questions: start, failure choices, recommendation, and the looks around a production prompt.
import type {ChoiceKind, Question} from '../../domain/events.js';
import {frontQuestion, screenOf, type Snapshot} from '../../store/snapshot.js';
import {choicesOf, type ShownChoice} from '../../store/select-choices.js';
import {isSecondPersonMissing} from '../../store/select-production.js';
import type {Binding} from './binding.js';
import {flashCommand, intentCommand, viewCommand, type Command} from './command.js';

const isFront = (snapshot: Snapshot, ...kinds: readonly Question['kind'][]): boolean => {
	const question = frontQuestion(snapshot);
	return !snapshot.isReadOnly && question !== undefined && kinds.includes(question.kind) && snapshot.view.overlay === undefined;
};

const isUnsigned = (snapshot: Snapshot): boolean => {
	const question = frontQuestion(snapshot);
	return question?.kind === 'production' && isSecondPersonMissing(question, snapshot);
};

const hasChoices = (snapshot: Snapshot): boolean =>
	isFront(snapshot, 'failure', 'recommendation') && (screenOf(snapshot) === 'failure' || screenOf(snapshot) === 'monitor');

/** Carries out a choice, or says why it can't be taken. */
const take = (snapshot: Snapshot, question: string, choice: ShownChoice): readonly Command[] => {
	if (choice.disabledReason !== undefined) {
		return [flashCommand(snapshot, `${choice.label}: ${choice.disabledReason}`, 'warn')];
	}

	// Waiting is the operator's own affair: the question stays open and can be taken up again.
	return choice.kind === 'wait' ? [viewCommand({type: 'put-aside', question})] : [intentCommand({type: 'choose', question, choice: choice.kind satisfies ChoiceKind})];
};

const chooseLine = (snapshot: Snapshot): readonly Command[] => {
	const question = frontQuestion(snapshot);
	const choice = choicesOf(question)[snapshot.view.choice];
	return question && choice ? take(snapshot, question.id, choice) : [];
};

const chooseKey = (snapshot: Snapshot, key: string): readonly Command[] => {
	const question = frontQuestion(snapshot);
	const choice = choicesOf(question).find(candidate => candidate.key === key);
	return question && choice ? take(snapshot, question.id, choice) : [];
};

const moveChoice = (snapshot: Snapshot, key: string): readonly Command[] => {
	const last = choicesOf(frontQuestion(snapshot)).length - 1;
	const by = key === 'j' || key === 'down' ? 1 : -1;
	return [viewCommand({type: 'choose-line', index: Math.min(last, Math.max(0, snapshot.view.choice + by))})];
};

export const answerKeys: readonly Binding[] = [
	{
		keys: ['enter'], shown: 'enter', hint: 'start', isFirst: true, help: 'start the run', group: 'answer', isDangerous: true, answers: true,
		where: snapshot => isFront(snapshot, 'start') && screenOf(snapshot) !== 'production',
		run: snapshot => {
			const question = frontQuestion(snapshot);
			return question ? [intentCommand({type: 'start', question: question.id}), viewCommand({type: 'since-seen'})] : [];
		},
	},
	{
		keys: ['enter'], shown: 'enter', hint: 'choose', isFirst: true, help: 'take the marked choice', group: 'answer', isDangerous: true, answers: true,
		where: hasChoices, run: chooseLine,
	},
	{
		keys: ['j', 'k', 'up', 'down'], shown: 'j k', hint: '', help: 'move between the choices', group: 'answer',
		where: hasChoices, run: moveChoice,
	},
	{
		keys: ['r', 's', 'a', 'w', 'R', 'e', 'c'], shown: 'e r s a w', hint: '', help: 'edit and replan, retry, skip, abort, wait: the choices of a failure', group: 'answer', isDangerous: true, answers: true,
		where: snapshot => hasChoices(snapshot), run: chooseKey,
	},
	{
		keys: ['enter'], shown: 'enter', hint: 'type', isFirst: true, help: 'before production: begin to type the phrase', group: 'answer', isDangerous: true, answers: true,
		where: snapshot => isFront(snapshot, 'production') && screenOf(snapshot) === 'production' && !isUnsigned(snapshot), run: ({view}) => [viewCommand({type: 'edit', field: 'phrase', text: view.input})],
	},
	{
		keys: ['esc'], shown: 'Esc', hint: 'back', help: 'before production: no; nothing has been changed', group: 'answer', stays: true, answers: true,
		where: snapshot => isFront(snapshot, 'production') && screenOf(snapshot) === 'production',
		run: snapshot => {
			const question = frontQuestion(snapshot);
			return question ? [intentCommand({type: 'reject', question: question.id})] : [];
		},
	},
	{
		keys: ['enter'], shown: 'enter', hint: 'take up', help: 'take up a question that was put aside', group: 'answer',
		where: snapshot => snapshot.view.overlay === undefined && !snapshot.isReadOnly && frontQuestion(snapshot) === undefined && snapshot.run.questions.length > 0,
		run: () => [viewCommand({type: 'take-up'})],
	},
];
