// Every fact of a run, as plain data. The journal stores these, the screen, the plain lines and --json are folds of
// them. Names are facts in the past; nothing in here is a function, a class or a secret.
import type {Criterion, CriterionCounts, Verdict} from './criterion.js';
import type {Failure} from './failure.js';
import type {BlindTick, CheckpointId, MonitorSample, Recommendation, RedFlag} from './health.js';
import type {CriterionId, JobId, PlanHash, RunId, TaskId} from './ids.js';
import type {ResumeReport} from './resume-report.js';
import type {WindowSpec} from './window.js';

export type TargetSummary = {
	readonly kind: 'embedded' | 'bigquery';
	readonly project: string;
	readonly dataset: string;
	readonly location: string;
	readonly timeZone: string;
};

export type RunCommand = 'deploy' | 'rehearse' | 'rollback' | 'monitor';

export type Outcome = 'passed' | 'failed' | 'rolled-back' | 'aborted' | 'needs-person';

/** An object of the frozen plan. */
export type PlannedObject = {
	readonly name: string;
	readonly action: 'create' | 'replace' | 'alter' | 'unchanged' | 'schedule';
	/** Objects of the plan that it reads or calls, by name; undefined in journals that do not say. */
	readonly dependsOn?: readonly string[];
	/** First twelve hex digits of the SHA-256 of live against file, line by line: whether the live side moved since. */
	readonly difference?: string;
};

/** What is true of production if everything stopped now; the `now` line shows it. */
export type ProductionState =
	| {readonly kind: 'unchanged'}
	| {readonly kind: 'changing'; readonly done: number; readonly total: number}
	| {readonly kind: 'deployed'; readonly atMs: number}
	| {readonly kind: 'partial'; readonly detail: string}
	| {readonly kind: 'rolling-back'}
	| {readonly kind: 'rolled-back'; readonly atMs: number; readonly restorePoint: string}
	/** A rollback of single components did what was asked; the rest is as it was deployed. */
	| {readonly kind: 'components-rolled-back'; readonly atMs: number; readonly restorePoint: string; readonly components: readonly string[]};

export type RestorePointSummary = {
	/** `YYYYMMDD_HHMMSS`, UTC. */
	readonly id: string;
	readonly dataset: string;
	readonly takenAtMs: number;
	readonly tables: number;
	readonly routines: number;
	readonly views: number;
	readonly schedules: number;
	/** Objects of the write set that did not exist yet. */
	readonly absent: readonly string[];
	/** Set once a restore of it was compared with the source. */
	readonly provenAtMs?: number;
};

/** A rehearsal that came to its end. */
export type Rehearsal = {
	readonly run: RunId;
	/** When it ended, by the clock of the machine. */
	readonly endedAtMs: number;
	readonly outcome: Outcome;
	readonly planHash?: PlanHash;
	/** How long its rollback took, ms. */
	readonly rollbackMs?: number;
};

/** What a plan does to production, as it stands at a moment. */
export type PlannedChanges = Pick<ProductionQuestion, 'planHash' | 'create' | 'replace' | 'alter' | 'schedules' | 'unchanged' | 'differences'>;

/** What the person who approves production has to know. */
export type ProductionQuestion = {
	readonly phrase: string;
	readonly planHash: PlanHash;
	readonly create: readonly string[];
	readonly replace: readonly string[];
	readonly alter: readonly string[];
	readonly schedules: readonly string[];
	readonly unchanged: readonly string[];
	readonly irreversible: readonly string[];
	readonly callers: readonly string[];
	readonly dryRunBytes: number;
	readonly costMicros: number;
	readonly costCapMicros: number;
	readonly expectedMs: number;
	readonly gate: {readonly passed: number; readonly total: number; readonly decidedAtMs: number; readonly validUntilMs: number};
	readonly restorePoint: RestorePointSummary;
	/** The rehearsal that says most about this plan; undefined when none is on record. */
	readonly rehearsal?: Rehearsal;
	readonly differences: readonly {readonly object: string; readonly diff: string}[];
	/** Set where a second person has to sign first: what he runs, from an account of his own. */
	readonly secondPerson?: {readonly command: string};
};

/** A message as people would get it, shown before anyone decides to send it. */
export type MessagePreview = {
	readonly channel: 'mail' | 'chat';
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
};

