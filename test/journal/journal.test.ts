import {appendFile, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {runId, taskId} from '../../source/domain/ids.js';
import type {JournaledEvent} from '../../source/domain/events.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {sealPath} from '../../source/journal/seal.js';
import {findRun, JournalDamagedError, JournalLockedError, openJournal, readJournal, readJournalBytes, runFolder, tailJournal, type OpenedJournal} from '../../source/journal/index.js';

let folder: string;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'eros-journal-'));
	file = path.join(folder, 'journal.ndjson');
});

afterEach(async () => {
	await rm(folder, {recursive: true, force: true});
});

const open = async (change: Partial<Parameters<typeof openJournal>[0]> = {}): Promise<OpenedJournal> =>
	openJournal({path: file, run: runId('7f3a91c2'), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: 'tester', ...change});

const aLine = (text: string) => ({type: 'log.written', data: {level: 'info', text}} as const);

const write = async (count: number): Promise<void> => {
	const journal = await open();
	await Promise.all(Array.from({length: count}, async (_, index) => journal.append(aLine(`line ${index} ✓ ${'x'.repeat(index % 7)}`))));
	await journal.close();
};

describe('a journal', () => {
	it('keeps events in the order they were appended, numbered and chained', async () => {
		await write(50);
		const {events, problem, tornBytes} = await readJournal(file);
		expect(problem).toBeUndefined();
		expect(tornBytes).toBe(0);
		expect(events.map(({seq}) => seq)).toEqual(Array.from({length: 50}, (_, index) => index + 1));
		expect(events.slice(1).every((event, index) => event.prevHash === events[index]!.hash)).toBe(true);
	});

	it('cuts off a torn last line and says so', async () => {
		await write(3);
		const {size} = await stat(file);
		await appendFile(file, '{"v":1,"seq":4,"wall":17');
		const journal = await open();
		expect(journal.past.map(({type}) => type)).toEqual(['log.written', 'log.written', 'log.written', 'journal.repaired']);
		expect(journal.past.at(-1)?.data).toEqual({droppedBytes: 24});
		await journal.append(aLine('goes on'));
		await journal.close();
		const bytes = await readFile(file);
		expect(bytes.subarray(0, size).includes(Buffer.from('"wall":17'))).toBe(true);
		expect((await readJournal(file)).problem).toBeUndefined();
	});

	it('detects every change of a single byte', async () => {
		await write(12);
		const good = await readFile(file);
		const before = readJournalBytes(good).events.length;
		fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({min: 1, max: 255}), (at, flip) => {
			const bad = Uint8Array.from(good);
			bad[at]! ^= flip;
			const {problem, tornBytes, events} = readJournalBytes(bad);
			return problem !== undefined || tornBytes > 0 || events.length !== before;
		}), {numRuns: 1000});
	});

	it('refuses to go on after a damaged line', async () => {
		await write(5);
		const text = await readFile(file, 'utf8');
		await writeFile(file, text.replace('line 2', 'line 9'));
		await expect(open()).rejects.toThrow(JournalDamagedError);
		expect((await readJournal(file)).problem).toMatchObject({line: 3});
		// The refusal left no lock behind: reading and another try are free.
		await expect(open()).rejects.toThrow(JournalDamagedError);
	});

	it('has one writer, and takes over from one that is gone', async () => {
		const journal = await open();
		await expect(open()).rejects.toThrow(JournalLockedError);
		await journal.close();
		await writeFile(`${file}.lock`, JSON.stringify({...thisProcess(), startTicks: '1'}));
		const next = await open();
		await next.close();
		await expect(stat(`${file}.lock`)).rejects.toThrow('ENOENT');
	});

	it('keeps secrets out', async () => {
		const journal = await open({secrets: ['https://chat.example/secret-path']});
		await journal.append(aLine('sent to https://chat.example/secret-path with Bearer abcdefghijklmnop and ya29.a0AfH6SMBxxxxxxxxxx'));
		await journal.append(aLine('smtp://mailer:hunter22@mail.example:587 password=hunter22 https://hooks.slack.com/services/T0/B0/abc'));
		await journal.close();
		const text = await readFile(file, 'utf8');
		for (const secret of ['secret-path', 'abcdefghijklmnop', 'a0AfH6SMB', 'hunter22', 'T0/B0/abc']) {
			expect(text).not.toContain(secret);
		}

		expect((await readJournal(file)).problem).toBeUndefined();
	});

	it('knows how far it reached, and refuses to go on when its end is missing', async () => {
		await write(5);
		const lines = (await readFile(file, 'utf8')).split('\n');
		for (const kept of [0, 1, 4]) {
			await writeFile(file, lines.slice(0, kept).map(line => `${line}\n`).join(''));
			expect((await readJournal(file)).problem).toMatchObject({line: kept + 1, reason: `its end is missing: it reached event 5, and ends after ${kept}`});
			await expect(open()).rejects.toThrow('eros-tui show 7f3a91c2');
		}

		await writeFile(file, lines.join('\n'));
		expect((await readJournal(file)).problem).toBeUndefined();
		// What was appended after the last seal is no damage: a killed writer leaves it so.
		const journal = await open();
		await journal.append(aLine('six'));
		expect((await readJournal(file)).problem).toBeUndefined();
		await journal.close();
	});

	it('is refused when another journal of the same length stands in its place', async () => {
		await write(5);
		const seal = await readFile(sealPath(file), 'utf8');
		await rm(file);
		await rm(sealPath(file));
		await write(5);
		await writeFile(sealPath(file), seal);
		expect((await readJournal(file)).problem?.reason).toBe('event 5 is not the one that stood there');
	});

	it('is followed by another reader as it grows', async () => {
		const journal = await open();
		await journal.append(aLine('first'));
		const stop = new AbortController();
		const tail = tailJournal(file, createSystemClock(), stop.signal);
		const first = await tail.next();
		const waiting = tail.next();
		await journal.append(aLine('second'));
		const second = await waiting;
		expect([first.value, second.value].map(event => ((event as JournaledEvent).data as {text: string}).text)).toEqual(['first', 'second']);
		stop.abort();
		expect((await tail.next()).done).toBe(true);
		await journal.close();
	});

	it('is found by the beginning of its run', async () => {
		const env = {EROS_HOME: folder};
		const target = {project: 'test-project', dataset: 'eros'};
		for (const id of ['7f3a91c2', '7f00aaaa']) {
			const journal = await open({path: runFolder(env, target, runId(id)).journal, run: runId(id)});
			await journal.append({type: 'step.started', data: {task: taskId('0.1'), attempt: 1}});
			await journal.close();
		}

		expect(await findRun(env, '7f3a')).toMatchObject({kind: 'found', run: {run: '7f3a91c2', target: 'test-project.eros'}});
		expect(await findRun(env, '7f')).toMatchObject({kind: 'ambiguous'});
		expect(await findRun(env, undefined)).toMatchObject({kind: 'found'});
		expect(await findRun(env, 'ffff')).toEqual({kind: 'none'});
	});
});
