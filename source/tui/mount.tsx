// Puts the screen on the terminal and takes it away again. The only place that touches streams and signals.
import type {Readable, Writable} from 'node:stream';
import {render} from 'ink';
import type {Clock} from '../ports/clock.js';
import type {Session} from '../ports/session.js';
import {createAppStore, type AppStore} from '../store/app-store.js';
import {progressText} from '../store/select-tree.js';
import type {Snapshot} from '../store/snapshot.js';
import {bell, copyText, setTitle} from '../terminal/escape.js';
import {FrameWriter} from '../terminal/frame-writer.js';
import {enterFullScreen, type FullScreen} from '../terminal/full-screen.js';
import {chooseGlyphs, asciiGlyphs, type Environment} from '../terminal/glyphs.js';
import {endByHangUp, onSignals, refreshSize, stopProcess} from '../terminal/signals.js';
import {readSize} from '../terminal/size.js';
import {App} from './app.js';
import {flashCommand, type Command} from './input/command.js';
import {KeyDecoder, type Input} from './input/decode-keys.js';
import {routeInput} from './input/route-input.js';

export type ScreenInput = Readable & {readonly isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown};
export type ScreenOutput = Writable & {readonly fd?: number; readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};

export type MountOptions = {
	readonly session: Session;
	readonly clock: Pick<Clock, 'monotonic' | 'every'>;
	readonly stdin: ScreenInput;
	readonly stdout: ScreenOutput;
	readonly env: Environment;
	/** Settles when the process that carries the run out is gone. */
	readonly lost?: Promise<unknown>;
	/** True for a pane that only watches: no key acts on the run. */
	readonly isReadOnly?: boolean;
	/** This view's id where many may look at the run: it acts on the run only while it drives. */
	readonly view?: string;
	/** Writes a file and resolves with its path; without it nothing can be saved from the screen. */
	readonly saveFile?: (name: string, text: string) => Promise<string>;
	/** ASCII marks whatever the locale says. */
	readonly isAscii?: boolean;
};

export type ScreenEnd = {
	/**
	 * finished: the run is over and the operator left; left: he left before and it goes on; hangup:
	 * the terminal went away; terminated: SIGTERM; lost: the run's process is gone. None but the first ends the run.
	 */
	readonly reason: 'finished' | 'left' | 'hangup' | 'terminated' | 'lost';
	/** The run's exit code where it is over; 0 when it was left, 130 by Ctrl-C; 129, 143. */
	readonly exitCode: number;
};

/** A lone Esc is told from the start of a sequence after this long. */
const escapeMs = 20;
/** At most one bell a minute. */
const bellMs = 60_000;

class Screen {
	readonly #options: MountOptions;
	readonly #store: AppStore;
	readonly #writer: FrameWriter;
	readonly #full: FullScreen;
	readonly #decoder = new KeyDecoder();
	readonly #end: (end: ScreenEnd) => void;
	#title = '';
	#lastBellMs = Number.NEGATIVE_INFINITY;
	#needs = '';
	#escape: Disposable | undefined;
	#isSuspended = false;

	constructor(options: MountOptions, store: AppStore, writer: FrameWriter, full: FullScreen, end: (end: ScreenEnd) => void) {
		this.#options = options;
		this.#store = store;
		this.#writer = writer;
		this.#full = full;
		this.#end = end;
	}

	/** Takes bytes of the terminal. */
	readonly read = (chunk: unknown): void => {
		this.#escape?.[Symbol.dispose]();
		this.#escape = undefined;
		this.#take(this.#decoder.push(String(chunk)));
		if (this.#decoder.isWaiting) {
			this.#escape = this.#options.clock.every(escapeMs, () => {
				this.#escape?.[Symbol.dispose]();
				this.#escape = undefined;
				this.#take(this.#decoder.flush());
			});
		}
	};

	/** Drops what waits for more bytes. */
	readonly stop = (): void => {
		this.#escape?.[Symbol.dispose]();
		this.#escape = undefined;
	};

	readonly resize = (): void => {
		const size = readSize(this.#options.stdout);
		this.#writer.resize(size);
		this.#store.resize(size);
		this.#writer.repaint();
	};

	readonly repaint = (): void => {
		this.#full.resume();
		this.#writer.release();
	};

	/** Tells the terminal's title, and rings when a person is needed or the run ends. */
	readonly announce = (): void => {
		if (this.#isSuspended) {
			return;
		}

		const snapshot = this.#store.getSnapshot();
		const title = titleOf(snapshot);
		const needs = snapshot.run.phase === 'finished' ? 'finished' : snapshot.run.questions.map(({id}) => id).join(' ');
		let output = '';
		if (title !== this.#title) {
			this.#title = title;
			output += setTitle(title);
		}

		const nowMs = this.#options.clock.monotonic();
		if (needs !== '' && needs !== this.#needs && nowMs - this.#lastBellMs >= bellMs) {
			this.#lastBellMs = nowMs;
			output += bell;
		}

		this.#needs = needs;
		if (output !== '') {
			this.#options.stdout.write(output);
		}
	};

	#take(inputs: readonly Input[]): void {
		for (const input of inputs) {
			// Every key sees what the key before it did.
			this.#store.flush();
			for (const command of routeInput(this.#store.getSnapshot(), input)) {
				this.#carryOut(command);
			}
		}
	}

	#carryOut(command: Command): void {
		switch (command.type) {
			case 'view': {
				this.#store.change(command.action);
				break;
			}

			case 'intent': {
				this.#options.session.dispatch(command.intent);
				break;
			}

			case 'copy': {
				const sequence = copyText(command.text, this.#options.env['TMUX'] !== undefined);
				if (sequence !== undefined) {
					this.#options.stdout.write(sequence);
				}

				const flash = flashCommand(this.#store.getSnapshot(), sequence === undefined ? 'Too long for the clipboard.' : `Sent ${command.what} to the terminal's clipboard.`);
				this.#carryOut(flash);
				break;
			}

			case 'leave': {
				const {finished} = this.#store.getSnapshot().run;
				this.#end(finished ? {reason: 'finished', exitCode: finished.exitCode} : {reason: 'left', exitCode: command.exitCode});
				break;
			}

			case 'save': {
				void this.#save(command.name, command.text);
				break;
			}

			case 'repaint': {
				this.#writer.repaint();
				break;
			}

			case 'suspend': {
				this.#suspend();
				break;
			}
		}
	}

	async #save(name: string, text: string): Promise<void> {
		const {saveFile} = this.#options;
		const tell = (words: string, tone: 'plain' | 'warn'): void => this.#carryOut(flashCommand(this.#store.getSnapshot(), words, tone));
		if (!saveFile) {
			tell('w: this screen has nowhere to write to.', 'warn');
			return;
		}

		try {
			tell(`Wrote ${await saveFile(name, text)}`, 'plain');
		} catch (error) {
			tell(`${name} could not be written: ${error instanceof Error ? error.message : String(error)}`, 'warn');
		}
	}

	#suspend(): void {
		// Something has to keep the event loop alive while the terminal belongs to the shell, or `fg` finds the program gone.
		const hold = this.#options.clock.every(60_000, () => undefined);
		const back = onSignals({
			SIGCONT: () => {
				hold[Symbol.dispose]();
				back[Symbol.dispose]();
				this.#isSuspended = false;
				this.repaint();
				refreshSize();
			},
		});
		// A timer may fire once more before the process stops, or before it knows that it goes on: nothing is painted then.
		this.#isSuspended = true;
		this.#writer.hold();
		this.#full.suspend();
		stopProcess();
	}
}

