// What only a person at a terminal has: focus, selection, scroll position, what is typed. Nothing of it reaches the
// engine except as an intent.
import type {PhaseId, TaskId} from '../domain/ids.js';

export type PaneName = 'tree' | 'lane-a' | 'lane-b' | 'log' | 'monitor';

/** Screens that follow from the run unless the operator looks elsewhere. */
export type ScreenName = 'resume' | 'deploy' | 'production' | 'failure' | 'monitor' | 'rollback';

export type OverlayName = 'help' | 'details' | 'differences' | 'gate' | 'blast-radius' | 'why' | 'what-if' | 'table' | 'quit' | 'stop' | 'job' | 'messages' | 'question' | 'components';

export type LogPosition =
	| {readonly kind: 'following'}
	/** `anchor` is the seq of the last line in sight; `appended` the count of lines when reading began, to tell how many are unseen. */
	| {readonly kind: 'reading'; readonly anchor: number; readonly appended: number};

export type TextField = 'search' | 'filter' | 'phrase' | 'reason' | 'note';

export type Flash = {readonly text: string; readonly tone: 'plain' | 'warn' | 'bad'; readonly untilMs: number};

export type StopStage = 'none' | 'drained' | 'cancelled';

export type ViewState = {
	/** Undefined: the screen that the run calls for. */
	readonly screen: ScreenName | undefined;
	readonly overlay: OverlayName | undefined;
	readonly overlayTop: number;
	readonly focus: PaneName;
	/** Undefined until the operator moves: the row follows what runs. */
	readonly selected: TaskId | PhaseId | undefined;
	/** Phases the operator opened or closed himself; the others open while they matter. */
	readonly expanded: ReadonlyMap<PhaseId, boolean>;
	readonly log: LogPosition;
	readonly search: string;
	readonly filter: string;
	/** The field that takes the keys; undefined when letters are commands. */
	readonly editing: TextField | undefined;
	readonly input: string;
	/** Kept while the next field is typed: the reason of a rollback before its phrase. */
	readonly reason: string;
	/** Index of the chosen line on a screen with choices. */
	readonly choice: number;
	readonly isZoomed: boolean;
	/** Question whose prompt is in front, and when its keys begin to count (monotonic). */
	readonly prompt: {readonly question: string; readonly armedAtMs: number} | undefined;
	/** Keys that came before the prompt in front could be read, and were thrown away. */
	readonly discarded: number;
	/** Questions the operator put aside to look at the rest. */
	readonly aside: ReadonlySet<string>;
	readonly stop: StopStage;
	/** When Ctrl-C was last pressed (monotonic). */
	readonly stopAtMs: number;
	/** The run was paused by Ctrl-C and goes on when the operator continues or detaches. */
	readonly isPausedByStop: boolean;
	/** Objects chosen for a partial rollback. */
	readonly picked: ReadonlySet<string>;
	readonly flash: Flash | undefined;
	readonly isSinceSeen: boolean;
	/** The long question that was opened in full. */
	readonly readQuestion: string | undefined;
};

export const initialViewState: ViewState = {
	screen: undefined,
	overlay: undefined,
	overlayTop: 0,
	focus: 'tree',
	selected: undefined,
	expanded: new Map(),
	log: {kind: 'following'},
	search: '',
	filter: '',
	editing: undefined,
	input: '',
	reason: '',
	choice: 0,
	isZoomed: false,
	prompt: undefined,
	discarded: 0,
	aside: new Set(),
	stop: 'none',
	stopAtMs: 0,
	isPausedByStop: false,
	picked: new Set(),
	flash: undefined,
	isSinceSeen: false,
	readQuestion: undefined,
};
