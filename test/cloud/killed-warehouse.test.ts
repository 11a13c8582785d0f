// kill -9 of the warehouse's own process at seeded moments while clients work: every job is DONE with its effects exactly once,
// or has none, or is a script whose children say which of its statements are committed. Nobody restarts anything by hand.
// A failure prints its seed; EROS_SEED=N chooses the same moments again, EROS_KILLS=N makes it longer.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {connect, type Connection} from '../../source/cloud/connect.js';
import {stopEmbedded} from '../../source/cloud/embedded.js';
import {jobId, type JobId} from '../../source/domain/ids.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {WarehouseError, type JobStatus} from '../../source/ports/warehouse.js';
import {production, testProject} from './loopback.js';

const clock = createSystemClock();
const kills = Number(process.env['EROS_KILLS'] ?? 4);
const seed = Number(process.env['EROS_SEED'] ?? 20_251_103);
const dataset = `${production}_scratch_kill`;
const at = `${testProject}.${dataset}`;
let home = '';
let connection: Connection;

const createRandom = (start: number): (() => number) => {
	let state = start >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
};

/** Tries again while the warehouse is away: what a person or the engine would do. */
const insist = async <T>(work: () => Promise<T>): Promise<T> => {
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof WarehouseError) || (error.kind !== 'network' && error.kind !== 'backend')) {
				throw error;
			}

			await clock.pause(10);
		}
	}
};

const runJob = async (id: string, sql: string): Promise<JobStatus> => {
	const {warehouse} = connection.embedded!.seed;
	await insist(async () => {
		try {
			await warehouse.submit({id: jobId(id), sql, maximumBytesBilled: 1e12, timeoutMs: 60_000, labels: {}, mutates: [dataset]});
		} catch (error) {
			if (!(error instanceof WarehouseError) || error.kind !== 'duplicate') {
				throw error;
			}
		}
	});
	return insist(async () => warehouse.waitForJob(jobId(id)));
};

const mustRun = async (id: string, sql: string): Promise<void> => {
	expect((await runJob(id, sql)).error, sql).toBeUndefined();
};

const killNow = async (): Promise<void> => {
	const {pid} = connection.embedded!.instance;
	process.kill(pid, 'SIGKILL');
	// The next request brings it back; this one only makes sure that there is one.
	await expect.poll(async () => {
		await insist(async () => connection.warehouse.listDatasets());
		return connection.embedded!.instance.pid;
	}, {timeout: 60_000, interval: 20}).not.toBe(pid);
};

const rowsOf = async <R extends Readonly<Record<string, unknown>>>(sql: string): Promise<readonly R[]> => (await insist(async () => connection.warehouse.query<R>(sql))).rows;

beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'eros-killed-warehouse-'));
	connection = await connect({kind: 'embedded', project: testProject, dataset: production, location: 'US', env: {}, clock, dataFolder: path.join(home, 'warehouse'), idleMinutes: 2});
	await connection.warehouse.createDataset(dataset, {labels: {kept: 'yes'}});
	await mustRun('lay_out_1', `CREATE TABLE \`${at}.effects\` (job_id STRING, part INT64)`);
	await mustRun('lay_out_2', `CREATE TABLE \`${at}.tally\` (n INT64)`);
	await mustRun('lay_out_3', `INSERT INTO \`${at}.tally\` (n) VALUES (0)`);
	await mustRun('lay_out_4', `CREATE PROCEDURE \`${at}.both\`(id STRING) BEGIN DECLARE seen INT64; SET seen = (SELECT COUNT(*) FROM \`${at}.effects\`); BEGIN TRANSACTION; INSERT INTO \`${at}.effects\` (job_id, part) VALUES (id, 0); INSERT INTO \`${at}.effects\` (job_id, part) VALUES (id, 1); COMMIT TRANSACTION; END`);
});
afterAll(async () => {
	await connection.close();
	await stopEmbedded(path.join(home, 'warehouse'), clock);
	await rm(home, {recursive: true, force: true});
});

