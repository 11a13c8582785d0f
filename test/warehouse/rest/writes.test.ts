// What writes besides plain statements, as Google's own client asks for it: destination tables, copy jobs by operation, routines,
// deleted jobs, repeated requests, and the end of an idle process.
import {randomUUID} from 'node:crypto';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {BigQuery} from '@google-cloud/bigquery';
import {OAuth2Client} from 'google-auth-library';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {adminRequest} from '../../../source/cloud/embedded.js';
import {openDatabase} from '../../../source/warehouse/database.js';
import {startInstance} from '../../../source/warehouse/instance.js';
import {startLoopback, testProject, type Loopback} from '../../cloud/loopback.js';

let loopback: Loopback;
let client: BigQuery;

const clientOf = (endpoint: string, token: string): BigQuery => {
	const authClient = new OAuth2Client();
	authClient.setCredentials({access_token: token});
	return new BigQuery({projectId: testProject, apiEndpoint: endpoint, authClient, autoRetry: false} as ConstructorParameters<typeof BigQuery>[0]);
};

beforeAll(async () => {
	loopback = await startLoopback();
	client = clientOf(loopback.instance.endpoint, loopback.instance.token);
	await client.createDataset('w');
	await client.query('CREATE TABLE w.people (id INT64, name STRING)');
	await client.query("INSERT INTO w.people (id, name) VALUES (1, 'a'), (2, 'b')");
});
afterAll(async () => {
	await loopback.close();
});

const raw = async (route: string, init: RequestInit = {}): Promise<Response> =>
	fetch(`${loopback.instance.endpoint}${route}`, {...init, headers: {authorization: `Bearer ${loopback.instance.token}`, 'content-type': 'application/json', ...(init.headers as Record<string, string> | undefined)}});

const rowsOf = async (sql: string): Promise<unknown> => ((await client.query(sql)) as unknown as [unknown])[0];

describe('default values of columns', () => {
	it('are made and shown by the schema, and fill what insertAll and a destination table leave out', async () => {
		await client.dataset('w').createTable('defaults', {schema: {fields: [{name: 'Id', type: 'INTEGER'}, {name: 'state', type: 'STRING', defaultValueExpression: "'new'"}, {name: 'who', type: 'STRING', defaultValueExpression: 'SESSION_USER()'}]}} as never);
		const table = client.dataset('w').table('defaults');
		const [{schema}] = (await table.getMetadata()) as unknown as [{schema: {fields: unknown}}];
		expect(schema.fields).toEqual([
			{name: 'Id', type: 'INTEGER', mode: 'NULLABLE'},
			{name: 'state', type: 'STRING', mode: 'NULLABLE', defaultValueExpression: "'new'"},
			{name: 'who', type: 'STRING', mode: 'NULLABLE', defaultValueExpression: 'SESSION_USER()'},
		]);
		await table.insert([{id: 1}, {Id: 2, state: null, who: 'me'}]);
		const [job] = await client.createQueryJob({query: 'SELECT 3 AS id', destination: table, writeDisposition: 'WRITE_APPEND'} as never);
		await job.getQueryResults();
		const [{who}] = (await rowsOf('SELECT SESSION_USER() AS who')) as [{who: string}];
		expect(await rowsOf('SELECT Id, state, who FROM w.defaults ORDER BY Id')).toEqual([{Id: 1, state: 'new', who}, {Id: 2, state: null, who: 'me'}, {Id: 3, state: 'new', who}]);
		await client.query('CREATE TABLE w.ids AS SELECT 4 AS Id');
		await expect(client.dataset('w').table('ids').copy(table, {writeDisposition: 'WRITE_APPEND'})).rejects.toMatchObject({message: expect.stringContaining('the source has no column state, which has a default value') as string});
		await expect(client.dataset('w').createTable('wrong', {schema: {fields: [{name: 'x', type: 'INTEGER', defaultValueExpression: "'x'"}]}} as never)).rejects.toMatchObject({code: 400});
	});
});

