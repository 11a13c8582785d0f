// Runs scheduled queries when the warehouse's clock says so, each as a job of its own with `@run_time`, one after the
// other in the order they were due. Runs and configs are kept in the database.
import {createHash, randomUUID} from 'node:crypto';
import {z} from 'zod';
import type {WarehouseClock} from '../clock.js';
import type {Database} from '../contract.js';
import {failureMessage} from '../rest/api-error.js';
import type {JobService} from '../rest/job-service.js';
import {localUser} from '../user-token.js';
import {nextRunOf, transferConfig, transferRun, type TransferConfig, type TransferRun} from './config.js';

const maximumRunsKept = 1000;
/** setTimeout overflows beyond 24.8 days. */
const longestTimerMs = 6 * 3_600_000;

export type Scheduler = {
	configs: () => readonly TransferConfig[];
	find: (id: string) => TransferConfig | undefined;
	/** Inserts or replaces, and works out the next firing. */
	put: (config: TransferConfig) => Promise<TransferConfig>;
	remove: (id: string) => Promise<void>;
	runs: (configId: string) => readonly TransferRun[];
	removeRun: (configId: string, runId: string) => Promise<void>;
	/** Starts a run at once; it goes on by itself. */
	startManualRun: (config: TransferConfig, runTimeMs: number) => Promise<TransferRun>;
	/** Moves the clock to an instant, running on the way everything that is due. Returns the runs. */
	advanceTo: (targetMs: number, onRun?: (run: TransferRun) => void) => Promise<readonly TransferRun[]>;
	/** Whether a run is under way, or one is due by the warehouse's clock. */
	isBusy: () => boolean;
	/** Works out every next firing again, after the clock was set. */
	reschedule: () => Promise<void>;
	close: () => Promise<void>;
};

type Options = {readonly database: Pick<Database, 'state'>; readonly clock: WarehouseClock; readonly jobs: JobService; /** Called after each step of a driven clock: an instant that was reached is not lived through twice. */ readonly onClockMoved?: () => Promise<void>};

const jobIdOf = (run: Pick<TransferRun, 'id'>): string => `scheduled_query_${run.id}`;

/** The id of a firing follows from what fires and when, so that a firing that was interrupted is the same one when it is taken up again. */
const firingId = (config: TransferConfig, dueMs: number): string => createHash('sha256').update(`${config.id}/${dueMs}`).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

