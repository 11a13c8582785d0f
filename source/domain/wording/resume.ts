// How a run that did not come to its end is continued.
import type {RunState} from '../run-state.js';

/** The command that continues an unfinished run. */
export const resumeCommand = ({command, run}: Pick<RunState, 'command' | 'run'>): string => {
	switch (command) {
		case 'rehearse':
		case 'deploy':
		case undefined: {
			return `eros-tui ${command ?? 'deploy'} --resume ${run ?? ''}`.trimEnd();
		}

		default: {
			return `eros-tui ${command}`;
		}
	}
};
