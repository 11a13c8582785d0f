// Finds the embedded warehouse of a data folder, or starts it as a process of its own that outlives us.
import {existsSync} from 'node:fs';
import {mkdir, open, readFile} from 'node:fs/promises';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {z} from 'zod';
import type {Clock} from '../ports/clock.js';
import {WarehouseError} from '../ports/warehouse.js';

const stateFile = z.object({pid: z.number(), port: z.number(), token: z.string(), project: z.string(), startedAt: z.string(), dataPath: z.string()});

export type EmbeddedEndpoint = {readonly endpoint: string; readonly port: number; readonly token: string; readonly pid: number; readonly project: string; readonly dataPath: string; readonly startedAt: string};

export type EmbeddedOptions = {
	readonly dataFolder: string;
	readonly project: string;
	readonly clock: Clock;
	/** Ends by itself after so many idle minutes; 0 never. */
	readonly idleMinutes?: number;
	readonly port?: number;
	/** Executable and first arguments; by default this Node and the built entry. */
	readonly command?: {readonly file: string; readonly arguments: readonly string[]};
};

/**
 * The built entry of the warehouse's process, found upwards from here: from the sources and from the bundle.
 * @throws WarehouseError when it is not built.
 */
export const builtEntry = (): string => {
	for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
		const entry = path.join(folder, 'dist', 'source', 'warehouse', 'main.js');
		if (existsSync(entry)) {
			return entry;
		}

		if (folder === path.dirname(folder)) {
			throw new WarehouseError('invalid', 'The embedded warehouse is not built. Run npm run build.', {reason: 'notBuilt'});
		}
	}
};

const startPatienceMs = 30_000;

/** Where the embedded warehouse of a project keeps its data: below EROS_HOME, else the XDG data folder. */
export const embeddedDataFolder = (env: Readonly<Record<string, string | undefined>>, project: string): string => {
	const home = env['EROS_HOME'];
	const data = env['XDG_DATA_HOME'];
	const base = home !== undefined && home !== '' ? path.join(home, 'data') : (data !== undefined && data !== '' ? path.join(data, 'eros-tui') : path.join(env['HOME'] ?? '.', '.local', 'share', 'eros-tui'));
	return path.join(base, 'warehouse', project);
};

/** Whether there is something to serve: a warehouse is brought back on its data, never in their place. */
export const holdsData = (dataFolder: string): boolean => existsSync(path.join(dataFolder, 'warehouse.duckdb'));

/** What the state file says; undefined when there is none. Whether the process still answers is another question. */
export const readEmbeddedState = async (dataFolder: string): Promise<EmbeddedEndpoint | undefined> => {
	const text = await readFile(path.join(dataFolder, 'warehouse.json'), 'utf8').catch(() => undefined);
	if (text === undefined) {
		return undefined;
	}

	try {
		const state = stateFile.parse(JSON.parse(text));
		return {...state, endpoint: `http://127.0.0.1:${state.port}`};
	} catch {
		return undefined;
	}
};

/** Sends one admin request. @throws WarehouseError. */
export const adminRequest = async (instance: Pick<EmbeddedEndpoint, 'endpoint' | 'token'>, method: 'GET' | 'POST' | 'DELETE', route: string, body?: unknown, timeoutMs?: number): Promise<unknown> => {
	let answer: Response;
	try {
		answer = await fetch(`${instance.endpoint}/_eros/${route}`, {
			method,
			headers: {authorization: `Bearer ${instance.token}`, 'content-type': 'application/json'},
			...(body === undefined ? {} : {body: JSON.stringify(body)}),
			...(timeoutMs === undefined ? {} : {signal: AbortSignal.timeout(timeoutMs)}),
		});
	} catch (error) {
		throw new WarehouseError('network', 'The embedded warehouse does not answer. See eros-tui warehouse status.', {cause: error});
	}

	const content = (await answer.json()) as {readonly error?: {readonly message?: string}};
	if (!answer.ok) {
		throw new WarehouseError('invalid', content.error?.message ?? `The embedded warehouse answered ${answer.status}.`);
	}

	return content;
};

/** The running instance of a data folder; undefined when none answers. */
export const findEmbedded = async (dataFolder: string): Promise<EmbeddedEndpoint | undefined> => {
	const state = await readEmbeddedState(dataFolder);
	if (state === undefined) {
		return undefined;
	}

	try {
		// A process that came up where a killed one stood answers before its own state file is written.
		const answer = z.object({pid: z.number()}).parse(await adminRequest(state, 'GET', 'status', undefined, 5000));
		return answer.pid === state.pid ? state : undefined;
	} catch {
		return undefined;
	}
};

