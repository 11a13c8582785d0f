// The way back of a promotion: what was edited in production between the restore point and the approval has to come
// back with a rollback. Real files, a real warehouse, the real tasks.
import {cp, mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {examineEvents} from '../../source/domain/evidence.js';
import {criterionId, taskId} from '../../source/domain/ids.js';
import type {Task} from '../../source/engine/task.js';
import {WarehouseError} from '../../source/ports/warehouse.js';
import type {Session} from '../../source/ports/session.js';
import {windowTasks} from '../../source/window/index.js';
import {startLoopback, type Loopback} from '../cloud/loopback.js';
import {runAsSomebody} from '../cloud/somebody.js';
import {aTask, cleanUpTestRuns, startTestRun, testSettings, type TestRun, type TestRunOptions} from '../engine/support/test-run.js';

const root = path.resolve(import.meta.dirname, '../..');
const dataset = 'eros';

let loopback: Loopback;
let session: Session | undefined;
const folders: string[] = [];

const edit = async (sql: string): Promise<void> => runAsSomebody(loopback, sql);

beforeEach(async () => {
	session = undefined;
	loopback = await startLoopback({dataset, validAuthority() {
		const state = session?.state();
		return {provenRestorePoint: state?.restorePoint?.provenAtMs === undefined ? undefined : state.restorePoint.id, planHash: state?.plan?.hash};
	}});
	await loopback.connection.embedded!.seed.warehouse.createDataset(dataset, {});
	await edit(`CREATE TABLE ${dataset}.feature_flags (flag STRING, is_enabled BOOL, updated_at TIMESTAMP, updated_by STRING)`);
	await edit(`INSERT INTO ${dataset}.feature_flags (flag, is_enabled) VALUES ('a', TRUE)`);
	await edit(`CREATE FUNCTION ${dataset}.wilson_sample(x INT64) AS (x)`);
});
afterEach(async () => {
	await cleanUpTestRuns();
	await loopback.close();
	await Promise.all(folders.splice(0).map(async folder => rm(folder, {recursive: true, force: true})));
});

const real = (id: string, dependsOn: readonly string[]): Task => {
	const task = windowTasks().find(({spec}) => spec.id === id)!;
	return {...task, spec: {...task.spec, dependsOn: dependsOn.map(name => taskId(name))}};
};

/** Inventory, restore point, a gate that is green, promotion; `meanwhile` happens between restore point and approval. */
const promote = async (meanwhile: () => Promise<void>, {isRolledBack = true, ...options}: Partial<TestRunOptions> & {readonly isRolledBack?: boolean} = {}): Promise<TestRun> => {
	const {warehouse, schedules, lease} = loopback.connection;
	const run = await startTestRun({
		root, lease,
		settings: {...testSettings, dataset},
		ports: {warehouse, schedules},
		rollback: {lockTable: 'active_caption_assignments'},
		...(isRolledBack ? {endWithRollback: {reason: 'a test', components: 'all'}} as const : {}),
		tasks: [real('1.1', []), real('2A.0', ['1.1']), real('4.2', ['2A.0']), aTask('3.1', {dependsOn: [taskId('4.2')], criteria: []}, async context => {
			// Lane A is left out: without a stage there is nothing for 5.1 to ask there.
			await context.ports.warehouse.deleteScratchDataset(context.stagingDataset);
			await meanwhile();
			return 'green';
		}), real('5.1', ['3.1'])],
		...options,
	});
	session = run.session;
	return run;
};

const valueOf = async (sql: string): Promise<number> => Number((await loopback.connection.warehouse.query<{readonly v: unknown}>(sql)).rows[0]?.v);

const verdictOf = (run: TestRun, criterion: string) => run.session.state().steps.get(taskId('5.1'))?.verdicts.get(criterionId(criterion));

const artifactOf = async (run: TestRun, title: string): Promise<string> => readFile(run.session.state().artifacts.find(artifact => artifact.title === title)!.path, 'utf8');

describe('what was edited in production after the restore point was taken', () => {
	it('comes back with a rollback, and is told before anything changes', async () => {
		const run = await promote(async () => {
			await edit(`INSERT INTO ${dataset}.feature_flags (flag, is_enabled) VALUES ('b', TRUE)`);
			await edit(`CREATE OR REPLACE FUNCTION ${dataset}.wilson_sample(x INT64) AS (x + 41)`);
		});
		expect(await run.session.finished, JSON.stringify(run.all('step.failed'))).toBe(0);
		expect(await valueOf(`SELECT COUNT(*) AS v FROM ${dataset}.feature_flags`)).toBe(2);
		expect(await valueOf(`SELECT ${dataset}.wilson_sample(1) AS v`)).toBe(42);
		const [, renewed] = run.all('restore-point.taken');
		const types = run.events.map(({type}) => type);
		expect(types.indexOf('lease.taken')).toBeLessThan(types.lastIndexOf('restore-point.taken'));
		expect(types.lastIndexOf('restore-point.proven')).toBeLessThan(types.indexOf('production.changed'));
		expect(run.all('rollback.started')[0]?.restorePoint).toBe(renewed!.id);
		expect(verdictOf(run, '5.1/backup-created')).toEqual({kind: 'auto', evidence: expect.stringMatching(new RegExp(`^${renewed!.dataset}, restored once and compared; taken anew, since production moved after .*: table feature_flags changed, routine wilson_sample changed$`)) as string});
		// By the warehouse's own history too: the renewal's proof lies before the first change, and is no change itself.
		expect(verdictOf(run, '5.1/backups-before-changes')?.kind).toBe('auto');
		expect(examineEvents(run.events).flatMap(({findings}) => findings)).toEqual([]);
		expect(await artifactOf(run, 'Restore point')).toContain(renewed!.dataset);
		expect(await artifactOf(run, 'rollback.sh')).toContain(renewed!.dataset);
	});

	it('is kept out of the restore point once production is changed in part, and the first one stays the way back', async () => {
		const killed = await mkdtemp(path.join(tmpdir(), 'eros-killed-'));
		folders.push(killed);
		const run = await promote(async () => undefined, {isRolledBack: false, ports: {schedules: loopback.connection.schedules, warehouse: {...loopback.connection.warehouse, async submit(spec) {
			if (spec.mutates.includes(dataset) && spec.sql.includes('lock_caption_assignments')) {
				// What a kill leaves behind right here; this process goes on only to be out of the way.
				await cp(run.folder, killed, {recursive: true, filter: source => !source.includes('.lock')});
				throw new WarehouseError('invalid', 'the process is killed here');
			}

			return loopback.connection.warehouse.submit(spec);
		}}}});
		expect(await run.session.finished).not.toBe(0);
		const taken = run.session.state().restorePoint!;
		await edit(`INSERT INTO ${dataset}.feature_flags (flag, is_enabled) VALUES ('half', TRUE)`);
		const resumed = await promote(async () => undefined, {folder: killed});
		expect(await resumed.session.finished, JSON.stringify(resumed.all('step.failed'))).toBe(0);
		expect(resumed.all('production.changed').filter(({state}) => state.kind === 'changing').length).toBeGreaterThan(1);
		expect(resumed.all('restore-point.taken')).toHaveLength(1);
		expect(resumed.session.state().restorePoint?.id).toBe(taken.id);
		expect(resumed.all('rollback.started')[0]?.restorePoint).toBe(taken.id);
		expect(verdictOf(resumed, '5.1/backup-created')).toEqual({kind: 'auto', evidence: `${taken.dataset}, restored once and compared; taken before the first change of this run`});
		// Back is what stood before the first change, and nothing of the half-deployed state.
		expect(await valueOf(`SELECT COUNT(*) AS v FROM ${dataset}.feature_flags`)).toBe(1);
		expect(await valueOf(`SELECT ${dataset}.wilson_sample(7) AS v`)).toBe(7);
	});
});

describe('a production question that is open', () => {
	it('closes by itself when a definition moves, names it, and shows the new difference when it is asked again', async () => {
		const run = await promote(async () => undefined, {isUnattended: false, isRolledBack: false, lookForMovesMs: 20});
		const {question} = await run.next('question.asked', asked => asked.question.kind === 'production');
		await edit(`CREATE OR REPLACE FUNCTION ${dataset}.wilson_sample(x INT64) AS (x + 41)`);
		const moved = 'production was changed while it was being approved (wilson_sample); what is different now is shown when it is asked for again';
		expect(await run.next('question.closed', ({id}) => id === question.id)).toMatchObject({reason: moved});
		const again = await run.next('question.asked', asked => asked.question.kind === 'start');
		expect(again.question).toMatchObject({title: `Production was not approved: ${moved}. Nothing was changed. Start asks again.`});
		run.session.dispatch({type: 'start', question: again.question.id});
		await run.next('question.asked', asked => asked.question.kind === 'production' && JSON.stringify(asked.question).includes('x + 41'));
		run.session.dispatch({type: 'cancel'});
		await run.session.finished;
		expect(run.session.state().production.kind).toBe('unchanged');
	});
});
