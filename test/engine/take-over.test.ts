// Taking over a lease that was never given back: what its epoch left running comes first.
import {afterEach, describe, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import {WarehouseError, type JobStatus} from '../../source/ports/warehouse.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {aProductionRun} from './support/production-run.js';
import {cleanUpTestRuns, createMemoryLease} from './support/test-run.js';

afterEach(cleanUpTestRuns);

const abandoned = (): ReturnType<typeof createMemoryLease> => {
	const lease = createMemoryLease();
	const {acquire} = lease;
	lease.acquire = async holder => ({...await acquire(holder), previous: {run: 'aaaa0000', epoch: 3, holder: 'ana'}});
	return lease;
};

const left: JobStatus = {id: jobId('eros_aaaa0000_3_51_s4_9f2c5e01ab37_a1'), state: 'RUNNING', createdMs: 1, billedBytes: 0, processedBytes: 0, childJobs: 0};

describe('an abandoned lease', () => {
	it('is taken over only once the jobs of its epoch have ended', async () => {
		const warehouse = createMemoryWarehouse();
		const asked: string[] = [];
		warehouse.listRunningJobs = async prefix => {
			asked.push(prefix);
			return [left];
		};
		let end: (() => void) | undefined;
		const {waitForJob} = warehouse;
		const waits = new Promise<void>(inside => {
			warehouse.waitForJob = async (id, signal) => {
				if (id !== left.id) {
					return waitForJob(id, signal);
				}

				inside();
				await new Promise<void>(resolve => {
					end = resolve;
				});
				return {...left, state: 'DONE'};
			};
		});
		const run = await aProductionRun({warehouse, lease: abandoned()});
		await waits;
		expect(asked).toEqual(['eros_aaaa0000_3_']);
		expect(run.all('lease.taken')).toEqual([]);
		expect(warehouse.submissions.filter(({mutates}) => mutates.includes('eros'))).toEqual([]);
		end?.();
		expect(await run.session.finished).toBe(0);
		expect(warehouse.ran.filter(({mutates}) => mutates.includes('eros'))).toHaveLength(2);
		expect(run.all('log.written').map(({text}) => text).join('\n')).toContain('took over from ana, whose run aaaa0000 never gave its lease of epoch 3 back; waiting for 1 of its jobs');
	});

	it('changes nothing and gives the lease back when those jobs can not be asked for', async () => {
		const warehouse = createMemoryWarehouse();
		warehouse.listRunningJobs = async () => {
			throw new WarehouseError('forbidden', 'Access Denied: bigquery.jobs.listAll');
		};
		const lease = abandoned();
		const run = await aProductionRun({warehouse, lease});
		expect(await run.session.finished).not.toBe(0);
		expect(lease.log).toEqual(['acquired 1', 'released']);
		expect(warehouse.ran.filter(({mutates}) => mutates.includes('eros'))).toEqual([]);
	});
});
