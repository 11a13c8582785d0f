// Changes of the view state, as data. Pure: what moved, and nothing else.
import type {PhaseId, TaskId} from '../domain/ids.js';
import {graphemes} from '../terminal/cell-width.js';
import type {Flash, OverlayName, PaneName, ScreenName, StopStage, TextField, ViewState} from './view-state.js';

export type ViewAction =
	| {readonly type: 'go'; readonly screen: ScreenName | undefined}
	| {readonly type: 'open'; readonly overlay: OverlayName}
	| {readonly type: 'close'}
	| {readonly type: 'scroll-overlay'; readonly by: number}
	| {readonly type: 'focus'; readonly pane: PaneName}
	| {readonly type: 'select'; readonly id: TaskId | PhaseId | undefined}
	| {readonly type: 'expand'; readonly phase: PhaseId; readonly isExpanded: boolean}
	| {readonly type: 'expand-all'; readonly phases: readonly PhaseId[]; readonly isExpanded: boolean}
	| {readonly type: 'read-log'; readonly anchor: number; readonly appended: number}
	| {readonly type: 'follow-log'}
	| {readonly type: 'edit'; readonly field: TextField; readonly text?: string}
	| {readonly type: 'type'; readonly text: string}
	| {readonly type: 'erase'; readonly what: 'character' | 'word' | 'all'}
	| {readonly type: 'stop-editing'}
	/** Keys are commands again; what was typed stays. */
	| {readonly type: 'leave-field'}
	| {readonly type: 'set-search'; readonly text: string}
	| {readonly type: 'set-filter'; readonly text: string}
	| {readonly type: 'set-reason'; readonly text: string}
	| {readonly type: 'choose-line'; readonly index: number}
	| {readonly type: 'zoom'; readonly isZoomed: boolean}
	| {readonly type: 'show-prompt'; readonly question: string; readonly armedAtMs: number; readonly field: TextField | undefined; readonly text?: string}
	| {readonly type: 'hide-prompt'}
	| {readonly type: 'discard'}
	| {readonly type: 'put-aside'; readonly question: string}
	| {readonly type: 'take-up'}
	| {readonly type: 'stop'; readonly stage: StopStage}
	/** Ctrl-C: the stop menu opens, or the press is remembered. */
	| {readonly type: 'press-stop'; readonly atMs: number; readonly isPausing: boolean}
	| {readonly type: 'pick'; readonly object: string}
	| {readonly type: 'pick-none'}
	| {readonly type: 'flash'; readonly flash: Flash | undefined}
	| {readonly type: 'since-seen'}
	/** Another absence is to be told of. */
	| {readonly type: 'since-unseen'}
	| {readonly type: 'question-read'; readonly question: string};

/** Longest text a field takes. */
const fieldLimit = 500;

const eraseFrom = (text: string, what: 'character' | 'word' | 'all'): string => {
	if (what === 'all') {
		return '';
	}

	return what === 'word' ? text.replace(/\S*\s*$/, '') : graphemes(text).slice(0, -1).join('');
};

/** Applies one action; an action that changes nothing returns the same state. */
export const reduceView = (view: ViewState, action: ViewAction): ViewState => {
	switch (action.type) {
		case 'go': {
			return {...view, screen: action.screen, overlay: undefined, isZoomed: false};
		}

		case 'open': {
			return {...view, overlay: action.overlay, overlayTop: 0};
		}

		case 'close': {
			return view.overlay === undefined ? view : {...view, overlay: undefined, overlayTop: 0, isPausedByStop: view.overlay === 'stop' ? false : view.isPausedByStop};
		}

		case 'scroll-overlay': {
			return {...view, overlayTop: Math.max(0, view.overlayTop + action.by)};
		}

		case 'focus': {
			return {...view, focus: action.pane};
		}

		case 'select': {
			return {...view, selected: action.id};
		}

		case 'expand': {
			return {...view, expanded: new Map(view.expanded).set(action.phase, action.isExpanded)};
		}

		case 'expand-all': {
			return {...view, expanded: new Map(action.phases.map(phase => [phase, action.isExpanded]))};
		}

		case 'read-log': {
			const appended = view.log.kind === 'reading' ? view.log.appended : action.appended;
			return {...view, log: {kind: 'reading', anchor: action.anchor, appended}};
		}

		case 'follow-log': {
			return view.log.kind === 'following' ? view : {...view, log: {kind: 'following'}};
		}

		default: {
			return reducePrompt(view, action);
		}
	}
};

/** What was opened beside a question stays when the question goes: help, and the menus of leaving, which may hold the run. */
const outlivesPrompt: ReadonlySet<NonNullable<ViewState['overlay']>> = new Set(['help', 'stop', 'quit']);

type PromptAction = Exclude<ViewAction, {readonly type: 'go' | 'open' | 'close' | 'scroll-overlay' | 'focus' | 'select' | 'expand' | 'expand-all' | 'read-log' | 'follow-log'}>;

const reducePrompt = (view: ViewState, action: PromptAction): ViewState => {
	switch (action.type) {
		case 'edit': {
			return {...view, editing: action.field, input: action.text ?? ''};
		}

		case 'type': {
			return view.editing === undefined ? view : {...view, input: (view.input + action.text).slice(0, fieldLimit)};
		}

		case 'erase': {
			return {...view, input: eraseFrom(view.input, action.what)};
		}

		case 'stop-editing': {
			return {...view, editing: undefined, input: ''};
		}

		case 'leave-field': {
			return {...view, editing: undefined};
		}

		case 'set-search': {
			return {...view, search: action.text};
		}

		case 'set-filter': {
			return {...view, filter: action.text};
		}

		case 'set-reason': {
			return {...view, reason: action.text};
		}

		case 'choose-line': {
			return {...view, choice: Math.max(0, action.index)};
		}

		case 'zoom': {
			return {...view, isZoomed: action.isZoomed};
		}

		case 'show-prompt': {
			return {...view, prompt: {question: action.question, armedAtMs: action.armedAtMs}, discarded: 0, editing: action.field, input: action.text ?? '', reason: '', choice: 0, overlay: undefined, screen: undefined};
		}

		case 'hide-prompt': {
			return {...view, prompt: undefined, discarded: 0, editing: undefined, input: '', reason: '', overlay: view.overlay !== undefined && outlivesPrompt.has(view.overlay) ? view.overlay : undefined};
		}

		case 'discard': {
			return {...view, discarded: view.discarded + 1};
		}

		case 'put-aside': {
			return {...view, aside: new Set(view.aside).add(action.question), prompt: undefined, editing: undefined, input: ''};
		}

		case 'take-up': {
			return {...view, aside: new Set(), screen: undefined};
		}

		case 'stop': {
			return {...view, stop: action.stage, isPausedByStop: false};
		}

		case 'press-stop': {
			return {...view, overlay: 'stop', overlayTop: 0, stopAtMs: action.atMs, isPausedByStop: view.isPausedByStop || action.isPausing};
		}

		case 'pick': {
			const picked = new Set(view.picked);
			return {...view, picked: picked.delete(action.object) ? picked : picked.add(action.object)};
		}

		case 'pick-none': {
			return view.picked.size === 0 ? view : {...view, picked: new Set()};
		}

		case 'flash': {
			return {...view, flash: action.flash};
		}

		case 'since-seen': {
			return {...view, isSinceSeen: true, choice: 0};
		}

		case 'since-unseen': {
			return {...view, isSinceSeen: false, choice: 0};
		}

		case 'question-read': {
			return {...view, readQuestion: action.question};
		}
	}
};
