// A schedule as a week: days across, half hours down. Text only; the same on a screen and in a file.
import {Temporal} from 'temporal-polyfill';
import type {Schedule} from './envelope.js';

type Message = Schedule['messages'][number];

const dayLabels = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const monthLabels = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const tierLabels = {budget: 'bud', mid: 'mid', premium: 'pre', bump: ''} as const;

const timeColumn = 8;
const dayColumns = 7;
const widestDay = 14;
const narrowestDay = 9;

const zoneLabel = (timeZone: string): string => (timeZone === 'America/Los_Angeles' ? 'PT' : timeZone);

const dateLabel = (date: string, hasMonth: boolean): string => {
	const day = Temporal.PlainDate.from(date);
	return `${dayLabels[day.dayOfWeek - 1]} ${day.day}${hasMonth ? ` ${monthLabels[day.month - 1]} ${day.year}` : ''}`;
};

/** `:12 P mid 25`, or `:12 M$25` where the column is narrow; a free message is `:30 b`. */
const cellText = (message: Message, width: number): string => {
	const minute = `:${message.send_local.slice(14, 16)}`;
	if (message.type === 'Bump') {
		return `${minute} b`;
	}

	const tier = tierLabels[message.tier];
	return [`${minute} P ${tier} ${message.price}`, `${minute} ${tier.charAt(0).toUpperCase()}$${message.price}`].find(form => form.length < width) ?? `${minute} ${tier}`;
};

const halfHourOf = (message: Message): string => `${message.send_local.slice(11, 13)}:${Number(message.send_local.slice(14, 16)) < 30 ? '00' : '30'}`;

/** One line: page, week, size, zone and totals. */
export const weekTitle = ({page_name: page, metadata, size, saturation_score: score}: Schedule): string => {
	const {volume_summary: volume} = metadata;
	return `${page}   week of ${dateLabel(metadata.week_start, true)} (${zoneLabel(metadata.time_zone)})   ${size} · ${metadata.saturation_status} ${score.toFixed(2)} · ${volume.total_ppvs} PPV + ${volume.total_bumps} bumps`;
};

/**
 * The week as lines no wider than `columns`. Half hours without a message are left out; any two messages are half an hour
 * apart, so a field never holds two. Below 72 columns there is no room for seven days: one line a message instead.
 */
export const weekGrid = ({messages, metadata}: Schedule, columns: number): readonly string[] => {
	const dayWidth = Math.min(widestDay, Math.floor((columns - timeColumn) / dayColumns));
	if (dayWidth < narrowestDay) {
		return messages.map(message => `${message.day_of_week.slice(0, 3)} ${message.send_local.slice(11, 16)}  ${message.type === 'PPV' ? `PPV ${message.tier} $${message.price}` : 'bump'}`.slice(0, columns));
	}

	const start = Temporal.PlainDate.from(metadata.week_start);
	const dates = dayLabels.map((_, offset) => start.add({days: offset}).toString());
	const rows = [...new Set(messages.map(message => halfHourOf(message)))].sort();
	const header = `${' '.repeat(timeColumn)}${dates.map(date => dateLabel(date, false).padEnd(dayWidth)).join('')}`.trimEnd();
	return [
		header,
		...rows.map(row => {
			const cells = dates.map(date => {
				const message = messages.find(candidate => candidate.send_local.startsWith(date) && halfHourOf(candidate) === row);
				return (message ? cellText(message, dayWidth) : '·').padEnd(dayWidth);
			});
			return `  ${row} ${cells.join('')}`.trimEnd();
		}),
	];
};

/** Totals under the grid: tiers, prices, urgency, locks, strategy. */
export const weekTotals = ({messages, locks, requested}: Schedule): readonly string[] => {
	const paid = messages.filter(message => message.type === 'PPV');
	const count = (tier: Message['tier']): number => messages.filter(message => message.tier === tier).length;
	const prices = paid.map(message => message.price);
	const priceText = prices.length === 0 ? 'no prices' : `price $${Math.min(...prices)}-$${Math.max(...prices)}`;
	const explored = messages.filter(message => message.strategy === 'explore').length;
	return [
		`tiers    budget ${count('budget')} · mid ${count('mid')} · premium ${count('premium')}   ${priceText}   urgent ${messages.filter(message => message.has_urgency).length}`,
		`locks    ${locks.held} held, ${locks.conflicts} conflicts, ${locks.reselections} reselections   filled ${messages.length} of ${requested.ppv + requested.bump}   explore ${explored} · exploit ${messages.length - explored}`,
	];
};
