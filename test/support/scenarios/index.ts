// Runs frozen at the moments worth looking at; tests, the demo and screenshots use the same ones.
import type {Choice, JournaledEvent, MessagePreview, PlannedObject, ProductionQuestion, RestorePointSummary} from '../../../source/domain/events.js';
import type {Failure} from '../../../source/domain/failure.js';
import type {MonitorSample, RedFlag} from '../../../source/domain/health.js';
import {jobId, planHash, taskId, runId} from '../../../source/domain/ids.js';
import {Script, startMs} from './script.js';

const hour = 3_600_000;

const restorePoint: RestorePointSummary = {id: '20251103_151200', dataset: 'eros_restore_20251103', takenAtMs: startMs + 720_000, tables: 9, routines: 16, views: 1, schedules: 3, absent: [], provenAtMs: startMs + 1_020_000};

const planned: readonly PlannedObject[] = [
	{name: 'caption_bank', action: 'alter', dependsOn: []},
	{name: 'health_checks', action: 'create', dependsOn: []},
	{name: 'wilson_sample_z', action: 'create', dependsOn: []},
	{name: 'wilson_score_bounds', action: 'replace', dependsOn: []},
	{name: 'wilson_sample', action: 'replace', dependsOn: ['wilson_sample_z']},
	{name: 'select_captions_for_creator', action: 'replace', dependsOn: ['wilson_sample', 'caption_bank']},
	{name: 'analyze_creator_performance', action: 'unchanged', dependsOn: ['wilson_score_bounds']},
	{name: 'run_health_check', action: 'create', dependsOn: ['health_checks', 'caption_bank']},
	{name: 'schedule_recommendations_messages', action: 'replace', dependsOn: ['caption_bank']},
	{name: 'daily_caption_update', action: 'schedule', dependsOn: ['wilson_score_bounds']},
];

const throughInventory = (script: Script): Script => script
	.done('0.1', 1200, 'project, dataset, location US, zone America/Los_Angeles')
	.done('0.2', 3800, 'identity, 14 permissions, client reachable')
	.done('0.3', 600_000, 'mail sent, calendar entry written')
	.begin('1.1').add({type: 'plan.frozen', data: {hash: planHash('7f3a91c2'), create: 3, replace: 14, alter: 1, unchanged: 1, objects: planned}}, '1.1').pass('1.1', 4000, '61 files, 412 KB, 0 unreadable')
	.done('1.2', 3000, '9 modules load')
	.done('1.3', 2000, '4 scripts, 0 findings')
	.done('1.4', 1000, '5 specifications');

const throughRestorePoint = (script: Script): Script => throughInventory(script.start())
	.begin('2A.0').begin('2B.1')
	.wait(48_000)
	.add({type: 'restore-point.taken', data: restorePoint}, '2A.0')
	.add({type: 'restore-point.proven', data: {id: restorePoint.id, atMs: startMs + 700_000, detail: '9 tables restored into scratch, equal'}}, '2A.0')
	.pass('2A.0', 0, '9 tables, 16 routines · restored')
	.add({type: 'staging.changed', data: {objects: 0, total: 17, removed: false}}, '2A.0')
	.pass('2B.1', 1900, '5 agents, 5 account sizes')
	.add({type: 'cost.counted', data: {costMicros: 2100, billedBytes: 84_000_000, jobs: 120}});

