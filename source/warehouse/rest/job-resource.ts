// A job as `jobs.get` shows it.
import type {JobRecord, StatementReport} from '../contract.js';
import {errorProto} from './api-error.js';
import type {Job} from './job-service.js';

const tableReference = ([projectId, datasetId, tableId]: readonly string[]): unknown => ({projectId, datasetId, tableId});

const dmlStats = (statementType: string | undefined, affectedRows: number | undefined): unknown => {
	if (affectedRows === undefined) {
		return undefined;
	}

	const name = {INSERT: 'insertedRowCount', UPDATE: 'updatedRowCount', DELETE: 'deletedRowCount'}[statementType ?? ''];
	return name === undefined ? undefined : {[name]: String(affectedRows)};
};

const ddlFields = (project: string, target: StatementReport['target']): Readonly<Record<string, unknown>> => {
	if (target === undefined || /^(insert|update|delete|merge|truncate)/i.test(target.operation)) {
		return {};
	}

	const path = target.path.length === 2 ? [project, ...target.path] : target.path;
	const [projectId, datasetId, objectId] = path;
	return {
		ddlOperationPerformed: target.operation.toUpperCase(),
		...(target.kind === 'table' ? {ddlTargetTable: tableReference(path)} : {ddlTargetRoutine: {projectId, datasetId, routineId: objectId}}),
	};
};

const queryStatistics = (record: JobRecord, report: StatementReport | undefined): unknown => ({
	statementType: record.statementType,
	totalBytesProcessed: String(record.processedBytes),
	totalBytesBilled: String(record.billedBytes),
	totalSlotMs: String(record.slotMs),
	billingTier: 1,
	cacheHit: record.cacheHit,
	...(record.referencedTables.length === 0 ? {} : {referencedTables: record.referencedTables.map(table => tableReference(table))}),
	...(record.affectedRows === undefined ? {} : {numDmlAffectedRows: String(record.affectedRows)}),
	dmlStats: dmlStats(record.statementType, record.affectedRows),
	...ddlFields(record.project, report?.target),
});

const configurationOf = (record: JobRecord): unknown => {
	const labels = Object.keys(record.labels).length === 0 ? {} : {labels: record.labels};
	if (record.jobType !== 'QUERY') {
		return {jobType: record.jobType, copy: record.destinationTable === undefined ? {} : {destinationTable: tableReference(record.destinationTable)}, ...labels};
	}

	return {
		jobType: 'QUERY',
		query: {query: record.query ?? '', useLegacySql: false, priority: 'INTERACTIVE', ...(record.destinationTable === undefined ? {} : {destinationTable: tableReference(record.destinationTable)})},
		...labels,
	};
};

const scriptStatistics = (sql: string, procedure: string | undefined): unknown => ({
	evaluationKind: 'STATEMENT',
	stackFrames: [{startLine: 1, startColumn: 1, endLine: 1, endColumn: 1, text: sql, ...(procedure === undefined ? {} : {procedureId: procedure})}],
});

export const jobReference = (record: Pick<JobRecord, 'jobId' | 'project'>): {readonly projectId: string; readonly jobId: string; readonly location: string} => ({projectId: record.project, jobId: record.jobId, location: 'US'});

/** The full resource; `origin` is what self links start with. */
export const toJobResource = ({record, report, childCount}: Pick<Job, 'record' | 'report' | 'childCount'>, origin: string): Readonly<Record<string, unknown>> => {
	const error = record.error === undefined ? undefined : errorProto(record.error);
	return {
		kind: 'bigquery#job',
		etag: `"${record.jobId}.${record.state}"`,
		id: `${record.project}:US.${record.jobId}`,
		selfLink: `${origin}/bigquery/v2/projects/${record.project}/jobs/${record.jobId}?location=US`,
		user_email: record.user,
		principal_subject: `user:${record.user}`,
		jobReference: jobReference(record),
		configuration: configurationOf(record),
		status: {state: record.state, ...(error === undefined ? {} : {errorResult: error, errors: [error]})},
		statistics: {
			creationTime: String(record.createdMs),
			...(record.startedMs === undefined ? {} : {startTime: String(record.startedMs)}),
			...(record.endedMs === undefined ? {} : {endTime: String(record.endedMs)}),
			totalBytesProcessed: String(record.processedBytes),
			totalSlotMs: String(record.slotMs),
			...(record.parentJobId === undefined ? {} : {parentJobId: record.parentJobId, scriptStatistics: scriptStatistics(record.query ?? '', report?.callStack.at(-1))}),
			...(childCount === 0 ? {} : {numChildJobs: String(childCount)}),
			...(record.jobType === 'QUERY' ? {query: queryStatistics(record, report)} : {}),
		},
	};
};
