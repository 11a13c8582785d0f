// `eros-tui attach`: a run that goes on in the background, seen and driven from another pane.
import {resumeCommand} from '../domain/wording/resume.js';
import {foldEvents} from '../domain/run-reducer.js';
import {listRuns, readJournal, type RunFolder} from '../journal/index.js';
import type {CommandRun, Invocation} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseRun} from './find-run.js';
import {isOpen} from './find-unfinished.js';
import {findSupervisor} from './launch.js';
import {choosePresenter} from './present-run.js';
import {showSupervised} from './run-window.js';

/** The run that is named, else the newest that is under way, else the newest. */
const chooseLive = async (invocation: Invocation): Promise<RunFolder> => {
	const [name] = invocation.arguments;
	if (name === undefined) {
		for (const folder of await listRuns(invocation.io.env)) {
			if (await findSupervisor(folder) !== undefined) {
				return folder;
			}
		}
	}

	return chooseRun(invocation);
};

/** Joins the run: with the wheel where nobody drives, as one who watches otherwise. */
export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const folder = await chooseLive(invocation);
	const endpoint = await findSupervisor(folder);
	if (endpoint !== undefined) {
		return showSupervised(endpoint, folder, choosePresenter(invocation), options['readOnly'] === true, invocation);
	}

	const state = foldEvents((await readJournal(folder.journal)).events);
	io.stderr.write(`Run ${folder.run} is not under way${state.finished === undefined ? '; its process is gone' : `: ${state.finished.sentence}`}\n  ${isOpen(state) ? `Continue it: ${resumeCommand(state)}` : `Show it: eros-tui replay ${folder.run}`}\n`);
	return exitCode.failed;
};

