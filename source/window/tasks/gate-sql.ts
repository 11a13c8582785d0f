// Gate tests #1 and #2: the analyzer and the selector on the test page in staging.
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {checksOf, listNames} from '../criteria.js';
import {testPage} from '../deploy-set.js';
import {stagingPath} from './functions.js';

const analyzerLimitMs = 10_000;
const requiredFields = ['account_size', 'saturation_status', 'saturation_score', 'avg_emv', 'recommended_volume'];

type Report = Readonly<Record<string, unknown>>;

const rangeProblems = (report: Report): readonly string[] => {
	const volume = report['recommended_volume'] as Report | undefined;
	const score = report['saturation_score'];
	const emv = report['avg_emv'];
	const rules: readonly (readonly [boolean, string])[] = [
		[['MICRO', 'SMALL', 'MEDIUM', 'LARGE', 'MEGA'].includes(String(report['account_size'])), `account_size ${String(report['account_size'])}`],
		[['GREEN', 'YELLOW', 'RED'].includes(String(report['saturation_status'])), `saturation_status ${String(report['saturation_status'])}`],
		[typeof score === 'number' && score >= 0 && score <= 1, `saturation_score ${String(score)}`],
		[typeof emv === 'number' && emv >= 0, `avg_emv ${String(emv)}`],
		[Number(volume?.['ppv']) > 0 && Number(volume?.['bump']) > 0, `recommended_volume ${JSON.stringify(volume)}`],
	];
	return rules.filter(([ok]) => !ok).map(([, problem]) => problem);
};

const parseReport = (text: string): Report | undefined => {
	try {
		const parsed: unknown = JSON.parse(text);
		return parsed !== null && typeof parsed === 'object' ? parsed as Report : undefined;
	} catch {
		return undefined;
	}
};

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
	const {check, require} = checksOf(context);
	checkLanes(context);
	const {rows, durationMs} = await context.run({
		sql: `DECLARE v_report STRING;\nCALL \`${stagingPath(context)}.analyze_creator_performance\`('${testPage}', 30, v_report);\nSELECT v_report AS performance_metrics`,
		title: `call analyze_creator_performance('${testPage}', 30)`,
	});
	const text = String(rows[0]?.['performance_metrics'] ?? '');
	const report = parseReport(text);
	check('executes', rows.length === 1, `one report of ${text.length} characters`);
	require('valid-json', report !== undefined, report === undefined ? `not JSON: ${text.slice(0, 80)}` : `${Object.keys(report).length} keys`);
	await context.writeArtifact('analyzer-report.json', `${text}\n`, 'Report of the analyzer on the test page');
	const missing = requiredFields.filter(field => report![field] === undefined);
	check('fields-present', missing.length === 0, missing.length === 0 ? listNames(requiredFields, 5) : `missing: ${listNames(missing, 5)}`);
	check('under-ten-seconds', durationMs < analyzerLimitMs, `${formatDuration(durationMs)} of 10s`);
	const problems = rangeProblems(report!);
	check('values-in-range', problems.length === 0, problems.length === 0 ? 'five of five' : problems.join(', '));
	const seen = [report!['account_size'], report!['saturation_status'], report!['recommended_ppv'], report!['recommended_bump']].map(String).join('/');
	check('fixture-values', seen === 'MEDIUM/GREEN/12/8', seen);
	return `${seen} · ${formatDuration(durationMs)} of 10s`;
};

const selectorLimitMs = 2000;
const quotas = {budget: 5, mid: 5, premium: 5, bump: 3} as const;
const calls = 5;

type SelectorRow = {readonly budget: unknown; readonly mid: unknown; readonly premium: unknown; readonly bump: unknown; readonly ids: unknown; readonly distinct_ids: unknown; readonly low: unknown; readonly high: unknown};

const readSelection = async (context: StepContext): Promise<SelectorRow | undefined> => {
	const {rows} = await context.run<SelectorRow>({
		sql: `WITH newest AS (
  SELECT budget_captions, mid_captions, premium_captions, bump_captions
  FROM \`${stagingPath(context)}.caption_selector_results\`
  WHERE page_name = '${testPage}'
  ORDER BY created_at DESC
  LIMIT 1
), picked AS (
  SELECT c.caption_id, c.thompson_score, c.final_score
  FROM newest AS n, UNNEST(ARRAY_CONCAT(n.budget_captions, n.mid_captions, n.premium_captions, n.bump_captions)) AS c
)
SELECT
  (SELECT ARRAY_LENGTH(budget_captions) FROM newest) AS budget,
  (SELECT ARRAY_LENGTH(mid_captions) FROM newest) AS mid,
  (SELECT ARRAY_LENGTH(premium_captions) FROM newest) AS premium,
  (SELECT ARRAY_LENGTH(bump_captions) FROM newest) AS bump,
  COUNT(*) AS ids,
  COUNT(DISTINCT caption_id) AS distinct_ids,
  MIN(LEAST(thompson_score, final_score)) AS low,
  MAX(GREATEST(thompson_score, final_score)) AS high
FROM picked`,
		title: 'read caption_selector_results of the test page',
	});
	return rows[0];
};

/** #2: five calls of the selector, the slowest counts; its result row read by a later job. */
export const runSelectorTest = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const durations: number[] = [];
	for (let count = 0; count < calls; count++) {
		context.progress({done: count, total: calls});
		// Measured alone.
		const {durationMs} = await context.run({sql: `CALL \`${stagingPath(context)}.select_captions_for_creator\`('${testPage}', 'High-Value/Price-Insensitive', 5, 5, 5, 3)`, title: `call select_captions_for_creator(${testPage}, 5/5/5/3)`, mutates: [context.stagingDataset]});
		durations.push(durationMs);
	}

	const slowest = Math.max(...durations);
	check('executes', true, `${calls} calls`);
	check('measured-five-times', durations.length === calls, durations.map(duration => formatDuration(duration)).join(', '));
	check('under-two-seconds', slowest < selectorLimitMs, `slowest of ${calls} ${formatDuration(slowest)} of 2s`);
	const row = await readSelection(context);
	const counts = [row?.budget, row?.mid, row?.premium, row?.bump];
	const isPopulated = row !== undefined && counts.every(count => count !== null && count !== undefined);
	check('arrays-populated', isPopulated, isPopulated ? 'four arrays' : 'a result row or an array is missing');
	const shown = counts.map(String).join('/');
	const total = Number(row?.ids);
	check('eighteen-captions', shown === Object.values(quotas).join('/') && total === 18, `${shown}, ${total} in all`);
	check('no-duplicate', total === Number(row?.distinct_ids), `${String(row?.distinct_ids)} different ids of ${total}`);
	const [low, high] = [Number(row?.low), Number(row?.high)];
	check('scores-in-range', low >= 0 && high <= 1, `${low.toFixed(3)} to ${high.toFixed(3)}`);
	return `${total} captions · ${formatDuration(slowest)} of 2s`;
};
