// The job protocol: name it, journal the intent, submit, adopt what is there already, wait, journal the outcome. A lost
// answer is never guessed: the same name is looked up, and submitted again only when the warehouse does not know it.
import type {JobSummary} from '../domain/events.js';
import type {JobId, RunId} from '../domain/ids.js';
import type {TaskSpec} from '../domain/window.js';
import type {EventContext} from '../ports/journal.js';
import {WarehouseError, type JobSpec, type JobStatus, type MutationAuthority, type Row} from '../ports/warehouse.js';
import {committedStatements} from './committed-statements.js';
import type {EventStream} from './event-stream.js';
import {failureOfJob} from './job-failure.js';
import {rowsAsText, type Blobs} from './blobs.js';
import {hashStatement, labelJob, nameJob, statementText, type JobName} from './job-id.js';
import {findSurely} from './look-up.js';
import {StepFailure, type Ports, type Settings, type StatementRequest, type StatementResult} from './task.js';

export type JobTimings = {
	/** Pauses before the tries after the first, when an answer was lost or refused for now; real milliseconds. */
	readonly retryPausesMs: readonly number[];
	/** Jobs that ended in a retryable failure are run again so often. */
	readonly jobAttempts: number;
	/** Pauses between the looks for a job that is not there, before it counts as never started; real milliseconds. */
	readonly absentPausesMs: readonly number[];
	/** So long a cancelled job is waited for before the run goes on without its outcome; real milliseconds. */
	readonly stopPatienceMs: number;
};

/** The embedded warehouse knows a job the moment it takes it; BigQuery may need a little while. */
export const jobTimingsOf = (target: 'embedded' | 'bigquery'): JobTimings => ({retryPausesMs: [250, 1000, 4000], jobAttempts: 3, absentPausesMs: target === 'embedded' ? [] : [500, 1500], stopPatienceMs: 5000});

export type JobRunnerOptions = {
	readonly stream: EventStream;
	readonly ports: Pick<Ports, 'warehouse' | 'clock'>;
	readonly settings: Settings;
	readonly run: RunId;
	readonly epoch: () => number;
	readonly task: TaskSpec;
	readonly attempt: number;
	readonly context: EventContext;
	readonly signal: AbortSignal;
	readonly authority: () => Promise<MutationAuthority>;
	readonly timings: JobTimings;
	/** Keeps what is asked and answered. */
	readonly blobs: Blobs;
};

export type JobRunner = {
	run: <R extends Row = Row>(request: StatementRequest) => Promise<StatementResult<R>>;
	jobs: () => readonly JobId[];
};

const bytesPerTib = 2 ** 40;
const statementsWithRows = new Set(['SELECT', 'SCRIPT', 'CALL', 'EXECUTE_IMMEDIATE', undefined]);

/** After these it is not known whether the warehouse took the job: no answer came, or one that does not say. */
const isUncertain = (error: unknown): error is WarehouseError => error instanceof WarehouseError && (error.kind === 'network' || error.kind === 'backend');

const mayTryAgain = (error: unknown): error is WarehouseError => error instanceof WarehouseError && (error.kind === 'network' || error.kind === 'backend' || error.kind === 'rate-limited');

const durationOf = (job: JobStatus): number => Math.max(0, (job.endedMs ?? job.createdMs) - (job.startedMs ?? job.createdMs));

