// Rollbacks against a real warehouse: what goes back, what is proved, what health may say, and how production is called afterwards.
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {describeProduction} from '../../source/domain/wording/production.js';
import {takeRestorePoint} from '../../source/engine/restore-point.js';
import type {HealthReading} from '../../source/engine/rollback-proof.js';
import type {Session} from '../../source/ports/session.js';
import {startLoopback, type Loopback} from '../cloud/loopback.js';
import {runAsSomebody} from '../cloud/somebody.js';
import {aTask, cleanUpTestRuns, startTestRun, testHash, type TestRun} from './support/test-run.js';

let loopback: Loopback;
let session: Session | undefined;

const change = async (sql: string): Promise<void> => runAsSomebody(loopback, sql);

const former = [
	'CREATE TABLE eros.numbers (n INT64)',
	'INSERT INTO eros.numbers (n) VALUES (1), (2), (3)',
	'CREATE FUNCTION eros.twice(x INT64) AS (x * 2)',
	'CREATE FUNCTION eros.half(x INT64) AS (DIV(x, 2))',
	'CREATE VIEW eros.doubled AS SELECT eros.twice(n) AS n FROM eros.numbers',
];
const deployed = [
	'INSERT INTO eros.numbers (n) VALUES (4)',
	'CREATE OR REPLACE FUNCTION eros.twice(x INT64) AS (x + x)',
	'CREATE OR REPLACE FUNCTION eros.half(x INT64) AS (DIV(x, 4))',
	'CREATE FUNCTION eros.added(x INT64) AS (x)',
];

beforeEach(async () => {
	session = undefined;
	loopback = await startLoopback({dataset: 'eros', validAuthority() {
		const state = session?.state();
		return {provenRestorePoint: state?.restorePoint?.provenAtMs === undefined ? undefined : state.restorePoint.id, planHash: state?.plan?.hash};
	}});
	await loopback.connection.embedded!.seed.warehouse.createDataset('eros', {});
	for (const sql of former) {
		await change(sql);
	}
});
afterEach(async () => {
	await cleanUpTestRuns();
	await loopback.close();
});

type Case = {
	readonly components?: readonly string[];
	readonly health?: HealthReading;
	/** Somebody else's statement, right after `half` was restored. */
	readonly afterRestore?: string;
	/** Somebody else's statement, right after the table was restored. */
	readonly afterTable?: string;
	/** What becomes of the restore point before it is needed. */
	readonly loseCopy?: boolean;
};

const rollBackAfterDeployment = async ({components, health, afterRestore, afterTable, loseCopy = false}: Case): Promise<TestRun> => {
	const {warehouse, schedules, lease} = loopback.connection;
	const task = aTask('5.1', {criteria: []}, async context => {
		await takeRestorePoint(context, {tables: ['numbers'], routines: ['twice', 'half', 'added'], views: ['doubled'], schedules: []});
		await context.emit({type: 'plan.frozen', data: {hash: testHash, create: 1, replace: 2, alter: 0, unchanged: 0, objects: []}});
		for (const sql of deployed) {
			await change(sql);
		}

		if (loseCopy) {
			await change(`DROP SNAPSHOT TABLE ${context.state().restorePoint!.dataset}.numbers`);
		}

		await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
		return 'deployed';
	});
	const isRestored = (id: string): boolean => run.session.state().jobs.get(id as never)?.statement === 'restore numbers';
	const run: TestRun = await startTestRun({
		tasks: [task],
		lease,
		ports: {
			schedules,
			warehouse: {...warehouse, async waitForJob(id, signal) {
				const status = await warehouse.waitForJob(id, signal);
				if (afterRestore !== undefined && status.statementType === 'CREATE_FUNCTION') {
					await change(afterRestore);
				}

				if (afterTable !== undefined && isRestored(id)) {
					await change(afterTable);
				}

				return status;
			}},
		},
		rollback: {lockTable: 'locks', ...(health === undefined ? {} : {readHealth: async () => health})},
		endWithRollback: {reason: 'a test', components: components ?? 'all'},
	});
	session = run.session;
	return run;
};

const valueOf = async (sql: string): Promise<number> => Number((await loopback.connection.warehouse.query<{readonly v: unknown}>(sql)).rows[0]?.v);

