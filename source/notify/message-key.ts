// Keys under which a message is sent once and never again.
import {createHash} from 'node:crypto';

export type MessageIdentity = {readonly run: string; readonly template: string; readonly version: number; readonly recipients: readonly string[]};

/** Idempotency key: SHA-256 in hex of run, template, version and recipients (in any order). A correction raises the version. */
export const messageKey = ({run, template, version, recipients}: MessageIdentity): string =>
	createHash('sha256').update(JSON.stringify([run, template, version, [...recipients].sort()])).digest('hex');
