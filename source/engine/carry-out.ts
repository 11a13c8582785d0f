// One task from start to settled: its approval, its attempts, and what a person or a policy makes of a failure.
import {dependentsOf} from '../domain/graph.js';
import type {TaskId} from '../domain/ids.js';
import type {TaskSpec} from '../domain/window.js';
import {requestApproval, type ApprovalPolicy} from './approval.js';
import type {Ending} from './ending.js';
import {failureChoices, filesReadBy, waitingFor} from './failure-choices.js';
import {decideGate, isGateDecidable, isGateTest} from './gate.js';
import {failureOf} from './job-failure.js';
import {firstAttempt, planAndBehind} from './resume.js';
import {runStep} from './run-step.js';
import type {Scheduler} from './scheduler.js';
import type {RunEnvironment} from './step-context.js';
import type {Task, WindowTasks} from './task.js';

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

	/** True when the task may go on to change production. */
	const approve = async (task: Task, attempt: number): Promise<boolean> => {
		for (let asked = 1; ; asked += 1) {
			const approval = await requestApproval(environment, task, attempt, stop, options.approval);
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

			if (isEnding() || stop.aborted) {
				return false;
			}

			if (approval.kind === 'plan-moved') {
				await planAgain(task, approval.reason, `${task.spec.id}/plan-again/${attempt}/${clock.now()}`);
				return false;
			}

			const answer = await questions.ask({kind: 'start', id: `${task.spec.id}/ask-again/${attempt}/${asked}`, title: `Production was not approved: ${approval.reason}. Nothing was changed. Start asks again.`}, stop);
			if (answer.kind !== 'started') {
				return false;
			}
		}
	};

	const runApproved = async (task: Task, attempt: number): ReturnType<typeof runStep> => {
		if (!task.spec.needsApproval) {
			return runStep(environment, task, attempt, stop);
		}

		await using _lease = await takeLease();
		return await runStep(environment, task, attempt, stop);
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
