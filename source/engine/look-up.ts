// Finding out what became of a job whose answer was lost: by its id, and by nothing else.
import type {JobId, TaskId} from '../domain/ids.js';
import {unresolvedJobs} from '../domain/step-transitions.js';
import type {JobStatus} from '../ports/warehouse.js';
import type {EventStream} from './event-stream.js';
import {failureOf} from './job-failure.js';
import type {JobTimings} from './run-job.js';
import type {Ports} from './task.js';

export type LookUpEnvironment = {
	readonly stream: EventStream;
	readonly ports: Pick<Ports, 'warehouse' | 'clock'>;
	readonly timings: Pick<JobTimings, 'absentPausesMs'>;
};

export type LookUp =
	| {readonly kind: 'found'; readonly job: JobStatus; readonly finding: string}
	| {readonly kind: 'absent'; readonly finding: string}
	/** The warehouse can't be asked: nothing is known still. */
	| {readonly kind: 'unanswered'; readonly finding: string};

/** A job that is not there is asked for again after each pause: one that was on its way may still turn up. */
export const findSurely = async ({ports, timings}: Omit<LookUpEnvironment, 'stream'>, id: JobId): Promise<JobStatus | undefined> => {
	for (let look = 0; ; look += 1) {
		const found = await ports.warehouse.findJob(id);
		const pauseMs = timings.absentPausesMs[look];
		if (found !== undefined || pauseMs === undefined) {
			return found;
		}

		await ports.clock.pause(pauseMs);
	}
};

/** Looks one job up and journals what was found. Never throws for a warehouse that can't be asked. */
export const lookUp = async (environment: LookUpEnvironment, id: JobId): Promise<LookUp> => {
	const {stream} = environment;
	const known = stream.state().jobs.get(id);
	if (known === undefined) {
		throw new TypeError(`The run knows no job ${id}.`);
	}

	let job: JobStatus | undefined;
	try {
		job = await findSurely(environment, id);
	} catch (error) {
		return {kind: 'unanswered', finding: `${id} can not be looked up: ${failureOf(error).message}`};
	}

	if (job === undefined) {
		await stream.emit({type: 'job.absent', data: {task: known.task, job: id}});
		return {kind: 'absent', finding: `${id} never started; it is submitted when its step runs again`};
	}

	await stream.emit({type: 'job.accepted', data: {task: known.task, job: id, adopted: true}});
	return {kind: 'found', job, finding: `${id} was ${known.state}, is ${job.state}${job.error === undefined ? '' : ` (${job.error.reason})`}: adopted`};
};

/**
 * Looks up all jobs of a task whose answer was lost, before it is started again.
 * @returns what can't be told yet: the first job that nobody could be asked about; undefined when all is known.
 */
export const lookUpTask = async (environment: LookUpEnvironment, task: TaskId): Promise<{readonly job: JobId; readonly finding: string} | undefined> => {
	for (const job of unresolvedJobs(environment.stream.state(), task)) {
		const result = await lookUp(environment, job);
		if (result.kind === 'unanswered') {
			return {job, finding: result.finding};
		}
	}

	return undefined;
};
