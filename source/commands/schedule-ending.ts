// What stands after a schedule was not made or not written: looked up, not assumed, with what to run next.
import {formatCount} from '../domain/wording/amount.js';
import {findTraces, type Traces} from '../eros/schedule-store.js';
import type {ScheduleSink, SinkReceipt} from '../eros/sinks/sink.js';
import type {ErosConnection} from './eros-connection.js';
import {cancelledCode} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {target as targetOptions} from './index.js';
import {repeatFlags} from './repeat-flags.js';
import {planAgainCommand, savedCommand} from './schedule-arguments.js';

type Options = Readonly<Record<string, unknown>>;

/** A sink that remembers what it wrote: who writes the log after it may fail. */
export type WatchedSink = {readonly sink: ScheduleSink; readonly written: () => SinkReceipt | undefined; readonly path: string | undefined};

/** @param path of the file that the sink writes; undefined where it writes a spreadsheet. */
export const watchSink = (sink: ScheduleSink, path: string | undefined): WatchedSink => {
	let receipt: SinkReceipt | undefined;
	return {
		path,
		written: () => receipt,
		sink: {
			...sink,
			async write(schedule, signal) {
				receipt = await sink.write(schedule, signal);
				return receipt;
			},
		},
	};
};

export type Failure = {readonly code: string; readonly message: string};

/** What stands of a schedule that is saved and whose export failed, and what writes it. */
export const describeUnwritten = async (id: string, failure: Failure, {written, path}: WatchedSink, {files}: ErosConnection, options: Options): Promise<string> => {
	const receipt = written();
	if (receipt !== undefined) {
		return `  Schedule ${id} is saved, and its ${path === undefined ? 'tab' : 'file'} is there: ${receipt.destination}   ${receipt.detail}\n  Its row in schedule_export_log is not. Write both again: ${savedCommand(id, options)}\n`;
	}

	const file = path === undefined ? 'its tab of the spreadsheet is not written' : await files.exists(path) ? `${path} is not its file` : 'its file is not written';
	return `  Schedule ${id} is saved and its captions are locked; ${file}.\n  ${failure.code === cancelledCode ? 'Write it' : 'Mend that, then write it'}: ${savedCommand(id, options)}\n`;
};

/** Where a person looks what this page holds without a schedule. */
const lookCommand = (page: string, options: Options): string =>
	`eros-tui query "SELECT page_name, schedule_id, COUNT(*) AS locked FROM active_caption_assignments WHERE is_active AND page_name = '${page}' AND schedule_id NOT IN (SELECT schedule_id FROM schedule_recommendations) GROUP BY page_name, schedule_id"${repeatFlags(options, targetOptions)}`;

/** A job of this run that is still at work is waited for so long, ms. */
const patienceMs = 10_000;

const look = async (page: string, sinceMs: number, connection: ErosConnection): Promise<Traces> => {
	const signal = AbortSignal.timeout(patienceMs);
	const context = {...connection.environment([]), signal};
	const jobs = await connection.warehouse.listRunningJobs(`eros_${context.runId}_`);
	await Promise.all(jobs.map(async ({id}) => connection.warehouse.waitForJob(id, signal)));
	return findTraces(page, sinceMs, context);
};

export type Unmade = {
	readonly page: string;
	/** Its week as the person wrote it. */
	readonly startDate: string;
	readonly failure: Failure;
	/** Before the run began, epoch milliseconds by the warehouse's clock. */
	readonly sinceMs: number;
	readonly watched: WatchedSink;
};

/**
 * What stands after a page ended without telling of a schedule.
 * @returns sentences, and the exit code: 7 where captions stay locked or that is not known.
 */
export const describeUnmade = async ({page, startDate, failure, sinceMs, watched}: Unmade, connection: ErosConnection, options: Options): Promise<{readonly text: string; readonly code: number}> => {
	try {
		const {saved, lockedFor, locks} = await look(page, sinceMs, connection);
		if (saved !== undefined) {
			return {text: await describeUnwritten(saved, failure, watched, connection, options), code: exitCode.failed};
		}

		return lockedFor === undefined
			? {text: '  Nothing is half-done: no caption stays locked.\n', code: exitCode.failed}
			: {text: `  ${formatCount(locks, 'caption')} ${locks === 1 ? 'stays' : 'stay'} locked for schedule ${lockedFor}, which is not saved.\n  The next plan of the page gives them back when they are half an hour old: ${planAgainCommand(page, startDate, options)}\n`, code: exitCode.needsPerson};
	} catch (error) {
		return {text: `  Whether captions stay locked could not be looked up: ${error instanceof Error ? error.message : String(error)}\n  Look: ${lookCommand(page, options)}\n`, code: exitCode.needsPerson};
	}
};
