// What a rehearsal left behind, in a form that two rehearsals of the same seed and start can be compared by.
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {JournaledEvent} from '../../source/domain/events.js';
import {runCli} from './view.js';

type Row = Readonly<Record<string, unknown>>;

export type Evidence = {
	/** `<table>: <rows> <checksum>`: every column but instants and ids of jobs. */
	readonly tables: readonly string[];
	/** `<routine or view>: <definition>`. */
	readonly definitions: readonly string[];
	/** Successful changes by step and statement, from the warehouse's own job table. */
	readonly changes: ReadonlyMap<string, number>;
	/** Message keys in the outbox that were sent or drafted, with how often. */
	readonly messages: ReadonlyMap<string, number>;
};

const query = async (env: NodeJS.ProcessEnv, sql: string): Promise<readonly Row[]> => {
	const {code, stdout, stderr} = await runCli(['query', '--json', sql], env);
	if (code !== 0) {
		throw new Error(`${sql}\n${stderr}`);
	}

	return JSON.parse(stdout) as readonly Row[];
};

const countBy = (keys: Iterable<string>): ReadonlyMap<string, number> => {
	const counts = new Map<string, number>();
	for (const key of keys) {
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}

	return counts;
};

/** Columns whose values say when, how fast or by which job a row was written, not what it says. */
const isIncidental = (column: Row): boolean => column['data_type'] === 'TIMESTAMP' || column['data_type'] === 'JSON' || /(?:^|_)(?:job_id|run_id|check_id|sweep_id|uuid|assignment_id|execution_id|duration_ms|seconds)$/.test(String(column['column_name']));

const readTables = async (env: NodeJS.ProcessEnv, dataset: string): Promise<readonly string[]> => {
	const columns = await query(env, `SELECT c.table_name, c.column_name, c.data_type FROM ${dataset}.INFORMATION_SCHEMA.COLUMNS c JOIN ${dataset}.INFORMATION_SCHEMA.TABLES t ON t.table_name = c.table_name WHERE t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`);
	const names = [...new Set(columns.map(row => String(row['table_name'])))];
	const selects = names.map(name => {
		const kept = columns.filter(column => column['table_name'] === name && !isIncidental(column)).map(column => `\`${String(column['column_name'])}\``);
		return `SELECT '${name}' AS name, COUNT(*) AS row_count, IFNULL(BIT_XOR(FARM_FINGERPRINT(MD5(TO_JSON_STRING(x)))), 0) AS checksum FROM (SELECT ${kept.length === 0 ? '1' : kept.join(', ')} FROM ${dataset}.${name}) AS x`;
	});
	const rows = await query(env, selects.join('\nUNION ALL\n'));
	return rows.map(row => `${String(row['name'])}: ${String(row['row_count'])} ${String(row['checksum'])}`).sort();
};

const readDefinitions = async (env: NodeJS.ProcessEnv, dataset: string): Promise<readonly string[]> => {
	const routines = await query(env, `SELECT routine_name AS name, ddl AS definition FROM ${dataset}.INFORMATION_SCHEMA.ROUTINES`);
	const views = await query(env, `SELECT table_name AS name, view_definition AS definition FROM ${dataset}.INFORMATION_SCHEMA.VIEWS`);
	return [...routines, ...views].map(row => `${String(row['name'])}: ${String(row['definition'])}`).sort();
};

/** Reads what the run left in its private warehouse and its folder. */
export const readEvidence = async (folder: string, events: readonly JournaledEvent[], env: NodeJS.ProcessEnv): Promise<Evidence> => {
	const started = events.find(event => event.type === 'run.started');
	const {dataset, location} = started!.data.target;
	const inside = {...env, EROS_HOME: path.join(folder, 'private')};
	const jobs = await query(inside, `SELECT job_id FROM \`region-${location.toLowerCase()}\`.INFORMATION_SCHEMA.JOBS WHERE error_result IS NULL AND state = 'DONE' AND STARTS_WITH(job_id, 'eros_${started!.data.run}_')`);
	const done = new Set(jobs.map(row => String(row['job_id'])));
	const intents = events.filter(event => event.type === 'job.intended');
	const changes = new Map<string, Set<string>>();
	for (const {data} of intents) {
		if (data.mutates && data.isPreparation !== true && done.has(data.job)) {
			const key = `${data.task} ${data.statement} ${data.sqlSha256}`;
			changes.set(key, (changes.get(key) ?? new Set()).add(data.job));
		}
	}

	const outbox = (await readFile(path.join(folder, 'outbox.ndjson'), 'utf8').catch(() => '')).split('\n').filter(line => line !== '').map(line => JSON.parse(line) as {readonly key?: string; readonly state?: string});
	return {
		tables: await readTables(inside, dataset),
		definitions: await readDefinitions(inside, dataset),
		changes: new Map([...changes].map(([key, ids]) => [key, ids.size])),
		messages: countBy(outbox.filter(({state}) => state === 'sent' || state === 'drafted').map(({key}) => String(key))),
	};
};
