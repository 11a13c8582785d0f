// Jobs: accepted at once, run on their own, outlive the client that sent them. The job table in the database is their
// memory; what REST shows beyond it (statement targets, children that run) is kept here while the process lives.
import {setTimeout as pause} from 'node:timers/promises';
import type {CopySpec, Database, JobRecord, JobRequest, ResultSet} from '../contract.js';
import {SqlError} from '../contract.js';
import type {WarehouseClock} from '../clock.js';
import type {Faults} from '../faults.js';
import {duplicate} from './api-error.js';
import {createJobListing, type JobListing} from './job-listing.js';
import {endedJob, requestOf} from './job-records.js';
import {planRecovery} from './job-recovery.js';
import {createJobWork, failureOf, type CommonSpec, type QuerySpec, type Work} from './job-work.js';
import {createLiveJobs, liveJob, viewOf, type Job, type LiveJob} from './live-jobs.js';
import {createResultShelf} from './result-shelf.js';

export type {QuerySpec} from './job-work.js';
export type {Job} from './live-jobs.js';

export type CopyJobSpec = CommonSpec & {readonly copy: CopySpec};

export type JobService = JobListing & {
	submitQuery: (spec: QuerySpec) => Promise<Job>;
	submitCopy: (spec: CopyJobSpec) => Promise<Job>;
	resultOf: (jobId: string) => Promise<ResultSet | undefined>;
	/** Asks a job to stop; the job says so itself when it has. */
	cancel: (jobId: string) => Promise<Job | undefined>;
	running: () => number;
	/** Settles what an earlier process left: jobs are done, or have failed and say what of them is committed, or run again. */
	recover: () => Promise<void>;
	/** Forgets a finished job and its children. */
	remove: (job: Job) => Promise<void>;
	/** Stops every job and waits for them. */
	close: () => Promise<void>;
};

const noteRunningMs = 100;

