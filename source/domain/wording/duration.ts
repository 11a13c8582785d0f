// Durations and instants as operators read them. The screen, the plain lines and the summaries all use these.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (value: number): string => String(value).padStart(2, '0');

/** A duration in the shortest honest form: `0.4s`, `12s`, `1m 07s`, `2h 03m`, `3d 04h`. Negative counts as 0. */
export const formatDuration = (durationMs: number): string => {
	const ms = Math.max(0, durationMs);
	if (ms < 9950) {
		return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
	}

	if (ms < minute) {
		return `${Math.floor(ms / second)}s`;
	}

	if (ms < hour) {
		return `${Math.floor(ms / minute)}m ${two(Math.floor((ms % minute) / second))}s`;
	}

	if (ms < day) {
		return `${Math.floor(ms / hour)}h ${two(Math.floor((ms % hour) / minute))}m`;
	}

	return `${Math.floor(ms / day)}d ${two(Math.floor((ms % day) / hour))}h`;
};

/** A remaining or past span, without seconds once minutes say enough: `45s`, `14 min`, `3h29m`, `2d 4h`. */
export const formatSpan = (durationMs: number): string => {
	const ms = Math.max(0, durationMs);
	if (ms < minute) {
		return `${Math.floor(ms / second)}s`;
	}

	if (ms < hour) {
		return `${Math.floor(ms / minute)} min`;
	}

	if (ms < 2 * day) {
		return `${Math.floor(ms / hour)}h${two(Math.floor((ms % hour) / minute))}m`;
	}

	return `${Math.floor(ms / day)}d ${Math.floor((ms % day) / hour)}h`;
};

/** A countdown: `14:32`, `1:02:03`. */
export const formatCountdown = (durationMs: number): string => {
	const total = Math.max(0, Math.ceil(durationMs / second));
	const hours = Math.floor(total / 3600);
	const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
	return hours > 0 ? `${hours}:${rest}` : rest;
};

/** Time since the start of the run or since T0: `T+00:31:07`. */
export const formatElapsed = (durationMs: number): string => {
	const total = Math.max(0, Math.floor(durationMs / second));
	return `T+${two(Math.floor(total / 3600))}:${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
};

/** Offset of a sample from T0: `T+06:00`. */
export const formatOffset = (durationMs: number): string => formatElapsed(durationMs).slice(0, -3);

const formats = new Map<string, Intl.DateTimeFormat>();

const format = (zone: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
	const name = `${zone} ${key}`;
	let found = formats.get(name);
	if (!found) {
		found = new Intl.DateTimeFormat('en-US', {...options, timeZone: zone, hourCycle: 'h23'});
		formats.set(name, found);
	}

	return found;
};

const clock = {hour: '2-digit', minute: '2-digit'} as const;

/** `16:35` in the zone. */
export const formatClock = (atMs: number, zone: string): string => format(zone, 'clock', clock).format(atMs);

/** `16:35:02` in the zone. */
export const formatClockSeconds = (atMs: number, zone: string): string => format(zone, 'seconds', {...clock, second: '2-digit'}).format(atMs);

const part = (atMs: number, zone: string, key: string, options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string =>
	format(zone, key, options).formatToParts(atMs).find(found => found.type === type)?.value ?? '';

/** `16:35 PST`: with the zone's short name on that day, so that a daylight-saving change shows. */
export const formatClockZone = (atMs: number, zone: string): string =>
	`${formatClock(atMs, zone)} ${part(atMs, zone, 'zone', {...clock, timeZoneName: 'short'}, 'timeZoneName')}`;

/** `Mon 3 Nov`. */
export const formatDay = (atMs: number, zone: string): string => {
	const options = {weekday: 'short', day: 'numeric', month: 'short'} as const;
	const get = (type: Intl.DateTimeFormatPartTypes): string => part(atMs, zone, 'day', options, type);
	return `${get('weekday')} ${get('day')} ${get('month')}`;
};

/** `12:34`, with the weekday in front when the day differs from that of `relativeToMs`: `Tue 12:34`. */
export const formatClockAround = (atMs: number, relativeToMs: number, zone: string): string =>
	formatDay(atMs, zone) === formatDay(relativeToMs, zone) ? formatClock(atMs, zone) : `${formatDay(atMs, zone).slice(0, 3)} ${formatClock(atMs, zone)}`;