/** What the person who confirms a rollback has to know. */
export type RollbackQuestion = {
	readonly phrase: string;
	readonly why: string;
	readonly because: readonly string[];
	readonly restorePoint: RestorePointSummary;
	readonly components: readonly string[] | 'all';
	/** Rows written since the restore point, by table. */
	readonly lost: readonly {readonly table: string; readonly rows: number}[];
	readonly dependants: readonly string[];
	/** What people are told afterwards, as far as it is known before. */
	readonly messages?: readonly MessagePreview[];
};

/** A question waits for a person; `id` pairs it with the intent that answers it. */
export type Question =
	| {readonly kind: 'start'; readonly id: string; readonly title: string}
	| {readonly kind: 'production'; readonly id: string; readonly expiresAtMs: number; readonly detail: ProductionQuestion}
	| {readonly kind: 'rollback'; readonly id: string; readonly detail: RollbackQuestion}
	| {readonly kind: 'failure'; readonly id: string; readonly task: TaskId; readonly failure: Failure; readonly choices: readonly Choice[]; readonly diff?: string; readonly waiting: readonly string[]; readonly messages?: readonly MessagePreview[]}
	| {readonly kind: 'attestation'; readonly id: string; readonly task: TaskId; readonly criterion: CriterionId; readonly text: string; readonly prefilled: string}
	| {readonly kind: 'recommendation'; readonly id: string; readonly recommendation: Recommendation; readonly flags: readonly RedFlag[]};

/** `edit`: the files are read again; the task and the gate tests that passed become stale and run again. */
export type ChoiceKind = 'edit' | 'retry' | 'skip' | 'abort' | 'wait' | 'roll-back' | 'continue';

export type Choice = {
	readonly kind: ChoiceKind;
	readonly key: string;
	readonly label: string;
	/** What it leaves behind. */
	readonly consequence: string;
	/** Set when the choice is shown but can't be taken. */
	readonly disabledReason?: string;
};

/** What a job that changes production carries; the adapter refuses the call when a part is missing or wrong. */
export type Authority = {
	readonly leaseEpoch: number;
	/** Id of a restore point whose restore was compared with its source. */
	readonly provenRestorePoint: string;
	readonly planHash: PlanHash;
};

export type RollbackStepNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** Parts of a running task, shown under it: `dry run ✓  deploy ✓  call ⠹`. */
export type ProgressPart = {readonly label: string; readonly state: 'waiting' | 'running' | 'done' | 'failed'};

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export type JobSummary = {
	readonly id: JobId;
	readonly statement: string;
	readonly state: 'DONE' | 'FAILED' | 'CANCELLED';
	readonly durationMs: number;
	readonly billedBytes: number;
	readonly error?: {readonly reason: string; readonly message: string};
	/** Of a script that did not come to its end: the statements that stay done, in order. Missing where it could not be told. */
	readonly committed?: readonly string[];
};

/** One window onto a run: a screen, a pane of lines, a second terminal. Many may watch; one drives. */
export type View = {
	/** Unique in the run. */
	readonly id: string;
	/** Who sits there. */
	readonly actor: string;
	/** `screen`, `plain`, `accessible`, `json` or `command`. */
	readonly kind: string;
	/** Watches only, whatever happens to the driver. */
	readonly isReadOnly: boolean;
};

type Of<Type extends string, Data> = {readonly type: Type; readonly data: Data};

