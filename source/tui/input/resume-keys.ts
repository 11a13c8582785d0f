// Keys of the screen after an absence.
import {resumeChoices, type ResumeChoice} from '../../store/select-resume.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import {on, type Binding} from './binding.js';
import {flashCommand, intentCommand, viewCommand, type Command} from './command.js';

const seen = viewCommand({type: 'since-seen'});

const take = (snapshot: Snapshot, choice: ResumeChoice): readonly Command[] => {
	if (choice.disabledReason !== undefined) {
		return [flashCommand(snapshot, `${choice.label}: ${choice.disabledReason}`, 'warn')];
	}

	const question = frontQuestion(snapshot);
	const start = question?.kind === 'start' ? question : undefined;
	switch (choice.key) {
		case 'c': {
			return [...(start ? [intentCommand({type: 'start', question: start.id})] : []), seen];
		}

		case 'R': {
			return [seen, viewCommand({type: 'pick-none'}), viewCommand({type: 'open', overlay: 'components'})];
		}

		case 'w': {
			return [...(start ? [viewCommand({type: 'put-aside', question: start.id})] : []), seen];
		}

		case 'h': {
			return [intentCommand({type: 'hand-over'}), seen];
		}
	}
};

const chosen = (snapshot: Snapshot, key: string): readonly Command[] => {
	const choices = resumeChoices(snapshot);
	const choice = key === 'enter' ? choices[snapshot.view.choice] : choices.find(candidate => candidate.key === key);
	return choice ? take(snapshot, choice) : [];
};

const move = (snapshot: Snapshot, key: string): readonly Command[] =>
	[viewCommand({type: 'choose-line', index: Math.min(resumeChoices(snapshot).length - 1, Math.max(0, snapshot.view.choice + (key === 'j' || key === 'down' ? 1 : -1)))})];

export const resumeKeys: readonly Binding[] = [
	{keys: ['enter', 'c', 'R', 'w', 'h'], shown: 'enter', hint: 'choose', isFirst: true, help: 'after an absence: c continue, R roll back, w watch, h hand over', group: 'answer', isDangerous: true, answers: true, where: on('resume'), run: chosen},
	{keys: ['j', 'k', 'up', 'down'], shown: 'j k', hint: '', help: 'after an absence: move between the choices', group: 'answer', where: on('resume'), run: move},
];
