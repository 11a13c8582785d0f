// Every way of dying through the built program, on one real rehearsal that many views join: the terminal is the shell's
// again, the exit code and the reason are right, no process stays that should not, and the run does not notice.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as pause} from 'node:timers/promises';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {JournaledEvent} from '../../source/domain/events.js';
import {endAll, keep, program, sessionMembers, shown, startProgram, startProgramShell, unrestored, type Demo} from './terminal.js';

const home = mkdtempSync(path.join(tmpdir(), 'eros-pty-'));
const env = {EROS_HOME: home, HOME: home};
const size = {columns: 100, rows: 30};
const start = (given: readonly string[], more: Readonly<Record<string, string>> = {}): Demo => keep(startProgram(given, {...size, env: {...env, ...more}}));
const shell = (): Demo => keep(startProgramShell({...size, env}));

/** What the run waits at: a person is asked, nothing runs. */
const parked = 'Was the team told?';

const runs = (): string => {
	const [target = ''] = readdirSync(path.join(home, 'state'));
	return path.join(home, 'state', target, 'runs');
};

const runId = (): string => readdirSync(runs())[0] ?? '';
const folder = (): string => path.join(runs(), runId());
const journal = (): readonly JournaledEvent[] => readFileSync(path.join(folder(), 'journal.ndjson'), 'utf8').split('\n').filter(line => line.endsWith('}')).map(line => JSON.parse(line) as JournaledEvent);
const supervisor = (): number => (JSON.parse(readFileSync(path.join(folder(), 'supervisor.json'), 'utf8')) as {readonly pid: number}).pid;

/** The state letter of a process and the ticks of CPU it has used; undefined when it is gone. */
const look = (pid: number): {readonly letter: string; readonly ticks: number} | undefined => {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
		return {letter: fields[0]!, ticks: Number(fields[11]) + Number(fields[12])};
	} catch {
		return undefined;
	}
};

const isAlive = (pid: number): boolean => !['Z', 'X', undefined].includes(look(pid)?.letter);

/** Every process that was started with this suite's home, by /proc. */
const ours = (): readonly string[] => readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
	try {
		return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`EROS_HOME=${home}`) && isAlive(Number(pid)) ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
	} catch {
		return [];
	}
});

const eventually = async (condition: () => boolean): Promise<void> => {
	while (!condition()) {
		await pause(20);
	}
};

const views = (): number => ours().filter(line => !/ supervise | --data /.test(line)).length;

/** Ends the view; the run must not notice: the same process still holds it, and it has not come to an end. */
const dies = async (view: Demo, {code, reason}: {readonly code: number; readonly reason?: string}, die: (view: Demo) => unknown): Promise<void> => {
	const before = supervisor();
	const {pid} = view.pty;
	await die(view);
	expect(await view.exit).toBe(code);
	expect(unrestored(view)).toEqual([]);
	if (reason !== undefined) {
		expect(view.output().slice(view.output().lastIndexOf('\u001B[?1049l'))).toContain(reason);
	}

	expect(sessionMembers(pid)).toEqual([]);
	expect(isAlive(before)).toBe(true);
	expect(supervisor()).toBe(before);
	expect(journal().some(({type}) => type === 'run.finished' || type === 'run.suspended')).toBe(false);
};

const signal = (name: NodeJS.Signals) => (view: Demo): boolean => process.kill(view.pty.pid, name);

beforeAll(async () => {
	// The view that begins the run is killed: all others join what it left behind.
	const first = start(['rehearse']);
	await shown(first, 'Rehearse the window');
	// A key counts once it could have been read.
	await pause(600);
	first.pty.write('\r');
	await shown(first, parked);
	const {pid} = first.pty;
	process.kill(pid, 'SIGKILL');
	expect(await first.exit).toBe(137);
	expect(sessionMembers(pid)).toEqual([]);
}, 300_000);
afterEach(endAll);
afterAll(async () => {
	for (const line of ours()) {
		process.kill(Number(line.split(' ')[0]), 'SIGKILL');
	}

	rmSync(home, {recursive: true, force: true});
});

