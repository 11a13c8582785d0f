// Where schedules go: what is opened for the formats that were asked for, and what is said when the spreadsheet can't be.
import {generateKeyPairSync} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {PassThrough} from 'node:stream';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {createSinks, readFormats, type ScheduleFormat} from '../../../source/commands/schedule-sinks.js';
import {createMemoryFiles} from '../support/memory-files.js';
import {createVirtualClock} from '../support/virtual-clock.js';

const sheetId = 'a-spreadsheet-of-the-house';

let folder: string;
let metadata: Server;
let asked: string[];
let warnings: Error[];
const onWarning = (warning: Error): void => void warnings.push(warning);
const metadataHost = process.env['GCE_METADATA_HOST'];

// A machine whose metadata address answers in a way that nobody expects, as a company's proxy does.
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'eros-sinks-'));
	asked = [];
	warnings = [];
	metadata = createServer((request, response) => {
		asked.push(request.url ?? '');
		response.statusCode = 403;
		response.end('blocked');
	});
	await new Promise<void>(resolve => {
		metadata.listen(0, '127.0.0.1', resolve);
	});
	process.env['GCE_METADATA_HOST'] = `127.0.0.1:${(metadata.address() as AddressInfo).port}`;
	process.on('warning', onWarning);
});
afterEach(() => {
	process.off('warning', onWarning);
	metadata.close();
	metadata.closeAllConnections();
	rmSync(folder, {recursive: true, force: true});
	if (metadataHost === undefined) {
		delete process.env['GCE_METADATA_HOST'];
	} else {
		process.env['GCE_METADATA_HOST'] = metadataHost;
	}
});

const open = async ({sheet = sheetId, env = {}, formats: asked}: {readonly sheet?: string | null; readonly env?: Readonly<Record<string, string>>; readonly formats?: readonly ScheduleFormat[]} = {}) => {
	const stderr = new PassThrough();
	const connection = {settings: {sheetId: sheet ?? undefined} as never, files: createMemoryFiles(), clock: createVirtualClock(0)};
	const sinks = await createSinks(connection, {cwd: folder, env: {HOME: folder, ...env}, stderr}, asked, () => undefined as never);
	return {formats: sinks.map(sink => sink.format), told: String(stderr.read() ?? '')};
};

const keyFile = (): string => {
	const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
	const file = path.join(folder, 'key.json');
	writeFileSync(file, JSON.stringify({type: 'service_account', client_email: 'eros@of-scheduler-proj.iam.gserviceaccount.com', private_key: privateKey.export({type: 'pkcs8', format: 'pem'}), project_id: 'of-scheduler-proj'}));
	return file;
};

describe('the spreadsheet of the settings', () => {
	it('without credentials is left out and told; nothing asks the network where it runs, and nothing else is printed', async () => {
		const {formats, told} = await open();
		expect(formats).toEqual(['CSV']);
		expect(told).toMatch(/^warning: the spreadsheet is left out: There are no Google credentials on this machine\./);
		expect(asked).toEqual([]);
		expect(warnings).toEqual([]);
	});

	it('is opened with the credentials that BigQuery is asked with', async () => {
		const {formats, told} = await open({env: {GOOGLE_APPLICATION_CREDENTIALS: keyFile()}});
		expect(formats).toEqual(['CSV', 'SHEETS']);
		expect(told).toBe('');
		expect(asked).toEqual([]);
	});

	it('is not opened where none is configured', async () => {
		expect(await open({sheet: null})).toEqual({formats: ['CSV'], told: ''});
	});
});

describe('the formats that are asked for', () => {
	it('are the file of the contract, and the spreadsheet where one is configured, unless told otherwise', async () => {
		const env = {GOOGLE_APPLICATION_CREDENTIALS: keyFile()};
		expect((await open({env})).formats).toEqual(['CSV', 'SHEETS']);
		expect((await open({env, formats: ['csv']})).formats).toEqual(['CSV']);
		expect((await open({env, formats: ['json', 'sheets']})).formats).toEqual(['JSON', 'SHEETS']);
		expect((await open({env, formats: []})).formats).toEqual([]);
	});

	it('are all opened or the command ends: a spreadsheet that was asked for is not left out', async () => {
		await expect(open({formats: ['csv', 'sheets']})).rejects.toThrow(/There are no Google credentials on this machine/);
	});

	it.each([
		[undefined, undefined],
		['csv', ['csv']],
		['sheets, csv,csv', ['sheets', 'csv']],
	])('%j is read as %j', (value, formats) => {
		expect(readFormats(value, sheetId)).toEqual({formats});
	});

	it('refuse a spreadsheet where none is configured', () => {
		expect(readFormats('csv,sheets', undefined)).toEqual({problem: {field: '--format', value: 'csv,sheets', accepted: 'csv, json, or both; no spreadsheet is configured', fix: 'Name it with EROS_SHEET_ID, the part of its address between /d/ and /edit'}});
	});
});
