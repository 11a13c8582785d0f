import {afterEach, describe, expect, it} from 'vitest';
import type {RunEvent} from '../../source/domain/events.js';
import {criterionId, planHash, taskId} from '../../source/domain/ids.js';
import {readJournal} from '../../source/journal/index.js';
import {foldEvents} from '../../source/domain/run-reducer.js';
import type {TaskSpec} from '../../source/domain/window.js';
import {StepFailure, StepInterrupted, type Task} from '../../source/engine/task.js';
import {WarehouseError} from '../../source/ports/warehouse.js';
import {createMemoryWarehouse} from './support/memory-warehouse.js';
import {productionWindow} from './support/production-run.js';
import {aProductionQuestion, aTask, cleanUpTestRuns, createMemoryLease, startTestRun, testHash, type TestRun} from './support/test-run.js';

afterEach(cleanUpTestRuns);

const noErrors = (run: Awaited<ReturnType<typeof startTestRun>>): void => {
	expect(run.all('log.written').filter(({level}) => level === 'error')).toEqual([]);
};

describe('a run', () => {
	it('runs two lanes side by side, journals them and folds to the same state', async () => {
		const inside: string[] = [];
		let most = 0;
		let meet: () => void;
		const both = new Promise<void>(resolve => {
			meet = resolve;
		});
		const together = (id: string) => async (): Promise<string> => {
			inside.push(id);
			most = Math.max(most, inside.length);
			if (inside.length === 2) {
				meet();
			}

			// Neither lane goes on before the other one is under way.
			await both;
			return id;
		};
		const run = await startTestRun({
			tasks: [aTask('1.1'), aTask('2A.1', {lane: 'A', dependsOn: [taskId('1.1')]}, together('2A.1')), aTask('2B.1', {lane: 'B', dependsOn: [taskId('1.1')]}, together('2B.1')), aTask('4.1', {dependsOn: [taskId('2A.1'), taskId('2B.1')]})],
		});
		expect(await run.session.finished).toBe(0);
		expect(most).toBe(2);
		expect(run.session.state().finished?.outcome).toBe('passed');
		await run.journal.close();
		const {events, problem} = await readJournal(run.journal.path);
		expect(problem).toBeUndefined();
		expect(foldEvents(events)).toEqual(run.session.state());
		noErrors(run);
	});

	it('settles when it is drained under an open attestation, and asks no further question', async () => {
		const run = await startTestRun({
			isUnattended: false,
			tasks: [aTask('0.3', {criteria: [{id: criterionId('0.3/a'), text: 'a', isFromSeed: true}, {id: criterionId('0.3/b'), text: 'b', isFromSeed: true}]}, async context => {
				await context.attest(criterionId('0.3/a'), 'Was a done?', 'yes');
				await context.attest(criterionId('0.3/b'), 'Was b done?', 'yes');
				return 'asked';
			}), aTask('1.1', {dependsOn: [taskId('0.3')]})],
		});
		await run.next('question.asked');
		run.session.dispatch({type: 'drain'}, 'the night shift');
		expect(await run.session.finished).toBe(130);
		expect(run.all('question.asked')).toHaveLength(1);
		expect(run.session.state().steps.get(taskId('0.3'))?.state.kind).toBe('cancelled');
		expect(run.session.state().finished?.sentence).toContain('eros-tui deploy --resume 7f3a91c2');
		expect(run.all('run.draining')[0]?.reason).toBe('asked by the night shift');
		noErrors(run);
	});

	it('ends a step that only waits when it is drained', async () => {
		const run = await startTestRun({
			tasks: [aTask('5.2', {}, async context => {
				const ended = new Promise<never>((_resolve, reject) => {
					context.draining.addEventListener('abort', () => reject(new StepInterrupted('the watch stops')));
				});
				context.log('waiting');
				return ended;
			})],
		});
		await run.next('log.written', ({text}) => text === 'waiting');
		run.session.dispatch({type: 'drain'});
		expect(await run.session.finished).toBe(130);
		expect(run.all('step.cancelled')).toEqual([{task: '5.2', reason: 'the watch stops'}]);
	});

	it('tells the later of two answers who was first', async () => {
		const run = await startTestRun({
			isUnattended: false,
			tasks: [aTask('0.3', {}, async context => {
				await context.attest(criterionId('0.3/done'), 'Was it done?', 'yes');
				return 'asked';
			})],
		});
		const {question} = await run.next('question.asked');
		run.session.dispatch({type: 'attest', question: question.id, note: 'seen'}, 'ann');
		run.session.dispatch({type: 'attest', question: question.id, note: 'seen too'}, 'ben');
		expect(await run.session.finished).toBe(0);
		expect(run.all('intent.refused')[0]?.reason).toMatch(/already decided by ann \d+s ago/);
		expect(run.all('question.answered')).toHaveLength(1);
	});

	it('fails a task whose criterion failed, and leaves unchecked what nobody looked at', async () => {
		const run = await startTestRun({
			tasks: [aTask('1.1', {criteria: [{id: criterionId('1.1/a'), text: 'a holds', isFromSeed: true}, {id: criterionId('1.1/b'), text: 'b holds', isFromSeed: true}]}, async context => {
				context.check(criterionId('1.1/a'), false, 'it does not');
				return 'looks fine';
			}), aTask('1.2', {dependsOn: [taskId('1.1')]})],
		});
		expect(await run.session.finished).toBe(1);
		const state = run.session.state();
		expect(state.steps.get(taskId('1.1'))?.state).toMatchObject({kind: 'failed', failure: {reason: 'criterion', message: 'a holds: it does not'}});
		expect(state.steps.get(taskId('1.1'))?.verdicts.get(criterionId('1.1/b'))).toEqual({kind: 'unchecked'});
		expect(state.steps.get(taskId('1.2'))?.state.kind).toBe('pending');
		expect(run.all('run.finished')[0]).toMatchObject({outcome: 'failed', exitCode: 1, criteria: {failed: 1, unchecked: 2}});
	});

	it('stops at a red gate before anything behind it, with exit 1 and production unchanged', async () => {
		let isReached = false;
		const run = await startTestRun({
			tasks: [
				aTask('3.1'),
				aTask('3.2', {dependsOn: [taskId('3.1')]}, async context => {
					context.check(criterionId('3.2/done'), false, 'duplicate caption');
					return '';
				}),
				aTask('4.1', {dependsOn: [taskId('3.2')]}, async () => {
					isReached = true;
					return '';
				}),
			],
		});
		expect(await run.session.finished).toBe(1);
		expect(isReached).toBe(false);
		expect(run.all('gate.decided')).toMatchObject([{passed: false, tests: [{passed: true}, {passed: false}]}]);
		expect(run.session.state().production).toEqual({kind: 'unchanged'});
	});

	it('asks what to do about a failure and really runs a retried task again', async () => {
		let tries = 0;
		const run = await startTestRun({
			isUnattended: false,
			tasks: [aTask('1.1', {}, async context => {
				tries += 1;
				await context.run({sql: 'SELECT 1', title: 'probe'});
				context.check(criterionId('1.1/done'), tries > 1, `try ${tries}`);
				return 'done';
			})],
		});
		const asked = await run.next('question.asked');
		expect(asked.question).toMatchObject({kind: 'failure', task: '1.1'});
		run.session.dispatch({type: 'choose', question: asked.question.id, choice: 'skip'});
		expect((await run.next('intent.refused')).reason).toContain('later tasks depend on it');
		run.session.dispatch({type: 'choose', question: asked.question.id, choice: 'retry'});
		expect(await run.session.finished).toBe(0);
		expect(run.warehouse.ran.map(({id}) => id)).toEqual([expect.stringMatching(/_s1_[\da-f]{12}_a1$/), expect.stringMatching(/_s1_[\da-f]{12}_a4$/)]);
	});

	it('reads edited files again: the task, the plan and the gate test behind it run again', async () => {
		const runs: string[] = [];
		let isMended = false;
		const reading = (id: string, dependsOn: readonly string[], change: Partial<TaskSpec> = {}): Task => aTask(id, {dependsOn: dependsOn.map(name => taskId(name)), criteria: [], ...change}, async context => {
			const text = context.memory.get('file') ?? (isMended ? 'mended' : 'broken');
			context.memory.set('file', text);
			runs.push(`${id} ${String(text)}`);
			if (id === '2A.3' && text === 'broken') {
				throw new StepFailure({message: 'Syntax error', reason: 'invalidQuery', class: 'permanent', place: {path: 'sql/a.sql', line: 1, column: 1}});
			}

			return 'done';
		});
		const run = await startTestRun({isUnattended: false, tasks: [reading('1.1', [], {freezesPlan: true}), reading('1.2', ['1.1']), reading('2A.3', ['1.2']), reading('3.1', ['2A.3'])]});
		const {question} = await run.next('question.asked');
		expect(question).toMatchObject({kind: 'failure', task: '2A.3', choices: expect.arrayContaining([expect.objectContaining({kind: 'edit', consequence: 'mend the file first: it is read again; 2A.3, 1.1, 3.1 become stale and run again; about +3s'})]) as unknown});
		isMended = true;
		run.session.dispatch({type: 'choose', question: question.id, choice: 'edit'});
		expect(await run.session.finished).toBe(0);
		expect(runs.slice(0, 3)).toEqual(['1.1 broken', '1.2 broken', '2A.3 broken']);
		expect(new Set(runs.slice(3))).toEqual(new Set(['2A.3 mended', '1.1 mended', '3.1 mended']));
		expect(run.all('step.staled')).toEqual([{task: '1.1', reason: '2A.3 runs again with edited files'}]);
	});

	it('skips a task that may be skipped and goes on', async () => {
		const run = await startTestRun({
			isUnattended: false,
			tasks: [aTask('0.3', {isSkippable: true}, async () => {
				throw new Error('no mail server');
			}), aTask('1.1', {dependsOn: [taskId('0.3')]})],
		});
		const asked = await run.next('question.asked');
		run.session.dispatch({type: 'choose', question: asked.question.id, choice: 'skip', reason: 'told by phone'});
		expect(await run.session.finished).toBe(0);
		expect(run.session.state().steps.get(taskId('0.3'))?.state).toEqual({kind: 'skipped', reason: 'told by phone', by: 'tester'});
	});

	it('starts nothing new when drained, and can be resumed', async () => {
		let go: (() => void) | undefined;
		const tasks = [aTask('1.1', {}, async () => {
			await new Promise<void>(resolve => {
				go = resolve;
			});
			return 'settled';
		}), aTask('1.2', {dependsOn: [taskId('1.1')]})];
		const run = await startTestRun({tasks});
		await run.next('step.started');
		run.session.dispatch({type: 'drain'});
		await run.next('run.draining');
		go?.();
		expect(await run.session.finished).toBe(130);
		expect(run.session.state().steps.get(taskId('1.1'))?.state.kind).toBe('passed');
		expect(run.session.state().steps.get(taskId('1.2'))?.state.kind).toBe('pending');
		await run.journal.close();
		const resumed = await startTestRun({tasks, folder: run.folder});
		expect(await resumed.session.finished).toBe(0);
		expect(resumed.all('step.started').map(({task}) => task)).toEqual(['1.1', '1.2']);
		noErrors(resumed);
	});

	it('cancels running jobs by id on the second Ctrl-C', async () => {
		const warehouse = createMemoryWarehouse();
		warehouse.hold = true;
		const run = await startTestRun({warehouse, tasks: [aTask('1.1', {}, async context => {
			await context.run({sql: 'SELECT 1', title: 'long'});
			return 'done';
		})]});
		const {job} = await run.next('job.accepted');
		run.session.dispatch({type: 'drain'});
		run.session.dispatch({type: 'cancel'});
		expect(await run.session.finished).toBe(130);
		expect(warehouse.cancelled).toEqual([job]);
		expect(run.session.state().steps.get(taskId('1.1'))?.state.kind).toBe('cancelled');
	});

	it('fails a step whose attestation a person rejects, and says who', async () => {
		const run = await startTestRun({isUnattended: false, tasks: [aTask('0.3', {}, async context => {
			await context.attest(criterionId('0.3/done'), 'Was the team told?', 'by mail');
			return 'asked';
		})]});
		const {question} = await run.next('question.asked');
		run.session.dispatch({type: 'reject', question: question.id});
		expect(await run.next('step.failed')).toMatchObject({failure: {message: '0.3 is done: tester says no'}});
		expect(run.session.state().steps.get(taskId('0.3'))?.verdicts.get(criterionId('0.3/done'))).toEqual({kind: 'failed', reason: 'tester says no'});
		run.session.dispatch({type: 'drain'});
		await run.session.finished;
		noErrors(run);
	});

	it.each([[true, 1], [false, 2]])('tries again by itself what has no data, but no monitoring that is over: over %s, %i attempts', async (isOver, attempts) => {
		const finished: readonly RunEvent[] = isOver ? [{type: 'monitor.started', data: {t0Ms: 0, offsetsMs: [], checkpoints: [], expectedDailyCostMicros: 1}}, {type: 'monitor.finished', data: {samples: 0, coverage: 0}}] as never : [];
		const run = await startTestRun({tasks: [aTask('5.2', {}, async context => {
			for (const event of finished) {
				await context.emit(event);
			}

			context.decide(criterionId('5.2/done'), {kind: 'no-data', reason: 'the query gave no answer'});
			return '';
		})]});
		await run.session.finished;
		expect(run.all('step.started')).toHaveLength(attempts);
	});

	it('does not run a task again under one that stands on it and is under way', async () => {
		let release: () => void;
		const held = new Promise<void>(resolve => {
			release = resolve;
		});
		const ran: string[] = [];
		const run = await startTestRun({tasks: [aTask('1.1', {criteria: []}, async () => {
			ran.push('1.1');
			return '';
		}), aTask('2A.1', {criteria: [], dependsOn: [taskId('1.1')]}, async () => {
			await held;
			return '';
		})]});
		await run.next('step.started', ({task}) => task === '2A.1');
		run.session.dispatch({type: 'rerun', task: taskId('1.1')});
		expect(await run.next('intent.refused')).toEqual({intent: 'rerun', reason: '2A.1 is under way and stands on 1.1; first let it end'});
		release!();
		expect(await run.session.finished).toBe(0);
		expect(ran).toEqual(['1.1']);
		noErrors(run);
	});
});

