// A run whose journal has no room left: it stops before the next effect, says so, and goes on once there is room.
import {spawn} from 'node:child_process';
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {text} from 'node:stream/consumers';
import {afterEach, describe, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import {readJournal} from '../../source/journal/index.js';
import type {JobStatus} from '../../source/ports/warehouse.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {cleanUpTestRuns, manyStatements, startTestRun} from './support/test-run.js';

afterEach(cleanUpTestRuns);

describe('a run on a full disk', () => {
	it('stops before the next effect, in words, and is resumed without running anything twice', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-limited-'));
		// The kernel refuses every write beyond 12 KB; the journal needs about 40.
		const child = spawn('bash', ['-c', 'ulimit -f 12; exec "$0" --import tsx "$@"', process.execPath, path.join(import.meta.dirname, 'support/limited-run.ts'), folder], {stdio: ['ignore', 'pipe', 'inherit'], env: {...process.env, TSX_DISABLE_CACHE: '1'}});
		const said = JSON.parse(await text(child.stdout)) as {readonly code: number; readonly failure: string; readonly submitted: number; readonly finished?: unknown};
		expect(said.code).toBe(1);
		expect(said.finished).toBeUndefined();
		expect(said.failure).toMatch(/the file has reached the size limit of this process \(EFBIG\)\. Nothing more was started; events up to \d+ are safe\. Make room, then: eros-tui deploy --resume 7f3a91c2/);

		const ran = (await readFile(path.join(folder, 'jobs.txt'), 'utf8')).trim().split('\n');
		const {events, problem} = await readJournal(path.join(folder, 'journal.ndjson'));
		expect(problem).toBeUndefined();
		const intended = events.flatMap(event => (event.type === 'job.intended' ? [event.data.job] : []));
		expect(ran.length).toBeGreaterThan(3);
		expect(ran.length).toBeLessThan(40);
		expect(said.submitted).toBe(ran.length);
		// Nothing ran whose intent is not on the disk.
		expect(ran.filter(id => !intended.includes(jobId(id)))).toEqual([]);

		const known = new Map(ran.map(id => [id, {id: jobId(id), state: 'DONE', createdMs: 1, startedMs: 1, endedMs: 2, billedBytes: 0, processedBytes: 0, childJobs: 0, statementType: 'INSERT'} satisfies JobStatus]));
		const warehouse = createMemoryWarehouse();
		const {findJob, waitForJob} = warehouse;
		warehouse.findJob = async id => known.get(id) ?? findJob(id);
		warehouse.waitForJob = async (id, signal) => known.get(id) ?? waitForJob(id, signal);
		const resumed = await startTestRun({folder, warehouse, tasks: manyStatements(40)});
		expect(await resumed.session.finished).toBe(0);
		expect(new Set([...ran.map(id => id.split('_')[5]), ...warehouse.ran.map(({id}) => id.split('_')[5])]).size).toBe(40);
		expect(ran.length + warehouse.ran.length).toBe(40);
	});
});
