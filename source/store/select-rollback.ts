// The rollback: why, to what, what is lost; the phrase before it, the six steps while it runs, the proof after.
import type {Question} from '../domain/events.js';
import type {RollbackState} from '../domain/run-state.js';
import {formatCount} from '../domain/wording/amount.js';
import {formatDuration, formatSpan} from '../domain/wording/duration.js';
import {truncateEnd, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {rowOf, ruleRow, span, spreadRow, type Row, type Span} from './row.js';
import {elapsedText, selectNow} from './select-header.js';
import {frontQuestion, type Snapshot} from './snapshot.js';
import {spinnerGlyph} from './step-words.js';

type Asked = Extract<Question, {readonly kind: 'rollback'}>;

/** A rollback that takes longer is late. */
const limitMs = 10 * 60_000;

export const rollbackHeader = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {run} = snapshot;
	const target = run.target ? `${run.target.project}.${run.target.dataset}` : '';
	return [spreadRow([span(' eros  ', 'strong'), span('ROLL BACK  ', 'warn'), span(target)], [span(elapsedText(snapshot))], width), selectNow(snapshot, width)];
};

const label = (name: string): Span => span(`  ${name.padEnd(8)} `, 'dim');
const under = span(' '.repeat(11));

const wrapped = (name: string, text: string, width: number, maxLines = 2): readonly Row[] =>
	wrapCells(sanitizeLine(text), Math.max(10, width - 12), maxLines).map((line, index): Row => [index === 0 ? label(name) : under, span(line)]);

const lostText = (lost: Asked['detail']['lost']): string => {
	const some = lost.filter(({rows}) => rows > 0);
	return some.length === 0 ? 'no rows were written since then' : `rows written since then: ${some.map(({table, rows}) => `${table} ${rows}`).join(' · ')} · kept in step 2`;
};

const scope = (components: readonly string[] | 'all'): string => (components === 'all' ? 'everything that the deployment changed' : components.join(', '));

const askRows = ({detail}: Asked, snapshot: Snapshot, width: number): readonly Row[] => {
	const {view, monotonicMs, nowMs} = snapshot;
	const {restorePoint} = detail;
	const isArmed = view.prompt !== undefined && monotonicMs >= view.prompt.armedAtMs;
	const isPhrase = view.editing === 'phrase';
	const cursor = span('▌', isArmed ? 'accent' : 'dim');
	const proven = restorePoint.provenAtMs === undefined ? 'NOT PROVEN' : 'proven';
	return [
		...wrapped('Why', detail.why, width),
		...detail.because.slice(0, 4).map((reason): Row => [under, span(truncateEnd(sanitizeLine(reason), Math.max(1, width - 12)))]),
		...wrapped('To', `restore point ${restorePoint.id} (${formatSpan(nowMs - restorePoint.takenAtMs)} old) · ${formatCount(restorePoint.tables, 'table')}, ${formatCount(restorePoint.routines, 'routine')}, ${formatCount(restorePoint.schedules, 'schedule')} · ${proven}`, width),
		...wrapped('What', scope(detail.components), width),
		...(detail.dependants.length > 0 ? wrapped('Also', `depends on it: ${detail.dependants.join(', ')}`, width) : []),
		...wrapped('Lost', lostText(detail.lost), width, 3),
		ruleRow(width),
		...(snapshot.isReadOnly
			? [rowOf('  This pane only watches; the phrase is typed where the run was started.', 'dim')]
			: [
				rowOf(isPhrase ? '  Type this phrase to roll back. Esc goes back; nothing has been changed.' : '  Why? The reason is recorded. Enter goes on to the phrase, Esc goes back.'),
				[],
				[span('    reason '), span(isPhrase ? view.reason : view.input), ...(isPhrase ? [] : [cursor])],
				...(isPhrase ? [[span('           '), span(truncateEnd(detail.phrase, width - 12), 'strong' as const)], [span('         > ', 'accent'), span(view.input, detail.phrase.startsWith(view.input) ? 'plain' : 'bad'), cursor]] : []),
				[],
				...(view.flash ? [rowOf(`  ! ${view.flash.text}`, view.flash.tone === 'plain' ? 'warn' : view.flash.tone)] : []),
			]),
	];
};

