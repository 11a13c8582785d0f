// The demo in a real pseudo-terminal, seen through a terminal emulator.
import {mkdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import process from 'node:process';
import {build} from 'esbuild';
import {spawn, type IPty} from '@lydell/node-pty';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Below node_modules so that the bundle finds its packages, and out of the way of everything else.
const folder = `${root}node_modules/.cache/eros-tui-pty`;
const bundle = `${folder}/demo.js`;

/** Bundles the demo once: a start costs a third of a second then. */
export const buildDemo = async (): Promise<void> => {
	mkdirSync(folder, {recursive: true});
	await build({entryPoints: [`${root}test/support/demo.ts`], outdir: folder, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', jsx: 'automatic', logLevel: 'error'});
};

export type Demo = {
	readonly pty: IPty;
	/** Everything that was written to the terminal. */
	readonly output: () => string;
	/** What the terminal shows now, right ends trimmed. */
	readonly screen: () => string;
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

type Place = {readonly env?: Readonly<Record<string, string>>; readonly columns?: number; readonly rows?: number};

const open = (file: string, given: readonly string[], {env = {}, columns = 80, rows = 24}: Place): Demo => {
	const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 1000});
	terminal.write('$ a line of the shell\r\n');
	const titles: string[] = [];
	terminal.onTitleChange(title => titles.push(title));
	const pty = spawn(file, [...given], {cols: columns, rows, cwd: root, env: {PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', TZ: 'UTC', ...env}});
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
			exitCode = event.exitCode;
			// The emulator may still be reading what came last.
			terminal.write('', () => {
				notify();
				resolve(event.exitCode);
			});
		});
	});
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
		pty, output: () => output, screen, until, exit,
		isAlternate: () => terminal.buffer.active.type === 'alternate',
		isRunning: () => exitCode === undefined,
		titles: () => titles,
		close: () => (pty as unknown as {destroy: () => void}).destroy(),
		resize: (nextColumns, nextRows) => {
			terminal.resize(nextColumns, nextRows);
			pty.resize(nextColumns, nextRows);
		},
	};
};

/** The demo alone in a terminal. */
export const startDemo = (scenario: string, {mode, ...place}: Place & {readonly mode?: string} = {}): Demo => open(process.execPath, [bundle, scenario, ...(mode === undefined ? [] : [mode])], place);

/** A shell with job control; `$DEMO <scenario>` starts the demo in it. Its prompt is `ready>`. */
export const startShell = (place: Place = {}): Demo => open('/bin/bash', ['--norc', '--noprofile', '-i'], {...place, env: {...place.env, PS1: 'ready> ', DEMO: `${process.execPath} ${bundle}`}});
