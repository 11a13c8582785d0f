// One view of a rehearsal as a child process, and the events it shows.
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {mkdir, symlink} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {Readable} from 'node:stream';
import type {JournaledEvent} from '../../source/domain/events.js';

const root = path.resolve(import.meta.dirname, '../..');

/** Where the program runs from: this checkout, unless the environment of a call names another installation. */
const installationOf = (env: NodeJS.ProcessEnv): string => env['EROS_INSTALLATION'] ?? root;

const startCli = (arguments_: readonly string[], env: NodeJS.ProcessEnv): ChildProcess & {readonly stdout: Readable; readonly stderr: Readable} => {
	const folder = installationOf(env);
	return spawn(process.execPath, [path.join(folder, 'dist', 'cli.js'), ...arguments_], {env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe']});
};

/** Unpacks the package that this checkout builds, as a registry would hand it out; returns its folder. */
export const installPackage = async (folder: string): Promise<string> => {
	await mkdir(folder, {recursive: true});
	const pack = spawnSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {cwd: root, encoding: 'utf8'});
	const unpack = spawnSync('tar', ['xzf', path.join(folder, pack.stdout.trim()), '-C', folder], {encoding: 'utf8'});
	if (pack.status !== 0 || unpack.status !== 0) {
		throw new Error(`the package can't be built: ${pack.stderr}${unpack.stderr}`);
	}

	await symlink(path.join(root, 'node_modules'), path.join(folder, 'package', 'node_modules'));
	return path.join(folder, 'package');
};

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
	const child = startCli([...arguments_, '--json'], env);
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
	const child = startCli(arguments_, env);
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
