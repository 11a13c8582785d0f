// A rollback inside a run: load the restore point, ask, take the lease, roll back, say how it ended.
import {setMaxListeners} from 'node:events';
import {rollbackTaskId, type TaskSpec} from '../domain/window.js';
import {formatCount} from '../domain/wording/amount.js';
import type {RollbackEnd} from './ending.js';
import {failureOf} from './job-failure.js';
import {manifestHash, summarise, type Manifest} from './manifest.js';
import {findDamagedCopies, loadManifest} from './restore-point.js';
import {describeRollback, findUnknownComponents, rollBack} from './roll-back.js';
import type {RollbackProof, RollbackRequest} from './rollback-proof.js';
import {buildStepContext, type RunEnvironment} from './step-context.js';
import {StepFailure, type StepContext} from './task.js';

export type RollbackPlan = {
	/** Restore point to go back to; undefined means the one of this run. */
	readonly restorePoint?: string;
	readonly lockTable: string;
	readonly readHealth?: RollbackRequest['readHealth'];
	/** Already confirmed on the command line (`--yes --reason`). */
	readonly isConfirmed?: boolean;
};

/** The rollback as a task of its own: it is no part of the window, yet its jobs and events need a name. */
export const rollbackTask: TaskSpec = {
	id: rollbackTaskId,
	title: 'Rollback',
	phase: 'R' as TaskSpec['phase'],
	dependsOn: [],
	stepClass: 'ddl',
	criteria: [],
	expectedMs: 600_000,
	isSkippable: false,
	needsApproval: false,
	undo: 'eros-tui rollback --to <prerollback>',
};

type RunRollbackOptions = {
	readonly environment: RunEnvironment;
	readonly plan: RollbackPlan;
	readonly request: {readonly reason: string; readonly components: readonly string[] | 'all'; /** The phrase was typed already. */ readonly isConfirmed?: boolean};
	readonly isPlanned: boolean;
	readonly takeLease: () => Promise<AsyncDisposable>;
};

/** Another process took the restore point: it is verified here before it counts as proven. */
const adoptRestorePoint = async (environment: RunEnvironment, context: StepContext, manifest: Manifest): Promise<void> => {
	const {stream, ports} = environment;
	if (stream.state().restorePoint?.id !== manifest.id || stream.state().restorePoint?.provenAtMs === undefined) {
		await stream.emit({type: 'restore-point.taken', data: summarise(manifest)});
		const damaged = await findDamagedCopies(context, manifest);
		if (damaged.length > 0) {
			throw new StepFailure({message: `The copies of ${damaged.join(', ')} in ${manifest.dataset} do not match its manifest.`, reason: 'restorePoint', class: 'permanent', advice: 'eros-tui rollback --to <another restore point>'});
		}

		await stream.emit({type: 'restore-point.proven', data: {id: manifest.id, atMs: ports.clock.now(), detail: 'copies equal their manifest by count and checksum'}});
	}

	if (stream.state().plan === undefined) {
		await stream.emit({type: 'plan.frozen', data: {hash: manifestHash(manifest), create: 0, replace: manifest.entries.filter(({status}) => status === 'saved').length, alter: 0, unchanged: 0, objects: manifest.entries.filter(({status}) => status === 'saved').map(({name}) => ({name, action: 'replace' as const}))}});
	}
};

/** Asks for the confirmation, or gives it by policy and says so. */
const confirm = async (options: RunRollbackOptions, context: StepContext, request: RollbackRequest): Promise<boolean> => {
	const {environment, plan, isPlanned} = options;
	const detail = await describeRollback(context, request);
	const question = {kind: 'rollback', id: `rollback/${environment.ports.clock.now()}`, detail} as const;
	const isByPolicy = plan.isConfirmed === true || (environment.isUnattended && environment.target === 'embedded' && isPlanned);
	if (isByPolicy) {
		await environment.questions.askAndAnswer(question, plan.isConfirmed === true ? `--yes: ${request.reason}` : 'embedded target, no person asked', plan.isConfirmed === true ? '--yes' : 'embedded target');
		environment.stream.tell({type: 'log.written', data: {level: 'info', text: plan.isConfirmed === true ? `rollback confirmed by --yes: ${request.reason}` : 'rollback confirmed: embedded target, no person asked'}});
		return true;
	}

	if (environment.isUnattended) {
		return false;
	}

	const answer = await environment.questions.ask(question);
	return answer.kind === 'confirmed';
};

