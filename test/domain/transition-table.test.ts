// The transition table, row by row: what leads from where to where, and what is refused on the way.
import {describe, expect, it} from 'vitest';
import type {EventData, JournaledEvent, RunEvent} from '../../source/domain/events.js';
import {criterionId, jobId, planHash, taskId} from '../../source/domain/ids.js';
import {brokenInvariants} from '../../source/domain/run-invariants.js';
import {foldEvents, initialRunState, reduce} from '../../source/domain/run-reducer.js';
import type {RunState} from '../../source/domain/run-state.js';
import {refuseTransition} from '../../source/domain/run-transitions.js';
import {everyEvent, journaled} from './support/every-event.js';

const [started] = everyEvent as readonly [RunEvent];
const hash = planHash('aaaaaaaa');
const failed = {message: 'm', reason: 'r', class: 'permanent'} as const;

const begin = (id: string, attempt = 1): RunEvent => ({type: 'step.started', data: {task: taskId(id), attempt}});
const verify = (id: string): RunEvent => ({type: 'step.verifying', data: {task: taskId(id)}});
const passed = (id: string): RunEvent => ({type: 'step.passed', data: {task: taskId(id), summary: '', durationMs: 1}});
const done = (id: string): readonly RunEvent[] => [begin(id), verify(id), passed(id)];
const fail = (id: string): RunEvent => ({type: 'step.failed', data: {task: taskId(id), failure: failed, durationMs: 1}});
const skip = (id: string, change: Partial<EventData<'step.skipped'>> = {}): RunEvent => ({type: 'step.skipped', data: {task: taskId(id), reason: 'told by phone', by: 'ana', ...change}});
const decide = (id: string, verdict: EventData<'criterion.decided'>['verdict']): RunEvent => ({type: 'criterion.decided', data: {task: taskId(id), criterion: criterionId(`${id}/a`), verdict}});
const authority = {leaseEpoch: 1, provenRestorePoint: 'r1', planHash: hash};
const intend = (id: string, change: Partial<EventData<'job.intended'>> = {}): RunEvent => ({type: 'job.intended', data: {task: taskId(id), job: jobId('j1'), statement: '', sqlSha256: '', mutates: true, ...change}});
const ofJob = (type: 'job.accepted' | 'job.lost' | 'job.absent', id: string): RunEvent => ({type, data: {task: taskId(id), job: jobId('j1'), adopted: true, message: ''}} as RunEvent);
const finishJob = (id: string): RunEvent => ({type: 'job.finished', data: {task: taskId(id), job: {id: jobId('j1'), statement: '', state: 'DONE', durationMs: 1, billedBytes: 10}}});
const unknown = (id: string): RunEvent => ({type: 'step.unknown', data: {task: taskId(id), job: jobId('j1')}});
const plan: RunEvent = {type: 'plan.frozen', data: {hash, create: 0, replace: 0, alter: 0, unchanged: 0, objects: []}};
const movedPlan: RunEvent = {type: 'plan.frozen', data: {hash: planHash('bbbbbbbb'), create: 0, replace: 0, alter: 0, unchanged: 0, objects: []}};
const restorePoint = {id: 'r1', dataset: 'b', takenAtMs: 0, tables: 0, routines: 0, views: 0, schedules: 0, absent: []};
const taken: RunEvent = {type: 'restore-point.taken', data: restorePoint};
const proven: RunEvent = {type: 'restore-point.proven', data: {id: 'r1', atMs: 1, detail: ''}};
const lease = (epoch = 1): RunEvent => ({type: 'lease.taken', data: {epoch, holder: 'ana', untilMs: 0}});
const released: RunEvent = {type: 'lease.released', data: {epoch: 1}};
const resumed: RunEvent = {type: 'run.resumed', data: {lastSeenMs: 0, findings: []}};
const production = (state: EventData<'production.changed'>['state']): RunEvent => ({type: 'production.changed', data: {state}});
const changing = production({kind: 'changing', done: 0, total: 1});

