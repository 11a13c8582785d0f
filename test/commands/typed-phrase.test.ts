import {PassThrough} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {askTypedPhrase} from '../../source/commands/typed-phrase.js';
import {createSystemClock} from '../../source/host/system-clock.js';

/** A terminal of which only the bytes are real. */
const aTerminal = () => {
	const stdin = Object.assign(new PassThrough(), {isTTY: true, modes: [] as boolean[], setRawMode(isRaw: boolean) {
		stdin.modes.push(isRaw);
	}});
	const stderr = Object.assign(new PassThrough(), {isTTY: true});
	let shown = '';
	stderr.on('data', (chunk: Uint8Array) => {
		shown += new TextDecoder().decode(chunk);
	});
	let arm: () => void = () => undefined;
	const clock = {...createSystemClock(), every(_ms: number, tick: () => void) {
		arm = tick;
		return {[Symbol.dispose]: () => undefined};
	}};
	const type = async (...keys: readonly string[]): Promise<void> => {
		for (const each of keys) {
			stdin.write(each);
			await new Promise(resolve => {
				setImmediate(resolve);
			});
		}
	};

	return {io: {stdin, stderr}, stdin, clock, type, shown: () => shown, arm: () => arm()};
};

const begin = async (phrase = 'sign p.d 7f3a-91c2') => {
	const terminal = aTerminal();
	const answered = askTypedPhrase(terminal.io, phrase, terminal.clock);
	await expect.poll(() => terminal.stdin.listenerCount('data')).toBe(1);
	return {...terminal, answered};
};

const keys = (text: string): readonly string[] => [...text];

describe('a phrase typed outside of the screen', () => {
	it('is taken key by key, corrected, and the terminal is given back', async () => {
		const {type, arm, answered, stdin, shown} = await begin();
		arm();
		await type(...keys('sign p.e'), '\u007F', ...keys('d 7f3a-91c2'), '\r');
		expect(await answered).toBe(true);
		expect(stdin.modes).toEqual([true, false]);
		expect(shown().endsWith('\u001B[?2004l')).toBe(true);
	});

	it('is deaf to what was typed ahead', async () => {
		const {type, arm, answered, shown} = await begin();
		await type(...keys('sign p.d 7f3a-91c2'), '\r');
		arm();
		await type('\r');
		expect(shown()).toContain('not the phrase');
		await type(...keys('sign p.d 7f3a-91c2'), '\r');
		expect(await answered).toBe(true);
	});

	it('is not pasted, with brackets or as a burst with its Enter', async () => {
		const {type, arm, answered, shown} = await begin();
		arm();
		await type('\u001B[200~sign p.d 7f3a-91c2\u001B[201~');
		expect(shown()).toContain('typed, not pasted');
		await type('sign p.d 7f3a-91c2\r');
		expect(shown()).toContain('not the phrase');
		await type('\u0003');
		expect(await answered).toBe(false);
	});

	it.each([['Ctrl-C', '\u0003'], ['Ctrl-D', '\u0004'], ['Esc', '\u001B']])('is given up with %s, also before it is armed', async (_name, bytes) => {
		const {type, answered, stdin} = await begin();
		await type(bytes);
		expect(await answered).toBe(false);
		expect(stdin.modes).toEqual([true, false]);
	});

	it('is given up when the terminal goes', async () => {
		const {answered, stdin} = await begin();
		stdin.end();
		expect(await answered).toBe(false);
	});
});
