// What `schedule` says of a page's week.
import type {ExportReport, Schedule} from '../eros/envelope.js';
import type {PageOutcome} from '../eros/page-run.js';
import {pageIsRed} from '../eros/sinks/export-gate.js';
import {weekGrid, weekTitle, weekTotals} from '../eros/week-grid.js';
import {wrapLine} from '../report/wrap-line.js';
import {exitCode} from './exit-codes.js';
import {planAgainCommand, savedCommand} from './schedule-arguments.js';

const defaultColumns = 100;

const exportsOf = ({envelopes}: PageOutcome): ExportReport['exports'] => (envelopes.sheets_exporter?.data as ExportReport | null | undefined)?.exports ?? [];

/** Where the schedule was written, each with what is there. */
export const filesOf = (outcome: PageOutcome): readonly string[] => exportsOf(outcome).filter(({status}) => status === 'SUCCESS').map(({destination, detail}) => `${destination}   ${detail}`);

/** The score of a page that is RED as it is told; undefined for every other. */
export const redScore = ({metadata, saturation_score: score}: Schedule): string | undefined => (metadata.saturation_status === 'RED' ? score.toFixed(2) : undefined);

/** What the operator has to know besides the week; first of all that the page is worn out. */
export const warningsOf = (schedule: Schedule, outcome: PageOutcome): readonly string[] => {
	const score = redScore(schedule);
	const told = new Set(outcome.envelopes.sheets_exporter?.warnings.map(({text}) => text));
	return [
		...(score === undefined ? [] : [`the page is RED (${score}); its file is ${filesOf(outcome).length > 0 ? 'written because of' : 'not written without'} --force`]),
		// What the exporter warns of is told as the end of the command.
		...outcome.result.warnings.filter(warning => !told.has(warning)),
	];
};

/**
 * Says that a saved schedule was held back, and what writes it.
 * @param reason of the export gate.
 * @returns the sentence, and the exit code that goes with it.
 */
export const describeHeld = (schedule: Schedule, reason: string, options: Readonly<Record<string, unknown>>): {readonly text: string; readonly code: number} => {
	const {page_name: page, schedule_id: id} = schedule;
	const score = redScore(schedule);
	const place = options['format'] === 'sheets' ? 'its tab of the spreadsheet' : 'its file';
	if (reason.startsWith('invalid')) {
		return {text: `${page}: schedule ${id} is saved; ${place} is not written, because the schedule is ${reason}.\n  Plan the page again: ${planAgainCommand(page, schedule.metadata.week_start, options)}\n`, code: exitCode.failed};
	}

	return {
		text: `${score === undefined || reason !== pageIsRed
			? `${page}: schedule ${id} was ${reason}; ${place} is not written again.`
			: `${page} is RED (${score}): its audience is worn out. Schedule ${id} is saved and its captions are locked; ${place} is not written.`
		}\n  Write it all the same: ${savedCommand(id, options, {isForced: true})}\n`,
		code: exitCode.approvalNeeded,
	};
};

/** The week as a person reads it: title, grid, totals, warnings, file. Text is broken for a terminal, and left whole elsewhere. */
export const describeWeek = (schedule: Schedule, outcome: PageOutcome, columns: number | undefined): string => {
	const broken = (line: string, hang: number): readonly string[] => wrapLine(line, columns, hang);
	const wide = columns ?? defaultColumns;
	return [
		...broken(` eros  SCHEDULE  ${weekTitle(schedule)}`, 7),
		'─'.repeat(wide),
		...weekGrid(schedule, wide - 1).map(line => ` ${line}`),
		'',
		...[
			...weekTotals(schedule),
			`id       ${schedule.schedule_id}`,
			...warningsOf(schedule, outcome).map(warning => `warning  ${warning}`),
			...filesOf(outcome).map(file => `file     ${file}`),
		].flatMap(line => broken(`  ${line}`, 11)),
		'',
	].join('\n');
};
