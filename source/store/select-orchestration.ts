// Many pages at once: which run and how far they are, what failed, and how long the rest takes.
import {formatCount} from '../domain/wording/amount.js';
import {formatDuration, formatSpan} from '../domain/wording/duration.js';
import {padEndCells, truncateEnd} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {fitRow, rowOf, ruleRow, span, spreadRow, type Row} from './row.js';
import {spinnerGlyph} from './step-words.js';

export type PageProgressView = {
	readonly page: string;
	readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'stopped';
	/** Agents that have finished. */
	readonly finished: readonly string[];
	/** Why it waits for another try; empty when it does not. */
	readonly retrying: string;
	/** What came out of it, or what went wrong. */
	readonly outcome: string;
	/** Its schedule is saved, and its file was not written for a reason that a person has to look at. */
	readonly isHeld: boolean;
	readonly startedMs: number;
	readonly durationMs: number;
};

export type OrchestrationView = {
	/** `week of 2025-11-03, mode optimize`. */
	readonly title: string;
	/** Agents in the stages they run in. */
	readonly stages: readonly (readonly string[])[];
	readonly pages: ReadonlyMap<string, PageProgressView>;
	readonly startedMs: number;
	readonly nowMs: number;
	readonly isStopping: boolean;
};

export type OrchestrationChange =
	| {readonly kind: 'started'; readonly page: string}
	| {readonly kind: 'agent-finished'; readonly page: string; readonly agent: string}
	| {readonly kind: 'retrying'; readonly page: string; readonly reason: string}
	| {readonly kind: 'finished'; readonly page: string; readonly isFailed: boolean; readonly isHeld?: boolean; /** It was stopped with the run; no failure. */ readonly isStopped?: boolean; readonly outcome: string}
	| {readonly kind: 'stopping'};

/** The view before the first page starts; times are monotonic milliseconds. */
export const newOrchestration = (title: string, stages: OrchestrationView['stages'], pages: readonly string[], nowMs: number): OrchestrationView => ({
	title, stages, startedMs: nowMs, nowMs, isStopping: false,
	pages: new Map(pages.map(page => [page, {page, state: 'waiting', finished: [], retrying: '', outcome: '', isHeld: false, startedMs: nowMs, durationMs: 0}])),
});

/** Applies one change at a time. */
export const changeOrchestration = (view: OrchestrationView, change: OrchestrationChange, nowMs: number): OrchestrationView => {
	if (change.kind === 'stopping') {
		return {...view, nowMs, isStopping: true};
	}

	const known = view.pages.get(change.page);
	if (!known) {
		return {...view, nowMs};
	}

	const next = (): PageProgressView => {
		switch (change.kind) {
			case 'started': {
				return {...known, state: 'running', startedMs: nowMs};
			}

			case 'agent-finished': {
				return {...known, finished: [...known.finished, change.agent], retrying: ''};
			}

			case 'retrying': {
				return {...known, retrying: change.reason};
			}

			case 'finished': {
				return {...known, state: change.isStopped === true ? 'stopped' : change.isFailed ? 'failed' : 'done', retrying: '', outcome: change.outcome, isHeld: change.isHeld === true, durationMs: nowMs - known.startedMs};
			}
		}
	};

	return {...view, nowMs, pages: new Map(view.pages).set(change.page, next())};
};

const inState = ({pages}: OrchestrationView, state: PageProgressView['state']): readonly PageProgressView[] => [...pages.values()].filter(page => page.state === state);

/** Milliseconds that are left at the pace so far; undefined before the first page is done. */
export const timeLeftMs = (view: OrchestrationView): number | undefined => {
	const over = inState(view, 'done').length + inState(view, 'failed').length;
	return over === 0 ? undefined : ((view.nowMs - view.startedMs) / over) * (view.pages.size - over);
};

/** Title and progress. */
export const orchestrationHeader = (view: OrchestrationView, width: number): readonly Row[] => {
	const failed = inState(view, 'failed').length;
	const done = inState(view, 'done');
	const held = done.filter(({isHeld}) => isHeld).length;
	const over = done.length + failed;
	const left = timeLeftMs(view);
	const times = `${formatDuration(view.nowMs - view.startedMs)}${left === undefined || view.isStopping || over === view.pages.size ? '' : `   about ${formatSpan(left + 999)} left`}`;
	const size = Math.max(10, Math.min(40, width - 60));
	const filled = view.pages.size === 0 ? 0 : Math.round((over / view.pages.size) * size);
	return [
		spreadRow([span(' eros  ', 'strong'), span('ORCHESTRATE  ', 'strong'), span(sanitizeLine(view.title)), ...(view.isStopping ? [span('  STOPPING', 'warn')] : [])], [span(times)], width),
		fitRow([span(` pages  ${over} of ${view.pages.size}  `), span('▇'.repeat(filled), failed > 0 ? 'warn' : 'accent'), span('▁'.repeat(size - filled), 'dim'), span(`  ${formatCount(inState(view, 'running').length, 'page')} running`), span(failed > 0 ? `  ${failed} failed` : '', 'bad'), span(held > 0 ? `  ${held} not written` : '', 'warn')], width),
	];
};

