// The monitoring queries over the warehouse's own job history: what is back-filled, who called, and what a run's jobs did.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import type {QueryParameter, Row} from '../../source/ports/warehouse.js';
import {renderSql, startSql, type Sql} from './support.js';

let sql: Sql;

beforeAll(async () => {
	sql = await startSql();
});
afterAll(async () => {
	await sql.close();
});

const ask = async (file: string, parameters: readonly QueryParameter[]): Promise<readonly Row[]> => sql.rows(await renderSql(`sql/monitoring/${file}`), parameters);

/** Runs a statement as the step of a run, whatever becomes of it. */
const asStep = async (name: string, step: string, text: string, run = '7f3a'): Promise<void> => {
	const id = jobId(name);
	await sql.warehouse.submit({id, sql: text, maximumBytesBilled: 1e10, timeoutMs: 60_000, labels: {eros_run: run, eros_step: step}, mutates: []});
	await sql.warehouse.waitForJob(id);
};

const since: QueryParameter = {name: 'since', type: 'TIMESTAMP', value: '2025-11-03T18:00:00Z'};

describe('the back-fill of a blind window', () => {
	it('tells cost and errors at each missed moment from the job history', async () => {
		await sql.at('2025-11-03T18:05:00Z');
		await sql.rows('SELECT COUNT(*) AS n FROM eros.caption_bank');
		await sql.at('2025-11-03T18:20:00Z');
		await sql.failure('SELECT no_such_column FROM eros.caption_bank');
		await sql.at('2025-11-03T20:00:00Z');
		const moments: QueryParameter = {name: 'moments', type: 'ARRAY<TIMESTAMP>', value: ['2025-11-03T18:01:00Z', '2025-11-03T18:15:00Z', '2025-11-03T18:30:00Z']};
		const rows = await ask('backfill.sql', [moments, since, {name: 'price_per_tib_micros', type: 'INT64', value: 6_250_000}]);
		expect(rows.map(row => Date.parse(String(row['at_time'])) / 60_000 % 60)).toEqual([1, 15, 30]);
		const [before, between, after] = rows.map(row => ({micros: Number(row['since_deploy_micros']), finished: Number(row['jobs_finished']), failed: Number(row['jobs_failed'])}));
		expect(between!.finished - before!.finished).toBe(1);
		expect(after!.finished - between!.finished).toBe(1);
		expect([before!.failed, between!.failed, after!.failed]).toEqual([0, 0, 1]);
		expect(between!.micros).toBeGreaterThan(0);
		expect(after!.micros).toBe(between!.micros);

		// A call that raises has no child that failed; a script has one, and is not counted beside it.
		await sql.at('2025-11-03T20:05:00Z');
		await sql.failure('CALL eros.lock_caption_assignments(\'s\', \'page_01\', [])');
		await sql.failure('DECLARE n INT64; SET n = (SELECT 1 FROM eros.lock_guard); SELECT no_such_column FROM eros.caption_bank');
		await sql.at('2025-11-03T21:00:00Z');
		const [late] = await ask('backfill.sql', [{name: 'moments', type: 'ARRAY<TIMESTAMP>', value: ['2025-11-03T20:30:00Z']}, since, {name: 'price_per_tib_micros', type: 'INT64', value: 6_250_000}]);
		expect(Number(late!['jobs_failed'])).toBe(3);
	});
});

