// Queries: CTEs, set operations, ORDER BY, LIMIT.
import type {OutputColumn} from '../analysis.js';
import type {CommonTableExpression, OrderItem, Query, QueryBody, SetOperation, WithClause} from '../syntax/query.js';
import {costOf, isGroupable, isIdentical, isOrderable, scalar, supertypeOf, typeText, type Candidate} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {analyze, coerce, plainFrame} from './expression.js';
import {named} from './from.js';
import {sameName, within, type NamedQuery, type Scope} from './scope.js';
import {analyzeSelect} from './select.js';
import type {Session} from './session.js';

/** What a query gives: its columns, its value when it is a value table, and what its columns are as candidates (literals coerce further). */
export type QueryShape = {readonly columns: readonly OutputColumn[]; readonly valueType: SqlType | undefined; readonly literals: readonly Candidate[]};

/** Analyzes a query inside a scope and records its columns. */
export function analyzeQuery(session: Session, query: Query, outer: Scope): QueryShape {
	const scope = query.with === undefined ? outer : {...outer, queries: analyzeWith(session, query.with, outer)};
	const shape = query.body.kind === 'select' ? analyzeSelect(session, query.body, scope, query.orderBy) : analyzeBody(session, query.body, scope);
	if (query.body.kind !== 'select') orderOutputs(session, query.orderBy, shape, scope);
	for (const [expression, clause] of [[query.limit?.count, 'LIMIT'], [query.limit?.offset, 'OFFSET']] as const) {
		if (expression === undefined) continue;
		const candidate = analyze(session, expression, plainFrame(outer, `${clause} clause`));
		coerce(session, expression, candidate, scalar('INT64'), () => session.error(expression, `${clause} must be an integer literal or parameter, but has type ${typeText(candidate.type)}`));
	}

	return recordShape(session, query, shape);
}

function recordShape(session: Session, node: Query | QueryBody, shape: QueryShape): QueryShape {
	session.queryColumns.set(node, shape.columns);
	if (shape.valueType !== undefined) session.valueTypes.set(node, shape.valueType);
	return shape;
}

function analyzeBody(session: Session, body: QueryBody, scope: Scope): QueryShape {
	if (body.kind === 'select') return recordShape(session, body, analyzeSelect(session, body, scope, []));
	if (body.kind === 'query') return analyzeQuery(session, body, scope);
	return recordShape(session, body, combine(session, body, body.operands.map(operand => analyzeBody(session, operand, scope))));
}

/** A value table is one column: the value itself. */
function asOneColumn(shape: QueryShape, body: QueryBody): QueryShape {
	if (shape.valueType === undefined) return shape;
	const {valueType: type} = shape;
	const fields = isStruct(body) ? {fields: shape.literals} : {};
	return {...shape, columns: [{name: undefined, type}], literals: type.kind === 'struct' ? [{type, literalness: 'none', ...fields}] : shape.literals};
}

function isStruct(body: QueryBody): boolean {
	return body.kind === 'query' ? isStruct(body.body) : body.kind === 'select' && body.as === 'struct';
}

/** Shape of a set operation over the shapes of its operands. */
function combine(session: Session, operation: SetOperation, operands: readonly QueryShape[]): QueryShape {
	const shapes = operands.map((shape, index) => asOneColumn(shape, operation.operands[index]!));
	const first = shapes[0]!;
	const title = `${operation.operator.toUpperCase()} ${operation.quantifier.toUpperCase()}`;
	for (const [index, shape] of shapes.entries()) {
		if (shape.columns.length !== first.columns.length) {
			const count = (one: QueryShape) => `${one.columns.length} column${one.columns.length === 1 ? '' : 's'}`;
			throw session.error(operation.operands[index]!, `Queries in ${title} have mismatched column count; query 1 has ${count(first)}, query ${index + 1} has ${count(shape)}`);
		}
	}

	const types = first.columns.map((_, index) => {
		const candidates = shapes.map(shape => shape.literals[index]!);
		const type = supertypeOf(candidates);
		if (type === undefined) throw session.error(operation.operands[1]!, `Column ${index + 1} in ${title} has incompatible types: ${candidates.map(one => typeText(one.type)).join(', ')}`);
		if (operation.quantifier === 'distinct' && !isGroupable(type)) throw session.error(operation, `Column ${index + 1} in ${title} has type that does not support set operation comparisons: ${typeText(type)}`);
		return type;
	});
	for (const [index, operand] of operation.operands.entries()) {
		session.operandCoercions.set(operand, types.map((type, column) => (isIdentical(type, shapes[index]!.columns[column]!.type) && shapes[index]!.literals[column]!.literalness !== 'null' ? undefined : type)));
	}

	const columns = first.columns.map(({name}, index) => ({name, type: types[index]!}));
	return {columns, valueType: first.valueType === undefined ? undefined : types[0]!, literals: columns.map(({type}) => ({type, literalness: 'none' as const}))};
}

