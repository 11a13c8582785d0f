// A failed step: cause, place, class, what is true now, and the consequence of each choice.
import type {Choice, Question} from '../domain/events.js';
import type {Failure, FailureClass} from '../domain/failure.js';
import {formatBytes, formatCount} from '../domain/wording/amount.js';
import {truncateEnd, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {logDuration} from './log-line.js';
import {rowOf, ruleRow, span, spreadRow, type Row} from './row.js';
import {choicesOf} from './select-choices.js';
import {elapsedText, selectNow, windowTexts} from './select-header.js';
import type {Snapshot} from './snapshot.js';

type Asked = Extract<Question, {readonly kind: 'failure'}>;

const classes: {readonly [Name in FailureClass]: string} = {
	permanent: 'permanent: the same input fails again',
	transient: 'transient: may pass when tried again',
	authorization: 'authorization: a permission or credential is missing',
	unknown: 'unknown: whether it happened has to be looked up',
	bug: 'bug: our own code went wrong',
};

/** Title and now line. */
export const failureHeader = (question: Asked, snapshot: Snapshot, width: number): readonly Row[] => {
	const step = snapshot.run.steps.get(question.task);
	const attempt = step && 'attempt' in step.state ? ` · attempt ${step.state.attempt}` : '';
	const [long, short] = windowTexts(snapshot);
	const title = `${question.task} ${(step?.task.title ?? '').toUpperCase()} FAILED`;
	const right = [elapsedText(snapshot), width >= 100 ? long : short].filter(text => text !== undefined).join('   ');
	return [spreadRow([span(' eros  ', 'strong'), span(title, 'bad'), span(attempt)], [span(right)], width), selectNow(snapshot, width)];
};

const label = (name: string): Row[number] => span(`  ${name.padEnd(8)}`, 'dim');
const under: Row[number] = span(' '.repeat(10));

const excerptRows = ({place}: Failure, width: number): readonly Row[] => {
	const {excerpt} = place ?? {};
	if (!place || !excerpt) {
		return [];
	}

	const digits = String(excerpt.firstLine + excerpt.lines.length).length;
	return excerpt.lines.map((line, index) => {
		const number = excerpt.firstLine + index;
		const isPlace = number === place.line;
		return [under, span(String(number).padStart(digits), 'dim'), span(isPlace ? ' │ > ' : ' │   ', isPlace ? 'bad' : 'dim'), span(truncateEnd(sanitizeLine(line).trimEnd(), Math.max(1, width - 17 - digits)), isPlace ? 'strong' : 'plain')];
	});
};

/** Cause, class, place, job, what waits: also shown in the details of a failed step. */
export const failureRows = (failure: Failure, width: number): readonly Row[] => {
	const {place, job, advice} = failure;
	const message = wrapCells(sanitizeLine(failure.message), Math.max(10, width - 12), 4);
	return [
		...(place ? [[label('cause'), span(`${place.path}:${place.line}:${place.column}`, 'strong')], ...message.map((line): Row => [under, span(line, 'bad')])] : message.map((line, index): Row => [index === 0 ? label('cause') : under, span(line, 'bad')])),
		[under, span(classes[failure.class], failure.class === 'transient' ? 'accent' : 'warn')],
		...excerptRows(failure, width),
		...(job ? [spreadRow([label('job'), span(`${truncateEnd(job.id, Math.max(20, width - 50))}   ${job.state} ${failure.reason}   ${formatBytes(job.billedBytes)}   ${logDuration(job.durationMs)}`)], [span(width >= 90 ? 'y copies' : '', 'dim')], width)] : []),
		...(advice ? wrapCells(sanitizeLine(advice), Math.max(10, width - 12), 2).map((line, index): Row => [index === 0 ? label('next') : under, span(line, 'accent')]) : []),
	];
};

const choiceLines = (choice: Choice, isMarked: boolean, width: number): readonly Row[] => {
	const room = Math.max(8, width - 24);
	const words = choice.disabledReason === undefined ? choice.consequence : `not possible: ${choice.disabledReason}`;
	const isOff = choice.disabledReason !== undefined;
	const tone = isOff ? 'dim' : 'plain';
	const head = [span(isMarked ? '  ▸ ' : '    ', 'accent'), span(choice.key, isOff ? 'dim' : 'strong'), span(`  ${choice.label.padEnd(17)}`, isOff ? 'dim' : isMarked ? 'strong' : 'plain')];
	// What a choice leaves behind is why it is taken: it may need a second row, it is not cut.
	return wrapCells(sanitizeLine(words), room, 2).map((line, index): Row => [...(index === 0 ? head : [span(' '.repeat(24))]), span(line, tone)]);
};

/** The choices of any question that has some. */
export const choiceRows = (question: Question, marked: number, width: number): readonly Row[] => choicesOf(question).flatMap((choice, index) => choiceLines(choice, index === marked, width));

const laneLine = (snapshot: Snapshot, question: Asked): string => {
	const failedLane = snapshot.run.steps.get(question.task)?.task.lane;
	const other = failedLane === 'A' ? 'B' : failedLane === 'B' ? 'A' : undefined;
	const steps = [...snapshot.run.steps.values()].filter(({task}) => task.lane === other);
	if (other === undefined || steps.length === 0) {
		return '';
	}

	const passed = steps.filter(({state}) => state.kind === 'passed' || state.kind === 'skipped').length;
	return passed === steps.length ? ` Lane ${other} is done.` : ` Lane ${other} goes on (${passed} of ${steps.length}).`;
};

/** Body of the failure screen; the choices are always in sight. */
export const selectFailure = (question: Asked, snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {waiting, diff} = question;
	const waits = waiting.length > 0 ? `${waiting.slice(0, 8).join(', ')}${waiting.length > 8 ? ` and ${waiting.length - 8} more` : ''}.` : 'nothing waits for it.';
	const added = diff?.split('\n').filter(line => line.startsWith('+')).length ?? 0;
	const removed = diff?.split('\n').filter(line => line.startsWith('-')).length ?? 0;
	const {view} = snapshot;
	const top: readonly Row[] = [
		...failureRows(question.failure, width),
		...(diff === undefined ? [] : [spreadRow([label('diff'), span(`against live: +${added} -${removed}`)], [span('d shows it', 'dim')], width)]),
		...wrapCells(`${waits}${laneLine(snapshot, question)}`, Math.max(10, width - 12), 2).map((line, index): Row => [index === 0 ? label('waits') : under, span(line)]),
	];
	const choices = choiceRows(question, view.choice, width);
	const bottom: readonly Row[] = [
		ruleRow(width),
		snapshot.isReadOnly ? rowOf('  Somebody decides this where the run was started.', 'dim') : rowOf('  What next? Each line says what it leaves behind.', 'strong'),
		[],
		...choices,
		...(view.flash ? [[], rowOf(`  ! ${view.flash.text}`, view.flash.tone === 'plain' ? 'warn' : view.flash.tone)] : []),
	];
	return [...top.slice(0, Math.max(2, height - bottom.length)), ...bottom];
};

/** What goes on elsewhere, for the right end of the footer. */
export const runningElsewhere = ({run}: Snapshot): string => {
	const running = [...run.steps.values()].filter(({state}) => state.kind === 'running');
	return running.length === 0 ? 'nothing runs' : `${formatCount(running.length, 'step')} running: ${running.map(({task}) => task.id).join(', ')}`;
};
