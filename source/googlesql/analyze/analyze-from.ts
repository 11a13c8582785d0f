// FROM: what rows come from, and the names they bring.
import type {Source} from '../analysis.js';
import type {RoutineEntry, TableEntry} from '../catalog.js';
import type {Path} from '../syntax/name.js';
import type {FromItem, Join, TableFunctionReference, TableReference, UnnestReference} from '../syntax/query.js';
import type {Column, SqlType} from '../types.js';
import {analyzeAs, analyzeCondition, analyzeExpression, convert, operandOf} from './analyze-expression.js';
import {analyzeQuery} from './analyze-query.js';
import {plainPlace, resolvePathExpression, type Context, type Scope, type UsingColumn} from './context.js';
import {coercionCost, int64, isSame, scalar, supertype, typeName} from './type-rules.js';

export type From = {readonly sources: readonly Source[]; readonly using: readonly UsingColumn[]};

const onPlace = plainPlace('FROM clause');

/** Columns of a query as a table, with the names DuckDB is given for unnamed ones. */
export const asColumns = (columns: readonly {readonly name: string | undefined; readonly type: SqlType}[]): readonly Column[] => columns.map(({name, type}, index) => ({name: name ?? `f${index}_`, type}));

const fieldsOf = (type: SqlType | undefined): readonly Column[] => (type?.kind === 'struct' ? asColumns(type.fields) : []);

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Not found, in BigQuery's words. */
export function tableNotFound(context: Context, path: Path): Error {
	const {project, defaultDataset, location = 'US'} = context.options;
	const parts = path.parts.map(part => part.name);
	if (parts.length === 1 && defaultDataset === undefined) return context.fail(path.span, `Table "${parts[0]!}" must be qualified with a dataset (e.g. dataset.table)`);
	const full = parts.length === 1 ? [project, defaultDataset!, parts[0]!] : parts.length === 2 ? [project, ...parts] : parts;
	return context.fail(path.span, `Not found: Table ${full[0]!}:${full.slice(1).join('.')} was not found in location ${location}`, 'notFound');
}

/** Looks a table up and remembers that it was. */
export function findTable(context: Context, path: Path): TableEntry {
	const entry = context.options.catalog.findTable(path.parts.map(part => part.name));
	if (entry === undefined) throw tableNotFound(context, path);
	context.tables.set(`${entry.kind}:${entry.path.join('.')}`, entry);
	return entry;
}

/** Analyzes FROM; items see those to their left. */
export function analyzeFrom(context: Context, scope: Scope, item: FromItem): From {
	switch (item.kind) {
		case 'join': {
			return analyzeJoin(context, scope, item);
		}

		case 'parenthesized-join': {
			return analyzeFrom(context, scope, item.join);
		}

		default: {
			const source = analyzeLeaf(context, scope, item);
			context.notes.sources.set(item, source);
			return {sources: [source], using: []};
		}
	}
}

function analyzeLeaf(context: Context, scope: Scope, item: Exclude<FromItem, {readonly kind: 'join' | 'parenthesized-join'}>): Source {
	switch (item.kind) {
		case 'table-reference': {
			if (item.systemTime !== undefined) analyzeAs(context, scope, item.systemTime, scalar('TIMESTAMP'), onPlace, type => `FOR SYSTEM_TIME AS OF must be of type TIMESTAMP but was of type ${type}`);
			if (item.sample !== undefined) analyzeExpression(context, scope, item.sample.percent, onPlace);
			return analyzeTable(context, scope, item);
		}

		case 'subquery-reference': {
			const {columns, valueType} = analyzeQuery(context, {...scope, sources: [], using: [], outer: scope}, item.query);
			if (item.sample !== undefined) analyzeExpression(context, scope, item.sample.percent, onPlace);
			return {name: item.alias?.name, origin: {kind: 'subquery', item}, columns: valueType === undefined ? asColumns(columns) : fieldsOf(valueType), pseudoColumns: [], valueType, offsetName: undefined};
		}

		case 'unnest-reference': {
			return analyzeUnnest(context, scope, item);
		}

		case 'table-function-reference': {
			return analyzeTableFunction(context, scope, item);
		}

		case 'pivot':
		case 'unpivot': {
			throw context.fail(item.span, `${item.kind.toUpperCase()} is not supported by the embedded warehouse`);
		}
	}
}

function analyzeTable(context: Context, scope: Scope, item: TableReference): Source {
	const parts = item.path.parts.map(part => part.name);
	const name = item.alias?.name ?? parts.at(-1)!;
	const offsetName = item.offset === undefined ? undefined : (item.offset.alias?.name ?? 'offset');
	const cte = parts.length === 1 ? scope.ctes.get(parts[0]!.toLowerCase()) : undefined;
	if (cte !== undefined) {
		return {name, origin: {kind: 'cte', definition: cte.definition, isRecursive: cte.isRecursive, item}, columns: cte.valueType === undefined ? asColumns(cte.columns) : fieldsOf(cte.valueType), pseudoColumns: [], valueType: cte.valueType, offsetName: undefined};
	}

	const parameter = parts.length === 1 ? context.tableArguments.get(parts[0]!.toLowerCase()) : undefined;
	if (parameter !== undefined) return {name, origin: {kind: 'table-parameter', parameter: parameter.name, item}, columns: parameter.columns, pseudoColumns: [], valueType: undefined, offsetName: undefined};
	if (parts.length > 1 && isRangeVariable(scope, parts[0]!)) {
		const array = resolvePathExpression(context, scope, {kind: 'path-expression', names: item.path.parts, span: item.path.span});
		if (array.type.kind !== 'array') throw context.fail(item.span, `Values referenced in FROM clause must be arrays. ${parts.join('.')} has type ${typeName(array.type)}`);
		const {element} = array.type;
		return {name, origin: {kind: 'array-path', array, item}, columns: fieldsOf(element), pseudoColumns: [], valueType: element, offsetName};
	}

	const entry = findTable(context, item.path);
	return {name, origin: {kind: 'table', table: entry, item}, columns: entry.columns, pseudoColumns: entry.pseudoColumns ?? [], valueType: undefined, offsetName: undefined};
}

