// The warehouse port over tables in memory: it answers the agents' statements and records every job. What BigQuery
// itself does is tested through the embedded warehouse; here the agents are, without one.
import {jobId, type JobId} from '../../../source/domain/ids.js';
import type {Clock} from '../../../source/ports/clock.js';
import {WarehouseError, type JobSpec, type JobStatus, type Row, type Warehouse} from '../../../source/ports/warehouse.js';

export type LockRow = {readonly scheduleId: string; readonly page: string; readonly captionId: string; readonly date: string; isActive: boolean; reason?: string};
export type StoredSchedule = {readonly scheduleId: string; readonly page: string; readonly json: string};
export type ExportRow = Readonly<Record<string, unknown>>;

export type PageFacts = {
	readonly size: string;
	readonly zone: string;
	readonly score: number;
	readonly segment: string;
	/** Counters of the last days: newest first. */
	readonly days?: readonly {readonly messages: number; readonly viewed: number; readonly purchased: number}[];
};

/** Makes the next `times` jobs whose SQL holds `sqlPart` fail. */
export type Fault = {readonly sqlPart: string; times: number; readonly error: WarehouseError | {readonly reason: string; readonly message: string}; readonly page?: string; readonly isAfterwards?: boolean};

type Answer = {readonly rows?: readonly Row[]; readonly affectedRows?: number; readonly error?: {readonly reason: string; readonly message: string}};

export type RecordedWarehouse = Warehouse & {
	readonly jobs: JobSpec[];
	readonly locks: LockRow[];
	readonly schedules: StoredSchedule[];
	readonly exports: ExportRow[];
	/** What schedules were marked as after their export. */
	readonly statusOf: ReadonlyMap<string, string>;
	/** Parameters of the statements that raise alerts. */
	readonly alerts: ExportRow[];
	readonly faults: Fault[];
	readonly activeJobs: () => {readonly most: number};
};

export type RecordedOptions = {readonly pages: Readonly<Record<string, PageFacts>>; readonly clock: Clock; readonly latencyMs?: number; readonly captionsPerTier?: number};

const parametersOf = (spec: JobSpec): Readonly<Record<string, any>> => Object.fromEntries((spec.parameters ?? []).map(({name, value}) => [name, value]));

const dayMs = 86_400_000;
const tiers = ['budget', 'mid', 'premium', 'bump'] as const;

