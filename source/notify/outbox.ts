// The outbox: what was sent under which key. A line is synced before a delivery and after it, so that a killed process
// never sends a message twice.
import {mkdir, open, readFile} from 'node:fs/promises';
import path from 'node:path';
import {z} from 'zod';

const lineSchema = z.discriminatedUnion('state', [
	z.object({state: z.literal('sending'), key: z.string(), channel: z.string(), to: z.array(z.string()), subject: z.string(), atMs: z.number()}),
	z.object({state: z.literal('sent'), key: z.string(), receipt: z.string(), atMs: z.number()}),
	z.object({state: z.literal('drafted'), key: z.string(), path: z.string(), reason: z.string(), atMs: z.number()}),
	z.object({state: z.literal('refused'), key: z.string(), reason: z.string(), atMs: z.number()}),
]);
export type OutboxLine = z.infer<typeof lineSchema>;

export type Outbox = {
	/** The newest line of a key; `sending` without a later one means that its delivery is unknown. */
	readonly find: (key: string) => OutboxLine | undefined;
	/** Appends and syncs. */
	readonly append: (line: OutboxLine) => Promise<void>;
	readonly lines: () => readonly OutboxLine[];
};

const parseLines = (text: string, file: string): readonly OutboxLine[] => {
	const complete = text.slice(0, text.lastIndexOf('\n') + 1);
	return complete
		.split('\n')
		.filter(line => line !== '')
		.map((line, index) => {
			try {
				return lineSchema.parse(JSON.parse(line));
			} catch (error) {
				throw new Error(`${file}:${index + 1} is not a line of an outbox; move the file away to start a new one.`, {cause: error});
			}
		});
};

/**
 * Opens the outbox of a run. A torn last line, left by a killed process, is cut off: what it announced did not begin.
 * @throws Error naming file and line when another line can't be read.
 */
export const openOutbox = async (file: string): Promise<Outbox> => {
	await mkdir(path.dirname(file), {recursive: true});
	const text = await readFile(file, 'utf8').catch((error: unknown) => {
		if ((error as {readonly code?: string}).code === 'ENOENT') {
			return '';
		}

		throw error;
	});
	const lines = [...parseLines(text, file)];
	if (text !== '' && !text.endsWith('\n')) {
		const handle = await open(file, 'r+');
		await handle.truncate(Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
		await handle.close();
	}

	return {
		find: key => lines.findLast(line => line.key === key),
		async append(line) {
			const handle = await open(file, 'a', 0o600);
			try {
				await handle.write(`${JSON.stringify(line)}\n`);
				await handle.datasync();
			} finally {
				await handle.close();
			}

			lines.push(line);
		},
		lines: () => lines,
	};
};
