// How many cells a text takes, and how to cut it to a number of cells without splitting a character.
import stringWidth from 'string-width';

const plain = /^[\u0020-\u007E]*$/;
const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/** Width in cells; the text must be free of escape sequences and line breaks. */
export const cellWidth = (text: string): number => (plain.test(text) ? text.length : stringWidth(text, {countAnsiEscapeCodes: true}));

/** Graphemes of a text: what a person calls one character. */
export const graphemes = (text: string): readonly string[] => Array.from(segmenter.segment(text), ({segment}) => segment);

/** The longest start of `text` that fits in `width` cells. */
export const takeCells = (text: string, width: number): string => {
	if (width <= 0) {
		return '';
	}

	if (plain.test(text)) {
		return text.slice(0, width);
	}

	let taken = '';
	for (const grapheme of graphemes(text)) {
		const next = taken + grapheme;
		if (cellWidth(next) > width) {
			break;
		}

		taken = next;
	}

	return taken;
};

/** The longest end of `text` that fits in `width` cells. */
const takeLastCells = (text: string, width: number): string => {
	let taken = '';
	for (const grapheme of [...graphemes(text)].reverse()) {
		const next = grapheme + taken;
		if (cellWidth(next) > width) {
			break;
		}

		taken = next;
	}

	return taken;
};

/** Cuts at the end: `create or repl…`. */
export const truncateEnd = (text: string, width: number, ellipsis = '…'): string => {
	if (cellWidth(text) <= width) {
		return text;
	}

	const mark = cellWidth(ellipsis);
	return width < mark ? takeCells(text, width) : takeCells(text, width - mark) + ellipsis;
};

/** Cuts in the middle, for names whose end tells them apart: `prod.repor…_daily`. */
export const truncateMiddle = (text: string, width: number, ellipsis = '…'): string => {
	if (cellWidth(text) <= width) {
		return text;
	}

	const room = width - cellWidth(ellipsis);
	if (room < 2) {
		return truncateEnd(text, width, ellipsis);
	}

	const head = Math.ceil(room / 2);
	return takeCells(text, head) + ellipsis + takeLastCells(text, room - head);
};

/** Cuts at the start, for paths and qualified names: `…eros_scheduling_brain`. */
export const truncateStart = (text: string, width: number, ellipsis = '…'): string => {
	if (cellWidth(text) <= width) {
		return text;
	}

	const room = width - cellWidth(ellipsis);
	return room < 1 ? truncateEnd(text, width, ellipsis) : ellipsis + takeLastCells(text, room);
};

/** Pads to exactly `width` cells, cutting at the end when longer. */
export const padEndCells = (text: string, width: number, ellipsis = '…'): string => {
	const cut = truncateEnd(text, width, ellipsis);
	return cut + ' '.repeat(Math.max(0, width - cellWidth(cut)));
};

/** Right-aligns in exactly `width` cells, cutting at the end when longer. */
export const padStartCells = (text: string, width: number, ellipsis = '…'): string => {
	const cut = truncateEnd(text, width, ellipsis);
	return ' '.repeat(Math.max(0, width - cellWidth(cut))) + cut;
};

/** Breaks prose at spaces into lines of at most `width` cells; longer words are cut hard. Never returns more than `maxLines`. */
export const wrapCells = (text: string, width: number, maxLines = Number.POSITIVE_INFINITY): readonly string[] => {
	if (width <= 0) {
		return [];
	}

	const lines: string[] = [];
	let line = '';
	for (const word of text.split(' ')) {
		const joined = line === '' ? word : `${line} ${word}`;
		if (cellWidth(joined) <= width) {
			line = joined;
			continue;
		}

		if (line !== '') {
			lines.push(line);
		}

		let rest = word;
		while (cellWidth(rest) > width) {
			const part = takeCells(rest, width);
			if (part === '') {
				break;
			}

			lines.push(part);
			rest = rest.slice(part.length);
		}

		line = cellWidth(rest) > width ? '' : rest;
	}

	if (line !== '') {
		lines.push(line);
	}

	return lines.length <= maxLines ? lines : [...lines.slice(0, maxLines - 1), truncateEnd(lines.slice(maxLines - 1).join(' '), width)];
};
