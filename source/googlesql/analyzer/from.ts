// FROM: what each item is, its columns, and the names that become visible.
import type {Reference, Source, SourceOrigin} from '../analysis.js';
import type {Expression} from '../syntax/expression.js';
import type {FromItem, Join, TableFunctionArgument, TableFunctionReference, TableReference} from '../syntax/query.js';
import {coercionCost, isEqualable, scalar, supertypeOf, typeText} from '../type-rules.js';
import type {Column, SqlType} from '../types.js';
import {analyze, analyzeCondition, coerce, plainFrame} from './expression.js';
import {findPath} from './path.js';
import {analyzePivot, analyzeUnpivot} from './pivot.js';
import {analyzeQuery} from './query.js';
import {sameName, visibleColumns, within, type Scope, type VisibleColumn} from './scope.js';
import type {Session} from './session.js';

/** What a part of FROM brings into scope. */
export type Names = {readonly sources: readonly Source[]; readonly columns: readonly VisibleColumn[]; readonly hidden: readonly VisibleColumn[]};

const noNames: Names = {sources: [], columns: [], hidden: []};

export const namesOf = (source: Source): Names => ({sources: [source], ...visibleColumns(source)});

const merge = (left: Names, right: Names): Names => ({sources: [...left.sources, ...right.sources], columns: [...left.columns, ...right.columns], hidden: [...left.hidden, ...right.hidden]});

/** Analyzes FROM inside the scope of the enclosing query. */
export function analyzeFrom(session: Session, item: FromItem, outer: Scope): Names {
	return analyzeItem(session, item, outer, noNames);
}

function analyzeItem(session: Session, item: FromItem, outer: Scope, left: Names): Names {
	switch (item.kind) {
		case 'join': {
			return analyzeJoin(session, item, outer, left);
		}

		case 'parenthesized-join': {
			return analyzeItem(session, item.join, outer, left);
		}

		case 'pivot': {
			return record(session, item, analyzePivot(session, item, analyzeItem(session, item.source, outer, left), outer));
		}

		case 'unpivot': {
			return record(session, item, analyzeUnpivot(session, item, analyzeItem(session, item.source, outer, left)));
		}

		case 'table-reference': {
			return record(session, item, tableSource(session, item, outer, left));
		}

		case 'unnest-reference': {
			const {type, literalness} = analyze(session, item.array, plainFrame(within(outer, left), 'FROM clause'));
			if (type.kind !== 'array' && type.kind !== 'any') throw session.error(item.array, `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${literalness === 'null' ? 'INT64' : typeText(type)}`);
			return record(session, item, arraySource(item.alias?.name, type, item.offset, {kind: 'unnest', item}));
		}

		case 'subquery-reference': {
			const {columns, valueType} = analyzeQuery(session, item.query, outer);
			const source = makeSource(item.alias?.name, {kind: 'subquery', item}, named(columns), valueType);
			return record(session, item, source);
		}

		case 'table-function-reference': {
			return record(session, item, tableFunctionSource(session, item, within(outer, left)));
		}
	}
}

function record(session: Session, item: FromItem, source: Source): Names {
	session.sources.set(item, source);
	return namesOf(source);
}

/** Output columns as columns; nameless ones cannot be reached and show as an empty name. */
export const named = (columns: readonly {readonly name: string | undefined; readonly type: SqlType}[]): readonly Column[] => columns.map(({name, type}) => ({name: name ?? '', type}));

export function makeSource(name: string | undefined, origin: SourceOrigin, columns: readonly Column[], valueType?: SqlType, offsetName?: string, pseudoColumns: readonly Column[] = []): Source {
	const shown = valueType === undefined ? columns : valueType.kind === 'struct' ? named(valueType.fields) : [];
	return {name, origin, columns: shown, pseudoColumns, valueType, offsetName};
}

function arraySource(name: string | undefined, type: SqlType, offset: {readonly alias: {readonly name: string} | undefined} | undefined, origin: SourceOrigin): Source {
	const element = type.kind === 'array' ? type.element : type;
	return makeSource(name, origin, [], element, offset === undefined ? undefined : (offset.alias?.name ?? 'offset'));
}

