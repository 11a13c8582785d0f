// What `schedule` says of a page's week.
import type {Schedule} from '../eros/envelope.js';
import type {PageOutcome} from '../eros/page-run.js';
import {weekGrid, weekTitle, weekTotals} from '../eros/week-grid.js';
import {wrapLine} from '../report/wrap-line.js';

const defaultColumns = 100;

/** Where the schedule was written, each with what is there. */
export const filesOf = ({envelopes}: PageOutcome): readonly string[] => {
	const exported = envelopes.sheets_exporter?.data as {readonly exports?: readonly {readonly destination: string; readonly detail: string}[]} | null | undefined;
	return (exported?.exports ?? []).map(({destination, detail}) => `${destination}   ${detail}`);
};

/** What the operator has to know besides the week; first of all that the page is worn out. */
export const warningsOf = ({metadata, saturation_score: score}: Schedule, {result}: PageOutcome): readonly string[] => [
	...(metadata.saturation_status === 'RED' ? [`the page is RED (${score.toFixed(2)}): orchestrate would not write its file`] : []),
	...result.warnings,
];

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
