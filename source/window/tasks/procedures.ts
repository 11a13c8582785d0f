// 2A.3 Procedures, on staging: deployed, called, called again, and what the second call changed.
import type {StepContext, StatementResult} from '../../engine/task.js';
import {checksOf, listNames} from '../criteria.js';
import {deployInOrder, describeSessionFindings} from '../deploy-object.js';
import {objectsFor, ofKind, seedProcedures, testPage} from '../deploy-set.js';
import {nextMonday} from '../zone-time.js';
import {reportStaging, stagingPath} from './functions.js';

/** Columns that only say when something ran; a second call may change them. */
const timeColumns: Readonly<Record<string, readonly string[]>> = {
	caption_bandit_stats: ['last_updated'],
	active_caption_assignments: [],
};

const contentOf = async (context: StepContext, table: string): Promise<string> => {
	const ignored = timeColumns[table] ?? [];
	const columns = ignored.length === 0 ? '*' : `* EXCEPT (${ignored.join(', ')})`;
	const {rows} = await context.run({sql: `SELECT COUNT(*) AS n, BIT_XOR(FARM_FINGERPRINT(TO_JSON_STRING(t))) AS checksum FROM (SELECT ${columns} FROM \`${stagingPath(context)}.${table}\`) AS t`, title: `content of ${table}`});
	return `${String(rows[0]?.['n'])} rows, ${String(rows[0]?.['checksum'])}`;
};

const call = async (context: StepContext, sql: string, title: string): Promise<StatementResult> =>
	context.run({sql, title, mutates: [context.stagingDataset]});

type Repeat = {readonly name: string; readonly difference: string | undefined};

/** Calls a statement twice and compares a table's content after each. */
const callTwice = async (context: StepContext, name: string, sql: string, table: string): Promise<Repeat> => {
	context.progress({label: name, parts: [{label: 'call', state: 'running'}, {label: 'call again', state: 'waiting'}, {label: 'compare', state: 'waiting'}]});
	await call(context, sql, `call ${name}`);
	const first = await contentOf(context, table);
	context.progress({label: name, parts: [{label: 'call', state: 'done'}, {label: 'call again', state: 'running'}, {label: 'compare', state: 'waiting'}]});
	await call(context, sql, `call ${name} again`);
	const second = await contentOf(context, table);
	const isEqual = first === second;
	context.progress({label: name, parts: [{label: 'call', state: 'done'}, {label: 'call again', state: 'done'}, {label: 'compare', state: isEqual ? 'done' : 'failed'}]});
	context.log(isEqual ? `${name} called twice: 0 rows of ${table} differ` : `${name} called twice: ${table} had ${first}, then ${second}`, isEqual ? 'info' : 'error');
	return {name, difference: isEqual ? undefined : `${table}: ${first} after the first call, ${second} after the second`};
};

const lockSql = (context: StepContext): string => {
	const {timeZone} = context.settings;
	const monday = nextMonday(context.ports.clock.now(), timeZone);
	return `CALL \`${stagingPath(context)}.lock_caption_assignments\`('staging_probe_001', '${testPage}', [STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>(9000000000001, DATE '${monday}', 10), STRUCT<caption_id INT64, scheduled_send_date DATE, scheduled_send_hour INT64>(9000000000013, DATE '${monday}', 14)])`;
};

/** What the selector may change when called again: nothing but its one result row for the page. */
const callSelectorTwice = async (context: StepContext): Promise<Repeat> => {
	const sql = `CALL \`${stagingPath(context)}.select_captions_for_creator\`('${testPage}', 'High-Value/Price-Insensitive', 5, 5, 5, 3)`;
	await call(context, sql, 'call select_captions_for_creator');
	await call(context, sql, 'call select_captions_for_creator again');
	const {rows} = await context.run({sql: `SELECT COUNT(*) AS n FROM \`${stagingPath(context)}.caption_selector_results\` WHERE page_name = '${testPage}'`, title: 'rows of the test page in caption_selector_results'});
	const count = Number(rows[0]?.['n']);
	return {name: 'select_captions_for_creator', difference: count === 1 ? undefined : `${count} result rows for the page instead of 1`};
};

const analyzerSql = (context: StepContext): string => `DECLARE v_report STRING;
CALL \`${stagingPath(context)}.analyze_creator_performance\`('${testPage}', 30, v_report);
SELECT CONCAT(JSON_VALUE(v_report, '$.account_size'), ', score ', JSON_VALUE(v_report, '$.saturation_score'), ', EMV ', JSON_VALUE(v_report, '$.avg_emv')) AS report`;

const callAnalyzerTwice = async (context: StepContext): Promise<Repeat> => {
	const first = await context.run({sql: analyzerSql(context), title: 'call analyze_creator_performance'});
	const second = await context.run({sql: analyzerSql(context), title: 'call analyze_creator_performance again'});
	const [a, b] = [first, second].map(({rows}) => String(rows[0]?.['report']));
	return {name: 'analyze_creator_performance', difference: a === b ? undefined : `${a ?? ''}, then ${b ?? ''}`};
};

/** 2A.3: deploys the procedures, calls each, calls it again and compares. */
export const runProcedures = async (context: StepContext): Promise<string> => {
	const {check} = checksOf(context);
	const procedures = ofKind(await objectsFor(context, context.stagingDataset), 'procedure');
	const {ok, evidence} = describeSessionFindings(procedures);
	check('no-session-settings', ok, evidence);
	const done = await deployInOrder(context, procedures, context.stagingDataset);
	await reportStaging(context, done);
	const live = new Set((await context.ports.warehouse.listRoutines(context.stagingDataset)).filter(({type}) => type === 'PROCEDURE').map(({name}) => name));
	const missing = seedProcedures.filter(name => !live.has(name));
	check('procedures-created', missing.length === 0, missing.length === 0 ? listNames(seedProcedures, 4) : `missing: ${listNames(missing, 4)}`);
	const path = stagingPath(context);
	const repeats = [
		await callTwice(context, 'update_caption_performance', `CALL \`${path}.update_caption_performance\`()`, 'caption_bandit_stats'),
		await callAnalyzerTwice(context),
		await callSelectorTwice(context),
		await callTwice(context, 'lock_caption_assignments', lockSql(context), 'active_caption_assignments'),
		await callTwice(context, 'sweep_expired_caption_locks', `CALL \`${path}.sweep_expired_caption_locks\`()`, 'active_caption_assignments'),
	];
	check('callable', true, `${repeats.map(({name}) => name).join(', ')} called`);
	const changed = repeats.filter(({difference}) => difference !== undefined);
	check('idempotent', changed.length === 0, changed.length === 0 ? 'a second call changes nothing but timestamps' : changed.map(({name, difference}) => `${name}: ${difference ?? ''}`).join('; '));
	const helpers = procedures.filter(({name}) => !(seedProcedures as readonly string[]).includes(name)).map(({name}) => name);
	if (helpers.includes('run_health_check')) {
		await call(context, `CALL \`${path}.run_health_check\`()`, 'call run_health_check');
	}

	check('helpers-created', helpers.every(name => live.has(name)), `${listNames(helpers, 5)}; the sweep and the health check were called`);
	await context.run({sql: `UPDATE \`${path}.active_caption_assignments\` SET is_active = FALSE, deactivated_at = CURRENT_TIMESTAMP(), deactivation_reason = 'TEST_CLEANUP' WHERE schedule_id = 'staging_probe_001' AND is_active`, title: 'release the probe locks', mutates: [context.stagingDataset]});
	return `${done}/${done} · called twice, equal`;
};
