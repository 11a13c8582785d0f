// Schedules in a Google spreadsheet through Google's client: one tab a page, cleared, written, formatted, read back.
import type {sheets_v4} from '@googleapis/sheets';
import {Temporal} from 'temporal-polyfill';
import type {Clock} from '../../ports/clock.js';
import type {Schedule} from '../envelope.js';
import {toCsvRows} from './csv-row.js';
import type {ScheduleSink} from './sink.js';

export type SheetsSinkOptions = {
	readonly spreadsheetId: string;
	/** Credentials with access to the spreadsheet, for example a service account that the sheet is shared with. */
	readonly auth: NonNullable<sheets_v4.Options['auth']>;
	readonly clock: Pick<Clock, 'pause'>;
	/** Where the service answers; Google's own address without it. */
	readonly rootUrl?: string;
};

const columnTitles = ['Schedule ID', 'Creator/Page', 'Day of Week', 'Send Time', 'Type', 'Caption ID', 'Caption Text', 'Price Tier', 'Category', 'Has Urgency', 'Performance Score'] as const;
const requestLimitMs = 30_000;
const batchRows = 500;
const batchPauseMs = 500;
const retryPauseMs = [1000, 2000, 4000] as const;

type Cell = string | number;
type Client = sheets_v4.Sheets['spreadsheets'];
/** What each call of the client is given besides its parameters. */
type CallOptions = {readonly timeout: number; readonly retry: false; readonly signal?: AbortSignal};
type Tab = {readonly sheetId: number; readonly hasBands: boolean};

/** Name of a page's tab: at most 100 characters, without what a tab name may not hold. */
export const tabName = (pageName: string): string => pageName.replaceAll(/[[\]*?:/\\]/g, '').slice(0, 100);

/** Cells of a schedule under the header. Ids are text, so that nothing rounds them; the time reads as the page's wall clock. */
export const toCells = (schedule: Schedule): readonly (readonly Cell[])[] => [
	columnTitles,
	...toCsvRows(schedule).map((row): readonly Cell[] => [
		row.schedule_id,
		row.page_name,
		row.day_of_week,
		row.scheduled_send_time,
		row.message_type,
		row.caption_id,
		row.caption_text,
		row.price_tier,
		row.content_category,
		row.has_urgency === 'True' ? 'Yes' : 'No',
		Number(row.performance_score),
	]),
];

/** A wall clock as a spreadsheet counts it, in days since 1899-12-30: only a number takes the format of a date. */
const serialOf = (local: string): number => Temporal.PlainDateTime.from('1899-12-30').until(Temporal.PlainDateTime.from(local.replace(' ', 'T'))).total('days');

const sendTimeColumn = columnTitles.indexOf('Send Time');

/** The cells as the service keeps them: the header as it is, below it the send time as a number. */
const toStored = (cells: readonly (readonly Cell[])[]): readonly (readonly Cell[])[] =>
	cells.map((row, index) => (index === 0 ? row : row.map((cell, column) => (column === sendTimeColumn ? serialOf(String(cell)) : cell))));

/** Less than half a second, in days: what a number may lose on its way without being another instant. */
const sameNumber = 0.4 / 86_400;

const isSameCell = (written: Cell, held: unknown): boolean => (typeof written === 'number' && typeof held === 'number' ? Math.abs(written - held) < sameNumber : written === held);

/** The codes by which a connection says that it did not come about or broke: no name, no route, no answer, cut off. */
const unreachable = /^(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|EPIPE|ENETUNREACH|ENETDOWN|EHOSTUNREACH|EHOSTDOWN|UND_ERR\w*|TimeoutError)$/;

/** Whether the service was busy or out of reach: everything that is written here can be written again. */
const isTransient = (error: unknown): boolean => {
	const {response, code, name, cause} = error as {readonly response?: {readonly status?: number}; readonly code?: unknown; readonly name?: unknown; readonly cause?: unknown};
	if (response?.status !== undefined) {
		return response.status === 429 || response.status >= 500;
	}

	// Clients wrap what the connection said: 'fetch failed' with the reason as its cause.
	return unreachable.test(String(code)) || unreachable.test(String(name)) || (cause instanceof Error && isTransient(cause));
};

