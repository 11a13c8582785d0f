// Where runs are kept on disk, and which there are.
import {readdir, stat} from 'node:fs/promises';
import {homedir} from 'node:os';
import path from 'node:path';
import {runId, type RunId} from '../domain/ids.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The state folder: EROS_HOME/state, or eros-tui in the XDG state folder. */
export const stateFolder = (env: Env): string => {
	const home = env['EROS_HOME'];
	if (home !== undefined && home !== '') {
		return path.join(home, 'state');
	}

	const xdg = env['XDG_STATE_HOME'];
	return path.join(xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(env['HOME'] ?? homedir(), '.local', 'state'), 'eros-tui');
};

export type RunFolder = {
	readonly run: RunId;
	/** `<project>.<dataset>`. */
	readonly target: string;
	readonly folder: string;
	readonly journal: string;
	readonly plan: string;
	readonly blobs: string;
	readonly artifacts: string;
};

/** Paths of a run; nothing is created. */
export const runFolder = (env: Env, target: {readonly project: string; readonly dataset: string}, run: RunId): RunFolder => {
	const name = `${target.project}.${target.dataset}`;
	return describeFolder(path.join(stateFolder(env), name, 'runs', run), name, run);
};

const describeFolder = (folder: string, target: string, run: RunId): RunFolder => ({
	run,
	target,
	folder,
	journal: path.join(folder, 'journal.ndjson'),
	plan: path.join(folder, 'plan.json'),
	blobs: path.join(folder, 'blobs'),
	artifacts: path.join(folder, 'artifacts'),
});

const listFolders = async (folder: string): Promise<readonly string[]> => {
	try {
		return (await readdir(folder, {withFileTypes: true})).filter(entry => entry.isDirectory()).map(entry => entry.name);
	} catch {
		return [];
	}
};

/** Every run on record, newest journal first. */
export const listRuns = async (env: Env): Promise<readonly (RunFolder & {readonly changedMs: number})[]> => {
	const root = stateFolder(env);
	const found: (RunFolder & {readonly changedMs: number})[] = [];
	for (const target of await listFolders(root)) {
		for (const name of await listFolders(path.join(root, target, 'runs'))) {
			const described = describeFolder(path.join(root, target, 'runs', name), target, runId(name));
			try {
				found.push({...described, changedMs: (await stat(described.journal)).mtimeMs});
			} catch {
				// A folder without a journal never became a run.
			}
		}
	}

	return found.sort((a, b) => b.changedMs - a.changedMs);
};

export type FoundRun = {readonly kind: 'found'; readonly run: RunFolder} | {readonly kind: 'none'} | {readonly kind: 'ambiguous'; readonly runs: readonly RunFolder[]};

/** Finds a run by id or by the beginning of its id; without a name the newest. */
export const findRun = async (env: Env, name: string | undefined): Promise<FoundRun> => {
	const runs = await listRuns(env);
	const matching = name === undefined ? runs.slice(0, 1) : runs.filter(({run}) => run.startsWith(name.toLowerCase()));
	const [first] = matching;
	if (first === undefined) {
		return {kind: 'none'};
	}

	return matching.length === 1 || first.run === name ? {kind: 'found', run: first} : {kind: 'ambiguous', runs: matching};
};
