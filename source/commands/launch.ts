// Starts the background process of a run and finds the one that is there.
import {mkdir, open, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {z} from 'zod';
import {runId, type RunId} from '../domain/ids.js';
import {isProcessAlive} from '../host/process-identity.js';
import {listRuns, type RunFolder} from '../journal/index.js';
import {packageRoot} from '../package-info.js';
import type {Clock} from '../ports/clock.js';
import {readEndpoint, type Endpoint} from '../supervisor/endpoint.js';
import type {Invocation} from './command.js';

const launchSchema = z.object({command: z.string(), options: z.record(z.string(), z.unknown()), arguments: z.array(z.string()), run: z.string(), isUnattended: z.boolean()});

/** What the background process is told to run. */
export type Launch = {readonly command: string; readonly options: Readonly<Record<string, unknown>>; readonly arguments: readonly string[]; readonly run: RunId; readonly isUnattended: boolean};

const launchFile = (folder: string): string => path.join(folder, 'launch.json');
const logFile = (folder: string): string => path.join(folder, 'supervisor.log');

/** @throws when the folder holds no launch that can be read. */
export const readLaunch = async (folder: string): Promise<Launch> => {
	const launch = launchSchema.parse(JSON.parse(await readFile(launchFile(folder), 'utf8')));
	return {...launch, run: runId(launch.run)};
};

/** The live supervisor of a run; undefined when none lives. */
export const findSupervisor = async (folder: Pick<RunFolder, 'folder'>): Promise<Endpoint | undefined> => {
	const endpoint = await readEndpoint(folder.folder);
	return endpoint !== undefined && isProcessAlive(endpoint) ? endpoint : undefined;
};

/** Another run of the same target that is under way on this machine, rehearsals apart: they have a warehouse of their own. */
export const findRival = async (env: Invocation['io']['env'], target: string, run: RunId): Promise<{readonly folder: RunFolder; readonly endpoint: Endpoint} | undefined> => {
	for (const folder of await listRuns(env)) {
		if (folder.target !== target || folder.run === run) {
			continue;
		}

		const endpoint = await findSupervisor(folder);
		if (endpoint !== undefined && endpoint.command !== 'rehearse') {
			return {folder, endpoint};
		}
	}

	return undefined;
};

/** Thrown when the background process ended before anybody could talk to it. */
export class LaunchError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'LaunchError';
	}
}

const startPatienceMs = 30_000;
const pollMs = 10;

/**
 * Starts the supervisor of a run and waits until it listens. When another process wins the run, that one is returned.
 * @throws LaunchError naming its log.
 */
export const launchSupervisor = async (folder: RunFolder, launch: Launch, clock: Clock): Promise<Endpoint> => {
	const {execa} = await import('execa');
	await mkdir(folder.folder, {recursive: true, mode: 0o700});
	await writeFile(launchFile(folder.folder), JSON.stringify(launch), {mode: 0o600});
	const log = await open(logFile(folder.folder), 'a', 0o600);
	// execa takes any descriptor; its types list the first ones only.
	const output = log.fd as 3;
	const child = execa(process.execPath, [path.join(packageRoot(), 'dist', 'cli.js'), 'supervise', folder.folder], {detached: true, cleanup: false, reject: false, buffer: false, stdio: ['ignore', output, output]});
	child.unref();
	let exit: {readonly code: number | undefined} | undefined;
	void child.then(result => {
		exit = {code: result.exitCode};
	});
	const deadlineMs = clock.monotonic() + startPatienceMs;
	try {
		for (;;) {
			const endpoint = await findSupervisor(folder);
			if (endpoint !== undefined) {
				return endpoint;
			}

			if (exit !== undefined || clock.monotonic() > deadlineMs) {
				const tail = (await readFile(logFile(folder.folder), 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
				throw new LaunchError(`The run could not be started in the background: ${tail === '' ? 'its process said nothing' : tail}\n  Log: ${logFile(folder.folder)}`);
			}

			await clock.pause(pollMs);
		}
	} finally {
		await log.close();
	}
};
