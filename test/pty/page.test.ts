// The pages of `schedule` and `orchestrate` in a real pseudo-terminal: whatever ends them, the terminal is the shell's again
// and the exit code says what it was.
import process from 'node:process';
import {afterEach, beforeAll, expect, test} from 'vitest';
import {buildDemo, endAll, keep, shown, startPage, unrestored, type Demo} from './terminal.js';

const firstFrame = {week: 'copy the file', progress: 'Ctrl-C or q stop'} as const;

const open = async (page: keyof typeof firstFrame): Promise<Demo> => {
	const demo = keep(startPage(page, {columns: 100, rows: 30}));
	await demo.until(() => demo.isAlternate() && demo.screen().includes(firstFrame[page]), 'the first frame');
	return demo;
};

const send = (name: NodeJS.Signals) => (demo: Demo): void => {
	process.kill(demo.pty.pid, name);
};

const write = (keys: string) => (demo: Demo): void => {
	demo.pty.write(keys);
};

beforeAll(buildDemo);
afterEach(endAll);

test.each([
	['week', 'Ctrl-C', write('\u0003'), 0],
	['week', 'SIGTERM', send('SIGTERM'), 143],
	['week', 'SIGHUP', send('SIGHUP'), 129],
	['progress', 'q', write('q'), 130],
	['progress', 'SIGTERM', send('SIGTERM'), 143],
	['progress', 'SIGHUP', send('SIGHUP'), 129],
] as const)('%s: %s', async (page, _, end, exitCode) => {
	const demo = await open(page);
	end(demo);
	expect(await demo.exit).toBe(exitCode);
	expect(unrestored(demo)).toEqual([]);
	expect(demo.screen()).toContain(`ended ${page}`);
});

test('the week follows the size, opens a message, and q leaves it, then the page', async () => {
	const demo = await open('week');
	demo.resize(60, 15);
	await demo.until(() => !demo.screen().includes('19:20') || demo.screen().split('\n').filter(line => line.includes('─'.repeat(60))).length === 2, 'the week at 60x15');
	demo.resize(120, 36);
	await demo.until(() => demo.screen().includes('─'.repeat(120)), 'the week at 120x36');
	demo.pty.write('\r');
	await shown(demo, '1 of 21');
	demo.pty.write('q');
	await shown(demo, 'copy the file');
	demo.pty.write('c');
	await shown(demo, 'Wrote schedules/test_creator_2025-11-03.csv');
	demo.pty.write('q');
	expect(await demo.exit).toBe(0);
	expect(unrestored(demo)).toEqual([]);
	expect(demo.screen()).toContain('ended week');
});

test('SIGINT asks the pages to stop, like the key, and what others say of it does not stay on the screen', async () => {
	const demo = await open('progress');
	demo.resize(80, 24);
	await demo.until(() => demo.screen().split('\n').some(line => line.trimEnd() === '─'.repeat(80)) && demo.screen().includes('page_01'), 'the frame at 80x24');
	send('SIGINT')(demo);
	await demo.until(() => demo.screen().includes('STOPPING') && !demo.screen().includes('said by another listener'), 'stopping, and nothing else');
	expect(demo.output()).toContain('said by another listener');
	expect(await demo.exit).toBe(130);
	expect(unrestored(demo)).toEqual([]);
});

test('a closed terminal ends the pages with 129', async () => {
	const demo = await open('progress');
	demo.close();
	expect(await demo.exit).toBe(129);
});
