// The one stream of a run: events go to the journal, and once they stand there into the state and to the listeners.
import type {JournaledEvent, RunEvent} from '../domain/events.js';
import {foldEvents, reduce} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import {refuseTransition} from '../domain/run-transitions.js';
import type {EventContext, Journal} from '../ports/journal.js';

export type EventStream = {
	state: () => RunState;
	/** Resolves when the event is in the journal and in the state; rejects when the journal can't be written. After `run.suspended` nothing is taken any more. */
	emit: (event: RunEvent, context?: EventContext) => Promise<void>;
	/** For talk and progress: does not wait; a journal that can't be written is reported through `onBroken`. */
	tell: (event: RunEvent, context?: EventContext) => void;
	subscribe: (listener: (event: JournaledEvent) => void) => Disposable;
	/** Resolves when everything emitted so far is in the state. */
	settled: () => Promise<void>;
};

export type EventStreamOptions = {
	readonly journal: Journal;
	readonly past: readonly JournaledEvent[];
	/** The journal can't be written: no effect may follow. */
	readonly onBroken: (error: unknown) => void;
	/** An event that can't follow the state: a bug of ours, kept visible. */
	readonly onRefused?: (event: RunEvent, reason: string) => void;
};

/** Opens the stream over a journal and folds what it holds. */
export const createEventStream = ({journal, past, onBroken, onRefused}: EventStreamOptions): EventStream => {
	const events: JournaledEvent[] = [...past];
	const listeners = new Set<(event: JournaledEvent) => void>();
	let state = foldEvents(past);
	let last: Promise<unknown> = Promise.resolve();
	let isSuspended = false;
	journal.subscribe(event => {
		const reason = refuseTransition(state, event);
		if (reason !== undefined) {
			onRefused?.(event, reason);
		}

		state = reduce(state, event);
		events.push(event);
		for (const listener of listeners) {
			listener(event);
		}
	});

	const emit = async (event: RunEvent, context?: EventContext): Promise<void> => {
		if (isSuspended) {
			// The process is on its way out. Who announces an effect now waits for ever, so that none follows.
			return new Promise(() => undefined);
		}

		isSuspended = event.type === 'run.suspended';
		const written = journal.append(event, context);
		last = written.catch(() => undefined);
		await written;
	};

	return {
		state: () => state,
		emit,
		tell(event, context) {
			emit(event, context).catch(onBroken);
		},
		subscribe(listener) {
			for (const event of [...events]) {
				listener(event);
			}

			listeners.add(listener);
			return {[Symbol.dispose]: () => listeners.delete(listener)};
		},
		async settled() {
			await last;
		},
	};
};
