// `eros-tui abort`: stops a run from outside. The only way to cancel its jobs without sitting at its screen.
import {thisActor} from '../host/process-identity.js';
import {connectSession} from '../supervisor/remote-session.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseRun} from './find-run.js';
import {findSupervisor} from './launch.js';

/** Cancels running jobs by id and ends the run; with --drain what runs settles first. Resolves when the run has ended. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const folder = await chooseRun(invocation);
	const endpoint = await findSupervisor(folder);
	const session = endpoint === undefined ? undefined : await connectSession({endpoint, actor: thisActor(), kind: 'command', isReadOnly: false, exitCodeOf: () => exitCode.needsPerson});
	if (session === undefined) {
		io.stderr.write(`Run ${folder.run} is not under way; there is nothing to stop.\n  Show it: eros-tui show ${folder.run}\n`);
		return exitCode.failed;
	}

	const early = await session.begun;
	if (early === undefined) {
		session.dispatch({type: options['drain'] === true ? 'drain' : 'cancel'});
	}

	const end = await session.ended;
	const {finished} = session.state();
	io.stderr.write(`${finished?.sentence ?? `Run ${folder.run} ended (${end.kind}).`}\n`);
	return end.kind === 'over' ? exitCode.done : exitCode.needsPerson;
};
