// eros-tui schedule: one page's week, built, locked, saved and written to a file.
import path from 'node:path';
import {scheduleSchema, type Envelopes, type Schedule} from '../eros/envelope.js';
import {createOrchestrator, type PageProgress} from '../eros/orchestrator.js';
import type {PageOutcome} from '../eros/page-run.js';
import {wrapSchedule} from '../eros/schedule-envelope.js';
import type {SinkReceipt} from '../eros/sinks/sink.js';
import {weekTitle} from '../eros/week-grid.js';
import {createFiles} from '../host/files.js';
import {createRunId} from '../host/random.js';
import {createSystemClock} from '../host/system-clock.js';
import type {CommandIo, CommandRun, Invocation} from './command.js';
import {readWeek, refuseProblems, unknownPageProblem} from './eros-arguments.js';
import {connectEros, defaultOutput, listActivePages} from './eros-connection.js';
import {showWeek, weekViewOf} from './eros-pages.js';
import {exitCode} from './exit-codes.js';
import {choosePresenter} from './present-run.js';
import {forcedFileCommand, planCommand, readScheduleOptions, readTarget, type WantedSchedule} from './schedule-arguments.js';
import {describeUnmade, describeUnwritten, watchSink} from './schedule-ending.js';
import {readScheduleFile} from './schedule-file.js';
import {createFileSink, isSameFile, type FileFormat} from './schedule-output.js';
import {describeHeld, describeWeek, filesOf, redScore, warningsOf} from './schedule-report.js';
import {writeSaved} from './schedule-saved.js';
import {askTypedPhrase} from './typed-phrase.js';

type BuilderEnvelope = Envelopes['schedule_builder'];

const tellProgress = (io: CommandIo, progress: PageProgress): void => {
	if (progress.kind === 'agent-retrying') {
		io.stderr.write(`${progress.agent}: ${progress.failure.message}; again in ${Math.round(progress.waitMs / 1000)} s\n`);
	}
};

/** Writes the schedule of a file; nothing is asked of a warehouse. */
const convertFile = async (from: string, format: FileFormat, wanted: WantedSchedule, invocation: Invocation): Promise<number> => {
	const {options, io} = invocation;
	const {schedule, envelope} = await readScheduleFile(io.cwd, from);
	const score = redScore(schedule);
	refuseProblems([score === undefined || wanted.isForced ? undefined : {field: '--from', value: from, accepted: `the schedule of a page that is not RED (this one is, ${score}), or --force beside it`, fix: forcedFileCommand(from, options)}]);
	const target = await readTarget(wanted, format, schedule.page_name, schedule.metadata.week_start, invocation);
	if (await isSameFile(path.resolve(io.cwd, from), target)) {
		refuseProblems([{field: '--output', value: wanted.output ?? target, accepted: 'another file than --from', fix: `--output ${path.join(path.dirname(wanted.output ?? target), `copy-of-${path.basename(target)}`)}`}]);
	}

	const clock = createSystemClock();
	const sink = createFileSink(format, target, {files: createFiles(), envelopeOf: read => envelope ?? wrapSchedule(read, {runId: createRunId(), atMs: clock.now()})});
	let receipt: SinkReceipt;
	try {
		receipt = await sink.write(schedule);
	} catch (error) {
		io.stderr.write(`${target} is not written: ${error instanceof Error ? error.message : String(error)}\n  ${from} is as it was; mend that, then run this command again.\n`);
		return exitCode.failed;
	}

	io.stdout.write(options['json'] === true ? `${JSON.stringify(receipt)}\n` : `${weekTitle(schedule)}\n  file     ${receipt.destination}   ${receipt.detail}\n`);
	return exitCode.done;
};

/** Writes the week that is looked at in one more format; one that is held back is not written from there. */
const writeCopy = async (envelope: BuilderEnvelope, schedule: Schedule, {format, isHeld}: {readonly format: FileFormat; readonly isHeld: boolean}, {cwd}: CommandIo): Promise<string> => {
	if (isHeld) {
		throw new Error('the schedule is held back; leave with q to be asked');
	}

	const target = defaultOutput(cwd, schedule.page_name, schedule.metadata.week_start, format);
	await createFileSink(format, target, {files: createFiles(), envelopeOf: () => envelope}).write(schedule);
	return target;
};

/** As orchestrate asks it. */
const forcePhrase = 'write RED pages';

