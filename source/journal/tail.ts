// Following a journal that another process writes.
import {open} from 'node:fs/promises';
import {watch} from 'node:fs';
import nodePath from 'node:path';
import type {JournaledEvent} from '../domain/events.js';
import type {Clock} from '../ports/clock.js';
import {firstPreviousHash, readLine} from './line.js';
import {JournalDamagedError} from './read.js';

/** File notices can be lost on network file systems: a look this often finds what they missed. */
const lookEveryMs = 150;

/**
 * Yields every event of a journal, then each one as it is written, until aborted.
 * @throws JournalDamagedError at the first damaged line.
 */
export async function* tailJournal(path: string, clock: Clock, signal: AbortSignal): AsyncGenerator<JournaledEvent> {
	const handle = await open(path, 'r');
	let position = 0;
	let rest = new Uint8Array();
	let seq = 1;
	let prevHash = firstPreviousHash;
	let wake: (() => void) | undefined;
	const watcher = watch(path, () => wake?.());
	// Where watching is not possible the regular look remains.
	watcher.on('error', () => undefined);
	try {
		while (!signal.aborted) {
			const buffer = new Uint8Array(1 << 16);
			const {bytesRead} = await handle.read(buffer, 0, buffer.length, position);
			if (bytesRead === 0) {
				const waiting = new AbortController();
				wake = () => waiting.abort();
				try {
					await clock.pause(lookEveryMs, AbortSignal.any([signal, waiting.signal]));
				} catch {
					// Woken early: look now.
				}

				continue;
			}

			position += bytesRead;
			rest = new Uint8Array(Buffer.concat([rest, buffer.subarray(0, bytesRead)]));
			let start = 0;
			for (let end = rest.indexOf(0x0a, start); end !== -1; end = rest.indexOf(0x0a, start)) {
				const result = readLine(rest.subarray(start, end), {seq, prevHash});
				if (!result.ok) {
					throw new JournalDamagedError(path, nodePath.basename(nodePath.dirname(path)), {line: seq, byte: position - rest.length + start, reason: result.reason});
				}

				seq += 1;
				prevHash = result.event.hash;
				start = end + 1;
				yield result.event;
			}

			rest = rest.slice(start);
		}
	} finally {
		watcher.close();
		await handle.close();
	}
}
