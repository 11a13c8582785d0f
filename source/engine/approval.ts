// The yes to production. A phrase that names target and plan is typed by a person, or the plan's hash was given on the
// command line, or the target is embedded and nobody is there to ask. Anything else changes nothing.
import type {PlannedChanges, ProductionQuestion} from '../domain/events.js';
import {formatPlanHash, type PlanHash} from '../domain/ids.js';
import {gateObjection} from './gate.js';
import {secondPersonCommand, watchForSecondPerson} from './second-person.js';
import {buildStepContext, type RunEnvironment} from './step-context.js';
import {StepFailure, type StepContext, type Task} from './task.js';

/** An approval that nobody gave within this time is void. */
export const approvalExpiresMs = 15 * 60_000;

export type ApprovalPolicy = {
	/** `--approve <plan-hash>`: this plan and no other. */
	readonly approve?: PlanHash;
	/** A second person has to sign the plan, whoever approves it. */
	readonly isSecondPersonRequired?: boolean;
};

export type Approval =
	/** `detail` is what was shown. */
	| {readonly kind: 'approved'; readonly by: string; readonly detail: ProductionQuestion}
	/** Nobody may be asked and nothing approves this plan. */
	| {readonly kind: 'refused'; readonly sentence: string}
	/** Rejected, expired or moved: nothing was changed, and it may be asked again. */
	| {readonly kind: 'withdrawn'; readonly reason: string}
	| {readonly kind: 'gate-expired'}
	/** The plan as it stands now is not the frozen one: it has to be frozen, tested and asked for anew. */
	| {readonly kind: 'plan-moved'; readonly reason: string};

const planMoved = (from: PlanHash, to: PlanHash): Extract<Approval, {readonly kind: 'plan-moved'}> => ({kind: 'plan-moved', reason: `the plan moved from ${formatPlanHash(from)} to ${formatPlanHash(to)}`});

const prepare = async (task: Task, context: StepContext): Promise<ProductionQuestion> => {
	if (task.approval === undefined) {
		throw new StepFailure({message: `${task.spec.id} needs an approval and prepares no question for it.`, reason: 'approval', class: 'bug'});
	}

	return task.approval(context);
};

const actions = ['create', 'replace', 'alter', 'schedules', 'unchanged'] as const;

/** What is to happen to each object, and how it differs from its file by now: live definitions are no part of the plan's hash. */
const standingOf = (changes: PlannedChanges): ReadonlyMap<string, string> => {
	const standing = new Map<string, string>(actions.flatMap(action => changes[action].map(name => [name, action] as const)));
	for (const {object, diff} of changes.differences) {
		standing.set(object, `${standing.get(object) ?? ''}\n${diff}`);
	}

	return standing;
};

const movedSince = (shown: PlannedChanges, now: PlannedChanges): readonly string[] => {
	const before = standingOf(shown);
	const after = standingOf(now);
	return [...new Set([...before.keys(), ...after.keys()])].filter(name => before.get(name) !== after.get(name));
};

/** What a production question shows, held against production; undefined while it is so. */
const objectionTo = async (task: Task, context: StepContext, shown: ProductionQuestion): Promise<Extract<Approval, {readonly kind: 'plan-moved' | 'withdrawn'}> | undefined> => {
	const now = await (task.changes?.(context) ?? prepare(task, context));
	if (now.planHash !== shown.planHash) {
		return planMoved(shown.planHash, now.planHash);
	}

	const moved = movedSince(shown, now);
	return moved.length === 0 ? undefined : {kind: 'withdrawn', reason: `production was changed while it was being approved (${moved.slice(0, 3).join(', ')}${moved.length > 3 ? ` and ${moved.length - 3} more` : ''}); what is different now is shown when it is asked for again`};
};

/** Closes a question when what it shows is no longer so. A look that fails is left to the one under the lease. */
const closeWhenMoved = ({questions, ports, lookForMovesMs}: RunEnvironment, task: Task, context: StepContext, {id, detail}: {readonly id: string; readonly detail: ProductionQuestion}): Disposable => {
	let isLooking = false;
	const look = async (): Promise<void> => {
		const objection = await objectionTo(task, context, detail);
		if (objection !== undefined) {
			questions.close(id, objection.reason);
		}
	};

	return ports.clock.every(lookForMovesMs, () => {
		if (!isLooking) {
			isLooking = true;
			look().catch(() => undefined).finally(() => {
				isLooking = false;
			});
		}
	});
};