const stepRow = (step: RollbackState['steps'][number], snapshot: Snapshot, width: number): Row => {
	const mark = {waiting: span(' '), running: span(spinnerGlyph(snapshot.spinner), 'accent'), done: span('✓', 'good'), failed: span('✗', 'bad')}[step.state];
	const durationMs = step.durationMs ?? (step.startedAtMs === undefined ? undefined : snapshot.nowMs - step.startedAtMs);
	const duration = durationMs === undefined ? '' : formatDuration(durationMs);
	return spreadRow(
		[span(`  ${step.number}  `, 'dim'), span(truncateEnd(step.title, 28).padEnd(29), step.state === 'waiting' ? 'dim' : 'plain'), span(truncateEnd(sanitizeLine(step.detail ?? ''), Math.max(0, width - 50)), step.state === 'failed' ? 'bad' : 'plain')],
		[mark, span(duration.padStart(8), 'dim')],
		width,
	);
};

const barRow = (rollback: RollbackState, nowMs: number, width: number): Row => {
	const size = Math.max(10, Math.min(30, width - 40));
	const isOver = rollback.proof !== undefined;
	const spentMs = rollback.proof?.durationMs ?? nowMs - rollback.startedAtMs;
	const filled = Math.min(size, Math.max(spentMs > 0 ? 1 : 0, Math.round((spentMs / limitMs) * size)));
	return spreadRow([span('     within 10 min  ', 'dim'), span('▇'.repeat(filled), spentMs > limitMs ? 'bad' : 'accent'), span('▁'.repeat(size - filled), 'dim')], [span(`${isOver ? 'took ' : ''}${formatDuration(spentMs)}`, spentMs > limitMs ? 'bad' : 'plain')], width);
};

/** What the deployment brought and the rollback left, in two rows at most. */
const leftOverRows = (orphans: readonly string[], width: number): readonly Row[] => {
	if (orphans.length === 0) {
		return [];
	}

	const lines = wrapCells(`left over, not removed (${orphans.length}): ${orphans.map(orphan => sanitizeLine(orphan)).join(', ')}`, Math.max(10, width - 14));
	const shown = lines.length > 2 ? [lines[0]!, `${truncateEnd(lines[1]!, width - 16)} …`] : lines;
	return shown.map((line): Row => [under, span(line, 'warn')]);
};

const proofRows = (proof: NonNullable<RollbackState['proof']>, width: number): readonly Row[] => {
	const isEqual = proof.differences.length === 0;
	return [
		...wrapCells(`${proof.tablesEqual} of ${proof.tables} tables equal · ${proof.routinesEqual} of ${proof.routines} routines · ${proof.viewsEqual} of ${proof.views} views · ${proof.schedulesEqual} of ${proof.schedules} schedules`, Math.max(10, width - 13))
			.map((line, index): Row => [index === 0 ? span(isEqual ? '  ✓ Proof   ' : '  ✗ Proof   ', isEqual ? 'good' : 'bad') : span(' '.repeat(12)), span(line)]),
		...proof.differences.slice(0, 6).map((difference): Row => [under, span(truncateEnd(sanitizeLine(difference), width - 12), 'bad')]),
		...leftOverRows(proof.orphans, width),
	];
};

const runningRows = (rollback: RollbackState, snapshot: Snapshot, width: number): readonly Row[] => [
	...wrapped('Why', rollback.reason, width),
	...wrapped('To', `restore point ${rollback.restorePoint} · ${scope(rollback.components)}`, width),
	ruleRow(width),
	...rollback.steps.map(step => stepRow(step, snapshot, width)),
	[],
	barRow(rollback, snapshot.nowMs, width),
	[],
	...(rollback.proof ? proofRows(rollback.proof, width) : wrapCells('Step 3 only goes forward: each table is restored in one statement and checked before the next.', Math.max(10, width - 4)).map(line => rowOf(`  ${line}`, 'dim'))),
	...(snapshot.run.finished ? [[], ...wrapped('End', snapshot.run.finished.sentence, width, 3)] : []),
	...(snapshot.view.flash ? [[], rowOf(`  ! ${snapshot.view.flash.text}`, 'warn')] : []),
];

/** Body of the rollback screen. */
export const selectRollback = (snapshot: Snapshot, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	if (question?.kind === 'rollback') {
		return askRows(question, snapshot, width);
	}

	const {rollback} = snapshot.run;
	return rollback ? runningRows(rollback, snapshot, width) : [[], rowOf('  No rollback has been asked for.', 'dim')];
};
