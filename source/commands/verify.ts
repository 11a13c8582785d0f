// `eros-tui verify`: whether a run's journal, and everything it says it left behind, bears out what the run claims. Needs
// no network and changes nothing.
import type {JournaledEvent} from '../domain/events.js';
import {examineEvents, type EvidenceCheck} from '../domain/evidence.js';
import {readSeal, type JournalContent, type RunFolder} from '../journal/index.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {readRun} from './find-run.js';
import {examineFiles} from './verify-files.js';

const count = (value: number, word: string): string => `${value.toLocaleString('en-US')} ${word}${value === 1 ? '' : 's'}`;

const isOver = (events: readonly JournaledEvent[]): boolean => events.some(event => event.type === 'run.finished');

const checkChain = async ({journal, run}: RunFolder, content: JournalContent): Promise<EvidenceCheck> => {
	const seal = await readSeal(journal);
	const findings: string[] = [];
	if (content.problem !== undefined) {
		findings.push(`${journal}:${content.problem.line} (byte ${content.problem.byte}): ${content.problem.reason}`);
	}

	// A writer that was killed leaves half a line; one that finished its run does not.
	if (content.tornBytes > 0 && isOver(content.events)) {
		findings.push(`${journal} ends with ${count(content.tornBytes, 'byte')} that are no whole line`);
	}

	const stranger = content.events.find(event => event.run !== run);
	if (stranger !== undefined) {
		findings.push(`${journal}:${stranger.seq} belongs to run ${stranger.run}, and lies in the folder of ${run}`);
	}

	if (seal === 'unreadable') {
		findings.push(`the seal of ${journal} can not be read`);
	}

	const sealed = seal === undefined || seal === 'unreadable' ? 'not sealed: its writer did not put it down' : `sealed at event ${seal.seq.toLocaleString('en-US')}`;
	const torn = content.tornBytes > 0 && findings.length === 0 ? `, ${count(content.tornBytes, 'byte')} of a cut-off line` : '';
	return {id: 'chain', summary: `${count(content.events.length, 'event')} numbered, hashed and chained${torn}, ${sealed}`, findings};
};

/** So many findings of one check are shown as lines; --json has all. */
const shownFindings = 10;

const linesOf = (checks: readonly EvidenceCheck[]): readonly string[] => {
	const width = Math.max(...checks.map(({id}) => id.length));
	return checks.flatMap(({id, summary, findings}) => findings.length === 0
		? [`✓ ${id.padEnd(width)}  ${summary}`]
		: [`✗ ${id.padEnd(width)}  ${count(findings.length, 'finding')}`, ...findings.slice(0, shownFindings).map(finding => `    ${finding}`), ...(findings.length > shownFindings ? [`    and ${findings.length - shownFindings} more; all of them with --json`] : [])]);
};

/** Exit 0 when every check holds, 1 otherwise. A damaged journal is checked as far as it can be read. */
export const run: CommandRun = async invocation => {
	const {folder, content} = await readRun(invocation);
	const {options, io} = invocation;
	const {events} = content;
	const checks = [await checkChain(folder, content), ...examineEvents(events), ...await examineFiles(folder, events)];
	const wrong = checks.filter(({findings}) => findings.length > 0);
	if (options['json'] === true) {
		const facts = {run: folder.run, journal: folder.journal, events: events.length, finished: isOver(events), sound: wrong.length === 0, checks: checks.map(({id, summary, findings}) => ({id, holds: findings.length === 0, summary, findings}))};
		io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
		return wrong.length === 0 ? exitCode.done : exitCode.failed;
	}

	const verdict = wrong.length === 0
		? `run ${folder.run} is sound${isOver(events) ? '' : ' as far as it went; it is not finished'}`
		: `run ${folder.run} is not sound: ${wrong.map(({id}) => id).join(', ')}. Look at it with: eros-tui show ${folder.run}`;
	io.stdout.write(`${[...linesOf(checks), '', verdict].join('\n')}\n`);
	return wrong.length === 0 ? exitCode.done : exitCode.failed;
};
