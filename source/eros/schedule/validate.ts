// What a schedule must hold before it leaves the house. Every breach is a sentence; an empty list means valid.
import {Temporal} from 'temporal-polyfill';
import {mostUrgentPerWeek} from './assign.js';
import {minAnyGapMinutes} from './bump-slots.js';
import {messageSchema, type ScheduledMessage} from './message.js';
import {priceBands} from './price.js';
import {sendWindow} from './time-window.js';
import {dayNames, localText, type Week} from './week.js';

export type ScheduleCheck = {
	readonly messages: readonly ScheduledMessage[];
	readonly week: Pick<Week, 'start' | 'end' | 'timeZone'>;
	readonly gapMinutes: number;
	/** Totals of the header row. */
	readonly totals: {readonly ppv: number; readonly bump: number};
	readonly maxMessagesPerDay: number;
	/** Caption ids with an active lock of this schedule; undefined before locking. */
	readonly lockedIds?: readonly string[];
};

const minuteOf = (message: ScheduledMessage): number => Number(message.send_local.slice(11, 13)) * 60 + Number(message.send_local.slice(14, 16));

const checkFields = (messages: readonly ScheduledMessage[]): readonly string[] =>
	messages.flatMap((message, index) => {
		const parsed = messageSchema.safeParse(message);
		return parsed.success ? [] : [`message ${index + 1}: ${parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`).join('; ')}`];
	});

const checkTimes = ({messages, week}: ScheduleCheck): readonly string[] =>
	messages.flatMap(message => {
		const problems: string[] = [];
		const date = message.send_local.slice(0, 10);
		const zoned = Temporal.Instant.from(message.send_at).toZonedDateTimeISO(week.timeZone);
		if (localText(zoned) !== message.send_local) {
			return [`message ${message.index}: ${message.send_at} is ${localText(zoned)} in ${week.timeZone}, not ${message.send_local}`];
		}

		if (date < week.start || date > week.end) {
			problems.push(`message ${message.index}: ${date} is outside the week ${week.start} to ${week.end}`);
		}

		if (message.time_zone !== week.timeZone) {
			problems.push(`message ${message.index}: its zone is ${message.time_zone}, the week's ${week.timeZone}`);
		}

		if (dayNames[Temporal.PlainDate.from(date).dayOfWeek - 1] !== message.day_of_week) {
			problems.push(`message ${message.index}: ${date} is no ${message.day_of_week}`);
		}

		const latest = message.type === 'PPV' ? sendWindow.lastPpvMinute : sendWindow.lastBumpMinute;
		if (minuteOf(message) < sendWindow.firstMinute || minuteOf(message) > latest) {
			problems.push(`message ${message.index}: ${message.send_local.slice(11, 16)} is outside the send window`);
		}

		return problems;
	});

const elapsedMinutes = (earlier: ScheduledMessage, later: ScheduledMessage): number => (Temporal.Instant.from(later.send_at).epochMilliseconds - Temporal.Instant.from(earlier.send_at).epochMilliseconds) / 60_000;

const checkGaps = (messages: readonly ScheduledMessage[], gap: number, noun: string): readonly string[] =>
	messages.slice(1).flatMap((message, index) => {
		const minutes = elapsedMinutes(messages[index]!, message);
		return minutes < gap ? [`${noun} ${messages[index]!.index} and ${message.index} are ${minutes} min apart, less than ${gap}`] : [];
	});

const checkOrder = (messages: readonly ScheduledMessage[]): readonly string[] =>
	messages.flatMap((message, index) => (message.index === index + 1 ? [] : [`message ${index + 1} in the list has index ${message.index}`]));

const checkTotals = ({messages, totals, maxMessagesPerDay}: ScheduleCheck): readonly string[] => {
	const paid = messages.filter(message => message.type === 'PPV').length;
	const free = messages.length - paid;
	const urgent = messages.filter(message => message.has_urgency).length;
	const perDay = new Map<string, number>();
	for (const {send_local: local} of messages) {
		perDay.set(local.slice(0, 10), (perDay.get(local.slice(0, 10)) ?? 0) + 1);
	}

	return [
		...(messages.length === 0 ? ['the schedule has no message'] : []),
		...(paid === totals.ppv && free === totals.bump ? [] : [`totals say ${totals.ppv} paid and ${totals.bump} free, the messages are ${paid} and ${free}`]),
		...(urgent > mostUrgentPerWeek ? [`${urgent} messages are urgent, more than ${mostUrgentPerWeek} a week`] : []),
		...[...perDay].filter(([, count]) => count > maxMessagesPerDay).map(([date, count]) => `${date} has ${count} messages, more than ${maxMessagesPerDay}`),
	];
};

const checkCaptions = ({messages, lockedIds}: ScheduleCheck): readonly string[] => {
	const seen = new Set<string>();
	const problems: string[] = [];
	for (const {index, type, tier, price, caption_id: id} of messages) {
		if (seen.has(id)) {
			problems.push(`message ${index}: caption ${id} is used twice`);
		}

		if ((type === 'Bump') !== (tier === 'bump')) {
			problems.push(`message ${index}: a ${type} can't have tier ${tier}`);
		}

		const [lowest, highest] = tier === 'bump' ? [0, 0] : priceBands[tier];
		if (price < lowest || price > highest) {
			problems.push(`message ${index}: $${price} is outside the band of ${tier}, $${lowest} to $${highest}`);
		}

		if (lockedIds && !lockedIds.includes(id)) {
			problems.push(`message ${index}: no lock is held for caption ${id}`);
		}

		seen.add(id);
	}

	return problems;
};

/** Every breach of the rules that a schedule must keep before export. */
export const validateSchedule = (check: ScheduleCheck): readonly string[] => {
	const fields = checkFields(check.messages);
	if (fields.length > 0) {
		return fields;
	}

	return [
		...checkOrder(check.messages),
		...checkTotals(check),
		...checkTimes(check),
		...checkGaps(check.messages, minAnyGapMinutes, 'messages'),
		...checkGaps(check.messages.filter(message => message.type === 'PPV'), check.gapMinutes, 'paid messages'),
		...checkCaptions(check),
	];
};