const healthSentence = ({health}: RollbackProof): string => {
	if (health === undefined) {
		return '';
	}

	return health.verdict === 'unhealthy' ? ` But health is ${health.text}. Look with: eros-tui health` : ` Health ${health.text}.`;
};

const sentenceOf = ({manifest, components}: RollbackRequest, proof: RollbackProof): string => {
	const kinds = [[proof.tablesEqual, 'table'], [proof.routinesEqual, 'routine'], [proof.viewsEqual, 'view'], [proof.schedulesEqual, 'schedule']] as const;
	const equal = kinds.filter(([count]) => components === 'all' || count > 0).map(([count, kind]) => `${formatCount(count, kind)} equal`).join(', ');
	const orphans = proof.orphans.length === 0 ? '' : `, ${formatCount(proof.orphans.length, 'new object')} left in place`;
	const took = `${(proof.durationMs / 1000).toFixed(1)}s`;
	return components === 'all'
		? `Rolled back to ${manifest.id}: ${equal}${orphans}, ${took}.${healthSentence(proof)}`
		: `${components.join(', ')} rolled back to ${manifest.id}: ${equal}${orphans}, ${took}; the rest is as deployed.${healthSentence(proof)}`;
};

type Prepared = {readonly kind: 'prepared'; readonly context: StepContext; readonly full: RollbackRequest} | {readonly kind: 'impossible'; readonly sentence: string};

/** Loads the restore point and checks that it can give back what is asked for. Changes nothing. */
const prepare = async ({environment, plan, request}: RunRollbackOptions): Promise<Prepared> => {
	const {signal} = new AbortController();
	setMaxListeners(0, signal);
	const {context} = buildStepContext(environment, rollbackTask, 1, signal);
	const id = plan.restorePoint ?? environment.stream.state().restorePoint?.id;
	if (id === undefined) {
		return {kind: 'impossible', sentence: 'There is no restore point to go back to.'};
	}

	const manifest = await loadManifest(context, id);
	const full: RollbackRequest = {manifest, reason: request.reason, components: request.components, lockTable: plan.lockTable, ...(plan.readHealth === undefined ? {} : {readHealth: plan.readHealth})};
	const unknown = findUnknownComponents(full);
	if (unknown.length > 0) {
		return {kind: 'impossible', sentence: `Restore point ${id} does not hold ${unknown.join(', ')}.`};
	}

	await adoptRestorePoint(environment, context, manifest);
	return {kind: 'prepared', context, full};
};

/**
 * Asks for a rollback while the run goes on: nothing stops and nothing is changed before the phrase is typed.
 * @returns whether it was confirmed, or why it can't be done.
 */
export const askForRollback = async (options: RunRollbackOptions): Promise<'confirmed' | 'not confirmed' | {readonly problem: string}> => {
	try {
		const prepared = await prepare(options);
		if (prepared.kind === 'impossible') {
			return {problem: prepared.sentence};
		}

		return await confirm(options, prepared.context, prepared.full) ? 'confirmed' : 'not confirmed';
	} catch (error) {
		return {problem: failureOf(error).message};
	}
};

/** Runs a rollback within a session and tells how it ended; a failure is told, not thrown. */
export const runRollback = async (options: RunRollbackOptions): Promise<RollbackEnd> => {
	const {environment, plan, request, isPlanned} = options;
	const id = plan.restorePoint ?? environment.stream.state().restorePoint?.id ?? '';
	try {
		const prepared = await prepare(options);
		if (prepared.kind === 'impossible') {
			return {isProved: false, isPlanned: false, sentence: prepared.sentence};
		}

		const {context, full} = prepared;
		if (request.isConfirmed !== true && !await confirm(options, context, full)) {
			return {isProved: false, isPlanned: false, sentence: 'The rollback was not confirmed; nothing was changed by it. Go back with: eros-tui rollback'};
		}

		await using _lease = await options.takeLease();
		const proof = await rollBack(context, full);
		return {isProved: proof.differences.length === 0 && proof.health?.verdict !== 'unhealthy', isPlanned, sentence: sentenceOf(full, proof)};
	} catch (error) {
		const failure = failureOf(error);
		return {isProved: false, isPlanned: false, sentence: `The rollback stopped: ${failure.message} Continue it with: eros-tui rollback --to ${id}`};
	}
};
