import {mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import fc from 'fast-check';
import {criterionId, taskId} from '../../source/domain/ids.js';
import {createToken, readEndpoint, socketPath} from '../../source/supervisor/endpoint.js';
import {createLineReader, readViewMessage} from '../../source/supervisor/protocol.js';
import {connectSession, type RemoteSession} from '../../source/supervisor/remote-session.js';
import {serveRun, type SupervisorServer} from '../../source/supervisor/serve.js';
import {aTask, cleanUpTestRuns, startTestRun, type TestRun} from '../engine/support/test-run.js';

type Bench = {readonly run: TestRun; readonly server: SupervisorServer; readonly endpoint: {readonly socket: string; readonly token: string}; readonly join: (actor: string, isReadOnly?: boolean, kind?: string) => Promise<RemoteSession>};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const close of closers.splice(0).reverse()) {
		await close();
	}

	await cleanUpTestRuns();
});

/** A run that waits for an attestation, behind a real socket. */
const startBench = async (): Promise<Bench> => {
	const folder = await mkdtemp(path.join(tmpdir(), 'eros-supervisor-'));
	const endpoint = {socket: await socketPath(folder, {}), token: createToken()};
	const server = await serveRun(endpoint);
	closers.push(async () => {
		await server.close();
		await rm(folder, {recursive: true, force: true});
	});
	const run = await startTestRun({
		isUnattended: false,
		tasks: [aTask('0.3', {}, async context => {
			await context.attest(criterionId('0.3/done'), 'Was it done?', 'yes');
			return 'asked';
		}), aTask('1.1', {dependsOn: [taskId('0.3')]})],
	});
	server.adopt(run.engine);
	const join: Bench['join'] = async (actor, isReadOnly = false, kind = 'plain') => {
		const session = await connectSession({endpoint, actor, kind, isReadOnly, exitCodeOf: () => 7});
		if (session === undefined) {
			throw new Error('nobody answered');
		}

		closers.push(async () => session.leave());
		return session;
	};

	return {run, server, endpoint, join};
};

/** Resolves when the view has seen a state that satisfies the test. */
const sees = async (session: RemoteSession, test: (state: ReturnType<RemoteSession['state']>) => boolean): Promise<void> =>
	new Promise(resolve => {
		const look = (): void => {
			if (test(session.state())) {
				resolve();
			}
		};

		session.subscribe(look);
		look();
	});

const question = '0.3/a1/1';

