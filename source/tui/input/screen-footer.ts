// The footer of any screen, from the key table.
import {discardText, footerRow} from '../../store/select-footer.js';
import type {Row} from '../../store/row.js';
import {isQuestionCut} from '../../store/select-flash.js';
import {frontQuestion, type Snapshot} from '../../store/snapshot.js';
import type {TextField} from '../../store/view-state.js';
import {hintedBindings} from './key-table.js';

/** What Enter and Esc do while a field takes the keys. */
const fieldHints: {readonly [Field in TextField]: readonly [string, string]} = {
	search: ['find', 'drop'],
	filter: ['filter', 'drop'],
	phrase: ['confirm', 'back'],
	reason: ['on to the phrase', 'back'],
	note: ['attest', 'later'],
};

/** Keys that count now at the left, `right` (by default what Ctrl-C does) at the right. */
export const screenFooter = (snapshot: Snapshot, width: number, right?: Row): Row => {
	const {editing, overlay, stop} = snapshot.view;
	const rightText = stop === 'none' && right ? right : discardText(snapshot);
	if (editing !== undefined && overlay === undefined) {
		const [enter, esc] = editing === 'note' && isQuestionCut(snapshot) && frontQuestion(snapshot)?.id !== snapshot.view.readQuestion ? ['read in full', 'later'] : fieldHints[editing];
		return footerRow([{key: 'enter', text: enter, stays: true}, {key: 'Esc', text: esc, stays: true}], rightText, width);
	}

	const hints = hintedBindings(snapshot).map(({shown, hint, stays, isFirst}) => ({key: shown, text: hint, ...(stays ? {stays} : {}), ...(isFirst ? {isFirst} : {})}));
	return footerRow(hints, rightText, width);
};
