// The drill list: everything that may go wrong with a window. What can be done to a rehearsal from outside is a fault of the
// warehouse's switchboard, aimed at the step it is about; the rest names the suite or the command that does it.

/** A fault as the switchboard takes it; `{dataset}` stands for the production dataset, `{staging}` for that of the lanes. */
export type SwitchboardFault = Readonly<Record<string, unknown>> & {readonly kind: string};

export type CatalogueEntry = {
	readonly group: 'network' | 'clock' | 'data' | 'logic' | 'monitor' | 'process' | 'human';
	/** What happens. */
	readonly means: string;
	/** How it ends. */
	readonly ends: string;
} & ({readonly inject: readonly SwitchboardFault[]; /** The rehearsal ends as without it. */ readonly isSurvived: boolean} | {/** What does it instead, to be run as it stands; undefined while nothing does. */ readonly command: string | undefined});

/** The first jobs of a task: ids say what they are for. */
const ofTask = (task: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({method: 'POST', path: '*/jobs', text: `"jobId":"eros_\\w+_\\d+_${task}_s`, ...more});
/** The first job of the run. */
const firstJob: Readonly<Record<string, unknown>> = {method: 'POST', path: '*/jobs', text: '"jobId":"eros_'};
const submissions = (skip: number, count = 1): Readonly<Record<string, unknown>> => ({method: 'POST', path: '*/jobs', skip, count});
const passes = 'Passed: tried again under the same id, nothing twice; the rehearsal ends as without it.';
const chaos = 'npm run test:chaos';
const perTest = (file: string): string => `npm test -- ${file}`;

export const faultCatalogue: Readonly<Record<string, CatalogueEntry>> = {
	'lost-request': {group: 'network', means: 'a job is sent and never arrives (time-out before send)', ends: passes, isSurvived: true, inject: [{kind: 'drop-before', ...submissions(120)}]},
	'lost-answer': {group: 'network', means: 'a job is taken and the answer never comes (time-out after accept)', ends: 'Passed: sent again, answered 409, adopted.', isSurvived: true, inject: [{kind: 'drop-after', ...submissions(160)}]},
	conflict: {group: 'network', means: '409 for the first job of 2A.3, which nobody started', ends: 'Step 2A.3 unknown: a look-up finds no job. Production unchanged.', isSurvived: false, inject: [{kind: 'status', status: 409, reason: 'duplicate', ...ofTask('2A3')}]},
	'rate-limit': {group: 'network', means: '429 with Retry-After for a job', ends: passes, isSurvived: true, inject: [{kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfterS: 1, ...submissions(80)}]},
	'backend-error': {group: 'network', means: '500 backendError for two jobs', ends: passes, isSurvived: true, inject: [{kind: 'status', status: 500, reason: 'backendError', ...submissions(40, 2)}]},
	unavailable: {group: 'network', means: '503 for everything, two seconds long', ends: 'Passed: asked again. A service that stays away longer leaves steps unknown, and eros-tui rehearse --resume looks their jobs up.', isSurvived: true, inject: [{kind: 'status', status: 503, reason: 'backendError', path: '/projects/*', skip: 150, forMs: 2000}]},
	'slow-job': {group: 'network', means: 'the first job of 2A.2 takes twenty times as long, at least two seconds', ends: 'Passed, later; a limit on its time that it breaks fails the criterion.', isSurvived: true, inject: [{kind: 'slow-job', text: '_2A2_s1_', factor: 20, ms: 2000}]},
	'stuck-job': {group: 'network', means: 'the first job of 2A.3 stays PENDING', ends: 'Step 2A.3 failed when jobTimeoutMs of the settings is over (five minutes by default). Production unchanged.', isSurvived: false, inject: [{kind: 'stuck-job', text: '_2A3_s1_'}]},
	'lost-page': {group: 'network', means: 'a page of rows can not be fetched at first', ends: 'Passed: fetched again.', isSurvived: true, inject: [{kind: 'lost-page', count: 1}]},
	'expired-credentials': {group: 'network', means: '401 for the first job of 2A.3 and all that follow', ends: 'Step 2A.3 failed, authorization. Production unchanged.', isSurvived: false, inject: [{kind: 'expired-token', ...ofTask('2A3', {count: 0})}]},
	'revoked-permission': {group: 'network', means: '403 for the first job of 2A.3 and all that follow', ends: 'Step 2A.3 failed, authorization. Production unchanged.', isSurvived: false, inject: [{kind: 'revoked-permission', ...ofTask('2A3', {count: 0})}]},

	'clock-ahead': {group: 'clock', means: 'the clock of the warehouse jumps two hours ahead during 2A.2', ends: 'Passed: the run goes by its own clock.', isSurvived: true, inject: [{kind: 'clock-jump', ms: 7_200_000, ...ofTask('2A2')}]},
	'clock-back': {group: 'clock', means: 'the clock of the warehouse steps five minutes back during 2A.2', ends: 'Passed: the run goes by its own clock.', isSurvived: true, inject: [{kind: 'clock-jump', ms: -300_000, ...ofTask('2A2')}]},
	'sleep-3h': {group: 'clock', means: 'the machine sleeps for three hours during the monitoring', ends: 'The moments that passed are blind windows, filled from the job history as far as that is honest; health is not.', command: perTest('test/engine/monitor.test.ts')},
	'dst-edge': {group: 'clock', means: 'the 24 hours lie across the end of daylight saving time', ends: 'Passed: 24 h are 86,400 s.', command: 'eros-tui rehearse --start 2025-11-01T12:00:00-07:00'},

	'missing-table': {group: 'data', means: 'somebody drops caption_bank as the first job of the window is sent', ends: 'Failed before production: the restore point can not copy the table.', isSurvived: false, inject: [{kind: 'interfere', sql: 'DROP TABLE `{dataset}.caption_bank`', ...firstJob}]},
	'schema-drift': {group: 'data', means: 'somebody drops a column of caption_bank that the deployment needs, before 2A.1', ends: 'Failed in lane A: the object that reads the column says so. Production unchanged.', isSurvived: false, inject: [{kind: 'interfere', sql: 'ALTER TABLE `{dataset}.caption_bank` DROP COLUMN caption_text', ...ofTask('2A0')}]},
	'console-edit': {group: 'data', means: 'somebody replaces a procedure of production by hand while it is being monitored', ends: 'The monitor counts the drifted object and shows it; step 5.2 fails at its end, and a person decides.', isSurvived: false, inject: [{kind: 'interfere', sql: 'CREATE OR REPLACE PROCEDURE `{dataset}.sweep_expired_caption_locks`(OUT cleaned INT64) BEGIN SET cleaned = 0; END', ...ofTask('52')}]},
	'empty-fixture': {group: 'data', means: 'the messages of the test page disappear as the first job of the window is sent', ends: 'Failed: the gate is red. Production unchanged.', isSurvived: false, inject: [{kind: 'interfere', sql: "DELETE FROM `{dataset}.mass_messages` WHERE page_name = 'test_creator'", ...firstJob}]},
	'null-result': {group: 'data', means: 'somebody replaces wilson_score_bounds in staging by one that returns NULL, right before its tests', ends: 'Step 2A.1 failed: the vectors are not met. Production unchanged.', isSurvived: false, inject: [{kind: 'interfere', sql: 'CREATE OR REPLACE FUNCTION `{staging}.wilson_score_bounds`(successes INT64, failures INT64) RETURNS STRUCT<lower_bound FLOAT64, upper_bound FLOAT64, exploration_bonus FLOAT64> AS (NULL)', ...ofTask('2A1', {text: '"jobId":"eros_\\w+_\\d+_2A1_s[^]*vectors'})}]},
	'duplicate-ids': {group: 'data', means: 'the caption bank holds every id twice from the first job of the window on', ends: 'Failed before production: the tests of lane A or of the gate find them.', isSurvived: false, inject: [{kind: 'interfere', sql: 'INSERT INTO `{dataset}.caption_bank` SELECT * FROM `{dataset}.caption_bank` WHERE TRUE', ...firstJob}]},
	'row-changed-in-restore': {group: 'data', means: 'one row changes while a table is restored', ends: 'The rollback stops, names the table, and is continued with eros-tui rollback.', command: perTest('test/engine/roll-back.test.ts')},
	'snapshot-expired': {group: 'data', means: 'a copy of the restore point is gone when it is needed', ends: 'Found before the first table: nothing is restored.', command: perTest('test/engine/roll-back.test.ts')},
	'snapshot-quota': {group: 'data', means: 'no more copies may be made for the restore point (403 quotaExceeded in 2A.0)', ends: 'Step 2A.0 failed. Production unchanged.', isSurvived: false, inject: [{kind: 'status', status: 403, reason: 'quotaExceeded', ...ofTask('2A0', {count: 0})}]},

	'raise-in-procedure': {group: 'logic', means: 'a procedure raises after some of its statements', ends: 'The script fails where it stands; its child jobs say what is committed.', command: perTest('test/warehouse/script/interpreter.test.ts')},
	'cancel-mid-call': {group: 'logic', means: 'a CALL is cancelled half-way', ends: 'The script ends as stopped, past every handler; its child jobs say what is committed.', command: perTest('test/warehouse/script/interpreter.test.ts')},
	'slow-test': {group: 'logic', means: 'the first test of 2A.3 takes longer than its two seconds', ends: 'The criterion that limits its time fails, where there is one.', isSurvived: false, inject: [{kind: 'slow-job', text: '_2A3_s\\d+_', factor: 1, ms: 2500, count: 0}]},
	'missing-json-field': {group: 'logic', means: 'the analyzer answers without a field', ends: 'The gate test is red and names the keys.', command: perTest('test/sql/smoke.test.ts')},
	'wrong-offset': {group: 'logic', means: 'a time zone has the wrong offset on the day the clocks change', ends: 'The days of 25 and of 23 hours are counted right.', command: perTest('test/sql/time-zones.test.ts')},
	'schedule-twice': {group: 'logic', means: 'a scheduled query of the same name exists twice', ends: 'Refused: the window does not choose between them.', command: perTest('test/cloud/network-faults.test.ts')},
	'schedule-fires-twice': {group: 'logic', means: 'a scheduled query is due twice at the same instant', ends: 'It runs once.', command: perTest('test/cloud/killed-warehouse.test.ts')},

	'health-69': {group: 'monitor', means: 'the health score falls below its limit', ends: 'Once: a question. Twice in a row: a proposal to roll back.', command: perTest('test/domain/red-flags.test.ts')},
	'cost-doubled': {group: 'monitor', means: 'a day costs 2.01 times what it should', ends: 'A question; beyond the limit of a day a red flag.', command: perTest('test/domain/red-flags.test.ts')},
	'error-rate': {group: 'monitor', means: '10.01 % of the jobs fail', ends: 'A red flag, with twenty finished jobs or more; a question with fewer.', command: perTest('test/domain/red-flags.test.ts')},
	corruption: {group: 'monitor', means: 'one row is corrupt', ends: 'A red flag at once.', command: perTest('test/domain/red-flags.test.ts')},
	'health-query-fails': {group: 'monitor', means: 'a health query fails early in the monitoring', ends: 'That sample has no data, is never read as healthy, and the monitoring goes on. At one of the reviewed moments (T+0, T+1 h, ...) its criterion stays without data and a person is needed.', isSurvived: true, inject: [{kind: 'status', status: 400, reason: 'invalidQuery', ...ofTask('52', {skip: 1, text: '"jobId":"eros_\\w+_\\d+_52_s[^]*measure_health'})}]},
	'ticks-missed': {group: 'monitor', means: 'two moments of the monitoring pass unseen', ends: 'Blind windows, filled from the job history as far as that is honest; health is not.', command: perTest('test/engine/monitor.test.ts')},
	'webhook-down': {group: 'monitor', means: 'the chat webhook does not answer', ends: 'A draft to paste; the run goes on.', command: perTest('test/notify/notifier.test.ts')},

	'kill-view': {group: 'process', means: 'the view is killed', ends: 'The run goes on.', command: chaos},
	'kill-supervisor': {group: 'process', means: 'the process that drives the run is killed', ends: 'Resumed; nothing twice.', command: chaos},
	'kill-both': {group: 'process', means: 'view and supervisor are killed', ends: 'Resumed; nothing twice.', command: chaos},
	'kill-before-submit': {group: 'process', means: 'killed between the intent and the submission of a job', ends: 'Resumed; nothing twice.', command: chaos},
	'kill-before-accept': {group: 'process', means: 'killed between the submission and the answer', ends: 'Resumed: the job is adopted.', command: chaos},
	'kill-before-journal': {group: 'process', means: 'killed between the end of a job and its line in the journal', ends: 'Resumed: the job is adopted.', command: chaos},
	'torn-line': {group: 'process', means: 'the last line of the journal is torn', ends: 'Cut off, recorded, and the run goes on.', command: perTest('test/journal/journal.test.ts')},
	'flipped-byte': {group: 'process', means: 'a byte of the journal is flipped', ends: 'The run refuses to go on; the journal can be read.', command: perTest('test/journal/journal.test.ts')},
	'disk-full': {group: 'process', means: 'the journal can not be written', ends: 'The run stops before the next effect, and is resumed without running anything twice.', command: perTest('test/engine/full-disk.test.ts')},

	'wrong-phrase': {group: 'human', means: 'the phrase for production is mistyped', ends: 'Refused; nothing is changed.', command: perTest('test/engine/session.test.ts')},
	'stale-approval': {group: 'human', means: 'the approval is for another plan', ends: 'Void: the plan moved while it was being given.', command: perTest('test/engine/session.test.ts')},
	'own-second-person': {group: 'human', means: 'the second person is the first one', ends: 'Told, and not counted: another account has to sign.', command: perTest('test/engine/second-person.test.ts')},
	'rejected-notification': {group: 'human', means: 'a person says that the team was not told', ends: 'The criterion and its step fail, and name who said so.', command: perTest('test/engine/session.test.ts')},
};
