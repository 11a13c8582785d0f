// 0.3 Notification: the team knows when, where and what. A receipt proves it; a draft is attested by the person who sends it.
import type {StepContext} from '../../engine/task.js';
import {windowCalendar} from '../../notify/calendar.js';
import {renderWindowNotice, renderWindowPlan} from '../../report/documents/window-notice.js';
import {checksOf} from '../criteria.js';
import {findSqlFile} from '../deploy-set.js';
import {clockOf} from '../zone-time.js';

type HourRow = {readonly hour: unknown; readonly jobs: unknown};

/** Jobs by hour of the business day over 28 days, in words; says so when there is no history. */
const describeTraffic = async (context: StepContext): Promise<string> => {
	const {dataset, timeZone} = context.settings;
	const file = await findSqlFile(context, 'sql/monitoring/traffic.sql', dataset);
	const {rows} = await context.ports.warehouse.query<HourRow>(file?.sql ?? '');
	if (rows.length === 0) {
		return 'no job history to read it from';
	}

	const startsAt = Number(clockOf(context.ports.clock.now(), timeZone).slice(0, 2));
	const byHour = new Map(rows.map(row => [Number(row.hour), Number(row.jobs)]));
	const quietest = Array.from({length: 24}, (_, hour) => hour).sort((a, b) => (byHour.get(a) ?? 0) - (byHour.get(b) ?? 0))[0]!;
	return `${byHour.get(startsAt) ?? 0} jobs at ${startsAt}:00 in 28 days; the quietest hour is ${quietest}:00`;
};

/** Sends the notice with calendar entry and plan; drafts what has no channel. */
export const runNotification = async (context: StepContext): Promise<string> => {
	const {check, attest} = checksOf(context);
	const {settings, ports} = context;
	const run = context.state().run ?? 'run';
	const startsAtMs = context.state().startedAtMs ?? ports.clock.now();
	const traffic = await describeTraffic(context);
	const notice = renderWindowNotice({project: settings.project, dataset: settings.dataset, timeZone: settings.timeZone, startsAtMs, windowMs: settings.windowMs, run, traffic});
	const plan = renderWindowPlan(context.state().window);
	const calendar = windowCalendar({run, sequence: 0, isCancelled: false, startMs: startsAtMs, endMs: startsAtMs + settings.windowMs, timeZone: settings.timeZone, stampMs: ports.clock.now(), title: notice.subject, text: notice.text, organizer: settings.contacts[0] ?? {name: 'eros-tui', email: 'eros-tui@localhost.localdomain'}, attendees: settings.contacts});
	const planPath = await context.writeArtifact('DEPLOYMENT_PLAN.md', plan, 'Plan of the window');
	await context.writeArtifact('window.ics', calendar, 'Calendar entry of the window');
	check('calendar-attached', calendar.includes('BEGIN:VEVENT') && calendar.includes(settings.timeZone), `one entry in ${settings.timeZone}`);
	const to = settings.contacts.map(({email}) => email);
	const attachments = [{name: 'window.ics', content: calendar, type: 'text/calendar'}, {name: 'DEPLOYMENT_PLAN.md', content: plan, type: 'text/markdown'}];
	const mail = await ports.notifier.send({key: `${run}/window-notice/mail`, channel: 'mail', to, subject: notice.subject, text: notice.text, attachments});
	const chat = await ports.notifier.send({key: `${run}/window-notice/chat`, channel: 'chat', to: [], subject: notice.subject, text: notice.text});
	if (mail.state === 'sent') {
		check('team-mailed', true, mail.receipt);
		check('plan-shared', true, `attached to the mail: ${mail.receipt}`);
	} else {
		await attest('team-mailed', `No mail was sent (${mail.reason}). The draft is ${mail.path}. Was the team told?`, `draft ${mail.path}`);
		await attest('plan-shared', `Was ${planPath} shared with the team?`, `written to ${planPath}`);
	}

	if (chat.state === 'sent') {
		check('channel-created', true, `the channel accepted a message: ${chat.receipt}`);
	} else {
		await attest('channel-created', `No chat message was sent (${chat.reason}). Is there a channel for this deployment?`, `draft ${chat.path}`);
	}

	await attest('window-scheduled', `Is this a low-traffic period? ${traffic}.`, traffic);
	return mail.state === 'sent' ? `mail to ${to.length}` : 'drafted';
};