function tableSource(session: Session, item: TableReference, outer: Scope, left: Names): Source {
	const parts = item.path.parts.map(({name}) => name);
	const name = item.alias?.name ?? parts.at(-1)!;
	if (item.systemTime !== undefined) {
		const candidate = analyze(session, item.systemTime, plainFrame(within(outer, {}), 'FOR SYSTEM_TIME AS OF clause'));
		coerce(session, item.systemTime, candidate, scalar('TIMESTAMP'), () => session.error(item.systemTime!, `FOR SYSTEM_TIME AS OF must be of type TIMESTAMP but was of type ${typeText(candidate.type)}`));
	}

	if (item.sample !== undefined) analyze(session, item.sample.percent, plainFrame(outer, 'TABLESAMPLE clause'));
	if (parts.length === 1) {
		const query = outer.queries.get(parts[0]!.toLowerCase());
		if (query !== undefined) return makeSource(name, {kind: 'cte', definition: query.definition, isRecursive: query.isRecursive, item}, query.columns, query.valueType);
		const parameter = session.tableArguments.get(parts[0]!.toLowerCase());
		if (parameter !== undefined) return makeSource(name, {kind: 'table-parameter', parameter: parameter.name, item}, parameter.columns);
	}

	const array = arrayPath(session, item, outer, left);
	if (array !== undefined) return arraySource(name, array.type, item.offset, {kind: 'array-path', array, item});
	const table = session.options.catalog.findTable(parts);
	if (table === undefined) throw session.tableNotFound(parts);
	session.useTable(table);
	return makeSource(name, {kind: 'table', table, item}, table.columns, undefined, undefined, table.pseudoColumns ?? []);
}

/** `t.items` after `FROM t`: a path whose first name is an earlier item of FROM, or one of an enclosing query. */
function arrayPath(session: Session, item: TableReference, outer: Scope, left: Names): Reference | undefined {
	const names = item.path.parts;
	if (names.length < 2) return undefined;
	const isRange = (scope: Scope | undefined): boolean => scope !== undefined && (scope.sources.some(({name}) => sameName(name, names[0]!.name)) || isRange(scope.parent));
	const scope = within(outer, left);
	if (!isRange(scope)) return undefined;
	const reference = findPath(session, names, scope);
	if (reference === undefined) return undefined;
	if (reference.type.kind !== 'array') throw session.error(item, `Values referenced in FROM clause must be arrays. ${names.map(({name}) => name).join('.')} has type ${typeText(reference.type)}`);
	return reference;
}

function tableFunctionSource(session: Session, item: TableFunctionReference, scope: Scope): Source {
	const parts = item.function.parts.map(({name}) => name);
	const routine = session.options.catalog.findRoutine(parts, 'table-function');
	if (routine === undefined) throw session.error(item, `Table-valued function not found: ${parts.join('.')}`);
	session.useRoutine(routine);
	if (item.arguments.length !== routine.arguments.length) {
		throw session.error(item, `Number of arguments does not match for table-valued function ${parts.join('.')}. Supported signature: ${parts.join('.')}(${routine.arguments.map(({type}) => (type === undefined ? 'ANY TYPE' : typeText(type))).join(', ')})`);
	}

	for (const [index, argument] of item.arguments.entries()) {
		const {table} = routine.arguments[index]!;
		const isTable = table !== undefined;
		if (isTable) session.tableArgumentNodes.add(argument);
		else if (argument.kind === 'table-argument') throw session.error(argument, `Table-valued function ${parts.join('.')} takes a value as argument ${index + 1}, not a table`);
		if (argument.kind === 'query-argument') {
			const {columns} = analyzeQuery(session, argument.query, scope);
			if (isTable) checkTableArgument(session, argument, parts, table, columns);
			else if (columns.length !== 1) throw session.error(argument, 'Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values');
		} else if (argument.kind === 'table-argument') {
			const source = tableSource(session, {kind: 'table-reference', path: argument.table, alias: undefined, systemTime: undefined, offset: undefined, sample: undefined, span: argument.span}, scope, noNames);
			session.sources.set(argument, source);
			checkTableArgument(session, argument, parts, table!, source.columns);
		} else {
			const candidate = analyze(session, argument.value, plainFrame(scope, 'table function argument'));
			const target = routine.arguments[index]!.type ?? candidate.type;
			coerce(session, argument.value, candidate, target, () => session.error(argument, `Invalid argument type for table-valued function ${parts.join('.')}: argument ${index + 1} has type ${typeText(candidate.type)}, expected ${typeText(target)}`));
		}
	}

	return makeSource(item.alias?.name ?? parts.at(-1), {kind: 'table-function', routine, arguments: item.arguments}, routine.columns ?? []);
}

