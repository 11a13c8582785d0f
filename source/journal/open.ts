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
import {createRedactor} from './redact.js';
import {readSeal, sealProblem, writeSeal, type Seal} from './seal.js';
import {isDiskFault, JournalWriteError} from './write-error.js';

/** Events that announce or record nothing outside: lost ones cost a line of talk, so they don't wait for the disk. */
const unsynced = new Set<RunEventType>(['log.written', 'step.progressed', 'cost.counted', 'result.kept', 'rollback.step.progressed', 'criterion.decided', 'criterion.added', 'step.verifying', 'view.joined', 'view.left']);

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
	/** Why nothing can be written any more; undefined while all is well. */
	failure: () => JournalWriteError | undefined;
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

/** One write a line; what a full disk took of it is repaired at the next opening. */
const writeWhole = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
	for (let offset = 0; offset < bytes.length;) {
		const {bytesWritten} = await handle.write(bytes, offset, bytes.length - offset);
		offset += bytesWritten;
	}
};

const openFile = async (options: OpenJournalOptions): Promise<{readonly lock: Awaited<ReturnType<typeof takeLock>>; readonly handle: FileHandle}> => {
	try {
		await mkdir(path.dirname(options.path), {recursive: true, mode: 0o700});
		const lock = await takeLock(`${options.path}.lock`, options.writer, options.isAlive);
		return {lock, handle: await open(options.path, 'a+', 0o600)};
	} catch (error) {
		throw isDiskFault(error) ? new JournalWriteError(options.path, options.run, 0, error) : error;
	}
};

/**
 * Opens or creates a journal as its only writer.
 * @throws JournalLockedError when another process writes it, JournalDamagedError when a line is damaged or the end is missing, JournalWriteError when there is no room for it.
 */
export const openJournal = async (options: OpenJournalOptions): Promise<OpenedJournal> => {
	const {lock, handle} = await openFile(options);
	const content = readJournalBytes(await readAll(handle));
	const missing = sealProblem(content.events, await readSeal(options.path));
	const problem = content.problem ?? (missing === undefined ? undefined : {line: content.events.length + 1, byte: content.validBytes, reason: missing});
	if (problem !== undefined) {
		await handle.close();
		await lock.release();
		throw new JournalDamagedError(options.path, options.run, problem);
	}

	if (content.tornBytes > 0) {
		await handle.truncate(content.validBytes);
	}

	const redact = createRedactor(options.secrets);
	const listeners = new Set<(event: JournaledEvent) => void>();
	const boot = `${options.writer.boot.slice(0, 8)}-${options.writer.pid}`;
	let seq = content.events.length;
	let prevHash = content.lastHash === '' ? firstPreviousHash : content.lastHash;
	/** The last event that the disk has. */
	let written: Seal = {seq, hash: prevHash};
	let epoch = content.events.at(-1)?.epoch ?? 0;
	let queue: Queued[] = [];
	let isWriting = false;
	let broken: JournalWriteError | undefined;
	let isClosed = false;
	let idle = Promise.resolve();

	const drain = async (): Promise<void> => {
		isWriting = true;
		while (queue.length > 0) {
			const batch = queue;
			queue = [];
			try {
				if (broken !== undefined) {
					throw broken;
				}

				for (const {line} of batch) {
					await writeWhole(handle, Buffer.from(`${line}\n`));
				}

				if (batch.some(({needsSync}) => needsSync)) {
					await handle.datasync();
				}

				const last = batch.at(-1)!.event;
				if (batch.some(({event}) => event.type === 'run.finished')) {
					await writeSeal(options.path, last);
				}

				written = last;
			} catch (error) {
				// After a failed write the chain on disk is not the one in memory: nothing may follow.
				broken ??= error instanceof JournalWriteError ? error : new JournalWriteError(options.path, options.run, written.seq, error);
				for (const {reject} of batch) {
					reject(broken);
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
		// eslint-disable-next-line unicorn/prefer-structured-clone -- as JSON has it: what a reader gets back is what the listeners were told
		const data = redact(JSON.parse(JSON.stringify(event.data)) as RunEvent['data']);
		const body = {
			v: 1, seq, wall: Math.round(options.clock.now()), mono: Math.round(options.clock.monotonic()), boot,
			run: options.run, epoch, actor: redact(options.actor), ...context, type: event.type, data, prevHash,
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
		failure: () => broken,
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
			try {
				// A journal that could not be written has said so to everybody who wrote.
				if (broken === undefined) {
					await handle.datasync();
					await writeSeal(options.path, written);
				}
			} finally {
				await handle.close();
				await lock.release();
			}
		},
	};
};