const productionTasks = (ran: string[], hash = () => testHash) => [
	aTask('3.1', {}, async context => {
		context.check(criterionId('3.1/done'), true, 'ok');
		await context.emit({type: 'plan.frozen', data: {hash: testHash, create: 1, replace: 0, alter: 0, unchanged: 0, objects: []}});
		await context.emit({type: 'restore-point.taken', data: {id: 'rp', dataset: 'b', takenAtMs: 0, tables: 0, routines: 0, views: 0, schedules: 0, absent: []}});
		await context.emit({type: 'restore-point.proven', data: {id: 'rp', atMs: 1, detail: 'equal'}});
		return 'ok';
	}),
	aTask('5.1', {dependsOn: [taskId('3.1')], needsApproval: true, stepClass: 'ddl'}, async context => {
		ran.push('5.1');
		await context.run({sql: 'CREATE OR REPLACE FUNCTION f() AS (1)', title: 'deploy', mutates: ['eros']});
		await context.emit({type: 'production.changed', data: {state: {kind: 'deployed', atMs: context.ports.clock.now()}}});
		return 'deployed';
	}, async () => aProductionQuestion(hash())),
];

describe('the approval of production', () => {
	it('is given by itself on an embedded target without a person, and says so', async () => {
		const ran: string[] = [];
		const run = await startTestRun({tasks: productionTasks(ran)});
		expect(await run.session.finished).toBe(0);
		expect(ran).toEqual(['5.1']);
		expect(run.lease.log).toEqual(['acquired 1', 'released']);
		expect(run.warehouse.ran[0]?.authority).toEqual({leaseEpoch: 1, provenRestorePoint: 'rp', planHash: testHash});
		expect(run.all('log.written').map(({text}) => text)).toContain('approved: embedded target, no person asked');
		noErrors(run);
	});

	it('is refused with exit 5 on BigQuery where nobody can be asked, naming the hash', async () => {
		const ran: string[] = [];
		const run = await startTestRun({tasks: productionTasks(ran), target: {kind: 'bigquery', project: 'test-project', dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles'}});
		expect(await run.session.finished).toBe(5);
		expect(ran).toEqual([]);
		expect(run.all('run.finished')[0]?.sentence).toContain('--approve 7f3a-91c2');
	});

	it('is given by --approve for that plan and no other', async () => {
		const target = {kind: 'bigquery', project: 'test-project', dataset: 'eros', location: 'US', timeZone: 'America/Los_Angeles'} as const;
		const other: string[] = [];
		const refused = await startTestRun({tasks: productionTasks(other), target, approval: {approve: planHash('00000000')}});
		expect(await refused.session.finished).toBe(5);
		expect(other).toEqual([]);
		const ran: string[] = [];
		const approved = await startTestRun({tasks: productionTasks(ran), target, approval: {approve: testHash}});
		expect(await approved.session.finished).toBe(0);
		expect(ran).toEqual(['5.1']);
	});

	it('takes the phrase exactly, and nothing else', async () => {
		const ran: string[] = [];
		const run = await startTestRun({tasks: productionTasks(ran), isUnattended: false});
		const {question} = await run.next('question.asked', data => data.question.kind === 'production');
		for (const phrase of ['yes', 'y', '', 'deploy test-project.eros 7f3a91c3', ' deploy test-project.eros 7f3a91c2']) {
			run.session.dispatch({type: 'confirm', question: question.id, phrase});
		}

		await run.next('intent.refused');
		expect(ran).toEqual([]);
		run.session.dispatch({type: 'confirm', question: question.id, phrase: 'deploy test-project.eros 7f3a91c2'});
		expect(await run.session.finished).toBe(0);
		expect(run.all('intent.refused')).toHaveLength(5);
		expect(ran).toEqual(['5.1']);
	});

	it('is void when the plan moved while it was being given', async () => {
		const ran: string[] = [];
		let asked = 0;
		const run = await startTestRun({tasks: productionTasks(ran, () => {
			asked += 1;
			return asked === 1 ? testHash : planHash('11111111');
		}), isUnattended: false});
		const {question} = await run.next('question.asked', data => data.question.kind === 'production');
		run.session.dispatch({type: 'confirm', question: question.id, phrase: 'deploy test-project.eros 7f3a91c2'});
		// Nothing of this window plans: there is nothing that a start could plan again.
		expect(await run.session.finished).toBe(5);
		expect(run.all('run.finished')[0]?.sentence).toContain('the plan moved from 7f3a-91c2 to 1111-1111. Nothing was changed.');
		expect(ran).toEqual([]);
	});

	it('is asked for under the new plan once the moved one was planned and tested again', async () => {
		let hash = testHash;
		const run = await startTestRun({tasks: productionWindow(() => hash), isUnattended: false});
		const first = await run.next('question.asked', data => data.question.kind === 'production');
		hash = planHash('11111111');
		run.session.dispatch({type: 'confirm', question: first.question.id, phrase: 'deploy test-project.eros 7f3a91c2'});
		const {question} = await run.next('question.asked', data => data.question.kind === 'start');
		expect(question).toMatchObject({title: expect.stringContaining('the plan moved from 7f3a-91c2 to 1111-1111. Nothing was changed.') as string});
		run.session.dispatch({type: 'start', question: question.id});
		const second = await run.next('question.asked', data => data.question.kind === 'production' && data.question.detail.planHash === hash);
		expect(run.all('step.staled').map(({task}) => task)).toEqual(['1.1', '3.1']);
		run.session.dispatch({type: 'confirm', question: second.question.id, phrase: aProductionQuestion(hash).phrase});
		expect(await run.session.finished).toBe(0);
		expect(run.warehouse.ran.at(-1)?.authority?.planHash).toBe(hash);
		noErrors(run);
	});

	it('is void when production was changed under the question, which then shows what is different', async () => {
		let edits = 0;
		const [inventory, gate, promotion] = productionWindow();
		const run = await startTestRun({isUnattended: false, tasks: [inventory!, gate!, {...promotion!, approval: async () => ({...aProductionQuestion(testHash), differences: [{object: 'f', diff: `edit ${edits}`}]})}]});
		const first = await run.next('question.asked', data => data.question.kind === 'production');
		edits = 1;
		run.session.dispatch({type: 'confirm', question: first.question.id, phrase: aProductionQuestion(testHash).phrase});
		const {question} = await run.next('question.asked', data => data.question.kind === 'start');
		expect(question).toMatchObject({title: expect.stringContaining('production was changed while it was being approved') as string});
		expect(run.warehouse.ran.filter(({mutates}) => mutates.includes('eros'))).toEqual([]);
		run.session.dispatch({type: 'start', question: question.id});
		const second = await run.next('question.asked', data => data.question.kind === 'production' && data.question.detail.differences[0]?.diff === 'edit 1');
		run.session.dispatch({type: 'confirm', question: second.question.id, phrase: aProductionQuestion(testHash).phrase});
		expect(await run.session.finished).toBe(0);
		noErrors(run);
	});

	/** A promotion whose question shows how often production was edited; the edits happen while the lease is being taken. */
	const editedUnderLease = async (edits: number, isUnattended: boolean): Promise<TestRun> => {
		let made = 0;
		const [inventory, gate, promotion] = productionWindow();
		const lease = createMemoryLease();
		const run = await startTestRun({
			isUnattended,
			lease: {...lease, async acquire(request) {
				made += made < edits ? 1 : 0;
				return lease.acquire(request);
			}},
			tasks: [inventory!, gate!, {...promotion!, approval: async () => ({...aProductionQuestion(testHash), differences: [{object: 'f', diff: `edit ${made}`}]})}],
		});
		return {...run, lease};
	};

	it('is void when production was changed between the yes and the lease, which is given back before it is asked again', async () => {
		const run = await editedUnderLease(1, false);
		const first = await run.next('question.asked', data => data.question.kind === 'production');
		run.session.dispatch({type: 'confirm', question: first.question.id, phrase: aProductionQuestion(testHash).phrase});
		const {question} = await run.next('question.asked', data => data.question.kind === 'start');
		expect(question).toMatchObject({title: expect.stringContaining('production was changed while it was being approved') as string});
		expect(run.lease.log).toEqual(['acquired 1', 'released']);
		expect(run.session.state().approval).toBeUndefined();
		expect(run.warehouse.ran.filter(({mutates}) => mutates.includes('eros'))).toEqual([]);
		run.session.dispatch({type: 'start', question: question.id});
		const second = await run.next('question.asked', data => data.question.kind === 'production' && data.question.detail.differences[0]?.diff === 'edit 1');
		run.session.dispatch({type: 'confirm', question: second.question.id, phrase: aProductionQuestion(testHash).phrase});
		expect(await run.session.finished).toBe(0);
		expect(run.warehouse.ran.at(-1)?.authority?.leaseEpoch).toBe(2);
		noErrors(run);
	});

	it.each([[1, 0], [99, 5]])('is given again where nobody is asked, and left to a person when production moves on: %i edits, exit %i', async (edits, exitCode) => {
		const run = await editedUnderLease(edits, true);
		expect(await run.session.finished).toBe(exitCode);
		expect(run.session.state().production.kind).toBe(exitCode === 0 ? 'deployed' : 'unchanged');
		expect(run.all('question.asked').filter(({question}) => question.kind === 'production')).toHaveLength(exitCode === 0 ? 2 : 3);
		expect(run.all('run.finished')[0]?.sentence).toContain(exitCode === 0 ? 'Every task is done' : 'See who changes it, then: eros-tui deploy --resume 7f3a91c2');
	});

	it('is not asked for again and again where nobody is asked and the plan moves on', async () => {
		let freezes = 0;
		// Each look at the plan finds another one.
		const run = await startTestRun({tasks: productionWindow(() => {
			freezes += 1;
			return planHash(String(freezes).padStart(8, '0'));
		})});
		expect(await run.session.finished).toBe(5);
		expect(run.all('plan.frozen')).toHaveLength(2);
		expect(run.all('run.finished')[0]?.sentence).toContain('the plan moved from 0000-0003 to 0000-0004. Nothing was changed.');
		expect(run.warehouse.ran.filter(({mutates}) => mutates.includes('eros'))).toEqual([]);
	});

	it('refuses a change of production without a proven restore point', async () => {
		const run = await startTestRun({tasks: [aTask('5.1', {needsApproval: true}, async context => {
			await context.run({sql: 'CREATE OR REPLACE FUNCTION f() AS (1)', title: 'deploy', mutates: ['eros']});
			return '';
		}, async () => aProductionQuestion(testHash))]});
		expect(await run.session.finished).toBe(1);
		expect(run.warehouse.submissions).toEqual([]);
		expect(run.session.state().steps.get(taskId('5.1'))?.state).toMatchObject({failure: {reason: 'authority'}});
	});
});

describe('the job protocol', () => {
	const statement = (change: Parameters<typeof aTask>[1] = {}) => aTask('2A.1', {stepClass: 'ddl', ...change}, async context => {
		const {rows} = await context.run({sql: 'SELECT 42 AS answer', title: 'ask', mutates: ['eros_staging_7f3a']});
		context.check(criterionId('2A.1/done'), rows[0]?.['answer'] === 42, JSON.stringify(rows));
		return 'done';
	});
	const answer = {rows: [{answer: 42}]};

	it('submits the same id again when the answer is lost, and adopts the job that is there', async () => {
		const warehouse = createMemoryWarehouse(() => ({...answer, lose: new WarehouseError('network', 'socket hang up')}));
		const run = await startTestRun({warehouse, tasks: [statement()]});
		expect(await run.session.finished).toBe(0);
		expect(warehouse.ran).toHaveLength(1);
		expect(new Set(warehouse.submissions.map(({id}) => id)).size).toBe(1);
		expect(run.all('job.accepted')).toMatchObject([{adopted: true}]);
		expect(run.all('job.lost')).toHaveLength(1);
		noErrors(run);
	});

	it('raises the attempt only after a retryable end', async () => {
		const warehouse = createMemoryWarehouse((_spec, count) => (count < 3 ? {error: {reason: 'backendError', message: 'try again'}} : answer));
		const run = await startTestRun({warehouse, tasks: [statement()]});
		expect(await run.session.finished).toBe(0);
		expect(warehouse.ran.map(({id}) => id.slice(-3))).toEqual(['_a1', '_a2', '_a3']);
	});

	it('never repeats a data statement by itself', async () => {
		const warehouse = createMemoryWarehouse(() => ({error: {reason: 'backendError', message: 'try again'}}));
		const run = await startTestRun({warehouse, isUnattended: false, tasks: [statement({stepClass: 'data'})]});
		await run.next('question.asked');
		expect(warehouse.ran).toHaveLength(1);
		run.session.dispatch({type: 'drain'});
		await run.session.finished;
	});

	it('names the place in the file that BigQuery complained about', async () => {
		const warehouse = createMemoryWarehouse(() => ({error: {reason: 'invalidQuery', message: 'Syntax error: Expected END but got identifier "ELSIF" at [2:3]', line: 2, column: 3}}));
		const run = await startTestRun({warehouse, tasks: [aTask('2A.1', {}, async context => {
			await context.run({sql: 'x', title: 'deploy', source: {path: 'sql/procedures/sweep.sql', firstLine: 10, text: Array.from({length: 20}, (_, index) => `line ${index + 1}`).join('\n')}});
			return '';
		})]});
		expect(await run.session.finished).toBe(1);
		expect(run.session.state().steps.get(taskId('2A.1'))?.state).toMatchObject({failure: {class: 'permanent', place: {path: 'sql/procedures/sweep.sql', line: 11, column: 3, excerpt: {firstLine: 10, lines: ['line 10', 'line 11', 'line 12']}}}});
	});

	it('leaves a step unknown when no answer comes, and looks the job up on a retry', async () => {
		let isDown = true;
		const warehouse = createMemoryWarehouse(() => answer);
		const submit = warehouse.submit;
		warehouse.submit = async spec => {
			if (isDown) {
				warehouse.submissions.push(spec);
				throw new WarehouseError('network', 'no route');
			}

			return submit(spec);
		};
		const run = await startTestRun({warehouse, isUnattended: false, tasks: [statement()]});
		const {question} = await run.next('question.asked');
		expect(run.session.state().jobs.size).toBe(1);
		expect(question).toMatchObject({kind: 'failure', failure: {class: 'unknown'}, choices: expect.arrayContaining([expect.objectContaining({kind: 'skip', disabledReason: 'what its job did is not known yet'})]) as unknown});
		isDown = false;
		run.session.dispatch({type: 'choose', question: question.id, choice: 'retry'});
		expect(await run.session.finished).toBe(0);
		expect(warehouse.ran).toHaveLength(1);
		noErrors(run);
	});
});
