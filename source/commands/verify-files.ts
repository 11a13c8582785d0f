// What a run left on the disk beside its journal, held against the hashes that the journal and the plan name.
import {createHash} from 'node:crypto';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';
import type {JournaledEvent} from '../domain/events.js';
import type {EvidenceCheck} from '../domain/evidence.js';
import {blobFolder} from '../engine/blobs.js';
import type {RunFolder} from '../journal/index.js';

const count = (value: number, word: string): string => `${value.toLocaleString('en-US')} ${word}${value === 1 ? '' : 's'}`;

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

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

const checkArtifact = async (path: string, sha256: string): Promise<string | undefined> => {
	let content: Uint8Array;
	try {
		content = await readFile(path);
	} catch {
		return `${path} is missing`;
	}

	return hashOf(content) === sha256 ? undefined : `${path} differs from what was journaled`;
};

const checkArtifacts = async (events: readonly JournaledEvent[]): Promise<EvidenceCheck> => {
	const findings: string[] = [];
	const artifacts = artifactsOf(events);
	for (const [path, sha256] of artifacts) {
		const finding = await checkArtifact(path, sha256);
		if (finding !== undefined) {
			findings.push(finding);
		}
	}

	return {id: 'artifacts', summary: artifacts.size === 0 ? 'none was written' : `${count(artifacts.size, 'file')} there, equal to their hashes`, findings};
};

const planFile = z.object({hash: z.string(), objects: z.array(z.object({sql: z.string(), before: z.string().optional(), diff: z.string().optional()}))});

/** Whether the plan is the one that the journal froze last, and the blobs that it names. */
const checkPlan = async (file: string, events: readonly JournaledEvent[]): Promise<{readonly blobs: readonly string[]; readonly check: EvidenceCheck}> => {
	const frozen = events.findLast(event => event.type === 'plan.frozen');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch {
		// Only a run that journaled one has one; that it is missing is found with the artifacts.
		return {blobs: [], check: {id: 'plan', summary: 'none was kept', findings: []}};
	}

	try {
		const plan = planFile.parse(JSON.parse(text));
		const findings = frozen?.type === 'plan.frozen' && frozen.data.hash !== plan.hash ? [`${file} is plan ${plan.hash}; the journal froze ${frozen.data.hash}`] : [];
		return {blobs: plan.objects.flatMap(({sql, before, diff}) => [sql, before, diff].filter(sha256 => sha256 !== undefined)), check: {id: 'plan', summary: `${count(plan.objects.length, 'object')}, the plan that was frozen`, findings}};
	} catch {
		return {blobs: [], check: {id: 'plan', summary: '', findings: [`${file} is not a plan that can be read`]}};
	}
};

/** Every blob has to hash to its name, and every one that plan and journal name has to be there. */
const checkBlobs = async (folder: string, named: ReadonlySet<string>): Promise<EvidenceCheck> => {
	let present: readonly string[] = [];
	try {
		present = await readdir(folder);
	} catch {
		// No folder is no blob: those that are named are missing then.
	}

	const findings: string[] = [];
	for (const name of present.filter(file => /^[\da-f]{64}$/.test(file))) {
		if (hashOf(await readFile(path.join(folder, name))) !== name) {
			findings.push(`${path.join(folder, name)} does not hash to its name: it was changed`);
		}
	}

	const there = new Set(present);
	findings.push(...[...named].filter(sha256 => !there.has(sha256)).map(sha256 => `${path.join(folder, sha256)} is missing`));
	return {id: 'blobs', summary: `${count(present.length, 'file')} with statements, results and definitions, each under its hash`, findings};
};

const namedBlobs = (events: readonly JournaledEvent[]): readonly string[] =>
	events.flatMap(event => (event.type === 'job.intended' ? [event.data.sqlSha256] : event.type === 'result.kept' ? [event.data.sha256] : []));

/** Checks plan, blobs and artifacts of a run; reads only. */
export const examineFiles = async (folder: RunFolder, events: readonly JournaledEvent[]): Promise<readonly EvidenceCheck[]> => {
	const plan = await checkPlan(folder.plan, events);
	return [plan.check, await checkBlobs(blobFolder(folder.folder), new Set([...plan.blobs, ...namedBlobs(events)])), await checkArtifacts(events)];
};
