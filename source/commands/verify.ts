// `eros-tui verify`: whether a run's journal and its artifacts are what they were when they were written. Needs no network.
import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import type {JournaledEvent} from '../domain/events.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {readRun} from './find-run.js';

type Finding = {readonly what: string; readonly problem: string};

/** The newest hash a path was journaled with: a later write replaces an earlier one. */
const artifactsOf = (events: readonly JournaledEvent[]): ReadonlyMap<string, string> => {
	const newest = new Map<string, string>();
	for (const event of events) {
		if (event.type === 'artifact.written') {
			newest.set(event.data.path, event.data.sha256);
		}
	}

	return newest;
};

const checkArtifact = async (path: string, sha256: string): Promise<Finding | undefined> => {
	let content: Uint8Array;
	try {
		content = await readFile(path);
	} catch {
		return {what: path, problem: 'is missing'};
	}

	return createHash('sha256').update(content).digest('hex') === sha256 ? undefined : {what: path, problem: 'differs from what was journaled'};
};

/** Exit 0 when everything is as written, 1 otherwise. */
export const run: CommandRun = async invocation => {
	const {folder, content} = await readRun(invocation);
	const {options, io} = invocation;
	const findings: Finding[] = [];
	if (content.problem !== undefined) {
		findings.push({what: `${folder.journal}:${content.problem.line}`, problem: content.problem.reason});
	}

	const isOver = content.events.some(event => event.type === 'run.finished');
	if (content.tornBytes > 0 && isOver) {
		findings.push({what: folder.journal, problem: `ends with ${content.tornBytes} bytes that are no whole line`});
	}

	const artifacts = artifactsOf(content.events);
	for (const [path, sha256] of artifacts) {
		const finding = await checkArtifact(path, sha256);
		if (finding !== undefined) {
			findings.push(finding);
		}
	}

	const facts = {run: folder.run, events: content.events.length, artifacts: artifacts.size, finished: isOver, findings};
	if (options['json'] === true) {
		io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
	} else if (findings.length === 0) {
		io.stdout.write(`run ${facts.run}: ${facts.events} events chained, ${facts.artifacts} artifacts equal${isOver ? '' : ', run unfinished'}\n`);
	} else {
		io.stdout.write(`${findings.map(({what, problem}) => `${what}: ${problem}`).join('\n')}\n`);
	}

	return findings.length === 0 ? exitCode.done : exitCode.failed;
};
