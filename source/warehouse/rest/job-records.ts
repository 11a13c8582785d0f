// Job records as they come to be: of a script's children, and of a job that ends. Pure.
import {createHash} from 'node:crypto';
import type {ExecuteResult, JobRecord, JobRequest, StatementReport} from '../contract.js';
import type {QuerySpec} from './job-service.js';

/** Id of a script's child, as BigQuery forms them. */
export const childJobId = (parent: string, index: number): string => `script_job_${createHash('sha256').update(parent).digest('hex').slice(0, 32)}_${index}`;

/** A child that has just started. */
export const startedChild = (parent: JobRecord, index: number, sql: string, statementType: string, nowMs: number): JobRecord => ({
	jobId: childJobId(parent.jobId, index), parentJobId: parent.jobId, project: parent.project, user: parent.user, jobType: 'QUERY', statementType, state: 'RUNNING',
	createdMs: nowMs, startedMs: nowMs, query: sql, processedBytes: 0, billedBytes: 0, slotMs: 0, cacheHit: false, labels: parent.labels, referencedTables: [],
});

/** A child that has ended as its report says. */
export const endedChild = (parent: JobRecord, report: StatementReport): JobRecord => ({
	...startedChild(parent, report.index, report.sql, report.statementType, report.startedMs),
	state: 'DONE', endedMs: report.endedMs, processedBytes: report.processedBytes, billedBytes: report.billedBytes,
	slotMs: Math.max(1, report.endedMs - report.startedMs), referencedTables: report.referencedTables,
	...(report.affectedRows === undefined ? {} : {affectedRows: report.affectedRows}),
	...(report.error === undefined ? {} : {error: report.error}),
});

/** A job that ends now. */
export const endedJob = (record: JobRecord, change: Partial<JobRecord>, endedMs: number): JobRecord => {
	const startedMs = record.startedMs ?? endedMs;
	return {...record, ...change, state: 'DONE', startedMs, endedMs, slotMs: Math.max(1, endedMs - startedMs)};
};

/** What the result of a query job says of its record. */
export const outcomeOf = (result: ExecuteResult, project: string, destination: QuerySpec['destination']): Partial<JobRecord> => {
	const sum = (pick: (report: StatementReport) => number): number => result.statements.reduce((total, report) => total + pick(report), 0);
	return {
		statementType: result.statementType,
		processedBytes: sum(report => report.processedBytes),
		billedBytes: sum(report => report.billedBytes),
		referencedTables: [...new Map(result.statements.flatMap(report => report.referencedTables).map(table => [table.join('.'), table])).values()],
		...(result.affectedRows === undefined ? {} : {affectedRows: result.affectedRows}),
		...(result.error === undefined ? {} : {error: result.error}),
		...(destination === undefined ? {} : {destinationTable: [project, destination.dataset, destination.table] as const}),
	};
};

/** What of a request must outlive the process. */
export const requestOf = (spec: Pick<QuerySpec, 'isNamed' | 'jobTimeoutMs'> & Partial<Pick<QuerySpec, 'parameters' | 'defaultDataset' | 'maximumBytesBilled' | 'destination'>> & Pick<JobRequest, 'copy'>): JobRequest => ({
	isNamed: spec.isNamed,
	starts: 1,
	parameters: spec.parameters ?? [],
	...(spec.defaultDataset === undefined ? {} : {defaultDataset: spec.defaultDataset}),
	...(spec.maximumBytesBilled === undefined ? {} : {maximumBytesBilled: spec.maximumBytesBilled}),
	...(spec.jobTimeoutMs === undefined ? {} : {jobTimeoutMs: spec.jobTimeoutMs}),
	...(spec.destination === undefined ? {} : {destination: spec.destination}),
	...(spec.copy === undefined ? {} : {copy: spec.copy}),
});
