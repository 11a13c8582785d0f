// Builds what a task may touch during one attempt.
import path from 'node:path';
import type {Criterion, Verdict} from '../domain/criterion.js';
import type {ProgressPart, Rehearsal} from '../domain/events.js';
import type {CriterionId, PlanHash, RunId} from '../domain/ids.js';
import type {Intent, IntentType} from '../domain/intents.js';
import {lacksSecondPerson} from '../domain/second-person.js';
import type {TaskSpec} from '../domain/window.js';
import type {EventContext} from '../ports/journal.js';
import type {Lease} from '../ports/lease.js';
import type {MutationAuthority} from '../ports/warehouse.js';
import {createBlobs} from './blobs.js';
import type {EventStream} from './event-stream.js';
import type {Questions} from './questions.js';
import {createJobRunner, type JobTimings} from './run-job.js';
import {StepFailure, StepInterrupted, type Ports, type Settings, type StepContext} from './task.js';

/** What all attempts of a run share. */
export type RunEnvironment = {
	readonly run: RunId;
	readonly epoch: () => number;
	readonly stream: EventStream;
	readonly questions: Questions;
	readonly ports: Ports;
	readonly lease: Lease;
	readonly settings: Settings;
	readonly stagingDataset: string;
	readonly artifacts: string;
	readonly root: string;
	readonly target: 'embedded' | 'bigquery';
	readonly isUnattended: boolean;
	readonly memory: Map<string, unknown>;
	readonly timings: JobTimings;
	/** How often the job list is read while a second person is waited for, ms. Reading it costs nothing. */
	readonly lookForSignatureMs: number;
	/** Aborts when the run winds down. */
	readonly draining: AbortSignal;
	/** How often it is looked whether an open production question still shows what is so, ms. */
	readonly lookForMovesMs: number;
	/** The rehearsal on record that says most about a plan. */
	readonly findRehearsal?: (hash: PlanHash) => Promise<Rehearsal | undefined>;
	readonly onIntent: <Type extends IntentType>(type: Type, listener: (intent: Extract<Intent, {readonly type: Type}>) => void) => Disposable;
};

/** Progress is shown, not proved: one line in this many milliseconds is enough for the eye and the journal. */
const progressEveryMs = 100;

const createProgress = (environment: RunEnvironment, task: TaskSpec, context: EventContext): StepContext['progress'] => {
	let lastMs = Number.NEGATIVE_INFINITY;
	let lastParts: readonly ProgressPart[] | undefined;
	let lastDone: number | undefined;
	return change => {
		// A rollback is no task of the window: it has steps of its own to report.
		if (!environment.stream.state().steps.has(task.id)) {
			return;
		}

		const nowMs = environment.ports.clock.monotonic();
		const isNews = (change.parts !== undefined && JSON.stringify(change.parts) !== JSON.stringify(lastParts)) || (change.done !== undefined && change.done !== lastDone);
		if (!isNews && nowMs - lastMs < progressEveryMs) {
			return;
		}

		lastMs = nowMs;
		lastParts = change.parts ?? lastParts;
		lastDone = change.done ?? lastDone;
		environment.stream.tell({type: 'step.progressed', data: {task: task.id, ...change}}, context);
	};
};

/** Says what a change of production is missing. */
const createAuthority = (environment: RunEnvironment): StepContext['authority'] => async () => {
	const {plan, restorePoint} = environment.stream.state();
	const lacking = (what: string): StepFailure => new StepFailure({message: `Production can't be changed: ${what}.`, reason: 'authority', class: 'permanent'});
	if (restorePoint?.provenAtMs === undefined) {
		throw lacking('no restore point was proven in this run');
	}

	if (plan === undefined) {
		throw lacking('no plan was frozen');
	}

	if (lacksSecondPerson(environment.stream.state())) {
		throw lacking('no second person signed the plan');
	}

	if (environment.lease.current() === undefined) {
		throw lacking('the lease on the dataset is not held');
	}

	const hold = await environment.lease.assertHeld();
	const authority: MutationAuthority = {leaseEpoch: hold.epoch, provenRestorePoint: restorePoint.id, planHash: plan.hash};
	return authority;
};

/** Changes of a production schedule carry the same authority as a job; the caller does not have to think of it. */
const withAuthority = (environment: RunEnvironment, authority: StepContext['authority']): Ports => {
	const {schedules} = environment.ports;
	const whileHeld = async (given: MutationAuthority | undefined): Promise<MutationAuthority | undefined> => given ?? (environment.lease.current() === undefined ? undefined : authority());
	return {
		...environment.ports,
		schedules: {
			...schedules,
			async upsert(dataset, spec, options) {
				const proof = options.authority ?? (dataset === environment.settings.dataset ? await authority() : undefined);
				return schedules.upsert(dataset, spec, {isDisabled: options.isDisabled, ...(proof === undefined ? {} : {authority: proof})});
			},
			setDisabled: async (name, isDisabled, given) => schedules.setDisabled(name, isDisabled, await whileHeld(given)),
			remove: async (name, given) => schedules.remove(name, await whileHeld(given)),
		},
	};
};

