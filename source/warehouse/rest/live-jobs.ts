// The jobs that this process knows by heart: those that run, and the latest that ended.
import type {JobRecord, StatementReport} from '../contract.js';

export type Job = {
	readonly record: JobRecord;
	/** Set for a single statement and for a child of a script. */
	readonly report?: StatementReport;
	/** Children started so far. */
	readonly childCount: number;
	/** Resolves when the job is DONE. */
	readonly done: Promise<void>;
};

export type LiveJob = {
	record: JobRecord;
	report?: StatementReport;
	childCount: number;
	readonly done: Promise<void>;
	/** Resolves `done`. */
	readonly settle: () => void;
	readonly controller: AbortController;
	/** Why it was stopped, once it was. */
	stopMessage?: string;
};

export type LiveJobs = {
	find: (jobId: string) => LiveJob | undefined;
	/** Keeps a job; the oldest ended ones give way when there are too many. */
	remember: (job: LiveJob) => void;
	forget: (jobId: string) => void;
	/** Top-level jobs that have not ended. */
	unfinished: () => readonly LiveJob[];
};

const maximumLiveJobs = 4000;

export const alreadyDone = Promise.resolve();

/** A job that somebody can wait for from the moment it is known. */
export const liveJob = (record: JobRecord): LiveJob => {
	let settle: () => void = () => undefined;
	const done = new Promise<void>(resolve => {
		settle = resolve;
	});
	return {record, childCount: 0, done, settle: () => {
		settle();
	}, controller: new AbortController()};
};

/** A child: its parent is what is waited for. */
export const overJob = (record: JobRecord): LiveJob => ({record, childCount: 0, done: alreadyDone, settle: () => undefined, controller: new AbortController()});

/** A job as others see it. */
export const viewOf = (job: LiveJob): Job => ({record: job.record, childCount: job.childCount, done: job.done, ...(job.report === undefined ? {} : {report: job.report})});

export const createLiveJobs = (): LiveJobs => {
	const live = new Map<string, LiveJob>();
	return {
		find: jobId => live.get(jobId),
		remember(job) {
			live.set(job.record.jobId, job);
			for (const [id, old] of live) {
				if (live.size <= maximumLiveJobs) {
					break;
				}

				if (old.record.state === 'DONE') {
					live.delete(id);
				}
			}
		},
		forget(jobId) {
			live.delete(jobId);
		},
		unfinished: () => [...live.values()].filter(({record}) => record.state !== 'DONE' && record.parentJobId === undefined),
	};
};
