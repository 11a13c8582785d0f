// Is the audience tired right now? Compares the last 24 hours with the days before; pure.
import type {Fatigue} from './envelope.js';
import type {Zone} from './schedule/saturation.js';

/** Counters of 24 hours that end `daysAgo` days before the data's horizon. */
export type FatigueDay = {readonly daysAgo: number; readonly messages: number; readonly viewed: number; readonly purchased: number};

const sumOf = (days: readonly FatigueDay[], counter: 'messages' | 'viewed' | 'purchased'): number => days.reduce((sum, day) => sum + day[counter], 0);

const conversionOf = (days: readonly FatigueDay[]): number | undefined => {
	const viewed = sumOf(days, 'viewed');
	return viewed > 0 ? sumOf(days, 'purchased') / viewed : undefined;
};

/** Conversion against the baseline, as one division of whole numbers: 90 % is 0.9, not a little less. */
const conversionRatioOf = (today: FatigueDay, baseline: readonly FatigueDay[]): number | undefined => {
	const divisor = today.viewed * sumOf(baseline, 'purchased');
	return divisor > 0 ? (today.purchased * sumOf(baseline, 'viewed')) / divisor : undefined;
};

const zScore = (value: number, sample: readonly number[]): number => {
	const mean = sample.reduce((sum, item) => sum + item, 0) / sample.length;
	const variance = sample.reduce((sum, item) => sum + (item - mean) ** 2, 0) / (sample.length - 1);
	return sample.length < 2 || variance === 0 ? 0 : (value - mean) / Math.sqrt(variance);
};

/** Days on which conversion fell, counted back from the newest. */
const decliningDays = (days: readonly FatigueDay[]): number => {
	const series = [...days].sort((a, b) => a.daysAgo - b.daysAgo).map(day => conversionOf([day]));
	let count = 0;
	for (const [index, value] of series.entries()) {
		const before = series[index + 1];
		if (value === undefined || before === undefined || value >= before) {
			break;
		}

		count += 1;
	}

	return count;
};

const zoneFrom = (conversionRatio: number, messageRatio: number, previous: Zone): Zone => {
	if (conversionRatio < 0.5 && messageRatio > 1.5) {
		return 'RED';
	}

	if (conversionRatio < 0.7 && messageRatio > 1.2) {
		return 'YELLOW';
	}

	return conversionRatio >= 0.9 ? 'GREEN' : previous;
};

const round = (value: number): number => Math.round(value * 1e6) / 1e6;

/**
 * Judges the last 24 hours.
 * RED below half the baseline conversion at more than 1.5 times the messages; YELLOW below 70 % at more than 1.2 times;
 * GREEN from 90 %; between them the zone stays what it was. Exhaustion is
 * clamp((1 - conversion ratio) x 50 + (message ratio - 1) x 30 + 10 x declining days, 0, 100).
 * @param previous zone that the monitor found before. Not the page's final zone: that one holds the analyzer's judgement
 * too, and a RED of the analyzer would keep itself up here.
 * @param dataAsOfMs horizon of the data, epoch milliseconds.
 */
