// The log pane: which lines are in sight, with search, filter, and what is missed while reading.
import type {LogLine} from '../domain/run-state.js';
import {formatBytes} from '../domain/wording/amount.js';
import {formatClockSeconds} from '../domain/wording/duration.js';
import {padEndCells, padStartCells, truncateEnd, truncateMiddle} from '../terminal/cell-width.js';
import type {LineTest} from './log-book.js';
import {logDuration} from './log-line.js';
import {span, spreadRow, type Row, type Span, type Tone} from './row.js';
import {zoneOf, type Snapshot} from './snapshot.js';

const levels = {debug: 0, info: 1, warning: 2, error: 3} as const;

/** Reads a filter: `level:error`, `lane:a`, `step:2A.3`, anything else is text. Undefined when empty. */
export const parseFilter = (filter: string): LineTest | undefined => {
	const words = filter.trim().toLowerCase().split(/\s+/).filter(word => word !== '');
	if (words.length === 0) {
		return undefined;
	}

	const tests = words.map((word): LineTest => {
		const [key, value = ''] = word.split(':', 2);
		if (key === 'level' && value in levels) {
			return line => levels[line.level] >= levels[value as keyof typeof levels];
		}

		if (key === 'lane') {
			return line => line.lane?.toLowerCase() === value;
		}

		if (key === 'step') {
			return line => line.task?.toLowerCase().startsWith(value) === true;
		}

		return line => line.text.toLowerCase().includes(word);
	});
	return line => tests.every(test => test(line));
};

/** True for lines that contain the text, whatever its case. */
export const searchTest = (text: string): LineTest => {
	const wanted = text.toLowerCase();
	return line => line.text.toLowerCase().includes(wanted);
};

const toneOf = ({level, text}: LogLine): Tone => (level === 'error' ? 'bad' : level === 'warning' ? 'warn' : level === 'debug' ? 'dim' : text.startsWith('✓') ? 'good' : 'plain');

const highlight = (text: string, search: string, tone: Tone): readonly Span[] => {
	const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
	return at < 0 ? [span(text, tone)] : [span(text.slice(0, at), tone), span(text.slice(at, at + search.length), 'selected'), span(text.slice(at + search.length), tone)];
};

/** One line of the log at a width; the job's id and the bytes give way before the text does. */
export const logRow = (line: LogLine, width: number, zone: string, search = ''): Row => {
	const prefix = `${formatClockSeconds(line.atMs, zone)} ${padEndCells(`${line.lane ? `${line.lane} ` : ''}${line.task ?? ''}`, 7)} `;
	const duration = line.durationMs === undefined ? '' : logDuration(line.durationMs);
	const right: Span[] = [];
	if (line.job !== undefined && width >= 110) {
		right.push(span(padEndCells(`job ${truncateMiddle(line.job, 26)}`, 31), 'dim'));
	}

	if (line.billedBytes !== undefined && width >= 96) {
		right.push(span(padStartCells(formatBytes(line.billedBytes), 8), 'dim'));
	}

	if (duration !== '') {
		right.push(span(padStartCells(duration, 8), 'dim'));
	}

	const rightWidth = right.reduce((sum, {text}) => sum + text.length, 0);
	const room = Math.max(8, width - 1 - prefix.length - (rightWidth === 0 ? 0 : rightWidth + 1));
	return spreadRow([span(' '), span(prefix, 'dim'), ...highlight(truncateEnd(line.text, room), search, toneOf(line))], right, width, 1);
};

/** Lines in sight of a pane of `height` rows. */
export const selectLogLines = ({log, view}: Pick<Snapshot, 'log' | 'view'>, height: number, lane?: 'A' | 'B'): readonly LogLine[] => {
	const filter = parseFilter(view.filter);
	const test: LineTest = line => (lane === undefined || line.lane === lane) && (filter === undefined || filter(line));
	if (view.log.kind === 'following') {
		return log.last(height, test);
	}

	const lines = log.before(view.log.anchor, height, test);
	// Near the start of the log there are fewer lines before the anchor than rows: the rest follows it.
	return lines.length < height ? [...lines, ...log.after(view.log.anchor + 1, height - lines.length, test)] : lines;
};

/** Header of the log: following or how much is missed, filter, matches. */
export const logHeader = (snapshot: Snapshot, width: number, isFocused: boolean): Row => {
	const {view, log} = snapshot;
	const unseen = view.log.kind === 'reading' ? log.appended - view.log.appended : 0;
	const state = view.log.kind === 'following' ? 'following' : unseen > 0 ? `reading · ${unseen} new ↓` : 'reading';
	const parts = [
		view.filter === '' ? undefined : `filter ${view.filter}`,
		view.search === '' ? undefined : `search ${view.search}`,
		log.dropped > 0 ? `${log.dropped} older lines are in the journal` : undefined,
	].filter(part => part !== undefined);
	return spreadRow(
		[span(isFocused ? '▸' : ' ', 'accent'), span('Log', isFocused ? 'strong' : 'plain'), span(`   ${state}`, unseen > 0 ? 'warn' : 'dim'), ...(parts.length > 0 ? [span(`   ${truncateEnd(parts.join(' · '), Math.max(0, width - 50))}`, 'accent')] : [])],
		[span('/ search   f filter', 'dim')],
		width,
	);
};

/** The log pane without its header, newest line last. */
export const selectLog = (snapshot: Snapshot, width: number, height: number): readonly Row[] =>
	selectLogLines(snapshot, height).map(line => logRow(line, width, zoneOf(snapshot), snapshot.view.search));
