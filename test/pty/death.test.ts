// Every way of dying, in a real pseudo-terminal: cursor, echo and main screen are the shell's again, the exit code and
// the reason are right, and no process stays behind. The run has a process of its own; what dies here is a view of it.
import process from 'node:process';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {buildDemo, endAll, keep, sessionMembers, shown, startDemo, startShell, unrestored, type Demo} from './terminal.js';

const start = (...given: Parameters<typeof startDemo>): Demo => keep(startDemo(...given));

beforeAll(buildDemo);
afterEach(endAll);

type Way = {readonly name: string; readonly scenario?: string; readonly mode?: string; readonly die: (demo: Demo) => Promise<void> | void; readonly exitCode: number; readonly reason: string};

const signal = (name: NodeJS.Signals) => (demo: Demo): void => {
	process.kill(demo.pty.pid, name);
};

const keys = (...parts: readonly string[]) => async (demo: Demo): Promise<void> => {
	for (const part of parts) {
		if (part.startsWith('see ')) {
			await shown(demo, part.slice(4));
		} else {
			demo.pty.write(part);
		}
	}
};

const ways: readonly Way[] = [
	{name: 'q, when the run is over', scenario: 'finished', die: keys('q'), exitCode: 0, reason: 'journal /state/runs/7f3a91c2/journal.ndjson\r\n  show it again  eros-tui replay 7f3a91c2\r\nintents []\r\nended finished'},
	{name: 'q, then b', die: keys('q', 'see LEAVE?', 'b'), exitCode: 0, reason: 'ended left'},
	{name: 'q, then d', die: keys('q', 'see LEAVE?', 'd'), exitCode: 130, reason: 'ended finished'},
	{name: 'Ctrl-C, then d', die: keys('\u0003', 'see STOP?', 'd'), exitCode: 0, reason: 'ended left'},
	{name: 'Ctrl-C, then c', die: keys('\u0003', 'see STOP?', 'c'), exitCode: 130, reason: 'ended finished'},
	{name: 'Ctrl-C, then w: it drains, and leaves when the run has settled', die: keys('\u0003', 'see No new step starts while you choose.', 'w'), exitCode: 130, reason: 'intents [{"type":"pause","isHeld":true},{"type":"drain"}]\r\nended finished'},
	{name: 'SIGTERM', mode: 'held', die: signal('SIGTERM'), exitCode: 143, reason: 'intents []\r\nended terminated'},
	{name: 'SIGHUP', mode: 'held', die: signal('SIGHUP'), exitCode: 129, reason: 'intents []\r\nended hangup'},
	{name: 'SIGINT from outside asks like the key', die: async demo => {
		signal('SIGINT')(demo);
		await shown(demo, 'STOP?');
		demo.pty.write('d');
	}, exitCode: 0, reason: 'ended left'},
	{name: 'an exception in a component', mode: 'break', die: keys('p'), exitCode: 70, reason: 'a component broke on purpose'},
	{name: 'an exception where nobody catches', mode: 'throw', die: keys('p'), exitCode: 1, reason: 'thrown where nobody catches'},
	{name: 'a rejection nobody handles', mode: 'reject', die: keys('p'), exitCode: 1, reason: 'rejected where nobody handles'},
	{name: 'process.exit in the middle', mode: 'exit', die: keys('p'), exitCode: 3, reason: ''},
	{name: 'the run\'s process is gone', mode: 'lost', die: keys('p'), exitCode: 7, reason: 'ended lost'},
];

describe.each(['lanes', 'production', 'monitor'] as const)('on the screen of %s', scenario => {
	test.each(ways.filter(way => scenario === 'lanes' || way.name === 'SIGTERM' || way.name === 'Ctrl-C, then d'))('$name', async ({scenario: own, mode, die, exitCode, reason}) => {
		const demo = start(own ?? scenario, mode === undefined ? {} : {mode});
		await demo.until(() => demo.isAlternate() && demo.screen().includes(own === 'finished' ? 'exit 0' : scenario === 'lanes' ? '2A.3 Procedures' : scenario === 'production' ? 'BEFORE PRODUCTION' : 'MONITOR'), 'the first frame');
		const {pid} = demo.pty;
		await die(demo);
		expect(await demo.exit).toBe(exitCode);
		expect(unrestored(demo)).toEqual([]);
		expect(demo.output().slice(demo.output().lastIndexOf('\u001B[?1049l'))).toContain(reason);
		expect(sessionMembers(pid)).toEqual([]);
	});
});

