// What the person who approves production has to know, computed from the plan as it stands now.
import {formatPlanHash} from '../../domain/ids.js';
import type {PlannedChanges, ProductionQuestion} from '../../domain/events.js';
import {StepFailure, type StepContext} from '../../engine/task.js';
import type {Plan, PlannedObject} from '../../objects/plan.js';
import {callerParameters, callersOf, callersPath, describeCallers} from '../callers.js';
import {currentPlan, findSqlFile} from '../deploy-set.js';

const tebibyte = 1024 ** 4;

/** Money of scanned bytes in micro-dollars, at the price of a TiB. */
export const costOfBytes = (bytes: number, pricePerTibMicros: number): number => Math.round(bytes / tebibyte * pricePerTibMicros);

/** Bytes the statements would scan; a statement that depends on an object of the plan can't be dry-run before it stands. */
const dryRunBytes = async (context: StepContext, planned: readonly PlannedObject[]): Promise<number> => {
	const sizes = await Promise.all(planned.map(async ({object}) => {
		try {
			return (await context.ports.warehouse.dryRun(object.sql)).totalBytes;
		} catch {
			return 0;
		}
	}));
	return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

/** Who asked for these objects in the last 30 days, with counts. Empty when the history can't be read. */
const readCallers = async (context: StepContext, names: readonly string[]): Promise<readonly string[]> => {
	const file = await findSqlFile(context, callersPath, context.settings.dataset);
	try {
		return describeCallers(callersOf((await context.ports.warehouse.query(file?.sql ?? '', {parameters: callerParameters(names)})).rows));
	} catch {
		context.log('The job history can\'t be read; callers are not listed.', 'warning');
		return [];
	}
};

/** What a plan does to production, by name and by difference. */
export const changesOf = (plan: Plan): PlannedChanges => {
	const changing = plan.objects.filter(({action}) => action !== 'unchanged');
	const named = (action: string): readonly string[] => changing.filter(planned => planned.action === action && planned.object.kind !== 'scheduled-query').map(({object}) => object.name);
	return {
		planHash: plan.hash,
		create: named('create'),
		replace: named('replace'),
		alter: named('alter'),
		schedules: changing.flatMap(({object}) => (object.kind === 'scheduled-query' ? object.configs.map(({displayName}) => displayName) : [])),
		unchanged: plan.objects.filter(({action}) => action === 'unchanged').map(({object}) => object.name),
		differences: changing.map(({object, diff}) => ({object: object.name, diff})),
	};
};

/** What the plan would change by now. Reads the catalog and the files only. */
export const readChanges = async (context: StepContext): Promise<PlannedChanges> => changesOf(await currentPlan(context));

/** Prepares the production question. Changes nothing. */
export const prepareApproval = async (context: StepContext): Promise<ProductionQuestion> => {
	const plan = await currentPlan(context);
	const {restorePoint, gate} = context.state();
	if (restorePoint === undefined || gate === undefined) {
		throw new StepFailure({message: 'Production is not asked for before the restore point and the gate.', reason: 'approval', class: 'permanent'});
	}

	const changing = plan.objects.filter(({action}) => action !== 'unchanged');
	const code = changing.filter(({object}) => object.kind !== 'scheduled-query');
	const [bytes, callers] = await Promise.all([dryRunBytes(context, code), readCallers(context, changing.map(({object}) => object.name))]);
	return {
		...changesOf(plan),
		phrase: `deploy ${context.settings.project}.${context.settings.dataset} ${formatPlanHash(plan.hash)}`,
		irreversible: ['mails and chat already sent'],
		callers,
		dryRunBytes: bytes,
		costMicros: costOfBytes(bytes, context.settings.pricePerTibMicros),
		costCapMicros: context.settings.costCapMicros,
		expectedMs: context.task.expectedMs,
		gate: {passed: gate.tests.filter(({passed}) => passed).length, total: gate.tests.length, decidedAtMs: gate.atMs, validUntilMs: gate.validUntilMs},
		restorePoint,
	};
};
