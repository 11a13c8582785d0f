// A run: starts tasks as the scheduler allows, answers intents, and ends with a verdict. Everything it knows it has
// written to the journal first.
import {setMaxListeners} from 'node:events';
import type {ControlEvent, RunCommand, TargetSummary} from '../domain/events.js';
import type {TaskId} from '../domain/ids.js';
import type {Intent, IntentType} from '../domain/intents.js';
import {countCriteria} from '../domain/verdicts.js';
import type {WindowSpec} from '../domain/window.js';
import type {JournaledEvent} from '../domain/events.js';
import type {Journal} from '../ports/journal.js';
import type {Lease} from '../ports/lease.js';
import type {Session} from '../ports/session.js';
import type {ApprovalPolicy} from './approval.js';
import {createCarryOut} from './carry-out.js';
import {judgeEnding, type Ending, type RollbackEnd} from './ending.js';
import {createEventStream} from './event-stream.js';
import {failureOf} from './job-failure.js';
import {createIntake} from './intake.js';
import {createQuestions} from './questions.js';
import {reconcile, type CompareCatalog} from './resume.js';
import {createScheduler} from './scheduler.js';
import {askForRollback, runRollback, type RollbackPlan} from './session-rollback.js';
import {jobTimingsOf, type JobTimings} from './run-job.js';
import {removeStaging} from './staging.js';
import {settlePrevious} from './take-over.js';
import type {RunEnvironment} from './step-context.js';
import type {Ports, Settings, WindowTasks} from './task.js';

export type SessionOptions = {
	readonly journal: Journal & {readonly past: readonly JournaledEvent[]; readonly epoch: () => number; readonly setEpoch: (epoch: number) => void};
	readonly window: WindowSpec;
	readonly tasks: WindowTasks;
	readonly ports: Ports;
	readonly lease: Lease;
	readonly settings: Settings;
	readonly command: RunCommand;
	readonly version: string;
	readonly target: TargetSummary;
	readonly stagingDataset: string;
	readonly artifacts: string;
	readonly root: string;
	readonly seed?: number;
	readonly speed?: number;
	/** Who acts through this session. */
	readonly actor: string;
	readonly isUnattended: boolean;
	readonly approval?: ApprovalPolicy;
	/** Asked before the first task of an attended run. */
	readonly startTitle?: string;
	/** What a rollback out of this session goes back to and how it is checked. */
	readonly rollback?: RollbackPlan;
	/** How a resumed run compares the live catalog with its journal. */
	readonly compareCatalog?: CompareCatalog;
	/** A rollback that is the planned end of the run. */
	readonly endWithRollback?: {readonly reason: string; readonly components: readonly string[] | 'all'};
	/** Handed to the tasks as `context.memory`. */
	readonly memory?: Map<string, unknown>;
	readonly timings?: JobTimings;
	readonly findRehearsal?: RunEnvironment['findRehearsal'];
	/** How often an open production question is compared with production, ms; 20,000 by default. */
	readonly lookForMovesMs?: number;
	/** How often the signature of a second person is looked for, ms; 3000 by default. */
	readonly lookForSignatureMs?: number;
};

/** The session of the process that runs it. */
export type EngineSession = Session & {
	/** Writes an event of the supervisor; nothing once the run is over. */
	readonly record: (event: ControlEvent) => void;
	/** Writes down that this process goes; resolves when the disk has it. The run is left as it stands, for a resume. */
	readonly suspend: (reason: string) => Promise<void>;
};

/**
 * Starts or continues a run. It goes on by itself; watch it through the session.
 * A journal with a past is a resume: jobs are reconciled by id before anything runs.
 */
