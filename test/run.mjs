// Runs the test suite and closes with one plain line, `N passed, N failed`, that people and CI can read.
//   node test/run.mjs           what a contributor runs: everything but the slow suites
//   node test/run.mjs --slow    the slow suites alone
// Any other argument goes to vitest: a file, -t <name>.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Suites that take ten seconds or more each on two cores and go through what quicker ones look at too. */
const slow = [
	'test/cloud/killed-warehouse.test.ts',
	'test/cloud/network-faults.test.ts',
	'test/cloud/network-faults-jobs.test.ts',
	'test/commands/supervised.test.ts',
	'test/commands/verify-evidence.test.ts',
	'test/engine/roll-back.test.ts',
	'test/eros/integration/embedded.test.ts',
	'test/eros/integration/stopped.test.ts',
	'test/pty/death.test.ts',
	'test/pty/eros-program.test.ts',
	'test/pty/full-screen.test.ts',
	'test/pty/page.test.ts',
	'test/pty/program.test.ts',
	'test/simulation/simulate.test.ts',
	'test/sql/automation.test.ts',
	'test/sql/race.test.ts',
	'test/sql/reports.test.ts',
	'test/sql/selector-rules.test.ts',
	'test/sql/smoke.test.ts',
	'test/sql/validation.test.ts',
	'test/warehouse/language/unsupported.test.ts',
	'test/warehouse/rest/bq.test.ts',
];

const given = process.argv.slice(2);
const isSlow = given.includes('--slow');
const rest = given.filter(argument => argument !== '--slow');
const selection = isSlow ? slow : rest.some(argument => !argument.startsWith('-')) ? [] : slow.flatMap(file => ['--exclude', file]);
const folder = mkdtempSync(path.join(tmpdir(), 'eros-tui-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
const {status} = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...selection, ...rest], {stdio: 'inherit'});
let passed = 0;
let failed = 0;
try {
	const summary = JSON.parse(readFileSync(report, 'utf8'));
	passed = summary.numPassedTests;
	// A file that fails to load counts as one failure even though none of its tests ran.
	failed = Math.max(summary.numFailedTests, summary.testResults.filter(file => file.status === 'failed').length);
} catch {
	failed = 1;
}

rmSync(folder, {recursive: true, force: true});
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = status === 0 && failed === 0 && passed > 0 ? 0 : 1;