const nameWidth = (width: number): number => Math.min(22, Math.floor(width / 5));

/** `analyzer` for performance_analyzer: the last word tells the five apart. */
const shortName = (agent: string): string => agent.slice(agent.lastIndexOf('_') + 1);

const runningRow = (page: PageProgressView, {stages, nowMs}: OrchestrationView, width: number, beat: number): Row => {
	const done = new Set(page.finished);
	const current = stages.findIndex(stage => stage.some(agent => !done.has(agent)));
	const marks = stages.map((stage, index) => (stage.every(agent => done.has(agent)) ? '✓' : index === current ? spinnerGlyph(beat) : '·')).join(' ');
	const now = current < 0 ? 'writing' : (stages[current] ?? []).filter(agent => !done.has(agent)).map(agent => shortName(agent)).join(', ');
	return spreadRow([span('  '), span(spinnerGlyph(beat), 'accent'), span(` ${padEndCells(sanitizeLine(page.page), nameWidth(width))} `), span(marks, 'accent'), span(`   ${truncateEnd(page.retrying === '' ? now : sanitizeLine(page.retrying), Math.max(8, width - nameWidth(width) - 26))}`, page.retrying === '' ? 'plain' : 'warn')], [span(formatDuration(nowMs - page.startedMs), 'dim')], width);
};

const overRow = (page: PageProgressView, width: number): Row =>
	spreadRow([span('  '), span(page.state === 'failed' ? '✗' : '✓', page.state === 'failed' ? 'bad' : page.isHeld ? 'warn' : 'good'), span(` ${padEndCells(sanitizeLine(page.page), nameWidth(width))} `), span(truncateEnd(sanitizeLine(page.outcome), Math.max(8, width - nameWidth(width) - 16)), page.state === 'failed' ? 'bad' : page.isHeld ? 'warn' : 'plain')], [span(formatDuration(page.durationMs), 'dim')], width);

/** Body in at most `height` rows: what runs, then every failure, then as many of the finished as fit, newest first; what does not fit is counted. */
export const orchestrationRows = (view: OrchestrationView, width: number, height: number, beat: number): readonly Row[] => {
	const waiting = inState(view, 'waiting').length;
	const stopped = inState(view, 'stopped').length;
	const failed = inState(view, 'failed');
	const done = [...inState(view, 'done')].reverse();
	const isTight = height < 14;
	const stageRow = fitRow(rowOf(`  stages  ${view.stages.map((stage, index) => `${index + 1} ${stage.map(agent => shortName(agent)).join(' + ')}`).join(' → ')}`, 'dim'), width);
	const top: readonly Row[] = [
		...(isTight ? [] : [stageRow, []]),
		...inState(view, 'running').map(page => runningRow(page, view, width, beat)),
		...(stopped > 0 ? [rowOf(`  · ${formatCount(stopped, 'page')} stopped; what they held is given back`, 'warn')] : []),
		...(waiting > 0 ? [rowOf(`  · ${formatCount(waiting, 'page')} waiting; at most five at a time`, 'dim')] : []),
		...(isTight ? [] : [ruleRow(width)]),
	];
	const room = Math.max(0, height - top.length);
	const shownFailed = failed.slice(-Math.max(1, room - 1));
	const hiddenFailed = failed.length - shownFailed.length;
	const rest = Math.max(0, room - shownFailed.length - (hiddenFailed > 0 ? 1 : 0));
	const shownDone = done.slice(0, done.length > rest ? Math.max(0, rest - 1) : rest);
	const hiddenDone = done.length - shownDone.length;
	return [
		...top,
		...shownFailed.map(page => overRow(page, width)), ...(hiddenFailed > 0 ? [rowOf(`  and ${hiddenFailed} more failed`, 'bad')] : []),
		...shownDone.map(page => overRow(page, width)), ...(hiddenDone > 0 && rest > 0 ? [rowOf(`  and ${hiddenDone} more done`, 'dim')] : []),
	].slice(0, height);
};
