// What one analysis carries along: the options, the annotations, and what names can be seen from where.
import type {AnalyzeOptions, ExpandedColumn, FieldStep, OutputColumn, Reference, Source} from '../analysis.js';
import type {RoutineEntry, TableEntry} from '../catalog.js';
import {errorAt, GoogleSqlError, type DiagnosticReason} from '../diagnostics.js';
import type {Expression, PathExpression} from '../syntax/expression.js';
import type {Identifier, Span} from '../syntax/name.js';
import type {CommonTableExpression, NamedWindow} from '../syntax/query.js';
import type {TypeNode} from '../syntax/types.js';
import type {Column, SqlType} from '../types.js';
import {Annotations} from './annotations.js';
import {typeName} from './type-rules.js';

export type Cte = {readonly definition: CommonTableExpression; readonly columns: readonly OutputColumn[]; readonly valueType: SqlType | undefined; readonly isRecursive: boolean};

export type UsingColumn = {readonly name: string; readonly reference: Reference & {readonly kind: 'using-column'}};

/** Names of one query level; `outer` is the level around it. */
export type Scope = {
	readonly sources: readonly Source[];
	readonly using: readonly UsingColumn[];
	readonly outer: Scope | undefined;
	readonly ctes: ReadonlyMap<string, Cte>;
	readonly locals: ReadonlyMap<string, SqlType>;
	/** Select aliases that may be used where they are visible, after columns of FROM. */
	readonly selectAliases?: ReadonlyMap<string, {readonly index: number; readonly name: string; readonly item: Expression | ExpandedColumn; readonly type: SqlType}>;
	readonly prefersAliases?: boolean;
	readonly outputs?: readonly OutputColumn[];
	readonly windows?: readonly NamedWindow[];
};

export const emptyScope: Scope = {sources: [], using: [], outer: undefined, ctes: new Map(), locals: new Map()};

/** Whether an aggregate may stand here, and why not where it may not. */
export type Place = {readonly aggregates: 'allowed' | 'forbidden' | 'nested'; readonly clause: string; readonly onAggregate?: () => void};

export const plainPlace = (clause: string): Place => ({aggregates: 'forbidden', clause});

export class Context {
	readonly options: AnalyzeOptions;
	readonly notes = new Annotations();
	readonly tables = new Map<string, TableEntry>();
	readonly routines = new Map<string, RoutineEntry>();
	/** Arguments of the function whose body is analyzed, by lower-case name. */
	arguments: ReadonlyMap<string, {readonly name: string; readonly type: SqlType}> = new Map();
	/** TABLE arguments of the table function whose body is analyzed. */
	tableArguments: ReadonlyMap<string, {readonly name: string; readonly columns: readonly Column[]}> = new Map();

	constructor(options: AnalyzeOptions) {
		this.options = options;
	}

	fail(span: Span, message: string, reason: DiagnosticReason = 'invalidQuery'): GoogleSqlError {
		return errorAt(this.options.text, span.start, message, reason);
	}

	typeOfNode(node: TypeNode): SqlType {
		const type = this.#typeOfNode(node);
		this.notes.typeNodes.set(node, type);
		return type;
	}

	#typeOfNode(node: TypeNode): SqlType {
		switch (node.kind) {
			case 'scalar-type': {
				return {kind: 'scalar', name: node.name};
			}

			case 'array-type': {
				const element = this.typeOfNode(node.element);
				if (element.kind === 'array') throw this.fail(node.span, 'Arrays of arrays are not supported');
				return {kind: 'array', element};
			}

			case 'struct-type': {
				return {kind: 'struct', fields: node.fields.map(field => ({name: field.name?.name, type: this.typeOfNode(field.type)}))};
			}

			case 'any-type': {
				return {kind: 'any'};
			}

			case 'range-type': {
				throw this.fail(node.span, 'RANGE types are not supported by the embedded warehouse');
			}
		}
	}
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Steps into struct fields or JSON members. */
export function stepInto(context: Context, type: SqlType, names: readonly Identifier[]): {readonly fields: readonly FieldStep[]; readonly type: SqlType} {
	const fields: FieldStep[] = [];
	let current = type;
	for (const {name, span} of names) {
		if (current.kind === 'scalar' && current.name === 'JSON') {
			fields.push({kind: 'json-key', name});
			continue;
		}

		if (current.kind !== 'struct') throw context.fail(span, `Cannot access field ${name} on a value with type ${typeName(current)}`);
		const index = current.fields.findIndex(field => field.name !== undefined && same(field.name, name));
		const field = current.fields[index];
		if (field === undefined) throw context.fail(span, `Field name ${name} does not exist in ${typeName(current)}`);
		fields.push({kind: 'struct-field', name: field.name ?? name, index, type: field.type});
		current = field.type;
	}

	return {fields, type: current};
}

const rowType = (source: Source): SqlType => source.valueType ?? {kind: 'struct', fields: source.columns.map(({name, type}) => ({name, type}))};

