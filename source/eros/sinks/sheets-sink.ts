// Schedules in a Google spreadsheet: one tab a page, over the public REST surface. Cleared, written, formatted, read back.
import type {AuthClient} from 'google-auth-library';
import type {Clock} from '../../ports/clock.js';
import type {Schedule} from '../envelope.js';
import {toCsvRows} from './csv-row.js';
import type {ScheduleSink} from './sink.js';

export type SheetsSinkOptions = {
	readonly spreadsheetId: string;
	/** Credentials with access to the spreadsheet, for example a service account that the sheet is shared with. */
	readonly auth: Pick<AuthClient, 'request'>;
	readonly clock: Pick<Clock, 'pause'>;
	readonly baseUrl?: string;
};

const columnTitles = ['Schedule ID', 'Creator/Page', 'Day of Week', 'Send Time', 'Type', 'Caption ID', 'Caption Text', 'Price Tier', 'Category', 'Has Urgency', 'Performance Score'] as const;
const requestLimitMs = 30_000;
const batchRows = 500;
const batchPauseMs = 500;
const retryPauseMs = [1000, 2000, 4000] as const;

type Cell = string | number;

/** Name of a page's tab: at most 100 characters, without what a tab name may not hold. */
export const tabName = (pageName: string): string => pageName.replaceAll(/[[\]*?:/\\]/g, '').slice(0, 100);

/** Cells of a schedule under the header. Ids are text, so that nothing rounds them. */
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

type SheetInfo = {readonly properties: {readonly sheetId: number; readonly title: string}; readonly bandedRanges?: readonly unknown[]};

const isTransient = (error: unknown): boolean => {
	const {status, response} = error as {readonly status?: number | string; readonly response?: {readonly status?: number}};
	const code = Number(response?.status ?? status);
	return code === 429 || code >= 500;
};

const formatRequests = ({properties: {sheetId}, bandedRanges}: SheetInfo): readonly unknown[] => [
	{
		repeatCell: {
			range: {sheetId, startRowIndex: 0, endRowIndex: 1},
			cell: {userEnteredFormat: {backgroundColor: {red: 0x42 / 255, green: 0x85 / 255, blue: 0xf4 / 255}, textFormat: {bold: true, foregroundColor: {red: 1, green: 1, blue: 1}}}},
			fields: 'userEnteredFormat(backgroundColor,textFormat)',
		},
	},
	{updateSheetProperties: {properties: {sheetId, gridProperties: {frozenRowCount: 1}}, fields: 'gridProperties.frozenRowCount'}},
	{repeatCell: {range: {sheetId, startRowIndex: 1, startColumnIndex: 6, endColumnIndex: 7}, cell: {userEnteredFormat: {wrapStrategy: 'WRAP'}}, fields: 'userEnteredFormat.wrapStrategy'}},
	{
		repeatCell: {
			range: {sheetId, startRowIndex: 1, startColumnIndex: 10, endColumnIndex: 11},
			cell: {userEnteredFormat: {numberFormat: {type: 'PERCENT', pattern: '0.00%'}}},
			fields: 'userEnteredFormat.numberFormat',
		},
	},
	...(bandedRanges && bandedRanges.length > 0
		? []
		: [{addBanding: {bandedRange: {range: {sheetId, startColumnIndex: 0, endColumnIndex: columnTitles.length}, rowProperties: {headerColor: {red: 0x42 / 255, green: 0x85 / 255, blue: 0xf4 / 255}, firstBandColor: {red: 1, green: 1, blue: 1}, secondBandColor: {red: 0.95, green: 0.95, blue: 0.95}}}}}]),
];

/** Writes a page's schedule into its tab. Rate limits and server errors are tried again after 1, 2 and 4 s. */
export const createSheetsSink = ({spreadsheetId, auth, clock, baseUrl = 'https://sheets.googleapis.com'}: SheetsSinkOptions): ScheduleSink => {
	const root = `${baseUrl}/v4/spreadsheets/${encodeURIComponent(spreadsheetId)}`;
	const call = async <Answer>(method: 'GET' | 'POST', path: string, data?: unknown, signal?: AbortSignal): Promise<Answer> => {
		for (let attempt = 0; ; attempt += 1) {
			try {
				// Attempts follow one another.
				const response = await auth.request<Answer>({url: `${root}${path}`, method, timeout: requestLimitMs, retry: false, ...(data !== undefined && {data}), ...(signal && {signal})});
				return response.data;
			} catch (error) {
				const waitMs = retryPauseMs[attempt];
				if (waitMs === undefined || !isTransient(error)) {
					throw error;
				}

				await clock.pause(waitMs, signal);
			}
		}
	};

	const findTab = async (title: string, signal?: AbortSignal): Promise<SheetInfo | undefined> => {
		const {sheets = []} = await call<{readonly sheets?: readonly SheetInfo[]}>('GET', '?fields=sheets(properties(sheetId,title),bandedRanges(bandedRangeId))', undefined, signal);
		return sheets.find(sheet => sheet.properties.title === title);
	};

	const openTab = async (title: string, signal?: AbortSignal): Promise<SheetInfo> => {
		const found = await findTab(title, signal);
		if (found) {
			return found;
		}

		const {replies} = await call<{readonly replies: readonly {readonly addSheet: SheetInfo}[]}>('POST', ':batchUpdate', {requests: [{addSheet: {properties: {title}}}]}, signal);
		return replies[0]!.addSheet;
	};

	return {
		format: 'SHEETS',
		async write(schedule, signal) {
			const title = tabName(schedule.page_name);
			const range = `'${title.replaceAll("'", "''")}'`;
			const cells = toCells(schedule);
			const tab = await openTab(title, signal);
			await call('POST', '/values:batchClear', {ranges: [range]}, signal);
			for (let from = 0; from < cells.length; from += batchRows) {
				if (from > 0) {
					// The service limits writes a minute.
					await clock.pause(batchPauseMs, signal);
				}

				// RAW: a cell is never run as a formula, and an id stays the text it is.
				await call('POST', '/values:batchUpdate', {valueInputOption: 'RAW', data: [{range: `${range}!A${from + 1}`, majorDimension: 'ROWS', values: cells.slice(from, from + batchRows)}]}, signal);
			}

			await call('POST', ':batchUpdate', {requests: formatRequests(tab)}, signal);
			const {values = []} = await call<{readonly values?: readonly (readonly Cell[])[]}>('GET', `/values/${encodeURIComponent(`${range}!A1:K${cells.length}`)}?valueRenderOption=UNFORMATTED_VALUE`, undefined, signal);
			// The service leaves out empty cells at the end of a row.
			const isEqual = values.length === cells.length && cells.every((row, index) => row.every((cell, column) => cell === (values[index]?.[column] ?? '')));
			if (!isEqual) {
				throw new Error(`Tab ${title} does not hold what was written; open the spreadsheet and look at it.`);
			}

			return {destination: `sheet tab ${title}`, messageCount: cells.length - 1, detail: `${cells.length - 1} rows, ${columnTitles.length} columns, read back equal`};
		},
	};
};

/**
 * The sink with Application Default Credentials.
 * @returns undefined when no spreadsheet is configured.
 */
export const createConfiguredSheetsSink = async (spreadsheetId: string | undefined, clock: Pick<Clock, 'pause'>): Promise<ScheduleSink | undefined> => {
	if (spreadsheetId === undefined) {
		return undefined;
	}

	const {GoogleAuth} = await import('google-auth-library');
	const auth = await new GoogleAuth({scopes: ['https://www.googleapis.com/auth/spreadsheets']}).getClient();
	return createSheetsSink({spreadsheetId, auth, clock});
};
