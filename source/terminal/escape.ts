// The few escape sequences we send. Never erase-screen (2J) and never erase-scrollback (3J): the shell's history is the operator's.
import {Buffer} from 'node:buffer';
import {sanitizeLine} from './sanitize.js';

const csi = '\u001B[';
const osc = '\u001B]';
const bel = '\u0007';

export const enterAlternate = `${csi}?1049h${csi}?25l${csi}?2004h`;
/** Safe to send more than once, and from an exit handler. */
export const leaveAlternate = `${csi}0m${csi}?2004l${csi}?25h${csi}?1049l`;
export const bell = bel;
/** Asks the terminal to remember its title, and to bring it back. */
export const saveTitle = `${csi}22;0t`;
export const restoreTitle = `${csi}23;0t`;

export const moveTo = (row: number): string => `${csi}${row};1H`;
export const eraseToLineEnd = `${csi}K`;
/** From the cursor to the end of the screen; leaves scrollback alone. */
export const eraseBelow = `${csi}J`;
export const resetStyle = `${csi}0m`;

/** Sets the window title; the text is made harmless and short. */
export const setTitle = (title: string): string => `${osc}0;${sanitizeLine(title).slice(0, 120)}${bel}`;

const copyLimit = 74_994;

/** Puts text on the clipboard of the operator's own terminal (OSC 52); undefined when it is too long for terminals to take. */
export const copyText = (text: string, isInsideTmux = false): string | undefined => {
	const payload = Buffer.from(text, 'utf8').toString('base64');
	if (payload.length > copyLimit) {
		return undefined;
	}

	const sequence = `${osc}52;c;${payload}${bel}`;
	return isInsideTmux ? `\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\` : sequence;
};
