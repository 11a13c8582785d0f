// The objects of sql/, deployed into a database of their own with a clock that the test drives.
import {readdirSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {loadObjects} from '../../source/objects/load-objects.js';
import type {Cell, Parameter, ResultSet} from '../../source/warehouse/contract.js';
import {openDatabase} from '../../source/warehouse/database.js';
import type {Column} from '../../source/googlesql/types.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const names = {project: 'test-project', dataset: 'eros_test', location: 'US', timeZone: 'America/Los_Angeles'};

const sqlFiles = readdirSync(`${root}sql`, {recursive: true})
	.map(path => `sql/${String(path)}`)
	.filter(path => path.endsWith('.sql'))
	.sort()
	.map(path => ({path, text: readFileSync(root + path, 'utf8')}));

/** The objects of sql/ for the test dataset, in dependency order. */
export const objects = loadObjects(sqlFiles, names);

/** Replaces the placeholders of sql/ files; `$d.` is short for the dataset in the tests' own statements. */
export const render = (text: string): string =>
	text
		.replaceAll('${dataset_name}', names.dataset)
		.replaceAll('${dataset}', `${names.project}.${names.dataset}`)
		.replaceAll('${region}', `${names.project}.region-us`)
		.replaceAll('${timezone}', names.timeZone)
		.replaceAll('$d.', `${names.project}.${names.dataset}.`);

/** The text of a file of sql/, rendered. */
export const sqlOf = (path: string): string => render(readFileSync(`${root}sql/${path}`, 'utf8'));

type Value = unknown;
export type Row = Readonly<Record<string, Value>>;

const valueOf = (cell: Cell, type: Column['type']): Value => {
	if (cell === null) {
		return null;
	}

	if (type.kind === 'array') {
		return (cell as readonly Cell[]).map(item => valueOf(item, type.element));
	}

	if (type.kind === 'struct') {
		return Object.fromEntries(type.fields.map((field, index) => [field.name ?? `_${index}`, valueOf((cell as readonly Cell[])[index] ?? null, field.type)]));
	}

	return cell;
};

const rowsOf = (result: ResultSet | undefined): readonly Row[] =>
	(result?.rows ?? []).map(row => Object.fromEntries((result?.columns ?? []).map((column, index) => [column.name, valueOf(row[index] ?? null, column.type)])));

/** 2025-11-03 10:00 in Los Angeles, a Monday. */
export const monday = Date.UTC(2025, 10, 3, 18);
const dayMs = 86_400_000;

export type Eros = {
	/** Rows of the last SELECT; INT64 and TIMESTAMP cells are text, FLOAT64 numbers. Throws the statement's error. */
	ask: (sql: string, parameters?: readonly Parameter[]) => Promise<readonly Row[]>;
	/** The message that the statement fails with, or undefined. */
	failure: (sql: string) => Promise<string | undefined>;
	/** Moves the clock. */
	advanceDays: (days: number) => void;
	nowMs: () => number;
	deploy: () => Promise<void>;
	close: () => Promise<void>;
};

let jobNumber = 0;

/** Opens an in-memory warehouse with every object of sql/ in it. */
export const openEros = async ({isDeployed = true}: {readonly isDeployed?: boolean} = {}): Promise<Eros> => {
	const database = await openDatabase({path: ':memory:', project: names.project});
	let nowMicros = BigInt(monday) * 1000n;
	await database.datasets.create(names.dataset, {location: names.location, nowMs: monday});
	const execute = async (sql: string, parameters: readonly Parameter[]) => {
		jobNumber += 1;
		return database.execute({
			jobId: `job-${jobNumber}`,
			sql: render(sql),
			project: names.project,
			defaultDataset: names.dataset,
			parameters,
			user: 'test@example.com',
			labels: {},
			signal: new AbortController().signal,
			nowMicros() {
				nowMicros += 1000n;
				return nowMicros;
			},
		});
	};

	const ask = async (sql: string, parameters: readonly Parameter[] = []): Promise<readonly Row[]> => {
		const {error, result} = await execute(sql, parameters);
		if (error) {
			throw new Error(error.message);
		}

		return rowsOf(result);
	};

	const eros: Eros = {
		ask,
		failure: async sql => (await execute(sql, [])).error?.message,
		advanceDays(days) {
			nowMicros += BigInt(Math.round(days * dayMs)) * 1000n;
		},
		nowMs: () => Number(nowMicros / 1000n),
		async deploy() {
			for (const object of objects.filter(({kind}) => kind !== 'scheduled-query')) {
				// eslint-disable-next-line no-await-in-loop -- in dependency order
				await ask(object.sql).catch((error: unknown) => {
					throw new Error(`${object.path}: ${error instanceof Error ? error.message : String(error)}`);
				});
			}
		},
		close: database.close,
	};
	if (isDeployed) {
		await eros.deploy();
	}

	return eros;
};

/** A script's parameters as sample data take them. */
export const sampleParameters = (atMs: number): readonly Parameter[] => [
	{name: 'seed', type: {kind: 'scalar', name: 'INT64'}, value: '1'},
	{name: 'now', type: {kind: 'scalar', name: 'TIMESTAMP'}, value: String(BigInt(atMs) * 1000n)},
];
