// Takes the terminal over and gives it back: alternate screen, raw keys, title. Whatever ends the process, the
// restoring sequence is written once; only abort and SIGKILL can prevent it.
import fs from 'node:fs';
import process from 'node:process';
import {enterAlternate, leaveAlternate, restoreTitle, saveTitle} from './escape.js';

type InputStream = {readonly isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown; ref?: () => unknown; unref?: () => unknown; resume: () => unknown; pause: () => unknown};
type OutputStream = {readonly fd?: number; write: (text: string) => unknown};

export type FullScreen = Disposable & {
	/** Gives the terminal to the shell for a while, and takes it back. */
	readonly suspend: () => void;
	readonly resume: () => void;
};

/** Enters full screen. Disposing leaves it; so does the end of the process. */
export const enterFullScreen = (stdin: InputStream, stdout: OutputStream): FullScreen => {
	let isIn = false;
	const enter = (): void => {
		if (isIn) {
			return;
		}

		isIn = true;
		stdin.setRawMode?.(true);
		stdin.resume();
		stdout.write(saveTitle + enterAlternate);
	};

	const leave = (write: (text: string) => unknown): void => {
		if (!isIn) {
			return;
		}

		isIn = false;
		try {
			write(leaveAlternate + restoreTitle);
			stdin.setRawMode?.(false);
			stdin.pause();
		} catch {
			// The terminal may be gone: there is nothing left to restore then.
		}
	};

	const atExit = (): void => {
		// Streams may be asynchronous; at exit only a direct write is sure to arrive.
		leave(text => (stdout.fd === undefined ? stdout.write(text) : fs.writeSync(stdout.fd, text)));
	};

	process.on('exit', atExit);
	enter();
	return {
		suspend: () => {
			leave(text => stdout.write(text));
		},
		resume: enter,
		[Symbol.dispose]: () => {
			process.off('exit', atExit);
			leave(text => stdout.write(text));
		},
	};
};
