// 2A.3 Procedures, on staging: deployed, called, called again, and what the second call changed.
import type {StepContext} from '../../engine/task.js';
import type {QueryParameter} from '../../ports/warehouse.js';
import {checksOf, listNames} from '../criteria.js';
import {deployInOrder, describeSessionFindings} from '../deploy-object.js';
import {objectsFor, ofKind, seedProcedures} from '../deploy-set.js';
import {runSmokeFile, runSqlFile} from '../smoke.js';
import {nextMonday} from '../zone-time.js';
import {reportStaging} from './functions.js';

type Repeat = {readonly name: string; readonly difference: string | undefined};

const contentOf = async (context: StepContext, table: string | undefined): Promise<string> => {
	if (table === undefined) {
		return '';
	}

	const smoke = await runSmokeFile(context, {file: 'sql/smoke/contents.sql', dataset: context.stagingDataset, title: `content of ${table}`});
	const row = smoke.checks.get(table);
	return `${row?.passed === true ? '' : 'NOT AS DECLARED: '}${row?.evidence ?? 'no row'}`;
};

/**
 * Calls a procedure twice on staging and compares what it reported and the content of its table after each call.
 * @param name file below sql/smoke/repeat, the procedure's name with dashes.
 * @param table table it writes; undefined when it only reports.
 */
export const callTwice = async (context: StepContext, name: string, table: string | undefined, parameters: readonly QueryParameter[] = []): Promise<Repeat> => {
	const procedure = name.replaceAll('-', '_');
	const call = async (title: string): Promise<string> => {
		const {rows} = await runSqlFile(context, {file: `sql/smoke/repeat/${name}.sql`, dataset: context.stagingDataset, title, isMutation: true, parameters});
		// What a procedure that writes gives back counts what it did, and the second call does nothing.
		return table === undefined ? JSON.stringify(rows) : contentOf(context, table);
	};

	context.progress({label: procedure, parts: [{label: 'call', state: 'running'}, {label: 'call again', state: 'waiting'}, {label: 'compare', state: 'waiting'}]});
	const first = await call(`call ${procedure}`);
	context.progress({label: procedure, parts: [{label: 'call', state: 'done'}, {label: 'call again', state: 'running'}, {label: 'compare', state: 'waiting'}]});
	const second = await call(`call ${procedure} again`);
	const isEqual = first === second && !first.startsWith('NOT AS DECLARED');
	context.progress({label: procedure, parts: [{label: 'call', state: 'done'}, {label: 'call again', state: 'done'}, {label: 'compare', state: isEqual ? 'done' : 'failed'}]});
	const what = table ?? 'its report';
	context.log(isEqual ? `${procedure} called twice: ${what} is the same` : `${procedure} called twice: ${what} was ${first}, then ${second}`, isEqual ? 'info' : 'error');
	return {name: procedure, difference: isEqual ? undefined : `${what}: ${first} after the first call, ${second} after the second`};
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
	const monday = nextMonday(context.ports.clock.now(), context.settings.timeZone);
	const repeats = [
		await callTwice(context, 'update-caption-performance', 'caption_bandit_stats'),
		await callTwice(context, 'analyze-creator-performance', undefined),
		await callTwice(context, 'select-captions-for-creator', 'caption_selector_results'),
		await callTwice(context, 'lock-caption-assignments', 'active_caption_assignments', [{name: 'monday', type: 'DATE', value: monday}]),
		await callTwice(context, 'sweep-expired-caption-locks', 'active_caption_assignments'),
	];
	check('callable', true, `${repeats.map(({name}) => name).join(', ')} called`);
	const changed = repeats.filter(({difference}) => difference !== undefined);
	check('idempotent', changed.length === 0, changed.length === 0 ? 'a second call changes nothing but timestamps' : changed.map(({name, difference}) => `${name}: ${difference ?? ''}`).join('; '));
	const helpers = procedures.filter(({name}) => !(seedProcedures as readonly string[]).includes(name)).map(({name}) => name);
	if (helpers.includes('run_health_check')) {
		await runSqlFile(context, {file: 'sql/smoke/repeat/run-health-check.sql', dataset: context.stagingDataset, title: 'call run_health_check', isMutation: true});
	}

	check('helpers-created', helpers.every(name => live.has(name)), `${listNames(helpers, 5)}; the sweep and the health check were called`);
	await runSqlFile(context, {file: 'sql/smoke/release-test-locks.sql', dataset: context.stagingDataset, title: 'release the locks of the test page', isMutation: true});
	return `${done}/${done} · called twice, equal`;
};
