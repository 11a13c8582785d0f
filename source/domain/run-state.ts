// The state of a run: the fold of its journal. Presenters read this and nothing else. One variant per step state,
// carrying only what that state knows. The reducer is in `run-reducer.ts`.
import type {Verdict} from './criterion.js';
import type {Authority, EventData, JobSummary, JournaledEvent, LogLevel, MessagePreview, Outcome, PlannedObject, ProductionState, ProgressPart, Question, RestorePointSummary, RollbackStepNumber, RunCommand, TargetSummary, View} from './events.js';
import type {Failure} from './failure.js';
import type {BlindTick, CheckpointId, MonitorSample, Recommendation, RedFlag} from './health.js';
import type {CriterionId, JobId, PlanHash, RunId, TaskId} from './ids.js';
import type {TaskSpec, WindowSpec} from './window.js';

export type StepState =
	| {readonly kind: 'pending'}
	| {readonly kind: 'blocked'; readonly by: readonly TaskId[]; readonly reason: string}
	| {readonly kind: 'running'; readonly attempt: number; readonly startedAtMs: number; readonly isVerifying: boolean; readonly done?: number; readonly total?: number; readonly label?: string; readonly parts: readonly ProgressPart[]}
	| {readonly kind: 'unknown'; readonly attempt: number; readonly startedAtMs: number; readonly job: JobId}
	| {readonly kind: 'passed'; readonly attempt: number; readonly startedAtMs: number; readonly finishedAtMs: number; readonly durationMs: number; readonly summary: string}
	| {readonly kind: 'failed'; readonly attempt: number; readonly startedAtMs: number; readonly finishedAtMs: number; readonly durationMs: number; readonly failure: Failure}
	| {readonly kind: 'skipped'; readonly reason: string; readonly by: string}
	| {readonly kind: 'cancelled'; readonly reason: string}
	| {readonly kind: 'stale'; readonly reason: string; readonly attempt: number};

export type Step = {
	readonly task: TaskSpec;
	readonly state: StepState;
	/** Every criterion of the task has an entry; `unchecked` until decided. */
	readonly verdicts: ReadonlyMap<CriterionId, Verdict>;
};

export type RunPhase = 'created' | 'running' | 'paused' | 'draining' | 'cancelling' | 'finished';

export type LogLine = {
	/** The event's seq: a stable identity for selection and anchors. */
	readonly seq: number;
	readonly atMs: number;
	readonly level: LogLevel;
	readonly lane?: 'A' | 'B';
	readonly task?: TaskId;
	readonly text: string;
	readonly job?: JobId;
	readonly billedBytes?: number;
	readonly durationMs?: number;
};

export type MonitorState = {
	readonly t0Ms: number;
	readonly offsetsMs: readonly number[];
	readonly checkpoints: readonly {readonly id: CheckpointId; readonly title: string; readonly offsetMs: number; readonly review?: {readonly by: string; readonly note: string; readonly atMs: number; readonly isAutomatic: boolean}}[];
	readonly expectedDailyCostMicros: number;
	readonly samples: readonly MonitorSample[];
	readonly flags: readonly RedFlag[];
	readonly recommendation: Recommendation;
	readonly blindWindows: readonly {readonly fromMs: number; readonly toMs: number; readonly reason: string; readonly backfilled: readonly string[]; readonly ticks?: readonly BlindTick[]}[];
	readonly isFinished: boolean;
};

export type RollbackState = {
	readonly restorePoint: string;
	readonly reason: string;
	readonly components: readonly string[] | 'all';
	/** What people are told in step 6. */
	readonly messages?: readonly MessagePreview[];
	readonly startedAtMs: number;
	readonly steps: readonly {readonly number: RollbackStepNumber; readonly title: string; readonly state: 'waiting' | 'running' | 'done' | 'failed'; readonly detail?: string; readonly startedAtMs?: number; readonly durationMs?: number}[];
	readonly proof?: EventData<'rollback.proved'>;
};

export type RunState = {
	readonly run?: RunId;
	readonly command?: RunCommand;
	readonly version?: string;
	readonly target?: TargetSummary;
	readonly seed?: number;
	readonly speed?: number;
	readonly window: WindowSpec;
	readonly phase: RunPhase;
	readonly startedAtMs?: number;
	readonly finishedAtMs?: number;
	/** The run clock at the last event. */
	readonly nowMs: number;
	readonly windowEndsAtMs?: number;
	readonly steps: ReadonlyMap<TaskId, Step>;
	readonly plan?: {readonly hash: PlanHash; readonly create: number; readonly replace: number; readonly alter: number; readonly unchanged: number; readonly objects: readonly PlannedObject[]};
	readonly production: ProductionState;
	readonly staging: {readonly dataset: string; readonly objects: number; readonly total: number; readonly isRemoved: boolean};
	readonly restorePoint?: RestorePointSummary;
	readonly gate?: {readonly passed: boolean; readonly tests: readonly {readonly task: TaskId; readonly name: string; readonly passed: boolean; readonly durationMs: number; readonly limitMs: number}[]; readonly certificate: string; readonly atMs: number; readonly validUntilMs: number};
	readonly lease?: {readonly epoch: number; readonly holder: string; readonly untilMs: number};
	/** Highest epoch of the lease that this run has held; 0 before the first. */
	readonly lastEpoch: number;
	/** The yes that stands: given by a person or a policy, void once the lease is given back, the plan moves or the run is resumed. */
	readonly approval?: {readonly kind: 'production' | 'rollback'; readonly by: string; readonly atMs: number; readonly planHash?: PlanHash};
	/** The policy of the run: production is changed only after a second person has signed its plan. */
	readonly isSecondPersonRequired: boolean;
	/** The second person of the production question that is open, or of the approval that stands. */
	readonly seconded?: EventData<'approval.seconded'>;
	/** Signatures that count no more: each is good for one question. */
	readonly usedSignatures: readonly JobId[];
	/** Open questions in the order asked. */
	readonly questions: readonly Question[];
	readonly jobs: ReadonlyMap<JobId, {readonly task: TaskId; readonly statement: string; readonly mutates: boolean; readonly authority?: Authority; readonly state: 'intended' | 'accepted' | 'lost' | 'absent' | 'finished'; readonly summary?: JobSummary}>;
	readonly costMicros: number;
	readonly costCapMicros: number;
	readonly billedBytes: number;
	readonly jobCount: number;
	readonly artifacts: readonly {readonly path: string; readonly sha256: string; readonly title: string; readonly task?: TaskId}[];
	readonly artifactsFolder?: string;
	readonly monitor?: MonitorState;
	readonly rollback?: RollbackState;
	readonly finished?: {readonly outcome: Outcome; readonly exitCode: number; readonly sentence: string; readonly healthScore?: number};
	/** Views that are open, in the order they joined. Empty where the run has no supervisor. */
	readonly views: readonly View[];
	/** The view whose keys count. */
	readonly driver?: string;
	/** The view that asked for the wheel last. */
	readonly controlAskedBy?: string;
	readonly lastSeq: number;
};

export type Reduce = (state: RunState, event: JournaledEvent) => RunState;
