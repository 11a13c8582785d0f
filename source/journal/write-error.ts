// A journal that can't be written stops the run: an effect whose intent is not on the disk is not carried out.

const causes: Readonly<Record<string, string>> = {
	ENOSPC: 'the disk is full',
	EDQUOT: 'the quota of this account is used up',
	EFBIG: 'the file has reached the size limit of this process',
	EIO: 'the disk reports an error',
	EROFS: 'the disk can only be read',
};

/** Whether an error is one of the disk, which a person can mend, and not one of ours. */
export const isDiskFault = (error: unknown): boolean => causes[(error as {readonly code?: string}).code ?? ''] !== undefined;

/** Thrown to everybody who writes once a write or a sync failed. */
export class JournalWriteError extends Error {
	/** Number of the last event that is safe on the disk. */
	readonly lastSeq: number;

	constructor(path: string, run: string, lastSeq: number, cause: unknown) {
		const {code, message} = cause as {readonly code?: string; readonly message?: string};
		const why = code === undefined ? message ?? String(cause) : `${causes[code] ?? message ?? 'unknown'} (${code})`;
		super(`The journal ${path} can't be written: ${why}. Nothing more was started; events up to ${lastSeq} are safe. Make room, then: eros-tui deploy --resume ${run}`, {cause});
		this.name = 'JournalWriteError';
		this.lastSeq = lastSeq;
	}
}
