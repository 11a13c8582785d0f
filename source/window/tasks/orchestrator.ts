// Lane B: the orchestrator's imports, tests, compilation, graph and integration, each shown by a process of its own.
import path from 'node:path';
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {agents, createOrchestrator} from '../../eros/orchestrator.js';
import {stagesOf, type Node} from '../../eros/dependency-graph.js';
import {checksOf, listNames, type Checks} from '../criteria.js';
import {agentFiles, builtModule, describeImport, importInChild} from './child-modules.js';
import {findImportCycle, type SourceText} from './import-graph.js';
import {compileOrchestrator, hasTests, runOrchestratorTests, startOrchestratorChecks, type TestCase, type TestReport} from './orchestrator-tests.js';
import {findMissingPackages} from './prerequisites.js';

type Sizes = Readonly<Record<string, unknown>>;

const sizeNames = ['MICRO', 'SMALL', 'MEDIUM', 'LARGE', 'MEGA'];

/** Pairs of numbers called minimum and maximum anywhere in a configuration, in either order of nesting. */
const isOrdered = (value: unknown): boolean => {
	if (value === null || typeof value !== 'object') {
		return true;
	}

	const entries = Object.entries(value as Sizes);
	const low = entries.find(([name]) => /^(?:min|minimum|from|low)$/i.test(name))?.[1];
	const high = entries.find(([name]) => /^(?:max|maximum|to|high)$/i.test(name))?.[1];
	const isPairOrdered = typeof low !== 'number' || typeof high !== 'number' || low <= high;
	const isTupleOrdered = !Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'number' || typeof value[1] !== 'number' || value[0] <= value[1];
	return isPairOrdered && isTupleOrdered && entries.every(([, child]) => isOrdered(child));
};

/** 2B.1: every agent and the orchestrator imported in a process of its own. */
export const runImports = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	await startOrchestratorChecks(context);
	const files = [...agentFiles.map(name => `eros/agents/${name}`), 'eros/orchestrator'];
	const reports = await Promise.all(files.map(async name => importInChild(context, builtModule(context, name), name.endsWith('schedule-builder') ? 'm.ACCOUNT_SIZE_CONFIGS' : '(m.agent ? {name: m.agent.name, dependsOn: m.agent.dependsOn} : null)')));
	const failed = reports.filter(({ok}) => !ok);
	check('imports-succeed', failed.length === 0, failed.length === 0 ? `${reports.length} modules` : failed.map(report => describeImport(report)).join('; '));
	const {missing} = await findMissingPackages(context);
	check('no-dependency-missing', missing.length === 0, missing.length === 0 ? 'none' : listNames(missing));
	const sizes = (reports.find(({file}) => file.endsWith('schedule-builder.js'))?.value ?? {}) as Sizes;
	const absent = sizeNames.filter(name => sizes[name] === undefined);
	check('constants-accessible', absent.length === 0, absent.length === 0 ? 'ACCOUNT_SIZE_CONFIGS' : `ACCOUNT_SIZE_CONFIGS lacks ${absent.join(', ')}`);
	check('five-sizes', absent.length === 0 && isOrdered(sizes), isOrdered(sizes) ? `${sizeNames.join(', ')}` : 'a minimum is above its maximum');
	const {rows} = await context.ports.warehouse.query('SELECT 1 AS one');
	check('client-connects', Number(rows[0]?.['one']) === 1, 'SELECT 1 answered');
	return '5 agents, 5 account sizes';
};

const select = (report: TestReport, pattern: RegExp): readonly TestCase[] => report.cases.filter(({file, name}) => pattern.test(`${file} ${name}`));

const checkGroup = ({check, noData}: Checks, report: TestReport, name: string, pattern: RegExp): void => {
	const cases = select(report, pattern);
	const [failed] = cases.filter(({passed}) => !passed);
	if (cases.length === 0) {
		noData(name, 'no test of this kind was run');
	} else {
		check(name, failed === undefined, failed === undefined ? `${cases.length} tests passed` : `${failed.name}: ${failed.message}`);
	}
};