function orderOutputs(session: Session, items: readonly OrderItem[], shape: QueryShape, outer: Scope): void {
	const scope = within(outer, {outputs: shape.columns});
	for (const item of items) {
		if (item.expression.kind === 'int') {
			orderByOrdinal(session, item, shape.columns.length);
			continue;
		}

		const {type} = analyze(session, item.expression, plainFrame(scope, 'ORDER BY clause after set operation'));
		const {expression} = item;
		const index = expression.kind === 'path-expression' && expression.names.length === 1 ? shape.columns.findIndex(({name}) => sameName(name, expression.names[0]!.name)) : -1;
		session.ordinals.set(item, index < 0 ? {kind: 'expression'} : {kind: 'alias', index});
		checkOrderable(session, item, type);
	}
}

/** ORDER BY 1. */
export function orderByOrdinal(session: Session, item: OrderItem, count: number): void {
	const ordinal = item.expression.kind === 'int' ? Number(item.expression.value) : 0;
	if (ordinal < 1 || ordinal > count) throw session.error(item.expression, `ORDER BY is out of SELECT column number range: ${ordinal}`);
	session.types.set(item.expression, scalar('INT64'));
	session.ordinals.set(item, {kind: 'ordinal', index: ordinal - 1});
}

export function checkOrderable(session: Session, item: OrderItem, type: SqlType): void {
	if (!isOrderable(type)) throw session.error(item.expression, `ORDER BY does not support expressions of type ${typeText(type)}`);
}

function analyzeWith(session: Session, clause: WithClause, outer: Scope): ReadonlyMap<string, NamedQuery> {
	const queries = new Map(outer.queries);
	const seen = new Set<string>();
	for (const definition of clause.expressions) {
		const key = definition.name.name.toLowerCase();
		if (seen.has(key)) throw session.error(definition.name, `Duplicate alias ${definition.name.name} for WITH subquery`);
		seen.add(key);
		// A CTE sees no columns of an enclosing query, only arguments and variables.
		const scope = {...outer, parent: undefined, sources: [], columns: [], hidden: [], queries: new Map(queries)};
		const isRecursive = clause.isRecursive && mentions(definition);
		const shape = isRecursive ? analyzeRecursive(session, definition, scope) : analyzeQuery(session, definition.query, scope);
		queries.set(key, {definition, columns: named(shape.columns), valueType: shape.valueType, isRecursive: false});
	}

	return queries;
}

function mentions(definition: CommonTableExpression): boolean {
	const name = definition.name.name.toLowerCase();
	const search = (value: unknown): boolean => {
		if (typeof value !== 'object' || value === null) return false;
		if (Array.isArray(value)) return value.some(one => search(one));
		if ('kind' in value && value.kind === 'table-reference' && 'path' in value) {
			const {parts} = value.path as {parts: readonly {name: string}[]};
			if (parts.length === 1 && parts[0]!.name.toLowerCase() === name) return true;
		}

		return Object.values(value).some(one => search(one));
	};

	return search(definition.query);
}

function analyzeRecursive(session: Session, definition: CommonTableExpression, scope: Scope): QueryShape {
	const {body} = definition.query;
	if (body.kind !== 'set-operation' || body.operator !== 'union' || body.operands.length !== 2) {
		throw session.error(definition.query, 'Recursive query does not have the form <non-recursive-term> UNION [ALL|DISTINCT] <recursive-term>');
	}

	const start = analyzeBody(session, body.operands[0]!, scope);
	const queries = new Map(scope.queries);
	queries.set(definition.name.name.toLowerCase(), {definition, columns: named(start.columns), valueType: start.valueType, isRecursive: true});
	const step = analyzeBody(session, body.operands[1]!, {...scope, queries});
	for (const [index, column] of step.columns.entries()) {
		const target = start.columns[index]?.type;
		if (target !== undefined && costOf(step.literals[index]!, target) === undefined) {
			throw session.error(body.operands[1]!, `Cannot coerce column ${index + 1} of the recursive term from ${typeText(column.type)} to ${typeText(target)}`);
		}
	}

	const shape = recordShape(session, body, combine(session, body, [start, step]));
	return recordShape(session, definition.query, shape);
}
