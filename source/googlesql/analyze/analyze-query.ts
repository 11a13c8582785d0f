// Queries: WITH, SELECT, set operations, ORDER BY, LIMIT.
import type {ExpandedColumn, Ordinal, OutputColumn, Reference, SelectColumn, Source} from '../analysis.js';
import type {Expression} from '../syntax/expression.js';
import type {CommonTableExpression, GroupBy, OrderItem, Query, QueryBody, Select, SelectDotStar, SelectStar, SetOperation} from '../syntax/query.js';
import type {SqlType} from '../types.js';
import {analyzeCondition, analyzeExpression, impliedName, isLiteral} from './analyze-expression.js';
import {analyzeFrom, type From} from './analyze-from.js';
import {plainPlace, resolvePathExpression, type Context, type Cte, type Place, type Scope} from './context.js';
import {checkGrouping, type Grouped} from './grouping-check.js';
import {coercionCost, int64, isSame, supertype, typeName} from './type-rules.js';

export type QueryResult = {readonly columns: readonly OutputColumn[]; readonly valueType: SqlType | undefined};

/** Analyzes a whole query. `outer` is the scope it stands in; its columns are visible as correlated ones. */
export function analyzeQuery(context: Context, outer: Scope, query: Query): QueryResult {
	const base: Scope = {sources: [], using: [], outer: outer.sources.length === 0 && outer.locals.size === 0 && outer.outer === undefined ? undefined : outer, ctes: analyzeWith(context, outer, query), locals: new Map()};
	const result = analyzeBody(context, base, query.body, query.orderBy);
	if (query.limit !== undefined) {
		for (const part of [query.limit.count, query.limit.offset]) {
			if (part !== undefined) {
				const type = analyzeExpression(context, base, part, plainPlace('LIMIT'));
				if (coercionCost({type, isLiteral: isLiteral(part)}, int64) === undefined) throw context.fail(part.span, `LIMIT expects an integer literal or parameter, but got ${typeName(type)}`);
			}
		}
	}

	note(context, query, result);
	return result;
}

function note(context: Context, node: Query | QueryBody, {columns, valueType}: QueryResult): void {
	context.notes.columns.set(node, columns);
	context.notes.valueTypes.set(node, valueType);
}

function analyzeWith(context: Context, outer: Scope, query: Query): ReadonlyMap<string, Cte> {
	const ctes = new Map(outer.ctes);
	const own = new Set<string>();
	for (const definition of query.with?.expressions ?? []) {
		const key = definition.name.name.toLowerCase();
		if (own.has(key)) throw context.fail(definition.name.span, `Duplicate alias ${definition.name.name} for WITH subquery`);
		own.add(key);
		const scope: Scope = {...outer, ctes};
		const isRecursive = query.with!.isRecursive && definition.query.body.kind === 'set-operation' && mentions(definition);
		if (isRecursive) {
			const first = (definition.query.body as SetOperation).operands[0]!;
			const {columns, valueType} = analyzeBody(context, {...scope, sources: [], using: [], outer: undefined, locals: new Map()}, first, []);
			ctes.set(key, {definition, columns, valueType, isRecursive: true});
		}

		const {columns, valueType} = analyzeQuery(context, {...scope, ctes}, definition.query);
		ctes.set(key, {definition, columns, valueType, isRecursive: false});
	}

	return ctes;
}

/** Whether a CTE's own name stands among the tables of its query. */
function mentions(definition: CommonTableExpression): boolean {
	const name = definition.name.name.toLowerCase();
	const visit = (value: unknown): boolean => {
		if (Array.isArray(value)) return value.some(item => visit(item));
		if (typeof value !== 'object' || value === null) return false;
		const node = value as {readonly kind?: string; readonly path?: {readonly parts: readonly {readonly name: string}[]}};
		if (node.kind === 'table-reference' && node.path?.parts.length === 1 && node.path.parts[0]!.name.toLowerCase() === name) return true;
		return Object.values(value).some(child => visit(child));
	};

	return visit(definition.query.body);
}

