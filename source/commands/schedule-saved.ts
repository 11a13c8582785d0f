// eros-tui schedule --schedule-id: a schedule that is saved, written to a file. Nothing is planned and nothing locked.
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
import {listCommand, readTarget, type WantedSchedule} from './schedule-arguments.js';
import {describeUnwritten, watchSink, type WatchedSink} from './schedule-ending.js';
import {createFileSink} from './schedule-output.js';
import {describeHeld} from './schedule-report.js';

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

/** Writes a saved schedule. @returns the exit code. */
export const writeSaved = async (id: string, wanted: WantedSchedule, invocation: Invocation): Promise<number> => {
	const {options, io} = invocation;
	const connection = await connectEros(options, io, 'schedule');
	let page = id;
	let watched: WatchedSink | undefined;
	try {
		const schedule = await readSaved(id, connection, options);
		const {page_name: pageName, metadata: {week_start: weekStart, mode}} = schedule;
		page = pageName;
		const target = await readTarget(wanted, pageName, weekStart, invocation);
		watched = watchSink(createFileSink(wanted.format, target, {files: connection.files, envelopeOf: read => wrapSchedule(read, {runId: connection.environment([]).runId, atMs: connection.nowMs()})}), target);
		const {status, reason, exports: [written]} = await new SheetsExporter(contextOf(connection, [watched.sink], {pageName, weekStart, mode, isForced: wanted.isForced})).export(schedule);
		if (status === 'SKIPPED') {
			const held = describeHeld(schedule, reason ?? '', options);
			io.stderr.write(held.text);
			return held.code;
		}

		io.stdout.write(options['json'] === true ? `${JSON.stringify({destination: written!.destination, messageCount: written!.message_count, detail: written!.detail})}\n` : `${weekTitle(schedule)}\n  file     ${written!.destination}   ${written!.detail}\n`);
		return exitCode.done;
	} catch (error) {
		if (!(error instanceof AgentFailure)) {
			throw error;
		}

		io.stderr.write(`${page}: ${error.message} (${error.code})\n${watched === undefined ? '' : await describeUnwritten(id, error, watched, connection, options)}`);
		return connection.endedBy() ?? exitCode.failed;
	} finally {
		await connection.close();
	}
};
