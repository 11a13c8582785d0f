// One task from start to settled: its approval, its attempts, and what a person or a policy makes of a failure.
import {dependentsOf} from '../domain/graph.js';
import type {TaskId} from '../domain/ids.js';
import type {TaskSpec} from '../domain/window.js';
import {confirmApproval, requestApproval, type Approval, type ApprovalPolicy} from './approval.js';
import type {Ending} from './ending.js';
import {failureChoices, filesReadBy, waitingFor} from './failure-choices.js';
import {decideGate, isGateDecidable, isGateTest} from './gate.js';
import {failureOf} from './job-failure.js';
import {firstAttempt, planAndBehind} from './resume.js';
import {runStep, type StepOutcome} from './run-step.js';
import type {Scheduler} from './scheduler.js';
import type {RunEnvironment} from './step-context.js';
import type {Task, WindowTasks} from './task.js';

type Approved = Extract<Approval, {readonly kind: 'approved'}>;

/** So often an approval that nobody gives in person may become void before the run leaves it to one. */
const mostWithdrawals = 2;

export type CarryOutOptions = {
	readonly environment: RunEnvironment;
	readonly tasks: WindowTasks;
	readonly scheduler: Scheduler;
	readonly approval: ApprovalPolicy;
	/** Aborts what runs: cancelled, or a rollback was asked for. */
	readonly stop: AbortSignal;
	readonly takeLease: () => Promise<AsyncDisposable>;
	readonly endWith: (how: Ending) => void;
	readonly isEnding: () => boolean;
	/** Asks for the phrase of a rollback; resolves with whether it was typed, and the run then ends for it. */
	readonly proposeRollback: (reason: string, components: readonly string[] | 'all', refuse: (reason: string) => void) => Promise<boolean>;
};

export type CarryOut = {
	/** Runs a task until it is settled in the scheduler or released by it. Rejects only when the journal can't be written. */
	readonly carryOut: (id: TaskId) => Promise<void>;
	/** Takes settled tasks back, so that they run again: what they showed is stale. */
	readonly reopen: (ids: readonly TaskId[], reason: string) => Promise<void>;
};

