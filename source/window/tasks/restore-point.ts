// 2A.0 Restore point and staging: the way back is proven before anything else is touched, then the stage is built. 5.1
// comes back to the restore point before its first change.
import path from 'node:path';
import {renewRestorePoint, type Moved} from '../../engine/renew-restore-point.js';
import {isProductionUntouched, takeRestorePoint, type WriteSet} from '../../engine/restore-point.js';
import type {StepContext} from '../../engine/task.js';
import type {DeployObject} from '../../objects/deploy-object.js';
import {checksOf, listNames} from '../criteria.js';
import {deployInOrder} from '../deploy-object.js';
import {findSqlFile, objectsFor, ofKind, readCatalog, targetNames} from '../deploy-set.js';
import {clockOf} from '../zone-time.js';
import {rollbackScriptName, writeRollbackScript} from './generated-scripts.js';

/** Tables the deployment reads and must never write: the message history belongs to the import. */
const readOnlyTables = ['mass_messages'];

const writeSetOf = (objects: readonly DeployObject[]): WriteSet => ({
	tables: ofKind(objects, 'table').map(({name}) => name).filter(name => !readOnlyTables.includes(name)),
	routines: objects.filter(({kind}) => kind === 'function' || kind === 'table-function' || kind === 'procedure').map(({name}) => name),
	views: ofKind(objects, 'view').map(({name}) => name),
	schedules: ofKind(objects, 'scheduled-query').flatMap(({configs}) => configs.map(({displayName}) => displayName)),
	readOnlyTables,
});

const fixturePath = 'sql/sample/fixture/test_creator.sql';
const stagingLifeMs = 2 * 86_400_000;

/** Builds staging: clones of the production tables brought to the new shape, empty ones where production has none, and the test page. */
const buildStaging = async (context: StepContext, objects: readonly DeployObject[]): Promise<number> => {
	const {warehouse, schedules} = context.ports;
	const {project, dataset} = context.settings;
	const staging = context.stagingDataset;
	const live = await readCatalog(warehouse, schedules, targetNames(context.settings));
	if (await warehouse.findDataset(staging) === undefined) {
		await warehouse.createDataset(staging, {labels: {eros_run: (context.state().run ?? 'run').toLowerCase()}, defaultTableExpirationMs: stagingLifeMs});
	}

	const staged = await objectsFor(context, staging);
	const tables = ofKind(staged, 'table');
	await context.emit({type: 'staging.changed', data: {objects: 0, total: objects.length, removed: false}});
	for (const {name} of tables.filter(table => live.tables.has(table.name))) {
		// One job after the other keeps the warehouse free for lane B.
		await context.run({sql: `CREATE TABLE IF NOT EXISTS \`${project}.${staging}.${name}\` CLONE \`${project}.${dataset}.${name}\``, title: `clone ${name} into staging`, mutates: [staging]});
	}

	await deployInOrder(context, tables, staging);
	const fixture = await findSqlFile(context, fixturePath, staging);
	if (fixture !== undefined) {
		await context.run({
			sql: fixture.sql,
			title: 'put the test page into staging',
			mutates: [staging],
			parameters: [{name: 'now', type: 'TIMESTAMP', value: new Date(context.ports.clock.now()).toISOString()}],
			source: {path: fixture.path, text: fixture.sql},
		});
	}

	await context.emit({type: 'staging.changed', data: {objects: tables.length, total: objects.length, removed: false}});
	return tables.length;
};

/** Takes and proves the restore point, then builds staging. */
export const runRestorePoint = async (context: StepContext): Promise<string> => {
	const {check, require} = checksOf(context);
	const objects = await objectsFor(context, context.settings.dataset);
	const {summary, detail} = await takeRestorePoint(context, writeSetOf(objects));
	check('tables-saved', true, `${summary.tables} tables in ${summary.dataset}, ${summary.absent.length} did not exist`);
	check('code-saved', true, `${summary.routines} routines and ${summary.views} views`);
	check('schedules-saved', true, `${summary.schedules} scheduled queries`);
	require('restore-proven', summary.provenAtMs !== undefined, detail);
	const tables = await buildStaging(context, objects);
	const {rows} = await context.run({sql: `SELECT COUNT(*) AS messages FROM \`${context.settings.project}.${context.stagingDataset}.mass_messages\` WHERE page_name = 'test_creator'`, title: 'count the messages of the test page'});
	const messages = Number(rows[0]?.['messages']);
	require('staging-ready', messages > 0, `${tables} tables, ${messages} messages of the test page`);
	return `${summary.tables} tables, ${summary.routines} routines · restored`;
};

const describeMoved = (moved: readonly Moved[]): string => listNames(moved.map(({type, name, how}) => `${type} ${name} ${how === 'changed' ? 'changed' : `is ${how}`}`));

/** Whether rollback.sh goes back to this dataset: a run can be killed between a new restore point and its script. */
const isInScript = async (context: StepContext, dataset: string): Promise<boolean> => {
	const file = path.join(context.artifacts, rollbackScriptName);
	const {files} = context.ports;
	return await files.exists(file) && new TextDecoder().decode(await files.read(file)).includes(dataset);
};

/**
 * Called before the first change of production. What production has become since the restore point is what a rollback has
 * to bring back: it is taken anew then, and the rollback script written anew. A deployment that was interrupted half-way
 * keeps the restore point of before its first change.
 * @returns how old or new it is, in words.
 */
export const renewBackup = async (context: StepContext): Promise<string> => {
	const {restorePoint} = context.state();
	if (restorePoint === undefined || !isProductionUntouched(context.state())) {
		return 'taken before the first change of this run';
	}

	const since = clockOf(restorePoint.takenAtMs, context.settings.timeZone);
	const moved = await renewRestorePoint(context, restorePoint.id);
	const {dataset} = context.state().restorePoint!;
	if (moved.length > 0 || !await isInScript(context, dataset)) {
		await writeRollbackScript(context);
	}

	if (moved.length === 0) {
		return 'production is still as it has it';
	}

	context.log(`production moved since the restore point of ${since}: ${describeMoved(moved)}. It was taken anew; ${restorePoint.id} is kept.`, 'warning');
	return `taken anew, since production moved after ${since}: ${describeMoved(moved)}`;
};
