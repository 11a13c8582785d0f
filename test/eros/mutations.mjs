// Breaks each rule of the schedule and the orchestrator in a copy of the code, one at a time, and expects the tests to
// turn red. Run it by hand: node test/eros/mutations.mjs [part of a name]. Prints a line a mutation and the score.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';

const root = path.resolve(import.meta.dirname, '../..');

/** [rule, file below source/eros, what stands there, what breaks it] */
const mutations = [
	['weekly totals: factor', 'schedule/saturation.ts', 'ppvPercent: 75', 'ppvPercent: 80'],
	['cooling days', 'schedule/saturation.ts', 'coolingDays: 2', 'coolingDays: 1'],
	['mode conservative without cooling days', 'schedule/saturation.ts', 'coolingDays: responses[zone].coolingDays', 'coolingDays: responses[worseZone(zone, floor)].coolingDays'],
	['zones at 0.30', 'schedule/saturation.ts', 'score < 0.3 ?', 'score <= 0.3 ?'],
	['tier ties to the higher tier', 'schedule/volume.ts', '[30, 45, 25], true)', '[30, 45, 25], false)'],
	['largest remainder', 'schedule/largest-remainder.ts', 'b.remainder - a.remainder', 'a.remainder - b.remainder'],
	['day weights', 'schedule/volume.ts', '[9, 10, 10, 11, 12, 11, 10]', '[10, 10, 10, 11, 12, 11, 9]'],
	['excess goes to the day with most room', 'schedule/volume.ts', 'Math.max(...rooms)', 'Math.min(...rooms)'],
	['gap between paid messages', 'schedule/ppv-slots.ts', 'Math.abs(slot.minute - minute) < gapMinutes', 'Math.abs(slot.minute - minute) < gapMinutes - 30'],
	['gap over midnight', 'schedule/ppv-slots.ts', 'Math.max(sendWindow.firstMinute, earliestMinute)', 'sendWindow.firstMinute'],
	['a full day still fits', 'schedule/ppv-slots.ts', '>= target - slots.length - 1', '>= 0'],
	['last paid message at 21:30', 'schedule/time-window.ts', '21 * 60 + 30', '21 * 60 + 45'],
	['last free message at 21:00', 'schedule/time-window.ts', 'lastBumpMinute: 21 * 60}', 'lastBumpMinute: 21 * 60 + 30}'],
	['half an hour between messages', 'schedule/bump-slots.ts', 'minAnyGapMinutes = 30', 'minAnyGapMinutes = 10'],
	['08:30 before a late first message', 'schedule/bump-slots.ts', 'first > 10 * 60', 'first > 14 * 60'],
	['windows of LOW confidence are left out', 'schedule/time-window.ts', "window.confidence !== 'LOW'", "window.confidence !== 'NONE'"],
	['local times that do not exist', 'schedule/week.ts', 'zoned.toPlainDateTime().equals(civil) ? zoned : undefined', 'zoned'],
	['first of two equal local times', 'schedule/week.ts', "disambiguation: 'earlier'", "disambiguation: 'later'"],
	['Monday normalisation', 'schedule/week.ts', 'days: given.dayOfWeek - 1', 'days: given.dayOfWeek % 7'],
	['past slots', 'schedule/build.ts', 'nowMs === undefined || at', 'nowMs !== 1 || at'],
	['the rest of a running week keeps its mix of tiers', 'schedule/build.ts', 'tierSplit(Math.min(paidSlots, wanted.paid.length), segment)', 'tierSplit(wanted.paid.length, segment)'],
	['the tiers of what stays are told', 'schedule/build.ts', 'chosen.paid.length === 0) {', 'chosen.paid.length >= 0) {'],
	['reductions are told', 'schedule/assign.ts', 'if (missing > borrowed.length)', 'if (missing < 0)'],
	['prices in the evening', 'schedule/price.ts', 'hour >= 19', 'hour >= 20'],
	['prices in their band', 'schedule/price.ts', 'Math.min(highest, Math.max(lowest, rounded))', 'rounded'],
	['seeded times', 'schedule/seeded-random.ts', 'return (mixed >>> 0) / 4_294_967_296', 'return Math.random()'],
	['a caption once a week', 'schedule/validate.ts', 'if (seen.has(id))', "if (seen.has(''))"],
	['the check of the send window', 'schedule/validate.ts', 'minuteOf(message) < sendWindow.firstMinute ||', ''],
	['five urgent messages a week', 'schedule/assign.ts', 'mostUrgentPerWeek = 5', 'mostUrgentPerWeek = 8'],
	['urgent captions are rationed by the builder', 'schedule/assign.ts', 'const pool = rationUrgency(given)', 'const pool = given'],
	['urgent captions are rationed in a reselection', 'selection.ts', 'urgentAtHand > 0 ? urgent.slice', 'urgentAtHand < 0 ? urgent.slice'],
	['the check of the price band', 'schedule/validate.ts', 'if (price < lowest || price > highest)', 'if (price < 0)'],
	['variety: three of a type', 'schedule/variety.ts', 'one?.type === message.type && two?.type === message.type', 'one?.type === message.type'],
	['variety: tiers of paid messages only', 'schedule/variety.ts', "if (message.type === 'PPV') {", 'if (message.type) {'],
	['variety: a trigger within three', 'schedule/variety.ts', '|| two?.trigger === message.trigger', ''],
	['variety: General is no trigger', 'schedule/variety.ts', "neutralTrigger = 'General'", "neutralTrigger = 'None'"],
	['variety: categories back to back', 'schedule/variety.ts', 'if (one?.caption.category === message.caption.category)', 'if (two?.caption.category === message.caption.category)'],
	['variety: three of a category a day', 'schedule/variety.ts', 'sameDay > 3', 'sameDay > 4'],
	['variety is mended', 'schedule/assign.ts', 'if (count < breaches ||', 'if (count > breaches + 99 ||'],
	['variety: only captions of a type are exchanged', 'schedule/assign.ts', 'best[left]!.type !== best[right]!.type', 'best.length === 0'],
	['Saturday is weekend', 'schedule/time-window.ts', 'day >= 5', 'day >= 6'],
	['Friday is not', 'schedule/time-window.ts', 'day >= 5', 'day >= 4'],
	['a fifth explores', 'schedule/assign.ts', 'Math.round(count / 5)', 'Math.floor(count / 5)'],
	['less than half is CRITICAL', 'schedule-envelope.ts', 'filled < 0.5', 'filled <= 0.5'],
	['prices are counted by tier', 'schedule-envelope.ts', "standard_18_28: count('mid')", "standard_18_28: count('bump')"],
	['locks of others are left for half an hour', 'schedule-store.ts', 'orphanMinutes = 30', 'orphanMinutes = 28'],
	['a week begins on a Monday', 'schedule/contradictions.ts', 'start === monday ? []', 'start !== "" ? []'],
	['a week has seven days', 'schedule/contradictions.ts', 'end === addDays(start, 6) ? []', 'end !== "" ? []'],
	['totals are those of the messages', 'schedule/contradictions.ts', "...differing(['metadata', 'volume_summary'], metadata.volume_summary, counted, 'as many as the messages are'),", ''],
	['price bands are those of the messages', 'schedule/contradictions.ts', "pricingDistribution(messages), 'as many", "metadata.pricing_distribution, 'as many"],
	['rows are those of the messages', 'schedule/contradictions.ts', 'differing([\'mm_schedule\', index], row, toRow', 'differing([\'mm_schedule\', index], toRow(messages[index]!, index), toRow'],
	['the size has two names', 'schedule/contradictions.ts', 'metadata.account_size === sizeLabels[size] ? []', 'sizeLabels[size] ? []'],
	['a zone is not better than its score', 'schedule/contradictions.ts', 'worse === zone ? []', 'worse ? []'],
	['cooling days of a file', 'schedule/contradictions.ts', "type === 'PPV' && local.slice(0, 10) < over", "type === 'PPV' && local.slice(0, 10) < ''"],
	['an id has 64 bits', 'schedule/message.ts', 'BigInt(text) >= leastId && BigInt(text) <= mostId', 'BigInt(text) !== 0n'],
	['an id is written in one way', 'schedule/message.ts', '/^(?:0|-?[1-9]\\d{0,18})$/', '/^-?\\d{1,19}$/'],
	['a text is not blank', 'schedule/message.ts', 'caption_text: filledTextSchema', 'caption_text: z.string()'],
	['no unknown field in a message', 'schedule/message.ts', 'messageSchema = z.strictObject(', 'messageSchema = z.object('],
	['a failure has an error', 'envelope.ts', "if (isFailed !== (value.error !== null)) {", 'if (value.status === "skipped") {'],
	['a success has data', 'envelope.ts', "if ((value.status === 'success') !== (value.data !== null)) {", 'if (value.status === "skipped") {'],
	['no end before the start', 'envelope.ts', 'Date.parse(value.finished_at) < Date.parse(value.started_at)', 'Date.parse(value.finished_at) < 0'],
	['buyers nobody counted', 'agents/real-time-monitor.ts', 'price > 0 AND purchased_count IS NOT NULL', 'price > 0'],
	['viewers nobody counted', 'agents/real-time-monitor.ts', 'price > 0 AND viewed_count IS NOT NULL', 'price > 0'],
	['a clock that is set back', 'run-agent.ts', 'Math.max(startedAt, clock.now())', 'clock.now()'],
	['back-off 2, 4, 8', 'run-agent.ts', '1000 * 2 ** retry', '1000 * retry'],
	['permanent errors are not repeated', 'run-agent.ts', 'mayCall ? failure.isRetryable : attempt > 1', 'mayCall ? true : attempt > 1'],
	['a used up quota is not asked for again', 'statements.ts', "reason === 'quotaExceeded'", "reason === 'quota'"],
	['the time limit', 'run-agent.ts', 'firstLimitMs = 60_000', 'firstLimitMs = 50_000'],
	['the breaker opens at the fifth failure', 'circuit-breaker.ts', 'opensAfter = 5', 'opensAfter = 6'],
	['the breaker closes only by a success', 'circuit-breaker.ts', "current === 'half-open' && probe !== undefined && probe !== call", 'false'],
	['page faults do not open the breaker', 'run-agent.ts', 'mayCall && failure.isServiceFault', 'mayCall'],
	['the breaker counts calls, not attempts', 'run-agent.ts', 'run.onRetry?.(', 'breaker.failed(call, failure.message);\n\t\trun.onRetry?.('],
	['a page under way waits for the breaker', 'run-agent.ts', 'failure.isRetryable : attempt > 1', 'failure.isRetryable : false'],
	['five pages at a time', 'orchestrator.ts', 'mostPagesAtOnce = 5', 'mostPagesAtOnce = 12'],
	['the monitor is soft', 'agents/real-time-monitor.ts', 'isSoft: true', 'isSoft: false'],
	['the monitor goes on from its own zone', 'fatigue.ts', 'previous = assessFatigue(', 'void assessFatigue('],
	['a zone is remembered for a week', 'fatigue.ts', 'rememberedDays = 7', 'rememberedDays = 28'],
	['one alert an hour', 'monitor-alerts.ts', 'INTERVAL 1 HOUR', 'INTERVAL 1 MINUTE'],
	['alerts are told to the run', 'agents/real-time-monitor.ts', "context.warn({code: 'FATIGUE_ALERT', text: message});", ''],
	['critical above 80', 'fatigue.ts', "exhaustion > 80 ? 'CRITICAL'", "exhaustion > 90 ? 'CRITICAL'"],
	['orchestrate may raise alerts', '../commands/eros-connection.ts', "\t'insert automation_alerts',\n", ''],
	['the worse zone counts', 'schedule/saturation.ts', '>= zones.indexOf(right) ? left : right', '>= zones.indexOf(right) ? right : left'],
	['locks are given back', 'agents/schedule-builder.ts', 'await giveBack(plan.scheduleId, context);', ''],
	['three reselections', 'agents/schedule-builder.ts', 'mostReselections = 3', 'mostReselections = 5'],
	['pages lock in turn', 'schedule-store.ts', 'context.lockTurns ?? (', 'undefined ?? ('],
	['a retry adopts what was saved', 'agents/schedule-builder.ts', 'if (saved) {', 'if (saved && false) {'],
	['RED is not exported', 'sinks/export-gate.ts', "zone === 'RED' ?", "zone === 'GREY' ?"],
	['a RED page is held back by its name', 'sinks/export-gate.ts', "pageIsRed = 'the page is RED'", "pageIsRed = ''"],
	['not twice within a day', 'agents/sheets-exporter.ts', 'recent.has(sink.format)', 'recent.has("")'],
	['a sink that took nothing is told', 'agents/sheets-exporter.ts', 'warnOfFailed(exports, schedule.schedule_id, context);', ''],
	['an export that is off is logged', 'agents/sheets-exporter.ts', "await logExport({scheduleId: schedule.schedule_id, status: 'SKIPPED', format: undefined,", "void ({scheduleId: schedule.schedule_id, status: 'SKIPPED', format: undefined,"],
	['what is skipped is logged', 'agents/sheets-exporter.ts', "await logExport({scheduleId: schedule.schedule_id, status: 'SKIPPED', format,", "void ({scheduleId: schedule.schedule_id, status: 'SKIPPED', format,"],
	['the warehouse is asked for the locks', 'agents/sheets-exporter.ts', 'exportProblems(schedule, await heldCaptions(schedule.schedule_id, context))', 'exportProblems(schedule)'],
	['formulas', 'sinks/csv-row.ts', '/^[=+\\-@\\t\\r]/;', '/^[=+@\\t\\r]/;'],
	['column order', 'sinks/csv-row.ts', "'schedule_id', 'page_name', 'day_of_week'", "'page_name', 'schedule_id', 'day_of_week'"],
	['read back and compare', 'sinks/file-sinks.ts', 'if (difference) {', 'if (difference === "") {'],
	['lost answers are adopted', 'statements.ts', "error.kind === 'duplicate'", "error.kind === 'precondition'"],
	['fields are named', 'envelope-problems.ts', 'field: fieldOf(path)', "field: ''"],
	['the value is told', 'envelope-problems.ts', 'shown(valueAt(data, path))', 'undefined'],
	['the instant agrees with the wall clock', 'schedule/validate.ts', 'if (localText(zoned) !== message.send_local)', 'if (localText(zoned) === "")'],
	['a stopped statement is waited for', 'statements.ts', 'const settled = statement.isMutation && ', 'const settled = !statement.isMutation && '],
	['a spreadsheet runs no formula', 'sinks/sheets-sink.ts', "valueInputOption: 'RAW'", "valueInputOption: 'USER_ENTERED'"],
	['a spreadsheet is read back', 'sinks/sheets-sink.ts', 'if (!isEqual) {', 'if (!isEqual && cells.length === 0) {'],
	['a tab made without an answer is taken', 'sinks/sheets-sink.ts', 'if (made) {', 'if (made && title === "") {'],
	['warnings beyond the tenth are counted', '../commands/describe-orchestration.ts', 'warnings.slice(0, mostWarnings)', 'warnings'],
	['flags are repeated', '../commands/describe-orchestration.ts', '--week-start ${weekStart}${flags}', '--week-start ${weekStart}'],
	['values are quoted for a shell', '../domain/wording/shell.ts', 'plainWord.test(text) ?', 'true ?'],
	['credentials are named, not searched for', 'sinks/sheets-sink.ts', 'keyFilename: credentialsFile, ', ''],
	['a spreadsheet that was asked for is not left out', '../commands/schedule-sinks.ts', 'if (formats !== undefined)', 'if (formats === null)'],
	['RED pages are written after a question', '../commands/orchestrate.ts', "options['force'] !== true ||", 'true ||'],
	['pages without a name that counts are left out', '../commands/orchestrate.ts', 'return pages.filter(page => pageNamePattern.test(page));', 'return pages;'],
	['a time in a spreadsheet is one', 'sinks/sheets-sink.ts', 'serialOf(String(cell)) : cell', 'cell : cell'],
	['names that are not found are asked for again', 'sinks/sheets-sink.ts', 'ENOTFOUND|', ''],
	['the cause of a lost connection is looked at', 'sinks/sheets-sink.ts', '(cause instanceof Error && isTransient(cause))', 'false'],
	['bands are not added twice', 'sinks/sheets-sink.ts', '...(hasBands', '...(!hasBands'],
	['a tab is cleared', 'sinks/sheets-sink.ts', 'requestBody: {ranges: [range]}', 'requestBody: {ranges: []}'],
	['a cycle is named', 'dependency-graph.ts', 'if (path.includes(name))', 'if (path.length > 9 && path.includes(name))'],
	['a week starts on a Monday', 'envelope.ts', 'getUTCDay() === 1', 'getUTCDay() >= 0'],
	['an envelope is of the page of its schedule', 'envelope.ts', 'as keyof typeof said] !== is', "as keyof typeof said] === ''"],
	['a field too much is told', 'envelope-problems.ts', '[...issue.path, key]', 'issue.path'],
	['ids of 64 bits', 'schedule/message.ts', '2n ** 63n - 1n', '2n ** 63n'],
	['the gap is the one of the page', 'schedule/contradictions.ts', 'ofPage, ofGap, ofCoolingDays', 'ofPage, ofCoolingDays'],
	['captions without text are left out', 'selection.ts', "&& text.trim() !== ''", ''],
	['what a failure left is looked up', 'schedule-store.ts', 'WHERE is_active AND ENDS_WITH(schedule_id, @ending) AND assigned_at >= @since) AS locked_for', 'WHERE FALSE AND @ending = \'\' AND assigned_at >= @since) AS locked_for'],
	['explorers by what there is to learn', 'schedule/assign.ts', "=== 'explore').sort(byExploration)", "=== 'explore').sort(byScore)"],
	['an explorer that gets its place by score is none', 'schedule/assign.ts', ".filter(caption => !explorers.includes(caption)).sort(byScore).map((caption): Caption => ({...caption, strategy: 'exploit'}))", '.filter(caption => !explorers.includes(caption)).sort(byScore)'],
	['the pool is sized by the caption target', 'agents/caption-selector.ts', 'quotas: poolQuotas(quotas, target)', 'quotas'],
	['no tier of the pool gets less than its quota', 'selection.ts', 'apportion(Math.max(target, needed.reduce((sum, count) => sum + count, 0)), needed)', 'apportion(target, needed)'],
	['the whole pool is held against other schedules', 'agents/schedule-builder.ts', 'findConflicts(plan.scheduleId, candidates, round', 'findConflicts(plan.scheduleId, planned, round'],
	['pages of a run keep out of each other’s captions', 'agents/schedule-builder.ts', 'context.claims?.takenFrom(page, idsOf(filled)) ?? []', '[]'],
	['a schedule that went out says so', 'agents/sheets-exporter.ts', "await mark(schedule.schedule_id, 'exported', context);", ''],
	['a schedule that no sink took says so', 'agents/sheets-exporter.ts', "await mark(schedule.schedule_id, 'failed', context);", ''],
	['what went out is not called failed', 'schedule-store.ts', "IN ('draft', 'validated') OR", "IN ('draft', 'validated', 'exported') OR"],
	['what is archived stays so', 'schedule-store.ts', "IN ('draft', 'validated') OR", "IN ('draft', 'validated', 'archived') OR"],
	['a run that is not written everywhere is not completed', 'run-summary.ts', 'successful === results.length && partialExports === 0', 'successful === results.length'],
	['what is saved is not planned again', '../commands/describe-orchestration.ts', 'const unmade = errors.filter(error => idOf(error).length === 0);', 'const unmade = errors;'],
	['what is saved and unwritten is written by its id', '../commands/describe-orchestration.ts', '...describeUnwritten(errors.flatMap(error => idOf(error)), report),', ''],
	['a spreadsheet that failed is named in what mends it', 'agents/sheets-exporter.ts', "format === 'csv' ? '' : ` --format ${format}`", "''"],
	['all saved schedules are found before the first is written', '../commands/schedule-saved.ts', 'for (const id of ids) {', 'for (const id of ids.slice(0, 2)) {'],
	['one file holds one schedule', '../commands/schedule-arguments.ts', 'source.ids.length > 1 && output', 'source.ids.length > 9 && output'],
	['a JSON file is the envelope of the builder', 'sinks/file-sinks.ts', '[envelopeSchemas.schedule_builder, envelopeOf(schedule)]', '[scheduleSchema, schedule]'],
];

