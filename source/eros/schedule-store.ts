// What a schedule leaves in the warehouse: locks for all its messages, one header row, and nothing when it fails.
import {AgentFailure, type AgentContext} from './agent.js';
import {findFieldProblems, formatFieldProblem} from './envelope-problems.js';
import {scheduleSchema, type Schedule} from './envelope.js';
import {scheduleIdEnding} from './schedule-envelope.js';
import type {ScheduledMessage} from './schedule/message.js';
import {runStatement} from './statements.js';
import type {Turns} from './turns.js';

const agent = 'schedule_builder';

const lockSql = `CALL \`{dataset}.lock_caption_assignments\`(@schedule_id, @page_name, @assignments);`;

// Only locks without a header row: a schedule whose saving was answered late keeps what it holds.
const releaseSql = `UPDATE \`{dataset}.active_caption_assignments\`
SET is_active = FALSE, deactivated_at = CURRENT_TIMESTAMP(), deactivation_reason = 'ROLLBACK'
WHERE schedule_id = @schedule_id
  AND is_active
  AND schedule_id NOT IN (SELECT r.schedule_id FROM \`{dataset}.schedule_recommendations\` AS r)`;

// Ids of this house end in four hex digits; locks of other tools are not ours to release.
const releaseOrphansSql = `UPDATE \`{dataset}.active_caption_assignments\`
SET is_active = FALSE, deactivated_at = CURRENT_TIMESTAMP(), deactivation_reason = 'ROLLBACK'
WHERE page_name = @page_name
  AND is_active
  AND REGEXP_CONTAINS(schedule_id, r'^sched_\\d{8}_\\d{6}_.*_[0-9a-f]{4}$')
  AND assigned_at < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL @minutes MINUTE)
  AND schedule_id NOT IN (SELECT r.schedule_id FROM \`{dataset}.schedule_recommendations\` AS r)`;

const countOrphansSql = `SELECT page_name, COUNT(*) AS locks FROM \`{dataset}.active_caption_assignments\`
WHERE is_active
  AND REGEXP_CONTAINS(schedule_id, r'^sched_\\d{8}_\\d{6}_.*_[0-9a-f]{4}$')
  AND schedule_id NOT IN (SELECT r.schedule_id FROM \`{dataset}.schedule_recommendations\` AS r)
GROUP BY page_name ORDER BY page_name`;

const releaseAllOrphansSql = `UPDATE \`{dataset}.active_caption_assignments\`
SET is_active = FALSE, deactivated_at = CURRENT_TIMESTAMP(), deactivation_reason = 'ROLLBACK'
WHERE is_active
  AND REGEXP_CONTAINS(schedule_id, r'^sched_\\d{8}_\\d{6}_.*_[0-9a-f]{4}$')
  AND schedule_id NOT IN (SELECT r.schedule_id FROM \`{dataset}.schedule_recommendations\` AS r)`;

const conflictsSql = `SELECT DISTINCT CAST(caption_id AS STRING) AS caption_id
FROM \`{dataset}.active_caption_assignments\`
WHERE caption_id IN UNNEST(@caption_ids)
  AND (is_active OR deactivation_reason IN ('PAST_SEND_DATE', 'STALE_7DAY'))
  AND IFNULL(scheduled_send_date, assigned_date) BETWEEN DATE_SUB(@week_start, INTERVAL 7 DAY) AND DATE_ADD(@week_start, INTERVAL 13 DAY)
  AND IFNULL(schedule_id, '') != @schedule_id`;

const heldSql = `SELECT CAST(caption_id AS STRING) AS caption_id
FROM \`{dataset}.active_caption_assignments\`
WHERE schedule_id = @schedule_id
  AND (is_active OR deactivation_reason = 'PAST_SEND_DATE')`;

const saveSql = `MERGE \`{dataset}.schedule_recommendations\` AS stored
USING (
  SELECT
    @schedule_id AS schedule_id,
    (SELECT COUNT(*) + 1 FROM \`{dataset}.schedule_recommendations\` AS earlier WHERE earlier.page_name = @page_name AND earlier.week_start = @week_start) AS version
) AS built
ON stored.schedule_id = built.schedule_id
WHEN NOT MATCHED THEN
  INSERT (schedule_id, page_name, created_at, week_start, account_size, saturation_zone, saturation_score, total_messages, total_ppvs, total_bumps, schedule_json, status, is_active, generated_by, version, notes)
  VALUES (built.schedule_id, @page_name, CURRENT_TIMESTAMP(), @week_start, @account_size, @saturation_zone, @saturation_score, @total_messages, @total_ppvs, @total_bumps, PARSE_JSON(@schedule_json), 'validated', TRUE, 'eros-tui', built.version, @notes)`;

