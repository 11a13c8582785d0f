// eros-tui orchestrate: the schedules of many pages, with a line a page and a summary of the run.
import path from 'node:path';
import type {UsageProblem} from '../domain/usage-error.js';
import {createOrchestrator, type RunOutcome} from '../eros/orchestrator.js';
import {createSystemClock} from '../host/system-clock.js';
import {loadSettings} from '../settings/index.js';
import type {CommandIo, CommandRun} from './command.js';
import {describeRun, lineOf, mostWarnings, warningsOf} from './describe-orchestration.js';
import {dateProblem, pageProblem, readMode, readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, isTestPage, listActivePages, type ErosConnection} from './eros-connection.js';
import {showProgress} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {commandSpecs, target as targetOptions} from './index.js';
import {choosePresenter} from './present-run.js';
import {repeatFlags} from './repeat-flags.js';
import {createSinks} from './schedule-sinks.js';

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
		const outcome = await orchestrator.run({
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
		io.stdout.write(isJson ? `${JSON.stringify(outcome.summary)}\n` : describeRun(outcome, {columns: io.stdout.columns, isAll: given === undefined, ...repeated(options), ...(await keepWarnings(outcome, connection, io, options['export'] !== false))}));
		return signal.aborted ? connection.endedBy() ?? page?.exitCode() ?? exitCode.interrupted : outcome.summary.orchestration_summary.status === 'completed' ? exitCode.done : exitCode.failed;
	} finally {
		await connection.close();
	}
};
