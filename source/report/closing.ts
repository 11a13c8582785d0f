// The last lines of a run that printed lines.
import type {EventData, JournaledEvent} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import {formatCount, formatMoney} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {describeCriteria} from './fact.js';
import {whole, wholeCommands, wrapLine} from './wrap-line.js';

/** Each is one line, or more where a terminal's width was given. */
export type Closing = {
	readonly outcome: readonly string[];
	readonly health: readonly string[];
	readonly places: readonly string[];
};

/** Cells that a presenter leaves for the lines: `outcome` may begin further right than the others. */
export type ClosingWidth = {readonly outcome: number; readonly other: number};

const outcomeWords = {passed: 'done', failed: 'failed', 'rolled-back': 'rolled back', aborted: 'aborted', 'needs-person': 'needs a person'} as const satisfies Record<EventData<'run.finished'>['outcome'], string>;

/** Real time from the first event to the last where one process wrote both, the run's clock otherwise. */
export const realDurationMs = (first: JournaledEvent | undefined, last: JournaledEvent): number => {
	if (!first) {
		return 0;
	}

	return first.boot === last.boot ? last.mono - first.mono : last.wall - first.wall;
};

/** Outcome with criteria, health with cost, and where everything is kept; broken between words where there is a width. */
export const closingLines = (finished: EventData<'run.finished'>, durationMs: number, state: RunState, journalPath: string, width?: ClosingWidth): Closing => {
	const total = Object.values(finished.criteria).reduce((sum, count) => sum + count, 0);
	const sentence = finished.outcome === 'passed' ? '' : ` · ${wholeCommands(sanitizeLine(finished.sentence))}`;
	return {
		outcome: wrapLine(`${outcomeWords[finished.outcome]} in ${whole(formatDuration(durationMs))}: ${whole(formatCount(total, 'criterion', 'criteria'))}: ${describeCriteria(finished.criteria).split(', ').map(count => whole(count)).join(', ')}${sentence}`, width?.outcome, 0),
		health: wrapLine(`Health Score: ${finished.healthScore === undefined ? 'unknown' : `${finished.healthScore}/100`}   cost ${formatMoney(finished.costMicros)}`, width?.other),
		places: wrapLine(`artifacts  ${whole(state.artifactsFolder ?? 'none')}   journal ${whole(journalPath)}   show it again: ${whole(`eros-tui replay ${state.run ?? ''}`)}`, width?.other),
	};
};
