// The 24-hour monitor: takes its samples when they are due, reads the red flags from them and asks a person when they
// propose something. It proposes; it never acts by itself.
import type {BlindTick, MonitorSample, Recommendation, RedFlag} from '../domain/health.js';
import {defaultRedFlagLimits, readRedFlags, recommend} from '../domain/red-flags.js';
import {formatCount} from '../domain/wording/amount.js';
import {formatSpan} from '../domain/wording/duration.js';
import type {MonitorState} from '../domain/run-state.js';
import {failureOf} from './job-failure.js';
import {checkpoints, latenessMs, monitorOffsetsMs, nextSample} from './monitor-plan.js';
import {buildSample} from './monitor-sample.js';
import {StepInterrupted, type StatementRequest, type StepContext} from './task.js';

/** How often the hold of a driven clock is looked at, real milliseconds. */
const holdMs = 50;

export type MonitorQueries = {
	/** One row; see `buildSample` for its columns. */
	readonly health: Omit<StatementRequest, 'title'>;
	/** One row, parameters given by the caller; built anew for every sample because it knows T0. */
	readonly cost: (t0Ms: number) => Omit<StatementRequest, 'title'>;
	/** One row a missed moment: `at_time`, `since_deploy_micros`, `jobs_finished`, `jobs_failed`, read from the job history. */
	readonly backfill?: (t0Ms: number, momentsMs: readonly number[]) => Omit<StatementRequest, 'title'>;
	/** Compares the live definitions with those that were deployed. */
	readonly readDrift?: (context: StepContext) => Promise<{readonly drifted: number; readonly checked: number}>;
};

export type MonitorOptions = MonitorQueries & {
	/** When production was deployed, UTC epoch milliseconds. */
	readonly t0Ms: number;
	/** Only the first sample: `monitor --once`. */
	readonly isOnce?: boolean;
};

export type MonitorResult = {
	readonly samples: readonly MonitorSample[];
	/** Planned samples that were taken, 0 to 1. */
	readonly coverage: number;
	readonly flags: readonly RedFlag[];
	readonly recommendation: Recommendation;
};

/** A query that fails gives no data; only an ending run stops the monitor. */
const attempt = async <Result>(context: StepContext, what: string, read: () => Promise<Result>): Promise<Result | undefined> => {
	try {
		return await read();
	} catch (error) {
		context.signal.throwIfAborted();
		context.log(`no data: ${what}: ${failureOf(error).message}`, 'warning');
		return undefined;
	}
};

/** Takes one sample of the deployed system. */
export const takeSample = async (context: StepContext, queries: MonitorQueries, due: {readonly index: number; readonly offsetMs: number; readonly t0Ms: number}): Promise<MonitorSample> => {
	const {clock, schedules} = context.ports;
	const {dataset} = context.settings;
	const health = await attempt(context, 'health', async () => (await context.run({...queries.health, title: 'health query'})).rows[0]);
	const cost = await attempt(context, 'cost', async () => (await context.run({...queries.cost(due.t0Ms), title: 'cost query'})).rows[0]);
	const runs = await attempt(context, 'schedule runs', async () => Promise.all((await schedules.list(dataset)).map(async config => ({config, runs: await schedules.runs(config.name)}))));
	const drift = queries.readDrift === undefined ? undefined : await attempt(context, 'definitions', async () => queries.readDrift!(context));
	const atMs = clock.now();
	return buildSample({index: due.index, atMs, dueOffsetMs: due.offsetMs, elapsedMs: atMs - due.t0Ms, health, cost, schedules: runs ?? [], ...(drift === undefined ? {} : {drift})});
};

/** What the job history still knows of missed samples; undefined when it can't be asked. Health is gone for good. */
const backfillTicks = async (context: StepContext, queries: MonitorQueries, t0Ms: number, missedMs: readonly number[]): Promise<readonly BlindTick[] | undefined> => {
	const {backfill} = queries;
	if (backfill === undefined || missedMs.length === 0) {
		return undefined;
	}

	const rows = await attempt(context, 'the job history of the blind window', async () => (await context.run({...backfill(t0Ms, missedMs.map(offsetMs => t0Ms + offsetMs)), title: `back-fill ${missedMs.length} missed samples from the job history`})).rows);
	return rows?.map(row => ({dueOffsetMs: Date.parse(String(row['at_time'])) - t0Ms, sinceDeployMicros: Number(row['since_deploy_micros'] ?? 0), jobsFinished: Number(row['jobs_finished'] ?? 0), jobsFailed: Number(row['jobs_failed'] ?? 0)}));
};

/** What a watch that came to its end has seen. */
const resultOf = ({samples, offsetsMs, flags, recommendation}: MonitorState): MonitorResult => ({
	samples, flags, recommendation, coverage: new Set(samples.map(({index}) => index)).size / offsetsMs.length,
});

/**
 * Watches until the last planned sample; a rollback that a person confirms ends it through the signal. A monitor that was interrupted goes
 * on: samples whose time has passed leave a blind window, cost and errors of it are read from the job history later. One that had ended
 * before its step was decided is not begun again: its samples can't be taken twice. Another T0 is another watch.
 */
