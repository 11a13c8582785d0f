// A lease that was never given back: its holder is gone, and jobs of its epoch may still be changing the dataset. They
// are waited for before the first change of the new epoch.
import type {LeaseHold} from '../ports/lease.js';
import type {EventStream} from './event-stream.js';
import type {Ports} from './task.js';

/**
 * Waits for the jobs that an abandoned lease left running; nothing is cancelled, since nobody here knows what they are for.
 * @throws WarehouseError when they can't be found or waited for: then nothing may be changed yet.
 */
export const settlePrevious = async ({stream, ports}: {readonly stream: Pick<EventStream, 'tell'>; readonly ports: Pick<Ports, 'warehouse'>}, previous: LeaseHold['previous'], signal: AbortSignal): Promise<void> => {
	if (previous === undefined) {
		return;
	}

	const {run, epoch, holder} = previous;
	const jobs = await ports.warehouse.listRunningJobs(`eros_${run}_${epoch}_`);
	const taken = `took over from ${holder}, whose run ${run} never gave its lease of epoch ${epoch} back`;
	stream.tell({type: 'log.written', data: {level: 'warning', text: jobs.length === 0 ? `${taken}; none of its jobs is running` : `${taken}; waiting for ${jobs.length} of its jobs`}});
	for (const {id} of jobs) {
		const {error} = await ports.warehouse.waitForJob(id, signal);
		stream.tell({type: 'log.written', data: {level: 'info', text: error === undefined ? 'a job of the run before has ended' : `a job of the run before ended: ${error.message}`, job: id}});
	}
};