const gateTests = ['3.1', '3.2', '3.3', '3.4', '3.5'];
const gate = (change: Partial<EventData<'gate.decided'>> = {}): RunEvent => ({type: 'gate.decided', data: {passed: true, tests: gateTests.map(id => ({task: taskId(id), name: id, passed: true, durationMs: 1, limitMs: 1})), certificate: 'c', atMs: 0, validUntilMs: 60_000, ...change}});
const detail = {phrase: 'p', planHash: hash, create: [], replace: [], alter: [], schedules: [], unchanged: [], irreversible: [], callers: [], dryRunBytes: 0, costMicros: 0, costCapMicros: 0, expectedMs: 0, gate: {passed: 5, total: 5, decidedAtMs: 0, validUntilMs: 0}, restorePoint, differences: []};
const askProduction = (change: Partial<typeof detail> = {}, expiresAtMs = 90_000): RunEvent => ({type: 'question.asked', data: {question: {kind: 'production', id: 'q', expiresAtMs, detail: {...detail, ...change}}}});
const yes: RunEvent = {type: 'question.answered', data: {id: 'q', answer: 'phrase typed', by: 'ana', approves: true}};
const no: RunEvent = {type: 'question.answered', data: {id: 'q', answer: 'rejected', by: 'ana'}};
const askRollback: RunEvent = {type: 'question.asked', data: {question: {kind: 'rollback', id: 'q', detail: {phrase: 'p', why: '', because: [], restorePoint, components: 'all', lost: [], dependants: []}}}};
const secondPerson = {command: 'eros-tui approve aaaa-aaaa --run 7f3a'};
const askSecond: RunEvent = {type: 'question.asked', data: {question: {kind: 'production', id: 'q', expiresAtMs: 90_000, detail: {...detail, secondPerson}}}};
const closed: RunEvent = {type: 'question.closed', data: {id: 'q', reason: 'expired'}};
const sign = (change: Partial<EventData<'approval.seconded'>> = {}): RunEvent => ({type: 'approval.seconded', data: {question: 'q', planHash: hash, principal: 'rev@example.com', driver: 'ana@example.com', osUser: 'rev', job: jobId('s1'), signedAtMs: 1, ...change}});
const rollbackStarted: RunEvent = {type: 'rollback.started', data: {restorePoint: 'r1', reason: '', components: 'all', steps: [{number: 1, title: ''}]}};
const proved = (differences: readonly string[]): RunEvent => ({type: 'rollback.proved', data: {tablesEqual: 1, tables: 1, routinesEqual: 0, routines: 0, viewsEqual: 0, views: 0, schedulesEqual: 0, schedules: 0, orphans: [], differences, durationMs: 1}});
const finished = (outcome: EventData<'run.finished'>['outcome']): RunEvent => ({type: 'run.finished', data: {outcome, exitCode: 0, criteria: {unchecked: 0, auto: 0, attested: 0, 'n/a': 0, failed: 0, 'no-data': 0}, costMicros: 0, sentence: ''}});

const strict: RunEvent = {...started, data: {...(started as Extract<RunEvent, {readonly type: 'run.started'}>).data, isSecondPersonRequired: true}} as RunEvent;
const toLanes = [started, plan, ...done('1.1')];
const toGate = [...toLanes, taken, proven, ...done('2A.1'), ...done('2B.1')];
const green = [...toGate, ...gateTests.flatMap(id => done(id)), gate()];
const approved = [...green, askProduction(), yes, lease(), begin('5.1')];
const deployed = [...approved, changing, intend('5.1', {authority}), ofJob('job.accepted', '5.1'), finishJob('5.1'), production({kind: 'deployed', atMs: 1}), verify('5.1'), passed('5.1'), released];
const rollingBack = [...deployed, askRollback, yes, lease(2), rollbackStarted, production({kind: 'rolling-back'})];
const lost = [...toLanes, begin('2A.1'), intend('2A.1'), ofJob('job.lost', '2A.1'), unknown('2A.1')];

const lines = (events: readonly RunEvent[]): readonly JournaledEvent[] => events.map((event, index) => journaled(event, index + 1));

/** Folds, and insists that every event on the way fits. */
const after = (events: readonly RunEvent[]): RunState => {
	let state = initialRunState;
	for (const event of lines(events)) {
		expect(refuseTransition(state, event), `${event.seq} ${event.type}`).toBeUndefined();
		state = reduce(state, event);
	}

	expect(brokenInvariants(state)).toEqual([]);
	return state;
};

const refusalAfter = (events: readonly RunEvent[], event: RunEvent): string | undefined => refuseTransition(after(events), journaled(event, events.length + 1));
const kindAfter = (events: readonly RunEvent[], id: string): string | undefined => after(events).steps.get(taskId(id))?.state.kind;

