// Gate tests #3 and #4: the builder and the exporter, as the orchestrator runs them, on the test page in staging.
import path from 'node:path';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {createOrchestrator} from '../../eros/orchestrator.js';
import {scheduleSchema, type Schedule} from '../../eros/envelope.js';
import {csvColumns, differenceOf, formatCsv, parseCsv, toCsvRows, type CsvRow} from '../../eros/sinks/csv-row.js';
import {createCsvSink, createJsonSink} from '../../eros/sinks/file-sinks.js';
import {checksOf} from '../criteria.js';
import {testPage} from '../deploy-set.js';
import {formatZoned, nextMonday} from '../zone-time.js';
import {runSmokeFile, runSqlFile} from '../smoke.js';

const jsonPath = (context: StepContext): string => path.join(context.artifacts, 'gate', `${testPage}.json`);
const csvPath = (context: StepContext): string => path.join(context.artifacts, 'gate', `${testPage}.csv`);

const buildWeek = async (context: StepContext): Promise<{readonly schedule: Schedule; readonly durationMs: number}> => {
	const {settings, ports} = context;
	const run = context.state().run ?? 'run';
	const sinks = [createCsvSink({files: ports.files, pathOf: () => csvPath(context)}), createJsonSink({files: ports.files, pathOf: () => jsonPath(context)})];
	const orchestrator = createOrchestrator({warehouse: ports.warehouse, clock: ports.clock, files: ports.files, dataset: context.stagingDataset, timeZone: settings.timeZone, runId: `${run}_${context.attempt}`, sinks, maximumBytesBilled: settings.maximumBytesBilled, jobTimeoutMs: settings.jobTimeoutMs, onJob: (_id, title) => context.log(title)});
	const startedMs = ports.clock.monotonic();
	const outcome = await orchestrator.run({pageNames: [testPage], weekStart: nextMonday(ports.clock.now(), settings.timeZone), autoExport: true, isForced: true, signal: context.signal});
	const durationMs = ports.clock.monotonic() - startedMs;
	if (outcome.summary.orchestration_summary.status !== 'completed') {
		throw new StepFailure({message: `The orchestrator ended ${outcome.summary.orchestration_summary.status}: ${JSON.stringify(outcome.summary.errors[0] ?? {})}`, reason: 'orchestrator', class: 'permanent'});
	}

	return {schedule: scheduleSchema.parse(JSON.parse(new TextDecoder().decode(await ports.files.read(jsonPath(context))))), durationMs};
};

const minuteGapMs = 30 * 60_000;

/** Messages closer than half an hour, outside the sending window, or at the wrong offset for their date. */
const conflictsOf = (schedule: Schedule): readonly string[] => {
	const sorted = [...schedule.messages].sort((a, b) => Date.parse(a.send_at) - Date.parse(b.send_at));
	const close = sorted.filter((message, index) => index > 0 && Date.parse(message.send_at) - Date.parse(sorted[index - 1]!.send_at) < minuteGapMs).map(message => `${message.send_local} is less than 30 minutes after the one before`);
	const ppv = sorted.filter(({type}) => type === 'PPV');
	const gaps = ppv.filter((message, index) => index > 0 && Date.parse(message.send_at) - Date.parse(ppv[index - 1]!.send_at) < schedule.gap_minutes * 60_000).map(message => `${message.send_local} breaks the gap of ${schedule.gap_minutes} minutes`);
	const outside = sorted.filter(message => message.send_local.slice(11, 16) < '08:00' || message.send_local.slice(11, 16) > '22:00').map(message => `${message.send_local} is outside 08:00 to 22:00`);
	const captions = new Set(sorted.map(message => message.caption_id));
	return [...close, ...gaps, ...outside, ...(captions.size === sorted.length ? [] : ['a caption is used twice'])];
};

const zoneErrors = (schedule: Schedule, timeZone: string): readonly string[] =>
	schedule.messages.filter(message => {
		const local = formatZoned(Date.parse(message.send_at), timeZone);
		return message.time_zone !== timeZone || local.slice(0, 19).replace('T', ' ') !== message.send_local || message.send_at.slice(-6) !== local.slice(-6);
	}).map(message => `${message.send_at} against ${message.send_local}`);

