// A run: starts tasks as the scheduler allows, answers intents, and ends with a verdict. Everything it knows it has
// written to the journal first.
import {setMaxListeners} from 'node:events';
import type {RunCommand, TargetSummary} from '../domain/events.js';
import {dependentsOf} from '../domain/graph.js';
import type {JobId, TaskId} from '../domain/ids.js';
import type {Intent, IntentType} from '../domain/intents.js';
import {countCriteria} from '../domain/verdicts.js';
import type {WindowSpec} from '../domain/window.js';
import type {JournaledEvent} from '../domain/events.js';
import type {Journal} from '../ports/journal.js';
import type {Lease} from '../ports/lease.js';
import type {Session} from '../ports/session.js';
import {requestApproval, type ApprovalPolicy} from './approval.js';
import {judgeEnding, type Ending, type RollbackEnd} from './ending.js';
import {createEventStream} from './event-stream.js';
import {failureChoices, waitingFor} from './failure-choices.js';
import {decideGate, isGateDecidable, isGateTest} from './gate.js';
import {failureOf} from './job-failure.js';
import {createQuestions} from './questions.js';
import {firstAttempt, reconcile} from './resume.js';
import {runStep} from './run-step.js';
import {createScheduler} from './scheduler.js';
import {runRollback, type RollbackPlan} from './session-rollback.js';
import {defaultJobTimings, type JobTimings} from './run-job.js';
import {removeStaging} from './staging.js';
import type {RunEnvironment} from './step-context.js';
import type {Ports, Settings, Task, WindowTasks} from './task.js';

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
	/** A rollback that is the planned end of the run. */
	readonly endWithRollback?: {readonly reason: string; readonly components: readonly string[] | 'all'};
	/** Handed to the tasks as `context.memory`. */
	readonly memory?: Map<string, unknown>;
	readonly timings?: JobTimings;
};

/**
 * Starts or continues a run. It goes on by itself; watch it through the session.
 * A journal with a past is a resume: jobs are reconciled by id before anything runs.
 */
