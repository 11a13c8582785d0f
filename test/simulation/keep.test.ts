// Worlds that were lived are found again, by what they came out of.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, expect, it} from 'vitest';
import {createKeep} from './keep.js';
import type {Simulation} from './simulate.js';

const folder = mkdtempSync(path.join(tmpdir(), 'eros-keep-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const options = {weeks: 2, pages: 1, captions: 60, seed: 4};
const world: Simulation = {options, pageWeeks: [], schedules: 2, messages: 20, repeatedShare: 0.1, exploredShare: 0.2, arms: 18, firedRuns: 84, breaches: []};

it('finds a world by its options, in a process of its own too', async () => {
	await createKeep(folder).put(world);
	expect(await createKeep(folder).find(options)).toEqual(world);
});

it.each(['weeks', 'pages', 'captions', 'seed'] as const)('does not take a world with other %s', async name => {
	expect(await createKeep(folder).find({...options, [name]: options[name] + 1})).toBeUndefined();
});

it('keeps nothing without a folder', async () => {
	const keep = createKeep(undefined);
	await keep.put(world);
	expect(await keep.find(options)).toBeUndefined();
});
