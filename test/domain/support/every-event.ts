// A small window and every event that could be told of it, sensible or not: what the model-based tests draw from.
import type {EventData, JournaledEvent, Question, RestorePointSummary, RunEvent} from '../../../source/domain/events.js';
import {criterionId, jobId, phaseId, planHash, runId, taskId} from '../../../source/domain/ids.js';
import {tasksOf, type TaskSpec, type WindowSpec} from '../../../source/domain/window.js';

const aTask = (id: string, dependsOn: readonly string[], change: Partial<TaskSpec> = {}): TaskSpec => ({
	id: taskId(id), title: id, phase: phaseId(id.split('.')[0]!), dependsOn: dependsOn.map(name => taskId(name)), stepClass: 'ddl', criteria: [{id: criterionId(`${id}/a`), text: 'a', isFromSeed: true}],
	expectedMs: 1, isSkippable: false, needsApproval: false, undo: '', ...change,
});

const gateTests = ['3.1', '3.2', '3.3', '3.4', '3.5'];
const specs = [
	aTask('0.3', [], {isSkippable: true}), aTask('1.1', []), aTask('2A.1', ['1.1'], {lane: 'A'}), aTask('2B.1', ['1.1'], {lane: 'B', stepClass: 'data'}),
	...gateTests.map(id => aTask(id, ['2A.1', '2B.1'])), aTask('5.1', gateTests, {needsApproval: true}),
];

/** Two lanes, five gate tests, one task that changes production. */
export const smallWindow: WindowSpec = {phases: [...new Set(specs.map(({phase}) => phase))].map(id => ({id, title: id, tasks: specs.filter(({phase}) => phase === id)}))};

const plans = [planHash('aaaaaaaa'), planHash('bbbbbbbb')];
const restorePoint = (id: string): RestorePointSummary => ({id, dataset: `d_backup_${id}`, takenAtMs: 0, tables: 0, routines: 0, views: 0, schedules: 0, absent: []});
const failure = (kind: 'permanent' | 'unknown') => ({message: 'm', reason: 'r', class: kind} as const);
const verdicts = [{kind: 'auto', evidence: 'e'}, {kind: 'attested', by: 'ana', note: 'n'}, {kind: 'attested', by: '', note: 'n'}, {kind: 'failed', reason: 'r'}, {kind: 'no-data', reason: 'r'}, {kind: 'n/a', reason: 'r'}] as const;
const noCounts = {unchecked: 0, auto: 0, attested: 0, 'n/a': 0, failed: 0, 'no-data': 0};
const proof = (differences: readonly string[]): EventData<'rollback.proved'> => ({tablesEqual: 1, tables: 1, routinesEqual: 0, routines: 0, viewsEqual: 0, views: 0, schedulesEqual: 0, schedules: 0, orphans: [], differences, durationMs: 1});

const productionQuestion = (id: string, hash: typeof plans[number], isSeconded = false): Question => ({
	kind: 'production', id, expiresAtMs: 100_000,
	detail: {phrase: 'p', planHash: hash, create: [], replace: [], alter: [], schedules: [], unchanged: [], irreversible: [], callers: [], dryRunBytes: 0, costMicros: 0, costCapMicros: 0, expectedMs: 0, gate: {passed: 5, total: 5, decidedAtMs: 0, validUntilMs: 0}, restorePoint: restorePoint('r1'), differences: [], ...(isSeconded ? {secondPerson: {command: 'approve'}} : {})},
});
const questions: readonly Question[] = [
	{kind: 'start', id: 'q-start', title: ''},
	...plans.flatMap(hash => [productionQuestion(`q-${hash}`, hash), productionQuestion(`q-second-${hash}`, hash, true)]),
	{kind: 'rollback', id: 'q-rollback', detail: {phrase: 'p', why: '', because: [], restorePoint: restorePoint('r1'), components: 'all', lost: [], dependants: []}},
	...['1.1', '2A.1'].flatMap((id): Question[] => [
		{kind: 'failure', id: `q-failure-${id}`, task: taskId(id), failure: failure('permanent'), choices: [], waiting: []},
		{kind: 'attestation', id: `q-note-${id}`, task: taskId(id), criterion: criterionId(`${id}/a`), text: '', prefilled: ''},
	]),
	{kind: 'recommendation', id: 'q-flag', recommendation: 'ask', flags: []},
];

const started: RunEvent = {
	type: 'run.started',
	data: {run: runId('7f3a'), command: 'deploy', version: '1', target: {kind: 'embedded', project: 'p', dataset: 'd', location: 'US', timeZone: 'UTC'}, window: smallWindow, costCapMicros: 1, stagingDataset: 's', artifacts: '/a'},
};

