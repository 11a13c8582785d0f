import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterEach, describe, expect, it} from 'vitest';
import {criterionId, jobId, taskId} from '../../source/domain/ids.js';
import type {JobStatus} from '../../source/ports/warehouse.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {aTask, cleanUpTestRuns, startTestRun, testHash} from './support/test-run.js';

afterEach(cleanUpTestRuns);

describe('a run that was killed', () => {
	/** A run that died while its second job was under way. */
	const killRun = async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-killed-'));
		const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'support/killed-run.ts'), folder], {stdio: ['ignore', 'pipe', 'inherit']});
		await once(child.stdout, 'data');
		child.kill('SIGKILL');
		await once(child, 'exit');
		const ran = (await readFile(path.join(folder, 'jobs.txt'), 'utf8')).trim().split('\n');
		expect(ran).toHaveLength(2);

		// The warehouse survived and knows both jobs; the second one finished while nobody watched.
		const warehouse = createMemoryWarehouse();
		const known = new Map(ran.map(id => [id, {id: jobId(id), state: 'DONE', createdMs: 1, startedMs: 1, endedMs: 2, billedBytes: 0, processedBytes: 0, childJobs: 0, statementType: 'INSERT'} satisfies JobStatus]));
		warehouse.findJob = async id => known.get(id);
		const wait = warehouse.waitForJob;
		warehouse.waitForJob = async (id, signal) => known.get(id) ?? wait(id, signal);
		return {folder, ran, warehouse};
	};

	it('goes on where it stood, adopts its jobs by id and runs none of them twice', async () => {
		const {folder, ran, warehouse} = await killRun();
		const resumed = await startTestRun({folder, warehouse, tasks: [aTask('1.1'), aTask('2A.1', {stepClass: 'data', dependsOn: [taskId('1.1')], criteria: []}, async context => {
			await context.run({sql: 'FIRST', title: 'first', mutates: ['eros_staging_7f3a']});
			await context.run({sql: 'SECOND', title: 'second', mutates: ['eros_staging_7f3a']});
			return 'done';
		})]});
		expect(await resumed.session.finished).toBe(0);
		expect(warehouse.submissions).toEqual([]);
		expect(resumed.all('run.resumed')[0]?.findings).toEqual(['2A.1 was interrupted; it runs again under the same attempt', `${ran[1]!} was accepted, is DONE: adopted`]);
		expect(resumed.all('run.resumed')[0]?.report).toMatchObject({
			during: ['2A.1'], finished: [{what: '2A.1 second', atMs: 2}], adopted: [{job: ran[1], task: '2A.1', was: 'accepted', state: 'DONE', billedBytes: 0, durationMs: 1}],
			neverStarted: [], unknown: [], missed: [], willRerun: [{task: '2A.1', reason: 'interrupted'}], credentials: {principal: 'tester'}, window: {openTasks: 1, neededMs: 1000},
		});
		expect(resumed.all('step.started').map(({task, attempt}) => `${task}/${attempt}`)).toEqual(['1.1/1', '2A.1/1', '2A.1/1']);
		expect([...resumed.session.state().jobs.values()].map(({state}) => state)).toEqual(['finished', 'finished']);
	});

	it('clears the ground anew for a task that was interrupted', async () => {
		const {folder, ran, warehouse} = await killRun();
		const resumed = await startTestRun({folder, warehouse, tasks: [aTask('1.1'), aTask('2A.1', {stepClass: 'data', dependsOn: [taskId('1.1')], criteria: []}, async context => {
			await context.run({sql: 'FIRST', title: 'first', mutates: ['eros_staging_7f3a'], isPreparation: true});
			await context.run({sql: 'SECOND', title: 'second', mutates: ['eros_staging_7f3a']});
			return 'done';
		})]});
		expect(await resumed.session.finished).toBe(0);
		expect(warehouse.submissions.map(({sql}) => sql)).toEqual(['FIRST']);
		expect(ran).not.toContain(warehouse.submissions[0]!.id);
		expect(resumed.all('job.intended').map(({statement, isPreparation}) => [statement, isPreparation])).toEqual([['first', undefined], ['second', undefined], ['first', true]]);
	});

	it('never clears the ground of production', async () => {
		const run = await startTestRun({isUnattended: true, tasks: [aTask('2A.1', {stepClass: 'data', criteria: []}, async context => {
			await context.run({sql: 'DELETE', title: 'clear', mutates: [context.settings.dataset], isPreparation: true});
			return 'done';
		})]} as Parameters<typeof startTestRun>[0]);
		expect(await run.session.finished).toBe(1);
		expect(run.warehouse.submissions).toEqual([]);
		expect(run.all('step.failed')[0]?.failure.message).toBe('clear would be done anew in production by each resume.');
	});

	it('plans again when somebody changed production meanwhile, and says what', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-drift-'));
		const tasks = [aTask('1.1', {}, async context => {
			await context.emit({type: 'plan.frozen', data: {hash: testHash, create: 0, replace: 1, alter: 0, unchanged: 0, objects: [{name: 'sweep', action: 'replace'}]}});
			context.check(criterionId('1.1/done'), true, 'frozen');
			return 'frozen';
		}), aTask('2B.1', {dependsOn: [taskId('1.1')]}), aTask('3.1', {dependsOn: [taskId('2B.1')]}, async context => {
			await context.ask({kind: 'start', id: `wait/${context.attempt}`, title: 'wait'});
			context.check(criterionId('3.1/done'), true, 'asked');
			return 'asked';
		})];
		const first = await startTestRun({folder, tasks});
		await first.next('question.asked');
		first.session.dispatch({type: 'drain'});
		await first.session.finished;
		await first.journal.close();
		const resumed = await startTestRun({folder, tasks, compareCatalog: async () => ({asLeft: 3, total: 4, notDeployed: 0, drifted: ['sweep']})});
		await resumed.next('question.asked', ({question}) => question.id.startsWith('wait/') && resumed.all('run.resumed').length === 1);
		expect(resumed.all('run.resumed')[0]?.report?.catalog).toEqual({asLeft: 3, total: 4, notDeployed: 0, drifted: ['sweep']});
		expect(resumed.all('step.staled')).toEqual([{task: '1.1', reason: 'sweep changed in production meanwhile'}, {task: '2B.1', reason: '1.1 runs again'}, {task: '3.1', reason: '1.1 runs again'}]);
		expect(resumed.all('step.started').map(({task}) => task)).toEqual(['1.1', '2B.1', '3.1', '1.1', '2B.1', '3.1']);
	});
});
