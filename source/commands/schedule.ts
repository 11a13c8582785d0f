// eros-tui schedule: one page's week, built, locked, saved and written to a file.
import path from 'node:path';
import {scheduleSchema, type Schedule} from '../eros/envelope.js';
import {createOrchestrator, type PageProgress} from '../eros/orchestrator.js';
import type {PageOutcome} from '../eros/page-run.js';
import {createCsvSink, createJsonSink} from '../eros/sinks/file-sinks.js';
import {weekGrid, weekTitle, weekTotals} from '../eros/week-grid.js';
import type {CommandIo, CommandRun} from './command.js';
import {pageProblem, readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, defaultOutput, listActivePages} from './eros-connection.js';
import {exitCode} from './exit-codes.js';

type Wanted = {readonly page: string; readonly format: 'csv' | 'json'; readonly output: string | undefined};

const example = (page: string, monday: string): string => `eros-tui schedule --page-name ${page} --start-date ${monday}`;

const readOptions = (options: Readonly<Record<string, unknown>>): Wanted => {
	const {pageName, format = 'csv', output} = options;
	const isFormat = format === 'csv' || format === 'json';
	const isOutput = output === undefined || (typeof output === 'string' && output.trim() !== '' && !output.endsWith('/'));
	refuseProblems([
		pageProblem('--page-name', pageName, 'eros-tui schedule --page-name page_01 --start-date 2025-11-03'),
		isFormat ? undefined : {field: '--format', value: String(format), accepted: 'csv or json', fix: 'Leave it out for csv'},
		isOutput ? undefined : {field: '--output', value: String(output), accepted: 'the path of a file', fix: '--output schedules/week.csv'},
	]);
	return {page: String(pageName), format: format as 'csv' | 'json', output: output as string | undefined};
};

const defaultColumns = 100;

/** The week as a person reads it: title, grid, totals, warnings, file. */
const describeWeek = (schedule: Schedule, {result, envelopes}: PageOutcome, columns: number): string => {
	const exported = envelopes.sheets_exporter?.data as {readonly exports?: readonly {readonly destination: string; readonly detail: string}[]} | null | undefined;
	return [
		` eros  SCHEDULE  ${weekTitle(schedule)}`,
		'─'.repeat(columns),
		...weekGrid(schedule, columns - 1).map(line => ` ${line}`),
		'',
		...weekTotals(schedule).map(line => `  ${line}`),
		`  id       ${schedule.schedule_id}`,
		...result.warnings.map(warning => `  warning  ${warning}`),
		...(exported?.exports ?? []).map(({destination, detail}) => `  file     ${destination}   ${detail}`),
		'',
	].join('\n');
};

const tellProgress = (io: CommandIo, progress: PageProgress): void => {
	if (progress.kind === 'agent-retrying') {
		io.stderr.write(`${progress.agent}: ${progress.failure.message}; again in ${Math.round(progress.waitMs / 1000)} s\n`);
	}
};

export const run: CommandRun = async ({options, io}) => {
	const wanted = readOptions(options);
	const connection = await connectEros(options, io, 'schedule');
	try {
		const week = readWeek({field: '--start-date', value: options['startDate'], nowMs: connection.nowMs(), timeZone: connection.settings.timeZone, example: monday => example(wanted.page, monday)});
		refuseProblems(['problem' in week ? week.problem : undefined, unknownPageProblem('--page-name', wanted.page, await listActivePages(connection))]);
		const monday = 'monday' in week ? week.monday : '';
		const target = wanted.output === undefined ? defaultOutput(io.cwd, wanted.page, monday, wanted.format) : path.resolve(io.cwd, wanted.output);
		const createSink = wanted.format === 'csv' ? createCsvSink : createJsonSink;
		const orchestrator = createOrchestrator(connection.environment([createSink({files: connection.files, pathOf: () => target})]));
		// A person asked for this very file, so a RED page is written too; the warning says that it is.
		const {pages} = await orchestrator.run({pageNames: [wanted.page], weekStart: String(options['startDate']), isForced: true, signal: connection.signal, onProgress: progress => {
			tellProgress(io, progress);
		}});
		const outcome = pages.get(wanted.page)!;
		const saved = scheduleSchema.safeParse(outcome.envelopes.schedule_builder?.data);
		if (!saved.success || outcome.result.status === 'failed') {
			const {error} = outcome.result;
			io.stderr.write(`${wanted.page}: ${error?.message ?? 'no schedule was made'} (${error?.agent ?? 'schedule_builder'} ${error?.code ?? ''})\n  Nothing is half-done: ${saved.success ? `schedule ${saved.data.schedule_id} is saved, its file is not; run the command again` : 'no caption stays locked'}.\n`);
			return connection.signal.aborted ? exitCode.interrupted : exitCode.failed;
		}

		if (saved.data.metadata.saturation_status === 'RED') {
			io.stderr.write(`warning: ${wanted.page} is RED; orchestrate would not export it\n`);
		}

		io.stdout.write(options['json'] === true ? `${JSON.stringify(outcome.envelopes.schedule_builder)}\n` : describeWeek(saved.data, outcome, io.stdout.columns ?? defaultColumns));
		return exitCode.done;
	} finally {
		await connection.close();
	}
};
