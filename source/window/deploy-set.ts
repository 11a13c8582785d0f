// The objects of this run: read from sql/ once a process, rendered for production or staging, and compared with what is live.
import path from 'node:path';
import type {StepContext} from '../engine/task.js';
import type {DeployObject, ObjectKind} from '../objects/deploy-object.js';
import {emptyCatalog, readLiveCatalog, type LiveCatalog} from '../objects/live-catalog.js';
import {loadObjects} from '../objects/load-objects.js';
import type {TargetNames} from '../objects/names.js';
import {makePlan, type Plan} from '../objects/plan.js';
import {renderTemplate, type SourceFile} from '../objects/template.js';
import type {Files} from '../ports/outside.js';
import type {ScheduledQueries} from '../ports/scheduled-queries.js';
import type {Warehouse} from '../ports/warehouse.js';
import {askOnce} from './ask-once.js';

/** The page all tests use; it belongs to nobody. */
export const testPage = 'test_creator';

type NameSettings = {readonly project: string; readonly dataset: string; readonly location: string; readonly timeZone: string};

/** Names that sql/ is rendered with, for the production dataset or another one. */
export const targetNames = ({project, dataset, location, timeZone}: NameSettings, other = dataset): TargetNames => ({project, dataset: other, location, timeZone});

/** Every SQL file below sql/ with its path relative to the package. Throws when one can't be read. */
export const readSqlFiles = async (files: Files, root: string): Promise<readonly SourceFile[]> => {
	const found = (await files.list(path.join(root, 'sql'))).filter(file => file.path.endsWith('.sql'));
	return Promise.all(found.map(async file => ({
		path: path.relative(root, file.path).split(path.sep).join('/'),
		text: new TextDecoder().decode(await files.read(file.path)),
	})));
};

/** The files of sql/, read once a process. */
export const sourceFiles = async (context: StepContext): Promise<readonly SourceFile[]> =>
	askOnce(context, 'window/source-files', async () => readSqlFiles(context.ports.files, context.root));

/** The deployable objects rendered for a dataset, in dependency order. */
export const objectsFor = async (context: StepContext, dataset: string): Promise<readonly DeployObject[]> =>
	askOnce(context, `window/objects/${dataset}`, async () => loadObjects(await sourceFiles(context), targetNames(context.settings, dataset)));

/** One file of sql/ that is asked, not deployed, rendered for a dataset. Undefined when there is no such file. */
export const findSqlFile = async (context: StepContext, file: string, dataset: string): Promise<{readonly path: string; readonly sql: string} | undefined> => {
	const source = (await sourceFiles(context)).find(candidate => candidate.path === file);
	return source === undefined ? undefined : {path: source.path, sql: renderTemplate(source, targetNames(context.settings, dataset))};
};

/** Reads the definitions that stand in a dataset; an absent dataset holds none. */
export const readCatalog = async (warehouse: Warehouse, schedules: ScheduledQueries, names: TargetNames): Promise<LiveCatalog> => {
	if (await warehouse.findDataset(names.dataset) === undefined) {
		return emptyCatalog;
	}

	const configs = await schedules.list(names.dataset);
	return readLiveCatalog(async sql => (await warehouse.query(sql)).rows, names, configs);
};

/** The settings an approval is bound to. */
export const planSettings = (settings: {readonly maximumBytesBilled: number; readonly costCapMicros: number; readonly pricePerTibMicros: number}): Readonly<Record<string, unknown>> => ({
	maximumBytesBilled: settings.maximumBytesBilled,
	costCapMicros: settings.costCapMicros,
	pricePerTibMicros: settings.pricePerTibMicros,
});

/** The plan against the live production catalog, as of now. */
export const currentPlan = async (context: StepContext): Promise<Plan> => {
	const names = targetNames(context.settings);
	const [objects, live] = await Promise.all([objectsFor(context, names.dataset), readCatalog(context.ports.warehouse, context.ports.schedules, names)]);
	return makePlan(objects, live, names, planSettings(context.settings));
};

/** The view of the document; every other view is support for code and is deployed before it. */
export const seedView = 'schedule_recommendations_with_messages';

export const seedFunctions = ['wilson_score_bounds', 'wilson_sample'] as const;
export const seedTableFunctions = ['classify_account_size', 'analyze_saturation_status', 'calculate_performance_metrics', 'get_recent_performance_window', 'detect_anomalies', 'calculate_engagement_rates', 'get_creator_baseline'] as const;
export const seedProcedures = ['update_caption_performance', 'lock_caption_assignments', 'select_captions_for_creator', 'analyze_creator_performance'] as const;
export const seedSchedules = 3;

/** Objects of a kind, in dependency order. */
export const ofKind = (objects: readonly DeployObject[], kind: ObjectKind): readonly DeployObject[] => objects.filter(object => object.kind === kind);
