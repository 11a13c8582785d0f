import {describe, expect, it} from 'vitest';
import {tasksOf} from '../../source/domain/window.js';
import {windowSpec, windowTasks} from '../../source/window/index.js';

const tasks = tasksOf(windowSpec);

// Checkboxes of the document by task, counted from it: its own 174, and the 17 constraints it ticks at its end.
const seedCheckboxes: Readonly<Record<string, number>> = {
	'0.1': 3, '0.2': 6, '0.3': 4,
	'1.1': 4, '1.2': 4, '1.3': 4, '1.4': 0,
	'2A.0': 0, '2A.1': 4, '2A.2': 4, '2A.3': 4, '2A.4': 3, '2A.5': 4 + 4,
	'2B.1': 4, '2B.2': 8, '2B.3': 4, '2B.4': 4, '2B.5': 4 + 5,
	'3.1': 2 + 5, '3.2': 6, '3.3': 7, '3.4': 5, '3.5': 4 + 5,
	'4.1': 6, '4.2': 6, '4.3': 4, '4.4': 4,
	'5.1': 4, '5.2': 6 + 5, '5.3': 10 + 4, '5.4': 4 + 10,
};

describe('the window', () => {
	it('lists every checkbox of the document in its task', () => {
		const listed = Object.fromEntries(tasks.map(task => [task.id, task.criteria.filter(({isFromSeed, text}) => isFromSeed && !text.startsWith('Constraint:')).length]));
		expect(listed).toEqual(seedCheckboxes);
		expect(Object.values(seedCheckboxes).reduce((sum, count) => sum + count, 0)).toBe(174);
	});

	it('lists the constraints of the document', () => {
		expect(tasks.flatMap(task => task.criteria).filter(({text}) => text.startsWith('Constraint:'))).toHaveLength(17);
	});

	it('gives every criterion an id of its own that names its task', () => {
		const criteria = tasks.flatMap(task => task.criteria.map(criterion => ({task: task.id, id: criterion.id})));
		expect(new Set(criteria.map(({id}) => id)).size).toBe(criteria.length);
		expect(criteria.filter(({task, id}) => !new RegExp(`^${task}/[a-z0-9]+(-[a-z0-9]+)*$`).test(id))).toEqual([]);
	});

	it('depends only on earlier tasks, so that it has no cycle', () => {
		const seen = new Set<string>();
		for (const task of tasks) {
			expect(task.dependsOn.filter(id => !seen.has(id)), task.id).toEqual([]);
			seen.add(task.id);
		}
	});

	it('lets the gate wait for both lanes, and production for the gate', () => {
		expect(tasks.find(({id}) => id === '3.1')!.dependsOn).toEqual(['2A.5', '2B.5']);
		expect(tasks.filter(({needsApproval}) => needsApproval).map(({id}) => id)).toEqual(['5.1']);
		const laneOf = (lane: 'A' | 'B'): readonly string[] => tasks.filter(task => task.lane === lane).map(({id}) => id);
		expect(laneOf('A')).toEqual(['2A.0', '2A.1', '2A.2', '2A.3', '2A.4', '2A.5']);
		expect(laneOf('B')).toEqual(['2B.1', '2B.2', '2B.3', '2B.4', '2B.5']);
	});

	it('has work for every task, and a question for the one that needs an approval', () => {
		expect(windowTasks().map(({spec}) => spec.id)).toEqual(tasks.map(({id}) => id));
		expect(windowTasks().filter(({approval}) => approval !== undefined).map(({spec}) => spec.id)).toEqual(['5.1']);
	});
});
