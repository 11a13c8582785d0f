// 4.1 Deployment script and 4.2 Rollback script: generated from the objects of the plan, then read like any other file.
import {createHash} from 'node:crypto';
import {formatPlanHash} from '../../domain/ids.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {lintShell} from '../../lint/lint-shell.js';
import {lintSql} from '../../lint/lint-sql.js';
import type {DeployObject} from '../../objects/deploy-object.js';
import {renderDeployScript} from '../../report/documents/deploy-script.js';
import {renderRollbackScript} from '../../report/documents/rollback-script.js';
import type {ScriptFile, ScriptSchedule, ScriptTarget} from '../../report/documents/script-content.js';
import {checksOf, listNames, type Checks} from '../criteria.js';
import {currentPlan, findSqlFile, objectsFor, ofKind, readCatalog, targetNames} from '../deploy-set.js';
import {productionSmokeFiles, smokeName} from '../smoke.js';
import {configsOf} from './view-and-schedules.js';

const targetOf = ({settings}: StepContext): ScriptTarget => ({project: settings.project, dataset: settings.dataset, location: settings.location, timeZone: settings.timeZone, maximumBytesBilled: settings.maximumBytesBilled});

const schedulesOf = (objects: readonly DeployObject[]): readonly ScriptSchedule[] =>
	configsOf(objects).map(({object, config}) => ({displayName: config.displayName, schedule: config.schedule, query: object.sql}));

const writeAll = async (context: StepContext, files: readonly ScriptFile[]): Promise<string> => {
	let script = '';
	for (const {name, content, mode} of files) {
		// The journal names them in order.
		const file = await context.writeArtifact(name, content, name, mode);
		script = name.endsWith('.sh') ? file : script;
	}

	return script;
};

/** `bash -n`, shellcheck where it is installed, and our own rules. */
const checkShell = async (context: StepContext, checks: Checks, file: string, text: string): Promise<void> => {
	const {processes} = context.ports;
	const [bash, shellcheck] = await Promise.all([processes.find('bash'), processes.find('shellcheck')]);
	const errors = lintShell(file, text).filter(({severity}) => severity === 'error');
	if (errors.length > 0) {
		checks.check('parses', false, `${errors[0]!.rule} in line ${errors[0]!.line}: ${errors[0]!.message}`);
		return;
	}

	if (bash === undefined) {
		checks.noData('parses', 'bash is not installed');
		return;
	}

	const parsed = await processes.run(bash, ['-n', file], {timeoutMs: 10_000});
	const checked = shellcheck === undefined ? undefined : await processes.run(shellcheck, ['--severity=warning', '--shell=bash', file], {timeoutMs: 30_000});
	const ok = parsed.exitCode === 0 && (checked === undefined || checked.exitCode === 0);
	checks.check('parses', ok, ok ? `bash -n${checked === undefined ? '; shellcheck is not installed' : ' and shellcheck'}` : `${parsed.stderr}${checked?.stdout ?? ''}`.split('\n').slice(0, 2).join(' '));
};

/** The files that are run after a deployment, for the script. */
const smokeStatements = async (context: StepContext): Promise<readonly {readonly name: string; readonly sql: string}[]> =>
	Promise.all((await productionSmokeFiles(context)).map(async file => ({name: smokeName(file), sql: (await findSqlFile(context, file, context.settings.dataset))!.sql})));

