// What orchestrate says of its pages: a line when one ends, and the run in a few lines.
import path from 'node:path';
import {formatCount} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {shellWord} from '../domain/wording/shell.js';
import {exportIsOff, writeCommand} from '../eros/agents/sheets-exporter.js';
import type {ExportReport} from '../eros/envelope.js';
import type {PageProgress, RunOutcome} from '../eros/orchestrator.js';
import type {PageResult} from '../eros/run-summary.js';
import {whole, wholeCommands, wrapLine} from '../report/wrap-line.js';
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

/** How many warnings are told; the others are counted. */
export const mostWarnings = 10;
const mostNames = 3;

/** The pages that something is true for: all of them, their names, or the first names and how many more. */
const nameSome = (names: readonly string[], total: number): string =>
	names.length === total ? `all ${total} pages` : names.length <= mostNames ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`;

/** Every warning once, with the pages it is about; without what the exporter warns of, which has lines of its own. */
export const warningsOf = ({summary: {page_results: results}, pages}: RunOutcome): readonly string[] => {
	const all = Object.entries(results);
	const about = new Map<string, string[]>();
	for (const [page, {warnings}] of all) {
		const told = new Set(pages.get(page)?.envelopes.sheets_exporter?.warnings.map(({text}) => text));
		for (const text of new Set(warnings.filter(warning => !told.has(warning)))) {
			about.set(text, [...about.get(text) ?? [], page]);
		}
	}

	return [...about].map(([text, names]) => (all.length === 1 ? text : `${nameSome(names, all.length)}: ${text}`));
};

export type RunReport = {
	/** Width of the terminal in cells; undefined where there is none. */
	readonly columns: number | undefined;
	/** Every page was asked for. */
	readonly isAll: boolean;
	/** Flags that were given besides pages and week, as they are typed, each with a space before it. */
	readonly flags?: string;
	/** Those of them that say which warehouse it is. */
	readonly targetFlags?: string;
	/** The formats that were to be written, as they are typed; CSV alone when left out. */
	readonly formats?: readonly string[];
	/** File that holds all warnings. */
	readonly allWarnings?: string;
};

/** The command for these pages and this week, with the flags that were given, as it is typed. */
export const orchestrateLine = (pages: string, weekStart: string, {flags = ''}: Pick<RunReport, 'flags'>): string => `eros-tui orchestrate --pages ${shellWord(pages)} --week-start ${weekStart}${flags}`;

const describeWarnings = (outcome: RunOutcome, {allWarnings}: RunReport): readonly string[] => {
	const warnings = warningsOf(outcome);
	return [
		...warnings.slice(0, mostWarnings).map(text => `  warning  ${text}`),
		...(warnings.length > mostWarnings ? [`  warning  and ${warnings.length - mostWarnings} more; ${allWarnings === undefined ? '--json lists all of them' : `all of them: ${whole(allWarnings)}`}`] : []),
	];
};

/** The pages that were saved and not written, by reason, and what writes one of them: nothing is planned or locked a second time. */
const describeHeld = (held: readonly NamedResult[], weekStart: string, report: RunReport): readonly string[] =>
	[...byReason(held)].flatMap(([reason, names]) => {
		const first = names[0]!;
		const id = held.find(([page]) => page === first)?.[1].schedule_id;
		const isInvalid = reason.startsWith('invalid') || id === null || id === undefined;
		return [
			`  held     ${reason}, saved and not written: ${names.join(', ')}`,
			isInvalid
				? `  again    ${whole(orchestrateLine(names.join(','), weekStart, report))}   plans ${names.length === 1 ? 'it' : 'them'} again`
				: `  write    ${whole(`${writeCommand([id], 'csv')} --force${report.targetFlags ?? ''}`)}   writes ${names.length === 1 ? 'it' : first} all the same`,
		];
	});

/** The pages that one place took and another did not, by cause, and what writes them there too. */
const describePartial = (partial: readonly NamedResult[], {pages}: RunOutcome, report: RunReport): readonly string[] => {
	const missing = new Map<string, string[]>();
	for (const [page, {schedule_id: id}] of partial) {
		const exported = pages.get(page)?.envelopes.sheets_exporter?.data as ExportReport | null | undefined;
		for (const {format} of exported?.exports.filter(({status}) => status === 'FAILED') ?? []) {
			missing.set(format, [...missing.get(format) ?? [], id ?? '']);
		}
	}

	return [
		...[...byReason(partial)].map(([reason, names]) => `  in part  ${reason.replace(/\.$/, '')}. Not written for ${names.join(', ')}; every other place was`),
		...[...missing].map(([format, ids]) => `  mend     that, then ${whole(`${writeCommand(ids, format.toLowerCase())}${report.targetFlags ?? ''}`)}   writes ${ids.length === 1 ? 'it' : 'them'} there`),
	];
};

/** What writes the pages that are saved and were written nowhere. */
const describeUnwritten = (ids: readonly string[], report: RunReport): readonly string[] =>
	ids.length === 0 ? [] : (report.formats ?? ['csv']).map(format => `  write    ${whole(`${writeCommand(ids, format)}${report.targetFlags ?? ''}`)}   writes what is saved`);

/** The run in a few lines; failures last, because they are what is read. */
export const describeRun = (outcome: RunOutcome, report: RunReport): string => {
	const {orchestration_summary: summary, page_results: pages, errors} = outcome.summary;
	const zones = summary.saturation_breakdown;
	const partial = Object.entries(pages).filter(([, page]) => page.export_status === 'PARTIAL');
	const stopped = errors.filter(error => error.code === cancelledCode);
	const idOf = ({page_name: page}: {readonly page_name: string}): readonly string[] => [pages[page]?.schedule_id].filter(id => typeof id === 'string');
	const saved = stopped.filter(error => idOf(error).length > 0);
	const unmade = errors.filter(error => idOf(error).length === 0);
	const held = Object.entries(pages).filter(([, page]) => page.export_status === 'SKIPPED' && page.export_reason !== exportIsOff);
	const folders = [...new Set(Object.values(pages).flatMap(page => page.destinations.filter(destination => path.isAbsolute(destination)).map(destination => path.dirname(destination))))];
	return [
		`week of ${summary.week_start}, mode ${summary.mode}: ${stopped.length > 0 ? 'stopped' : summary.status} in ${formatDuration(summary.execution_time_seconds * 1000)}`,
		`  pages    ${summary.successful} of ${summary.total_pages} done, ${summary.exported} written${summary.partial_exports > 0 ? ` (${summary.partial_exports} in part)` : ''}, ${summary.skipped_exports} not written, ${summary.failed - stopped.length} failed${stopped.length === 0 ? '' : `, ${stopped.length} stopped`}`,
		`  zones    GREEN ${zones.GREEN} · YELLOW ${zones.YELLOW} · RED ${zones.RED}`,
		...describeWarnings(outcome, report),
		...folders.map(folder => `  files    ${folder}`),
		...describePartial(partial, outcome, report),
		...describeHeld(held, summary.week_start, report),
		...(stopped.length > saved.length ? [`  stopped  ${formatCount(stopped.length - saved.length, 'page')} before the schedule was saved; no caption stays locked for them`] : []),
		...saved.map(({page_name: page}) => `  stopped  ${page} after its schedule ${pages[page]?.schedule_id ?? ''} was saved; its file is not written`),
		...errors.filter(error => error.code !== cancelledCode).map(error => `  ✗ ${error.page_name}  ${error.agent} ${error.code}: ${error.message}`),
		...describeUnwritten(errors.flatMap(error => idOf(error)), report),
		...(unmade.length > 0 ? [`  again    ${whole(orchestrateLine(report.isAll && unmade.length === summary.total_pages ? 'all' : unmade.map(error => error.page_name).join(','), summary.week_start, report))}`] : []),
		'',
	].flatMap(line => wrapLine(wholeCommands(line), report.columns, 11)).join('\n');
};