export const runMonitor = async (context: StepContext, options: MonitorOptions): Promise<MonitorResult> => {
	const {clock} = context.ports;
	const {expectedDailyCostMicros} = context.settings;
	const limits = {...defaultRedFlagLimits, expectedDailyCostMicros};
	const offsetsMs = options.isOnce === true ? [0] : monitorOffsetsMs;
	const known = context.state().monitor;
	const {t0Ms} = options;
	const isContinued = known?.t0Ms === t0Ms;
	if (isContinued && known.isFinished) {
		return resultOf(known);
	}

	if (!isContinued) {
		await context.emit({type: 'monitor.started', data: {t0Ms, offsetsMs, checkpoints, expectedDailyCostMicros}});
	}

	const samples: MonitorSample[] = [...(isContinued ? known.samples : [])];
	const planned = new Set(samples.map(sample => sample.index));
	let flags: readonly RedFlag[] = isContinued ? known.flags : [];
	let recommendation: Recommendation = isContinued ? known.recommendation : 'continue';
	let lastAsked: string | undefined;
	let asked: Promise<void> = Promise.resolve();
	let isSampling = false;

	const askAbout = async (what: string): Promise<void> => {
		if (context.isUnattended || recommendation === 'continue' || what === lastAsked) {
			return;
		}

		lastAsked = what;
		await context.ask({kind: 'recommendation', id: `${context.task.id}/recommendation/${samples.length}`, recommendation, flags});
	};

	const look = async (index: number, offsetMs: number): Promise<void> => {
		isSampling = true;
		try {
			const sample = await takeSample(context, options, {index, offsetMs, t0Ms});
			samples.push(sample);
			await context.emit({type: 'monitor.sampled', data: sample});
			flags = readRedFlags(samples, limits);
			recommendation = recommend(flags);
			await context.emit({type: 'monitor.flagged', data: {flags, recommendation}});
			const what = flags.filter(flag => flag.state === 'breach' || flag.state === 'question' || flag.state === 'blind').map(flag => `${flag.id}:${flag.state}`).join(',');
			// A driven clock would run away while a person thinks; a real one goes on by itself.
			asked = askAbout(what === '' ? recommendation : what);
			if (clock.isDriven) {
				await asked;
			}
		} finally {
			isSampling = false;
		}
	};

	const review = async (offsetMs: number): Promise<void> => {
		const checkpoint = checkpoints.find(candidate => candidate.offsetMs === offsetMs);
		const isReviewed = context.state().monitor?.checkpoints.find(({id}) => id === checkpoint?.id)?.review !== undefined;
		if (checkpoint !== undefined && !isReviewed && (context.isUnattended || checkpoint.offsetMs <= 7_200_000)) {
			const last = samples.at(-1);
			await context.emit({type: 'monitor.reviewed', data: {checkpoint: checkpoint.id, by: 'monitor', note: `health ${last?.score ?? 'unknown'}, ${flags.filter(({state}) => state === 'ok').length} of ${flags.length} rules ok`, isAutomatic: true}});
		}
	};

	using _nudge = context.onIntent('sample-now', () => {
		if (!isSampling) {
			look(samples.at(-1)?.index ?? 1, clock.now() - t0Ms).catch((error: unknown) => context.log(failureOf(error).message, 'warning'));
		}
	});

	/** A driven clock would run away while a person types the phrase of a rollback; a real one goes on by itself. */
	const holdClock = async (): Promise<void> => {
		while (clock.isDriven && context.state().questions.some(({kind}) => kind === 'rollback')) {
			await clock.pause(holdMs, AbortSignal.any([context.signal, context.draining]));
		}
	};

	let through = Math.max(0, ...planned);
	for (let due = nextSample(offsetsMs, through, clock.now() - t0Ms); due !== undefined; due = nextSample(offsetsMs, through, clock.now() - t0Ms)) {
		const dueMs = t0Ms + due.offsetMs;
		try {
			await holdClock();
			await clock.sleepUntil(dueMs, AbortSignal.any([context.signal, context.draining]));
		} catch (error) {
			context.signal.throwIfAborted();
			throw context.draining.aborted ? new StepInterrupted('the watch stops here; it goes on when the run is resumed') : error;
		}

		const nowMs = clock.now();
		const isLate = options.isOnce !== true && nowMs - dueMs > latenessMs && samples.length > 0;
		if (due.missed.length > 0 || isLate) {
			const ticks = await backfillTicks(context, options, t0Ms, due.missed);
			const missed = due.missed.length === 0 ? `sample ${due.index} came ${formatSpan(nowMs - dueMs)} late` : `${formatCount(due.missed.length, 'sample')} missed: the monitor was not running`;
			await context.emit({type: 'monitor.blinded', data: {fromMs: samples.at(-1)?.atMs ?? t0Ms, toMs: nowMs, reason: missed, backfilled: ticks === undefined ? [] : ['cost', 'errors'], ...(ticks === undefined ? {} : {ticks})}});
		}

		await look(due.index, due.offsetMs);
		planned.add(due.index);
		through = due.index;
		context.progress({done: through, total: offsetsMs.length, label: describeProgress(samples.at(-1))});
		await review(due.offsetMs);
	}

	await asked;
	const coverage = planned.size / offsetsMs.length;
	await context.emit({type: 'monitor.finished', data: {samples: samples.length, coverage}});
	return {samples, coverage, flags, recommendation};
};

const describeProgress = (sample: MonitorSample | undefined): string => (sample?.score === undefined ? 'health unknown' : `health ${sample.score} ${sample.band}`);
