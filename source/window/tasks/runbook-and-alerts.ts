// 4.3 Runbook and 4.4 Alerts.
import type {StepContext} from '../../engine/task.js';
import type {AlertMetric, AlertPolicy} from '../../ports/outside.js';
import {renderRunbook, runbookQueries, type RunbookContent} from '../../report/documents/runbook.js';
import {checksOf, listNames} from '../criteria.js';
import {objectsFor} from '../deploy-set.js';
import {nextFirings} from '../schedule-times.js';
import {clockOf} from '../zone-time.js';
import {configsOf} from './view-and-schedules.js';

const runbookContent = async (context: StepContext, verifiedAt: string | undefined): Promise<RunbookContent> => {
	const {settings, ports} = context;
	const configs = configsOf(await objectsFor(context, settings.dataset));
	const localTime = (firings: readonly number[]): string => [...new Set(firings.map(at => clockOf(at, settings.timeZone)))].sort().join(', ');
	return {
		project: settings.project,
		dataset: settings.dataset,
		location: settings.location,
		timeZone: settings.timeZone,
		expectedDailyCostMicros: settings.expectedDailyCostMicros,
		costCapMicros: settings.costCapMicros,
		pricePerTibMicros: settings.pricePerTibMicros,
		schedules: configs.map(({config}) => ({displayName: config.displayName, schedule: config.schedule, localTime: /^every 1 hours?$/.test(config.schedule) ? `every hour at :${config.anchor?.slice(3) ?? '00'}` : localTime(nextFirings(config, ports.clock.now(), config.schedule.startsWith('every day') ? 1 : 4))})),
		contacts: settings.contacts,
		verifiedAt,
	};
};

const operations = ['Morning health check', 'Build a schedule', 'Caption performance', 'Scheduled queries', 'Cost'];
const emergencies = ['A query that does not end', 'Roll back', 'Caption locks'];
const thresholds = ['health score', 'cost in a day', 'failed jobs'];

/** 4.3: every statement of the runbook is run on staging, then the runbook is written with the time of it. */
export const runRunbook = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const queries = runbookQueries({...context.settings, dataset: context.stagingDataset});
	for (const {title, sql, mutates} of queries) {
		// One after the other, as an operator would.
		await context.run({sql, title: `runbook: ${title.toLowerCase()}`, ...(mutates && {mutates: [context.stagingDataset]})});
	}

	check('queries-run', true, `${queries.length} statements without error`);
	const text = renderRunbook(await runbookContent(context, new Date(context.ports.clock.now()).toISOString()));
	const file = await context.writeArtifact('OPERATIONAL_RUNBOOK.md', text, 'Runbook', 0o644);
	check('created', await context.ports.files.exists(file), file);
	const absent = (wanted: readonly string[]): readonly string[] => wanted.filter(part => !text.toLowerCase().includes(part.toLowerCase()));
	const says = (name: string, wanted: readonly string[]): void => {
		const missing = absent(wanted);
		check(name, missing.length === 0, missing.length === 0 ? listNames(wanted, 5) : `missing: ${listNames(missing)}`);
	};

	says('operations-documented', operations);
	says('emergencies-included', emergencies);
	says('thresholds-defined', thresholds);
	return `${queries.length} statements run`;
};

/** Log metrics in the current audit format: a job's billed bytes, and jobs that ended in an error. */
const alertsOf = (context: StepContext): {readonly metrics: readonly AlertMetric[]; readonly policies: readonly AlertPolicy[]} => {
	const {project} = context.settings;
	const head = 'resource.type="bigquery_project" AND protoPayload.methodName:"google.cloud.bigquery.v2.JobService"';
	return {
		metrics: [
			{name: 'eros_high_cost', description: 'Query jobs that billed more than 10 GB', filter: `${head} AND protoPayload.metadata.jobChange.job.jobStats.queryStats.totalBilledBytes>10000000000`},
			{name: 'eros_procedure_failures', description: `Failed BigQuery jobs in ${project}`, filter: `${head} AND severity>=ERROR`},
		],
		policies: [
			{name: 'EROS: high cost', metric: 'eros_high_cost', thresholdPerHour: 5, documentation: 'More than 5 queries an hour billed over 10 GB each. See "Cost" in OPERATIONAL_RUNBOOK.md: eros-tui cost --days 1'},
			{name: 'EROS: failed jobs', metric: 'eros_procedure_failures', thresholdPerHour: 5, documentation: 'More than 5 failed jobs an hour. See "Health under 80" in OPERATIONAL_RUNBOOK.md: eros-tui health --json'},
		],
	};
};

/** 4.4: metrics, policies and the mail channel; set up twice, read back. */
export const runAlerts = async (context: StepContext): Promise<string> => {
	const {check, attest} = checksOf(context);
	const {alerting} = context.ports;
	const {metrics, policies} = alertsOf(context);
	const emails = context.settings.alertEmails.length > 0 ? context.settings.alertEmails : context.settings.contacts.map(({email}) => email);
	await alerting.upsert(metrics, policies, emails);
	const first = await alerting.read();
	await alerting.upsert(metrics, policies, emails);
	const second = await alerting.read();
	check('again-unchanged', JSON.stringify(first) === JSON.stringify(second), `${second.metrics.length} metrics, ${second.policies.length} policies after either`);
	const stands = (metric: string): boolean => second.metrics.some(({name}) => name === metric) && second.policies.some(policy => policy.metric === metric);
	check('cost-alerts', stands('eros_high_cost'), 'metric eros_high_cost with a policy');
	check('error-alerts', stands('eros_procedure_failures'), 'metric eros_procedure_failures with a policy');
	if (emails.length > 0 && second.channels.length > 0) {
		check('mail-setup', emails.every(email => second.channels.some(channel => channel.includes(email))), listNames(second.channels));
	} else {
		await attest('mail-setup', 'No alert address is configured. Does somebody get the alerts?', 'no alertEmails in the settings; the monitor shows every alert');
	}

	const documented = second.policies.every(({documentation}) => documentation.length > 0);
	check('thresholds-documented', documented, 'each policy names its threshold and the runbook');
	return `${second.metrics.length} metrics, ${second.policies.length} policies`;
};
