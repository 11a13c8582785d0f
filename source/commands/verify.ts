// `eros-tui verify`: whether a run's journal, plan, blobs and artifacts are what they were when they were written. Needs no
// network.
import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import type {JournaledEvent} from '../domain/events.js';
import {blobFolder} from '../engine/blobs.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';
import {readRun} from './find-run.js';

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

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

	return hashOf(content) === sha256 ? undefined : {what: path, problem: 'differs from what was journaled'};
};

const planFile = z.object({hash: z.string(), objects: z.array(z.object({sql: z.string(), before: z.string().optional(), diff: z.string().optional()}))});

/** Blobs that the plan names; and whether it is the plan that the journal froze last. */
const readPlan = async (file: string, events: readonly JournaledEvent[]): Promise<{readonly blobs: readonly string[]; readonly findings: readonly Finding[]}> => {
	const frozen = events.findLast(event => event.type === 'plan.frozen');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch {
		// Only a run that journaled one has one; that it is missing is found with the artifacts.
		return {blobs: [], findings: []};
	}

	try {
		const plan = planFile.parse(JSON.parse(text));
		const findings = frozen?.type === 'plan.frozen' && frozen.data.hash !== plan.hash ? [{what: file, problem: `is plan ${plan.hash}; the journal froze ${frozen.data.hash}`}] : [];
		return {blobs: plan.objects.flatMap(({sql, before, diff}) => [sql, before, diff].filter(sha256 => sha256 !== undefined)), findings};
	} catch {
		return {blobs: [], findings: [{what: file, problem: 'is not a plan that can be read'}]};
	}
};

/** Every blob has to hash to its name, and every one that plan and journal name has to be there. */
const checkBlobs = async (folder: string, named: ReadonlySet<string>): Promise<{readonly count: number; readonly findings: readonly Finding[]}> => {
	let present: readonly string[] = [];
	try {
		present = await readdir(folder);
	} catch {
		// No folder is no blob: those that are named are missing then.
	}

	const findings: Finding[] = [];
	for (const name of present.filter(file => /^[\da-f]{64}$/.test(file))) {
		if (hashOf(await readFile(path.join(folder, name))) !== name) {
			findings.push({what: path.join(folder, name), problem: 'does not hash to its name: it was changed'});
		}
	}

	const there = new Set(present);
	return {count: present.length, findings: [...findings, ...[...named].filter(sha256 => !there.has(sha256)).map(sha256 => ({what: path.join(folder, sha256), problem: 'is missing'}))]};
};

const namedBlobs = (events: readonly JournaledEvent[]): readonly string[] =>
	events.flatMap(event => (event.type === 'job.intended' ? [event.data.sqlSha256] : event.type === 'result.kept' ? [event.data.sha256] : []));

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

	const plan = await readPlan(folder.plan, content.events);
	const blobs = await checkBlobs(blobFolder(folder.folder), new Set([...plan.blobs, ...namedBlobs(content.events)]));
	findings.push(...plan.findings, ...blobs.findings);
	const facts = {run: folder.run, events: content.events.length, artifacts: artifacts.size, blobs: blobs.count, finished: isOver, findings};
	if (options['json'] === true) {
		io.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
	} else if (findings.length === 0) {
		io.stdout.write(`run ${facts.run}: ${facts.events} events chained, ${facts.artifacts} artifacts and ${facts.blobs} blobs equal${isOver ? '' : ', run unfinished'}\n`);
	} else {
		io.stdout.write(`${findings.map(({what, problem}) => `${what}: ${problem}`).join('\n')}\n`);
	}

	return findings.length === 0 ? exitCode.done : exitCode.failed;
};
