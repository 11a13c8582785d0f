// What Google's own client sends, request kind by request kind, against a real server.
import {BigQuery} from '@google-cloud/bigquery';
import {OAuth2Client} from 'google-auth-library';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {startLoopback, testProject, type Loopback} from '../../cloud/loopback.js';

let loopback: Loopback;
let client: BigQuery;

beforeAll(async () => {
	loopback = await startLoopback();
	const authClient = new OAuth2Client();
	authClient.setCredentials({access_token: loopback.instance.token});
	client = new BigQuery({projectId: testProject, apiEndpoint: loopback.instance.endpoint, authClient, autoRetry: false} as ConstructorParameters<typeof BigQuery>[0]);
});
afterAll(async () => {
	await loopback.close();
});

const raw = async (path: string, init: RequestInit = {}, token = loopback.instance.token): Promise<Response> =>
	fetch(`${loopback.instance.endpoint}${path}`, {...init, headers: {authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined)}});

describe('queries', () => {
	it('answers query() with typed values', async () => {
		const [rows] = await client.query({query: 'SELECT @n AS n, @t AS t', params: {n: 5, t: 'x'}}) as unknown as [unknown[]];
		expect(rows).toEqual([{n: 5, t: 'x'}]);
	});

	it('answers createQueryJob() and pages its rows', async () => {
		const [job] = await client.createQueryJob({query: 'SELECT n FROM UNNEST(GENERATE_ARRAY(1, 250)) AS n ORDER BY n', jobId: 'client_chosen', labels: {purpose: 'paging'}});
		const [rows, next] = await job.getQueryResults({maxResults: 100, autoPaginate: false}) as unknown as [unknown[], {pageToken: string} | null];
		expect(rows).toHaveLength(100);
		expect(next?.pageToken).toBeTruthy();
		const [second] = await job.getQueryResults({maxResults: 100, autoPaginate: false, pageToken: next?.pageToken ?? ''}) as unknown as [ReadonlyArray<{n: number}>];
		expect(second[0]).toEqual({n: 101});
		const [all] = await job.getQueryResults() as unknown as [unknown[]];
		expect(all).toHaveLength(250);
		await expect(client.createQueryJob({query: 'SELECT 1', jobId: 'client_chosen'})).rejects.toMatchObject({code: 409, errors: [{reason: 'duplicate', message: `Already Exists: Job ${testProject}:US.client_chosen`}]});
		const [metadata] = await job.getMetadata() as unknown as [{configuration: {labels: unknown}}];
		expect(metadata.configuration.labels).toEqual({purpose: 'paging'});
	});

	it('sends timestamps as integer microseconds when asked, as seconds otherwise, as text in ISO format', async () => {
		const cellOf = async (formatOptions: unknown): Promise<unknown> => {
			const body = JSON.stringify({
				query: 'SELECT @at AS instant', useLegacySql: false, parameterMode: 'NAMED', formatOptions,
				queryParameters: [{name: 'at', parameterType: {type: 'TIMESTAMP'}, parameterValue: {value: '2025-10-31 12:00:00.25+00:00'}}],
			});
			const answer = await (await raw(`/bigquery/v2/projects/${testProject}/queries`, {method: 'POST', body})).json() as {rows: ReadonlyArray<{f: ReadonlyArray<{v: unknown}>}>};
			return answer.rows[0]?.f[0]?.v;
		};

		expect(await cellOf({useInt64Timestamp: true})).toBe('1761912000250000');
		expect(await cellOf(undefined)).toBe('1761912000.250000');
		expect(await cellOf({timestampOutputFormat: 'ISO8601_STRING'})).toBe('2025-10-31T12:00:00.250000Z');
	});

	it('shows every query that was answered in INFORMATION_SCHEMA.JOBS, also through a view and a table function', async () => {
		await client.createDataset('history');
		await client.query('CREATE VIEW history.jobs AS SELECT job_id, query FROM `region-us`.INFORMATION_SCHEMA.JOBS');
		await client.query('CREATE TABLE FUNCTION history.jobs_like(part STRING) AS SELECT job_id FROM history.jobs WHERE STRPOS(query, part) > 0');
		const count = async (source: string): Promise<number> => ((await client.query(`SELECT COUNT(*) AS n FROM ${source}`)) as unknown as [[{n: number}]])[0][0].n;
		for (let round = 1; round <= 10; round += 1) {
			await Promise.all([1, 2, 3].map(async n => client.query(`SELECT ${n} AS seen_by_a_view`)));
			expect(await count("history.jobs WHERE STARTS_WITH(query, 'SELECT') AND ENDS_WITH(query, 'seen_by_a_view')")).toBe(6 * round - 3);
			await Promise.all([1, 2, 3].map(async n => client.query(`SELECT ${n} AS seen_by_a_view`)));
			expect(await count("history.jobs_like('AS seen_by_a_' || 'view')")).toBe(6 * round);
			await client.query('CREATE OR REPLACE TABLE history.kept AS SELECT query FROM history.jobs');
			expect(await count("history.kept WHERE query LIKE 'SELECT _ AS seen_by_a_%'")).toBe(6 * round);
		}
	});

	it('answers below the base path and without it', async () => {
		for (const base of ['/bigquery/v2', '']) {
			const answer = await raw(`${base}/projects/${testProject}/queries`, {method: 'POST', body: JSON.stringify({query: 'SELECT 1 AS n', useLegacySql: false})});
			expect(await answer.json()).toMatchObject({jobComplete: true, totalRows: '1', rows: [{f: [{v: '1'}]}]});
		}
	});

	it('refuses legacy SQL, which BigQuery takes a request without the flag for', async () => {
		const answer = await raw(`/projects/${testProject}/queries`, {method: 'POST', body: JSON.stringify({query: 'SELECT 1'})});
		expect(answer.status).toBe(400);
		expect(await answer.json()).toMatchObject({error: {code: 400, status: 'INVALID_ARGUMENT', errors: [{reason: 'invalid', location: 'useLegacySql'}]}});
	});

	it('lets in only who knows the token', async () => {
		const answer = await raw(`/projects/${testProject}/datasets`, {}, 'guessed');
		expect(answer.status).toBe(401);
		expect(await answer.json()).toMatchObject({error: {code: 401, status: 'UNAUTHENTICATED'}});
		expect((await raw('/$discovery/rest?version=v2', {}, '')).status).toBe(200);
	});

	it('lists jobs by state and page', async () => {
		const list = async (query: string): Promise<{jobs: ReadonlyArray<{jobReference: {jobId: string}; state: string}>; nextPageToken?: string}> => (await raw(`/projects/${testProject}/jobs?${query}`)).json() as never;
		const first = await list('maxResults=1');
		expect(first.jobs).toHaveLength(1);
		const second = await list(`maxResults=1&pageToken=${first.nextPageToken ?? ''}`);
		expect(second.jobs[0]?.jobReference.jobId).not.toBe(first.jobs[0]?.jobReference.jobId);
		expect((await list('stateFilter=pending&stateFilter=running')).jobs).toEqual([]);
		expect((await raw(`/projects/${testProject}/jobs?stateFilter=odd`)).status).toBe(400);
	});
});

