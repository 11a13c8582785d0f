// Questions that wait for a person, and the intents that answer them. The id pairs the two; a question that is gone
// can't be answered, and an answer of the wrong kind is refused with a reason.
import type {Question} from '../domain/events.js';
import type {Intent} from '../domain/intents.js';
import type {EventStream} from './event-stream.js';
import type {Answer} from './task.js';

type AnsweringIntent = Extract<Intent, {readonly question: string}>;

export type Questions = {
	ask: (question: Question, signal?: AbortSignal) => Promise<Answer>;
	/** Takes an intent that names a question. */
	answer: (intent: AnsweringIntent, by: string) => void;
	/** The yes of a policy to a question that is open. */
	approve: (id: string, answer: string, by: string) => void;
	close: (id: string, reason: string) => void;
	closeAll: (reason: string) => void;
	/** Closes what is open, and from here on every new question at once: the run winds down. */
	closeForGood: (reason: string) => void;
	/** Journals a question that is approved by policy in the same breath. */
	askAndAnswer: (question: Question, answer: string, by: string) => Promise<void>;
};

/** Answers with the state an intent leads to, or a refusal in words. */
const read = (question: Question, intent: AnsweringIntent, by: string, {nowMs, isSeconded}: {readonly nowMs: number; readonly isSeconded: boolean}): Answer | {readonly kind: 'refused'; readonly reason: string} => {
	switch (intent.type) {
		case 'start': {
			return question.kind === 'start' ? {kind: 'started', by} : {kind: 'refused', reason: 'that question does not start anything'};
		}

		case 'confirm': {
			if (question.kind !== 'production' && question.kind !== 'rollback') {
				return {kind: 'refused', reason: 'that question takes no phrase'};
			}

			if (question.kind === 'production' && nowMs >= question.expiresAtMs) {
				return {kind: 'refused', reason: 'the approval expired'};
			}

			if (question.kind === 'production' && question.detail.secondPerson !== undefined && !isSeconded) {
				return {kind: 'refused', reason: `a second person signs first, from another account: ${question.detail.secondPerson.command}`};
			}

			if (intent.phrase !== question.detail.phrase) {
				return {kind: 'refused', reason: `the phrase is not ${JSON.stringify(question.detail.phrase)}; nothing was changed`};
			}

			if (question.kind === 'rollback' && (intent.reason ?? '').trim() === '') {
				return {kind: 'refused', reason: 'a rollback needs a reason; nothing was changed'};
			}

			return {kind: 'confirmed', by, reason: intent.reason ?? ''};
		}

		case 'reject': {
			return question.kind === 'production' || question.kind === 'rollback' || question.kind === 'attestation' ? {kind: 'rejected', by} : {kind: 'refused', reason: 'that question takes a choice'};
		}

		case 'choose': {
			if (question.kind !== 'failure' && question.kind !== 'recommendation') {
				return {kind: 'refused', reason: 'that question takes no choice'};
			}

			const choice = question.kind === 'failure' ? question.choices.find(({kind}) => kind === intent.choice) : undefined;
			if (question.kind === 'failure' && choice === undefined) {
				return {kind: 'refused', reason: `${intent.choice} is not one of the choices`};
			}

			if (choice?.disabledReason !== undefined) {
				return {kind: 'refused', reason: `${intent.choice} is not possible: ${choice.disabledReason}`};
			}

			return {kind: 'chosen', by, choice: intent.choice, reason: intent.reason ?? ''};
		}

		case 'attest': {
			return question.kind === 'attestation' ? {kind: 'attested', by, note: intent.note} : {kind: 'refused', reason: 'that question takes no note'};
		}
	}
};

const describeAnswer = (answer: Answer): string => {
	switch (answer.kind) {
		case 'started': {
			return 'started';
		}

		case 'confirmed': {
			return answer.reason === '' ? 'phrase typed' : `phrase typed: ${answer.reason}`;
		}

		case 'rejected': {
			return 'rejected';
		}

		case 'chosen': {
			return answer.reason === '' ? answer.choice : `${answer.choice}: ${answer.reason}`;
		}

		case 'attested': {
			return answer.note;
		}

		case 'closed': {
			return answer.reason;
		}
	}
};

/** The register of open questions of a run. */
export const createQuestions = (stream: EventStream, now: () => number): Questions => {
	const open = new Map<string, {readonly question: Question; readonly resolve: (answer: Answer) => void}>();
	const decided = new Map<string, {readonly by: string; readonly atMs: number}>();
	let closedBecause: string | undefined;

	const settle = async (id: string, answer: Answer, words = describeAnswer(answer)): Promise<void> => {
		const entry = open.get(id);
		if (entry === undefined) {
			return;
		}

		open.delete(id);
		if (answer.kind !== 'closed') {
			decided.set(id, {by: answer.by, atMs: now()});
		}

		try {
			await (answer.kind === 'closed'
				? stream.emit({type: 'question.closed', data: {id, reason: answer.reason}})
				: stream.emit({type: 'question.answered', data: {id, answer: words, by: answer.by, ...(answer.kind === 'confirmed' ? {approves: true} : {})}}));
		} finally {
			entry.resolve(answer);
		}
	};

	const settleLater = (id: string, answer: Answer, words?: string): void => {
		settle(id, answer, words).catch(() => undefined);
	};

	/** Of two that answer at once the later one learns who was first. */
	const goneReason = (id: string): string => {
		const first = decided.get(id);
		return first === undefined ? 'that question is no longer open' : `already decided by ${first.by} ${Math.max(0, Math.round((now() - first.atMs) / 1000))}s ago`;
	};

	const closeAll = (reason: string): void => {
		for (const id of [...open.keys()]) {
			settleLater(id, {kind: 'closed', reason});
		}
	};

	return {
		async ask(question, signal) {
			if (closedBecause !== undefined) {
				return {kind: 'closed', reason: closedBecause};
			}

			const answered = new Promise<Answer>(resolve => {
				open.set(question.id, {question, resolve});
			});
			await stream.emit({type: 'question.asked', data: {question}});
			if (signal?.aborted === true) {
				settleLater(question.id, {kind: 'closed', reason: 'the run is ending'});
			}

			const onAbort = (): void => settleLater(question.id, {kind: 'closed', reason: 'the run is ending'});
			signal?.addEventListener('abort', onAbort, {once: true});
			try {
				return await answered;
			} finally {
				signal?.removeEventListener('abort', onAbort);
			}
		},
		answer(intent, by) {
			const entry = open.get(intent.question);
			const answer = entry === undefined ? {kind: 'refused', reason: goneReason(intent.question)} as const : read(entry.question, intent, by, {nowMs: now(), isSeconded: stream.state().seconded?.question === intent.question});
			if (answer.kind === 'refused') {
				stream.tell({type: 'intent.refused', data: {intent: intent.type, reason: answer.reason}});
				return;
			}

			settleLater(intent.question, answer);
		},
		approve: (id, answer, by) => settleLater(id, {kind: 'confirmed', by, reason: ''}, answer),
		close: (id, reason) => settleLater(id, {kind: 'closed', reason}),
		closeAll,
		closeForGood(reason) {
			closedBecause = reason;
			closeAll(reason);
		},
		async askAndAnswer(question, answer, by) {
			await stream.emit({type: 'question.asked', data: {question}});
			await stream.emit({type: 'question.answered', data: {id: question.id, answer, by, approves: true}});
		},
	};
};