const titleOf = (snapshot: Snapshot): string => {
	const {run} = snapshot;
	const word = run.questions.length > 0 ? ' needs you' : run.phase === 'finished' ? ` ${run.finished?.outcome ?? ''}` : '';
	return `eros ${run.target?.dataset ?? ''} ▸ ${progressText(snapshot)}${word}`;
};

/**
 * Shows the session full screen until the operator leaves or a signal ends it. Afterwards the terminal is as it was;
 * the caller prints the summary. An exception in a component rejects, with the terminal restored.
 */
export const mountScreen = async (options: MountOptions): Promise<ScreenEnd> => {
	const {session, clock, stdin, stdout, env, isReadOnly = false, isAscii = false, view} = options;
	const size = readSize(stdout);
	using store = createAppStore({source: session, pace: clock, size, isReadOnly, ...(view === undefined ? {} : {view})});
	const writer = new FrameWriter(stdout, size);
	using full = enterFullScreen(stdin, stdout);
	let resolveEnd: (end: ScreenEnd) => void = () => undefined;
	const ended = new Promise<ScreenEnd>(resolve => {
		resolveEnd = resolve;
	});
	const screen = new Screen(options, store, writer, full, resolveEnd);
	let isGone = false;
	/** The terminal is gone. The run is not: it has a process of its own. */
	const hangUp = (): void => {
		if (!isGone) {
			endByHangUp();
		}

		isGone = true;
		writer.close();
		resolveEnd({reason: 'hangup', exitCode: 129});
	};

	void options.lost?.then(() => resolveEnd({reason: 'lost', exitCode: 7}));

	using _signals = onSignals({
		SIGTERM: () => resolveEnd({reason: 'terminated', exitCode: 143}),
		SIGINT: () => screen.read('\u0003'),
		SIGHUP: hangUp,
		SIGCONT: () => {
			if (!isGone) {
				screen.repaint();
			}
		},
	});
	// The writer is not a terminal to Ink, and debug mode hands over every frame whole: painting is the writer's.
	const ink = render(<App store={store} isAscii={isAscii || chooseGlyphs(env) === asciiGlyphs}/>, {stdout: writer as unknown as NodeJS.WriteStream, stdin: stdin as unknown as NodeJS.ReadStream, debug: true, exitOnCtrlC: false, patchConsole: false});
	const failed = ink.waitUntilExit().then(async () => new Promise<never>(() => undefined));
	const unsubscribe = store.subscribe(() => {
		if (!isGone) {
			screen.announce();
		}
	});
	const leaveWhenAsked = async (): Promise<void> => {
		const exitCode = await session.finished;
		store.flush();
		// Whoever asked to stop is waiting to leave; everybody else reads the last screen first.
		if (!isGone && store.getSnapshot().view.stop !== 'none') {
			resolveEnd({reason: 'finished', exitCode});
		}
	};

	const left = leaveWhenAsked().then(async () => ended);
	stdin.on('data', screen.read);
	stdin.on('end', hangUp);
	// These stay: a terminal that went away reports it late, and an error nobody hears would end the process.
	stdin.on('error', hangUp);
	stdout.on('error', hangUp);
	stdout.on('resize', screen.resize);
	screen.announce();
	try {
		return await Promise.race([ended, failed, left]);
	} finally {
		unsubscribe();
		stdin.off('data', screen.read);
		stdin.off('end', hangUp);
		stdout.off('resize', screen.resize);
		screen.stop();
		writer.close();
		ink.unmount();
	}
};
