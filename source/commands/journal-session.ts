// A session that only reads: events come from a journal, intents go nowhere.
import type {JournaledEvent} from '../domain/events.js';
import {initialRunState, reduce} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import type {Session} from '../ports/session.js';

/**
 * Follows a stream of events until `run.finished` or the end of the stream.
 */
export const followSession = (events: AsyncIterable<JournaledEvent>): Session => {
	const past: JournaledEvent[] = [];
	const listeners = new Set<(event: JournaledEvent) => void>();
	let state: RunState = initialRunState;
	const follow = async (): Promise<number> => {
		// Listeners that subscribe in this turn get every event live.
		await Promise.resolve();
		for await (const event of events) {
			past.push(event);
			state = reduce(state, event);
			for (const listener of listeners) {
				listener(event);
			}

			if (event.type === 'run.finished') {
				return event.data.exitCode;
			}
		}

		return state.finished?.exitCode ?? 0;
	};

	return {
		subscribe(listener) {
			for (const event of past) {
				listener(event);
			}

			listeners.add(listener);
			return {
				[Symbol.dispose]() {
					listeners.delete(listener);
				},
			};
		},
		dispatch() {
			// What is over can't be acted on.
		},
		state: () => state,
		finished: follow(),
	};
};
