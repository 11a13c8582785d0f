// What leaving would mean: the menu of Ctrl-C and the dialog of q. Neither ever kills work.
import {formatCount} from '../domain/wording/amount.js';
import {describeProduction} from '../domain/wording/production.js';
import {resumeCommand} from '../domain/wording/resume.js';
import {padEndCells, wrapCells} from '../terminal/cell-width.js';
import {rowOf, span, type Row} from './row.js';
import {zoneOf, type Snapshot} from './snapshot.js';

type Way = {readonly key: string; readonly label: string; readonly consequence: string; readonly off?: string | undefined; readonly isMarked?: boolean};

const labelWidth = 20;

const wayRows = ({key, label, consequence, off, isMarked = false}: Way, width: number): readonly Row[] =>
	wrapCells(off === undefined ? consequence : `not possible: ${off}`, Math.max(10, width - labelWidth - 13), 3).map((line, index): Row => [
		...(index === 0 ? [span(isMarked ? '  ▸ ' : '    ', 'accent'), span(padEndCells(key, 5), off === undefined ? 'strong' : 'dim'), span(padEndCells(label, labelWidth), off === undefined ? 'plain' : 'dim')] : [span(' '.repeat(labelWidth + 9))]),
		span(` ${line}`, 'dim'),
	]);

const runningText = ({run}: Snapshot): string => {
	const running = [...run.steps.values()].filter(({state}) => state.kind === 'running').map(({task}) => `${task.id} ${task.title}`);
	const shown = running.slice(0, 4).join(', ');
	return running.length === 0 ? 'Nothing runs.' : `Running: ${shown}${running.length > 4 ? ` and ${running.length - 4} more` : ''}.`;
};

const head = (snapshot: Snapshot, width: number): readonly Row[] => [
	[],
	...wrapCells(`${describeProduction(snapshot.run.production, zoneOf(snapshot))}.`, Math.max(10, width - 4), 2).map(line => rowOf(`  ${line}`, 'strong')),
	...wrapCells(runningText(snapshot), Math.max(10, width - 4), 2).map(line => rowOf(`  ${line}`)),
	[],
];

const again = ({run}: Snapshot): string => (run.command === 'deploy' || run.command === 'rehearse' ? `go on with: ${resumeCommand(run)}` : 'it can be resumed');

const detachText = ({run}: Snapshot): string => `the run goes on without this screen; back with: eros-tui attach ${run.run ?? ''}`;

/** What q asks. */
export const quitRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {view} = snapshot;
	return [
		...head(snapshot, width),
		...wayRows({key: 'b', label: 'background', consequence: detachText(snapshot)}, width),
		...wayRows({key: 'd', label: 'drain, then quit', consequence: `what runs settles, nothing new starts; ${again(snapshot)}`, off: view.stop === 'none' ? undefined : 'it is stopping already'}, width),
		...wayRows({key: 's', label: 'stay', consequence: 'also Esc', isMarked: true}, width),
		[],
		rowOf('  Leaving never undoes anything.', 'dim'),
	];
};

/** What the first Ctrl-C asks. */
export const stopRows = (snapshot: Snapshot, width: number): readonly Row[] => {
	const {view, run} = snapshot;
	const running = [...run.steps.values()].filter(({state}) => state.kind === 'running').length;
	const mutating = [...run.jobs.values()].filter(({state, mutates}) => mutates && (state === 'accepted' || state === 'intended')).length;
	const isRestoring = run.production.kind === 'rolling-back';
	return [
		...head(snapshot, width),
		rowOf(view.stop === 'none' ? '  No new step starts while you choose.' : view.stop === 'drained' ? '  The run is stopping: what runs settles.' : '  Running jobs are being cancelled.', 'warn'),
		[],
		...wayRows({key: 'w', label: 'wait in-flight', consequence: `${running === 0 ? 'nothing is in flight: the run ends now' : `${formatCount(running, 'step')} settle${running === 1 ? 's' : ''}, then the run ends`}; ${again(snapshot)}`, off: view.stop === 'none' ? undefined : 'it is stopping already'}, width),
		...wayRows({key: 'c', label: 'cancel jobs', consequence: isRestoring ? 'stops after this table; each table is restored in one statement' : `by their id${mutating === 0 ? '' : `; ${formatCount(mutating, 'job')} may have committed a part, which is listed`}; ${again(snapshot)}`, off: view.stop === 'cancelled' ? 'it is being done' : undefined}, width),
		...wayRows({key: 'd', label: 'detach', consequence: detachText(snapshot)}, width),
		...wayRows({key: 'Esc', label: 'continue', consequence: 'as if nothing had been pressed'}, width),
		[],
		rowOf('  Ctrl-C again within 3 s detaches; it kills no work.', 'dim'),
	];
};
