// How a task of the window is carried out. `window/` gives these as data with functions; the engine runs them.
import type {Verdict} from '../domain/criterion.js';
import type {ChoiceKind, LogLevel, ProgressPart, Question} from '../domain/events.js';
import type {Failure} from '../domain/failure.js';
import type {CriterionId, JobId, PlanHash} from '../domain/ids.js';
import type {Intent, IntentType} from '../domain/intents.js';
import type {RunState} from '../domain/run-state.js';
import type {TaskSpec} from '../domain/window.js';
import type {Clock} from '../ports/clock.js';
import type {Alerting, Files, Identity, Notifier, Processes} from '../ports/outside.js';
import type {ScheduledQueries} from '../ports/scheduled-queries.js';
import type {JobStatus, MutationAuthority, QueryParameter, Row, Warehouse} from '../ports/warehouse.js';

export type Settings = {
	readonly project: string;
	readonly dataset: string;
	readonly location: string;
	readonly timeZone: string;
	/** LA civil date, YYYY-MM-DD. */
	readonly deploymentDate: string;
	readonly pricePerTibMicros: number;
	readonly expectedDailyCostMicros: number;
	readonly costCapMicros: number;
	readonly maximumBytesBilled: number;
	readonly jobTimeoutMs: number;
	readonly contacts: readonly {readonly name: string; readonly email: string; readonly role: string}[];
	readonly alertEmails: readonly string[];
	/** Length of the window from T0. */
	readonly windowMs: number;
};

export type Ports = {
	readonly warehouse: Warehouse;
	readonly schedules: ScheduledQueries;
	readonly alerting: Alerting;
	readonly identity: Identity;
	readonly notifier: Notifier;
	readonly processes: Processes;
	readonly files: Files;
	readonly clock: Clock;
};

/** A statement run as a journaled job: id chosen and journaled first, adopted when the warehouse knows it already. */
export type StatementRequest = {
	readonly sql: string;
	/** What the log line says: `create or replace procedure select_captions_for_creator`. */
	readonly title: string;
	readonly parameters?: readonly QueryParameter[];
	/** Datasets the statement changes. Production is refused unless the run has approval, lease and a proven restore point. */
	readonly mutates?: readonly string[];
	/** In a `data` step: running it twice changes nothing more than running it once, so it may be repeated after a passing failure. */
	readonly isIdempotent?: boolean;
	/** Clears the ground for what the task does next, such as what its own interrupted life left: an attempt that goes on does it anew. Never on production. */
	readonly isPreparation?: boolean;
	readonly maximumBytesBilled?: number;
	readonly timeoutMs?: number;
	/** Where the statement came from, to turn BigQuery's [line:column] into a place in a file. */
	readonly source?: {readonly path: string; readonly firstLine?: number; readonly text?: string};
};

export type StatementResult<R extends Row = Row> = {
	readonly job: JobStatus;
	readonly rows: readonly R[];
	/** Server-side duration, end minus start. */
	readonly durationMs: number;
	readonly wallMs: number;
};

/** Thrown by a task to fail with a prepared failure; any other throw becomes one by class. */
export class StepFailure extends Error {
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.message);
		this.name = 'StepFailure';
		this.failure = failure;
	}
}

/** Thrown by a task that a wind-down of the run ended before it could finish: it has neither passed nor failed. */
export class StepInterrupted extends Error {
	constructor(reason: string) {
		super(reason);
		this.name = 'StepInterrupted';
	}
}

