// A run in a process of its own, to be killed: it deploys two statements and announces on stdout when it is inside the
// second. The memory of its warehouse dies with it; the jobs that ran are in a file, as a real warehouse would keep them.
import {appendFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {startTestRun, aTask} from './test-run.js';
import {createMemoryWarehouse} from './memory-warehouse.js';
import {taskId} from '../../../source/domain/ids.js';

const folder = process.argv[2]!;
const warehouse = createMemoryWarehouse(spec => {
	appendFileSync(path.join(folder, 'jobs.txt'), `${spec.id}\n`);
	return {};
});
const waitForJob = warehouse.waitForJob;
warehouse.waitForJob = async (id, signal) => {
	if (warehouse.ran.length === 2) {
		process.stdout.write('inside\n');
		await new Promise(() => {
			setInterval(() => undefined, 1000);
		});
	}

	return waitForJob(id, signal);
};
await startTestRun({folder, warehouse, tasks: [aTask('1.1'), aTask('2A.1', {stepClass: 'data', dependsOn: [taskId('1.1')], criteria: []}, async context => {
	await context.run({sql: 'FIRST', title: 'first', mutates: ['eros_staging_7f3a']});
	await context.run({sql: 'SECOND', title: 'second', mutates: ['eros_staging_7f3a']});
	return 'done';
})]});
