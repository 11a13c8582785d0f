// Shows a run in the way the options and the terminal ask for, and turns signals into intents.
import path from 'node:path';
import {resumeCommand} from '../domain/wording/resume.js';
import {createFiles} from '../host/files.js';
import {createSystemClock} from '../host/system-clock.js';
import {packageVersion} from '../package-info.js';
import {presentAccessible} from '../report/accessible.js';
import {exitSummary} from '../report/exit-summary.js';
import {presentNdjson} from '../report/ndjson.js';
import {presentPlain} from '../report/plain.js';
import type {RemoteSession} from '../supervisor/remote-session.js';
import {endByHangUp, onSignals} from '../terminal/signals.js';
import type {Invocation} from './command.js';
import {exitCode} from './exit-codes.js';

export type Presenter = 'screen' | 'plain' | 'accessible' | 'json';

/** The presenter of an invocation: flags over environment over what the terminal can do. */
export const choosePresenter = ({options, io}: Invocation): Presenter => {
	if (options['json'] === true) {
		return 'json';
	}

	if (options['accessible'] === true || io.env['ACCESSIBLE'] === '1' || io.env['INK_SCREEN_READER'] === 'true') {
		return 'accessible';
	}

	const isTerminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
	const wantsLines = options['plain'] === true || io.env['TERM'] === 'dumb' || (io.env['CI'] ?? '') !== '';
	return isTerminal && !wantsLines ? 'screen' : 'plain';
};

const goesOn = (session: RemoteSession): string => `The run goes on in the background.\n  watch  eros-tui attach ${session.state().run ?? ''}\n  stop   eros-tui abort ${session.state().run ?? ''}\n`;

/** What a view says after the supervisor went without finishing the run; undefined when it did finish. */
const describeLoss = async (session: RemoteSession): Promise<string | undefined> => {
	const end = await session.ended;
	const continueWith = `continue  ${resumeCommand(session.state())}`;
	switch (end.kind) {
		case 'lost': {
			return `The background process of run ${session.state().run ?? ''} ended without a word.\n  What it had submitted runs on at the warehouse; the journal has all of it.\n  ${continueWith}\n`;
		}

		case 'suspended': {
			return `Run ${session.state().run ?? ''} was suspended: ${end.reason}.\n  ${continueWith}\n`;
		}

		case 'failed': {
			return `${end.text}\n`;
		}

		default: {
			return undefined;
		}
	}
};

/**
 * Lines have no keys: the first Ctrl-C drains, the second leaves the view. A terminal that goes away, or a process
 * manager that ends this one, ends the view only.
 */
const listenToSignals = (session: RemoteSession, onLeave: (code: number) => void): Disposable => {
	let pressed = 0;
	return onSignals({
		SIGINT() {
			pressed += 1;
			if (pressed === 1) {
				session.dispatch({type: 'drain'});
			} else {
				onLeave(exitCode.interrupted);
			}
		},
		SIGTERM: () => onLeave(exitCode.terminated),
		SIGHUP: () => onLeave(exitCode.hangup),
	});
};

const presentLines = async (session: RemoteSession, presenter: Exclude<Presenter, 'screen'>, journalPath: string, {io}: Invocation): Promise<number> => {
	const clock = createSystemClock();
	let left: number | undefined;
	const leave = (code: number): void => {
		left ??= code;
		session.leave();
	};

	using _signals = listenToSignals(session, leave);
	// A reader that went away, as in `| head`, has seen what it wanted. A terminal that went away answers with EIO, once or often.
	io.stdout.on('error', ({code}: NodeJS.ErrnoException) => leave(code === 'EIO' ? exitCode.hangup : exitCode.done));
	const code = presenter === 'json'
		? await presentNdjson(session, io.stdout, packageVersion())
		: presenter === 'accessible'
			? await presentAccessible(session, io.stdout, {clock, journalPath})
			: await presentPlain(session, io.stdout, {clock, journalPath});
	if (left === exitCode.hangup) {
		// There is nobody to read more, and no terminal to read it on.
		endByHangUp();
		return left;
	}

	if (left !== undefined) {
		io.stderr.write(goesOn(session));
		return left;
	}

	io.stderr.write(await describeLoss(session) ?? '');
	return code;
};

const presentScreen = async (session: RemoteSession, isReadOnly: boolean, journalPath: string, {io}: Invocation): Promise<number> => {
	const clock = createSystemClock();
	const startedMs = clock.monotonic();
	const {mountScreen} = await import('../tui/mount.js');
	const lost = session.ended.then(async end => (end.kind === 'lost' || end.kind === 'suspended' || end.kind === 'failed' ? undefined : new Promise<never>(() => undefined)));
	const saveFile = async (name: string, text: string): Promise<string> => {
		const file = path.join(session.state().artifactsFolder ?? path.dirname(journalPath), name);
		await createFiles().write(file, text);
		return file;
	};

	const end = await mountScreen({session, clock, stdin: io.stdin, stdout: io.stdout, env: io.env, isReadOnly, view: session.view, lost, saveFile});
	if (end.reason === 'lost') {
		io.stdout.write(await describeLoss(session) ?? '');
		return exitCode.needsPerson;
	}

	if (end.reason === 'finished') {
		io.stdout.write(exitSummary(session.state(), {journalPath, durationMs: clock.monotonic() - startedMs, width: io.stdout.columns}));
		return session.finished;
	}

	session.leave();
	// After a hang-up there is nobody to read this, and no terminal to read it on.
	if (end.reason !== 'hangup') {
		io.stdout.write(isReadOnly ? '' : exitSummary(session.state(), {journalPath, durationMs: clock.monotonic() - startedMs, isGoingOn: true, width: io.stdout.columns}));
	}

	return end.exitCode;
};

/**
 * Shows the session until it is over or the view is left; leaving changes nothing about the run.
 * @returns the exit code of the command.
 */
export const presentRun = async (session: RemoteSession, presenter: Presenter, journalPath: string, invocation: Invocation, isReadOnly = false): Promise<number> =>
	presenter === 'screen' ? presentScreen(session, isReadOnly, journalPath, invocation) : presentLines(session, presenter, journalPath, invocation);
