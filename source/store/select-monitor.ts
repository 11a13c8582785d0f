// The monitor: two plots, one verdict, red flags, checklist; a narrow form for a tmux pane.
import type {HealthBand, MonitorSample, RedFlag} from '../domain/health.js';
import type {MonitorState} from '../domain/run-state.js';
import {formatLimit, formatMoney, formatShare} from '../domain/wording/amount.js';
import {formatClock, formatClockAround, formatClockZone, formatElapsed, formatOffset, formatSpan} from '../domain/wording/duration.js';
import {truncateEnd, truncateStart} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {hourAxis, linePlot, sparkline} from './plot.js';
import {fitRow, padRow, rowOf, ruleRow, span, spreadRow, type Row, type Tone} from './row.js';
import {choiceRows} from './select-failure.js';
import {selectNow, selectTitle} from './select-header.js';
import {selectLog} from './select-log.js';
import {frontQuestion, zoneOf, type Snapshot} from './snapshot.js';

const dayMs = 24 * 3_600_000;

const bandTones: {readonly [Band in HealthBand]: Tone} = {HEALTHY: 'good', WATCH: 'accent', ALERT: 'warn', ROLLBACK: 'bad', UNKNOWN: 'warn'};

const flagTones: {readonly [State in RedFlag['state']]: Tone} = {ok: 'good', question: 'warn', breach: 'bad', 'no-data': 'warn', blind: 'bad'};

const flagWords: {readonly [State in RedFlag['state']]: string} = {ok: 'ok', question: 'ASK', breach: 'BREACH', 'no-data': 'NO DATA', blind: 'BLIND'};

const lastOf = ({samples}: MonitorState): MonitorSample | undefined => samples.at(-1);

const nextDue = ({offsetsMs, samples, t0Ms}: MonitorState): number | undefined => {
	// Samples that were missed are passed over, and one asked for between two planned ones counts for none.
	const offset = offsetsMs[samples.at(-1)?.index ?? 0];
	return offset === undefined ? undefined : t0Ms + offset;
};

const coverage = ({offsetsMs, samples, t0Ms}: MonitorState, nowMs: number): string => {
	const due = offsetsMs.filter(offset => t0Ms + offset <= nowMs).length;
	return due === 0 ? '' : `coverage ${Math.round((100 * Math.min(new Set(samples.map(({index}) => index)).size, due)) / due)}%`;
};

/** Title and now line of the monitor screen. */
export const monitorHeader = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {run, nowMs} = snapshot;
	const {monitor} = run;
	if (!monitor) {
		return [selectTitle(snapshot, width, 'MONITOR'), selectNow(snapshot, width)];
	}

	const next = nextDue(monitor);
	const last = lastOf(monitor);
	const nextText = monitor.isFinished || next === undefined ? 'monitoring over' : `next ${formatClockZone(next, zoneOf(snapshot))} in ${formatSpan(next - nowMs)}`;
	const right = [formatElapsed(nowMs - monitor.t0Ms), `sample ${monitor.samples.length} of ${monitor.offsetsMs.length}`, ...(width >= 100 ? [nextText] : [])].join('   ');
	const target = run.target ? `${run.target.project}.${run.target.dataset}` : '';
	const blind = monitor.blindWindows.length === 0 ? [] : [`${monitor.blindWindows.length} blind window${monitor.blindWindows.length === 1 ? '' : 's'}`];
	const extra = [monitor.isFinished ? 'watch is over' : 'watching', ...(last ? [`sample ${formatSpan(nowMs - last.atMs)} ago`] : []), coverage(monitor, nowMs), ...blind].filter(text => text !== '');
	return [spreadRow([span(' eros  ', 'strong'), span('MONITOR  ', 'strong'), span(truncateStart(target, Math.max(1, width - right.length - 18)))], [span(right)], width), selectNow(snapshot, width, extra)];
};

const axisLabel = (label: string): string => `${label.padStart(5)} ┤`;

