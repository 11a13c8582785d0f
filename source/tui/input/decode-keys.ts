// Bytes from the terminal as keys. Graphemes that arrive together are a burst; a bracketed paste is never keys.
import {graphemes} from '../../terminal/cell-width.js';

export type KeyName =
	| 'enter' | 'esc' | 'tab' | 'shift-tab' | 'backspace' | 'delete' | 'up' | 'down' | 'left' | 'right'
	| 'home' | 'end' | 'page-up' | 'page-down' | 'space'
	| 'ctrl-c' | 'ctrl-d' | 'ctrl-l' | 'ctrl-u' | 'ctrl-w' | 'ctrl-z';

export type Input =
	/** `name` is a KeyName or the character itself; `text` is what a field takes, empty for keys that are not text. */
	| {readonly kind: 'key'; readonly name: string; readonly text: string; readonly isBurst: boolean}
	| {readonly kind: 'paste'; readonly text: string};

const esc = '\u001B';
const pasteStart = `${esc}[200~`;
const pasteEnd = `${esc}[201~`;

const sequences: ReadonlyMap<string, KeyName> = new Map([
	['[A', 'up'], ['[B', 'down'], ['[C', 'right'], ['[D', 'left'],
	['OA', 'up'], ['OB', 'down'], ['OC', 'right'], ['OD', 'left'],
	['[H', 'home'], ['[F', 'end'], ['OH', 'home'], ['OF', 'end'], ['[1~', 'home'], ['[4~', 'end'], ['[7~', 'home'], ['[8~', 'end'],
	['[5~', 'page-up'], ['[6~', 'page-down'], ['[3~', 'delete'], ['[Z', 'shift-tab'],
]);

const controls: ReadonlyMap<string, KeyName> = new Map([
	['\r', 'enter'], ['\n', 'enter'], ['\t', 'tab'], ['\u007F', 'backspace'], ['\b', 'backspace'], [' ', 'space'],
	['\u0003', 'ctrl-c'], ['\u0004', 'ctrl-d'], ['\u000C', 'ctrl-l'], ['\u0015', 'ctrl-u'], ['\u0017', 'ctrl-w'], ['\u001A', 'ctrl-z'],
]);

// eslint-disable-next-line no-control-regex -- an escape sequence starts with a control character
const sequencePattern = /^\u001B(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z])/;

const key = (name: string, text: string, isBurst: boolean): Input => ({kind: 'key', name, text, isBurst});

/** Holds what is incomplete between two chunks: a started paste, a lone Esc, half a sequence. */
export class KeyDecoder {
	#rest = '';

	/** True when an Esc waits to be told from the start of a sequence; call `flush` after a short while. */
	get isWaiting(): boolean {
		return this.#rest.startsWith(esc) && !this.#rest.startsWith(pasteStart);
	}

	push(chunk: string): readonly Input[] {
		return this.#decode(this.#rest + chunk, false);
	}

	/** Takes what waits as it is: a lone Esc is the Esc key. */
	flush(): readonly Input[] {
		return this.#rest.startsWith(pasteStart) ? [] : this.#decode(this.#rest, true);
	}

	#decode(text: string, isFinal: boolean): readonly Input[] {
		const inputs: Input[] = [];
		let rest = text;
		this.#rest = '';
		while (rest !== '') {
			if (rest.startsWith(pasteStart)) {
				const end = rest.indexOf(pasteEnd);
				if (end < 0) {
					// A paste that never ends must not swallow the way out.
					if (rest.includes('\u0003')) {
						inputs.push(key('ctrl-c', '', false));
						break;
					}

					this.#rest = rest;
					break;
				}

				inputs.push({kind: 'paste', text: rest.slice(pasteStart.length, end)});
				rest = rest.slice(end + pasteEnd.length);
				continue;
			}

			if (rest.startsWith(esc)) {
				const sequence = sequencePattern.exec(rest)?.[0];
				if (sequence === undefined && !isFinal && (rest === esc || rest === `${esc}[` || rest === `${esc}O` || /^\[[0-?]*$/.test(rest.slice(1)))) {
					this.#rest = rest;
					break;
				}

				const name = sequence === undefined ? 'esc' : sequences.get(sequence.slice(1));
				if (name !== undefined) {
					inputs.push(key(name, '', false));
				}

				rest = rest.slice(sequence?.length ?? 1);
				continue;
			}

			const plain = rest.indexOf(esc);
			const run = plain < 0 ? rest : rest.slice(0, plain);
			const characters = graphemes(run).flatMap(grapheme => (grapheme === '\r\n' ? ['\r'] : [grapheme]));
			for (const character of characters) {
				const name = controls.get(character);
				// eslint-disable-next-line no-control-regex -- other control characters are not keys of ours
				if (name !== undefined || !/^[\u0000-\u001F\u007F-\u009F]/.test(character)) {
					inputs.push(key(name ?? character, name === undefined || name === 'space' ? character : '', characters.length > 1));
				}
			}

			rest = rest.slice(run.length);
		}

		return inputs;
	}
}
