// 2A.1 UDFs and 2A.2 TVFs, on staging: deployed, compared with vectors and contracts, measured.
import type {StepContext} from '../../engine/task.js';
import {formatDuration} from '../../domain/wording/duration.js';
import {checksOf, listNames} from '../criteria.js';
import {deployInOrder, describeSessionFindings} from '../deploy-object.js';
import {objectsFor, ofKind, seedFunctions, seedTableFunctions, seedView, testPage} from '../deploy-set.js';
import {wilsonBounds} from './golden-vectors.js';
import {rowsForUnknownPage, tableFunctionColumns} from './table-contracts.js';

/** `project.dataset` of staging, for SQL text. Both names were checked in 0.1. */
export const stagingPath = (context: StepContext): string => `${context.settings.project}.${context.stagingDataset}`;

/** Tells the screen how many of the plan's objects stand in staging. */
export const reportStaging = async (context: StepContext, added: number): Promise<void> => {
	const {staging} = context.state();
	const total = (await objectsFor(context, context.stagingDataset)).length;
	await context.emit({type: 'staging.changed', data: {objects: Math.min(total, staging.objects + added), total, removed: false}});
};

const tolerance = 1e-9;

type BoundsRow = {readonly s: unknown; readonly f: unknown; readonly lower_bound: unknown; readonly upper_bound: unknown; readonly exploration_bonus: unknown};

const compareBounds = async (context: StepContext): Promise<readonly string[]> => {
	const pairs = wilsonBounds.map(([s, f]) => `STRUCT(${s} AS s, ${f} AS f)`).join(', ');
	const {rows} = await context.run<BoundsRow>({
		sql: `SELECT v.s, v.f, b.lower_bound, b.upper_bound, b.exploration_bonus\nFROM (SELECT v, \`${stagingPath(context)}.wilson_score_bounds\`(v.s, v.f) AS b FROM UNNEST([${pairs}]) AS v)`,
		title: `wilson_score_bounds, ${wilsonBounds.length} vectors`,
	});
	const found = new Map(rows.map(row => [`${String(row.s)}/${String(row.f)}`, row]));
	return wilsonBounds.flatMap(([s, f, lower, upper, bonus]) => {
		const row = found.get(`${s}/${f}`);
		const values = [row?.lower_bound, row?.upper_bound, row?.exploration_bonus].map(Number);
		const isEqual = [lower, upper, bonus].every((wanted, index) => Math.abs(wanted - (values[index] ?? Number.NaN)) <= tolerance);
		return isEqual ? [] : [`(${s}, ${f}) gave ${values.join(', ')}`];
	});
};

type EdgeRow = {readonly wrong: unknown};

/** NULL and negative arguments, order and range, for arguments up to a billion. */
const countBoundsViolations = async (context: StepContext): Promise<number> => {
	const call = `\`${stagingPath(context)}.wilson_score_bounds\``;
	const {rows} = await context.run<EdgeRow>({
		sql: `SELECT COUNTIF(b.lower_bound < 0 OR b.upper_bound > 1 OR b.lower_bound > b.upper_bound OR b.lower_bound IS NULL OR b.upper_bound IS NULL) AS wrong\nFROM (SELECT ${call}(s, f) AS b FROM UNNEST([0, 1, 5, 1000000000, -3, CAST(NULL AS INT64)]) AS s CROSS JOIN UNNEST([0, 1, 5, 1000000000, -3, CAST(NULL AS INT64)]) AS f)`,
		title: 'wilson_score_bounds, edges and NULL',
	});
	return Number(rows[0]?.wrong);
};

type SampleRow = {readonly draws: unknown; readonly low: unknown; readonly high: unknown; readonly mean: unknown; readonly spread: unknown; readonly kinds: unknown};

const drawSample = async (context: StepContext): Promise<{readonly ok: boolean; readonly evidence: string; readonly inRange: boolean}> => {
	const {rows} = await context.run<SampleRow>({
		sql: `SELECT COUNT(*) AS draws, MIN(d) AS low, MAX(d) AS high, AVG(d) AS mean, STDDEV_SAMP(d) AS spread, COUNT(DISTINCT CAST(d AS STRING)) AS kinds\nFROM (SELECT \`${stagingPath(context)}.wilson_sample\`(50, 50) AS d FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n)`,
		title: 'wilson_sample(50, 50), 1,000 draws',
	});
	const [low, high, mean, spread, kinds] = [rows[0]?.low, rows[0]?.high, rows[0]?.mean, rows[0]?.spread, rows[0]?.kinds].map(Number) as [number, number, number, number, number];
	const inRange = low >= 0 && high <= 1;
	return {inRange, ok: inRange && kinds > 1 && Math.abs(mean - 0.5) <= 0.006 && Math.abs(spread - 0.0498) <= 0.005, evidence: `mean ${mean.toFixed(4)}, spread ${spread.toFixed(4)}, ${kinds} different values in [${low.toFixed(3)}, ${high.toFixed(3)}]`};
};

/** 2A.1: deploys the functions and holds them to their vectors. */
export const runFunctions = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const functions = ofKind(await objectsFor(context, context.stagingDataset), 'function');
	const {ok, evidence} = describeSessionFindings(functions);
	check('no-create-session', ok, evidence);
	const done = await deployInOrder(context, functions, context.stagingDataset);
	await reportStaging(context, done);
	const live = new Set((await context.ports.warehouse.listRoutines(context.stagingDataset)).map(({name}) => name));
	const missing = seedFunctions.filter(name => !live.has(name));
	check('udfs-created', missing.length === 0, missing.length === 0 ? `${listNames(seedFunctions)} and ${done - seedFunctions.length} helpers` : `missing: ${listNames(missing)}`);
	const differences = await compareBounds(context);
	check('vectors-equal', differences.length === 0, differences.length === 0 ? `${wilsonBounds.length} vectors equal` : differences[0]!);
	const violations = await countBoundsViolations(context);
	const sample = await drawSample(context);
	check('udfs-valid', violations === 0 && sample.inRange, violations === 0 ? 'bounds in [0, 1], lower not above upper, for 36 pairs with NULL and negatives; samples in [0, 1]' : `${violations} of 36 pairs out of range`);
	check('sampler-spread', sample.ok, sample.evidence);
	check('test-queries-pass', differences.length === 0 && violations === 0, 'vectors, edges and draws ran');
	return `${done}/${done} · ${wilsonBounds.length} vectors equal`;
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
	check('helpers-created', true, listNames(others.map(({name}) => name), 4));
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
