// A full-screen page that is a function of plain data: no run, no questions. Keys change the data or leave.
import {render} from 'ink';
import {useSyncExternalStore} from 'react';
import type {Clock} from '../ports/clock.js';
import type {Row} from '../store/row.js';
import {copyText} from '../terminal/escape.js';
import {FrameWriter} from '../terminal/frame-writer.js';
import {enterFullScreen} from '../terminal/full-screen.js';
import {asciiGlyphs, chooseGlyphs, type Environment} from '../terminal/glyphs.js';
import {endByHangUp, onSignals, refreshSize, stopProcess} from '../terminal/signals.js';
import {readSize, type TerminalSize} from '../terminal/size.js';
import {KeyDecoder} from './input/decode-keys.js';
import type {ScreenInput, ScreenOutput} from './mount.js';
import {GlyphContext} from './parts/glyph-context.js';
import {ScreenFrame} from './screens/screen-frame.js';

export type PageFrame = {readonly header: readonly Row[]; readonly body: readonly Row[]; readonly footer: Row};

/** What a key leads to; each field is optional. */
export type PageStep<View> = {readonly view?: View; readonly isLeaving?: boolean; readonly copy?: string};

export type PageOptions<View> = {
	readonly initial: View;
	/** Draws the view; `beat` grows with every tick of a page that moves by itself. */
	readonly draw: (view: View, size: TerminalSize, beat: number) => PageFrame;
	/** `key` is a name or a character; Ctrl-C comes as `ctrl-c`. */
	readonly onKey: (view: View, key: string, size: TerminalSize) => PageStep<View>;
	/** Called four times a second while given; a page that stands still has none and writes nothing. */
	readonly tick?: (view: View) => View;
	readonly clock: Pick<Clock, 'every'>;
	readonly stdin: ScreenInput;
	readonly stdout: ScreenOutput;
	readonly env: Environment;
};

export type MountedPage<View> = {
	readonly update: (change: (view: View) => View) => void;
	/** Takes the page away; the terminal is the shell's again. */
	readonly close: () => void;
	/** Resolves when a key, a signal or a terminal that went away ended the page, or it was closed. */
	readonly ended: Promise<'left' | 'hangup' | 'terminated' | 'closed'>;
};

const tickMs = 250;
const escapeMs = 20;

/** The size is part of the state: a resize is a change like any other. */
type Shown<View> = {readonly view: View; readonly size: TerminalSize; readonly beat: number};

/** One frame of a page at a size, for the screen and for tests. */
export const PageView = ({frame, size, isAscii = false}: {readonly frame: PageFrame; readonly size: TerminalSize; readonly isAscii?: boolean}) => (
	<GlyphContext.Provider value={isAscii}>
		<ScreenFrame size={size} header={frame.header} body={frame.body} footer={frame.footer}/>
	</GlyphContext.Provider>
);

/** Puts the page on the terminal. */
export const mountPage = <View,>({initial, draw, onKey, tick, clock, stdin, stdout, env}: PageOptions<View>): MountedPage<View> => {
	let shown: Shown<View> = {view: initial, size: readSize(stdout), beat: 0};
	const listeners = new Set<() => void>();
	const show = (change: Partial<Shown<View>>): void => {
		shown = {...shown, ...change};
		for (const listener of listeners) {
			listener();
		}
	};

	const writer = new FrameWriter(stdout, shown.size);
	const full = enterFullScreen(stdin, stdout);
	const isAscii = chooseGlyphs(env) === asciiGlyphs;
	const Page = () => {
		const {view, size, beat} = useSyncExternalStore(listener => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		}, () => shown);
		return <PageView frame={draw(view, size, beat)} size={size} isAscii={isAscii}/>;
	};

	const ink = render(<Page/>, {stdout: writer as unknown as NodeJS.WriteStream, stdin: stdin as unknown as NodeJS.ReadStream, debug: true, exitOnCtrlC: false, patchConsole: false});
	let resolveEnd: (how: 'left' | 'hangup' | 'terminated' | 'closed') => void = () => undefined;
	const ended = new Promise<'left' | 'hangup' | 'terminated' | 'closed'>(resolve => {
		resolveEnd = resolve;
	});
	const decoder = new KeyDecoder();
	let escape: Disposable | undefined;
	const suspend = (): void => {
		// Something has to keep the event loop alive, or `fg` finds the program gone.
		const hold = clock.every(60_000, () => undefined);
		const back = onSignals({
			SIGCONT() {
				hold[Symbol.dispose]();
				back[Symbol.dispose]();
				full.resume();
				writer.release();
				refreshSize();
			},
		});
		writer.hold();
		full.suspend();
		stopProcess();
	};

	const press = (key: string): void => {
		if (key === 'ctrl-z') {
			suspend();
			return;
		}

		if (key === 'ctrl-l') {
			writer.repaint();
			return;
		}

		const step = onKey(shown.view, key, shown.size);
		if (step.copy !== undefined) {
			stdout.write(copyText(step.copy, env['TMUX'] !== undefined) ?? '');
		}

		if (step.view !== undefined) {
			show({view: step.view});
		}

		if (step.isLeaving) {
			end('left');
		}
	};

	const read = (chunk: unknown): void => {
		escape?.[Symbol.dispose]();
		escape = undefined;
		for (const input of decoder.push(String(chunk))) {
			if (input.kind === 'key') {
				press(input.name);
			}
		}

		if (decoder.isWaiting) {
			escape = clock.every(escapeMs, () => {
				escape?.[Symbol.dispose]();
				escape = undefined;
				for (const input of decoder.flush()) {
					if (input.kind === 'key') {
						press(input.name);
					}
				}
			});
		}
	};

	const resize = (): void => {
		const size = readSize(stdout);
		writer.resize(size);
		show({size});
		writer.repaint();
	};

	const hangUp = (): void => {
		if (!isOver) {
			endByHangUp();
			end('hangup');
		}
	};

	let isOver = false;
	const signals = onSignals({SIGTERM: () => end('terminated'), SIGHUP: hangUp, SIGINT() {
		press('ctrl-c');
		// Others listen too, and may have said so on this terminal.
		if (!isOver) {
			writer.repaint();
		}
	}});
	const beating = tick === undefined ? undefined : clock.every(tickMs, () => show({view: tick(shown.view), beat: shown.beat + 1}));
	const end = (how: 'left' | 'hangup' | 'terminated' | 'closed'): void => {
		if (isOver) {
			return;
		}

		isOver = true;
		beating?.[Symbol.dispose]();
		escape?.[Symbol.dispose]();
		signals[Symbol.dispose]();
		stdin.off('data', read);
		stdin.off('end', hangUp);
		stdout.off('resize', resize);
		writer.close();
		ink.unmount();
		full[Symbol.dispose]();
		resolveEnd(how);
	};

	stdin.on('data', read);
	stdin.on('end', hangUp);
	// These stay: a terminal that went away reports it late.
	stdin.on('error', hangUp);
	stdout.on('error', hangUp);
	stdout.on('resize', resize);
	return {update: change => show({view: change(shown.view)}), close: () => end('closed'), ended};
};
