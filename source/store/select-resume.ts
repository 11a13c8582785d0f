// The one screen after an absence: what happened since, what is true now, and what may be done next.
import type {ResumeReport} from '../domain/resume-report.js';
import {formatBytes, formatCount} from '../domain/wording/amount.js';
import {formatClock, formatClockZone, formatSpan} from '../domain/wording/duration.js';
import {windowNeed} from '../domain/window-need.js';
import {describeProduction} from '../domain/wording/production.js';
import {padEndCells, truncateEnd, truncateMiddle, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import type {Absence} from './absence.js';
import {logDuration} from './log-line.js';
import {fitRow, rowOf, span, spreadRow, type Row, type Tone} from './row.js';
import {selectFlash} from './select-flash.js';
import {zoneOf, type Snapshot} from './snapshot.js';

export type ResumeChoice = {readonly key: 'c' | 'R' | 'w' | 'h'; readonly label: string; readonly consequence: string; readonly disabledReason?: string};

/** What a screen says of its own end. A connection that closes says nothing: whether the terminal was closed or the view killed is not known then. */
const screenEnds: ReadonlyMap<string, string> = new Map([['hangup', 'lost its terminal'], ['terminated', 'was ended by SIGTERM'], ['killed', 'was killed']]);

const opening = (away: Absence): string => {
	const during = away.report?.during ?? [];
	const where = during.length === 0 ? '' : ` during ${during.join(', ')}`;
	return away.isRunInterrupted ? `The run was ${away.how}${where}. The warehouse was asked about every job.` : `The screen ${screenEnds.get(away.how) ?? 'was left'}${where}. The run went on.`;
};

type Fact = {readonly label: string; readonly text: string; readonly right?: string; readonly tone?: Tone};

const finishedFact = ({settled, report, samples}: Absence, zone: string): Fact => {
	const done = [
		...settled.map(({task, isPassed, summary, atMs}) => ({text: isPassed ? `${task} ${summary}` : `${task} FAILED: ${summary}`, atMs})),
		...(report?.finished ?? []).map(({what, atMs}) => ({text: what, atMs})),
		...(samples === 0 ? [] : [{text: formatCount(samples, 'monitor sample'), atMs: undefined}]),
	];
	const last = done.findLast(({atMs}) => atMs !== undefined)?.atMs;
	return {label: 'finished', text: done.length === 0 ? 'nothing' : done.map(({text}) => text).join(' · '), ...(last === undefined ? {} : {right: formatClock(last, zone)}), tone: settled.some(({isPassed}) => !isPassed) ? 'bad' : 'plain'};
};

const adoptedText = ({job, was, state, billedBytes, durationMs, error}: ResumeReport['adopted'][number]): string => {
	const figures = [billedBytes === undefined ? undefined : formatBytes(billedBytes), durationMs === undefined ? undefined : logDuration(durationMs)].filter(figure => figure !== undefined).join(', ');
	return `job ${truncateMiddle(job, 28)} was ${was}, is ${error === undefined ? state : `${state} with ${error}`}${figures === '' ? '' : ` (${figures})`}`;
};

const jobFacts = (report: ResumeReport | undefined): readonly Fact[] => {
	const adopted = report?.adopted ?? [];
	const never = report?.neverStarted ?? [];
	const unknown = report?.unknown ?? [];
	return [
		...adopted.slice(0, 2).map((job, index): Fact => ({label: index === 0 ? 'adopted' : '', text: adoptedText(job), tone: job.error === undefined ? 'plain' : 'bad'})),
		...(adopted.length > 2 ? [{label: '', text: `and ${formatCount(adopted.length - 2, 'job')} more`}] : []),
		...(never.length > 0 ? [{label: 'not started', text: `${formatCount(never.length, 'job')} never reached the warehouse; submitted when the step runs again`}] : []),
		...(unknown.length > 0 ? [{label: 'unknown', text: `${formatCount(unknown.length, 'job')} can't be looked up: ${unknown[0]?.reason ?? ''}`, tone: 'bad' as const}] : []),
	];
};

const missedFact = ({report, blind}: Absence, zone: string): Fact => {
	const next = report?.nextDue ? ` Next: ${report.nextDue.what}, due ${formatClock(report.nextDue.atMs, zone)}.` : '';
	const missed = [...(report?.missed ?? []).map(({what, dueMs}) => `${what} due ${formatClock(dueMs, zone)}`), ...blind.map(({fromMs, toMs, reason}) => `blind ${formatClock(fromMs, zone)}-${formatClock(toMs, zone)}: ${reason}`)];
	return {label: 'missed', text: `${missed.length === 0 ? 'nothing' : missed.join(' · ')}.${next}`, tone: missed.length === 0 ? 'plain' : 'warn'};
};

const rerunFact = ({report, staled}: Absence): Fact => {
	const again = report ? report.willRerun : staled;
	return {label: 'will re-run', text: again.length === 0 ? 'nothing' : again.map(({task, reason}) => `${task}: ${reason}`).join(' · ')};
};

const catalogFact = (catalog: ResumeReport['catalog']): readonly Fact[] => {
	if (catalog === undefined) {
		return [];
	}

	if ('problem' in catalog) {
		return [{label: 'unchanged', text: `not known: ${catalog.problem}`, tone: 'warn'}];
	}

	const {asLeft, total, notDeployed, drifted} = catalog;
	const drift = drifted.length === 0 ? '' : `; changed by somebody else: ${drifted.join(', ')}`;
	return [{label: 'unchanged', text: `${asLeft} of ${total} live definitions as left${notDeployed === 0 ? '' : `, ${notDeployed} not yet deployed`}${drift}`, tone: drifted.length === 0 ? 'plain' : 'bad'}];
};

const credentialFact = (credentials: ResumeReport['credentials'], nowMs: number): readonly Fact[] => {
	if (credentials === undefined) {
		return [];
	}

	if ('problem' in credentials) {
		return [{label: 'credentials', text: credentials.problem, tone: 'bad'}];
	}

	const {principal, expiresAtMs} = credentials;
	const left = expiresAtMs === undefined ? undefined : expiresAtMs - nowMs;
	return [{label: 'credentials', text: `${principal}${left === undefined ? '' : left <= 0 ? ', token EXPIRED' : `, token valid ${formatSpan(left)}`}`, tone: left !== undefined && left <= 0 ? 'bad' : 'plain'}];
};

const windowFact = (away: Absence, {run, nowMs}: Snapshot, zone: string): readonly Fact[] => {
	const endsAtMs = away.report?.window?.endsAtMs ?? run.windowEndsAtMs;
	if (endsAtMs === undefined || run.monitor !== undefined) {
		return [];
	}

	const {openTasks, neededMs} = away.report?.window ?? windowNeed(run);
	const leftMs = endsAtMs - nowMs;
	const needs = `${formatCount(openTasks, 'open step')} need${openTasks === 1 ? 's' : ''} about ${formatSpan(neededMs)}`;
	const over = neededMs - leftMs;
	return [{label: 'window', text: leftMs < 0 ? `ended ${formatClockZone(endsAtMs, zone)}; ${needs}` : `ends ${formatClockZone(endsAtMs, zone)}, ${formatSpan(leftMs)} left; ${needs}${over > 0 ? `: overrun ${formatSpan(over)}` : ''}`, tone: over > 0 ? 'warn' : 'plain'}];
};

const factRows = ({label, text, right = '', tone = 'plain'}: Fact, width: number): readonly Row[] => {
	const room = Math.max(10, width - 16 - (right === '' ? 0 : right.length + 2));
	return wrapCells(sanitizeLine(text), room, 2).map((line, index): Row => spreadRow([span(`  ${padEndCells(index === 0 ? label : '', 11)}  `, 'dim'), span(line, tone)], index === 0 && right !== '' ? [span(right, 'dim')] : [], width));
};

/** What may be done next, with the reason where it can't. */
export const resumeChoices = ({run, isReadOnly}: Pick<Snapshot, 'run' | 'isReadOnly'>): readonly ResumeChoice[] => {
	const asking = run.views.find(({id}) => id === run.controlAskedBy);
	const next = [...run.steps.values()].find(({state}) => state.kind !== 'passed' && state.kind !== 'skipped');
	const isApprovalAhead = [...run.steps.values()].some(({task, state}) => task.needsApproval && state.kind !== 'passed');
	const noRollback = run.restorePoint === undefined ? 'there is no restore point yet' : run.production.kind === 'unchanged' ? 'production is unchanged' : undefined;
	const off = isReadOnly ? {disabledReason: 'this pane only watches'} : {};
	return [
		{key: 'c', label: next ? `continue with ${next.task.id}` : 'continue', consequence: isApprovalAhead ? 'the phrase must be typed again' : 'what runs goes on', ...off},
		{key: 'R', label: 'roll back', consequence: 'asks what, then for the phrase', ...(noRollback === undefined ? off : {disabledReason: noRollback})},
		{key: 'w', label: 'watch only', consequence: 'looks around; every question keeps waiting'},
		{key: 'h', label: 'hand over', consequence: asking ? `to ${sanitizeLine(asking.actor)}, who asked; this pane watches` : 'to somebody else', ...(asking ? off : {disabledReason: 'nobody asks; there: eros-tui attach, then H'})},
	];
};

/** Title of the resume screen. */
export const resumeHeader = ({resumed, run, ...snapshot}: Snapshot, width: number): readonly Row[] => {
	const seen = resumed ? ` · last seen ${formatClock(resumed.leftAtMs, zoneOf({run}))}, ${formatSpan(snapshot.nowMs - resumed.leftAtMs)} ago` : '';
	return [spreadRow([span(' eros  ', 'strong'), span('SINCE YOU LEFT', 'warn')], [span(`run ${run.run ?? ''}${seen}`)], width)];
};

const choiceRow = ({key, label, consequence, disabledReason}: ResumeChoice, isMarked: boolean, width: number): Row => {
	const isOff = disabledReason !== undefined;
	return fitRow([span(isMarked ? '  ▸ ' : '    ', 'accent'), span(key, isOff ? 'dim' : 'strong'), span(`  ${padEndCells(label, 22)}  `, isOff ? 'dim' : 'plain'), span(isOff ? `not possible: ${disabledReason}` : consequence, 'dim')], width);
};

/** Body in at most `height` rows: facts give way from the end, the choices and the state of production never do. */
export const selectResume = (snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {resumed, run, view} = snapshot;
	if (!resumed) {
		return [rowOf('  Nothing happened since.', 'dim')];
	}

	const zone = zoneOf(snapshot);
	const prose = (text: string, tone: Tone = 'plain', maxLines = 2): readonly Row[] => wrapCells(sanitizeLine(text), Math.max(10, width - 4), maxLines).map(line => rowOf(`  ${line}`, tone));
	const {report} = resumed;
	const facts = [
		finishedFact(resumed, zone), ...jobFacts(report), missedFact(resumed, zone), rerunFact(resumed), ...catalogFact(report?.catalog), ...credentialFact(report?.credentials, snapshot.nowMs), ...windowFact(resumed, snapshot, zone),
	].flatMap(fact => factRows(fact, width));
	const told = report ? facts : [...facts, ...resumed.findings.flatMap(finding => prose(`· ${finding}`))];
	const asked = run.questions.filter(({kind}) => kind !== 'start').map(question => ('task' in question ? `${question.task} ${question.kind}` : question.kind));
	const restore = run.restorePoint === undefined || run.production.kind === 'unchanged' ? '' : ` The restore point ${run.restorePoint.id} is ${run.restorePoint.provenAtMs === undefined ? 'not proven' : 'good'}.`;
	const flash = view.flash !== undefined || view.editing !== undefined ? selectFlash(snapshot, width) : [];
	const bottom: readonly Row[] = [
		...prose(`${describeProduction(run.production, zone)}.${restore}`, run.production.kind === 'partial' ? 'bad' : 'strong', 3),
		...(asked.length > 0 ? prose(`Waits for an answer: ${asked.join(', ')}.`, 'warn', 1) : []),
		[],
		...resumeChoices(snapshot).map((choice, index) => choiceRow(choice, index === view.choice, width)),
		...(flash.length > 0 ? [flash] : []),
	];
	const top = prose(opening(resumed), 'plain', 1);
	const room = height - top.length - bottom.length;
	if (told.length + 2 <= room) {
		return [...top, [], ...told, [], ...bottom];
	}

	const kept = told.length <= room ? told : [...told.slice(0, Math.max(0, room - 1)), rowOf(truncateEnd(`  … ${told.length - room + 1} more; l shows the log`, width), 'dim')];
	return [...top, ...kept.slice(0, Math.max(0, room)), ...bottom];
};
