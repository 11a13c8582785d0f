// Turns a built week into the schedule that is saved, exported and shown.
import {createHash} from 'node:crypto';
import type {AccountSize} from './account-size.js';
import type {Envelopes, Schedule} from './envelope.js';
import type {BuiltSchedule} from './schedule/build.js';
import type {ScheduledMessage} from './schedule/message.js';
import type {Mode, Zone} from './schedule/saturation.js';

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** How the ids of a page's schedules in a run end: `_<page>_<4 hex>`. */
export const scheduleIdEnding = (pageName: string, runId: string): string => `_${pageName}_${createHash('sha256').update(`${runId}|${pageName}`).digest('hex').slice(0, 4)}`;

/**
 * Id of a page's schedule in a run: `sched_YYYYMMDD_HHMMSS_<page>_<4 hex>`, start of the run in UTC. The same in every
 * attempt of a run, so that a retry finds what an earlier attempt left.
 */
export const scheduleIdOf = (pageName: string, runId: string, startedAtMs: number): string => {
	const at = new Date(startedAtMs);
	const date = `${at.getUTCFullYear()}${twoDigits(at.getUTCMonth() + 1)}${twoDigits(at.getUTCDate())}`;
	const time = `${twoDigits(at.getUTCHours())}${twoDigits(at.getUTCMinutes())}${twoDigits(at.getUTCSeconds())}`;
	return `sched_${date}_${time}${scheduleIdEnding(pageName, runId)}`;
};

/** How an envelope names the sizes of accounts. */
export const sizeLabels: Readonly<Record<AccountSize, Schedule['metadata']['account_size']>> = {MICRO: 'small', SMALL: 'small', MEDIUM: 'medium', LARGE: 'large', MEGA: 'very_large'};

const clockText = (sendLocal: string): string => {
	const hour = Number(sendLocal.slice(11, 13));
	return `${hour % 12 === 0 ? 12 : hour % 12}:${sendLocal.slice(14, 16)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** A message as its row of the sheet; the header is row 1. */
export const toRow = (message: ScheduledMessage, index: number): Schedule['mm_schedule'][number] => ({
	row_number: index + 2,
	schedule_type: 'Mass Message',
	message_type: message.type === 'PPV' ? 'Unlock' : 'Photo bump',
	time_pst: clockText(message.send_local),
	scheduled_date: message.send_local.slice(0, 10),
	caption: message.caption_text,
	recommended_price: message.type === 'PPV' ? `$${message.price}` : '',
	caption_id: message.caption_id,
});

/** Paid messages by price band; a price stays in the band of its tier, so the tier says which. No caption is luxury. */
export const pricingDistribution = (messages: readonly ScheduledMessage[]): Schedule['metadata']['pricing_distribution'] => {
	const count = (tier: ScheduledMessage['tier']): number => messages.filter(message => message.tier === tier).length;
	return {budget_10_18: count('budget'), standard_18_28: count('mid'), premium_28_45: count('premium'), luxury_45_70: 0};
};

const reductionCodes: ReadonlySet<string> = new Set(['POOL_SHORT', 'TIER_BORROWED', 'DAY_FULL', 'NO_ROOM', 'NO_SUCH_LOCAL_TIME']);

const quality = (built: BuiltSchedule, isMonitorUnavailable: boolean): Schedule['metadata']['schedule_quality'] => {
	const requested = built.volume.ppv + built.volume.bump;
	const filled = requested === 0 ? 1 : Math.min(1, built.messages.length / requested);
	const isReduced = built.warnings.some(warning => reductionCodes.has(warning.code));
	const confidence = Math.round(filled * (isMonitorUnavailable ? 0.9 : 1) * 100) / 100;
	return {status: filled < 0.5 ? 'CRITICAL' : isReduced || isMonitorUnavailable ? 'DEGRADED' : 'OPTIMAL', confidence_score: confidence};
};

export type ScheduleFacts = {
	readonly scheduleId: string;
	readonly pageName: string;
	readonly mode: Mode;
	readonly accountSize: AccountSize;
	readonly zone: Zone;
	readonly saturationScore: number;
	readonly isMonitorUnavailable: boolean;
	readonly locks: Schedule['locks'];
};

/** The schedule of a built week. The week must have at least one message. */
export const toSchedule = (built: BuiltSchedule, facts: ScheduleFacts): Schedule => {
	const ppvs = built.messages.filter(message => message.type === 'PPV').length;
	return {
		page_name: facts.pageName,
		schedule_id: facts.scheduleId,
		mm_schedule: built.messages.map((message, index) => toRow(message, index)),
		messages: [...built.messages],
		metadata: {
			week_start: built.week.start,
			week_end: built.week.end,
			time_zone: built.week.timeZone,
			mode: facts.mode,
			account_size: sizeLabels[facts.accountSize],
			saturation_status: facts.zone,
			volume_summary: {total_messages: built.messages.length, total_ppvs: ppvs, total_bumps: built.messages.length - ppvs, total_followups: 0},
			pricing_distribution: pricingDistribution(built.messages),
			schedule_quality: quality(built, facts.isMonitorUnavailable),
		},
		size: facts.accountSize,
		saturation_score: facts.saturationScore,
		gap_minutes: built.gapMinutes,
		requested: {ppv: built.volume.ppv, bump: built.volume.bump},
		is_monitor_unavailable: facts.isMonitorUnavailable,
		locks: facts.locks,
	};
};

/**
 * An envelope around a schedule whose builder's own is not at hand: it is read again, from where it is saved or from a file.
 * @param by the run that reads it, and when, in epoch milliseconds.
 */
export const wrapSchedule = (schedule: Schedule, by: {readonly runId: string; readonly atMs: number}): Envelopes['schedule_builder'] => {
	const at = new Date(by.atMs).toISOString();
	return {
		schema_version: 1,
		agent: 'schedule_builder',
		run_id: by.runId,
		page_name: schedule.page_name,
		week_start: schedule.metadata.week_start,
		started_at: at,
		finished_at: at,
		duration_ms: 0,
		attempt: 1,
		status: 'success',
		warnings: [],
		error: null,
		data: schedule,
	};
};
