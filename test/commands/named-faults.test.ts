// The drill list of the product: complete, true to the switchboard, and honest about what it does not do.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import type {Invocation} from '../../source/commands/command.js';
import {run} from '../../source/commands/rehearse.js';
import {faultCatalogue} from '../../source/commands/fault-catalogue.js';
import {aimFault, describeFaults, namedFaults} from '../../source/commands/named-faults.js';
import {insertBody} from '../../source/cloud/bigquery/job.js';
import {jobId} from '../../source/domain/ids.js';
import {UsageError} from '../../source/domain/usage-error.js';
import {faultInput} from '../../source/warehouse/faults.js';

const root = path.resolve(import.meta.dirname, '../..');
const entries = Object.entries(faultCatalogue);

describe('the drill list', () => {
	it('has the 51 faults of the specification, by group', () => {
		const count = (group: string): number => entries.filter(([, entry]) => entry.group === group).length;
		expect(['process', 'clock', 'network', 'data', 'logic', 'monitor', 'human'].map(group => count(group))).toEqual([9, 4, 11, 9, 7, 7, 4]);
	});

	it.each(entries)('%s is something that the switchboard takes, or names what does it', (_name, entry) => {
		if ('inject' in entry) {
			for (const fault of entry.inject) {
				expect(faultInput.safeParse(fault).error).toBeUndefined();
			}

			return;
		}

		const file = /^npm test -- (\S+)$/.exec(entry.command ?? '')?.[1];
		expect(file === undefined || existsSync(path.join(root, file))).toBe(true);
	});
});

describe('--faults', () => {
	it('takes names, and all for what a rehearsal gets over', () => {
		expect(namedFaults(undefined)).toEqual([]);
		expect(namedFaults('lost-answer, lost-page').map(fault => fault['name'])).toEqual(['lost-answer', 'lost-page']);
		const all = namedFaults('all').map(fault => fault['name']);
		expect(all).toContain('lost-answer');
		expect(all).not.toContain('expired-credentials');
	});

	it('prints the list where it is asked for', async () => {
		let printed = '';
		const stdout = {write: (text: string) => {
			printed += text;
		}};
		expect(await run({options: {faults: 'help'}, io: {stdout}} as unknown as Invocation)).toBe(0);
		expect(printed).toBe(`${describeFaults()}\n`);
	});

	it.each(['nonsense', '', 'constructor'])('answers %j with the whole list', name => {
		expect(() => namedFaults(name)).toThrow(UsageError);
		expect(() => namedFaults(name)).toThrow(describeFaults());
	});

	it('says what does a fault that it can not do', () => {
		expect(() => namedFaults('kill-supervisor')).toThrow('npm run test:chaos');
		expect(() => namedFaults('webhook-down')).toThrow('npm test -- test/notify/notifier.test.ts');
		expect(() => namedFaults('own-second-person')).toThrow('npm test -- test/engine/second-person.test.ts');
	});

	it('aims at the jobs of a step by their ids', () => {
		const body = (task: string, query: string): string => JSON.stringify(insertBody('p', 'US', {id: jobId(`eros_7f3a91c2_12_${task}_s3_9f2c5e01ab37_a1`), sql: query, maximumBytesBilled: 1, timeoutMs: 1, labels: {}, mutates: []}));
		const hits = (name: string, task: string, query = 'SELECT 1'): boolean => namedFaults(name).some(fault => new RegExp(String(fault['text'])).test(body(task, query)));
		expect([hits('conflict', '2A3'), hits('conflict', '2A2'), hits('conflict', '52')]).toEqual([true, false, false]);
		expect([hits('missing-table', '2A0'), hits('missing-table', '51')]).toEqual([true, true]);
		expect([hits('health-query-fails', '52', 'CALL d.measure_health(x)'), hits('health-query-fails', '52'), hits('health-query-fails', '2A3', 'CREATE PROCEDURE d.measure_health')]).toEqual([true, false, false]);
	});

	it('is aimed at the datasets of the run', () => {
		expect(namedFaults('null-result').map(fault => String(aimFault(fault, {project: 'p', dataset: 'd', stagingDataset: 's'})['sql']).slice(0, 51))).toEqual(['CREATE OR REPLACE FUNCTION `p.s.wilson_score_bounds']);
	});

	it('is aimed at the production dataset', () => {
		expect(namedFaults('missing-table').map(fault => aimFault(fault, {project: 'p', dataset: 'd', stagingDataset: 's'})['sql'])).toEqual(['DROP TABLE `p.d.caption_bank`']);
	});
});