function analyzeBody(context: Context, scope: Scope, body: QueryBody, orderBy: readonly OrderItem[]): QueryResult {
	switch (body.kind) {
		case 'select': {
			return analyzeSelect(context, scope, body, orderBy);
		}

		case 'query': {
			const result = analyzeQuery(context, scope, body);
			orderByOutputs(context, scope, orderBy, result.columns);
			return result;
		}

		case 'set-operation': {
			const result = analyzeSetOperation(context, scope, body);
			note(context, body, result);
			orderByOutputs(context, scope, orderBy, result.columns);
			return result;
		}
	}
}

function orderByOutputs(context: Context, scope: Scope, orderBy: readonly OrderItem[], columns: readonly OutputColumn[]): void {
	const inner: Scope = {...scope, sources: [], using: [], outputs: columns};
	for (const item of orderBy) {
		const ordinal = positionOf(context, item.expression, columns);
		context.notes.orderings.set(item, ordinal);
		if (ordinal.kind !== 'ordinal') analyzeExpression(context, inner, item.expression, plainPlace('ORDER BY'));
	}
}

function analyzeSetOperation(context: Context, scope: Scope, operation: SetOperation): QueryResult {
	const results = operation.operands.map(operand => analyzeBody(context, scope, operand, []));
	const word = `${operation.operator.toUpperCase()} ${operation.quantifier.toUpperCase()}`;
	const first = results[0]!;
	for (const [index, result] of results.entries()) {
		if (result.columns.length !== first.columns.length) throw context.fail(operation.operands[index]!.span, `Queries in ${word} have mismatched column count; query 1 has ${first.columns.length} columns, query ${index + 1} has ${result.columns.length} columns`);
	}

	const columns = first.columns.map((column, index): OutputColumn => {
		const operands = results.map((result, place) => ({type: result.columns[index]!.type, isLiteral: isLiteralColumn(operation.operands[place]!, index)}));
		const type = supertype(operands);
		if (type === undefined) throw context.fail(operation.span, `Column ${index + 1} in ${word} has incompatible types: ${operands.map(operand => typeName(operand.type)).join(', ')}`);
		return {name: column.name, type: type.kind === 'any' ? int64 : type};
	});
	for (const [place, result] of results.entries()) {
		context.notes.operandCoercions.set(operation.operands[place]!, result.columns.map((column, index) => (isSame(column.type, columns[index]!.type) ? undefined : columns[index]!.type)));
	}

	return {columns, valueType: first.valueType};
}

function isLiteralColumn(operand: QueryBody, index: number): boolean {
	const item = operand.kind === 'select' ? operand.items[index] : undefined;
	return item?.kind === 'select-expression' && isLiteral(item.expression);
}

function positionOf(context: Context, expression: Expression, columns: readonly OutputColumn[]): Ordinal {
	if (expression.kind === 'int') {
		const index = Number(expression.value) - 1;
		if (index < 0 || index >= columns.length) throw context.fail(expression.span, `ORDER BY is out of SELECT column number range: ${index + 1}`);
		return {kind: 'ordinal', index};
	}

	const name = expression.kind === 'path-expression' && expression.names.length === 1 ? expression.names[0]!.name.toLowerCase() : undefined;
	const index = name === undefined ? -1 : columns.findIndex(column => column.name?.toLowerCase() === name);
	return index === -1 ? {kind: 'expression'} : {kind: 'alias', index};
}

function analyzeSelect(context: Context, scope: Scope, select: Select, orderBy: readonly OrderItem[]): QueryResult {
	const from: From = select.from === undefined ? {sources: [], using: []} : analyzeFrom(context, scope, select.from);
	const inner: Scope = {...scope, sources: from.sources, using: from.using, windows: select.windows};
	if (select.where !== undefined) analyzeCondition(context, inner, select.where, plainPlace('WHERE clause'));
	let aggregates = false;
	const place: Place = {
		aggregates: 'allowed',
		clause: 'SELECT list',
		onAggregate() {
			aggregates = true;
		},
	};
	const selected = analyzeItems(context, inner, select, place);
	const aliased: Scope = {...inner, selectAliases: aliasesOf(selected)};
	const keys = select.groupBy === undefined ? [] : analyzeGroupBy(context, inner, aliased, select, select.groupBy, selected);
	if (select.having !== undefined) analyzeCondition(context, aliased, select.having, {...place, clause: 'HAVING clause'});
	if (select.qualify !== undefined) analyzeCondition(context, aliased, select.qualify, {...place, clause: 'QUALIFY clause'});
	analyzeOrderBy(context, {...aliased, prefersAliases: true}, select, orderBy, selected, place);
	const isAggregated = select.groupBy !== undefined || aggregates;
	context.notes.aggregated.set(select, isAggregated);
	if (isAggregated) checkSelect(context, select, orderBy, {keys, own: new Set(from.sources)});
	context.notes.selectColumns.set(select, selected);
	const result = resultOf(context, select, selected);
	note(context, select, result);
	return result;
}

