// Where a schedule says something twice and not the same: its head against its messages, its rows against its messages.
import {Temporal} from 'temporal-polyfill';
import type {Schedule} from '../envelope.js';
import {pricingDistribution, sizeLabels, toRow} from '../schedule-envelope.js';
import {ppvGapMinutes} from './build.js';
import {saturationResponse, worseZone, zoneOf} from './saturation.js';

export type Contradiction = {
	readonly path: readonly (string | number)[];
	/** What would agree with the rest, and with what: `28, as many as there are messages`. */
	readonly accepted: string;
};

const addDays = (date: string, days: number): string => Temporal.PlainDate.from(date).add({days}).toString();

type Fields = Readonly<Record<string, string | number>>;

const differing = (path: Contradiction['path'], given: Fields, expected: Fields, why: string): readonly Contradiction[] =>
	Object.entries(expected)
		.filter(([key, value]) => given[key] !== value)
		.map(([key, value]) => ({path: [...path, key], accepted: `${JSON.stringify(value)}, ${why}`}));

const ofWeek = ({metadata: {week_start: start, week_end: end}}: Schedule): readonly Contradiction[] => {
	const monday = addDays(start, 1 - Temporal.PlainDate.from(start).dayOfWeek);
	return [
		...(start === monday ? [] : [{path: ['metadata', 'week_start'], accepted: `a Monday, such as ${monday}`}]),
		...(end === addDays(start, 6) ? [] : [{path: ['metadata', 'week_end'], accepted: `${addDays(start, 6)}, six days after week_start`}]),
	];
};

const ofTotals = ({messages, metadata}: Schedule): readonly Contradiction[] => {
	const paid = messages.filter(message => message.type === 'PPV').length;
	const counted = {total_messages: messages.length, total_ppvs: paid, total_bumps: messages.length - paid, total_followups: 0 as const};
	return [
		...differing(['metadata', 'volume_summary'], metadata.volume_summary, counted, 'as many as the messages are'),
		...differing(['metadata', 'pricing_distribution'], metadata.pricing_distribution, pricingDistribution(messages), 'as many as the messages of the tier are'),
	];
};

const ofRows = ({messages, mm_schedule: rows}: Schedule): readonly Contradiction[] =>
	rows.length === messages.length
		? rows.flatMap((row, index) => differing(['mm_schedule', index], row, toRow(messages[index]!, index), `as messages[${index}] has it`))
		: [{path: ['mm_schedule'], accepted: `a list with ${messages.length} items, one for each message`}];

const ofPage = ({size, metadata, saturation_score: score}: Schedule): readonly Contradiction[] => {
	const zone = metadata.saturation_status;
	const worse = worseZone(zoneOf(score), zone);
	return [
		...(metadata.account_size === sizeLabels[size] ? [] : [{path: ['metadata', 'account_size'], accepted: `${JSON.stringify(sizeLabels[size])}, as size is ${size}`}]),
		...(worse === zone ? [] : [{path: ['metadata', 'saturation_status'], accepted: `${JSON.stringify(worse)} or worse, as saturation_score is ${score}`}]),
	];
};

/** The gap decides which paid messages are too close, so the page does, not its file. */
const ofGap = ({size, metadata: {saturation_status: zone, mode}, gap_minutes: gap}: Schedule): readonly Contradiction[] =>
	differing([], {gap_minutes: gap}, {gap_minutes: ppvGapMinutes(size, saturationResponse(zone, mode))}, `the gap of a ${size} page that is ${zone}${mode === 'optimize' ? '' : ` in mode ${mode}`}`);

/** A page that is RED sends nothing paid in the first days of its week. */
const ofCoolingDays = ({messages, metadata}: Schedule): readonly Contradiction[] => {
	const {coolingDays} = saturationResponse(metadata.saturation_status, metadata.mode);
	const over = addDays(metadata.week_start, coolingDays);
	return messages.flatMap(({type, send_local: local}, index) =>
		type === 'PPV' && local.slice(0, 10) < over ? [{path: ['messages', index, 'type'], accepted: `"Bump", as ${local.slice(0, 10)} is a cooling day of a ${metadata.saturation_status} page`}] : []);
};

/** What in a schedule contradicts the rest of it; empty when nothing does. */
export const findContradictions = (schedule: Schedule): readonly Contradiction[] =>
	[ofWeek, ofTotals, ofRows, ofPage, ofGap, ofCoolingDays].flatMap(find => find(schedule));
