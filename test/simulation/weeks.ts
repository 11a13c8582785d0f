// A simulated year on the embedded warehouse: its clock driven, its scheduled queries firing, the real orchestrator planning.
import {Temporal} from 'temporal-polyfill';
import type {AgentEnvironment} from '../../source/eros/agent.js';
import {scheduleSchema, type Schedule} from '../../source/eros/envelope.js';
import {createOrchestrator} from '../../source/eros/orchestrator.js';
import type {QueryParameter} from '../../source/ports/warehouse.js';
import {createHastyClock} from '../eros/support/hasty-clock.js';
import {createMemoryFiles} from '../eros/support/memory-files.js';
import {names, scheduledBody, startSql, type Sql} from '../sql/support.js';
import {addDays} from './dates.js';
import type {Send} from './policies.js';
import type {Lock} from './rules.js';
import type {World} from './world.js';

export type SimulatedWarehouse = {
	/** Plans the week of a Monday for all pages, on the Sunday evening before it. */
	readonly plan: (monday: string) => Promise<readonly Schedule[]>;
	/** Lives through the week day by day: what was sent is counted in the evening, scheduled queries run when they are due. */
	readonly live: (monday: string, sends: readonly Send[]) => Promise<void>;
	/** Every lock that counts as used. */
	readonly locks: () => Promise<readonly Lock[]>;
	/** What the arms hold, without the time of their writing: running the update again must not change it. */
	readonly updateAgain: () => Promise<{readonly before: string; readonly after: string; readonly arms: number}>;
	/** Runs of scheduled queries that failed. */
	readonly failedRuns: readonly string[];
	readonly firedRuns: () => number;
	readonly close: () => Promise<void>;
};

const messageType = 'ARRAY<STRUCT<row_id INT64, page_name STRING, sending_time TIMESTAMP, price FLOAT64, sent INT64, viewed INT64, purchased FLOAT64, earnings FLOAT64, kind STRING, caption_id INT64>>';
type MessageRow = {readonly row_id: number; readonly page_name: string; readonly sending_time: string; readonly price: number; readonly sent: number; readonly viewed: number; readonly purchased: number | null; readonly earnings: number; readonly kind: string; readonly caption_id: string | null};

const insertMessages = `INSERT INTO eros.mass_messages (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id)
SELECT row_id, page_name, 'sent', sending_time, price, sent, viewed, purchased, earnings, kind, caption_id FROM UNNEST(@messages)`;

const instantOf = (date: string, time: string): string => Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(names.timeZone).toInstant().toString();

const addCaptions = async (sql: Sql, world: World): Promise<void> => {
	const value = world.captions.map(caption => ({id: caption.id, text: caption.text, category: `Category ${caption.category}`, tier: caption.tier, is_urgent: caption.hasUrgency, revenue: caption.averageRevenue}));
	await sql.rows(
		`INSERT INTO eros.caption_bank (caption_id, caption_text, content_category, price_tier, has_urgency, overall_performance_score, avg_revenue, usage_status)
		SELECT id, text, category, tier, is_urgent, IF(tier = 'bump', NULL, 50.0), revenue, 'available' FROM UNNEST(@captions)`,
		[{name: 'captions', type: 'ARRAY<STRUCT<id INT64, text STRING, category STRING, tier STRING, is_urgent BOOL, revenue FLOAT64>>', value}],
	);
};

/** 90 days of messages without captions before the first week: enough to know size, zone and hours of each page, and nothing of a caption. */
const addHistory = async (sql: Sql, world: World, firstMonday: string): Promise<void> => {
	const times = ['09:00:00', '13:00:00', '17:00:00', '20:00:00', '11:00:00', '15:00:00', '18:30:00'];
	const rows: MessageRow[] = [];
	for (const page of world.pages) {
		const weekly = page.paidPerWeek + page.freePerWeek;
		for (let index = 0; index < Math.round((weekly * 90) / 7); index += 1) {
			const daysAgo = 1 + Math.floor((index * 7) / weekly);
			const isPaid = (index * page.paidPerWeek) % weekly < page.paidPerWeek;
			// Every message sells what an average caption of the budget tier sells, a little more or less.
			const purchased = isPaid ? page.viewers * page.conversion * (1 + 0.02 * ((index % 11) - 5)) : null;
			rows.push({
				row_id: rows.length + 1, page_name: page.name, sending_time: instantOf(addDays(firstMonday, -daysAgo), times[index % times.length]!), price: isPaid ? 15 : 0,
				sent: page.fans, viewed: page.viewers, purchased, earnings: (purchased ?? 0) * 15, kind: isPaid ? 'Unlock' : 'Photo bump', caption_id: null,
			});
		}
	}

	for (let from = 0; from < rows.length; from += 2000) {
		await sql.rows(insertMessages, [{name: 'messages', type: messageType, value: rows.slice(from, from + 2000)}]);
	}
};

const schedule = async (sql: Sql, displayName: string, when: string, query: string, startTimeMs: number): Promise<void> => {
	await sql.connection.embedded!.seed.schedules.upsert(names.dataset, {displayName, schedule: when, query, startTimeMs, notifyOnFailure: false}, {isDisabled: false});
};