/** Asks until a person answers or, where a policy approves, until the second person has signed. */
const ask = async (environment: RunEnvironment, task: Task, context: StepContext, detail: ProductionQuestion, policy?: {readonly answer: string; readonly by: string}): Promise<Approval> => {
	const {questions, ports} = environment;
	const askedMs = ports.clock.now();
	const id = `${task.spec.id}/approval/${askedMs}`;
	const expiresAtMs = askedMs + approvalExpiresMs;
	using _expiry = ports.clock.every(1000, () => {
		if (ports.clock.now() >= expiresAtMs) {
			questions.close(id, 'the approval expired after 15 minutes');
		}
	});
	const asked = context.ask({kind: 'production', id, expiresAtMs, detail});
	using _watch = detail.secondPerson === undefined ? undefined : watchForSecondPerson(environment, {id, detail}, () => {
		if (policy !== undefined) {
			questions.approve(id, policy.answer, policy.by);
		}
	});
	using _moves = closeWhenMoved(environment, task, context, {id, detail});
	const answer = await asked;
	if (answer.kind !== 'confirmed') {
		return {kind: 'withdrawn', reason: answer.kind === 'closed' ? answer.reason : 'rejected; nothing was changed'};
	}

	// What the journal does not hold for an approval is none, whatever was typed: it came too late, or for another plan.
	if (environment.stream.state().approval?.planHash !== detail.planHash) {
		return {kind: 'withdrawn', reason: 'the approval came too late'};
	}

	return {kind: 'approved', by: answer.by, detail};
};

/**
 * Looks once more, under the lease: what was approved is what was shown, so the plan is computed anew and has to be the same.
 * @returns what is true of the approval now.
 * @throws StepFailure when production can't be read.
 */
export const confirmApproval = async (environment: RunEnvironment, task: Task, attempt: number, signal: AbortSignal, approved: Extract<Approval, {readonly kind: 'approved'}>): Promise<Approval> => {
	const {context} = buildStepContext(environment, task.spec, attempt, signal);
	return await objectionTo(task, context, approved.detail) ?? approved;
};

/**
 * Asks for the approval of a task, by the policy of the run.
 * @throws StepFailure when the question itself can't be prepared.
 */
export const requestApproval = async (environment: RunEnvironment, task: Task, attempt: number, signal: AbortSignal, policy: ApprovalPolicy): Promise<Approval> => {
	const {stream, questions, ports, settings} = environment;
	const objection = gateObjection(stream.state(), ports.clock.now());
	if (objection !== undefined && stream.state().gate?.passed === true) {
		return {kind: 'gate-expired'};
	}

	if (objection !== undefined && stream.state().gate !== undefined) {
		return {kind: 'refused', sentence: `Production is not asked for: ${objection}.`};
	}

	const {context} = buildStepContext(environment, task.spec, attempt, signal);
	const found = await prepare(task, context);
	// What was rehearsed is told; where it can't be read, that must not stand in the way.
	const rehearsal = await environment.findRehearsal?.(found.planHash).catch(() => undefined);
	const prepared = rehearsal === undefined ? found : {...found, rehearsal};
	const isSeconded = policy.isSecondPersonRequired === true || stream.state().isSecondPersonRequired;
	const detail = isSeconded ? {...prepared, secondPerson: {command: secondPersonCommand(prepared.planHash, environment.run)}} : prepared;
	const frozen = stream.state().plan?.hash;
	if (frozen !== undefined && frozen !== detail.planHash) {
		return planMoved(frozen, detail.planHash);
	}

	if (stream.state().gate !== undefined && gateObjection(stream.state(), ports.clock.now()) !== undefined) {
		return {kind: 'gate-expired'};
	}

	const byPolicy = async (answer: string, by: string): Promise<Approval> => {
		if (detail.secondPerson !== undefined) {
			stream.tell({type: 'log.written', data: {level: 'info', text: `a second person has to sign within 15 minutes, from another account: ${detail.secondPerson.command}`}}, {step: task.spec.id});
			const approval = await ask(environment, task, context, detail, {answer, by});
			return approval.kind === 'withdrawn' ? {kind: 'refused', sentence: `Production was not approved: ${approval.reason}. Nothing was changed.`} : approval;
		}

		const askedMs = ports.clock.now();
		await questions.askAndAnswer({kind: 'production', id: `${task.spec.id}/approval/${askedMs}`, expiresAtMs: askedMs + approvalExpiresMs, detail}, answer, by);
		stream.tell({type: 'log.written', data: {level: 'info', text: `approved: ${answer}`}}, {step: task.spec.id});
		return {kind: 'approved', by, detail};
	};

	if (policy.approve !== undefined) {
		return policy.approve === detail.planHash
			? byPolicy(`plan ${formatPlanHash(detail.planHash)} by --approve`, '--approve')
			: {kind: 'refused', sentence: `--approve names plan ${formatPlanHash(policy.approve)}; the plan is ${formatPlanHash(detail.planHash)} now. Nothing was changed.`};
	}

	if (!environment.isUnattended) {
		return ask(environment, task, context, detail);
	}

	return environment.target === 'embedded'
		? byPolicy('embedded target, no person asked', 'embedded target')
		: {kind: 'refused', sentence: `Production needs an approval and nobody can be asked. After reading the plan: eros-tui deploy --target bigquery --project ${settings.project} --dataset ${settings.dataset} --approve ${formatPlanHash(detail.planHash)}`};
};
