// Runs one statement through the warehouse port as a job whose id is known before it is submitted.
import {createHash} from 'node:crypto';
import {jobId, type JobId} from '../domain/ids.js';
import {WarehouseError, type JobStatus, type QueryParameter, type Row, type Warehouse} from '../ports/warehouse.js';
import {AgentFailure, type AgentContext} from './agent.js';
import type {AgentName} from './envelope.js';

export type Statement = {
	readonly agent: AgentName;
	/** Short name, part of the job id and of the journal line: `lock`. Unique within an agent's run. */
	readonly title: string;
	/** `{dataset}` stands for the qualified dataset. */
	readonly sql: string;
	readonly parameters?: readonly QueryParameter[];
	readonly isMutation?: boolean;
	/** Set where the statement gives no rows: they are then not asked for. */
	readonly givesNoRows?: boolean;
};

type StatementContext = Pick<AgentContext, 'warehouse' | 'clock' | 'dataset' | 'runId' | 'attempt' | 'signal' | 'maximumBytesBilled' | 'jobTimeoutMs' | 'authority' | 'onJob'> & {readonly request: {readonly pageName: string}};

const identifier = /^[\w-]+$/;

/** Fills in the dataset. Identifiers can't be query parameters, so the name is checked here. */
const qualify = (sql: string, project: string, dataset: string): string => {
	if (!identifier.test(dataset) || !identifier.test(project)) {
		throw new AgentFailure('BAD_DATASET', `${project}.${dataset} is not a dataset; expected letters, digits, dashes and underscores.`);
	}

	return sql.replaceAll('{dataset}', `${project}.${dataset}`);
};

/** Job id that says what it is for: run, agent, page, title, what it does (hash of statement and parameters), attempt. */
const idFor = ({agent, title, parameters}: Statement, sql: string, {runId, request, attempt}: StatementContext): JobId => {
	const content = createHash('sha256').update(sql).update(JSON.stringify(parameters ?? [])).digest('hex').slice(0, 12);
	const page = createHash('sha256').update(request.pageName).digest('hex').slice(0, 8);
	return jobId(`eros_${runId}_${agent}_${page}_${title}_${content}_a${attempt}`);
};

const label = (text: string): string => text.toLowerCase().replaceAll(/[^a-z\d_-]/g, '-').slice(0, 63);

const retryableReasons = /rateLimit|backendError|internalError|jobInternalError|jobBackendError|timeout|aborted|serialize access|concurrent/i;

/** A quota comes back in hours, not within a run; what comes back in seconds is called a rate limit. */
const isUsedUp = (reason: string): boolean => reason === 'quotaExceeded';

const isTransientReason = (reason: string, message: string): boolean => !isUsedUp(reason) && retryableReasons.test(`${reason} ${message}`);

/** EROS procedures name their errors `EROS_<CODE>: …`. */
const erosCode = (message: string): string | undefined => /\bEROS_([A-Z_]+)/.exec(message)?.[1];

/** Turns a failed job or a refused call into an AgentFailure. */
export const toAgentFailure = (error: unknown): AgentFailure => {
	if (error instanceof AgentFailure) {
		return error;
	}

	if (error instanceof WarehouseError) {
		const code = erosCode(error.message);
		const isRetryable = code === undefined && !isUsedUp(error.reason) && (error.kind === 'rate-limited' || error.kind === 'backend' || error.kind === 'network' || isTransientReason(error.reason, error.message));
		return new AgentFailure(code ?? error.reason.toUpperCase().replaceAll('-', '_'), error.message, {isRetryable, isServiceFault: code === undefined, cause: error});
	}

	const message = error instanceof Error ? error.message : String(error);
	return new AgentFailure('UNEXPECTED', message, {isRetryable: false, isServiceFault: true, cause: error});
};

const failureOfJob = ({error}: JobStatus): AgentFailure => {
	const reason = error?.reason ?? 'unknown';
	const message = error?.message ?? 'The job failed without a message.';
	const code = erosCode(message);
	const isRetryable = code === undefined && isTransientReason(reason, message);
	return new AgentFailure(code ?? reason, message, {isRetryable, isServiceFault: code === undefined});
};

const networkTries = 3;

/** Submits; an answer that got lost is asked for again under the same id, and a known id is adopted. */
const submitOnce = async (submit: () => Promise<JobStatus>, context: StatementContext): Promise<void> => {
	for (let attempt = 1; ; attempt += 1) {
		try {
			// One submission after the other, under one id.
			await submit();
			return;
		} catch (error) {
			if (error instanceof WarehouseError && error.kind === 'duplicate') {
				return;
			}

			if (!(error instanceof WarehouseError) || error.kind !== 'network' || attempt === networkTries) {
				throw error;
			}

			await context.clock.pause(250 * attempt, context.signal);
		}
	}
};

/**
 * Cancels a job and waits for its end: whoever gives locks back afterwards has to see what it left.
 * @returns undefined when the warehouse does not know the job or can't be asked.
 */
const settle = async (id: JobId, warehouse: Warehouse): Promise<JobStatus | undefined> => {
	await warehouse.cancelJob(id).catch(() => {});
	return warehouse.waitForJob(id).catch(() => undefined);
};

/**
 * Runs a statement to its end. One that changes rows is stopped with its caller: cancelled, and waited for.
 * @returns the rows of its last SELECT and the finished job.
 * @throws AgentFailure; retryable for transient reasons, with the procedure's own code where it raised one.
 */
export const runStatement = async <R extends Row = Row>(statement: Statement, context: StatementContext): Promise<{readonly rows: readonly R[]; readonly job: JobStatus}> => {
	const {warehouse, dataset} = context;
	if (context.signal.aborted) {
		throw new AgentFailure('CANCELLED', `${statement.agent} was stopped before its statement ${statement.title}.`);
	}

	try {
		const sql = qualify(statement.sql, warehouse.project, dataset);
		const id = idFor(statement, sql, context);
		const authority = statement.isMutation ? await context.authority?.() : undefined;
		await context.onJob?.(id, `${statement.agent} ${statement.title} ${context.request.pageName}`);
		const submit = async (): Promise<void> => submitOnce(
			async () =>
				warehouse.submit({
					id,
					sql,
					...(statement.parameters && {parameters: statement.parameters}),
					defaultDataset: dataset,
					maximumBytesBilled: context.maximumBytesBilled,
					timeoutMs: context.jobTimeoutMs,
					labels: {eros_run: label(context.runId), eros_agent: label(statement.agent)},
					mutates: statement.isMutation ? [dataset] : [],
					...(authority && {authority}),
				}),
			context,
		);
		const job = await submit().then(async () => warehouse.waitForJob(id, context.signal)).catch(async (error: unknown) => {
			const settled = statement.isMutation && context.signal.aborted ? await settle(id, warehouse) : undefined;
			if (settled === undefined) {
				throw error;
			}

			return settled;
		});
		if (job.error) {
			throw failureOfJob(job);
		}

		return {rows: statement.givesNoRows ? [] : (await warehouse.readRows<R>(id)).rows, job};
	} catch (error) {
		throw toAgentFailure(error);
	}
};
