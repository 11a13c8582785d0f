// Takes the staging dataset away again when a run is given up before production.
import type {RunEnvironment} from './step-context.js';
import {failureOf} from './job-failure.js';

/** Where the lanes of a run deploy before anything touches production. */
export const stagingName = (dataset: string, run: string): string => `${dataset}_staging_${run}`;

/** Removes the staging dataset and its scheduled queries. What can't be removed is told, never fatal: nothing points at it. */
export const removeStaging = async (environment: RunEnvironment): Promise<void> => {
	const {ports, stagingDataset, stream} = environment;
	const {objects, total, isRemoved} = stream.state().staging;
	if (isRemoved) {
		return;
	}

	try {
		if (await ports.warehouse.findDataset(stagingDataset) === undefined) {
			return;
		}

		for (const schedule of await ports.schedules.list(stagingDataset)) {
			await ports.schedules.remove(schedule.name);
		}

		await ports.warehouse.deleteScratchDataset(stagingDataset);
		await stream.emit({type: 'staging.changed', data: {objects, total, removed: true}});
	} catch (error) {
		stream.tell({type: 'log.written', data: {level: 'warning', text: `Staging ${stagingDataset} could not be removed: ${failureOf(error).message}`}});
	}
};