describe('datasets and tables', () => {
	it('does what dataset and table objects ask for', async () => {
		const dataset = client.dataset('things');
		expect((await dataset.exists())[0]).toBe(false);
		await client.createDataset('things', {labels: {team: 'eros'}});
		expect((await dataset.exists())[0]).toBe(true);
		const [created] = await dataset.getMetadata() as unknown as [{etag: string; labels: unknown}];
		expect(created.labels).toEqual({team: 'eros'});
		await dataset.setMetadata({etag: created.etag, labels: {team: 'two'}});
		await expect(dataset.setMetadata({etag: created.etag, labels: {team: 'three'}})).rejects.toMatchObject({code: 412});

		const [table] = await dataset.createTable('people', {schema: [{name: 'id', type: 'INTEGER', mode: 'REQUIRED'}, {name: 'name', type: 'STRING'}]});
		await table.insert([{id: 1, name: 'a'}, {id: 2, name: 'b'}]);
		const [rows] = await table.getRows() as unknown as [unknown[]];
		expect(rows).toEqual([{id: 1, name: 'a'}, {id: 2, name: 'b'}]);
		await expect(table.insert([{id: 3, colour: 'red'}])).rejects.toMatchObject({name: 'PartialFailureError'});
		const [tableMetadata] = await table.getMetadata() as unknown as [{etag: string; numRows: string}];
		expect(tableMetadata.numRows).toBe('2');
		await table.setMetadata({etag: tableMetadata.etag, labels: {kept: 'yes'}} as never);
		await expect(table.setMetadata({etag: tableMetadata.etag, labels: {kept: 'no'}} as never)).rejects.toMatchObject({code: 412});

		await table.copy(dataset.table('people_copy'));
		expect(((await dataset.getTables())[0]).map(({id}) => id).toSorted()).toEqual(['people', 'people_copy']);
		expect((await dataset.table('people_copy').getRows())[0]).toHaveLength(2);
		await dataset.table('people_copy').delete();
		expect((await dataset.table('people_copy').exists())[0]).toBe(false);
		expect((await dataset.getRoutines())[0]).toEqual([]);
		await dataset.delete({force: true});
		expect((await dataset.exists())[0]).toBe(false);
	});

	it('says what is not there', async () => {
		await expect(client.dataset('nowhere').getMetadata()).rejects.toMatchObject({code: 404, errors: [{reason: 'notFound', message: `Not found: Dataset ${testProject}:nowhere`}]});
		expect((await raw('/projects/other-project/datasets')).status).toBe(404);
		expect((await raw(`/projects/${testProject}/datasets`, {method: 'PUT', body: '{}'})).status).toBe(405);
		expect((await raw(`/projects/${testProject}/queries`, {method: 'POST', body: '{'})).status).toBe(400);
	});
});

describe('the clock', () => {
	it('refuses to go back by advancing', async () => {
		const post = async (body: unknown): Promise<Response> => raw('/_eros/clock', {method: 'POST', body: JSON.stringify(body)});
		expect((await post({set: '2025-10-31T00:00:00Z'})).status).toBe(200);
		expect((await post({advanceTo: '2025-10-30T00:00:00Z'})).status).toBe(400);
		expect(await (await post({advanceMs: 3_600_000})).json()).toMatchObject({isDriven: true, runs: []});
		const {nowMs} = await (await raw('/_eros/clock')).json() as {nowMs: number};
		expect(nowMs).toBeGreaterThanOrEqual(Date.parse('2025-10-31T01:00:00Z'));
		const {rows} = await loopback.connection.warehouse.query('SELECT 1 AS n');
		expect(rows).toEqual([{n: 1}]);
	});
});
