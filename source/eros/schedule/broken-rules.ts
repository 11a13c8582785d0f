// The rules of validate.ts applied to a schedule as it is handed on.
import {ACCOUNT_SIZE_CONFIGS} from '../account-size.js';
import type {Schedule} from '../envelope.js';
import {validateSchedule} from './validate.js';

/**
 * Rules that the schedule itself breaks, in sentences; empty means valid.
 * @param lockedIds captions that the warehouse holds for the schedule; undefined where it was not asked.
 */
export const brokenRules = (schedule: Schedule, lockedIds?: readonly string[]): readonly string[] => {
	const {volume_summary: volume, week_start: start, week_end: end, time_zone: timeZone} = schedule.metadata;
	return validateSchedule({
		messages: schedule.messages,
		week: {start, end, timeZone},
		gapMinutes: schedule.gap_minutes,
		totals: {ppv: volume.total_ppvs, bump: volume.total_bumps},
		maxMessagesPerDay: ACCOUNT_SIZE_CONFIGS[schedule.size].maxMessagesPerDay,
		...(lockedIds && {lockedIds}),
	});
};
