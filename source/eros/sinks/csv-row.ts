// The CSV contract: eleven columns, CRLF, RFC 4180 quotes, ids as text, no cell that a spreadsheet would run.
import {parse} from 'csv-parse/sync';
import {stringify} from 'csv-stringify/sync';
import type {Schedule} from '../envelope.js';

export const csvColumns = ['schedule_id', 'page_name', 'day_of_week', 'scheduled_send_time', 'message_type', 'caption_id', 'caption_text', 'price_tier', 'content_category', 'has_urgency', 'performance_score'] as const;
export type CsvColumn = (typeof csvColumns)[number];
export type CsvRow = Readonly<Record<CsvColumn, string>>;

const tierNames = {budget: 'Budget', mid: 'Mid', premium: 'Premium', bump: 'Free'} as const;

/** Rows of a schedule in time order, as they are before the spreadsheet's apostrophe. */
export const toCsvRows = (schedule: Pick<Schedule, 'schedule_id' | 'page_name' | 'messages'>): readonly CsvRow[] =>
	[...schedule.messages]
		.sort((a, b) => a.index - b.index)
		.map(message => ({
			schedule_id: schedule.schedule_id,
			page_name: schedule.page_name,
			day_of_week: message.day_of_week,
			scheduled_send_time: message.send_local,
			message_type: message.type,
			caption_id: message.caption_id,
			caption_text: message.caption_text,
			price_tier: tierNames[message.tier],
			content_category: message.category,
			has_urgency: message.has_urgency ? 'True' : 'False',
			performance_score: message.performance_score.toFixed(2),
		}));

const formulaStart = /^[=+\-@\t\r]/;

/** A leading apostrophe keeps a spreadsheet from running the cell; one that is there already is doubled by another. */
const guard = (cell: string): string => (formulaStart.test(cell) || /^'+[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
const unguard = (cell: string): string => (/^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const mapCells = (row: CsvRow, change: (cell: string) => string): CsvRow =>
	Object.fromEntries(csvColumns.map(column => [column, column === 'caption_id' ? row[column] : change(row[column])])) as CsvRow;

const byteOrderMark = '\uFEFF';

/** Writes rows under the header line. A byte order mark helps older spreadsheets to see UTF-8. */
export const formatCsv = (rows: readonly CsvRow[], options: {readonly hasByteOrderMark?: boolean} = {}): string => {
	const text = stringify(rows.map(row => mapCells(row, guard)), {columns: [...csvColumns], header: true, record_delimiter: '\r\n', quoted_match: /[\r\n]|^-?\d{16,}$/});
	return `${options.hasByteOrderMark ? byteOrderMark : ''}${text}`;
};

/**
 * Reads a CSV of this contract back.
 * @throws Error when the header is not the eleven columns in order, or a line has another number of cells.
 */
export const parseCsv = (text: string): readonly CsvRow[] => {
	const [header = [], ...lines] = parse(text, {bom: true, record_delimiter: '\r\n'}) as string[][];
	if (header.length !== csvColumns.length || csvColumns.some((column, index) => header[index] !== column)) {
		throw new Error(`The CSV has the columns ${header.join(', ')}; expected ${csvColumns.join(', ')}.`);
	}

	return lines.map(line => mapCells(Object.fromEntries(csvColumns.map((column, index) => [column, line[index] ?? ''])) as CsvRow, unguard));
};

/** The first difference between two sets of rows in words, or undefined when they are equal. */
export const differenceOf = (expected: readonly CsvRow[], actual: readonly CsvRow[]): string | undefined => {
	if (expected.length !== actual.length) {
		return `${actual.length} rows read back, ${expected.length} written`;
	}

	for (const [index, row] of expected.entries()) {
		const column = csvColumns.find(name => row[name] !== actual[index]?.[name]);
		if (column) {
			return `row ${index + 1}, ${column}: ${JSON.stringify(actual[index]?.[column])} read back, ${JSON.stringify(row[column])} written`;
		}
	}

	return undefined;
};
