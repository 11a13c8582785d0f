// Watches the last 24 hours of a page for fatigue. Soft: a schedule can be made without it, on the analyzer's zone.
import type {Agent, AgentContext} from '../agent.js';
import type {Fatigue} from '../envelope.js';
import {alertsOf, watchedDays, watchFatigue, type FatigueAlert, type FatigueDay} from '../fatigue.js';
import {raiseAlerts} from '../monitor-alerts.js';
import {runStatement} from '../statements.js';

export const name = 'real_time_monitor';
export const dependsOn = [] as const;

/** Messages of the last quarter of an hour are still being counted. */
const dataLagMs = 15 * 60_000;

// Days are 24 hours back from the horizon, so no clock change makes one longer. Conversion is that of paid messages whose buyers and viewers are known.
const daysSql = `SELECT
  DIV(TIMESTAMP_DIFF(@as_of, sending_time, SECOND), 86400) AS days_ago,
  COUNT(*) AS messages,
  SUM(IF(price > 0 AND purchased_count IS NOT NULL, IFNULL(viewed_count, 0), 0)) AS viewed,
  SUM(IF(price > 0 AND viewed_count IS NOT NULL, IFNULL(purchased_count, 0), 0)) AS purchased
FROM \`{dataset}.mass_messages\`
WHERE page_name = @page_name
  AND sending_time > TIMESTAMP_SUB(@as_of, INTERVAL @days DAY)
  AND sending_time <= @as_of
  AND sent_count > 0
GROUP BY days_ago
ORDER BY days_ago`;

type DayRow = {readonly days_ago: number; readonly messages: number; readonly viewed: number; readonly purchased: number};

const toDay = (row: DayRow): FatigueDay => ({daysAgo: Number(row.days_ago), messages: Number(row.messages), viewed: Number(row.viewed), purchased: Number(row.purchased)});

/** Tells the alerts to this run, and to whoever reads alerts. That the table takes none of them does not undo the judgement. */
const tell = async (alerts: readonly FatigueAlert[], context: AgentContext): Promise<void> => {
	for (const {message} of alerts) {
		context.warn({code: 'FATIGUE_ALERT', text: message});
	}

	if (alerts.length > 0) {
		await raiseAlerts(alerts, context).catch((error: unknown) => {
			context.warn({code: 'FATIGUE_ALERT', text: `the alert of it could not be recorded: ${error instanceof Error ? error.message : String(error)}`});
		});
	}
};

const watch = async (context: AgentContext): Promise<Fatigue> => {
	const asOfMs = context.startedAtMs - dataLagMs;
	const {rows} = await runStatement<DayRow>(
		{
			agent: name,
			title: 'days',
			sql: daysSql,
			parameters: [
				{name: 'page_name', type: 'STRING', value: context.request.pageName},
				{name: 'as_of', type: 'TIMESTAMP', value: new Date(asOfMs).toISOString()},
				{name: 'days', type: 'INT64', value: watchedDays},
			],
		},
		context,
	);
	const fatigue = watchFatigue(rows.map(row => toDay(row)), asOfMs);
	await tell(alertsOf(fatigue), context);
	return fatigue;
};

export const agent: Agent<typeof name> = {name, dependsOn, isSoft: true, run: watch};
