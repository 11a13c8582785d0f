// Paints whole frames by the rows that changed, at absolute positions. Ink renders the frame and hands it over; its own
// writer is not used because it erases scrollback when the terminal shrinks under the last frame.
import {EventEmitter} from 'node:events';
import {eraseBelow, eraseToLineEnd, moveTo, resetStyle} from './escape.js';
import type {TerminalSize} from './size.js';

type Sink = {write: (text: string) => unknown};

/** What Ink is given as stdout: it takes a frame a call, and reports the size we decided on. */
export class FrameWriter extends EventEmitter {
	/** Ink must not mistake this for the terminal: it would add escape sequences of its own. */
	readonly isTTY = false;
	columns: number;
	rows: number;
	readonly #sink: Sink;
	#painted: readonly string[] = [];
	#isStale = true;
	#isClosed = false;
	#isHeld = false;

	constructor(sink: Sink, size: TerminalSize) {
		super();
		this.#sink = sink;
		this.columns = size.columns;
		this.rows = size.rows;
	}

	/** Takes a new size; the next frame is painted whole. */
	resize(size: TerminalSize): void {
		this.columns = size.columns;
		this.rows = size.rows;
		this.#isStale = true;
	}

	/** Forgets what is on the screen, so that the next frame is painted whole. */
	invalidate(): void {
		this.#isStale = true;
	}

	/** Paints the last frame again, whole. */
	repaint(): void {
		this.#isStale = true;
		this.#paint(this.#painted);
	}

	/** Paints nothing until released: the terminal belongs to somebody else. The last frame is kept. */
	hold(): void {
		this.#isHeld = true;
	}

	/** Paints the last frame whole, and those that follow. */
	release(): void {
		this.#isHeld = false;
		this.repaint();
	}

	/** Stops painting; later frames are dropped. */
	close(): void {
		this.#isClosed = true;
	}

	/** Takes one frame, rows separated by line breaks; writes nothing when no row changed. */
	write(frame: string, ...rest: readonly unknown[]): boolean {
		const callback = rest.find((argument): argument is () => void => typeof argument === 'function');
		this.#paint(frame.split('\n').slice(0, Math.max(1, this.rows - 1)));
		callback?.();
		return true;
	}

	#paint(lines: readonly string[]): void {
		if (this.#isClosed) {
			return;
		}

		if (this.#isHeld) {
			this.#painted = lines;
			this.#isStale = true;
			return;
		}

		const previous = this.#isStale ? [] : this.#painted;
		let output = this.#isStale ? resetStyle : '';
		for (const [index, line] of lines.entries()) {
			if (previous[index] !== line) {
				output += `${moveTo(index + 1)}${line}${eraseToLineEnd}`;
			}
		}

		if (this.#isStale || previous.length > lines.length) {
			output += moveTo(lines.length + 1) + eraseBelow;
		}

		this.#painted = lines;
		this.#isStale = false;
		if (output !== '') {
			this.#sink.write(output);
		}
	}
}