const lanes = (script: Script): Script => throughRestorePoint(script)
	.begin('2A.1').begin('2B.2')
	.pass('2B.2', 11_400, '148 passed')
	.done('2B.3', 9700, 'no import cycle')
	.done('2B.4', 300, '4 stages, read from the code')
	.begin('2B.5')
	.pass('2A.1', 31_000, '2/2 · 21 vectors equal')
	.done('2A.2', 62_000, '13/13 · slowest 0.4s of 5s')
	.add({type: 'staging.changed', data: {objects: 9, total: 17, removed: false}}, '2A.2')
	.begin('2A.3')
	.add({type: 'step.progressed', data: {task: taskId('2A.3'), done: 4, total: 7, label: 'lock_caption_assignments', parts: [{label: 'dry run', state: 'done'}, {label: 'deploy', state: 'done'}, {label: 'call', state: 'done'}, {label: 'call again', state: 'running'}, {label: 'compare', state: 'waiting'}]}})
	.wait(1000)
	.add({type: 'job.intended', data: {task: taskId('2A.3'), job: jobId('eros_7f3a91c2_1_2A3_s4_a1'), statement: 'create or replace procedure select_captions_for_creator', sqlSha256: '', mutates: true}})
	.add({type: 'job.accepted', data: {task: taskId('2A.3'), job: jobId('eros_7f3a91c2_1_2A3_s4_a1'), adopted: false}})
	.add({type: 'job.finished', data: {task: taskId('2A.3'), job: {id: jobId('eros_7f3a91c2_1_2A3_s4_a1'), statement: 'create or replace procedure select_captions_for_creator', state: 'DONE', durationMs: 412, billedBytes: 0}}})
	.log('2A.3', '✓ 18 captions, no id twice, scores in [0, 1], 0.18s of 2s')
	.wait(1000)
	.log('2B.5', '✓ 6 of 6 groups, 31 checks, nothing of test pages left')
	.pass('2B.5', 0, '6 groups, 31 checks')
	.wait(22_000)
	.log('2A.3', 'create or replace procedure lock_caption_assignments');

const throughGate = (script: Script): Script => {
	const atMs = lanes(script)
		.pass('2A.3', 8000, '7/7, called twice, 0 rows differ')
		.done('2A.4', 3000, '21 columns as agreed, 0.2s of 2s')
		.done('2A.5', 5000, '3 created disabled')
		.add({type: 'staging.changed', data: {objects: 17, total: 17, removed: false}}, '2A.5')
		.done('3.1', 1400, '12 fields, 0.9s of 10s').done('3.2', 800, '18 captions, 0.2s of 2s').done('3.3', 2000, '20 rows, every offset right').done('3.4', 900, '20 rows read back equal').done('3.5', 200, 'both edges of 2025 agree').atMs;
	const names = ['Analyzer', 'Selector', 'Builder', 'Exporter', 'Timezone'];
	return script.add({type: 'gate.decided', data: {passed: true, tests: names.map((name, index) => ({task: taskId(`3.${index + 1}`), name, passed: true, durationMs: 900, limitMs: 10_000})), certificate: 'c0ffee12', atMs, validUntilMs: atMs + 1_800_000}})
		.done('4.1', 600, 'deploy_production.sh parses').done('4.2', 500, 'rollback.sh parses').done('4.3', 300, 'runbook with live values').done('4.4', 700, '3 metrics, 3 policies');
};

const productionDetail = (atMs: number): ProductionQuestion => ({
	phrase: 'deploy of-scheduler-proj.eros_scheduling_brain 7f3a-91c2', planHash: planHash('7f3a91c2'),
	create: ['run_health_check', 'wilson_sample_z', 'health_checks'],
	replace: ['wilson_score_bounds', 'wilson_sample', 'classify_account_size', 'analyze_behavioral_segments', 'analyze_trigger_performance', 'analyze_content_categories', 'analyze_day_patterns', 'analyze_time_windows', 'calculate_saturation_score', 'select_captions_for_creator', 'lock_caption_assignments', 'update_caption_performance', 'sweep_expired_caption_locks', 'schedule_recommendations_messages'],
	alter: ['caption_bank'], schedules: ['daily_caption_update', 'expired_lock_sweep', 'health_check'], unchanged: ['analyze_creator_performance'],
	irreversible: ['mails and chat already sent'], callers: ['run_daily_automation 30', 'scheduler-sa 412', '2 people 9'],
	dryRunBytes: 84_000_000, costMicros: 525, costCapMicros: 20_000_000, expectedMs: 1_920_000,
	gate: {passed: 5, total: 5, decidedAtMs: atMs - 360_000, validUntilMs: atMs + 1_440_000}, restorePoint,
	rehearsal: {run: runId('5c30ebf6'), endedAtMs: atMs - 4_500_000, outcome: 'passed', planHash: planHash('7f3a91c2'), rollbackMs: 41_000}, differences: [{object: 'wilson_sample', diff: '@@ 1 @@\n-old line\n+new line'}],
});

const production = (script: Script): Script => {
	const {atMs} = throughGate(script).wait(60_000);
	return script.add({type: 'question.asked', data: {question: {kind: 'production', id: 'q-production', expiresAtMs: atMs + 900_000, detail: productionDetail(atMs)}}}, '5.1');
};

