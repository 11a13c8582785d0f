// A whole run that changes production: a gate, a restore point, an approval, two statements, an artifact.
import {criterionId, taskId, type PlanHash} from '../../../source/domain/ids.js';
import type {Task} from '../../../source/engine/task.js';
import {aProductionQuestion, aTask, startTestRun, testHash, type TestRun, type TestRunOptions} from './test-run.js';

export const restorePointId = '20251103_170000';

/** Tasks of such a run; `hashNow` is the plan as it would be computed at each moment. */
export const productionWindow = (hashNow: () => PlanHash = () => testHash): readonly Task[] => [
	aTask('1.1', {}, async context => {
		await context.run({sql: 'SELECT 1', title: 'probe'});
		await context.emit({type: 'plan.frozen', data: {hash: hashNow(), create: 1, replace: 0, alter: 0, unchanged: 0, objects: [{name: 'f', action: 'create'}]}});
		await context.emit({type: 'restore-point.taken', data: {id: restorePointId, dataset: `eros_backup_${restorePointId}`, takenAtMs: 0, tables: 0, routines: 0, views: 0, schedules: 0, absent: []}});
		await context.emit({type: 'restore-point.proven', data: {id: restorePointId, atMs: 1, detail: 'equal'}});
		context.check(criterionId('1.1/done'), true, 'ok');
		return 'ok';
	}),
	aTask('3.1', {dependsOn: [taskId('1.1')]}),
	aTask('5.1', {dependsOn: [taskId('3.1')], needsApproval: true, stepClass: 'ddl'}, async context => {
		await context.run({sql: 'CREATE OR REPLACE FUNCTION f() AS (1)', title: 'deploy f', mutates: ['eros']});
		await context.run({sql: 'CREATE OR REPLACE FUNCTION g() AS (1)', title: 'deploy g', mutates: ['eros']});
		await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
		await context.writeArtifact('report.txt', 'all is well\n', 'Report');
		context.check(criterionId('5.1/done'), true, 'read back');
		return 'deployed';
	}, async () => ({...aProductionQuestion(hashNow())})),
];

export const aProductionRun = async (options: Omit<TestRunOptions, 'tasks'> = {}): Promise<TestRun> => startTestRun({tasks: productionWindow(), ...options});
