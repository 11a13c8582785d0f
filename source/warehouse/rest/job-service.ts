// Jobs: accepted at once, run on their own, outlive the client that sent them. The job table in the database is their
// memory; what REST shows beyond it (statement targets, children that run) is kept here while the process lives.
import type {CopySpec, Database, ExecuteResult, JobRecord, JobRequest, Parameter, ResultSet, SealRequest, SealedJob, SqlFailure, StatementReport} from '../contract.js';
import {SqlError} from '../contract.js';
import {setTimeout as pause} from 'node:timers/promises';
import type {WarehouseClock} from '../clock.js';
import type {Faults} from '../faults.js';
import {duplicate} from './api-error.js';
import {endedChild, endedJob, outcomeOf, requestOf, startedChild} from './job-records.js';
import {planRecovery} from './job-recovery.js';
import {createResultShelf} from './result-shelf.js';

type CommonSpec = {
	readonly jobId: string;
	/** The client chose the id, so a second use must be refused even after a restart, and its result outlives one. */
	readonly isNamed: boolean;
	readonly labels: Readonly<Record<string, string>>;
	readonly user: string;
	readonly jobTimeoutMs?: number;
};

export type QuerySpec = CommonSpec & {
	readonly sql: string;
	readonly defaultDataset?: string;
	readonly parameters: readonly Parameter[];
	readonly maximumBytesBilled?: number;
	readonly destination?: {readonly dataset: string; readonly table: string; readonly write: 'WRITE_TRUNCATE' | 'WRITE_APPEND' | 'WRITE_EMPTY'};
};

export type CopyJobSpec = CommonSpec & {readonly copy: CopySpec};

export type Job = {
	readonly record: JobRecord;
	/** Set for a single statement and for a child of a script. */
	readonly report?: StatementReport;
	/** Children started so far. */
	readonly childCount: number;
	/** Resolves when the job is DONE. */
	readonly done: Promise<void>;
};

type LiveJob = {record: JobRecord; report?: StatementReport; childCount: number; readonly done: Promise<void>; /** Resolves `done`. */ readonly settle: () => void; readonly controller: AbortController; stopMessage?: string};

export type JobService = {
	submitQuery: (spec: QuerySpec) => Promise<Job>;
	submitCopy: (spec: CopyJobSpec) => Promise<Job>;
	find: (jobId: string) => Promise<Job | undefined>;
	resultOf: (jobId: string) => Promise<ResultSet | undefined>;
	/** Top-level jobs newest first, or the children of one job in their order. `next` continues the listing. */
	list: (filter: {readonly parentJobId?: string; readonly states?: ReadonlyArray<JobRecord['state']>; readonly minCreatedMs?: number; readonly maxCreatedMs?: number; readonly limit: number; readonly offset: number}) => Promise<{readonly jobs: readonly Job[]; readonly next: number | undefined}>;
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

const alreadyDone = Promise.resolve();

/** A job that somebody can wait for from the moment it is known. */
const liveJob = (record: JobRecord): LiveJob => {
	let settle: () => void = () => undefined;
	const done = new Promise<void>(resolve => {
		settle = resolve;
	});
	return {record, childCount: 0, done, settle: () => {
		settle();
	}, controller: new AbortController()};
};

/** A child: its parent is what is waited for. */
const overJob = (record: JobRecord): LiveJob => ({record, childCount: 0, done: alreadyDone, settle: () => undefined, controller: new AbortController()});

const maximumLiveJobs = 4000;
const noteRunningMs = 100;
const scriptStart = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:call|begin|declare|if|loop|while|repeat|for|set|case|execute\s+immediate)\b/i;