const unit = name => [`test/eros/unit/${name}.test.ts`];
const orchestration = ['test/eros/integration/orchestration.test.ts'];
const command = ['test/eros/integration/schedule-command.test.ts'];
const embedded = ['test/eros/integration/embedded.test.ts', 'test/eros/integration/orchestrate-command.test.ts'];
const stopped = ['test/eros/integration/stopped.test.ts', '-t', 'is cancelled and waited for'];

/** The suite that most likely notices what is broken in a file; all others are asked when it does not. */
const closest = file => {
	const places = [
		[/saturation|volume|largest/, unit('volume')],
		[/slots|time-window/, unit('slots')],
		[/^schedule\/week/, unit('time-zone')],
		[/variety/, unit('variety')],
		[/schedule-envelope/, unit('schedule')],
		[/schedule-store/, [...orchestration, ...embedded]],
		[/^schedule\/assign/, [...unit('schedule'), ...unit('pool'), ...unit('variety')]],
		[/^schedule\/seeded/, unit('properties')],
		[/^schedule\//, unit('schedule')],
		[/run-agent|breaker|^statements/, unit('resilience')],
		[/sheets-sink/, [...unit('sheets-sink'), ...unit('schedule-sinks')]],
		[/^sinks\//, unit('csv')],
		[/^envelope/, unit('envelope-problems')],
		[/describe-orchestration|shell/, unit('orchestration-report')],
		[/schedule-sinks/, unit('schedule-sinks')],
		[/schedule-saved/, command],
		[/schedule-arguments/, unit('arguments')],
		[/commands.(?:orchestrate|eros-connection)/, [...unit('arguments'), 'test/eros/integration/orchestrate-command.test.ts']],
		[/graph/, unit('graph')],
		[/^fatigue/, unit('fatigue')],
		[/^selection|monitor/, [...unit('pool'), ...embedded]],
	];
	return places.find(([pattern]) => pattern.test(file))?.[1] ?? orchestration;
};

const wanted = mutations.filter(([name]) => name.includes(process.argv[2] ?? ''));
const copy = mkdtempSync(path.join(tmpdir(), 'eros-mutations-'));
const suites = [['test/eros/unit', ...orchestration], stopped, command, embedded];
const isRed = suite => spawnSync(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/vitest.config.ts', '--bail=1', '--reporter=dot', '--testTimeout=120000', '--hookTimeout=180000', ...suite], {cwd: copy, env: {...process.env, CI: '1'}, stdio: 'ignore'}).status !== 0;
const started = Date.now();
let caught = 0;
try {
	for (const folder of ['source', 'sql', 'test/eros', 'test/sql', 'test/cloud', 'test/simulation', 'test/vitest.config.ts', 'package.json', 'tsconfig.json']) {
		cpSync(path.join(root, folder), path.join(copy, folder), {recursive: true});
	}

	symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
	const green = new Set();
	/** A suite says something about a mutation only when it is green without one. */
	const checkGreen = suite => {
		if (!green.has(suite[0]) && isRed(suite)) {
			throw new Error(`The tests are red without a mutation: npx vitest run --config test/vitest.config.ts ${suite.join(' ')}`);
		}

		green.add(suite[0]);
	};

	for (const [name, file, standing, broken] of wanted) {
		const target = path.join(copy, 'source/eros', file);
		const text = readFileSync(target, 'utf8');
		if (text.split(standing).length !== 2) {
			process.stdout.write(`?  ${name}: ${file} does not hold the text exactly once\n`);
			continue;
		}

		// What the closest suite lets pass meets the others, the embedded warehouse last.
		const isCaught = [closest(file), ...suites].some(suite => {
			checkGreen(suite);
			writeFileSync(target, text.replace(standing, () => broken));
			const isNoticed = isRed(suite);
			writeFileSync(target, text);
			return isNoticed;
		});
		caught += isCaught ? 1 : 0;
		process.stdout.write(`${isCaught ? '✓' : '✗'}  ${name}\n`);
	}
} finally {
	rmSync(copy, {recursive: true, force: true});
}

process.stdout.write(`${caught} of ${wanted.length} caught, ${wanted.length === 0 ? 0 : Math.round((100 * caught) / wanted.length)} %, in ${Math.round((Date.now() - started) / 1000)} s\n`);
process.exitCode = caught === wanted.length ? 0 : 1;
