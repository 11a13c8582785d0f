// One line typed by a person at a terminal, outside of the screen: deaf to what was typed ahead, and to pastes.
import type {Clock} from '../ports/clock.js';
import type {CommandIo} from './command.js';

/** As on the screen: what comes sooner was not meant for the question, ms. */
const unarmedMs = 500;

const bracketedPaste = {on: '\u001B[?2004h', off: '\u001B[?2004l'};

type RawInput = CommandIo['stdin'] & {readonly setRawMode?: (isRaw: boolean) => unknown};

/**
 * Asks for a phrase until it is typed as it stands.
 * @param io its `stdin` has to be a terminal.
 * @returns false when the person leaves with Ctrl-C, Ctrl-D or Esc, or the terminal goes.
 */
export const askTypedPhrase = async ({stdin, stderr}: Pick<CommandIo, 'stdin' | 'stderr'>, phrase: string, clock: Clock): Promise<boolean> => {
	const {KeyDecoder} = await import('../tui/input/decode-keys.js');
	const input: RawInput = stdin;
	const decoder = new KeyDecoder();
	let isArmed = false;
	let typed: string[] = [];
	const say = (text: string): void => {
		stderr.write(text);
	};

	const show = (note = ''): void => say(`\r\u001B[K  > ${typed.join('')}${note === '' ? '' : `   ${note}`}`);
	input.setRawMode?.(true);
	say(bracketedPaste.on);
	show('in a moment');
	try {
		return await new Promise<boolean>(resolve => {
			const arm = clock.every(unarmedMs, () => {
				if (!isArmed) {
					isArmed = true;
					show();
				}
			});
			const end = (isTyped: boolean): void => {
				arm[Symbol.dispose]();
				input.off('data', take);
				input.off('end', leave);
				say('\n');
				resolve(isTyped);
			};

			const leave = (): void => end(false);
			const press = (name: string, text: string, isBurst: boolean): boolean => {
				if (name === 'ctrl-c' || name === 'ctrl-d' || name === 'esc') {
					leave();
					return false;
				}

				if (!isArmed) {
					return true;
				}

				if (name === 'enter') {
					if (typed.join('') === phrase && !isBurst) {
						end(true);
						return false;
					}

					show('not the phrase');
					return true;
				}

				typed = name === 'backspace' || name === 'delete' ? typed.slice(0, -1) : name === 'ctrl-u' ? [] : text === '' ? typed : [...typed, text];
				show();
				return true;
			};

			const take = (chunk: Uint8Array | string): void => {
				const inputs = [...decoder.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)), ...(decoder.isWaiting ? decoder.flush() : [])];
				for (const each of inputs) {
					if (each.kind === 'paste') {
						show('typed, not pasted');
					} else if (!press(each.name, each.text, each.isBurst)) {
						return;
					}
				}
			};

			input.on('data', take);
			input.on('end', leave);
			input.resume();
		});
	} finally {
		say(bracketedPaste.off);
		input.setRawMode?.(false);
		input.pause();
	}
};
