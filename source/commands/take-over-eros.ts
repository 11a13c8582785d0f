// A schedule command that was killed keeps the lease for a minute, and captions locked for a schedule that it did not save.
// Who comes next waits for its jobs, gives the captions back and says so: nothing stays locked in silence.
import {formatCount} from '../domain/wording/amount.js';
import type {AgentEnvironment} from '../eros/agent.js';
import {releaseLocksLeftBehind} from '../eros/schedule-store.js';
import type {LeaseHold} from '../ports/lease.js';

/** `page_01 (20), page_02 (14)`. */
const listPages = (pages: ReadonlyMap<string, number>): string => [...pages].map(([page, locks]) => `${page} (${locks})`).join(', ');

/**
 * Settles what the holder before left behind. To be called with the lease held.
 * @param tell takes one sentence at a time.
 * @throws WarehouseError when its jobs can't be found or waited for: then nothing may be changed yet.
 */
export const settleErosPrevious = async (environment: AgentEnvironment, previous: LeaseHold['previous'], {signal, tell}: {readonly signal: AbortSignal; readonly tell: (sentence: string) => void}): Promise<void> => {
	if (previous === undefined) {
		return;
	}

	const {warehouse} = environment;
	const jobs = await warehouse.listRunningJobs(`eros_${previous.run}_`);
	tell(`Took over from ${previous.holder}: its run ${previous.run} never gave the lease back.${jobs.length === 0 ? '' : ` Waiting for ${formatCount(jobs.length, 'job')} that it left running.`}`);
	for (const {id} of jobs) {
		// One after the other: what each of them did has to stand before anything is given back.
		await warehouse.waitForJob(id, signal);
	}

	const pages = await releaseLocksLeftBehind({...environment, signal});
	if (pages.size > 0) {
		const locks = [...pages.values()].reduce((sum, count) => sum + count, 0);
		tell(`${formatCount(locks, 'caption')} ${locks === 1 ? 'was' : 'were'} locked for schedules that were never saved, and ${locks === 1 ? 'is' : 'are'} free again: ${listPages(pages)}.`);
	}
};