describe('the transition table', () => {
	it('a whole window, deployed and rolled back, fits from end to end', () => {
		const state = after([...rollingBack, {type: 'rollback.step.started', data: {number: 1}}, {type: 'rollback.step.finished', data: {number: 1, passed: true, detail: '', durationMs: 1}}, proved([]), production({kind: 'rolled-back', atMs: 1, restorePoint: 'r1'}), {type: 'lease.released', data: {epoch: 2}}, skip('0.3'), finished('passed')]);
		expect(state).toMatchObject({phase: 'finished', production: {kind: 'rolled-back'}, lastEpoch: 2});
	});

	it.each<readonly [row: string, before: readonly RunEvent[], event: RunEvent, task: string, kind: string]>([
		['pending -> running, its dependencies passed', toLanes, begin('2A.1'), '2A.1', 'running'],
		['pending -> blocked', toLanes, {type: 'step.blocked', data: {task: taskId('2A.1'), by: [taskId('1.1')], reason: 'lease lost'}}, '2A.1', 'blocked'],
		['awaiting confirmation -> running', [...green, askProduction(), yes, lease()], begin('5.1'), '5.1', 'running'],
		['running -> unknown, the answer lost', lost.slice(0, -1), lost.at(-1)!, '2A.1', 'unknown'],
		['unknown -> ready, the job not found', [...lost, ofJob('job.absent', '2A.1')], begin('2A.1'), '2A.1', 'running'],
		['unknown -> running, the job found', [...lost, ofJob('job.accepted', '2A.1')], begin('2A.1'), '2A.1', 'running'],
		['verifying -> passed', [...toLanes, begin('2A.1'), decide('2A.1', {kind: 'auto', evidence: 'e'}), verify('2A.1')], passed('2A.1'), '2A.1', 'passed'],
		['ready -> passed, attested', [started, begin('0.3'), decide('0.3', {kind: 'attested', by: 'ana', note: 'n'}), verify('0.3')], passed('0.3'), '0.3', 'passed'],
		['running -> failed', [...toLanes, begin('2A.1')], fail('2A.1'), '2A.1', 'failed'],
		['verifying -> failed', [...toLanes, begin('2A.1'), verify('2A.1')], fail('2A.1'), '2A.1', 'failed'],
		['guided -> retrying', [...toLanes, begin('2A.1'), fail('2A.1')], begin('2A.1', 2), '2A.1', 'running'],
		['guided -> skipped', [started, begin('0.3'), fail('0.3')], skip('0.3'), '0.3', 'skipped'],
		['running -> cancelled', [...toLanes, begin('2A.1')], {type: 'step.cancelled', data: {task: taskId('2A.1'), reason: 'r'}}, '2A.1', 'cancelled'],
		['passed -> stale', toGate, {type: 'step.staled', data: {task: taskId('2A.1'), reason: 'drift'}}, '2A.1', 'stale'],
		['running -> stale, interrupted', [...toLanes, begin('2A.1')], resumed, '2A.1', 'stale'],
	])('%s', (_row, before, event, task, kind) => {
		expect(kindAfter([...before, event], task)).toBe(kind);
	});

	it.each<readonly [row: string, before: readonly RunEvent[], event: RunEvent, reason: string]>([
		['a step does not start before its dependencies', [started], begin('2A.1'), '2A.1 depends on 1.1, which has not passed'],
		['a step does not start while one of them is stale', [...toLanes, {type: 'step.staled', data: {task: taskId('1.1'), reason: ''}}], begin('2A.1'), 'depends on 1.1'],
		['a passed step does not start again without going stale', toLanes, begin('1.1', 2), 'not possible while 1.1 is passed'],
		['an attempt does not go back', [...toLanes, begin('2A.1', 2), fail('2A.1')], begin('2A.1', 1), 'does not follow attempt 2'],
		['a step does not pass unverified', [...toLanes, begin('2A.1')], passed('2A.1'), 'was not verified'],
		['a step does not pass with a failed criterion', [...toLanes, begin('2A.1'), decide('2A.1', {kind: 'failed', reason: ''}), verify('2A.1')], passed('2A.1'), 'criterion 2A.1/a is failed'],
		['a step does not pass without data', [...toLanes, begin('2A.1'), decide('2A.1', {kind: 'no-data', reason: ''}), verify('2A.1')], passed('2A.1'), 'is no-data'],
		['a step does not pass with a change nobody saw the end of', [...toLanes, begin('2A.1'), intend('2A.1'), ofJob('job.lost', '2A.1'), verify('2A.1')], passed('2A.1'), 'looked up first'],
		['a passed step is closed', toLanes, decide('1.1', {kind: 'failed', reason: ''}), 'its criteria are closed'],
		['an attestation needs a name', [started, begin('0.3')], decide('0.3', {kind: 'attested', by: '', note: ''}), 'needs a name'],
		['an unknown step is not retried before a look-up', lost, begin('2A.1'), 'job j1 has to be looked up first'],
		['an unknown step is not skipped', lost, skip('2A.1'), 'not possible while 2A.1 is unknown'],
		['an unknown step is not failed', lost, fail('2A.1'), 'not possible while 2A.1 is unknown'],
		['an unknown step is not made stale before a look-up', lost, {type: 'step.staled', data: {task: taskId('2A.1'), reason: ''}}, 'looked up first'],
		['an unknown step stays so through a resume', [...lost, resumed], begin('2A.1'), 'looked up first'],
		['an interrupted change is looked up first', [...toLanes, begin('2A.1'), intend('2A.1'), resumed], begin('2A.1'), 'looked up first'],
		['a step that others need is not skipped', [...toLanes, begin('2A.1'), fail('2A.1')], skip('2A.1'), 'may not be skipped'],
		['a gate test is not skipped', [...toGate, begin('3.1'), fail('3.1')], skip('3.1'), 'may not be skipped'],
		['a skip needs a reason', [started, begin('0.3'), fail('0.3')], skip('0.3', {reason: ''}), 'a skip needs a reason'],
		['a skip needs a name', [started, begin('0.3'), fail('0.3')], skip('0.3', {by: ''}), 'a skip needs a reason and a name'],
		['a job is not accepted before it was intended', toLanes, ofJob('job.accepted', '2A.1'), 'never intended'],
		['a job is intended once', [...toLanes, begin('2A.1'), intend('2A.1'), ofJob('job.accepted', '2A.1')], intend('2A.1'), 'known already'],
		['a job is not finished before it was accepted', [...toLanes, begin('2A.1'), intend('2A.1')], finishJob('2A.1'), 'while job j1 is intended'],
		['a job is finished once', [...toLanes, begin('2A.1'), intend('2A.1'), ofJob('job.accepted', '2A.1'), finishJob('2A.1')], finishJob('2A.1'), 'while job j1 is finished'],
		['a step that does not run changes nothing', toLanes, intend('2A.1'), 'may not change anything'],
		['production needs the lease', [...green, askProduction(), yes, begin('5.1')], intend('5.1', {authority}), 'the lease of epoch 1 is not held'],
		['production needs this epoch', [...green, askProduction(), yes, lease(2), begin('5.1')], intend('5.1', {authority}), 'the lease of epoch 1 is not held'],
		['production needs a proven restore point', [...green.filter(event => event !== proven), askProduction(), yes, lease(), begin('5.1')], intend('5.1', {authority}), 'restore point r1 is not proven'],
		['production needs the frozen plan', [...approved, movedPlan], intend('5.1', {authority}), 'plan aaaaaaaa is not the frozen one'],
		['production needs an approval', [...green, lease(), begin('5.1')], intend('5.1', {authority}), 'nobody approved'],
		['a rejection approves nothing', [...green, askProduction(), no, lease(), begin('5.1')], intend('5.1', {authority}), 'nobody approved'],
		['an approval does not survive a resume', [...approved, resumed, lease(2), begin('5.1')], intend('5.1', {authority: {...authority, leaseEpoch: 2}}), 'nobody approved'],
		['an approval ends with the lease', [...approved, released, lease(2)], intend('5.1', {authority: {...authority, leaseEpoch: 2}}), 'nobody approved'],
		['an approval ends with its plan', [...approved, movedPlan, plan], intend('5.1', {authority}), 'nobody approved'],
		['production is not asked for before the gate', toGate, askProduction(), 'before the gate is green'],
		['production is not asked for on a stale gate', [...green.slice(0, -1), gate({validUntilMs: 1000})], askProduction(), 'decided too long ago'],
		['production is not asked for when a gate test went stale', [...green, {type: 'step.staled', data: {task: taskId('3.2'), reason: ''}}], askProduction(), 'before the gate is green'],
		['production is not asked for with another plan', green, askProduction({planHash: planHash('bbbbbbbb')}), 'not the frozen one'],
		['an approval that expired is none', [...green, askProduction({}, 20_000)], yes, 'the approval expired'],
		['the gate needs all five', [...toGate, ...gateTests.flatMap(id => done(id))], gate({tests: []}), 'the gate is decided by 3.1, 3.2, 3.3, 3.4, 3.5'],
		['the gate is told as its tests ended', [...toGate, ...gateTests.slice(1).flatMap(id => done(id)), begin('3.1'), fail('3.1')], gate(), 'gate test 3.1 is told otherwise'],
		['production does not change without approval and lease', green, changing, 'only under a lease, an approval'],
		['production is not deployed before it changed', approved, production({kind: 'deployed', atMs: 1}), 'unchanged and can not become deployed'],
		['changed production is never unchanged again', deployed, production({kind: 'unchanged'}), 'deployed and can not become unchanged'],
		['a rollback needs its own phrase', deployed, rollbackStarted, 'needs its confirmation'],
		['a rollback is not done before it is proved', rollingBack, production({kind: 'rolled-back', atMs: 1, restorePoint: 'r1'}), 'not proved'],
		['a rollback with differences is not done', [...rollingBack, proved(['table t'])], production({kind: 'rolled-back', atMs: 1, restorePoint: 'r1'}), 'not proved'],
		['an epoch does not come back', [...approved], lease(1), 'epoch 1 does not follow 1'],
		['a run does not pass with a task open', toLanes, finished('passed'), 'so the run has not passed'],
		['a run that is over stays so', [...toLanes, finished('aborted')], begin('2A.1'), 'the run is over'],
		['nothing comes before the start', [], begin('1.1'), 'the run has not started'],
		['an attestation is asked by a step that runs', toLanes, {type: 'question.asked', data: {question: {kind: 'attestation', id: 'n', task: taskId('2A.1'), criterion: criterionId('2A.1/a'), text: '', prefilled: ''}}}, 'is not running'],
		['a failure is asked about a step that failed', toLanes, {type: 'question.asked', data: {question: {kind: 'failure', id: 'f', task: taskId('2A.1'), failure: failed, choices: [], waiting: []}}}, 'has not failed'],
	])('%s', (_row, before, event, reason) => {
		expect(refusalAfter(before, event)).toContain(reason);
	});

	it('calls production changed from the first accepted job on, whatever else is told', () => {
		expect(after([...approved, intend('5.1', {authority}), ofJob('job.accepted', '5.1')]).production).toEqual({kind: 'changing', done: 0, total: 0});
	});

	it('finds a valid state at every prefix of a whole window', () => {
		const all = lines(rollingBack);
		for (let cut = 0; cut <= all.length; cut += 1) {
			expect(brokenInvariants(foldEvents(all.slice(0, cut)))).toEqual([]);
		}
	});
});

