// The message row: what the open question asks here, what is typed, or the last short message.
import {span, fitRow, emptyRow, type Row} from './row.js';
import {frontQuestion, type Snapshot} from './snapshot.js';
import {cellWidth, truncateMiddle, truncateStart} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';

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
		const head = ` ? ${question.task} `;
		const text = sanitizeLine(question.text);
		if (view.editing !== 'note') {
			return fitRow([span(head, 'warn'), span(text, 'strong')], width);
		}

		const noteRoom = Math.max(16, Math.floor(width * 0.4), width - cellWidth(head) - cellWidth(text) - 6);
		const note = truncateStart(view.input, noteRoom);
		const textRoom = width - cellWidth(head) - cellWidth(note) - 6;
		return fitRow([span(head, 'warn'), span(truncateMiddle(text, Math.max(8, textRoom)), 'strong'), span('   > ', 'accent'), span(note), span('▌', 'accent')], width);
	}

	const aside = snapshot.run.questions.find(open => view.aside.has(open.id));
	return aside ? fitRow([span(' ? ', 'warn'), span('A question waits for you.', 'strong'), span('   enter takes it up', 'dim')], width) : emptyRow;
};