/** A text that can only read: nothing of it needs to be known after a crash. */
export const isPlainRead = (sql: string | undefined): boolean => sql !== undefined && /^\s*(?:--[^\n]*\n\s*)*(?:select|with|\()/i.test(sql) && !/;\s*\S/.test(sql);

/** Resolves when a signal is aborted. */
const aborted = async (signal: AbortSignal): Promise<void> =>
	new Promise(resolve => {
		if (signal.aborted) {
			resolve();
		} else {
			signal.addEventListener('abort', () => {
				resolve();
			}, {once: true});
		}
	});

export const createJobService = ({database, clock, faults}: {readonly database: Database; readonly clock: WarehouseClock; readonly faults: Faults}): JobService => {
	const live = createLiveJobs();
	const reserved = new Set<string>();
	const save = async (record: JobRecord): Promise<void> => database.jobs.save([record]);
	/** Resolves when everything saved so far is on disk. */
	const settled = async (): Promise<void> => database.jobs.save([]);
	const shelf = createResultShelf(database.state);
	const listing = createJobListing(database, live);
	const work = createJobWork({database, clock, live, shelf, save});
	let running = 0;

	const open = async (spec: CommonSpec, jobType: JobRecord['jobType'], request: JobRequest, query?: string): Promise<LiveJob> => {
		const {jobId} = spec;
		if (live.find(jobId) !== undefined || reserved.has(jobId)) {
			throw duplicate(`Job ${database.project}:US.${jobId}`);
		}

		reserved.add(jobId);
		try {
			if (spec.isNamed && (await database.jobs.find(jobId)) !== undefined) {
				throw duplicate(`Job ${database.project}:US.${jobId}`);
			}

			const record: JobRecord = {
				jobId, project: database.project, user: spec.user, jobType, state: 'PENDING', createdMs: clock.nowMs(), processedBytes: 0, billedBytes: 0,
				slotMs: 0, cacheHit: false, labels: spec.labels, referencedTables: [], request, ...(query === undefined ? {} : {query}),
			};
			const job = liveJob(record);
			live.remember(job);
			if (spec.isNamed) {
				// Accepted means: known after a crash, so that the same id is never run twice.
				await save(record).catch((error: unknown) => {
					live.forget(jobId);
					throw error;
				});
			} else if (!isPlainRead(query)) {
				// On disk before the work begins, which waits for it; the answer need not.
				void save(record).catch(() => undefined);
			}

			return job;
		} finally {
			reserved.delete(jobId);
		}
	};

	const finish = async (job: LiveJob, change: Partial<JobRecord>, isNamed: boolean): Promise<void> => {
		const record = endedJob(job.record, change, clock.nowMs());
		try {
			const saved = save(record);
			if (isNamed) {
				await saved;
			} else {
				saved.catch(() => undefined);
			}

			job.record = record;
		} catch (error) {
			// A job table that cannot be written must not look like a job that went well.
			job.record = {...record, error: failureOf(error)};
		}
	};

	const start = (job: LiveJob, spec: CommonSpec, carryOut: Work): Job => {
		const isRead = !spec.isNamed && isPlainRead(job.record.query);
		running += 1;
		const perform = async (): Promise<void> => {
			const {signal} = job.controller;
			let timer: NodeJS.Timeout | undefined;
			let note: NodeJS.Timeout | undefined;
			if (spec.jobTimeoutMs !== undefined && spec.jobTimeoutMs > 0) {
				// Counts from the creation of the job: one that stays PENDING ends as well.
				timer = setTimeout(() => {
					job.stopMessage = `Operation timed out after ${(spec.jobTimeoutMs ?? 0) / 1000} sec. Consider reducing the amount of work performed by your operation so that it can complete within this limit.`;
					job.controller.abort();
				}, spec.jobTimeoutMs);
			}

			try {
				const hold = faults.holdJob(spec.jobId);
				if (hold !== undefined) {
					await Promise.race([hold, aborted(signal)]);
				}

				// The answer to the insert goes out before the work begins.
				await new Promise(resolve => {
					setImmediate(resolve);
				});
				// A read neither needs its record on disk nor those of others: JOBS sees to that itself.
				if (!isRead) {
					await settled();
				}

				if (signal.aborted) {
					throw new SqlError({reason: 'stopped', message: job.stopMessage ?? 'Job execution was cancelled: User requested cancellation'});
				}

				job.record = {...job.record, state: 'RUNNING', startedMs: clock.nowMs()};
				if (spec.isNamed) {
					// Most jobs are over before the job table needs to say that they run.
					note = setTimeout(() => {
						void save(job.record).catch(() => undefined);
					}, noteRunningMs);
				}

				const startedNs = process.hrtime.bigint();
				const change = await carryOut(signal);
				const lingerMs = faults.slowDown(spec.jobId, Number((process.hrtime.bigint() - startedNs) / 1_000_000n));
				if (lingerMs > 0) {
					await Promise.race([pause(lingerMs), aborted(signal)]);
				}

				clearTimeout(note);
				await finish(job, signal.aborted && change.error !== undefined && job.stopMessage !== undefined ? {...change, error: {reason: 'stopped', message: job.stopMessage}} : change, spec.isNamed);
			} catch (error) {
				clearTimeout(note);
				await finish(job, {error: failureOf(error)}, spec.isNamed);
			} finally {
				clearTimeout(timer);
				running -= 1;
			}
		};

		void perform().finally(job.settle);
		return viewOf(job);
	};

	/** Runs a job again that an earlier process accepted and did nothing for. */
	const runAgain = async (left: JobRecord): Promise<void> => {
		const {startedMs: _startedMs, ...rest} = left;
		const request: JobRequest = {...left.request!, starts: left.request!.starts + 1};
		const record: JobRecord = {...rest, state: 'PENDING', request};
		const job = liveJob(record);
		live.remember(job);
		await save(record);
		const {starts: _starts, copy: _copy, ...asked} = request;
		const spec: CommonSpec = {jobId: left.jobId, labels: left.labels, user: left.user, ...asked};
		start(job, spec, work.again(job, spec, request));
	};

	return {
		async submitQuery(spec) {
			const job = await open(spec, 'QUERY', requestOf(spec), spec.sql);
			return start(job, spec, work.query(job, spec));
		},
		async submitCopy(spec) {
			const job = await open(spec, 'COPY', requestOf(spec));
			return start(job, spec, work.copy(job, spec.copy));
		},
		find: listing.find,
		resultOf: async jobId => shelf.find(jobId),
		async list(filter) {
			await settled();
			return listing.list(filter);
		},
		async cancel(jobId) {
			const job = live.find(jobId);
			const parent = job?.record.parentJobId === undefined ? job : live.find(job.record.parentJobId);
			if (parent !== undefined && parent.record.state !== 'DONE') {
				parent.stopMessage ??= 'Job execution was cancelled: User requested cancellation';
				parent.controller.abort();
			}

			return listing.find(jobId);
		},
		running: () => running,
		async recover() {
			const all = await database.jobs.list({limit: Number.MAX_SAFE_INTEGER, offset: 0, withChildren: true});
			const sealed = await database.jobs.sealed();
			const {ended, again, forgotten} = planRecovery(all, sealed, clock.nowMs());
			for (const {record, result} of sealed) {
				if (result !== undefined) {
					await shelf.store(record.jobId, result);
				}
			}

			await database.jobs.remove(forgotten);
			await database.jobs.save(ended);
			// Only now does the job table say everything that was sealed.
			await database.jobs.unseal();
			for (const job of again.toSorted((a, b) => a.createdMs - b.createdMs)) {
				await runAgain(job);
			}
		},
		async remove({record}) {
			const children = (await database.jobs.list({parentJobId: record.jobId, limit: Number.MAX_SAFE_INTEGER, offset: 0})).map(({jobId}) => jobId);
			const ids = [record.jobId, ...children];
			await settled();
			await database.jobs.remove(ids);
			for (const id of ids) {
				live.forget(id);
				await shelf.forget(id);
			}
		},
		async close() {
			const unfinished = live.unfinished();
			for (const job of unfinished) {
				job.stopMessage ??= 'Job execution was cancelled: the warehouse is shutting down';
				job.controller.abort();
			}

			await Promise.all(unfinished.map(async job => job.done));
			await settled();
		},
	};
};
