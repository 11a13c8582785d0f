// A script that is cancelled half-way, on the real server: what it committed stays and is named, what a transaction held is
// gone, and nothing is left running.
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import {aTask, cleanUpTestRuns, startTestRun, testSettings} from '../engine/support/test-run.js';
import {startLoopback, testProject, type Loopback} from './loopback.js';

const dataset = 'eros_staging_7f3a';
const table = `\`${testProject}.${dataset}.effects\``;
let loopback: Loopback;

beforeAll(async () => {
	loopback = await startLoopback();
	const {warehouse} = loopback.connection.embedded!.seed;
	await warehouse.createDataset(dataset, {});
	await warehouse.submit({id: jobId('lay_out'), sql: `CREATE TABLE ${table} (step INT64)`, maximumBytesBilled: 1e9, timeoutMs: 10_000, labels: {}, mutates: []});
	await warehouse.waitForJob(jobId('lay_out'));
});
afterEach(cleanUpTestRuns);
afterAll(async () => {
	await loopback.close();
});

const steps = async (): Promise<readonly unknown[]> => (await loopback.connection.warehouse.query<{step: number}>(`SELECT step FROM ${table} ORDER BY step`)).rows.map(({step}) => step);

it('names the statements that stay done, and leaves none of the others', async () => {
	const script = `INSERT INTO ${table} VALUES (1); BEGIN TRANSACTION; INSERT INTO ${table} VALUES (2); COMMIT TRANSACTION; BEGIN TRANSACTION; INSERT INTO ${table} VALUES (3); LOOP SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000)); END LOOP;`;
	const run = await startTestRun({
		ports: {warehouse: loopback.connection.warehouse},
		settings: {...testSettings, project: testProject},
		timings: {retryPausesMs: [20, 50], jobAttempts: 1, absentPausesMs: [20], stopPatienceMs: 20_000},
		stagingDataset: dataset,
		tasks: [aTask('2A.3', {stepClass: 'data', criteria: []}, async context => {
			await context.run({sql: script, title: 'a long procedure', mutates: [dataset]});
			return 'never';
		})],
	});
	for (let seen = await steps(); seen.length < 2; seen = await steps()) {
		await new Promise(resolve => {
			setTimeout(resolve, 20);
		});
	}

	run.session.dispatch({type: 'cancel'});
	expect(await run.session.finished).toBe(130);
	const [finished] = run.all('job.finished');
	expect(finished?.job).toMatchObject({state: 'CANCELLED', statement: 'a long procedure', committed: ['INSERT', 'INSERT']});
	expect(run.all('log.written').map(({text}) => text)).toContain('it stopped half-way; what stays done: INSERT, INSERT');
	expect(await steps()).toEqual([1, 2]);
	const [job] = run.all('job.intended');
	expect((await loopback.connection.warehouse.findJob(job!.job))?.state).toBe('DONE');
});