export const createCarryOut = (options: CarryOutOptions): CarryOut => {
	const {environment, tasks, scheduler, stop, endWith, takeLease, isEnding} = options;
	const {stream, questions, ports: {clock}, isUnattended} = environment;
	const specs: readonly TaskSpec[] = tasks.map(({spec}) => spec);
	const byId = new Map<TaskId, Task>(tasks.map(task => [task.spec.id, task]));

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
		if (isUnattended) {
			// A step that changes rows is repeated by a person only, and moments of a monitoring that are over can't be had again.
			const isPast = failure.failure.reason === 'noData' && stream.state().monitor?.isFinished === true;
			if (failure.failure.class === 'transient' && attempt < 2 && !isPast && !isGateTest(spec) && spec.stepClass !== 'data') {
				return 'retry';
			}

			endWith(failure);
			return 'ended';
		}

		for (let asked = 1; ; asked += 1) {
			const choices = failureChoices(spec, failure.failure, stream.state(), isGateTest(spec));
			const answer = await questions.ask({kind: 'failure', id: `${spec.id}/failure/${attempt}/${asked}`, task: spec.id, failure: failure.failure, choices, waiting: waitingFor(specs, spec.id)}, stop);
			if (answer.kind !== 'chosen') {
				endWith(failure);
				return 'ended';
			}

			switch (answer.choice) {
				case 'edit': {
					// What was read from the files is forgotten: the task, the plan and the gate tests behind it read them again.
					environment.memory.clear();
					await reopen(filesReadBy(specs, spec.id), `${spec.id} runs again with edited files`);
					return 'retry';
				}

				case 'retry':
				case 'continue': {
					return 'retry';
				}

				case 'skip': {
					await stream.emit({type: 'step.skipped', data: {task: spec.id, reason: answer.reason === '' ? 'skipped by choice' : answer.reason, by: answer.by}}, {step: spec.id});
					return 'settled';
				}

				case 'roll-back': {
					const problems: string[] = [];
					if (await options.proposeRollback(answer.reason === '' ? failure.failure.message : answer.reason, 'all', problem => problems.push(problem))) {
						return 'ended';
					}

					// Not confirmed, or not possible: the choice is open again.
					for (const problem of problems) {
						stream.tell({type: 'intent.refused', data: {intent: 'choose', reason: problem}});
					}

					break;
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

	let hasPlannedAgain = false;

	/** Plans again, with all that stands on the plan, once a person has said so; an unattended run does it once. */
	const planAgain = async (task: Task, reason: string, id: string): Promise<void> => {
		const {production} = stream.state();
		const stale = planAndBehind(specs).filter(behind => behind !== task.spec.id && scheduler.isSettled(behind));
		if (production.kind !== 'unchanged') {
			endWith({kind: 'refused', sentence: `Production is not asked for: ${reason}, and it is changed in part under the first one. Put files and settings back and resume, or: eros-tui rollback`});
			return;
		}

		if (stale.length === 0 || (isUnattended && hasPlannedAgain)) {
			endWith({kind: 'refused', sentence: `Production is not asked for: ${reason}. Nothing was changed. Begin again with: eros-tui deploy`});
			return;
		}

		if (!isUnattended) {
			const answer = await questions.ask({kind: 'start', id, title: `Production was not approved: ${reason}. Nothing was changed. Start plans again, and tests again what stands on the plan.`}, stop);
			if (answer.kind !== 'started') {
				return;
			}
		}

		hasPlannedAgain = true;
		environment.memory.clear();
		await reopen(stale, reason);
	};

	let withdrawals = 0;

	/**
	 * Makes of a refused or void approval what can be made of it.
	 * @returns true when it may be asked for again.
	 */
	const answerObjection = async (task: Task, attempt: number, approval: Exclude<Approval, {readonly kind: 'approved'}>): Promise<boolean> => {
		switch (approval.kind) {
			case 'refused': {
				endWith({kind: 'refused', sentence: approval.sentence});
				return false;
			}

			case 'gate-expired': {
				const gateTests = specs.filter(spec => isGateTest(spec)).map(({id}) => id);
				const behind = gateTests.length === 0 ? [] : dependentsOf(specs, gateTests[0]!).filter(id => id !== task.spec.id && scheduler.isSettled(id));
				await reopen([...new Set([...gateTests, ...behind])], 'the gate is older than 30 minutes');
				return false;
			}

			case 'plan-moved': {
				if (!isEnding() && !stop.aborted) {
					await planAgain(task, approval.reason, `${task.spec.id}/plan-again/${attempt}/${clock.now()}`);
				}

				return false;
			}

			case 'withdrawn': {
				break;
			}
		}

		withdrawals += 1;
		if (isEnding() || stop.aborted) {
			return false;
		}

		if (!isUnattended) {
			const answer = await questions.ask({kind: 'start', id: `${task.spec.id}/ask-again/${attempt}/${withdrawals}`, title: `Production was not approved: ${approval.reason}. Nothing was changed. Start asks again.`}, stop);
			return answer.kind === 'started';
		}

		// Nobody is there to look at what is different: a production that goes on moving is left to a person.
		if (withdrawals > mostWithdrawals) {
			endWith({kind: 'refused', sentence: `Production is not deployed to: ${approval.reason}. Nothing was changed. See who changes it, then: eros-tui deploy --resume ${environment.run}`});
			return false;
		}

		return true;
	};

	/** Runs what was approved while the lease is held; what moved since the question makes the approval void, and nothing runs. */
	const runUnderLease = async (task: Task, attempt: number, approved: Approved): Promise<StepOutcome | Exclude<Approval, Approved>> => {
		await using _lease = await takeLease();
		const now = await confirmApproval(environment, task, attempt, stop, approved);
		return now.kind === 'approved' ? await runStep(environment, task, attempt, stop) : now;
	};

	/** Asks, and runs under the lease; undefined when the approval was not given. */
	const runApproved = async (task: Task, attempt: number): Promise<StepOutcome | undefined> => {
		for (;;) {
			const approval = await requestApproval(environment, task, attempt, stop, options.approval);
			// The lease is given back before anybody is asked again: waiting for a person holds nothing.
			const outcome = approval.kind === 'approved' ? await runUnderLease(task, attempt, approval) : approval;
			if (outcome.kind === 'passed' || outcome.kind === 'failed' || outcome.kind === 'cancelled') {
				return outcome;
			}

			if (!await answerObjection(task, attempt, outcome)) {
				return undefined;
			}
		}
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
				const outcome = task.spec.needsApproval ? await runApproved(task, attempt) : await runStep(environment, task, attempt, stop);
				if (outcome === undefined || outcome.kind === 'cancelled') {
					scheduler.release(id);
					return;
				}

				failed = outcome.kind === 'failed' ? {kind: 'failed', task: id, failure: outcome.failure} : undefined;
			} catch (error) {
				const state = stream.state().steps.get(id)?.state.kind;
				failed = state === 'passed' ? undefined : state === 'failed' || stop.aborted ? {kind: 'failed', task: id, failure: failureOf(error)} : await failBeforeStart(id, attempt, error);
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

	return {carryOut, reopen};
};
