// What orchestrate prints, from real runs of the orchestrator.
import {describe, expect, it} from 'vitest';
import {describeRun, lineOf} from '../../../source/commands/describe-orchestration.js';
import {createOrchestrator, type PageProgress, type RunInputs} from '../../../source/eros/orchestrator.js';
import type {ScheduleSink} from '../../../source/eros/sinks/sink.js';
import {createTestEnvironment, weekStart, type TestEnvironment} from '../support/an-environment.js';

const refusing: ScheduleSink = {
	format: 'SHEETS',
	async write() {
		throw new Error('The caller does not have permission.');
	},
};

const report = async (environment: TestEnvironment, inputs: Partial<RunInputs>, sinks: readonly ScheduleSink[] = environment.sinks) => {
	const progress: PageProgress[] = [];
	const outcome = await createOrchestrator({...environment, sinks}).run({pageNames: ['test_growing_small'], weekStart, onProgress: event => void progress.push(event), ...inputs});
	return {text: describeRun(outcome, {columns: undefined, isAll: false}), lines: progress.map(event => lineOf(event, 1, 1)).filter(line => line !== undefined), outcome};
};

describe('what orchestrate prints', () => {
	it('names the sink that was not written, the pages, the cause and what to do', async () => {
		const environment = createTestEnvironment();
		const {text, lines} = await report(environment, {pageNames: ['test_growing_small', 'test_healthy_large'], parallel: false}, [...environment.sinks, refusing]);
		expect(lines[0]).toContain('out/test_growing_small_2025-11-03.csv; not everywhere: SHEETS: The caller does not have permission.');
		expect(text.split('\n')).toEqual(expect.arrayContaining([
			expect.stringContaining('2 of 2 done, 2 written (2 in part)'),
			'  in part  SHEETS: The caller does not have permission. Not written for test_growing_small, test_healthy_large; every other place was',
			'  mend     that, then eros-tui orchestrate --pages test_growing_small,test_healthy_large --week-start 2025-11-03   plans these pages again and writes all places',
		]));
		// Told once, by these lines.
		expect(text).not.toMatch(/warning/);
	});
});
