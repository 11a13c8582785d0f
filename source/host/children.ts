// Child processes that a killed process leaves behind: each leads a group of its own and is written down while it runs,
// so that whoever goes on with the work can end what nobody waits for any more.
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {z} from 'zod';
import {isProcessAlive, thisProcess, writerOf} from './process-identity.js';

const childSchema = z.object({pid: z.int(), startTicks: z.string(), boot: z.string(), host: z.string(), user: z.string()});

export type ChildRegistry = {
	/** Writes a child down; its disposal strikes it out. */
	readonly add: (pid: number) => Disposable;
	/** Ends the groups of all children that run now. */
	readonly endAll: () => void;
};

const endGroup = (pid: number): void => {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It ended by itself.
	}
};

/** Keeps a file of the children that run; there is no file while none does. */
export const createChildRegistry = (file: string): ChildRegistry => {
	const running = new Map<number, z.infer<typeof childSchema>>();
	const write = (): void => {
		if (running.size === 0) {
			rmSync(file, {force: true});
			return;
		}

		mkdirSync(path.dirname(file), {recursive: true, mode: 0o700});
		writeFileSync(file, JSON.stringify([...running.values()]), {mode: 0o600});
	};

	return {
		add(pid) {
			running.set(pid, {...thisProcess(), ...writerOf(pid)});
			write();
			return {
				[Symbol.dispose]() {
					running.delete(pid);
					write();
				},
			};
		},
		endAll() {
			for (const pid of running.keys()) {
				endGroup(pid);
			}
		},
	};
};

/**
 * Ends the children that a former process wrote down and left behind. A number that another process has meanwhile is
 * told by its start time and left alone.
 * @returns how many were still running.
 */
export const endLeftOvers = (file: string): number => {
	let children: readonly z.infer<typeof childSchema>[];
	try {
		children = z.array(childSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		return 0;
	}

	const alive = children.filter(child => child.host === thisProcess().host && child.startTicks !== '' && isProcessAlive(child));
	for (const {pid} of alive) {
		endGroup(pid);
	}

	rmSync(file, {force: true});
	return alive.length;
};
