// `eros-tui health --errors --drift --captions`: what stands behind a score, from the queries of sql/monitoring.
import type {UsageProblem} from '../domain/usage-error.js';
import {formatCount} from '../domain/wording/amount.js';
import type {Row} from '../ports/warehouse.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import type {MonitoringQueries} from './ask-monitoring.js';

const reportNames = ['errors', 'drift', 'captions'] as const;
export type ReportName = (typeof reportNames)[number];
export type Report = {readonly name: ReportName; readonly rows: readonly Row[]; readonly lines: readonly string[]; readonly level: Level};

/** How bad the worst row is; the exit code of the command: nothing, something to look at, something to mend now. */
export type Level = 0 | 1 | 2;

const levels: Readonly<Record<string, Level>> = {CRITICAL: 2, WARNING: 1, DROP: 1};
const levelOf = (value: unknown): Level => levels[String(value)] ?? 0;
const worst = (rows: readonly Row[], column: string): Level => Math.max(0, ...rows.map(row => levelOf(row[column]))) as Level;

/** Which reports are asked for, in the order they are printed. */
export const readReports = (options: Readonly<Record<string, unknown>>): readonly ReportName[] => reportNames.filter(name => options[name] === true);

const mostDays = 90;
const defaultDays = 7;

/** The days to look back, or what is wrong with them. */
export const readDays = (value: unknown): {readonly days: number} | {readonly problem: UsageProblem} => {
	const text = value === undefined ? String(defaultDays) : String(value);
	const days = Number(text);
	return /^\d+$/.test(text) && days >= 1 && days <= mostDays
		? {days}
		: {problem: {field: '--days', value: text, accepted: `a whole number from 1 to ${mostDays}: drift compares as many days before`, fix: 'eros-tui health --errors --days 7'}};
};

const text = (value: unknown): string => sanitizeLine(String(value ?? '-'));
const change = (value: unknown): string => (value === null || value === undefined ? '-' : `${Number(value) < 0 ? '-' : '+'}${Math.abs(Number(value) * 100).toFixed(1)} %`);

/** Cells as columns: the first and the last to the left, numbers between to the right. */
const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
	const count = Math.max(...rows.map(row => row.length));
	const widths = Array.from({length: count}, (_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
	return rows.map(row => `  ${row.map((cell, column) => (column === 0 || column === count - 1 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`.trimEnd());
};

const longestMessage = 100;

const errorLines = (rows: readonly Row[], days: number): readonly string[] =>
	rows.length === 0
		? [`no failed query in ${formatCount(days, 'day')}`]
		: [
			`failed queries of ${formatCount(days, 'day')}, newest first`,
			...rows.map(row => `  ${text(row['hour_in_business_time'])}  ${text(row['level']).padEnd(8)}  ${text(row['errors'])} x ${text(row['reason'])}: ${text(row['message']).slice(0, longestMessage)}  (job ${text(row['newest_job'])})`),
		];

const verdicts = ['DROP', 'OK', 'NO_DATA'];

const driftLines = (rows: readonly Row[], days: number): readonly string[] => {
	if (rows.length === 0) {
		return [`no page sent anything in ${formatCount(2 * days, 'day')}`];
	}

	const count = (verdict: string): number => rows.filter(row => row['verdict'] === verdict).length;
	const ordered = [...rows].sort((a, b) => verdicts.indexOf(String(a['verdict'])) - verdicts.indexOf(String(b['verdict'])));
	return [
		`pages, ${formatCount(days, 'day')} against the ${days} before: ${count('DROP')} dropped, ${count('OK')} fine, ${count('NO_DATA')} without enough messages`,
		...columns([
			['page', 'EMV', 'views', 'conversion', 'messages', 'before', ''],
			...ordered.map(row => [text(row['page_name']), change(row['emv_change']), change(row['view_rate_change']), change(row['conversion_change']), text(row['messages']), text(row['former_messages']), row['verdict'] === 'OK' ? '' : text(row['verdict'])]),
		]),
	];
};

const captionLines = (rows: readonly Row[]): readonly string[] =>
	rows.length === 0
		? ['the caption bank is empty']
		: [
			'captions by tier',
			...columns([
				['tier', 'captions', 'available', 'reserved', 'resting', 'free to use', ''],
				...rows.map(row => [...['tier', 'captions', 'available', 'reserved', 'resting', 'free_to_use'].map(name => text(row[name])), row['level'] === 'INFO' ? '' : text(row['level'])]),
			]),
		];

/** Asks the query of a report and puts it into lines. */
export const makeReport = async (name: ReportName, days: number, ask: MonitoringQueries['ask']): Promise<Report> => {
	const parameters = [{name: 'days', type: 'INT64', value: days}];
	switch (name) {
		case 'errors': {
			const rows = await ask('sql/monitoring/errors.sql', parameters);
			return {name, rows, lines: errorLines(rows, days), level: worst(rows, 'level')};
		}

		case 'drift': {
			const rows = await ask('sql/monitoring/drift.sql', parameters);
			return {name, rows, lines: driftLines(rows, days), level: worst(rows, 'verdict')};
		}

		case 'captions': {
			const rows = await ask('sql/monitoring/inventory.sql');
			return {name, rows, lines: captionLines(rows), level: worst(rows, 'level')};
		}
	}
};
