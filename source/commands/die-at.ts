// A rehearsal that dies on purpose: the faults "kill between intent and submit", "between submit and accept", "between
// done and journal" of the drill list, exact to the event. Asked for by an environment variable, and heard by rehearsals
// only; `npm run test:chaos` drives it.
import {readFileSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import {z} from 'zod';
import type {Connection} from '../cloud/connect.js';
import type {RunCommand, RunEvent} from '../domain/events.js';
import type {EventContext} from '../ports/journal.js';
import type {OpenedJournal} from '../journal/index.js';

const deathSchema = z.array(z.object({
	/** `<step>/<type>/<n>`: the n-th event of that type of that step in the whole journal, counted from 1. */
	at: z.string(),
	/** Before the event is written: what it records has been done, and nobody knows. After: it is on disk, what it announces has not been done. */
	when: z.enum(['before', 'after']),
	victim: z.enum(['supervisor', 'warehouse']),
	done: z.boolean(),
}));

export type Death = z.infer<typeof deathSchema>[number];

/** The name of an event's place in a run, the same in every run of the same window. */
export const placeOf = (step: string | undefined, type: string, count: number): string => `${step ?? 'run'}/${type}/${count}`;

/** Wraps the journal of a rehearsal so that it dies where EROS_DEATHS (a file) says, each place once; any other journal is returned as it is. */
export const withDeaths = (journal: OpenedJournal, command: RunCommand, env: Readonly<Record<string, string | undefined>>, connection: Connection): OpenedJournal => {
	const file = env['EROS_DEATHS'];
	if (file === undefined || command !== 'rehearse') {
		return journal;
	}

	const deaths = deathSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
	const seen = new Map<string, number>();
	const count = (step: string | undefined, type: string): string => {
		const key = `${step ?? 'run'}/${type}`;
		seen.set(key, (seen.get(key) ?? 0) + 1);
		return placeOf(step, type, seen.get(key) ?? 1);
	};

	for (const event of journal.past) {
		count(event.step, event.type);
	}

	const die = (place: string, when: Death['when']): void => {
		const death = deaths.find(candidate => !candidate.done && candidate.at === place && candidate.when === when);
		if (death === undefined) {
			return;
		}

		death.done = true;
		writeFileSync(file, JSON.stringify(deaths));
		process.kill(death.victim === 'supervisor' ? process.pid : connection.embedded?.instance.pid ?? process.pid, 'SIGKILL');
	};

	return {
		...journal,
		async append(event: RunEvent, context: EventContext = {}) {
			const place = count(context.step, event.type);
			die(place, 'before');
			const written = await journal.append(event, context);
			die(place, 'after');
			return written;
		},
	};
};
