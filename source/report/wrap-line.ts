// Lines for the primary screen, broken where a reader would: between words, never inside a path or a command.
import {cellWidth} from '../terminal/cell-width.js';

/** Holds words together until the line is broken; a space in the output. */
const glue = '\u00A0';

/** Text that must not be broken at its own spaces: a path, a command with its arguments. */
export const whole = (text: string): string => text.replaceAll(' ', glue);

/** Prose with the commands in it held together: `eros-tui`, its subcommand, and options with their values. */
export const wholeCommands = (prose: string): string =>
	prose.replaceAll(/\beros-tui [a-z][a-z-]*(?: --[a-z][a-z-]*(?:[ =](?!--)\S+)?)*/g, whole);

const plainText = (text: string): string => text.replaceAll(glue, ' ');

/** The line at its spaces; a separating dot belongs to the word before it. */
const wordsOf = (line: string): readonly {readonly gap: string; readonly word: string}[] =>
	Array.from(line.replaceAll(' ·', `${glue}·`).matchAll(/( *)([^ ]+)/g), ([, gap = '', word = '']) => ({gap, word}));

/** Whether a new fact begins after `previous`: behind a dot, or as far away as a column. */
const isApart = (gap: string, previous: string): boolean => gap.length > 1 || previous.endsWith('·');

/**
 * Breaks a line at its spaces, between two facts where the second one fits whole below. The spaces it begins with are its
 * indent; what follows a break hangs two cells deeper. A word wider than `width` has a line of its own, uncut, so that it
 * can be copied; the indent gives way where that lets it fit.
 * @param line without line breaks; parts made by `whole` count as one word.
 * @param width in cells; undefined where there is no terminal: the line stays as it is.
 * @param hang cells before every line but the first.
 */
export const wrapLine = (line: string, width?: number, hang = /^ */.exec(line)![0].length + 2): readonly string[] => {
	const text = line.trimEnd();
	if (width === undefined || cellWidth(text) <= width) {
		return [plainText(text)];
	}

	const lines: string[] = [];
	let current = '';
	const all = wordsOf(text);
	for (const [index, {gap, word}] of all.entries()) {
		const previous = all[index - 1]?.word;
		const end = all.findIndex((next, at) => at > index && isApart(next.gap, all[at - 1]!.word));
		const fact = previous !== undefined && isApart(gap, previous)
			? all.slice(index, end === -1 ? undefined : end).map((part, at) => (at === 0 ? '' : part.gap) + part.word).join('')
			: word;
		// A fact too wide for any line is broken where it stands.
		const needed = hang + cellWidth(fact) <= width ? fact : word;
		if (previous === undefined || cellWidth(current + gap + needed) <= width) {
			current += gap + word;
			continue;
		}

		lines.push(current);
		current = ' '.repeat(Math.min(hang, Math.max(0, width - cellWidth(word)))) + word;
	}

	return [...lines, current].map(part => plainText(part));
};
