// eros-tui orchestrate: the schedules of many pages, with a line a page and a summary of the run.
import path from 'node:path';
import type {UsageProblem} from '../domain/usage-error.js';
import {formatCount} from '../domain/wording/amount.js';
import {formatDuration} from '../domain/wording/duration.js';
import {exportIsOff} from '../eros/agents/sheets-exporter.js';
import {createOrchestrator, type PageProgress, type RunSummary} from '../eros/orchestrator.js';
import {createCsvSink} from '../eros/sinks/file-sinks.js';
import type {PageResult} from '../eros/run-summary.js';
import {createConfiguredSheetsSink} from '../eros/sinks/sheets-sink.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';
import {createSystemClock} from '../host/system-clock.js';
import {wholeCommands, wrapLine} from '../report/wrap-line.js';
import {loadSettings} from '../settings/index.js';
import type {CommandIo, CommandRun} from './command.js';
import {dateProblem, pageProblem, readMode, readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, defaultOutput, isTestPage, listActivePages, type ErosConnection} from './eros-connection.js';
import {cancelledCode, showProgress} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {choosePresenter} from './present-run.js';

const example = (monday: string): string => `eros-tui orchestrate --pages all --week-start ${monday}`;

/** The names as given, undefined for all; and what is wrong with them by their form. */
const readPages = (value: unknown): {readonly names: readonly string[] | undefined; readonly problems: readonly (UsageProblem | undefined)[]} => {
	if (value === 'all') {
		return {names: undefined, problems: []};
	}

	const fix = 'eros-tui orchestrate --pages all --week-start 2025-11-03';
	const names = typeof value === 'string' ? value.split(',').map(name => name.trim()).filter(name => name !== '') : [];
	const isList = names.length > 0 && !names.includes('all');
	return {
		names: [...new Set(names)],
		problems: isList ? names.map(name => pageProblem('--pages', name, fix)) : [{field: '--pages', value: value === undefined ? undefined : String(value), accepted: 'all alone, or page names separated by commas', fix}],
	};
};

const createSinks = async (connection: ErosConnection, io: CommandIo, isExporting: boolean): Promise<readonly ScheduleSink[]> => {
	if (!isExporting) {
		return [];
	}

	const sheets = await createConfiguredSheetsSink(connection.settings.sheetId, connection.clock).catch((error: unknown) => {
		io.stderr.write(`warning: the spreadsheet is left out: ${error instanceof Error ? error.message : String(error)}\n`);
		return undefined;
	});
	return [createCsvSink({files: connection.files, pathOf: schedule => defaultOutput(io.cwd, schedule.page_name, schedule.metadata.week_start, 'csv')}), ...(sheets ? [sheets] : [])];
};

const lineOf = (progress: PageProgress, done: number, total: number): string | undefined => {
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

	const exported = result.export_status === 'SKIPPED' ? `not written: ${result.export_reason ?? ''}` : result.destinations.join(', ');
	return `${place} ✓ ${page}  ${result.saturation_zone ?? ''}  ${formatCount(result.total_messages, 'message')}  ${formatDuration(result.duration_ms)}  ${exported}`;
};

/** The pages that were saved and not written, by reason, and how to write one after a look. */
const describeHeld = (held: ReadonlyArray<readonly [page: string, result: PageResult]>, weekStart: string): readonly string[] => {
	const reasons = [...new Set(held.map(([, {export_reason: reason}]) => reason ?? ''))];
	return held.length === 0 ? [] : [
		...reasons.map(reason => `  held     ${reason}, saved and not written: ${held.filter(([, result]) => result.export_reason === reason).map(([page]) => page).join(', ')}`),
		`  look     eros-tui schedule --page-name ${held[0]![0]} --start-date ${weekStart}   plans one of them again and writes it`,
	];
};