const fingerprintSql = `SELECT COUNT(*) AS arms, TO_JSON_STRING(ARRAY_AGG(TO_JSON_STRING(STRUCT(
	page_name, caption_id, successes, failures, total_observations, total_revenue, avg_conversion_rate, avg_emv, last_emv_observed,
	confidence_lower_bound, confidence_upper_bound, exploration_score, last_used, performance_percentile)) ORDER BY page_name, caption_id)) AS content
FROM eros.caption_bandit_stats`;

/** The daily update as a scheduled query: once a day at 02:07 in Los Angeles in summer and in winter. */
const dailyUpdate = `IF EXTRACT(HOUR FROM CURRENT_TIMESTAMP() AT TIME ZONE '${names.timeZone}') = 2 THEN
	CALL eros.update_caption_performance();
END IF;`;

/** Starts the warehouse with sql/ deployed, the world's bank and its pages' history; the clock stands before the first Monday. */
export const startSimulatedWarehouse = async (world: World, firstMonday: string): Promise<SimulatedWarehouse> => {
	const sql = await startSql();
	await sql.at(instantOf(addDays(firstMonday, -1), '19:00:00'));
	await addCaptions(sql, world);
	await addHistory(sql, world, firstMonday);
	const startTimeMs = Date.parse(`${addDays(firstMonday, -1)}T00:17:00Z`);
	await schedule(sql, 'EROS: expired_lock_sweep', 'every 6 hours', await scheduledBody('expired_lock_sweep'), startTimeMs);
	await schedule(sql, 'EROS: daily_caption_update', 'every day 09:07', dailyUpdate, startTimeMs);
	await schedule(sql, 'EROS: daily_caption_update (standard time)', 'every day 10:07', dailyUpdate, startTimeMs);
	const failedRuns: string[] = [];
	let fired = 0;
	let nextRow = 1_000_000;
	const advance = async (instant: string): Promise<void> => {
		const runs = await sql.drive.advanceTo(Date.parse(instant));
		fired += runs.length;
		failedRuns.push(...runs.filter(run => run.state !== 'SUCCEEDED').map(run => `${run.config} at ${new Date(run.runTimeMs).toISOString()}: ${run.errorMessage ?? run.state}`));
	};

	return {
		failedRuns,
		firedRuns: () => fired,
		async plan(monday) {
			await advance(instantOf(addDays(monday, -1), '20:00:00'));
			const environment: AgentEnvironment = {
				warehouse: sql.warehouse,
				clock: createHastyClock(await sql.drive.now()),
				files: createMemoryFiles(),
				dataset: names.dataset,
				timeZone: names.timeZone,
				runId: `sim${monday.replaceAll('-', '')}`,
				sinks: [],
				maximumBytesBilled: 10_000_000_000,
				jobTimeoutMs: 60_000,
			};
			const {summary, pages} = await createOrchestrator(environment).run({pageNames: world.pages.map(page => page.name), weekStart: monday});
			if (summary.errors.length > 0) {
				throw new Error(`The week of ${monday} can't be planned: ${summary.errors.map(error => `${error.page_name} ${error.agent} ${error.code}: ${error.message}`).join('; ')}`);
			}

			return [...pages.values()].map(({envelopes}) => scheduleSchema.parse(envelopes.schedule_builder?.data));
		},
		async live(monday, sends) {
			for (let day = 0; day < 7; day += 1) {
				const date = addDays(monday, day);
				await advance(instantOf(date, day === 6 ? '19:59:00' : '23:30:00'));
				const value = sends
					.filter(({slot}) => slot.date === date)
					.map(({page, slot, caption, buyers, earnings}): MessageRow => {
						nextRow += 1;
						return {
							row_id: nextRow, page_name: page.name, sending_time: instantOf(date, `${String(slot.hour).padStart(2, '0')}:00:00`), price: slot.price, sent: page.fans, viewed: page.viewers,
							purchased: slot.type === 'PPV' ? buyers : null, earnings, kind: slot.type === 'PPV' ? 'Unlock' : 'Photo bump', caption_id: caption.id,
						};
					});
				const parameters: readonly QueryParameter[] = [{name: 'messages', type: messageType, value}];
				await sql.rows(insertMessages, parameters);
			}
		},
		async locks() {
			const rows = await sql.rows<{readonly page_name: string; readonly caption_id: string; readonly schedule_id: string; readonly day: string; readonly is_active: boolean}>(
				"SELECT page_name, CAST(caption_id AS STRING) AS caption_id, schedule_id, FORMAT_DATE('%F', scheduled_send_date) AS day, is_active FROM eros.active_caption_assignments WHERE eros.counts_as_used(is_active, deactivation_reason)",
			);
			return rows.map(row => ({page: row.page_name, captionId: row.caption_id, scheduleId: row.schedule_id, date: row.day, isActive: row.is_active}));
		},
		async updateAgain() {
			await sql.rows('CALL eros.update_caption_performance()');
			const before = await sql.row<{readonly arms: number; readonly content: string}>(fingerprintSql);
			await sql.rows('CALL eros.update_caption_performance()');
			const after = await sql.row<{readonly arms: number; readonly content: string}>(fingerprintSql);
			return {before: before.content, after: after.content, arms: after.arms};
		},
		close: sql.close,
	};
};
