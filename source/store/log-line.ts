// Which events the log shows, and in which words. Text is made harmless here, at the door.
import type {JournaledEvent, LogLevel} from '../domain/events.js';
import type {LogLine} from '../domain/run-state.js';
import {formatMoney, formatShare} from '../domain/wording/amount.js';
import {formatClock, formatDuration} from '../domain/wording/duration.js';
import {describeProduction, describeSecondPerson} from '../domain/wording/production.js';
import {sanitizeLine} from '../terminal/sanitize.js';

type Draft = {readonly text: string; readonly level?: LogLevel; readonly job?: LogLine['job']; readonly billedBytes?: number; readonly durationMs?: number};

const draftStep = (event: JournaledEvent): Draft | undefined => {
	switch (event.type) {
		case 'log.written': {
			return event.data;
		}

		case 'job.finished': {
			const {job} = event.data;
			return {text: job.error ? `${job.statement}: ${job.error.message}` : job.statement, level: job.error ? 'error' : 'info', job: job.id, billedBytes: job.billedBytes, durationMs: job.durationMs};
		}

		case 'job.lost': {
			return {text: `no answer: ${event.data.message}`, level: 'warning', job: event.data.job};
		}

		case 'job.accepted': {
			return event.data.adopted ? {text: 'job adopted: it was known already', job: event.data.job} : undefined;
		}

		case 'step.passed': {
			return {text: `✓ ${event.data.summary}`, durationMs: event.data.durationMs};
		}

		case 'step.failed': {
			return {text: `✗ ${event.data.failure.message}`, level: 'error', durationMs: event.data.durationMs};
		}

		case 'step.skipped':
		case 'step.cancelled':
		case 'step.staled': {
			return {text: `${event.type.slice(5)}: ${event.data.reason}`, level: 'warning'};
		}

		default: {
			return undefined;
		}
	}
};

const draftMonitor = (event: JournaledEvent, zone: string): Draft | undefined => {
	switch (event.type) {
		case 'monitor.sampled': {
			const {index, score, cost, jobs, availableCaptions} = event.data;
			return {text: `sample ${index}   health ${score ?? 'no data'}   ${cost ? formatMoney(cost.sinceDeployMicros) : 'cost no data'}   errors ${formatShare(jobs.failed, jobs.finished)} of ${jobs.finished} jobs${availableCaptions === undefined ? '' : `   captions ${availableCaptions}`}`};
		}

		case 'monitor.flagged': {
			const raised = event.data.flags.filter(flag => flag.state === 'breach');
			return raised.length > 0 ? {text: `red flag: ${raised.map(flag => `${flag.rule} (${flag.detail})`).join('; ')}`, level: 'error'} : undefined;
		}

		case 'monitor.reviewed': {
			return {text: `${event.data.checkpoint} reviewed by ${event.data.by}: ${event.data.note}`};
		}

		case 'monitor.blinded': {
			const {fromMs, toMs, reason, backfilled} = event.data;
			return {text: `blind ${formatClock(fromMs, zone)}-${formatClock(toMs, zone)}: ${reason}; ${backfilled.length > 0 ? `${backfilled.join(', ')} back-filled` : 'nothing back-filled'}`, level: 'warning'};
		}

		case 'rollback.started': {
			return {text: `rollback to ${event.data.restorePoint}: ${event.data.reason}`, level: 'warning'};
		}

		case 'rollback.step.finished': {
			return {text: `rollback step ${event.data.number} ${event.data.passed ? '✓' : '✗'} ${event.data.detail}`, level: event.data.passed ? 'info' : 'error', durationMs: event.data.durationMs};
		}

		default: {
			return undefined;
		}
	}
};

const draftRun = (event: JournaledEvent, zone: string): Draft | undefined => {
	switch (event.type) {
		case 'run.paused': {
			return {text: `paused by ${event.data.by}`, level: 'warning'};
		}

		case 'run.unpaused': {
			return {text: `goes on, by ${event.data.by}`};
		}

		case 'run.draining':
		case 'run.cancelling': {
			return {text: `${event.type === 'run.draining' ? 'stopping' : 'cancelling jobs'}: ${event.data.reason}`, level: 'warning'};
		}

		case 'run.finished': {
			return {text: event.data.sentence, level: event.data.exitCode === 0 ? 'info' : 'error'};
		}

		case 'restore-point.proven': {
			return {text: `restore point ${event.data.id} proven: ${event.data.detail}`};
		}

		case 'production.changed': {
			return event.data.state.kind === 'changing' ? undefined : {text: describeProduction(event.data.state, zone), level: event.data.state.kind === 'partial' ? 'warning' : 'info'};
		}

		case 'question.answered': {
			return {text: `${event.data.answer}, by ${event.data.by}`};
		}

		case 'approval.seconded': {
			return {text: describeSecondPerson(event.data)};
		}

		case 'question.closed': {
			return {text: `question closed: ${event.data.reason}`, level: 'warning'};
		}

		case 'intent.refused': {
			return {text: `${event.data.intent} refused: ${event.data.reason}`, level: 'warning'};
		}

		case 'artifact.written': {
			return {text: `wrote ${event.data.title}: ${event.data.path}`};
		}

		default: {
			return undefined;
		}
	}
};

/** Files of this run, named from its folder: where runs are kept is the same for all of them and hides the file's name. */
const shortenPaths = (text: string, run: string): string =>
	text.includes(`/runs/${run}/`) ? text.replaceAll(new RegExp(String.raw`(?:/[^\s:]+)?/runs/${run}/`, 'g'), '…/') : text;

/** The line an event leaves in the log, or undefined when it leaves none. */
export const logLineOf = (event: JournaledEvent, zone: string): LogLine | undefined => {
	const draft = draftStep(event) ?? draftMonitor(event, zone) ?? draftRun(event, zone);
	if (!draft) {
		return undefined;
	}

	const task = event.step ?? ('task' in event.data && typeof event.data.task === 'string' ? event.data.task : undefined);
	return {
		seq: event.seq,
		atMs: event.wall,
		level: draft.level ?? 'info',
		text: shortenPaths(sanitizeLine(draft.text), event.run),
		...(event.lane === undefined ? {} : {lane: event.lane}),
		...(task === undefined ? {} : {task}),
		...(draft.job === undefined ? {} : {job: draft.job}),
		...(draft.billedBytes === undefined ? {} : {billedBytes: draft.billedBytes}),
		...(draft.durationMs === undefined ? {} : {durationMs: draft.durationMs}),
	};
};

/** Duration in the log's narrow column: `412ms`, `1.2s`, `1m 02s`. */
export const logDuration = (durationMs: number): string => (durationMs < 1000 ? `${Math.round(durationMs)}ms` : formatDuration(durationMs));
