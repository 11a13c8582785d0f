// `eros-tui abort`: stops a run from outside. The only way to cancel its jobs without sitting at its screen.
import {isProcessAlive, thisActor} from '../host/process-identity.js';
import {createSystemClock} from '../host/system-clock.js';
import {connectSession} from '../supervisor/remote-session.js';
import type {CommandIo, CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseRun} from './find-run.js';
import {findSupervisor} from './launch.js';

/** How long the process of a run may take to go once the run is over, milliseconds. */
const goneWithinMs = 10_000;

const nothingToStop = (io: CommandIo, run: string): number => {
	io.stderr.write(`Run ${run} is not under way; there is nothing to stop.\n  Show it: eros-tui show ${run}\n`);
	return exitCode.failed;
};

/** Cancels running jobs by id and ends the run; with --drain what runs settles first. Resolves when the run has ended and its process is gone: a resume may follow at once. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const folder = await chooseRun(invocation);
	const endpoint = await findSupervisor(folder);
	if (endpoint === undefined) {
		return nothingToStop(io, folder.run);
	}

	const session = await connectSession({endpoint, actor: thisActor(), kind: 'command', isReadOnly: false, exitCodeOf: () => exitCode.needsPerson});
	if (session === undefined) {
		return nothingToStop(io, folder.run);
	}

	const early = await session.begun;
	if (early === undefined) {
		session.dispatch({type: options['drain'] === true ? 'drain' : 'cancel'});
	}

	const end = await session.ended;
	const {finished} = session.state();
	io.stderr.write(`${finished?.sentence ?? `Run ${folder.run} ended (${end.kind}).`}\n`);
	const clock = createSystemClock();
	for (const startedMs = clock.monotonic(); isProcessAlive(endpoint) && clock.monotonic() - startedMs < goneWithinMs;) {
		await clock.pause(20);
	}

	return end.kind === 'over' ? exitCode.done : exitCode.needsPerson;
};
