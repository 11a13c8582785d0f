// Shows a run in the way the options and the terminal ask for, and turns signals into intents.
import process from 'node:process';
import type {Session} from '../ports/session.js';
import {createSystemClock} from '../host/system-clock.js';
import {packageVersion} from '../package-info.js';
import {presentAccessible} from '../report/accessible.js';
import {exitSummary} from '../report/exit-summary.js';
import {presentNdjson} from '../report/ndjson.js';
import {presentPlain} from '../report/plain.js';
import {onSignals} from '../terminal/signals.js';
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

/** Lines have no keys: the first Ctrl-C drains, the second cancels running jobs by id. */
const drainOnSignals = (session: Session, onSignal: (code: number) => void): Disposable => {
	let pressed = 0;
	const stop = (code: number) => (): void => {
		onSignal(code);
		pressed += 1;
		session.dispatch({type: pressed === 1 ? 'drain' : 'cancel'});
	};

	return onSignals({SIGINT: stop(exitCode.interrupted), SIGTERM: stop(exitCode.terminated), SIGHUP: stop(exitCode.hangup)});
};

const presentLines = async (session: Session, presenter: Exclude<Presenter, 'screen'>, journalPath: string, {io}: Invocation): Promise<number> => {
	const clock = createSystemClock();
	let signal: number | undefined;
	using _signals = drainOnSignals(session, code => {
		signal ??= code;
	});
	// A reader that went away, as in `| head`, ends the run as Ctrl-C does: nothing new starts.
	const onError = (): void => session.dispatch({type: 'drain'});
	io.stdout.on('error', onError);
	const code = presenter === 'json'
		? await presentNdjson(session, io.stdout, packageVersion())
		: presenter === 'accessible'
			? await presentAccessible(session, io.stdout, {clock, journalPath})
			: await presentPlain(session, io.stdout, {clock, journalPath});
	return code === exitCode.interrupted ? signal ?? code : code;
};

const impatientMs = 2000;

/** Ends the process although a job or a timer still holds it: the journal says where it stood, a resume goes on from there. */
const leaveNow = (code: number): void => {
	process.exit(code);
};

const presentScreen = async (session: Session, journalPath: string, {io}: Invocation): Promise<number> => {
	const clock = createSystemClock();
	const startedMs = clock.monotonic();
	const {mountScreen} = await import('../tui/mount.js');
	const end = await mountScreen({session, clock, stdin: io.stdin, stdout: io.stdout, env: io.env});
	const isImpatient = end.reason === 'terminated' || end.reason === 'forced';
	if (session.state().phase !== 'finished') {
		// Whoever leaves a running window leaves it settled.
		session.dispatch({type: 'drain'});
		if (isImpatient) {
			session.dispatch({type: 'cancel'});
		}
	}

	// What was forced may be stuck: it gets a moment to write down how it ended, and no more.
	const patience = isImpatient ? clock.pause(impatientMs) : new Promise<never>(() => {
		// The session alone decides when it is over.
	});
	await Promise.race([session.finished, patience]);
	io.stdout.write(exitSummary(session.state(), {journalPath, durationMs: clock.monotonic() - startedMs}));
	if (session.state().phase !== 'finished' && isImpatient) {
		leaveNow(end.exitCode);
	}

	return end.reason === 'finished' || end.reason === 'left' ? session.finished : end.exitCode;
};

/** Shows the session until it is over. Resolves with the exit code of the command. */
export const presentRun = async (session: Session, presenter: Presenter, journalPath: string, invocation: Invocation): Promise<number> =>
	presenter === 'screen' ? presentScreen(session, journalPath, invocation) : presentLines(session, presenter, journalPath, invocation);