const healthPlot = (monitor: MonitorState, width: number): readonly Row[] => {
	const last = lastOf(monitor);
	const plotWidth = Math.max(10, width - 10);
	const points = monitor.samples.flatMap(sample => (sample.score === undefined ? [] : [{x: sample.dueOffsetMs, y: sample.score}]));
	const rows = linePlot(points, {width: plotWidth, height: 4, minY: 70, maxY: 100, maxX: dayMs, threshold: 70});
	const [ticks, hours] = hourAxis(plotWidth);
	const labels = ['100', '90', '80', '70'];
	const band = last?.band ?? 'UNKNOWN';
	return [
		spreadRow([span('  Health   ', 'strong'), span(`${last?.score ?? '--'} ${last ? band : 'no sample yet'}`, last ? bandTones[band] : 'dim')], [span(width < 64 ? '90 healthy' : '90 healthy · 80 alert · 70 rollback', 'dim')], width),
		...rows.map((row, index): Row => [span(axisLabel(labels[index] ?? ''), 'dim'), span(row, 'accent')]),
		rowOf(`      └${ticks}`, 'dim'),
		rowOf(`       ${hours}`, 'dim'),
	];
};

const costPlot = (monitor: MonitorState, snapshot: Snapshot, width: number): readonly Row[] => {
	const cost = lastOf(monitor)?.cost;
	const plotWidth = Math.max(10, width - 10);
	const points = monitor.samples.flatMap(sample => (sample.cost ? [{x: sample.dueOffsetMs, y: sample.cost.sinceDeployMicros}] : []));
	const top = Math.max(10_000, ...points.map(point => point.y), cost?.projected24hMicros ?? 0) * 1.05;
	const rows = linePlot(points, {width: plotWidth, height: 4, minY: 0, maxY: top, maxX: dayMs, ...(cost && !monitor.isFinished ? {projectedY: cost.projected24hMicros} : {})});
	const [ticks, hours] = hourAxis(plotWidth);
	const labels = [formatMoney(top), '', '', '0'];
	return [
		[span('  Cost     ', 'strong'), span(cost ? formatMoney(cost.sinceDeployMicros) : 'no data', cost ? 'plain' : 'warn'), span(` of ${formatLimit(snapshot.run.costCapMicros)}${cost ? `   projection 24 h ${formatMoney(cost.projected24hMicros)}` : ''}`, 'dim')],
		...rows.map((row, index): Row => [span(axisLabel((labels[index] ?? '').slice(0, 5)), 'dim'), span(row, 'accent')]),
		rowOf(`      └${ticks}`, 'dim'),
		rowOf(`       ${hours}`, 'dim'),
	];
};

const componentRows = (last: MonitorSample | undefined): readonly Row[] =>
	(last?.components ?? []).map((component): Row => {
		const isLow = component.points === undefined || component.points < component.weight / 2;
		return [span(`  ${component.name.padEnd(10)}`, 'dim'), span(`${component.points ?? '--'}/${component.weight}`.padStart(6), component.points === undefined ? 'warn' : isLow ? 'bad' : 'plain'), span(`   ${sanitizeLine(component.detail)}`)];
	});

const costRows = (monitor: MonitorState, width: number): readonly Row[] => {
	const last = lastOf(monitor);
	const drivers = last?.cost?.drivers ?? [];
	const total = drivers.reduce((sum, driver) => sum + driver.micros, 0);
	const shares = drivers.slice(0, 3).map(driver => `${driver.name} ${total === 0 ? '0' : Math.round((100 * driver.micros) / total)}%`).join('  ');
	const rates = monitor.samples.map(({jobs}) => (jobs.finished === 0 ? 0 : jobs.failed / jobs.finished));
	const label = (name: string): Row[number] => span(`  ${name.padEnd(11)}`, 'dim');
	return [
		[label('ladder'), span(`expected ${formatLimit(monitor.expectedDailyCostMicros)} a day · 2x ${formatLimit(2 * monitor.expectedDailyCostMicros)} ask · $100 flag`)],
		[label('drivers'), span(truncateEnd(sanitizeLine(shares) || 'none yet', Math.max(1, width - 13)))],
		[label('error rate'), span(last ? `${formatShare(last.jobs.failed, last.jobs.finished)}  ` : 'no data  '), span(sparkline(rates, 16, 0, 0.1), 'accent'), span('   flag above 10%', 'dim')],
		[label('latency'), span(last?.jobs.p95Ms === undefined ? 'no data' : `p95 ${(last.jobs.p95Ms / 1000).toFixed(1)} s${last.jobs.p50Ms === undefined ? '' : `, p50 ${(last.jobs.p50Ms / 1000).toFixed(1)} s`}`)],
		[label('created'), span(last?.schedulesCreated === undefined ? 'no data' : `${last.schedulesCreated} schedules, ${last.exports?.succeeded ?? 0} exports, ${last.exports?.failed ?? 0} failed`)],
	];
};

