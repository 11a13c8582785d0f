// Run events as facts in words, for presenters that print one line a fact.
import type {CriterionCounts, Verdict} from '../domain/criterion.js';
import type {JournaledEvent} from '../domain/events.js';
import type {Failure} from '../domain/failure.js';
import type {MonitorSample, RedFlag} from '../domain/health.js';
import {formatPlanHash, type TaskId} from '../domain/ids.js';
import type {RunState} from '../domain/run-state.js';
import {formatBytes, formatCount, formatMoney, formatShare} from '../domain/wording/amount.js';
import {formatClock, formatDuration, formatOffset} from '../domain/wording/duration.js';
import {describeProduction, describeSecondPerson} from '../domain/wording/production.js';
import {sanitizeLine} from '../terminal/sanitize.js';

export type FactTone = 'plain' | 'good' | 'warn' | 'bad';

export type Fact = {
	readonly atMs: number;
	readonly lane?: 'A' | 'B';
	/** Task or phase it belongs to; undefined for the run itself. */
	readonly place?: string;
	readonly tone: FactTone;
	readonly text: string;
	/** Lines that belong to it: place in the file, job, next step. */
	readonly more?: readonly string[];
};

/** `151 auto, 12 attested, 11 n/a, 0 failed, 0 unchecked`; no-data is named only when there is any. */
export const describeCriteria = (counts: CriterionCounts): string =>
	`${counts.auto} auto, ${counts.attested} attested, ${counts['n/a']} n/a, ${counts.failed} failed, ${counts.unchecked} unchecked${counts['no-data'] > 0 ? `, ${counts['no-data']} without data` : ''}`;

/** `3/3 auto`, `5/7 auto, 1 attested, 1 unchecked`; undefined for a task without criteria. */
export const describeVerdicts = (verdicts: Iterable<Verdict>): string | undefined => {
	const counts = new Map<string, number>();
	let total = 0;
	for (const {kind} of verdicts) {
		total += 1;
		counts.set(kind, (counts.get(kind) ?? 0) + 1);
	}

	if (total === 0) {
		return undefined;
	}

	const rest = [...counts].filter(([kind]) => kind !== 'auto').map(([kind, count]) => `${count} ${kind}`);
	return [`${counts.get('auto') ?? 0}/${total} auto`, ...rest].join(', ');
};

const failureLines = (failure: Failure): readonly string[] => {
	const {place, job, advice} = failure;
	return [
		...(place ? [`at ${place.path}:${place.line}:${place.column}`] : []),
		...(job ? [`job ${job.id} ${job.state} ${failure.reason}, ${formatBytes(job.billedBytes)}, ${formatDuration(job.durationMs)}`] : []),
		`${failure.class}${failure.class === 'permanent' ? ': the same input fails again' : ''}`,
		...(advice ? [advice] : []),
	];
};

/** `T+06:00 health 93 cost $0.31 errors 0.3% flags none`. */
export const describeSample = (sample: MonitorSample, flags: readonly RedFlag[]): string => {
	const raised = flags.filter(flag => flag.state !== 'ok').map(flag => `${flag.id} ${flag.state}`);
	return [
		formatOffset(sample.dueOffsetMs),
		`health ${sample.score ?? 'no data'}`,
		`cost ${sample.cost ? formatMoney(sample.cost.sinceDeployMicros) : 'no data'}`,
		`errors ${formatShare(sample.jobs.failed, sample.jobs.finished)}`,
		`flags ${raised.length === 0 ? 'none' : raised.join(', ')}`,
	].join(' ');
};

type Draft = Omit<Fact, 'atMs' | 'lane'>;

const stepFact = (event: JournaledEvent, state: RunState): Draft | undefined => {
	const title = (task: TaskId): string => state.steps.get(task)?.task.title ?? '';
	switch (event.type) {
		case 'step.passed': {
			const verdicts = describeVerdicts(state.steps.get(event.data.task)?.verdicts.values() ?? []);
			return {place: event.data.task, tone: 'good', text: `${title(event.data.task)}: ${event.data.summary}${verdicts ? ` · ${verdicts}` : ''} · ${formatDuration(event.data.durationMs)}`};
		}

		case 'step.failed': {
			return {place: event.data.task, tone: 'bad', text: `${title(event.data.task)} failed: ${event.data.failure.message}`, more: failureLines(event.data.failure)};
		}

		case 'step.blocked': {
			return {place: event.data.task, tone: 'plain', text: `${title(event.data.task)} waits: ${event.data.reason}`};
		}

		case 'step.skipped': {
			return {place: event.data.task, tone: 'warn', text: `${title(event.data.task)} skipped by ${event.data.by}: ${event.data.reason}`};
		}

		case 'step.cancelled': {
			return {place: event.data.task, tone: 'warn', text: `${title(event.data.task)} cancelled: ${event.data.reason}`};
		}

		case 'step.unknown': {
			return {place: event.data.task, tone: 'warn', text: `outcome of job ${event.data.job} is not known; it is being looked up`};
		}

		case 'step.staled': {
			return {place: event.data.task, tone: 'warn', text: `${title(event.data.task)} is stale: ${event.data.reason}`};
		}

		default: {
			return undefined;
		}
	}
};

