// Breaks each rule of sql/ in memory, one at a time, and expects the tests of test/sql that cover it to turn red.
// Run by npm run test:mutations, or by hand: node test/sql/mutations.mjs [part of a rule or a file]. Prints a line a mutation and the score.
import path from 'node:path';
import process from 'node:process';
import {startVitest} from 'vitest/node';

process.env.EROS_MUTATIONS = process.argv[2] ?? '';
const root = path.resolve(import.meta.dirname, '../..');
const started = Date.now();
const tally = {caught: 0, all: 0};

const errorsOf = task => [...(task.result?.errors ?? []), ...(task.tasks ?? []).flatMap(child => errorsOf(child))];
const countOf = (task, state) => (task.type === 'test' ? Number(task.result?.state === state) : (task.tasks ?? []).reduce((sum, child) => sum + countOf(child, state), 0));

const report = suite => {
	const errors = errorsOf(suite);
	if (suite.name.startsWith('without a mutation | ')) {
		// A mutant is caught by tests that are green without it, and that are there.
		if (errors.length > 0 || countOf(suite, 'pass') === 0) {
			tally.all += 1;
			process.stdout.write(`?  ${suite.name}: ${errors.length > 0 ? `red: ${errors[0].message.split('\n')[0]}` : 'no such test'}\n`);
		}

		return;
	}

	const broken = errors.find(error => error.message.includes('MUTATION:'));
	const isCaught = broken === undefined && errors.length > 0;
	const mark = isCaught ? '✓' : broken === undefined ? '✗' : '?';
	tally.all += 1;
	tally.caught += Number(isCaught);
	const note = broken === undefined ? (isCaught ? '' : `: ${countOf(suite, 'pass')} tests stayed green`) : `: ${broken.message.split('\n')[0]}`;
	process.stdout.write(`${mark}  ${suite.name}${note}\n`);
};

const reporter = {
	onTestSuiteResult(suite) {
		if (suite.parent.type === 'module') {
			report(suite.task);
		}
	},
	onTestRunEnd(modules, unhandled) {
		for (const error of [...unhandled, ...modules.flatMap(module => module.errors())]) {
			process.stdout.write(`!  ${error.message}\n`);
		}
	},
};
const vitest = await startVitest('test', [], {
	config: path.join(root, 'test/vitest.config.ts'), include: ['test/sql/mutations/mutants.ts'], watch: false, reporters: [reporter], maxWorkers: 1, hookTimeout: 120_000,
});
await vitest?.close();
const seconds = Math.round((Date.now() - started) / 1000);
process.stdout.write(`${tally.caught} of ${tally.all} caught, ${tally.all === 0 ? 0 : Math.round((100 * tally.caught) / tally.all)} %, in ${seconds} s\n`);
process.exitCode = tally.all > 0 && tally.caught === tally.all ? 0 : 1;
