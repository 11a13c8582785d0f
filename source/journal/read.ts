// Reading a journal whole: all events, or the first thing that is wrong with it.
import {readFile} from 'node:fs/promises';
import type {JournaledEvent} from '../domain/events.js';
import {firstPreviousHash, readLine} from './line.js';
import {readSeal, sealProblem} from './seal.js';

export type JournalProblem = {readonly line: number; readonly byte: number; readonly reason: string};

export type JournalContent = {
	readonly events: readonly JournaledEvent[];
	/** Bytes up to the end of the last whole, valid line. */
	readonly validBytes: number;
	readonly totalBytes: number;
	/** Bytes after the last line feed: a write that was cut off. */
	readonly tornBytes: number;
	readonly lastHash: string;
	readonly problem?: JournalProblem;
};

/** Thrown when a journal is damaged somewhere else than at its torn end. */
export class JournalDamagedError extends Error {
	readonly path: string;
	readonly problem: JournalProblem;

	constructor(path: string, run: string, problem: JournalProblem) {
		super(`Line ${problem.line} of ${path} is damaged: ${problem.reason}. The run can be read up to there, and not be continued.\n  Read it with: eros-tui show ${run}\n  See what else is wrong with: eros-tui verify ${run}`);
		this.name = 'JournalDamagedError';
		this.path = path;
		this.problem = problem;
	}
}

const lineFeed = 0x0a;

/** Reads lines until the first one that is wrong. */
export const readJournalBytes = (bytes: Uint8Array): JournalContent => {
	const events: JournaledEvent[] = [];
	let prevHash = firstPreviousHash;
	let start = 0;
	for (let end = bytes.indexOf(lineFeed, start); end !== -1; end = bytes.indexOf(lineFeed, start)) {
		const result = readLine(bytes.subarray(start, end), {seq: events.length + 1, prevHash});
		if (!result.ok) {
			return {events, validBytes: start, totalBytes: bytes.length, tornBytes: 0, lastHash: prevHash, problem: {line: events.length + 1, byte: start, reason: result.reason}};
		}

		events.push(result.event);
		prevHash = result.event.hash;
		start = end + 1;
	}

	return {events, validBytes: start, totalBytes: bytes.length, tornBytes: bytes.length - start, lastHash: prevHash};
};

/** Reads a journal file and holds it against its seal; see `readJournalBytes`. */
export const readJournal = async (path: string): Promise<JournalContent> => {
	// The seal first: a writer that is at work seals only what already stands in the journal.
	const seal = await readSeal(path);
	const content = readJournalBytes(await readFile(path));
	const missing = content.problem === undefined ? sealProblem(content.events, seal) : undefined;
	return missing === undefined ? content : {...content, problem: {line: content.events.length + 1, byte: content.validBytes, reason: missing}};
};
