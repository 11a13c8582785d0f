// Every statement the window writes by itself is GoogleSQL: the tasks run against a warehouse that answers nothing, and
// what they ask is parsed.
import {afterEach, describe, expect, it} from 'vitest';
import path from 'node:path';
import {parseSql} from '../../source/objects/parsed-sql.js';
import {lintSql} from '../../source/lint/lint-sql.js';
import {windowTasks} from '../../source/window/index.js';
import {createMemoryWarehouse} from '../engine/support/memory-warehouse.js';
import {cleanUpTestRuns, startTestRun, testSettings} from '../engine/support/test-run.js';

afterEach(cleanUpTestRuns);

/** Runs one task and collects the SQL it asks, whatever becomes of the task. */
const statementsOf = async (id: string): Promise<readonly string[]> => {
	const asked: string[] = [];
	const memory = createMemoryWarehouse(spec => {
		asked.push(spec.sql);
		return {};
	});
	const warehouse = {
		...memory,
		findDataset: async () => undefined,
		async query(sql: string) {
			asked.push(sql);
			return {rows: [], schema: []};
		},
		async dryRun(sql: string) {
			asked.push(sql);
			return {totalBytes: 0, statementType: 'SELECT', schema: []};
		},
		listRoutines: async () => [],
	} as unknown as typeof memory;
	const tasks = windowTasks().filter(({spec}) => spec.id === id).map(task => ({...task, spec: {...task.spec, dependsOn: [], needsApproval: false}}));
	const run = await startTestRun({tasks, root: path.resolve(import.meta.dirname, '../..'), settings: {...testSettings, project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain'}, warehouse});
	await run.session.finished;
	return asked;
};

describe('the statements of the window', () => {
	it.each([['0.2', 1], ['0.3', 1], ['2A.1', 10], ['2A.2', 20], ['2A.3', 10], ['2A.4', 4], ['3.1', 1], ['3.2', 5], ['3.3', 1], ['3.5', 1], ['4.3', 6]] as const)('%s asks only GoogleSQL', async (id, atLeast) => {
		const asked = await statementsOf(id);
		expect(asked.length).toBeGreaterThanOrEqual(atLeast);
		const broken = asked.map(sql => ({sql, parsed: parseSql(sql)})).filter(({parsed}) => !parsed.ok);
		expect(broken).toEqual([]);
		expect(asked.flatMap(sql => lintSql(id, sql)).filter(({severity}) => severity === 'error')).toEqual([]);
	});
});