/** Runs the statements of one attempt of a task. */
export const createJobRunner = (options: JobRunnerOptions): JobRunner => {
	const {stream, ports, settings, task, context, signal, timings} = options;
	const submitted: JobId[] = [];
	// Job attempts are numbered through the attempts of their task, so that a retried task submits anew and a resumed one does not.
	const jobAttemptsBefore = (options.attempt - 1) * timings.jobAttempts;
	let statements = 0;

	const emit = stream.emit;
	const pause = async (error: WarehouseError, attempt: number): Promise<void> => {
		await ports.clock.pause(error.retryAfterMs ?? timings.retryPausesMs[attempt] ?? 0, signal);
	};

	/** Repeats a call that changes nothing while its answer is lost or refused for now. */
	const insist = async <Result>(call: () => Promise<Result>): Promise<Result> => {
		for (let attempt = 0; ; attempt += 1) {
			try {
				return await call();
			} catch (error) {
				if (!mayTryAgain(error) || attempt >= timings.retryPausesMs.length) {
					throw error;
				}

				await pause(error, attempt);
			}
		}
	};

	const adopt = async (id: JobId): Promise<void> => {
		await emit({type: 'job.accepted', data: {task: task.id, job: id, adopted: true}}, context);
		stream.tell({type: 'log.written', data: {level: 'info', text: 'adopted: the warehouse knows this job already', job: id}}, context);
	};

	/** A job that the warehouse refused outright never started. */
	const giveUp = async (id: JobId, error: unknown): Promise<never> => {
		await emit({type: 'job.absent', data: {task: task.id, job: id}}, context);
		throw error;
	};

	const submit = async (spec: JobSpec): Promise<void> => {
		let isLost = false;
		for (let attempt = 0; ; attempt += 1) {
			try {
				await ports.warehouse.submit(spec);
				await emit({type: 'job.accepted', data: {task: task.id, job: spec.id, adopted: false}}, context);
				return;
			} catch (error) {
				if (error instanceof WarehouseError && error.kind === 'duplicate') {
					await adopt(spec.id);
					return;
				}

				if (isUncertain(error) && !isLost) {
					isLost = true;
					await emit({type: 'job.lost', data: {task: task.id, job: spec.id, message: error.message}}, context);
				}

				if (!(error instanceof WarehouseError)) {
					throw error;
				}

				if (!mayTryAgain(error) || attempt >= timings.retryPausesMs.length) {
					// Once an answer was lost, a later refusal says nothing of the first try.
					throw isLost ? unknownOutcome(spec.id, error) : await giveUp(spec.id, error);
				}

				await pause(error, attempt);
			}
		}
	};

	/** The answer stays lost: the step is `unknown` until somebody can look the job up. */
	const unknownOutcome = (id: JobId, error: WarehouseError): StepFailure =>
		new StepFailure({message: `Whether ${id} ran is not known: ${error.message}`, reason: error.reason, class: 'unknown', job: {id, state: 'UNKNOWN', billedBytes: 0, durationMs: 0}, advice: 'A retry looks the job up by its id before anything is submitted.'});

	const wait = async (id: JobId): Promise<JobStatus> => {
		try {
			signal.throwIfAborted();
			return await insist(async () => ports.warehouse.waitForJob(id, signal));
		} catch (error) {
			// Whatever keeps us from seeing the end of a job that was accepted, the job may be running.
			if (error instanceof WarehouseError && !signal.aborted) {
				await emit({type: 'job.lost', data: {task: task.id, job: id, message: error.message}}, context);
				throw unknownOutcome(id, error);
			}

			throw error;
		}
	};

	/** What stays done of a script that stopped half-way; undefined for any other job, or when nobody can be asked. */
	const readCommitted = async (job: JobStatus): Promise<readonly string[] | undefined> => {
		if (job.error === undefined || job.childJobs === 0) {
			return undefined;
		}

		try {
			return committedStatements(await ports.warehouse.listChildJobs(job.id));
		} catch (error) {
			stream.tell({type: 'log.written', data: {level: 'warning', text: `which of its statements stay done can't be told: ${error instanceof Error ? error.message : String(error)}`, job: job.id}}, context);
			return undefined;
		}
	};

	const recordFinished = async (request: StatementRequest, job: JobStatus): Promise<void> => {
		const committed = await readCommitted(job);
		const summary: JobSummary = {
			id: job.id,
			statement: request.title,
			state: job.error === undefined ? 'DONE' : job.error.reason === 'stopped' ? 'CANCELLED' : 'FAILED',
			durationMs: durationOf(job),
			billedBytes: job.billedBytes,
			...(job.error === undefined ? {} : {error: {reason: job.error.reason, message: job.error.message.slice(0, 4000)}}),
			...(committed === undefined ? {} : {committed}),
		};
		await emit({type: 'job.finished', data: {task: task.id, job: summary}}, context);
		// A job that is done speaks through its own event; a failed one is also said where only log lines are read.
		if (job.error !== undefined) {
			stream.tell({type: 'log.written', data: {level: 'error', text: request.title, job: job.id, billedBytes: job.billedBytes, durationMs: summary.durationMs}}, context);
		}

		if (committed !== undefined) {
			stream.tell({type: 'log.written', data: {level: 'warning', text: committed.length === 0 ? 'it stopped half-way; none of its changes stays' : `it stopped half-way; what stays done: ${committed.join(', ')}`, job: job.id}}, context);
		}

		if (job.billedBytes > 0) {
			const {billedBytes, jobCount} = stream.state();
			stream.tell({type: 'cost.counted', data: {costMicros: Math.round((billedBytes / bytesPerTib) * settings.pricePerTibMicros), billedBytes, jobs: jobCount}}, context);
		}
	};

	const checkCap = (): void => {
		const {costMicros} = stream.state();
		if (costMicros > settings.costCapMicros) {
			throw new StepFailure({message: `The run has cost $${(costMicros / 1e6).toFixed(2)}, more than its cap of $${(settings.costCapMicros / 1e6).toFixed(2)}.`, reason: 'costCap', class: 'permanent', advice: 'Raise costCapMicros in the settings, then resume.'});
		}
	};

	/**
	 * A job of an interrupted attempt that did the same change already: it is never run a second time.
	 * @param isAtMostOnce - then one that failed counts too: only a person starts it again, as a new attempt.
	 */
	const findEarlier = (sqlSha256: string, isAtMostOnce: boolean): JobId | undefined => {
		const prefix = `eros_${options.run}_`;
		const middle = `_${task.id.replaceAll(/[^\dA-Za-z]/g, '')}_s`;
		const ending = `_${sqlSha256.slice(0, 12)}_a`;
		const earlier = [...stream.state().jobs].filter(([id, job]) => job.task === task.id && id.startsWith(prefix) && id.includes(middle) && id.includes(ending) && job.state !== 'absent'
			&& !submitted.includes(id) && (isAtMostOnce || (job.summary?.state !== 'FAILED' && job.summary?.state !== 'CANCELLED')) && Number(id.slice(id.lastIndexOf('_a') + 2)) > jobAttemptsBefore);
		return earlier[0]?.[0];
	};

	const isKnown = (id: JobId): boolean => {
		const known = stream.state().jobs.get(id)?.state;
		return known !== undefined && known !== 'absent';
	};

	/** The run was stopped over a job: it is cancelled by its id, and how it ended is written down where that can be learnt soon. */
	const settleStopped = async (request: StatementRequest, id: JobId): Promise<void> => {
		if (!isKnown(id)) {
			return;
		}

		try {
			await ports.warehouse.cancelJob(id);
			const patience = new AbortController();
			const ended = await Promise.race([
				ports.warehouse.waitForJob(id, patience.signal).catch(() => undefined),
				ports.clock.pause(timings.stopPatienceMs, patience.signal).then(() => undefined, () => undefined),
			]);
			patience.abort();
			if (ended === undefined) {
				stream.tell({type: 'log.written', data: {level: 'warning', text: 'still runs after its cancellation was asked for; a resume looks it up', job: id}}, context);
			} else {
				await recordFinished(request, ended);
			}
		} catch {
			// The journal or the warehouse can't be reached: the job stays without an outcome, and a resume looks it up.
		}
	};

	const runOnce = async (request: StatementRequest, spec: JobSpec, sqlSha256: string): Promise<JobStatus> => {
		// A statement is kept before it is announced: what the journal names by hash can be read.
		await options.blobs.keep(statementText(request.sql, request.parameters));
		await emit({type: 'job.intended', data: {task: task.id, job: spec.id, statement: request.title, sqlSha256, mutates: spec.mutates.length > 0, ...(request.isPreparation === true ? {isPreparation: true} : {}), ...(spec.authority === undefined ? {} : {authority: spec.authority})}}, context);
		submitted.push(spec.id);
		try {
			await submit(spec);
			const job = await wait(spec.id);
			await recordFinished(request, job);
			return job;
		} catch (error) {
			if (signal.aborted) {
				await settleStopped(request, spec.id);
			}

			throw error;
		}
	};

	/** The job is done and known to be: rows that can't be read now are no reason to doubt it. */
	const readRows = async <R extends Row>(id: JobId): Promise<{readonly rows: readonly R[]}> => {
		try {
			return await insist(async () => ports.warehouse.readRows<R>(id));
		} catch (error) {
			if (isUncertain(error)) {
				throw new StepFailure({message: `${id} is done and its rows can not be read: ${error.message}`, reason: error.reason, class: 'transient'});
			}

			throw error;
		}
	};

	const finish = async <R extends Row>(job: JobStatus, startedMs: number): Promise<StatementResult<R>> => {
		const {rows} = statementsWithRows.has(job.statementType) ? await readRows<R>(job.id) : {rows: []};
		if (rows.length > 0) {
			const sha256 = await options.blobs.keep(rowsAsText(rows));
			stream.tell({type: 'result.kept', data: {task: task.id, job: job.id, sha256, rows: rows.length}}, context);
		}

		return {job, rows, durationMs: durationOf(job), wallMs: ports.clock.monotonic() - startedMs};
	};

	/** How a job ended that an earlier submission started; undefined when the warehouse never had it. */
	const resolve = async (request: StatementRequest, id: JobId): Promise<JobStatus | undefined> => {
		const found = await insist(async () => findSurely({ports, timings}, id));
		const isFinished = stream.state().jobs.get(id)?.state === 'finished';
		if (found === undefined) {
			if (isFinished) {
				throw new StepFailure({message: `${id} is done and the warehouse no longer knows it; it is not run a second time.`, reason: 'notFound', class: 'permanent', advice: 'Look at what it left, then retry or skip.'});
			}

			await emit({type: 'job.absent', data: {task: task.id, job: id}}, context);
			return undefined;
		}

		submitted.push(id);
		if (isFinished) {
			return found;
		}

		await adopt(id);
		const job = await wait(id);
		await recordFinished(request, job);
		return job;
	};

	const specify = async (request: StatementRequest, name: JobName): Promise<JobSpec> => {
		const mutates = request.mutates ?? [];
		return {
			id: nameJob(name),
			sql: request.sql,
			...(request.parameters === undefined ? {} : {parameters: request.parameters}),
			maximumBytesBilled: request.maximumBytesBilled ?? settings.maximumBytesBilled,
			timeoutMs: request.timeoutMs ?? settings.jobTimeoutMs,
			labels: labelJob(name),
			mutates,
			...(mutates.includes(settings.dataset) ? {authority: await options.authority()} : {}),
		};
	};

	return {
		jobs: () => submitted,
		async run<R extends Row = Row>(request: StatementRequest): Promise<StatementResult<R>> {
			signal.throwIfAborted();
			checkCap();
			const startedMs = ports.clock.monotonic();
			const isMutating = (request.mutates ?? []).length > 0;
			if (request.isPreparation === true && (request.mutates ?? []).includes(settings.dataset)) {
				throw new StepFailure({message: `${request.title} would be done anew in production by each resume.`, reason: 'preparation', class: 'permanent'});
			}

			const isAtMostOnce = task.stepClass === 'data' && isMutating && request.isIdempotent !== true && request.isPreparation !== true;
			const sqlSha256 = hashStatement(request.sql, request.parameters);
			statements += 1;
			const statement = statements;
			let earlier = isMutating && request.isPreparation !== true ? findEarlier(sqlSha256, isAtMostOnce) : undefined;
			for (let again = 0; ; again += 1) {
				const name = {run: options.run, epoch: options.epoch(), task: task.id, statement, sqlSha256, attempt: jobAttemptsBefore + again + 1};
				// An attempt that was interrupted, in this process or an earlier one, goes on with the job it had.
				const known = earlier ?? (isKnown(nameJob(name)) ? nameJob(name) : undefined);
				const job = (known === undefined ? undefined : await resolve(request, known)) ?? await runOnce(request, await specify(request, name), sqlSha256);
				if (job.error === undefined) {
					return finish<R>(job, startedMs);
				}

				const failure = failureOfJob(job, job.error, request.source);
				const mayRepeat = failure.class === 'transient' || (earlier !== undefined && failure.reason === 'stopped');
				earlier = undefined;
				if (!mayRepeat || isAtMostOnce || again + 1 >= timings.jobAttempts) {
					throw new StepFailure(failure);
				}

				await ports.clock.pause(timings.retryPausesMs[again] ?? 0, signal);
			}
		},
	};
};
