// The window as a tree of phases and tasks: which rows there are, and how each is drawn at a width.
import type {PhaseId, TaskId} from '../domain/ids.js';
import type {Step} from '../domain/run-state.js';
import {formatDuration} from '../domain/wording/duration.js';
import {truncateEnd} from '../terminal/cell-width.js';
import {fitRow, span, spreadRow, type Row} from './row.js';
import {phaseMark, phaseProgress, selectPhases, type PhaseView} from './select-phase.js';
import type {Snapshot} from './snapshot.js';
import {describeStep, isStepAsked, markOf, stepDuration} from './step-words.js';

export type TreeItem =
	| {readonly kind: 'phase'; readonly id: PhaseId; readonly view: PhaseView; readonly isExpanded: boolean}
	| {readonly kind: 'task'; readonly id: TaskId; readonly step: Step};

type TreeMoment = Pick<Snapshot, 'run' | 'spinner' | 'nowMs'>;

const isActive = ({kind}: PhaseView): boolean => kind === 'running' || kind === 'waiting' || kind === 'failed' || kind === 'stopped';

/** The visible nodes in order. A phase is open while it matters, unless the operator opened or closed it himself. */
export const selectTreeItems = ({run, view, nowMs}: Pick<Snapshot, 'run' | 'view' | 'nowMs'>): readonly TreeItem[] => {
	const phases = selectPhases(run, nowMs);
	const isAnyActive = phases.some(phase => isActive(phase));
	const next = phases.find(phase => phase.kind !== 'passed');
	return phases.flatMap((phaseView): readonly TreeItem[] => {
		const {id} = phaseView.phase;
		const isExpanded = view.expanded.get(id) ?? (isActive(phaseView) || (!isAnyActive && phaseView === next));
		return [{kind: 'phase', id, view: phaseView, isExpanded}, ...(isExpanded ? phaseView.steps.map((step): TreeItem => ({kind: 'task', id: step.task.id, step})) : [])];
	});
};

/** Index of the selected node: the operator's, or while he has not moved the first failed, asked or running task. */
export const selectedIndex = (items: readonly TreeItem[], {run, view}: Pick<Snapshot, 'run' | 'view'>): number => {
	if (view.selected !== undefined) {
		const own = items.findIndex(item => item.id === view.selected);
		if (own >= 0) {
			return own;
		}

		// The task's phase was closed: stay at the phase.
		const phase = run.steps.get(view.selected as TaskId)?.task.phase;
		return Math.max(0, items.findIndex(item => item.id === phase));
	}

	const byKind = (...kinds: readonly Step['state']['kind'][]): number => items.findIndex(item => item.kind === 'task' && kinds.includes(item.step.state.kind));
	const failed = byKind('failed', 'unknown');
	if (failed >= 0) {
		return failed;
	}

	const running = byKind('running');
	return running >= 0 ? running : Math.max(0, items.findIndex(item => item.kind === 'phase' && item.view.kind !== 'passed'));
};

const phaseRow = (item: Extract<TreeItem, {readonly kind: 'phase'}>, width: number, beat: number): Row => {
	const {view} = item;
	const tone = view.kind === 'pending' || view.kind === 'blocked' ? 'dim' : 'plain';
	return spreadRow(
		[phaseMark(view, beat), span(` ${view.phase.id.padEnd(4)}`, 'strong'), span(view.phase.title, tone === 'dim' ? 'dim' : 'strong')],
		[span(phaseProgress(view), view.kind === 'waiting' || view.waitsFor === 'needs a yes' ? 'warn' : 'dim')],
		width,
	);
};

const taskRow = (step: Step, width: number, {run, spinner, nowMs}: TreeMoment): Row => {
	const {task, state, verdicts} = step;
	const duration = stepDuration(state, nowMs);
	const mark = markOf(state, spinner, isStepAsked(run, step));
	const titleTone = state.kind === 'pending' || state.kind === 'blocked' ? 'dim' : 'plain';
	const name = `${task.id.padEnd(5)}${task.title}`;
	// With room to spare the row says what happened; otherwise that is in the lane and the details.
	const isWide = width >= 60;
	const words = describeStep({task, state, verdicts});
	const info = isWide ? span(`  ${truncateEnd(words, Math.max(0, width - 38 - duration.length))}`, state.kind === 'failed' ? 'bad' : 'dim') : span('');
	return spreadRow([span('  '), mark, span(` ${isWide ? name.padEnd(27) : name}`, state.kind === 'failed' ? 'bad' : titleTone), info], [span(duration, 'dim')], width, 1);
};

/** One row of the tree; the selected one carries a pointer so that it shows without colour. */
export const treeRow = (item: TreeItem, isSelected: boolean, width: number, moment: TreeMoment): Row => {
	const inner = width - 3;
	const row = item.kind === 'phase' ? phaseRow(item, inner, moment.spinner) : taskRow(item.step, inner, moment);
	return fitRow(isSelected ? [span('▸ ', 'accent'), ...row.map(part => ({...part, tone: part.tone === 'dim' ? 'plain' : part.tone} as const))] : [span('  '), ...row], width);
};

export type TreeRows = {readonly rows: readonly Row[]; readonly selected: number};

/** All rows of the tree at a width, and which of them is selected. */
export const selectTree = (snapshot: Snapshot, width: number): TreeRows => {
	const items = selectTreeItems(snapshot);
	const selected = selectedIndex(items, snapshot);
	return {rows: items.map((item, index) => treeRow(item, index === selected, width, snapshot)), selected};
};

/** Share of the window that is done, for titles and the too-small notice: `3/12`. */
export const progressText = ({run}: Pick<Snapshot, 'run'>): string => {
	const steps = [...run.steps.values()];
	return `${steps.filter(({state}) => state.kind === 'passed' || state.kind === 'skipped').length}/${steps.length}`;
};

/** Time left of a phase in words, `ETA 4m`, or empty. */
export const etaText = ({leftMs}: PhaseView): string => (leftMs === undefined ? '' : `ETA ${formatDuration(leftMs).replace(/ \d\ds$/, '')}`);