/** A text that can only read: nothing of it needs to be known after a crash. */
export const isPlainRead = (sql: string | undefined): boolean => sql !== undefined && /^\s*(?:--[^\n]*\n\s*)*(?:select|with|\()/i.test(sql) && !/;\s*\S/.test(sql);

const failureOf = (error: unknown): SqlFailure =>
	error instanceof SqlError ? error.failure : {reason: 'internalError', message: error instanceof Error ? error.message : String(error)};

export const createJobService = ({database, clock, faults}: {readonly database: Database; readonly clock: WarehouseClock; readonly faults: Faults}): JobService => {
	const live = new Map<string, LiveJob>();
	const reserved = new Set<string>();
	const save = async (record: JobRecord): Promise<void> => database.jobs.save([record]);
	/** Resolves when everything saved so far is on disk. */
	const settled = async (): Promise<void> => database.jobs.save([]);
	const shelf = createResultShelf(database.state);
	let running = 0;

	const view = (job: LiveJob): Job => ({record: job.record, childCount: job.childCount, done: job.done, ...(job.report === undefined ? {} : {report: job.report})});

	const remember = (job: LiveJob): void => {
		live.set(job.record.jobId, job);
		if (live.size <= maximumLiveJobs) {
			return;
		}

		for (const [id, old] of live) {
			if (live.size <= maximumLiveJobs) {
				break;
			}

			if (old.record.state === 'DONE') {
				live.delete(id);
			}
		}
	};

	const open = async (spec: CommonSpec, jobType: JobRecord['jobType'], request: JobRequest, query?: string): Promise<LiveJob> => {
		const {jobId} = spec;
		if (live.has(jobId) || reserved.has(jobId)) {
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
			remember(job);
			if (spec.isNamed) {
				// Accepted means: known after a crash, so that the same id is never run twice.
				await save(record).catch((error: unknown) => {
					live.delete(jobId);
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

	const start = (job: LiveJob, spec: CommonSpec, work: (signal: AbortSignal) => Promise<Partial<JobRecord>>): Job => {
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
				const change = await work(signal);
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
		return view(job);
	};

	const endChild = (job: LiveJob, report: StatementReport): void => {
		const record = endedChild(job.record, report);
		const child: LiveJob = live.get(record.jobId) ?? overJob(record);
		child.report = report;
		child.record = record;
		if (report.result !== undefined) {
			shelf.keep(record.jobId, report.result);
		}

		job.childCount = Math.max(job.childCount, report.index + 1);
		remember(child);
		void save(child.record).catch(() => undefined);
	};

	/** Records that are kept in the transaction of a statement's effects: its own, and the job's when nothing can follow. */
	const sealOf = (job: LiveJob, spec: QuerySpec) => ({report, job: ended}: SealRequest): readonly SealedJob[] => {
		const isScript = ended === undefined || ended.statementType === 'SCRIPT' || ended.statementType === 'CALL';
		return [
			...(report !== undefined && isScript ? [{record: endedChild(job.record, report)}] : []),
			...(ended === undefined ? [] : [{record: endedJob(job.record, outcomeOf(ended, database.project, spec.destination), clock.nowMs()), ...(ended.result === undefined ? {} : {result: ended.result})}]),
		];
	};

	const runQuery = (job: LiveJob, spec: QuerySpec) => async (signal: AbortSignal): Promise<Partial<JobRecord>> => {
		let isScript = scriptStart.test(spec.sql);
		const early: StatementReport[] = [];
		const becomeScript = (): void => {
			isScript = true;
			for (const report of early.splice(0)) {
				endChild(job, report);
			}
		};

		const result: ExecuteResult = await database.execute({
			jobId: spec.jobId, sql: spec.sql, project: database.project, parameters: spec.parameters, user: spec.user, labels: spec.labels, signal, nowMicros: clock.nowMicros,
			...(spec.defaultDataset === undefined ? {} : {defaultDataset: spec.defaultDataset}),
			...(spec.maximumBytesBilled === undefined ? {} : {maximumBytesBilled: spec.maximumBytesBilled}),
			...(spec.destination === undefined ? {} : {destination: spec.destination}),
			seal: sealOf(job, spec),
			onStatementStart({index, statementType, sql}) {
				if (index > 0 && !isScript) {
					becomeScript();
				}

				if (isScript) {
					const record = startedChild(job.record, index, sql, statementType, clock.nowMs());
					remember(overJob(record));
					job.childCount = Math.max(job.childCount, index + 1);
					void save(record).catch(() => undefined);
				}
			},
			onStatement(report) {
				if (isScript) {
					endChild(job, report);
				} else {
					early.push(report);
				}
			},
		});
		const [only] = result.statements;
		if (result.statementType === 'SCRIPT') {
			becomeScript();
		} else if (only !== undefined) {
			job.report = only;
		}

		if (result.result !== undefined) {
			shelf.keep(spec.jobId, result.result);
			if (spec.isNamed) {
				await shelf.store(spec.jobId, result.result);
			}
		}

		return outcomeOf(result, database.project, spec.destination);
	};

	const runCopy = (job: LiveJob, copy: CopySpec) => async (): Promise<Partial<JobRecord>> => {
		const change = {destinationTable: [database.project, copy.to.dataset, copy.to.table] as const};
		await database.tables.copy(copy.from, copy.to, {operation: copy.operation, write: copy.write, nowMs: clock.nowMs(), seal: () => [{record: endedJob(job.record, change, clock.nowMs())}]});
		return change;
	};

	/** Runs a job again that an earlier process accepted and did nothing for. */
	const runAgain = async (left: JobRecord): Promise<void> => {
		const {startedMs: _startedMs, ...rest} = left;
		const request: JobRequest = {...left.request!, starts: left.request!.starts + 1};
		const record: JobRecord = {...rest, state: 'PENDING', request};
		const job = liveJob(record);
		remember(job);
		await save(record);
		const {starts: _starts, copy, ...asked} = request;
		const spec: CommonSpec = {jobId: left.jobId, labels: left.labels, user: left.user, ...asked};
		start(job, spec, copy === undefined ? runQuery(job, {...spec, ...asked, sql: left.query ?? ''}) : runCopy(job, copy));
	};

	const fromRecord = async (record: JobRecord): Promise<Job> => {
		const children = record.statementType === 'SCRIPT' ? await database.jobs.list({parentJobId: record.jobId, limit: 10_000, offset: 0}) : [];
		return {record, childCount: children.length, done: alreadyDone};
	};

	const find = async (jobId: string): Promise<Job | undefined> => {
		const known = live.get(jobId);
		if (known !== undefined) {
			return view(known);
		}

		const record = await database.jobs.find(jobId);
		return record === undefined ? undefined : fromRecord(record);
	};

	return {
		async submitQuery(spec) {
			const job = await open(spec, 'QUERY', requestOf(spec), spec.sql);
			return start(job, spec, runQuery(job, spec));
		},
		async submitCopy(spec) {
			const job = await open(spec, 'COPY', requestOf(spec));
			return start(job, spec, runCopy(job, spec.copy));
		},
		find,
		resultOf: async jobId => shelf.find(jobId),
		async list(filter) {
			await settled();
			const jobs: Job[] = [];
			let {offset} = filter;
			if (filter.parentJobId !== undefined) {
				const all = await database.jobs.list({...filter, limit: 10_000, offset: 0});
				const order = (record: JobRecord): number => Number(/_(\d+)$/.exec(record.jobId)?.[1] ?? 0);
				const page = all.toSorted((a, b) => order(a) - order(b)).slice(offset, offset + filter.limit);
				const found = await Promise.all(page.map(async record => (await find(record.jobId)) ?? fromRecord(record)));
				return {jobs: found, next: offset + filter.limit < all.length ? offset + filter.limit : undefined};
			}

			for (;;) {
				const page = await database.jobs.list({...filter, limit: 500, offset});
				for (const record of page) {
					if (jobs.length === filter.limit) {
						return {jobs, next: offset};
					}

					offset += 1;
					if (record.parentJobId === undefined) {
						const known = live.get(record.jobId);
						jobs.push(known === undefined ? await fromRecord(record) : view(known));
					}
				}

				if (page.length < 500) {
					return {jobs, next: undefined};
				}
			}
		},
		async cancel(jobId) {
			const job = live.get(jobId);
			const parent = job?.record.parentJobId === undefined ? job : live.get(job.record.parentJobId);
			if (parent !== undefined && parent.record.state !== 'DONE') {
				parent.stopMessage ??= 'Job execution was cancelled: User requested cancellation';
				parent.controller.abort();
			}

			return find(jobId);
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
				live.delete(id);
				await shelf.forget(id);
			}
		},
		async close() {
			const unfinished = [...live.values()].filter(job => job.record.state !== 'DONE' && job.record.parentJobId === undefined);
			for (const job of unfinished) {
				job.stopMessage ??= 'Job execution was cancelled: the warehouse is shutting down';
				job.controller.abort();
			}

			await Promise.all(unfinished.map(async job => job.done));
			await settled();
		},
	};
};
