// The footer of any screen, from the key table.
import {footerRow, stopText} from '../../store/select-footer.js';
import type {Row} from '../../store/row.js';
import type {Snapshot} from '../../store/snapshot.js';
import {hintedBindings} from './key-table.js';

/** Keys that count now at the left, `right` (by default what Ctrl-C does) at the right. */
export const screenFooter = (snapshot: Snapshot, width: number, right?: Row): Row =>
	footerRow(
		hintedBindings(snapshot).map(({shown, hint, stays}) => ({key: shown, text: hint, ...(stays ? {stays} : {})})),
		snapshot.view.stop === 'none' && right ? right : stopText(snapshot),
		width,
	);
