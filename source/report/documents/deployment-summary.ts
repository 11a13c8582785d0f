// DEPLOYMENT_SUMMARY_YYYYMMDD.md, rendered from what happened. It has no default and no placeholder: what is not known
// keeps it from being written.
import {formatPlanHash, planHash} from '../../domain/ids.js';
import {formatCount, formatMoney} from '../../domain/wording/amount.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {missingFacts, UnknownFactsError, type SummaryFacts} from './summary-facts.js';

export type SummaryObject = {readonly kind: string; readonly name: string; readonly action: string};

export type SummaryContent = {
	readonly facts: SummaryFacts;
	readonly objects: readonly SummaryObject[];
	readonly timeZone: string;
	readonly recipients: readonly string[];
	/** Civil date of the next review. */
	readonly nextReview: string;
};

const kinds: readonly {readonly kind: string; readonly singular: string; readonly plural: string}[] = [
	{kind: 'function', singular: 'UDF', plural: 'UDFs'},
	{kind: 'table-function', singular: 'TVF', plural: 'TVFs'},
	{kind: 'procedure', singular: 'stored procedure', plural: 'stored procedures'},
	{kind: 'view', singular: 'view', plural: 'views'},
	{kind: 'scheduled-query', singular: 'scheduled query', plural: 'scheduled queries'},
	{kind: 'table', singular: 'table', plural: 'tables'},
];

/** The instant as date, minute and zone: `2025-11-03 12:04 PST`. */
export const formatInstant = (atMs: number, timeZone: string): string => {
	const parts = new Map(new Intl.DateTimeFormat('en-US', {timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', timeZoneName: 'short'}).formatToParts(atMs).map(({type, value}) => [type, value]));
	return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')} ${parts.get('hour')}:${parts.get('minute')} ${parts.get('timeZoneName')}`;
};

/** `DEPLOYMENT_SUMMARY_20251103.md`, by the civil date in the business zone. */
export const summaryFileName = (atMs: number, timeZone: string): string =>
	`DEPLOYMENT_SUMMARY_${formatInstant(atMs, timeZone).slice(0, 10).replaceAll('-', '')}.md`;

const list = (items: readonly string[], otherwise: string): string => items.length === 0 ? `- ${otherwise}` : items.map(item => `- ${item}`).join('\n');

const objectLines = (objects: readonly SummaryObject[]): string =>
	kinds.flatMap(({kind, singular, plural}) => {
		const own = objects.filter(object => object.kind === kind);
		return own.length === 0 ? [] : [`- ${formatCount(own.length, singular, plural)}: ${own.map(({name, action}) => `${name} (${action})`).join(', ')}`];
	}).join('\n');

const metric = (value: number | undefined, show: (value: number) => string): string => value === undefined ? 'not measured: the deployment was not monitored to its end' : show(value);

const placeholder = /\[(?:FILL IN|TIME|DATE|SCORE|NAME|LINK|EMAIL|CHANNEL|NONE)[^\]]*\]|\bundefined\b|\bNaN\b|\$\{|\$\(/;

/** Throws when a rendered document still holds something to fill in. */
export const refusePlaceholders = (text: string): string => {
	const found = placeholder.exec(text)?.[0];
	if (found !== undefined) {
		throw new UnknownFactsError([`"${found}" in the text`]);
	}

	return text;
};

/**
 * The summary as Markdown.
 * @throws UnknownFactsError naming everything that is not known.
 */
export const renderDeploymentSummary = ({facts, objects, timeZone, recipients, nextReview}: SummaryContent): string => {
	const missing = missingFacts(facts);
	if (missing.length > 0) {
		throw new UnknownFactsError(missing);
	}

	const {criteria} = facts;
	return refusePlaceholders(`# EROS, deployment summary

**Outcome:** ${facts.verdict}
**Date:** ${formatInstant(facts.deployedAtMs ?? facts.startedAtMs, timeZone)}
**Target:** ${facts.project}.${facts.dataset}
**Plan:** ${formatPlanHash(planHash(facts.planHash))}, run ${facts.run}
**Deployment time:** ${formatDuration(facts.deploymentMs)}
**Deployed by:** ${facts.deployedBy}

## Deployment results

### Objects

${objectLines(objects)}

### Smoke tests

${facts.smoke.map(({number, name, passed, durationMs}) => `- Test #${number} (${name}): ${passed ? 'PASSED' : 'FAILED'}, ${formatDuration(durationMs)}`).join('\n')}

### Performance in the 24 hours after deployment

- Health score: ${metric(facts.score, score => `${score}/100`)}
- Query time: ${metric(facts.p50Ms, p50 => `median ${formatDuration(p50)}${facts.p95Ms === undefined ? '' : `, p95 ${formatDuration(facts.p95Ms)}`}`)}
- Total cost since deployment: ${metric(facts.costMicros, formatMoney)}
- Error rate: ${metric(facts.errorRate, rate => `${(100 * rate).toFixed(1)}% of ${formatCount(facts.jobs, 'job')}`)}
- Schedules generated: ${metric(facts.schedulesCreated, String)}
- Samples taken: ${facts.samples}

### Acceptance criteria

- ${criteria.auto} proven by the tool, ${criteria.attested} attested, ${criteria['n/a']} not applicable
- ${criteria.failed} failed, ${criteria['no-data']} without data, ${criteria.unchecked} unchecked

${facts.unchecked.length === 0 ? '' : `Unchecked when this was written:\n\n${list(facts.unchecked, '')}\n\n`}### Issues encountered

${list(facts.issues, 'None recorded.')}

### Rollback events

${list(facts.rollbacks, 'None.')}

### Next steps

1. Watch the health score for 7 days: \`eros-tui health\`
2. Review the expected message value weekly
3. Tune by what the numbers say: \`eros-tui cost --days 7\`
4. Write down what was learned

## Stakeholders

${list(recipients, 'No recipient is configured; add contacts to the settings file.')}

Next review: ${nextReview}
`);
};
