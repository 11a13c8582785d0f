// One writer a journal: a lock file made with O_EXCL that names its process. A lock whose process is gone is taken over;
// there is nothing to unlock by hand.
import {link, readFile, rename, unlink, writeFile} from 'node:fs/promises';
import {randomBytes} from 'node:crypto';
import {z} from 'zod';
import type {Writer} from '../ports/journal.js';

const writerSchema = z.object({pid: z.int(), startTicks: z.string(), boot: z.string(), host: z.string(), user: z.string()});

/** Thrown when another live process writes the journal. */
export class JournalLockedError extends Error {
	readonly holder: Writer;

	constructor(path: string, holder: Writer) {
		super(`The run is being written by process ${holder.pid} of ${holder.user} on ${holder.host} (${path}).`);
		this.name = 'JournalLockedError';
		this.holder = holder;
	}
}

/** Who holds the lock; undefined when nobody does or the file can't be read as a lock. */
export const readLock = async (path: string): Promise<Writer | undefined> => {
	try {
		return writerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
	} catch {
		return undefined;
	}
};

const isErrno = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/**
 * Takes the lock.
 * @throws JournalLockedError when a live process holds it.
 */
export const takeLock = async (path: string, writer: Writer, isAlive: (writer: Writer) => boolean): Promise<{readonly release: () => Promise<void>}> => {
	// Linked into place whole: nobody can see a lock without its content.
	const draft = `${path}.${randomBytes(4).toString('hex')}`;
	await writeFile(draft, JSON.stringify(writer), {flag: 'wx', mode: 0o600});
	try {
		for (;;) {
			try {
				await link(draft, path);
				return {
					async release() {
						const holder = await readLock(path);
						if (holder?.pid === writer.pid && holder.startTicks === writer.startTicks) {
							await unlink(path);
						}
					},
				};
			} catch (error) {
				if (!isErrno(error, 'EEXIST')) {
					throw error;
				}
			}

			const holder = await readLock(path);
			if (holder !== undefined && isAlive(holder)) {
				throw new JournalLockedError(path, holder);
			}

			// Moved aside first: of two that see the same dead holder, only one moves it.
			const grave = `${path}.dead-${randomBytes(4).toString('hex')}`;
			try {
				await rename(path, grave);
				await unlink(grave);
			} catch (error) {
				if (!isErrno(error, 'ENOENT')) {
					throw error;
				}
			}
		}
	} finally {
		await unlink(draft);
	}
};
