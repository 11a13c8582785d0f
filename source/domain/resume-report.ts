// What a resumed run found before it did anything: everything the screen "since you left" says that the events after
// the interruption do not. Lists are empty when there is nothing of the kind; a fact is absent when nobody looked.
import type {JobId, TaskId} from './ids.js';

/** A fact that was looked up, or why it could not be. */
export type LookedUp<Fact> = Fact | {readonly problem: string};

export type ResumeReport = {
	/** Tasks that were under way at the last event. */
	readonly during: readonly TaskId[];
	/** Work that ended while nobody wrote the journal, by the warehouse's own word. */
	readonly finished: readonly {readonly what: string; readonly atMs?: number}[];
	/** Jobs of the interrupted run that the warehouse knows; their outcome is taken over, not made again. */
	readonly adopted: readonly {
		readonly job: JobId;
		readonly task: TaskId;
		/** What the journal knew of it. */
		readonly was: 'intended' | 'accepted' | 'lost';
		readonly state: 'PENDING' | 'RUNNING' | 'DONE';
		readonly billedBytes?: number;
		readonly durationMs?: number;
		/** Reason of a job that failed. */
		readonly error?: string;
	}[];
	/** Jobs that were journaled and never reached the warehouse. */
	readonly neverStarted: readonly JobId[];
	/** Jobs that can't be looked up now; nothing of their tasks runs before that. */
	readonly unknown: readonly {readonly job: JobId; readonly reason: string}[];
	/** Timed work that was due meanwhile and did not happen. */
	readonly missed: readonly {readonly what: string; readonly dueMs: number}[];
	/** When the next timed work is due. */
	readonly nextDue?: {readonly what: string; readonly atMs: number};
	readonly willRerun: readonly {readonly task: TaskId; readonly reason: string}[];
	/** The live catalog against what the journal says was left there. */
	readonly catalog?: LookedUp<{readonly asLeft: number; readonly total: number; readonly notDeployed: number; readonly drifted: readonly string[]}>;
	readonly credentials?: LookedUp<{readonly principal: string; readonly expiresAtMs?: number}>;
	/** What the open steps up to production are expected to take; see `windowNeed`. */
	readonly window?: {readonly endsAtMs: number; readonly openTasks: number; readonly neededMs: number};
};
