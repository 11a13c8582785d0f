// What a person (or --plain, or a second pane) asks of the engine. The engine answers with events; there is no
// optimistic state in between.
import type {CheckpointId} from './health.js';
import type {ChoiceKind} from './events.js';
import type {TaskId} from './ids.js';

export type Intent =
	| {readonly type: 'start'; readonly question: string}
	/** Answers a `production` or `rollback` question; `phrase` exactly as typed. */
	| {readonly type: 'confirm'; readonly question: string; readonly phrase: string; readonly reason?: string}
	| {readonly type: 'reject'; readonly question: string}
	| {readonly type: 'choose'; readonly question: string; readonly choice: ChoiceKind; readonly reason?: string}
	| {readonly type: 'attest'; readonly question: string; readonly note: string}
	/** `isHeld`: only while this view looks at a menu; it goes on when the view answers, or goes away. */
	| {readonly type: 'pause'; readonly isHeld?: boolean}
	| {readonly type: 'unpause'}
	/** First Ctrl-C: nothing new starts, what runs settles. */
	| {readonly type: 'drain'}
	/** Second Ctrl-C: running jobs are cancelled by id. */
	| {readonly type: 'cancel'}
	/** A view that watches wants to drive: granted at once where nobody drives, else the driver is asked. */
	| {readonly type: 'ask-for-control'}
	/** The driver lets go: to the view named, to the one that asked last, or to nobody. */
	| {readonly type: 'hand-over'; readonly to?: string}
	| {readonly type: 'request-rollback'; readonly reason: string; readonly components: readonly string[] | 'all'}
	| {readonly type: 'sample-now'}
	| {readonly type: 'review'; readonly checkpoint: CheckpointId; readonly note: string}
	| {readonly type: 'rerun'; readonly task: TaskId};

export type IntentType = Intent['type'];
