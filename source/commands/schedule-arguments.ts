// The arguments of `schedule`, every slip told at once, before anything is started.
import path from 'node:path';
import type {UsageProblem} from '../domain/usage-error.js';
import {shellWord} from '../domain/wording/shell.js';
import type {Mode} from '../eros/schedule/saturation.js';
import {writeCommand} from '../eros/agents/sheets-exporter.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings} from '../settings/index.js';
import type {Invocation} from './command.js';
import {dateProblem, pageProblem, readMode, refuseProblems} from './eros-arguments.js';
import {defaultOutput} from './eros-connection.js';
import {commandSpecs, target as targetOptions} from './index.js';
import {repeatFlags} from './repeat-flags.js';
import {outputProblem, type FileFormat} from './schedule-output.js';
import {noSpreadsheet, type ScheduleFormat} from './schedule-sinks.js';

type Options = Readonly<Record<string, unknown>>;

/** Where the schedule comes from: it is planned, read from the warehouse, or read from a file. */
export type ScheduleSource =
	| {readonly kind: 'plan'; readonly page: string; readonly format: FileFormat}
	| {readonly kind: 'saved'; readonly ids: readonly string[]; readonly format: ScheduleFormat}
	| {readonly kind: 'file'; readonly file: string; readonly format: FileFormat};

export type WantedSchedule = {
	readonly source: ScheduleSource;
	/** As the person wrote it. */
	readonly output: string | undefined;
	/** Writes a page that is RED, and a schedule that went out within the day. */
	readonly isForced: boolean;
	/** How a week is planned. */
	readonly mode: Mode;
};

/** The command that plans a page's week. */
export const planCommand = (page: string, monday: string): string => `eros-tui schedule --page-name ${shellWord(page)} --start-date ${monday}`;

const ownOptions = (): typeof targetOptions => commandSpecs.find(({name}) => name === 'schedule')!.options;

const fileOptions = (): typeof targetOptions => ownOptions().filter(({flags}) => /^--(?:output|format) /.test(flags));

/** The command that plans a page's week as this command line did. */
export const planAgainCommand = (page: string, startDate: string, options: Options): string =>
	`${planCommand(page, startDate)}${repeatFlags(options, ownOptions().filter(({flags}) => !/^--(?:page-name|start-date|schedule-id|from) /.test(flags)))}`;

type Forcing = {readonly isForced?: boolean};

/** The command that writes a saved schedule as this command line was to write its own. */
export const savedCommand = (id: string, options: Options, {isForced = options['force'] === true}: Forcing = {}): string =>
	`${writeCommand([id], 'csv')}${isForced ? ' --force' : ''}${repeatFlags(options, fileOptions())}${repeatFlags(options, targetOptions)}`;

/** The command that writes the schedule of a file, as this command line does, although its page is RED. */
export const forcedFileCommand = (file: string, options: Options): string => `eros-tui schedule --from ${shellWord(file)} --force${repeatFlags(options, fileOptions())}`;

/** The command that lists the newest schedules of the warehouse that is meant. */
export const listCommand = (options: Options): string => `eros-tui query "SELECT schedule_id, page_name, week_start FROM schedule_recommendations ORDER BY created_at DESC LIMIT 20"${repeatFlags(options, targetOptions)}`;

const idsOf = (value: unknown): readonly string[] => [...new Set(String(value).split(',').map(id => id.trim()).filter(id => id !== ''))];

/** What else says which schedule it is, beside the one source that is allowed. */
const aloneProblem = (field: string, value: unknown, others: readonly unknown[], says: string): UsageProblem | undefined =>
	others.every(other => other === undefined) ? undefined : {field, value: String(value), accepted: `it alone: the ${says} says page and week`, fix: `eros-tui schedule ${field} ${shellWord(String(value))}`};

/** What the command line says; a format that is none of its source's is refused before it is used. */
const sourceOf = ({pageName, scheduleId, from, format = 'csv'}: Options): ScheduleSource => {
	if (scheduleId !== undefined) {
		return {kind: 'saved', ids: idsOf(scheduleId), format: format as ScheduleFormat};
	}

	return from === undefined ? {kind: 'plan', page: String(pageName), format: format as FileFormat} : {kind: 'file', file: String(from), format: format as FileFormat};
};

