// OPERATIONAL_RUNBOOK.md: what people do with a deployed EROS, day by day and when it burns.
import {formatLimit} from '../../domain/wording/amount.js';

export type RunbookContent = {
	readonly project: string;
	readonly dataset: string;
	readonly location: string;
	readonly timeZone: string;
	readonly expectedDailyCostMicros: number;
	readonly costCapMicros: number;
	readonly pricePerTibMicros: number;
	/** Display name, UTC schedule and what it means in business time. */
	readonly schedules: readonly {readonly displayName: string; readonly schedule: string; readonly localTime: string}[];
	readonly contacts: readonly {readonly name: string; readonly email: string; readonly role: string}[];
	/** When the queries were last run, ISO; undefined before they were. */
	readonly verifiedAt: string | undefined;
};

export type RunbookQuery = {readonly name: string; readonly title: string; readonly sql: string; readonly mutates: boolean};

/** Every SQL statement of the runbook, for one dataset; task 4.3 runs them all on staging. */
export const runbookQueries = (content: Pick<RunbookContent, 'project' | 'dataset' | 'location' | 'timeZone' | 'pricePerTibMicros'>): readonly RunbookQuery[] => {
	const dataset = `${content.project}.${content.dataset}`;
	const jobs = `\`${content.project}\`.\`region-${content.location.toLowerCase()}\`.INFORMATION_SCHEMA.JOBS`;
	const cost = `ROUND(SUM(total_bytes_billed) / POW(1024, 4) * ${content.pricePerTibMicros / 1e6}, 4)`;
	return [
		{name: 'caption-update', title: 'Caption performance update', mutates: true, sql: `CALL \`${dataset}.update_caption_performance\`()`},
		{name: 'lock-cleanup', title: 'Caption lock clean-up', mutates: true, sql: `CALL \`${dataset}.sweep_expired_caption_locks\`()`},
		{
			name: 'recent-schedules',
			title: 'Recent schedules',
			mutates: false,
			sql: `SELECT schedule_id, page_name, created_at, total_messages\nFROM \`${dataset}.schedule_recommendations\`\nORDER BY created_at DESC\nLIMIT 10`,
		},
		{
			name: 'cost-by-day',
			title: 'Cost of the last 7 days',
			mutates: false,
			sql: `SELECT DATE(creation_time, '${content.timeZone}') AS day, ${cost} AS cost_usd\nFROM ${jobs}\nWHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)\n  AND job_type = 'QUERY' AND COALESCE(statement_type, '') != 'SCRIPT'\nGROUP BY day\nORDER BY day DESC`,
		},
		{
			name: 'cost-by-month',
			title: 'Cost by month (180 days are kept)',
			mutates: false,
			sql: `SELECT DATE_TRUNC(DATE(creation_time, '${content.timeZone}'), MONTH) AS month, ${cost} AS cost_usd\nFROM ${jobs}\nWHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 180 DAY)\n  AND job_type = 'QUERY' AND COALESCE(statement_type, '') != 'SCRIPT'\nGROUP BY month\nORDER BY month DESC`,
		},
		{
			name: 'running-jobs',
			title: 'Running jobs',
			mutates: false,
			sql: `SELECT job_id, user_email, start_time, total_bytes_processed\nFROM ${jobs}\nWHERE creation_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY) AND state = 'RUNNING'\nORDER BY start_time`,
		},
	];
};

const fence = '````';
const sqlBlock = (sql: string): string => `${fence}sql\n${sql};\n${fence}`;
const shellBlock = (...lines: readonly string[]): string => `${fence}bash\n${lines.join('\n')}\n${fence}`;

/** The runbook as Markdown; four backticks fence its blocks, so that it can itself be quoted. */
export const renderRunbook = (content: RunbookContent): string => {
	const queries = new Map(runbookQueries(content).map(({name, sql}) => [name, sqlBlock(sql)]));
	const query = (name: string): string => queries.get(name)!;
	const {project, dataset, expectedDailyCostMicros} = content;
	const contacts = content.contacts.length === 0
		? 'No contact is configured. Add them as `contacts` to the settings file.'
		: content.contacts.map(({name, email, role}) => `- ${role}: ${name}, ${email}`).join('\n');
	return `# EROS, operational runbook

Target \`${project}.${dataset}\` (${content.location}), business time ${content.timeZone}.
${content.verifiedAt === undefined ? 'The statements below have not been run yet.' : `Every SQL statement below was run on staging at ${content.verifiedAt}.`}

## Daily

### Morning health check (9:00)

${shellBlock('eros-tui health')}

Expected: \`Health Score: NN/100\` with NN of 90 or more. Exit code 0 healthy, 1 watch or alert, 2 rollback or unknown.

### Build a schedule

${shellBlock('eros-tui schedule --page-name test_creator --start-date 2025-11-03', 'eros-tui orchestrate --pages all --week-start 2025-11-03')}

### Recent schedules

${query('recent-schedules')}

## Weekly

### Sunday evening: caption performance

The daily scheduled query does this already. Calling it again changes nothing but timestamps.

${query('caption-update')}

### Monday morning: scheduled queries

${shellBlock(`bq ls --transfer_config --transfer_location=${content.location.toLowerCase()} --project_id=${project}`)}

| scheduled query | UTC | business time |
|---|---|---|
${content.schedules.map(({displayName, schedule, localTime}) => `| ${displayName} | ${schedule} | ${localTime} |`).join('\n')}

## Monthly

### Cost

${shellBlock('eros-tui cost --days 30')}

${query('cost-by-month')}

## Emergencies

### A query that does not end

${query('running-jobs')}

${shellBlock(`bq --project_id=${project} cancel JOB_ID`)}

### Roll back

${shellBlock('eros-tui rollback', 'eros-tui rollback --component select_captions_for_creator')}

Without this program: \`rollback.sh\` beside this file. Scheduled queries stay disabled until they are enabled again.

### Caption locks that outlived their send date

${query('lock-cleanup')}

## Monitoring thresholds

| what | watch | alert | roll back |
|---|---|---|---|
| health score | under 90 | under 80 | under 70, twice in a row |
| cost in a day | over ${formatLimit(expectedDailyCostMicros)} | over ${formatLimit(50_000_000)} | over ${formatLimit(2 * expectedDailyCostMicros)} asks, over ${formatLimit(100_000_000)} flags |
| failed jobs, of at least 20 | over 1% | over 5% | over 10% |
| available captions | under 500 | under 200 | |
| expired locks still active | over 10 | over 100 | |
| integrity violations | | | any loss of rows or broken schedule |

### Health under 80

- \`eros-tui health --json\` names the component that lost points.
- Errors: look at the failed jobs. Freshness: look at the scheduled queries. Capacity: run the lock clean-up.

### Cost over ${formatLimit(50_000_000)} a day

${query('cost-by-day')}

- Look for a query that does not end. Every job of this program is capped at the configured bytes.

### Schedules that fail

- \`eros-tui schedule --page-name test_creator --start-date 2025-11-03 --json\` shows the failing agent.
- Check the caption pool of the page and the permissions of the account.
- One that is saved and was not written everywhere is not planned again: \`eros-tui schedule --schedule-id <id>\` writes its file, \`--format sheets\` its tab.

## Contacts

${contacts}

Escalation: deployment lead at once, engineering manager within 30 minutes, executive for critical incidents only.
`;
};