function resultOf(context: Context, select: Select, selected: readonly SelectColumn[]): QueryResult {
	const columns = selected.map(({name, type}): OutputColumn => ({name, type}));
	if (select.as === 'struct') {
		const valueType: SqlType = {kind: 'struct', fields: columns};
		return {columns, valueType};
	}

	if (select.as === 'value') {
		if (columns.length !== 1) throw context.fail(select.span, 'SELECT AS VALUE query must have exactly one column');
		return {columns, valueType: columns[0]!.type};
	}

	return {columns, valueType: undefined};
}

function analyzeItems(context: Context, scope: Scope, select: Select, place: Place): readonly SelectColumn[] {
	const selected: SelectColumn[] = [];
	for (const item of select.items) {
		if (item.kind === 'select-expression') {
			const type = analyzeExpression(context, scope, item.expression, place);
			if (type.kind === 'any') context.notes.types.set(item.expression, int64);
			if (type.kind === 'array' && type.element.kind === 'any') context.notes.types.set(item.expression, {kind: 'array', element: int64});
			const name = item.alias?.name ?? impliedName(item.expression);
			context.notes.aliases.set(item, name);
			selected.push({name, type: context.notes.types.get(item.expression), value: {kind: 'item', item}});
			continue;
		}

		const expanded = item.kind === 'select-star' ? expandAll(context, scope, item) : expandObject(context, scope, item, place);
		const columns = applyModifiers(context, scope, item, expanded, place);
		context.notes.stars.set(item, columns);
		for (const column of columns) selected.push({name: column.name, type: column.type, value: {kind: 'star', item, column}});
	}

	return selected;
}

const columnReference = (source: Source, column: {readonly name: string; readonly type: SqlType}): ExpandedColumn => ({kind: 'expanded-column', name: column.name, type: column.type, value: {kind: 'reference', reference: {kind: 'column', source, column: column.name, isCorrelated: false, fields: [], type: column.type}}});

function expandSource(source: Source): readonly ExpandedColumn[] {
	const columns = source.valueType !== undefined && source.valueType.kind !== 'struct'
		? [{kind: 'expanded-column', name: source.name, type: source.valueType, value: {kind: 'reference', reference: {kind: 'row', source, isCorrelated: false, fields: [], type: source.valueType}}} satisfies ExpandedColumn]
		: source.columns.map(column => columnReference(source, column));
	return source.offsetName === undefined ? columns : [...columns, {kind: 'expanded-column', name: source.offsetName, type: int64, value: {kind: 'reference', reference: {kind: 'offset', source, isCorrelated: false, fields: [], type: int64}}}];
}

function expandAll(context: Context, scope: Scope, star: SelectStar): readonly ExpandedColumn[] {
	if (scope.sources.length === 0) throw context.fail(star.span, 'SELECT * must have a FROM clause');
	const merged = scope.using.map(({name, reference}): ExpandedColumn => ({kind: 'expanded-column', name, type: reference.type, value: {kind: 'reference', reference}}));
	const hidden = new Set(scope.using.flatMap(({name}) => [name.toLowerCase()]));
	return [...merged, ...scope.sources.flatMap(source => expandSource(source)).filter(column => column.name === undefined || !hidden.has(column.name.toLowerCase()))];
}

