// Jobs of the port in REST's form, and back.
import {z} from 'zod';
import {jobId} from '../../domain/ids.js';
import type {JobSpec, JobStatus} from '../../ports/warehouse.js';
import {jobErrorOf} from './failure.js';
import {toRestParameters} from './parameter.js';

const count = z.union([z.string(), z.number()]).transform(Number).optional();
const errorProto = z.object({reason: z.string().optional(), message: z.string().optional(), location: z.string().optional()});

export const restJob = z.object({
	user_email: z.string().optional(),
	configuration: z.object({labels: z.record(z.string(), z.string()).optional()}).optional(),
	jobReference: z.object({jobId: z.string().optional(), location: z.string().optional()}).optional(),
	status: z.object({state: z.string(), errorResult: errorProto.optional()}).optional(),
	statistics: z.object({
		creationTime: count,
		startTime: count,
		endTime: count,
		totalBytesProcessed: count,
		numChildJobs: count,
		query: z.object({statementType: z.string().optional(), totalBytesBilled: count, numDmlAffectedRows: count, totalBytesProcessed: count, schema: z.unknown().optional()}).optional(),
	}).optional(),
});

export type RestJob = z.infer<typeof restJob>;

/** A job resource as a status. */
export const toJobStatus = (job: RestJob, fallbackId = ''): JobStatus => {
	const {statistics, status} = job;
	const state = status?.state === 'DONE' || status?.state === 'RUNNING' ? status.state : 'PENDING';
	return {
		id: jobId(job.jobReference?.jobId ?? fallbackId),
		state,
		createdMs: statistics?.creationTime ?? 0,
		billedBytes: statistics?.query?.totalBytesBilled ?? 0,
		processedBytes: statistics?.totalBytesProcessed ?? 0,
		childJobs: statistics?.numChildJobs ?? 0,
		...(statistics?.query?.statementType === undefined ? {} : {statementType: statistics.query.statementType}),
		...(statistics?.startTime === undefined ? {} : {startedMs: statistics.startTime}),
		...(statistics?.endTime === undefined ? {} : {endedMs: statistics.endTime}),
		...(statistics?.query?.numDmlAffectedRows === undefined ? {} : {affectedRows: statistics.query.numDmlAffectedRows}),
		...(status?.errorResult === undefined ? {} : {error: jobErrorOf(status.errorResult)}),
		...(job.user_email === undefined ? {} : {user: job.user_email}),
		...(job.configuration?.labels === undefined ? {} : {labels: job.configuration.labels}),
	};
};

/** The configuration both kinds of query request share. */
export const queryFields = (project: string, sql: string, options: {readonly parameters?: JobSpec['parameters'] | undefined; readonly defaultDataset?: string | undefined; readonly maximumBytesBilled?: number | undefined}): Readonly<Record<string, unknown>> => ({
	query: sql,
	useLegacySql: false,
	...(options.defaultDataset === undefined ? {} : {defaultDataset: {projectId: project, datasetId: options.defaultDataset}}),
	...(options.maximumBytesBilled === undefined ? {} : {maximumBytesBilled: String(options.maximumBytesBilled)}),
	...(options.parameters === undefined || options.parameters.length === 0 ? {} : {parameterMode: 'NAMED', queryParameters: toRestParameters(options.parameters)}),
});

/** The body of `jobs.insert`. */
export const insertBody = (project: string, location: string, spec: JobSpec): unknown => ({
	jobReference: {projectId: project, jobId: spec.id, location},
	configuration: {
		labels: spec.labels,
		jobTimeoutMs: String(spec.timeoutMs),
		query: queryFields(project, spec.sql, spec),
	},
});
