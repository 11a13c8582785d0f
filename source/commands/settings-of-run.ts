// Settings for a run that is on record.
import type {RunState} from '../domain/run-state.js';
import {loadSettings, type Settings} from '../settings/index.js';
import type {Invocation} from './command.js';

/** The target is the run's own where the run is known; everything else is what this invocation says. */
export const settingsOfRun = async (state: RunState | undefined, {options, io}: Invocation): Promise<Settings> => {
	const target = state?.target;
	return loadSettings(target === undefined ? options : {...options, target: target.kind, project: target.project, dataset: target.dataset, location: target.location, timezone: target.timeZone}, io.env);
};
