// A row of the screen before anyone draws it: spans of text with a tone, already cut to its width in cells.
import {cellWidth, truncateEnd} from '../terminal/cell-width.js';

/** What a span means; one table in the screen turns it into a style. */
export type Tone = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad' | 'selected';

export type Span = {readonly text: string; readonly tone: Tone};

export type Row = readonly Span[];

export const span = (text: string, tone: Tone = 'plain'): Span => ({text, tone});

export const emptyRow: Row = [];

/** A row of one span. */
export const rowOf = (text: string, tone: Tone = 'plain'): Row => [span(text, tone)];

export const rowText = (row: Row): string => row.map(({text}) => text).join('');

export const rowWidth = (row: Row): number => row.reduce((sum, {text}) => sum + cellWidth(text), 0);

/** The row cut to at most `width` cells; a cut ends in an ellipsis. */
export const fitRow = (row: Row, width: number): Row => {
	if (rowWidth(row) <= width) {
		return row;
	}

	const fitted: Span[] = [];
	let room = width;
	for (const [index, current] of row.entries()) {
		const own = cellWidth(current.text);
		const isMore = row.slice(index + 1).some(({text}) => text !== '');
		if (own < room || (own === room && !isMore)) {
			fitted.push(current);
			room -= own;
			continue;
		}

		// What follows no longer fits: this span carries the ellipsis even when it would fit itself.
		const cut = own <= room ? truncateEnd(`${current.text} `, room) : truncateEnd(current.text, room);
		fitted.push({text: cut, tone: current.tone});
		break;
	}

	return fitted;
};

/** The row in exactly `width` cells: cut or padded with spaces at the end. */
export const padRow = (row: Row, width: number): Row => {
	const fitted = fitRow(row, width);
	const missing = width - rowWidth(fitted);
	return missing > 0 ? [...fitted, span(' '.repeat(missing))] : fitted;
};

/** Left part at the start, right part flush right; the left one is cut when both do not fit, the right one only when alone it is too wide. */
export const spreadRow = (left: Row, right: Row, width: number, gap = 2): Row => {
	const own = rowWidth(right);
	if (own === 0) {
		return fitRow(left, width);
	}

	const room = width - own - gap;
	if (room < 1) {
		return fitRow(right, width);
	}

	return [...padRow(left, room), span(' '.repeat(gap)), ...right];
};

/** The first candidate that fits in `width`; the last one, cut, when none does. */
export const firstFitting = (candidates: readonly Row[], width: number): Row =>
	candidates.find(candidate => rowWidth(candidate) <= width) ?? fitRow(candidates.at(-1) ?? emptyRow, width);

/** Items joined by `separator`, dropping whole items from the end until they fit; the first one stays, cut if it must. */
export const joinFitting = (items: readonly Row[], separator: Span, width: number): Row => {
	for (let count = items.length; count > 1; count -= 1) {
		const joined = items.slice(0, count).flatMap((item, index) => (index === 0 ? item : [separator, ...item]));
		if (rowWidth(joined) <= width) {
			return joined;
		}
	}

	return fitRow(items[0] ?? emptyRow, width);
};

/** A horizontal rule; `joint` places one other character on it, for example `┴` under a separator. */
export const ruleRow = (width: number, joint?: {readonly at: number; readonly mark: string}): Row => {
	if (!joint || joint.at < 0 || joint.at >= width) {
		return rowOf('─'.repeat(Math.max(0, width)), 'dim');
	}

	return rowOf('─'.repeat(joint.at) + joint.mark + '─'.repeat(width - joint.at - 1), 'dim');
};

/** Exactly `height` rows: cut, or filled with empty ones. */
export const fillRows = (rows: readonly Row[], height: number): readonly Row[] =>
	rows.length >= height ? rows.slice(0, Math.max(0, height)) : [...rows, ...Array.from({length: height - rows.length}, () => emptyRow)];

/** A window of `height` rows that keeps the row at `focus` in sight. */
export const scrollRows = (rows: readonly Row[], height: number, focus: number): readonly Row[] => {
	if (rows.length <= height) {
		return fillRows(rows, height);
	}

	const start = Math.min(Math.max(0, focus - Math.floor(height / 2)), rows.length - height);
	return rows.slice(start, start + Math.max(0, height));
};