const secondPerson = {command: 'eros-tui approve 7f3a-91c2 --run 7f3a91c2'};

/** Somebody else has to sign first. */
const unsigned = (script: Script): Script => {
	const {atMs} = throughGate(script).wait(60_000);
	return script.add({type: 'question.asked', data: {question: {kind: 'production', id: 'q-production', expiresAtMs: atMs + 900_000, detail: {...productionDetail(atMs), secondPerson}}}}, '5.1');
};

/** He has. */
const seconded = (script: Script): Script =>
	unsigned(script).add({type: 'approval.seconded', data: {question: 'q-production', planHash: planHash('7f3a91c2'), principal: 'reviewer@example.com', driver: 'operator@example.com', osUser: 'reviewer', job: jobId('eros_7f3a91c2_second_7f3a91c2_1'), signedAtMs: script.atMs}}, '5.1');

const syntaxFailure: Failure = {
	message: 'Syntax error: Expected END but got identifier "ELSIF"', reason: 'invalidQuery', class: 'permanent',
	place: {path: 'sql/procedures/sweep_expired_caption_locks.sql', line: 141, column: 3, excerpt: {firstLine: 140, lines: ['  SET reason = "STALE_7DAY";', '  ELSIF send_date < today THEN']}},
	job: {id: 'eros_7f3a91c2_1_2A3_s4_a1', state: 'DONE', billedBytes: 0, durationMs: 412}, advice: 'Mend the file, then retry.',
};

const choices: readonly Choice[] = [
	{kind: 'edit', key: 'e', label: 'edit and replan', consequence: 'mend the file first: it is read again; 2A.3, 1.1, 3.2, 3.3 become stale and run again; about +6 min'},
	{kind: 'retry', key: 'r', label: 'retry', consequence: 'will fail again: permanent class, same input'},
	{kind: 'skip', key: 's', label: 'skip', consequence: 'goes on without it', disabledReason: 'later tasks depend on it'},
	{kind: 'abort', key: 'a', label: 'abort', consequence: 'staging is removed; production stays as it is'},
	{kind: 'wait', key: 'w', label: 'wait', consequence: 'nothing runs in lane A until you choose'},
];

const failure = (script: Script): Script => lanes(script)
	.add({type: 'step.failed', data: {task: taskId('2A.3'), failure: syntaxFailure, durationMs: 24_000}})
	.add({type: 'question.asked', data: {question: {kind: 'failure', id: 'q-failure', task: taskId('2A.3'), failure: syntaxFailure, choices, diff: '-a\n+b\n+c', waiting: [taskId('2A.4'), taskId('2A.5'), taskId('3.2')]}}}, '2A.3');

const offsets = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24].map(hours => hours * hour);

const sample = (index: number, t0Ms: number, score: number): MonitorSample => {
	const dueOffsetMs = offsets[index - 1] ?? 0;
	const micros = Math.round(dueOffsetMs / hour * 52_000);
	return {
		index, atMs: t0Ms + dueOffsetMs, dueOffsetMs, score, band: score >= 90 ? 'HEALTHY' : score >= 80 ? 'WATCH' : score >= 70 ? 'ALERT' : 'ROLLBACK',
		components: [{name: 'errors', weight: 30, points: 30, detail: '0.3% of 368 jobs'}, {name: 'latency', weight: 20, points: 16, detail: 'p95 20 s'}, {name: 'freshness', weight: 20, points: 20, detail: 'stats 5h, sweep 2h, daily 5h'}, {name: 'integrity', weight: 20, points: score < 70 ? 0 : 20, detail: score < 70 ? '2 violations' : '0 violations'}, {name: 'capacity', weight: 10, points: 7, detail: 'captions 412 of 500'}],
		cost: {last24hMicros: micros, todayMicros: micros, sinceDeployMicros: micros, projected24hMicros: 1_240_000, billedBytes: 9_000_000, drivers: [{name: 'update', micros: 61}, {name: 'health check', micros: 22}, {name: 'sweep', micros: 9}]},
		jobs: {finished: 300 + index, failed: 1, p50Ms: 400, p95Ms: 1200}, integrityViolations: score < 70 ? 2 : 0, corruptRows: score < 70 ? 2 : 0, availableCaptions: 412, driftedObjects: 0, checkedObjects: 14, schedulesCreated: 7, exports: {succeeded: 7, failed: 0}, topErrors: [],
		scheduleRuns: [{name: 'daily', lastRunMs: t0Ms - hour, state: 'ok'}, {name: 'sweep', lastRunMs: t0Ms, state: 'ok'}, {name: 'health', lastRunMs: t0Ms, state: 'ok'}],
	};
};

