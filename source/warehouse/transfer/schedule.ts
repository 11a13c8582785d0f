// The schedule language of scheduled queries, in UTC: `every day 09:07`, `every 6 hours`, `every 30 minutes`,
// `every mon,wed 09:00`. Pure.

export type Schedule =
	| {readonly kind: 'interval'; readonly everyMs: number}
	/** Minutes after midnight UTC on the given days of the week (0 is Sunday). */
	| {readonly kind: 'daily'; readonly minuteOfDay: number; readonly days: readonly number[]};

const dayMs = 86_400_000;
const minuteMs = 60_000;
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const everyDay = [0, 1, 2, 3, 4, 5, 6];
/** The service's shortest interval. */
const shortestMs = 5 * minuteMs;

/** Undefined for a text that is no schedule. */
export const parseSchedule = (text: string): Schedule | undefined => {
	const trimmed = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
	const interval = /^every (?:(\d+) )?(hours?|hrs?|minutes?|mins?|days?)$/.exec(trimmed);
	if (interval !== null) {
		const count = Number(interval[1] ?? 1);
		const unit = interval[2] ?? '';
		const everyMs = count * (unit.startsWith('h') ? 60 * minuteMs : (unit.startsWith('m') ? minuteMs : dayMs));
		return everyMs >= shortestMs ? {kind: 'interval', everyMs} : undefined;
	}

	const daily = /^every (day|[a-z]{3,9}(?:, ?[a-z]{3,9})*) (\d{1,2}):(\d{2})$/.exec(trimmed);
	if (daily === null) {
		return undefined;
	}

	const [, which = '', hour = '', minute = ''] = daily;
	const days = which === 'day' ? everyDay : which.split(/, ?/).map(name => dayNames.indexOf(name.slice(0, 3)));
	if (days.includes(-1) || Number(hour) > 23 || Number(minute) > 59) {
		return undefined;
	}

	return {kind: 'daily', minuteOfDay: (Number(hour) * 60) + Number(minute), days};
};

/** The first firing strictly after `afterMs`; intervals count from the anchor, which is also the earliest firing. */
export const nextFiringMs = (schedule: Schedule, anchorMs: number, afterMs: number): number => {
	if (schedule.kind === 'interval') {
		return afterMs < anchorMs ? anchorMs : anchorMs + ((Math.floor((afterMs - anchorMs) / schedule.everyMs) + 1) * schedule.everyMs);
	}

	const from = Math.max(afterMs, anchorMs - 1);
	const midnight = Math.floor(from / dayMs) * dayMs;
	for (let day = 0; day <= 7; day++) {
		const at = midnight + (day * dayMs) + (schedule.minuteOfDay * minuteMs);
		if (at > from && schedule.days.includes(new Date(at).getUTCDay())) {
			return at;
		}
	}

	throw new Error('A daily schedule names at least one day.');
};
