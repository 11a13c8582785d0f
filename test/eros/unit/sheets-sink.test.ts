import {createServer, type IncomingMessage, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {OAuth2Client} from 'google-auth-library';
import {afterEach, describe, expect, it} from 'vitest';
import {createSheetsSink, tabName, toCells} from '../../../source/eros/sinks/sheets-sink.js';
import {aSchedule} from '../support/a-schedule.js';

type Call = {readonly method: string; readonly path: string; readonly body: Record<string, any>; readonly authorization: string | undefined};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
	let text = '';
	for await (const chunk of request) {
		text += String(chunk);
	}

	return text;
};

type Refusal = {readonly status: number; readonly message: string};

/** What the public service refuses; undefined when it takes the call. */
const refusalOf = ({authorization, path, body}: Call, tabs: readonly string[]): Refusal | undefined => {
	if (authorization !== 'Bearer loopback') {
		return {status: 401, message: 'no credentials'};
	}

	if (!path.startsWith('/v4/spreadsheets/sheet-1')) {
		return {status: 404, message: 'no such spreadsheet'};
	}

	if (path.endsWith('/values:batchUpdate') && !['RAW', 'USER_ENTERED'].includes(body['valueInputOption'])) {
		return {status: 400, message: "'valueInputOption' is required but not specified"};
	}

	const ranges: string[] = path.endsWith('/values:batchClear') ? body['ranges'] : path.endsWith('/values:batchUpdate') ? body['data'].map(({range}: {range: string}) => range) : [];
	const lost = ranges.find(range => !tabs.some(tab => range.startsWith(`'${tab}'`)));
	if (lost !== undefined) {
		return {status: 400, message: `Unable to parse range: ${lost}`};
	}

	const [{addSheet} = {addSheet: undefined}] = (body['requests'] ?? []) as [{addSheet?: {properties: {title: string}}}];
	return addSheet && tabs.includes(addSheet.properties.title) ? {status: 400, message: 'A sheet with that name already exists'} : undefined;
};

