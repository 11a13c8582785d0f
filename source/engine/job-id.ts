// The name of a job, known before it is submitted: a second submission of the same work carries the same name, is
// answered 409 by the warehouse and adopted instead of run twice.
import {createHash} from 'node:crypto';
import {jobId, type JobId, type RunId, type TaskId} from '../domain/ids.js';

export type JobName = {
	readonly run: RunId;
	readonly epoch: number;
	readonly task: TaskId;
	/** 1-based number of the statement in the attempt of its task. */
	readonly statement: number;
	readonly sqlSha256: string;
	/** Rises only after a terminal failure. */
	readonly attempt: number;
};

/** A statement with its parameters as one text, as it is hashed and kept: SQL, a NUL, the parameters as JSON. */
export const statementText = (sql: string, parameters: unknown): string =>
	`${sql}\0${JSON.stringify(parameters ?? [], (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`;

/** SHA-256 in hex of a statement and its parameters. */
export const hashStatement = (sql: string, parameters: unknown): string => createHash('sha256').update(statementText(sql, parameters)).digest('hex');

/** `eros_7f3a91c2_1_2A3_s4_9f2c5e01ab37_a1`; letters, digits, dashes and underscores only, as BigQuery asks. */
export const nameJob = ({run, epoch, task, statement, sqlSha256, attempt}: JobName): JobId =>
	jobId(`eros_${run}_${epoch}_${task.replaceAll(/[^\dA-Za-z]/g, '')}_s${statement}_${sqlSha256.slice(0, 12)}_a${attempt}`);

/** Labels of a job: lower-case letters, digits, dashes and underscores, at most 63 characters each. */
export const labelJob = ({run, epoch, task}: Pick<JobName, 'run' | 'epoch' | 'task'>): Readonly<Record<string, string>> => ({
	eros_run: run.toLowerCase(),
	eros_step: task.toLowerCase().replaceAll(/[^\d_a-z-]/g, '-'),
	eros_epoch: String(epoch),
});
