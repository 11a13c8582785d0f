// Names in scope. Inside a query its FROM, around it the enclosing queries, outermost the arguments and variables.
import type {Reference, SelectColumn, Source} from '../analysis.js';
import type {CommonTableExpression} from '../syntax/query.js';
import type {Column, SqlType} from '../types.js';

/** A column reached without a qualifier, in the order of `*`. */
export type VisibleColumn = {readonly name: string; readonly reference: Reference};

export type NamedQuery = {readonly definition: CommonTableExpression; readonly columns: readonly Column[]; readonly valueType: SqlType | undefined; readonly isRecursive: boolean};

export type Scope = {
	readonly parent: Scope | undefined;
	readonly sources: readonly Source[];
	readonly columns: readonly VisibleColumn[];
	/** Hidden from `*`. */
	readonly hidden: readonly VisibleColumn[];
	/** CTEs in scope, lower case, inner ones replace outer ones. */
	readonly queries: ReadonlyMap<string, NamedQuery>;
	/** Aliases of the select list that win over FROM: for HAVING, QUALIFY, ORDER BY. */
	readonly aliases: readonly SelectColumn[] | undefined;
	/** Output columns of a set operation: for its ORDER BY. */
	readonly outputs: readonly {readonly name: string | undefined; readonly type: SqlType}[] | undefined;
	/** Aliases of the select list that hold aggregates, lower case: they may not stand inside another aggregate. */
	readonly aggregateAliases?: ReadonlySet<string>;
	/** Lambda parameters and WITH(...) bindings. */
	readonly locals: ReadonlyMap<string, {readonly name: string; readonly type: SqlType}> | undefined;
};

export const emptyScope: Scope = {parent: undefined, sources: [], columns: [], hidden: [], queries: new Map(), aliases: undefined, outputs: undefined, locals: undefined};

export const sameName = (left: string | undefined, right: string): boolean => left !== undefined && left.toLowerCase() === right.toLowerCase();

/** A scope inside another, with nothing of its own yet. */
export const within = (parent: Scope, own: Partial<Scope> = {}): Scope => ({...emptyScope, parent, queries: parent.queries, ...own});

export const rowType = (source: Source): SqlType =>
	source.valueType ?? {kind: 'struct', fields: source.columns.map(({name, type}) => ({name, type}))};

export const columnReference = (source: Source, column: Column): Reference => {
	const place = source.columns.indexOf(column);
	if (source.valueType?.kind === 'struct') {
		// The columns of a value table are the fields, in their order.
		const index = place < 0 ? source.valueType.fields.findIndex(field => sameName(field.name, column.name)) : place;
		return {kind: 'row', source, isCorrelated: false, fields: [{kind: 'struct-field', name: column.name, index, type: column.type}], type: column.type};
	}

	return {kind: 'column', source, column: column.name, index: place < 0 ? undefined : place, isCorrelated: false, fields: [], type: column.type};
};

/** Visible columns of one source: its columns, its scalar value under its name, its offset. */
export function visibleColumns(source: Source): {columns: VisibleColumn[]; hidden: VisibleColumn[]} {
	const columns = source.columns.map(column => ({name: column.name, reference: columnReference(source, column)}));
	if (source.valueType !== undefined && source.valueType.kind !== 'struct') {
		columns.push({name: source.name ?? '', reference: {kind: 'row', source, isCorrelated: false, fields: [], type: source.valueType}});
	}

	if (source.offsetName !== undefined) {
		columns.push({name: source.offsetName, reference: {kind: 'offset', source, isCorrelated: false, fields: [], type: {kind: 'scalar', name: 'INT64'}}});
	}

	return {columns, hidden: source.pseudoColumns.map(column => ({name: column.name, reference: columnReference(source, column)}))};
}

/** The reference seen from an inner query. */
export const correlated = (reference: Reference, isCorrelated: boolean): Reference =>
	isCorrelated && 'isCorrelated' in reference ? {...reference, isCorrelated: true} : reference;

/** Every name that could have been meant, for `Did you mean`. */
export function knownNames(scope: Scope | undefined): string[] {
	if (scope === undefined) return [];
	const own = [...scope.columns.map(({name}) => name), ...scope.sources.flatMap(({name}) => name ?? []), ...(scope.aliases ?? []).flatMap(({name}) => name ?? [])];
	return [...own, ...knownNames(scope.parent)];
}

/** The known name nearest to a wrong one; undefined when none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
	const limit = Math.max(1, Math.floor(name.length / 5));
	let best: string | undefined;
	let bestDistance = limit + 1;
	for (const candidate of known) {
		const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
		if (distance < bestDistance && distance < Math.max(name.length, candidate.length)) {
			best = candidate;
			bestDistance = distance;
		}
	}

	return best;
}

function editDistance(left: string, right: string, limit: number): number {
	if (Math.abs(left.length - right.length) >= limit) return limit;
	let row = Array.from({length: right.length + 1}, (_, index) => index);
	for (let i = 1; i <= left.length; i++) {
		const next = [i];
		for (let j = 1; j <= right.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)));
		row = next;
	}

	return row[right.length]!;
}
