// The message to stakeholders. It says FAILED or ROLLED BACK when that is what happened.
import {formatPlanHash, planHash} from '../../domain/ids.js';
import {formatCount, formatMoney} from '../../domain/wording/amount.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {formatInstant, refusePlaceholders} from './deployment-summary.js';
import {missingFacts, UnknownFactsError, type DeploymentVerdict, type SummaryFacts} from './summary-facts.js';

export type MessageContent = {
	readonly facts: SummaryFacts;
	readonly objectCount: number;
	readonly timeZone: string;
	/** Paths or addresses of the documents. */
	readonly documents: readonly {readonly title: string; readonly place: string}[];
	readonly contacts: readonly {readonly name: string; readonly email: string; readonly role: string}[];
	readonly nextReview: string;
};

export type StakeholderMessage = {readonly subject: string; readonly text: string};

const openings: {readonly [Verdict in DeploymentVerdict]: string} = {
	DEPLOYED: 'EROS is deployed to production.',
	FAILED: 'The deployment of EROS FAILED. The summary says what was changed and what was not.',
	'ROLLED BACK': 'The deployment of EROS was ROLLED BACK. Production stands as it did before.',
};

const nextSteps: {readonly [Verdict in DeploymentVerdict]: readonly string[]} = {
	DEPLOYED: ['Weekly review of the expected message value', 'Cost review after 7 days', 'Lessons learned go into the runbook'],
	FAILED: ['The cause is mended and rehearsed', 'A new window is announced'],
	'ROLLED BACK': ['Scheduled queries stay disabled until an operator enables them', 'The cause is mended and rehearsed', 'A new window is announced'],
};

/**
 * Subject and text of the message.
 * @throws UnknownFactsError naming everything that is not known.
 */
export const renderStakeholderMessage = ({facts, objectCount, timeZone, documents, contacts, nextReview}: MessageContent): StakeholderMessage => {
	const missing = missingFacts(facts);
	if (missing.length > 0) {
		throw new UnknownFactsError(missing);
	}

	const passed = facts.smoke.filter(test => test.passed).length;
	const numbers = [
		`Smoke tests: ${passed} of ${facts.smoke.length} passed`,
		...(facts.score === undefined ? [] : [`Health score: ${facts.score}/100 after ${formatCount(facts.samples, 'sample')}`]),
		...(facts.errorRate === undefined ? [] : [`Failed jobs: ${(100 * facts.errorRate).toFixed(1)}% of ${facts.jobs}`]),
		...(facts.costMicros === undefined ? [] : [`Cost since deployment: ${formatMoney(facts.costMicros)}`]),
	];
	const text = `${openings[facts.verdict]}

Details
- Date: ${formatInstant(facts.deployedAtMs ?? facts.startedAtMs, timeZone)}
- Duration: ${formatDuration(facts.deploymentMs)}
- Outcome: ${facts.verdict}
- Target: ${facts.project}.${facts.dataset}, plan ${formatPlanHash(planHash(facts.planHash))}
- Objects in the plan: ${objectCount}

Validation
${numbers.map(line => `- ${line}`).join('\n')}
${facts.issues.length === 0 ? '- Issues: none recorded' : `- Issues: ${facts.issues.length}, listed in the summary`}

Next steps
${nextSteps[facts.verdict].map((step, index) => `${index + 1}. ${step}`).join('\n')}
Next review: ${nextReview}

Documents
${documents.map(({title, place}) => `- ${title}: ${place}`).join('\n')}

Contact
${contacts.length === 0 ? `- Deployed by ${facts.deployedBy}` : contacts.map(({name, email, role}) => `- ${role}: ${name}, ${email}`).join('\n')}
`;
	return {subject: `EROS production deployment: ${facts.verdict}`, text: refusePlaceholders(text)};
};
