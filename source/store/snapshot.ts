// Everything a frame is a function of.
import type {Question} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import type {TerminalSize} from '../terminal/size.js';
import type {LogBook} from './log-book.js';
import type {ScreenName, ViewState} from './view-state.js';

export type Resumption = {readonly atMs: number; readonly lastSeenMs: number; readonly findings: readonly string[]};

export type Snapshot = {
	readonly run: RunState;
	readonly view: ViewState;
	/** Grows in place; `logVersion` tells two states of it apart. */
	readonly log: LogBook;
	readonly logVersion: number;
	/** The run's clock, moving between events. */
	readonly nowMs: number;
	/** Monotonic milliseconds, for prompts and flashes. */
	readonly monotonicMs: number;
	/** Frame of the one spinner. */
	readonly spinner: number;
	readonly size: TerminalSize;
	readonly isReadOnly: boolean;
	readonly resumed: Resumption | undefined;
};

/** The question that has the operator's attention: the oldest open one that was not put aside. */
export const frontQuestion = ({run, view}: Pick<Snapshot, 'run' | 'view'>): Question | undefined => run.questions.find(question => !view.aside.has(question.id));

/** Time zone everything is shown in. */
export const zoneOf = ({run}: Pick<Snapshot, 'run'>): string => run.target?.timeZone ?? 'UTC';

const screenOfQuestion: {readonly [Kind in Question['kind']]: ScreenName | undefined} = {
	start: undefined,
	production: 'production',
	rollback: 'rollback',
	failure: 'failure',
	attestation: undefined,
	recommendation: 'monitor',
};

/** The screen to show: the operator's choice, else what the open question needs, else what the run is at. */
export const screenOf = (snapshot: Pick<Snapshot, 'run' | 'view' | 'resumed'>): ScreenName => {
	const {run, view, resumed} = snapshot;
	if (view.screen) {
		return view.screen;
	}

	const question = frontQuestion(snapshot);
	const asked = question ? screenOfQuestion[question.kind] : undefined;
	if (asked) {
		return asked;
	}

	if (resumed && !view.isSinceSeen) {
		return 'resume';
	}

	return run.rollback ? 'rollback' : run.monitor ? 'monitor' : 'deploy';
};

/** Whether anything on the screen moves by itself. */
export const isAnythingRunning = ({phase, steps, rollback, monitor}: RunState): boolean => {
	if (phase === 'finished' || phase === 'created') {
		return false;
	}

	for (const {state} of steps.values()) {
		if (state.kind === 'running' || state.kind === 'unknown') {
			return true;
		}
	}

	return rollback?.steps.some(step => step.state === 'running') === true || (monitor !== undefined && !monitor.isFinished && monitor.samples.length > 0 && rollback === undefined);
};