/** What is wrong with what says which schedule it is. */
const sourceProblems = async (options: Options, {env}: Invocation['io']): Promise<readonly (UsageProblem | undefined)[]> => {
	const {pageName, startDate, scheduleId, from} = options;
	const {timeZone} = await loadSettings(options, env);
	if (scheduleId !== undefined) {
		const id = String(scheduleId);
		return [idsOf(id).length === 0 ? {field: '--schedule-id', value: id, accepted: 'the id of a saved schedule, such as sched_20251103_090000_page_01_7f3a, or several separated by commas', fix: `List them: ${listCommand(options)}`} : aloneProblem('--schedule-id', id, [pageName, startDate, from], 'saved schedule')];
	}

	return from === undefined
		? [
			pageProblem('--page-name', pageName, planCommand('page_01', '2025-11-03')),
			dateProblem({field: '--start-date', value: startDate, nowMs: createSystemClock().now(), timeZone, example: monday => planCommand(typeof pageName === 'string' && pageName !== '' ? pageName : 'page_01', monday)}),
		]
		: [aloneProblem('--from', from, [pageName, startDate], 'file')];
};

/** A schedule that is planned already has its mode. */
const modeProblem = ({mode, scheduleId, from}: Options): UsageProblem | undefined =>
	mode === undefined ? undefined : {field: '--mode', value: String(mode), accepted: 'it where a week is planned, with --page-name and --start-date', fix: `eros-tui schedule ${scheduleId === undefined ? `--from ${shellWord(String(from))}` : `--schedule-id ${shellWord(String(scheduleId))}`}`};

/** What is wrong with the format: a spreadsheet is written by orchestrate, and here of what is saved. */
const formatProblem = async ({format = 'csv', output, ...options}: Options, source: ScheduleSource, {env}: Invocation['io']): Promise<UsageProblem | undefined> => {
	const refuse = (accepted: string, fix: string): UsageProblem => ({field: '--format', value: String(format), accepted, fix});
	if (format === 'csv' || format === 'json') {
		return undefined;
	}

	if (format !== 'sheets') {
		return refuse(source.kind === 'saved' ? 'csv, json or sheets' : 'csv or json', 'Leave it out for csv');
	}

	if (source.kind === 'plan') {
		return refuse('csv or json; orchestrate writes a spreadsheet', `eros-tui orchestrate --pages ${shellWord(source.page)} --week-start ${shellWord(String(options['startDate']))} --format sheets`);
	}

	if (source.kind === 'file') {
		return refuse('csv or json; a spreadsheet is written of a schedule that is saved', 'Leave it out for csv');
	}

	if ((await loadSettings(options, env)).sheetId === undefined) {
		return refuse(`csv or json; ${noSpreadsheet.accepted}`, noSpreadsheet.fix);
	}

	return output === undefined ? undefined : {field: '--output', value: String(output), accepted: 'it for a file; a spreadsheet has a tab for each page', fix: writeCommand(source.ids, 'sheets')};
};

/** One file holds one schedule. */
const severalProblem = ({output}: Options, source: ScheduleSource): UsageProblem | undefined =>
	source.kind === 'saved' && source.ids.length > 1 && output !== undefined
		? {field: '--output', value: String(output), accepted: 'it with one schedule; each of several has its file in schedules/', fix: writeCommand(source.ids, 'csv')}
		: undefined;

/**
 * Reads the command line.
 * @throws UsageError with every slip.
 */
export const readScheduleOptions = async ({options, io}: Invocation): Promise<WantedSchedule> => {
	const {output} = options;
	const source = sourceOf(options);
	const mode = readMode(options['mode']);
	refuseProblems([
		...await sourceProblems(options, io),
		source.kind === 'plan' ? ('problem' in mode ? mode.problem : undefined) : modeProblem(options),
		await formatProblem(options, source, io),
		severalProblem(options, source),
		await outputProblem(io.cwd, output, source.format === 'json' ? 'json' : 'csv'),
	]);
	return {source, output: output as string | undefined, isForced: options['force'] === true, mode: 'mode' in mode ? mode.mode : 'optimize'};
};

/**
 * The file of a page's week.
 * @throws UsageError when none can be written there.
 */
export const readTarget = async ({output}: WantedSchedule, format: FileFormat, page: string, weekStart: string, {io}: Pick<Invocation, 'io'>): Promise<string> => {
	const target = output === undefined ? defaultOutput(io.cwd, page, weekStart, format) : path.resolve(io.cwd, output);
	refuseProblems([await outputProblem(io.cwd, output ?? target, format)]);
	return target;
};
