// When a scheduled query fires. Transfer-service schedules are UTC and do not know daylight saving time.
import type {ScheduleConfig} from '../objects/deploy-object.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

type Pattern = {readonly everyMs: number; readonly firstMs: number};

const minuteOf = (text: string): number => {
	const [hour = 0, minute = 0] = text.split(':').map(Number);
	return hour * 60 + minute;
};

const patternOf = ({schedule, anchor}: ScheduleConfig): Pattern | undefined => {
	const daily = /^every day (\d{1,2}:\d{2})$/.exec(schedule);
	if (daily?.[1] !== undefined) {
		return {everyMs: dayMs, firstMs: minuteOf(daily[1]) * 60_000};
	}

	const hourly = /^every (\d+) hours?$/.exec(schedule);
	const every = Number(hourly?.[1]);
	return hourly === null || !(every >= 1) ? undefined : {everyMs: every * hourMs, firstMs: minuteOf(anchor ?? '00:00') * 60_000};
};

/** True for the two forms of schedule the deployment uses: `every day HH:MM` and `every N hours`. */
export const isKnownSchedule = (config: ScheduleConfig): boolean => patternOf(config) !== undefined;

/** The next firings after an instant, UTC epoch milliseconds. Empty for a schedule of another form. */
export const nextFirings = (config: ScheduleConfig, afterMs: number, count: number): readonly number[] => {
	const pattern = patternOf(config);
	if (pattern === undefined) {
		return [];
	}

	const midnight = Math.floor(afterMs / dayMs) * dayMs;
	// Anchored at a time of day and repeating at whole hours: the phase holds from day to day when 24 is a multiple.
	const start = midnight + pattern.firstMs - dayMs;
	const skipped = Math.floor((afterMs - start) / pattern.everyMs) + 1;
	return Array.from({length: count}, (_, index) => start + (skipped + index) * pattern.everyMs);
};

/** The first instant after `afterMs` at which the schedule's anchor stands; a new config starts there. */
export const startTimeOf = (config: ScheduleConfig, afterMs: number): number | undefined =>
	config.anchor === undefined ? undefined : nextFirings(config, afterMs, 1)[0];

const slotMs = 5 * 60_000;

/** Pairs of configs that fire within the same five minutes at least once in a week, by display name. */
export const overlapsOf = (configs: readonly ScheduleConfig[], fromMs: number): readonly (readonly [string, string])[] => {
	const slots = configs.map(config => new Set(nextFirings(config, fromMs, 7 * 24 + 1).filter(at => at < fromMs + 7 * dayMs).map(at => Math.floor(at / slotMs))));
	return configs.flatMap((first, index) =>
		configs.slice(index + 1).flatMap((second, offset) =>
			[...slots[index]!].some(slot => slots[index + 1 + offset]!.has(slot)) ? [[first.displayName, second.displayName] as const] : []));
};
