// The last check before a request leaves: production changes only with a held lease, a proven restore point, the
// approved plan, a byte cap and labels. Pure; nothing above it can switch it off.
import {WarehouseError, type JobSpec, type MutationAuthority} from '../../ports/warehouse.js';

export type Guard = {
	readonly productionDataset: string;
	/** What is valid at this moment; a part is undefined when nothing of it is valid. */
	readonly valid: () => {
		readonly leaseEpoch: number | undefined;
		readonly provenRestorePoint: string | undefined;
		readonly planHash: string | undefined;
		/** What may be done with `rows-only` in the place of a restore point, as `update table` or `call procedure`; nothing when missing. */
		readonly rowWork?: readonly string[];
	};
};

/** What is wrong with an authority for a change of production; undefined when nothing is. */
export const authorityProblem = (guard: Guard, authority: MutationAuthority | undefined): string | undefined => {
	if (authority === undefined) {
		return 'it carries no authority';
	}

	const valid = guard.valid();
	if (valid.leaseEpoch === undefined) {
		return 'the lease is not held';
	}

	if (authority.leaseEpoch !== valid.leaseEpoch) {
		return `its lease epoch ${authority.leaseEpoch} is not the current one, ${valid.leaseEpoch}`;
	}

	if (authority.provenRestorePoint === '' || authority.provenRestorePoint !== valid.provenRestorePoint) {
		return 'its restore point is not a proven one';
	}

	return authority.planHash.length === 0 || authority.planHash !== valid.planHash ? 'its plan hash is not that of the current plan' : undefined;
};

const withoutTextAndComments = (sql: string): string =>
	sql.replaceAll(/--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, ' ');

const definitionPattern = /\b(?:create(?:\s+or\s+replace)?|drop|alter|truncate)\s+(?:external\s+|materialized\s+|snapshot\s+|aggregate\s+)?(?:table\s+function|table|view|function|procedure|schema)\s+(?:if\s+(?:not\s+)?exists\s+)?((?:`[^`]+`|[\w-]+)(?:\s*\.\s*(?:`[^`]+`|[\w-]+))*)/gi;

/** Datasets whose definitions a text changes by name, outside strings and comments; an unqualified name is in the default dataset. */
export const definedDatasets = (sql: string, defaultDataset: string | undefined): ReadonlySet<string> => {
	const found = new Set<string>();
	const text = withoutTextAndComments(sql);
	for (const match of text.matchAll(definitionPattern)) {
		const path = (match[1] ?? '').replaceAll(/[`\s]/g, '').split('.');
		const isSchema = /\bschema\b/i.test(match[0].slice(0, match[0].length - (match[1] ?? '').length));
		const dataset = isSchema ? path.at(-1) : (path.length === 1 ? defaultDataset : path.at(-2));
		if (dataset !== undefined) {
			found.add(dataset);
		}
	}

	return found;
};

/** Stands in place of a restore point for the daily work on rows, which gives itself back when it fails; definitions need a real one. */
export const rowsOnly = 'rows-only';

const rowChangePattern = /\b(insert(?:\s+into)?|update|merge(?:\s+into)?|call)\s+((?:`[^`]+`|[\w-]+)(?:\s*\.\s*(?:`[^`]+`|[\w-]+))*)/gi;

/** Row changes a text spells, as `insert table` or `call procedure`; the branches of a MERGE name no table of their own. */
export const rowChanges = (sql: string): readonly string[] =>
	[...withoutTextAndComments(sql).matchAll(rowChangePattern)].flatMap(match => {
		const verb = (match[1] ?? '').split(/\s/)[0]!.toLowerCase();
		const name = (match[2] ?? '').replaceAll(/[`\s]/g, '').split('.').at(-1) ?? '';
		return /^(?:set|row|values)$/i.test(name) ? [] : [`${verb} ${name}`];
	});

/** Why a job is more than the daily work on rows; undefined when it is no more. */
const rowWorkProblem = (guard: Guard, spec: Pick<JobSpec, 'sql' | 'defaultDataset'>): string | undefined => {
	if (definedDatasets(spec.sql, spec.defaultDataset).has(guard.productionDataset)) {
		return 'it changes definitions, and only rows may be changed without a restore point';
	}

	if (/\b(?:delete|truncate|execute\s+immediate|export\s+data|load\s+data)\b/i.test(withoutTextAndComments(spec.sql))) {
		return 'it deletes rows or runs what can\'t be read here, and neither may be done without a restore point';
	}

	const changes = rowChanges(spec.sql);
	const allowed = new Set(guard.valid().rowWork);
	const other = changes.find(change => !allowed.has(change));
	return changes.length === 0 ? 'what it changes can\'t be read from its text' : other === undefined ? undefined : `"${other}" is not among the row changes that may be made without a restore point`;
};

/** Why a job may not be submitted; undefined when it may. */
export const jobProblem = (guard: Guard, spec: Pick<JobSpec, 'sql' | 'mutates' | 'authority' | 'maximumBytesBilled' | 'labels' | 'defaultDataset'>): string | undefined => {
	const {productionDataset} = guard;
	if (!spec.mutates.includes(productionDataset)) {
		return definedDatasets(spec.sql, spec.defaultDataset).has(productionDataset) ? `it changes definitions in ${productionDataset} without saying so` : undefined;
	}

	const problem = authorityProblem(guard, spec.authority);
	if (problem !== undefined) {
		return problem;
	}

	const beyondRows = spec.authority?.provenRestorePoint === rowsOnly ? rowWorkProblem(guard, spec) : undefined;
	if (beyondRows !== undefined) {
		return beyondRows;
	}

	if (!Number.isSafeInteger(spec.maximumBytesBilled) || spec.maximumBytesBilled <= 0) {
		return 'it has no cap on billed bytes';
	}

	return Object.keys(spec.labels).length === 0 ? 'it carries no labels' : undefined;
};

/** Throws WarehouseError 'refused'. */
export const refuse = (guard: Guard, what: string, problem: string): never => {
	throw new WarehouseError('refused', `${what} may not change ${guard.productionDataset}: ${problem}.`, {reason: 'refused'});
};

const scratchPattern = /^_(?:staging|smoke|scratch)_\w+$/;

/** Whether a dataset is one of ours to delete: `<production>_staging_<run>`, `_smoke_` or `_scratch_`. */
export const isScratchDataset = (productionDataset: string, dataset: string): boolean =>
	dataset.startsWith(`${productionDataset}_`) && scratchPattern.test(dataset.slice(productionDataset.length));
