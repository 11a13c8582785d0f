// A run by the name a person gives: its id, the beginning of its id, or nothing for the newest.
import {UsageError} from '../domain/usage-error.js';
import {findRun, readJournal, type JournalContent, type RunFolder} from '../journal/index.js';
import type {Invocation} from './command.js';

/**
 * The run that the first argument names.
 * @throws UsageError when there is none, or more than one.
 */
export const chooseRun = async ({arguments: [name], io}: Invocation): Promise<RunFolder> => {
	const found = await findRun(io.env, name);
	if (found.kind === 'found') {
		return found.run;
	}

	if (found.kind === 'ambiguous') {
		throw new UsageError([{field: '[run]', value: name, accepted: 'the beginning of one run id', fix: `It could be ${found.runs.map(({run}) => run).join(', ')}; write more of it.`}]);
	}

	throw new UsageError([{field: '[run]', value: name, accepted: 'a run on record', fix: name === undefined ? 'Make one with: eros-tui rehearse' : 'List the runs with: eros-tui runs'}]);
};

/** The journal of that run as far as it can be read. */
export const readRun = async (invocation: Invocation): Promise<{readonly folder: RunFolder; readonly content: JournalContent}> => {
	const folder = await chooseRun(invocation);
	return {folder, content: await readJournal(folder.journal)};
};