describe('the second person', () => {
	const strictly = [strict, ...green.slice(1)];

	it('signs, then the driver approves, then production may be changed', () => {
		const state = after([...strictly, askSecond, sign(), yes, lease(), begin('5.1'), changing, intend('5.1', {authority})]);
		expect(state).toMatchObject({production: {kind: 'changing'}, seconded: {principal: 'rev@example.com'}, usedSignatures: ['s1']});
	});

	it.each<readonly [row: string, before: readonly RunEvent[], event: RunEvent, reason: string]>([
		['production is not asked for without one, where the run needs one', strictly, askProduction(), 'the question asks for none'],
		['nor after a resume under a stricter policy', [...green, {type: 'run.resumed', data: {lastSeenMs: 0, findings: [], isSecondPersonRequired: true}}], askProduction(), 'the question asks for none'],
		['a resume does not loosen the policy', [...strictly, resumed], askProduction(), 'the question asks for none'],
		['the driver does not approve before', [...strictly, askSecond], yes, 'a second person has not signed the plan'],
		['the driver does not sign himself', [...strictly, askSecond], sign({principal: 'Ana@example.com'}), 'the second person is the first one'],
		['nobody without a name signs', [...strictly, askSecond], sign({principal: ''}), 'the second person is the first one'],
		['another plan is not signed', [...strictly, askSecond], sign({planHash: planHash('bbbbbbbb')}), 'another plan was signed'],
		['nothing is signed that is not asked', strictly, sign(), 'is not open'],
		['a signature is good for one question', [...strictly, askSecond, sign(), closed, askSecond], sign(), 'was used before'],
		['it goes with its question', [...strictly, askSecond, sign(), closed, askSecond], yes, 'a second person has not signed the plan'],
		['it goes with a rejection', [...strictly, askSecond, sign(), no, askSecond], yes, 'a second person has not signed the plan'],
		['it does not survive a resume', [...strictly, askSecond, sign(), resumed, askSecond], yes, 'a second person has not signed the plan'],
		['an approval does not survive the lease', [...strictly, askSecond, sign(), yes, lease(), begin('5.1'), released, lease(2)], intend('5.1', {authority: {...authority, leaseEpoch: 2}}), 'nobody approved'],
	])('%s', (_row, before, event, reason) => {
		expect(refusalAfter(before, event)).toContain(reason);
	});
});