describe('a supervisor', () => {
	it('shows every view the same run, from its first event on', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		const ben = await join('ben');
		await sees(ann, state => state.questions.length === 1);
		ann.dispatch({type: 'attest', question, note: 'seen'});
		// The server ends the connections when the run is over; until then both follow.
		await Promise.all([sees(ann, state => state.finished !== undefined), sees(ben, state => state.finished !== undefined)]);
		expect(await run.session.finished).toBe(0);
		expect(ben.state()).toEqual(run.session.state());
		expect(ann.state()).toEqual(run.session.state());
		expect(run.all('question.answered')).toEqual([{id: question, answer: 'seen', by: 'ann'}]);
	});

	it('lets in nobody without its token, and nobody who speaks something else', async () => {
		const {endpoint, run} = await startBench();
		expect(await connectSession({endpoint: {...endpoint, token: createToken()}, actor: 'eve', kind: 'plain', isReadOnly: false, exitCodeOf: () => 7})).toBeUndefined();
		const answers: string[] = [];
		await new Promise<void>(resolve => {
			const socket = connect(endpoint.socket, () => socket.write('GET / HTTP/1.1\n'));
			socket.on('data', chunk => answers.push(String(chunk)));
			socket.on('close', () => resolve());
		});
		await new Promise<void>(resolve => {
			const socket = connect(endpoint.socket, () => socket.write(`${JSON.stringify({type: 'intent', intent: {type: 'drain'}})}\n`));
			socket.on('close', () => resolve());
		});
		expect(answers).toEqual([]);
		expect(run.all('view.joined')).toEqual([]);
		expect(run.all('run.draining')).toEqual([]);
	});

	it('keeps the socket and its file to their owner', async () => {
		const {endpoint} = await startBench();
		expect((await stat(endpoint.socket)).mode & 0o777).toBe(0o600);
		const folder = await mkdtemp(path.join(tmpdir(), `eros-${'deep-'.repeat(20)}`));
		closers.push(async () => rm(folder, {recursive: true, force: true}));
		const elsewhere = await socketPath(folder, {XDG_RUNTIME_DIR: tmpdir()});
		expect(Buffer.byteLength(elsewhere)).toBeLessThan(108);
		expect((await stat(path.dirname(elsewhere))).mode & 0o777).toBe(0o700);
		await writeFile(path.join(folder, 'supervisor.json'), '{"pid": "no number"}');
		expect(await readEndpoint(folder)).toBeUndefined();
	});

	it('lets one view drive; another watches, asks, and is handed the wheel, all on record', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		await sees(ann, state => state.driver === ann.view);
		const ben = await join('ben');
		ben.dispatch({type: 'attest', question, note: 'mine'});
		await sees(ben, state => state.views.length === 2);
		await run.next('intent.refused', ({reason}) => reason.startsWith('ann drives this run'));
		ann.dispatch({type: 'hand-over'});
		await run.next('intent.refused', ({reason}) => reason.startsWith('nobody asked for the wheel'));
		ben.dispatch({type: 'ask-for-control'});
		await sees(ann, state => state.controlAskedBy === ben.view);
		ann.dispatch({type: 'hand-over'});
		await sees(ben, state => state.driver === ben.view);
		ann.dispatch({type: 'attest', question, note: 'too late'});
		await run.next('intent.refused', ({reason}) => reason.startsWith('ben drives this run'));
		ben.dispatch({type: 'attest', question, note: 'seen by ben'});
		expect(await run.session.finished).toBe(0);
		expect(run.all('question.answered').map(({by}) => by)).toEqual(['ben']);
		expect(run.all('control.passed')).toEqual([{to: 'v1', actor: 'ann', reason: 'nobody drove'}, {from: 'v1', to: 'v2', actor: 'ben', reason: 'handed over by ann'}]);
	});

	it('takes a phrase from a screen only, although a view of lines drives', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		await sees(ann, state => state.driver === ann.view);
		ann.dispatch({type: 'confirm', question, phrase: 'deploy'});
		await run.next('intent.refused', ({reason}) => reason.startsWith('a phrase is typed on the screen, and v1 is none'));
		ann.leave();
		const ben = await join('ben', false, 'screen');
		await sees(ben, state => state.driver === ben.view);
		ben.dispatch({type: 'confirm', question, phrase: 'deploy'});
		await run.next('intent.refused', ({reason}) => reason === 'that question takes no phrase');
	});

	it('frees the wheel when the driver leaves; a read-only view never gets it', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		await sees(ann, state => state.driver === ann.view);
		const eve = await join('eve', true);
		ann.leave();
		await sees(eve, state => state.views.length === 1 && state.driver === undefined);
		eve.dispatch({type: 'ask-for-control'});
		eve.dispatch({type: 'attest', question, note: 'mine'});
		eve.dispatch({type: 'cancel'});
		await run.next('intent.refused', ({intent, reason}) => intent === 'cancel' && reason === 'eve watches read-only (v2)');
		expect(run.all('control.passed')).toHaveLength(1);
		const ben = await join('ben');
		await sees(ben, state => state.driver === ben.view);
		expect(run.session.state().questions).toHaveLength(1);
		expect(run.all('run.cancelling')).toEqual([]);
	});

	it('goes on when the view goes away that held it for a menu; a pause that was meant stays', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		await sees(ann, state => state.driver === ann.view);
		ann.dispatch({type: 'pause', isHeld: true});
		await run.next('run.paused');
		ann.leave();
		await run.next('run.unpaused');
		const ben = await join('ben');
		await sees(ben, state => state.driver === ben.view);
		ben.dispatch({type: 'pause'});
		await sees(ben, state => state.phase === 'paused');
		ben.leave();
		await run.next('view.left', ({id}) => id === 'v2');
		expect(run.all('run.unpaused')).toHaveLength(1);
		expect(run.session.state().phase).toBe('paused');
	});

	it('stops for a command that holds the token, whoever drives, and writes down who asked', async () => {
		const {run, join} = await startBench();
		const ann = await join('ann');
		await sees(ann, state => state.driver === ann.view);
		const command = await join('ops', false, 'command');
		command.dispatch({type: 'cancel'});
		expect(await run.session.finished).toBe(130);
		expect(run.all('run.cancelling')).toEqual([{reason: 'asked by ops'}]);
	});

	it('tells a view how it ended: over, suspended, or lost without a word', async () => {
		const first = await startBench();
		const over = await first.join('ann');
		first.server.over(3);
		await first.server.close();
		expect(await over.ended).toEqual({kind: 'over', exitCode: 3});
		expect(await over.finished).toBe(3);
		const second = await startBench();
		const suspended = await second.join('ann');
		second.server.suspend('SIGTERM');
		await second.server.close();
		expect(await suspended.ended).toEqual({kind: 'suspended', reason: 'SIGTERM'});
		const third = await startBench();
		const lost = await third.join('ann');
		await third.server.close();
		expect(await lost.ended).toEqual({kind: 'lost'});
		expect(await lost.finished).toBe(7);
	});

	it('repeats what was said before the run began to those who come later', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-supervisor-'));
		const endpoint = {socket: await socketPath(folder, {}), token: createToken()};
		const server = await serveRun(endpoint);
		closers.push(async () => rm(folder, {recursive: true, force: true}));
		server.say('Laying out sample data.\n');
		const heard: string[] = [];
		const session = await connectSession({endpoint, actor: 'ann', kind: 'plain', isReadOnly: false, onSaid: text => heard.push(text), exitCodeOf: () => 7});
		server.fail(4, 'There are no credentials.');
		await server.close();
		expect(await session?.begun).toEqual({kind: 'failed', exitCode: 4, text: 'There are no credentials.'});
		expect(heard).toEqual(['Laying out sample data.\n']);
		expect(await session?.finished).toBe(4);
	});
});

