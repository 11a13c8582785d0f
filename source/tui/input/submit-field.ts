// What Enter and Esc do in each text field.
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import {isQuestionCut} from '../../store/select-flash.js';
import {searchTest} from '../../store/select-log.js';
import {flashCommand, intentCommand, viewCommand, type Command} from './command.js';

const stopEditing = viewCommand({type: 'stop-editing'});

const submitPhrase = (snapshot: Snapshot): readonly Command[] => {
	const {view} = snapshot;
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'production' && question?.kind !== 'rollback') {
		return [stopEditing];
	}

	if (view.input.trim() === '') {
		return [];
	}

	if (view.input !== question.detail.phrase) {
		return [flashCommand(snapshot, 'That is not the phrase. Nothing has been changed.', 'warn')];
	}

	return [intentCommand({type: 'confirm', question: question.id, phrase: view.input, ...(view.reason === '' ? {} : {reason: view.reason})})];
};

/** Commands for Enter in the field that is being edited. */
export const submitField = (snapshot: Snapshot): readonly Command[] => {
	const {view, log} = snapshot;
	const question = frontQuestion(snapshot);
	switch (view.editing) {
		case 'search': {
			const text = view.input;
			const found = text === '' ? undefined : log.last(1, searchTest(text))[0];
			const jump = found ? [viewCommand({type: 'read-log', anchor: found.seq, appended: log.appended})] : text === '' ? [] : [flashCommand(snapshot, `Nothing in the log contains ${text}`, 'warn')];
			return [viewCommand({type: 'set-search', text}), stopEditing, viewCommand({type: 'focus', pane: 'log'}), ...jump];
		}

		case 'filter': {
			return [viewCommand({type: 'set-filter', text: view.input.trim()}), stopEditing, viewCommand({type: 'focus', pane: 'log'}), viewCommand({type: 'follow-log'})];
		}

		case 'reason': {
			return view.input.trim() === ''
				? [flashCommand(snapshot, 'A reason is needed; it is recorded.', 'warn')]
				: [viewCommand({type: 'set-reason', text: view.input.trim()}), viewCommand({type: 'edit', field: 'phrase'})];
		}

		case 'phrase': {
			return submitPhrase(snapshot);
		}

		case 'note': {
			if (question?.kind === 'attestation' && isQuestionCut(snapshot) && view.readQuestion !== question.id) {
				// Nobody attests to what he could not read: it opens in full first.
				return [viewCommand({type: 'question-read', question: question.id}), viewCommand({type: 'open', overlay: 'question'})];
			}

			return question?.kind === 'attestation' && view.input.trim() !== ''
				? [intentCommand({type: 'attest', question: question.id, note: view.input.trim()})]
				: [flashCommand(snapshot, 'An attestation needs a note.', 'warn')];
		}

		case undefined: {
			return [];
		}
	}
};

/** Commands for Esc in the field that is being edited; never destructive. */
export const leaveField = (snapshot: Snapshot): readonly Command[] => {
	const {view} = snapshot;
	const question = frontQuestion(snapshot);
	switch (view.editing) {
		case 'search':
		case 'filter':
		case undefined: {
			return [stopEditing];
		}

		case 'note': {
			return question ? [viewCommand({type: 'put-aside', question: question.id})] : [stopEditing];
		}

		case 'phrase': {
			// Out of the field first: what was typed stays, and Esc outside of it is the answer no.
			return question?.kind === 'production' ? [viewCommand({type: 'leave-field'})] : question ? [intentCommand({type: 'reject', question: question.id}), stopEditing] : [stopEditing];
		}

		case 'reason': {
			return question ? [intentCommand({type: 'reject', question: question.id}), stopEditing] : [stopEditing];
		}
	}
};
