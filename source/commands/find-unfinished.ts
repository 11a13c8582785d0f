// Runs that did not come to their end.
import type {RunCommand} from '../domain/events.js';
import {foldEvents} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import {UsageError} from '../domain/usage-error.js';
import {findRun, listRuns, readJournal, type RunFolder} from '../journal/index.js';
import type {CommandIo} from './command.js';

export type KnownRun = {readonly folder: RunFolder; readonly state: RunState};

/** Whether a run can go on. A rehearsal that failed can't: its private warehouse goes with it. */
export const isOpen = ({command, finished}: RunState): boolean => {
	switch (finished?.outcome) {
		case 'passed':
		case 'rolled-back': {
			return false;
		}

		case 'failed': {
			return command !== 'rehearse';
		}

		default: {
			return true;
		}
	}
};

const readState = async (folder: RunFolder): Promise<RunState> => foldEvents((await readJournal(folder.journal)).events);

/** The newest unfinished run of that command; of that target when one is given. */
export const findUnfinished = async (env: CommandIo['env'], command: RunCommand, target?: string): Promise<KnownRun | undefined> => {
	for (const folder of await listRuns(env)) {
		if (target !== undefined && folder.target !== target) {
			continue;
		}

		const state = await readState(folder);
		if (state.command === command && isOpen(state)) {
			return {folder, state};
		}
	}

	return undefined;
};

/**
 * The run that `--resume [run]` means.
 * @throws UsageError when there is none, or the name does not fit one.
 */
export const chooseUnfinished = async (named: unknown, command: 'deploy' | 'rehearse', env: CommandIo['env']): Promise<KnownRun> => {
	if (typeof named === 'string') {
		const found = await findRun(env, named);
		if (found.kind !== 'found') {
			throw new UsageError([{field: '--resume', value: named, accepted: found.kind === 'none' ? 'a run on record' : 'the beginning of one run id', fix: 'List the runs with: eros-tui runs'}]);
		}

		const state = await readState(found.run);
		if (state.command !== undefined && state.command !== command) {
			throw new UsageError([{field: '--resume', value: named, accepted: `a run of eros-tui ${command}; this is one of eros-tui ${state.command}`, fix: `eros-tui ${state.command} --resume ${found.run.run}`}]);
		}

		return {folder: found.run, state};
	}

	const found = await findUnfinished(env, command);
	if (found === undefined) {
		throw new UsageError([{field: '--resume', value: undefined, accepted: `an unfinished run of eros-tui ${command}`, fix: `Start one with: eros-tui ${command}`}]);
	}

	return found;
};
