// What stays on the primary screen after the full screen is gone: outcome, counts, cost, failures last, and the way on.
import type {RunState, Step} from '../domain/run-state.js';
import {formatCount, formatMoney} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {countSteps, describeProduction, describeSteps, describeStaging} from '../domain/wording/production.js';
import {sanitizeLine} from '../terminal/sanitize.js';

export type SummaryOptions = {
	readonly journalPath: string;
	/** Real time the operator spent; the run's clock is used when undefined. */
	readonly durationMs?: number;
	/** The view is left, the run is not: it goes on in the background. */
	readonly isGoingOn?: boolean;
};

type FailedStep = Step & {readonly state: Extract<Step['state'], {readonly kind: 'failed'}>};

const isFailed = (step: Step): step is FailedStep => step.state.kind === 'failed';

const failureLines = ({task, state: {failure}}: FailedStep): readonly string[] => {
	const place = failure.place ? ` ${failure.place.path}:${failure.place.line}:${failure.place.column}` : ` ${task.title}`;
	return [`  ✗ ${task.id}${place}`, `      ${sanitizeLine(failure.message)}${failure.job ? `   job ${failure.job.id}` : ''}`];
};

const outcomeWord = (state: RunState, failed: readonly Step[]): string => {
	switch (state.finished?.outcome) {
		case undefined: {
			return 'NOT FINISHED';
		}

		case 'passed': {
			return 'done';
		}

		case 'failed': {
			return `FAILED${failed[0] ? ` at ${failed[0].task.id}` : ''}`;
		}

		case 'rolled-back': {
			return 'ROLLED BACK';
		}

		case 'aborted': {
			return 'ABORTED';
		}

		case 'needs-person': {
			return 'NEEDS A PERSON';
		}
	}
};

const nextCommand = (state: RunState): string => {
	if (state.finished?.outcome === 'passed' || state.finished?.outcome === 'rolled-back') {
		return `  show it again  eros-tui replay ${state.run ?? ''}`.trimEnd();
	}

	if (state.command === 'rehearse') {
		return state.finished?.outcome === 'failed' ? '  rehearse again  eros-tui rehearse' : `  resume  eros-tui rehearse --resume ${state.run ?? ''}`.trimEnd();
	}

	if (state.command === 'rollback' || state.command === 'monitor') {
		return `  go on  eros-tui ${state.command}`;
	}

	return `  resume  eros-tui deploy --resume ${state.run ?? ''}`.trimEnd();
};

/** The durable summary, one string with a line break at its end. */
export const exitSummary = (state: RunState, {journalPath, durationMs, isGoingOn = false}: SummaryOptions): string => {
	const zone = state.target?.timeZone ?? 'UTC';
	const failed = [...state.steps.values()].filter(isFailed);
	const target = state.target ? `${state.target.project}.${state.target.dataset}` : '';
	const lastedMs = durationMs ?? (state.finishedAtMs ?? state.nowMs) - (state.startedAtMs ?? state.nowMs);
	const facts = [
		describeProduction(state.production, zone),
		describeStaging(state),
		state.restorePoint ? `restore point ${state.restorePoint.id} kept` : undefined,
	].filter(fact => fact !== undefined);
	const {proof} = state.rollback ?? {};
	return [
		`eros-tui  run ${state.run ?? '?'}  ${state.command ?? ''} ${target}  ${isGoingOn && !state.finished ? 'GOES ON in the background' : outcomeWord(state, failed)} after ${formatDuration(lastedMs)}`,
		`  ${facts.join(' · ')}`,
		`  ${describeSteps(countSteps(state.steps.values()), isGoingOn)} · ${formatMoney(state.costMicros)} · ${formatCount(state.jobCount, 'job')}${state.finished?.healthScore === undefined ? '' : ` · Health Score: ${state.finished.healthScore}/100`}`,
		...(proof ? [`  rollback: ${proof.tablesEqual} of ${proof.tables} tables, ${proof.routinesEqual} of ${proof.routines} routines, ${proof.schedulesEqual} of ${proof.schedules} schedules equal, ${formatDuration(proof.durationMs)}`] : []),
		...(state.finished && state.finished.outcome !== 'passed' && failed.length === 0 ? [`  ${sanitizeLine(state.finished.sentence)}`] : []),
		...failed.flatMap(step => failureLines(step)),
		...(state.artifactsFolder ? [`  artifacts ${state.artifactsFolder}`] : []),
		`  journal ${journalPath}`,
		...(isGoingOn && !state.finished ? [`  watch  eros-tui attach ${state.run ?? ''}`, `  stop   eros-tui abort ${state.run ?? ''}`] : [nextCommand(state)]),
		'',
	].join('\n');
};
