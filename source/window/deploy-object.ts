// Deploys one object as a journaled job, and what every deploying task asks of the files first.
import type {StepContext, StatementResult} from '../engine/task.js';
import {kindTitles, type DeployObject} from '../objects/deploy-object.js';
import {lintSql} from '../lint/lint-sql.js';
import type {Finding} from '../lint/finding.js';

const verbs: {readonly [Kind in DeployObject['kind']]: string} = {
	table: 'create if missing, then alter',
	function: 'create or replace',
	'table-function': 'create or replace',
	procedure: 'create or replace',
	view: 'create or replace',
	'scheduled-query': 'upsert',
};

/** Runs the object's statements in a dataset; a failure points into its file. */
export const deployObject = async (context: StepContext, object: DeployObject, dataset: string): Promise<StatementResult> =>
	context.run({
		sql: object.sql,
		title: `${verbs[object.kind]} ${kindTitles[object.kind]} ${object.name}`,
		mutates: [dataset],
		source: {path: object.path, text: object.sql},
	});

/**
 * Dry-runs and deploys objects in their order, with progress.
 * @returns how many were deployed.
 */
export const deployInOrder = async (context: StepContext, objects: readonly DeployObject[], dataset: string): Promise<number> => {
	let done = 0;
	for (const object of objects) {
		context.progress({done, total: objects.length, label: object.name});
		// The order is the point.
		await deployObject(context, object, dataset);
		done += 1;
	}

	context.progress({done, total: objects.length});
	return done;
};

/** Errors the safety rules find in the files of these objects. */
export const lintErrors = (objects: readonly DeployObject[]): readonly Finding[] =>
	objects.flatMap(object => lintSql(object.path, object.template)).filter(({severity}) => severity === 'error');

/** Checks that no file of these objects sets anything of a session; the same rule serves three criteria of the document. */
export const describeSessionFindings = (objects: readonly DeployObject[]): {readonly ok: boolean; readonly evidence: string} => {
	const found = lintErrors(objects).filter(({rule}) => rule === 'session-setting' || rule === 'syntax');
	const [first] = found;
	return {ok: found.length === 0, evidence: first === undefined ? `none in ${objects.length} files` : `${first.path}:${first.line}:${first.column} ${first.message}`};
};