const flagsOf = (isBad: boolean): readonly RedFlag[] => [
	{id: 'health', rule: 'health < 70, twice in a row', state: isBad ? 'breach' : 'ok', detail: isBad ? '65 and 61' : '93', because: ['integrity 0/20: caption 9000000000123 locked twice in 7 days']},
	{id: 'cost', rule: 'cost > $100, or > 2x expected', state: 'ok', detail: '$0.31', because: []},
	{id: 'error-rate', rule: 'error rate > 10 %', state: 'ok', detail: '0.3%', because: []},
	{id: 'corruption', rule: 'corruption', state: isBad ? 'breach' : 'ok', detail: isBad ? '2 rows' : '0', because: []},
];

const monitor = (script: Script, scores: readonly number[] = [94, 92, 88, 84, 85, 90, 93, 95, 92, 90, 93]): Script => {
	production(script).add({type: 'question.answered', data: {id: 'q-production', answer: 'phrase typed', by: 'test_operator', approves: true}}, '5.1').add({type: 'lease.taken', data: {epoch: 1, holder: 'test_operator', untilMs: script.atMs + 60_000}}).begin('5.1').add({type: 'production.changed', data: {state: {kind: 'changing', done: 0, total: 17}}}, '5.1').wait(120_000).add({type: 'production.changed', data: {state: {kind: 'deployed', atMs: script.atMs}}}, '5.1').pass('5.1', 0, '17 objects, 3 schedules enabled').add({type: 'lease.released', data: {epoch: 1}}).begin('5.2');
	const t0Ms = script.atMs;
	script.add({type: 'monitor.started', data: {t0Ms, offsetsMs: offsets, checkpoints: [{id: 'T+0h', title: 'first check', offsetMs: 0}, {id: 'T+2h', title: 'periodic', offsetMs: 2 * hour}, {id: 'T+4h', title: 'cost analysis', offsetMs: 4 * hour}, {id: 'T+8h', title: 'performance review', offsetMs: 8 * hour}, {id: 'T+12h', title: 'overnight', offsetMs: 12 * hour}, {id: 'T+24h', title: 'full system review', offsetMs: 24 * hour}], expectedDailyCostMicros: 10_000_000}}, '5.2');
	for (const [index, score] of scores.entries()) {
		const next = sample(index + 1, t0Ms, score);
		script.atMs = next.atMs;
		script.add({type: 'monitor.sampled', data: next}, '5.2').add({type: 'monitor.flagged', data: {flags: flagsOf(score < 70), recommendation: score < 70 ? 'roll-back' : 'continue'}}, '5.2');
	}

	return script
		.add({type: 'monitor.reviewed', data: {checkpoint: 'T+0h', by: 'monitor', note: 'auto', isAutomatic: true}}, '5.2')
		.add({type: 'monitor.reviewed', data: {checkpoint: 'T+4h', by: 'test_operator', note: 'cost as expected', isAutomatic: false}}, '5.2')
		.add({type: 'monitor.blinded', data: {fromMs: t0Ms + hour, toMs: t0Ms + hour + 840_000, reason: 'no connection', backfilled: ['cost', 'errors']}}, '5.2');
};

const notice: MessagePreview = {channel: 'mail', to: ['team@example.com', 'lead@example.com'], subject: 'EROS rolled back to 20251103_151200', text: 'Production of-scheduler-proj.eros_scheduling_brain was rolled back to restore point 20251103_151200.\nWhy: health fell\nScheduled queries stay off until they are enabled.'};

const redFlag = (script: Script): Script => monitor(script, [94, 92, 88, 65, 61]).add({type: 'question.asked', data: {question: {kind: 'recommendation', id: 'q-flag', recommendation: 'roll-back', flags: flagsOf(true)}}}, '5.2');