export const createSession = (options: SessionOptions): Session => {
	const {journal, ports, settings, tasks} = options;
	const {clock} = ports;
	let ending: Ending | undefined;
	let isPaused = false;
	let wake: (() => void) | undefined;
	const poke = (): void => wake?.();
	const stop = new AbortController();
	// Every job of every lane listens to it while it waits: that many listeners are no leak.
	setMaxListeners(0, stop.signal);
	const endWith = (how: Ending): void => {
		ending ??= how;
		poke();
	};

	const stream = createEventStream({
		journal,
		past: journal.past,
		onBroken(error) {
			endWith({kind: 'broken', message: `The journal can't be written: ${error instanceof Error ? error.message : String(error)}. Nothing more was started.`});
			stop.abort(new Error('the journal can not be written'));
		},
		onRefused(event, reason) {
			stream.tell({type: 'log.written', data: {level: 'error', text: `event ${event.type} did not fit: ${reason}`}});
		},
	});
	const questions = createQuestions(stream, clock.now);
	const runningJobs = new Set<JobId>();
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
		timings: options.timings ?? defaultJobTimings,
		onRunningJob: (id, isRunning) => void (isRunning ? runningJobs.add(id) : runningJobs.delete(id)),
		onIntent,
	};
	const specs = tasks.map(({spec}) => spec);
	const byId = new Map<TaskId, Task>(tasks.map(task => [task.spec.id, task]));
	const scheduler = createScheduler(specs);

	const takeLease = async (): Promise<AsyncDisposable> => {
		const hold = await options.lease.acquire({run: journal.run, actor: options.actor});
		journal.setEpoch(Math.max(journal.epoch(), hold.epoch));
		await stream.emit({type: 'lease.taken', data: hold});
		return {
			async [Symbol.asyncDispose]() {
				await options.lease.release();
				await stream.emit({type: 'lease.released', data: {epoch: hold.epoch}});
			},
		};
	};

	/** Takes settled tasks back: what they showed is no longer fresh. */
	const reopen = async (ids: readonly TaskId[], reason: string): Promise<void> => {
		for (const id of ids) {
			const kind = stream.state().steps.get(id)?.state.kind;
			if (kind === 'passed' || kind === 'skipped') {
				await stream.emit({type: 'step.staled', data: {task: id, reason}}, {step: id});
			}

			scheduler.reopen(id);
		}
	};

	const afterGateTest = async (): Promise<void> => {
		if (isGateDecidable(stream.state())) {
			await stream.emit({type: 'gate.decided', data: decideGate(stream.state(), clock.now())});
		}
	};

	/** What a person, or the policy of an unattended run, makes of a failure. */
	const decideFailure = async (task: Task, attempt: number, failure: Ending & {readonly kind: 'failed'}): Promise<'retry' | 'settled' | 'ended'> => {
		const {spec} = task;
		if (options.isUnattended) {
			if (failure.failure.class === 'transient' && attempt < 2 && !isGateTest(spec)) {
				return 'retry';
			}

			endWith(failure);
			return 'ended';
		}

		for (let asked = 1; ; asked += 1) {
			const choices = failureChoices(spec, failure.failure, stream.state(), isGateTest(spec));
			const answer = await questions.ask({kind: 'failure', id: `${spec.id}/failure/${attempt}/${asked}`, task: spec.id, failure: failure.failure, choices, waiting: waitingFor(specs, spec.id)}, stop.signal);
			if (answer.kind !== 'chosen') {
				endWith(failure);
				return 'ended';
			}

			switch (answer.choice) {
				case 'retry':
				case 'continue': {
					return 'retry';
				}

				case 'skip': {
					await stream.emit({type: 'step.skipped', data: {task: spec.id, reason: answer.reason === '' ? 'skipped by choice' : answer.reason, by: answer.by}}, {step: spec.id});
					return 'settled';
				}

				case 'roll-back': {
					endWith({kind: 'roll-back', reason: answer.reason === '' ? failure.failure.message : answer.reason, components: 'all'});
					return 'ended';
				}

				case 'abort': {
					endWith(failure);
					return 'ended';
				}

				case 'wait': {
					break;
				}
			}
		}
	};

	/** True when the task may go on to change production. */
	const approve = async (task: Task, attempt: number): Promise<boolean> => {
		for (let asked = 1; ; asked += 1) {
			const approval = await requestApproval(environment, task, attempt, stop.signal, options.approval ?? {});
			if (approval.kind === 'approved') {
				return true;
			}

			if (approval.kind === 'refused') {
				endWith({kind: 'refused', sentence: approval.sentence});
				return false;
			}

			if (approval.kind === 'gate-expired') {
				const gateTests = specs.filter(spec => isGateTest(spec)).map(({id}) => id);
				const behind = gateTests.length === 0 ? [] : dependentsOf(specs, gateTests[0]!).filter(id => id !== task.spec.id && scheduler.isSettled(id));
				await reopen([...new Set([...gateTests, ...behind])], 'the gate is older than 30 minutes');
				return false;
			}

			if (ending !== undefined || stop.signal.aborted) {
				return false;
			}

			const answer = await questions.ask({kind: 'start', id: `${task.spec.id}/ask-again/${attempt}/${asked}`, title: `Production was not approved: ${approval.reason}. Nothing was changed. Start asks again.`}, stop.signal);
			if (answer.kind !== 'started') {
				return false;
			}
		}
	};

	const runApproved = async (task: Task, attempt: number): ReturnType<typeof runStep> => {
		if (!task.spec.needsApproval) {
			return runStep(environment, task, attempt, stop.signal);
		}

		await using _lease = await takeLease();
		return await runStep(environment, task, attempt, stop.signal);
	};

	const failBeforeStart = async (id: TaskId, attempt: number, error: unknown): Promise<Ending & {readonly kind: 'failed'}> => {
		const failure = failureOf(error);
		await stream.emit({type: 'step.started', data: {task: id, attempt}}, {step: id, attempt});
		await stream.emit({type: 'step.failed', data: {task: id, failure, durationMs: 0}}, {step: id, attempt});
		return {kind: 'failed', task: id, failure};
	};

	const carryOut = async (id: TaskId): Promise<void> => {
		const task = byId.get(id)!;
		for (let attempt = firstAttempt(stream.state().steps.get(id)); ;) {
			let failed: (Ending & {readonly kind: 'failed'}) | undefined;
			try {
				if (task.spec.needsApproval && !await approve(task, attempt)) {
					scheduler.release(id);
					return;
				}

				const outcome = await runApproved(task, attempt);
				if (outcome.kind === 'cancelled') {
					scheduler.release(id);
					return;
				}

				failed = outcome.kind === 'failed' ? {kind: 'failed', task: id, failure: outcome.failure} : undefined;
			} catch (error) {
				const state = stream.state().steps.get(id)?.state.kind;
				failed = state === 'passed' ? undefined : state === 'failed' || stop.signal.aborted ? {kind: 'failed', task: id, failure: failureOf(error)} : await failBeforeStart(id, attempt, error);
			}

			if (isGateTest(task.spec)) {
				await afterGateTest();
			}

			const next = failed === undefined ? 'settled' : await decideFailure(task, attempt, failed);
			if (next === 'settled') {
				scheduler.settle(id);
				return;
			}

			if (next === 'ended') {
				scheduler.release(id);
				return;
			}

			attempt += failed?.failure.class === 'unknown' ? 0 : 1;
		}
	};

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
			await reconcile(environment, specs);
			for (const [id, step] of stream.state().steps) {
				if (step.state.kind === 'passed' || step.state.kind === 'skipped') {
					scheduler.settle(id);
				}
			}
		} else {
			journal.setEpoch(Math.max(1, journal.epoch()));
			const {command, version, target, window, seed, speed, stagingDataset, artifacts} = options;
			await stream.emit({type: 'run.started', data: {run: journal.run, command, version, target, window, ...(seed === undefined ? {} : {seed}), ...(speed === undefined ? {} : {speed}), windowEndsAtMs: clock.now() + settings.windowMs, costCapMicros: settings.costCapMicros, stagingDataset, artifacts}});
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
		const healthScore = stream.state().monitor?.samples.at(-1)?.score;
		if (how.kind !== 'broken') {
			await stream.emit({type: 'run.finished', data: {...verdict, criteria: countCriteria(stream.state()), ...(healthScore === undefined ? {} : {healthScore}), costMicros: stream.state().costMicros}});
		}

		return verdict.exitCode;
	};

	const refuse = (intent: Intent, reason: string): void => stream.tell({type: 'intent.refused', data: {intent: intent.type, reason}});

	const cancelJobs = (): void => {
		for (const id of runningJobs) {
			ports.warehouse.cancelJob(id).catch((error: unknown) => stream.tell({type: 'log.written', data: {level: 'warning', text: `${id} could not be cancelled: ${failureOf(error).message}`, job: id}}));
		}
	};

	const answer = (intent: Extract<Intent, {readonly question: string}>): void => {
		const question = stream.state().questions.find(({id}) => id === intent.question);
		questions.answer(intent, options.actor);
		if (question?.kind === 'recommendation' && intent.type === 'choose' && intent.choice === 'roll-back' && options.rollback !== undefined) {
			const because = question.flags.filter(({state}) => state === 'breach' || state === 'question').map(({rule, detail}) => `${rule}: ${detail}`).join('; ');
			endWith({kind: 'roll-back', reason: intent.reason ?? because, components: 'all'});
			stop.abort(new Error('a rollback was chosen'));
		}
	};

	const dispatch = (intent: Intent): void => {
		if (stream.state().phase === 'finished') {
			// The journal is closed; there is nothing left to act on.
			return;
		}

		switch (intent.type) {
			case 'pause':
			case 'unpause': {
				isPaused = intent.type === 'pause';
				stream.tell({type: isPaused ? 'run.paused' : 'run.unpaused', data: {by: options.actor}});
				poke();
				return;
			}

			case 'drain': {
				stream.tell({type: 'run.draining', data: {reason: `asked by ${options.actor}`}});
				questions.closeAll('the run is ending');
				endWith({kind: 'drained', reason: 'nothing new was started, what ran has settled'});
				return;
			}

			case 'cancel': {
				stream.tell({type: 'run.cancelling', data: {reason: `asked by ${options.actor}`}});
				cancelJobs();
				endWith({kind: 'cancelled', reason: 'running jobs were cancelled'});
				stop.abort(new Error('cancelled'));
				return;
			}

			case 'request-rollback': {
				const {production} = stream.state();
				if (options.rollback === undefined || production.kind === 'unchanged' || production.kind === 'rolling-back' || production.kind === 'rolled-back') {
					refuse(intent, production.kind === 'unchanged' ? 'production is unchanged' : 'production is being or has been rolled back');
					return;
				}

				endWith({kind: 'roll-back', reason: intent.reason, components: intent.components});
				stop.abort(new Error('a rollback was asked for'));
				return;
			}

			case 'review': {
				const {monitor} = stream.state();
				if (monitor === undefined) {
					refuse(intent, 'the monitor has not started');
					return;
				}

				stream.tell({type: 'monitor.reviewed', data: {checkpoint: intent.checkpoint, by: options.actor, note: intent.note, isAutomatic: false}});
				return;
			}

			case 'sample-now': {
				const listeners = intentListeners.get(intent.type);
				if (listeners === undefined || listeners.size === 0) {
					refuse(intent, 'the monitor is not running');
					return;
				}

				for (const listener of listeners) {
					listener(intent);
				}

				return;
			}

			case 'rerun': {
				const step = stream.state().steps.get(intent.task);
				if (step?.state.kind !== 'passed' || stream.state().production.kind !== 'unchanged') {
					refuse(intent, step?.state.kind === 'passed' ? 'production has been changed since' : `${intent.task} has not passed`);
					return;
				}

				reopen([intent.task, ...dependentsOf(specs, intent.task).filter(id => scheduler.isSettled(id))], `${intent.task} is run again`).then(poke, poke);
				return;
			}

			default: {
				answer(intent);
			}
		}
	};

	const run = async (): Promise<number> => {
		await start();
		return finish(await runTasks());
	};

	const finished = run().catch((error: unknown) => judgeEnding({kind: 'broken', message: error instanceof Error ? error.message : String(error)}, stream.state()).exitCode);
	return {subscribe: stream.subscribe, dispatch, state: stream.state, finished};
};
