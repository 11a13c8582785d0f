// A session made of given events: what the screen would see of a run that stopped there. Intents are kept.
import type {JournaledEvent} from '../../source/domain/events.js';
import type {Intent} from '../../source/domain/intents.js';
import {foldEvents, reduce} from '../../source/domain/run-reducer.js';
import type {Session} from '../../source/ports/session.js';

export type ScenarioSession = Session & {
	readonly intents: readonly Intent[];
	/** Lets one more event happen. */
	readonly emit: (event: JournaledEvent) => void;
	readonly finish: (exitCode: number) => void;
};

export const scenarioSession = (events: readonly JournaledEvent[], answer?: (intent: Intent, session: ScenarioSession) => void): ScenarioSession => {
	const all = [...events];
	let state = foldEvents(all);
	const listeners = new Set<(event: JournaledEvent) => void>();
	const intents: Intent[] = [];
	let resolve: (code: number) => void = () => undefined;
	const session: ScenarioSession = {
		intents,
		finished: new Promise<number>(done => {
			resolve = done;
		}),
		subscribe: listener => {
			for (const event of all) {
				listener(event);
			}

			listeners.add(listener);
			return {[Symbol.dispose]: () => {
				listeners.delete(listener);
			}};
		},
		dispatch: intent => {
			intents.push(intent);
			answer?.(intent, session);
		},
		state: () => state,
		emit: event => {
			all.push(event);
			state = reduce(state, event);
			for (const listener of listeners) {
				listener(event);
			}
		},
		finish: code => resolve(code),
	};
	if (state.finished) {
		resolve(state.finished.exitCode);
	}

	return session;
};