/**
 * Finds or starts the warehouse of a data folder.
 * @throws WarehouseError 'network' when it does not come up; the message names its log.
 */
export const ensureEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedEndpoint> => {
	const {dataFolder, clock} = options;
	const running = await findEmbedded(dataFolder);
	if (running !== undefined) {
		return running;
	}

	const {execa} = await import('execa');
	await mkdir(dataFolder, {recursive: true, mode: 0o700});
	const logPath = path.join(dataFolder, 'warehouse.log');
	const log = await open(logPath, 'a', 0o600);
	const command = options.command ?? {file: process.execPath, arguments: [builtEntry()]};
	// execa takes any descriptor; its types list the first ones only.
	const output = log.fd as 3;
	const child = execa(command.file, [...command.arguments, '--data', dataFolder, '--project', options.project, '--port', String(options.port ?? 0), '--idle-minutes', String(options.idleMinutes ?? 30)], {
		detached: true, cleanup: false, reject: false, buffer: false, stdio: ['ignore', output, output],
	});
	child.unref();
	let exitCode: number | undefined;
	void child.then(result => {
		exitCode = result.exitCode ?? 1;
	});
	const deadlineMs = clock.monotonic() + startPatienceMs;
	try {
		for (;;) {
			const found = await findEmbedded(dataFolder);
			if (found !== undefined) {
				return found;
			}

			// 8 means that another process won the folder; it is the one to wait for.
			if ((exitCode !== undefined && exitCode !== 8) || clock.monotonic() > deadlineMs) {
				const tail = (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n').slice(-3).join(' ');
				throw new WarehouseError('network', `The embedded warehouse did not start: ${tail === '' ? 'it said nothing' : tail} (log: ${logPath}).`, {reason: 'embeddedStart'});
			}

			await clock.pause(25);
		}
	} finally {
		await log.close();
	}
};

const clockState = z.object({nowMs: z.number(), offsetMs: z.number(), isDriven: z.boolean()});
const firedRun = z.object({config: z.string(), runTimeMs: z.number(), state: z.string(), jobId: z.string().optional(), errorMessage: z.string().optional()});

export type FiredRun = z.infer<typeof firedRun>;

const advanced = z.object({runs: z.array(firedRun)});
const driveAttempts = 5;

/** Moves an embedded warehouse's clock: the hook of a driven clock. */
export type ClockDrive = {
	readonly now: () => Promise<number>;
	/** Sets the clock without firing anything. */
	readonly set: (atMs: number) => Promise<void>;
	/** Moves it forward; scheduled queries that are due on the way run to their end first. */
	readonly advanceTo: (atMs: number) => Promise<readonly FiredRun[]>;
};

export const createClockDrive = (instance: () => Pick<EmbeddedEndpoint, 'endpoint' | 'token'>, {clock, onSilence}: {readonly clock: Clock; readonly onSilence: () => Promise<boolean>}): ClockDrive => {
	/** Every move of the clock is to an instant, so that it may be asked for twice. */
	const ask = async (method: 'GET' | 'POST', body?: unknown): Promise<unknown> => {
		for (let attempt = 1; ; attempt++) {
			try {
				return await adminRequest(instance(), method, 'clock', body);
			} catch (error) {
				const isSilent = error instanceof WarehouseError && error.kind === 'network';
				const isBack = isSilent && await onSilence().catch(() => false);
				if (!isSilent || attempt === driveAttempts) {
					throw error;
				}

				await clock.pause(isBack ? 0 : 100 * attempt);
			}
		}
	};

	const now = async (): Promise<number> => clockState.parse(await ask('GET')).nowMs;
	return {
		now,
		async set(atMs) {
			await ask('POST', {set: atMs});
		},
		async advanceTo(atMs) {
			try {
				return advanced.parse(await ask('POST', {advanceTo: atMs})).runs;
			} catch (error) {
				// The clock was there before its answer was lost, and has gone on in real time.
				if ((await now()) >= atMs) {
					return [];
				}

				throw error;
			}
		},
	};
};

/** Asks an instance to end and waits until its state file is gone. */
export const stopEmbedded = async (dataFolder: string, clock: Clock): Promise<boolean> => {
	const running = await findEmbedded(dataFolder);
	if (running === undefined) {
		return false;
	}

	await adminRequest(running, 'POST', 'shutdown');
	const deadlineMs = clock.monotonic() + 15_000;
	const lockPath = path.join(dataFolder, 'warehouse.lock');
	while (clock.monotonic() < deadlineMs && (await readFile(lockPath).catch(() => undefined)) !== undefined) {
		await clock.pause(20);
	}

	return true;
};
