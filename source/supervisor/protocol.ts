// What a view and the supervisor say to each other over the socket: one JSON object a line, either way.
import {z} from 'zod';
import type {JournaledEvent} from '../domain/events.js';
import type {Intent} from '../domain/intents.js';

const text = z.string().max(10_000);
const components = z.union([z.literal('all'), z.array(text).max(1000)]);

/** Every intent as it may arrive: a socket is input like any other. */
const intentSchema = z.discriminatedUnion('type', [
	z.strictObject({type: z.literal('start'), question: text}),
	z.strictObject({type: z.literal('confirm'), question: text, phrase: text, reason: text.optional()}),
	z.strictObject({type: z.literal('reject'), question: text}),
	z.strictObject({type: z.literal('choose'), question: text, choice: text, reason: text.optional()}),
	z.strictObject({type: z.literal('attest'), question: text, note: text}),
	z.strictObject({type: z.literal('pause'), isHeld: z.boolean().optional()}),
	z.strictObject({type: z.literal('unpause')}),
	z.strictObject({type: z.literal('drain')}),
	z.strictObject({type: z.literal('cancel')}),
	z.strictObject({type: z.literal('ask-for-control')}),
	z.strictObject({type: z.literal('hand-over'), to: text.optional()}),
	z.strictObject({type: z.literal('request-rollback'), reason: text, components}),
	z.strictObject({type: z.literal('sample-now')}),
	z.strictObject({type: z.literal('review'), checkpoint: text, note: text}),
	z.strictObject({type: z.literal('rerun'), task: text}),
]);

const viewMessage = z.discriminatedUnion('type', [
	z.strictObject({type: z.literal('hello'), token: z.string(), actor: z.string().min(1).max(200), kind: z.string().max(40), isReadOnly: z.boolean()}),
	z.strictObject({type: z.literal('intent'), intent: intentSchema}),
]);

/** What a view says. The first message is `hello`; a wrong token ends the connection. */
export type ViewMessage =
	| {readonly type: 'hello'; readonly token: string; readonly actor: string; readonly kind: string; readonly isReadOnly: boolean}
	| {readonly type: 'intent'; readonly intent: Intent};

/** What the supervisor says. */
export type SupervisorMessage =
	| {readonly type: 'welcome'; readonly view: string}
	/** Talk before the run has events: what a command would have written to standard error. */
	| {readonly type: 'said'; readonly text: string}
	| {readonly type: 'event'; readonly event: JournaledEvent}
	/** The run can't begin or go on; nothing follows. */
	| {readonly type: 'failed'; readonly exitCode: number; readonly text: string}
	/** The supervisor was told to go; the run can be resumed. */
	| {readonly type: 'suspended'; readonly reason: string}
	| {readonly type: 'over'; readonly exitCode: number};

/** A line longer than this is no message of ours. */
const maximumLine = 1 << 20;

/** @throws Error in words when the line is no message of a view. */
export const readViewMessage = (line: string): ViewMessage => {
	const parsed = viewMessage.safeParse(JSON.parse(line));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new Error(`${issue?.path.join('.') ?? 'message'}: ${issue?.message ?? 'not understood'}`);
	}

	return parsed.data as ViewMessage;
};

/** The supervisor's lines come from the process that holds the token: read, not validated. */
export const readSupervisorMessage = (line: string): SupervisorMessage => JSON.parse(line) as SupervisorMessage;

export const writeMessage = (message: ViewMessage | SupervisorMessage): string => `${JSON.stringify(message)}\n`;

/**
 * Cuts a stream of text into lines.
 * @param onOverflow - called when a line grows beyond a megabyte.
 */
export const createLineReader = (onLine: (line: string) => void, onOverflow: () => void, maximum = maximumLine): ((chunk: string) => void) => {
	let rest = '';
	return chunk => {
		let from = 0;
		for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', from)) {
			const line = rest + chunk.slice(from, end);
			rest = '';
			from = end + 1;
			if (line !== '') {
				onLine(line);
			}
		}

		rest += chunk.slice(from);
		if (rest.length > maximum) {
			rest = '';
			onOverflow();
		}
	};
};
