// The screens of the schedule commands: from what EROS gives to the plain data they are drawn from.
import path from 'node:path';
import {Temporal} from 'temporal-polyfill';
import {formatCount} from '../domain/wording/amount.js';
import type {Schedule} from '../eros/envelope.js';
import type {PageProgress} from '../eros/orchestrator.js';
import {exportIsOff} from '../eros/agents/sheets-exporter.js';
import {weekTitle, weekTotals} from '../eros/week-grid.js';
import {createSystemClock} from '../host/system-clock.js';
import type {OrchestrationChange, OrchestrationView} from '../store/select-orchestration.js';
import type {WeekView} from '../store/select-week.js';
import type {MountedPage} from '../tui/mount-page.js';
import type {CommandIo} from './command.js';
import {exitCode} from './exit-codes.js';

type PageEnd = Awaited<MountedPage<unknown>['ended']>;

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** The civil date `days` after another one. */
const dateAfter = (date: string, days: number): string => Temporal.PlainDate.from(date).add({days}).toString();

/** A schedule as the week's screen shows it. */
export const weekViewOf = (schedule: Schedule, warnings: readonly string[], files: readonly string[]): WeekView => {
	const [page = '', week = '', facts = ''] = weekTitle(schedule).split(/ {3}/);
	return {
		page, week, facts, warnings, files,
		days: dayNames.map((name, index) => {
			const date = dateAfter(schedule.metadata.week_start, index);
			return {date, label: `${name} ${Number(date.slice(8))}`};
		}),
		messages: schedule.messages.map(message => ({
			date: message.send_local.slice(0, 10), time: message.send_local.slice(11, 16),
			mark: message.type === 'PPV' ? 'P' : 'b',
			tier: message.type === 'PPV' ? message.tier.slice(0, 3) : '',
			...(message.type === 'PPV' ? {price: message.price} : {}),
			isUrgent: message.has_urgency,
			detail: [
				['message', `${message.index} of ${schedule.messages.length}`], ['goes out', `${message.day_of_week} ${message.send_local} (${message.time_zone}), ${message.send_at}`],
				['type', message.type === 'PPV' ? `PPV, ${message.tier}, $${message.price}${message.has_urgency ? ', urgent' : ''}` : 'bump, free'],
				['text', message.caption_text], ['category', message.category], ['caption', message.caption_id],
				['trigger', message.trigger], ['chosen to', `${message.strategy}, score ${message.performance_score.toFixed(4)}`],
			],
		})),
		totals: [...weekTotals(schedule), `id       ${schedule.schedule_id}`],
		chosen: 0, isOpen: false, said: '',
	};
};

/** The exit code of a command whose work is done when its page ends. */
const afterPage: {readonly [End in PageEnd]: number} = {left: exitCode.done, closed: exitCode.done, hangup: exitCode.hangup, terminated: exitCode.terminated};

/**
 * Shows the week until the operator leaves; `write` writes another format and resolves with its path.
 * @returns the exit code: 0, or 129 and 143 where a hang-up or SIGTERM ended it.
 */
export const showWeek = async (view: WeekView, write: (format: 'csv' | 'json') => Promise<string>, io: CommandIo): Promise<number> => {
	const [{mountPage}, {drawWeek, weekKey}] = await Promise.all([import('../tui/mount-page.js'), import('../tui/screens/week-page.js')]);
	const save = async (format: 'csv' | 'json'): Promise<void> => {
		const said = await write(format).then(path => `Wrote ${path}`, (error: unknown) => `Not written: ${error instanceof Error ? error.message : String(error)}`);
		page.update(shown => ({...shown, said}));
	};

	const page = mountPage({initial: view, draw: drawWeek, onKey: weekKey(format => void save(format)), clock: createSystemClock(), stdin: io.stdin, stdout: io.stdout, env: io.env});
	return afterPage[await page.ended];
};

/** The code of a page that was stopped with its run: it did not fail. */
export const cancelledCode = 'CANCELLED';

/** Zones and counts of one page below those of another. */
const padEnd = (zone: string): string => zone.padEnd('YELLOW'.length);

/** The change that a report of the orchestrator makes. */
export const changeOf = (progress: PageProgress): OrchestrationChange => {
	const {page} = progress;
	switch (progress.kind) {
		case 'page-started': {
			return {kind: 'started', page};
		}

		case 'agent-finished': {
			return {kind: 'agent-finished', page, agent: progress.envelope.agent};
		}

		case 'agent-retrying': {
			return {kind: 'retrying', page, reason: `${progress.agent} again in ${Math.round(progress.waitMs / 1000)} s: ${progress.failure.message}`};
		}

		case 'page-finished': {
			const {error, saturation_zone: zone, total_messages: messages, export_status: exported, export_reason: reason, destinations} = progress.result;
			const isSkipped = exported === 'SKIPPED';
			// The folder is the same for all pages and is told at the end: a row has room for the name.
			const written = isSkipped ? `not written: ${reason ?? ''}` : `${destinations.map(destination => (path.isAbsolute(destination) ? path.basename(destination) : destination)).join(', ')}${exported === 'PARTIAL' ? `; not everywhere: ${reason ?? ''}` : ''}`;
			return {kind: 'finished', page, isFailed: error !== null, isStopped: error?.code === cancelledCode, isHeld: isSkipped && reason !== exportIsOff, outcome: error === null ? `${padEnd(zone ?? '')}  ${formatCount(messages, 'message')}  ${written}` : `${error.agent}: ${error.message}`};
		}
	}
};

export type ProgressPage = {
	readonly onProgress: (progress: PageProgress) => void;
	/** Aborted by Ctrl-C, by q, or when the terminal goes away. */
	readonly signal: AbortSignal;
	/** The exit code of a run that was stopped here: 130, or 129 and 143 where a hang-up or SIGTERM did it. */
	readonly exitCode: () => number;
	readonly close: () => void;
};

/** Shows how far the pages are while the orchestrator runs. */
export const showProgress = async (title: string, stages: OrchestrationView['stages'], pages: readonly string[], io: CommandIo): Promise<ProgressPage> => {
	const [{mountPage}, {drawOrchestration, orchestrationKey}, {changeOrchestration, newOrchestration}] = await Promise.all([import('../tui/mount-page.js'), import('../tui/screens/orchestration-page.js'), import('../store/select-orchestration.js')]);
	const clock = createSystemClock();
	const stop = new AbortController();
	const page = mountPage<OrchestrationView>({
		initial: newOrchestration(title, stages, pages, clock.monotonic()),
		draw: drawOrchestration,
		onKey: orchestrationKey(() => {
			stop.abort();
			page.update(view => changeOrchestration(view, {kind: 'stopping'}, clock.monotonic()));
		}),
		tick: view => ({...view, nowMs: clock.monotonic()}),
		clock, stdin: io.stdin, stdout: io.stdout, env: io.env,
	});
	let code: number = exitCode.interrupted;
	void page.ended.then(how => {
		if (how !== 'closed') {
			code = how === 'left' ? code : afterPage[how];
			stop.abort();
		}
	});
	return {
		onProgress: progress => page.update(view => changeOrchestration(view, changeOf(progress), clock.monotonic())),
		signal: stop.signal,
		exitCode: () => code,
		close: () => page.close(),
	};
};
