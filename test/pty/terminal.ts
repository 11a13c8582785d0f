// The demo in a real pseudo-terminal, seen through a terminal emulator.
import {mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import process from 'node:process';
import {build} from 'esbuild';
import {spawn, type IPty} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type {TestContext} from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Out of the way of everything else; test files that run at the same time do not write over each other.
const folder = `${root}node_modules/.cache/eros-tui-pty/${process.env['VITEST_POOL_ID'] ?? '0'}`;
const bundle = `${folder}/demo.js`;

/** Bundles the demos once, packages included: a start costs a sixth of a second then, not half a one. */
export const buildDemo = async (): Promise<void> => {
	mkdirSync(folder, {recursive: true});
	await build({
		entryPoints: [`${root}test/support/demo.ts`, `${root}test/support/demo-page.ts`],
		outdir: folder, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', jsx: 'automatic', logLevel: 'error',
		external: ['react-devtools-core'], define: {'process.env.NODE_ENV': '"production"'},
		// Packages of the older kind ask for Node's modules with `require`.
		banner: {js: 'import {createRequire} from \'node:module\'; const require = createRequire(import.meta.url);'},
	});
};

export type Demo = {
	readonly pty: IPty;
	/** Everything that was written to the terminal. */
	readonly output: () => string;
	/** What the terminal shows now, right ends trimmed. */
	readonly screen: () => string;
	/** All lines of the shell's screen, those that scrolled out of sight too. */
	readonly history: () => string;
	readonly isAlternate: () => boolean;
	/** Resolves when the condition holds after some output; rejects when the process ends first. */
	readonly until: (condition: () => boolean, what: string) => Promise<void>;
	readonly exit: Promise<number>;
	readonly isRunning: () => boolean;
	readonly resize: (columns: number, rows: number) => void;
	/** Titles the terminal was given. */
	readonly titles: () => readonly string[];
	/** Closes the terminal under what runs in it, as a window that goes away does. */
	readonly close: () => void;
};

type Place = {readonly env?: Readonly<Record<string, string>>; readonly columns?: number; readonly rows?: number; readonly cwd?: string};

const open = (file: string, given: readonly string[], {env = {}, columns = 80, rows = 24, cwd = root}: Place): Demo => {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 1000});
	terminal.write('$ a line of the shell\r\n');
	const titles: string[] = [];
	terminal.onTitleChange(title => titles.push(title));
	const pty = spawn(file, [...given], {cols: columns, rows, cwd, env: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', TZ: 'UTC', ...env}});
	let output = '';
	let exitCode: number | undefined;
	const listeners = new Set<() => void>();
	const notify = (): void => {
		for (const listener of listeners) {
			listener();
		}
	};

	pty.onData(data => {
		output += data;
		terminal.write(data, notify);
	});
	const exit = new Promise<number>(resolve => {
		pty.onExit(event => {
			// As a shell says it: a process that a signal ended has no code of its own.
			const code = event.signal ? 128 + event.signal : event.exitCode;
			exitCode = code;
			// The emulator may still be reading what came last.
			terminal.write('', () => {
				notify();
				resolve(code);
			});
		});
	});
	const history = (): string => {
		const buffer = terminal.buffer.normal;
		return Array.from({length: buffer.length}, (_, index) => buffer.getLine(index)?.translateToString(true) ?? '').join('\n');
	};

	const screen = (): string => {
		const buffer = terminal.buffer.active;
		return Array.from({length: terminal.rows}, (_, index) => buffer.getLine(buffer.baseY + index)?.translateToString(true) ?? '').join('\n');
	};

	const until = async (condition: () => boolean, what: string): Promise<void> => new Promise((resolve, reject) => {
		const check = (): void => {
			if (condition()) {
				listeners.delete(check);
				resolve();
			} else if (exitCode !== undefined) {
				listeners.delete(check);
				reject(new Error(`ended with ${exitCode} before: ${what}\n${screen()}`));
			}
		};

		listeners.add(check);
		check();
	});
	return {
		pty, output: () => output, screen, history, until, exit,
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		isRunning: () => exitCode === undefined,
		titles: () => titles,
		// The kernel's hang-up alone: `destroy` would send a second one, which may find the program past its listeners.
		close: () => (pty as unknown as {_socket: {destroy: () => void}})._socket.destroy(),
		resize: (nextColumns, nextRows) => {
			terminal.resize(nextColumns, nextRows);
			pty.resize(nextColumns, nextRows);
		},
	};
};

/** The demo alone in a terminal. */
export const startDemo = (scenario: string, {mode, ...place}: Place & {readonly mode?: string} = {}): Demo => open(process.execPath, [bundle, scenario, ...(mode === undefined ? [] : [mode])], place);

/** A page of the schedule commands alone in a terminal. */
export const startPage = (page: 'week' | 'progress', place: Place = {}): Demo => open(process.execPath, [`${folder}/demo-page.js`, page], place);

/** A shell with job control; `$DEMO <scenario>` starts the demo in it. Its prompt is `ready>`. */
export const startShell = (place: Place = {}): Demo => open('/bin/bash', ['--norc', '--noprofile', '-i'], {...place, env: {...place.env, PS1: 'ready> ', DEMO: `${process.execPath} ${bundle}`}});

/** The built program. */
export const program = `${root}dist/cli.js`;

/** The built program alone in a terminal. */
export const startProgram = (given: readonly string[], place: Place = {}): Demo => open(process.execPath, [program, ...given], place);

/** A shell with job control; `$EROS <command>` starts the built program in it. Its prompt is `ready>`. */
export const startProgramShell = (place: Place = {}): Demo => startShell({...place, env: {...place.env, EROS: `${process.execPath} ${program}`}});

const started: Demo[] = [];

/** Remembers what was started for `endAll`. */
export const keep = (demo: Demo): Demo => {
	started.push(demo);
	return demo;
};

/** Ends what still runs, so that nothing outlives its test. Of a test that failed it says what every terminal showed: one that ran out of time names no condition. */
export const endAll = async ({task}: Partial<Pick<TestContext, 'task'>> = {}): Promise<void> => {
	for (const demo of started.splice(0)) {
		if (task?.result?.state === 'fail') {
			console.error(`a terminal of the failed test${demo.isRunning() ? '' : ', ended'}:\n${demo.screen()}`);
		}

		if (demo.isRunning()) {
			demo.pty.kill('SIGKILL');
			await demo.exit;
		}
	}
};

export const shown = async (demo: Demo, text: string): Promise<void> => demo.until(() => demo.screen().includes(text), `the screen shows ${text}`);

/** Processes of a session, by /proc: what a terminal left behind. */
export const sessionMembers = (leader: number): readonly number[] => readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
	try {
		// pid (name) state ppid pgrp session ...
		return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[3]) === leader;
	} catch {
		return false;
	}
});

/** What is wrong with the terminal after the screen went: it has to show its history again, the cursor, no paste mode, nothing erased. */
export const unrestored = (demo: Demo): readonly string[] => {
	const output = demo.output();
	const wrongs: ReadonlyArray<readonly [boolean, string]> = [
		[demo.isAlternate(), 'still on the alternate screen'],
		// What was printed after may have scrolled it up, out of sight.
		[!demo.history().includes('$ a line of the shell'), 'the line of the shell is gone'],
		[output.lastIndexOf('\u001B[?25h') < output.lastIndexOf('\u001B[?25l'), 'the cursor is hidden'],
		[output.lastIndexOf('\u001B[?2004l') < output.lastIndexOf('\u001B[?2004h'), 'paste mode is on'],
		[/\u001B\[[23]J/.test(output), 'the screen was erased'],
	];
	return wrongs.filter(([isWrong]) => isWrong).map(([, what]) => what);
};