/** #3: a week of the test page built, locked and saved; its rows read back from the warehouse. */
export const runBuilderTest = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	// What an earlier attempt, or an interrupted life of this one, left holds captions of the test page.
	await runSqlFile(context, {file: 'sql/smoke/release-test-locks.sql', dataset: context.stagingDataset, title: 'release locks of the test page', isMutation: true, isPreparation: true});
	const {schedule, durationMs} = await buildWeek(context);
	const {messages} = schedule;
	check('generated', true, `${schedule.schedule_id}, ${formatDuration(durationMs)}`);
	check('not-empty', messages.length > 0, `${messages.length} messages`);
	const wanted = ['send_local', 'send_at', 'caption_text', 'type', 'price', 'caption_id'] as const;
	const holed = messages.filter(message => wanted.some(field => message[field] === undefined || message[field] === ''));
	check('columns-present', holed.length === 0, wanted.join(', '));
	const ppv = messages.filter(({type}) => type === 'PPV').length;
	const isTyped = messages.every(({type}) => type === 'PPV' || type === 'Bump');
	check('types-correct', isTyped && ppv > 0 && ppv < messages.length, `${ppv} PPV, ${messages.length - ppv} Bump`);
	const wrong = zoneErrors(schedule, context.settings.timeZone);
	check('time-zone-correct', wrong.length === 0, wrong.length === 0 ? `every offset is that of ${context.settings.timeZone} on its date` : wrong[0]!);
	const conflicts = conflictsOf(schedule);
	check('no-conflict', conflicts.length === 0, conflicts.length === 0 ? `any two 30 minutes apart, PPVs ${schedule.gap_minutes} minutes, no caption twice` : conflicts[0]!);
	const smoke = await runSmokeFile(context, {
		file: 'sql/smoke/3-builder.sql',
		dataset: context.stagingDataset,
		title: `read ${schedule.schedule_id} back`,
		parameters: [{name: 'schedule_id', type: 'STRING', value: schedule.schedule_id}, {name: 'messages', type: 'INT64', value: messages.length}],
	});
	smoke.judge(checks, 'written-to-bigquery', ['header row', 'messages', 'types', 'no minute twice', 'send window']);
	smoke.judge(checks, 'locks-match', ['locks equal messages']);
	return `${ppv} PPVs, ${messages.length - ppv} bumps`;
};

/** A row that breaks careless exporters: the seed's sample, and cells a spreadsheet would run, round or split. */
const hardRows: readonly CsvRow[] = [
	{schedule_id: 'test_20251103_001', page_name: testPage, day_of_week: 'Monday', scheduled_send_time: '2025-11-03 10:00:00', message_type: 'PPV', caption_id: '12345', caption_text: 'Test caption', price_tier: 'Mid', content_category: 'Tease', has_urgency: 'False', performance_score: '0.75'},
	{schedule_id: 'test_20251103_001', page_name: testPage, day_of_week: 'Monday', scheduled_send_time: '2025-11-03 12:00:00', message_type: 'Bump', caption_id: '-2194714712821639177', caption_text: '=1+1, "quoted" 🔥\nsecond line', price_tier: 'Free', content_category: '@home', has_urgency: 'True', performance_score: '0.00'},
];

const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);

/** #4: the exported week and a hard row, read back byte for byte. */
export const runExporterTest = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check, require} = checks;
	const {files} = context.ports;
	const file = csvPath(context);
	require('file-created', await files.exists(file) && await files.exists(jsonPath(context)), file);
	const schedule = scheduleSchema.parse(JSON.parse(utf8(await files.read(jsonPath(context)))));
	let text = '';
	try {
		text = utf8(await files.read(file));
		check('no-encoding-issue', true, 'UTF-8, no byte order mark in the way');
	} catch {
		check('no-encoding-issue', false, 'the file is not UTF-8');
	}

	const expected = toCsvRows(schedule);
	const rows = parseCsv(text);
	check('columns-named', text.startsWith(`${csvColumns.join(',')}\r\n`), `${csvColumns.length} columns in order`);
	const difference = differenceOf(expected, rows);
	check('data-formatted', difference === undefined && rows.length > 0, difference ?? `${rows.length} rows equal the schedule`);
	const hard = formatCsv(hardRows);
	const hardDifference = differenceOf(hardRows, parseCsv(hard));
	check('hard-cells-survive', hardDifference === undefined, hardDifference ?? `${hardRows.length} rows read back equal`);
	await context.writeArtifact('gate/hard-cells.csv', hard, 'CSV with hard cells');
	const isGuarded = /(?:^|,|")'=1\+1/m.test(hard);
	check('readable-by-sheets', isGuarded && rows.length > 0 && text.includes('\r\n'), isGuarded ? 'RFC 4180, CRLF, formula cells guarded, long ids as text' : 'a formula cell is not guarded');
	const smoke = await runSmokeFile(context, {file: 'sql/smoke/4-exporter.sql', dataset: context.stagingDataset, title: 'read the export log of the test page'});
	smoke.judge(checks, 'export-logged', ['export logged', 'export succeeded']);
	return `${rows.length} rows, ${csvColumns.length} columns`;
};
