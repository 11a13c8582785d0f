// One page's week as a grid: days across, half hours down, type, tier and price; totals, warnings and the file below.
import {cellWidth, padEndCells, truncateEnd, truncateStart, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {fitRow, rowOf, span, spreadRow, type Row, type Span} from './row.js';

export type WeekMessage = {
	/** Civil date and time in the page's zone: `2025-11-03`, `09:12`. */
	readonly date: string;
	readonly time: string;
	/** `P` for a paid message, `b` for a free one. */
	readonly mark: 'P' | 'b';
	/** Three letters; empty for a free one. */
	readonly tier: string;
	/** In dollars; undefined for a free one. */
	readonly price?: number;
	readonly isUrgent: boolean;
	/** Everything there is to say of it, label and value. */
	readonly detail: readonly (readonly [string, string])[];
};

export type WeekView = {
	readonly page: string;
	/** `week of Mon 3 Nov 2025 (PT)`. */
	readonly week: string;
	/** `MEDIUM · GREEN 0.00 · 12 PPV + 8 bumps`. */
	readonly facts: string;
	/** The seven days, Monday first: civil date and label. */
	readonly days: readonly {readonly date: string; readonly label: string}[];
	/** In the order of their time. */
	readonly messages: readonly WeekMessage[];
	readonly totals: readonly string[];
	readonly warnings: readonly string[];
	readonly files: readonly string[];
	/** Index of the chosen message. */
	readonly chosen: number;
	readonly isOpen: boolean;
	/** A short message, such as where a file was written. */
	readonly said: string;
};

const timeColumns = 8;
const widestDay = 16;
const narrowestDay = 9;

const halfHourOf = ({time}: WeekMessage): string => `${time.slice(0, 3)}${Number(time.slice(3)) < 30 ? '00' : '30'}`;

const cellText = ({time, mark, tier, price, isUrgent}: WeekMessage, width: number): string => {
	const minute = `:${time.slice(3)}`;
	if (mark === 'b') {
		return `${minute} b`;
	}

	// The price is what people look for: a narrow column shortens the tier to its letter before it gives up the price.
	const urgent = isUrgent ? '!' : '';
	const forms = [`${minute} P ${tier} ${price ?? ''}${urgent}`, `${minute} ${tier.charAt(0).toUpperCase()}$${price ?? ''}${urgent}`, `${minute} ${tier.charAt(0).toUpperCase()}$${price ?? ''}`];
	return forms.find(form => form.length < width) ?? `${minute} ${tier}`;
};

/** What the fields of the grid mean, in the form that the days' width gives them. */
const legend = (dayWidth: number): string => (dayWidth > ':00 P pre 100!'.length ? 'P paid: bud budget, mid, pre premium, price in $   b bump, free   ! urgent' : 'B budget, M mid, P premium, each with its price   b bump, free   ! urgent');

const cellOf = (message: WeekMessage | undefined, isChosen: boolean, width: number): Span => {
	if (!message) {
		return span(padEndCells('·', width), 'dim');
	}

	const text = padEndCells(`${isChosen ? '▸' : ''}${cellText(message, width - (isChosen ? 1 : 0))}`, width);
	return span(text, isChosen ? 'selected' : message.mark === 'b' ? 'dim' : message.tier === 'pre' ? 'accent' : 'plain');
};

type Grid = {
	readonly head: readonly Row[];
	readonly rows: readonly Row[];
	/** Index of the row of the chosen message. */
	readonly at: number;
	readonly legend: string;
};

/** The grid; where seven days do not fit, one line a message. */
const gridRows = ({days, messages, chosen}: WeekView, width: number): Grid => {
	const dayWidth = Math.min(widestDay, Math.floor((width - timeColumns) / Math.max(1, days.length)));
	if (dayWidth < narrowestDay) {
		const rows = messages.map((message, index): Row => [span(index === chosen ? ' ▸ ' : '   ', 'accent'), span(padEndCells(days.find(({date}) => date === message.date)?.label ?? message.date, 9)), span(`${message.time}  ${message.mark === 'b' ? 'bump' : `P ${message.tier} $${message.price ?? ''}${message.isUrgent ? ' urgent' : ''}`}`, message.mark === 'b' ? 'dim' : 'plain')]);
		return {head: [], rows, at: chosen, legend: ''};
	}

	const times = [...new Set(messages.map(message => halfHourOf(message)))].sort();
	const rows = times.map((time): Row => [span(`  ${time} `, 'dim'), ...days.map(({date}) => {
		const index = messages.findIndex(message => message.date === date && halfHourOf(message) === time);
		return cellOf(messages[index], index >= 0 && index === chosen, dayWidth);
	})]);
	const own = messages[chosen];
	return {head: [[span(' '.repeat(timeColumns)), ...days.map(({label}) => span(padEndCells(label, dayWidth), 'strong'))]], rows, at: own ? times.indexOf(halfHourOf(own)) : 0, legend: legend(dayWidth)};
};

/** Title row. */
export const weekHeader = ({page, week, facts}: WeekView, width: number): readonly Row[] => {
	const right = width >= 96 ? facts : '';
	const tone = facts.includes(' RED ') ? 'bad' : 'plain';
	return [spreadRow([span(' eros  ', 'strong'), span('SCHEDULE  ', 'strong'), span(sanitizeLine(page)), span(`   ${week}`, 'dim')], [span(right, tone)], width), ...(right === '' ? [fitRow(rowOf(`       ${facts}`, tone === 'bad' ? tone : 'dim'), width)] : [])];
};

const labelled = (label: string, text: string, width: number, tone: 'plain' | 'warn' = 'plain'): readonly Row[] =>
	wrapCells(sanitizeLine(text), Math.max(10, width - 13), 2).map((line, index): Row => [span(`  ${padEndCells(index === 0 ? label : '', 9)}`, 'dim'), span(line, tone)]);

/** A label and facts that stand three spaces apart, packed into as many rows as they need; nothing is cut where a row could take it. */
const packed = (text: string, width: number): readonly Row[] => {
	const label = text.slice(0, 9);
	const lines: string[] = [];
	for (const fact of sanitizeLine(text.slice(9)).split(/ {3,}/)) {
		const joined = lines.length === 0 ? fact : `${lines.at(-1)!}   ${fact}`;
		if (lines.length > 0 && cellWidth(joined) + 11 <= width) {
			lines[lines.length - 1] = joined;
		} else {
			lines.push(fact);
		}
	}

	return lines.map((line, index): Row => fitRow([span(`  ${padEndCells(index === 0 ? sanitizeLine(label) : '', 9)}`, 'dim'), span(line)], width));
};

/** Where the file is, whole where it fits, and what is in it. */
const fileRows = (file: string, width: number): readonly Row[] => {
	const [path = '', detail = ''] = sanitizeLine(file).split(/ {3}/);
	const room = Math.max(10, width - 12);
	return cellWidth(path) + 3 + cellWidth(detail) <= room
		? packed(`file     ${path}   ${detail}`, width)
		: [[span('  file     ', 'dim'), span(truncateStart(path, room))], ...(detail === '' ? [] : [fitRow(rowOf(`           ${detail}`, 'dim'), width)])];
};

/** Body in exactly at most `height` rows: the totals stay, the grid scrolls with the chosen message. */
export const weekRows = (view: WeekView, width: number, height: number): readonly Row[] => {
	const {messages, chosen, isOpen, totals, warnings, files, said} = view;
	const message = messages[chosen];
	if (isOpen && message) {
		return [[], ...message.detail.flatMap(([label, value]) => wrapCells(sanitizeLine(value), Math.max(10, width - 17)).map((line, index): Row => [span(`  ${padEndCells(index === 0 ? label : '', 13)}`, 'dim'), span(line)]))].slice(0, height);
	}

	const {head, rows, at, legend: explained} = gridRows(view, width);
	const shownWarnings = warnings.slice(0, Math.max(1, Math.floor(height / 6)));
	const below = (isTight: boolean): readonly Row[] => [
		...(explained === '' || isTight ? [] : [fitRow(rowOf(`  ${explained}`, 'dim'), width)]),
		[],
		...totals.flatMap(line => packed(line, width).slice(0, isTight ? 1 : undefined)),
		...shownWarnings.flatMap(warning => labelled('warning', warning, width, 'warn')),
		...(warnings.length > shownWarnings.length ? labelled('', `and ${warnings.length - shownWarnings.length} more`, width, 'warn') : []),
		...files.flatMap(file => fileRows(file, width)),
		...(said === '' ? [] : [[], fitRow(rowOf(`  ${truncateEnd(said, width - 3)}`, 'accent'), width)]),
	];
	const isTight = head.length + rows.length + below(false).length > height;
	const under = below(isTight);
	const room = Math.max(1, height - head.length - under.length);
	// A week that is longer than its room says so in its last row.
	const isCut = rows.length > room && room > 1;
	const shown = isCut ? room - 1 : room;
	const start = Math.min(Math.max(0, at - Math.floor(shown / 2)), Math.max(0, rows.length - shown));
	const hidden = [...(start > 0 ? [`${start} above`] : []), ...(rows.length - start - shown > 0 ? [`${rows.length - start - shown} below`] : [])];
	return [...head, ...rows.slice(start, start + shown), ...(isCut ? [rowOf(`  ${hidden.join(', ')}: arrows scroll`, 'dim')] : []), ...under].slice(0, height).map(row => fitRow(row, width));
};

/** The view with another message chosen: `by` messages on, kept within the week. */
export const chooseMessage = (view: WeekView, by: number): WeekView => ({...view, chosen: Math.min(Math.max(0, view.messages.length - 1), Math.max(0, view.chosen + by))});
