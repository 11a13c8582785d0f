// The rules that every week of a simulation is held against: written here a second time, from the specification, so that
// a mistake in the product's own check does not hide itself.
import type {Schedule} from '../../source/eros/envelope.js';
import {dayGap, minutesBetween} from './dates.js';

/** Specification 10.1 and 10.2: paid and free messages a week in GREEN, YELLOW and RED; gap between paid messages in minutes; most a day. */
const volumes = {
	MICRO: {totals: [[6, 4], [4, 4], [3, 8]], gap: 180, perDay: 8},
	SMALL: {totals: [[8, 6], [6, 7], [4, 12]], gap: 150, perDay: 10},
	MEDIUM: {totals: [[12, 8], [9, 9], [6, 16]], gap: 120, perDay: 15},
	LARGE: {totals: [[16, 12], [12, 14], [8, 24]], gap: 90, perDay: 20},
	MEGA: {totals: [[21, 16], [15, 19], [10, 32]], gap: 75, perDay: 25},
} as const;
const zones = ['GREEN', 'YELLOW', 'RED'] as const;
const extraGaps = [0, 30, 60] as const;
const bands: Readonly<Record<string, readonly [number, number]>> = {budget: [10, 18], mid: [18, 28], premium: [28, 45], bump: [0, 0]};

/** A row of active_caption_assignments that counts as used. */
export type Lock = {readonly page: string; readonly captionId: string; readonly scheduleId: string; readonly date: string; readonly isActive: boolean};

/** Breaches of one page's week, in sentences. `locks` are those of the schedule. */
export const weekBreaches = (schedule: Schedule, locks: readonly Lock[]): readonly string[] => {
	const {messages, metadata, size} = schedule;
	const rule = volumes[size];
	const zone = zones.indexOf(metadata.saturation_status);
	const [paidWanted, freeWanted] = rule.totals[zone]!;
	const paid = messages.filter(message => message.type === 'PPV');
	const say = (isBroken: boolean, text: string): readonly string[] => (isBroken ? [`${schedule.page_name} ${metadata.week_start}: ${text}`] : []);
	const perDay = messages.map(message => messages.filter(other => other.send_local.slice(0, 10) === message.send_local.slice(0, 10)).length);
	const gap = rule.gap + extraGaps[zone]!;
	return [
		...say(paid.length !== paidWanted || messages.length - paid.length !== freeWanted, `${paid.length} paid and ${messages.length - paid.length} free messages instead of ${paidWanted} and ${freeWanted}`),
		...say(Math.max(...perDay) > rule.perDay, `${Math.max(...perDay)} messages on a day, at most ${rule.perDay}`),
		...say(minutesBetween(paid).some(minutes => minutes < gap), `paid messages less than ${gap} min apart`),
		...say(minutesBetween(messages).some(minutes => minutes < 30), 'messages less than 30 min apart'),
		...say(metadata.saturation_status === 'RED' && paid.some(message => ['Monday', 'Tuesday'].includes(message.day_of_week)), 'a paid message on a cooling day'),
		...messages.flatMap(message => {
			const time = message.send_local.slice(11, 16);
			const [lowest, highest] = bands[message.tier]!;
			return [
				...say(time < '08:00' || time > (message.type === 'PPV' ? '21:30' : '21:00'), `${message.type} at ${time}, outside the send window`),
				...say(message.send_local.slice(0, 10) < metadata.week_start || message.send_local.slice(0, 10) > metadata.week_end, `${message.send_local} is outside the week`),
				...say(message.price < lowest || message.price > highest, `$${message.price} for a ${message.tier} message`),
				...say((message.type === 'Bump') !== (message.tier === 'bump'), `a ${message.type} of tier ${message.tier}`),
				...say(message.performance_score < 0 || message.performance_score > 1, `a score of ${message.performance_score}`),
			];
		}),
		...say(new Set(messages.map(message => message.caption_id)).size !== messages.length, 'a caption twice'),
		...say(locks.map(lock => `${lock.captionId} ${lock.date}`).sort().join() !== messages.map(message => `${message.caption_id} ${message.send_local.slice(0, 10)}`).sort().join(), `${locks.length} locks that are not the ${messages.length} messages`),
		...say(messages.filter(message => message.has_urgency).length > 5, 'more than five urgent messages'),
	];
};

/** Captions used twice within seven days on any pages, over all locks that count as used. */
export const repetitionBreaches = (locks: readonly Lock[]): readonly string[] => {
	const sorted = [...locks].sort((a, b) => (a.captionId === b.captionId ? (a.date < b.date ? -1 : 1) : a.captionId < b.captionId ? -1 : 1));
	return sorted.slice(1).flatMap((lock, index) => {
		const before = sorted[index]!;
		const days = dayGap(before.date, lock.date);
		return before.captionId === lock.captionId && days <= 7 ? [`caption ${lock.captionId}: ${before.page} on ${before.date}, ${lock.page} on ${lock.date}, ${days} days apart`] : [];
	});
};
