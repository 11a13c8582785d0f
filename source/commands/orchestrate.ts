// eros-tui orchestrate: the schedules of many pages, with a line a page and a summary of the run.
import path from 'node:path';
import type {UsageProblem} from '../domain/usage-error.js';
import type {Envelopes} from '../eros/envelope.js';
import {createOrchestrator, type RunOutcome} from '../eros/orchestrator.js';
import {pageNamePattern} from '../eros/page-name.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings} from '../settings/index.js';
import type {CommandIo, CommandRun, Invocation} from './command.js';
import {describeRun, lineOf, mostWarnings, orchestrateLine, warningsOf} from './describe-orchestration.js';
import {dateProblem, pageProblem, readMode, readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, isTestPage, listActivePages, type ErosConnection} from './eros-connection.js';
import {showProgress} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {commandSpecs, target as targetOptions} from './index.js';
import {choosePresenter} from './present-run.js';
import {repeatFlags} from './repeat-flags.js';
import {createSinks, readFormats} from './schedule-sinks.js';
import {askTypedPhrase} from './typed-phrase.js';

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

/** The flags of this command line as they are typed again, and those of them that say which warehouse it is. */
const repeated = (options: Readonly<Record<string, unknown>>): {readonly flags: string; readonly targetFlags: string} => {
	const {options: specs} = commandSpecs.find(({name}) => name === 'orchestrate')!;
	const rest = specs.filter(({flags}) => !/^--(?:pages|week-start) /.test(flags));
	return {flags: repeatFlags(options, rest), targetFlags: repeatFlags(options, targetOptions)};
};

/** Writes the whole summary beside the schedules where it holds more warnings than are told; a dash keeps it apart from pages. */
const keepWarnings = async (outcome: RunOutcome, {files}: ErosConnection, {cwd}: CommandIo, isExporting: boolean): Promise<{readonly allWarnings?: string}> => {
	if (!isExporting || warningsOf(outcome).length <= mostWarnings) {
		return {};
	}

	const file = path.join(cwd, 'schedules', `orchestration-${outcome.summary.orchestration_summary.week_start}.json`);
	await files.write(file, `${JSON.stringify(outcome.summary, undefined, '\t')}\n`);
	return {allWarnings: file};
};

/** What is asked to be written and not to be written at once. */
const contradictions = (options: Readonly<Record<string, unknown>>): readonly UsageProblem[] => {
	const asked = [...(options['format'] === undefined ? [] : [`--format ${String(options['format'])}`]), ...(options['force'] === true ? ['--force'] : [])];
	return options['export'] === false ? asked.map(flag => ({field: '--no-export', value: flag, accepted: 'one of the two: it writes, and --no-export writes nothing', fix: `Leave out --no-export, or ${flag}`})) : [];
};

/** The pages without those whose name is none: told and left out, because files are named after pages and one row must not stop all. */
const namedPages = (pages: readonly string[], {stderr}: CommandIo): readonly string[] => {
	const nameless = pages.filter(page => !pageNamePattern.test(page));
	if (nameless.length > 0) {
		const more = nameless.length > 3 ? ` and ${nameless.length - 3} more` : '';
		stderr.write(`warning: ${nameless.slice(0, 3).map(page => JSON.stringify(page)).join(', ')}${more} ${nameless.length === 1 ? 'is' : 'are'} left out; a page name is lower-case letters, digits and underscores. Rename ${nameless.length === 1 ? 'it' : 'them'} in mass_messages.\n`);
	}

	return pages.filter(page => pageNamePattern.test(page));
};

const forcePhrase = 'write RED pages';

/** Asks whether RED pages go out; true where nothing has to be asked. */
const isForceConfirmed = async (invocation: Invocation): Promise<boolean> => {
	const {options, io} = invocation;
	if (options['force'] !== true || options['yes'] === true) {
		return true;
	}

	const consequence = '--force writes RED pages too, whose audience is worn out.';
	if (choosePresenter(invocation) !== 'screen') {
		io.stderr.write(`${consequence} That is confirmed by a typed phrase, and there is no terminal to type it in.\n  Without one: ${orchestrateLine(String(options['pages']), String(options['weekStart']), repeated(options))} --yes\n`);
		return false;
	}

	io.stderr.write(`${consequence}\nType "${forcePhrase}" to go on; Esc leaves and changes nothing.\n`);
	return askTypedPhrase(io, forcePhrase, createSystemClock());
};

export const run: CommandRun = async invocation => {
	const {options, io} = invocation;
	const {names: given, problems} = readPages(options['pages']);
	const mode = readMode(options['mode']);
	const {timeZone, sheetId} = await loadSettings(options, io.env);
	const format = readFormats(options['format'], sheetId);
	// Every slip is told at once, before anything is started.
	refuseProblems([
		...problems,
		dateProblem({field: '--week-start', value: options['weekStart'], nowMs: createSystemClock().now(), timeZone, example}),
		'problem' in mode ? mode.problem : undefined,
		'problem' in format ? format.problem : undefined,
		...contradictions(options),
	]);
	if (!await isForceConfirmed(invocation)) {
		return exitCode.approvalNeeded;
	}

	const formats = options['export'] === false ? [] : 'formats' in format ? format.formats : undefined;
	const connection = await connectEros(options, io, 'orchestrate');
	try {
		const week = readWeek({field: '--week-start', value: options['weekStart'], nowMs: connection.nowMs(), timeZone: connection.settings.timeZone, example});
		const active = await listActivePages(connection);
		refuseProblems(['problem' in week ? week.problem : undefined, ...(given ?? []).map(page => unknownPageProblem('--pages', page, active))]);
		const pageNames = given ?? namedPages(active, io).filter(page => !isTestPage(page));
		refuseProblems([pageNames.length > 0 ? undefined : {field: '--pages', value: 'all', accepted: 'a dataset with at least one page', fix: 'Load messages into mass_messages first.'}]);
		const isJson = options['json'] === true;
		let done = 0;
		// Nothing of a page is exported before its builder has ended.
		const built = new Map<string, Envelopes['schedule_builder']>();
		const sinks = await createSinks(connection, io, formats, schedule => built.get(schedule.page_name)!);
		const orchestrator = createOrchestrator(connection.environment(sinks));
		const modeName = 'mode' in mode ? mode.mode : 'optimize';
		const page = choosePresenter(invocation) === 'screen' ? await showProgress(`week of ${'monday' in week ? week.monday : ''}, mode ${modeName}`, orchestrator.stages, pageNames, io) : undefined;
		const signal = page === undefined ? connection.signal : AbortSignal.any([connection.signal, page.signal]);
		const outcome = await orchestrator.run({
			pageNames,
			weekStart: String(options['weekStart']),
			mode: modeName,
			isForced: options['force'] === true,
			signal,
			onProgress(progress) {
				if (progress.kind === 'agent-finished' && progress.envelope.agent === 'schedule_builder') {
					built.set(progress.page, progress.envelope);
				}

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
		io.stdout.write(isJson ? `${JSON.stringify(outcome.summary)}\n` : describeRun(outcome, {columns: io.stdout.columns, isAll: given === undefined, formats: sinks.map(({format: written}) => written.toLowerCase()), ...repeated(options), ...(await keepWarnings(outcome, connection, io, options['export'] !== false))}));
		return signal.aborted ? connection.endedBy() ?? page?.exitCode() ?? exitCode.interrupted : outcome.summary.orchestration_summary.status === 'completed' ? exitCode.done : exitCode.failed;
	} finally {
		await connection.close();
	}
};