const rollbackAsked = (script: Script): Script => monitor(script).add({type: 'question.asked', data: {question: {kind: 'rollback', id: 'q-rollback', detail: {phrase: 'ROLLBACK eros_scheduling_brain 20251103_151200', why: 'RED FLAG health 65 and 61, below 70 twice', because: ['integrity 0/20: caption 9000000000123 locked twice in 7 days'], restorePoint, components: 'all', lost: [{table: 'active_caption_assignments', rows: 154}, {table: 'schedule_export_log', rows: 7}, {table: 'caption_bank', rows: 0}], dependants: [], messages: [notice]}}}});

const steps = ['Stop scheduled queries', 'Pre-rollback snapshot', 'Restore', 'Clear locks of this run', 'Verify', 'Tell people'].map((title, index) => ({number: (index + 1) as 1 | 2 | 3 | 4 | 5 | 6, title}));

const rollback = (script: Script): Script => rollbackAsked(script)
	.add({type: 'question.answered', data: {id: 'q-rollback', answer: 'phrase typed', by: 'test_operator', approves: true}})
	.add({type: 'lease.taken', data: {epoch: 2, holder: 'test_operator', untilMs: script.atMs + 60_000}})
	.add({type: 'rollback.started', data: {restorePoint: restorePoint.id, reason: 'RED FLAG health 65 and 61, below 70 twice', components: 'all', steps, messages: [notice]}})
	.add({type: 'production.changed', data: {state: {kind: 'rolling-back'}}})
	.add({type: 'rollback.step.started', data: {number: 1}}).wait(1400).add({type: 'rollback.step.finished', data: {number: 1, passed: true, detail: '3 disabled, 0 running', durationMs: 1400}})
	.add({type: 'rollback.step.started', data: {number: 2}}).wait(2200).add({type: 'rollback.step.finished', data: {number: 2, passed: true, detail: '9 tables into prerollback_20251103', durationMs: 2200}})
	.add({type: 'rollback.step.started', data: {number: 3}}).wait(11_000).add({type: 'rollback.step.progressed', data: {number: 3, detail: '5 of 9 tables · 16 routines · view'}});

const finished = (script: Script): Script => {
	rollback(script);
	for (const number of [3, 4, 5, 6] as const) {
		script.add({type: 'rollback.step.started', data: {number}}).wait(1000).add({type: 'rollback.step.finished', data: {number, passed: true, detail: 'done', durationMs: 1000}});
	}

	return script
		.add({type: 'rollback.proved', data: {tablesEqual: 9, tables: 9, routinesEqual: 16, routines: 16, viewsEqual: 1, views: 1, schedulesEqual: 3, schedules: 3, orphans: [], differences: [], durationMs: 14_600}})
		.add({type: 'production.changed', data: {state: {kind: 'rolled-back', atMs: script.atMs, restorePoint: restorePoint.id}}})
		.add({type: 'lease.released', data: {epoch: 2}})
		.pass('5.2', 0, '11 samples').done('5.3', 400, 'summary written').done('5.4', 300, 'everybody told')
		.add({type: 'run.finished', data: {outcome: 'passed', exitCode: 0, criteria: {unchecked: 0, auto: 151, attested: 12, 'n/a': 11, failed: 0, 'no-data': 0}, healthScore: 93, costMicros: 310_000, sentence: 'Rehearsed, rolled back and proved.'}});
};

const throughPartOfProduction = (script: Script): Script => {
	production(script).add({type: 'question.answered', data: {id: 'q-production', answer: 'phrase typed', by: 'test_operator', approves: true}}, '5.1').add({type: 'lease.taken', data: {epoch: 1, holder: 'test_operator', untilMs: script.atMs + 60_000}}).begin('5.1').add({type: 'production.changed', data: {state: {kind: 'changing', done: 0, total: 17}}}, '5.1').wait(40_000);
	return script.add({type: 'production.changed', data: {state: {kind: 'partial', detail: '2 functions, 7 table functions, 4 procedures and the view are new; schedules are paused'}}}, '5.1')
		.add({type: 'job.intended', data: {task: taskId('5.1'), job: jobId('eros_7f3a91c2_2_51_s9_1f2e3d4c5b6a_a1'), statement: 'create or replace view', sqlSha256: '', mutates: true}});
};