export const assessFatigue = (days: readonly FatigueDay[], previous: Zone, dataAsOfMs: number): Fatigue => {
	const today = days.find(day => day.daysAgo === 0);
	const baseline = days.filter(day => day.daysAgo > 0);
	const conversion = today && conversionOf([today]);
	const usualMessages = sumOf(baseline, 'messages');
	const messageRatio = today && usualMessages > 0 ? (today.messages * baseline.length) / usualMessages : undefined;
	const conversionRatio = today && conversionRatioOf(today, baseline);
	const declineDays = decliningDays(days);
	const isKnown = conversionRatio !== undefined && messageRatio !== undefined;
	const raw = isKnown ? (1 - conversionRatio) * 50 + (messageRatio - 1) * 30 + declineDays * 10 : 0;
	const exhaustion = Math.min(100, Math.max(0, raw));
	const perDay = baseline.map(day => conversionOf([day])).filter(value => value !== undefined);
	const isOverloaded = isKnown && zScore(conversion ?? 0, perDay) < -2 && zScore(today?.messages ?? 0, baseline.map(day => day.messages)) > 2;
	return {
		zone: isKnown ? zoneFrom(conversionRatio, messageRatio, previous) : previous,
		exhaustion: round(exhaustion),
		alert: exhaustion > 80 ? 'CRITICAL' : exhaustion > 70 ? 'ALERT' : 'NONE',
		is_saturation_predicted: isOverloaded || declineDays >= 3,
		conversion_ratio: conversionRatio === undefined ? null : round(conversionRatio),
		message_ratio: messageRatio === undefined ? null : round(messageRatio),
		decline_days: declineDays,
		data_as_of: new Date(dataAsOfMs).toISOString(),
	};
};

/** Days that a day is compared with. */
const baselineDays = 28;
/** A zone that nothing has confirmed for so many days is over. */
const rememberedDays = 7;

/** Days that `watchFatigue` looks at: the last one, those whose zone it still remembers, and what the oldest is compared with. */
export const watchedDays = 1 + rememberedDays + baselineDays;

/** The days as they were seen `back` days ago. */
const seenFrom = (days: readonly FatigueDay[], back: number): readonly FatigueDay[] =>
	days.filter(({daysAgo}) => daysAgo >= back && daysAgo <= back + baselineDays).map(day => ({...day, daysAgo: day.daysAgo - back}));

/**
 * Judges the last 24 hours after the days before them. The zone that stays between the thresholds is the monitor's own: it
 * is found again from the same counters, day by day through the last week, so no stored judgement of others gets into it.
 * @param days counters of the last `watchedDays`; days without messages may be missing.
 * @param dataAsOfMs horizon of the data, epoch milliseconds.
 */
export const watchFatigue = (days: readonly FatigueDay[], dataAsOfMs: number): Fatigue => {
	let previous: Zone = 'GREEN';
	for (let back = rememberedDays; back > 0; back -= 1) {
		previous = assessFatigue(seenFrom(days, back), previous, dataAsOfMs).zone;
	}

	return assessFatigue(seenFrom(days, 0), previous, dataAsOfMs);
};

/** What somebody has to look at; `kind` is what an alert is held back by when the same was raised within the hour. */
export type FatigueAlert = {readonly kind: 'exhaustion_alert' | 'exhaustion_critical' | 'saturation_predicted'; readonly level: 'WARNING' | 'CRITICAL'; readonly message: string};

const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;

const oneDecimal = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

const exhaustionAlert = ({alert, exhaustion, conversion_ratio: conversion, message_ratio: messages, decline_days: decline}: Fatigue): FatigueAlert => {
	const isCritical = alert === 'CRITICAL';
	const figures = `conversion at ${Math.round((conversion ?? 0) * 100)} % of its baseline, ${oneDecimal(messages ?? 0)} times the messages, ${days(decline)} of decline`;
	return {
		kind: isCritical ? 'exhaustion_critical' : 'exhaustion_alert',
		level: isCritical ? 'CRITICAL' : 'WARNING',
		message: `the audience is exhausted, ${Math.round(exhaustion)} of 100 (${isCritical ? 'critical above 80' : 'alert above 70'}): ${figures}`,
	};
};

/** The alerts of a judgement with their numbers; none for a page that is well. */
export const alertsOf = (fatigue: Fatigue): readonly FatigueAlert[] => [
	...(fatigue.alert === 'NONE' ? [] : [exhaustionAlert(fatigue)]),
	...(fatigue.is_saturation_predicted
		? [{kind: 'saturation_predicted' as const, level: 'WARNING' as const, message: `saturation is predicted: ${fatigue.decline_days >= 3 ? `conversion fell on ${fatigue.decline_days} days in a row` : 'conversion lies far below the usual at far more messages'}`}]
		: []),
];
