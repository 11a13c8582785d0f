// Writes job records behind the work, many in one go, and says when they are all down.
import type {Database, JobRecord} from '../contract.js';

export type JobLedger = {
	/** Resolves when this version of the record, or a later one, is stored. */
	save: (record: JobRecord) => Promise<void>;
	/** Resolves when everything saved so far is stored. */
	settled: () => Promise<void>;
};

export const createJobLedger = (jobs: Pick<Database['jobs'], 'save'>): JobLedger => {
	let waiting = new Map<string, JobRecord>();
	let flushing: Promise<void> | undefined;
	const flush = async (): Promise<void> => {
		while (waiting.size > 0) {
			const batch = [...waiting.values()];
			waiting = new Map();
			await jobs.save(batch);
		}
	};

	const settled = async (): Promise<void> => {
		if (flushing === undefined && waiting.size > 0) {
			flushing = flush().finally(() => {
				flushing = undefined;
			});
		}

		await flushing;
	};

	return {
		async save(record) {
			waiting.set(record.jobId, record);
			await settled();
		},
		settled,
	};
};