type Kind = {readonly name: string; readonly parts: number; readonly isAtomic: boolean; readonly sql: (id: string) => string};

const insert = (id: string, part: number): string => `INSERT INTO \`${at}.effects\` (job_id, part) VALUES ('${id}', ${part})`;
const kinds: readonly Kind[] = [
	{name: 'insert', parts: 1, isAtomic: true, sql: id => insert(id, 0)},
	{name: 'merge', parts: 2, isAtomic: true, sql: id => `MERGE \`${at}.effects\` t USING (SELECT part FROM UNNEST([0, 1]) AS part) s ON FALSE WHEN NOT MATCHED THEN INSERT (job_id, part) VALUES ('${id}', s.part)`},
	{name: 'transaction', parts: 2, isAtomic: true, sql: id => `BEGIN TRANSACTION; ${insert(id, 0)}; ${insert(id, 1)}; COMMIT TRANSACTION;`},
	{name: 'call', parts: 2, isAtomic: true, sql: id => `CALL \`${at}.both\`('${id}')`},
	{name: 'script', parts: 3, isAtomic: false, sql: id => `${insert(id, 0)}; ${insert(id, 1)}; SELECT 1; ${insert(id, 2)};`},
	{name: 'tally', parts: 0, isAtomic: true, sql: () => `UPDATE \`${at}.tally\` SET n = n + 1 WHERE TRUE`},
	{name: 'table', parts: 0, isAtomic: true, sql: id => `CREATE TABLE \`${at}.made_${id}\` AS SELECT '${id}' AS job_id`},
];

