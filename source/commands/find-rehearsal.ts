// What was rehearsed on this machine, for whoever approves the real thing.
import type {Rehearsal} from '../domain/events.js';
import type {PlanHash} from '../domain/ids.js';
import {foldEvents} from '../domain/run-reducer.js';
import {listRuns, readJournal} from '../journal/index.js';
import type {CommandIo} from './command.js';

/** Further back than so many runs nobody looks. */
const mostRuns = 20;

/**
 * The newest rehearsal of a target that passed with a plan; when there is none, the newest that came to its end.
 * @returns undefined when none is on record.
 */
export const findRehearsal = async (env: CommandIo['env'], target: {readonly project: string; readonly dataset: string}, hash: PlanHash): Promise<Rehearsal | undefined> => {
	let newest: Rehearsal | undefined;
	const runs = (await listRuns(env)).filter(folder => folder.target === `${target.project}.${target.dataset}`);
	for (const {run, journal, changedMs} of runs.slice(0, mostRuns)) {
		const {command, finished, plan, rollback} = foldEvents((await readJournal(journal)).events);
		if (command !== 'rehearse' || finished === undefined) {
			continue;
		}

		// The clock of a rehearsal is driven: when it was, the file says.
		const rehearsal: Rehearsal = {run, endedAtMs: Math.round(changedMs), outcome: finished.outcome, ...(plan === undefined ? {} : {planHash: plan.hash}), ...(rollback?.proof === undefined ? {} : {rollbackMs: rollback.proof.durationMs})};
		if (plan?.hash === hash && finished.outcome === 'passed') {
			return rehearsal;
		}

		newest ??= rehearsal;
	}

	return newest;
};
