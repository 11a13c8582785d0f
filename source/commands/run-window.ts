// The view's side of a run: finds its background process or starts it, and shows what it does. The run itself is
// carried out in `run-supervised.ts`, by the same command with the same arguments.
import type {Connection} from '../cloud/connect.js';
import type {RunCommand} from '../domain/events.js';
import type {RunId} from '../domain/ids.js';
import type {RunState} from '../domain/run-state.js';
import type {WindowSpec} from '../domain/window.js';
import type {ApprovalPolicy} from '../engine/approval.js';
import type {SessionOptions} from '../engine/create-session.js';
import type {WindowTasks} from '../engine/task.js';
import {thisActor} from '../host/process-identity.js';
import {createSystemClock} from '../host/system-clock.js';
import {runFolder, type RunFolder} from '../journal/index.js';
import type {Settings} from '../settings/index.js';
import type {Endpoint} from '../supervisor/endpoint.js';
import {connectSession} from '../supervisor/remote-session.js';
import type {Invocation} from './command.js';
import {exitCode} from './exit-codes.js';
import {findRival, findSupervisor, launchSupervisor} from './launch.js';
import {choosePresenter, presentRun, type Presenter} from './present-run.js';

export type RunOptions = {
	readonly command: RunCommand;
	readonly settings: Settings;
	readonly run: RunId;
	readonly window: WindowSpec;
	readonly tasks: WindowTasks;
	/** Real time, or the driven time of a rehearsal: `drive` moves the embedded warehouse's clock with it. */
	readonly clock: 'real' | {readonly drivenFromMs: number; readonly speed?: number; readonly isResumed?: boolean};
	readonly dataFolder?: string;
	readonly seed?: number;
	readonly approval?: ApprovalPolicy;
	readonly startTitle?: string;
	readonly rollback?: SessionOptions['rollback'];
	readonly endWithRollback?: SessionOptions['endWithRollback'];
	/** Called once connected, before the run starts: sample data, faults. */
	readonly prepare?: (connection: Connection) => Promise<void>;
	/** Called when the run is over, or came to nothing. */
	readonly finish?: (connection: Connection, state: RunState | undefined) => Promise<void>;
};

/**
 * Shows a run whose background process listens at an endpoint until it is over or the view is left.
 * @returns the exit code of the command.
 */
export const showSupervised = async (endpoint: Endpoint, folder: RunFolder, presenter: Presenter, isReadOnly: boolean, invocation: Invocation): Promise<number> => {
	const {io} = invocation;
	let isShown = false;
	const session = await connectSession({
		endpoint, actor: thisActor(), kind: presenter, isReadOnly,
		onSaid(text) {
			// On a screen talk would tear the frame; what matters there is in the journal.
			if (presenter !== 'screen' || !isShown) {
				io.stderr.write(text);
			}
		},
		exitCodeOf: end => (end.kind === 'left' ? exitCode.done : exitCode.needsPerson),
	});
	if (session === undefined) {
		io.stderr.write(`The process of run ${folder.run} does not answer on its socket.\n  It is process ${endpoint.pid} on ${endpoint.host}. Read the run with: eros-tui show ${folder.run}\n`);
		return exitCode.needsPerson;
	}

	const early = await session.begun;
	if (early?.kind === 'failed') {
		io.stderr.write(`${early.text}\n`);
		return early.exitCode;
	}

	if (early?.kind === 'over') {
		return early.exitCode;
	}

	isShown = true;
	return presentRun(session, presenter, folder.journal, invocation, isReadOnly);
};

const describeRival = ({folder, endpoint}: NonNullable<Awaited<ReturnType<typeof findRival>>>): string =>
	`${folder.target} is being worked on: run ${folder.run} (${endpoint.command}) of ${endpoint.user} on ${endpoint.host}, process ${endpoint.pid}, since ${new Date(endpoint.startedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC.\n  Watch it: eros-tui attach ${folder.run} --read-only\n  Take part: eros-tui attach ${folder.run}, then h asks for the wheel\n  Stop it: eros-tui abort ${folder.run}\n`;

/**
 * Runs a window in the background, or continues it when the run has a journal, and shows it until it is over.
 * @returns the exit code.
 */
export const runWindow = async (options: RunOptions, invocation: Invocation): Promise<number> => {
	if (invocation.supervised !== undefined) {
		const {runSupervised} = await import('./run-supervised.js');
		return runSupervised(options, invocation, invocation.supervised);
	}

	const {settings, run, command} = options;
	const folder = runFolder(invocation.io.env, settings, run);
	const presenter = choosePresenter(invocation);
	const rival = command === 'rehearse' ? undefined : await findRival(invocation.io.env, folder.target, run);
	if (rival !== undefined) {
		invocation.io.stderr.write(describeRival(rival));
		return exitCode.locked;
	}

	const isThere = await findSupervisor(folder);
	if (isThere !== undefined) {
		return showSupervised(isThere, folder, presenter, false, invocation);
	}

	const endpoint = await launchSupervisor(folder, {command, options: invocation.options, arguments: invocation.arguments, run, isUnattended: presenter !== 'screen'}, createSystemClock());
	return showSupervised(endpoint, folder, presenter, false, invocation);
};
