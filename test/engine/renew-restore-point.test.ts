// The restore point right before production is changed, against a real warehouse: what counts as moved, what is taken anew, what a
// rollback then goes back to.
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {RunState} from '../../source/domain/run-state.js';
import {isSurelyUnchanged, renewRestorePoint, type Moved} from '../../source/engine/renew-restore-point.js';
import {isProductionUntouched, takeRestorePoint} from '../../source/engine/restore-point.js';
import type {StepContext} from '../../source/engine/task.js';
import type {Session} from '../../source/ports/session.js';
import {startLoopback, type Loopback} from '../cloud/loopback.js';
import {runAsSomebody} from '../cloud/somebody.js';
import {aTask, cleanUpTestRuns, startTestRun, testHash, type TestRun} from './support/test-run.js';

let loopback: Loopback;
let session: Session | undefined;

const change = async (sql: string): Promise<void> => runAsSomebody(loopback, sql);

const upsert = async (displayName: string, schedule: string): Promise<void> => {
	await loopback.connection.embedded!.seed.schedules.upsert('eros', {displayName, schedule, query: 'SELECT 1', notifyOnFailure: false}, {isDisabled: true});
};

const former = [
	'CREATE TABLE eros.numbers (n INT64)',
	'INSERT INTO eros.numbers (n) VALUES (1), (2), (3)',
	'CREATE TABLE eros.empty (n INT64)',
	'CREATE TABLE eros.dropped (n INT64)',
	'CREATE TABLE eros.messages (n INT64)',
	'CREATE FUNCTION eros.twice(x INT64) AS (x * 2)',
	'CREATE VIEW eros.doubled AS SELECT eros.twice(n) AS n FROM eros.numbers',
];

const writeSet = {
	tables: ['numbers', 'empty', 'dropped', 'added_table'], routines: ['twice', 'added'], views: ['doubled'], schedules: ['EROS: daily', 'EROS: later'], readOnlyTables: ['messages'],
};

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

	await upsert('EROS: daily', 'every 24 hours');
});
afterEach(async () => {
	await cleanUpTestRuns();
	await loopback.close();
});

/** Takes a restore point, lets somebody work, and renews it. */
const renewAfter = async (work: (context: StepContext) => Promise<void>, options: {readonly endsWithRollback?: boolean; readonly then?: (context: StepContext) => Promise<void>; /** Runs before each submission. */ readonly meanwhile?: (sql: string) => Promise<void>} = {}): Promise<{readonly run: TestRun; readonly moved: readonly Moved[]}> => {
	const {warehouse, schedules, lease} = loopback.connection;
	let moved: readonly Moved[] = [];
	const task = aTask('5.1', {criteria: []}, async context => {
		await takeRestorePoint(context, writeSet);
		await context.emit({type: 'plan.frozen', data: {hash: testHash, create: 1, replace: 2, alter: 0, unchanged: 0, objects: []}});
		await work(context);
		moved = await renewRestorePoint(context, context.state().restorePoint!.id);
		await options.then?.(context);
		return 'done';
	});
	const run = await startTestRun({
		ports: {schedules, warehouse: {...warehouse, async submit(spec) {
			await options.meanwhile?.(spec.sql);
			return warehouse.submit(spec);
		}}},
		tasks: [task], lease, rollback: {lockTable: 'locks'}, ...(options.endsWithRollback === true ? {endWithRollback: {reason: 'a test', components: 'all'}} : {}),
	});
	session = run.session;
	await run.session.finished;
	return {run, moved};
};

const rowsOf = async (sql: string): Promise<readonly unknown[]> => (await loopback.connection.warehouse.query<{readonly v: unknown}>(sql)).rows.map(({v}) => v);

