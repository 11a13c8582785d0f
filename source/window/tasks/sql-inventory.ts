// 1.1 SQL inventory: every file read, parsed, linted and hashed, and the plan against what is live.
import {differenceHash, frozenAction} from '../catalog-comparison.js';
import {createHash} from 'node:crypto';
import path from 'node:path';
import {formatPlanHash} from '../../domain/ids.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import {lintSql} from '../../lint/lint-sql.js';
import type {Finding} from '../../lint/finding.js';
import {countActions, type Plan} from '../../objects/plan.js';
import type {DeployObject} from '../../objects/deploy-object.js';
import {formatFileProblem, ObjectsError} from '../../objects/template.js';
import {parseSql} from '../../objects/parsed-sql.js';
import {checksOf, listNames, type Checks} from '../criteria.js';
import {currentPlan, objectsFor, planSettings, readCatalog, seedFunctions, seedProcedures, seedSchedules, seedTableFunctions, seedView, sourceFiles} from '../deploy-set.js';

const megabyte = 1_000_000;

type FileEntry = {readonly path: string; readonly bytes: number; readonly sha256: string; readonly isReadable: boolean; readonly problems: readonly string[]};

const readEntry = async (context: StepContext, file: {readonly path: string; readonly bytes: number; readonly isReadable: boolean}): Promise<FileEntry> => {
	const relative = path.relative(context.root, file.path);
	if (!file.isReadable) {
		return {path: relative, bytes: file.bytes, sha256: '', isReadable: false, problems: ['not readable']};
	}

	const content = await context.ports.files.read(file.path);
	const problems: string[] = [];
	try {
		const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(content);
		const found: readonly (readonly [boolean, string])[] = [
			[text.trim() === '', 'is empty'],
			[text.includes('\0'), 'holds a NUL byte'],
			[text.startsWith('\uFEFF'), 'starts with a byte order mark'],
			[text.includes('\r'), 'has Windows line ends'],
		];
		problems.push(...found.filter(([is]) => is).map(([, problem]) => problem));
		// Placeholders are names inside backquotes or strings: a template parses as it stands.
		const parsed = parseSql(text.replaceAll(/\$\{\w+\}/g, 'p.d'));
		if (!parsed.ok) {
			problems.push(parsed.message);
		}
	} catch {
		problems.push('is not UTF-8');
	}

	return {path: relative, bytes: file.bytes, sha256: createHash('sha256').update(content).digest('hex'), isReadable: true, problems};
};

const checkFiles = async (context: StepContext, {check}: Checks): Promise<readonly FileEntry[]> => {
	const files = (await context.ports.files.list(path.join(context.root, 'sql'))).filter(file => file.path.endsWith('.sql'));
	const entries = await Promise.all(files.map(async file => readEntry(context, file)));
	const describe = (bad: readonly FileEntry[], good: string): string => (bad.length === 0 ? good : bad.map(entry => `${entry.path}: ${entry.problems.join(', ') || `${entry.bytes} bytes`}`).join('; '));
	const unreadable = entries.filter(({isReadable}) => !isReadable);
	const large = entries.filter(({bytes}) => bytes >= megabyte);
	const corrupt = entries.filter(({isReadable, problems}) => isReadable && problems.length > 0);
	const largest = Math.max(0, ...entries.map(({bytes}) => bytes));
	check('files-readable', entries.length > 0 && unreadable.length === 0, entries.length === 0 ? 'sql/ holds no file' : describe(unreadable, `${entries.length} files`));
	check('no-permission-error', unreadable.length === 0, describe(unreadable, 'every file could be opened'));
	check('files-small', large.length === 0, describe(large, `the largest has ${largest} bytes`));
	check('no-corrupt-file', corrupt.length === 0, describe(corrupt, `${entries.length} files are UTF-8 and parse`));
	return entries;
};

const checkRules = (findings: readonly Finding[], {check}: Checks): void => {
	const ruleCheck = (name: string, rules: readonly string[], good: string): void => {
		const found = findings.filter(({rule, severity}) => severity === 'error' && rules.includes(rule));
		const [first] = found;
		check(name, first === undefined, first === undefined ? good : `${first.path}:${first.line}:${first.column} ${first.message}${found.length > 1 ? ` and ${found.length - 1} more` : ''}`);
	};

	ruleCheck('no-drop', ['drop-permanent', 'alter-destructive', 'truncate'], 'no DROP of a permanent object, procedure bodies and dynamic SQL included');
	ruleCheck('no-delete-without-where', ['delete-without-where', 'merge-delete-unmatched'], 'every DELETE has a condition that can be false');
	ruleCheck('no-update-without-where', ['update-without-where'], 'every UPDATE has a condition that can be false');
	ruleCheck('no-set-statement', ['session-setting'], 'no SET of a system variable, no session statement');
	ruleCheck('safe-divide', ['foreign-dialect'], 'division_by_zero_mode appears nowhere');
	ruleCheck('settings-in-body', ['session-setting'], 'no setting stands outside a body');
	ruleCheck('fit-for-schedules', ['session-setting', 'unqualified-table', 'at-time-zone'], 'every name is qualified, so that a statement means the same wherever it runs');
	const errors = findings.filter(({severity}) => severity === 'error');
	const warnings = findings.length - errors.length;
	const [first] = errors;
	check('lint-clean', first === undefined, first === undefined ? `no error, ${warnings} warnings` : `${first.path}:${first.line}:${first.column} ${first.rule} ${first.message}`);
};