describe('the job history of a run', () => {
	it('tells a failure that stayed from one that a repetition made good, and what destroys', async () => {
		await asStep('eros_7f3a_1_51_s1_aaaa_a1', '5-1', 'SELECT no_such_column FROM eros.caption_bank');
		await asStep('eros_7f3a_1_51_s1_aaaa_a2', '5-1', 'SELECT COUNT(*) AS n FROM eros.caption_bank');
		await asStep('eros_7f3a_1_51_s2_bbbb_a1', '5-1', 'CREATE TABLE eros.passing (n INT64)');
		const count = async (step: string): Promise<Row | undefined> => (await ask('run_jobs.sql', [{name: 'run', type: 'STRING', value: '7f3a'}, {name: 'step', type: 'STRING', value: step}, since]))[0];
		expect(await count('5-1')).toMatchObject({jobs: 3, failed: 0, made_good: 1, destructive: 0, first_error: ''});
		await asStep('eros_7f3a_1_51_s3_cccc_a1', '5-1', 'DROP TABLE eros.passing');
		await asStep('eros_7f3a_1_51_s4_dddd_a1', '5-1', 'SELECT another_column FROM eros.caption_bank');
		expect(await count('5-1')).toMatchObject({jobs: 5, failed: 1, made_good: 1, destructive: 1, first_error: expect.stringContaining('another_column') as string});
		expect(await count('2a-5')).toMatchObject({jobs: 0, failed: 0, destructive: 0});
		expect(await count('')).toMatchObject({jobs: 5});
	});

	it('knows when the restore point had been proven and when production was changed first', async () => {
		const read = async (): Promise<Row | undefined> => (await ask('first_change.sql', [{name: 'run', type: 'STRING', value: '7f3a'}, {name: 'scratch', type: 'STRING', value: '_scratch_'}, {name: 'backup', type: 'STRING', value: '_backup_'}, since]))[0];
		await sql.at('2025-11-03T21:00:00Z');
		await sql.warehouse.createDataset('eros_scratch_7f3a', {});
		await asStep('eros_7f3a_1_2A0_s1_eeee_a1', '2a-0', 'CREATE TABLE eros_scratch_7f3a.t (n INT64)');
		await sql.at('2025-11-03T22:00:00Z');
		await asStep('eros_7f3a_1_2A0_s2_ffff_a1', '2a-0', 'SELECT COUNT(*) AS n FROM eros_scratch_7f3a.t');
		await sql.at('2025-11-03T23:00:00Z');
		await asStep('eros_7f3a_1_51_s5_abab_a1', '5-1', 'CREATE OR REPLACE FUNCTION `test-project.eros.passing`() AS (1)');
		const row = await read();
		expect(String(row?.['proven_at'])).toMatch(/^2025-11-03T22:00:/);
		expect(String(row?.['first_change_at'])).toMatch(/^2025-11-03T23:00:/);
	});

	it('counts a restore point that 5.1 takes anew as proof, not as a change', async () => {
		const read = async (): Promise<Row | undefined> => (await ask('first_change.sql', [{name: 'run', type: 'STRING', value: '8a4b'}, {name: 'scratch', type: 'STRING', value: '_scratch_'}, {name: 'backup', type: 'STRING', value: '_backup_'}, since]))[0];
		await sql.warehouse.createDataset('eros_backup_20251104_000000', {});
		await sql.warehouse.createDataset('eros_scratch_8a4b', {});
		await sql.at('2025-11-04T00:00:00Z');
		await asStep('eros_8a4b_1_51_s1_aaaa_a1', '5-1', 'CREATE SNAPSHOT TABLE `test-project.eros_backup_20251104_000000.feature_flags` CLONE `test-project.eros.feature_flags`', '8a4b');
		await asStep('eros_8a4b_1_51_s2_bbbb_a1', '5-1', 'CREATE TABLE `test-project.eros_scratch_8a4b.feature_flags` CLONE `test-project.eros_backup_20251104_000000.feature_flags`', '8a4b');
		await sql.at('2025-11-04T01:00:00Z');
		await asStep('eros_8a4b_1_51_s3_cccc_a1', '5-1', 'CREATE OR REPLACE FUNCTION `test-project.eros.passing`() AS (2)', '8a4b');
		const row = await read();
		expect(String(row?.['proven_at'])).toMatch(/^2025-11-04T00:00:/);
		expect(String(row?.['first_change_at'])).toMatch(/^2025-11-04T01:00:/);
	});
});

describe('the callers', () => {
	it('are those outside of our runs who spelled an object', async () => {
		const count = async (): Promise<number> => {
			const rows = await ask('callers.sql', [{name: 'names', type: 'ARRAY<STRING>', value: ['available_captions', 'feature_flags']}]);
			return Number(rows.find(row => row['object'] === 'available_captions')?.['jobs'] ?? 0);
		};

		const before = await count();
		await sql.rows('SELECT COUNT(*) AS n FROM eros.available_captions');
		await sql.rows('SELECT COUNT(*) AS n FROM eros.available_captions');
		await asStep('eros_7f3a_1_51_s6_cdcd_a1', '5-1', 'SELECT COUNT(*) AS n FROM eros.available_captions');
		expect(await count()).toBe(before + 2);
	});
});
