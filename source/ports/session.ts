// A running window seen from outside: events out, intents in. The screen, the plain lines and a second pane hold this
// and nothing else of the engine.
import type {JournaledEvent} from '../domain/events.js';
import type {Intent} from '../domain/intents.js';
import type {RunState} from '../domain/run-state.js';

export type Session = {
	/** Replays all events so far, then follows. */
	subscribe: (listener: (event: JournaledEvent) => void) => Disposable;
	/** `by` names who asks, where several can. */
	dispatch: (intent: Intent, by?: string) => void;
	state: () => RunState;
	/** The id of this view in `RunState.views`; missing where the run is driven in this process. */
	readonly view?: string;
	/** Resolves with the exit code when the run is over. Never rejects for a failed step. */
	finished: Promise<number>;
};
