// A phase as one thing: its state, its progress and its time, from those of its tasks.
import type {RunState, Step} from '../domain/run-state.js';
import type {PhaseSpec} from '../domain/window.js';
import {formatDuration} from '../domain/wording/duration.js';
import {unicodeGlyphs as glyphs} from '../terminal/glyphs.js';
import {span, type Span} from './row.js';
import {spinnerGlyph} from './step-words.js';

export type PhaseKind = 'pending' | 'blocked' | 'running' | 'waiting' | 'passed' | 'failed' | 'stopped';

export type PhaseView = {
	readonly phase: PhaseSpec;
	readonly kind: PhaseKind;
	readonly steps: readonly Step[];
	readonly passed: number;
	readonly total: number;
	/** Undefined before its first task starts. */
	readonly durationMs: number | undefined;
	/** Sum of the expected durations of what is left; undefined when nothing runs or the estimate is used up. */
	readonly leftMs: number | undefined;
	/** "waits for 2A", "needs a yes"; empty when there is nothing to wait for. */
	readonly waitsFor: string;
};

const startOf = ({state}: Step): number | undefined => ('startedAtMs' in state ? state.startedAtMs : undefined);

const kindOf = (steps: readonly Step[], isAsked: boolean): PhaseKind => {
	const has = (kind: Step['state']['kind']): boolean => steps.some(({state}) => state.kind === kind);
	if (has('failed')) {
		return 'failed';
	}

	if (isAsked) {
		return 'waiting';
	}

	if (has('running') || has('unknown')) {
		return 'running';
	}

	if (steps.length > 0 && steps.every(({state}) => state.kind === 'passed' || state.kind === 'skipped')) {
		return 'passed';
	}

	if (has('cancelled')) {
		return 'stopped';
	}

	return has('passed') ? 'running' : has('blocked') ? 'blocked' : 'pending';
};

const estimateLeft = (steps: readonly Step[], nowMs: number): number | undefined => {
	let left = 0;
	let isRunning = false;
	for (const {task, state} of steps) {
		if (state.kind === 'running') {
			isRunning = true;
			left += Math.max(0, task.expectedMs - (nowMs - state.startedAtMs));
		} else if (state.kind === 'pending' || state.kind === 'blocked' || state.kind === 'stale') {
			left += task.expectedMs;
		}
	}

	return isRunning && left >= 1000 ? left : undefined;
};

const waitsFor = (phase: PhaseSpec, run: RunState): string => {
	if (phase.tasks.some(task => task.needsApproval)) {
		return 'needs a yes';
	}

	const own = new Set(phase.tasks.map(task => task.id));
	const open = new Set<string>();
	for (const dependency of phase.tasks.flatMap(task => task.dependsOn)) {
		const step = run.steps.get(dependency);
		if (step && !own.has(dependency) && step.state.kind !== 'passed' && step.state.kind !== 'skipped') {
			open.add(step.task.phase);
		}
	}

	return open.size > 0 ? `waits for ${[...open].join(', ')}` : '';
};

/** Every phase of the window in order. */
export const selectPhases = (run: RunState, nowMs: number): readonly PhaseView[] =>
	run.window.phases.map(phase => {
		const steps = phase.tasks.flatMap(task => run.steps.get(task.id) ?? []);
		const asked = run.questions.flatMap(question => ('task' in question ? [question.task] : []));
		const isApproval = run.questions.some(question => question.kind === 'production') && phase.tasks.some(task => task.needsApproval);
		const kind = kindOf(steps, isApproval || phase.tasks.some(task => asked.includes(task.id)));
		const starts = steps.flatMap(step => startOf(step) ?? []);
		const ends = steps.map(({state}) => ('finishedAtMs' in state ? state.finishedAtMs : 0));
		const start = starts.length > 0 ? Math.min(...starts) : undefined;
		const isOver = kind === 'passed' || kind === 'failed' || kind === 'stopped' || run.phase === 'finished';
		return {
			phase,
			kind,
			steps,
			passed: steps.filter(({state}) => state.kind === 'passed' || state.kind === 'skipped').length,
			total: steps.length,
			durationMs: start === undefined ? undefined : (isOver ? Math.max(...ends, start) : nowMs) - start,
			leftMs: estimateLeft(steps, nowMs),
			waitsFor: kind === 'pending' || kind === 'blocked' ? waitsFor(phase, run) : '',
		};
	});

/** The phase's mark, one cell. */
export const phaseMark = ({kind}: PhaseView, beat: number): Span => {
	switch (kind) {
		case 'pending': {
			return span(glyphs.pending, 'dim');
		}

		case 'blocked': {
			return span(glyphs.blocked, 'dim');
		}

		case 'running': {
			return span(spinnerGlyph(beat), 'accent');
		}

		case 'waiting': {
			return span(glyphs.asks, 'warn');
		}

		case 'passed': {
			return span(glyphs.done, 'good');
		}

		case 'failed': {
			return span(glyphs.failed, 'bad');
		}

		case 'stopped': {
			return span(glyphs.cancelled, 'dim');
		}
	}
};

/** Progress and time of a phase for the end of its row: `3/6   12m 40s`, `2h 04m`, `waits for 2A`. */
export const phaseProgress = (view: PhaseView): string => {
	const duration = view.durationMs === undefined ? '' : formatDuration(view.durationMs);
	if (view.kind === 'pending' || view.kind === 'blocked') {
		return view.waitsFor;
	}

	return view.kind === 'passed' ? duration : `${view.passed}/${view.total}   ${duration}`;
};
