#!/usr/bin/env node
// argv to exit code. The preflight comes first: it settles what React and chalk read when they load.
import './source/preflight.js';
import process from 'node:process';
import {main} from './source/main.js';

// Whoever read the output may go away before it ends: `| head`, a pager that is left, a terminal that is closed (EIO).
// That stops no command half-way; what it does still has to come to its end.
const isReaderGone = ({code}: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'EIO';
process.stderr.on('error', () => undefined);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (!isReaderGone(error)) {
		process.stderr.write(`The output can not be written: ${error.message}\n`);
		process.exit(1);
	}
});

// What nobody caught is our bug. Node prints it after the listeners of `exit` have given the terminal back; one of them
// is the place for the code.
process.on('uncaughtExceptionMonitor', () => {
	process.once('exit', () => {
		process.exitCode = 70;
	});
});

process.exitCode = await main({
	argv: process.argv.slice(2),
	io: {stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd()},
});
