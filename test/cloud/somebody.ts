// Somebody else at work in the same warehouse.
import {expect} from 'vitest';
import {jobId} from '../../source/domain/ids.js';
import type {Loopback} from './loopback.js';

let statements = 0;

/** Runs a statement as somebody else would, past the guard. Fails the test when it fails. */
export const runAsSomebody = async ({connection}: Loopback, sql: string): Promise<void> => {
	const {warehouse} = connection.embedded!.seed;
	statements += 1;
	const id = jobId(`somebody_${statements}`);
	await warehouse.submit({id, sql, maximumBytesBilled: 1e10, timeoutMs: 60_000, labels: {}, mutates: []});
	expect((await warehouse.waitForJob(id)).error).toBeUndefined();
};
