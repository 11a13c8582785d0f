// Finds and lists jobs: live ones as they stand, others from the job table.
import type {Database, JobRecord} from '../contract.js';
import {alreadyDone, viewOf, type Job, type LiveJobs} from './live-jobs.js';

export type JobFilter = {readonly parentJobId?: string; readonly states?: ReadonlyArray<JobRecord['state']>; readonly minCreatedMs?: number; readonly maxCreatedMs?: number; readonly limit: number; readonly offset: number};

/** `next` continues the listing. */
export type JobPage = {readonly jobs: readonly Job[]; readonly next: number | undefined};

export type JobListing = {
	find: (jobId: string) => Promise<Job | undefined>;
	/** Top-level jobs newest first, or the children of one job in their order. */
	list: (filter: JobFilter) => Promise<JobPage>;
};

const pageSize = 500;

export const createJobListing = ({jobs: table}: Pick<Database, 'jobs'>, live: LiveJobs): JobListing => {
	const fromRecord = async (record: JobRecord): Promise<Job> => {
		const children = record.statementType === 'SCRIPT' ? await table.list({parentJobId: record.jobId, limit: 10_000, offset: 0}) : [];
		return {record, childCount: children.length, done: alreadyDone};
	};

	const find = async (jobId: string): Promise<Job | undefined> => {
		const known = live.find(jobId);
		if (known !== undefined) {
			return viewOf(known);
		}

		const record = await table.find(jobId);
		return record === undefined ? undefined : fromRecord(record);
	};

	const children = async (filter: JobFilter): Promise<JobPage> => {
		const all = await table.list({...filter, limit: 10_000, offset: 0});
		const order = (record: JobRecord): number => Number(/_(\d+)$/.exec(record.jobId)?.[1] ?? 0);
		const end = filter.offset + filter.limit;
		const page = all.toSorted((a, b) => order(a) - order(b)).slice(filter.offset, end);
		return {jobs: await Promise.all(page.map(async record => (await find(record.jobId)) ?? fromRecord(record))), next: end < all.length ? end : undefined};
	};

	const topLevel = async (filter: JobFilter): Promise<JobPage> => {
		const jobs: Job[] = [];
		let {offset} = filter;
		for (;;) {
			const page = await table.list({...filter, limit: pageSize, offset});
			for (const record of page) {
				if (jobs.length === filter.limit) {
					return {jobs, next: offset};
				}

				offset += 1;
				if (record.parentJobId === undefined) {
					const known = live.find(record.jobId);
					jobs.push(known === undefined ? await fromRecord(record) : viewOf(known));
				}
			}

			if (page.length < pageSize) {
				return {jobs, next: undefined};
			}
		}
	};

	return {find, list: async filter => (filter.parentJobId === undefined ? topLevel(filter) : children(filter))};
};