const withoutTests = (context: StepContext): string => {
	context.log('The tests are not part of this installation; run this window from a clone of the repository to check them.', 'warning');
	return 'not part of this installation';
};

/** 2B.2: the agents' own tests, read from their report. */
export const runAgentTests = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	if (!(await hasTests(context))) {
		return withoutTests(context);
	}

	const report = await runOrchestratorTests(context);
	const unit = report.cases.filter(({file}) => !file.startsWith('orchestration'));
	const failed = unit.filter(({passed}) => !passed);
	checks.require('tests-were-run', unit.length > 0 && report.problem === undefined, report.problem ?? `${unit.length} tests`);
	checkGroup(checks, report, 'volume-tests', /volume\.test/);
	checkGroup(checks, report, 'saturation-tests', /saturation/i);
	checkGroup(checks, report, 'account-size-works', /account size/i);
	checkGroup(checks, report, 'csv-correct', /csv\.test/);
	checkGroup(checks, report, 'columns-present', /columns/i);
	checkGroup(checks, report, 'time-zone-correct', /local time|DST|zone|exist/i);
	checkGroup(checks, report, 'export-validated', /export gate|exporter/i);
	checks.check('no-exception', failed.length === 0, failed.length === 0 ? `${unit.length} of ${unit.length} passed` : `${failed[0]!.name}: ${failed[0]!.message}`);
	return `${unit.length} passed`;
};

/** The sources of the orchestrator, with paths relative to source/. */
const readSources = async (context: StepContext): Promise<readonly SourceText[]> => {
	const {files} = context.ports;
	const root = path.join(context.root, 'source');
	const folder = path.join(root, 'eros');
	const found = (await files.exists(folder)) ? (await files.list(folder)).filter(file => file.path.endsWith('.ts')) : [];
	return Promise.all(found.map(async file => ({path: path.relative(root, file.path).split(path.sep).join('/'), text: new TextDecoder().decode(await files.read(file.path))})));
};

/** 2B.3: the compiler's word, an instance, and the imports without a cycle. */
export const runCompile = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const {settings, ports} = context;
	const orchestrator = createOrchestrator({warehouse: ports.warehouse, clock: ports.clock, files: ports.files, dataset: context.stagingDataset, timeZone: settings.timeZone, runId: context.state().run ?? 'run', sinks: [], maximumBytesBilled: settings.maximumBytesBilled, jobTimeoutMs: settings.jobTimeoutMs});
	check('orchestrator-instantiates', orchestrator.stages.length > 0, `${orchestrator.stages.length} stages`);
	const breakers = agents.map(({name}) => orchestrator.breakerState(name));
	check('components-initialize', breakers.length === agentFiles.length, `${breakers.length} agents, each with its breaker`);
	const sources = await readSources(context);
	const result = await compileOrchestrator(context);
	if (result === undefined || sources.length === 0) {
		context.log('Compiler and sources are not part of this installation; the built modules were imported in 2B.1.', 'warning');
		return `${orchestrator.stages.length} stages`;
	}

	const first = result.stdout.split('\n').find(line => line.includes('error TS'));
	check('compiles', result.exitCode === 0, result.exitCode === 0 ? `no error, ${formatDuration(result.durationMs)}` : first ?? result.stderr.split('\n')[0] ?? 'the compiler failed');
	check('dependencies-resolve', result.exitCode === 0, result.exitCode === 0 ? 'every import has a type and a module' : first ?? 'see the compiler');
	const cycle = findImportCycle(sources);
	check('no-circular-import', cycle === undefined, cycle === undefined ? `${sources.length} files` : cycle.join(' → '));
	return 'no import cycle';
};

const expectedStages = [['performance_analyzer', 'real_time_monitor'], ['caption_selector'], ['schedule_builder'], ['sheets_exporter']];

/** Head line of a specification: `agent: schedule_builder | depends on: a, b`. */
const readSpecification = (text: string): Node | undefined => {
	const match = /^agent:\s*(\w+)\s*\|\s*depends on:\s*(.+)$/m.exec(text);
	return match === null ? undefined : {name: match[1]!, dependsOn: match[2]!.trim() === 'nothing' ? [] : match[2]!.split(',').map(name => name.trim())};
};

