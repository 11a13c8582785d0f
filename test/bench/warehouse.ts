// The embedded warehouse with production-sized sample data, in this process.
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {loadObjects} from '../../source/objects/load-objects.js';
import {sortByDependency} from '../../source/objects/order.js';
import type {Database, ExecuteResult, Parameter} from '../../source/warehouse/contract.js';
import {openDatabase} from '../../source/warehouse/database.js';

export const names = {project: 'of-scheduler-proj', dataset: 'eros_scheduling_brain', location: 'US', timeZone: 'America/Los_Angeles'};
export const nowMs = Date.parse('2025-11-03T18:00:00Z');
const root = path.resolve(import.meta.dirname, '../..');

/** Runs a script and fails on an error. */
export const execute = async (database: Database, sql: string, parameters: readonly Parameter[] = []): Promise<ExecuteResult> => {
	const started = performance.now();
	const result = await database.execute({
		jobId: `bench-${Math.round(started * 1000)}`, sql, project: names.project, parameters, user: 'bench', labels: {}, signal: new AbortController().signal,
		nowMicros: () => BigInt(Math.round((nowMs + performance.now()) * 1000)),
	});
	if (result.error !== undefined) {
		throw new Error(`${result.error.message}\n${sql.slice(0, 200)}`);
	}

	return result;
};

const readSql = (folder: string): readonly {readonly path: string; readonly text: string}[] =>
	readdirSync(path.join(root, 'sql', folder), {recursive: true, encoding: 'utf8'})
		.filter(file => file.endsWith('.sql'))
		.sort()
		.map(file => ({path: `sql/${folder}/${file}`, text: readFileSync(path.join(root, 'sql', folder, file), 'utf8')}));

const render = (text: string): string =>
	text
		.replaceAll('${dataset}', `${names.project}.${names.dataset}`)
		.replaceAll('${dataset_name}', names.dataset)
		.replaceAll('${region}', `${names.project}.region-us`)
		.replaceAll('${timezone}', names.timeZone);

/** Opens a database in memory, loads the sample data and deploys every object of sql/. */
export const openSample = async (): Promise<{readonly database: Database; readonly loadMs: number; readonly deployMs: number; readonly statements: readonly string[]}> => {
	const database = await openDatabase({path: ':memory:', project: names.project});
	await database.datasets.create(names.dataset, {location: names.location, nowMs});
	const parameters: readonly Parameter[] = [
		{name: 'seed', type: {kind: 'scalar', name: 'INT64'}, value: '1'},
		{name: 'now', type: {kind: 'scalar', name: 'TIMESTAMP'}, value: String(nowMs * 1000)},
	];
	const beforeLoad = performance.now();
	for (const {text} of [...readSql('sample/former/tables'), ...readSql('sample/data'), ...readSql('sample/fixture')]) {
		await execute(database, render(text), parameters);
	}

	const loadMs = performance.now() - beforeLoad;
	const files = ['tables', 'functions', 'table-functions', 'views', 'procedures', 'scheduled'].flatMap(folder => readSql(folder));
	const objects = sortByDependency(loadObjects(files, names)).filter(({kind}) => kind !== 'scheduled-query');
	const beforeDeploy = performance.now();
	for (const {sql} of objects) {
		await execute(database, sql);
	}

	return {database, loadMs, deployMs: performance.now() - beforeDeploy, statements: objects.map(({sql}) => sql)};
};
