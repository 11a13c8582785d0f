// Everything a frame is a function of.
import type {Question} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import type {TerminalSize} from '../terminal/size.js';
import type {Absence} from './absence.js';
import type {LogBook} from './log-book.js';
import type {ScreenName, ViewState} from './view-state.js';

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
	/** No key of this view acts on the run: it only watches, or another view drives. */
	readonly isReadOnly: boolean;
	/** It may ask for the wheel. */
	readonly canDrive: boolean;
	/** The last absence of a driver, for the screen that tells of it. */
	readonly resumed: Absence | undefined;
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

/** The screen to show: the operator's choice, else what happened since he left, else what the open question needs, else what the run is at. */
export const screenOf = (snapshot: Pick<Snapshot, 'run' | 'view' | 'resumed'>): ScreenName => {
	const {run, view, resumed} = snapshot;
	if (view.screen) {
		return view.screen;
	}

	if (resumed && !view.isSinceSeen) {
		return 'resume';
	}

	const question = frontQuestion(snapshot);
	const asked = question ? screenOfQuestion[question.kind] : undefined;
	if (asked) {
		return asked;
	}

	return run.rollback ? 'rollback' : run.monitor ? 'monitor' : 'deploy';
};

/** True while nothing of the run has happened: ending it loses nothing. */
export const isUntouched = ({questions, steps}: RunState): boolean =>
	questions.some(question => question.kind === 'start') && [...steps.values()].every(({state}) => state.kind === 'pending');

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
