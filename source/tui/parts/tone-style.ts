// The one table from tone to style. ANSI colours and weight only; no background but the selection's.
import type {TextProps} from 'ink';
import type {Tone} from '../../store/row.js';

export const toneStyles: {readonly [Name in Tone]: TextProps} = {
	plain: {},
	dim: {dimColor: true},
	strong: {bold: true},
	accent: {color: 'cyan'},
	good: {color: 'green'},
	warn: {color: 'yellow', bold: true},
	bad: {color: 'red', bold: true},
	selected: {inverse: true},
};
