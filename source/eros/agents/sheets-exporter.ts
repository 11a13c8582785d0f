// Takes a saved schedule to its sinks through the export gate, and writes every attempt into the export log.
import {shellWord} from '../../domain/wording/shell.js';
import {AgentFailure, requireInput, type Agent, type AgentContext, type Upstream} from '../agent.js';
import type {ExportReport, Schedule} from '../envelope.js';
import {logExport, recentExports} from '../export-log.js';
import {brokenRules} from '../schedule/broken-rules.js';
import {heldCaptions, markSchedule} from '../schedule-store.js';
import {decideExport} from '../sinks/export-gate.js';
import type {ScheduleSink} from '../sinks/sink.js';

export const name = 'sheets_exporter';
export const dependsOn = ['schedule_builder'] as const;

type SinkReport = ExportReport['exports'][number];

/**
 * Rules that the schedule breaks, in sentences; empty means that it may go out.
 * @param lockedIds captions that the warehouse holds for the schedule; undefined where no warehouse is asked, and only what
 * the schedule says of its locks is compared.
 */
export const exportProblems = (schedule: Schedule, lockedIds?: readonly string[]): readonly string[] => {
	const problems = brokenRules(schedule, lockedIds);
	return schedule.locks.held === schedule.messages.length ? problems : [...problems, `${schedule.locks.held} locks are held for ${schedule.messages.length} messages`];
};

const writeTo = async (sink: ScheduleSink, schedule: Schedule, context: AgentContext): Promise<SinkReport> => {
	const startedMs = context.clock.monotonic();
	let report: SinkReport;
	try {
		const receipt = await sink.write(schedule, context.signal);
		report = {format: sink.format, status: 'SUCCESS', destination: receipt.destination, message_count: receipt.messageCount, detail: receipt.detail};
	} catch (error) {
		report = {format: sink.format, status: 'FAILED', destination: '', message_count: 0, detail: error instanceof Error ? error.message : String(error)};
	}

	const row = {scheduleId: schedule.schedule_id, status: report.status, format: report.format, message: report.status === 'SUCCESS' ? '' : report.detail, messageCount: report.message_count, destination: report.destination};
	await logExport({...row, durationMs: context.clock.monotonic() - startedMs}, context);
	return report;
};

/** A sink that is left out, with the reason, in the report and in the log. */
const skipSink = async ({format}: ScheduleSink, schedule: Schedule, reason: string, context: AgentContext): Promise<SinkReport> => {
	await logExport({scheduleId: schedule.schedule_id, status: 'SKIPPED', format, message: reason, messageCount: 0, durationMs: 0, destination: ''}, context);
	return {format, status: 'SKIPPED', destination: '', message_count: 0, detail: reason};
};

const skip = async (schedule: Schedule, reason: string, context: AgentContext): Promise<ExportReport> => {
	const skipped: SinkReport[] = [];
	for (const sink of context.sinks) {
		// Rows of one table, one after the other.
		skipped.push(await skipSink(sink, schedule, reason, context));
	}

	context.warn({code: 'EXPORT_SKIPPED', text: `not exported: ${reason}`});
	return {schedule_id: schedule.schedule_id, status: 'SKIPPED', reason, exports: skipped};
};

/** Why no file is written where none was asked for: nothing that anybody has to look at. */
export const exportIsOff = 'export is off';

/** The command that writes what is saved in one format: nothing is planned or locked a second time. */
export const writeCommand = (ids: readonly string[], format: string): string =>
	`eros-tui schedule --schedule-id ${shellWord(ids.join(','))}${format === 'csv' ? '' : ` --format ${format}`}`;

/** Tells of a sink that took nothing while another took the schedule: who looks at that one must know that it is old. */
const warnOfFailed = (exports: readonly SinkReport[], scheduleId: string, {warn}: AgentContext): void => {
	const written = exports.filter(report => report.status === 'SUCCESS').map(report => report.format);
	for (const {format, detail} of exports.filter(report => report.status === 'FAILED')) {
		warn({
			code: 'SINK_UNAVAILABLE',
			text: `${format} was not written: ${detail.replace(/\.$/, '')}; ${written.length === 0 ? 'the others were before' : `${written.join(', ')} was`}. Mend that, then write it: ${writeCommand([scheduleId], format.toLowerCase())}`,
		});
	}
};

/** The schedule's own status follows its files; that it could not be noted takes nothing back of what went out. */
const mark = async (scheduleId: string, status: 'exported' | 'failed', context: AgentContext): Promise<void> => {
	try {
		await markSchedule(scheduleId, status, context);
	} catch (error) {
		context.warn({code: 'STATUS_NOT_SAVED', text: `the status of ${scheduleId} could not be set to ${status}: ${error instanceof Error ? error.message : String(error)}`});
	}
};

const exportedRecently = 'exported within the last 24 hours';

const exportSchedule = async (schedule: Schedule, context: AgentContext): Promise<ExportReport> => {
	if (context.sinks.length === 0) {
		await logExport({scheduleId: schedule.schedule_id, status: 'SKIPPED', format: undefined, message: exportIsOff, messageCount: 0, durationMs: 0, destination: ''}, context);
		return {schedule_id: schedule.schedule_id, status: 'SKIPPED', reason: exportIsOff, exports: []};
	}

	const isForced = context.request.isForced ?? false;
	const answer = decideExport({problems: exportProblems(schedule, await heldCaptions(schedule.schedule_id, context)), zone: schedule.metadata.saturation_status, isAutoExport: context.request.autoExport, isForced});
	if (!answer.mayExport) {
		return skip(schedule, answer.reason, context);
	}

	const recent = isForced ? new Set<string>() : await recentExports(schedule.schedule_id, context);
	const exports: SinkReport[] = [];
	for (const sink of context.sinks) {
		// One after the other: a quota is shared by all sinks of a page.
		const report = recent.has(sink.format) ? await skipSink(sink, schedule, exportedRecently, context) : await writeTo(sink, schedule, context);
		exports.push(report);
	}

	const failed = exports.filter(report => report.status === 'FAILED');
	if (failed.length === exports.length) {
		await mark(schedule.schedule_id, 'failed', context);
		throw new AgentFailure('EXPORT_FAILED', failed.map(report => `${report.format}: ${report.detail}`).join('; '));
	}

	if (exports.some(report => report.status === 'SUCCESS')) {
		await mark(schedule.schedule_id, 'exported', context);
	}

	warnOfFailed(exports, schedule.schedule_id, context);
	const isAllSkipped = exports.every(report => report.status === 'SKIPPED');
	return {
		schedule_id: schedule.schedule_id,
		status: isAllSkipped ? 'SKIPPED' : failed.length > 0 ? 'PARTIAL' : 'SUCCESS',
		reason: isAllSkipped ? exportedRecently : failed.length > 0 ? failed.map(report => `${report.format}: ${report.detail}`).join('; ') : null,
		exports,
	};
};

/** The exporter for callers outside a run. */
export class SheetsExporter {
	readonly #context: AgentContext;

	constructor(context: AgentContext) {
		this.#context = context;
	}

	/** Exports a schedule to the context's sinks. Throws AgentFailure EXPORT_FAILED when none of them took it. */
	async export(schedule: Schedule): Promise<ExportReport> {
		return exportSchedule(schedule, this.#context);
	}
}

const run = async (context: AgentContext, upstream: Upstream): Promise<ExportReport> => exportSchedule(requireInput(upstream, 'schedule_builder'), context);

export const agent: Agent<typeof name> = {name, dependsOn, run};
