// Runs a command in this process and keeps what it printed.
import {Readable, Writable} from 'node:stream';
import type {CommandRun} from '../../source/commands/command.js';

export type Captured = {readonly code: number; readonly stdout: string; readonly stderr: string};

const collector = (): {readonly stream: Writable; readonly text: () => string} => {
	const parts: string[] = [];
	return {
		stream: new Writable({
			write(chunk: unknown, _encoding, done) {
				parts.push(String(chunk));
				done();
			},
		}),
		text: () => parts.join(''),
	};
};

export const runCaptured = async (run: CommandRun, env: Readonly<Record<string, string>>, names: readonly string[] = [], options: Readonly<Record<string, unknown>> = {}): Promise<Captured> => {
	const stdout = collector();
	const stderr = collector();
	const code = await run({options, arguments: names, io: {stdin: Readable.from([]), stdout: stdout.stream, stderr: stderr.stream, env, cwd: '/'}});
	return {code, stdout: stdout.text(), stderr: stderr.text()};
};
