// eros-tui schedule: one page's week, built, locked, saved and written to a file.
import path from 'node:path';
import {shellWord} from '../domain/wording/shell.js';
import {scheduleSchema, type Schedule} from '../eros/envelope.js';
import {createOrchestrator, type PageProgress} from '../eros/orchestrator.js';
import type {PageOutcome} from '../eros/page-run.js';
import {createCsvSink, createJsonSink} from '../eros/sinks/file-sinks.js';
import {weekGrid, weekTitle, weekTotals} from '../eros/week-grid.js';
import {createFiles} from '../host/files.js';
import {createSystemClock} from '../host/system-clock.js';
import {wrapLine} from '../report/wrap-line.js';
import {loadSettings} from '../settings/index.js';
import type {CommandIo, CommandRun} from './command.js';
import {dateProblem, pageProblem, readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, defaultOutput, listActivePages} from './eros-connection.js';
import {showWeek, weekViewOf} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {choosePresenter} from './present-run.js';
import {outputProblem, readScheduleFile} from './schedule-file.js';

type Wanted = {readonly page: string; readonly format: 'csv' | 'json'; readonly output: string | undefined};

const example = (page: string, monday: string): string => `eros-tui schedule --page-name ${shellWord(page)} --start-date ${monday}`;

const readOptions = async (options: Readonly<Record<string, unknown>>, {cwd, env}: CommandIo): Promise<Wanted> => {
	const {pageName, startDate, format = 'csv', output, from} = options;
	const isFormat = format === 'csv' || format === 'json';
	const {timeZone} = await loadSettings(options, env);
	// Every slip is told at once, before anything is started.
	refuseProblems([
		...(from === undefined
			? [
				pageProblem('--page-name', pageName, 'eros-tui schedule --page-name page_01 --start-date 2025-11-03'),
				dateProblem({field: '--start-date', value: startDate, nowMs: createSystemClock().now(), timeZone, example: monday => example(typeof pageName === 'string' && pageName !== '' ? pageName : 'page_01', monday)}),
			]
			: [pageName === undefined && startDate === undefined ? undefined : {field: '--from', value: String(from), accepted: 'it alone: the file says page and week', fix: `eros-tui schedule --from ${String(from)}`}]),
		isFormat ? undefined : {field: '--format', value: String(format), accepted: 'csv or json', fix: 'Leave it out for csv'},
		await outputProblem(cwd, output),
	]);
	return {page: String(pageName), format: format as 'csv' | 'json', output: output as string | undefined};
};

const defaultColumns = 100;

/** Where the schedule was written, each with what is there. */
const filesOf = ({envelopes}: PageOutcome): readonly string[] => {
	const exported = envelopes.sheets_exporter?.data as {readonly exports?: readonly {readonly destination: string; readonly detail: string}[]} | null | undefined;
	return (exported?.exports ?? []).map(({destination, detail}) => `${destination}   ${detail}`);
};

/** What the operator has to know besides the week; first of all that the page is worn out. */
const warningsOf = ({metadata, saturation_score: score}: Schedule, {result}: PageOutcome): readonly string[] => [
	...(metadata.saturation_status === 'RED' ? [`the page is RED (${score.toFixed(2)}): orchestrate would not write its file`] : []),
	...result.warnings,
];

/** The week as a person reads it: title, grid, totals, warnings, file. Text is broken for a terminal, and left whole elsewhere. */
const describeWeek = (schedule: Schedule, outcome: PageOutcome, columns: number | undefined): string => {
	const broken = (line: string, hang: number): readonly string[] => wrapLine(line, columns, hang);
	const wide = columns ?? defaultColumns;
	return [
		...broken(` eros  SCHEDULE  ${weekTitle(schedule)}`, 7),
		'─'.repeat(wide),
		...weekGrid(schedule, wide - 1).map(line => ` ${line}`),
		'',
		...[
			...weekTotals(schedule),
			`id       ${schedule.schedule_id}`,
			...warningsOf(schedule, outcome).map(warning => `warning  ${warning}`),
			...filesOf(outcome).map(file => `file     ${file}`),
		].flatMap(line => broken(`  ${line}`, 11)),
		'',
	].join('\n');
};

const tellProgress = (io: CommandIo, progress: PageProgress): void => {
	if (progress.kind === 'agent-retrying') {
		io.stderr.write(`${progress.agent}: ${progress.failure.message}; again in ${Math.round(progress.waitMs / 1000)} s\n`);
	}
};

/** Writes the schedule of a file; nothing is asked of a warehouse. */
const convertFile = async (from: string, {format, output}: Wanted, {options, io}: Parameters<CommandRun>[0]): Promise<number> => {
	const schedule = await readScheduleFile(io.cwd, from);
	const target = output === undefined ? defaultOutput(io.cwd, schedule.page_name, schedule.metadata.week_start, format) : path.resolve(io.cwd, output);
	const createSink = format === 'csv' ? createCsvSink : createJsonSink;
	const receipt = await createSink({files: createFiles(), pathOf: () => target}).write(schedule);
	io.stdout.write(options['json'] === true ? `${JSON.stringify(receipt)}\n` : `${weekTitle(schedule)}\n  file     ${receipt.destination}   ${receipt.detail}\n`);
	return exitCode.done;
};

export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const wanted = await readOptions(options, io);
	if (options['from'] !== undefined) {
		return convertFile(String(options['from']), wanted, invocation);
	}

	let made: {readonly schedule: Schedule; readonly outcome: PageOutcome} | undefined;
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
			return connection.endedBy() ?? exitCode.failed;
		}

		if (options['json'] === true && saved.data.metadata.saturation_status === 'RED') {
			io.stderr.write(`warning: ${wanted.page} is RED; orchestrate would not export it\n`);
		}

		made = {schedule: saved.data, outcome};
	} finally {
		await connection.close();
	}

	const {schedule, outcome} = made;
	let code: number = exitCode.done;
	if (choosePresenter(invocation) === 'screen') {
		// Looked at without the lease: nothing is held while somebody reads.
		code = await showWeek(weekViewOf(schedule, warningsOf(schedule, outcome), filesOf(outcome)), async format => {
			const target = defaultOutput(io.cwd, schedule.page_name, schedule.metadata.week_start, format);
			await (format === 'csv' ? createCsvSink : createJsonSink)({files: createFiles(), pathOf: () => target}).write(schedule);
			return target;
		}, io);
	}

	// After a hang-up there is nobody to read this.
	if (code !== exitCode.hangup) {
		io.stdout.write(options['json'] === true ? `${JSON.stringify(outcome.envelopes.schedule_builder)}\n` : describeWeek(schedule, outcome, io.stdout.columns));
	}

	return code;
};
