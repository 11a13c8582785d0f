// What orchestrate prints, from real runs of the orchestrator.
import {describe, expect, it} from 'vitest';
import {describeRun, lineOf} from '../../../source/commands/describe-orchestration.js';
import {commandSpecs} from '../../../source/commands/index.js';
import {repeatFlags} from '../../../source/commands/repeat-flags.js';
import {shellWord} from '../../../source/domain/wording/shell.js';
import {createOrchestrator, type PageProgress, type RunInputs} from '../../../source/eros/orchestrator.js';
import type {ScheduleSink} from '../../../source/eros/sinks/sink.js';
import {createTestEnvironment, weekStart, type TestEnvironment} from '../support/an-environment.js';

const refusing: ScheduleSink = {
	format: 'SHEETS',
	async write() {
		throw new Error('The caller does not have permission.');
	},
};

const report = async (environment: TestEnvironment, inputs: Partial<RunInputs>, sinks: readonly ScheduleSink[] = environment.sinks, told: Partial<Parameters<typeof describeRun>[1]> = {}) => {
	const progress: PageProgress[] = [];
	const outcome = await createOrchestrator({...environment, sinks}).run({pageNames: ['test_growing_small'], weekStart, onProgress: event => void progress.push(event), ...inputs});
	return {text: describeRun(outcome, {columns: undefined, isAll: false, ...told}), lines: progress.map(event => lineOf(event, 1, 1)).filter(line => line !== undefined), outcome};
};