describe('a warehouse that is killed', () => {
	it(`does every job exactly once or not at all (seed ${seed}, ${kills} kills)`, async () => {
		const random = createRandom(seed);
		const done = new Map<string, {readonly kind: Kind; readonly status: JobStatus}>();
		let isOver = false;
		let made = 0;
		const worker = async (name: string): Promise<void> => {
			for (let turn = 0; !isOver; turn += 1) {
				const kind = kinds[Math.floor(random() * kinds.length)]!;
				const id = `w${name}_${turn}_${kind.name}`;
				made += 1;
				done.set(id, {kind, status: await runJob(id, kind.sql(id))});
			}
		};

		const workers = ['a', 'b', 'c'].map(async name => worker(name));
		for (let kill = 0; kill < kills; kill += 1) {
			const before = done.size;
			await clock.pause(random() * 120);
			if (kill % 2 === 0) {
				await expect.poll(() => done.size, {timeout: 60_000, interval: 5}).toBeGreaterThan(before);
			}

			await killNow();
		}

		isOver = true;
		await Promise.all(workers);
		expect(done.size).toBe(made);
		const parts = new Map<string, number[]>();
		for (const {job_id: id, part} of await rowsOf<{job_id: string; part: number}>(`SELECT job_id, part FROM \`${at}.effects\` ORDER BY job_id, part`)) {
			parts.set(id, [...parts.get(id) ?? [], part]);
		}

		const tables = new Set((await connection.warehouse.listTables(dataset)).map(({name}) => name));
		
		for (const [id, {kind, status}] of done) {
			const found = parts.get(id) ?? [];
			const say = `${id} ended ${status.error?.message ?? 'well'}; seed ${seed}`;
			expect(tables.has(`made_${id}`), say).toBe(kind.name === 'table' && status.error === undefined);
			if (status.error === undefined) {
				expect(found, say).toEqual(Array.from({length: kind.parts}, (_item, index) => index));
				continue;
			}

			if (kind.isAtomic) {
				expect(found, say).toEqual([]);
				continue;
			}


			const children = await connection.warehouse.listChildJobs(status.id);
			const committed = children.filter(child => child.statementType === 'INSERT' && child.error === undefined).length;
			expect(found, say).toEqual(Array.from({length: committed}, (_item, index) => index));
			expect(status.error.message, say).toMatch(/^The warehouse stopped during this script\. Committed: statement 1 \(INSERT\)/);
			expect(status.error.reason).toBe('internalError');
		}

		const tallied = [...done.values()].filter(({kind, status}) => kind.name === 'tally' && status.error === undefined).length;
		expect(await rowsOf(`SELECT n FROM \`${at}.tally\``)).toEqual([{n: tallied}]);
		const unexpected = [...done].filter(([, {kind, status}]) => kind.isAtomic && status.error !== undefined && !status.error.message.includes('Transaction is aborted due to concurrent update')).map(([id, {status}]) => `${id}: ${status.error?.reason ?? ''} ${status.error?.message ?? ''}`);
		// An accepted job without effect is run again under its id: nobody has to submit it anew.
		expect(unexpected).toEqual([]);
		expect((await connection.warehouse.findDataset(dataset))?.labels).toEqual({kept: 'yes'});
		// The job table itself: one top-level job an id, all of them over.
		const jobs = await rowsOf<{job_id: string; n: number; states: string}>("SELECT job_id, COUNT(*) AS n, STRING_AGG(state) AS states FROM `region-us`.INFORMATION_SCHEMA.JOBS WHERE STARTS_WITH(job_id, 'w') AND parent_job_id IS NULL GROUP BY job_id");
		expect(jobs.length).toBe(made);
		expect(jobs.every(job => job.n === 1 && job.states === 'DONE')).toBe(true);
	}, 60_000 + (kills * 20_000));

	it('fires a scheduled query exactly once for each instant, whatever moment it dies at', async () => {
		const random = createRandom(seed + 1);
		const {seed: unguarded, drive} = connection.embedded!;
		const startMs = Date.parse('2026-11-03T18:00:00Z');
		await drive.set(startMs);
		await mustRun('lay_out_fired', `CREATE TABLE \`${at}.fired\` (run_time TIMESTAMP)`);
		const spec = {displayName: 'hourly', schedule: 'every 1 hours', startTimeMs: startMs + 1_800_000, query: `INSERT INTO \`${at}.fired\` (run_time) VALUES (@run_time)`, notifyOnFailure: false};
		const {name} = await insist(async () => unguarded.schedules.upsert(dataset, spec, {isDisabled: false}));
		const hours = 6 * Math.max(1, Math.ceil(kills / 6));
		const move = insist(async () => drive.advanceTo(startMs + (hours * 3_600_000)));
		for (let kill = 0; kill < Math.ceil(kills / 3); kill += 1) {
			await clock.pause(random() * 100);
			await killNow();
		}

		await move;
		await insist(async () => unguarded.schedules.setDisabled(name, true));
		expect(await drive.now()).toBeGreaterThanOrEqual(startMs + (hours * 3_600_000));
		const expected = Array.from({length: hours}, (_item, hour) => ({run_time: new Date(startMs + 1_800_000 + (hour * 3_600_000)).toISOString().replace('.000Z', 'Z')}));
		expect(await rowsOf(`SELECT run_time FROM \`${at}.fired\` ORDER BY run_time`), `seed ${seed}`).toEqual(expected);
		const runs = await insist(async () => unguarded.schedules.runs(name));
		expect(runs.map(run => run.state)).toEqual(expected.map(() => 'SUCCEEDED'));
		expect((await connection.embedded!.seed.schedules.list(dataset)).map(({isDisabled}) => isDisabled)).toEqual([true]);
	}, 60_000 + (kills * 20_000));

	it('gives back the rows of a job that was done before', async () => {
		const id = 'read_before_kill';
		await runJob(id, 'SELECT 42 AS n');
		await killNow();
		expect((await insist(async () => connection.warehouse.readRows(id as JobId))).rows).toEqual([{n: 42}]);
	});
});
