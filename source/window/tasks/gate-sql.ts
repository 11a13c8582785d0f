// Gate tests #1 and #2: the analyzer and the selector on the test page in staging.
import {StepFailure, type StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {checksOf} from '../criteria.js';
import {testPage} from '../deploy-set.js';
import {runSmokeFile, runSqlFile, type Smoke} from '../smoke.js';

const analyzerLimitMs = 10_000;

const laneTasks = {a: ['2A.0', '2A.1', '2A.2', '2A.3', '2A.4', '2A.5'], b: ['2B.1', '2B.2', '2B.3', '2B.4', '2B.5']} as const;

const checkLanes = (context: StepContext): void => {
	const {check} = checksOf(context);
	for (const lane of ['a', 'b'] as const) {
		const open = laneTasks[lane].filter(id => [...context.state().steps.values()].every(({task, state}) => String(task.id) !== id || (state.kind !== 'passed' && state.kind !== 'skipped')));
		check(`lane-${lane}-complete`, open.length === 0, open.length === 0 ? `${laneTasks[lane].length} of ${laneTasks[lane].length} tasks` : `open: ${open.join(', ')}`);
	}
};

/** #1: the analyzer's report, its fields and ranges, within ten seconds on the server. */
export const runAnalyzerTest = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	checkLanes(context);
	const smoke = await runSmokeFile(context, {file: 'sql/smoke/1-analyzer.sql', dataset: context.stagingDataset, title: `call analyze_creator_performance('${testPage}', 30)`});
	const text = smoke.evidenceOf('report');
	check('executes', smoke.checks.get('report')?.passed === true, `one report of ${text.length} characters`);
	await context.writeArtifact('analyzer-report.json', `${text}\n`, 'Report of the analyzer on the test page');
	if (!smoke.judge(checks, 'valid-json', ['valid JSON'])) {
		throw new StepFailure({message: `The report is not JSON: ${text.slice(0, 80)}`, reason: 'criterion', class: 'permanent'});
	}

	smoke.judge(checks, 'fields-present', ['required keys']);
	check('under-ten-seconds', smoke.durationMs < analyzerLimitMs, `${formatDuration(smoke.durationMs)} of 10s`);
	smoke.judge(checks, 'values-in-range', ['account size', 'saturation status', 'ranges']);
	smoke.judge(checks, 'fixture-values', ['fixture']);
	return `${smoke.evidenceOf('fixture')} · ${formatDuration(smoke.durationMs)} of 10s`;
};

const selectorLimitMs = 2000;
const calls = 5;
const file = 'sql/smoke/2-selector.sql';

/**
 * #2: five calls of the selector, the slowest counts; its result row read by a later job. Before them captions are reserved and a
 * category is forbidden, which it has to leave alone. A failed test leaves them: staging goes no further, and a repetition begins anew.
 */
export const runSelectorTest = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	const durations: number[] = [];
	let smoke: Smoke | undefined;
	await runSqlFile(context, {file: 'sql/smoke/2-selector-guards.sql', dataset: context.stagingDataset, title: 'reserve and forbid captions of the test page', isMutation: true, isPreparation: true});
	for (let count = 0; count < calls; count++) {
		context.progress({done: count, total: calls});
		// Measured alone.
		smoke = await runSmokeFile(context, {file, dataset: context.stagingDataset, title: `call select_captions_for_creator(${testPage}, 5/5/5/3)`, isMutation: true});
		durations.push(smoke.durationMs);
	}

	const slowest = Math.max(...durations);
	check('executes', true, `${calls} calls`);
	check('measured-five-times', durations.length === calls, durations.map(duration => formatDuration(duration)).join(', '));
	check('under-two-seconds', slowest < selectorLimitMs, `slowest of ${calls} ${formatDuration(slowest)} of 2s`);
	smoke!.judge(checks, 'arrays-populated', ['one result row', 'no array NULL']);
	smoke!.judge(checks, 'eighteen-captions', ['quotas', 'none locked or restricted']);
	smoke!.judge(checks, 'no-duplicate', ['no caption twice']);
	smoke!.judge(checks, 'scores-in-range', ['scores in [0, 1]']);
	await runSqlFile(context, {file: 'sql/smoke/2-selector-clean-up.sql', dataset: context.stagingDataset, title: 'give reserved captions of the test page back', isMutation: true, isPreparation: true});
	return `${smoke!.evidenceOf('quotas')} captions · ${formatDuration(slowest)} of 2s`;
};