const ofSteps = [...tasksOf(smallWindow).map(({id}) => id), taskId('9.9')].flatMap((task): RunEvent[] => [
	...[0, 1, 2].map((attempt): RunEvent => ({type: 'step.started', data: {task, attempt}})),
	{type: 'step.progressed', data: {task, done: 1}},
	{type: 'step.blocked', data: {task, by: [], reason: 'r'}},
	{type: 'step.verifying', data: {task}},
	{type: 'step.passed', data: {task, summary: '', durationMs: 1}},
	{type: 'step.failed', data: {task, failure: failure('permanent'), durationMs: 1}},
	{type: 'step.failed', data: {task, failure: failure('unknown'), durationMs: 1}},
	{type: 'step.skipped', data: {task, reason: 'r', by: 'ana'}},
	{type: 'step.cancelled', data: {task, reason: 'r'}},
	{type: 'step.staled', data: {task, reason: 'r'}},
	...verdicts.map((verdict): RunEvent => ({type: 'criterion.decided', data: {task, criterion: criterionId(`${task}/a`), verdict}})),
	{type: 'criterion.decided', data: {task, criterion: criterionId('9.9/none'), verdict: verdicts[0]}},
	{type: 'criterion.added', data: {task, criterion: {id: criterionId(`${task}/b`), text: 'b', isFromSeed: false}}},
]);

const authorities = [1, 2].flatMap(leaseEpoch => ['r1', 'r2'].flatMap(provenRestorePoint => plans.map(hash => ({leaseEpoch, provenRestorePoint, planHash: hash}))));
const ofJobs = ['1.1', '2A.1', '5.1', 'R', '9.9'].flatMap(id => ['j1', 'j2', 'j3'].flatMap((name): RunEvent[] => {
	const task = taskId(id);
	const job = jobId(name);
	return [
		{type: 'job.intended', data: {task, job, statement: '', sqlSha256: '', mutates: name !== 'j3'}},
		...(id === '5.1' || id === 'R' ? authorities.map((authority): RunEvent => ({type: 'job.intended', data: {task, job, statement: '', sqlSha256: '', mutates: true, authority}})) : []),
		{type: 'job.accepted', data: {task, job, adopted: false}},
		{type: 'job.lost', data: {task, job, message: ''}},
		{type: 'job.absent', data: {task, job}},
		{type: 'result.kept', data: {task, job, sha256: 'c'.repeat(64), rows: 3}},
		{type: 'job.finished', data: {task, job: {id: job, statement: '', state: 'DONE', durationMs: 1, billedBytes: 10}}},
		{type: 'step.unknown', data: {task, job}},
	];
}));

const gateOf = (passed: boolean, failed: string | undefined, tests: readonly string[]): RunEvent => ({
	type: 'gate.decided',
	data: {passed, tests: tests.map(id => ({task: taskId(id), name: id, passed: id !== failed, durationMs: 1, limitMs: 1})), certificate: 'c', atMs: 0, validUntilMs: 50_000},
});

const ofProduction: readonly RunEvent[] = [
	...plans.map((hash): RunEvent => ({type: 'plan.frozen', data: {hash, create: 0, replace: 0, alter: 0, unchanged: 0, objects: []}})),
	...['r1', 'r2'].flatMap((id): RunEvent[] => [{type: 'restore-point.taken', data: restorePoint(id)}, {type: 'restore-point.proven', data: {id, atMs: 1, detail: ''}}]),
	...[1, 2, 3].flatMap((epoch): RunEvent[] => [{type: 'lease.taken', data: {epoch, holder: 'ana', untilMs: 0}}, {type: 'lease.released', data: {epoch}}]),
	gateOf(true, undefined, gateTests), gateOf(true, undefined, gateTests.slice(1)), gateOf(true, '3.2', gateTests), gateOf(false, undefined, gateTests), gateOf(true, undefined, []),
	...gateTests.map(id => gateOf(false, id, gateTests)),
	...([{kind: 'unchanged'}, {kind: 'changing', done: 0, total: 1}, {kind: 'deployed', atMs: 1}, {kind: 'partial', detail: ''}, {kind: 'rolling-back'}, {kind: 'rolled-back', atMs: 1, restorePoint: 'r1'}, {kind: 'components-rolled-back', atMs: 1, restorePoint: 'r1', components: ['t']}] as const).map((state): RunEvent => ({type: 'production.changed', data: {state}})),
	{type: 'staging.changed', data: {objects: 1, total: 1, removed: false}},
	{type: 'rollback.started', data: {restorePoint: 'r1', reason: '', components: 'all', steps: [{number: 1, title: ''}]}},
	{type: 'rollback.step.started', data: {number: 1}}, {type: 'rollback.step.progressed', data: {number: 1, detail: ''}}, {type: 'rollback.step.finished', data: {number: 1, passed: true, detail: '', durationMs: 1}},
	{type: 'rollback.proved', data: proof([])}, {type: 'rollback.proved', data: proof(['table t'])},
];

