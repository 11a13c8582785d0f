// One sample of the deployed system, and the red flags read from it.

export type HealthBand = 'HEALTHY' | 'WATCH' | 'ALERT' | 'ROLLBACK' | 'UNKNOWN';

/** Bands of domain.md 8.2; exactly 90 is healthy, undefined is UNKNOWN. */
export const bandOf = (score: number | undefined): HealthBand =>
	score === undefined ? 'UNKNOWN' : score >= 90 ? 'HEALTHY' : score >= 80 ? 'WATCH' : score >= 70 ? 'ALERT' : 'ROLLBACK';

export type HealthComponent = {
	readonly name: 'errors' | 'latency' | 'freshness' | 'integrity' | 'capacity';
	readonly weight: number;
	/** Undefined when the component's query failed: it then counts 0 and the status is degraded. */
	readonly points?: number;
	/** What the points were read from, in words: "0.3% of 368 jobs". */
	readonly detail: string;
};

export type CostSample = {
	/** All money is in micro-dollars, so that sums are exact. */
	readonly last24hMicros: number;
	readonly todayMicros: number;
	readonly sinceDeployMicros: number;
	readonly projected24hMicros: number;
	readonly billedBytes: number;
	readonly drivers: readonly {readonly name: string; readonly micros: number}[];
};

export type MonitorSample = {
	/** 1-based number of the sample in the run's plan of samples. */
	readonly index: number;
	/** UTC epoch milliseconds of the warehouse's clock. */
	readonly atMs: number;
	/** Time since T0 at which the sample was due. */
	readonly dueOffsetMs: number;
	/** Undefined: the health query failed (no-data). */
	readonly score?: number;
	readonly band: HealthBand;
	readonly components: readonly HealthComponent[];
	readonly cost?: CostSample;
	readonly jobs: {readonly finished: number; readonly failed: number; readonly p50Ms?: number; readonly p95Ms?: number};
	/** Rows that break a rule of integrity, of whatever kind. */
	readonly integrityViolations?: number;
	/** Those among them that are corruption: schedules that can't be read, and messages that are gone. */
	readonly corruptRows?: number;
	readonly availableCaptions?: number;
	readonly driftedObjects?: number;
	readonly checkedObjects?: number;
	readonly schedulesCreated?: number;
	readonly exports?: {readonly succeeded: number; readonly failed: number};
	readonly topErrors: readonly {readonly message: string; readonly count: number}[];
	readonly scheduleRuns: readonly {readonly name: string; readonly lastRunMs?: number; readonly state: 'ok' | 'failed' | 'none'}[];
};

/** A planned sample that nobody took, as far as the job history still knows it. */
export type BlindTick = {readonly dueOffsetMs: number; readonly sinceDeployMicros: number; readonly jobsFinished: number; readonly jobsFailed: number};

/** A three-valued rule. `no-data` blocks the green verdict and is never read as ok; twice in a row it is `blind`, as red as a breach, and asks. */
export type RedFlag = {
	readonly id: 'health' | 'cost' | 'error-rate' | 'corruption';
	/** "health < 70, twice in a row". */
	readonly rule: string;
	readonly state: 'ok' | 'question' | 'breach' | 'no-data' | 'blind';
	/** Value and evidence in words: "65 and 61", "2 rows, caption 9000000000123 locked twice". */
	readonly detail: string;
	/** The explanation tree, one level. */
	readonly because: readonly string[];
};

export type Recommendation = 'continue' | 'ask' | 'roll-back';

export type CheckpointId = 'T+0h' | 'T+2h' | 'T+4h' | 'T+8h' | 'T+12h' | 'T+24h';
