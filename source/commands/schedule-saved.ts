// eros-tui schedule --schedule-id: schedules that are saved, written to files or the spreadsheet. Nothing is planned and nothing locked.
import {UsageError} from '../domain/usage-error.js';
import {AgentFailure, type AgentContext} from '../eros/agent.js';
import {SheetsExporter} from '../eros/agents/sheets-exporter.js';
import type {Schedule} from '../eros/envelope.js';
import {wrapSchedule} from '../eros/schedule-envelope.js';
import {findSchedule} from '../eros/schedule-store.js';
import type {Mode} from '../eros/schedule/saturation.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';
import {weekTitle} from '../eros/week-grid.js';
import type {Invocation} from './command.js';
import {connectEros, type ErosConnection} from './eros-connection.js';
import {exitCode} from './exit-codes.js';
import {listCommand, readTarget, type ScheduleSource, type WantedSchedule} from './schedule-arguments.js';
import {describeUnwritten, watchSink, type WatchedSink} from './schedule-ending.js';
import {createFileSink} from './schedule-output.js';
import {describeHeld} from './schedule-report.js';
import {createSinks, type EnvelopeOf, type ScheduleFormat} from './schedule-sinks.js';

const contextOf = (connection: ErosConnection, sinks: readonly ScheduleSink[], {pageName = '', weekStart = '', mode = 'optimize', isForced = false}: {readonly pageName?: string; readonly weekStart?: string; readonly mode?: Mode; readonly isForced?: boolean} = {}): AgentContext => ({
	...connection.environment(sinks),
	request: {pageName, weekStart, mode, autoExport: true, isForced},
	startedAtMs: connection.nowMs(),
	attempt: 1,
	signal: connection.signal,
	// The report says all that the exporter warns of.
	warn() {},
});

/** @throws UsageError when nothing readable is saved under the id; AgentFailure when the warehouse can't be asked. */
const readSaved = async (id: string, connection: ErosConnection, options: Invocation['options']): Promise<Schedule> => {
	const refuse = (accepted: string): UsageError => new UsageError([{field: '--schedule-id', value: id, accepted, fix: `List them: ${listCommand(options)}`}]);
	const saved = await findSchedule(id, contextOf(connection, [])).catch((error: unknown) => {
		throw error instanceof AgentFailure && error.code === 'BAD_SCHEDULE' ? refuse(`a schedule that is saved in full; ${error.message.replace(/\.$/, '')}`) : error;
	});
	if (saved === undefined) {
		throw refuse(`the id of a schedule that is saved in ${connection.settings.project}.${connection.settings.dataset}`);
	}

	return saved;
};

/** What gives each schedule its place: the file that is meant, or the one spreadsheet. */
const createPlaces = async (format: ScheduleFormat, wanted: WantedSchedule, connection: ErosConnection, invocation: Invocation): Promise<(schedule: Schedule) => Promise<WatchedSink>> => {
	const envelopeOf: EnvelopeOf = read => wrapSchedule(read, {runId: connection.environment([]).runId, atMs: connection.nowMs()});
	if (format === 'sheets') {
		const [sheet] = await createSinks(connection, invocation.io, ['sheets'], envelopeOf);
		return async () => watchSink(sheet!, undefined);
	}

	return async ({page_name: page, metadata}) => {
		const target = await readTarget(wanted, format, page, metadata.week_start, invocation);
		return watchSink(createFileSink(format, target, {files: connection.files, envelopeOf}), target);
	};
};

const writeOne = async (schedule: Schedule, watched: WatchedSink, wanted: WantedSchedule, connection: ErosConnection, {options, io}: Invocation): Promise<number> => {
	const {schedule_id: id, page_name: pageName, metadata: {week_start: weekStart, mode}} = schedule;
	try {
		const {status, reason, exports: [written]} = await new SheetsExporter(contextOf(connection, [watched.sink], {pageName, weekStart, mode, isForced: wanted.isForced})).export(schedule);
		if (status === 'SKIPPED') {
			const held = describeHeld(schedule, reason ?? '', options);
			io.stderr.write(held.text);
			return held.code;
		}

		const label = written!.format === 'SHEETS' ? 'sheet' : 'file ';
		io.stdout.write(options['json'] === true ? `${JSON.stringify({destination: written!.destination, messageCount: written!.message_count, detail: written!.detail})}\n` : `${weekTitle(schedule)}\n  ${label}    ${written!.destination}   ${written!.detail}\n`);
		return exitCode.done;
	} catch (error) {
		if (!(error instanceof AgentFailure)) {
			throw error;
		}

		io.stderr.write(`${pageName}: ${error.message} (${error.code})\n${await describeUnwritten(id, error, watched, connection, options)}`);
		return connection.endedBy() ?? exitCode.failed;
	}
};

/**
 * Writes saved schedules, one after the other; all are found and can be written before the first is.
 * @returns the exit code: that of a failure before that of one that is held back.
 */
export const writeSaved = async ({ids, format}: Pick<ScheduleSource & {readonly kind: 'saved'}, 'ids' | 'format'>, wanted: WantedSchedule, invocation: Invocation): Promise<number> => {
	const {options, io} = invocation;
	const connection = await connectEros(options, io, 'schedule');
	let asked = ids[0] ?? '';
	try {
		const placeOf = await createPlaces(format, wanted, connection, invocation);
		const found: {readonly schedule: Schedule; readonly watched: WatchedSink}[] = [];
		for (const id of ids) {
			asked = id;
			const schedule = await readSaved(id, connection, options);
			found.push({schedule, watched: await placeOf(schedule)});
		}

		const codes: number[] = [];
		for (const {schedule, watched} of found) {
			// One after the other: they share a quota, and the rows of one log.
			codes.push(await writeOne(schedule, watched, wanted, connection, invocation));
		}

		return codes.find(code => code !== exitCode.done && code !== exitCode.approvalNeeded) ?? codes.find(code => code !== exitCode.done) ?? exitCode.done;
	} catch (error) {
		if (!(error instanceof AgentFailure)) {
			throw error;
		}

		io.stderr.write(`${asked}: ${error.message} (${error.code})\n`);
		return connection.endedBy() ?? exitCode.failed;
	} finally {
		await connection.close();
	}
};
