// The message row: what the open question asks here, what is typed, or the last short message.
import {span, fitRow, emptyRow, type Row, type Tone} from './row.js';
import {frontQuestion, type Snapshot} from './snapshot.js';
import type {Question} from '../domain/events.js';
import {cellWidth, truncateMiddle, truncateStart, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';

const attestationHead = (question: Extract<Question, {readonly kind: 'attestation'}>): string => ` ? ${question.task} `;

/** Whether the attestation that is asked does not fit into its row beside the note. */
export const isQuestionCut = (snapshot: Snapshot): boolean => {
	const question = frontQuestion(snapshot);
	if (question?.kind !== 'attestation') {
		return false;
	}

	const width = snapshot.size.columns;
	const note = truncateStart(snapshot.view.input, noteRoom(question, width));
	return cellWidth(sanitizeLine(question.text)) > width - cellWidth(attestationHead(question)) - cellWidth(note) - 6;
};

const noteRoom = (question: Extract<Question, {readonly kind: 'attestation'}>, width: number): number =>
	Math.max(16, Math.floor(width * 0.4), width - cellWidth(attestationHead(question)) - cellWidth(sanitizeLine(question.text)) - 6);

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

/** Empty when there is nothing to say. */
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

	if (question?.kind === 'attestation') {
		// The field is in sight whatever the question's length: the text gives way in its middle, the note at its start.
		const head = attestationHead(question);
		const text = sanitizeLine(question.text);
		if (view.editing !== 'note') {
			return fitRow([span(head, 'warn'), span(text, 'strong')], width);
		}

		const note = truncateStart(view.input, noteRoom(question, width));
		const textRoom = width - cellWidth(head) - cellWidth(note) - 6;
		return fitRow([span(head, 'warn'), span(truncateMiddle(text, Math.max(8, textRoom)), 'strong'), span('   > ', 'accent'), span(note), span('▌', 'accent')], width);
	}

	const asking = snapshot.isReadOnly ? undefined : snapshot.run.views.find(({id}) => id === snapshot.run.controlAskedBy);
	if (asking) {
		return fitRow([span(' ? ', 'warn'), span(`${sanitizeLine(asking.actor)} asks to drive.`, 'strong'), span('   H hands over; this pane watches then', 'dim')], width);
	}

	const aside = snapshot.run.questions.find(open => view.aside.has(open.id));
	return aside ? fitRow([span(' ? ', 'warn'), span('A question waits for you.', 'strong'), span('   enter takes it up', 'dim')], width) : emptyRow;
};
