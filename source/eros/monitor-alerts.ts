// The monitor's alerts in the table that people read alerts from; the same one of a page not twice within an hour.
import type {AgentContext} from './agent.js';
import type {FatigueAlert} from './fatigue.js';
import {runStatement} from './statements.js';

// Page and kind are in the source, so that an earlier alert is found by what it is about.
const raiseSql = `INSERT INTO \`{dataset}.automation_alerts\` (alert_id, alert_time, alert_level, alert_source, alert_message, job_id, acknowledged)
SELECT GENERATE_UUID(), CURRENT_TIMESTAMP(), raised.level, CONCAT('real_time_monitor/', raised.kind, '/', @page_name), CONCAT(@page_name, ': ', raised.message), @run_id, FALSE
FROM UNNEST(@alerts) AS raised
WHERE NOT EXISTS (
  SELECT 1
  FROM \`{dataset}.automation_alerts\` AS earlier
  WHERE earlier.alert_source = CONCAT('real_time_monitor/', raised.kind, '/', @page_name)
    AND earlier.alert_time > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)
)`;

/** Writes the alerts of a page; one that was raised for it within the hour is not written again. */
export const raiseAlerts = async (alerts: readonly FatigueAlert[], context: AgentContext): Promise<void> => {
	await runStatement(
		{
			agent: 'real_time_monitor',
			title: 'alert',
			sql: raiseSql,
			isMutation: true,
			givesNoRows: true,
			parameters: [
				{name: 'page_name', type: 'STRING', value: context.request.pageName},
				{name: 'run_id', type: 'STRING', value: context.runId},
				{name: 'alerts', type: 'ARRAY<STRUCT<kind STRING, level STRING, message STRING>>', value: alerts.map(({kind, level, message}) => ({kind, level, message}))},
			],
		},
		context,
	);
};
