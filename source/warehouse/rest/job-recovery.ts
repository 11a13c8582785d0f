// What becomes of the jobs that a killed process left unfinished. A job whose effects are on disk was sealed in the same
// transaction, so there are three cases and no guess: it is done, it had no effect and runs again under its id, or it is a
// script of which some statements are committed, and then it has failed and says which. Pure.
import type {JobRecord, SealedJob, SqlFailure} from '../contract.js';

/** After so many starts that ended in a dead process, the job is what kills it. */
const mostStarts = 3;

const readTypes = new Set(['SELECT', 'ASSERT', 'EXPLAIN']);

export type Recovery = {
	/** Jobs that are DONE now, with their true outcome. */
	readonly ended: readonly JobRecord[];
	/** Jobs without effect, to be run again under their ids. */
	readonly again: readonly JobRecord[];
	/** Children of the former start of those jobs. */
	readonly forgotten: readonly string[];
};

const indexOf = (jobId: string): number => Number(/_(\d+)$/.exec(jobId)?.[1] ?? 0);

const named = (children: readonly JobRecord[]): string => children.map(child => `${indexOf(child.jobId) + 1} (${child.statementType ?? 'statement'})`).join(', ');

const failed = (record: JobRecord, error: SqlFailure, nowMs: number): JobRecord => ({...record, state: 'DONE', startedMs: record.startedMs ?? record.createdMs, endedMs: Math.max(nowMs, record.createdMs), error});

/** A child as it really ended. */
const settle = (child: JobRecord, sealed: ReadonlyMap<string, SealedJob>, nowMs: number): JobRecord => {
	const kept = sealed.get(child.jobId);
	if (kept !== undefined) {
		return kept.record;
	}

	const isKnown = child.state === 'DONE' && (child.error !== undefined || readTypes.has(child.statementType ?? ''));
	return isKnown ? child : failed(child, {reason: 'stopped', message: 'The warehouse stopped before this statement was committed; it has no effect.'}, nowMs);
};

/**
 * Sorts out what an earlier process left.
 * @param jobs - the whole job table.
 * @param sealedJobs - outcomes kept with their effects, in the order of the commits.
 * @param nowMs - UTC epoch milliseconds of the warehouse's clock.
 */
export const planRecovery = (jobs: readonly JobRecord[], sealedJobs: readonly SealedJob[], nowMs: number): Recovery => {
	const sealed = new Map(sealedJobs.map(job => [job.record.jobId, job]));
	const known = new Map(jobs.map(job => [job.jobId, job]));
	const childrenOf = (parent: string): readonly JobRecord[] => {
		const all = new Map([...jobs, ...[...sealed.values()].map(({record}) => record)].filter(({parentJobId}) => parentJobId === parent).map(child => [child.jobId, known.get(child.jobId) ?? child]));
		return [...all.values()].toSorted((a, b) => indexOf(a.jobId) - indexOf(b.jobId));
	};

	const ended: JobRecord[] = [];
	const again: JobRecord[] = [];
	const forgotten: string[] = [];
	for (const job of jobs) {
		if (job.state === 'DONE' || job.parentJobId !== undefined) {
			continue;
		}

		const before = childrenOf(job.jobId);
		const children = before.map(child => settle(child, sealed, nowMs));
		const outcome = sealed.get(job.jobId);
		if (outcome !== undefined) {
			ended.push(...children, outcome.record);
			continue;
		}

		const committed = children.filter(child => sealed.has(child.jobId));
		if (committed.length > 0) {
			const open = children.filter(child => !sealed.has(child.jobId) && child.error?.reason === 'stopped');
			const message = `The warehouse stopped during this script. Committed: statement ${named(committed)}. ${open.length === 0 ? 'Nothing after it was committed.' : `Not committed: ${named(open)}, nor anything after it.`}`;
			ended.push(...children, failed(job, {reason: 'internalError', message}, nowMs));
		} else if (job.request?.isNamed === true && job.request.starts < mostStarts) {
			again.push(job);
			forgotten.push(...before.map(child => child.jobId));
		} else {
			const why = job.request?.isNamed === true ? `The warehouse stopped ${mostStarts} times while it ran this job.` : 'The warehouse stopped before this job was done.';
			ended.push(...children, failed(job, {reason: 'internalError', message: `${why} It has no effect.`}, nowMs));
		}
	}

	// A child that its parent left behind unfinished, as far as it is not settled above.
	const settled = new Set([...ended.map(job => job.jobId), ...forgotten]);
	ended.push(...jobs.filter(job => job.state !== 'DONE' && job.parentJobId !== undefined && !settled.has(job.jobId)).map(child => settle(child, sealed, nowMs)));
	return {ended, again, forgotten};
};