const formatRequests = (sheetId: number, hasBands: boolean): sheets_v4.Schema$Request[] => [
	{
		repeatCell: {
			range: {sheetId, startRowIndex: 0, endRowIndex: 1},
			cell: {userEnteredFormat: {backgroundColor: {red: 0x42 / 255, green: 0x85 / 255, blue: 0xf4 / 255}, textFormat: {bold: true, foregroundColor: {red: 1, green: 1, blue: 1}}}},
			fields: 'userEnteredFormat(backgroundColor,textFormat)',
		},
	},
	{updateSheetProperties: {properties: {sheetId, gridProperties: {frozenRowCount: 1}}, fields: 'gridProperties.frozenRowCount'}},
	{
		repeatCell: {
			range: {sheetId, startRowIndex: 1, startColumnIndex: sendTimeColumn, endColumnIndex: sendTimeColumn + 1},
			cell: {userEnteredFormat: {numberFormat: {type: 'DATE_TIME', pattern: 'yyyy-mm-dd hh:mm:ss'}}},
			fields: 'userEnteredFormat.numberFormat',
		},
	},
	{repeatCell: {range: {sheetId, startRowIndex: 1, startColumnIndex: 6, endColumnIndex: 7}, cell: {userEnteredFormat: {wrapStrategy: 'WRAP'}}, fields: 'userEnteredFormat.wrapStrategy'}},
	{
		repeatCell: {
			range: {sheetId, startRowIndex: 1, startColumnIndex: 10, endColumnIndex: 11},
			cell: {userEnteredFormat: {numberFormat: {type: 'PERCENT', pattern: '0.00%'}}},
			fields: 'userEnteredFormat.numberFormat',
		},
	},
	...(hasBands
		? []
		: [{addBanding: {bandedRange: {range: {sheetId, startColumnIndex: 0, endColumnIndex: columnTitles.length}, rowProperties: {headerColor: {red: 0x42 / 255, green: 0x85 / 255, blue: 0xf4 / 255}, firstBandColor: {red: 1, green: 1, blue: 1}, secondBandColor: {red: 0.95, green: 0.95, blue: 0.95}}}}}]),
];

/** Google's client takes a good part of a second to load, so it is loaded by the first write. */
const loadClient = async (auth: SheetsSinkOptions['auth'], rootUrl: string | undefined): Promise<Client> => {
	const {sheets} = await import('@googleapis/sheets');
	return sheets({version: 'v4', auth, ...(rootUrl !== undefined && {rootUrl})}).spreadsheets;
};

