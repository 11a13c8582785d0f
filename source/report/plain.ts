// One line a fact, for pipes, CI and people who prefer lines. Append-only: nothing is ever redrawn.
import type {JournaledEvent} from '../domain/events.js';
import type {TaskId} from '../domain/ids.js';
import {formatClockSeconds, formatDuration} from '../domain/wording/duration.js';
import type {Clock} from '../ports/clock.js';
import type {Session} from '../ports/session.js';
import {sanitizeLine} from '../terminal/sanitize.js';
import {closingLines, realDurationMs} from './closing.js';
import {describeSample, factOf, type Fact} from './fact.js';

/** Where lines go; a terminal has a width in cells. */
export type Output = {write: (text: string) => unknown; readonly columns?: number};

export type PlainOptions = {
	readonly clock: Pick<Clock, 'monotonic' | 'every'>;
	readonly journalPath: string;
	/** A step that said nothing for this long says that it still runs. */
	readonly heartbeatMs?: number;
	/** A lane that speaks keeps the floor this long before the other one is heard. */
	readonly floorMs?: number;
};

const marks = {plain: '', good: '✓ ', warn: '! ', bad: '✗ '} as const;

const indent = ' '.repeat(16);

const prefix = (fact: Fact, zone: string): string => {
	const place = fact.place === undefined ? '' : fact.lane === undefined ? fact.place : `${fact.lane} ${fact.place}`;
	return `${formatClockSeconds(fact.atMs, zone)} ${place.padEnd(6)} `;
};

/** A fact as lines: time, lane and step, then what happened; details are indented under it. */
export const plainLines = (fact: Fact, zone: string): readonly string[] => [
	`${prefix(fact, zone)}${marks[fact.tone]}${fact.text}`.trimEnd(),
	...(fact.more ?? []).map(line => `${indent}${line}`),
];

/** Lets one lane speak for a while before the other one does; the run itself is always heard at once. */
class Floor {
	#lane: 'A' | 'B' | undefined;
	#sinceMs = Number.NEGATIVE_INFINITY;
	#waiting: Fact[] = [];
	readonly #holdMs: number;
	readonly #say: (fact: Fact) => void;

	constructor(holdMs: number, say: (fact: Fact) => void) {
		this.#holdMs = holdMs;
		this.#say = say;
	}

	hear(fact: Fact, nowMs: number): void {
		if (fact.lane === undefined) {
			this.flush(nowMs);
			this.#lane = undefined;
			this.#say(fact);
			return;
		}

		if (this.#lane !== undefined && fact.lane !== this.#lane && nowMs - this.#sinceMs < this.#holdMs) {
			this.#waiting.push(fact);
			return;
		}

		if (fact.lane !== this.#lane) {
			this.flush(nowMs);
			this.#lane = fact.lane;
			this.#sinceMs = nowMs;
		}

		this.#say(fact);
	}

	/** Lets the waiting lane speak when the floor has been held long enough. */
	settle(nowMs: number): void {
		if (this.#waiting.length > 0 && nowMs - this.#sinceMs >= this.#holdMs) {
			this.flush(nowMs);
		}
	}

	flush(nowMs: number): void {
		const [first] = this.#waiting;
		if (!first) {
			return;
		}

		this.#lane = first.lane;
		this.#sinceMs = nowMs;
		for (const fact of this.#waiting.splice(0)) {
			this.#say(fact);
		}
	}
}

/**
 * Prints the session as lines until it is over.
 * @returns the session's exit code.
 */
export const presentPlain = async (session: Session, out: Output, options: PlainOptions): Promise<number> => {
	const {clock, journalPath, heartbeatMs = 10_000, floorMs = 1000} = options;
	const quietSince = new Map<TaskId, {readonly startedMs: number; spokeMs: number}>();
	let first: JournaledEvent | undefined;
	let pendingSample: Extract<JournaledEvent, {readonly type: 'monitor.sampled'}> | undefined;
	const zone = (): string => session.state().target?.timeZone ?? 'UTC';
	const say = (fact: Fact): void => {
		for (const line of plainLines(fact, zone())) {
			out.write(`${line}\n`);
		}
	};

	const floor = new Floor(floorMs, say);
	const saySample = (): void => {
		if (pendingSample) {
			const flags = session.state().monitor?.flags ?? [];
			floor.hear({atMs: pendingSample.wall, place: '5.2', tone: flags.some(flag => flag.state === 'breach') ? 'bad' : 'plain', text: describeSample(pendingSample.data, flags)}, clock.monotonic());
			pendingSample = undefined;
		}
	};

	const onEvent = (event: JournaledEvent): void => {
		const nowMs = clock.monotonic();
		first ??= event;
		if (event.type === 'monitor.sampled') {
			saySample();
			pendingSample = event;
			return;
		}

		saySample();
		if (event.type === 'step.started') {
			quietSince.set(event.data.task, {startedMs: nowMs, spokeMs: nowMs});
		} else if (event.type === 'step.passed' || event.type === 'step.failed' || event.type === 'step.cancelled' || event.type === 'step.skipped') {
			quietSince.delete(event.data.task);
		}

		if (event.type === 'run.finished') {
			floor.flush(nowMs);
			const tone = event.data.exitCode === 0 ? 'plain' : 'bad';
			const width = out.columns === undefined ? undefined : {outcome: Math.max(20, out.columns - indent.length - marks[tone].length), other: out.columns};
			const {outcome, health, places} = closingLines(event.data, realDurationMs(first, event), session.state(), journalPath, width);
			say({atMs: event.wall, tone, text: outcome[0] ?? '', more: outcome.slice(1)});
			out.write([...health, ...places].map(line => `${line}\n`).join(''));
			return;
		}

		const fact = factOf(event, session.state());
		if (fact) {
			const quiet = fact.place === undefined ? undefined : quietSince.get(fact.place as TaskId);
			if (quiet) {
				quiet.spokeMs = nowMs;
			}

			floor.hear(fact, nowMs);
		}
	};

	const beat = (): void => {
		const nowMs = clock.monotonic();
		floor.settle(nowMs);
		const {steps} = session.state();
		for (const [task, quiet] of quietSince) {
			const step = steps.get(task);
			if (nowMs - quiet.spokeMs < heartbeatMs || step?.state.kind !== 'running') {
				continue;
			}

			quiet.spokeMs = nowMs;
			const {done, total, label} = step.state;
			const detail = [label, total === undefined ? undefined : `${done ?? 0} of ${total}`].filter(part => part !== undefined).join(', ');
			floor.hear({
				atMs: session.state().nowMs,
				place: task,
				...(step.task.lane === undefined ? {} : {lane: step.task.lane}),
				tone: 'plain',
				text: sanitizeLine(`${step.task.title} still running ${formatDuration(nowMs - quiet.startedMs)}${detail === '' ? '' : `: ${detail}`}`),
			}, nowMs);
		}
	};

	using _beats = clock.every(Math.min(1000, heartbeatMs), beat);
	using _events = session.subscribe(onEvent);
	const code = await session.finished;
	saySample();
	floor.flush(clock.monotonic());
	return code;
};
