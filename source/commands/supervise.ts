// `eros-tui supervise <folder>`: the background process of a run. It owns journal, lease, timers and jobs; every screen
// and every line is a client of it. Not for people: the other commands start it.
import process from 'node:process';
import {Readable, Writable} from 'node:stream';
import {isProcessAlive, thisProcess} from '../host/process-identity.js';
import {createSystemClock} from '../host/system-clock.js';
import {takeLock} from '../journal/index.js';
import {createToken, endpointPath, socketPath} from '../supervisor/endpoint.js';
import {serveRun} from '../supervisor/serve.js';
import {onSignals} from '../terminal/signals.js';
import type {CommandIo, CommandRun} from './command.js';
import {describeError} from './describe-error.js';
import {exitCode} from './exit-codes.js';
import {commandSpecs} from './index.js';
import {readLaunch} from './launch.js';

const writeTo = (take: (text: string) => void): Writable => new Writable({
	decodeStrings: false,
	write(chunk: unknown, _encoding, done) {
		take(String(chunk));
		done();
	},
});

export const run: CommandRun = async ({arguments: [folder = ''], io}) => {
	// The terminal that started it may go away: it has none of its own, and nothing of it is a reason to stop.
	using _deaf = onSignals({SIGHUP: () => undefined, SIGINT: () => undefined});
	const launch = await readLaunch(folder);
	const spec = commandSpecs.find(({name}) => name === launch.command);
	if (spec === undefined) {
		io.stderr.write(`There is no command ${launch.command}.\n`);
		return exitCode.usage;
	}

	const socket = await socketPath(folder, io.env);
	const token = createToken();
	const server = await serveRun({socket, token});
	let lock: Awaited<ReturnType<typeof takeLock>>;
	try {
		const endpoint = {...thisProcess(), socket, token, startedAtMs: createSystemClock().now(), command: launch.command};
		lock = await takeLock(endpointPath(folder), endpoint, isProcessAlive);
	} catch (error) {
		await server.close();
		throw error;
	}

	const quiet: CommandIo = {
		stdin: Readable.from([]),
		stdout: io.stdout,
		stderr: writeTo(text => {
			io.stderr.write(text);
			server.say(text);
		}),
		env: io.env,
		cwd: io.cwd,
	};
	let code: number;
	try {
		const command = await spec.load();
		code = await command.run({options: launch.options, arguments: launch.arguments, io: quiet, supervised: {run: launch.run, isUnattended: launch.isUnattended, server}});
		server.over(code);
	} catch (error) {
		const told = describeError(error);
		io.stderr.write(`${told.text}\n`);
		server.fail(told.exitCode, told.text);
		code = told.exitCode;
	}

	await server.close();
	await lock.release();
	// A connection that an adapter left open must not keep a finished run in the process table.
	process.exit(code);
};
