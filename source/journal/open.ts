// Opening a journal for writing: lock, repair of a torn end, then appends in one queue, synced where an effect depends on it.
import {mkdir, open, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import type {JournaledEvent, RunEvent, RunEventType} from '../domain/events.js';
import type {RunId} from '../domain/ids.js';
import type {Clock} from '../ports/clock.js';
import type {EventContext, Journal, Writer} from '../ports/journal.js';
import {firstPreviousHash, writeLine} from './line.js';
import {takeLock} from './lock.js';
import {JournalDamagedError, readJournalBytes} from './read.js';
import {createRedactor, hideSecretKeys} from './redact.js';

/** Events that announce or record nothing outside: lost ones cost a line of talk, so they don't wait for the disk. */
const unsynced = new Set<RunEventType>(['log.written', 'step.progressed', 'cost.counted', 'rollback.step.progressed', 'criterion.decided', 'criterion.added', 'step.verifying', 'view.joined', 'view.left']);

export type OpenJournalOptions = {
	readonly path: string;
	readonly run: RunId;
	readonly clock: Clock;
	readonly writer: Writer;
	readonly isAlive: (writer: Writer) => boolean;
	/** Who acts: user or principal. */
	readonly actor: string;
	readonly secrets?: readonly string[];
};

export type OpenedJournal = Journal & {
	/** Events that stood in the journal when it was opened, the repair included. */
	readonly past: readonly JournaledEvent[];
	/** 0 until a lease or a resume raises it. */
	epoch: () => number;
	setEpoch: (epoch: number) => void;
};

type Queued = {readonly line: string; readonly event: JournaledEvent; readonly needsSync: boolean; readonly resolve: (event: JournaledEvent) => void; readonly reject: (error: unknown) => void};

const readAll = async (handle: FileHandle): Promise<Uint8Array> => {
	const {size} = await handle.stat();
	const bytes = new Uint8Array(size);
	let offset = 0;
	while (offset < size) {
		const {bytesRead} = await handle.read(bytes, offset, size - offset, offset);
		if (bytesRead === 0) {
			break;
		}

		offset += bytesRead;
	}

	return bytes.subarray(0, offset);
};

/**
 * Opens or creates a journal as its only writer.
 * @throws JournalLockedError when another process writes it, JournalDamagedError when a line is damaged.
 */
export const openJournal = async (options: OpenJournalOptions): Promise<OpenedJournal> => {
	await mkdir(path.dirname(options.path), {recursive: true, mode: 0o700});
	const lock = await takeLock(`${options.path}.lock`, options.writer, options.isAlive);
	const handle = await open(options.path, 'a+', 0o600);
	const content = readJournalBytes(await readAll(handle));
	if (content.problem !== undefined) {
		await handle.close();
		await lock.release();
		throw new JournalDamagedError(options.path, content.problem);
	}

	if (content.tornBytes > 0) {
		await handle.truncate(content.validBytes);
	}

	const redact = createRedactor(options.secrets);
	const listeners = new Set<(event: JournaledEvent) => void>();
	const boot = `${options.writer.boot.slice(0, 8)}-${options.writer.pid}`;
	let seq = content.events.length;
	let prevHash = content.lastHash === '' ? firstPreviousHash : content.lastHash;
	let epoch = content.events.at(-1)?.epoch ?? 0;
	let queue: Queued[] = [];
	let isWriting = false;
	let broken: unknown;
	let isClosed = false;
	let idle = Promise.resolve();

	const drain = async (): Promise<void> => {
		isWriting = true;
		while (queue.length > 0) {
			const batch = queue;
			queue = [];
			try {
				if (broken !== undefined) {
					throw broken as Error;
				}

				await handle.appendFile(batch.map(({line}) => `${line}\n`).join(''));
				if (batch.some(({needsSync}) => needsSync)) {
					await handle.datasync();
				}
			} catch (error) {
				// After a failed write the chain on disk is not the one in memory: nothing may follow.
				broken = error;
				for (const {reject} of batch) {
					reject(error);
				}

				continue;
			}

			for (const {event, resolve} of batch) {
				for (const listener of listeners) {
					listener(event);
				}

				resolve(event);
			}
		}

		isWriting = false;
	};

	const append = async (event: RunEvent, context: EventContext = {}): Promise<JournaledEvent> => {
		seq += 1;
		const data = JSON.parse(redact(JSON.stringify(event.data, hideSecretKeys))) as RunEvent['data'];
		const body = {
			v: 1, seq, wall: Math.round(options.clock.now()), mono: Math.round(options.clock.monotonic()), boot,
			run: options.run, epoch, actor: options.actor, ...context, type: event.type, data, prevHash,
		} as Omit<JournaledEvent, 'hash'>;
		const {line, hash} = writeLine(body);
		prevHash = hash;
		return new Promise((resolve, reject) => {
			queue.push({line, event: {...body, hash} as JournaledEvent, needsSync: !unsynced.has(event.type), resolve, reject});
			if (!isWriting) {
				idle = drain();
			}
		});
	};

	const past = [...content.events];
	if (content.tornBytes > 0) {
		past.push(await append({type: 'journal.repaired', data: {droppedBytes: content.tornBytes}}));
	}

	return {
		run: options.run,
		path: options.path,
		past,
		append,
		epoch: () => epoch,
		setEpoch(next) {
			epoch = next;
		},
		subscribe(listener) {
			listeners.add(listener);
			return {[Symbol.dispose]: () => listeners.delete(listener)};
		},
		async close() {
			if (isClosed) {
				return;
			}

			isClosed = true;
			await idle;
			await handle.datasync();
			await handle.close();
			await lock.release();
		},
	};
};
