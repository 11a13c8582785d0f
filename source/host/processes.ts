// Child processes: arguments are always a list, never a shell string.
import {access} from 'node:fs/promises';
import {constants} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import type {Processes} from '../ports/outside.js';
import type {ChildRegistry} from './children.js';

const isExecutable = async (file: string): Promise<boolean> => {
	try {
		await access(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

/**
 * The `Processes` port. A command that can't be started ends with exit code 127 and the reason on stderr.
 * @param children - writes each child down while it runs; it then leads a process group of its own.
 */
export const createProcesses = (children?: ChildRegistry): Processes => ({
	async run(command, arguments_, options = {}) {
		const startedMs = performance.now();
		const child = execa(command, [...arguments_], {
			...(children === undefined ? {} : {detached: true, cleanup: false}),
			reject: false,
			stdin: options.input === undefined ? 'ignore' : 'pipe',
			...(options.input === undefined ? {} : {input: options.input}),
			...(options.cwd === undefined ? {} : {cwd: options.cwd}),
			...(options.timeoutMs === undefined ? {} : {timeout: options.timeoutMs}),
			...(options.env === undefined ? {} : {env: options.env}),
			...(options.signal === undefined ? {} : {cancelSignal: options.signal}),
			maxBuffer: 16 * 1024 * 1024,
			forceKillAfterDelay: 2000,
		});
		using _entry = child.pid === undefined ? undefined : children?.add(child.pid);
		const result = await child;
		return {
			exitCode: result.exitCode ?? (result.code === 'ENOENT' ? 127 : 1),
			stdout: typeof result.stdout === 'string' ? result.stdout : '',
			stderr: typeof result.stderr === 'string' && result.stderr !== '' ? result.stderr : (result.failed ? result.shortMessage ?? '' : ''),
			durationMs: performance.now() - startedMs,
			timedOut: result.timedOut,
		};
	},
	async find(command) {
		for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
			const candidate = path.join(folder, command);
			if (folder !== '' && await isExecutable(candidate)) {
				return candidate;
			}
		}

		return undefined;
	},
});
