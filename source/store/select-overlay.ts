// Details of a step, and the notice when the terminal is too small.
import type {JobId, TaskId} from '../domain/ids.js';
import type {Verdict} from '../domain/criterion.js';
import type {Step} from '../domain/run-state.js';
import {formatBytes} from '../domain/wording/amount.js';
import {countSteps} from '../domain/wording/production.js';
import {truncateEnd, truncateMiddle, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {logDuration} from './log-line.js';
import {rowOf, span, spreadRow, type Row, type Tone} from './row.js';
import {failureRows} from './select-failure.js';
import type {Snapshot} from './snapshot.js';
import {selectTreeItems, selectedIndex} from './select-tree.js';
import {describeStep, markOf, stepDuration} from './step-words.js';

const verdictMarks: {readonly [Kind in Verdict['kind']]: readonly [string, Tone]} = {
	unchecked: ['·', 'dim'],
	auto: ['✓', 'good'],
	attested: ['✓', 'accent'],
	'n/a': ['-', 'dim'],
	failed: ['✗', 'bad'],
	'no-data': ['!', 'warn'],
};

const verdictWords = (verdict: Verdict): string => {
	switch (verdict.kind) {
		case 'unchecked': {
			return 'nothing has looked at it yet';
		}

		case 'auto': {
			return verdict.evidence;
		}

		case 'attested': {
			return `by ${verdict.by}: ${verdict.note}`;
		}

		default: {
			return verdict.reason;
		}
	}
};

/** The step that details are about: the selected one. */
export const selectedStep = (snapshot: Snapshot): Step | undefined => {
	const items = selectTreeItems(snapshot);
	const item = items[selectedIndex(items, snapshot)];
	return item?.kind === 'task' ? item.step : item?.kind === 'phase' ? item.view.steps[0] : undefined;
};

const criterionRows = (step: Step, width: number): readonly Row[] =>
	step.task.criteria.flatMap(criterion => {
		const verdict = step.verdicts.get(criterion.id) ?? {kind: 'unchecked'};
		const [mark, tone] = verdictMarks[verdict.kind];
		return [
			spreadRow([span(`   ${mark} `, tone), span(truncateEnd(sanitizeLine(criterion.text), Math.max(8, width - 18)))], [span(verdict.kind, tone)], width),
			...wrapCells(sanitizeLine(verdictWords(verdict)), Math.max(10, width - 10), 2).map(line => rowOf(`       ${line}`, 'dim')),
		];
	});

const jobRows = (snapshot: Snapshot, task: TaskId, width: number): readonly Row[] => {
	const jobs = [...snapshot.run.jobs].filter(([, job]) => job.task === task).slice(-200);
	return jobs.flatMap(([id, job]: readonly [JobId, (typeof jobs)[number][1]]) => {
		const {summary} = job;
		const state = summary ? summary.state : job.state;
		const figures = summary ? `${state}  ${formatBytes(summary.billedBytes)}  ${logDuration(summary.durationMs)}` : state;
		return [
			spreadRow([span('   '), span(truncateEnd(sanitizeLine(job.statement), Math.max(8, width - 30)))], [span(figures, summary?.error ? 'bad' : 'dim')], width),
			[span(`       ${truncateMiddle(id, Math.max(10, width - 8))}`, 'dim')],
			...(summary?.error ? wrapCells(sanitizeLine(summary.error.message), Math.max(10, width - 10), 3).map(line => rowOf(`       ${line}`, 'bad')) : []),
		];
	});
};

/** Criteria with verdicts, jobs, failure and undo of the selected step. */
export const detailRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const step = selectedStep(snapshot);
	if (!step) {
		return [rowOf('  Nothing is selected.', 'dim')];
	}

	const {task, state} = step;
	const jobs = jobRows(snapshot, task.id, width);
	return [
		spreadRow([span('  '), markOf(state, snapshot.spinner), span(` ${task.id} ${task.title}`, 'strong')], [span(stepDuration(state, snapshot.nowMs), 'dim')], width),
		...wrapCells(describeStep(step), Math.max(10, width - 6), 3).map(line => rowOf(`    ${line}`)),
		...(state.kind === 'failed' ? [[], ...failureRows(state.failure, width)] : []),
		[],
		rowOf(`  Criteria ${task.criteria.length}`, 'strong'),
		...criterionRows(step, width),
		...(jobs.length > 0 ? [[], rowOf('  Jobs', 'strong'), ...jobs] : []),
		[],
		...wrapCells(`undo: ${sanitizeLine(task.undo)}`, Math.max(10, width - 4)).map(line => rowOf(`  ${line}`, 'dim')),
		...(task.dependsOn.length > 0 ? wrapCells(`after: ${task.dependsOn.join(', ')}`, Math.max(10, width - 4)).map(line => rowOf(`  ${line}`, 'dim')) : []),
	];
};

/** The one line of a terminal that is too small; the run goes on. */
export const tooSmallRow = (snapshot: Snapshot): Row => {
	const counts = countSteps(snapshot.run.steps.values());
	return [span('eros-tui: ', 'strong'), span(`${counts.passed}/${counts.total} done, ${counts.failed} failed`, counts.failed > 0 ? 'bad' : 'plain'), span(' - enlarge to 60x15'), span(snapshot.run.questions.length > 0 ? ' - a question waits' : '', 'warn')];
};