/** 4.1: deploy_production.sh with its SQL beside it. */
export const runDeployScript = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	const plan = await currentPlan(context);
	const frozen = context.planHash;
	if (frozen !== undefined && frozen !== plan.hash) {
		throw new StepFailure({message: `The plan is ${formatPlanHash(plan.hash)} now, ${formatPlanHash(frozen)} when the inventory was taken: a file has changed since.`, reason: 'planMoved', class: 'permanent', advice: 'eros-tui deploy starts again from the inventory.'});
	}

	const objects = plan.objects.map(({object}) => object);
	const deployed = objects.filter(({kind}) => kind !== 'scheduled-query');
	const files = renderDeployScript({
		target: targetOf(context),
		objects: deployed.map(({kind, name, sql}) => ({kind, name, sql})),
		schedules: schedulesOf(objects),
		smoke: await smokeStatements(context),
		planHash: formatPlanHash(plan.hash),
		run: context.state().run ?? 'run',
		sha256: text => createHash('sha256').update(text).digest('hex'),
	});
	const file = await writeAll(context, files);
	const text = files.find(({name}) => name === 'deploy_production.sh')!.content;
	const written = (await context.ports.files.list(context.artifacts)).find(candidate => candidate.path === file);
	check('created-executable', written !== undefined && (written.mode & 0o100) !== 0, `${file}, mode ${written?.mode.toString(8) ?? 'unknown'}`);
	const sqlErrors = files.filter(({name}) => name.endsWith('.sql')).flatMap(({name, content}) => lintSql(name, content)).filter(({severity}) => severity === 'error');
	const drops = sqlErrors.filter(({rule}) => rule === 'drop-permanent');
	check('no-drop', drops.length === 0 && !/\bbq\b[^\n]*\srm\b/.test(text), drops[0]?.message ?? `none in the script and ${deployed.length} files`);
	const replaced = sqlErrors.filter(({rule}) => rule === 'replace-table');
	check('idempotent', replaced.length === 0 && text.includes('find_config'), replaced[0]?.message ?? 'CREATE OR REPLACE for code, IF NOT EXISTS for tables, schedules found by name');
	check('logging', text.includes('log()') && text.includes('LOG='), 'every step and every job writes to one log file');
	check('error-handling', /^set -euo pipefail$/m.test(text) && text.includes('trap '), 'set -euo pipefail and a trap that names the line');
	const backupAt = text.lastIndexOf('\nbackup\n');
	const firstDeployAt = text.search(/^deploy \d/m);
	check('backup-first', backupAt !== -1 && backupAt < firstDeployAt, 'backup is called before the first object');
	const absent = deployed.filter(({name}) => !text.includes(name));
	check('every-object', absent.length === 0, absent.length === 0 ? `${deployed.length} objects and ${schedulesOf(objects).length} schedules` : `missing: ${listNames(absent.map(({name}) => name))}`);
	await checkShell(context, checks, file, text);
	return `${deployed.length} objects, plan ${formatPlanHash(plan.hash)}`;
};

/** The name of the rollback script among the artifacts. */
export const rollbackScriptName = 'rollback.sh';

type RollbackScript = {readonly file: string; readonly text: string; readonly former: number; readonly objects: readonly DeployObject[]};

/**
 * Writes rollback.sh for the restore point of the run, with the former definitions beside it.
 * @throws StepFailure when there is no restore point.
 */
export const writeRollbackScript = async (context: StepContext): Promise<RollbackScript> => {
	const {restorePoint} = context.state();
	if (restorePoint === undefined) {
		throw new StepFailure({message: 'There is no restore point to roll back to.', reason: 'restorePoint', class: 'permanent'});
	}

	const names = targetNames(context.settings);
	const [objects, live] = await Promise.all([objectsFor(context, names.dataset), readCatalog(context.ports.warehouse, context.ports.schedules, names)]);
	const own = new Set(objects.map(({name}) => name));
	const former = [
		...[...live.routines].filter(([name]) => own.has(name)).map(([name, sql]) => ({kind: 'routine' as const, name, sql})),
		...[...live.views].filter(([name]) => own.has(name)).map(([name, sql]) => ({kind: 'view' as const, name, sql})),
	];
	const files = renderRollbackScript({
		target: targetOf(context),
		run: context.state().run ?? 'run',
		planHash: context.planHash ?? '',
		restoreDataset: restorePoint.dataset,
		former,
		created: restorePoint.absent,
		schedules: schedulesOf(objects),
		deployedFrom: new Date(context.ports.clock.now()).toISOString(),
	});
	return {file: await writeAll(context, files), text: files[0]!.content, former: former.length, objects};
};

/** 4.2: rollback.sh with the former definitions beside it. */
export const runRollbackScript = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const {check} = checks;
	const {file, text, former, objects} = await writeRollbackScript(context);
	const restorePoint = context.state().restorePoint!;
	check('restores-backup', text.includes('newest_backup') && text.includes(restorePoint.dataset), `${restorePoint.dataset}, or the newest backup`);
	check('snapshots-before', text.indexOf('Step 2 of 6') < text.indexOf('Step 3 of 6') && text.includes('CREATE SNAPSHOT TABLE'), 'step 2, before anything is restored');
	check('disables-schedules', configsOf(ofKind(objects, 'scheduled-query')).every(({config}) => text.includes(`stop_schedule '${config.displayName}'`)), 'step 1, each by its name');
	check('clears-locks', text.includes('active_caption_assignments'), 'step 4, locks of the deployment expire by UPDATE');
	check('sends-alerts', text.includes('EROS_CHAT_WEBHOOK') && text.includes('REPORT='), 'step 6, a report and a chat message where a webhook is set');
	check('logging', text.includes('log()') && text.includes('LOG='), 'every step and every job writes to one log file');
	await checkShell(context, checks, file, text);
	return `${former} former definitions, ${restorePoint.tables} tables`;
};
