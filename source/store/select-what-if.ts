// What would have to change for the verdict to change: one component mended at a time, and when the cost would breach.
import {bandOf, type HealthComponent, type MonitorSample} from '../domain/health.js';
import type {MonitorState} from '../domain/run-state.js';
import {formatLimit, formatMoney} from '../domain/wording/amount.js';
import {formatOffset} from '../domain/wording/duration.js';
import {wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {rowOf, span, type Row} from './row.js';
import type {Snapshot} from './snapshot.js';

export type WhatIf = {readonly component: HealthComponent; readonly score: number};

/** The score if one component had all its points, the largest gain first; components that have them all are left out. */
export const whatIfs = ({components}: Pick<MonitorSample, 'components'>): readonly WhatIf[] => {
	const total = components.reduce((sum, {points = 0}) => sum + points, 0);
	return components
		.filter(({points = 0, weight}) => points < weight)
		.map(component => ({component, score: total + component.weight - (component.points ?? 0)}))
		.sort((a, b) => b.score - a.score);
};

/** Offset from T0 at which the cost since the deployment reaches `limitMicros` at the rate so far; undefined when it never does or there is no rate. */
export const reachesAtMs = ({samples}: Pick<MonitorState, 'samples'>, limitMicros: number): number | undefined => {
	const last = samples.at(-1);
	const spent = last?.cost?.sinceDeployMicros ?? 0;
	return last === undefined || spent === 0 || last.dueOffsetMs === 0 ? undefined : (limitMicros / spent) * last.dueOffsetMs;
};

const costRow = (monitor: MonitorState): string => {
	const limit = 2 * monitor.expectedDailyCostMicros;
	const at = reachesAtMs(monitor, limit);
	const spent = monitor.samples.at(-1)?.cost?.sinceDeployMicros;
	const so = spent === undefined ? 'cost unknown' : `${formatMoney(spent)} so far`;
	return at === undefined ? `${so}; no rate to project yet` : at > 24 * 3_600_000 ? `${so}; at this rate 2x (${formatLimit(limit)}) is not reached within 24 h` : `${so}; at this rate 2x (${formatLimit(limit)}) is reached at ${formatOffset(at)}`;
};

/** Rows of the what-if screen. */
export const whatIfRows = ({run}: Pick<Snapshot, 'run'>, width: number): readonly Row[] => {
	const {monitor} = run;
	const last = monitor?.samples.at(-1);
	if (!monitor || !last) {
		return [rowOf('  No sample yet.', 'dim')];
	}

	const open = monitor.flags.filter(({state}) => state !== 'ok');
	const mended = whatIfs(last);
	return [
		[span('  now      ', 'dim'), span(`${last.score ?? '--'} ${last.band}`, last.band === 'ROLLBACK' ? 'bad' : 'strong'), span(`   sample ${last.index}; 90 healthy · 80 alert · 70 rollback`, 'dim')],
		[],
		rowOf('  If one component had all its points', 'strong'),
		...(mended.length === 0 ? [rowOf('    all of them have', 'dim')] : mended.flatMap(({component, score}): readonly Row[] => [
			[span(`    ${component.name.padEnd(10)}`), span(`${component.points ?? '--'}/${component.weight}`.padStart(6), 'dim'), span('  →  '), span(`${score} ${bandOf(score)}`, score >= 70 ? 'good' : 'bad'), span(component.points === undefined ? '   its query failed: unknown, counted as 0' : '', 'warn')],
			...wrapCells(sanitizeLine(component.detail), Math.max(10, width - 10), 2).map(line => rowOf(`      ${line}`, 'dim')),
		])),
		[],
		rowOf('  Cost', 'strong'),
		rowOf(`    ${costRow(monitor)}`),
		[],
		rowOf(open.length === 0 ? '  No rule is raised.' : '  Raised or not decided, whatever the score', 'strong'),
		...open.map(({rule, state, detail}): Row => [span(`    ${state.padEnd(9)}`, state === 'breach' ? 'bad' : 'warn'), span(`${rule}: ${sanitizeLine(detail)}`)]),
	];
};
