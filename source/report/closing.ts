// The last lines of a run that printed lines.
import type {EventData, JournaledEvent} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import {formatCount, formatMoney} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {describeCriteria} from './fact.js';

export type Closing = {
	readonly outcome: string;
	readonly health: string;
	readonly places: string;
};

const outcomeWords = {passed: 'done', failed: 'failed', 'rolled-back': 'rolled back', aborted: 'aborted', 'needs-person': 'needs a person'} as const satisfies Record<EventData<'run.finished'>['outcome'], string>;

/** Real time from the first event to the last where one process wrote both, the run's clock otherwise. */
export const realDurationMs = (first: JournaledEvent | undefined, last: JournaledEvent): number => {
	if (!first) {
		return 0;
	}

	return first.boot === last.boot ? last.mono - first.mono : last.wall - first.wall;
};

/** Outcome with criteria, health with cost, and where everything is kept. */
export const closingLines = (finished: EventData<'run.finished'>, durationMs: number, state: RunState, journalPath: string): Closing => {
	const total = Object.values(finished.criteria).reduce((sum, count) => sum + count, 0);
	const sentence = finished.outcome === 'passed' ? '' : ` · ${sanitizeLine(finished.sentence)}`;
	return {
		outcome: `${outcomeWords[finished.outcome]} in ${formatDuration(durationMs)}: ${formatCount(total, 'criterion', 'criteria')}: ${describeCriteria(finished.criteria)}${sentence}`,
		health: `Health Score: ${finished.healthScore === undefined ? 'unknown' : `${finished.healthScore}/100`}   cost ${formatMoney(finished.costMicros)}`,
		places: `artifacts  ${state.artifactsFolder ?? 'none'}   journal ${journalPath}   show it again: eros-tui replay ${state.run ?? ''}`,
	};
};