const checkInventory = (objects: readonly DeployObject[], {check}: Checks): void => {
	const names = new Set(objects.map(({name}) => name));
	const wanted = [...seedFunctions, ...seedTableFunctions, ...seedProcedures, seedView];
	const missing = wanted.filter(name => !names.has(name));
	const schedules = objects.filter(({kind}) => kind === 'scheduled-query').length;
	check('expected-present', missing.length === 0 && schedules >= seedSchedules, missing.length === 0 ? `2 UDFs, 7 TVFs, 4 procedures, 1 view, ${schedules} scheduled queries, ${objects.length} objects in all` : `missing: ${listNames(missing, 20)}`);
	const notReplaced = objects.filter(({kind, template}) => kind !== 'table' && kind !== 'scheduled-query' && !/^\s*CREATE\s+OR\s+REPLACE\s/im.test(template));
	check('create-or-replace', notReplaced.length === 0, notReplaced.length === 0 ? 'all code is CREATE OR REPLACE; tables are CREATE TABLE IF NOT EXISTS' : listNames(notReplaced.map(object => object.path)));
};

const loadOrFail = async (context: StepContext, {check}: Checks): Promise<readonly DeployObject[]> => {
	try {
		const objects = await objectsFor(context, context.settings.dataset);
		check('declared-once', true, `${objects.length} objects, each declared by one file`);
		check('order-known', true, `${objects.length} objects sorted, no cycle`);
		return objects;
	} catch (error) {
		if (!(error instanceof ObjectsError)) {
			throw error;
		}

		const [first] = error.problems;
		for (const problem of error.problems) {
			context.log(formatFileProblem(problem), 'error');
		}

		throw new StepFailure({message: `${first!.message}${error.problems.length > 1 ? `; ${error.problems.length - 1} more, see the log` : ''}`, reason: 'objects', class: 'permanent', place: {path: first!.path, line: first!.line, column: first!.column}, advice: 'eros-tui check'});
	}
};

const freeze = async (context: StepContext, plan: Plan): Promise<void> => {
	const counts = countActions(plan);
	await context.emit({
		type: 'plan.frozen',
		data: {
			hash: plan.hash,
			...counts,
			objects: plan.objects.map(planned => ({name: planned.object.name, action: frozenAction(planned), dependsOn: planned.object.dependsOn, difference: differenceHash(planned)})),
		},
	});
};

/** Writes plan.json: what would be deployed and what stands now, every text kept as a blob of its hash. */
const writePlan = async (context: StepContext, plan: Plan, files: readonly FileEntry[]): Promise<void> => {
	const live = await readCatalog(context.ports.warehouse, context.ports.schedules, plan.names);
	const objects = await Promise.all(plan.objects.map(async ({object, action, detail, diff}) => {
		const before = live.routines.get(object.name) ?? live.views.get(object.name);
		return {kind: object.kind, name: object.name, path: object.path, action, detail, fingerprint: object.fingerprint, sql: await context.keep(object.sql), ...(before === undefined ? {} : {before: await context.keep(before)}), ...(diff === '' ? {} : {diff: await context.keep(diff)})};
	}));
	await context.writePlan(`${JSON.stringify({v: 1, run: context.state().run, hash: plan.hash, target: plan.names, settings: planSettings(context.settings), files: files.map(({path: file, bytes, sha256}) => ({path: file, bytes, sha256})), objects}, undefined, '\t')}\n`);
};

/** Takes the inventory and freezes the plan. */
export const runSqlInventory = async (context: StepContext): Promise<string> => {
	const checks = checksOf(context);
	const entries = await checkFiles(context, checks);
	const objects = await loadOrFail(context, checks);
	checkInventory(objects, checks);
	// Sample data is never deployed; the rules are about what is.
	const deployed = (await sourceFiles(context)).filter(({path: file}) => !file.startsWith('sql/sample/'));
	const findings = deployed.flatMap(({path: file, text}) => lintSql(file, text));
	for (const {path: file, line, column, rule, severity, message} of findings.filter(finding => finding.severity === 'error')) {
		context.log(`${file}:${line}:${column} ${rule} ${message}`, severity);
	}

	checkRules(findings, checks);
	const plan = await currentPlan(context);
	const counts = countActions(plan);
	await freeze(context, plan);
	checks.check('plan-frozen', true, `plan ${formatPlanHash(plan.hash)}: ${counts.create} create, ${counts.replace} replace, ${counts.alter} alter, ${counts.unchanged} unchanged`);
	await context.writeArtifact('manifest.json', `${JSON.stringify({files: entries, objects: plan.objects.map(({object, action, detail}) => ({kind: object.kind, name: object.name, path: object.path, action, detail, fingerprint: object.fingerprint, dependsOn: object.dependsOn, reads: object.reads, writes: object.writes, calls: object.calls}))}, undefined, '\t')}\n`, 'Manifest of files and objects');
	await writePlan(context, plan, entries);
	return `${entries.length} files, ${objects.length} objects, plan ${formatPlanHash(plan.hash)}`;
};
