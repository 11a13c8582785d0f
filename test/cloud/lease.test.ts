// Two operators, one dataset: the lease through labels and If-Match on a real server.
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {createDatasetLease} from '../../source/cloud/bigquery/lease.js';
import {adminRequest} from '../../source/cloud/embedded.js';
import {jobId} from '../../source/domain/ids.js';
import type {Clock} from '../../source/ports/clock.js';
import {LeaseHeldError, type Lease} from '../../source/ports/lease.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {startLoopback, type Loopback} from './loopback.js';

let loopback: Loopback;
let counter = 0;
let dataset = '';
let nowMs = 0;
let beats: Array<() => void> = [];

/** Time that stands still until the test moves it; heartbeats fire when the test says. */
const clock: Clock = {
	...createSystemClock(),
	now: () => nowMs,
	every(_ms, tick) {
		beats.push(tick);
		return {
			[Symbol.dispose]() {
				beats = beats.filter(beat => beat !== tick);
			},
		};
	},
};

const aLease = (): Lease => createDatasetLease({warehouse: loopback.connection.embedded!.seed.warehouse, dataset, clock});

beforeAll(async () => {
	loopback = await startLoopback();
});
afterAll(async () => {
	await loopback.close();
});
beforeEach(async () => {
	counter += 1;
	dataset = `leased_${counter}`;
	nowMs = Date.parse('2025-10-31T19:00:00Z');
	beats = [];
	await loopback.connection.embedded!.seed.warehouse.createDataset(dataset, {});
});

describe('the lease', () => {
	it('counts epochs on, and says who holds it', async () => {
		const first = aLease();
		expect(await first.acquire({run: 'r1', actor: 'Ana@Example.com'})).toEqual({epoch: 1, holder: 'ana_example_com', untilMs: nowMs + 60_000});
		await expect(aLease().acquire({run: 'r2', actor: 'ben'})).rejects.toMatchObject({name: 'LeaseHeldError', holder: 'ana_example_com'});
		await first.release();
		expect(first.current()).toBeUndefined();
		expect((await aLease().acquire({run: 'r2', actor: 'ben'})).epoch).toBe(2);
	});

	it('says who holds it, where, in which run and since when, and what may be done', async () => {
		await createDatasetLease({warehouse: loopback.connection.embedded!.seed.warehouse, dataset, clock, host: 'Desk-7'}).acquire({run: '7f3a91c2', actor: 'ana'});
		nowMs += 20_000;
		const refusal: unknown = await aLease().acquire({run: 'r2', actor: 'ben'}).catch((error: unknown) => error);
		expect(refusal).toBeInstanceOf(LeaseHeldError);
		expect((refusal as LeaseHeldError).message).toBe('The dataset is being changed by ana on desk-7, run 7f3a91c2, since 19:00:00 UTC. Its lease is renewed until that is done and runs out at 19:01:00 UTC when its holder is gone; whoever starts after that takes over by itself.');
	});

	it('names whom it was taken over from, and nobody when it was given back', async () => {
		const first = aLease();
		await first.acquire({run: 'r1', actor: 'ana'});
		nowMs += 60_001;
		const second = aLease();
		expect((await second.acquire({run: 'r2', actor: 'ben'})).previous).toEqual({run: 'r1', epoch: 1, holder: 'ana'});
		await second.release();
		expect((await aLease().acquire({run: 'r3', actor: 'ana'})).previous).toBeUndefined();
	});

	it('stops some seconds before it runs out, in case clocks differ', async () => {
		const lease = aLease();
		await lease.acquire({run: 'r1', actor: 'ana'});
		nowMs += 55_000;
		expect(lease.current()).toBeUndefined();
		await expect(lease.assertHeld()).rejects.toMatchObject({reason: 'leaseLost'});
	});

	it('finds what an epoch left running', async () => {
		const {embedded} = loopback.connection;
		await adminRequest(loopback.instance, 'POST', 'faults', {kind: 'stuck-job', name: 'stuck'});
		const {warehouse} = embedded!.seed;
		const id = jobId(`eros_run${counter}_3_51_s1_9f2c5e01ab37_a1`);
		await warehouse.submit({id, sql: 'SELECT 1', maximumBytesBilled: 1e9, timeoutMs: 60_000, labels: {eros_run: 'r'}, mutates: []});
		expect((await warehouse.listRunningJobs(`eros_run${counter}_3_`)).map(job => job.id)).toEqual([id]);
		expect(await warehouse.listRunningJobs(`eros_run${counter}_4_`)).toEqual([]);
		await warehouse.cancelJob(id);
		await warehouse.waitForJob(id);
		expect(await warehouse.listRunningJobs(`eros_run${counter}_3_`)).toEqual([]);
		await adminRequest(loopback.instance, 'DELETE', 'faults');
	});

	it('is taken over after it expired, and the old holder freezes', async () => {
		const first = aLease();
		await first.acquire({run: 'r1', actor: 'ana'});
		nowMs += 60_001;
		const second = aLease();
		expect((await second.acquire({run: 'r2', actor: 'ben'})).epoch).toBe(2);
		await expect(first.assertHeld()).rejects.toMatchObject({kind: 'refused', reason: 'leaseLost'});
		expect(first.current()).toBeUndefined();
		await first.release();
		expect((await second.assertHeld()).epoch).toBe(2);
	});

	it('goes on after a crash of the same run without waiting', async () => {
		await aLease().acquire({run: 'r1', actor: 'ana'});
		expect((await aLease().acquire({run: 'r1', actor: 'ana'})).epoch).toBe(2);
	});

	it('is extended by its heartbeat', async () => {
		const lease = aLease();
		await lease.acquire({run: 'r1', actor: 'ana'});
		nowMs += 50_000;
		for (const beat of beats) {
			beat();
		}

		await expect.poll(() => lease.current()?.untilMs).toBe(nowMs + 60_000);
		nowMs += 50_000;
		expect((await lease.assertHeld()).epoch).toBe(1);
	});

	it('lets exactly one of many win', async () => {
		const outcomes = await Promise.allSettled(Array.from({length: 6}, async (_unused, index) => aLease().acquire({run: `r${index}`, actor: `operator_${index}`})));
		const won = outcomes.filter(outcome => outcome.status === 'fulfilled');
		expect(won).toHaveLength(1);
		for (const outcome of outcomes) {
			if (outcome.status === 'rejected') {
				expect(outcome.reason).toBeInstanceOf(LeaseHeldError);
			}
		}
	});

	it('keeps other labels', async () => {
		const {warehouse} = loopback.connection.embedded!.seed;
		const info = await warehouse.findDataset(dataset);
		await warehouse.setDatasetLabels(dataset, info!.etag, {team: 'eros'});
		const lease = aLease();
		await lease.acquire({run: 'r1', actor: 'ana'});
		await lease.release();
		expect((await warehouse.findDataset(dataset))?.labels).toEqual({team: 'eros', eros_epoch: '1'});
	});
});
