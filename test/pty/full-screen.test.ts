// In a real pseudo-terminal: the screen comes, follows the size, and leaves the terminal as it was, whatever ends it.
import process from 'node:process';
import {afterEach, beforeAll, expect, test} from 'vitest';
import {buildDemo, startDemo, type Demo} from './terminal.js';

const started: Demo[] = [];
const start = (...given: Parameters<typeof startDemo>): Demo => {
	const demo = startDemo(...given);
	started.push(demo);
	return demo;
};

beforeAll(buildDemo);
afterEach(async () => {
	for (const demo of started.splice(0)) {
		if (demo.isRunning()) {
			demo.pty.kill('SIGKILL');
			await demo.exit;
		}
	}
});

const shown = async (demo: Demo, text: string): Promise<void> => demo.until(() => demo.screen().includes(text), `the screen shows ${text}`);

/** The terminal is the shell's again: primary screen with its history, cursor shown, paste mode off, nothing erased. */
const expectRestored = (demo: Demo): void => {
	const output = demo.output();
	expect(demo.isAlternate()).toBe(false);
	expect(demo.screen()).toContain('$ a line of the shell');
	expect(output.lastIndexOf('\u001B[?25h')).toBeGreaterThan(output.lastIndexOf('\u001B[?25l'));
	expect(output.lastIndexOf('\u001B[?2004l')).toBeGreaterThan(output.lastIndexOf('\u001B[?2004h'));
	expect(output.match(/\u001B\[[23]J/g)).toBeNull();
};

test('q leaves a run that is over, with the summary on the primary screen', async () => {
	const demo = start('finished');
	await shown(demo, 'Rehearsed, rolled back and proved.');
	expect(demo.isAlternate()).toBe(true);
	demo.pty.write('q');
	expect(await demo.exit).toBe(0);
	expectRestored(demo);
	expect(demo.screen()).toContain('ended finished');
	expect(demo.screen()).toContain('journal /state/runs/7f3a91c2/journal.ndjson');
});

test('Ctrl-C asks; w drains, and the screen leaves when the run has settled', async () => {
	const demo = start('lanes');
	await shown(demo, '2A.3 Procedures');
	demo.pty.write('\u0003');
	await shown(demo, 'No new step starts while you choose.');
	demo.pty.write('w');
	expect(await demo.exit).toBe(130);
	expectRestored(demo);
	expect(demo.output()).toContain('intents [{"type":"pause"},{"type":"drain"}]');
});

test('SIGTERM ends at once with 143, even when the run is stuck', async () => {
	const demo = start('lanes', {mode: 'held'});
	await shown(demo, '2A.3 Procedures');
	process.kill(demo.pty.pid, 'SIGTERM');
	expect(await demo.exit).toBe(143);
	expectRestored(demo);
	expect(demo.output()).toContain('ended terminated');
});

test('Ctrl-C twice leaves a run that is stuck as it is, with 130', async () => {
	const demo = start('lanes', {mode: 'held'});
	await shown(demo, '2A.3 Procedures');
	demo.pty.write('\u0003');
	await shown(demo, 'STOP?');
	// What comes right after counts as the same press.
	const pressing = setInterval(() => {
		if (demo.isAlternate()) {
			demo.pty.write('\u0003');
		}
	}, 400);
	try {
		expect(await demo.exit).toBe(130);
	} finally {
		clearInterval(pressing);
	}

	expectRestored(demo);
	expect(demo.output()).toContain('intents [{"type":"pause"},{"type":"unpause"}]');
	expect(demo.output()).toContain('ended left');
});

test('SIGHUP ends the view and asks nothing of the run', async () => {
	const demo = start('lanes', {mode: 'held'});
	await shown(demo, '2A.3 Procedures');
	process.kill(demo.pty.pid, 'SIGHUP');
	expect(await demo.exit).toBe(129);
	expectRestored(demo);
	expect(demo.output()).toContain('intents []');
	expect(demo.output()).toContain('ended hangup');
});

test('an exception nobody catches leaves its text on the primary screen', async () => {
	const demo = start('lanes', {mode: 'throw'});
	await shown(demo, '2A.3 Procedures');
	demo.pty.write('p');
	expect(await demo.exit).not.toBe(0);
	expectRestored(demo);
	expect(demo.screen()).toContain('thrown where nobody catches');
});

test('NO_COLOR: no colour and no weight, and the marks still say it', async () => {
	const demo = start('failure', {env: {NO_COLOR: '1', FORCE_COLOR: '3'}});
	await shown(demo, '2A.3 PROCEDURES FAILED');
	demo.pty.write('q');
	await shown(demo, 'LEAVE?');
	expect(demo.output().match(/\u001B\[(?!0m)[\d;]*m/g)).toBeNull();
});

test('with colour only the sixteen ANSI ones', async () => {
	const demo = start('lanes', {env: {COLORTERM: 'truecolor'}});
	await shown(demo, '2A.3 Procedures');
	expect(demo.output()).toMatch(/\u001B\[3[0-7]m/);
	expect(demo.output()).not.toMatch(/\u001B\[[34]8;/);
});

test('follows the size, down to too small and back, and erases no history', async () => {
	const demo = start('lanes');
	await shown(demo, '[1 Tree]');
	demo.resize(120, 36);
	await shown(demo, 'Lane B · Orchestrator');
	expect(demo.screen()).not.toContain('[1 Tree]');
	demo.resize(40, 10);
	await shown(demo, 'eros-tui:');
	expect(demo.screen()).not.toContain('Procedures');
	demo.resize(80, 24);
	// A frame may arrive in parts; its last row is the footer.
	await demo.until(() => demo.screen().includes('[1 Tree]') && demo.screen().includes('Ctrl-C stops after step'), 'the frame at 80x24');
	expect(demo.screen().match(/Ctrl-C stops after/g)).toHaveLength(1);
	demo.pty.write('\u0003');
	await shown(demo, 'STOP?');
	demo.pty.write('d');
	expect(await demo.exit).toBe(0);
	expectRestored(demo);
});