/** Everything a task may touch. One instance per attempt. */
export type StepContext = {
	readonly task: TaskSpec;
	readonly attempt: number;
	readonly settings: Settings;
	readonly ports: Ports;
	readonly signal: AbortSignal;
	/** Aborts when the run winds down (drain): a task that only waits ends then, one that works goes on to its end. */
	readonly draining: AbortSignal;
	/** The folded state of the run, as of now. */
	readonly state: () => RunState;
	readonly stagingDataset: string;
	readonly artifacts: string;
	/** Root of the package: sql/, agents/, dist/ are below it. */
	readonly root: string;
	readonly planHash: PlanHash | undefined;
	readonly target: 'embedded' | 'bigquery';
	/** True when no person is asked: attestations are then given "by rehearsal" on the embedded target, and left unchecked elsewhere. */
	readonly isUnattended: boolean;
	log: (text: string, level?: LogLevel) => void;
	progress: (change: {readonly done?: number; readonly total?: number; readonly label?: string; readonly parts?: readonly ProgressPart[]}) => void;
	/** Records a verdict; a later one for the same criterion replaces it. */
	decide: (criterion: CriterionId, verdict: Verdict) => void;
	/** Shorthands. `check` decides auto with the evidence when ok, failed with it otherwise, and returns ok. */
	check: (criterion: CriterionId, ok: boolean, evidence: string) => boolean;
	notApplicable: (criterion: CriterionId, reason: string) => void;
	/** Asks a person; on an unattended embedded run attests "by rehearsal". */
	attest: (criterion: CriterionId, text: string, prefilled: string) => Promise<void>;
	/** Runs a statement as a journaled job; throws StepFailure when it fails. */
	run: <R extends Row = Row>(request: StatementRequest) => Promise<StatementResult<R>>;
	/** Writes a file below the artifacts folder and journals it. Returns its absolute path. */
	writeArtifact: (name: string, content: string, title: string, mode?: number) => Promise<string>;
	/** Keeps a text beside the journal under its SHA-256, which it returns in hex. */
	readonly keep: (content: string) => Promise<string>;
	/** Writes plan.json of the run. Each plan ever frozen stays as a blob; the file is the newest. Returns its absolute path. */
	writePlan: (content: string) => Promise<string>;
	/** Emits any other run event (restore point, gate, staging, production, monitor …). */
	emit: (event: import('../domain/events.js').RunEvent) => Promise<void>;
	/** Values handed from one task to later ones of the same process; durable facts belong into events or artifacts. */
	readonly memory: Map<string, unknown>;
	/** Job ids this attempt has submitted, in order. */
	readonly jobs: () => readonly JobId[];
	/** What a change of production carries; re-checks the lease. Throws StepFailure when lease, proven restore point or plan is missing. */
	readonly authority: () => Promise<MutationAuthority>;
	/** Asks a person and waits; resolves with `closed` when the question is closed without an answer. */
	readonly ask: (question: Question) => Promise<Answer>;
	/** Calls back for every intent of that type while the task runs. */
	readonly onIntent: <Type extends IntentType>(type: Type, listener: (intent: Extract<Intent, {readonly type: Type}>) => void) => Disposable;
};

/** What became of a question. */
export type Answer =
	| {readonly kind: 'started'; readonly by: string}
	| {readonly kind: 'confirmed'; readonly by: string; readonly reason: string}
	| {readonly kind: 'rejected'; readonly by: string}
	| {readonly kind: 'chosen'; readonly by: string; readonly choice: ChoiceKind; readonly reason: string}
	| {readonly kind: 'attested'; readonly by: string; readonly note: string}
	| {readonly kind: 'closed'; readonly reason: string};

export type Task = {
	readonly spec: TaskSpec;
	/** Does the work and decides the criteria. Resolves with the one-line summary for the tree. */
	readonly run: (context: StepContext) => Promise<string>;
	/** What the person who approves has to know; asked before `run` when `spec.needsApproval`. Changes nothing. */
	readonly approval?: (context: StepContext) => Promise<import('../domain/events.js').ProductionQuestion>;
	/** The part of that which can move while it is looked at. Read again and again while the question is open, so it is cheap; the whole of it where there is no such part. */
	readonly changes?: (context: StepContext) => Promise<import('../domain/events.js').PlannedChanges>;
};

export type WindowTasks = readonly Task[];