function expandObject(context: Context, scope: Scope, star: SelectDotStar, place: Place): readonly ExpandedColumn[] {
	const {object} = star;
	const reference: Reference | undefined = object.kind === 'path-expression' ? resolvePathExpression(context, scope, object) : undefined;
	if (object.kind === 'path-expression') {
		context.notes.references.set(object, reference!);
		context.notes.types.set(object, reference!.type);
	} else {
		analyzeExpression(context, scope, object, place);
	}

	if (reference?.kind === 'row' && reference.fields.length === 0 && !reference.isCorrelated) return expandSource({...reference.source, offsetName: undefined}).map(column => rebind(column, reference.source));
	const type = context.notes.types.get(object);
	if (type.kind !== 'struct') throw context.fail(star.span, `Dot-star is not supported for type ${typeName(type)}`);
	return type.fields.map((field, index): ExpandedColumn => ({kind: 'expanded-column', name: field.name, type: field.type, value: {kind: 'field', object, step: {kind: 'struct-field', name: field.name ?? '', index, type: field.type}}}));
}

/** A source is known by identity: references must name the one of FROM. */
function rebind(column: ExpandedColumn, source: Source): ExpandedColumn {
	return column.value.kind === 'reference' && 'source' in column.value.reference ? {...column, value: {kind: 'reference', reference: {...column.value.reference, source}}} : column;
}

function applyModifiers(context: Context, scope: Scope, star: SelectStar | SelectDotStar, columns: readonly ExpandedColumn[], place: Place): readonly ExpandedColumn[] {
	const find = (name: string): ExpandedColumn | undefined => columns.find(column => column.name?.toLowerCase() === name.toLowerCase());
	for (const {name, span} of star.except) {
		if (find(name) === undefined) throw context.fail(span, `Column ${name} in SELECT * EXCEPT list does not exist`);
	}

	const excluded = new Set(star.except.map(({name}) => name.toLowerCase()));
	const replaced = new Map(star.replace.map(item => {
		if (find(item.alias.name) === undefined) throw context.fail(item.alias.span, `Column ${item.alias.name} in SELECT * REPLACE list does not exist`);
		const type = analyzeExpression(context, scope, item.expression, place);
		return [item.alias.name.toLowerCase(), {expression: item.expression, type}] as const;
	}));
	return columns
		.filter(column => column.name === undefined || !excluded.has(column.name.toLowerCase()))
		.map(column => {
			const replacement = column.name === undefined ? undefined : replaced.get(column.name.toLowerCase());
			return replacement === undefined ? column : {...column, type: replacement.type, value: {kind: 'replacement' as const, expression: replacement.expression}};
		});
}

function aliasesOf(selected: readonly SelectColumn[]): NonNullable<Scope['selectAliases']> {
	const aliases = new Map<string, {index: number; name: string; item: Expression | ExpandedColumn; type: SqlType}>();
	for (const [index, {name, type, value}] of selected.entries()) {
		if (name !== undefined && !aliases.has(name.toLowerCase())) aliases.set(name.toLowerCase(), {index, name, item: value.kind === 'item' ? value.item.expression : value.column, type});
	}

	return aliases;
}

const groupPlace = plainPlace('GROUP BY clause');

function analyzeGroupBy(context: Context, inner: Scope, aliased: Scope, select: Select, groupBy: GroupBy, selected: readonly SelectColumn[]): readonly Expression[] {
	const keys: Expression[] = [];
	const one = (expression: Expression): void => {
		analyzeExpression(context, aliased, expression, groupPlace);
		keys.push(expression);
	};

	if (groupBy.isAll) {
		const all = selected.flatMap(({value}) => (value.kind === 'item' && !hasAggregate(value.item.expression) ? [value.item.expression] : []));
		context.notes.groupByAll.set(groupBy, all);
		return all;
	}

	for (const item of groupBy.items) {
		switch (item.kind) {
			case 'grouping-expression': {
				const ordinal = groupOrdinal(context, inner, item.expression, selected);
				context.notes.groupings.set(item, ordinal);
				if (ordinal.kind === 'expression') {
					one(item.expression);
				} else {
					const {value} = selected[ordinal.index]!;
					if (value.kind === 'item') keys.push(value.item.expression);
					else if (value.column.value.kind === 'reference') keys.push(pathTo(context, value.column.value.reference, item.expression));
					if (item.expression.kind === 'path-expression') analyzeExpression(context, aliased, item.expression, groupPlace);
				}

				break;
			}

			case 'grouping-sets': {
				for (const member of item.members) {
					for (const set of member.kind === 'grouping-set' ? [member.expressions] : member.sets) for (const expression of set) one(expression);
				}

				break;
			}

			case 'grouping-rollup':
			case 'grouping-cube': {
				for (const set of item.sets) for (const expression of set) one(expression);
				break;
			}

			default: {
				break;
			}
		}
	}

	return keys;
}

