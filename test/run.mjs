// Runs the test suite and closes with one plain line, `N passed, N failed`, that people and CI can read.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';

const folder = mkdtempSync(path.join(tmpdir(), 'eros-tui-test-'));
const report = path.join(folder, 'report.json');
const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
const {status} = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)], {stdio: 'inherit'});
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