// What went out once stays exported, and what was archived stays so.
const markSql = `UPDATE \`{dataset}.schedule_recommendations\`
SET status = @status
WHERE schedule_id = @schedule_id
  AND (IFNULL(status, 'draft') IN ('draft', 'validated') OR (status = 'failed' AND @status = 'exported'))`;

const findSql = `SELECT TO_JSON_STRING(schedule_json) AS schedule_json
FROM \`{dataset}.schedule_recommendations\`
WHERE schedule_id = @schedule_id`;

// The four digits at the end of an id come again in time; since the run began they are its own.
const tracesSql = `SELECT
  (SELECT MAX(schedule_id) FROM \`{dataset}.schedule_recommendations\` WHERE ENDS_WITH(schedule_id, @ending) AND created_at >= @since) AS saved,
  (SELECT MAX(schedule_id) FROM \`{dataset}.active_caption_assignments\` WHERE is_active AND ENDS_WITH(schedule_id, @ending) AND assigned_at >= @since) AS locked_for,
  (SELECT COUNT(*) FROM \`{dataset}.active_caption_assignments\` WHERE is_active AND ENDS_WITH(schedule_id, @ending) AND assigned_at >= @since) AS locks`;

const text = (name: string, value: string) => ({name, type: 'STRING', value});
const integer = (name: string, value: number) => ({name, type: 'INT64', value});

/**
 * The schedule that this id already stands for, or undefined. A retry adopts it instead of building a second one.
 * @throws AgentFailure BAD_SCHEDULE naming the fields, when what is saved is no schedule.
 */
export const findSchedule = async (scheduleId: string, context: AgentContext): Promise<Schedule | undefined> => {
	const {rows} = await runStatement<{readonly schedule_json: string}>({agent, title: 'find', sql: findSql, parameters: [text('schedule_id', scheduleId)]}, context);
	const [row] = rows;
	if (!row) {
		return undefined;
	}

	const saved: unknown = JSON.parse(row.schedule_json);
	const problems = findFieldProblems(scheduleSchema, saved);
	if (problems.length > 0) {
		throw new AgentFailure('BAD_SCHEDULE', `Schedule ${scheduleId} is saved, and can't be read: ${problems.slice(0, 5).map(problem => formatFieldProblem(problem)).join('; ')}.`);
	}

	return scheduleSchema.parse(saved);
};

/**
 * Locks the captions of all messages, or none.
 * @throws AgentFailure LOCK_CONFLICT when another page or schedule holds one of them.
 */
export const lockMessages = async (scheduleId: string, messages: readonly ScheduledMessage[], round: number, context: AgentContext): Promise<number> => {
	const assignments = messages.map(message => ({
		caption_id: message.caption_id,
		scheduled_send_date: message.send_local.slice(0, 10),
		scheduled_send_hour: Number(message.send_local.slice(11, 13)),
	}));
	const inTurn: Turns = context.lockTurns ?? (async work => work());
	const {rows} = await inTurn(async () => runStatement<{readonly requested: number; readonly inserted: number; readonly already_present: number}>(
		{
			agent,
			title: `lock${round}`,
			sql: lockSql,
			isMutation: true,
			parameters: [
				text('schedule_id', scheduleId),
				text('page_name', context.request.pageName),
				{name: 'assignments', type: 'ARRAY<STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>>', value: assignments},
			],
		},
		context,
	));
	const held = Number(rows[0]?.inserted ?? 0) + Number(rows[0]?.already_present ?? 0);
	if (held !== messages.length) {
		throw new AgentFailure('LOCKS_INCOMPLETE', `${held} of ${messages.length} locks are held after lock_caption_assignments.`, {isServiceFault: true});
	}

	return held;
};

/** The captions that the warehouse holds for a schedule: locked now, or given free because they were sent. */
export const heldCaptions = async (scheduleId: string, context: AgentContext): Promise<readonly string[]> => {
	const {rows} = await runStatement<{readonly caption_id: string}>({agent: 'sheets_exporter', title: 'locks', sql: heldSql, parameters: [text('schedule_id', scheduleId)]}, context);
	return rows.map(row => row.caption_id);
};

/**
 * Notes on the saved schedule that it went out (to one sink at least), or that no sink took it. One that went out before
 * is not called failed.
 * @throws AgentFailure when the warehouse can't be asked.
 */
export const markSchedule = async (scheduleId: string, status: 'exported' | 'failed', context: AgentContext): Promise<void> => {
	await runStatement({agent: 'sheets_exporter', title: 'mark', sql: markSql, isMutation: true, givesNoRows: true, parameters: [text('schedule_id', scheduleId), text('status', status)]}, context);
};

