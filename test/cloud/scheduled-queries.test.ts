// Scheduled queries through the official client, and the warehouse's clock that fires them.
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {ScheduledQuerySpec} from '../../source/ports/scheduled-queries.js';
import {production, startLoopback, type Loopback} from './loopback.js';

let loopback: Loopback;
const dataset = `${production}_staging_1`;
const startMs = Date.parse('2025-10-31T19:00:00Z');
const hourMs = 3_600_000;

beforeAll(async () => {
	loopback = await startLoopback();
	const {seed, drive} = loopback.connection.embedded!;
	await drive.set(startMs);
	await seed.warehouse.createDataset(dataset, {});
	await seed.warehouse.createDataset(production, {});
});
afterAll(async () => {
	await loopback.close();
});

const aSpec = (more: Partial<ScheduledQuerySpec> = {}): ScheduledQuerySpec => ({displayName: 'EROS: health_check', schedule: 'every 1 hours', startTimeMs: Date.parse('2025-10-31T00:37:00Z'), query: 'SELECT 1 AS n', notifyOnFailure: true, ...more});

describe('scheduled queries', () => {
	it('are created disabled, adopted by name, and patched', async () => {
		const {schedules} = loopback.connection;
		const created = await schedules.upsert(dataset, aSpec(), {isDisabled: true});
		expect(created).toMatchObject({displayName: 'EROS: health_check', dataset, isDisabled: true, schedule: 'every 1 hours', query: 'SELECT 1 AS n', notifyOnFailure: true, startTimeMs: Date.parse('2025-10-31T00:37:00Z')});
		expect(created.nextRunMs).toBeUndefined();
		const again = await schedules.upsert(dataset, aSpec({query: 'SELECT 2 AS n', schedule: 'every 6 hours'}), {isDisabled: true});
		expect(again.name).toBe(created.name);
		expect(await schedules.list(dataset)).toMatchObject([{query: 'SELECT 2 AS n', schedule: 'every 6 hours'}]);
		const enabled = await schedules.setDisabled(created.name, false);
		expect(enabled).toMatchObject({isDisabled: false, nextRunMs: Date.parse('2025-11-01T00:37:00Z')});
		await schedules.remove(created.name);
		expect(await schedules.list(dataset)).toEqual([]);
	});

	it('refuse to change production without authority', async () => {
		const {schedules, embedded} = loopback.connection;
		await expect(schedules.upsert(production, aSpec(), {isDisabled: true})).rejects.toMatchObject({kind: 'refused'});
		const seeded = await embedded!.seed.schedules.upsert(production, aSpec(), {isDisabled: true});
		await expect(schedules.setDisabled(seeded.name, false)).rejects.toMatchObject({kind: 'refused'});
		await expect(schedules.remove(seeded.name)).rejects.toMatchObject({kind: 'refused'});
		await embedded!.seed.schedules.remove(seeded.name);
	});

	it('say what is wrong with a schedule', async () => {
		await expect(loopback.connection.schedules.upsert(dataset, aSpec({schedule: 'at noon'}), {isDisabled: true})).rejects.toMatchObject({kind: 'invalid'});
	});

	it('fire in order while the clock is driven, each as a job with @run_time', async () => {
		const {schedules, warehouse, embedded} = loopback.connection;
		const hourly = await schedules.upsert(dataset, aSpec({displayName: 'hourly', query: 'SELECT @run_time AS run_time'}), {isDisabled: false});
		const daily = await schedules.upsert(dataset, aSpec({displayName: 'daily', schedule: 'every day 21:07', startTimeMs: startMs}), {isDisabled: false});
		const failing = await schedules.upsert(dataset, aSpec({displayName: 'failing', schedule: 'every day 22:01', startTimeMs: startMs, query: 'SELECT nope'}), {isDisabled: false});
		const fired = await embedded!.drive.advanceTo(startMs + (4 * hourMs));
		expect(fired.map(run => new Date(run.runTimeMs).toISOString().slice(11, 16))).toEqual(['19:37', '20:37', '21:07', '21:37', '22:01', '22:37']);
		expect(await embedded!.drive.now()).toBeGreaterThanOrEqual(startMs + (4 * hourMs));
		const runs = await schedules.runs(hourly.name);
		expect(runs.map(run => run.state)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
		expect(runs.at(-1)?.runTimeMs).toBe(Date.parse('2025-10-31T19:37:00Z'));
		expect(runs.at(-1)?.startedMs).toBeGreaterThanOrEqual(Date.parse('2025-10-31T19:37:00Z'));
		expect(await schedules.runs(daily.name)).toHaveLength(1);
		expect(await schedules.runs(failing.name)).toMatchObject([{state: 'FAILED', errorMessage: expect.stringContaining('Unrecognized name: nope') as string}]);
		const first = fired[0];
		const {rows} = await warehouse.readRows(first!.jobId as Parameters<typeof warehouse.readRows>[0]);
		expect(Object.values(rows[0] ?? {})).toContain('2025-10-31T19:37:00Z');
	});
});