/** Reads what an earlier process kept, takes up the runs it left unfinished, and arms the timer. A clock that runs in real time does not make up for missed firings; a driven one does. */
export const createScheduler = async ({database, clock, jobs, onClockMoved = async () => undefined}: Options): Promise<Scheduler> => {
	const {state} = database;
	const stored = z.array(transferConfig).safeParse((await state.read('transfer/configs')) ?? []);
	const configs = new Map<string, TransferConfig>((stored.data ?? []).map(config => [config.id, config]));
	const runs = new Map<string, TransferRun[]>();
	for (const id of configs.keys()) {
		const kept = z.array(transferRun).safeParse((await state.read(`transfer/runs/${id}`)) ?? []);
		runs.set(id, kept.data ?? []);
	}

	let timer: NodeJS.Timeout | undefined;
	let isClosed = false;
	let isAdvancing = false;
	let chain: Promise<unknown> = Promise.resolve();
	const background = new Set<Promise<unknown>>();

	const saveConfigs = async (): Promise<void> => state.write('transfer/configs', [...configs.values()]);
	const saveRun = async (run: TransferRun): Promise<void> => {
		const list = (runs.get(run.config) ?? []).filter(other => other.id !== run.id);
		list.push(run);
		runs.set(run.config, list.slice(-maximumRunsKept));
		await state.write(`transfer/runs/${run.config}`, runs.get(run.config));
	};

	const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
		const result = chain.then(work);
		chain = result.catch(() => undefined);
		return result;
	};

	const perform = async (config: TransferConfig, pending: TransferRun): Promise<TransferRun> => {
		const jobId = jobIdOf(pending);
		let run: TransferRun = {...pending, state: 'RUNNING', startedMs: pending.startedMs ?? clock.nowMs(), jobId};
		await saveRun(run);
		try {
			// A run that is taken up after a kill may have its job already.
			const job = await jobs.find(jobId) ?? await jobs.submitQuery({
				jobId,
				isNamed: true,
				sql: config.query,
				// As the service does, parameters that the query does not use are offered all the same.
				parameters: [
					{name: 'run_time', type: {kind: 'scalar', name: 'TIMESTAMP'}, value: String(BigInt(run.runTimeMs) * 1000n)},
					{name: 'run_date', type: {kind: 'scalar', name: 'DATE'}, value: new Date(run.runTimeMs).toISOString().slice(0, 10)},
				],
				labels: {data_source_id: 'scheduled_query'},
				user: config.serviceAccount ?? localUser,
			});
			await job.done;
			const error = (await jobs.find(jobId))?.record.error;
			run = {...run, state: error === undefined ? 'SUCCEEDED' : (error.reason === 'stopped' ? 'CANCELLED' : 'FAILED'), endedMs: clock.nowMs(), ...(error === undefined ? {} : {errorMessage: failureMessage(error)})};
		} catch (error) {
			run = {...run, state: 'FAILED', endedMs: clock.nowMs(), errorMessage: error instanceof Error ? error.message : String(error)};
		}

		await saveRun(run);
		return run;
	};

	const earliest = (): TransferConfig | undefined =>
		[...configs.values()].filter(config => config.nextRunMs !== undefined).toSorted((a, b) => (a.nextRunMs ?? 0) - (b.nextRunMs ?? 0) || a.createdMs - b.createdMs)[0];

	const withNext = (config: TransferConfig, afterMs: number): TransferConfig => {
		const {nextRunMs: _before, ...rest} = config;
		const nextRunMs = nextRunOf(config, afterMs);
		return nextRunMs === undefined ? rest : {...rest, nextRunMs};
	};

	const fire = async (config: TransferConfig, dueMs: number): Promise<TransferRun> => {
		const id = firingId(config, dueMs);
		const known = (runs.get(config.id) ?? []).find(run => run.id === id);
		const pending: TransferRun = known ?? {id, config: config.id, runTimeMs: dueMs, scheduledMs: dueMs, state: 'PENDING', isManual: false};
		if (known === undefined) {
			// Before the config moves on: a firing is never lost between the two, and never done twice, because it has its id.
			await saveRun(pending);
		}

		configs.set(config.id, withNext(config, dueMs));
		await saveConfigs();
		return known?.endedMs === undefined ? perform(config, pending) : known;
	};

	/** Ends the runs that an earlier process left, oldest first; their jobs are found by their ids. */
	const takeUp = async (): Promise<void> => {
		const left = [...runs.values()].flat().filter(run => run.state === 'PENDING' || run.state === 'RUNNING').toSorted((a, b) => a.scheduledMs - b.scheduledMs);
		for (const run of left) {
			const config = configs.get(run.config);
			if (config !== undefined && !isClosed) {
				await perform(config, run);
			}
		}
	};

	const arm = (): void => {
		clearTimeout(timer);
		const due = earliest()?.nextRunMs;
		if (isClosed || isAdvancing || due === undefined) {
			return;
		}

		timer = setTimeout(() => {
			const work = inTurn(async () => {
				for (let next = earliest(); !isClosed && next?.nextRunMs !== undefined && next.nextRunMs <= clock.nowMs(); next = earliest()) {
					await fire(next, next.nextRunMs);
				}
			}).finally(() => {
				background.delete(work);
				arm();
			});
			background.add(work);
			work.catch(() => undefined);
		}, Math.min(longestTimerMs, Math.max(0, due - clock.nowMs())));
		timer.unref();
	};

	const reschedule = async (): Promise<void> => {
		for (const config of configs.values()) {
			configs.set(config.id, withNext(config, clock.nowMs()));
		}

		await saveConfigs();
		arm();
	};

	if (!clock.isDriven()) {
		await reschedule();
	}

	const taken = inTurn(takeUp).finally(() => {
		background.delete(taken);
	});
	background.add(taken);
	taken.catch(() => undefined);
	arm();
	return {
		configs: () => [...configs.values()],
		find: id => configs.get(id),
		async put(config) {
			const placed = withNext(config, clock.nowMs());
			configs.set(config.id, placed);
			if (!runs.has(config.id)) {
				runs.set(config.id, []);
			}

			await saveConfigs();
			arm();
			return placed;
		},
		async remove(id) {
			configs.delete(id);
			runs.delete(id);
			await saveConfigs();
			await state.write(`transfer/runs/${id}`, []);
			arm();
		},
		runs: configId => runs.get(configId) ?? [],
		async removeRun(configId, runId) {
			runs.set(configId, (runs.get(configId) ?? []).filter(run => run.id !== runId));
			await state.write(`transfer/runs/${configId}`, runs.get(configId));
		},
		async startManualRun(config, runTimeMs) {
			const run: TransferRun = {id: randomUUID(), config: config.id, runTimeMs, scheduledMs: clock.nowMs(), state: 'PENDING', isManual: true};
			await saveRun(run);
			const work = inTurn(async () => perform(config, run)).finally(() => {
				background.delete(work);
			});
			background.add(work);
			work.catch(() => undefined);
			return run;
		},
		async advanceTo(targetMs, onRun) {
			clearTimeout(timer);
			return inTurn(async () => {
				isAdvancing = true;
				const done: TransferRun[] = [];
				try {
					for (let next = earliest(); next?.nextRunMs !== undefined && next.nextRunMs <= targetMs && !isClosed; next = earliest()) {
						if (next.nextRunMs > clock.nowMs()) {
							clock.set(next.nextRunMs);
							await onClockMoved();
						}

						const run = await fire(next, next.nextRunMs);
						done.push(run);
						onRun?.(run);
					}

					if (targetMs > clock.nowMs()) {
						clock.set(targetMs);
					}

					return done;
				} finally {
					isAdvancing = false;
					arm();
				}
			});
		},
		isBusy: () => background.size > 0 || isAdvancing || (earliest()?.nextRunMs ?? Number.POSITIVE_INFINITY) <= clock.nowMs(),
		reschedule,
		async close() {
			isClosed = true;
			clearTimeout(timer);
			await Promise.allSettled(background);
			await chain;
		},
	};
};
