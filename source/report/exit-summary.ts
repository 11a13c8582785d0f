// What stays on the primary screen after the full screen is gone: outcome, counts, cost, failures last, and the way on.
import type {RunState, Step} from '../domain/run-state.js';
import {formatCount, formatMoney} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {countSteps, describeProduction, describeSteps, describeStaging} from '../domain/wording/production.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {whole, wholeCommands, wrapLine} from './wrap-line.js';

export type SummaryOptions = {
	readonly journalPath: string;
	/** Real time the operator spent; the run's clock is used when undefined. */
	readonly durationMs?: number;
	/** The view is left, the run is not: it goes on in the background. */
	readonly isGoingOn?: boolean;
	/** Cells of the terminal it is printed on; without it no line is broken. */
	readonly width?: number | undefined;
};

type FailedStep = Step & {readonly state: Extract<Step['state'], {readonly kind: 'failed'}>};

const isFailed = (step: Step): step is FailedStep => step.state.kind === 'failed';

const failureLines = ({task, state: {failure}}: FailedStep): readonly string[] => {
	const place = failure.place ? ` ${failure.place.path}:${failure.place.line}:${failure.place.column}` : ` ${task.title}`;
	return [`  ✗ ${task.id}${place}`, `      ${wholeCommands(sanitizeLine(failure.message))}${failure.job ? `   ${whole(`job ${failure.job.id}`)}` : ''}`];
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

const wayOn = (label: string, command: string): string => `  ${label}  ${whole(command.trimEnd())}`;

const nextCommand = (state: RunState): string => {
	if (state.finished?.outcome === 'passed' || state.finished?.outcome === 'rolled-back') {
		return wayOn('show it again', `eros-tui replay ${state.run ?? ''}`);
	}

	if (state.command === 'rehearse') {
		return state.finished?.outcome === 'failed' ? wayOn('rehearse again', 'eros-tui rehearse') : wayOn('resume', `eros-tui rehearse --resume ${state.run ?? ''}`);
	}

	if (state.command === 'rollback' || state.command === 'monitor') {
		return wayOn('go on', `eros-tui ${state.command}`);
	}

	return wayOn('resume', `eros-tui deploy --resume ${state.run ?? ''}`);
};

/** The durable summary, one string with a line break at its end; lines longer than `width` are broken between words. */
export const exitSummary = (state: RunState, {journalPath, durationMs, isGoingOn = false, width}: SummaryOptions): string => {
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
		...(state.finished && state.finished.outcome !== 'passed' && failed.length === 0 ? [`  ${wholeCommands(sanitizeLine(state.finished.sentence))}`] : []),
		...failed.flatMap(step => failureLines(step)),
		...(state.artifactsFolder ? [`  artifacts ${whole(state.artifactsFolder)}`] : []),
		`  journal ${whole(journalPath)}`,
		...(isGoingOn && !state.finished ? [wayOn('watch', `eros-tui attach ${state.run ?? ''}`), wayOn('stop ', `eros-tui abort ${state.run ?? ''}`)] : [nextCommand(state)]),
	].flatMap(line => wrapLine(line, width)).map(line => `${line}\n`).join('');
};
