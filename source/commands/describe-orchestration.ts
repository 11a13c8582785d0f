// What orchestrate says of its pages: a line when one ends, and the run in a few lines.
import path from 'node:path';
import {formatCount} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {exportIsOff} from '../eros/agents/sheets-exporter.js';
import type {PageProgress, RunOutcome} from '../eros/orchestrator.js';
import type {PageResult} from '../eros/run-summary.js';
import {wholeCommands, wrapLine} from '../report/wrap-line.js';
import {cancelledCode} from './eros-pages.js';

type NamedResult = readonly [page: string, result: PageResult];

/** A line for what an operator waits for: a page that ended, an agent that is tried again; undefined for all else. */
export const lineOf = (progress: PageProgress, done: number, total: number): string | undefined => {
	if (progress.kind === 'agent-retrying') {
		return `${progress.page}  ${progress.agent} again in ${Math.round(progress.waitMs / 1000)} s: ${progress.failure.message}`;
	}

	if (progress.kind !== 'page-finished') {
		return undefined;
	}

	const {result, page} = progress;
	if (result.error?.code === cancelledCode) {
		return undefined;
	}

	const place = `${String(done).padStart(String(total).length)}/${total}`;
	if (result.error) {
		return `${place} ✗ ${page}  ${result.error.agent}: ${result.error.message}`;
	}

	const exported = result.export_status === 'SKIPPED' ? `not written: ${result.export_reason ?? ''}` : `${result.destinations.join(', ')}${result.export_status === 'PARTIAL' ? `; not everywhere: ${result.export_reason ?? ''}` : ''}`;
	return `${place} ✓ ${page}  ${result.saturation_zone ?? ''}  ${formatCount(result.total_messages, 'message')}  ${formatDuration(result.duration_ms)}  ${exported}`;
};

/** Pages by the reason that their results name. */
const byReason = (pages: readonly NamedResult[]): ReadonlyMap<string, readonly string[]> => {
	const reasons = [...new Set(pages.map(([, {export_reason: reason}]) => reason ?? ''))];
	return new Map(reasons.map(reason => [reason, pages.filter(([, result]) => (result.export_reason ?? '') === reason).map(([page]) => page)]));
};

/** The pages that were saved and not written, by reason, and how to write one after a look. */
const describeHeld = (held: readonly NamedResult[], weekStart: string): readonly string[] =>
	held.length === 0 ? [] : [
		...[...byReason(held)].map(([reason, names]) => `  held     ${reason}, saved and not written: ${names.join(', ')}`),
		`  look     eros-tui schedule --page-name ${held[0]![0]} --start-date ${weekStart}   plans one of them again and writes it`,
	];

/** The pages that one place took and another did not, by cause, and what writes them everywhere. */
const describePartial = (partial: readonly NamedResult[], weekStart: string): readonly string[] =>
	partial.length === 0 ? [] : [
		...[...byReason(partial)].map(([reason, names]) => `  in part  ${reason.replace(/\.$/, '')}. Not written for ${names.join(', ')}; every other place was`),
		`  mend     that, then eros-tui orchestrate --pages ${partial.map(([page]) => page).join(',')} --week-start ${weekStart}   plans ${partial.length === 1 ? 'the page' : 'these pages'} again and writes all places`,
	];

/** The run in a few lines; failures last, because they are what is read. */
export const describeRun = ({summary: {orchestration_summary: summary, page_results: pages, errors}, pages: outcomes}: RunOutcome, {columns, isAll}: {readonly columns: number | undefined; /** Every page was asked for. */ readonly isAll: boolean}): string => {
	const zones = summary.saturation_breakdown;
	const partial = Object.entries(pages).filter(([, page]) => page.export_status === 'PARTIAL');
	const reduced = Object.entries(pages).filter(([page, {warnings}]) => {
		// What the exporter warns of has lines of its own.
		const told = outcomes.get(page)?.envelopes.sheets_exporter?.warnings.map(({text}) => text) ?? [];
		return warnings.some(text => !told.includes(text));
	}).length;
	const stopped = errors.filter(error => error.code === cancelledCode);
	const saved = stopped.filter(({page_name: page}) => pages[page]?.schedule_id);
	const held = Object.entries(pages).filter(([, page]) => page.export_status === 'SKIPPED' && page.export_reason !== exportIsOff);
	const folders = [...new Set(Object.values(pages).flatMap(page => page.destinations.filter(destination => path.isAbsolute(destination)).map(destination => path.dirname(destination))))];
	return [
		`week of ${summary.week_start}, mode ${summary.mode}: ${stopped.length > 0 ? 'stopped' : summary.status} in ${formatDuration(summary.execution_time_seconds * 1000)}`,
		`  pages    ${summary.successful} of ${summary.total_pages} done, ${summary.exported} written${summary.partial_exports > 0 ? ` (${summary.partial_exports} in part)` : ''}, ${summary.skipped_exports} not written, ${summary.failed - stopped.length} failed${stopped.length === 0 ? '' : `, ${stopped.length} stopped`}`,
		`  zones    GREEN ${zones.GREEN} · YELLOW ${zones.YELLOW} · RED ${zones.RED}`,
		...(reduced > 0 ? [`  warnings on ${formatCount(reduced, 'page')}; --json lists them`] : []),
		...folders.map(folder => `  files    ${folder}`),
		...describePartial(partial, summary.week_start),
		...describeHeld(held, summary.week_start),
		...(stopped.length > saved.length ? [`  stopped  ${formatCount(stopped.length - saved.length, 'page')} before the schedule was saved; no caption stays locked for them`] : []),
		...saved.map(({page_name: page}) => `  stopped  ${page} after its schedule ${pages[page]?.schedule_id ?? ''} was saved; its file is not written`),
		...errors.filter(error => error.code !== cancelledCode).map(error => `  ✗ ${error.page_name}  ${error.agent} ${error.code}: ${error.message}`),
		...(errors.length > 0 ? [`  again    eros-tui orchestrate --pages ${isAll && errors.length === summary.total_pages ? 'all' : errors.map(error => error.page_name).join(',')} --week-start ${summary.week_start}`] : []),
		'',
	].flatMap(line => wrapLine(wholeCommands(line), columns, 11)).join('\n');
};
