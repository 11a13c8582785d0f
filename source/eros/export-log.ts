// The export log: every attempt is a row, and a schedule that went out within a day does not go out again.
import type {AgentContext} from './agent.js';
import {runStatement} from './statements.js';

const agent = 'sheets_exporter';

const recentSql = `SELECT export_format
FROM \`{dataset}.schedule_export_log\`
WHERE schedule_id = @schedule_id
  AND status = 'SUCCESS'
  AND export_timestamp >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 24 HOUR)
GROUP BY export_format`;

const insertSql = `INSERT INTO \`{dataset}.schedule_export_log\`
  (schedule_id, page_name, export_timestamp, status, error_message, message_count, execution_time_seconds, exported_by, export_format, destination)
VALUES (@schedule_id, @page_name, CURRENT_TIMESTAMP(), @status, NULLIF(@error_message, ''), @message_count, @seconds, 'eros-tui', NULLIF(@export_format, ''), NULLIF(@destination, ''))`;

/** Formats in which the schedule went out within the last 24 hours. */
export const recentExports = async (scheduleId: string, context: AgentContext): Promise<ReadonlySet<string>> => {
	const {rows} = await runStatement<{readonly export_format: string}>(
		{agent, title: 'recent', sql: recentSql, parameters: [{name: 'schedule_id', type: 'STRING', value: scheduleId}]},
		context,
	);
	return new Set(rows.map(row => row.export_format));
};

export type ExportLogRow = {
	readonly scheduleId: string;
	readonly status: 'SUCCESS' | 'FAILED' | 'PARTIAL' | 'SKIPPED';
	/** Undefined where no sink was asked for: the row says only that the schedule stayed in the house. */
	readonly format: 'CSV' | 'SHEETS' | 'JSON' | undefined;
	/** Why it failed or was skipped; empty when it went out. */
	readonly message: string;
	readonly messageCount: number;
	readonly durationMs: number;
	readonly destination: string;
};

/** Writes one attempt into the log: what went out, what failed, and what was held back. */
export const logExport = async (row: ExportLogRow, context: AgentContext): Promise<void> => {
	const text = (name: string, value: string) => ({name, type: 'STRING', value});
	await runStatement(
		{
			agent,
			title: `log_${(row.format ?? 'off').toLowerCase()}`,
			sql: insertSql,
			isMutation: true,
			givesNoRows: true,
			parameters: [
				text('schedule_id', row.scheduleId),
				text('page_name', context.request.pageName),
				text('status', row.status),
				text('error_message', row.message.slice(0, 1000)),
				{name: 'message_count', type: 'INT64', value: row.messageCount},
				{name: 'seconds', type: 'FLOAT64', value: Math.round(row.durationMs) / 1000},
				text('export_format', row.format ?? ''),
				text('destination', row.destination),
			],
		},
		context,
	);
};