/** The run was killed in the middle of production and is resumed 43 minutes later. */
const resume = (script: Script): Script => {
	throughPartOfProduction(script);
	const leftMs = script.atMs;
	script.wait(2_580_000);
	const {atMs} = script;
	const job = jobId('eros_7f3a91c2_2_51_s9_1f2e3d4c5b6a_a1');
	const findings = ['5.1 was interrupted; it runs again under the same attempt', 'adopted job', '3.1 runs again: older than 30 minutes'];
	return script.add({type: 'run.resumed', data: {lastSeenMs: leftMs, findings, report: {
		during: [taskId('5.1')],
		finished: [{what: '5.1 create or replace view schedule_recommendations_messages', atMs: leftMs + 120_000}],
		adopted: [{job, task: taskId('5.1'), was: 'accepted', state: 'DONE', billedBytes: 0, durationMs: 400}],
		neverStarted: [], unknown: [], missed: [], nextDue: {what: 'the first monitor sample', atMs: atMs + 240_000},
		willRerun: [{task: taskId('5.1'), reason: 'interrupted'}, {task: taskId('3.1'), reason: '43 min old, limit 30'}],
		catalog: {asLeft: 14, total: 17, notDeployed: 3, drifted: []}, credentials: {principal: 'operator@example.com', expiresAtMs: atMs + 2_280_000},
		window: {endsAtMs: atMs + 360_000, openTasks: 2, neededMs: 900_000},
	}}}).add({type: 'question.asked', data: {question: {kind: 'start', id: 'q-go-on', title: 'Go on with the run.'}}});
};

/** Only the screen was gone; the run went on and is found at work. */
const returned = (script: Script): Script => {
	lanes(script).add({type: 'view.joined', data: {id: 'v1', actor: 'test_operator', kind: 'screen', isReadOnly: false}}).add({type: 'control.passed', data: {to: 'v1', reason: 'nobody drove'}}).wait(1000).add({type: 'view.left', data: {id: 'v1', reason: 'closed'}});
	return script.wait(8000).pass('2A.3', 0, '7/7, called twice, 0 rows differ').wait(60_000).done('2A.4', 3000, '21 columns as agreed').begin('2A.5').wait(4000).add({type: 'view.joined', data: {id: 'v2', actor: 'test_operator', kind: 'screen', isReadOnly: false}}).add({type: 'control.passed', data: {to: 'v2', actor: 'test_operator', reason: 'nobody drove'}});
};

const longQuestion = `Was everybody told that the window begins? ${'The team, the on-call engineer and the owner of the pages have to know the hour, what is paused meanwhile and whom to call. '.repeat(6)}Name who was told and how.`;

const draftedMail = 'No mail was sent (no mail channel is configured). The draft is /home/operator/.local/state/eros-tui/of-scheduler-proj.eros_scheduling_brain/runs/7f3a91c2/drafts/mail.eml. Was the team told?';

const builders = {
	start: (script: Script) => script.start().add({type: 'question.asked', data: {question: {kind: 'start', id: 'q-start', title: 'Rehearse the whole window on a private embedded warehouse.'}}}),
	lanes,
	gate: throughGate,
	production,
	unsigned,
	seconded,
	failure,
	monitor: (script: Script) => monitor(script),
	redFlag,
	rollbackAsked,
	rollback,
	finished,
	resume,
	returned,
	longQuestion: (script: Script) => throughInventory(script.start()).begin('2A.0').add({type: 'question.asked', data: {question: {kind: 'attestation', id: 'q-attest', task: taskId('2A.0'), criterion: '2A.0/told' as never, text: longQuestion, prefilled: 'mail of 09:00'}}}, '2A.0'),
	draftedMail: (script: Script) => throughInventory(script.start()).begin('2A.0').add({type: 'question.asked', data: {question: {kind: 'attestation', id: 'q-attest', task: taskId('2A.0'), criterion: '2A.0/told' as never, text: draftedMail, prefilled: 'draft mail.eml'}}}, '2A.0'),
	attestation: (script: Script) => throughInventory(script.start()).begin('2A.0').add({type: 'question.asked', data: {question: {kind: 'attestation', id: 'q-attest', task: taskId('2A.0'), criterion: '2A.0/told' as never, text: 'The team was told.', prefilled: 'mail of 09:00'}}}, '2A.0'),
} satisfies Record<string, (script: Script) => Script>;

export type ScenarioName = keyof typeof builders;

export const scenarioNames = Object.keys(builders) as readonly ScenarioName[];

/** Events of a scenario, in order. */
export const scenario = (name: ScenarioName): readonly JournaledEvent[] => builders[name](new Script()).events;
