// 5.3 Summary and 5.4 Stakeholders: told from what happened, never from a template.
import type {StepContext} from '../../engine/task.js';
import {windowCalendar} from '../../notify/calendar.js';
import {formatInstant, renderDeploymentSummary, summaryFileName} from '../../report/documents/deployment-summary.js';
import {renderStakeholderMessage} from '../../report/documents/stakeholder-message.js';
import {readSummaryFacts, type SummaryFacts} from '../../report/documents/summary-facts.js';
import {checksOf, listNames} from '../criteria.js';
import {objectsFor} from '../deploy-set.js';
import {civilDate} from '../zone-time.js';

const dayMs = 86_400_000;

const factsOf = async (context: StepContext): Promise<SummaryFacts> =>
	readSummaryFacts(context.state(), (await context.ports.identity.whoAmI()).principal);

const reviewAt = (context: StepContext, days: number): number => (context.state().monitor?.t0Ms ?? context.ports.clock.now()) + days * dayMs;

const summaryNameOf = (context: StepContext): string => summaryFileName(context.state().monitor?.t0Ms ?? context.ports.clock.now(), context.settings.timeZone);

const listedKinds = [['lists-udfs', 'UDF'], ['lists-tvfs', 'TVF'], ['lists-procedures', 'stored procedure'], ['lists-view', 'view'], ['lists-schedules', 'scheduled quer']] as const;
const listedTests = [['lists-analyzer', 1], ['lists-selector', 2], ['lists-builder', 3], ['lists-exporter', 4], ['lists-time-zone', 5]] as const;

/** 5.3: the summary, refused while anything in it is unknown. */
export const runSummary = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const {settings} = context;
	const actions = new Map((context.state().plan?.objects ?? []).map(({name, action}) => [name, action]));
	const objects = (await objectsFor(context, settings.dataset)).map(({kind, name}) => ({kind, name, action: actions.get(name) ?? 'unchanged'}));
	const facts = await factsOf(context);
	const text = renderDeploymentSummary({facts, objects, timeZone: settings.timeZone, recipients: settings.contacts.map(({name, role}) => `${role}: ${name}`), nextReview: civilDate(reviewAt(context, 7), settings.timeZone)});
	const file = await context.writeArtifact(summaryNameOf(context), text, 'Deployment summary');
	for (const [name, words] of listedKinds) {
		const line = text.split('\n').find(candidate => candidate.startsWith('- ') && new RegExp(String.raw`^- \d+ ${words}`).test(candidate));
		check(name, line !== undefined, line?.slice(2, 120) ?? 'not listed');
	}

	for (const [name, number] of listedTests) {
		const line = text.split('\n').find(candidate => candidate.startsWith(`- Test #${number} `));
		check(name, line?.includes('PASSED') === true, line?.slice(2) ?? 'not listed');
	}

	check('created', await context.ports.files.exists(file), file);
	check('sections-filled', true, 'no placeholder and nothing unknown; the renderer refuses both');
	check('metrics-captured', facts.score !== undefined && facts.costMicros !== undefined, `score ${String(facts.score)}, ${facts.samples} samples, ${facts.jobs} jobs`);
	check('next-steps-defined', /## Next steps|### Next steps/.test(text), 'four steps and the next review');
	return file.slice(file.lastIndexOf('/') + 1);
};

/** Removes the staging dataset and its scheduled queries. Nothing points at them. */
const removeStaging = async (context: StepContext): Promise<boolean> => {
	const {warehouse, schedules} = context.ports;
	const {objects, total} = context.state().staging;
	if (await warehouse.findDataset(context.stagingDataset) !== undefined) {
		for (const {name} of await schedules.list(context.stagingDataset)) {
			await schedules.remove(name);
		}

		await warehouse.deleteScratchDataset(context.stagingDataset);
	}

	await context.emit({type: 'staging.changed', data: {objects, total, removed: true}});
	return await warehouse.findDataset(context.stagingDataset) === undefined;
};

const laterReviews = [
	['week-1-schedules', 1], ['week-1-no-duplicate', 1], ['week-1-performance', 1], ['week-1-no-corruption', 1], ['week-1-alerts', 1],
	['week-4-emv', 4], ['week-4-revenue', 4], ['week-4-cost', 4], ['week-4-team', 4], ['week-4-documents', 4],
] as const;

const writeReviews = async (context: StepContext): Promise<readonly number[]> => {
	const {settings, ports} = context;
	const run = context.state().run ?? 'run';
	const weeks = [1, 4];
	for (const week of weeks) {
		const startMs = reviewAt(context, 7 * week);
		const text = `eros-tui health\neros-tui cost --days ${7 * week}`;
		const calendar = windowCalendar({run: `${run}-week-${week}`, sequence: 0, isCancelled: false, startMs, endMs: startMs + 3_600_000, timeZone: settings.timeZone, stampMs: ports.clock.now(), title: `EROS review, week ${week}`, text, organizer: settings.contacts[0] ?? {name: 'eros-tui', email: 'eros-tui@localhost.localdomain'}, attendees: settings.contacts});
		await context.writeArtifact(`review-week-${week}.ics`, calendar, `Review of week ${week}`);
	}

	return weeks;
};

/** 5.4: the message, the reviews ahead, and staging removed. */
export const runStakeholders = async (context: StepContext): Promise<string> => {
	const {check, attest} = checksOf(context);
	const {settings, ports} = context;
	const run = context.state().run ?? 'run';
	const objects = await objectsFor(context, settings.dataset);
	const documents = [{title: 'Deployment summary', place: `${context.artifacts}/${summaryNameOf(context)}`}, {title: 'Operational runbook', place: `${context.artifacts}/OPERATIONAL_RUNBOOK.md`}, {title: 'Monitoring', place: 'eros-tui monitor'}];
	const message = renderStakeholderMessage({facts: await factsOf(context), objectCount: objects.length, timeZone: settings.timeZone, documents, contacts: settings.contacts, nextReview: formatInstant(reviewAt(context, 7), settings.timeZone)});
	await context.writeArtifact('stakeholder-message.txt', `${message.subject}\n\n${message.text}`, 'Message to stakeholders');
	const to = settings.contacts.map(({email}) => email);
	const mail = await ports.notifier.send({key: `${run}/stakeholders/mail`, channel: 'mail', to, subject: message.subject, text: message.text});
	await ports.notifier.send({key: `${run}/stakeholders/chat`, channel: 'chat', to: [], subject: message.subject, text: message.text});
	if (mail.state === 'sent') {
		check('mail-sent', true, mail.receipt);
	} else {
		await attest('mail-sent', `No mail was sent (${mail.reason}). The draft is ${mail.path}. Were the stakeholders told?`, `draft ${mail.path}`);
	}

	check('links-included', documents.every(({place}) => message.text.includes(place)), listNames(documents.map(({title}) => title)));
	check('next-steps-told', message.text.includes('Next steps'), 'next steps and the next review');
	check('contacts-given', message.text.includes('\nContact\n- '), settings.contacts.length === 0 ? 'who deployed' : `${settings.contacts.length} contacts`);
	const weeks = await writeReviews(context);
	check('reviews-scheduled', weeks.length === 2, 'review-week-1.ics and review-week-4.ics');
	for (const [name, week] of laterReviews) {
		context.log(`${name} stays open until the review of week ${week}`, 'debug');
	}

	const isRemoved = await removeStaging(context);
	check('staging-removed', isRemoved, isRemoved ? context.stagingDataset : `${context.stagingDataset} still stands`);
	return mail.state === 'sent' ? `mail to ${to.length}` : 'drafted';
};
