// What people would be told, before anyone decides that they are.
import type {MessagePreview} from '../domain/events.js';
import {wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {rowOf, span, type Row} from './row.js';
import {frontQuestion, type Snapshot} from './snapshot.js';

/** Messages that the open question may lead to, or the rollback under way; undefined where there are none. */
export const messagesInFront = (snapshot: Snapshot): readonly MessagePreview[] | undefined => {
	const question = frontQuestion(snapshot);
	const messages = question?.kind === 'rollback' ? question.detail.messages : question?.kind === 'failure' ? question.messages : snapshot.run.rollback?.messages;
	return messages === undefined || messages.length === 0 ? undefined : messages;
};

/** The messages in full. */
export const messageRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const messages = messagesInFront(snapshot);
	if (!messages) {
		return [rowOf('  Nobody is told anything.', 'dim')];
	}

	return messages.flatMap(({channel, to, subject, text}): readonly Row[] => [
		[span(`  ${channel.padEnd(8)} `, 'dim'), span(to.length === 0 ? (channel === 'chat' ? 'the configured channel' : 'nobody is configured') : sanitizeLine(to.join(', ')))],
		[span('  subject  ', 'dim'), span(sanitizeLine(subject), 'strong')],
		[],
		...text.split('\n').flatMap(line => (line.trim() === '' ? [[]] : wrapCells(sanitizeLine(line), Math.max(10, width - 6)).map(part => rowOf(`    ${part}`)))),
		[],
	]);
};
