// Shows a session that cannot be acted on, in the way the options ask for.
import type {Session} from '../ports/session.js';
import {createSystemClock} from '../host/system-clock.js';
import {packageVersion} from '../package-info.js';
import {presentAccessible} from '../report/accessible.js';
import {presentNdjson} from '../report/ndjson.js';
import {presentPlain} from '../report/plain.js';
import type {Invocation} from './command.js';

/** Prints the session as NDJSON, as sentences or as lines; resolves with its exit code. */
export const presentReadOnly = async (session: Session, journalPath: string, {options, io}: Invocation): Promise<number> => {
	if (options['json'] === true) {
		return presentNdjson(session, io.stdout, packageVersion());
	}

	const clock = createSystemClock();
	return options['accessible'] === true ? presentAccessible(session, io.stdout, {clock, journalPath}) : presentPlain(session, io.stdout, {clock, journalPath});
};
