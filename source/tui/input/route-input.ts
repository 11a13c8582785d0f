// From an input to commands: the keys that work everywhere, then text fields, then the key table.
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import {sanitizeLine} from '../../terminal/sanitize.js';
import {flashCommand, viewCommand, type Command} from './command.js';
import type {Input} from './decode-keys.js';
import {findBinding} from './key-table.js';
import {pressStop} from './stop-keys.js';
import {submitField, leaveField} from './submit-field.js';

const isUnarmed = ({view, monotonicMs}: Snapshot): boolean => view.prompt !== undefined && monotonicMs < view.prompt.armedAtMs;

const routeField = (snapshot: Snapshot, input: Input): readonly Command[] => {
	if (input.kind === 'paste') {
		// A phrase slows the hand down only when the hand types it.
		return snapshot.view.editing === 'phrase'
			? [flashCommand(snapshot, 'The phrase is typed, not pasted.', 'warn')]
			: [viewCommand({type: 'type', text: sanitizeLine(input.text)})];
	}

	switch (input.name) {
		case 'enter': {
			// Enter inside a burst is part of something pasted without brackets: it types nothing and submits nothing.
			return input.isBurst ? [] : submitField(snapshot);
		}

		case 'esc': {
			return leaveField(snapshot);
		}

		case 'backspace':
		case 'delete': {
			return [viewCommand({type: 'erase', what: 'character'})];
		}

		case 'ctrl-w': {
			return [viewCommand({type: 'erase', what: 'word'})];
		}

		case 'ctrl-u': {
			return [viewCommand({type: 'erase', what: 'all'})];
		}

		default: {
			if (input.text !== '') {
				return [viewCommand({type: 'type', text: input.text})];
			}

			// Tab is never text: it opens what there is to look at before the phrase is typed.
			return input.name === 'tab' ? findBinding(snapshot, 'tab')?.run(snapshot, 'tab') ?? [] : [];
		}
	}
};

const isPromptField = ({view}: Snapshot): boolean => view.editing === 'phrase' || view.editing === 'reason' || view.editing === 'note';

/** Commands for one input at a snapshot. Pure. */
export const routeInput = (snapshot: Snapshot, input: Input): readonly Command[] => {
	if (input.kind === 'key') {
		switch (input.name) {
			case 'ctrl-c': {
				return pressStop(snapshot);
			}

			case 'ctrl-l': {
				return [{type: 'repaint'}];
			}

			case 'ctrl-z': {
				return [{type: 'suspend'}];
			}

			default: {
				break;
			}
		}
	}

	const {view} = snapshot;
	if (view.overlay === undefined && view.editing !== undefined) {
		// What was typed before the prompt could be read is not an answer to it.
		return isPromptField(snapshot) && isUnarmed(snapshot) ? [viewCommand({type: 'discard'})] : routeField(snapshot, input);
	}

	if (input.kind === 'paste') {
		return [];
	}

	const binding = findBinding(snapshot, input.name);
	if (!binding) {
		return view.overlay === 'help' ? [viewCommand({type: 'close'})] : [];
	}

	if (binding.answers && isUnarmed(snapshot) && frontQuestion(snapshot) !== undefined) {
		return [viewCommand({type: 'discard'})];
	}

	if (binding.isDangerous && input.isBurst) {
		return [];
	}

	const reason = binding.disabled?.(snapshot);
	return reason === undefined ? binding.run(snapshot, input.name) : [flashCommand(snapshot, `${binding.shown}: ${reason}`, 'warn')];
};
