// Runs files of sql/ that ask instead of deploy, and judges the rows they give: one row a check.
import {StepFailure, type StatementResult, type StepContext} from '../engine/task.js';
import type {QueryParameter, Row} from '../ports/warehouse.js';
import type {Checks} from './criteria.js';
import {findSqlFile, sourceFiles} from './deploy-set.js';

export type SqlFileRequest = {
	/** Relative to the package: `sql/smoke/1-analyzer.sql`. */
	readonly file: string;
	/** Dataset it is rendered for. */
	readonly dataset: string;
	readonly title: string;
	readonly parameters?: readonly QueryParameter[];
	/** Set when the file changes what stands in the dataset. */
	readonly isMutation?: boolean;
	/** As StatementRequest has it. */
	readonly isPreparation?: boolean;
};

/**
 * Runs one file as a journaled job; a failure points into the file.
 * @throws StepFailure when the file is missing or its job fails.
 */
export const runSqlFile = async <R extends Row = Row>(context: StepContext, {file, dataset, title, parameters, isMutation = false, isPreparation = false}: SqlFileRequest): Promise<StatementResult<R>> => {
	const found = await findSqlFile(context, file, dataset);
	if (found === undefined) {
		throw new StepFailure({message: `${file} is missing.`, reason: 'objects', class: 'permanent', advice: 'eros-tui check'});
	}

	return context.run<R>({sql: found.sql, title, source: {path: found.path, text: found.sql}, ...(parameters && {parameters}), ...(isMutation && {mutates: [dataset]}), ...(isPreparation && {isPreparation})});
};

export type SmokeCheck = {readonly passed: boolean; readonly evidence: string};

export type Smoke = {
	readonly durationMs: number;
	readonly checks: ReadonlyMap<string, SmokeCheck>;
	/** The evidence of one check; the empty string when the file gave no such row. */
	readonly evidenceOf: (name: string) => string;
	/** Decides a criterion by rows of the file: every one has to be there and to have passed. */
	readonly judge: (checks: Checks, criterion: string, names: readonly string[]) => boolean;
};

/** Runs a smoke file: its rows are `check_name`, `passed`, `evidence`. */
export const runSmokeFile = async (context: StepContext, request: SqlFileRequest): Promise<Smoke> => {
	const {rows, durationMs} = await runSqlFile(context, request);
	const checks = new Map(rows.map(row => [String(row['check_name']), {passed: row['passed'] === true, evidence: String(row['evidence'] ?? 'no data')}]));
	return {
		durationMs,
		checks,
		evidenceOf: name => checks.get(name)?.evidence ?? '',
		judge({check}, criterion, names) {
			const missing = names.filter(name => !checks.has(name));
			const failed = names.filter(name => checks.get(name)?.passed === false);
			const evidence = (shown: readonly string[]): string => shown.map(name => checks.get(name)!.evidence).join(', ');
			return missing.length > 0
				? check(criterion, false, `${request.file} gave no row ${missing.join(', ')}`)
				: check(criterion, failed.length === 0, failed.length === 0 ? evidence(names) : `${failed.join(', ')}: ${evidence(failed)}`);
		},
	};
};

const productionFolder = 'sql/smoke/production/';

/** Files that are run after a deployment; they read only. */
export const productionSmokeFiles = async (context: StepContext): Promise<readonly string[]> =>
	(await sourceFiles(context)).map(({path}) => path).filter(path => path.startsWith(productionFolder)).sort();

/** `view` for `sql/smoke/production/view.sql`. */
export const smokeName = (file: string): string => file.slice(file.lastIndexOf('/') + 1, -'.sql'.length);