/** The columns that a TABLE argument asks for must be there, in any order, with types that fit. */
function checkTableArgument(session: Session, argument: TableFunctionArgument, routine: readonly string[], wanted: readonly Column[], given: readonly {readonly name: string | undefined; readonly type: SqlType}[]): void {
	for (const {name, type} of wanted) {
		const column = given.find(one => sameName(one.name, name));
		if (column === undefined) throw session.error(argument, `Required column "${name}" not found in table passed to table-valued function ${routine.join('.')}`);
		if (coercionCost(column.type, type) === undefined) throw session.error(argument, `Invalid type for column "${name}" of the table passed to table-valued function ${routine.join('.')}: expected ${typeText(type)}, found ${typeText(column.type)}`);
	}
}

function analyzeJoin(session: Session, join: Join, outer: Scope, earlier: Names): Names {
	const left = analyzeItem(session, join.left, outer, earlier);
	const right = analyzeItem(session, join.right, outer, merge(earlier, left));
	for (const source of right.sources) {
		if (source.name !== undefined && left.sources.some(({name}) => sameName(name, source.name!))) throw session.error(join.right, `Duplicate table alias ${source.name} in the same FROM clause`);
	}

	const both = merge(left, right);
	const isArray = right.sources.every(({origin}) => origin.kind === 'unnest' || origin.kind === 'array-path');
	const needsCondition = join.type !== 'cross' && join.type !== 'comma' && !isArray;
	if (needsCondition && join.on === undefined && join.using.length === 0) throw session.error(join.right, `${join.type === 'inner' ? 'INNER' : join.type.toUpperCase()} JOIN must have an immediately following ON or USING clause`);
	if ((join.type === 'cross' || join.type === 'comma') && (join.on !== undefined || join.using.length > 0)) throw session.error(join.on ?? join.right, 'ON clause cannot be used with CROSS JOIN');
	if (join.on !== undefined) analyzeCondition(session, join.on, plainFrame(within(outer, merge(earlier, both)), 'JOIN ON clause'));
	return join.using.length === 0 ? both : usingNames(session, join, left, right);
}

function usingNames(session: Session, join: Join, left: Names, right: Names): Names {
	const pick = (names: Names, name: string, side: string): Reference => {
		const matches = [...names.columns, ...names.hidden].filter(column => sameName(column.name, name));
		const place = join.using.find(one => one.name === name)!;
		if (matches.length === 0) throw session.error(place, `Column ${name} in USING clause not found on ${side} side of join`);
		if (matches.length > 1) throw session.error(place, `Column ${name} in USING clause is ambiguous on ${side} side of join`);
		return matches[0]!.reference;
	};

	const merged = join.using.map(({name, span}) => {
		const one = pick(left, name, 'left');
		const two = pick(right, name, 'right');
		const type = supertypeOf([{type: one.type, literalness: 'none'}, {type: two.type, literalness: 'none'}]);
		if (type === undefined || !isEqualable(type)) throw session.error({span}, `Column ${name} in USING has incompatible types on either side of the join: ${typeText(one.type)} and ${typeText(two.type)}`);
		return {name, left: one, right: two, type};
	});
	session.using.set(join, merged);
	const isMerged = (column: VisibleColumn) => join.using.some(({name}) => sameName(column.name, name));
	const columns: VisibleColumn[] = merged.map(({name, left: one, right: two, type}) => ({name, reference: {kind: 'using-column', join, left: one, right: two, isCorrelated: false, fields: [], type}}));
	return {
		sources: [...left.sources, ...right.sources],
		columns: [...columns, ...left.columns.filter(column => !isMerged(column)), ...right.columns.filter(column => !isMerged(column))],
		hidden: [...left.hidden, ...right.hidden],
	};
}

export type {Expression};
