// A run in a process of its own whose files may not grow beyond a limit: it deploys statement after statement until its
// journal has no room. The jobs that ran are in a file, as a real warehouse would keep them.
import {appendFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {manyStatements, startTestRun} from './test-run.js';
import {createMemoryWarehouse} from './memory-warehouse.js';

const folder = process.argv[2]!;
const warehouse = createMemoryWarehouse(spec => {
	appendFileSync(path.join(folder, 'jobs.txt'), `${spec.id}\n`);
	return {};
});
const run = await startTestRun({folder, warehouse, tasks: manyStatements(40)});
const code = await run.session.finished;
process.stdout.write(`${JSON.stringify({code, failure: run.journal.failure()?.message, submitted: warehouse.submissions.length, finished: run.session.state().finished})}\n`);
process.exit(code);