/** Which of the captions another schedule holds in the week or within seven days of it. */
export const findConflicts = async (scheduleId: string, captionIds: readonly string[], round: number, context: AgentContext): Promise<readonly string[]> => {
	const {rows} = await runStatement<{readonly caption_id: string}>(
		{
			agent,
			title: `conflicts${round}`,
			sql: conflictsSql,
			parameters: [text('schedule_id', scheduleId), {name: 'caption_ids', type: 'ARRAY<INT64>', value: captionIds}, {name: 'week_start', type: 'DATE', value: context.request.weekStart}],
		},
		context,
	);
	return rows.map(row => row.caption_id);
};

/** Gives back the locks of a schedule that was not saved (reason ROLLBACK). Harmless when it was, or when there are none. */
export const releaseLocks = async (scheduleId: string, round: number, context: AgentContext): Promise<void> => {
	await runStatement({agent, title: `release${round}`, sql: releaseSql, isMutation: true, givesNoRows: true, parameters: [text('schedule_id', scheduleId)]}, context);
};

const orphanMinutes = 30;

/**
 * Gives back locks of this page whose schedule was never saved: a process died between locking and saving.
 * @returns how many.
 */
export const releaseOrphanedLocks = async (context: AgentContext, olderThanMinutes = orphanMinutes): Promise<number> => {
	const {job} = await runStatement(
		{agent, title: 'orphans', sql: releaseOrphansSql, isMutation: true, givesNoRows: true, parameters: [text('page_name', context.request.pageName), integer('minutes', olderThanMinutes)]},
		context,
	);
	return job.affectedRows ?? 0;
};

/** What a statement needs that belongs to no page. */
export type HouseContext = Omit<Parameters<typeof runStatement>[1], 'request' | 'attempt'>;

/**
 * Gives back every lock whose schedule was never saved, of all pages. Only for who holds the lease and knows that nobody
 * else is between locking and saving: the holder before is gone, and so are its jobs.
 * @returns how many captions were given back, by page.
 */
export const releaseLocksLeftBehind = async (context: HouseContext): Promise<ReadonlyMap<string, number>> => {
	const ofHouse = {...context, attempt: 1, request: {pageName: ''}};
	const {rows} = await runStatement<{readonly page_name: string; readonly locks: number}>({agent, title: 'leftbehind', sql: countOrphansSql}, ofHouse);
	if (rows.length > 0) {
		await runStatement({agent, title: 'givenback', sql: releaseAllOrphansSql, isMutation: true, givesNoRows: true}, ofHouse);
	}

	return new Map(rows.map(row => [row.page_name, Number(row.locks)]));
};

/** What the schedule of a page in a run has left. */
export type Traces = {
	/** Id of the schedule, when it is saved. */
	readonly saved: string | undefined;
	/** Id that captions are locked for, when any are. */
	readonly lockedFor: string | undefined;
	readonly locks: number;
};

/** The clocks of this machine and of the warehouse may differ so much, minutes. */
const mostSkewMinutes = 5;

/**
 * Looks up what a page's schedule has left in this run, after a failure that does not tell.
 * @param sinceMs before the run began, epoch milliseconds.
 * @throws AgentFailure when the warehouse can't be asked.
 */
export const findTraces = async (pageName: string, sinceMs: number, context: HouseContext): Promise<Traces> => {
	const {rows: [row]} = await runStatement<{readonly saved: string | null; readonly locked_for: string | null; readonly locks: number}>(
		{
			agent,
			title: 'traces',
			sql: tracesSql,
			parameters: [text('ending', scheduleIdEnding(pageName, context.runId)), {name: 'since', type: 'TIMESTAMP', value: new Date(sinceMs - mostSkewMinutes * 60_000).toISOString()}],
		},
		{...context, attempt: 1, request: {pageName}},
	);
	return {saved: row?.saved ?? undefined, lockedFor: row?.locked_for ?? undefined, locks: Number(row?.locks ?? 0)};
};

/** Saves the header row with the whole schedule as JSON; a second call with the same id changes nothing. */
export const saveSchedule = async (schedule: Schedule, context: AgentContext): Promise<void> => {
	const {metadata} = schedule;
	await runStatement(
		{
			agent,
			title: 'save',
			sql: saveSql,
			isMutation: true,
			givesNoRows: true,
			parameters: [
				text('schedule_id', schedule.schedule_id),
				text('page_name', schedule.page_name),
				{name: 'week_start', type: 'DATE', value: metadata.week_start},
				text('account_size', schedule.size),
				text('saturation_zone', metadata.saturation_status),
				{name: 'saturation_score', type: 'FLOAT64', value: schedule.saturation_score},
				integer('total_messages', metadata.volume_summary.total_messages),
				integer('total_ppvs', metadata.volume_summary.total_ppvs),
				integer('total_bumps', metadata.volume_summary.total_bumps),
				text('schedule_json', JSON.stringify(schedule)),
				text('notes', `${metadata.mode}, ${metadata.schedule_quality.status}`),
			],
		},
		context,
	);
};
