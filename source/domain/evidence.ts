// Whether the events of a run bear out what they claim. Each check reads the events by itself, so that a mistake in the
// reducer can't hide a mistake in a run. Pure.
import type {Authority, EventData, JournaledEvent} from './events.js';
import {formatPlanHash, type JobId, type PlanHash} from './ids.js';
import {brokenInvariants} from './run-invariants.js';
import {initialRunState, reduce} from './run-reducer.js';
import type {RunState} from './run-state.js';
import {refuseTransition} from './run-transitions.js';
import {countCriteria, describeCounts} from './verdicts.js';

export type EvidenceCheck = {
	readonly id: 'chain' | 'transitions' | 'jobs' | 'authority' | 'approvals' | 'restore point' | 'criteria' | 'plan' | 'blobs' | 'artifacts';
	/** What was checked and found, in words. */
	readonly summary: string;
	/** What is wrong, one sentence each; empty when nothing is. */
	readonly findings: readonly string[];
};

const at = ({seq, type}: JournaledEvent): string => `event ${seq} ${type}`;
const plural = (count: number, word: string): string => `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;

const checkTransitions = (events: readonly JournaledEvent[]): {readonly check: EvidenceCheck; readonly beforeEnd: RunState} => {
	const findings: string[] = [];
	let state = initialRunState;
	let beforeEnd = initialRunState;
	for (const event of events) {
		const refusal = refuseTransition(state, event);
		if (refusal !== undefined) {
			findings.push(`${at(event)} does not fit: ${refusal}`);
		}

		if (event.type === 'run.finished') {
			beforeEnd = state;
		}

		state = reduce(state, event);
	}

	findings.push(...brokenInvariants(state));
	return {check: {id: 'transitions', summary: 'every event fits the state before it', findings}, beforeEnd};
};

const checkJobs = (events: readonly JournaledEvent[]): EvidenceCheck => {
	const findings: string[] = [];
	const intended = new Map<JobId, number>();
	const submitted = new Map<JobId, number>();
	const ended = new Map<JobId, number>();
	for (const event of events) {
		switch (event.type) {
			case 'job.intended': {
				const {job} = event.data;
				if (submitted.has(job)) {
					findings.push(`${at(event)}: ${job} was intended at event ${intended.get(job) ?? 0} and accepted already`);
				}

				intended.set(job, event.seq);
				break;
			}

			case 'job.accepted': {
				const {job, adopted} = event.data;
				if (!intended.has(job)) {
					findings.push(`${at(event)}: ${job} was never intended`);
				}

				if (!adopted && submitted.has(job)) {
					findings.push(`${at(event)}: ${job} was accepted at event ${submitted.get(job) ?? 0} already`);
				}

				submitted.set(job, event.seq);
				break;
			}

			case 'job.finished': {
				const {id} = event.data.job;
				if (!submitted.has(id)) {
					findings.push(`${at(event)}: ${id} was never accepted`);
				}

				if (ended.has(id)) {
					findings.push(`${at(event)}: ${id} ended at event ${ended.get(id) ?? 0} already`);
				}

				ended.set(id, event.seq);
				break;
			}

			default: {
				break;
			}
		}
	}

	return {id: 'jobs', summary: `${plural(intended.size, 'job')}, each intended before it was accepted, no id twice`, findings};
};

/** What stands at each moment for a change of production. */
type Standing = {epoch?: number; plan?: PlanHash; proven?: string; approval?: {readonly kind: 'production' | 'rollback'; readonly planHash?: PlanHash}; readonly asked: Map<string, EventData<'question.asked'>['question']>; isSecondPersonRequired: boolean; seconded?: EventData<'approval.seconded'>};

const follow = (standing: Standing, event: JournaledEvent): void => {
	switch (event.type) {
		case 'lease.taken': {
			standing.epoch = event.data.epoch;
			break;
		}

		case 'run.started': {
			standing.isSecondPersonRequired = event.data.isSecondPersonRequired === true;
			break;
		}

		case 'lease.released':
		case 'run.resumed': {
			delete standing.epoch;
			delete standing.approval;
			delete standing.seconded;
			standing.isSecondPersonRequired ||= event.type === 'run.resumed' && event.data.isSecondPersonRequired === true;
			break;
		}

		case 'approval.seconded': {
			standing.seconded = event.data;
			break;
		}

		case 'plan.frozen': {
			standing.plan = event.data.hash;
			break;
		}

		case 'restore-point.taken': {
			if (event.data.id !== standing.proven) {
				delete standing.proven;
			}

			break;
		}

		case 'restore-point.proven': {
			standing.proven = event.data.id;
			break;
		}

		case 'question.asked': {
			standing.asked.set(event.data.question.id, event.data.question);
			break;
		}

		case 'question.answered': {
			const question = standing.asked.get(event.data.id);
			if (event.data.approves === true && (question?.kind === 'production' || question?.kind === 'rollback')) {
				standing.approval = {kind: question.kind, ...(question.kind === 'production' ? {planHash: question.detail.planHash} : {})};
			}

			break;
		}

		default: {
			break;
		}
	}
};

const authorityFinding = (standing: Standing, authority: Authority): string | undefined => {
	if (standing.epoch !== authority.leaseEpoch) {
		return `it changes production under epoch ${authority.leaseEpoch}, and ${standing.epoch === undefined ? 'no lease was held' : `epoch ${standing.epoch} was held`}`;
	}

	return standing.plan === authority.planHash ? undefined : `it carries plan ${formatPlanHash(authority.planHash)}, and ${standing.plan === undefined ? 'none' : formatPlanHash(standing.plan)} was frozen`;
};

/** What the second person of an approval lacks, where one is needed. */
const secondPersonFinding = ({asked, seconded, isSecondPersonRequired}: Standing, id: string, planHash: PlanHash): string | undefined => {
	const question = asked.get(id);
	if (!isSecondPersonRequired && (question?.kind !== 'production' || question.detail.secondPerson === undefined)) {
		return undefined;
	}

	if (seconded?.question !== id || seconded.planHash !== planHash) {
		return `approves plan ${formatPlanHash(planHash)}, which no second person had signed`;
	}

	return seconded.principal.toLowerCase() === seconded.driver.toLowerCase() ? `approves plan ${formatPlanHash(planHash)}, signed by ${seconded.principal} both times` : undefined;
};

/** Lease, plan, approval and restore point at every change of production. */
const checkProduction = (events: readonly JournaledEvent[]): readonly EvidenceCheck[] => {
	const standing: Standing = {asked: new Map(), isSecondPersonRequired: false};
	const ofAuthority: string[] = [];
	const ofApproval: string[] = [];
	const ofRestorePoint: string[] = [];
	const plans = new Set<string>();
	let changes = 0;
	let approvals = 0;
	for (const event of events) {
		follow(standing, event);
		if (event.type === 'question.answered' && event.data.approves === true) {
			approvals += 1;
			const planHash = standing.approval?.planHash;
			if (planHash !== undefined) {
				plans.add(formatPlanHash(planHash));
				const unsigned = secondPersonFinding(standing, event.data.id, planHash);
				if (unsigned !== undefined) {
					ofApproval.push(`${at(event)} ${unsigned}`);
				}

				if (planHash !== standing.plan) {
					ofApproval.push(`${at(event)} approves plan ${formatPlanHash(planHash)}, and ${standing.plan === undefined ? 'none' : formatPlanHash(standing.plan)} was frozen`);
				}
			}
		}

		if (event.type === 'production.changed' && event.data.state.kind === 'changing' && standing.proven === undefined) {
			ofRestorePoint.push(`${at(event)}: production changed before a restore point was proven`);
		}

		if (event.type !== 'job.intended' || event.data.authority === undefined) {
			continue;
		}

		changes += 1;
		const {authority, job} = event.data;
		const wrong = authorityFinding(standing, authority);
		if (wrong !== undefined) {
			ofAuthority.push(`${at(event)} ${job}: ${wrong}`);
		}

		if (standing.proven !== authority.provenRestorePoint) {
			ofRestorePoint.push(`${at(event)} ${job}: restore point ${authority.provenRestorePoint} was not proven before it`);
		}

		if (standing.approval === undefined || (standing.approval.planHash !== undefined && standing.approval.planHash !== authority.planHash)) {
			ofApproval.push(`${at(event)} ${job}: nobody had approved ${formatPlanHash(authority.planHash)}`);
		}
	}

	return [
		{id: 'authority', summary: `${plural(changes, 'change')} of production, each under its lease epoch and the frozen plan`, findings: ofAuthority},
		{id: 'approvals', summary: approvals === 0 ? 'none was needed' : `${plural(approvals, 'approval')}${plans.size === 0 ? '' : ` for plan ${[...plans].join(', ')}`}, before every change`, findings: ofApproval},
		{id: 'restore point', summary: standing.proven === undefined ? 'none was needed' : `${standing.proven} proven before the first change`, findings: ofRestorePoint},
	];
};

const checkCriteria = (events: readonly JournaledEvent[], beforeEnd: RunState): EvidenceCheck => {
	const end = events.findLast(event => event.type === 'run.finished');
	if (end?.type !== 'run.finished') {
		return {id: 'criteria', summary: 'the run is not finished, so nothing is claimed', findings: []};
	}

	const counted = countCriteria(beforeEnd);
	const kinds = Object.keys(counted) as (keyof typeof counted)[];
	const different = kinds.filter(kind => counted[kind] !== end.data.criteria[kind]);
	return {
		id: 'criteria',
		summary: `${describeCounts(counted)}, as the closing event says`,
		findings: different.map(kind => `${at(end)} says ${end.data.criteria[kind]} ${kind}; the events before it say ${counted[kind]}`),
	};
};

/** Every check that the events of a run alone can answer, in the order they are shown. */
export const examineEvents = (events: readonly JournaledEvent[]): readonly EvidenceCheck[] => {
	const {check, beforeEnd} = checkTransitions(events);
	return [check, checkJobs(events), ...checkProduction(events), checkCriteria(events, beforeEnd)];
};
