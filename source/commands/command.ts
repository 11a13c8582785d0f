// What every command is given, and what it gives back: an exit code.
import type {Readable, Writable} from 'node:stream';
import type {Supervised} from './supervised.js';

export type CommandIo = {
	readonly stdin: Readable & {readonly isTTY?: boolean};
	readonly stdout: Writable & {readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};
	readonly stderr: Writable & {readonly isTTY?: boolean};
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
};

export type Invocation = {
	/** Commander's camel-cased options, unvalidated: each command parses its own with zod. */
	readonly options: Readonly<Record<string, unknown>>;
	readonly arguments: readonly string[];
	readonly io: CommandIo;
	/** Set in the background process of a run: the same command, without a terminal. */
	readonly supervised?: Supervised;
};

/** Exit codes are those of `source/commands/exit-codes.ts`. Throw UsageError for bad input (exit 2). */
export type CommandRun = (invocation: Invocation) => Promise<number>;