const monitorFact = (event: JournaledEvent, state: RunState): Draft | undefined => {
	const zone = state.target?.timeZone ?? 'UTC';
	switch (event.type) {
		case 'monitor.started': {
			return {place: '5.2', tone: 'plain', text: `monitoring: ${formatCount(event.data.offsetsMs.length, 'sample')} in 24 h, ${formatCount(event.data.checkpoints.length, 'review')}`};
		}

		case 'monitor.reviewed': {
			return {place: '5.2', tone: 'good', text: `${event.data.checkpoint} reviewed ${event.data.isAutomatic ? 'automatically' : `by ${event.data.by}`}: ${event.data.note}`};
		}

		case 'monitor.blinded': {
			const {fromMs, toMs, reason, backfilled} = event.data;
			return {place: '5.2', tone: 'warn', text: `blind ${formatClock(fromMs, zone)}-${formatClock(toMs, zone)}: ${reason}${backfilled.length > 0 ? `; back-filled: ${backfilled.join(', ')}` : ''}`};
		}

		case 'monitor.finished': {
			return {place: '5.2', tone: 'good', text: `monitoring finished: ${formatCount(event.data.samples, 'sample')}, coverage ${Math.round(100 * event.data.coverage)}%`};
		}

		case 'rollback.started': {
			const scope = event.data.components === 'all' ? 'everything' : event.data.components.join(', ');
			return {tone: 'warn', text: `rolling back ${scope} to ${event.data.restorePoint}: ${event.data.reason}`};
		}

		case 'rollback.step.finished': {
			const title = state.rollback?.steps.find(step => step.number === event.data.number)?.title ?? '';
			return {tone: event.data.passed ? 'good' : 'bad', text: `rollback ${event.data.number} ${title}: ${event.data.detail} · ${formatDuration(event.data.durationMs)}`};
		}

		case 'rollback.proved': {
			const {tablesEqual, tables, routinesEqual, routines, viewsEqual, views, schedulesEqual, schedules, differences, orphans, health, durationMs} = event.data;
			return {
				tone: differences.length > 0 ? 'bad' : health?.verdict === 'unhealthy' ? 'warn' : 'good',
				text: `rolled back to ${state.rollback?.restorePoint ?? ''}: ${tablesEqual} of ${formatCount(tables, 'table')} equal, ${routinesEqual} of ${formatCount(routines, 'routine')} equal, ${viewsEqual} of ${formatCount(views, 'view')} equal, ${schedulesEqual} of ${formatCount(schedules, 'schedule')} equal, ${formatDuration(durationMs)}`,
				more: [...differences.map(difference => `differs: ${difference}`), ...(health === undefined ? [] : [`health ${health.text}`]), ...orphans.map(orphan => `left over: ${orphan}`)],
			};
		}

		default: {
			return undefined;
		}
	}
};

