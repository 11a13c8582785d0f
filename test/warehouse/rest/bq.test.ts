// The unmodified `bq` command, where it is installed.
import {accessSync, constants} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {environmentLines} from '../../../source/commands/warehouse.js';
import {startLoopback, testProject, type Loopback} from '../../cloud/loopback.js';

const bqPath = (process.env['PATH'] ?? '').split(path.delimiter).map(folder => path.join(folder, 'bq')).find(file => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
});

if (bqPath === undefined) {
	process.stderr.write('bq is not installed; its tests are skipped.\n');
}

describe.skipIf(bqPath === undefined)('bq', () => {
	let loopback: Loopback;
	let home = '';
	let env: Record<string, string> = {};

	const bq = async (...given: readonly string[]): Promise<string> => {
		const {all} = await execa(bqPath!, given, {env: {...env, CLOUDSDK_CONFIG: home, HOME: home}, all: true, reject: false});
		return all;
	};

	beforeAll(async () => {
		loopback = await startLoopback();
		home = await mkdtemp(path.join(tmpdir(), 'eros-bq-'));
		const tokenFile = path.join(home, 'token');
		await writeFile(tokenFile, loopback.instance.token);
		env = Object.fromEntries(environmentLines(loopback.instance.endpoint, testProject, tokenFile).map(line => {
			const [, name = '', value = ''] = /^export (\w+)='?(.*?)'?$/.exec(line) ?? [];
			return [name, value];
		}));
		const {warehouse} = loopback.connection.embedded!.seed;
		await warehouse.createDataset('things', {});
		await warehouse.query('CREATE TABLE things.people AS SELECT 7 AS id, "ann" AS name');
		await warehouse.query('CREATE FUNCTION things.twice(x INT64) RETURNS INT64 AS (x * 2)');
	});
	afterAll(async () => {
		await loopback.close();
		await rm(home, {recursive: true, force: true});
	});

	it('queries through the environment alone, and through flags', async () => {
		const [byEnvironment, byFlags] = await Promise.all([
			bq('query', '--use_legacy_sql=false', '--format=csv', 'SELECT 41 + 1 AS answer'),
			execa(bqPath!, [`--api=${loopback.instance.endpoint}`, `--oauth_access_token=${loopback.instance.token}`, `--project_id=${testProject}`, 'query', '--use_legacy_sql=false', '--format=csv', 'SELECT 41 + 1 AS answer'], {env: {CLOUDSDK_CONFIG: home, HOME: home}, all: true, reject: false}),
		]);
		expect(byEnvironment).toContain('answer\n42');
		expect(byFlags.all).toContain('answer\n42');
	});

	it('prints the results of a script', async () => {
		const text = await bq('query', '--use_legacy_sql=false', '--format=csv', 'DECLARE x INT64 DEFAULT 5; SELECT x AS first; SELECT x + 1 AS second;');
		expect(text).toContain('first\n5');
		expect(text).toContain('second\n6');
	});

	it('lists, shows, heads, copies and schedules', async () => {
		const [list, routine, head, copied, scheduled] = await Promise.all([
			bq('ls', 'things'),
			bq('show', '--routine', '--format=prettyjson', 'things.twice'),
			bq('head', '--format=csv', 'things.people'),
			bq('cp', 'things.people', 'things.people_copy'),
			bq('mk', '--transfer_config', '--data_source=scheduled_query', '--display_name=every six', '--schedule=every 6 hours', '--params={"query":"SELECT 1"}', '--target_dataset=things'),
		]);
		expect(list).toContain('people');
		expect(JSON.parse(routine)).toMatchObject({routineType: 'SCALAR_FUNCTION', definitionBody: 'x * 2'});
		expect(head).toContain('id,name\n7,ann');
		expect(copied).toContain("successfully copied to 'test-project:things.people_copy'");
		expect(scheduled).toContain('successfully created');
	});
});
