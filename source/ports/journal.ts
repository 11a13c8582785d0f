// The append-only run journal.
import type {JournaledEvent, RunEvent} from '../domain/events.js';
import type {RunId, TaskId} from '../domain/ids.js';

export type EventContext = {readonly step?: TaskId; readonly lane?: 'A' | 'B'; readonly attempt?: number};

/** The process that writes a journal. */
export type Writer = {
	readonly pid: number;
	/** Start time of the process in clock ticks since boot; empty where it is not known. */
	readonly startTicks: string;
	/** Identifies the boot of the machine. */
	readonly boot: string;
	readonly host: string;
	readonly user: string;
};

export type Journal = {
	readonly run: RunId;
	readonly path: string;
	/** Appends one event. Events that announce or record an effect are synced to disk before the promise resolves. */
	append: (event: RunEvent, context?: EventContext) => Promise<JournaledEvent>;
	/** Calls back for every event appended from now on. */
	subscribe: (listener: (event: JournaledEvent) => void) => Disposable;
	close: () => Promise<void>;
};