/** The run in a few lines; failures last, because they are what is read. */
const describeRun = ({orchestration_summary: summary, page_results: pages, errors}: RunSummary, {columns, isAll}: {readonly columns: number | undefined; /** Every page was asked for. */ readonly isAll: boolean}): string => {
	const zones = summary.saturation_breakdown;
	const reduced = Object.values(pages).filter(page => page.warnings.length > 0).length;
	const stopped = errors.filter(error => error.code === cancelledCode);
	const saved = stopped.filter(({page_name: page}) => pages[page]?.schedule_id);
	const held = Object.entries(pages).filter(([, page]) => page.export_status === 'SKIPPED' && page.export_reason !== exportIsOff);
	const folders = [...new Set(Object.values(pages).flatMap(page => page.destinations.filter(destination => path.isAbsolute(destination)).map(destination => path.dirname(destination))))];
	return [
		`week of ${summary.week_start}, mode ${summary.mode}: ${stopped.length > 0 ? 'stopped' : summary.status} in ${formatDuration(summary.execution_time_seconds * 1000)}`,
		`  pages    ${summary.successful} of ${summary.total_pages} done, ${summary.exported} written, ${summary.skipped_exports} not written, ${summary.failed - stopped.length} failed${stopped.length === 0 ? '' : `, ${stopped.length} stopped`}`,
		`  zones    GREEN ${zones.GREEN} · YELLOW ${zones.YELLOW} · RED ${zones.RED}`,
		...(reduced > 0 ? [`  warnings on ${formatCount(reduced, 'page')}; --json lists them`] : []),
		...folders.map(folder => `  files    ${folder}`),
		...describeHeld(held, summary.week_start),
		...(stopped.length > saved.length ? [`  stopped  ${formatCount(stopped.length - saved.length, 'page')} before the schedule was saved; no caption stays locked for them`] : []),
		...saved.map(({page_name: page}) => `  stopped  ${page} after its schedule ${pages[page]?.schedule_id ?? ''} was saved; its file is not written`),
		...errors.filter(error => error.code !== cancelledCode).map(error => `  ✗ ${error.page_name}  ${error.agent} ${error.code}: ${error.message}`),
		...(errors.length > 0 ? [`  again    eros-tui orchestrate --pages ${isAll && errors.length === summary.total_pages ? 'all' : errors.map(error => error.page_name).join(',')} --week-start ${summary.week_start}`] : []),
		'',
	].flatMap(line => wrapLine(wholeCommands(line), columns, 11)).join('\n');
};

export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const {names: given, problems} = readPages(options['pages']);
	const mode = readMode(options['mode']);
	const {timeZone} = await loadSettings(options, io.env);
	// Every slip is told at once, before anything is started.
	refuseProblems([...problems, dateProblem({field: '--week-start', value: options['weekStart'], nowMs: createSystemClock().now(), timeZone, example}), 'problem' in mode ? mode.problem : undefined]);
	const connection = await connectEros(options, io, 'orchestrate');
	try {
		const week = readWeek({field: '--week-start', value: options['weekStart'], nowMs: connection.nowMs(), timeZone: connection.settings.timeZone, example});
		const active = await listActivePages(connection);
		refuseProblems(['problem' in week ? week.problem : undefined, ...(given ?? []).map(page => unknownPageProblem('--pages', page, active))]);
		const pageNames = given ?? active.filter(page => !isTestPage(page));
		refuseProblems([pageNames.length > 0 ? undefined : {field: '--pages', value: 'all', accepted: 'a dataset with at least one page', fix: 'Load messages into mass_messages first.'}]);
		const isJson = options['json'] === true;
		let done = 0;
		const orchestrator = createOrchestrator(connection.environment(await createSinks(connection, io, options['export'] !== false)));
		const modeName = 'mode' in mode ? mode.mode : 'optimize';
		const page = choosePresenter(invocation) === 'screen' ? await showProgress(`week of ${'monday' in week ? week.monday : ''}, mode ${modeName}`, orchestrator.stages, pageNames, io) : undefined;
		const signal = page === undefined ? connection.signal : AbortSignal.any([connection.signal, page.signal]);
		const {summary} = await orchestrator.run({
			pageNames,
			weekStart: String(options['weekStart']),
			mode: modeName,
			signal,
			onProgress(progress) {
				if (page !== undefined) {
					page.onProgress(progress);
					return;
				}

				done += progress.kind === 'page-finished' ? 1 : 0;
				const line = lineOf(progress, done, pageNames.length);
				if (line !== undefined) {
					io.stderr.write(`${line}\n`);
				}
			},
		}).finally(() => page?.close());
		io.stdout.write(isJson ? `${JSON.stringify(summary)}\n` : describeRun(summary, {columns: io.stdout.columns, isAll: given === undefined}));
		return signal.aborted ? connection.endedBy() ?? page?.exitCode() ?? exitCode.interrupted : summary.orchestration_summary.status === 'completed' ? exitCode.done : exitCode.failed;
	} finally {
		await connection.close();
	}
};
