// What may be done about a failed task, each choice with what it leaves behind. Pure.
import type {Choice} from '../domain/events.js';
import type {Failure} from '../domain/failure.js';
import {dependentsOf} from '../domain/graph.js';
import type {TaskId} from '../domain/ids.js';
import type {RunState} from '../domain/run-state.js';
import {tasksOf, type TaskSpec} from '../domain/window.js';
import {formatSpan} from '../domain/wording/duration.js';
import {isGateTest} from './gate.js';

const isProductionTouched = (state: RunState): boolean => state.production.kind !== 'unchanged' && state.production.kind !== 'rolled-back';

const retryConsequence = (failure: Failure): string => {
	switch (failure.class) {
		case 'permanent': {
			return failure.place === undefined ? 'the same input: passes only when something outside has changed' : 'will fail again: permanent class, same input';
		}

		case 'transient': {
			return 'may pass: the cause comes and goes';
		}

		case 'authorization': {
			return 'passes once the permission or the credential is there';
		}

		case 'unknown': {
			return 'looks the job up by its id first; it is submitted again only when the warehouse does not know it';
		}

		case 'bug': {
			return 'runs the same code again';
		}
	}
};

/** Tasks that can't start while this one has not passed. */
export const waitingFor = (tasks: readonly TaskSpec[], id: TaskId): readonly TaskId[] => dependentsOf(tasks, id);

/** Tasks that read the files of sql/ again when one was edited because of a failure of `id`: the plan, and the gate tests behind it. */
export const filesReadBy = (tasks: readonly TaskSpec[], id: TaskId): readonly TaskId[] => {
	const behind = new Set(dependentsOf(tasks, id));
	return tasks.filter(task => task.freezesPlan === true || (isGateTest(task) && behind.has(task.id))).map(task => task.id);
};

const editChoice = (task: TaskSpec, state: RunState, isTouched: boolean): Choice => {
	const again = filesReadBy(tasksOf(state.window), task.id);
	const addedMs = [task.id, ...again].reduce((sum, id) => sum + (state.steps.get(id)?.task.expectedMs ?? 0), 0);
	return {
		kind: 'edit', key: 'e', label: 'edit and replan',
		consequence: `mend the file first: it is read again; ${[task.id, ...again].join(', ')} become stale and run again; about +${formatSpan(addedMs)}`,
		...(isTouched ? {disabledReason: 'production has been changed by this plan'} : {}),
	};
};

/** The choices after a failure, in the order they are shown. */
export const failureChoices = (task: TaskSpec, failure: Failure, state: RunState, isGate: boolean): readonly Choice[] => {
	const isUnknown = failure.class === 'unknown';
	const skipReason = isGate ? 'a red gate can not be passed over' : isUnknown ? 'what its job did is not known yet' : task.isSkippable ? undefined : 'later tasks depend on it';
	const touched = isProductionTouched(state);
	return [
		...(failure.place === undefined ? [] : [editChoice(task, state, touched)]),
		{kind: 'retry', key: 'r', label: 'retry', consequence: retryConsequence(failure)},
		{kind: 'skip', key: 's', label: 'skip', consequence: 'goes on without it; its criteria stay unchecked', ...(skipReason === undefined ? {} : {disabledReason: skipReason})},
		...(touched ? [{kind: 'roll-back', key: 'R', label: 'roll back', consequence: 'production goes back to the restore point'} as const] : []),
		{kind: 'abort', key: 'a', label: 'abort', consequence: touched ? 'the run ends; production stays as it is now, partly deployed' : 'staging is removed; production stays as it is'},
		{kind: 'wait', key: 'w', label: 'wait', consequence: task.lane === undefined ? 'nothing runs until you choose' : `nothing runs in lane ${task.lane} until you choose`},
	];
};