describe.each([
	['attach', () => ['attach']],
	['rehearse --resume', () => ['rehearse', '--resume', runId()]],
] as const)('a view by %s of a run that waits', (name, given) => {
	const open = async (): Promise<Demo> => {
		const view = start(given());
		await view.until(() => view.isAlternate() && view.screen().includes(parked), 'the question');
		return view;
	};

	const goesOn = (): string => `eros-tui attach ${runId()}`;

	test('SIGTERM', async () => dies(await open(), {code: 143, reason: goesOn()}, signal('SIGTERM')));
	test('SIGHUP', async () => dies(await open(), {code: 129}, signal('SIGHUP')));
	test('kill -9 leaves the supervisor and nothing else', async () => {
		const view = await open();
		const {pid} = view.pty;
		const before = supervisor();
		process.kill(pid, 'SIGKILL');
		expect(await view.exit).toBe(137);
		expect(sessionMembers(pid)).toEqual([]);
		expect(isAlive(before)).toBe(true);
		await eventually(() => journal().filter(({type}) => type === 'view.left').length === journal().filter(({type}) => type === 'view.joined').length);
	});

	test('q, then b', async () => dies(await open(), {code: 0, reason: goesOn()}, async view => {
		// A key counts once the question could have been read.
		await pause(600);
		view.pty.write('\u001B');
		await shown(view, 'q quit');
		view.pty.write('q');
		await shown(view, 'LEAVE?');
		view.pty.write('b');
	}));
	test('Ctrl-C, then d', async () => dies(await open(), {code: 0, reason: goesOn()}, async view => {
		view.pty.write('\u0003');
		await shown(view, 'STOP?');
		view.pty.write('d');
	}));
	test('Ctrl-C, and again within three seconds', async () => dies(await open(), {code: 130, reason: goesOn()}, async view => {
		view.pty.write('\u0003');
		await shown(view, 'STOP?');
		// A key that is held down is one press.
		await pause(400);
		view.pty.write('\u0003');
	}));
	test('SIGINT from outside asks like the key', async () => dies(await open(), {code: 0, reason: goesOn()}, async view => {
		process.kill(view.pty.pid, 'SIGINT');
		await shown(view, 'STOP?');
		view.pty.write('d');
	}));
	test.skipIf(name !== 'attach')('an exception that nobody catches is our bug, and says so where it can be read', async () => {
		const view = start(given(), {NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent('process.on("SIGUSR2",()=>{throw new Error("thrown on purpose")})')}`});
		await view.until(() => view.isAlternate() && view.screen().includes(parked), 'the question');
		await dies(view, {code: 70, reason: 'thrown on purpose'}, signal('SIGUSR2'));
	});
});

describe('below a shell', () => {
	test('Ctrl-Z gives the terminal to the shell, sane; fg draws the screen again', async () => {
		const terminal = shell();
		await shown(terminal, 'ready>');
		terminal.pty.write('$EROS attach\r');
		await shown(terminal, parked);
		terminal.pty.write('\u001A');
		await terminal.until(() => !terminal.isAlternate() && /Stopped/.test(terminal.screen()), 'the job is stopped');
		terminal.pty.write('stty -a | grep -o " echo \\| icanon " | xargs echo modes:\r');
		await shown(terminal, 'modes: icanon echo');
		terminal.pty.write('clear; fg\r');
		await terminal.until(() => terminal.isAlternate() && terminal.screen().includes(parked), 'the screen is back');
		terminal.pty.write('\u0003');
		await shown(terminal, 'STOP?');
		terminal.pty.write('d');
		await terminal.until(() => !terminal.isAlternate() && terminal.screen().includes('eros-tui attach'), 'the summary');
		terminal.pty.write('echo "code=$?"; stty -a | grep -o " echo \\| icanon " | xargs echo modes:\r');
		await shown(terminal, 'code=0\nmodes: icanon echo');
	});

	test('a screen whose terminal is closed ends with 129; the run stays, and nothing uses the CPU', async () => {
		const terminal = shell();
		await shown(terminal, 'ready>');
		terminal.pty.write('exec $EROS attach\r');
		await shown(terminal, parked);
		const {pid} = terminal.pty;
		terminal.close();
		expect(await terminal.exit).toBe(129);
		expect(sessionMembers(pid)).toEqual([]);
		expect(views()).toBe(0);
		const [before, watchedMs] = [ours().map(line => Number(line.split(' ')[0])), 4000];
		const ticks = (): number => before.reduce((sum, process_) => sum + (look(process_)?.ticks ?? 0), 0);
		let share = 1;
		// What the end of the view left to do takes a slow machine a while; what loops never comes to rest.
		for (let window = 0; window < 5 && share >= 0.02; window += 1) {
			const used = ticks();
			await pause(watchedMs);
			share = (ticks() - used) * 10 / watchedMs;
		}

		console.log(`after the terminal was closed: ${before.length} processes, ${(share * 100).toFixed(2)} % of a core`);
		expect(share).toBeLessThan(0.02);
	});

	test.each(['--plain', '--accessible', '--json'])('lines (%s) whose terminal is closed end with 129', async presenter => {
		const terminal = shell();
		await shown(terminal, 'ready>');
		terminal.pty.write(`exec $EROS attach ${presenter}\r`);
		await shown(terminal, '0.3');
		const {pid} = terminal.pty;
		terminal.close();
		expect(await terminal.exit).toBe(129);
		expect(sessionMembers(pid)).toEqual([]);
		expect(isAlive(supervisor())).toBe(true);
	});

	test.each([['SIGTERM', 143], ['SIGHUP', 129]] as const)('lines end on %s with %i', async (name, code) => {
		const view = start(['attach', '--plain']);
		await shown(view, '0.3');
		process.kill(view.pty.pid, name);
		expect(await view.exit).toBe(code);
		expect(isAlive(supervisor())).toBe(true);
	});
});

test('a reader that goes away ends a command quietly', async () => {
	for (const given of [['attach', '--json', '--read-only'], ['show', '--json'], ['replay', '--json'], ['--help']]) {
		const child = spawn(process.execPath, [program, ...given], {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
		let words = '';
		child.stderr.on('data', chunk => {
			words += String(chunk);
		});
		child.stdout.once('data', () => child.stdout.destroy());
		const [code] = await once(child, 'close') as [number];
		expect([given, code, words.replace(/The run goes on[^]*/, '')]).toEqual([given, 0, '']);
	}
});

describe('two panes', () => {
	test('a second pane shows what the first one does, one that only watches cannot act, and the wheel changes hands on record', async () => {
		const first = start(['attach']);
		await shown(first, parked);
		const second = start(['attach']);
		// Who does not drive is not asked: the question stands there in one line.
		await second.until(() => second.isAlternate() && second.screen().includes('0.3  Notification'), 'the second pane');
		const watching = start(['attach', '--read-only']);
		await watching.until(() => watching.isAlternate() && watching.screen().includes('0.3  Notification'), 'the third pane');
		const seq = (): number => journal().at(-1)!.seq;

		// Whatever is pressed there, nothing but looks comes of it.
		const quiet = seq();
		for (const key of ['\r', '\r', 'p', 's', 'a', 'd', 'R', 'H']) {
			watching.pty.write(key);
			await pause(60);
		}

		const acted = journal().filter(event => event.seq > quiet);
		expect(acted.filter(({type}) => type !== 'view.joined' && type !== 'intent.refused')).toEqual([]);

		const steps: number[] = [];
		first.pty.write('\u001B');
		await shown(first, 'q quit');
		for (let press = 0; press < 10; press += 1) {
			const isPaused = press % 2 === 0;
			const sees = (view: Demo): boolean => view.screen().includes('PAUSED') === isPaused;
			const at = new Map<Demo, number>();
			const both = [first, second].map(async view => {
				await view.until(() => sees(view), isPaused ? 'paused' : 'going on');
				at.set(view, performance.now());
			});
			first.pty.write('p');
			await Promise.all(both);
			steps.push(Math.abs(at.get(second)! - at.get(first)!));
		}

		steps.sort((a, b) => a - b);
		console.log(`a second pane shows the same state after ${steps[5]!.toFixed(0)} ms (median of 10), ${steps.at(-1)!.toFixed(0)} ms at most`);

		second.pty.write('H');
		// Only who sees the question can answer it: on record is not yet on the screen.
		await shown(first, 'asks to drive');
		const asked = journal().findLast(({type}) => type === 'control.asked')!;
		first.pty.write('H');
		await shown(second, 'enter attest');
		const answered = journal().findLast(({type}) => type === 'control.passed')!;
		expect(answered.seq).toBeGreaterThan(asked.seq);
		const passed = answered.data as {readonly from?: string; readonly to?: string; readonly reason: string};
		const joined = journal().filter(({type}) => type === 'view.joined').slice(-3).map(({data}) => (data as {readonly id: string}).id);
		expect(passed).toMatchObject({from: joined[0], to: joined[1]});
		expect(passed.reason).toContain('handed over by');
	});
});

describe('a run that is at work', () => {
	test('closing the terminal leaves the supervisor at work', async () => {
		const terminal = shell();
		await shown(terminal, 'ready>');
		terminal.pty.write('exec $EROS attach\r');
		await shown(terminal, parked);
		// The question is longer than its line: it is read in full first, and answered then.
		while (!journal().some(event => event.type === 'step.started' && event.step === '1.1')) {
			await pause(700);
			terminal.pty.write('\r');
		}

		const {pid} = terminal.pty;
		terminal.close();
		expect(await terminal.exit).toBe(129);
		expect(sessionMembers(pid)).toEqual([]);
		const seen = journal().at(-1)!.seq;
		await eventually(() => journal().some(event => event.seq > seen && event.type === 'step.passed'));
		expect(isAlive(supervisor())).toBe(true);
	}, 120_000);

	test('kill -9 of the supervisor: the view says how to go on, with 7', async () => {
		const view = start(['attach']);
		await view.until(() => view.isAlternate() && view.screen().includes('production unchanged'), 'the screen');
		await eventually(() => journal().filter(({type}) => type === 'job.accepted').length > 5);
		const {pid} = view.pty;
		process.kill(supervisor(), 'SIGKILL');
		expect(await view.exit).toBe(7);
		expect(unrestored(view)).toEqual([]);
		expect(view.output().slice(view.output().lastIndexOf('\u001B[?1049l')).replaceAll(/\s+/g, ' ')).toContain(`eros-tui rehearse --resume ${runId()}`);
		expect(sessionMembers(pid)).toEqual([]);
	}, 120_000);

	test('the run goes on where it was; Ctrl-C and c cancels its jobs, and nothing at all is left running', async () => {
		const view = start(['rehearse', '--resume', runId()]);
		await view.until(() => view.isAlternate() && view.screen().includes('SINCE YOU LEFT'), 'what happened since');
		await pause(600);
		view.pty.write('c');
		await eventually(() => journal().findLast(({type}) => type === 'run.resumed') !== undefined && journal().findLast(({type}) => type === 'step.started')!.seq > journal().findLast(({type}) => type === 'run.resumed')!.seq);
		view.pty.write('\u0003');
		await shown(view, 'STOP?');
		view.pty.write('c');
		expect(await view.exit).toBe(130);
		expect(unrestored(view)).toEqual([]);
		expect(view.output().slice(view.output().lastIndexOf('\u001B[?1049l'))).toContain('journal');
		await eventually(() => ours().length === 0);
	}, 120_000);

	test('SIGTERM suspends the supervisor; the view says so', async () => {
		const view = start(['rehearse', '--resume', runId()]);
		await view.until(() => view.isAlternate() && view.screen().includes('SINCE YOU LEFT'), 'what happened since');
		process.kill(supervisor(), 'SIGTERM');
		expect(await view.exit).toBe(7);
		expect(unrestored(view)).toEqual([]);
		expect(view.output().slice(view.output().lastIndexOf('\u001B[?1049l')).replaceAll(/\s+/g, ' ')).toContain('was suspended: the process was told to go (SIGTERM)');
		expect(journal().at(-1)!.type).toBe('run.suspended');
	}, 120_000);
});