describe('below a shell', () => {
	test('after kill -9 the next start finds a terminal it can use; after that one the shell echoes what is typed', async () => {
		const shell = keep(startShell());
		await shown(shell, 'ready>');
		shell.pty.write('$DEMO lanes\r');
		await shown(shell, '2A.3 Procedures');
		const [killed] = sessionMembers(shell.pty.pid).filter(pid => pid !== shell.pty.pid);
		process.kill(killed!, 'SIGKILL');
		// Nothing can give the screen back then, but the shell is there and nothing else is.
		await shown(shell, 'Killed');
		expect(sessionMembers(shell.pty.pid)).toEqual([shell.pty.pid]);
		shell.pty.write('clear; $DEMO lanes\r');
		await shell.until(() => !shell.screen().includes('Killed') && shell.screen().includes('2A.3 Procedures'), 'the second start');
		shell.pty.write('q');
		await shown(shell, 'LEAVE?');
		shell.pty.write('b');
		await shell.until(() => !shell.isAlternate() && shell.screen().includes('ended left'), 'the summary');
		shell.pty.write('stty -a | grep -o " echo \\| icanon " | xargs echo modes:\r');
		await shown(shell, 'modes: icanon echo');
	});

	test('Ctrl-Z gives the terminal to the shell, sane; fg draws the screen again', async () => {
		const shell = keep(startShell());
		await shown(shell, 'ready>');
		shell.pty.write('$DEMO lanes\r');
		await shown(shell, '2A.3 Procedures');
		shell.pty.write('\u001A');
		await shell.until(() => !shell.isAlternate() && /Stopped/.test(shell.screen()), 'the job is stopped');
		shell.pty.write('stty -a | grep -o " echo \\| icanon " | xargs echo modes:\r');
		await shown(shell, 'modes: icanon echo');
		shell.pty.write('clear; fg\r');
		await shell.until(() => shell.isAlternate() && shell.screen().includes('2A.3 Procedures') && shell.screen().includes('Ctrl-C stops after step'), 'the screen is back');
		expect(shell.screen()).not.toContain('modes:');
		// Keys work again, and a resize that came meanwhile is known.
		shell.pty.write('?');
		await shown(shell, 'KEYS');
		shell.pty.write('\u001B');
		shell.pty.write('\u001A');
		await shell.until(() => !shell.isAlternate() && /Stopped/.test(shell.screen()), 'stopped again');
		// Nothing of the screen was painted over the shell's lines.
		expect(shell.screen()).not.toContain('2A.3 Procedures');
		shell.resize(100, 30);
		shell.pty.write('fg\r');
		await shell.until(() => shell.isAlternate() && shell.screen().includes('Lane A · BigQuery hardening'), 'the screen at 100x30');
	});

	test('a closed terminal ends the view at once with 129, and nothing spins', async () => {
		const shell = keep(startShell());
		await shown(shell, 'ready>');
		shell.pty.write('exec $DEMO lanes held\r');
		await shown(shell, '2A.3 Procedures');
		const {pid} = shell.pty;
		expect(sessionMembers(pid)).toContain(pid);
		// Closing the master is what a terminal window or an ssh line that goes away does.
		shell.close();
		expect(await shell.exit).toBe(129);
		expect(sessionMembers(pid)).toEqual([]);
	});
});

test('output that can not be written ends the view as a hang-up, once', async () => {
	const demo = start('lanes', {mode: 'epipe'});
	await shown(demo, '2A.3 Procedures');
	demo.pty.write('p');
	expect(await demo.exit).toBe(129);
	expect(demo.output()).toContain('\u001B[?25h');
});