/** A spreadsheet on loopback that keeps what is written, answers what the public service would and refuses what it refuses. */
const createSheetServer = async (options: {readonly failures?: number[]; readonly tabs?: string[]; readonly damages?: boolean; readonly dropsAdding?: boolean; readonly hasBands?: boolean} = {}) => {
	const calls: Call[] = [];
	const agents = new Set<string | undefined>();
	const tabs = options.tabs ?? [];
	const failures = [...(options.failures ?? [])];
	let isDropping = options.dropsAdding ?? false;
	let values: unknown[][] = [];
	const server: Server = createServer(async (request, response) => {
		const text = await bodyOf(request);
		const path = decodeURIComponent(request.url ?? '');
		const body = text === '' ? {} : (JSON.parse(text) as Record<string, any>);
		const call = {method: request.method ?? '', path, body, authorization: request.headers.authorization};
		calls.push(call);
		agents.add(request.headers['user-agent']);
		response.setHeader('content-type', 'application/json');
		const refuse = (status: number, message: string): void => {
			response.statusCode = status;
			response.end(JSON.stringify({error: {code: status, message}}));
		};

		const failure = failures.shift();
		const refusal = failure === undefined ? refusalOf(call, tabs) : {status: failure, message: 'no'};
		if (refusal) {
			refuse(refusal.status, refusal.message);
			return;
		}

		if (path.endsWith('/values:batchClear')) {
			values = [];
			response.end('{}');
		} else if (path.endsWith('/values:batchUpdate')) {
			values = body['data'].flatMap((range: {values: unknown[][]}) => range.values);
			response.end('{}');
		} else if (path.endsWith(':batchUpdate')) {
			const [{addSheet}] = body['requests'];
			if (addSheet) {
				tabs.push(addSheet.properties.title);
			}

			if (addSheet && isDropping) {
				isDropping = false;
				response.destroy();
				return;
			}

			response.end(JSON.stringify({replies: []}));
		} else if (path.includes('/values/')) {
			response.end(JSON.stringify({values: options.damages ? values.slice(1) : values}));
		} else {
			response.end(JSON.stringify({sheets: tabs.map((title, index) => ({properties: {sheetId: index + 40, title}, ...(options.hasBands && {bandedRanges: [{bandedRangeId: 1}]})}))}));
		}
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {calls, agents, tabs, server, rootUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`};
};

const auth = new OAuth2Client();
auth.setCredentials({access_token: 'loopback', expiry_date: Date.UTC(2100, 0)});
let server: Server | undefined;
afterEach(() => {
	server?.close();
	server?.closeAllConnections();
});

const write = async (options: Parameters<typeof createSheetServer>[0] = {}) => {
	const sheet = await createSheetServer(options);
	server = sheet.server;
	const waits: number[] = [];
	const sink = createSheetsSink({spreadsheetId: 'sheet-1', auth, rootUrl: sheet.rootUrl, clock: {async pause(ms) {
		waits.push(ms);
	}}});
	const outcome = sink.write(aSchedule());
	await outcome.catch(() => {});
	return {...sheet, waits, outcome};
};

describe('the spreadsheet sink', () => {
	it('makes the tab, clears, writes raw values, formats and reads back, all through the official client', async () => {
		const {calls, agents, outcome} = await write();
		await expect(outcome).resolves.toEqual({destination: 'sheet tab test_creator', messageCount: 20, detail: '20 rows, 11 columns, read back equal'});
		expect(calls.map(call => `${call.method} ${call.path.replace(/\?.*/, '')}`)).toEqual([
			'GET /v4/spreadsheets/sheet-1',
			'POST /v4/spreadsheets/sheet-1:batchUpdate',
			'GET /v4/spreadsheets/sheet-1',
			'POST /v4/spreadsheets/sheet-1/values:batchClear',
			'POST /v4/spreadsheets/sheet-1/values:batchUpdate',
			'POST /v4/spreadsheets/sheet-1:batchUpdate',
			"GET /v4/spreadsheets/sheet-1/values/'test_creator'!A1:K21",
		]);
		expect(calls.every(call => call.authorization === 'Bearer loopback')).toBe(true);
		expect([...agents]).toEqual([expect.stringContaining('google-api-nodejs-client')]);
		const update = calls[4]!.body;
		expect(update['valueInputOption']).toBe('RAW');
		expect(update['data'][0].range).toBe("'test_creator'!A1");
		expect(update['data'][0].values[0]).toEqual(['Schedule ID', 'Creator/Page', 'Day of Week', 'Send Time', 'Type', 'Caption ID', 'Caption Text', 'Price Tier', 'Category', 'Has Urgency', 'Performance Score']);
		expect(update['data'][0].values.slice(1).every((cells: unknown[]) => typeof cells[5] === 'string' && typeof cells[10] === 'number' && ['Yes', 'No'].includes(String(cells[9])))).toBe(true);
		const formats = JSON.stringify(calls[5]!.body);
		expect(calls[5]!.body['requests'].every((request: object) => JSON.stringify(request).includes('"sheetId":40'))).toBe(true);
		expect(formats).toContain('"frozenRowCount":1');
		expect(formats).toContain('"pattern":"0.00%"');
		expect(formats).toContain('"wrapStrategy":"WRAP"');
		expect(formats).toContain('addBanding');
		expect(calls[5]!.body['requests']).toContainEqual({repeatCell: {range: {sheetId: 40, startRowIndex: 1, startColumnIndex: 3, endColumnIndex: 4}, cell: {userEnteredFormat: {numberFormat: {type: 'DATE_TIME', pattern: 'yyyy-mm-dd hh:mm:ss'}}}, fields: 'userEnteredFormat.numberFormat'}});
		const sent = update['data'][0].values.slice(1).map((cells: unknown[]) => new Date(Date.UTC(1899, 11, 30) + Math.round(Number(cells[3]) * 86_400) * 1000).toISOString().slice(0, 19).replace('T', ' '));
		expect(sent).toEqual(aSchedule().messages.map(message => message.send_local));
	});

	it('formats the header, freezes it, and bands the rows of a tab that has no bands yet', async () => {
		const {calls, outcome} = await write();
		await outcome;
		const requests = calls.find(call => JSON.stringify(call.body).includes('frozenRowCount'))!.body['requests'] as readonly Record<string, any>[];
		expect(requests[0]).toEqual({repeatCell: {
			range: {sheetId: 40, startRowIndex: 0, endRowIndex: 1},
			cell: {userEnteredFormat: {backgroundColor: {red: 0x42 / 255, green: 0x85 / 255, blue: 0xf4 / 255}, textFormat: {bold: true, foregroundColor: {red: 1, green: 1, blue: 1}}}},
			fields: 'userEnteredFormat(backgroundColor,textFormat)',
		}});
		expect(requests.map(request => Object.keys(request)[0])).toEqual(['repeatCell', 'updateSheetProperties', 'repeatCell', 'repeatCell', 'repeatCell', 'addBanding']);
		expect(requests.slice(2, 5).map(({repeatCell}) => [repeatCell.range.startColumnIndex, repeatCell.range.endColumnIndex, repeatCell.range.startRowIndex])).toEqual([[3, 4, 1], [6, 7, 1], [10, 11, 1]]);
		server?.close();
		const banded = await write({tabs: ['test_creator'], hasBands: true});
		await banded.outcome;
		// A second band over the first is refused by the service.
		expect(banded.calls.filter(call => JSON.stringify(call.body).includes('addBanding'))).toEqual([]);
		expect(banded.calls.filter(call => JSON.stringify(call.body).includes('frozenRowCount'))).toHaveLength(1);
	});

	it('clears the tab before it writes, so that nothing of a longer week stays', async () => {
		const {calls, outcome} = await write({tabs: ['test_creator']});
		await outcome;
		const order = calls.map(call => call.path.replace(/\?.*/, '').replace(/.*[:/]/, ''));
		expect(order.indexOf('batchClear')).toBeLessThan(order.indexOf('batchUpdate'));
		expect(calls.find(call => call.path.endsWith('/values:batchClear'))!.body).toEqual({ranges: ["'test_creator'"]});
	});

	it('uses the tab that is there', async () => {
		const {calls, outcome} = await write({tabs: ['other', 'test_creator']});
		await outcome;
		expect(calls.filter(call => JSON.stringify(call.body).includes('addSheet'))).toEqual([]);
	});

	it('tries again after 1, 2 and 4 s on a rate limit or a server error, and gives up then', async () => {
		const recovered = await write({failures: [429, 503, 500]});
		await recovered.outcome;
		expect(recovered.waits).toEqual([1000, 2000, 4000]);
		const lost = await write({failures: [503, 503, 503, 503]});
		await expect(lost.outcome).rejects.toThrow();
		expect(lost.calls).toHaveLength(4);
	});

	it('tries again when the connection breaks, and takes the tab whose making was not answered', async () => {
		const {tabs, waits, outcome} = await write({dropsAdding: true});
		await expect(outcome).resolves.toMatchObject({messageCount: 20});
		expect(tabs).toEqual(['test_creator']);
		expect(waits).toEqual([1000]);
	});

	it.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'ENETUNREACH', 'EHOSTUNREACH'])('tries again after %s, also where it is the cause of the error', async code => {
		const sheet = await createSheetServer();
		server = sheet.server;
		const failures = [Object.assign(new Error(`getaddrinfo ${code} oauth2.googleapis.com`), {code}), new TypeError('fetch failed', {cause: Object.assign(new Error(code), {code})})];
		const unreachable = new OAuth2Client();
		unreachable.setCredentials({access_token: 'loopback', expiry_date: Date.UTC(2100, 0)});
		const request = unreachable.request.bind(unreachable) as (options: object) => Promise<never>;
		unreachable.request = async options => {
			const failure = failures.shift();
			if (failure) {
				throw failure;
			}

			return request(options);
		};

		const waits: number[] = [];
		const sink = createSheetsSink({spreadsheetId: 'sheet-1', auth: unreachable, rootUrl: sheet.rootUrl, clock: {async pause(ms) {
			waits.push(ms);
		}}});
		await expect(sink.write(aSchedule())).resolves.toMatchObject({messageCount: 20});
		expect(waits).toEqual([1000, 2000]);
	});

	it('does not repeat a refused call', async () => {
		const {calls, outcome} = await write({failures: [403]});
		await expect(outcome).rejects.toThrow();
		expect(calls).toHaveLength(1);
	});

	it('fails when the tab does not hold what was written', async () => {
		const {outcome} = await write({damages: true});
		await expect(outcome).rejects.toThrow(/does not hold/);
	});

	it('keeps tab names legal', () => {
		expect(tabName('a[b]*?:/\\c')).toBe('abc');
		expect(tabName('x'.repeat(150))).toHaveLength(100);
		expect(toCells(aSchedule())).toHaveLength(21);
	});
});
