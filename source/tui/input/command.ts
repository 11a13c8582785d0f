// What a key leads to, as data. The screen carries these out; nothing here does.
import type {Intent} from '../../domain/intents.js';
import type {Snapshot} from '../../store/snapshot.js';
import type {ViewAction} from '../../store/view-reducer.js';
import type {Flash} from '../../store/view-state.js';

export type Command =
	| {readonly type: 'view'; readonly action: ViewAction}
	| {readonly type: 'intent'; readonly intent: Intent}
	| {readonly type: 'copy'; readonly text: string; readonly what: string}
	/** Ends the screen; the run goes on. `exitCode` counts while the run is not over. */
	| {readonly type: 'leave'; readonly exitCode: 0 | 130}
	/** Writes a file beside the run's artifacts. */
	| {readonly type: 'save'; readonly name: string; readonly text: string}
	| {readonly type: 'repaint'}
	| {readonly type: 'suspend'};

export const viewCommand = (action: ViewAction): Command => ({type: 'view', action});
export const intentCommand = (intent: Intent): Command => ({type: 'intent', intent});

/** How long a message stays. */
export const flashMs = 6000;

/** A short message in the message row. */
export const flashCommand = ({monotonicMs}: Pick<Snapshot, 'monotonicMs'>, text: string, tone: Flash['tone'] = 'plain'): Command =>
	viewCommand({type: 'flash', flash: {text, tone, untilMs: monotonicMs + flashMs}});
