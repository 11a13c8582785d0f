// A warehouse port in memory for tests of the engine: jobs by id, scripted answers and failures. No SQL is understood.
import type {JobId} from '../../../source/domain/ids.js';
import {WarehouseError, type DatasetInfo, type JobSpec, type JobStatus, type Row, type Warehouse} from '../../../source/ports/warehouse.js';

export type ScriptedAnswer = {
	readonly rows?: readonly Row[];
	readonly error?: NonNullable<JobStatus['error']>;
	/** Thrown by `submit` before the job exists. */
	readonly refuse?: WarehouseError;
	/** The job exists, and its answer is lost on the way. */
	readonly lose?: WarehouseError;
	readonly billedBytes?: number;
	readonly statementType?: string;
};

export type MemoryWarehouse = Warehouse & {
	/** Every accepted submission, in order: one entry a job that really ran. */
	readonly ran: JobSpec[];
	/** Every call of `submit`, repeats included. */
	readonly submissions: JobSpec[];
	readonly datasets: Map<string, DatasetInfo>;
	readonly cancelled: JobId[];
	/** Jobs stay RUNNING until released. */
	hold: boolean;
	release: () => void;
};

/** Builds one; `answer` decides what each statement does, by statement and by how often it was submitted. */
export const createMemoryWarehouse = (answer: (spec: JobSpec, count: number) => ScriptedAnswer = () => ({})): MemoryWarehouse => {
	const jobs = new Map<JobId, {status: JobStatus; rows: readonly Row[]}>();
	const counts = new Map<string, number>();
	let releaseAll: (() => void)[] = [];
	const warehouse: MemoryWarehouse = {
		project: 'test-project',
		location: 'US',
		ran: [],
		submissions: [],
		datasets: new Map(),
		cancelled: [],
		hold: false,
		release() {
			for (const release of releaseAll) {
				release();
			}

			releaseAll = [];
		},
		async submit(spec) {
			warehouse.submissions.push(spec);
			if (jobs.has(spec.id)) {
				throw new WarehouseError('duplicate', `Already Exists: Job ${spec.id}`);
			}

			const count = (counts.get(spec.sql) ?? 0) + 1;
			counts.set(spec.sql, count);
			const scripted = answer(spec, count);
			if (scripted.refuse !== undefined) {
				throw scripted.refuse;
			}

			const status: JobStatus = {id: spec.id, state: 'DONE', statementType: scripted.statementType ?? 'SELECT', createdMs: 1000, startedMs: 1000, endedMs: 1010, billedBytes: scripted.billedBytes ?? 0, processedBytes: 0, childJobs: 0, ...(scripted.error === undefined ? {} : {error: scripted.error})};
			jobs.set(spec.id, {status, rows: scripted.rows ?? []});
			warehouse.ran.push(spec);
			if (scripted.lose !== undefined) {
				throw scripted.lose;
			}

			return {...status, state: 'PENDING'};
		},
		findJob: async id => jobs.get(id)?.status,
		async waitForJob(id, signal) {
			const job = jobs.get(id);
			if (job === undefined) {
				throw new WarehouseError('not-found', `Not found: Job ${id}`);
			}

			if (warehouse.hold) {
				await new Promise<void>((resolve, reject) => {
					releaseAll.push(resolve);
					signal?.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
				});
			}

			return job.status;
		},
		readRows: async <R extends Row = Row>(id: JobId) => ({rows: (jobs.get(id)?.rows ?? []) as readonly R[], schema: []}),
		listChildJobs: async () => [],
		listRunningJobs: async () => [],
		listJobs: async () => [],
		async cancelJob(id) {
			warehouse.cancelled.push(id);
		},
		async query() {
			throw new WarehouseError('invalid', 'not scripted');
		},
		dryRun: async () => ({totalBytes: 0, statementType: 'SELECT', schema: []}),
		findDataset: async dataset => warehouse.datasets.get(dataset),
		async createDataset(dataset, {labels}) {
			const info: DatasetInfo = {dataset, location: 'US', labels: labels ?? {}, etag: '1'};
			warehouse.datasets.set(dataset, info);
			return info;
		},
		async deleteScratchDataset(dataset) {
			warehouse.datasets.delete(dataset);
		},
		async setDatasetLabels(dataset) {
			return warehouse.datasets.get(dataset)!;
		},
		listDatasets: async () => [...warehouse.datasets.keys()],
		listTables: async () => [],
		findTable: async () => undefined,
		listRoutines: async () => [],
		testPermissions: async (_dataset, permissions) => permissions,
	};
	return warehouse;
};