/** Writes a page's schedule into its tab. Rate limits, server errors and lost connections are tried again after 1, 2 and 4 s. */
export const createSheetsSink = ({spreadsheetId, auth, clock, rootUrl}: SheetsSinkOptions): ScheduleSink => {
	let client: Promise<Client> | undefined;
	// The client's own retries are off: they wait by a clock that no test and no rehearsal drives.
	const call = async <Answer>(ask: (client: Client, options: CallOptions) => Promise<{readonly data: Answer}>, signal?: AbortSignal): Promise<Answer> => {
		client ??= loadClient(auth, rootUrl);
		const spreadsheets = await client;
		for (let attempt = 0; ; attempt += 1) {
			try {
				// Attempts follow one another.
				const {data} = await ask(spreadsheets, {timeout: requestLimitMs, retry: false, ...(signal && {signal})});
				return data;
			} catch (error) {
				const waitMs = retryPauseMs[attempt];
				if (waitMs === undefined || !isTransient(error)) {
					throw error;
				}

				await clock.pause(waitMs, signal);
			}
		}
	};

	const findTab = async (title: string, signal?: AbortSignal): Promise<Tab | undefined> => {
		const {sheets = []} = await call(async (to, options) => to.get({spreadsheetId, fields: 'sheets(properties(sheetId,title),bandedRanges(bandedRangeId))'}, options), signal);
		const sheet = sheets.find(({properties}) => properties?.title === title);
		return sheet && {sheetId: sheet.properties?.sheetId ?? 0, hasBands: (sheet.bandedRanges ?? []).length > 0};
	};

	const openTab = async (title: string, signal?: AbortSignal): Promise<Tab> => {
		const found = await findTab(title, signal);
		if (found) {
			return found;
		}

		try {
			await call(async (to, options) => to.batchUpdate({spreadsheetId, requestBody: {requests: [{addSheet: {properties: {title}}}]}}, options), signal);
		} catch (error) {
			// A tab whose making was answered too late is refused the second time, and is there.
			const made = await findTab(title, signal).catch(() => undefined);
			if (made) {
				return made;
			}

			throw error;
		}

		const made = await findTab(title, signal);
		if (!made) {
			throw new Error(`Tab ${title} was made and can't be found; open the spreadsheet and look at it.`);
		}

		return made;
	};

	return {
		format: 'SHEETS',
		async write(schedule, signal) {
			const title = tabName(schedule.page_name);
			const range = `'${title.replaceAll("'", "''")}'`;
			const cells = toStored(toCells(schedule));
			const {sheetId, hasBands} = await openTab(title, signal);
			await call(async (to, options) => to.values.batchClear({spreadsheetId, requestBody: {ranges: [range]}}, options), signal);
			for (let from = 0; from < cells.length; from += batchRows) {
				if (from > 0) {
					// The service limits writes a minute.
					await clock.pause(batchPauseMs, signal);
				}

				const values = cells.slice(from, from + batchRows).map(row => [...row]);
				// RAW: a cell is never run as a formula, and an id stays the text it is.
				await call(async (to, options) => to.values.batchUpdate({spreadsheetId, requestBody: {valueInputOption: 'RAW', data: [{range: `${range}!A${from + 1}`, majorDimension: 'ROWS', values}]}}, options), signal);
			}

			await call(async (to, options) => to.batchUpdate({spreadsheetId, requestBody: {requests: formatRequests(sheetId, hasBands)}}, options), signal);
			const {values} = await call(async (to, options) => to.values.get({spreadsheetId, range: `${range}!A1:K${cells.length}`, valueRenderOption: 'UNFORMATTED_VALUE'}, options), signal);
			const held: readonly (readonly unknown[])[] = values ?? [];
			// The service leaves out empty cells at the end of a row.
			const isEqual = held.length === cells.length && cells.every((row, index) => row.every((cell, column) => isSameCell(cell, held[index]?.[column] ?? '')));
			if (!isEqual) {
				throw new Error(`Tab ${title} does not hold what was written; open the spreadsheet and look at it.`);
			}

			return {destination: `sheet tab ${title}`, messageCount: cells.length - 1, detail: `${cells.length - 1} rows, ${columnTitles.length} columns, read back equal`};
		},
	};
};

/**
 * The sink with the credentials of a file. They are named and not searched for: the search asks the network whether this is
 * a machine of Google's, waits for it, and prints a warning of its own where something unexpected answers.
 * @throws Error when the file holds no credentials; asked for now, so that it is told before a page is planned.
 */
export const createConfiguredSheetsSink = async ({spreadsheetId, clock, credentialsFile}: Pick<SheetsSinkOptions, 'spreadsheetId' | 'clock'> & {readonly credentialsFile: string}): Promise<ScheduleSink> => {
	const {GoogleAuth} = await import('google-auth-library');
	const auth = new GoogleAuth({keyFilename: credentialsFile, scopes: ['https://www.googleapis.com/auth/spreadsheets']});
	await auth.getClient();
	return createSheetsSink({spreadsheetId, auth, clock});
};
