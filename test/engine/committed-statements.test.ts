import {describe, expect, it} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import {committedStatements} from '../../source/engine/committed-statements.js';
import type {JobStatus} from '../../source/ports/warehouse.js';

const child = (createdMs: number, statementType: string, change: Partial<JobStatus> = {}): JobStatus => ({id: jobId(`c${createdMs}`), state: 'DONE', createdMs, billedBytes: 0, processedBytes: 0, childJobs: 0, statementType, ...change});

describe('what stays of a script that stopped half-way', () => {
	it('is every change that was done, in the order it ran; reads and what failed or still runs are not', () => {
		expect(committedStatements([child(3, 'MERGE'), child(1, 'SELECT'), child(2, 'INSERT'), child(4, 'UPDATE', {error: {reason: 'stopped', message: ''}}), child(5, 'DELETE', {state: 'RUNNING'})])).toEqual(['INSERT', 'MERGE']);
	});

	it('is nothing of a transaction that was not committed', () => {
		const open = [child(1, 'BEGIN_TRANSACTION'), child(2, 'INSERT'), child(3, 'UPDATE')];
		expect(committedStatements(open)).toEqual([]);
		expect(committedStatements([...open, child(4, 'ROLLBACK_TRANSACTION'), child(5, 'INSERT')])).toEqual(['INSERT']);
		expect(committedStatements([...open, child(4, 'COMMIT_TRANSACTION')])).toEqual(['INSERT', 'UPDATE']);
	});
});
