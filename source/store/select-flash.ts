// The message row: what the open question asks here, what is typed, or the last short message.
import {span, fitRow, emptyRow, type Row} from './row.js';
import {frontQuestion, type Snapshot} from './snapshot.js';
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
		const field = view.editing === 'note' ? [span('   > ', 'accent'), span(view.input), span('▌', 'accent')] : [];
		return fitRow([span(` ? ${question.task} `, 'warn'), span(sanitizeLine(question.text), 'strong'), ...field, ...(snapshot.isReadOnly ? [] : [span('   enter attests, Esc later', 'dim')])], width);
	}

	const aside = snapshot.run.questions.find(open => view.aside.has(open.id));
	return aside ? fitRow([span(' ? ', 'warn'), span('A question waits for you.', 'strong'), span('   enter takes it up', 'dim')], width) : emptyRow;
};