/** Asks whether a RED page goes out after all. */
const confirmsRed = async (io: CommandIo): Promise<boolean> => {
	io.stderr.write(`Type "${forcePhrase}" to write it now; Esc leaves and writes nothing.\n`);
	return askTypedPhrase(io, forcePhrase, createSystemClock());
};

/** Plans, locks, saves and writes a page's week. */
const planWeek = async (page: string, format: FileFormat, wanted: WantedSchedule, invocation: Invocation): Promise<number> => {
	const {options, io} = invocation;
	let made: {readonly schedule: Schedule; readonly outcome: PageOutcome} | undefined;
	const connection = await connectEros(options, io, 'schedule');
	try {
		const week = readWeek({field: '--start-date', value: options['startDate'], nowMs: connection.nowMs(), timeZone: connection.settings.timeZone, example: monday => planCommand(page, monday)});
		refuseProblems(['problem' in week ? week.problem : undefined, unknownPageProblem('--page-name', page, await listActivePages(connection))]);
		const target = await readTarget(wanted, format, page, 'monday' in week ? week.monday : '', invocation);
		let built: BuilderEnvelope | undefined;
		// Nothing is exported before the builder has ended.
		const watched = watchSink(createFileSink(format, target, {files: connection.files, envelopeOf: () => built!}), target);
		const orchestrator = createOrchestrator(connection.environment([watched.sink]));
		const sinceMs = connection.nowMs();
		const startDate = String(options['startDate']);
		const {pages} = await orchestrator.run({pageNames: [page], weekStart: startDate, mode: wanted.mode, isForced: wanted.isForced, signal: connection.signal, onProgress(progress) {
			built = progress.kind === 'agent-finished' && progress.envelope.agent === 'schedule_builder' ? progress.envelope : built;
			tellProgress(io, progress);
		}});
		const outcome = pages.get(page)!;
		const saved = scheduleSchema.safeParse(outcome.envelopes.schedule_builder?.data);
		if (!saved.success || outcome.result.status === 'failed') {
			const failure = outcome.result.error ?? {agent: 'schedule_builder', code: 'NO_SCHEDULE', message: 'no schedule was made'};
			const end = saved.success
				? {text: await describeUnwritten(saved.data.schedule_id, failure, watched, connection, options), code: exitCode.failed}
				: await describeUnmade({page, startDate, failure, sinceMs, watched}, connection, options);
			io.stderr.write(`${page}: ${failure.message} (${failure.agent} ${failure.code})\n${end.text}`);
			return connection.endedBy() ?? end.code;
		}

		made = {schedule: saved.data, outcome};
	} finally {
		await connection.close();
	}

	const {schedule, outcome} = made;
	const {export_status: exported, export_reason: reason} = outcome.result;
	const held = exported === 'SKIPPED' ? describeHeld(schedule, reason ?? '', options) : undefined;
	const isScreen = choosePresenter(invocation) === 'screen';
	// Looked at without the lease: nothing is held while somebody reads.
	const end = isScreen ? await showWeek(weekViewOf(schedule, warningsOf(schedule, outcome), filesOf(outcome)), async copy => writeCopy(outcome.envelopes.schedule_builder as BuilderEnvelope, schedule, {format: copy, isHeld: held !== undefined}, io), io) : exitCode.done;
	// After a hang-up there is nobody to read this.
	if (end === exitCode.hangup) {
		return end;
	}

	io.stdout.write(options['json'] === true ? `${JSON.stringify(outcome.envelopes.schedule_builder)}\n` : describeWeek(schedule, outcome, io.stdout.columns));
	if (held === undefined) {
		return end;
	}

	io.stderr.write(held.text);
	if (end !== exitCode.done) {
		return end;
	}

	return isScreen && held.code === exitCode.approvalNeeded && await confirmsRed(io) ? writeSaved({ids: [schedule.schedule_id], format}, {...wanted, isForced: true}, invocation) : held.code;
};

export const run: CommandRun = async invocation => {
	const wanted = await readScheduleOptions(invocation);
	const {source} = wanted;
	switch (source.kind) {
		case 'plan': {
			return planWeek(source.page, source.format, wanted, invocation);
		}

		case 'saved': {
			return writeSaved(source, wanted, invocation);
		}

		case 'file': {
			return convertFile(source.file, source.format, wanted, invocation);
		}
	}
};
