// A run and its views as processes: what a view's death does to the run (nothing), what a second start is told, and what
// is left when the run is stopped from outside.
import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {JournaledEvent} from '../../source/domain/events.js';
import {isProcessAlive} from '../../source/host/process-identity.js';
import {readJournal} from '../../source/journal/index.js';
import {readEndpoint} from '../../source/supervisor/endpoint.js';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
	home = await mkdtemp(path.join(tmpdir(), 'eros-supervised-'));
	const {CI: _ci, ...rest} = process.env;
	env = {...rest, HOME: home, EROS_HOME: home, EROS_PROJECT_ID: undefined, XDG_CONFIG_HOME: home};
});
afterAll(async () => {
	await finish(['warehouse', 'stop']);
	await rm(home, {recursive: true, force: true});
});

const start = (arguments_: readonly string[]): ChildProcess => spawn(process.execPath, [cli, ...arguments_], {env, stdio: ['ignore', 'pipe', 'pipe']});

const finish = async (arguments_: readonly string[]): Promise<{readonly code: number | null; readonly stdout: string; readonly stderr: string}> => {
	const child = start(arguments_);
	let stdout = '';
	let stderr = '';
	child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
		stdout += chunk;
	});
	child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
		stderr += chunk;
	});
	const code = await new Promise<number | null>(resolve => {
		child.once('close', resolve);
	});
	return {code, stdout, stderr};
};

/** Resolves with the first event that satisfies the test; undefined when the view ends before. */
const firstEvent = async (view: ChildProcess, test: (event: JournaledEvent) => boolean): Promise<JournaledEvent | undefined> =>
	new Promise(resolve => {
		let rest = '';
		view.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
			const lines = (rest + chunk).split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) {
				const event = JSON.parse(line) as JournaledEvent;
				if (test(event)) {
					resolve(event);
				}
			}
		});
		view.once('close', () => resolve(undefined));
	});

const gone = async (view: ChildProcess): Promise<void> =>
	new Promise(resolve => {
		if (view.exitCode === null && view.signalCode === null) {
			view.once('close', () => resolve());
		} else {
			resolve();
		}
	});

test('a run outlives its views, refuses a rival, and ends when it is told to', {timeout: 180_000}, async () => {
	const view = start(['deploy', '--target', 'embedded', '--json']);
	const begun = await firstEvent(view, event => event.type === 'step.passed');
	expect(begun?.run).toMatch(/^[\da-f]{8}$/);
	const run = begun!.run;
	const [target] = await readdir(path.join(home, 'state'));
	const folder = path.join(home, 'state', target!, 'runs', run);
	const endpoint = (await readEndpoint(folder))!;
	expect(isProcessAlive(endpoint)).toBe(true);
	expect(endpoint.pid).not.toBe(view.pid);

	view.kill('SIGKILL');
	await gone(view);
	const second = start(['attach', '--json']);
	const left = await firstEvent(second, event => event.type === 'view.left');
	expect(left?.data).toMatchObject({id: 'v1'});
	expect(isProcessAlive(endpoint)).toBe(true);

	const rival = await finish(['deploy', '--target', 'embedded', '--plain']);
	expect(rival.code).toBe(8);
	expect(rival.stderr).toContain(`run ${run} (deploy) of ${endpoint.user} on ${endpoint.host}, process ${endpoint.pid}, since `);
	expect(rival.stderr).toContain(`eros-tui attach ${run} --read-only`);
	const without = await finish([]);
	expect(without.code).toBe(7);
	expect(without.stderr).toContain(`Run ${run} is under way.`);

	// Ctrl-C in the lines asks the run to wind down; the hang-up of a terminal does not.
	second.kill('SIGHUP');
	await gone(second);
	// It ends by the signal or with its number, whichever the system brings first: 129 to a shell.
	expect(second.signalCode ?? second.exitCode).toBeOneOf(['SIGHUP', 129]);
	expect(isProcessAlive(endpoint)).toBe(true);

	const aborted = await finish(['abort', run]);
	expect(aborted.code).toBe(0);
	expect(aborted.stderr).toContain(`eros-tui deploy --resume ${run}`);
	expect(isProcessAlive(endpoint)).toBe(false);
	expect((await readdir(folder)).filter(name => name.endsWith('.sock') || name === 'supervisor.json')).toEqual([]);
	const {events, problem} = await readJournal(path.join(folder, 'journal.ndjson'));
	expect(problem).toBeUndefined();
	expect(events.at(-1)).toMatchObject({type: 'run.finished', data: {outcome: 'aborted', exitCode: 130}});
	const late = await finish(['attach', run]);
	expect(late.code).toBe(1);
	expect(late.stderr).toContain(`eros-tui deploy --resume ${run}`);

	// SIGTERM writes down that the process goes and leaves everything for the resume.
	const resumed = start(['deploy', '--resume', run, '--json']);
	await firstEvent(resumed, event => event.type === 'run.resumed');
	const next = (await readEndpoint(folder))!;
	process.kill(next.pid, 'SIGTERM');
	await gone(resumed);
	expect(resumed.exitCode).toBe(7);
	expect((await readJournal(path.join(folder, 'journal.ndjson'))).events.some(event => event.type === 'run.suspended')).toBe(true);
	await expect.poll(() => isProcessAlive(next), {timeout: 10_000}).toBe(false);
	const unfinished = await finish([]);
	expect(unfinished.stderr).toContain(`Run ${run} is not finished`);
});
