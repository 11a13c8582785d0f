// In a real pseudo-terminal: the screen comes, follows the size, stands still when nothing changes, and asks before it stops.
import process from 'node:process';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {buildDemo, endAll, keep, shown, startDemo, unrestored, type Demo} from './terminal.js';

const start = (...given: Parameters<typeof startDemo>): Demo => keep(startDemo(...given));

beforeAll(buildDemo);
afterEach(endAll);

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

	expect(unrestored(demo)).toEqual([]);
	expect(demo.output()).toContain('intents [{"type":"pause","isHeld":true},{"type":"unpause"}]');
	expect(demo.output()).toContain('ended left');
});

test('follows the size, down to too small and back, erases no history, and uses only the sixteen ANSI colours', async () => {
	const demo = start('lanes', {env: {COLORTERM: 'truecolor'}});
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
	expect(unrestored(demo)).toEqual([]);
	expect(demo.output()).toMatch(/\u001B\[3[0-7]m/);
	expect(demo.output()).not.toMatch(/\u001B\[[34]8;/);
});

describe('an idle screen', () => {
	test('writes nothing at all while nothing changes, and a key is painted by rows', async () => {
		const demo = start('finished', {mode: 'idle', columns: 120, rows: 36});
		await demo.until(() => demo.screen().includes('exit 0') && demo.titles().some(title => title.includes('31/31 passed')), 'the last frame and its title');
		const before = demo.output().length;
		// The slowest timer of a screen beats once a second: what an idle one writes would be there by then.
		process.kill(demo.pty.pid, 'SIGUSR2');
		await demo.until(() => demo.titles().includes('idle 2000'), 'two quiet seconds');
		const idle = demo.output().slice(before).replace('\u001B]0;idle 2000\u0007', '');
		expect(idle).toBe('');
		demo.pty.write('?');
		await shown(demo, 'KEYS');
		expect(demo.output()).not.toMatch(/\u001B\[[23]J/);
	});

	test('a move paints the rows it changed and no others; with NO_COLOR no colour and no weight, and the marks still say it', async () => {
		const demo = start('lanes', {columns: 120, rows: 36, env: {NO_COLOR: '1', FORCE_COLOR: '3'}});
		await shown(demo, '2A.3 Procedures');
		demo.pty.write('j');
		await demo.until(() => demo.screen().split('\n').some(line => line.startsWith('▸ ') && line.includes('2A.4')), 'the row below is selected');
		const before = demo.output().length;
		demo.pty.write('j');
		await demo.until(() => demo.screen().split('\n').some(line => line.startsWith('▸ ') && line.includes('2A.5')), 'the next row is selected');
		// Two rows of the tree changed; the spinner and the clocks of what runs may tick meanwhile. A whole frame is 35 rows.
		const painted = new Set([...demo.output().slice(before).matchAll(/\u001B\[(\d+);1H/g)].map(([, row]) => row));
		expect(painted.size).toBeLessThanOrEqual(8);
		expect(demo.screen()).toContain('✓ 2A.2 TVFs');
		expect(demo.output().match(/\u001B\[(?!0m)[\d;]*m/g)).toBeNull();
	});
});
