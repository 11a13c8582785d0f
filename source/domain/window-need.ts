// How much of the deployment window what is left would take.
import {dependentsOf} from './graph.js';
import type {RunState} from './run-state.js';
import {tasksOf} from './window.js';

/**
 * Open steps up to production and their expected time. What comes after production (monitoring, summary) is no part of
 * the window; of the two lanes, which run side by side, the longer one counts.
 */
export const windowNeed = ({steps, window}: Pick<RunState, 'steps' | 'window'>): {readonly openTasks: number; readonly neededMs: number} => {
	const tasks = tasksOf(window);
	const after = new Set(tasks.filter(({needsApproval}) => needsApproval).flatMap(({id}) => dependentsOf(tasks, id)));
	const open = tasks.filter(({id}) => {
		const kind = steps.get(id)?.state.kind;
		return !after.has(id) && kind !== 'passed' && kind !== 'skipped';
	});
	const sumOf = (lane: 'A' | 'B' | undefined): number => open.filter(task => task.lane === lane).reduce((sum, {expectedMs}) => sum + expectedMs, 0);
	return {openTasks: open.length, neededMs: sumOf(undefined) + Math.max(sumOf('A'), sumOf('B'))};
};
