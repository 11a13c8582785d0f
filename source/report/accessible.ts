// Lines for screen readers: whole sentences, no marks, no columns, nothing that ticks.
import type {JournaledEvent} from '../domain/events.js';
import type {Clock} from '../ports/clock.js';
import type {Session} from '../ports/session.js';
import {formatDuration} from '../domain/wording/duration.js';
import {closingLines, realDurationMs} from './closing.js';
import {describeSample, factOf, type Fact} from './fact.js';
import type {Output} from './plain.js';

export type AccessibleOptions = {
	readonly clock: Pick<Clock, 'monotonic' | 'every'>;
	readonly journalPath: string;
	readonly heartbeatMs?: number;
};

const openings = {plain: '', good: '', warn: 'Attention. ', bad: 'Failed. '} as const;

const speak = (text: string): string => {
	const spoken = text.replaceAll('✓', 'passed').replaceAll('✗', 'failed').replaceAll(' · ', '. ').replaceAll(/\s{2,}/g, ', ');
	return /[.?!]$/.test(spoken) ? spoken : `${spoken}.`;
};

/** A fact as sentences, one a line. */
export const accessibleLines = (fact: Fact): readonly string[] => {
	const lane = fact.lane === undefined ? '' : `Lane ${fact.lane}, `;
	const place = fact.place === undefined ? '' : `${fact.lane === undefined ? 'Step' : 'step'} ${fact.place}. `;
	return [`${openings[fact.tone]}${lane}${place}${speak(fact.text)}`, ...(fact.more ?? []).map(line => speak(line))];
};

/**
 * Prints the session as sentences until it is over, and rings the bell then.
 * @returns the session's exit code.
 */
export const presentAccessible = async (session: Session, out: Output, options: AccessibleOptions): Promise<number> => {
	const {clock, journalPath, heartbeatMs = 30_000} = options;
	let first: JournaledEvent | undefined;
	let lastSpokeMs = clock.monotonic();
	const say = (lines: readonly string[]): void => {
		lastSpokeMs = clock.monotonic();
		for (const line of lines) {
			out.write(`${line}\n`);
		}
	};

	using _beats = clock.every(1000, () => {
		const running = [...session.state().steps.values()].find(step => step.state.kind === 'running');
		if (running && clock.monotonic() - lastSpokeMs >= heartbeatMs) {
			say([`Step ${running.task.id}, ${running.task.title}, is still running; nothing was said for ${formatDuration(heartbeatMs)}.`]);
		}
	});
	using _events = session.subscribe(event => {
		first ??= event;
		if (event.type === 'monitor.sampled') {
			say([speak(`Sample ${event.data.index}: ${describeSample(event.data, session.state().monitor?.flags ?? [])}`)]);
			return;
		}

		if (event.type === 'run.finished') {
			const lines = closingLines(event.data, realDurationMs(first, event), session.state(), journalPath);
			say([speak(lines.outcome.join(' ')), ...lines.health, ...lines.places]);
			out.write('\u0007');
			return;
		}

		const fact = factOf(event, session.state());
		if (fact) {
			say(accessibleLines(fact));
		}
	});
	return await session.finished;
};