/** The explanation tree: each rule with its state and evidence. `isDeep` adds what each was read from. */
export const flagRows = (flags: readonly RedFlag[], width: number, isDeep: boolean): readonly Row[] =>
	flags.flatMap((flag, index): readonly Row[] => {
		const isLast = index === flags.length - 1;
		const ruleWidth = Math.max(12, Math.min(30, width - 27));
		const detailWidth = Math.max(0, width - 16 - ruleWidth);
		const row: Row = [span(isLast ? '   └─ ' : '   ├─ ', 'dim'), span(truncateEnd(flag.rule, ruleWidth).padEnd(ruleWidth + 1)), span(flagWords[flag.state].padEnd(8), flagTones[flag.state]), span(truncateEnd(sanitizeLine(flag.detail), detailWidth))];
		const reasons = isDeep ? flag.because.map((reason, at): Row => [span(isLast ? '      ' : '   │  ', 'dim'), span(at === flag.because.length - 1 ? '└─ ' : '├─ ', 'dim'), span(truncateEnd(sanitizeLine(reason), Math.max(1, width - 10)))]) : [];
		return [row, ...reasons];
	});

const flagSummary = (flags: readonly RedFlag[]): Row => {
	const raised = flags.filter(flag => flag.state === 'breach').length;
	const blind = flags.filter(flag => flag.state === 'blind').length;
	const open = flags.filter(flag => flag.state === 'question' || flag.state === 'no-data').length;
	return raised > 0 ? [span(`${raised} RAISED`, 'bad')] : blind > 0 ? [span(`${blind} BLIND`, 'bad')] : open > 0 ? [span(`${open} not decided`, 'warn')] : [span(flags.length === 0 ? 'not evaluated yet' : `none (${flags.length} rules)`, flags.length === 0 ? 'dim' : 'good')];
};

const checkpointRows = (monitor: MonitorState, snapshot: Snapshot): readonly Row[] =>
	monitor.checkpoints.map((checkpoint): Row => {
		const dueMs = monitor.t0Ms + checkpoint.offsetMs;
		const {review} = checkpoint;
		const isDue = dueMs <= snapshot.nowMs;
		return [
			review ? span('  ✓ ', 'good') : span(isDue ? '  ? ' : '  · ', isDue ? 'warn' : 'dim'),
			span(`${checkpoint.id.padEnd(6)} ${truncateEnd(checkpoint.title, 22).padEnd(23)}`, review ? 'plain' : 'dim'),
			span(formatClockAround(dueMs, monitor.t0Ms, zoneOf(snapshot)).padEnd(10), 'dim'),
			span(review ? (review.isAutomatic ? 'auto' : `by ${sanitizeLine(review.by)}`) : isDue ? 'due' : '', review ? 'plain' : 'warn'),
		];
	});

