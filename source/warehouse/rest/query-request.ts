// What a client asks for in `jobs.insert` and `jobs.query`, validated.
import {createHash, randomUUID} from 'node:crypto';
import {z} from 'zod';
import {invalid} from './api-error.js';
import type {CopySpec} from '../contract.js';
import {isPlainRead, type QuerySpec} from './job-service.js';
import {parameterInput, toParameters} from './parameters.js';

const wholeNumber = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number).nullish();
const labels = z.record(z.string(), z.string()).nullish();
const datasetReference = z.object({datasetId: z.string(), projectId: z.string().nullish()});
const tableReference = z.object({projectId: z.string().nullish(), datasetId: z.string(), tableId: z.string()});
const writeDisposition = z.enum(['WRITE_TRUNCATE', 'WRITE_APPEND', 'WRITE_EMPTY']);

const queryFields = {
	query: z.string({error: 'Required parameter is missing: query'}),
	useLegacySql: z.boolean().nullish(),
	defaultDataset: datasetReference.nullish(),
	maximumBytesBilled: wholeNumber,
	parameterMode: z.string().nullish(),
	queryParameters: z.array(parameterInput).nullish(),
	destinationTable: tableReference.nullish(),
	writeDisposition: writeDisposition.nullish(),
};

const insertInput = z.object({
	jobReference: z.object({jobId: z.string().nullish(), location: z.string().nullish(), projectId: z.string().nullish()}).nullish(),
	configuration: z.object({
		dryRun: z.boolean().nullish(),
		jobTimeoutMs: wholeNumber,
		labels,
		query: z.object(queryFields).optional(),
		copy: z.object({
			sourceTable: tableReference.nullish(),
			sourceTables: z.array(tableReference).nullish(),
			destinationTable: tableReference,
			writeDisposition: writeDisposition.nullish(),
			operationType: z.enum(['COPY', 'SNAPSHOT', 'RESTORE', 'CLONE', 'OPERATION_TYPE_UNSPECIFIED']).nullish(),
		}).optional(),
		load: z.unknown().optional(),
		extract: z.unknown().optional(),
	}),
});

const quickInput = z.object({
	...queryFields,
	dryRun: z.boolean().nullish(),
	labels,
	jobTimeoutMs: wholeNumber,
	timeoutMs: wholeNumber,
	maxResults: wholeNumber,
	location: z.string().nullish(),
	requestId: z.string().nullish(),
	formatOptions: z.object({useInt64Timestamp: z.boolean().nullish(), timestampOutputFormat: z.string().nullish()}).nullish(),
});

/**
 * Parses a body.
 * @throws ApiError 400 naming the field.
 */
export const parseBody = <T>(schema: z.ZodType<T>, body: unknown): T => {
	const parsed = schema.safeParse(body ?? {});
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw invalid(`Invalid value at ${issue?.path.join('.') ?? 'body'}: ${issue?.message ?? 'not accepted'}`);
	}

	return parsed.data;
};

type QueryFields = z.output<z.ZodObject<typeof queryFields>>;

const validLabels = (given: Readonly<Record<string, string>> | null | undefined): Readonly<Record<string, string>> => {
	for (const [key, value] of Object.entries(given ?? {})) {
		if (!/^\p{Ll}[\p{Ll}\p{Nd}_-]{0,62}$/u.test(key)) {
			throw invalid(`Label key "${key}" has invalid characters. Label keys must start with a lower-case letter and hold lower-case letters, digits, dashes and underscores, at most 63.`);
		}

		if (!/^[\p{Ll}\p{Nd}_-]{0,63}$/u.test(value)) {
			throw invalid(`Label value "${value}" has invalid characters. Label values hold lower-case letters, digits, dashes and underscores, at most 63.`);
		}
	}

	return given ?? {};
};

export {validLabels};

/** Id of a job whose client chose none. */
export const newJobId = (): string => `job_${randomUUID().replaceAll('-', '')}`;

const jobIdPattern = /^[\w-]{1,1024}$/;

const toQuerySpec = (query: QueryFields, common: {readonly user: string; readonly jobId: string; readonly isNamed: boolean; readonly labels: Readonly<Record<string, string>>; readonly jobTimeoutMs?: number}): QuerySpec => {
	// A request that does not say runs as legacy SQL in BigQuery; accepting it here would hide that.
	if (query.useLegacySql !== false && !/^\s*#standardSQL\b/i.test(query.query)) {
		throw invalid('Legacy SQL is not supported here. Set useLegacySql to false (bq: --use_legacy_sql=false).', 'useLegacySql');
	}

	return {
		...common,
		sql: query.query,
		parameters: toParameters(query.queryParameters ?? []),
		...(query.defaultDataset === null || query.defaultDataset === undefined ? {} : {defaultDataset: query.defaultDataset.datasetId}),
		...(query.maximumBytesBilled === null || query.maximumBytesBilled === undefined || query.maximumBytesBilled === 0 ? {} : {maximumBytesBilled: query.maximumBytesBilled}),
		...(query.destinationTable === null || query.destinationTable === undefined ? {} : {destination: {dataset: query.destinationTable.datasetId, table: query.destinationTable.tableId, write: query.writeDisposition ?? 'WRITE_EMPTY'}}),
	};
};