/** A stand-in node for a star's column that is grouped by position. */
function pathTo(context: Context, reference: Reference, at: Expression): Expression {
	const node: Expression = {kind: 'path-expression', names: [], span: at.span};
	context.notes.references.set(node, reference);
	return node;
}

function groupOrdinal(context: Context, inner: Scope, expression: Expression, selected: readonly SelectColumn[]): Ordinal {
	if (expression.kind === 'int') {
		const index = Number(expression.value) - 1;
		if (index < 0 || index >= selected.length) throw context.fail(expression.span, `GROUP BY is out of SELECT column number range: ${index + 1}`);
		return {kind: 'ordinal', index};
	}

	if (expression.kind !== 'path-expression' || expression.names.length !== 1) return {kind: 'expression'};
	const name = expression.names[0]!.name.toLowerCase();
	const isColumn = inner.sources.some(source => source.name?.toLowerCase() === name || source.columns.some(column => column.name.toLowerCase() === name)) || inner.using.some(column => column.name.toLowerCase() === name);
	const index = isColumn ? -1 : selected.findIndex(column => column.name?.toLowerCase() === name);
	return index === -1 ? {kind: 'expression'} : {kind: 'alias', index};
}

function hasAggregate(expression: Expression): boolean {
	let found = false;
	const place: readonly string[] = ['COUNT', 'COUNTIF', 'SUM', 'AVG', 'MIN', 'MAX', 'ANY_VALUE', 'ARRAY_AGG', 'STRING_AGG', 'LOGICAL_OR', 'LOGICAL_AND', 'APPROX_QUANTILES', 'APPROX_COUNT_DISTINCT', 'BIT_XOR', 'BIT_AND', 'BIT_OR', 'STDDEV', 'STDDEV_SAMP', 'STDDEV_POP', 'VARIANCE', 'VAR_SAMP', 'VAR_POP', 'CORR', 'COVAR_SAMP', 'COVAR_POP', 'MAX_BY', 'MIN_BY', 'ARRAY_CONCAT_AGG'];
	const visit = (value: unknown): void => {
		if (typeof value !== 'object' || value === null) return;
		const node = value as {readonly kind?: string; readonly over?: unknown; readonly function?: {readonly parts: readonly {readonly name: string}[]}};
		if (node.kind === 'function-call' && node.over === undefined && place.includes(node.function?.parts[0]?.name.toUpperCase() ?? '')) found = true;
		for (const child of Object.values(value)) visit(child);
	};

	visit(expression);
	return found;
}

function analyzeOrderBy(context: Context, scope: Scope, select: Select, orderBy: readonly OrderItem[], selected: readonly SelectColumn[], place: Place): void {
	const columns = selected.map(({name, type}) => ({name, type}));
	for (const item of orderBy) {
		const position = positionOf(context, item.expression, columns);
		// A struct is one column: its fields have no position of their own.
		const ordinal: Ordinal = select.as === 'struct' ? {kind: 'expression'} : position;
		context.notes.orderings.set(item, ordinal);
		if (ordinal.kind !== 'ordinal') analyzeExpression(context, scope, item.expression, {...place, clause: 'ORDER BY clause'});
		if (select.isDistinct && ordinal.kind === 'expression' && !isLiteral(item.expression)) throw context.fail(item.span, 'ORDER BY clause expression references a column which is not visible after SELECT DISTINCT');
	}
}

function checkSelect(context: Context, select: Select, orderBy: readonly OrderItem[], grouped: Grouped): void {
	for (const item of select.items) {
		if (item.kind === 'select-expression') checkGrouping(context, item.expression, grouped, 'SELECT list');
	}

	if (select.having !== undefined) checkGrouping(context, select.having, grouped, 'HAVING clause');
	if (select.qualify !== undefined) checkGrouping(context, select.qualify, grouped, 'QUALIFY clause');
	for (const item of orderBy) {
		if (context.notes.orderings.get(item).kind === 'expression') checkGrouping(context, item.expression, grouped, 'ORDER BY clause');
	}
}
