// The agents on the embedded warehouse: sql/ deployed into a private one, asked through the real client, its clock driven.
import type {AgentEnvironment} from '../../../source/eros/agent.js';
import {createCsvSink, createJsonSink} from '../../../source/eros/sinks/file-sinks.js';
import type {ScheduleSink} from '../../../source/eros/sinks/sink.js';
import type {JobSpec, Warehouse, WarehouseError} from '../../../source/ports/warehouse.js';
import {names, startSql, type Sql} from '../../sql/support.js';
import {createMemoryFiles, type MemoryFiles} from './memory-files.js';
import {createHastyClock, type HastyClock} from './hasty-clock.js';

export type ErosPage = {
	readonly name: string;
	readonly fans: number;
	/** Share of a paid message's viewers who buy. */
	readonly conversion: number;
	/** Share of the fans who open a message. */
	readonly viewRate: number;
	/** In the last `tiredDays` days conversion and views are multiplied by these. */
	readonly tiredDays?: number;
	readonly tiredConversion?: number;
	readonly tiredViews?: number;
	/** More messages in the last 24 hours, which the monitor sees. */
	readonly extraToday?: number;
};

/** Healthy large, saturated medium, growing small: the three archetypes of the integration suite. */
export const archetypePages: readonly ErosPage[] = [
	{name: 'test_healthy_large', fans: 35_000, conversion: 0.045, viewRate: 0.023},
	{name: 'test_saturated_medium', fans: 18_000, conversion: 0.04, viewRate: 0.015, tiredDays: 9, tiredConversion: 0.015 / 0.04, tiredViews: 0.75, extraToday: 8},
	{name: 'test_growing_small', fans: 5000, conversion: 0.065, viewRate: 0.009},
];

/** Ids of the captions: the first half around a negative 19-digit number, the other half beyond 2^53. */
export const firstCaptionId = '-2194714712821639177';

/** Sunday 2025-11-02, 20:00 in Los Angeles: the evening on which the clocks have gone back, before the week that is planned. */
export const sundayEvening = '2025-11-03T04:00:00Z';
export const plannedWeek = '2025-11-03';

const history = (page: ErosPage, index: number): string => `INSERT INTO eros.mass_messages
	(row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id)
WITH shaped AS (
	SELECT day, slot, slot < 3 AS is_paid,
		IF(day <= ${page.tiredDays ?? 0}, ${page.tiredConversion ?? 1}, 1.0) AS conversion_factor,
		IF(day <= ${page.tiredDays ?? 0}, ${page.tiredViews ?? 1}, 1.0) AS view_factor,
		1 + 0.02 * (MOD(7 * day + 3 * slot, 11) - 5) AS wobble
	FROM UNNEST(GENERATE_ARRAY(0, 89)) AS day
	CROSS JOIN UNNEST(GENERATE_ARRAY(0, 3 + IF(day = 0, ${page.extraToday ?? 0}, 0))) AS slot
), counted AS (
	SELECT *, CAST(ROUND(${page.fans} * ${page.viewRate} * view_factor * wobble) AS INT64) AS viewed
	FROM shaped
)
SELECT ${(index + 1) * 100_000} + day * 100 + slot, '${page.name}', CONCAT('message ', CAST(day AS STRING)),
	-- Days of 24 hours back from now, so that the monitor's last day is whole.
	TIMESTAMP_SUB(TIMESTAMP '${sundayEvening.replace('T', ' ').replace('Z', '+00')}', INTERVAL day * 1440 + 60 + 75 * slot MINUTE),
	IF(is_paid, 25.0, 0.0), ${page.fans}, viewed,
	IF(is_paid, ROUND(viewed * ${page.conversion} * conversion_factor, 2), NULL),
	IF(is_paid, ROUND(viewed * ${page.conversion} * conversion_factor, 2) * 25.0, 0.0),
	IF(is_paid, 'Unlock', 'Photo bump'), NULL
FROM counted`;

/** Captions over the tiers and fifteen categories, every seventh urgent; texts with quotes, commas, newlines and emoji. */
export const captionsSql = (count: number): string => `INSERT INTO eros.caption_bank
	(caption_id, caption_text, content_category, price_tier, has_urgency, overall_performance_score, avg_revenue, usage_status)
SELECT
	IF(MOD(n, 2) = 0, ${firstCaptionId} + n, 9007199254740993 + n),
	CONCAT('Caption ', CAST(n AS STRING), [' 🔥', ', "quoted"', '?', '\\nsecond line', ' =1+1'][OFFSET(MOD(n, 5))]),
	CONCAT('Category ', CAST(MOD(n * 31, 15) AS STRING)),
	['low', 'budget', 'mid', 'high', 'premium', 'bump', 'bump', 'mid'][OFFSET(MOD(n * 7, 8))],
	MOD(n, 7) = 0,
	IF(MOD(n * 7, 8) IN (5, 6), NULL, 50.0),
	IF(MOD(n * 7, 8) IN (5, 6), 0.0, 10.0 + MOD(n, 40)),
	'available'
FROM UNNEST(GENERATE_ARRAY(0, ${count - 1})) AS n`;