describe('a destination table', () => {
	const write = async (query: string, writeDisposition?: string): Promise<unknown> => {
		const [job] = await client.createQueryJob({query, destination: client.dataset('w').table('made'), ...(writeDisposition === undefined ? {} : {writeDisposition})} as never);
		return ((await job.getQueryResults()) as unknown as [unknown])[0];
	};

	it('is made, refused when it holds rows, appended to, and replaced', async () => {
		expect(await write('SELECT id, name FROM w.people WHERE id = 1')).toEqual([{id: 1, name: 'a'}]);
		await expect(write('SELECT 9 AS id, "z" AS name')).rejects.toMatchObject({message: expect.stringContaining(`Already Exists: Table ${testProject}:w.made`) as string});
		expect(await write('SELECT 2 AS id, "b" AS name', 'WRITE_APPEND')).toEqual([{id: 2, name: 'b'}]);
		expect(await rowsOf('SELECT id, name FROM w.made ORDER BY id')).toEqual([{id: 1, name: 'a'}, {id: 2, name: 'b'}]);
		await expect(write('SELECT 3 AS id, 4 AS name', 'WRITE_APPEND')).rejects.toMatchObject({message: expect.stringContaining('Field name has changed type') as string});
		await expect(write('SELECT 3 AS other', 'WRITE_APPEND')).rejects.toMatchObject({message: expect.stringContaining('Cannot add fields (field: other)') as string});
		await write('SELECT TRUE AS only', 'WRITE_TRUNCATE');
		expect(await rowsOf('SELECT * FROM w.made')).toEqual([{only: true}]);
	});

	it('is not for scripts and not for changes', async () => {
		await expect(write('SELECT 1 AS n; SELECT 2 AS n')).rejects.toMatchObject({message: expect.stringContaining('destinationTable cannot be set for scripts') as string});
		await expect(write('DELETE FROM w.people WHERE FALSE')).rejects.toMatchObject({message: expect.stringContaining('Cannot set destination table in jobs with DDL or DML statements') as string});
	});
});

describe('a copy job', () => {
	const copy = async (from: string, to: string, metadata: Readonly<Record<string, unknown>>): Promise<unknown> => client.dataset('w').table(from).copy(client.dataset('w').table(to), metadata as never);

	it('makes snapshots and clones, and restores', async () => {
		await copy('people', 'people_snapshot', {operationType: 'SNAPSHOT'});
		await copy('people', 'people_clone', {operationType: 'CLONE'});
		await expect(client.query('DELETE FROM w.people_snapshot WHERE TRUE')).rejects.toMatchObject({message: expect.stringContaining('is a snapshot') as string});
		await client.query('DELETE FROM w.people_clone WHERE id = 1');
		expect(await rowsOf('SELECT COUNT(*) AS n FROM w.people')).toEqual([{n: 2}]);
		await copy('people_snapshot', 'people_clone', {operationType: 'RESTORE', writeDisposition: 'WRITE_TRUNCATE'});
		expect(await rowsOf('SELECT id FROM w.people_clone ORDER BY id')).toEqual([{id: 1}, {id: 2}]);
		await expect(copy('people', 'people_clone', {})).rejects.toMatchObject({message: expect.stringContaining('Already Exists') as string});
	});
});

describe('a routine', () => {
	it('is inserted, refused twice, updated under its etag, and called', async () => {
		const routine = client.dataset('w').routine('twice');
		const int64 = {typeKind: 'INT64'} as const;
		const config = {routineType: 'SCALAR_FUNCTION' as const, language: 'SQL' as const, arguments: [{name: 'x', dataType: int64}], returnType: int64, definitionBody: 'x * 2', description: 'it "doubles"'};
		await routine.create(config);
		expect(await rowsOf('SELECT w.twice(21) AS n')).toEqual([{n: 42}]);
		await expect(routine.create(config)).rejects.toMatchObject({code: 409});
		const [metadata] = await routine.getMetadata() as unknown as [{etag: string; description: string}];
		expect(metadata.description).toBe('it "doubles"');
		await routine.setMetadata({...config, definitionBody: 'x * 3'});
		expect(await rowsOf('SELECT w.twice(14) AS n')).toEqual([{n: 42}]);
		const put = await raw(`/bigquery/v2/projects/${testProject}/datasets/w/routines/twice`, {method: 'PUT', headers: {'if-match': metadata.etag}, body: JSON.stringify({...config, routineReference: {projectId: testProject, datasetId: 'w', routineId: 'twice'}})});
		expect(put.status).toBe(412);
	});

	it('may be a procedure or a table function, and says what is wrong with it', async () => {
		await client.dataset('w').routine('add').create({routineType: 'PROCEDURE', language: 'SQL', arguments: [{name: 'a', dataType: {typeKind: 'INT64'}}, {name: 'sum', mode: 'OUT', dataType: {typeKind: 'INT64'}}], definitionBody: 'BEGIN SET sum = a + 1; END'});
		expect(await rowsOf('DECLARE s INT64; CALL w.add(1, s); SELECT s AS n')).toEqual([{n: 2}]);
		await client.dataset('w').routine('named').create({routineType: 'TABLE_VALUED_FUNCTION', language: 'SQL', arguments: [{name: 'wanted', dataType: {typeKind: 'STRING'}}], definitionBody: 'SELECT id FROM w.people WHERE name = wanted'});
		expect(await rowsOf("SELECT id FROM w.named('b')")).toEqual([{id: 2}]);
		await expect(client.dataset('w').routine('bad').create({routineType: 'SCALAR_FUNCTION', language: 'SQL', arguments: [], definitionBody: 'nope'})).rejects.toMatchObject({code: 400, message: expect.stringContaining('Unrecognized name: nope') as string});
		await expect(client.dataset('w').routine('bad').create({routineType: 'SCALAR_FUNCTION', language: 'JAVASCRIPT', arguments: [], definitionBody: 'return 1'})).rejects.toMatchObject({code: 400, errors: [{reason: 'invalid', location: 'language'}]});
		await expect(client.dataset('w').routine('bad').get()).rejects.toMatchObject({code: 404});
	});
});