export type BuiltContext = {
	readonly context: StepContext;
	/** Verdicts of this attempt so far. */
	readonly verdicts: ReadonlyMap<CriterionId, Verdict>;
	/** Criteria of the task, those added on the way included. */
	readonly criteria: () => readonly Criterion[];
};

/** Builds the context of one attempt; nothing runs yet. */
export const buildStepContext = (environment: RunEnvironment, task: TaskSpec, attempt: number, signal: AbortSignal): BuiltContext => {
	const {stream, settings, questions} = environment;
	const eventContext: EventContext = {step: task.id, attempt, ...(task.lane === undefined ? {} : {lane: task.lane})};
	const verdicts = new Map<CriterionId, Verdict>();
	const authority = createAuthority(environment);
	const runFolder = path.dirname(environment.artifacts);
	const blobs = createBlobs(environment.ports.files, runFolder);
	const runner = createJobRunner({blobs, stream, ports: environment.ports, settings, run: environment.run, epoch: environment.epoch, task, attempt, context: eventContext, signal, authority, timings: environment.timings});
	let asked = 0;

	const decide = (criterion: CriterionId, verdict: Verdict): void => {
		verdicts.set(criterion, verdict);
		stream.tell({type: 'criterion.decided', data: {task: task.id, criterion, verdict}}, eventContext);
	};

	const attest: StepContext['attest'] = async (criterion, text, prefilled) => {
		if (environment.isUnattended) {
			if (environment.target === 'embedded') {
				decide(criterion, {kind: 'attested', by: 'rehearsal', note: prefilled});
			}

			return;
		}

		asked += 1;
		const answer = await questions.ask({kind: 'attestation', id: `${task.id}/a${attempt}/${asked}`, task: task.id, criterion, text, prefilled}, signal);
		switch (answer.kind) {
			case 'attested': {
				decide(criterion, {kind: 'attested', by: answer.by, note: answer.note});
				return;
			}

			case 'rejected': {
				decide(criterion, {kind: 'failed', reason: `${answer.by} says no`});
				return;
			}

			case 'closed': {
				// Nobody said no: the run ended under the question. The step is asked again when the run goes on.
				throw new StepInterrupted(answer.reason);
			}

			default: {
				throw new TypeError(`${answer.kind} answers no attestation.`);
			}
		}
	};

	const context: StepContext = {
		task,
		attempt,
		settings,
		ports: withAuthority(environment, authority),
		signal,
		draining: environment.draining,
		state: stream.state,
		stagingDataset: environment.stagingDataset,
		artifacts: environment.artifacts,
		root: environment.root,
		get planHash() {
			return stream.state().plan?.hash;
		},
		target: environment.target,
		isUnattended: environment.isUnattended,
		log: (text, level = 'info') => stream.tell({type: 'log.written', data: {level, text}}, eventContext),
		progress: createProgress(environment, task, eventContext),
		decide,
		check(criterion, ok, evidence) {
			decide(criterion, ok ? {kind: 'auto', evidence} : {kind: 'failed', reason: evidence});
			return ok;
		},
		notApplicable: (criterion, reason) => decide(criterion, {kind: 'n/a', reason}),
		attest,
		run: runner.run,
		async writeArtifact(name, content, title, mode) {
			const file = path.join(environment.artifacts, name);
			const sha256 = await environment.ports.files.write(file, content, mode);
			await stream.emit({type: 'artifact.written', data: {task: task.id, path: file, sha256, title}}, eventContext);
			return file;
		},
		keep: blobs.keep,
		async writePlan(content) {
			const file = path.join(runFolder, 'plan.json');
			const sha256 = await blobs.keep(content);
			await environment.ports.files.write(file, content);
			await stream.emit({type: 'artifact.written', data: {task: task.id, path: file, sha256, title: 'Plan'}}, eventContext);
			return file;
		},
		emit: async event => stream.emit(event, eventContext),
		memory: environment.memory,
		jobs: runner.jobs,
		authority,
		ask: async question => questions.ask(question, signal),
		onIntent: environment.onIntent,
	};
	const criteria = (): readonly Criterion[] => stream.state().steps.get(task.id)?.task.criteria ?? task.criteria;
	return {context, verdicts, criteria};
};
