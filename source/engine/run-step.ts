// Runs one attempt of a task and decides what came of it. A task that returns has not passed yet: a criterion that
// failed or has no data fails it; one that nothing looked at stays unchecked.
import type {Failure} from '../domain/failure.js';
import type {JobId} from '../domain/ids.js';
import {unresolvedJobs} from '../domain/step-transitions.js';
import {shortfallsOf} from '../domain/verdicts.js';
import type {TaskSpec} from '../domain/window.js';
import type {EventContext} from '../ports/journal.js';
import {failureOf} from './job-failure.js';
import {lookUpTask} from './look-up.js';
import {buildStepContext, type RunEnvironment} from './step-context.js';
import {StepInterrupted, type Task} from './task.js';

export type StepOutcome =
	| {readonly kind: 'passed'; readonly summary: string}
	| {readonly kind: 'failed'; readonly failure: Failure}
	| {readonly kind: 'cancelled'; readonly reason: string};

/** The failure of a task whose criteria fell short. */
const failureOfShortfalls = (shortfalls: ReturnType<typeof shortfallsOf>): Failure => {
	const [first] = shortfalls;
	const others = shortfalls.length - 1;
	const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'criterion' : 'criteria'} not met`;
	return {message: `${first!.criterion.text}: ${first!.reason}${more}`, reason: first!.kind === 'failed' ? 'criterion' : 'noData', class: first!.kind === 'failed' ? 'permanent' : 'transient'};
};

const cancelReason = (signal: AbortSignal): string => (signal.reason instanceof Error ? signal.reason.message : String(signal.reason));

/** The step stays `unknown`: neither failed nor passed, and not to be retried or skipped before its job is looked up. */
const leaveUnknown = async ({stream}: RunEnvironment, spec: TaskSpec, job: JobId, failure: Failure, context: EventContext): Promise<StepOutcome> => {
	if (stream.state().steps.get(spec.id)?.state.kind !== 'unknown') {
		await stream.emit({type: 'step.unknown', data: {task: spec.id, job}}, context);
	}

	return {kind: 'failed', failure};
};

/**
 * Runs an attempt: looks up what an earlier one left open, then journals its start and its end.
 * @throws only when the journal can't be written.
 */
export const runStep = async (environment: RunEnvironment, task: Task, attempt: number, signal: AbortSignal): Promise<StepOutcome> => {
	const {stream, ports} = environment;
	const {spec} = task;
	const eventContext: EventContext = {step: spec.id, attempt, ...(spec.lane === undefined ? {} : {lane: spec.lane})};
	const startedMs = ports.clock.now();
	const unanswered = await lookUpTask(environment, spec.id);
	if (unanswered !== undefined) {
		return leaveUnknown(environment, spec, unanswered.job, {message: unanswered.finding, reason: 'network', class: 'unknown', advice: 'A retry looks the job up by its id before anything is submitted.'}, eventContext);
	}

	await stream.emit({type: 'step.started', data: {task: spec.id, attempt}}, eventContext);
	const {context, verdicts, criteria} = buildStepContext(environment, spec, attempt, signal);
	let outcome: StepOutcome;
	try {
		signal.throwIfAborted();
		const summary = await task.run(context);
		await stream.emit({type: 'step.verifying', data: {task: spec.id}}, eventContext);
		const shortfalls = shortfallsOf(criteria(), verdicts);
		outcome = shortfalls.length === 0 ? {kind: 'passed', summary} : {kind: 'failed', failure: failureOfShortfalls(shortfalls)};
	} catch (error) {
		outcome = signal.aborted ? {kind: 'cancelled', reason: cancelReason(signal)} : error instanceof StepInterrupted ? {kind: 'cancelled', reason: error.message} : {kind: 'failed', failure: failureOf(error)};
		if (outcome.kind === 'failed' && outcome.failure.class === 'bug') {
			stream.tell({type: 'log.written', data: {level: 'debug', text: error instanceof Error ? error.stack ?? error.message : String(error)}}, eventContext);
		}
	}

	// A change whose answer was lost keeps the step unknown, whatever else became of it: only a look-up may decide.
	const [changing] = unresolvedJobs(stream.state(), spec.id, 'mutating');
	const lost = changing ?? (outcome.kind === 'failed' && outcome.failure.class === 'unknown' ? unresolvedJobs(stream.state(), spec.id)[0] : undefined);
	if (lost !== undefined && outcome.kind !== 'cancelled') {
		const failure: Failure = outcome.kind === 'failed' && outcome.failure.class === 'unknown' ? outcome.failure : {message: `Whether ${lost} ran is not known.`, reason: 'network', class: 'unknown'};
		return leaveUnknown(environment, spec, lost, failure, eventContext);
	}

	const durationMs = Math.max(0, ports.clock.now() - startedMs);
	await (outcome.kind === 'passed'
		? stream.emit({type: 'step.passed', data: {task: spec.id, summary: outcome.summary, durationMs}}, eventContext)
		: outcome.kind === 'failed'
			? stream.emit({type: 'step.failed', data: {task: spec.id, failure: outcome.failure, durationMs}}, eventContext)
			: stream.emit({type: 'step.cancelled', data: {task: spec.id, reason: outcome.reason}}, eventContext));
	return outcome;
};
