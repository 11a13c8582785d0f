// What a job does: runs its statements or copies a table, and keeps the records of the statements of a script.
import {SqlError, type CopySpec, type Database, type ExecuteResult, type JobRecord, type JobRequest, type Parameter, type SealRequest, type SealedJob, type SqlFailure, type StatementReport} from '../contract.js';
import type {WarehouseClock} from '../clock.js';
import {endedChild, endedJob, outcomeOf, startedChild} from './job-records.js';
import {overJob, type LiveJob, type LiveJobs} from './live-jobs.js';
import type {ResultShelf} from './result-shelf.js';

export type CommonSpec = {
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

/** Carries a job out; what it returns is what the job's record says of it. */
export type Work = (signal: AbortSignal) => Promise<Partial<JobRecord>>;

export type JobWork = {
	query: (job: LiveJob, spec: QuerySpec) => Work;
	copy: (job: LiveJob, spec: CopySpec) => Work;
	/** The work of a job that an earlier process accepted. */
	again: (job: LiveJob, spec: CommonSpec, request: JobRequest) => Work;
};

type Needs = {
	readonly database: Database;
	readonly clock: WarehouseClock;
	readonly live: LiveJobs;
	readonly shelf: ResultShelf;
	readonly save: (record: JobRecord) => Promise<void>;
};

const scriptStart = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:call|begin|declare|if|loop|while|repeat|for|set|case|execute\s+immediate)\b/i;

/** The failure that a job's record shows for whatever was thrown. */
export const failureOf = (error: unknown): SqlFailure =>
	error instanceof SqlError ? error.failure : {reason: 'internalError', message: error instanceof Error ? error.message : String(error)};

export const createJobWork = ({database, clock, live, shelf, save}: Needs): JobWork => {
	const endChild = (job: LiveJob, report: StatementReport): void => {
		const record = endedChild(job.record, report);
		const child: LiveJob = live.find(record.jobId) ?? overJob(record);
		child.report = report;
		child.record = record;
		if (report.result !== undefined) {
			shelf.keep(record.jobId, report.result);
		}

		job.childCount = Math.max(job.childCount, report.index + 1);
		live.remember(child);
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

	const query: JobWork['query'] = (job, spec) => async signal => {
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
					live.remember(overJob(record));
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

	const copy: JobWork['copy'] = (job, spec) => async () => {
		const change = {destinationTable: [database.project, spec.to.dataset, spec.to.table] as const};
		await database.tables.copy(spec.from, spec.to, {operation: spec.operation, write: spec.write, nowMs: clock.nowMs(), seal: () => [{record: endedJob(job.record, change, clock.nowMs())}]});
		return change;
	};

	return {
		query, copy,
		again(job, spec, {starts: _starts, copy: copied, ...asked}) {
			return copied === undefined ? query(job, {...spec, ...asked, sql: job.record.query ?? ''}) : copy(job, copied);
		},
	};
};
