// What a run asked and what it was answered, kept beside its journal under its own hash: blobs/sha256/<hash>.
import {createHash} from 'node:crypto';
import path from 'node:path';
import type {Files} from '../ports/outside.js';
import type {Row} from '../ports/warehouse.js';

export type Blobs = {
	/** Keeps a text; a text that is kept already is not written again. @returns its SHA-256 in hex. */
	readonly keep: (content: string) => Promise<string>;
};

/** The folder of a run's blobs. */
export const blobFolder = (runFolder: string): string => path.join(runFolder, 'blobs', 'sha256');

/** Keeps blobs of one run. A blob is whole or not there: its file is written aside and renamed. */
export const createBlobs = (files: Pick<Files, 'exists' | 'write'>, runFolder: string): Blobs => {
	const known = new Set<string>();
	return {
		async keep(content) {
			const sha256 = createHash('sha256').update(content).digest('hex');
			const file = path.join(blobFolder(runFolder), sha256);
			if (!known.has(sha256) && !await files.exists(file)) {
				await files.write(file, content);
			}

			known.add(sha256);
			return sha256;
		},
	};
};

/** Rows as they are kept: JSON, whole numbers beyond 2^53 as text. */
export const rowsAsText = (rows: readonly Row[]): string => JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
