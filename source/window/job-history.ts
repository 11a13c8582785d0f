// What the warehouse itself says of a run's jobs, found by their labels.
import {labelJob} from '../engine/job-id.js';
import type {StepContext} from '../engine/task.js';
import {taskId, type RunId} from '../domain/ids.js';
import type {QueryParameter} from '../ports/warehouse.js';
import {runSqlFile} from './smoke.js';

export type JobCounts = {
	readonly jobs: number;
	/** Failed and not made good by a repetition. */
	readonly failed: number;
	/** Failures that a repetition made good. */
	readonly madeGood: number;
	readonly destructive: number;
	readonly firstError: string;
};

const marginMs = 3_600_000;

const runParameters = (context: StepContext): readonly QueryParameter[] => [
	{name: 'run', type: 'STRING', value: labelJob({run: (context.state().run ?? '') as RunId, epoch: 1, task: context.task.id})['eros_run'] ?? ''},
	// The label finds the run; the instant only keeps the history's scan small, whatever the two clocks say.
	{name: 'since', type: 'TIMESTAMP', value: new Date((context.state().startedAtMs ?? marginMs) - marginMs).toISOString()},
];

/** Counts the jobs of one step of this run, or of all of them when `step` is empty. */
export const countJobs = async (context: StepContext, step: string): Promise<JobCounts> => {
	const label = step === '' ? '' : labelJob({run: (context.state().run ?? '') as RunId, epoch: 1, task: taskId(step)})['eros_step'] ?? '';
	const {rows: [row]} = await runSqlFile(context, {file: 'sql/monitoring/run_jobs.sql', dataset: context.settings.dataset, title: `count the jobs of ${step === '' ? 'this run' : step} in the job history`, parameters: [...runParameters(context), {name: 'step', type: 'STRING', value: label}]});
	return {jobs: Number(row?.['jobs'] ?? 0), failed: Number(row?.['failed'] ?? 0), madeGood: Number(row?.['made_good'] ?? 0), destructive: Number(row?.['destructive'] ?? 0), firstError: String(row?.['first_error'] ?? '')};
};

/**
 * When the restore point's proof had ended and when production was first changed, by the clock of the warehouse.
 * An instant is undefined when the history holds no such job.
 */
export const readFirstChange = async (context: StepContext): Promise<{readonly provenAt: string | undefined; readonly firstChangeAt: string | undefined}> => {
	const {rows: [row]} = await runSqlFile(context, {file: 'sql/monitoring/first_change.sql', dataset: context.settings.dataset, title: 'first change of production in the job history', parameters: [...runParameters(context), {name: 'scratch', type: 'STRING', value: '_scratch_'}, {name: 'backup', type: 'STRING', value: '_backup_'}]});
	const instant = (value: unknown): string | undefined => (value === null || value === undefined ? undefined : String(value));
	return {provenAt: instant(row?.['proven_at']), firstChangeAt: instant(row?.['first_change_at'])};
};
