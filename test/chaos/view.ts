// One view of a rehearsal as a child process, and the events it shows.
import {spawn, type ChildProcess} from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import type {JournaledEvent} from '../../source/domain/events.js';

export const root = path.resolve(import.meta.dirname, '../..');
const cli = path.join(root, 'dist', 'cli.js');

export type View = {
	readonly child: ChildProcess;
	/** Milliseconds from the start of the process to the first event it showed that was not there before. */
	readonly firstNewMs: () => number | undefined;
	readonly exit: Promise<number | undefined>;
	readonly talk: () => string;
};

/** Starts `eros-tui <arguments> --json` and calls back for every event that is newer than `knownSeq`. */
export const openView = (arguments_: readonly string[], env: NodeJS.ProcessEnv, knownSeq: number, onEvent: (event: JournaledEvent) => void): View => {
	const startedMs = performance.now();
	const child = spawn(process.execPath, [cli, ...arguments_, '--json'], {env, cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
	let firstNewMs: number | undefined;
	let rest = '';
	let talk = '';
	let seq = knownSeq;
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop() ?? '';
		for (const line of lines) {
			const event = JSON.parse(line) as JournaledEvent;
			if (typeof event.seq === 'number' && event.seq > seq) {
				seq = event.seq;
				firstNewMs ??= performance.now() - startedMs;
				onEvent(event);
			}
		}
	});
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		talk += chunk;
	});
	const exit = new Promise<number | undefined>(resolve => {
		child.once('close', code => resolve(code ?? undefined));
	});
	return {child, exit, firstNewMs: () => firstNewMs, talk: () => talk};
};

/** Runs a command to its end; standard output as text. */
export const runCli = async (arguments_: readonly string[], env: NodeJS.ProcessEnv): Promise<{readonly code: number | undefined; readonly stdout: string; readonly stderr: string}> => {
	const child = spawn(process.execPath, [cli, ...arguments_], {env, cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
	let stdout = '';
	let stderr = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		stdout += chunk;
	});
	child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
		stderr += chunk;
	});
	const code = await new Promise<number | undefined>(resolve => {
		child.once('close', value => resolve(value ?? undefined));
	});
	return {code, stdout, stderr};
};
