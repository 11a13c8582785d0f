// What to roll back: everything, or some objects with those that depend on them.
import type {PlannedObject} from '../domain/events.js';
import type {RunState} from '../domain/run-state.js';
import {formatCount} from '../domain/wording/amount.js';
import {padEndCells, truncateEnd, wrapCells} from '../terminal/cell-width.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {fitRow, rowOf, span, type Row} from './row.js';
import type {Snapshot} from './snapshot.js';

/** Objects that the deployment changed, in its order. */
export const changedObjects = ({plan}: Pick<RunState, 'plan'>): readonly PlannedObject[] => (plan?.objects ?? []).filter(({action}) => action !== 'unchanged');

/** Objects that read or call one of `names`, directly or through others, without `names` themselves. */
export const dependantsOf = ({plan}: Pick<RunState, 'plan'>, names: ReadonlySet<string>): readonly string[] => {
	const reached = new Set(names);
	const objects = plan?.objects ?? [];
	for (let size = -1; size !== reached.size;) {
		size = reached.size;
		for (const {name, dependsOn = []} of objects) {
			if (dependsOn.some(other => reached.has(other))) {
				reached.add(name);
			}
		}
	}

	return objects.map(({name}) => name).filter(name => reached.has(name) && !names.has(name));
};

const effect = ({action}: PlannedObject): string => {
	switch (action) {
		case 'create': {
			return 'did not exist before: stays, is listed';
		}

		case 'schedule': {
			return 'back to its former definition, switched off';
		}

		case 'alter': {
			return 'back to its former rows and columns';
		}

		default: {
			return 'back to its former definition';
		}
	}
};

/** Row under the cursor: 0 is everything, then the objects. */
export const componentCursor = (snapshot: Snapshot): number => Math.min(snapshot.view.overlayTop, changedObjects(snapshot.run).length);

/** The picker in `height` rows; the row under the cursor and what depends on the choice are always in sight. */
export const componentRows = (snapshot: Snapshot, width: number, height: number): readonly Row[] => {
	const {run, view} = snapshot;
	const objects = changedObjects(run);
	const cursor = componentCursor(snapshot);
	const isAll = view.picked.size === 0;
	const nameWidth = Math.min(38, Math.max(20, Math.floor(width / 2) - 12));
	const mark = (isOn: boolean, index: number): Row => [span(index === cursor ? ' ▸ ' : '   ', 'accent'), span(isOn ? '[x] ' : '[ ] ', isOn ? 'accent' : 'dim')];
	const list: readonly Row[] = [
		[...mark(isAll, 0), span('everything that the deployment changed', 'strong'), span(`   ${formatCount(objects.length, 'object')}, restore point ${run.restorePoint?.id ?? ''}`, 'dim')],
		...objects.map((object, index): Row => [...mark(view.picked.has(object.name), index + 1), span(padEndCells(object.action, 9), 'dim'), span(padEndCells(sanitizeLine(object.name), nameWidth)), span(` ${effect(object)}`, 'dim')]),
	].map(row => fitRow(row, width));
	const dependants = isAll ? [] : dependantsOf(run, view.picked);
	const told = isAll
		? ['Everything goes back together; nothing depends on what stays.']
		: wrapCells(dependants.length === 0 ? `${formatCount(view.picked.size, 'object')} picked; nothing of the plan depends on ${view.picked.size === 1 ? 'it' : 'them'}.` : `${formatCount(view.picked.size, 'object')} picked. Depends on ${view.picked.size === 1 ? 'it' : 'them'} and stays as deployed: ${dependants.join(', ')}.`, Math.max(10, width - 4), 3);
	const bottom: readonly Row[] = [[], ...told.map(line => rowOf(`  ${line}`, dependants.length > 0 ? 'warn' : 'plain')), rowOf('  Enter goes on to the reason and the phrase; until it is typed nothing changes.', 'dim')];
	const room = Math.max(1, height - bottom.length - 2);
	const start = Math.min(Math.max(0, cursor - Math.floor(room / 2)), Math.max(0, list.length - room));
	return [[], ...list.slice(start, start + room), ...(list.length > room ? [rowOf(truncateEnd(`   ${start + Math.min(room, list.length - start)} of ${list.length}`, width), 'dim')] : [[]]), ...bottom];
};