describe('a job', () => {
	it('is deleted with its children, once it is done', async () => {
		await adminRequest(loopback.instance, 'POST', 'faults', {kind: 'stuck-job', name: 'stuck', text: 'to_delete'});
		const [job] = await client.createQueryJob({query: 'SELECT 1; SELECT 2', jobId: 'to_delete'});
		await expect(job.delete()).rejects.toMatchObject({code: 400, message: expect.stringContaining('only finished jobs can be deleted') as string});
		await adminRequest(loopback.instance, 'DELETE', 'faults');
		await job.getQueryResults();
		const children = await (await raw(`/projects/${testProject}/jobs?parentJobId=to_delete`)).json() as {jobs: ReadonlyArray<{jobReference: {jobId: string}}>};
		expect(children.jobs).toHaveLength(2);
		expect((await raw(`/projects/${testProject}/jobs/${children.jobs[0]!.jobReference.jobId}/delete`, {method: 'DELETE'})).status).toBe(400);
		await job.delete();
		await expect(job.getMetadata()).rejects.toMatchObject({code: 404});
		expect((await raw(`/projects/${testProject}/jobs/${children.jobs[0]!.jobReference.jobId}`)).status).toBe(404);
		expect(await rowsOf("SELECT COUNT(*) AS n FROM `region-us`.INFORMATION_SCHEMA.JOBS WHERE job_id = 'to_delete' OR parent_job_id = 'to_delete'")).toEqual([{n: 0}]);
	});

	it('is not run again for the same requestId and the same request', async () => {
		const requestId = randomUUID();
		const send = async (id: number): Promise<{jobReference: {jobId: string}; numDmlAffectedRows: string}> =>
			(await raw(`/projects/${testProject}/queries`, {method: 'POST', body: JSON.stringify({query: `INSERT INTO w.people (id, name) VALUES (${id}, 'r')`, useLegacySql: false, requestId})})).json() as never;
		const [first, second] = await Promise.all([send(100), send(100)]);
		expect(second.jobReference).toEqual(first.jobReference);
		expect(second.numDmlAffectedRows).toBe('1');
		expect((await send(101)).jobReference).not.toEqual(first.jobReference);
		expect(await rowsOf("SELECT id FROM w.people WHERE name = 'r' ORDER BY id")).toEqual([{id: 100}, {id: 101}]);
		// After a quarter of an hour it is another request.
		await raw('/_eros/clock', {method: 'POST', body: JSON.stringify({advanceMs: 16 * 60_000})});
		expect((await send(100)).jobReference).not.toEqual(first.jobReference);
	});
});

describe('an idle warehouse', () => {
	it('ends by itself, but not while a job runs or a schedule is due', async () => {
		const folder = await mkdtemp(path.join(tmpdir(), 'eros-idle-'));
		const instance = await startInstance({dataFolder: folder, project: testProject, port: 0, idleExitMs: 150, pid: process.pid, isWarehouse: async () => false, openDatabase});
		const {token} = JSON.parse(await readFile(instance.statePath, 'utf8')) as {token: string};
		const at = {endpoint: instance.endpoint, token};
		await adminRequest(at, 'POST', 'faults', {kind: 'stuck-job', name: 'stuck'});
		const idle = clientOf(instance.endpoint, token);
		const [job] = await idle.createQueryJob({query: 'SELECT 1 AS n', jobId: 'stuck'});
		let hasEnded = false;
		void instance.ended.then(() => {
			hasEnded = true;
		});
		// Ten times its idle time passes, and it is still there.
		await new Promise(resolve => {
			setTimeout(resolve, 1500);
		});
		expect(hasEnded).toBe(false);
		await adminRequest(at, 'DELETE', 'faults');
		await job.getQueryResults().catch(() => undefined);
		await instance.ended;
		await rm(folder, {recursive: true, force: true});
	});
});
