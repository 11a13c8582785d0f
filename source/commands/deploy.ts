// `eros-tui deploy`: the window on the configured target; `--resume` continues one.
import type {RunId} from '../domain/ids.js';
import {createFiles} from '../host/files.js';
import {createRunId} from '../host/random.js';
import {packageRoot} from '../package-info.js';
import {targetNames} from '../window/deploy-set.js';
import {windowSpec, windowTasks} from '../window/index.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {rollbackBasics} from './rollback-basics.js';
import {chooseUnfinished, isOpen} from './find-unfinished.js';
import {settingsOfRun} from './settings-of-run.js';
import {layOutSample} from './sample-data.js';
import {runWindow} from './run-window.js';
import {isSecondPersonRequired, parsePlanHash} from './second-person.js';
import {isAttended} from './supervised.js';

/** Runs or continues the deployment window. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const approve = parsePlanHash('--approve', options['approve']);
	const resumed = options['resume'] === undefined ? undefined : await chooseUnfinished(invocation.supervised?.run ?? options['resume'], 'deploy', io.env);
	if (resumed !== undefined && !isOpen(resumed.state)) {
		io.stderr.write(`Run ${resumed.folder.run} is over: ${resumed.state.finished?.sentence ?? resumed.state.command ?? ''}\n  Show it with: eros-tui show ${resumed.folder.run}\n`);
		return exitCode.usage;
	}

	const settings = await settingsOfRun(resumed?.state, invocation);
	if (options['readOnly'] === true) {
		io.stderr.write('Watching needs a run that somebody else drives: eros-tui attach --read-only\n');
		return exitCode.usage;
	}

	const id: RunId = invocation.supervised?.run ?? resumed?.folder.run ?? createRunId();
	const title = resumed === undefined ? `Deploy to ${settings.project}.${settings.dataset}` : `Continue run ${id}`;
	return runWindow({
		command: 'deploy',
		settings,
		run: id,
		window: windowSpec,
		tasks: windowTasks(),
		clock: 'real',
		approval: {...(approve === undefined ? {} : {approve}), isSecondPersonRequired: isSecondPersonRequired(settings, options)},
		...(isAttended(invocation) ? {startTitle: title} : {}),
		rollback: rollbackBasics,
		async prepare(connection) {
			if (connection.embedded !== undefined && await connection.warehouse.findDataset(settings.dataset) === undefined) {
				io.stderr.write(`The embedded warehouse is empty; sample data is laid out first.\n`);
				await layOutSample(connection, targetNames(settings), {seed: 1, nowMs: await connection.embedded.drive.now(), root: packageRoot(), files: createFiles(), run: id});
			}
		},
	}, invocation);
};
