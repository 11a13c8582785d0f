// What is true of production, staging and the restore point, in words: the `now` line, the summary and the titles.
import type {ProductionState} from '../events.js';
import {formatPlanHash} from '../ids.js';
import type {RunState, Step} from '../run-state.js';
import type {SecondPerson} from '../second-person.js';
import {formatCount} from './amount.js';
import {formatClockZone, formatSpan} from './duration.js';

/** The answer to "if everything stopped now, what state is production in?". */
export const describeProduction = (production: ProductionState, zone: string): string => {
	switch (production.kind) {
		case 'unchanged': {
			return 'production unchanged';
		}

		case 'changing': {
			return `production CHANGING, ${production.done} of ${production.total} objects done`;
		}

		case 'deployed': {
			return `deployed ${formatClockZone(production.atMs, zone)}`;
		}

		case 'partial': {
			return `production PARTLY deployed: ${production.detail}`;
		}

		case 'rolling-back': {
			return 'production ROLLING BACK';
		}

		case 'rolled-back': {
			return `rolled back ${formatClockZone(production.atMs, zone)} to ${production.restorePoint}`;
		}

		case 'components-rolled-back': {
			const {components, restorePoint, atMs} = production;
			return `${formatCount(components.length, 'component')} as of ${restorePoint} since ${formatClockZone(atMs, zone)} (${components.join(', ')}), the rest as deployed`;
		}
	}
};

/** `staging 9 of 17 objects`, `staging removed`, or undefined before there is one. */
export const describeStaging = ({staging}: RunState): string | undefined => {
	if (staging.isRemoved) {
		return 'staging removed';
	}

	return staging.total === 0 ? undefined : `staging ${staging.objects} of ${staging.total} objects`;
};

/** `plan 7f3a-91c2 signed by a.reviewer@example.com (areviewer) with job eros_…`. */
export const describeSecondPerson = ({planHash, principal, osUser, job}: SecondPerson): string => `plan ${formatPlanHash(planHash)} signed by ${principal}${osUser === '' ? '' : ` (${osUser})`} with job ${job}`;

/** `restore point 20251103_0912 proven 14 min ago`, or undefined before it is taken. */
export const describeRestorePoint = ({restorePoint}: RunState, nowMs: number): string | undefined => {
	if (!restorePoint) {
		return undefined;
	}

	const state = restorePoint.provenAtMs === undefined ? 'not proven yet' : `proven ${formatSpan(nowMs - restorePoint.provenAtMs)} ago`;
	return `restore point ${restorePoint.id} ${state}`;
};

export type StepCounts = {readonly passed: number; readonly failed: number; readonly skipped: number; readonly running: number; readonly open: number; readonly total: number};

/** Counts steps by what matters to a reader; open are those not started or stale. */
export const countSteps = (steps: Iterable<Step>): StepCounts => {
	const counts = {passed: 0, failed: 0, skipped: 0, running: 0, open: 0, total: 0};
	for (const {state} of steps) {
		counts.total += 1;
		if (state.kind === 'passed' || state.kind === 'failed' || state.kind === 'skipped' || state.kind === 'running') {
			counts[state.kind] += 1;
		} else {
			counts.open += 1;
		}
	}

	return counts;
};

/** `31 steps passed, 1 failed, 9 not started`; kinds without members are left out. What ran when a run ended was interrupted; what runs while it goes on is running. */
export const describeSteps = (counts: StepCounts, isGoingOn = false): string => {
	const parts = [`${formatCount(counts.passed, 'step')} passed`];
	if (counts.failed > 0) {
		parts.push(`${counts.failed} failed`);
	}

	if (counts.skipped > 0) {
		parts.push(`${counts.skipped} skipped`);
	}

	if (counts.running > 0) {
		parts.push(`${counts.running} ${isGoingOn ? 'running' : 'interrupted'}`);
	}

	if (counts.open > 0) {
		parts.push(`${counts.open} not started`);
	}

	return parts.join(', ');
};
