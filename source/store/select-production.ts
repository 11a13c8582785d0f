// What stands on the screen before production is changed, and the field for the phrase.
import type {ProductionQuestion, Question} from '../domain/events.js';
import {formatPlanHash} from '../domain/ids.js';
import {formatBytes, formatCount, formatLimit, formatMoney} from '../domain/wording/amount.js';
import {formatCountdown, formatSpan} from '../domain/wording/duration.js';
import {firstFitting, joinFitting, rowOf, span, spreadRow, type Row, type Tone} from './row.js';
import {elapsedText, windowTexts} from './select-header.js';
import type {Snapshot} from './snapshot.js';
import {cellWidth, truncateEnd, truncateStart, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';

type Asked = Extract<Question, {readonly kind: 'production'}>;

/** Title row of the screen. */
export const productionHeader = (snapshot: Snapshot, width: number): readonly Row[] => {
	const [long, short] = windowTexts(snapshot);
	const right = [elapsedText(snapshot), width >= 90 ? long : short].filter(text => text !== undefined).join('   ');
	return [spreadRow([span(' eros  ', 'strong'), span('BEFORE PRODUCTION', 'warn')], [span(right)], width)];
};

const labelWidth = 19;

/** A rehearsal counts for so long. */
const freshMs = 86_400_000;

/** A labelled fact; names that do not fit are cut, never wrapped. */
const fact = (label: string, text: string, width: number, tone: Tone = 'plain'): Row => [span(`  ${label.padEnd(labelWidth)}`, 'dim'), span(truncateEnd(sanitizeLine(text), Math.max(8, width - labelWidth - 3)), tone)];

const named = (verb: string, names: readonly string[], nothing: string, width: number, right = ''): Row =>
	spreadRow([span(`  ${verb.padEnd(9)}`, 'dim'), span(String(names.length).padStart(2), names.length > 0 ? 'strong' : 'dim'), span('  '), span(names.length > 0 ? truncateEnd(sanitizeLine(names.join(', ')), Math.max(8, width - 17 - right.length)) : nothing, names.length > 0 ? 'plain' : 'dim')], right === '' ? [] : [span(right, 'dim')], width);

const gateFact = ({gate}: ProductionQuestion, nowMs: number): {readonly text: string; readonly tone: Tone} => {
	const age = `${gate.passed} of ${gate.total} passed ${formatSpan(nowMs - gate.decidedAtMs)} ago`;
	const left = gate.validUntilMs - nowMs;
	return left <= 0 ? {text: `${age} · EXPIRED`, tone: 'bad'} : {text: `${age} · valid ${formatSpan(left)} more`, tone: gate.passed === gate.total ? 'good' : 'bad'};
};

const timeFact = ({expectedMs}: ProductionQuestion, {run, nowMs}: Snapshot): {readonly text: string; readonly tone: Tone} => {
	const expected = `about ${formatSpan(expectedMs)}`;
	if (run.windowEndsAtMs === undefined) {
		return {text: expected, tone: 'plain'};
	}

	const left = run.windowEndsAtMs - nowMs;
	return left >= expectedMs ? {text: `${expected}; the window has ${formatSpan(left)}`, tone: 'plain'} : {text: `${expected}; the window has only ${formatSpan(left)}`, tone: 'bad'};
};

/** A rehearsal of another plan, or of more than a day ago, says little. */
const rehearsalFact = ({rehearsal, planHash}: ProductionQuestion, {run, nowMs}: Snapshot, width: number): Row => {
	if (run.command === 'rehearse') {
		return fact('rehearsed', 'this is the rehearsal', width);
	}

	if (rehearsal === undefined) {
		return fact('rehearsed', 'never on this machine: eros-tui rehearse', width, 'warn');
	}

	const ageMs = nowMs - rehearsal.endedAtMs;
	const isThis = rehearsal.planHash === planHash;
	const plan = isThis ? 'this plan' : rehearsal.planHash === undefined ? 'no plan' : `plan ${formatPlanHash(rehearsal.planHash)}, not this one`;
	return fact('rehearsed', `${formatSpan(ageMs)} ago, ${plan}: ${rehearsal.outcome}${ageMs > freshMs ? ' · older than a day' : ''}`, width, isThis && rehearsal.outcome === 'passed' && ageMs <= freshMs ? 'good' : 'warn');
};

/** The second person of this question; a signature of an earlier one does not count. */
const secondPersonOf = (question: Asked, {run}: Snapshot) => (run.seconded?.question === question.id ? run.seconded : undefined);

/** Whether the phrase has to wait for the signature of a second person. */
export const isSecondPersonMissing = (question: Asked, snapshot: Snapshot): boolean => question.detail.secondPerson !== undefined && secondPersonOf(question, snapshot) === undefined;

const secondPersonFact = (question: Asked, snapshot: Snapshot, width: number): Row => {
	const {secondPerson} = question.detail;
	const signed = secondPersonOf(question, snapshot);
	if (signed !== undefined) {
		return fact('second person', `signed by ${signed.principal}${signed.osUser === '' ? '' : ` (${signed.osUser})`}`, width, 'good');
	}

	return secondPerson === undefined ? fact('second person', 'not required', width) : fact('second person', 'waiting for a signature from another account', width, 'warn');
};

/** Everything there is to know, what can not be undone first. */
const facts = (question: Asked, snapshot: Snapshot, width: number): readonly Row[] => {
	const {detail} = question;
	const {restorePoint} = detail;
	const gate = gateFact(detail, snapshot.nowMs);
	const time = timeFact(detail, snapshot);
	const proven = restorePoint.provenAtMs === undefined ? 'NOT PROVEN' : 'restored, equal';
	const contents = `${formatCount(restorePoint.tables, 'table')}, ${formatCount(restorePoint.routines, 'routine')}, ${formatCount(restorePoint.schedules, 'schedule')}`;
	const restoreText = `${restorePoint.id} · ${contents} · ${proven}`;
	// Whether it is proven must not be what a narrow terminal cuts.
	const isRestoreWhole = cellWidth(restoreText) <= width - labelWidth - 3;
	return [
		fact('cannot be undone', detail.irreversible.length > 0 ? detail.irreversible.join('; ') : 'nothing; the restore point covers it all', width, detail.irreversible.length > 0 ? 'warn' : 'plain'),
		fact('restore point', isRestoreWhole ? restoreText : `${restorePoint.id} · ${proven} · ${contents}`, width, restorePoint.provenAtMs === undefined ? 'bad' : 'plain'),
		fact('gate', gate.text, width, gate.tone),
		fact('callers, 30 days', detail.callers.length > 0 ? detail.callers.join(' · ') : 'none seen', width),
		fact('cost', `dry run ${formatBytes(detail.dryRunBytes)}, ${formatMoney(detail.costMicros)} · cap ${formatLimit(detail.costCapMicros)} for the run`, width),
		fact('time', time.text, width, time.tone),
		rehearsalFact(detail, snapshot, width),
		secondPersonFact(question, snapshot, width),
		fact('way back', `R anywhere, or eros-tui rollback${detail.rehearsal?.rollbackMs === undefined ? '' : ` · ${formatSpan(detail.rehearsal.rollbackMs)} in rehearsal`}`, width),
	];
};

const prompt = (question: Asked, snapshot: Snapshot, width: number): readonly Row[] => {
	const {view, monotonicMs, nowMs} = snapshot;
	const isArmed = view.prompt !== undefined && monotonicMs >= view.prompt.armedAtMs;
	const isRight = question.detail.phrase.startsWith(view.input);
	const field: Row = snapshot.isReadOnly
		? rowOf('    This pane only watches; the phrase is typed where the run was started.', 'dim')
		: view.editing === 'phrase'
			? [span('    > ', 'accent'), span(view.input, isRight ? 'plain' : 'bad'), span('▌', isArmed ? 'accent' : 'dim'), ...(isRight ? [] : [span('   differs from the phrase', 'bad')]), ...(isArmed ? [] : [span('   in a moment', 'dim')])]
			: [span('    > ', 'dim'), span(view.input === '' ? '' : `${view.input}   `), span(isArmed ? 'press enter to type it' : 'in a moment', isArmed ? 'accent' : 'dim')];
	const {secondPerson} = question.detail;
	const isWaiting = secondPerson !== undefined && isSecondPersonMissing(question, snapshot);
	return [
		rowOf(isWaiting ? '  First a second person runs this, with credentials of their own. Esc goes back.' : '  Type this phrase to deploy. Esc goes back; nothing has been changed.'),
		[],
		[span('      '), span(truncateEnd(isWaiting ? secondPerson.command : question.detail.phrase, width - 7), 'strong')],
		isWaiting && !snapshot.isReadOnly ? rowOf('    > the phrase is typed after that', 'dim') : field,
		[],
		view.flash
			? [span(`  ! ${view.flash.text}`, view.flash.tone === 'plain' ? 'warn' : view.flash.tone)]
			: joinFitting([rowOf(`  expires in ${formatCountdown(question.expiresAtMs - nowMs)}`, question.expiresAtMs - nowMs < 120_000 ? 'warn' : 'dim'), rowOf('closes by itself if plan or catalog change', 'dim')], span(' · ', 'dim'), width),
	];
};

/** Body of the screen in at most `height` rows: blank rows give way first, then names, never the phrase. */
export const selectProduction = (question: Asked, snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {run} = snapshot;
	const {detail} = question;
	const target = run.target ? `${run.target.project}.${run.target.dataset} (${run.target.location})` : '';
	const isEmbedded = run.target?.kind === 'embedded';
	const brief = isEmbedded ? ' (embedded): ' : ': ';
	const head = firstFitting([
		[span('  You are about to change '), span('PRODUCTION', 'warn'), span(`${isEmbedded ? ' on the embedded warehouse' : ''}: `), span(target, 'strong')],
		[span('  PRODUCTION', 'warn'), span(brief), span(truncateStart(target, Math.max(12, width - 12 - brief.length)), 'strong')],
	], width);
	const changes = [
		named('create', detail.create, 'nothing is created', width),
		named('replace', detail.replace, 'nothing is replaced', width, width >= 80 ? 'd shows every difference' : ''),
		named('alter', detail.alter, 'no table is altered', width),
		named('schedule', detail.schedules, 'no schedule changes', width, width >= 90 && detail.schedules.length > 0 ? 'enabled last, one by one' : ''),
		[span('  drop     ', 'dim'), span(' 0', 'dim'), span('  nothing is dropped, no table is replaced', 'dim')],
		...(detail.unchanged.length > 0 && height >= 26 ? [named('as it is', detail.unchanged, '', width)] : []),
	];
	const rest = facts(question, snapshot, width);
	const field = prompt(question, snapshot, width);
	const blanks = height - 1 - changes.length - rest.length - field.length;
	if (blanks >= 3) {
		return [head, [], ...changes, [], ...rest, [], ...field];
	}

	if (blanks >= 1) {
		return [head, ...changes, [], ...rest, ...(blanks >= 2 ? [[]] : []), ...field];
	}

	// The field must be in sight whatever else is not: facts give way from the end.
	const tight = field.filter(row => row.length > 0);
	const room = Math.max(0, height - 1 - tight.length);
	return [head, ...[...changes, ...rest].slice(0, room), ...tight];
};

/** Differences of every object, for the overlay. */
export const differenceRows = (differences: readonly {readonly object: string; readonly diff: string}[], width: number): readonly Row[] =>
	differences.length === 0 ? [rowOf('  No differences.', 'dim')] : differences.flatMap(({object, diff}): readonly Row[] => [rowOf(` ${object}`, 'strong'), ...diffRows(diff, width), []]);

/** A unified diff with added and removed lines told apart by sign and tone. */
export const diffRows = (diff: string, width: number): readonly Row[] =>
	diff.split('\n').map(line => {
		const text = truncateEnd(sanitizeLine(line), Math.max(1, width - 3));
		return rowOf(`  ${text}`, line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : line.startsWith('@') ? 'accent' : 'dim');
	});

/** Evidence of the gate for the overlay. */
export const gateRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {gate, steps} = snapshot.run;
	if (!gate) {
		return [rowOf('  The gate has not been decided.', 'dim')];
	}

	return [
		[span(`  certificate ${gate.certificate} · decided ${formatSpan(snapshot.nowMs - gate.atMs)} ago`, 'dim')],
		[],
		...gate.tests.flatMap((test): readonly Row[] => [
			[span(test.passed ? '  ✓ ' : '  ✗ ', test.passed ? 'good' : 'bad'), span(`${test.task} ${test.name}`), span(`   ${(test.durationMs / 1000).toFixed(2)}s of ${(test.limitMs / 1000).toFixed(0)}s`, 'dim')],
			...[...(steps.get(test.task)?.verdicts ?? [])].flatMap(([id, verdict]) => wrapCells(`${id}: ${sanitizeLine('evidence' in verdict ? verdict.evidence : 'reason' in verdict ? verdict.reason : verdict.kind)}`, width - 8, 2).map(line => rowOf(`      ${line}`, 'dim'))),
		]),
	];
};

/** Who and what is touched, for the overlay. */
export const blastRows = ({detail}: Asked, width: number): readonly Row[] => {
	const list = (title: string, names: readonly string[]): readonly Row[] => [rowOf(`  ${title} ${names.length}`, 'strong'), ...names.map(name => rowOf(`    ${truncateEnd(sanitizeLine(name), width - 5)}`)), []];
	return [...list('create', detail.create), ...list('replace', detail.replace), ...list('alter', detail.alter), ...list('schedule', detail.schedules), ...list('unchanged', detail.unchanged), ...list('callers, 30 days', detail.callers), rowOf(`  plan ${formatPlanHash(detail.planHash)}`, 'dim')];
};
