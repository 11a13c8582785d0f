// The one place where events become a snapshot. Bursts are drawn once every 100 ms with a trailing edge; keys at once.
import type {JournaledEvent} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import type {TerminalSize} from '../terminal/size.js';
import {LogBook} from './log-book.js';
import {logLineOf} from './log-line.js';
import {AbsenceLog} from './absence.js';
import {frontQuestion, isAnythingRunning, type Snapshot} from './snapshot.js';
import {reduceView, type ViewAction} from './view-reducer.js';
import {initialViewState, type TextField, type ViewState} from './view-state.js';

/** Where the run comes from; a session is one. */
export type RunSource = {
	readonly subscribe: (listener: (event: JournaledEvent) => void) => Disposable;
	readonly state: () => RunState;
};

/** Real time, as the clock port gives it. */
export type Pace = {
	readonly monotonic: () => number;
	readonly every: (ms: number, tick: () => void) => Disposable;
};

export type AppStore = Disposable & {
	readonly getSnapshot: () => Snapshot;
	readonly subscribe: (listener: () => void) => () => void;
	/** Applies an action of the operator and shows it at once. */
	readonly change: (action: ViewAction) => void;
	readonly resize: (size: TerminalSize) => void;
	/** Shows what is pending now instead of at the next beat. */
	readonly flush: () => void;
};

export type AppStoreOptions = {
	readonly source: RunSource;
	readonly pace: Pace;
	readonly size: TerminalSize;
	readonly isReadOnly?: boolean;
	/** This view's id where many look at the run; without one its keys count whoever drives. */
	readonly view?: string;
	readonly logLimit?: number;
};

/** Bursts of events are shown together this often. */
export const coalesceMs = 100;
/** A prompt ignores keys for this long after it appears. */
export const armingMs = 500;
/** A second Ctrl-C within this time leaves the screen. */
export const stopWindowMs = 3000;
const spinnerMs = 250;
const secondMs = 1000;

const fieldOf = (question: NonNullable<ReturnType<typeof frontQuestion>>): TextField | undefined => {
	switch (question.kind) {
		case 'rollback': {
			return 'reason';
		}

		case 'attestation': {
			return 'note';
		}

		default: {
			return undefined;
		}
	}
};

/** Timers run only while something on the screen moves; an idle screen costs nothing. */
const beatOf = ({run, view, monotonicMs}: Snapshot): number | undefined => {
	if (isAnythingRunning(run)) {
		return spinnerMs;
	}

	const isCounting = run.questions.some(question => question.kind === 'production');
	const isArming = view.prompt !== undefined && view.prompt.armedAtMs > monotonicMs;
	const isStopping = view.overlay === 'stop' && monotonicMs - view.stopAtMs < stopWindowMs;
	return isArming ? spinnerMs : isCounting || isStopping || view.flash !== undefined ? secondMs : undefined;
};

export const createAppStore = ({source, pace, size, isReadOnly: isWatcher = false, view: ownView, logLimit}: AppStoreOptions): AppStore => {
	const log = new LogBook(logLimit);
	const listeners = new Set<() => void>();
	let view: ViewState = initialViewState;
	let isReadOnly = isWatcher;
	let currentSize = size;
	let spinner = 0;
	let logVersion = 0;
	const absences = new AbsenceLog();
	let sinceSeenMs: number | undefined;
	let lastEventMs = pace.monotonic();
	let isDirty = false;
	let pending: Disposable | undefined;
	let beating: {readonly ms: number; readonly timer: Disposable} | undefined;

	const clockOf = (run: RunState, monotonicMs: number): number =>
		run.phase === 'finished' || run.phase === 'created' ? run.nowMs : run.nowMs + Math.max(0, monotonicMs - lastEventMs);

	const followQuestions = (run: RunState, monotonicMs: number): void => {
		// What happened since is read first: a prompt behind it takes no keys yet.
		const isReading = sinceSeenMs !== undefined && !view.isSinceSeen;
		const front = frontQuestion({run, view});
		// A question that comes while a menu asks how to leave waits behind it, and arms once it is in sight.
		const isBehindMenu = (view.overlay === 'stop' || view.overlay === 'quit') && front?.id !== view.prompt?.question;
		const question = isReadOnly || isBehindMenu || (isReading && front?.kind !== 'start') ? undefined : front;
		if (question?.id === view.prompt?.question) {
			return;
		}

		view = question
			? reduceView(view, {type: 'show-prompt', question: question.id, armedAtMs: monotonicMs + armingMs, field: fieldOf(question), ...(question.kind === 'attestation' ? {text: question.prefilled} : {})})
			: view.prompt ? reduceView(view, {type: 'hide-prompt'}) : view;
	};

	const build = (): Snapshot => {
		const run = source.state();
		const monotonicMs = pace.monotonic();
		isReadOnly = isWatcher || (ownView !== undefined && run.views.length > 0 && run.driver !== ownView);
		const absence = absences.last;
		const isOwn = absence?.backBy === undefined || ownView === undefined || absence.backBy === ownView;
		const resumed = isReadOnly || !isOwn ? undefined : absence;
		if (resumed?.leftAtMs !== sinceSeenMs) {
			sinceSeenMs = resumed?.leftAtMs;
			view = reduceView(view, {type: 'since-unseen'});
		}

		followQuestions(run, monotonicMs);
		if (view.flash && view.flash.untilMs <= monotonicMs) {
			view = reduceView(view, {type: 'flash', flash: undefined});
		}

		return {run, view, log, logVersion, nowMs: clockOf(run, monotonicMs), monotonicMs, spinner, size: currentSize, isReadOnly, canDrive: !isWatcher, resumed};
	};

	let snapshot = build();

	const beat = (): void => {
		spinner += 1;
		show();
	};

	const keepBeating = (): void => {
		const ms = beatOf(snapshot);
		if (beating?.ms === ms) {
			return;
		}

		beating?.timer[Symbol.dispose]();
		beating = ms === undefined ? undefined : {ms, timer: pace.every(ms, beat)};
	};

	const show = (): void => {
		pending?.[Symbol.dispose]();
		pending = undefined;
		isDirty = false;
		snapshot = build();
		keepBeating();
		for (const listener of listeners) {
			listener();
		}
	};

	const showSoon = (): void => {
		isDirty = true;
		pending ??= pace.every(coalesceMs, () => {
			pending?.[Symbol.dispose]();
			pending = undefined;
			if (isDirty) {
				show();
			}
		});
	};

	const subscription = source.subscribe(event => {
		lastEventMs = pace.monotonic();
		absences.take(event);
		const line = logLineOf(event, source.state().target?.timeZone ?? 'UTC');
		if (line) {
			log.append(line);
			logVersion += 1;
		}

		showSoon();
	});
	show();

	return {
		getSnapshot: () => snapshot,
		subscribe: listener => {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		change: action => {
			view = reduceView(view, action);
			show();
		},
		resize: next => {
			currentSize = next;
			show();
		},
		flush: show,
		[Symbol.dispose]: () => {
			subscription[Symbol.dispose]();
			pending?.[Symbol.dispose]();
			beating?.timer[Symbol.dispose]();
			listeners.clear();
		},
	};
};