describe('its protocol', () => {
	it('finds the same lines however a stream is cut', () => {
		fc.assert(fc.property(fc.array(fc.string().map(text => text.replaceAll('\n', ' '))), fc.array(fc.nat({max: 40})), (lines, cuts) => {
			const text = lines.map(line => `${line}\n`).join('');
			const found: string[] = [];
			const read = createLineReader(line => found.push(line), () => undefined);
			let from = 0;
			for (const cut of cuts) {
				read(text.slice(from, from + cut));
				from += cut;
			}

			read(text.slice(from));
			expect(found).toEqual(lines.filter(line => line !== ''));
		}));
	});

	it('gives up on a line without an end', () => {
		let overflows = 0;
		const read = createLineReader(() => undefined, () => {
			overflows += 1;
		}, 100);
		read('x'.repeat(101));
		expect(overflows).toBe(1);
	});

	it('takes no message that is not whole and known', () => {
		for (const line of ['{}', '[]', '{"type":"intent"}', '{"type":"intent","intent":{"type":"deploy"}}', '{"type":"intent","intent":{"type":"confirm","question":"q"}}', '{"type":"intent","intent":{"type":"drain","extra":1}}', '{"type":"hello","token":"t","actor":"","kind":"plain","isReadOnly":false}']) {
			expect(() => readViewMessage(line), line).toThrow();
		}
	});
});
