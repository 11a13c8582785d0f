// Where a schedule's file goes, whether one can be written there, asked before anything is locked, and what writes it.
import {randomBytes} from 'node:crypto';
import {lstat, mkdir, open, rm, rmdir, stat} from 'node:fs/promises';
import path from 'node:path';
import type {UsageProblem} from '../domain/usage-error.js';
import {createCsvSink, createJsonSink, type JsonSinkOptions} from '../eros/sinks/file-sinks.js';
import type {ScheduleSink} from '../eros/sinks/sink.js';

export type FileFormat = 'csv' | 'json';

/** The folders above a file, the nearest first. */
const foldersAbove = (file: string): readonly string[] => {
	const folder = path.dirname(file);
	return folder === file ? [] : [folder, ...foldersAbove(folder)];
};

/** Whether something has this name, if only a link that leads nowhere. */
const isTaken = async (file: string): Promise<boolean> => lstat(file).then(() => true, () => false);

const isFolder = async (file: string): Promise<boolean> => stat(file).then(found => found.isDirectory(), () => false);

/** What stands in the path and is no folder; undefined when nothing does. */
const findObstacle = async (file: string): Promise<string | undefined> => {
	for (const folder of foldersAbove(file).toReversed()) {
		// From the root down: below an obstacle nothing can be seen.
		if (await isTaken(folder) && !await isFolder(folder)) {
			return folder;
		}
	}

	return undefined;
};

/**
 * Writes as a schedule is written, into a file beside it, and removes the file and the folders that were made for it.
 * @returns the system's code of what went wrong; undefined when nothing did.
 */
const tryToWrite = async (file: string): Promise<string | undefined> => {
	const missing: string[] = [];
	for (const folder of foldersAbove(file)) {
		if (await isTaken(folder)) {
			break;
		}

		missing.unshift(folder);
	}

	const made: string[] = [];
	try {
		// One by one: made all at once, a folder below /proc keeps Node busy for ever.
		for (const folder of missing) {
			await mkdir(folder);
			made.unshift(folder);
		}

		const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
		const handle = await open(temporary, 'wx');
		await handle.close();
		await rm(temporary);
		return undefined;
	} catch (error) {
		return (error as {readonly code?: string}).code ?? String(error);
	} finally {
		for (const folder of made) {
			// One that holds something by now is somebody's.
			await rmdir(folder).catch(() => undefined);
		}
	}
};

/**
 * What is wrong with the path of an output file: its form, what stands there, and whether a file can be written at all.
 * Leaves nothing behind.
 * @param output the path as a person wrote it; undefined is no problem.
 */
export const outputProblem = async (cwd: string, output: unknown, format: FileFormat): Promise<UsageProblem | undefined> => {
	if (output === undefined) {
		return undefined;
	}

	const problem = (accepted: string, fix: string): UsageProblem => ({field: '--output', value: String(output), accepted, fix});
	const isPath = typeof output === 'string' && output.trim() !== '' && !/[/\\]$/.test(output);
	const file = path.resolve(cwd, String(output));
	const found = isPath ? await stat(file).catch(() => undefined) : undefined;
	if (!isPath || (found !== undefined && !found.isFile())) {
		return problem('the path of a file', `--output ${found?.isDirectory() === true ? path.join(String(output), `week.${format}`) : `schedules/week.${format}`}`);
	}

	const obstacle = await findObstacle(file);
	const elsewhere = `Name another place: --output ~/week.${format}`;
	if (obstacle !== undefined) {
		return problem(`a path through folders; ${obstacle} is none`, elsewhere);
	}

	const code = await tryToWrite(file);
	return code === undefined ? undefined : problem(`a path where a file can be written (${code})`, elsewhere);
};

/** What writes a schedule to one file; as JSON in the envelope of its builder. */
export const createFileSink = (format: FileFormat, file: string, {files, envelopeOf}: Required<Pick<JsonSinkOptions, 'files' | 'envelopeOf'>>): ScheduleSink =>
	format === 'csv' ? createCsvSink({files, pathOf: () => file}) : createJsonSink({files, pathOf: () => file, envelopeOf});

/** Whether two paths lead to one file, by whatever links. */
export const isSameFile = async (left: string, right: string): Promise<boolean> => {
	const [one, other] = await Promise.all([left, right].map(async file => stat(file, {bigint: true}).catch(() => undefined)));
	return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
};
