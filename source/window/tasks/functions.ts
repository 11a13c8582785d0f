// 2A.1 UDFs and 2A.2 TVFs, on staging: deployed, compared with vectors and contracts, measured.
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {checksOf, listNames} from '../criteria.js';
import {deployInOrder, describeSessionFindings} from '../deploy-object.js';
import {objectsFor, ofKind, seedFunctions, seedTableFunctions, seedView, testPage} from '../deploy-set.js';
import {runSmokeFile} from '../smoke.js';
import {rowsForUnknownPage, tableFunctionColumns} from './table-contracts.js';

/** `project.dataset` of staging, for SQL text. Both names were checked in 0.1. */
export const stagingPath = (context: StepContext): string => `${context.settings.project}.${context.stagingDataset}`;

/** Tells the screen how many of the plan's objects stand in staging. */
export const reportStaging = async (context: StepContext, added: number): Promise<void> => {
	const {staging} = context.state();
	const total = (await objectsFor(context, context.stagingDataset)).length;
	await context.emit({type: 'staging.changed', data: {objects: Math.min(total, staging.objects + added), total, removed: false}});
};

/** 2A.1: deploys the functions and holds them to their vectors. */
export const runFunctions = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	const functions = ofKind(await objectsFor(context, context.stagingDataset), 'function');
	const {ok, evidence} = describeSessionFindings(functions);
	check('no-create-session', ok, evidence);
	const done = await deployInOrder(context, functions, context.stagingDataset);
	await reportStaging(context, done);
	const live = new Set((await context.ports.warehouse.listRoutines(context.stagingDataset)).map(({name}) => name));
	const missing = seedFunctions.filter(name => !live.has(name));
	check('udfs-created', missing.length === 0, missing.length === 0 ? `${listNames(seedFunctions)} and ${done - seedFunctions.length} helpers` : `missing: ${listNames(missing)}`);
	const smoke = await runSmokeFile(context, {file: 'sql/smoke/functions.sql', dataset: context.stagingDataset, title: 'wilson_score_bounds and wilson_sample: vectors, edges, 1,000 draws'});
	const isEqual = smoke.judge(checks, 'vectors-equal', ['vectors']);
	const isValid = smoke.judge(checks, 'udfs-valid', ['bounds in [0, 1]', 'samples in [0, 1]']);
	smoke.judge(checks, 'sampler-spread', ['mean and spread of samples']);
	check('test-queries-pass', isEqual && isValid, `${smoke.checks.size} checks of sql/smoke/functions.sql`);
	return `${done}/${done} · ${smoke.evidenceOf('vectors')}`;
};

const limitMs = 5000;
const measurements = 2;

const callFunction = async (context: StepContext, name: string, page: string): Promise<{readonly durationMs: number; readonly rows: number; readonly columns: readonly string[]}> => {
	const {rows, durationMs} = await context.run({sql: `SELECT * FROM \`${stagingPath(context)}.${name}\`('${page}', 30)`, title: `${name}('${page}', 30)`});
	return {durationMs, rows: rows.length, columns: Object.keys(rows[0] ?? {})};
};

/** 2A.2: deploys the views that code reads and the TVFs; schema, speed, and a page nobody has. */
export const runTableFunctions = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const objects = await objectsFor(context, context.stagingDataset);
	const deployed = objects.filter(({kind, name}) => kind === 'table-function' || (kind === 'view' && name !== seedView));
	const {ok, evidence} = describeSessionFindings(deployed);
	check('no-session-settings', ok, evidence);
	const done = await deployInOrder(context, deployed, context.stagingDataset);
	await reportStaging(context, done);
	const live = new Set((await context.ports.warehouse.listRoutines(context.stagingDataset)).filter(({type}) => type === 'TABLE_VALUED_FUNCTION').map(({name}) => name));
	const missing = seedTableFunctions.filter(name => !live.has(name));
	check('tvfs-created', missing.length === 0, missing.length === 0 ? `${seedTableFunctions.length} of the document` : `missing: ${listNames(missing, 7)}`);
	const others = deployed.filter(({name}) => !(seedTableFunctions as readonly string[]).includes(name));
	const stands = new Set([...(await context.ports.warehouse.listRoutines(context.stagingDataset)), ...(await context.ports.warehouse.listTables(context.stagingDataset))].map(({name}) => name));
	const absent = others.filter(({name}) => !stands.has(name)).map(({name}) => name);
	check('helpers-created', absent.length === 0, absent.length === 0 ? listNames(others.map(({name}) => name), 4) : `missing: ${listNames(absent)}`);
	const wrongSchemas: string[] = [];
	const wrongRows: string[] = [];
	let slowest = {name: '', durationMs: 0};
	for (const name of seedTableFunctions) {
		context.progress({label: name});
		// Measured alone.
		const schema = await context.ports.warehouse.dryRun(`SELECT * FROM \`${stagingPath(context)}.${name}\`('${testPage}', 30)`);
		const columns = schema.schema.map(field => field.name);
		if (columns.join() !== tableFunctionColumns[name]?.join()) {
			wrongSchemas.push(`${name} has ${columns.join(', ')}`);
		}

		for (let count = 0; count < measurements; count++) {
			// Measured alone.
			const {durationMs} = await callFunction(context, name, testPage);
			slowest = durationMs > slowest.durationMs ? {name, durationMs} : slowest;
		}

		// Measured alone.
		const unknown = await callFunction(context, name, 'page_without_messages');
		const wanted = rowsForUnknownPage[name];
		if (wanted !== undefined && unknown.rows !== wanted) {
			wrongRows.push(`${name} gave ${unknown.rows} rows instead of ${wanted}`);
		}
	}

	check('schemas-expected', wrongSchemas.length === 0, wrongSchemas.length === 0 ? `${seedTableFunctions.length} contracts equal` : wrongSchemas[0]!);
	check('under-five-seconds', slowest.durationMs < limitMs, `slowest ${slowest.name}, ${formatDuration(slowest.durationMs)} of 5s`);
	check('unknown-page', wrongRows.length === 0, wrongRows.length === 0 ? 'defaults or no rows, no error' : wrongRows.join('; '));
	return `${done}/${done} · slowest ${formatDuration(slowest.durationMs)} of 5s`;
};
