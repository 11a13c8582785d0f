// From the verdicts of a task's criteria to the verdict on the task, and the totals of a run.
import {countVerdicts, type Criterion, type CriterionCounts, type Verdict} from './criterion.js';
import type {CriterionId} from './ids.js';
import type {RunState} from './run-state.js';

export type Shortfall = {readonly criterion: Criterion; readonly kind: 'failed' | 'no-data'; readonly reason: string};

/** Criteria that keep a task from passing. `unchecked` is not among them: it stays visible and is counted. */
export const shortfallsOf = (criteria: readonly Criterion[], verdicts: ReadonlyMap<CriterionId, Verdict>): readonly Shortfall[] =>
	criteria.flatMap(criterion => {
		const verdict = verdicts.get(criterion.id);
		return verdict?.kind === 'failed' || verdict?.kind === 'no-data' ? [{criterion, kind: verdict.kind, reason: verdict.reason}] : [];
	});

/** Counts the criteria of all tasks of a run by verdict. */
export const countCriteria = (state: RunState): CriterionCounts => countVerdicts([...state.steps.values()].flatMap(step => [...step.verdicts.values()]));

/** `174 criteria: 151 auto, 12 attested, 11 n/a, 0 failed, 0 unchecked`; no-data is named only when there is some. */
export const describeCounts = (counts: CriterionCounts): string => {
	const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
	const noData = counts['no-data'] === 0 ? '' : `, ${counts['no-data']} no data`;
	return `${total} criteria: ${counts.auto} auto, ${counts.attested} attested, ${counts['n/a']} n/a, ${counts.failed} failed${noData}, ${counts.unchecked} unchecked`;
};
