// The job in front: of the failure that is asked about, of the selected step, or of the log line in sight; and where to look at it.
import type {JobId} from '../domain/ids.js';
import type {RunState} from '../domain/run-state.js';
import {formatBytes} from '../domain/wording/amount.js';
import {wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {logDuration} from './log-line.js';
import {rowOf, span, type Row} from './row.js';
import {selectLogLines} from './select-log.js';
import {selectTreeItems, selectedIndex} from './select-tree.js';
import {frontQuestion, type Snapshot} from './snapshot.js';

/** The job that `o` and `y` are about, or undefined where there is none. */
export const jobInFocus = (snapshot: Snapshot): JobId | undefined => {
	const {run, view} = snapshot;
	const question = frontQuestion(snapshot);
	if (question?.kind === 'failure') {
		return question.failure.job?.id as JobId | undefined;
	}

	if (view.focus === 'log') {
		return selectLogLines(snapshot, 1).at(-1)?.job;
	}

	const items = selectTreeItems(snapshot);
	const item = items[selectedIndex(items, snapshot)];
	const step = item?.kind === 'task' ? item.step : undefined;
	if (step?.state.kind === 'failed' && step.state.failure.job) {
		return step.state.failure.job.id as JobId;
	}

	return [...run.jobs].findLast(([, job]) => step === undefined || job.task === step.task.id)?.[0];
};

export type JobLink = {readonly text: string; readonly what: 'the address' | 'the command'};

/** Where the job can be looked at: the cloud console's address, or on the embedded warehouse the command that shows it. */
export const linkOf = ({target}: Pick<RunState, 'target'>, job: string): JobLink | undefined => {
	if (target === undefined) {
		return undefined;
	}

	const {kind, project, location} = target;
	return kind === 'bigquery'
		? {text: `https://console.cloud.google.com/bigquery?project=${encodeURIComponent(project)}&j=bq:${encodeURIComponent(location)}:${encodeURIComponent(job)}&page=queryresults`, what: 'the address'}
		: {text: `eval "$(eros-tui warehouse env)" && bq --location=${location} show --job=true ${project}:${job}`, what: 'the command'};
};

/** The job with its figures and the way to it, never cut: it is there to be copied. */
export const jobOverlayRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const id = jobInFocus(snapshot);
	if (id === undefined) {
		return [rowOf('  No job here.', 'dim')];
	}

	const job = snapshot.run.jobs.get(id);
	const question = frontQuestion(snapshot);
	const failed = question?.kind === 'failure' && question.failure.job?.id === id ? question.failure : undefined;
	// What the failure says of the job counts: a log may not have it.
	const summary = failed ? undefined : job?.summary;
	const figures = summary ? `${summary.state}   ${formatBytes(summary.billedBytes)} billed   ${logDuration(summary.durationMs)}` : failed?.job ? `${failed.job.state} ${failed.reason}   ${formatBytes(failed.job.billedBytes)} billed   ${logDuration(failed.job.durationMs)}` : job?.state ?? 'not in this journal';
	const link = linkOf(snapshot.run, id);
	const whole = (label: string, text: string, tone: 'plain' | 'strong' | 'bad' | 'accent' = 'plain'): readonly Row[] =>
		wrapCells(sanitizeLine(text), Math.max(10, width - 14)).map((line, index): Row => [span(`  ${(index === 0 ? label : '').padEnd(10)} `, 'dim'), span(line, tone)]);
	return [
		...whole('job', id, 'strong'),
		...whole('state', figures),
		...(job ? [...whole('step', job.task), ...whole('statement', job.statement)] : []),
		...(summary?.error ? whole('error', `${summary.error.reason}: ${summary.error.message}`, 'bad') : failed ? whole('error', `${failed.reason}: ${failed.message}`, 'bad') : []),
		[],
		...(link ? [rowOf(link.what === 'the address' ? '  In the console:' : '  The embedded warehouse has no console; this shows the job:', 'dim'), ...wrapCells(link.text, Math.max(10, width - 2)).map(line => rowOf(` ${line}`, 'accent'))] : []),
	];
};
