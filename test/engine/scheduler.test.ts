import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {GraphError} from '../../source/domain/graph.js';
import {taskId} from '../../source/domain/ids.js';
import {createScheduler, type ScheduledTask} from '../../source/engine/scheduler.js';

const node = (id: string, dependsOn: readonly string[] = [], lane?: 'A' | 'B'): ScheduledTask => ({id: taskId(id), dependsOn: dependsOn.map(name => taskId(name)), ...(lane === undefined ? {} : {lane})});

describe('the scheduler', () => {
	it('runs lanes side by side and everything else alone', () => {
		const scheduler = createScheduler([node('1'), node('a1', ['1'], 'A'), node('b1', ['1'], 'B'), node('a2', ['a1'], 'A'), node('3', ['a2', 'b1'])]);
		const take = (): readonly string[] => {
			const ids = scheduler.startable();
			for (const id of ids) {
				scheduler.start(id);
			}

			return ids;
		};

		expect(take()).toEqual(['1']);
		expect(take()).toEqual([]);
		scheduler.settle(taskId('1'));
		expect(take()).toEqual(['a1', 'b1']);
		scheduler.settle(taskId('a1'));
		expect(take()).toEqual(['a2']);
		scheduler.settle(taskId('a2'));
		expect(take()).toEqual([]);
		scheduler.settle(taskId('b1'));
		expect(take()).toEqual(['3']);
		scheduler.settle(taskId('3'));
		expect(scheduler.isDone()).toBe(true);
	});

	it('holds back what depends on a task that is opened again', () => {
		const scheduler = createScheduler([node('1'), node('2', ['1']), node('3', ['2'])]);
		for (const id of ['1', '2']) {
			scheduler.start(taskId(id));
			scheduler.settle(taskId(id));
		}

		scheduler.reopen(taskId('2'));
		expect(scheduler.startable()).toEqual(['2']);
		scheduler.start(taskId('2'));
		scheduler.settle(taskId('2'));
		expect(scheduler.startable()).toEqual(['3']);
	});

	it('names the cycle or the missing task', () => {
		expect(() => createScheduler([node('1', ['2']), node('2', ['1'])])).toThrow(new GraphError('cycle: 1 -> 2 -> 1'));
		expect(() => createScheduler([node('1', ['9'])])).toThrow('1 depends on 9, which does not exist');
	});

	it('starts nothing before what it depends on, and everything once, for any graph', () => {
		const graph = fc.array(fc.record({lane: fc.constantFrom(undefined, 'A' as const, 'B' as const), needs: fc.array(fc.nat(30), {maxLength: 4})}), {minLength: 1, maxLength: 30});
		fc.assert(fc.property(graph, items => {
			const tasks = items.map(({lane, needs}, index) => node(String(index), [...new Set(needs.filter(need => need < index).map(String))], lane));
			const scheduler = createScheduler(tasks);
			const settled = new Set<string>();
			const order: string[] = [];
			while (!scheduler.isDone()) {
				const ids = scheduler.startable();
				if (ids.length === 0) {
					return false;
				}

				for (const id of ids) {
					scheduler.start(id);
					order.push(id);
					if (!tasks[Number(id)]!.dependsOn.every(need => settled.has(need))) {
						return false;
					}
				}

				for (const id of ids) {
					scheduler.settle(id);
					settled.add(id);
				}
			}

			return order.length === tasks.length && new Set(order).size === tasks.length;
		}), {numRuns: 300});
	});
});
