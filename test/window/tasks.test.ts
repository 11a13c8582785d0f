// Tasks that need no warehouse but a catalog that is empty: inventory and lane B, on the real files and in real processes.
import {cp, mkdtemp, mkdir, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import type {JournaledEvent} from '../../source/domain/events.js';
import {windowTasks} from '../../source/window/index.js';
import {cleanUpTestRuns, startTestRun, testSettings} from '../engine/support/test-run.js';
import {createMemoryWarehouse} from '../engine/support/memory-warehouse.js';

const root = path.resolve(import.meta.dirname, '../..');
const settings = {...testSettings, project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain'};
const folders: string[] = [];

afterEach(async () => {
	await cleanUpTestRuns();
	await Promise.all(folders.splice(0).map(async folder => rm(folder, {recursive: true, force: true})));
});

const emptyWarehouse = () => ({
	...createMemoryWarehouse(),
	findDataset: async () => undefined,
	query: async <R>() => ({rows: [{one: 1} as R], schema: [], job: {id: 'q', state: 'DONE', createdMs: 0, billedBytes: 0, processedBytes: 0, childJobs: 0}}),
});

/** Runs the named tasks and gives their criteria as `kind: evidence`. */
const runTasks = async (wanted: readonly string[], packageRoot = root): Promise<{readonly verdicts: ReadonlyMap<string, string>; readonly events: readonly JournaledEvent[]}> => {
	const tasks = windowTasks()
		.filter(({spec}) => wanted.includes(spec.id))
		.map(task => ({...task, spec: {...task.spec, dependsOn: task.spec.dependsOn.filter(id => wanted.includes(id))}}));
	const run = await startTestRun({tasks, root: packageRoot, settings, warehouse: emptyWarehouse() as unknown as ReturnType<typeof createMemoryWarehouse>});
	await run.session.finished;
	const verdicts = new Map(run.all('criterion.decided').map(({criterion, verdict}) => [criterion as string, `${verdict.kind}: ${'evidence' in verdict ? verdict.evidence : 'reason' in verdict ? verdict.reason : ''}`]));
	return {verdicts, events: run.events};
};

const aPackage = async (files: Readonly<Record<string, string>>): Promise<string> => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'eros-window-'));
	folders.push(folder);
	for (const [name, text] of Object.entries(files)) {
		await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
		await writeFile(path.join(folder, name), text);
	}

	return folder;
};

describe('the inventory', () => {
	it('reads, parses, lints and sorts our own sql/ and freezes a plan that creates it all', async () => {
		const {verdicts, events} = await runTasks(['1.1']);
		for (const name of ['files-readable', 'files-small', 'no-corrupt-file', 'declared-once', 'order-known', 'lint-clean', 'no-drop', 'no-set-statement', 'plan-frozen']) {
			expect(verdicts.get(`1.1/${name}`), name).toMatch(/^auto: /);
		}

		const frozen = events.find(event => event.type === 'plan.frozen');
		expect(frozen?.type === 'plan.frozen' && frozen.data.create).toBeGreaterThan(40);
		expect(events.filter(event => event.type === 'artifact.written').map(event => path.basename((event.data as {path: string}).path))).toEqual(['manifest.json', 'plan.json']);
	});

	it('fails with the place of what must not run', async () => {
		const folder = await aPackage({'sql/procedures/p.sql': '-- P.\nCREATE OR REPLACE PROCEDURE `${dataset}.p`()\nBEGIN\n  DROP TABLE `${dataset}.t`;\nEND;\n'});
		const {verdicts} = await runTasks(['1.1'], folder);
		expect(verdicts.get('1.1/no-drop')).toMatch(/^failed: sql\/procedures\/p\.sql:4:3 /);
		expect(verdicts.get('1.1/expected-present')).toMatch(/^failed: missing: wilson_score_bounds/);
	});

	it('stops at files that are no objects, with the place', async () => {
		const folder = await aPackage({'sql/views/v.sql': '-- V.\nCREATE OR REPLACE VIEW `${dataset}.other` AS SELECT 1 AS x\n'});
		const {events} = await runTasks(['1.1'], folder);
		const failed = events.find(event => event.type === 'step.failed');
		expect(failed?.type === 'step.failed' && failed.data.failure.place?.path).toBe('sql/views/v.sql');
	});

	it('imports the modules and reads the specifications', async () => {
		const {verdicts} = await runTasks(['1.2', '1.4']);
		expect([...verdicts.values()].filter(text => !text.startsWith('auto'))).toEqual([]);
		expect(verdicts.size).toBe(8);
	});

	it('names the specification that is missing', async () => {
		const folder = await aPackage({'package.json': '{}'});
		await cp(path.join(root, 'source/eros/agents/caption-selector.md'), path.join(folder, 'source/eros/agents/caption-selector.md'));
		const {verdicts} = await runTasks(['1.4'], folder);
		expect(verdicts.get('1.4/six-present')).toMatch(/^failed: missing or empty: performance-analyzer\.md/);
	});
});

describe('lane B', () => {
	it('imports every agent in its own process and reads the graph from what they declare', async () => {
		const {verdicts} = await runTasks(['2B.4']);
		expect([...verdicts.values()].filter(text => !text.startsWith('auto'))).toEqual([]);
		expect(verdicts.get('2B.4/execution-order-correct')).toContain('→ caption_selector → schedule_builder → sheets_exporter');
	});

	it('says that a module is missing, and how to get it', async () => {
		const {verdicts} = await runTasks(['2B.4'], await aPackage({'package.json': '{}'}));
		expect(verdicts.get('2B.4/all-agents-accounted')).toMatch(/^failed: .*npm run build/);
	});
});