describe('the restore point before the first change of production', () => {
	it('stands when nothing moved; a table that is only read may grow', async () => {
		const {run, moved} = await renewAfter(async () => change('INSERT INTO eros.messages (n) VALUES (1)'));
		expect(run.all('step.passed')).toHaveLength(1);
		expect(moved).toEqual([]);
		expect(run.all('restore-point.taken')).toHaveLength(1);
		expect(run.all('restore-point.proven')).toHaveLength(1);
	});

	it('is taken anew, whole and proven, when rows, columns, definitions or schedules moved', async () => {
		const {run, moved} = await renewAfter(async () => {
			for (const sql of [
				'UPDATE eros.numbers SET n = 10 WHERE n = 1', 'ALTER TABLE eros.empty ADD COLUMN m STRING', 'DROP TABLE eros.dropped', 'CREATE TABLE eros.added_table (n INT64)',
				'CREATE OR REPLACE FUNCTION eros.twice(x INT64) AS (x + x)', 'CREATE FUNCTION eros.added(x INT64) AS (x)', 'CREATE OR REPLACE VIEW eros.doubled AS SELECT eros.twice(n) AS m FROM eros.numbers',
			]) {
				await change(sql);
			}

			await upsert('EROS: daily', 'every 12 hours');
			await upsert('EROS: later', 'every 24 hours');
		});
		expect(moved).toEqual([
			{type: 'table', name: 'dropped', how: 'gone'},
			{type: 'table', name: 'empty', how: 'changed'},
			{type: 'table', name: 'numbers', how: 'changed'},
			{type: 'table', name: 'added_table', how: 'new'},
			{type: 'routine', name: 'twice', how: 'changed'},
			{type: 'routine', name: 'added', how: 'new'},
			{type: 'view', name: 'doubled', how: 'changed'},
			{type: 'schedule', name: 'EROS: daily', how: 'changed'},
			{type: 'schedule', name: 'EROS: later', how: 'new'},
		]);
		const [first, second] = run.all('restore-point.taken');
		expect(second?.id).not.toBe(first?.id);
		expect(second).toMatchObject({tables: 3, routines: 2, views: 1, schedules: 2, absent: ['dropped']});
		expect(run.all('restore-point.proven').map(({id}) => id)).toEqual([first?.id, second?.id]);
		expect(run.session.state().restorePoint).toMatchObject({id: second?.id, provenAtMs: expect.any(Number) as number});
		// The former one is still there.
		expect(await rowsOf(`SELECT n AS v FROM ${first!.dataset}.numbers ORDER BY n`)).toEqual([1, 2, 3]);
	});

	it('is what a rollback goes back to: somebody else\'s row is not undone', async () => {
		const {run} = await renewAfter(async () => change('INSERT INTO eros.numbers (n) VALUES (4)'), {
			endsWithRollback: true,
			async then(context) {
				await change('DELETE FROM eros.numbers WHERE n < 3');
				await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
			},
		});
		expect(run.session.state().production.kind).toBe('rolled-back');
		expect(await rowsOf('SELECT n AS v FROM eros.numbers ORDER BY n')).toEqual([1, 2, 3, 4]);
	});

	it('is taken anew when somebody dropped one of its copies', async () => {
		const {moved, run} = await renewAfter(async context => change(`DROP SNAPSHOT TABLE ${context.state().restorePoint!.dataset}.numbers`));
		expect(moved).toEqual([{type: 'table', name: 'numbers', how: 'changed'}]);
		expect(await rowsOf(`SELECT COUNT(*) AS v FROM ${run.session.state().restorePoint!.dataset}.numbers`)).toEqual([3]);
	});

	it.each([[1, true], [99, false]])('is looked at again after it was taken anew, until production stands still: %i rows come in meanwhile', async (most, isStill) => {
		let proofs = 0;
		const {run, moved} = await renewAfter(async () => change('INSERT INTO eros.numbers (n) VALUES (4)'), {async meanwhile(sql) {
			// Somebody writes while the copies are proven; the first proof is that of 2A.0.
			if (/^CREATE OR REPLACE TABLE \S*_scratch_\S*numbers/.test(sql)) {
				proofs += 1;
				if (proofs > 1 && proofs <= most + 1) {
					await change('INSERT INTO eros.numbers (n) VALUES (5)');
				}
			}
		}});
		const {state, dataset} = {state: run.session.state().steps.get('5.1' as never)?.state, dataset: run.session.state().restorePoint!.dataset};
		if (isStill) {
			expect(moved).toEqual([{type: 'table', name: 'numbers', how: 'changed'}]);
			expect(new Set(run.all('restore-point.taken').map(({id}) => id)).size).toBe(3);
			expect(await rowsOf(`SELECT COUNT(*) AS v FROM ${dataset}.numbers`)).toEqual([5]);
		} else {
			expect(state).toMatchObject({kind: 'failed'});
			expect(run.all('step.failed')[0]?.failure).toMatchObject({class: 'transient', message: 'Production does not stand still: numbers moved again after the restore point was taken anew 3 times. Nothing was deployed.', advice: expect.stringContaining('Pause what writes there') as string});
			expect(run.session.state().restorePoint?.provenAtMs).toBeDefined();
		}
	});

	it('is proven at last when the run was killed between taking and proving it', async () => {
		const {run, moved} = await renewAfter(async context => {
			const {provenAtMs: _provenAtMs, ...taken} = context.state().restorePoint!;
			await context.emit({type: 'restore-point.taken', data: taken});
		});
		expect(moved).toEqual([]);
		expect(run.all('restore-point.proven')).toHaveLength(2);
		expect(run.session.state().restorePoint?.provenAtMs).toBeDefined();
	});

	it.each([['changing', {kind: 'changing', done: 1, total: 3}], ['partial', {kind: 'partial', detail: ''}], ['deployed', {kind: 'deployed', atMs: 0}]] as const)('is not taken of what the run itself has changed: %s', async (kind, production) => {
		const {run} = await renewAfter(async () => change('INSERT INTO eros.numbers (n) VALUES (4)'), {
			async then(context) {
				const state = (): RunState => ({...context.state(), production});
				expect(isProductionUntouched(state())).toBe(false);
				await takeRestorePoint({...context, state}, writeSet);
			},
		});
		const [, standing] = run.all('restore-point.taken');
		expect(run.all('restore-point.taken')).toHaveLength(2);
		expect(run.all('step.failed')[0]?.failure).toMatchObject({message: `Production is ${kind}: a restore point taken now would keep what this run has changed.`, reason: 'restorePoint'});
		expect(run.all('step.failed')[0]?.failure.advice).toContain(`eros-tui rollback --to ${standing!.id}`);
	});
});