const runFact = (event: JournaledEvent, state: RunState): Draft | undefined => {
	switch (event.type) {
		case 'run.started': {
			const {version, command, target, run, seed} = event.data;
			return {tone: 'plain', text: `eros-tui ${version}  ${command}  ${target.project}.${target.dataset}  ${target.kind}  run ${run}${seed === undefined ? '' : `  seed ${seed}`}`};
		}

		case 'run.resumed': {
			return {tone: 'plain', text: 'resumed', more: event.data.findings};
		}

		case 'run.paused': {
			return {tone: 'warn', text: `paused by ${event.data.by}: no new step starts`};
		}

		case 'run.unpaused': {
			return {tone: 'plain', text: `goes on, by ${event.data.by}`};
		}

		case 'run.draining': {
			return {tone: 'warn', text: `stopping: ${event.data.reason}; what runs settles`};
		}

		case 'run.cancelling': {
			return {tone: 'warn', text: `cancelling running jobs: ${event.data.reason}`};
		}

		case 'plan.frozen': {
			const {hash, create, replace, alter, unchanged} = event.data;
			return {tone: 'plain', text: `plan ${formatPlanHash(hash)}: ${create} to create, ${replace} to replace, ${alter} to alter, ${unchanged} unchanged`};
		}

		case 'gate.decided': {
			const tests = event.data.tests.map((test, index) => `${test.passed ? '✓' : '✗'} #${index + 1}`).join(' ');
			return {place: '3', tone: event.data.passed ? 'good' : 'bad', text: `gate ${tests}`};
		}

		case 'restore-point.taken': {
			const {id, tables, routines, views, schedules} = event.data;
			return {place: event.step ?? '2A.0', tone: 'plain', text: `restore point ${id}: ${formatCount(tables, 'table')}, ${formatCount(routines, 'routine')}, ${formatCount(views, 'view')}, ${formatCount(schedules, 'schedule')}`};
		}

		case 'restore-point.proven': {
			return {place: event.step ?? '2A.0', tone: 'good', text: `restore point ${event.data.id} proven: ${event.data.detail}`};
		}

		case 'production.changed': {
			const {kind} = event.data.state;
			return kind === 'changing' && event.data.state.done > 0 ? undefined : {tone: kind === 'partial' ? 'bad' : 'plain', text: describeProduction(event.data.state, state.target?.timeZone ?? 'UTC')};
		}

		case 'journal.repaired': {
			return {tone: 'warn', text: `journal repaired: a torn last line of ${formatBytes(event.data.droppedBytes)} was dropped`};
		}

		default: {
			return undefined;
		}
	}
};

const talkFact = (event: JournaledEvent, state: RunState): Draft | undefined => {
	switch (event.type) {
		case 'question.asked': {
			const {question} = event.data;
			if (question.kind === 'attestation') {
				return {place: question.task, tone: 'warn', text: `asks for a person's word: ${question.text}`};
			}

			if (question.kind === 'failure') {
				return {place: question.task, tone: 'warn', text: `what next? ${question.choices.filter(choice => choice.disabledReason === undefined).map(choice => `${choice.label} (${choice.consequence})`).join('; ')}`};
			}

			if (question.kind === 'production' && question.detail.secondPerson !== undefined) {
				return {tone: 'warn', text: `asks for a second person, from another account: ${question.detail.secondPerson.command}; then for the phrase: ${question.detail.phrase}`};
			}

			return question.kind === 'production' || question.kind === 'rollback' ? {tone: 'warn', text: `asks for the phrase: ${question.detail.phrase}`} : undefined;
		}

		case 'question.answered': {
			return {...(event.step === undefined ? {} : {place: event.step}), tone: 'plain', text: `${event.data.answer}, by ${event.data.by}`};
		}

		case 'approval.seconded': {
			return {...(event.step === undefined ? {} : {place: event.step}), tone: 'good', text: describeSecondPerson(event.data)};
		}

		case 'question.closed': {
			return {...(event.step === undefined ? {} : {place: event.step}), tone: 'warn', text: `question closed: ${event.data.reason}`};
		}

		case 'intent.refused': {
			return {tone: 'warn', text: `${event.data.intent} refused: ${event.data.reason}`};
		}

		case 'job.lost': {
			return {place: event.data.task, tone: 'warn', text: `no answer about job ${event.data.job}: ${event.data.message}`};
		}

		case 'log.written': {
			const {level, text} = event.data;
			const isShown = (level === 'warning' || level === 'error') && state.phase !== 'created';
			return isShown ? {...(event.step === undefined ? {} : {place: event.step}), tone: level === 'error' ? 'bad' : 'warn', text} : undefined;
		}

		default: {
			return undefined;
		}
	}
};

/** The event in words, or undefined when it is not worth a line. Samples and the end are left to the presenter. */
export const factOf = (event: JournaledEvent, state: RunState): Fact | undefined => {
	const draft = runFact(event, state) ?? stepFact(event, state) ?? monitorFact(event, state) ?? talkFact(event, state);
	if (!draft) {
		return undefined;
	}

	const place = draft.place ?? event.step;
	const lane = event.lane ?? (place === undefined ? undefined : state.steps.get(place as TaskId)?.task.lane);
	return {
		...draft,
		atMs: event.wall,
		...(lane === undefined ? {} : {lane}),
		text: sanitizeLine(draft.text),
		...(draft.more ? {more: draft.more.map(line => sanitizeLine(line))} : {}),
	};
};
