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

/** The SQL that the issue sets a time for: [what, budget in ms, statement]. */
export const timedStatements = (): readonly (readonly [what: string, budgetMs: number, sql: string])[] => {
	const at = `\`${names.project}.${names.dataset}`;
	const pageFunctions = [
		'classify_account_size', 'analyze_saturation_status', 'calculate_performance_metrics', 'get_recent_performance_window', 'detect_anomalies', 'calculate_engagement_rates', 'get_creator_baseline',
		'analyze_trigger_performance', 'analyze_content_categories', 'analyze_day_patterns', 'analyze_time_windows', 'analyze_behavioral_segments',
	];
	return [
		['update_caption_performance', 2000, `CALL ${at}.update_caption_performance\`()`],
		['selector', 500, `CALL ${at}.select_captions_for_creator\`('page_20', 'STANDARD', 5, 5, 5, 3)`],
		['analyzer', 1000, `DECLARE report STRING; CALL ${at}.analyze_creator_performance\`('page_20', 90, report)`],
		...pageFunctions.map(name => [`TVF ${name}`, 500, `SELECT * FROM ${at}.${name}\`('page_20', 90)`] as const),
		['view schedule_recommendations_with_messages', 500, `SELECT COUNT(*) FROM ${at}.schedule_recommendations_with_messages\``],
		['health check', 2000, `CALL ${at}.run_health_check\`()`],
	];
};

/** Copies of the sample's messages and captions until there are `scale` times as many: more a page and day, not more pages. */
const multiply = (scale: number): readonly string[] => {
	const at = `\`${names.project}.${names.dataset}`;
	return [
		`INSERT INTO ${at}.mass_messages\` (row_id, page_name, message, sending_time, price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id)
			SELECT row_id + copy * 1000000, page_name, message, TIMESTAMP_ADD(sending_time, INTERVAL copy SECOND), price, sent_count, viewed_count, purchased_count, earnings, message_type, caption_id + copy
			FROM ${at}.mass_messages\` CROSS JOIN UNNEST(GENERATE_ARRAY(1, ${scale - 1})) AS copy WHERE page_name != 'test_creator'`,
		`INSERT INTO ${at}.caption_bank\`
			SELECT bank.* REPLACE (bank.caption_id + copy AS caption_id, CONCAT(bank.caption_text, ' ', CAST(copy AS STRING)) AS caption_text)
			FROM ${at}.caption_bank\` AS bank CROSS JOIN UNNEST(GENERATE_ARRAY(1, ${scale - 1})) AS copy WHERE bank.usage_status != 'test_only'`,
	];
};

/** Opens a database in memory, loads the sample data `scale` times and deploys every object of sql/. */
export const openSample = async (scale = 1): Promise<{readonly database: Database; readonly loadMs: number; readonly deployMs: number; readonly statements: readonly string[]}> => {
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

	for (const sql of scale === 1 ? [] : multiply(scale)) {
		await execute(database, sql);
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
