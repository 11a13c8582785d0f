// The deployment window as plain data: what the tree shows, what the scheduler orders and what the journal
// records at the start of a run. How a task is carried out is in `window/`; this file only says what it is.
import type {Criterion} from './criterion.js';
import {phaseId, taskId, type PhaseId, type TaskId} from './ids.js';

/** Lanes run side by side; tasks without a lane run alone. */
export type Lane = 'A' | 'B';

/** How a task may be run again; `operations.md` calls it the step class. */
export type StepClass = 'probe' | 'ddl' | 'data' | 'external' | 'human';

export type TaskSpec = {
	readonly id: TaskId;
	readonly title: string;
	readonly phase: PhaseId;
	readonly lane?: Lane;
	readonly dependsOn: readonly TaskId[];
	readonly stepClass: StepClass;
	readonly criteria: readonly Criterion[];
	readonly expectedMs: number;
	readonly isSkippable: boolean;
	/** True for the one task that waits for the typed production phrase. */
	readonly needsApproval: boolean;
	/** True for the task that computes the plan from the files: it runs again when one of them was edited. */
	readonly freezesPlan?: boolean;
	/** Result older than this is stale; undefined means that it does not age. */
	readonly ttlMs?: number;
	/** One line for the tree before the task runs, for example "created disabled; enabled in 5.1". */
	readonly note?: string;
	/** What undoes it, in words. */
	readonly undo: string;
};

export type PhaseSpec = {
	readonly id: PhaseId;
	readonly title: string;
	readonly lane?: Lane;
	readonly tasks: readonly TaskSpec[];
};

export type WindowSpec = {readonly phases: readonly PhaseSpec[]};

/** All tasks in the order of the document. */
export const tasksOf = (window: WindowSpec): readonly TaskSpec[] => window.phases.flatMap(phase => phase.tasks);

const gatePhase = phaseId('3');

/** True for a task that is one of the gate's tests. */
export const isGateTest = (task: Pick<TaskSpec, 'phase'>): boolean => task.phase === gatePhase;

/** Name under which a rollback's jobs run: it is no task of the window. */
export const rollbackTaskId: TaskId = taskId('R');
