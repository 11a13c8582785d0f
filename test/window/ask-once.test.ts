// Answers that tasks share, and what a retry makes of them.
import {expect, test} from 'vitest';
import {askOnce, observeOnce} from '../../source/window/ask-once.js';
import type {TaskSpec} from '../../source/domain/window.js';

const contextOf = (memory: Map<string, unknown>, id: string, attempt: number) => ({memory, task: {id} as unknown as TaskSpec, attempt});

const counter = () => {
	let count = 0;
	return async () => {
		count += 1;
		return count;
	};
};

test('what was read is read once, whoever asks and however often', async () => {
	const memory = new Map<string, unknown>();
	const read = counter();
	expect(await askOnce(contextOf(memory, '1.1', 1), 'files', read)).toBe(1);
	expect(await askOnce(contextOf(memory, '2A.1', 1), 'files', read)).toBe(1);
	expect(await askOnce(contextOf(memory, '2A.1', 2), 'files', read)).toBe(1);
});

test('what was observed is shared by tasks and looked at anew by a retry', async () => {
	const memory = new Map<string, unknown>();
	const look = counter();
	const ask = async (id: string, attempt: number) => observeOnce(contextOf(memory, id, attempt), 'tests', look);
	expect(await Promise.all([ask('2B.1', 1), ask('2B.2', 1), ask('2B.5', 1)])).toEqual([1, 1, 1]);
	expect(await ask('2B.2', 2)).toBe(2);
	expect(await ask('2B.5', 2)).toBe(2);
	expect(await ask('2B.5', 3)).toBe(3);
	expect(await ask('2B.2', 2)).toBe(3);
});

test('an answer that could not be made is not kept', async () => {
	const memory = new Map<string, unknown>();
	const fail = async () => {
		throw new Error('no compiler');
	};
	for (const ask of [askOnce, observeOnce]) {
		await expect(ask(contextOf(memory, '2B.3', 1), 'compile', fail)).rejects.toThrow('no compiler');
		expect(await ask(contextOf(memory, '2B.3', 1), 'compile', async () => 'ok')).toBe('ok');
		memory.clear();
	}
});