export type InsertRequest = {readonly kind: 'query'; readonly isDryRun: boolean; readonly spec: QuerySpec} | {readonly kind: 'copy'; readonly spec: Omit<QuerySpec, 'sql' | 'parameters'> & {readonly copy: CopySpec}};

/**
 * A `jobs.insert` body.
 * @throws ApiError 400.
 */
export const parseInsert = (body: unknown, user: string): InsertRequest => {
	const input = parseBody(insertInput, body);
	const {configuration} = input;
	const given = input.jobReference?.jobId ?? undefined;
	if (given !== undefined && !jobIdPattern.test(given)) {
		throw invalid(`Invalid job ID "${given}". The job ID must contain only letters, numbers, underscores, or dashes. The maximum length is 1,024 characters.`);
	}

	const common = {
		user,
		jobId: given ?? newJobId(),
		isNamed: given !== undefined,
		labels: validLabels(configuration.labels),
		...(configuration.jobTimeoutMs === null || configuration.jobTimeoutMs === undefined ? {} : {jobTimeoutMs: configuration.jobTimeoutMs}),
	};
	if (configuration.query !== undefined) {
		return {kind: 'query', isDryRun: configuration.dryRun === true, spec: toQuerySpec(configuration.query, common)};
	}

	if (configuration.copy !== undefined) {
		const sources = configuration.copy.sourceTables ?? (configuration.copy.sourceTable ? [configuration.copy.sourceTable] : []);
		const [source] = sources;
		if (source === undefined || sources.length !== 1) {
			throw invalid('A copy job names one source table here.', 'sourceTables');
		}

		const {destinationTable} = configuration.copy;
		const operation = configuration.copy.operationType;
		const [, table = source.tableId, at] = /^(.+)@(-?\d+)$/.exec(source.tableId) ?? [];
		return {
			kind: 'copy',
			spec: {
				...common,
				copy: {
					from: {dataset: source.datasetId, table, ...(at === undefined ? {} : {atMs: Number(at)})},
					to: {dataset: destinationTable.datasetId, table: destinationTable.tableId},
					operation: operation === null || operation === undefined || operation === 'OPERATION_TYPE_UNSPECIFIED' ? 'COPY' : operation,
					write: configuration.copy.writeDisposition ?? 'WRITE_EMPTY',
				},
			},
		};
	}

	throw invalid('The embedded warehouse runs query and copy jobs; load and extract jobs are not supported.', 'configuration');
};

export type QuickQuery = {readonly spec: QuerySpec; readonly isDryRun: boolean; readonly timeoutMs: number; readonly maxResults: number | undefined; readonly format: {readonly useInt64Timestamp?: unknown; readonly timestampOutputFormat?: unknown}};

/**
 * A `jobs.query` body.
 * @throws ApiError 400.
 */
export const parseQuickQuery = (body: unknown, user: string): QuickQuery => {
	const input = parseBody(quickInput, body);
	// A query that only reads may run twice; of another one the requestId and all that it asks for make the job's id.
	const {requestId} = input;
	const isOnce = requestId !== null && requestId !== undefined && requestId !== '' && !isPlainRead(input.query);
	const common = {
		user,
		jobId: isOnce ? `job_${createHash('sha256').update(JSON.stringify({...input, user})).digest('hex').slice(0, 32)}` : newJobId(),
		isNamed: isOnce,
		labels: validLabels(input.labels),
		...(input.jobTimeoutMs === null || input.jobTimeoutMs === undefined ? {} : {jobTimeoutMs: input.jobTimeoutMs}),
	};
	return {
		spec: toQuerySpec(input, common),
		isDryRun: input.dryRun === true,
		timeoutMs: input.timeoutMs ?? 10_000,
		maxResults: input.maxResults ?? undefined,
		format: {...(input.formatOptions?.useInt64Timestamp === undefined ? {} : {useInt64Timestamp: input.formatOptions.useInt64Timestamp}), ...(input.formatOptions?.timestampOutputFormat === undefined ? {} : {timestampOutputFormat: input.formatOptions.timestampOutputFormat})},
	};
};