const factRows = (monitor: MonitorState, snapshot: Snapshot, width: number): readonly Row[] => {
	const last = lastOf(monitor);
	const zone = zoneOf(snapshot);
	const runs = (last?.scheduleRuns ?? []).map(({name, lastRunMs, state}) => `${name} ${lastRunMs === undefined ? '' : `${formatClock(lastRunMs, zone)} `}${state === 'ok' ? '✓' : state === 'failed' ? '✗' : '·'}`).join('  ');
	return [
		[span('  Schedules   ', 'dim'), span(truncateEnd(sanitizeLine(runs) || 'no runs yet', Math.max(1, width - 14)))],
		[span('  Drift       ', 'dim'), span(last?.checkedObjects === undefined ? 'no data' : `${last.checkedObjects - (last.driftedObjects ?? 0)} of ${last.checkedObjects} definitions as deployed`, (last?.driftedObjects ?? 0) > 0 ? 'bad' : 'plain')],
	];
};

const beside = (left: readonly Row[], right: readonly Row[], leftWidth: number, separator: string): readonly Row[] =>
	Array.from({length: Math.max(left.length, right.length)}, (_, index) => [...padRow(left[index] ?? [], leftWidth), span(separator, 'dim'), ...(right[index] ?? [])]);

const blindRows = (monitor: MonitorState, snapshot: Snapshot): readonly Row[] =>
	monitor.blindWindows.slice(-2).map(({fromMs, toMs, reason, backfilled}): Row => {
		const zone = zoneOf(snapshot);
		return [span(` ${formatClock(fromMs, zone)}  `, 'dim'), span(`blind ${formatClock(fromMs, zone)}-${formatClock(toMs, zone)}: ${sanitizeLine(reason)}; ${backfilled.length > 0 ? `${backfilled.join(' and ')} back-filled, ` : ''}health unknown`, 'warn')];
	});

/** A question that waits on the monitor, with its choices. */
const questionRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const question = frontQuestion(snapshot);
	return question?.kind === 'recommendation'
		? [rowOf(`  ${question.recommendation === 'roll-back' ? 'ROLL BACK is recommended.' : 'A person has to decide.'} What next?`, question.recommendation === 'roll-back' ? 'bad' : 'warn'), ...choiceRows(question, snapshot.view.choice, width)]
		: [];
};

const wide = (monitor: MonitorState, snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const left = Math.floor(width / 2);
	const right = width - left - 1;
	const plots = beside([...healthPlot(monitor, left), ...componentRows(lastOf(monitor))], [...costPlot(monitor, snapshot, right), ...costRows(monitor, right)], left, '│');
	const asked = questionRows(snapshot, width);
	const flags: readonly Row[] = [[span('  Red flags   ', 'strong'), ...flagSummary(monitor.flags)], ...flagRows(monitor.flags, left, false), [], ...factRows(monitor, snapshot, left)];
	const checks: readonly Row[] = [rowOf('  Checklist', 'strong'), ...checkpointRows(monitor, snapshot)];
	const rows: readonly Row[] = [...plots, ruleRow(width), ...(asked.length > 0 ? [...asked, ruleRow(width)] : []), ...beside(flags, checks, left, ' '), ruleRow(width), ...blindRows(monitor, snapshot)];
	const room = Math.max(0, height - rows.length);
	return [...rows, ...selectLog({...snapshot, view: {...snapshot.view, log: {kind: 'following'}, filter: '', search: ''}}, width, room)].slice(0, height);
};

