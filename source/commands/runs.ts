// `eros-tui runs`: the runs on record, newest first.
import {foldEvents} from '../domain/run-reducer.js';
import type {RunState} from '../domain/run-state.js';
import {formatDuration} from '../domain/wording/duration.js';
import {listRuns, readJournal} from '../journal/index.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';

type Row = {readonly run: string; readonly target: string; readonly command: string; readonly started: string; readonly lasted: string; readonly outcome: string; readonly journal: string};

const outcomeOf = (state: RunState, isDamaged: boolean): string => {
	if (isDamaged) {
		return 'damaged journal';
	}

	return state.finished?.outcome ?? (state.phase === 'created' ? 'not started' : 'unfinished');
};

const describe = (state: RunState, facts: {readonly run: string; readonly target: string; readonly journal: string; readonly isDamaged: boolean}): Row => ({
	run: facts.run,
	target: facts.target,
	command: state.command ?? 'unknown',
	started: state.startedAtMs === undefined ? '' : new Date(state.startedAtMs).toISOString().slice(0, 16).replace('T', ' '),
	lasted: state.startedAtMs === undefined ? '' : formatDuration(state.nowMs - state.startedAtMs),
	outcome: outcomeOf(state, facts.isDamaged),
	journal: facts.journal,
});

/** Prints a table, or an array with --json. */
export const run: CommandRun = async ({options, io}) => {
	const rows: Row[] = [];
	for (const folder of await listRuns(io.env)) {
		const content = await readJournal(folder.journal);
		rows.push(describe(foldEvents(content.events), {run: folder.run, target: folder.target, journal: folder.journal, isDamaged: content.problem !== undefined}));
	}

	if (options['json'] === true) {
		io.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
		return exitCode.done;
	}

	if (rows.length === 0) {
		io.stderr.write('No run is on record. Make one with: eros-tui rehearse\n');
		return exitCode.done;
	}

	const columns = ['run', 'command', 'outcome', 'started', 'lasted', 'target'] as const;
	const titles: Readonly<Record<(typeof columns)[number], string>> = {run: 'run', command: 'command', outcome: 'outcome', started: 'started (UTC)', lasted: 'lasted', target: 'target'};
	const widths = columns.map(column => Math.max(titles[column].length, ...rows.map(row => row[column].length)));
	const line = (cells: readonly string[]): string => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd();
	io.stdout.write(`${[line(columns.map(column => titles[column])), ...rows.map(row => line(columns.map(column => row[column])))].join('\n')}\n`);
	return exitCode.done;
};
