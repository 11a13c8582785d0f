import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {connect} from '../../source/cloud/connect.js';
import {createSystemClock} from '../../source/host/system-clock.js';
import {production, startLoopback, testProject, type Loopback} from './loopback.js';

let loopback: Loopback;

beforeAll(async () => {
	loopback = await startLoopback();
});
afterAll(async () => {
	await loopback.close();
});

const metrics = [
	{name: 'eros_high_cost', description: 'Queries above 10 GB', filter: 'resource.type="bigquery_project"'},
	{name: 'eros_procedure_failures', description: 'Failed procedures', filter: 'severity=ERROR'},
];
const policies = [{name: 'EROS: high cost', metric: 'eros_high_cost', thresholdPerHour: 5, documentation: 'See the runbook.'}];

describe('alerting', () => {
	it('creates what is missing and changes what moved, and a second run changes nothing', async () => {
		const {alerting} = loopback.connection;
		const first = await alerting.upsert(metrics, policies, ['oncall@example.com']);
		expect(first).toEqual({metrics, policies, channels: ['oncall@example.com']});
		expect(await alerting.upsert(metrics, policies, ['oncall@example.com'])).toEqual(first);
		const changed = await alerting.upsert([{...metrics[0]!, filter: 'other'}], [{...policies[0]!, thresholdPerHour: 9}], ['oncall@example.com']);
		expect(changed.metrics).toEqual([{...metrics[0]!, filter: 'other'}, metrics[1]]);
		expect(changed.policies).toEqual([{...policies[0]!, thresholdPerHour: 9}]);
		expect(await alerting.read()).toEqual(changed);
	});
});

describe('identity', () => {
	it('is this machine for the embedded warehouse', async () => {
		expect(await loopback.connection.identity.whoAmI()).toEqual({principal: 'operator@local', kind: 'local'});
	});

	it('says what to do when BigQuery has no credentials, without asking the network', async () => {
		const home = await mkdtemp(path.join(tmpdir(), 'eros-identity-'));
		const target = {kind: 'bigquery', project: testProject, dataset: production, location: 'US', clock: createSystemClock()} as const;
		await expect(connect({...target, env: {HOME: home}})).rejects.toMatchObject({kind: 'unauthenticated', message: 'There are no Google credentials on this machine. Run gcloud auth application-default login, then start again.'});
		const missing = path.join(home, 'missing.json');
		await expect(connect({...target, env: {HOME: home, GOOGLE_APPLICATION_CREDENTIALS: missing}})).rejects.toMatchObject({kind: 'unauthenticated', message: expect.stringContaining(missing) as string});
		const broken = path.join(home, 'broken.json');
		await writeFile(broken, '{');
		await expect(connect({...target, env: {HOME: home, GOOGLE_APPLICATION_CREDENTIALS: broken}})).rejects.toMatchObject({kind: 'unauthenticated'});
		await rm(home, {recursive: true});
	});
});