describe('what orchestrate prints', () => {
	it('names the sink that was not written, the pages, the cause and what to do', async () => {
		const environment = createTestEnvironment();
		const {text, lines} = await report(environment, {pageNames: ['test_growing_small', 'test_healthy_large'], parallel: false}, [...environment.sinks, refusing]);
		expect(lines[0]).toContain('out/test_growing_small_2025-11-03.csv; not everywhere: SHEETS: The caller does not have permission.');
		expect(text.split('\n')).toEqual(expect.arrayContaining([
			expect.stringContaining('2 of 2 done, 2 written (2 in part)'),
			'  in part  SHEETS: The caller does not have permission. Not written for test_growing_small, test_healthy_large; every other place was',
			expect.stringMatching(/^ {2}mend {5}that, then eros-tui schedule --schedule-id sched_\S+_test_growing_small_[\da-f]{4},sched_\S+_test_healthy_large_[\da-f]{4} --format sheets {3}writes them there$/),
		]));
		expect(text).not.toContain('orchestrate');
		// Told once, by these lines.
		expect(text).not.toMatch(/warning/);
	});

	it('proposes to write what is saved and was written nowhere, and to plan only what is not saved', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'analyze_creator_performance', times: 1, page: 'test_healthy_large', error: {reason: 'invalidQuery', message: 'EROS_BAD_PAGE: gone'}});
		const {text} = await report(environment, {pageNames: ['test_growing_small', 'test_healthy_large'], parallel: false}, [refusing], {formats: ['json', 'sheets'], targetFlags: ' --target embedded'});
		const ends = text.split('\n').filter(line => /^ {2}(?:write|again) /.test(line));
		expect(ends).toEqual([
			expect.stringMatching(/^ {2}write {4}eros-tui schedule --schedule-id sched_\S+_test_growing_small_[\da-f]{4} --format json --target embedded {3}writes what is saved$/),
			expect.stringMatching(/--format sheets --target embedded {3}writes what is saved$/),
			'  again    eros-tui orchestrate --pages test_healthy_large --week-start 2025-11-03',
		]);
	});

	it('tells each warning once, with the pages it is about', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: '.mass_messages`', times: 1, page: 'test_healthy_large', error: {reason: 'invalidQuery', message: 'no such table'}});
		const {text} = await report(environment, {pageNames: ['test_growing_small', 'test_healthy_large'], weekStart: '2025-11-05', parallel: false});
		const warnings = text.split('\n').filter(line => line.startsWith('  warning'));
		expect(warnings[0]).toBe('  warning  all 2 pages: start date 2025-11-05 (Wednesday) moved to Monday 2025-11-03');
		expect(warnings).toContain("  warning  test_healthy_large: the real-time monitor gave no answer; the analyzer's zone is used");
		expect(new Set(warnings).size).toBe(warnings.length);
	});

	it('tells ten warnings and where the others are', async () => {
		const environment = createTestEnvironment();
		const pageNames = Array.from({length: 14}, (_, index) => `page_${String(index + 1).padStart(2, '0')}`);
		for (const page of pageNames) {
			environment.warehouse.faults.push({sqlPart: 'select_captions', times: 1, page, error: {reason: 'invalidQuery', message: `EROS_BAD_QUOTA of ${page}`}});
		}

		const outcome = await createOrchestrator(environment).run({pageNames, weekStart});
		const result = Object.values(outcome.summary.page_results)[0]!;
		const page_results = Object.fromEntries(pageNames.map((page, index) => [page, {...result, warnings: [`warning ${index + 1}`]}]));
		const lines = (allWarnings?: string) => describeRun({...outcome, summary: {...outcome.summary, page_results}}, {columns: undefined, isAll: true, ...(allWarnings !== undefined && {allWarnings})}).split('\n').filter(line => line.includes('warning'));
		expect(lines()).toHaveLength(11);
		expect(lines().slice(9)).toEqual(['  warning  page_10: warning 10', '  warning  and 4 more; --json lists all of them']);
		expect(lines('/tmp/here/run.json').at(-1)).toBe('  warning  and 4 more; all of them: /tmp/here/run.json');
	});

	it('repeats the flags that were given in every command it proposes', async () => {
		const environment = createTestEnvironment();
		environment.warehouse.faults.push({sqlPart: 'analyze_creator_performance', times: 1, page: 'test_growing_small', error: {reason: 'invalidQuery', message: 'EROS_BAD_PAGE: gone'}});
		const {text} = await report(environment, {pageNames: ['test_growing_small', 'test_saturated_medium', 'test_healthy_large'], mode: 'safe', parallel: false}, [...environment.sinks, refusing], {flags: ' --project of-scheduler-proj --mode safe', targetFlags: ' --project of-scheduler-proj'});
		expect(text).toMatch(/eros-tui schedule --schedule-id sched_\S+_test_healthy_large_[\da-f]{4} --format sheets --project of-scheduler-proj {3}writes it there\n/);
		expect(text).toMatch(/write {4}eros-tui schedule --schedule-id sched_\S+_test_saturated_medium_[\da-f]{4} --force --project of-scheduler-proj {3}writes it all the same\n/);
		expect(text).toContain('again    eros-tui orchestrate --pages test_growing_small --week-start 2025-11-03 --project of-scheduler-proj --mode safe\n');
	});
});

describe('flags that are repeated', () => {
	const {options: specs} = commandSpecs.find(({name}) => name === 'orchestrate')!;

	it('are those that were given, with values that a shell reads as they are', () => {
		expect(repeatFlags({mode: 'safe', export: false, plain: true, project: 'of-scheduler-proj'}, specs)).toBe(' --project of-scheduler-proj --mode safe --no-export --plain');
		expect(repeatFlags({export: true}, specs)).toBe('');
		expect(repeatFlags({timezone: 'America/Los_Angeles', location: "it's; rm -rf $HOME"}, specs)).toBe(String.raw` --location 'it'\''s; rm -rf $HOME' --timezone America/Los_Angeles`);
	});

	it.each([
		['page_01', 'page_01'],
		['/tmp/week 1.csv', "'/tmp/week 1.csv'"],
		['', "''"],
		['$(id)', "'$(id)'"],
		['a\nb', "'a\nb'"],
	])('%j is typed as %s', (text, word) => {
		expect(shellWord(text)).toBe(word);
	});
});