const ofApproval: readonly RunEvent[] = plans.flatMap(hash => ['q-', 'q-second-'].flatMap(prefix => ['reviewer@example.com', 'ana@example.com'].map((principal): RunEvent => ({type: 'approval.seconded', data: {question: `${prefix}${hash}`, planHash: hash, principal, driver: 'ana@example.com', osUser: 'rev', job: jobId(`${prefix}${hash}`), signedAtMs: 1}}))));

const ofRun: readonly RunEvent[] = [
	started,
	{type: 'run.resumed', data: {lastSeenMs: 0, findings: []}}, {type: 'run.resumed', data: {lastSeenMs: 0, findings: [], isSecondPersonRequired: true}}, {type: 'run.paused', data: {by: 'ana'}}, {type: 'run.unpaused', data: {by: 'ana'}}, {type: 'run.draining', data: {reason: ''}}, {type: 'run.cancelling', data: {reason: ''}}, {type: 'run.suspended', data: {reason: ''}},
	...['v1', 'v2'].flatMap((id): RunEvent[] => [
		{type: 'view.joined', data: {id, actor: 'ana', kind: 'screen', isReadOnly: false}}, {type: 'view.joined', data: {id, actor: 'ana', kind: 'screen', isReadOnly: true}}, {type: 'view.left', data: {id, reason: ''}},
		{type: 'control.asked', data: {view: id, actor: 'ana'}}, {type: 'control.passed', data: {to: id, reason: ''}},
	]),
	{type: 'control.passed', data: {reason: ''}},
	...(['passed', 'failed', 'aborted', 'needs-person', 'rolled-back'] as const).map((outcome): RunEvent => ({type: 'run.finished', data: {outcome, exitCode: 1, criteria: noCounts, costMicros: 0, sentence: ''}})),
	...questions.flatMap((question): RunEvent[] => [
		{type: 'question.asked', data: {question}}, {type: 'question.answered', data: {id: question.id, answer: 'a', by: 'ana'}}, {type: 'question.answered', data: {id: question.id, answer: 'a', by: ''}},
		{type: 'question.answered', data: {id: question.id, answer: 'yes', by: 'ana', approves: true}}, {type: 'question.closed', data: {id: question.id, reason: ''}},
	]),
	{type: 'intent.refused', data: {intent: 'x', reason: ''}}, {type: 'cost.counted', data: {costMicros: 1, billedBytes: 1, jobs: 1}}, {type: 'artifact.written', data: {path: '/a', sha256: 's', title: 't'}},
	{type: 'log.written', data: {level: 'info', text: ''}}, {type: 'journal.repaired', data: {droppedBytes: 1}},
	{type: 'monitor.started', data: {t0Ms: 0, offsetsMs: [0], checkpoints: [{id: 'T+0h', title: '', offsetMs: 0}], expectedDailyCostMicros: 1}},
	{type: 'monitor.sampled', data: {index: 1, atMs: 0, dueOffsetMs: 0, band: 'UNKNOWN', components: [], jobs: {finished: 0, failed: 0}, topErrors: [], scheduleRuns: []}},
	{type: 'monitor.flagged', data: {flags: [], recommendation: 'continue'}}, {type: 'monitor.reviewed', data: {checkpoint: 'T+0h', by: 'ana', note: '', isAutomatic: false}},
	{type: 'monitor.blinded', data: {fromMs: 0, toMs: 1, reason: '', backfilled: []}}, {type: 'monitor.finished', data: {samples: 1, coverage: 1}},
];

/** Every event of the vocabulary, in several sensible and senseless forms. */
export const everyEvent: readonly RunEvent[] = [...ofRun, ...ofApproval, ...ofSteps, ...ofJobs, ...ofProduction];

/** An event as line `seq`, a second after the one before. */
export const journaled = (event: RunEvent, seq: number): JournaledEvent => ({...event, v: 1, seq, wall: seq * 1000, mono: seq, boot: 'b', run: runId('7f3a'), epoch: 1, actor: 'a', prevHash: '', hash: ''});
