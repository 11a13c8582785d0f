// Lays out the sample production dataset on an embedded warehouse: older tables, data from a seed, the test page, and
// the former release's routines, views and schedules.
import type {Connection} from '../cloud/connect.js';
import {jobId} from '../domain/ids.js';
import {loadObjects} from '../objects/load-objects.js';
import type {TargetNames} from '../objects/names.js';
import {renderTemplate, type SourceFile} from '../objects/template.js';
import type {Files} from '../ports/outside.js';
import {WarehouseError, type QueryParameter, type Warehouse} from '../ports/warehouse.js';
import {readSqlFiles} from '../window/deploy-set.js';

export type SampleOptions = {
	readonly seed: number;
	readonly nowMs: number;
	readonly root: string;
	readonly files: Files;
	/** Makes the job ids of this layout its own. */
	readonly run: string;
	readonly onProgress?: (text: string) => void;
};

const former = 'sql/sample/former/';

const below = (files: readonly SourceFile[], folder: string): readonly SourceFile[] => files.filter(({path}) => path.startsWith(folder)).sort((a, b) => a.path.localeCompare(b.path));

/** Parameters a file names in its head: `-- parameters: @seed INT64, @now TIMESTAMP`. */
const parametersOf = (file: SourceFile, {seed, nowMs}: SampleOptions): readonly QueryParameter[] => {
	const head = /^-- parameters: (.+)$/m.exec(file.text)?.[1] ?? '';
	const known: readonly QueryParameter[] = [{name: 'seed', type: 'INT64', value: seed}, {name: 'now', type: 'TIMESTAMP', value: new Date(nowMs).toISOString()}];
	return known.filter(({name}) => head.includes(`@${name} `));
};

const runScript = async (warehouse: Warehouse, sql: string, parameters: readonly QueryParameter[], name: string): Promise<void> => {
	const id = jobId(name.replaceAll(/[^\w-]/g, '_'));
	await warehouse.submit({id, sql, parameters, maximumBytesBilled: 1e12, timeoutMs: 300_000, labels: {eros_sample: 'true'}, mutates: []});
	const {error} = await warehouse.waitForJob(id);
	if (error !== undefined) {
		throw new WarehouseError('invalid', `${name}: ${error.message}`, {reason: error.reason, job: error});
	}
};

/**
 * Creates and fills the dataset.
 * @throws WarehouseError naming the file that was refused.
 */
export const layOutSample = async (connection: Connection, names: TargetNames, options: SampleOptions): Promise<void> => {
	if (connection.embedded === undefined) {
		throw new WarehouseError('refused', 'Sample data is laid out on an embedded warehouse only.');
	}

	const {warehouse, schedules} = connection.embedded.seed;
	const sources = await readSqlFiles(options.files, options.root);
	const run = async (file: SourceFile): Promise<void> => {
		options.onProgress?.(file.path);
		await runScript(warehouse, renderTemplate(file, names), parametersOf(file, options), `sample_${options.run}_${file.path}`);
	};

	if (await warehouse.findDataset(names.dataset) === undefined) {
		await warehouse.createDataset(names.dataset, {});
	}

	for (const file of [...below(sources, `${former}tables/`), ...below(sources, 'sql/sample/data/'), ...below(sources, 'sql/sample/fixture/')]) {
		await run(file);
	}

	// The former release is laid out like sql/ itself: the same reader finds its order.
	const objects = loadObjects(below(sources, former).map(({path, text}) => ({path: `sql/${path.slice(former.length)}`, text})), names);
	for (const object of objects.filter(({kind}) => kind !== 'table' && kind !== 'scheduled-query')) {
		await run({path: `${former}${object.path.slice('sql/'.length)}`, text: object.template});
	}

	for (const object of objects.filter(({kind}) => kind === 'scheduled-query')) {
		for (const {displayName, schedule} of object.configs) {
			await schedules.upsert(names.dataset, {displayName, schedule, query: object.sql, notifyOnFailure: false}, {isDisabled: false});
		}
	}
};
