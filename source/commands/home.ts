// `eros-tui` without arguments: the screen of the configured target. A run under way is joined, an unfinished one is
// offered; only then a new one begins.
import {formatDuration} from '../domain/wording/duration.js';
import {resumeCommand} from '../domain/wording/resume.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings} from '../settings/index.js';
import {run as attach} from './attach.js';
import type {CommandRun} from './command.js';
import {run as deploy} from './deploy.js';
import {exitCode} from './exit-codes.js';
import {findUnfinished} from './find-unfinished.js';
import {findSupervisor} from './launch.js';
import {choosePresenter} from './present-run.js';

export const run: CommandRun = async invocation => {
	const {io} = invocation;
	const settings = await loadSettings({}, io.env);
	const unfinished = await findUnfinished(io.env, 'deploy', `${settings.project}.${settings.dataset}`);
	if (unfinished === undefined) {
		return deploy(invocation);
	}

	const {folder, state} = unfinished;
	const isLive = await findSupervisor(folder) !== undefined;
	if (choosePresenter(invocation) !== 'screen') {
		const seen = formatDuration(Math.max(0, createSystemClock().now() - state.nowMs));
		io.stderr.write(isLive
			? `Run ${folder.run} is under way.\n  Watch it: eros-tui attach ${folder.run}\n`
			: `Run ${folder.run} is not finished; last seen ${seen} ago.\n  Continue it: ${resumeCommand(state)}\n  Begin another: eros-tui deploy\n`);
		return exitCode.needsPerson;
	}

	return isLive ? attach({...invocation, arguments: [folder.run]}) : deploy({...invocation, options: {resume: folder.run}});
};