export const createRecordedWarehouse = ({pages, clock, latencyMs = 0, captionsPerTier = 400}: RecordedOptions): RecordedWarehouse => {
	const jobs: JobSpec[] = [];
	const locks: LockRow[] = [];
	const schedules: StoredSchedule[] = [];
	const exports: ExportRow[] = [];
	const alerts: ExportRow[] = [];
	const faults: Fault[] = [];
	const statusOf = new Map<string, string>();
	const statuses = new Map<JobId, {readonly status: JobStatus; readonly rows: readonly Row[]}>();
	let active = 0;
	let most = 0;

	const usedIds = (): ReadonlySet<string> => new Set(locks.filter(lock => lock.isActive || lock.reason === 'PAST_SEND_DATE').map(lock => lock.captionId));

	const select = (given: Readonly<Record<string, any>>): Answer => {
		const used = usedIds();
		const pick = (tier: (typeof tiers)[number], wanted: number): readonly Row[] =>
			Array.from({length: captionsPerTier}, (_, index) => index)
				.map(index => ({id: String(9_000_000_000_001n + BigInt(tiers.indexOf(tier) * captionsPerTier + index)), index}))
				.filter(({id}) => !used.has(id))
				.slice(0, wanted)
				.map(({id, index}) => ({caption_id: BigInt(id), caption_text: `${tier} ${index}, "quoted" 🔥`, tier, content_category: `category ${index % 9}`, has_urgency: index === 3, thompson_score: 0.5, final_score: (index % 100) / 100, strategy: index % 5 === 4 ? 'explore' : 'exploit', debug: {exploration_value: 0.5}}));
		return {rows: tiers.flatMap(tier => pick(tier, given[`num_${tier}`]))};
	};

	const lock = (given: Readonly<Record<string, any>>): Answer => {
		const wanted = given['assignments'] as {caption_id: string; scheduled_send_date: string}[];
		const near = (left: string, right: string): boolean => Math.abs(Date.parse(left) - Date.parse(right)) <= 7 * dayMs;
		const mine = (row: LockRow, item: {caption_id: string}): boolean => row.isActive && row.captionId === item.caption_id && row.scheduleId === given['schedule_id'];
		const conflicts = wanted.filter(item => locks.some(row => row.captionId === item.caption_id && !mine(row, item) && (row.isActive || row.reason === 'PAST_SEND_DATE') && near(row.date, item.scheduled_send_date)));
		if (conflicts.length > 0) {
			return {error: {reason: 'invalidQuery', message: `EROS_LOCK_CONFLICT: ATOMIC ROLLBACK – ${conflicts.length} of ${wanted.length} blocked by 7-day conflicts: ${conflicts.slice(0, 5).map(item => item.caption_id).join(', ')} at [test-project.eros_staging_7f3a.lock_caption_assignments:101:7]`}};
		}

		const missing = wanted.filter(item => !locks.some(row => mine(row, item)));
		locks.push(...missing.map(item => ({scheduleId: given['schedule_id'], page: given['page_name'], captionId: item.caption_id, date: item.scheduled_send_date, isActive: true})));
		return {rows: [{requested: wanted.length, inserted: missing.length, already_present: wanted.length - missing.length}]};
	};

	const release = (matches: (row: LockRow) => boolean): Answer => {
		const found = locks.filter(row => row.isActive && matches(row) && schedules.every(schedule => schedule.scheduleId !== row.scheduleId));
		for (const row of found) {
			row.isActive = false;
			row.reason = 'ROLLBACK';
		}

		return {affectedRows: found.length};
	};

	const answer = (spec: JobSpec): Answer => {
		const given = parametersOf(spec);
		const facts = pages[given['page_name']] ?? {size: 'MICRO', zone: 'GREEN', score: 0, segment: 'EXPLORATORY'};
		if (spec.sql.includes('analyze_creator_performance')) {
			return {rows: [{report: JSON.stringify({account_size: facts.size, saturation_status: facts.zone, saturation_score: facts.score, avg_emv: 45.67, recommended_ppv: 12, recommended_bump: 8, behavioral_segment: {segment_label: facts.segment}, time_window_optimization: [], data_freshness: null})}]};
		}

		if (spec.sql.includes('.mass_messages`')) {
			return {rows: (facts.days ?? []).map((day, daysAgo) => ({days_ago: daysAgo, ...day}))};
		}

		if (spec.sql.includes('select_captions_for_creator')) {
			return select(given);
		}

		if (spec.sql.includes('lock_caption_assignments')) {
			return lock(given);
		}

		if (spec.sql.includes('SET status = @status')) {
			statusOf.set(given['schedule_id'], given['status']);
			return {affectedRows: 1};
		}

		if (spec.sql.startsWith('UPDATE')) {
			return release(given['schedule_id'] === undefined ? row => row.page === given['page_name'] : row => row.scheduleId === given['schedule_id']);
		}

		if (spec.sql.startsWith('MERGE')) {
			if (schedules.every(schedule => schedule.scheduleId !== given['schedule_id'])) {
				schedules.push({scheduleId: given['schedule_id'], page: given['page_name'], json: given['schedule_json']});
			}

			return {affectedRows: 1};
		}

		if (spec.sql.includes('automation_alerts')) {
			alerts.push(given);
			return {affectedRows: 1};
		}

		if (spec.sql.startsWith('INSERT')) {
			exports.push(given);
			return {affectedRows: 1};
		}

		if (spec.sql.startsWith('SELECT CAST(caption_id AS STRING)')) {
			return {rows: locks.filter(row => row.scheduleId === given['schedule_id'] && (row.isActive || row.reason === 'PAST_SEND_DATE')).map(row => ({caption_id: row.captionId}))};
		}

		if (spec.sql.includes('DISTINCT CAST(caption_id')) {
			return {rows: (given['caption_ids'] as string[]).filter(id => locks.some(row => row.captionId === id && row.isActive && row.scheduleId !== given['schedule_id'])).map(id => ({caption_id: id}))};
		}

		if (spec.sql.includes('TO_JSON_STRING(schedule_json)')) {
			return {rows: schedules.filter(schedule => schedule.scheduleId === given['schedule_id']).map(schedule => ({schedule_json: schedule.json}))};
		}

		if (spec.sql.includes('schedule_export_log')) {
			return {rows: exports.filter(row => row['schedule_id'] === given['schedule_id'] && row['status'] === 'SUCCESS').map(row => ({export_format: row['export_format']}))};
		}

		return {rows: []};
	};

	const faultFor = (spec: JobSpec): Fault | undefined => {
		const found = faults.find(fault => fault.times > 0 && spec.sql.includes(fault.sqlPart) && (fault.page === undefined || parametersOf(spec)['page_name'] === fault.page));
		if (found) {
			found.times -= 1;
		}

		return found;
	};

	const submit = async (spec: JobSpec): Promise<JobStatus> => {
		if (statuses.has(spec.id)) {
			throw new WarehouseError('duplicate', `Already Exists: Job ${spec.id}`);
		}

		jobs.push(spec);
		const fault = faultFor(spec);
		if (fault?.error instanceof WarehouseError && !fault.isAfterwards) {
			throw fault.error;
		}

		const result: Answer = fault && !(fault.error instanceof WarehouseError) ? {error: fault.error} : answer(spec);
		const status: JobStatus = {id: spec.id, state: 'DONE', createdMs: 0, billedBytes: 0, processedBytes: 0, childJobs: 0, ...(result.affectedRows !== undefined && {affectedRows: result.affectedRows}), ...(result.error && {error: result.error})};
		statuses.set(spec.id, {status, rows: result.rows ?? []});
		if (fault?.error instanceof WarehouseError) {
			throw fault.error;
		}

		return status;
	};

	const unused = async (): Promise<never> => {
		throw new Error('The agents do not use this.');
	};

	return {
		jobs,
		locks,
		schedules,
		exports,
		statusOf,
		alerts,
		faults,
		activeJobs: () => ({most}),
		project: 'test-project',
		location: 'US',
		submit,
		findJob: async id => statuses.get(id)?.status,
		async waitForJob(id, signal) {
			active += 1;
			most = Math.max(most, active);
			if (latencyMs > 0) {
				await clock.pause(latencyMs, signal);
			}

			active -= 1;
			return statuses.get(jobId(id))!.status;
		},
		readRows: async <R extends Row>(id: JobId) => ({rows: statuses.get(id)!.rows as readonly R[], schema: []}),
		listChildJobs: async () => [],
		listRunningJobs: async () => [],
		listJobs: async () => [],
		cancelJob: unused,
		query: unused,
		dryRun: unused,
		findDataset: unused,
		createDataset: unused,
		deleteScratchDataset: unused,
		setDatasetLabels: unused,
		listDatasets: unused,
		listTables: unused,
		findTable: unused,
		listRoutines: unused,
		testPermissions: unused,
	};
};
