// Times of free messages of one day, around the paid ones: half an hour away from everything, inside 08:00 to 21:00.
import type {Slot} from './ppv-slots.js';
import {sendWindow} from './time-window.js';

/** Any two messages of a page are at least this far apart. */
export const minAnyGapMinutes = 30;

const openerMinute = 8 * 60 + 30;
/** Times of a day without paid messages. */
const quietDayMinutes = [9 * 60, 14 * 60 + 30, 20 * 60] as const;

const preferredMinutes = (paid: readonly number[]): readonly number[] => {
	const [first] = paid;
	const last = paid.at(-1);
	if (first === undefined || last === undefined) {
		return quietDayMinutes;
	}

	return [
		...(first > 10 * 60 ? [openerMinute] : []),
		...paid.slice(1).map((minute, index) => Math.floor(((paid[index] ?? 0) + minute) / 2)),
		...(last < 20 * 60 ? [sendWindow.lastBumpMinute] : []),
	];
};

/** Middle of the widest room between messages and the ends of the window; undefined when no message fits any more. */
const widestMiddle = (taken: readonly number[]): number | undefined => {
	const sorted = [...taken].sort((a, b) => a - b);
	const edges = [sendWindow.firstMinute - minAnyGapMinutes, ...sorted, sendWindow.lastBumpMinute + minAnyGapMinutes];
	const spans = edges
		.slice(1)
		.map((edge, index) => ({
			from: Math.max((edges[index] ?? 0) + minAnyGapMinutes, sendWindow.firstMinute),
			to: Math.min(edge - minAnyGapMinutes, sendWindow.lastBumpMinute),
		}))
		.filter(span => span.to >= span.from)
		.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
	const [widest] = spans;
	return widest && Math.floor((widest.from + widest.to) / 2);
};

/**
 * Places the free messages of a day: 08:30 before a late first paid message, the middle between paid ones, 21:00 after
 * an early last one; a day without paid messages starts with 09:00, 14:30 and 20:00. More are spread over the widest room.
 * @returns in time order; fewer than asked for only when nothing fits half an hour away from the rest.
 */
export const placeBumps = (day: number, count: number, paid: readonly Slot[]): readonly Slot[] => {
	const paidMinutes = paid.map(slot => slot.minute).sort((a, b) => a - b);
	const minutes: number[] = [];
	const isFree = (minute: number): boolean =>
		minute >= sendWindow.firstMinute && minute <= sendWindow.lastBumpMinute && [...paidMinutes, ...minutes].every(other => Math.abs(other - minute) >= minAnyGapMinutes);
	for (const minute of preferredMinutes(paidMinutes)) {
		if (minutes.length < count && isFree(minute)) {
			minutes.push(minute);
		}
	}

	while (minutes.length < count) {
		const minute = widestMiddle([...paidMinutes, ...minutes]);
		if (minute === undefined) {
			break;
		}

		minutes.push(minute);
	}

	return minutes.sort((a, b) => a - b).map(minute => ({day, minute, value: 0}));
};