type Found = {readonly reference: Reference; readonly used: number};

function inSources(context: Context, scope: Scope, path: PathExpression, isCorrelated: boolean): Found | undefined {
	const [first, second] = path.names as readonly [Identifier, ...Identifier[]];
	const named = scope.sources.find(source => source.name !== undefined && same(source.name, first.name));
	if (named !== undefined) {
		const column = second === undefined ? undefined : [...named.columns, ...named.pseudoColumns].find(candidate => same(candidate.name, second.name));
		if (column !== undefined) return {reference: {kind: 'column', source: named, column: column.name, isCorrelated, fields: [], type: column.type}, used: 2};
		if (named.valueType === undefined && second !== undefined) {
			throw context.fail(second.span, `Name ${second.name} not found inside ${first.name}`);
		}

		return {reference: {kind: 'row', source: named, isCorrelated, fields: [], type: rowType(named)}, used: 1};
	}

	const using = scope.using.find(({name}) => same(name, first.name));
	if (using !== undefined) return {reference: {...using.reference, isCorrelated}, used: 1};
	const found: Reference[] = [];
	for (const source of scope.sources) {
		const column = [...source.columns, ...source.pseudoColumns].find(candidate => same(candidate.name, first.name));
		if (column !== undefined) found.push({kind: 'column', source, column: column.name, isCorrelated, fields: [], type: column.type});
		if (source.offsetName !== undefined && same(source.offsetName, first.name)) found.push({kind: 'offset', source, isCorrelated, fields: [], type: {kind: 'scalar', name: 'INT64'}});
	}

	if (found.length > 1) throw context.fail(first.span, `Column name ${first.name} is ambiguous`);
	return found[0] === undefined ? undefined : {reference: found[0], used: 1};
}

function inAliases(scope: Scope, first: Identifier): Found | undefined {
	const alias = scope.selectAliases?.get(first.name.toLowerCase());
	if (alias !== undefined) return {reference: {kind: 'select-alias', column: alias.name, index: alias.index, item: alias.item, fields: [], type: alias.type}, used: 1};
	const index = scope.outputs?.findIndex(column => column.name !== undefined && same(column.name, first.name)) ?? -1;
	const output = scope.outputs?.[index];
	return output === undefined ? undefined : {reference: {kind: 'output-column', column: output.name ?? first.name, index, fields: [], type: output.type}, used: 1};
}

function findName(context: Context, scope: Scope, path: PathExpression): Found | undefined {
	const first = path.names[0]!;
	let isCorrelated = false;
	for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
		const local = level.locals.get(first.name.toLowerCase());
		if (local !== undefined) return {reference: {kind: 'local', name: first.name, fields: [], type: local}, used: 1};
		const found = level.prefersAliases === true ? (inAliases(level, first) ?? inSources(context, level, path, isCorrelated)) : (inSources(context, level, path, isCorrelated) ?? inAliases(level, first));
		if (found !== undefined) return found;
		isCorrelated = true;
	}

	const argument = context.arguments.get(first.name.toLowerCase());
	if (argument !== undefined) return {reference: {kind: 'argument', name: argument.name, fields: [], type: argument.type}, used: 1};
	for (const [name, type] of context.options.variables ?? []) {
		if (same(name, first.name)) return {reference: {kind: 'variable', name, fields: [], type}, used: 1};
	}

	return undefined;
}

/** Fewest single-letter edits between two words. */
function distance(a: string, b: string): number {
	let row = Array.from({length: b.length + 1}, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
		row = next;
	}

	return row[b.length]!;
}

/** ` ; Did you mean x?`, when a name is one or two letters away. */
export function suggest(name: string, candidates: Iterable<string>): string {
	let best: string | undefined;
	let least = Math.max(1, Math.floor(name.length / 4)) + 1;
	for (const candidate of candidates) {
		const edits = distance(name.toLowerCase(), candidate.toLowerCase());
		if (edits < least) {
			least = edits;
			best = candidate;
		}
	}

	return best === undefined ? '' : `; Did you mean ${best}?`;
}

function visibleNames(context: Context, scope: Scope): readonly string[] {
	const names: string[] = [];
	for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
		for (const source of level.sources) names.push(...(source.name === undefined ? [] : [source.name]), ...source.columns.map(column => column.name));
	}

	return [...names, ...[...context.arguments.values()].map(argument => argument.name), ...(context.options.variables?.keys() ?? [])];
}

/** What a path means. @throws GoogleSqlError Unrecognized name. */
export function resolvePathExpression(context: Context, scope: Scope, path: PathExpression): Reference {
	const found = findName(context, scope, path);
	if (found === undefined) {
		const {name} = path.names[0]!;
		throw context.fail(path.names[0]!.span, `Unrecognized name: ${name}${suggest(name, visibleNames(context, scope))}`);
	}

	const {fields, type} = stepInto(context, found.reference.type, path.names.slice(found.used));
	return {...found.reference, fields: [...found.reference.fields, ...fields], type} as Reference;
}
