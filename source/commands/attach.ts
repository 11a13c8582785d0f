// `eros-tui attach`: follows a run from a second pane. It reads the journal, so it cannot disturb the run.
import {createSystemClock} from '../host/system-clock.js';
import {tailJournal} from '../journal/index.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {chooseRun} from './find-run.js';
import {followSession} from './journal-session.js';
import {presentReadOnly} from './read-only-view.js';

/** Ends with the run; Ctrl-C leaves the view and nothing else. */
export const run: CommandRun = async invocation => {
	const folder = await chooseRun(invocation);
	const leaving = new AbortController();
	const session = followSession(tailJournal(folder.journal, createSystemClock(), leaving.signal), intent => {
		invocation.io.stderr.write(`${intent} is for the pane that drives the run; this one only watches.\n`);
	});
	try {
		await presentReadOnly(session, folder.journal, invocation);
	} finally {
		leaving.abort();
	}

	return exitCode.done;
};