describe('a rollback', () => {
	it('brings contents and definitions back, leaves what is new, and counts a good health', async () => {
		const run = await rollBackAfterDeployment({health: {kind: 'measured', score: 93, isIntegrityFull: true, detail: ''}});
		expect(await run.session.finished).toBe(0);
		expect(run.all('rollback.proved')).toMatchObject([{tablesEqual: 1, routinesEqual: 2, viewsEqual: 1, orphans: ['added'], differences: [], health: {verdict: 'healthy', text: '93/100'}}]);
		expect(await valueOf('SELECT COUNT(*) + eros.half(8) AS v FROM eros.numbers')).toBe(7);
		expect(run.session.state().production.kind).toBe('rolled-back');
	});

	it('keeps its proof when the health is bad, and hands it to a person', async () => {
		const run = await rollBackAfterDeployment({health: {kind: 'measured', score: 65, isIntegrityFull: true, detail: 'errors 5/30: 8.5% of 200 jobs'}});
		expect(await run.session.finished).toBe(7);
		expect(run.session.state().production.kind).toBe('rolled-back');
		expect(run.session.state().rollback?.steps.map(({state}) => state)).toEqual(['done', 'done', 'done', 'done', 'failed', 'done']);
		expect(run.all('run.finished')[0]?.sentence).toMatch(/1 table equal.* But health is 65\/100, below 70: errors 5\/30: 8\.5% of 200 jobs\. Look with: eros-tui health$/);
	});

	it('takes violated integrity for bad, whatever the score', async () => {
		const run = await rollBackAfterDeployment({health: {kind: 'measured', score: 80, isIntegrityFull: false, detail: 'integrity 0/20: 2 violations'}});
		expect(await run.session.finished).toBe(7);
	});

	it('hangs no proof on a health that can not be measured, and says so', async () => {
		const run = await rollBackAfterDeployment({health: {kind: 'not-measurable', reason: 'measure_health came with the release that was rolled back'}});
		expect(await run.session.finished).toBe(0);
		const step = run.session.state().rollback?.steps[4];
		expect(step?.state).toBe('done');
		expect(step?.detail).toContain('health not measurable on the former release: measure_health came with');
		expect(run.all('run.finished')[0]?.sentence).toContain('Health not measurable on the former release');
	});
});

describe('a rollback that can not be believed', () => {
	it('stops at a table that a row came into while it was restored', async () => {
		const run = await rollBackAfterDeployment({afterTable: 'INSERT INTO eros.numbers (n) VALUES (5)'});
		expect(await run.session.finished).toBe(7);
		expect(run.session.state().rollback?.steps[2]).toMatchObject({state: 'failed', detail: 'numbers came back different: 4 rows instead of 3. 0 tables before it are restored.'});
		expect(run.session.state().production.kind).toBe('rolling-back');
		expect(run.all('run.finished')[0]?.sentence).toContain('Continue it with: eros-tui rollback');
	});

	it('restores nothing when a copy of the restore point is gone', async () => {
		const run = await rollBackAfterDeployment({loseCopy: true});
		expect(await run.session.finished).toBe(7);
		expect(JSON.stringify(run.all('run.finished')[0])).toContain('numbers');
		expect(run.all('job.intended').filter(({statement}) => statement === 'restore numbers')).toEqual([]);
		// Nothing went back: the row of the deployment is still there.
		expect(await valueOf('SELECT COUNT(*) AS v FROM eros.numbers')).toBe(4);
	});
});

describe('a rollback of components', () => {
	it('touches only them, proves the others unchanged, and ends in words of its own', async () => {
		const run = await rollBackAfterDeployment({components: ['half']});
		expect(await run.session.finished).toBe(0);
		expect(await valueOf('SELECT COUNT(*) + eros.half(8) AS v FROM eros.numbers')).toBe(8);
		expect(run.all('rollback.proved')).toMatchObject([{tables: 0, routines: 1, routinesEqual: 1, othersUnchanged: 3, differences: []}]);
		const {production} = run.session.state();
		expect(production).toMatchObject({kind: 'components-rolled-back', components: ['half']});
		expect(describeProduction(production, 'America/Los_Angeles')).toMatch(/^1 component as of \d{8}_\d{6} since \d\d:\d\d P[DS]T \(half\), the rest as deployed$/);
		expect(run.all('run.finished')[0]).toMatchObject({outcome: 'passed', sentence: expect.stringMatching(/^half rolled back to \d{8}_\d{6}: 1 routine equal, .*; the rest is as deployed\.$/) as string});
	});

	it('finds another definition that changed meanwhile', async () => {
		const run = await rollBackAfterDeployment({components: ['half'], afterRestore: 'CREATE OR REPLACE FUNCTION eros.added(x INT64) AS (x + 1)'});
		expect(await run.session.finished).toBe(7);
		expect(run.all('rollback.proved')[0]?.differences).toEqual(['routine added, which was not asked for']);
		expect(run.session.state().production.kind).toBe('rolling-back');
	});
});
