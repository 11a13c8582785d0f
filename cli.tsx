#!/usr/bin/env node
// argv to exit code. The preflight comes first: it settles what React and chalk read when they load.
import './source/preflight.js';
import process from 'node:process';
import {main} from './source/main.js';

process.exitCode = await main({
	argv: process.argv.slice(2),
	io: {stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd()},
});
