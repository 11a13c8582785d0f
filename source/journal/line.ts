// One line of a journal: how an event is written and read back, and the hash that chains it to the line before.
import {createHash} from 'node:crypto';
import {z} from 'zod';
import type {JournaledEvent} from '../domain/events.js';

/** What the first line carries as its previous hash. */
export const firstPreviousHash = '0'.repeat(64);

const hashLength = 64;
/** A line ends with `,"hash":"<64 hex>"}`; the hash covers every byte before that. */
const tailLength = ',"hash":"'.length + hashLength + '"}'.length;

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The line of an event, without its line feed, and its hash. */
export const writeLine = (event: Omit<JournaledEvent, 'hash'>): {readonly line: string; readonly hash: string} => {
	const body = JSON.stringify(event).slice(0, -1);
	const hash = sha256(body);
	return {line: `${body},"hash":"${hash}"}`, hash};
};

const envelope = z.object({
	v: z.literal(1),
	seq: z.int().positive(),
	wall: z.number(),
	mono: z.number(),
	boot: z.string(),
	run: z.string().min(1),
	epoch: z.int().nonnegative(),
	actor: z.string(),
	step: z.string().optional(),
	lane: z.enum(['A', 'B']).optional(),
	attempt: z.int().optional(),
	type: z.string().min(1),
	data: z.record(z.string(), z.unknown()),
	prevHash: z.string(),
	hash: z.string(),
});

export type LineResult = {readonly ok: true; readonly event: JournaledEvent} | {readonly ok: false; readonly reason: string};

/**
 * Reads one line (bytes, without its line feed) and checks it against the one before.
 * @returns the event, or what is wrong with the line in words.
 */
export const readLine = (bytes: Uint8Array, expected: {readonly seq: number; readonly prevHash: string}): LineResult => {
	if (bytes.length <= tailLength) {
		return {ok: false, reason: 'the line is too short'};
	}

	const body = bytes.subarray(0, bytes.length - tailLength);
	const tail = Buffer.from(bytes.buffer, bytes.byteOffset + body.length, tailLength).toString('latin1');
	if (tail !== `,"hash":"${sha256(body)}"}`) {
		return {ok: false, reason: 'its hash does not match its content'};
	}

	let parsed: unknown;
	try {
		parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
	} catch {
		return {ok: false, reason: 'it is not JSON'};
	}

	const checked = envelope.safeParse(parsed);
	if (!checked.success) {
		return {ok: false, reason: `field ${checked.error.issues[0]?.path.join('.') ?? ''} is not as expected`};
	}

	if (checked.data.prevHash !== expected.prevHash) {
		return {ok: false, reason: 'it does not follow the line before it'};
	}

	if (checked.data.seq !== expected.seq) {
		return {ok: false, reason: `its number is ${checked.data.seq}, not ${expected.seq}`};
	}

	// The hash proves that these are bytes a writer of this schema wrote.
	return {ok: true, event: parsed as JournaledEvent};
};
