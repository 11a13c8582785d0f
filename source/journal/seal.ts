// What a chain of hashes can't show is that its end is missing. The seal beside a journal says how far it reached when it
// was last put down in order.
import {rename, readFile, writeFile} from 'node:fs/promises';
import {randomBytes} from 'node:crypto';
import {z} from 'zod';

export type Seal = {
	/** Number of the last event that stood in the journal. */
	readonly seq: number;
	/** Hash of that event. */
	readonly hash: string;
};

const sealSchema = z.object({seq: z.int().nonnegative(), hash: z.string()});

/** Where the seal of a journal stands. */
export const sealPath = (journal: string): string => `${journal}.seal`;

/** The seal of a journal: undefined when there is none, `unreadable` when the file is no seal. */
export const readSeal = async (journal: string): Promise<Seal | 'unreadable' | undefined> => {
	let text: string;
	try {
		text = await readFile(sealPath(journal), 'utf8');
	} catch {
		return undefined;
	}

	try {
		return sealSchema.parse(JSON.parse(text));
	} catch {
		return 'unreadable';
	}
};

/** A disk without room leaves the earlier seal, which stays true; a folder that was removed has nothing left to seal. */
const tolerated = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'ENOENT']);

/** Writes the seal whole or not at all. */
export const writeSeal = async (journal: string, {seq, hash}: Seal): Promise<void> => {
	const draft = `${sealPath(journal)}.${randomBytes(4).toString('hex')}`;
	try {
		await writeFile(draft, `${JSON.stringify({seq, hash})}\n`, {mode: 0o600, flush: true});
		await rename(draft, sealPath(journal));
	} catch (error) {
		if (!tolerated.has((error as NodeJS.ErrnoException).code ?? '')) {
			throw error;
		}
	}
};

/** Why a journal that reads well so far is still not whole; undefined when it reaches as far as its seal. */
export const sealProblem = (events: readonly {readonly seq: number; readonly hash: string}[], seal: Seal | 'unreadable' | undefined): string | undefined => {
	if (seal === undefined || seal === 'unreadable' || seal.seq === 0) {
		return undefined;
	}

	const sealed = events[seal.seq - 1];
	if (sealed === undefined) {
		return `its end is missing: it reached event ${seal.seq}, and ends after ${events.length}`;
	}

	return sealed.hash === seal.hash ? undefined : `event ${seal.seq} is not the one that stood there`;
};
