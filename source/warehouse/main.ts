// Entry of the warehouse's own process: `node main.js --data FOLDER --project P [--port N] [--idle-minutes N]`.
// One line on standard output says where it listens; it ends on SIGTERM, SIGINT, on request, or after being idle.
import {readFile} from 'node:fs/promises';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {openDatabase} from './database.js';
import {InstanceRunningError, startInstance} from './instance.js';

const exitLocked = 8;

const {values} = parseArgs({
	options: {
		data: {type: 'string'},
		project: {type: 'string'},
		port: {type: 'string', default: '0'},
		'idle-minutes': {type: 'string', default: '30'},
	},
});

const isWarehouse = async (pid: number): Promise<boolean> => {
	try {
		process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}

	// Where the system tells, a recycled process id is not mistaken for a warehouse.
	const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
	return command === undefined || command.includes('warehouse');
};

const start = async (): Promise<void> => {
	const {data, project} = values;
	if (data === undefined || project === undefined) {
		process.stderr.write('Usage: main.js --data FOLDER --project P [--port N] [--idle-minutes N]\n');
		process.exitCode = 2;
		return;
	}

	try {
		const instance = await startInstance({
			dataFolder: data, project, port: Number(values.port), idleExitMs: Number(values['idle-minutes']) * 60_000, pid: process.pid, isWarehouse, openDatabase,
		});
		const stop = (): void => {
			void instance.close();
		};

		process.on('SIGTERM', stop);
		process.on('SIGINT', stop);
		// The terminal that started it may go away; the warehouse stays.
		process.on('SIGHUP', () => undefined);
		process.stdout.on('error', () => undefined);
		process.stdout.write(`${JSON.stringify({endpoint: instance.endpoint, pid: process.pid, state: instance.statePath})}\n`);
		await instance.ended;
		process.exit(0);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(error instanceof InstanceRunningError ? exitLocked : 1);
	}
};

await start();
