// The message row: what the open question asks here, what is typed, or the last short message.
import {span, fitRow, emptyRow, type Row, type Tone} from './row.js';
import {frontQuestion, type Snapshot} from './snapshot.js';
import type {Question} from '../domain/events.js';
import {cellWidth, truncateMiddle, truncateStart, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';

type Attestation = Extract<Question, {readonly kind: 'attestation'}>;

const attestationHead = (question: Attestation): string => ` ? ${question.task} `;

/** Rows a message may take: a question to a person comes before what happened, but never hides it all. */
const messageLimit = ({rows}: Snapshot['size']): number => (rows < 20 ? 1 : rows < 30 ? 3 : 4);

const noteRoom = (question: Attestation, width: number): number =>
	Math.max(16, Math.floor(width * 0.4), width - cellWidth(attestationHead(question)) - cellWidth(sanitizeLine(question.text)) - 6);

/** Room for the question's text in the row that holds the note too. */
const textRoom = (question: Attestation, note: string, width: number): number => width - cellWidth(attestationHead(question)) - cellWidth(note) - 6;

const noteInRow = ({view, size}: Snapshot, question: Attestation): string => truncateStart(view.input, noteRoom(question, size.columns));

const wrapQuestion = (question: Attestation, width: number): readonly string[] => wrapCells(sanitizeLine(question.text), Math.max(10, width - cellWidth(attestationHead(question)) - 1));

const fitsOneRow = (snapshot: Snapshot, question: Attestation): boolean =>
	cellWidth(sanitizeLine(question.text)) <= textRoom(question, noteInRow(snapshot, question), snapshot.size.columns);

/** Whether the attestation that is asked is longer than the rows it may take beside the note. */
export const isQuestionCut = (snapshot: Snapshot): boolean => {
	const question = frontQuestion(snapshot);
	return question?.kind === 'attestation' && !fitsOneRow(snapshot, question) && wrapQuestion(question, snapshot.size.columns).length > messageLimit(snapshot.size) - 1;
};

/** The question and, while a note is typed, the note below it. What does not fit is cut; `isQuestionCut` tells. */
const attestationRows = (snapshot: Snapshot, question: Attestation, width: number): readonly Row[] => {
	const head = attestationHead(question);
	const text = sanitizeLine(question.text);
	const isTyping = snapshot.view.editing === 'note';
	const field = (note: string): Row => [span('> ', 'accent'), span(note), span('▌', 'accent')];
	const limit = messageLimit(snapshot.size) - (isTyping ? 1 : 0);
	if (isTyping && (limit === 0 || fitsOneRow(snapshot, question))) {
		// The field is in sight whatever the question's length: the text gives way in its middle, the note at its start.
		const note = noteInRow(snapshot, question);
		return [fitRow([span(head, 'warn'), span(truncateMiddle(text, Math.max(8, textRoom(question, note, width))), 'strong'), span('   '), ...field(note)], width)];
	}

	const lines = wrapQuestion(question, width);
	const shown = lines.length > limit ? [...lines.slice(0, limit - 1), truncateMiddle(lines.slice(limit - 1).join(' '), width - cellWidth(head) - 1)] : lines;
	const indent = ' '.repeat(cellWidth(head));
	return [
		...shown.map((line, index) => fitRow([span(index === 0 ? head : indent, 'warn'), span(line, 'strong')], width)),
		...(isTyping ? [fitRow([span(indent), ...field(truncateStart(snapshot.view.input, width - cellWidth(indent) - 4))], width)] : []),
	];
};

/** The question in full, and the note as it stands. */
export const questionRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'attestation') {
		return [[span('  Nothing is asked.', 'dim')]];
	}

	const step = snapshot.run.steps.get(question.task);
	const wrapped = (text: string, tone: Tone): readonly Row[] => wrapCells(sanitizeLine(text), Math.max(10, width - 6)).map(line => [span(`    ${line}`, tone)]);
	return [
		[span(`  ${question.task} ${step?.task.title ?? ''}`, 'strong')],
		...wrapped(step?.task.criteria.find(({id}) => id === question.criterion)?.text ?? '', 'dim'),
		[],
		...question.text.split('\n').flatMap(line => wrapped(line, 'plain')),
		[],
		[span('  your note', 'dim')],
		...wrapped(snapshot.view.input, 'strong'),
	];
};

/** One row, or a few where a person is asked something longer; none when there is nothing to say. */
export const selectMessage = (snapshot: Snapshot, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	const isInFront = question?.kind === 'attestation' && snapshot.view.flash === undefined && snapshot.view.editing !== 'search' && snapshot.view.editing !== 'filter';
	if (isInFront) {
		return attestationRows(snapshot, question, width);
	}

	const row = selectFlash(snapshot, width);
	return row.length > 0 ? [row] : [];
};

/** What is typed, the last short message or a short question: one row, empty when there is nothing to say. */
export const selectFlash = (snapshot: Snapshot, width: number): Row => {
	const {view} = snapshot;
	const question = frontQuestion(snapshot);
	if (view.editing === 'search' || view.editing === 'filter') {
		return fitRow([span(` ${view.editing === 'search' ? '/' : 'filter'} `, 'accent'), span(view.input), span('▌', 'accent'), span(view.editing === 'filter' ? '   text, level:error, lane:a, step:2A.3' : '   enter keeps it, Esc drops it', 'dim')], width);
	}

	if (view.flash) {
		return fitRow([span(` ${view.flash.tone === 'plain' ? '' : '! '}${view.flash.text}`, view.flash.tone)], width);
	}

	if (question?.kind === 'start') {
		return fitRow([span(' ? ', 'warn'), span(sanitizeLine(question.title), 'strong'), ...(snapshot.isReadOnly ? [] : [span('   enter starts, q leaves', 'dim')])], width);
	}

	const asking = snapshot.isReadOnly ? undefined : snapshot.run.views.find(({id}) => id === snapshot.run.controlAskedBy);
	if (asking) {
		return fitRow([span(' ? ', 'warn'), span(`${sanitizeLine(asking.actor)} asks to drive.`, 'strong'), span('   H hands over; this pane watches then', 'dim')], width);
	}

	const aside = snapshot.run.questions.find(open => view.aside.has(open.id));
	return aside ? fitRow([span(' ? ', 'warn'), span('A question waits for you.', 'strong'), span('   enter takes it up', 'dim')], width) : emptyRow;
};
