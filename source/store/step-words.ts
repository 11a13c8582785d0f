// A step's state as a mark, a tone and words; shared by tree, lanes and details.
import type {RunState, Step, StepState} from '../domain/run-state.js';
import {formatDuration} from '../domain/wording/duration.js';
import {unicodeGlyphs as glyphs} from '../terminal/glyphs.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {span, type Span, type Tone} from './row.js';

export type StepKind = StepState['kind'];

type Mark = {readonly glyph: string; readonly tone: Tone};

const marks: {readonly [Kind in StepKind]: Mark} = {
	pending: {glyph: glyphs.pending, tone: 'dim'},
	blocked: {glyph: glyphs.blocked, tone: 'dim'},
	running: {glyph: '', tone: 'accent'},
	unknown: {glyph: glyphs.asks, tone: 'warn'},
	passed: {glyph: glyphs.done, tone: 'good'},
	failed: {glyph: glyphs.failed, tone: 'bad'},
	skipped: {glyph: glyphs.skipped, tone: 'dim'},
	cancelled: {glyph: glyphs.cancelled, tone: 'dim'},
	stale: {glyph: glyphs.stale, tone: 'warn'},
};

/** Picture of the spinner at a beat. */
export const spinnerGlyph = (beat: number): string => glyphs.spinner[beat % glyphs.spinner.length] ?? '*';

/** True while a question of the step waits for a person. */
export const isStepAsked = ({questions}: Pick<RunState, 'questions'>, {task}: Step): boolean => questions.some(question => 'task' in question && question.task === task.id);

/** The mark of a state, one cell; a step that waits for a person asks, whatever it does besides. */
export const markOf = (state: StepState, beat: number, isAsked = false): Span => {
	if (isAsked && state.kind === 'running') {
		return span(glyphs.asks, 'warn');
	}

	if (state.kind === 'running') {
		return state.attempt > 1 && beat % 4 === 0 ? span(glyphs.retrying, 'warn') : span(spinnerGlyph(beat), 'accent');
	}

	const mark = marks[state.kind];
	return span(mark.glyph, mark.tone);
};

/** What there is to say of the step in its row, without its duration. */
export const describeStep = ({task, state, verdicts}: Step): string => {
	switch (state.kind) {
		case 'pending': {
			return task.note ?? '';
		}

		case 'blocked': {
			return sanitizeLine(state.reason) || `waits for ${state.by.join(', ')}`;
		}

		case 'running': {
			const count = state.total === undefined ? '' : `${state.done ?? 0}/${state.total}`;
			const attempt = state.attempt > 1 ? `attempt ${state.attempt}` : '';
			return [attempt, count, state.isVerifying ? 'verifying' : '', sanitizeLine(state.label ?? '')].filter(text => text !== '').join(' · ');
		}

		case 'unknown': {
			return 'outcome unknown, looking it up';
		}

		case 'passed': {
			const open = [...verdicts.values()].filter(verdict => verdict.kind === 'unchecked').length;
			return `${sanitizeLine(state.summary)}${open > 0 ? ` · ${open} unchecked` : ''}`;
		}

		case 'failed': {
			return sanitizeLine(state.failure.message);
		}

		case 'skipped':
		case 'cancelled':
		case 'stale': {
			return `${state.kind}: ${sanitizeLine(state.reason)}`;
		}
	}
};

/** Duration so far or in all; empty before it starts. */
export const stepDuration = (state: StepState, nowMs: number): string => {
	switch (state.kind) {
		case 'running':
		case 'unknown': {
			return formatDuration(nowMs - state.startedAtMs);
		}

		case 'passed':
		case 'failed': {
			return formatDuration(state.durationMs);
		}

		default: {
			return '';
		}
	}
};

/** True when the step is over for good or bad. */
export const isSettled = ({kind}: StepState): boolean => kind === 'passed' || kind === 'failed' || kind === 'skipped' || kind === 'cancelled';
