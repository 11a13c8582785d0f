// Runs the orchestrator's own tests and the compiler in processes of their own. Both start with lane B, so that its
// tasks wait for answers instead of making them one after the other.
import path from 'node:path';
import type {ProcessResult} from '../../ports/outside.js';
import type {StepContext} from '../../engine/task.js';
import {observeOnce} from '../ask-once.js';

/** Ten seconds on a quiet machine; a busy one is no reason to fail a window. */
const checkLimitMs = 300_000;

/** One test of these; they take up to a few seconds each on a quiet machine. */
const testLimitMs = 120_000;

/** What vitest's report says instead of a message when a test ran out of its time. */
const timeOutMark = 'STACK_TRACE_ERROR';

const messageOf = (message: string | undefined): string => {
	const [first = ''] = message?.split('\n') ?? [];
	return first.includes(timeOutMark) ? `it did not end within ${testLimitMs / 60_000} minutes` : first;
};

export type TestCase = {readonly file: string; readonly name: string; readonly passed: boolean; readonly message: string};

export type TestReport = {readonly cases: readonly TestCase[]; readonly durationMs: number; readonly problem: string | undefined};

type VitestJson = {readonly testResults: readonly {readonly name: string; readonly message?: string; readonly assertionResults: readonly {readonly fullName: string; readonly status: string; readonly failureMessages?: readonly string[]}[]}[]};

const readReport = (result: ProcessResult, text: string): TestReport => {
	try {
		const parsed = JSON.parse(text) as VitestJson;
		const cases = parsed.testResults.flatMap(file => file.assertionResults.map(({fullName, status, failureMessages = []}) => ({file: path.basename(file.name), name: fullName, passed: status === 'passed', message: messageOf(failureMessages[0])})));
		const broken = parsed.testResults.find(file => file.assertionResults.length === 0 && (file.message ?? '') !== '');
		return {cases, durationMs: result.durationMs, problem: broken === undefined ? undefined : `${path.basename(broken.name)}: ${broken.message?.split('\n')[0] ?? ''}`};
	} catch {
		return {cases: [], durationMs: result.durationMs, problem: result.timedOut ? 'the tests did not end within 5 minutes' : (result.stderr || result.stdout).split('\n').find(line => line.trim() !== '') ?? 'no report was written'};
	}
};

/** True when this installation carries the tests; a package from a registry does not. */
export const hasTests = async (context: StepContext): Promise<boolean> => {
	const {files} = context.ports;
	const needed = await Promise.all(['test/eros', 'test/vitest.config.ts', 'node_modules/vitest/vitest.mjs'].map(async part => files.exists(path.join(context.root, part))));
	return needed.every(Boolean);
};

/** What the agents' tests are: suites that need no warehouse. What goes through one is lane A's part, on the same statements. */
const suites = ['test/eros/unit', 'test/eros/integration/orchestration.test.ts'];

/** Runs the tests of the orchestrator once a process and reads their report, never the exit code alone. */
export const runOrchestratorTests = async (context: StepContext): Promise<TestReport> =>
	observeOnce(context, 'window/orchestrator-tests', async () => {
		const report = path.join(context.artifacts, 'orchestrator-tests.json');
		const node = await context.ports.processes.find('node') ?? 'node';
		const result = await context.ports.processes.run(node, [path.join(context.root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--config', path.join(context.root, 'test', 'vitest.config.ts'), `--testTimeout=${testLimitMs}`, `--hookTimeout=${testLimitMs}`, '--reporter=json', `--outputFile=${report}`, ...suites], {cwd: context.root, timeoutMs: checkLimitMs, env: {NODE_ENV: 'test', VITEST: ''}, signal: context.signal});
		const text = (await context.ports.files.exists(report)) ? new TextDecoder().decode(await context.ports.files.read(report)) : '';
		return readReport(result, text);
	});

/** Type-checks the orchestrator alone. Undefined when the compiler or the sources are not part of this installation. */
export const compileOrchestrator = async (context: StepContext): Promise<ProcessResult | undefined> =>
	observeOnce(context, 'window/compile', async () => {
		const compiler = path.join(context.root, 'node_modules', 'typescript', 'bin', 'tsc');
		const entry = path.join(context.root, 'source', 'eros', 'orchestrator.ts');
		const {files, processes} = context.ports;
		if (!(await files.exists(compiler)) || !(await files.exists(entry))) {
			return undefined;
		}

		const config = path.join(context.artifacts, 'tsconfig.orchestrator.json');
		await files.write(config, JSON.stringify({extends: path.join(context.root, 'tsconfig.json'), compilerOptions: {noEmit: true, typeRoots: [path.join(context.root, 'node_modules', '@types')]}, include: [path.join(context.root, 'source', 'eros')], exclude: []}));
		const node = await processes.find('node') ?? 'node';
		return processes.run(node, [compiler, '--project', config], {cwd: context.root, timeoutMs: checkLimitMs, signal: context.signal});
	});

/** Starts both without waiting; whoever needs the answer awaits it. */
export const startOrchestratorChecks = async (context: StepContext): Promise<void> => {
	const ignore = (): void => {
		// Whoever awaits the same promise sees the failure.
	};

	if (await hasTests(context)) {
		runOrchestratorTests(context).catch(ignore);
	}

	compileOrchestrator(context).catch(ignore);
};