const narrow = (monitor: MonitorState, snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const last = lastOf(monitor);
	const zone = zoneOf(snapshot);
	const spark = Math.min(20, Math.max(8, width - 49));
	const rates = monitor.samples.map(({jobs}) => (jobs.finished === 0 ? 0 : jobs.failed / jobs.finished));
	const costs = monitor.samples.map(sample => sample.cost?.sinceDeployMicros);
	const topCost = Math.max(1, ...costs.map(cost => cost ?? 0));
	const label = (name: string): Row[number] => span(` ${name.padEnd(10)}`, 'dim');
	const schedules = (last?.scheduleRuns ?? []).map(({name, state}) => `${name} ${state === 'ok' ? '✓' : state === 'failed' ? '✗' : '·'}`).join('  ');
	const blind = monitor.blindWindows.at(-1);
	const checklist = monitor.checkpoints.map(({id, review}) => `${review ? '✓' : '·'}${id.replace(/^T\+|h$/g, '')}`).join(' ');
	const asked = questionRows(snapshot, width);
	const rows: readonly Row[] = [
		[span(' health ', 'dim'), span(sparkline(monitor.samples.map(({score}) => score), spark, 60, 100).padEnd(spark), 'accent'), span(`  ${last?.score ?? '--'}`, last ? bandTones[last.band] : 'dim'), span(' · 90 ok · 80 alert · 70 rollback', 'dim')],
		[span(' cost   ', 'dim'), span(sparkline(costs, spark, 0, topCost).padEnd(spark), 'accent'), span(`  ${last?.cost ? formatMoney(last.cost.sinceDeployMicros) : 'no data'}`), span(`   24 h ${last?.cost ? formatMoney(last.cost.projected24hMicros) : '--'} · 2x at ${formatLimit(2 * monitor.expectedDailyCostMicros)}`, 'dim')],
		[span(' errors ', 'dim'), span(sparkline(rates, spark, 0, 0.1).padEnd(spark), 'accent'), span(`  ${last ? formatShare(last.jobs.failed, last.jobs.finished) : '--'}`), span('   flag above 10%', 'dim')],
		[],
		...(asked.length > 0 ? asked : []),
		[label('red flags'), ...flagSummary(monitor.flags)],
		...monitor.flags.filter(flag => flag.state !== 'ok').map((flag): Row => [span('   '), span(`${flagWords[flag.state]} `, flagTones[flag.state]), span(`${flag.rule}: ${sanitizeLine(flag.detail)}`)]),
		[label('integrity'), span(`${last?.integrityViolations ?? '--'}`, (last?.integrityViolations ?? 0) > 0 ? 'bad' : 'plain'), span(`   captions ${last?.availableCaptions ?? '--'}   drift ${last?.driftedObjects ?? '--'} of ${last?.checkedObjects ?? '--'}`)],
		[label('schedules'), span(sanitizeLine(schedules) || 'no runs yet')],
		...(blind ? [[label('blind'), span(`${formatClock(blind.fromMs, zone)}-${formatClock(blind.toMs, zone)}${blind.backfilled.length > 0 ? ' back-filled' : ''}`, 'warn' as const)]] : []),
		[label('checklist'), span(checklist)],
		ruleRow(width),
	];
	const samples = [...monitor.samples].reverse().slice(0, Math.max(0, height - rows.length)).map((sample): Row => [span(` ${formatClock(sample.atMs, zone)}`, 'dim'), span(`  ${sample.score ?? '--'}  ${sample.cost ? formatMoney(sample.cost.sinceDeployMicros) : '--'}  ${formatShare(sample.jobs.failed, sample.jobs.finished)}  ${sample.jobs.finished} jobs`)]);
	return [...rows, ...samples].slice(0, height);
};

/** Body of the monitor at a size. */
export const selectMonitor = (snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {monitor} = snapshot.run;
	if (!monitor) {
		return [[], fitRow(rowOf('  The monitor opens after the deployment (5.2): 24 hours, 20 samples.', 'dim'), width)];
	}

	return (width >= 100 && height >= 24 ? wide : narrow)(monitor, snapshot, width, height).map(row => fitRow(row, width));
};

/** Title row of the narrow monitor. */
export const narrowMonitorHeader = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {monitor} = snapshot.run;
	const last = monitor ? lastOf(monitor) : undefined;
	if (!monitor) {
		return monitorHeader(snapshot, width);
	}

	const next = nextDue(monitor);
	return [spreadRow([span(' eros monitor  ', 'strong'), span(last ? `${last.score ?? '--'} ${last.band}` : 'no sample yet', last ? bandTones[last.band] : 'dim')], [span(`${formatOffset(snapshot.nowMs - monitor.t0Ms)}${next === undefined || monitor.isFinished ? '' : `  next ${formatSpan(next - snapshot.nowMs)}`}`)], width)];
};