describe('what metadata may decide, so that nothing has to be read', () => {
	const takenAtMs = 10_000_000;
	it.each<readonly [what: string, info: Parameters<typeof isSurelyUnchanged>[0], isSure: boolean]>([
		['changed long before', {rows: 5, modifiedMs: takenAtMs - 120_000}, true],
		['changed within a minute of the copy', {rows: 5, modifiedMs: takenAtMs - 30_000}, false],
		['changed afterwards', {rows: 5, modifiedMs: takenAtMs + 1}, false],
		['with another number of rows, as when a partition expired', {rows: 4, modifiedMs: takenAtMs - 120_000}, false],
		['streamed into', {rows: 5, modifiedMs: takenAtMs - 120_000, isStreamedInto: true}, false],
		['that says nothing of its last change', {rows: 5}, false],
	])('a table %s', (_what, info, isSure) => {
		expect(isSurelyUnchanged(info, {rows: 5}, takenAtMs)).toBe(isSure);
	});

	it('comes from the warehouse, which dates every change of rows; a table of yesterday is not read, one of today is', async () => {
		const {drive} = loopback.connection.embedded!;
		const before = (await loopback.connection.warehouse.findTable('eros', 'numbers'))!.modifiedMs!;
		await drive.set(before + 86_400_000);
		const {run, moved} = await renewAfter(async () => change('UPDATE eros.messages SET n = 1 WHERE FALSE'));
		expect(moved).toEqual([]);
		const read = (): readonly string[] => run.all('job.intended').map(({statement}) => statement).filter(statement => statement.startsWith('count and checksum') && statement.endsWith(' of eros'));
		// Once for the copies; the comparison afterwards needs none.
		expect(read()).toEqual(['count and checksum 3 tables of eros']);
		const again = await renewAfter(async () => change('UPDATE eros.numbers SET n = 10 WHERE n = 1'));
		expect(again.moved).toEqual([{type: 'table', name: 'numbers', how: 'changed'}]);
		expect(again.run.all('job.intended').map(({statement}) => statement)).toContain('count and checksum 1 table of eros');
	});
});