export const createSession = (options: SessionOptions): EngineSession => {
	const {journal, ports, settings, tasks} = options;
	const {clock} = ports;
	let ending: Ending | undefined;
	let isPaused = false;
	// Not read from the state: a run that goes on has an end in its past until `run.resumed` stands.
	let isOver = false;
	let wake: (() => void) | undefined;
	const poke = (): void => wake?.();
	const stop = new AbortController();
	const draining = new AbortController();
	// Every job of every lane listens to it while it waits: that many listeners are no leak.
	setMaxListeners(0, stop.signal, draining.signal);
	const endWith = (how: Ending): void => {
		ending ??= how;
		poke();
	};

	const stream = createEventStream({
		journal,
		past: journal.past,
		onBroken(error) {
			endWith({kind: 'broken', message: error instanceof Error ? error.message : `The journal can't be written: ${String(error)}. Nothing more was started.`});
			stop.abort(new Error('the journal can not be written'));
		},
		onRefused(event, reason) {
			stream.tell({type: 'log.written', data: {level: 'error', text: `event ${event.type} did not fit: ${reason}`}});
		},
	});
	const questions = createQuestions(stream, clock.now);
	const intentListeners = new Map<IntentType, Set<(intent: Intent) => void>>();
	const onIntent: RunEnvironment['onIntent'] = (type, listener) => {
		const listeners = intentListeners.get(type) ?? new Set();
		intentListeners.set(type, listeners);
		listeners.add(listener as (intent: Intent) => void);
		return {[Symbol.dispose]: () => listeners.delete(listener as (intent: Intent) => void)};
	};

	const environment: RunEnvironment = {
		run: journal.run,
		epoch: journal.epoch,
		stream,
		questions,
		ports,
		lease: options.lease,
		settings,
		stagingDataset: options.stagingDataset,
		artifacts: options.artifacts,
		root: options.root,
		target: options.target.kind,
		isUnattended: options.isUnattended,
		memory: options.memory ?? new Map<string, unknown>(),
		timings: options.timings ?? jobTimingsOf(options.target.kind),
		lookForSignatureMs: options.lookForSignatureMs ?? 3000,
		lookForMovesMs: options.lookForMovesMs ?? 20_000,
		...(options.findRehearsal === undefined ? {} : {findRehearsal: options.findRehearsal}),
		draining: draining.signal,
		onIntent,
	};
	const specs = tasks.map(({spec}) => spec);
	const scheduler = createScheduler(specs);

	const takeLease = async (): Promise<AsyncDisposable> => {
		const {previous, ...hold} = await options.lease.acquire({run: journal.run, actor: options.actor});
		try {
			await settlePrevious({stream, ports}, previous, stop.signal);
		} catch (error) {
			await options.lease.release();
			throw error;
		}

		journal.setEpoch(Math.max(journal.epoch(), hold.epoch));
		await stream.emit({type: 'lease.taken', data: hold});
		return {
			async [Symbol.asyncDispose]() {
				await options.lease.release();
				await stream.emit({type: 'lease.released', data: {epoch: hold.epoch}});
			},
		};
	};

	let isAsking = false;
	/** Asks for a rollback beside what runs, and ends the run for it once the phrase is typed. */
	const proposeRollback = async (reason: string, components: readonly string[] | 'all', refuse: (reason: string) => void): Promise<boolean> => {
		if (options.rollback === undefined || isAsking) {
			refuse(isAsking ? 'the question is open already' : 'this run has nothing to go back to');
			return false;
		}

		isAsking = true;
		try {
			const answer = await askForRollback({environment, plan: options.rollback, request: {reason, components}, isPlanned: false, takeLease});
			if (answer === 'confirmed') {
				endWith({kind: 'roll-back', reason, components, isConfirmed: true});
				stop.abort(new Error('a rollback was confirmed'));
				return true;
			}

			if (answer !== 'not confirmed') {
				refuse(answer.problem);
			}

			return false;
		} finally {
			isAsking = false;
		}
	};

	const {carryOut, reopen} = createCarryOut({environment, tasks, scheduler, approval: options.approval ?? {}, stop: stop.signal, takeLease, endWith, isEnding: () => ending !== undefined, proposeRollback});

	const launch = (id: TaskId): void => {
		scheduler.start(id);
		carryOut(id)
			.catch((error: unknown) => {
				scheduler.release(id);
				endWith({kind: 'broken', message: error instanceof Error ? error.message : String(error)});
			})
			.finally(poke);
	};

	const runTasks = async (): Promise<Ending> => {
		for (;;) {
			const changed = new Promise<void>(resolve => {
				wake = resolve;
			});
			if (ending === undefined && !isPaused) {
				for (const id of scheduler.startable()) {
					launch(id);
				}
			}

			if (scheduler.running().size === 0 && (ending !== undefined || scheduler.isDone())) {
				return ending ?? {kind: 'completed'};
			}

			await changed;
		}
	};

	const start = async (): Promise<void> => {
		if (journal.past.some(event => event.type === 'run.started')) {
			journal.setEpoch(journal.epoch() + 1);
			for (const {id} of stream.state().views) {
				stream.tell({type: 'view.left', data: {id, reason: 'the supervisor ended'}});
			}

			await reconcile(environment, specs, {isSecondPersonRequired: options.approval?.isSecondPersonRequired === true, ...(options.compareCatalog === undefined ? {} : {compareCatalog: options.compareCatalog})});
			for (const [id, step] of stream.state().steps) {
				if (step.state.kind === 'passed' || step.state.kind === 'skipped') {
					scheduler.settle(id);
				}
			}
		} else {
			journal.setEpoch(Math.max(1, journal.epoch()));
			const {command, version, target, window, seed, speed, stagingDataset, artifacts} = options;
			await stream.emit({type: 'run.started', data: {run: journal.run, command, version, target, window, ...(seed === undefined ? {} : {seed}), ...(speed === undefined ? {} : {speed}), windowEndsAtMs: clock.now() + settings.windowMs, costCapMicros: settings.costCapMicros, stagingDataset, artifacts, ...(options.approval?.isSecondPersonRequired === true ? {isSecondPersonRequired: true} : {})}});
		}

		if (!options.isUnattended && options.startTitle !== undefined) {
			await questions.ask({kind: 'start', id: `start/${journal.epoch()}`, title: options.startTitle}, stop.signal);
		}
	};

	const rollBackAtEnd = async (how: Ending): Promise<RollbackEnd | undefined> => {
		const planned = how.kind === 'completed' ? options.endWithRollback : undefined;
		const request = how.kind === 'roll-back' ? how : planned;
		if (request === undefined || options.rollback === undefined) {
			return undefined;
		}

		return runRollback({environment, plan: options.rollback, request, isPlanned: planned !== undefined, takeLease});
	};

	const finish = async (how: Ending): Promise<number> => {
		let rollback: RollbackEnd | undefined;
		try {
			rollback = await rollBackAtEnd(how);
			const isGivenUp = how.kind === 'failed' || how.kind === 'refused';
			if (isGivenUp && !stop.signal.aborted && stream.state().production.kind === 'unchanged') {
				await removeStaging(environment);
			}
		} catch (error) {
			rollback = how.kind === 'roll-back' || options.endWithRollback !== undefined ? {isProved: false, isPlanned: false, sentence: `The rollback stopped: ${failureOf(error).message} Continue it with: eros-tui rollback`} : rollback;
		}

		questions.closeAll('the run is over');
		await stream.settled();
		const verdict = judgeEnding(how, stream.state(), rollback);
		isOver = true;
		const healthScore = stream.state().monitor?.samples.at(-1)?.score;
		if (how.kind !== 'broken') {
			await stream.emit({type: 'run.finished', data: {...verdict, criteria: countCriteria(stream.state()), ...(healthScore === undefined ? {} : {healthScore}), costMicros: stream.state().costMicros}});
		}

		return verdict.exitCode;
	};

	const dispatch = createIntake({
		environment, specs, scheduler, reopen, endWith, poke,
		actor: options.actor,
		proposeRollback,
		isEnding: () => ending !== undefined,
		isOver: () => isOver,
		setPaused(paused) {
			isPaused = paused;
		},
		drain(reason) {
			questions.closeForGood(reason);
			draining.abort(new Error(reason));
		},
		stop(reason) {
			stop.abort(new Error(reason));
		},
		listeners: intentListeners,
	});

	const run = async (): Promise<number> => {
		await start();
		return finish(await runTasks());
	};

	const finished = run().catch((error: unknown) => judgeEnding({kind: 'broken', message: error instanceof Error ? error.message : String(error)}, stream.state()).exitCode);
	return {
		subscribe: stream.subscribe,
		dispatch,
		state: stream.state,
		finished,
		record(event) {
			if (!isOver) {
				stream.tell(event);
			}
		},
		async suspend(reason) {
			if (!isOver) {
				await stream.emit({type: 'run.suspended', data: {reason}});
			}
		},
	};
};
