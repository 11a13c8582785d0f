// How late a second pane is: from the moment an event is journaled to the frame in which each pane shows it, through a real
// supervisor, its socket and the built program in two pseudo-terminals. Measures; never fails for being slow.
//   npm run build && node --import tsx test/bench/attach-latency.ts [presses]
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as pause} from 'node:timers/promises';
import type {JournaledEvent} from '../../source/domain/events.js';
import {endAll, keep, shown, startProgram, type Demo} from '../pty/terminal.js';
import {quantile} from './measure.js';

const budgetMs = 200;
const presses = Number(process.argv[2] ?? 60);
const home = mkdtempSync(path.join(tmpdir(), 'eros-attach-'));
const start = (given: readonly string[], columns: number): Demo => keep(startProgram(given, {columns, rows: 30, env: {EROS_HOME: home, HOME: home}}));

const runFolder = (): string => {
	const [target = ''] = readdirSync(path.join(home, 'state'));
	const runs = path.join(home, 'state', target, 'runs');
	return path.join(runs, readdirSync(runs)[0] ?? '');
};

const journal = (): string => path.join(runFolder(), 'journal.ndjson');

/** When the last event came into the journal, by the clock of the file system; the run's own clock is a driven one. */
const journaledMs = (): number => {
	const last = JSON.parse(readFileSync(journal(), 'utf8').trimEnd().split('\n').at(-1)!) as JournaledEvent;
	if (last.type !== 'run.paused' && last.type !== 'run.unpaused') {
		throw new Error(`${last.type} came after the change that is measured`);
	}

	return statSync(journal()).mtimeMs;
};

/** The wall time of the first frame of a pane that shows the state. */
const firstFrame = async (view: Demo, isPaused: boolean): Promise<number> => {
	await view.until(() => view.screen().includes('PAUSED') === isPaused, isPaused ? 'paused' : 'going on');
	return Date.now();
};

const tell = (what: string, latencies: readonly number[]): void => {
	const [p50, p95] = [quantile(latencies, 0.5), quantile(latencies, 0.95)];
	process.stdout.write(`${what.padEnd(24)} p50 ${p50.toFixed(0).padStart(4)} ms   p95 ${p95.toFixed(0).padStart(4)} ms   most ${Math.max(...latencies).toFixed(0).padStart(4)} ms   ${p95 <= budgetMs ? 'within' : 'OVER'} ${budgetMs} ms\n`);
};

try {
	const driver = start(['rehearse'], 100);
	await shown(driver, 'Rehearse the window');
	// A key counts once it could have been read.
	await pause(700);
	driver.pty.write('\r');
	await shown(driver, 'Was the team told?');
	await pause(700);
	driver.pty.write('\u001B');
	await shown(driver, 'q quit');
	const observer = start(['attach', '--read-only'], 80);
	await observer.until(() => observer.isAlternate() && observer.screen().includes('Notification'), 'the second pane');
	const frames: (readonly [driver: number, observer: number])[] = [];
	const journaled: number[] = [];
	for (let press = 0; press < presses; press += 1) {
		const isPaused = press % 2 === 0;
		const both = Promise.all([firstFrame(driver, isPaused), firstFrame(observer, isPaused)]);
		driver.pty.write('p');
		// The next press waits for both panes: one is measured at a time.
		frames.push(await both);
		journaled.push(journaledMs());
		await pause(30);
	}

	process.stdout.write(`${presses} changes, from the event in the journal to the frame that shows it\n`);
	tell('pane that drives', frames.map(([own], index) => own - journaled[index]!));
	tell('pane that watches', frames.map(([, other], index) => other - journaled[index]!));
	tell('between the two', frames.map(([own, other]) => Math.abs(other - own)));
} finally {
	await endAll();
	// The supervisor, and the private warehouse of the rehearsal: each says in its own file which process it is.
	for (const file of readdirSync(home, {recursive: true, encoding: 'utf8'}).filter(name => ['supervisor.json', 'warehouse.json'].includes(path.basename(name)))) {
		try {
			process.kill((JSON.parse(readFileSync(path.join(home, file), 'utf8')) as {readonly pid: number}).pid, 'SIGTERM');
		} catch {
			// It is gone already.
		}
	}

	await pause(1000);
	rmSync(home, {recursive: true, force: true});
}
