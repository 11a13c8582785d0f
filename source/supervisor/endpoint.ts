// Where a supervisor listens: a file in the run's folder, 0600, that names process, socket and token.
import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {z} from 'zod';
import type {Writer} from '../ports/journal.js';

const endpointSchema = z.object({pid: z.int(), startTicks: z.string(), boot: z.string(), host: z.string(), user: z.string(), socket: z.string(), token: z.string(), startedAtMs: z.number(), command: z.string()});

/** A process that supervises a run, and how to reach it. */
export type Endpoint = Writer & {readonly socket: string; readonly token: string; readonly startedAtMs: number; readonly command: string};

/** The file that stands while a supervisor lives; it is also its lock. */
export const endpointPath = (runFolder: string): string => path.join(runFolder, 'supervisor.json');

/** What the file says; undefined when there is none. Whether that process still lives is another question. */
export const readEndpoint = async (runFolder: string): Promise<Endpoint | undefined> => {
	try {
		return endpointSchema.parse(JSON.parse(await readFile(endpointPath(runFolder), 'utf8')));
	} catch {
		return undefined;
	}
};

export const createToken = (): string => randomBytes(32).toString('base64url');

/** The kernel's limit on the path of a socket is 108 bytes, one of them for the end. */
const longestSocketPath = 103;

/**
 * A path for the socket: in the run's folder, or where that is too long for a socket in a folder of this user's own.
 * The folder exists afterwards and only its owner may enter it.
 */
export const socketPath = async (runFolder: string, env: Readonly<Record<string, string | undefined>>): Promise<string> => {
	const name = randomBytes(4).toString('hex');
	const near = path.join(runFolder, `${name}.sock`);
	if (Buffer.byteLength(near) <= longestSocketPath) {
		await mkdir(runFolder, {recursive: true, mode: 0o700});
		return near;
	}

	const runtime = env['XDG_RUNTIME_DIR'];
	const short = createHash('sha256').update(runFolder).digest('hex').slice(0, 12);
	const folder = path.join(runtime !== undefined && runtime !== '' ? runtime : tmpdir(), `eros-tui-${userInfo().uid}`, short);
	await mkdir(folder, {recursive: true, mode: 0o700});
	return path.join(folder, `${name}.sock`);
};
