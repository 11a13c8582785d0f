// A disk that is full, for real: the kernel refuses the write.
import {mkdtemp, readFile, rm, symlink} from 'node:fs/promises';
import {open as openFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {runId, taskId} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {isProcessAlive, thisProcess} from '../../source/host/process-identity.js';
import {JournalWriteError, openJournal, readJournal, type OpenedJournal} from '../../source/journal/index.js';

let folder: string;
let file: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'eros-full-'));
	file = path.join(folder, 'journal.ndjson');
});

afterEach(async () => {
	vi.restoreAllMocks();
	await rm(folder, {recursive: true, force: true});
});

const open = async (): Promise<OpenedJournal> => openJournal({path: file, run: runId('7f3a91c2'), clock: createSystemClock(), writer: thisProcess(), isAlive: isProcessAlive, actor: 'tester'});
const aStep = {type: 'step.started', data: {task: taskId('1.1'), attempt: 1}} as const;

describe('a journal on a full disk', () => {
	it.skipIf(process.platform !== 'linux')('rejects the event that has no room, and every later one, in words', async () => {
		await symlink('/dev/full', file);
		const journal = await open();
		const told: string[] = [];
		journal.subscribe(({type}) => {
			told.push(type);
		});
		const [first, second] = await Promise.allSettled([journal.append(aStep), journal.append(aStep)]);
		for (const outcome of [first, second]) {
			expect(outcome).toMatchObject({status: 'rejected', reason: {name: 'JournalWriteError', lastSeq: 0, message: expect.stringContaining('the disk is full (ENOSPC). Nothing more was started; events up to 0 are safe. Make room, then: eros-tui deploy --resume 7f3a91c2') as string}});
		}

		await expect(journal.append(aStep)).rejects.toThrow(JournalWriteError);
		expect(told).toEqual([]);
		expect(journal.failure()?.message).toContain('ENOSPC');
		await journal.close();
	});

	it('rejects an event whose sync fails: what is not on the disk was not told', async () => {
		const journal = await open();
		await journal.append(aStep);
		const probe = await openFile(file, 'r');
		const sync = vi.spyOn(Object.getPrototypeOf(probe) as {datasync: () => Promise<void>}, 'datasync').mockRejectedValueOnce(Object.assign(new Error('no space left on device, fdatasync'), {code: 'ENOSPC'}));
		await probe.close();
		await expect(journal.append(aStep)).rejects.toThrow('events up to 1 are safe');
		await expect(journal.append(aStep)).rejects.toThrow('ENOSPC');
		expect(sync).toHaveBeenCalledTimes(1);
		await journal.close();
		// The line was written all the same; reading it back finds a whole journal.
		expect((await readJournal(file)).problem).toBeUndefined();
		expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2);
	});
});
