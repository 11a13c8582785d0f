// How a run ends: outcome, exit code and the sentence that is left behind. Pure.
import type {Outcome} from '../domain/events.js';
import type {Failure} from '../domain/failure.js';
import type {TaskId} from '../domain/ids.js';
import type {RunState} from '../domain/run-state.js';
import {resumeCommand} from '../domain/wording/resume.js';

export type Ending =
	| {readonly kind: 'completed'}
	| {readonly kind: 'failed'; readonly task: TaskId; readonly failure: Failure}
	| {readonly kind: 'refused'; readonly sentence: string}
	| {readonly kind: 'drained'; readonly reason: string}
	| {readonly kind: 'cancelled'; readonly reason: string}
	| {readonly kind: 'roll-back'; readonly reason: string; readonly components: readonly string[] | 'all'; /** The phrase was typed while the run still went on. */ readonly isConfirmed?: boolean}
	| {readonly kind: 'broken'; readonly message: string};

export type RollbackEnd = {readonly isProved: boolean; readonly isPlanned: boolean; readonly sentence: string};

export type Verdict = {readonly outcome: Outcome; readonly exitCode: number; readonly sentence: string};

const exits = {done: 0, failed: 1, authentication: 4, approval: 5, rolledBack: 6, needsPerson: 7, locked: 8, interrupted: 130} as const;

/** True when production is neither as it was nor as planned. */
export const isProductionPartial = ({production}: RunState): boolean => production.kind === 'changing' || production.kind === 'partial' || production.kind === 'rolling-back';

const failedExit = (failure: Failure): number => (failure.reason === 'locked' ? exits.locked : failure.class === 'authorization' ? exits.authentication : exits.failed);

const afterRollback = (end: RollbackEnd): Verdict => {
	if (!end.isProved) {
		return {outcome: 'needs-person', exitCode: exits.needsPerson, sentence: end.sentence};
	}

	return end.isPlanned ? {outcome: 'passed', exitCode: exits.done, sentence: end.sentence} : {outcome: 'rolled-back', exitCode: exits.rolledBack, sentence: end.sentence};
};

/** The verdict on a run from the way it ended and what is true of production then. */
export const judgeEnding = (ending: Ending, state: RunState, rollback?: RollbackEnd): Verdict => {
	if (rollback !== undefined) {
		return afterRollback(rollback);
	}

	const resume = `Continue with: ${resumeCommand(state)}`;
	if (isProductionPartial(state)) {
		return {outcome: 'needs-person', exitCode: exits.needsPerson, sentence: `Production is partly changed. ${resume}, or go back with: eros-tui rollback`};
	}

	switch (ending.kind) {
		case 'completed': {
			return {outcome: 'passed', exitCode: exits.done, sentence: 'Every task is done.'};
		}

		case 'failed': {
			const isDeployed = state.production.kind === 'deployed';
			return isDeployed
				? {outcome: 'needs-person', exitCode: exits.needsPerson, sentence: `${ending.task} failed after production was deployed: ${ending.failure.message} Go back with: eros-tui rollback`}
				: {outcome: 'failed', exitCode: failedExit(ending.failure), sentence: `${ending.task} failed: ${ending.failure.message}`};
		}

		case 'refused': {
			return {outcome: 'aborted', exitCode: exits.approval, sentence: ending.sentence};
		}

		case 'drained':
		case 'cancelled': {
			return {outcome: 'aborted', exitCode: exits.interrupted, sentence: `Stopped: ${ending.reason}. ${resume}`};
		}

		case 'roll-back': {
			return {outcome: 'needs-person', exitCode: exits.needsPerson, sentence: 'The rollback was not confirmed; production is as it was deployed. Go back with: eros-tui rollback'};
		}

		case 'broken': {
			return {outcome: 'failed', exitCode: exits.failed, sentence: ending.message};
		}
	}
};
