// The run as NDJSON on stdout: hello first, then every event as it stands in the journal, the end last.
import type {Session} from '../ports/session.js';
import type {Output} from './plain.js';

/**
 * Prints `hello` and one event a line until the session is over. Nothing follows `run.finished`.
 * @returns the session's exit code.
 */
export const presentNdjson = async (session: Session, out: Output, version: string): Promise<number> => {
	let isGreeted = false;
	let isOver = false;
	const greet = (run: string | undefined): void => {
		if (!isGreeted) {
			isGreeted = true;
			out.write(`${JSON.stringify({type: 'hello', schema: 1, version, ...(run === undefined ? {} : {run})})}\n`);
		}
	};

	using _events = session.subscribe(event => {
		greet(event.run);
		// A run that was stopped and continued has an end in its past.
		isOver &&= event.type !== 'run.resumed';
		if (!isOver) {
			out.write(`${JSON.stringify(event.type === 'run.finished' ? {...event, ...event.data} : event)}\n`);
		}

		isOver ||= event.type === 'run.finished';
	});
	const code = await session.finished;
	greet(session.state().run);
	return code;
};