function isRangeVariable(scope: Scope, name: string): boolean {
	for (let level: Scope | undefined = scope; level !== undefined; level = level.outer) {
		if (level.sources.some(source => source.name !== undefined && same(source.name, name))) return true;
	}

	return false;
}

function analyzeUnnest(context: Context, scope: Scope, item: UnnestReference): Source {
	const array = analyzeExpression(context, scope, item.array, onPlace);
	if (array.kind !== 'array' && array.kind !== 'any') throw context.fail(item.array.span, `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeName(array)}`);
	const element = array.kind === 'array' && array.element.kind !== 'any' ? array.element : int64;
	if (array.kind !== 'array' || array.element.kind === 'any') context.notes.types.set(item.array, {kind: 'array', element});
	return {name: item.alias?.name, origin: {kind: 'unnest', item}, columns: fieldsOf(element), pseudoColumns: [], valueType: element, offsetName: item.offset === undefined ? undefined : (item.offset.alias?.name ?? 'offset')};
}

function analyzeTableFunction(context: Context, scope: Scope, item: TableFunctionReference): Source {
	const parts = item.function.parts.map(part => part.name);
	const routine = context.options.catalog.findRoutine(parts, 'table-function');
	if (routine === undefined) throw context.fail(item.function.span, `Table-valued function not found: ${parts.join('.')}`, 'notFound');
	context.routines.set(`${routine.kind}:${routine.path.join('.')}`, routine);
	if (item.arguments.length !== routine.arguments.length) throw context.fail(item.span, `Number of arguments does not match for table-valued function ${routine.path.join('.')}: expected ${routine.arguments.length}, got ${item.arguments.length}`);
	for (const [index, argument] of item.arguments.entries()) {
		analyzeTableFunctionArgument(context, scope, routine, argument, index);
	}

	return {name: item.alias?.name ?? parts.at(-1), origin: {kind: 'table-function', routine, arguments: item.arguments}, columns: routine.columns ?? [], pseudoColumns: [], valueType: undefined, offsetName: undefined};
}

function analyzeTableFunctionArgument(context: Context, scope: Scope, routine: RoutineEntry, argument: TableFunctionReference['arguments'][number], index: number): void {
	const target = routine.arguments[index]!.type;
	if (argument.kind === 'table-argument') {
		context.notes.tableArguments.set(argument, true);
		findTable(context, argument.table);
		return;
	}

	if (argument.kind === 'query-argument') {
		const {columns} = analyzeQuery(context, scope, argument.query);
		context.notes.tableArguments.set(argument, target === undefined);
		if (target !== undefined && columns.length !== 1) throw context.fail(argument.span, 'Scalar subquery cannot have more than one column');
		return;
	}

	analyzeExpression(context, scope, argument.value, onPlace);
	if (target === undefined) return;
	const operand = operandOf(context, argument.value);
	if (coercionCost(operand, target) === undefined) throw context.fail(argument.span, `No matching signature for table-valued function ${routine.path.join('.')}: argument ${index + 1} has type ${typeName(operand.type)}, expected ${typeName(target)}`);
	convert(context, argument.value, target);
}

function analyzeJoin(context: Context, scope: Scope, join: Join): From {
	const left = analyzeFrom(context, scope, join.left);
	const right = analyzeFrom(context, {...scope, sources: [...scope.sources, ...left.sources], using: [...scope.using, ...left.using]}, join.right);
	for (const source of right.sources) {
		const twin = left.sources.find(other => other.name !== undefined && source.name !== undefined && same(other.name, source.name));
		if (twin !== undefined) throw context.fail(join.right.span, `Duplicate table alias ${source.name ?? ''} in the same FROM clause`);
	}

	const sources = [...left.sources, ...right.sources];
	const merged = join.using.map(({name, span}): UsingColumn & {readonly type: SqlType; readonly left: UsingColumn['reference']['left']; readonly right: UsingColumn['reference']['right']} => {
		const path = {kind: 'path-expression', names: [{kind: 'identifier', name, isQuoted: true, span}], span} as const;
		const find = (side: From, word: string) => {
			try {
				return resolvePathExpression(context, {...scope, outer: undefined, sources: side.sources, using: side.using}, path);
			} catch {
				throw context.fail(span, `Column ${name} in USING clause not found on ${word} side of join`);
			}
		};
		const leftReference = find(left, 'left');
		const rightReference = find(right, 'right');
		const type = isSame(leftReference.type, rightReference.type) ? leftReference.type : supertype([{type: leftReference.type, isLiteral: false}, {type: rightReference.type, isLiteral: false}]);
		if (type === undefined) throw context.fail(span, `Column ${name} in USING has incompatible types on either side of the join: ${typeName(leftReference.type)} and ${typeName(rightReference.type)}`);
		return {name, type, left: leftReference, right: rightReference, reference: {kind: 'using-column', join, left: leftReference, right: rightReference, isCorrelated: false, fields: [], type}};
	});
	context.notes.usings.set(join, merged.map(({name, left: a, right: b, type}) => ({name, left: a, right: b, type})));
	const using = [...merged.map(({name, reference}) => ({name, reference})), ...left.using, ...right.using];
	if (join.on !== undefined) analyzeCondition(context, {...scope, sources: [...scope.sources, ...sources], using: [...using, ...scope.using]}, join.on, plainPlace('JOIN ON clause'));
	return {sources, using};
}
