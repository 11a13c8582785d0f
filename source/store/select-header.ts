// The two lines at the top of every run screen: where and when, and what is true of production.
import {formatLimit, formatMoney} from '../domain/wording/amount.js';
import {formatClockZone, formatElapsed, formatSpan} from '../domain/wording/duration.js';
import {describeProduction, describeRestorePoint, describeStaging} from '../domain/wording/production.js';
import {truncateStart} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {fitRow, joinFitting, rowOf, rowWidth, span, spreadRow, type Row, type Tone} from './row.js';
import {zoneOf, type Snapshot} from './snapshot.js';

/** `T+00:31:07`: since the start of the run, on the run's clock. */
export const elapsedText = ({run, nowMs}: Pick<Snapshot, 'run' | 'nowMs'>): string =>
	formatElapsed((run.finishedAtMs ?? nowMs) - (run.startedAtMs ?? nowMs));

/** `window ends 13:00 PST, 3h29m left`, and its short form. */
export const windowTexts = (snapshot: Pick<Snapshot, 'run' | 'nowMs'>): readonly string[] => {
	const {run, nowMs} = snapshot;
	if (run.windowEndsAtMs === undefined || run.monitor !== undefined || run.phase === 'finished') {
		return [];
	}

	const left = run.windowEndsAtMs - nowMs;
	const words = left < 0 ? `overrun by ${formatSpan(-left)}` : `${formatSpan(left)} left`;
	return [`window ends ${formatClockZone(run.windowEndsAtMs, zoneOf(snapshot))}, ${words}`, words];
};

const phaseWord = ({run}: Pick<Snapshot, 'run'>): {readonly text: string; readonly tone: Tone} | undefined => {
	switch (run.phase) {
		case 'paused': {
			return {text: 'PAUSED', tone: 'warn'};
		}

		case 'draining': {
			return {text: 'STOPPING', tone: 'warn'};
		}

		case 'cancelling': {
			return {text: 'CANCELLING', tone: 'warn'};
		}

		case 'finished': {
			const outcome = run.finished?.outcome;
			return outcome === 'passed' ? {text: 'DONE', tone: 'good'} : outcome === 'rolled-back' ? {text: 'ROLLED BACK', tone: 'accent'} : {text: (outcome ?? 'over').toUpperCase().replace('-', ' '), tone: 'bad'};
		}

		default: {
			return undefined;
		}
	}
};

/** Why no key acts: this view only watches, or who drives instead. */
const watchWord = ({canDrive, run}: Pick<Snapshot, 'canDrive' | 'run'>): string => {
	const driver = run.views.find(({id}) => id === run.driver);
	return canDrive ? (driver ? `${sanitizeLine(driver.actor)} drives` : 'nobody drives') : 'read-only';
};

/** Title of the run screens; `name` is the screen's own word such as MONITOR. */
export const selectTitle = (snapshot: Snapshot, width: number, name?: string): Row => {
	const {run} = snapshot;
	const target = run.target ? `${run.target.project}.${run.target.dataset}` : 'starting';
	const speed = run.speed === undefined ? '' : ` x${run.speed}`;
	const kind = run.target?.kind === 'bigquery' ? 'PRODUCTION TARGET' : 'EMBEDDED';
	const word = phaseWord(snapshot);
	const [windowLong, windowShort] = windowTexts(snapshot);
	const elapsed = elapsedText(snapshot);
	const compose = (shownTarget: string, kindText: string, right: string): Row => spreadRow(
		[span(' eros  ', 'strong'), ...(name === undefined ? [] : [span(`${name}  `, 'strong')]), span(shownTarget), span(`  ${kindText}`, run.target?.kind === 'bigquery' ? 'warn' : 'accent'), ...(word ? [span(`  ${word.text}`, word.tone)] : []), ...(snapshot.isReadOnly ? [span(`  ${watchWord(snapshot)}`, 'dim')] : [])],
		[...(right === '' ? [] : [span(right)])],
		width,
	);
	const long = [elapsed, windowLong].filter(text => text !== undefined).join('   ');
	const short = [elapsed, windowShort].filter(text => text !== undefined).join('  ');
	const rehearsal = `${kind}${run.command === 'rehearse' ? ' rehearsal' : ''}${speed}`;
	const fits = (shownTarget: string, kindText: string, right: string): boolean => {
		const wanted = 7 + (name === undefined ? 0 : name.length + 2) + shownTarget.length + 2 + kindText.length + (word ? word.text.length + 2 : 0) + (snapshot.isReadOnly ? watchWord(snapshot).length + 2 : 0);
		return wanted + 2 + right.length <= width;
	};

	for (const [shownTarget, kindText, right] of [[target, rehearsal, long], [target, rehearsal, short], [truncateStart(target, 24), `${kind}${speed}`, short], [truncateStart(target, 24), `${kind}${speed}`, elapsed]] as const) {
		if (fits(shownTarget, kindText, right)) {
			return compose(shownTarget, kindText, right);
		}
	}

	return compose(truncateStart(target, 12), kind, elapsed);
};

const productionTone = ({run}: Pick<Snapshot, 'run'>): Tone => {
	switch (run.production.kind) {
		case 'unchanged':
		case 'deployed':
		case 'rolled-back':
		case 'components-rolled-back': {
			return 'good';
		}

		case 'partial': {
			return 'bad';
		}

		default: {
			return 'warn';
		}
	}
};

/** What is true of production, staging and the way back; money at the end. `extra` facts come after those. */
export const selectNow = (snapshot: Snapshot, width: number, extra: readonly string[] = []): Row => {
	const {run, nowMs} = snapshot;
	const isNarrow = width < 100;
	const production = describeProduction(run.production, zoneOf(snapshot));
	const restore = describeRestorePoint(run, nowMs);
	// Once production is deployed or on its way back, staging answers nothing; the restore point does.
	const isStagingTold = run.production.kind === 'unchanged' || run.production.kind === 'changing' || run.production.kind === 'partial';
	const staging = isStagingTold ? describeStaging(run) : undefined;
	const tone = productionTone(snapshot);
	const factsOf = (...texts: readonly (string | undefined)[]): readonly Row[] => texts.filter(text => text !== undefined).map(text => rowOf(text));
	const long = [rowOf(production, tone), ...factsOf(staging, restore)];
	const short = [rowOf(production.replace('production', 'prod'), tone), ...factsOf(staging?.replace(/ (\d+) of (\d+) objects/, ' $1/$2'), restore?.replace(/ \d{8}_\d+/, ''))];
	// From the first sample on, what the deployed system costs is the figure that counts.
	const costMicros = run.monitor?.samples.at(-1)?.cost?.sinceDeployMicros ?? run.costMicros;
	const money = [span(`${formatMoney(costMicros)}${run.costCapMicros > 0 && !isNarrow ? ` of ${formatLimit(run.costCapMicros)}` : ''}`, run.costCapMicros > 0 && costMicros > run.costCapMicros / 2 ? 'warn' : 'plain')];
	const head = rowOf(' now   ', 'dim');
	const room = width - rowWidth(head) - rowWidth(money) - 2;
	// Words get shorter before facts are dropped.
	const isLong = long.reduce((sum, row) => sum + rowWidth(row) + 3, -3) <= room;
	return fitRow(spreadRow([...head, ...joinFitting([...(isLong ? long : short), ...extra.map(fact => rowOf(fact))], span(' · ', 'dim'), Math.max(10, room))], money, width), width);
};