/** Makes the next `times` statements that match fail: before they reach the warehouse, or with their answer lost. */
export type StatementFault = {readonly sqlPart: string; times: number; readonly error: WarehouseError; readonly page?: string; readonly isAfterwards?: boolean};

export type EmbeddedEros = {
	readonly sql: Sql;
	readonly faults: StatementFault[];
	/** Statements that reached the warehouse, in order. */
	readonly submitted: JobSpec[];
	/** An environment of agents; each has its own run id, files and clock for pauses. */
	readonly environment: (options?: {readonly runId?: string; readonly sinks?: readonly ScheduleSink[]; readonly isExporting?: boolean}) => Promise<AgentEnvironment & {readonly clock: HastyClock; readonly files: MemoryFiles}>;
	/** Rows of test pages and test captions by table; tables without any are left out. */
	readonly leftOvers: () => Promise<Readonly<Record<string, number>>>;
	/** Removes what test pages left. */
	readonly cleanUp: () => Promise<void>;
	readonly close: () => Promise<void>;
};

const isTestAlert = "REGEXP_CONTAINS(alert_source, r'^real_time_monitor/\\w+/(?:test|page)_')";
const isTestRow = "(STARTS_WITH(page_name, 'test_') OR STARTS_WITH(page_name, 'page_'))";

/** Starts a private warehouse with all of sql/, the pages' history and a bank of captions. */
export const startEmbeddedEros = async ({pages = archetypePages, captions = 1600}: {readonly pages?: readonly ErosPage[]; readonly captions?: number} = {}): Promise<EmbeddedEros> => {
	const sql = await startSql();
	await sql.at(sundayEvening);
	await sql.rows([...pages.map((page, index) => history(page, index)), captionsSql(captions)].join(';\n'));
	const faults: StatementFault[] = [];
	const submitted: JobSpec[] = [];
	const {warehouse} = sql;
	const faulty: Warehouse = {
		...warehouse,
		async submit(spec) {
			const page = spec.parameters?.find(parameter => parameter.name === 'page_name')?.value;
			const fault = faults.find(candidate => candidate.times > 0 && spec.sql.includes(candidate.sqlPart) && (candidate.page === undefined || candidate.page === page));
			if (fault) {
				fault.times -= 1;
			}

			if (fault && !fault.isAfterwards) {
				throw fault.error;
			}

			submitted.push(spec);
			const status = await warehouse.submit(spec);
			if (fault) {
				await warehouse.waitForJob(spec.id);
				throw fault.error;
			}

			return status;
		},
	};
	let runs = 0;
	const tablesWithPages = async (): Promise<readonly string[]> => {
		const rows = await sql.rows<{readonly table_name: string}>(`SELECT columns.table_name FROM eros.INFORMATION_SCHEMA.COLUMNS AS columns
			JOIN eros.INFORMATION_SCHEMA.TABLES AS tables ON tables.table_name = columns.table_name AND tables.table_type = 'BASE TABLE'
			WHERE columns.column_name = 'page_name' ORDER BY columns.table_name`);
		return rows.map(row => row.table_name);
	};

	return {
		sql,
		faults,
		submitted,
		async environment({runId, sinks, isExporting = true} = {}) {
			runs += 1;
			const files = createMemoryFiles();
			const pathOf = (extension: string) => (schedule: {readonly page_name: string; readonly metadata: {readonly week_start: string}}) => `out/${schedule.page_name}_${schedule.metadata.week_start}.${extension}`;
			return {
				warehouse: faulty,
				clock: createHastyClock(await sql.drive.now()),
				files,
				dataset: names.dataset,
				timeZone: names.timeZone,
				runId: runId ?? `run${String(runs).padStart(4, '0')}`,
				sinks: sinks ?? (isExporting ? [createCsvSink({files, pathOf: pathOf('csv')}), createJsonSink({files, pathOf: pathOf('json')})] : []),
				maximumBytesBilled: 10_000_000_000,
				jobTimeoutMs: 60_000,
			};
		},
		async leftOvers() {
			const tables = await tablesWithPages();
			const counts = await sql.rows<{readonly name: string; readonly rows_left: number}>(
				[...tables.map(table => `SELECT '${table}' AS name, COUNT(*) AS rows_left FROM eros.${table} WHERE ${isTestRow}`), "SELECT 'caption_bank', COUNT(*) FROM eros.caption_bank WHERE STARTS_WITH(caption_text, 'Caption ')", `SELECT 'automation_alerts', COUNT(*) FROM eros.automation_alerts WHERE ${isTestAlert}`].join(' UNION ALL '),
			);
			return Object.fromEntries(counts.filter(row => row.rows_left > 0).map(row => [row.name, row.rows_left]));
		},
		async cleanUp() {
			const tables = await tablesWithPages();
			await sql.rows([...tables.map(table => `DELETE FROM eros.${table} WHERE ${isTestRow}`), "DELETE FROM eros.caption_bank WHERE STARTS_WITH(caption_text, 'Caption ')", `DELETE FROM eros.automation_alerts WHERE ${isTestAlert}`].join(';\n'));
		},
		close: sql.close,
	};
};
