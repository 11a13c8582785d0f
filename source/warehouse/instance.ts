// One warehouse per data folder: the lock, the database file, the server and the state file that clients find it by.
import {randomBytes} from 'node:crypto';
import {chmod, mkdir, open, readFile, rename, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import type {OpenDatabase} from './contract.js';
import {startWarehouseServer, type WarehouseServer} from './server.js';

export type InstanceOptions = {
	readonly dataFolder: string;
	readonly project: string;
	readonly port: number;
	/** Ends by itself after this long without a request or a job; 0 never. */
	readonly idleExitMs: number;
	readonly pid: number;
	/** Whether a process of this id lives and is a warehouse. */
	readonly isWarehouse: (pid: number) => Promise<boolean>;
	readonly openDatabase: OpenDatabase;
};

export type Instance = {
	readonly port: number;
	readonly endpoint: string;
	readonly statePath: string;
	/** Resolves when the instance has ended, however it came to that. */
	readonly ended: Promise<void>;
	readonly close: () => Promise<void>;
};

/** Another process has this data folder. */
export class InstanceRunningError extends Error {
	constructor(dataFolder: string, pid: number) {
		super(`A warehouse with process id ${pid} already serves ${dataFolder}.`);
		this.name = 'InstanceRunningError';
	}
}

const lockNameOf = (dataFolder: string): string => path.join(dataFolder, 'warehouse.lock');

const takeLock = async ({dataFolder, pid, isWarehouse}: InstanceOptions): Promise<void> => {
	const lockPath = lockNameOf(dataFolder);
	for (let attempt = 0; attempt < 3; attempt++) {
		try {
			const file = await open(lockPath, 'wx', 0o600);
			await file.writeFile(String(pid));
			await file.close();
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
				throw error;
			}
		}

		const holder = Number(await readFile(lockPath, 'utf8').catch(() => ''));
		if (holder > 0 && holder !== pid && await isWarehouse(holder)) {
			throw new InstanceRunningError(dataFolder, holder);
		}

		// Left by a process that was killed. Moving it away is atomic, so of two newcomers one creates the lock.
		const aside = `${lockPath}.${pid}`;
		await rename(lockPath, aside).catch(() => undefined);
		await rm(aside, {force: true});
	}

	throw new Error(`The lock ${lockPath} cannot be taken.`);
};

const writeState = async (statePath: string, state: Readonly<Record<string, unknown>>): Promise<void> => {
	const draft = `${statePath}.${String(state['pid'])}`;
	await writeFile(draft, `${JSON.stringify(state, undefined, '\t')}\n`, {mode: 0o600});
	await chmod(draft, 0o600);
	await rename(draft, statePath);
};

const leftState = z.object({port: z.number().int().min(1).max(65_535), token: z.string().min(32)});

/** Where a process that was killed was reached; a clean end leaves nothing. */
const readLeft = async (statePath: string): Promise<z.infer<typeof leftState> | undefined> => {
	try {
		return leftState.parse(JSON.parse(await readFile(statePath, 'utf8')));
	} catch {
		return undefined;
	}
};

/**
 * Starts the warehouse of a data folder. After a kill it is reached where it was reached before, if the port is still free, so
 * that clients which hold an address (`bq` in another terminal) go on; the others read the state file again.
 * @throws InstanceRunningError when another process serves it.
 */
export const startInstance = async (options: InstanceOptions): Promise<Instance> => {
	const {dataFolder, project, pid} = options;
	await mkdir(dataFolder, {recursive: true, mode: 0o700});
	await takeLock(options);
	const statePath = path.join(dataFolder, 'warehouse.json');
	const dataPath = path.join(dataFolder, 'warehouse.duckdb');
	const left = await readLeft(statePath);
	const token = left?.token ?? randomBytes(24).toString('hex');
	const startedAt = new Date().toISOString();
	let server: WarehouseServer | undefined;
	let closing: Promise<void> | undefined;
	let end: () => void = () => undefined;
	const ended = new Promise<void>(resolve => {
		end = resolve;
	});
	const release = async (): Promise<void> => {
		await rm(lockNameOf(dataFolder), {force: true});
	};

	try {
		const database = await options.openDatabase({path: dataPath, project, threads: 2, memoryLimit: '2GB', temporaryFolder: path.join(dataFolder, 'temporary')});
		let idleTimer: NodeJS.Timeout | undefined;
		const close = async (): Promise<void> => {
			closing ??= (async () => {
				clearInterval(idleTimer);
				await rm(statePath, {force: true});
				await server?.close();
				await database.close();
				await release();
				end();
			})();
			return closing;
		};

		try {
			server = await startWarehouseServer({
				database, token, port: options.port, ...(left === undefined ? {} : {preferredPort: left.port}),
				describe: () => ({pid, project, dataPath, startedAt}),
				onShutdown() {
					setImmediate(() => {
						void close();
					});
				},
			});
		} catch (error) {
			await database.close();
			throw error;
		}

		await writeState(statePath, {pid, port: server.port, token, project, startedAt, dataPath});
		if (options.idleExitMs > 0) {
			idleTimer = setInterval(() => {
				if ((server?.idleMs() ?? 0) > options.idleExitMs) {
					void close();
				}
			}, Math.min(15_000, options.idleExitMs));
		}

		return {port: server.port, endpoint: server.endpoint, statePath, ended, close};
	} catch (error) {
		await release();
		throw error;
	}
};