/** 2B.4: the graph as the built modules declare it, held against the specifications. */
export const runDependencyGraph = async (context: StepContext): Promise<string> => {
	const {check, require} = checksOf(context);
	const reports = await Promise.all(agentFiles.map(async name => importInChild(context, builtModule(context, `eros/agents/${name}`), '({name: m.name, dependsOn: m.dependsOn})')));
	const failed = reports.find(({ok}) => !ok);
	require('all-agents-accounted', failed === undefined, failed === undefined ? `${reports.length} agents declare themselves` : describeImport(failed));
	const nodes = reports.map(({value}) => value as Node);
	let stages: readonly (readonly string[])[] = [];
	let problem: string | undefined;
	try {
		stages = stagesOf(nodes);
	} catch (error) {
		problem = error instanceof Error ? error.message : String(error);
	}

	require('no-circular-dependency', problem === undefined, problem ?? 'none');
	const shown = stages.map(stage => stage.join(' ∥ ')).join(' → ');
	const sorted = (all: readonly (readonly string[])[]): string => JSON.stringify(all.map(stage => [...stage].sort()));
	check('execution-order-correct', sorted(stages) === sorted(expectedStages), shown);
	check('parallel-stages-identified', stages.some(stage => stage.length > 1), stages.filter(stage => stage.length > 1).map(stage => stage.join(' beside ')).join('; ') || 'no stage has two agents');
	const folder = path.join(context.root, 'source', 'eros', 'agents');
	const written = await Promise.all(agentFiles.map(async name => readSpecification(new TextDecoder().decode(await context.ports.files.read(path.join(folder, `${name}.md`))))));
	const different = nodes.filter((node, index) => written[index]?.name !== node.name || [...written[index]?.dependsOn ?? []].sort().join() !== [...node.dependsOn].sort().join());
	check('matches-specifications', different.length === 0, different.length === 0 ? `${nodes.length} of ${nodes.length} equal` : `differs: ${listNames(different.map(({name}) => name))}`);
	await context.writeArtifact('graph.json', `${JSON.stringify({agents: nodes, stages}, undefined, '\t')}\n`, 'Dependency graph of the agents');
	return `${stages.length} stages, read from the code`;
};

const laneBCriteria: readonly (readonly [criterion: string, task: string])[] = [['lane-imports-work', '2B.1'], ['lane-agents-tested', '2B.2'], ['lane-compiles', '2B.3'], ['lane-graph-validated', '2B.4']];

/** 2B.5: the integration groups, from the same test run, and what completes lane B. */
export const runIntegration = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	for (const [criterion, id] of laneBCriteria) {
		const step = [...context.state().steps.values()].find(({task}) => String(task.id) === id);
		checks.check(criterion, step?.state.kind === 'passed', step?.state.kind === 'passed' ? `${id}: ${step.state.summary}` : `${id} has not passed`);
	}

	if (!(await hasTests(context))) {
		return withoutTests(context);
	}

	const report = await runOrchestratorTests(context);
	const cases = report.cases.filter(({file}) => file.startsWith('orchestration'));
	const failed = cases.filter(({passed}) => !passed);
	const groups = new Set(cases.map(({name}) => /^\d+/.exec(name)?.[0]).filter(group => group !== undefined));
	const isGood = cases.length > 0 && failed.length === 0 && report.problem === undefined;
	const evidence = isGood ? `${groups.size} groups, ${cases.length} checks` : report.problem ?? (failed[0] === undefined ? 'no integration test was run' : `${failed[0].name}: ${failed[0].message}`);
	checks.check('tests-pass', isGood, evidence);
	checks.check('lane-integration-passes', isGood, evidence);
	checkGroup(checks, report, 'no-data-corruption', /keeps its rules|leaves the others|adopted by the retry/);
	checkGroup(checks, report, 'error-messages-proper', /names what is wrong|refused|refuses/);
	checkGroup(checks, report, 'cleanup-done', /gives the locks back|given back/);
	return evidence;
};
