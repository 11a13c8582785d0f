// An acceptance criterion and what is known of it. Only auto, attested and n/a count as done;
// a criterion that nothing has looked at stays visibly unchecked.
import type {CriterionId} from './ids.js';

export type Criterion = {
	readonly id: CriterionId;
	/** The criterion in words, present tense: "Both UDFs exist". */
	readonly text: string;
	/** True when the deployment plan document itself asks for it; false for criteria that we added. */
	readonly isFromSeed: boolean;
};

export type Verdict =
	| {readonly kind: 'unchecked'}
	| {readonly kind: 'auto'; readonly evidence: string}
	| {readonly kind: 'attested'; readonly by: string; readonly note: string}
	| {readonly kind: 'n/a'; readonly reason: string}
	| {readonly kind: 'failed'; readonly reason: string}
	| {readonly kind: 'no-data'; readonly reason: string};

export type VerdictKind = Verdict['kind'];

export type CriterionCounts = {readonly [Kind in VerdictKind]: number};

/** True when the verdict closes the criterion. */
export const isDecidedWell = (verdict: Verdict): boolean =>
	verdict.kind === 'auto' || verdict.kind === 'attested' || verdict.kind === 'n/a';

/** Counts verdicts by kind; every kind is present, zero included. */
export const countVerdicts = (verdicts: Iterable<Verdict>): CriterionCounts => {
	const counts = {unchecked: 0, auto: 0, attested: 0, 'n/a': 0, failed: 0, 'no-data': 0};
	for (const verdict of verdicts) {
		counts[verdict.kind] += 1;
	}

	return counts;
};
