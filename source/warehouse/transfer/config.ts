// A scheduled query and its runs as the warehouse keeps them.
import {z} from 'zod';
import {nextFiringMs, parseSchedule} from './schedule.js';

export const transferConfig = z.object({
	/** Last part of the resource name. */
	id: z.string(),
	/** `projects/P/locations/us`. */
	parent: z.string(),
	displayName: z.string(),
	dataset: z.string().optional(),
	query: z.string(),
	/** Other parameters, kept as they came. */
	params: z.record(z.string(), z.unknown()),
	schedule: z.string().optional(),
	startTimeMs: z.number().optional(),
	endTimeMs: z.number().optional(),
	isDisabled: z.boolean(),
	isAutoSchedulingDisabled: z.boolean(),
	serviceAccount: z.string().optional(),
	notifyOnFailure: z.boolean(),
	pubsubTopic: z.string().optional(),
	createdMs: z.number(),
	updatedMs: z.number(),
	nextRunMs: z.number().optional(),
});

export type TransferConfig = z.infer<typeof transferConfig>;

export const transferRun = z.object({
	id: z.string(),
	config: z.string(),
	/** The instant the run stands for: `@run_time`. */
	runTimeMs: z.number(),
	scheduledMs: z.number(),
	startedMs: z.number().optional(),
	endedMs: z.number().optional(),
	state: z.enum(['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED']),
	jobId: z.string().optional(),
	errorMessage: z.string().optional(),
	isManual: z.boolean().default(false),
});

export type TransferRun = z.infer<typeof transferRun>;

export const configName = (config: Pick<TransferConfig, 'parent' | 'id'>): string => `${config.parent}/transferConfigs/${config.id}`;

/** When it fires next, strictly after an instant; undefined when it does not. */
export const nextRunOf = (config: TransferConfig, afterMs: number): number | undefined => {
	const schedule = config.schedule === undefined ? undefined : parseSchedule(config.schedule);
	if (schedule === undefined || config.isDisabled || config.isAutoSchedulingDisabled) {
		return undefined;
	}

	const at = nextFiringMs(schedule, config.startTimeMs ?? config.createdMs, afterMs);
	return config.endTimeMs !== undefined && at > config.endTimeMs ? undefined : at;
};
