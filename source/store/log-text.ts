// The log of a step as text for a file: everything that memory holds, nothing cut.
import type {TaskId} from '../domain/ids.js';
import {formatBytes} from '../domain/wording/amount.js';
import {formatClockSeconds} from '../domain/wording/duration.js';
import {logDuration} from './log-line.js';
import {parseFilter} from './select-log.js';
import {zoneOf, type Snapshot} from './snapshot.js';

/** A file's name and content: the log of one task, or of the run as it is filtered now. One line an entry. */
export const logFile = (snapshot: Snapshot, task: TaskId | undefined): {readonly name: string; readonly text: string} => {
	const {log, view, run} = snapshot;
	const zone = zoneOf(snapshot);
	const filter = parseFilter(view.filter);
	const lines = log.last(Number.MAX_SAFE_INTEGER, line => (task === undefined ? filter === undefined || filter(line) : line.task === task));
	const head = `# run ${run.run ?? ''}, ${task === undefined ? (view.filter === '' ? 'whole log' : `filter ${view.filter}`) : `step ${task}`}, times in ${zone}${log.dropped > 0 ? `; ${log.dropped} older lines are only in the journal` : ''}`;
	return {
		name: `log-${task ?? (view.filter === '' ? 'all' : 'filtered')}.txt`,
		text: [head, ...lines.map(line => [
			formatClockSeconds(line.atMs, zone), line.level, [line.lane, line.task].filter(part => part !== undefined).join(' ') || '-', line.text,
			...(line.job === undefined ? [] : [`job ${line.job}`]), ...(line.billedBytes === undefined ? [] : [formatBytes(line.billedBytes)]), ...(line.durationMs === undefined ? [] : [logDuration(line.durationMs)]),
		].join('\t')), ''].join('\n'),
	};
};
