// Times of paid messages of one day. A candidate hour is taken only while the rest still fits, so a day that has room
// for n messages at the gap always gets n.
import {sendWindow, type CandidateHour} from './time-window.js';

export type Slot = {
	/** 0 is Monday. */
	readonly day: number;
	/** Minute of the day. */
	readonly minute: number;
	/** Earnings per recipient of the hour, 0 where nothing is known. */
	readonly value: number;
};

type Span = {readonly from: number; readonly to: number};

/** Paid messages that fit into [first, last] at a gap. */
export const ppvCapacity = (gapMinutes: number, first: number = sendWindow.firstMinute, last: number = sendWindow.lastPpvMinute): number =>
	last < first ? 0 : Math.floor((last - first) / gapMinutes) + 1;

/** Spans in which one more message may be placed, given those already there. */
const openSpans = (taken: readonly number[], gap: number, first: number, last: number): readonly Span[] => {
	const sorted = [...taken].sort((a, b) => a - b);
	const edges = [first - gap, ...sorted, last + gap];
	return edges.slice(1).map((edge, index) => ({from: (edges[index] ?? 0) + gap, to: edge - gap})).filter(span => span.to >= span.from);
};

const room = (taken: readonly number[], gap: number, first: number, last: number): number =>
	openSpans(taken, gap, first, last).reduce((sum, span) => sum + ppvCapacity(gap, span.from, span.to), 0);

export type PpvDay = {
	readonly day: number;
	readonly count: number;
	readonly gapMinutes: number;
	readonly candidates: readonly CandidateHour[];
	/** Minute of this day before which the gap to the day before is not kept. */
	readonly earliestMinute: number;
	readonly random: () => number;
};

/**
 * Places the paid messages of a day, in time order, at least the gap apart: candidate hours best first with a drawn
 * minute, then evenly in the widest room.
 * @returns fewer than asked for only when the day has no more room.
 */
export const placePpvs = ({day, count, gapMinutes, candidates, earliestMinute, random}: PpvDay): readonly Slot[] => {
	const first = Math.max(sendWindow.firstMinute, earliestMinute);
	const last = sendWindow.lastPpvMinute;
	const target = Math.min(count, ppvCapacity(gapMinutes, first, last));
	const slots: Slot[] = [];
	const taken = (): readonly number[] => slots.map(slot => slot.minute);
	for (const {hour, value} of candidates) {
		const minute = hour * 60 + Math.floor(random() * Math.min(60, last - hour * 60 + 1));
		if (slots.length === target || minute < first || slots.some(slot => Math.abs(slot.minute - minute) < gapMinutes)) {
			continue;
		}

		if (room([...taken(), minute], gapMinutes, first, last) >= target - slots.length - 1) {
			slots.push({day, minute, value});
		}
	}

	while (slots.length < target) {
		const [widest] = [...openSpans(taken(), gapMinutes, first, last)].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
		if (!widest) {
			break;
		}

		const fitting = Math.min(target - slots.length, ppvCapacity(gapMinutes, widest.from, widest.to));
		for (let index = 0; index < fitting; index += 1) {
			const share = fitting === 1 ? 0.5 : index / (fitting - 1);
			slots.push({day, minute: Math.floor(widest.from + (widest.to - widest.from) * share), value: 0});
		}
	}

	return slots.sort((a, b) => a.minute - b.minute);
};
