// A lane (or a phase without one) as a pane: its header, its tasks, and the parts of what runs.
import type {ProgressPart} from '../domain/events.js';
import type {Step} from '../domain/run-state.js';
import {padEndCells, truncateEnd} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {span, spreadRow, type Row, type Span} from './row.js';
import {phaseProgress, selectPhases, type PhaseView} from './select-phase.js';
import {etaText} from './select-tree.js';
import type {Snapshot} from './snapshot.js';
import {describeStep, isStepAsked, markOf, spinnerGlyph, stepDuration} from './step-words.js';

const partMark = ({state}: ProgressPart, beat: number): Span => {
	switch (state) {
		case 'waiting': {
			return span('·', 'dim');
		}

		case 'running': {
			return span(spinnerGlyph(beat), 'accent');
		}

		case 'done': {
			return span('✓', 'good');
		}

		case 'failed': {
			return span('✗', 'bad');
		}
	}
};

const stepRow = (step: Step, width: number, {run, spinner, nowMs}: Snapshot): Row => {
	const {task, state} = step;
	const duration = stepDuration(state, nowMs);
	const titleWidth = width >= 64 ? 20 : 17;
	const tone = state.kind === 'failed' ? 'bad' : state.kind === 'running' ? 'plain' : 'dim';
	const words = describeStep(step);
	return spreadRow(
		[span('  '), markOf(state, spinner, isStepAsked(run, step)), span(` ${task.id.padEnd(5)}`), span(`${padEndCells(task.title, titleWidth)} `), span(truncateEnd(words, Math.max(0, width - titleWidth - 12 - duration.length)), tone)],
		[span(duration, 'dim')],
		width,
		1,
	);
};

const partsRow = (parts: readonly ProgressPart[], beat: number): Row =>
	[span('       '), ...parts.flatMap((part): readonly Span[] => [span(`  ${sanitizeLine(part.label)} `, part.state === 'waiting' ? 'dim' : 'plain'), partMark(part, beat)])];

/** Rows of one phase's pane, header first. */
export const phasePane = (view: PhaseView, snapshot: Snapshot, width: number, isFocused: boolean): readonly Row[] => {
	const {phase, kind} = view;
	const name = phase.lane === undefined ? `Phase ${phase.id} · ${phase.title}` : `Lane ${phase.lane} · ${phase.title}`;
	const progress = kind === 'passed' ? `${view.passed}/${view.total}   ${phaseProgress(view)}   done` : [phaseProgress(view), etaText(view)].filter(text => text !== '').join('   ');
	const header = spreadRow([span(isFocused ? '▸' : ' ', 'accent'), span(name, isFocused ? 'strong' : 'plain')], [span(progress, kind === 'failed' ? 'bad' : 'dim')], width);
	return [header, ...view.steps.flatMap(step => {
		const row = stepRow(step, width, snapshot);
		return step.state.kind === 'running' && step.state.parts.length > 0 ? [row, partsRow(step.state.parts, snapshot.spinner)] : [row];
	})];
};

/** The phases to show beside the tree: the two lanes, or the one phase without a lane that is under way. */
export const selectPanePhases = (snapshot: Snapshot): readonly PhaseView[] => {
	const phases = selectPhases(snapshot.run, snapshot.nowMs);
	const lanes = phases.filter(({phase}) => phase.lane !== undefined);
	const isOpen = ({kind}: PhaseView): boolean => kind === 'running' || kind === 'waiting' || kind === 'failed' || kind === 'stopped';
	if (lanes.some(lane => isOpen(lane))) {
		return lanes;
	}

	const single = phases.filter(({phase}) => phase.lane === undefined);
	const active = single.find(phase => isOpen(phase));
	if (active) {
		return [active];
	}

	const last = snapshot.run.phase === 'finished' ? single.findLast(phase => phase.kind === 'passed') : undefined;
	return last ? [last] : lanes.length > 0 ? lanes : single.slice(0, 1);
};

/** The phase of a lane, if the window has it. */
export const selectLane = (snapshot: Snapshot, lane: 'A' | 'B'): PhaseView | undefined =>
	selectPhases(snapshot.run, snapshot.nowMs).find(({phase}) => phase.lane === lane);
