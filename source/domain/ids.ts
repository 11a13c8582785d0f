// Branded identifiers: strings that may not be swapped for one another by accident.

declare const brand: unique symbol;

export type Brand<Value, Name extends string> = Value & {readonly [brand]: Name};

/** Identifier of one run of the window: four or more lower-case hex digits, for example `7f3a91c2`. */
export type RunId = Brand<string, 'RunId'>;

/** Identifier of a task of the window as the operator reads it: `0.1`, `2A.3`, `5.1`, or a gate test `3.2`. */
export type TaskId = Brand<string, 'TaskId'>;

/** Identifier of a phase: `0`, `1`, `2A`, `2B`, `3`, `4`, `5`. */
export type PhaseId = Brand<string, 'PhaseId'>;

/** Identifier of an acceptance criterion: task id, slash, kebab-case name, for example `2A.3/idempotent`. */
export type CriterionId = Brand<string, 'CriterionId'>;

/** Hash of the plan that an approval is bound to: eight lower-case hex digits, shown as `7f3a-91c2`. */
export type PlanHash = Brand<string, 'PlanHash'>;

/** Client-chosen BigQuery job id. */
export type JobId = Brand<string, 'JobId'>;

export const runId = (value: string): RunId => value as RunId;
export const taskId = (value: string): TaskId => value as TaskId;
export const phaseId = (value: string): PhaseId => value as PhaseId;
export const criterionId = (value: string): CriterionId => value as CriterionId;
export const planHash = (value: string): PlanHash => value as PlanHash;
export const jobId = (value: string): JobId => value as JobId;

/** Shows a plan hash in two groups, as it is typed into the production phrase. */
export const formatPlanHash = (hash: PlanHash): string => `${hash.slice(0, 4)}-${hash.slice(4)}`;
