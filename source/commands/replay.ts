// `eros-tui replay`: a run again from its journal, at once or at a pace.
import {UsageError} from '../domain/usage-error.js';
import type {JournaledEvent} from '../domain/events.js';
import {createSystemClock} from '../host/system-clock.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {readRun} from './find-run.js';
import {followSession} from './journal-session.js';
import {presentReadOnly} from './read-only-view.js';

const parseSpeed = (value: unknown): number | undefined => {
	if (value === undefined) {
		return undefined;
	}

	const speed = Number(value);
	if (!(speed > 0)) {
		throw new UsageError([{field: '--speed', value: String(value), accepted: 'a factor greater than 0', fix: 'Replay an hour a minute with: --speed 60'}]);
	}

	return speed;
};

/** Events as they came, each waiting for its time when a speed is given. */
async function* paced(events: readonly JournaledEvent[], speed: number | undefined): AsyncGenerator<JournaledEvent> {
	const clock = createSystemClock();
	let lastMs = events[0]?.wall ?? 0;
	for (const event of events) {
		if (speed !== undefined && event.wall > lastMs) {
			await clock.pause((event.wall - lastMs) / speed);
		}

		lastMs = event.wall;
		yield event;
	}
}

/** The exit code is that of the replay, not of the run: 0, or 1 when the journal is damaged. */
export const run: CommandRun = async invocation => {
	const speed = parseSpeed(invocation.options['speed']);
	const {folder, content} = await readRun(invocation);
	await presentReadOnly(followSession(paced(content.events, speed)), folder.journal, invocation);
	if (content.problem !== undefined) {
		invocation.io.stderr.write(`Line ${content.problem.line} of the journal is damaged: ${content.problem.reason}. The replay ends before it.\n`);
		return exitCode.failed;
	}

	return exitCode.done;
};
