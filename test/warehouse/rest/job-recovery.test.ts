// What becomes of unfinished jobs, for any state a killed process can leave.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {JobRecord, SealedJob} from '../../../source/warehouse/contract.js';
import {childJobId} from '../../../source/warehouse/rest/job-records.js';
import {planRecovery} from '../../../source/warehouse/rest/job-recovery.js';

const aJob = (jobId: string, more: Partial<JobRecord> = {}): JobRecord => ({
	jobId, project: 'p', user: 'u', jobType: 'QUERY', state: 'RUNNING', createdMs: 1, startedMs: 2, processedBytes: 0, billedBytes: 0, slotMs: 0, cacheHit: false, labels: {}, referencedTables: [],
	request: {isNamed: true, starts: 1, parameters: []}, ...more,
});
const aChild = (parent: string, index: number, more: Partial<JobRecord> = {}): JobRecord => aJob(childJobId(parent, index), {parentJobId: parent, statementType: 'INSERT', ...more});
const sealed = (record: JobRecord): SealedJob => ({record: {...record, state: 'DONE', endedMs: 3, affectedRows: 1}});

describe('jobs that a killed process left', () => {
	it('are done when their outcome was committed with their effects', () => {
		const job = aJob('one');
		expect(planRecovery([job], [sealed(job)], 9)).toEqual({ended: [sealed(job).record], again: [], forgotten: []});
	});

	it('run again when nothing of them was committed', () => {
		const job = aJob('script', {statementType: 'SCRIPT'});
		const child = aChild('script', 0, {state: 'DONE', endedMs: 3});
		expect(planRecovery([job, child], [], 9)).toEqual({ended: [], again: [job], forgotten: [child.jobId]});
	});

	it('have failed when they kill every process that runs them, or when nobody can ask for them', () => {
		const poison = planRecovery([aJob('poison', {request: {isNamed: true, starts: 3, parameters: []}})], [], 9);
		expect(poison.again).toEqual([]);
		expect(poison.ended[0]?.error).toEqual({reason: 'internalError', message: 'The warehouse stopped 3 times while it ran this job. It has no effect.'});
		expect(planRecovery([aJob('unnamed', {request: {isNamed: false, starts: 1, parameters: []}})], [], 9).ended[0]?.error?.message).toBe('The warehouse stopped before this job was done. It has no effect.');
	});

	it('say which statements of a script are committed, whatever the job table says of the others', () => {
		const children = [aChild('s', 0), aChild('s', 1, {statementType: 'SELECT', state: 'DONE', endedMs: 3}), aChild('s', 2, {state: 'DONE', endedMs: 3})];
		const {ended, again} = planRecovery([aJob('s'), ...children], [sealed(children[0]!)], 9);
		expect(again).toEqual([]);
		expect(ended.find(({jobId}) => jobId === 's')?.error).toEqual({reason: 'internalError', message: 'The warehouse stopped during this script. Committed: statement 1 (INSERT). Not committed: 3 (INSERT), nor anything after it.'});
		expect(children.map(({jobId}) => ended.find(job => job.jobId === jobId)?.error?.reason)).toEqual([undefined, undefined, 'stopped']);
	});

	it('are each settled once, never run again after an effect, and keep what was sealed', () => {
		const script = fc.record({
			name: fc.integer({min: 0, max: 30}).map(n => `job${n}`), isDone: fc.boolean(), isSealed: fc.boolean(), isNamed: fc.boolean(), starts: fc.integer({min: 1, max: 4}),
			children: fc.array(fc.record({isSealed: fc.boolean(), isRecorded: fc.boolean(), isDone: fc.boolean(), type: fc.constantFrom('INSERT', 'SELECT', 'CREATE_TABLE')}), {maxLength: 5}),
		});
		fc.assert(fc.property(fc.uniqueArray(script, {maxLength: 8, selector: ({name}) => name}), scripts => {
			const jobs: JobRecord[] = [];
			const seals: SealedJob[] = [];
			for (const {name, isDone, isSealed, isNamed, starts, children} of scripts) {
				const job = aJob(name, {state: isDone ? 'DONE' : 'RUNNING', request: {isNamed, starts, parameters: []}});
				jobs.push(job);
				for (const [index, child] of children.entries()) {
					const record = aChild(name, index, {statementType: child.type, state: child.isDone || isDone ? 'DONE' : 'RUNNING'});
					if (child.isRecorded) {
						jobs.push(record);
					}

					if (child.isSealed && child.type !== 'SELECT') {
						seals.push(sealed(record));
					}
				}

				if (isSealed) {
					seals.push(sealed(job));
				}
			}

			const {ended, again, forgotten} = planRecovery(jobs, seals, 9);
			const left = jobs.filter(job => job.state !== 'DONE').map(({jobId}) => jobId);
			const settled = [...ended.map(({jobId}) => jobId), ...again.map(({jobId}) => jobId), ...forgotten];
			expect(new Set(settled).size).toBe(settled.length);
			expect(left.every(id => settled.includes(id))).toBe(true);
			expect(ended.every(({state, endedMs}) => state === 'DONE' && (endedMs !== undefined || jobs.some(job => job.state === 'DONE')))).toBe(true);
			for (const job of again) {
				expect(seals.some(({record}) => record.jobId === job.jobId || record.parentJobId === job.jobId)).toBe(false);
			}

			for (const {record} of seals) {
				const result = ended.find(({jobId}) => jobId === record.jobId);
				expect(result?.error).toBeUndefined();
			}

			// What is settled stays settled: a second look finds nothing to do.
			const after = new Map([...jobs.filter(({jobId}) => !forgotten.includes(jobId)), ...ended].map(job => [job.jobId, job]));
			const second = planRecovery([...after.values()], seals, 10);
			expect(second.again.map(({jobId}) => jobId)).toEqual(again.map(({jobId}) => jobId));
			expect(second.ended).toEqual([]);
		}));
	});
});
