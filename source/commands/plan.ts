// `eros-tui plan`: what a deployment would change. Reads only.
import {connect} from '../cloud/connect.js';
import {createFiles} from '../host/files.js';
import {createSystemClock} from '../host/system-clock.js';
import {kindTitles} from '../objects/deploy-object.js';
import {loadObjects} from '../objects/load-objects.js';
import {dependantsOf} from '../objects/order.js';
import {countActions, makePlan} from '../objects/plan.js';
import type {TargetNames} from '../objects/names.js';
import {ObjectsError, renderTemplate, type SourceFile} from '../objects/template.js';
import {packageRoot} from '../package-info.js';
import type {Warehouse} from '../ports/warehouse.js';
import {renderPlanText} from '../report/documents/plan-text.js';
import {loadSettings} from '../settings/index.js';
import {callerParameters, callersOf, callersPath, describeCallers, type Caller} from '../window/callers.js';
import {contradictions} from '../window/contradictions.js';
import {planSettings, readCatalog, readSqlFiles, targetNames} from '../window/deploy-set.js';
import {costOfBytes} from '../window/tasks/approval.js';
import type {CommandRun} from './command.js';
import {exitCode} from './exit-codes.js';

/** Bytes of the statements that can be dry-run now; the others need an object that does not stand yet. */
const measure = async (warehouse: Warehouse, statements: readonly string[]): Promise<{readonly bytes: number; readonly unmeasured: number}> => {
	const sizes = await Promise.all(statements.map(async sql => {
		try {
			return (await warehouse.dryRun(sql)).totalBytes;
		} catch {
			return undefined;
		}
	}));
	return {bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0), unmeasured: sizes.filter(size => size === undefined).length};
};

/** Who asked for these objects in the last 30 days; undefined when the job history can't be read. */
const readCallers = async (warehouse: Warehouse, sources: readonly SourceFile[], target: TargetNames, changed: readonly string[]): Promise<readonly Caller[] | undefined> => {
	const file = sources.find(({path}) => path === callersPath);
	try {
		return file === undefined ? undefined : callersOf((await warehouse.query(renderTemplate(file, target), {parameters: callerParameters(changed)})).rows);
	} catch {
		return undefined;
	}
};

/** Compares the files with the live catalog and prints the difference. Exit 3 with --detailed-exitcode when there is one. */
export const run: CommandRun = async ({options, io}) => {
	const settings = await loadSettings(options, io.env);
	const names = targetNames(settings);
	const files = createFiles();
	const sources = await readSqlFiles(files, packageRoot());
	let objects;
	try {
		objects = loadObjects(sources, names);
	} catch (error) {
		if (error instanceof ObjectsError) {
			io.stderr.write(`${error.message}\n  Look closer with: eros-tui check\n`);
			return exitCode.failed;
		}

		throw error;
	}

	const connection = await connect({kind: settings.target, project: settings.project, dataset: settings.dataset, location: settings.location, env: io.env, clock: createSystemClock()});
	try {
		const live = await readCatalog(connection.warehouse, connection.schedules, names);
		const plan = makePlan(objects, live, names, planSettings(settings));
		const changing = plan.objects.filter(({action}) => action !== 'unchanged');
		const {bytes, unmeasured} = await measure(connection.warehouse, changing.filter(({object}) => object.kind !== 'scheduled-query').map(({object}) => object.sql));
		const callers = await readCallers(connection.warehouse, sources, names, changing.map(({object}) => object.name));
		const costMicros = costOfBytes(bytes, settings.pricePerTibMicros);
		const shown = plan.objects.map(({object, action, detail, diff}) => ({kind: kindTitles[object.kind], name: object.name, action, detail, diff, dependants: action === 'unchanged' ? [] : dependantsOf(objects, [object.name])}));
		io.stdout.write(options['json'] === true
			? `${JSON.stringify({hash: plan.hash, target: names, counts: countActions(plan), bytes, costMicros, unmeasured, callers, contradictions, objects: shown})}\n`
			: renderPlanText({target: `${names.project}.${names.dataset} (${names.location})`, hash: plan.hash, objects: shown, bytes, costMicros, unmeasured, callers: callers && describeCallers(callers), rules: contradictions}));
		return options['detailedExitcode'] === true && changing.length > 0 ? exitCode.changesPending : exitCode.done;
	} finally {
		await connection.close();
	}
};