export type RunEvent =
	| Of<'run.started', {readonly run: RunId; readonly command: RunCommand; readonly version: string; readonly target: TargetSummary; readonly window: WindowSpec; readonly seed?: number; readonly speed?: number; readonly windowEndsAtMs?: number; readonly costCapMicros: number; readonly stagingDataset: string; readonly artifacts: string; readonly isSecondPersonRequired?: true}>
	/** `isSecondPersonRequired` when the policy has become stricter; it never becomes looser. */
	| Of<'run.resumed', {readonly isSecondPersonRequired?: true; readonly lastSeenMs: number; readonly findings: readonly string[]; readonly report?: ResumeReport}>
	| Of<'run.paused', {readonly by: string}>
	| Of<'run.unpaused', {readonly by: string}>
	| Of<'run.draining', {readonly reason: string}>
	| Of<'run.cancelling', {readonly reason: string}>
	/** The supervisor was told to go (SIGTERM, shutdown). Jobs run on where they are; a resume adopts them. */
	| Of<'run.suspended', {readonly reason: string}>
	| Of<'run.finished', {readonly outcome: Outcome; readonly exitCode: number; readonly criteria: CriterionCounts; readonly healthScore?: number; readonly costMicros: number; readonly sentence: string}>
	| Of<'plan.frozen', {readonly hash: PlanHash; readonly create: number; readonly replace: number; readonly alter: number; readonly unchanged: number; readonly objects: readonly PlannedObject[]}>
	| Of<'step.started', {readonly task: TaskId; readonly attempt: number}>
	| Of<'step.progressed', {readonly task: TaskId; readonly done?: number; readonly total?: number; readonly label?: string; readonly parts?: readonly ProgressPart[]}>
	| Of<'step.blocked', {readonly task: TaskId; readonly by: readonly TaskId[]; readonly reason: string}>
	| Of<'step.verifying', {readonly task: TaskId}>
	| Of<'step.passed', {readonly task: TaskId; readonly summary: string; readonly durationMs: number}>
	| Of<'step.failed', {readonly task: TaskId; readonly failure: Failure; readonly durationMs: number}>
	| Of<'step.skipped', {readonly task: TaskId; readonly reason: string; readonly by: string}>
	| Of<'step.cancelled', {readonly task: TaskId; readonly reason: string}>
	| Of<'step.unknown', {readonly task: TaskId; readonly job: JobId}>
	| Of<'step.staled', {readonly task: TaskId; readonly reason: string}>
	| Of<'criterion.decided', {readonly task: TaskId; readonly criterion: CriterionId; readonly verdict: Verdict}>
	| Of<'criterion.added', {readonly task: TaskId; readonly criterion: Criterion}>
	/** `authority` stands exactly when the job changes production; `isPreparation` when an interrupted attempt does it anew. */
	| Of<'job.intended', {readonly task: TaskId; readonly job: JobId; readonly statement: string; readonly sqlSha256: string; readonly mutates: boolean; readonly isPreparation?: true; readonly authority?: Authority}>
	| Of<'job.accepted', {readonly task: TaskId; readonly job: JobId; readonly adopted: boolean}>
	| Of<'job.finished', {readonly task: TaskId; readonly job: JobSummary}>
	| Of<'job.lost', {readonly task: TaskId; readonly job: JobId; readonly message: string}>
	/** The rows a job gave are kept as a blob of that hash. */
	| Of<'result.kept', {readonly task: TaskId; readonly job: JobId; readonly sha256: string; readonly rows: number}>
	/** A look-up found no such job, or the warehouse refused it: it never started. */
	| Of<'job.absent', {readonly task: TaskId; readonly job: JobId}>
	| Of<'question.asked', {readonly question: Question}>
	/** `approves` is true for the yes to a production or rollback question, and for nothing else. */
	| Of<'question.answered', {readonly id: string; readonly answer: string; readonly by: string; readonly approves?: true}>
	| Of<'question.closed', {readonly id: string; readonly reason: string}>
	/** A second person has signed the plan of an open production question; the job is the signature, its user the person. */
	| Of<'approval.seconded', {readonly question: string; readonly planHash: PlanHash; readonly principal: string; readonly osUser: string; /** The principal that drives the run. */ readonly driver: string; readonly job: JobId; readonly signedAtMs: number}>
	| Of<'intent.refused', {readonly intent: string; readonly reason: string}>
	| Of<'production.changed', {readonly state: ProductionState}>
	| Of<'staging.changed', {readonly objects: number; readonly total: number; readonly removed: boolean}>
	| Of<'restore-point.taken', RestorePointSummary>
	| Of<'restore-point.proven', {readonly id: string; readonly atMs: number; readonly detail: string}>
	| Of<'gate.decided', {readonly passed: boolean; readonly tests: readonly {readonly task: TaskId; readonly name: string; readonly passed: boolean; readonly durationMs: number; readonly limitMs: number}[]; readonly certificate: string; readonly atMs: number; readonly validUntilMs: number}>
	| Of<'lease.taken', {readonly epoch: number; readonly holder: string; readonly untilMs: number}>
	| Of<'lease.released', {readonly epoch: number}>
	/** Totals of the run so far, not differences. */
	| Of<'cost.counted', {readonly costMicros: number; readonly billedBytes: number; readonly jobs: number}>
	| Of<'artifact.written', {readonly task?: TaskId; readonly path: string; readonly sha256: string; readonly title: string}>
	| Of<'log.written', {readonly level: LogLevel; readonly text: string; readonly job?: JobId; readonly billedBytes?: number; readonly durationMs?: number}>
	| Of<'monitor.started', {readonly t0Ms: number; readonly offsetsMs: readonly number[]; readonly checkpoints: readonly {readonly id: CheckpointId; readonly title: string; readonly offsetMs: number}[]; readonly expectedDailyCostMicros: number}>
	| Of<'monitor.sampled', MonitorSample>
	| Of<'monitor.flagged', {readonly flags: readonly RedFlag[]; readonly recommendation: Recommendation}>
	| Of<'monitor.reviewed', {readonly checkpoint: CheckpointId; readonly by: string; readonly note: string; readonly isAutomatic: boolean}>
	| Of<'monitor.blinded', {readonly fromMs: number; readonly toMs: number; readonly reason: string; readonly backfilled: readonly string[]; readonly ticks?: readonly BlindTick[]}>
	| Of<'monitor.finished', {readonly samples: number; readonly coverage: number}>
	| Of<'rollback.started', {readonly restorePoint: string; readonly reason: string; readonly components: readonly string[] | 'all'; readonly steps: readonly {readonly number: RollbackStepNumber; readonly title: string}[]; readonly messages?: readonly MessagePreview[]}>
	| Of<'rollback.step.started', {readonly number: RollbackStepNumber}>
	| Of<'rollback.step.progressed', {readonly number: RollbackStepNumber; readonly detail: string}>
	| Of<'rollback.step.finished', {readonly number: RollbackStepNumber; readonly passed: boolean; readonly detail: string; readonly durationMs: number}>
	| Of<'rollback.proved', {readonly tablesEqual: number; readonly tables: number; readonly routinesEqual: number; readonly routines: number; readonly viewsEqual: number; readonly views: number; readonly schedulesEqual: number; readonly schedules: number; readonly orphans: readonly string[]; readonly differences: readonly string[]; readonly othersUnchanged?: number; readonly health?: {readonly verdict: 'healthy' | 'unhealthy' | 'not-measurable'; readonly text: string}; readonly durationMs: number}>
	| Of<'view.joined', View>
	| Of<'view.left', {readonly id: string; readonly reason: string}>
	/** A view that only watches asks for the wheel; the driver answers with the intent `hand-over`. */
	| Of<'control.asked', {readonly view: string; readonly actor: string}>
	/** Who drives from here on; nobody when `to` is missing. Recorded at the first driver, a hand-over, and when the driver leaves. */
	| Of<'control.passed', {readonly from?: string; readonly to?: string; readonly actor?: string; readonly reason: string}>
	| Of<'journal.repaired', {readonly droppedBytes: number}>;

/** Facts about views and the wheel: written down by whoever serves the views, not by the engine. */
export type ControlEvent = Extract<RunEvent, {readonly type: 'view.joined' | 'view.left' | 'control.asked' | 'control.passed' | 'intent.refused'}>;

export type RunEventType = RunEvent['type'];

/** The data of one type of event. */
export type EventData<Type extends RunEventType> = Extract<RunEvent, {readonly type: Type}>['data'];

/** An event as it stands in the journal: one line of NDJSON. */
export type JournaledEvent = RunEvent & {
	/** Schema version of the envelope. */
	readonly v: 1;
	/** 1-based, without gaps. */
	readonly seq: number;
	/** The run's clock (driven in a rehearsal), UTC epoch milliseconds. */
	readonly wall: number;
	/** Milliseconds of the monotonic clock of the writing process. */
	readonly mono: number;
	/** Identifies boot and process of the writer. */
	readonly boot: string;
	readonly run: RunId;
	readonly epoch: number;
	readonly actor: string;
	readonly step?: TaskId;
	readonly lane?: 'A' | 'B';
	readonly attempt?: number;
	readonly prevHash: string;
	readonly hash: string;
};
