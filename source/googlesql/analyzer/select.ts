// SELECT: the list and its stars, grouping, HAVING, QUALIFY, and its ORDER BY.
import type {ExpandedColumn, FieldStep, SelectColumn, Source} from '../analysis.js';
import type {Expression, FunctionCall} from '../syntax/expression.js';
import type {GroupingItem, NamedWindow, OrderItem, Select, SelectDotStar, SelectItem, SelectStar} from '../syntax/query.js';
import {isGroupable, scalar, typeText, type Candidate} from '../type-rules.js';
import type {SqlType} from '../types.js';
import {analyze, analyzeCondition, plainFrame, type Frame} from './expression.js';
import {analyzeFrom, type Names} from './from.js';
import {checkGrouped, keyOf} from './grouping.js';
import {checkOrderable, orderByOrdinal, type QueryShape} from './query.js';
import {sameName, within, type Scope} from './scope.js';
import type {Session} from './session.js';
import {walk} from '../walk.js';

type Work = {readonly session: Session; readonly select: Select; readonly names: Names; readonly scope: Scope; readonly outer: Scope; readonly usage: {hasAggregate: boolean; hasAnalytic: boolean}; readonly windows: ReadonlyMap<string, NamedWindow>};

/** Analyzes a SELECT with the ORDER BY of its query. */
export function analyzeSelect(session: Session, select: Select, outer: Scope, orderBy: readonly OrderItem[]): QueryShape {
	const names = select.from === undefined ? {sources: [], columns: [], hidden: []} : analyzeFrom(session, select.from, outer);
	const scope = within(outer, names);
	if (select.where !== undefined) analyzeCondition(session, select.where, plainFrame(scope, 'WHERE clause'));
	const windows = new Map(select.windows.map(window => [window.name.name.toLowerCase(), window]));
	const work: Work = {session, select, names, scope, outer, usage: {hasAggregate: false, hasAnalytic: false}, windows};
	const literals: Candidate[] = [];
	const columns = select.items.flatMap(item => analyzeItem(work, item, literals));
	session.selectColumns.set(select, columns);
	const keys = analyzeGroupBy(work, columns);
	const aggregateAliases = new Set(columns.flatMap(({name, value}) => (name !== undefined && value.kind === 'item' && holdsAggregate(session, value.item.expression) ? [name.toLowerCase()] : [])));
	const later: Frame = {scope: {...scope, aliases: columns}, argumentScope: scope, aggregateScope: {...scope, aggregateAliases}, clause: 'HAVING clause', allowsAggregate: true, allowsAnalytic: false, windows, usage: work.usage};
	if (select.having !== undefined) {
		analyzeCondition(session, select.having, later);
		if (keys === undefined && !work.usage.hasAggregate) throw session.error(select.having, 'The HAVING clause requires GROUP BY or aggregation to be present');
	}

	if (select.qualify !== undefined) {
		analyzeCondition(session, select.qualify, {...later, clause: 'QUALIFY clause', allowsAnalytic: true});
		if (!work.usage.hasAnalytic) throw session.error(select.qualify, 'The QUALIFY clause requires analytic function to be present');
	}

	analyzeOrderBy(work, orderBy, columns, {...later, clause: 'ORDER BY clause', allowsAnalytic: true, allowsAggregate: keys !== undefined || work.usage.hasAggregate});
	if (keys !== undefined || work.usage.hasAggregate) checkAggregation(work, columns, keys ?? new Set(), orderBy);
	checkGroupings(work, columns, keys ?? new Set());
	if (select.isDistinct) checkDistinct(work, columns, orderBy);
	const valueType = valueOf(session, select, columns);
	const shown = columns.map(({name, type}) => ({name, type}));
	session.queryColumns.set(select, shown);
	if (valueType !== undefined) session.valueTypes.set(select, valueType);
	return {columns: shown, valueType, literals};
}

function valueOf(session: Session, select: Select, columns: readonly SelectColumn[]): SqlType | undefined {
	if (select.as === 'struct') return {kind: 'struct', fields: columns.map(({name, type}) => ({name, type}))};
	if (select.as !== 'value') return undefined;
	if (columns.length !== 1) throw session.error(select, 'SELECT AS VALUE query must have exactly one column');
	return columns[0]!.type;
}

function analyzeItem(work: Work, item: SelectItem, literals: Candidate[]): readonly SelectColumn[] {
	const {session, scope} = work;
	const frame: Frame = {scope, clause: 'SELECT list', allowsAggregate: true, allowsAnalytic: true, windows: work.windows, usage: work.usage};
	if (item.kind === 'select-expression') {
		const candidate = analyze(session, item.expression, frame);
		const name = item.alias?.name ?? impliedName(item.expression);
		if (name !== undefined) session.aliases.set(item, name);
		literals.push({...candidate, type: session.typeOf(item.expression)});
		return [{name, type: session.typeOf(item.expression), value: {kind: 'item', item}}];
	}

	const expanded = item.kind === 'select-star' ? expandStar(work, item) : expandDotStar(work, item, frame);
	const columns = modifyStar(work, item, expanded, frame);
	session.stars.set(item, columns);
	for (const {type} of columns) literals.push({type, literalness: 'none'});
	return columns.map(column => ({name: column.name, type: column.type, value: {kind: 'star', item, column}}));
}

/** The alias BigQuery gives without AS: the last name of a path. */
export function impliedName(expression: Expression): string | undefined {
	if (expression.kind === 'path-expression') return expression.names.at(-1)!.name;
	return expression.kind === 'field-access' ? expression.field.name : undefined;
}

function expandStar(work: Work, star: SelectStar): readonly ExpandedColumn[] {
	if (work.select.from === undefined) throw work.session.error(star, 'SELECT * must have a FROM clause');
	const columns = work.names.columns;
	if (columns.length === 0) throw work.session.error(star, 'SELECT * would expand to zero columns');
	return columns.map(({name, reference}) => ({kind: 'expanded-column', name: name === '' ? undefined : name, type: reference.type, value: {kind: 'reference', reference}}));
}

function expandDotStar(work: Work, star: SelectDotStar, frame: Frame): readonly ExpandedColumn[] {
	const {session} = work;
	const {type} = analyze(session, star.object, frame);
	if (type.kind !== 'struct') throw session.error(star, `Dot-star is not supported for type ${typeText(type)}`);
	const reference = star.object.kind === 'path-expression' ? session.references.get(star.object) : undefined;
	return type.fields.map((field, index) => {
		const step: FieldStep = {kind: 'struct-field', name: field.name ?? '', index, type: field.type};
		if (reference?.kind === 'row' && reference.fields.length === 0 && reference.source.valueType === undefined) {
			return {kind: 'expanded-column', name: field.name, type: field.type, value: {kind: 'reference', reference: {kind: 'column', source: reference.source, column: field.name ?? '', index, isCorrelated: reference.isCorrelated, fields: [], type: field.type}}};
		}

		return {kind: 'expanded-column', name: field.name, type: field.type, value: {kind: 'field', object: star.object, step}};
	});
}

function modifyStar(work: Work, star: SelectStar | SelectDotStar, columns: readonly ExpandedColumn[], frame: Frame): readonly ExpandedColumn[] {
	const {session} = work;
	for (const name of star.except) {
		if (!columns.some(column => sameName(column.name, name.name))) throw session.error(name, `Column ${name.name} in SELECT * EXCEPT list does not exist`);
	}

	const kept = columns.filter(column => !star.except.some(({name}) => sameName(column.name, name)));
	if (kept.length === 0) throw session.error(star, 'SELECT * expands to zero columns after applying EXCEPT');
	const replaced = new Map<string, ExpandedColumn>();
	for (const {expression, alias} of star.replace) {
		analyze(session, expression, frame);
		if (!kept.some(column => sameName(column.name, alias.name))) throw session.error(alias, `Column ${alias.name} in SELECT * REPLACE list does not exist`);
		replaced.set(alias.name.toLowerCase(), {kind: 'expanded-column', name: alias.name, type: session.typeOf(expression), value: {kind: 'replacement', expression}});
	}

	return kept.map(column => replaced.get(column.name?.toLowerCase() ?? '') ?? column);
}

/** Keys of the grouped expressions; undefined without GROUP BY. */
function analyzeGroupBy(work: Work, columns: readonly SelectColumn[]): Set<string> | undefined {
	const {session, select} = work;
	if (select.groupBy === undefined) return undefined;
	const keys = new Set<string>();
	if (select.groupBy.isAll) {
		const expressions = columns.flatMap(({value}) => (value.kind === 'item' && !holdsAggregate(session, value.item.expression) && !isConstant(value.item.expression) ? [value.item.expression] : []));
		session.groupByAll.set(select.groupBy, expressions);
		for (const expression of expressions) keys.add(keyOf(session, expression));
		for (const {value} of columns) if (value.kind === 'star') addStarKey(session, keys, value.column);
		return keys;
	}

	for (const item of select.groupBy.items) analyzeGrouping(work, item, columns, keys);
	return keys;
}

const isConstant = (expression: Expression) => ['int', 'float', 'string', 'bool', 'null', 'bytes', 'typed-literal'].includes(expression.kind);

function holdsAggregate(session: Session, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	if (Array.isArray(value)) return value.some(one => holdsAggregate(session, one));
	if ('kind' in value && value.kind === 'function-call' && session.functions.get(value)?.family === 'aggregate' && (value as {over?: unknown}).over === undefined) return true;
	return Object.values(value).some(one => holdsAggregate(session, one));
}

function analyzeGrouping(work: Work, item: GroupingItem, columns: readonly SelectColumn[], keys: Set<string>): void {
	const one = (expression: Expression, node?: Extract<GroupingItem, {kind: 'grouping-expression'}>) => {
		groupExpression(work, expression, columns, keys, node);
	};

	switch (item.kind) {
		case 'grouping-expression': {
			one(item.expression, item);
			return;
		}

		case 'grouping-rollup':
		case 'grouping-cube': {
			for (const expression of item.sets.flat()) one(expression);
			return;
		}

		case 'grouping-sets': {
			for (const member of item.members) for (const expression of member.kind === 'grouping-set' ? member.expressions : member.sets.flat()) one(expression);
			return;
		}

		default:
	}
}

function groupExpression(work: Work, expression: Expression, columns: readonly SelectColumn[], keys: Set<string>, node: Extract<GroupingItem, {kind: 'grouping-expression'}> | undefined): void {
	const {session} = work;
	let index = -1;
	if (expression.kind === 'int') {
		index = Number(expression.value) - 1;
		session.types.set(expression, scalar('INT64'));
		if (index < 0 || index >= columns.length) throw session.error(expression, `GROUP BY is out of SELECT column number range: ${expression.value}`);
		if (node !== undefined) session.ordinals.set(node, {kind: 'ordinal', index});
	} else if (expression.kind === 'path-expression' && expression.names.length === 1) {
		index = columns.findIndex(({name, value}) => sameName(name, expression.names[0]!.name) && (value.kind === 'star' || value.item.alias !== undefined));
		if (index >= 0 && node !== undefined) session.ordinals.set(node, {kind: 'alias', index});
	}

	if (index >= 0) {
		groupColumn(session, expression, columns[index]!, keys, index);
		return;
	}

	const {type} = analyze(session, expression, plainFrame(work.scope, 'GROUP BY clause'));
	if (node !== undefined) session.ordinals.set(node, {kind: 'expression'});
	if (!isGroupable(type)) throw session.error(expression, `Grouping by expressions of type ${typeText(type)} is not allowed`);
	keys.add(keyOf(session, expression));
}

function groupColumn(session: Session, expression: Expression, column: SelectColumn, keys: Set<string>, index: number): void {
	if (!isGroupable(column.type)) throw session.error(expression, `Grouping by expressions of type ${typeText(column.type)} is not allowed`);
	if (expression.kind === 'path-expression') {
		session.types.set(expression, column.type);
		session.references.set(expression, {kind: 'select-alias', column: column.name!, index, item: column.value.kind === 'item' ? column.value.item.expression : column.value.column, fields: [], type: column.type});
	}

	if (column.value.kind === 'star') {
		addStarKey(session, keys, column.value.column);
		return;
	}

	if (holdsAggregate(session, column.value.item.expression)) {
		const shown = expression.kind === 'int' ? `Column ${expression.value}` : `Column ${column.name ?? ''}`;
		throw session.error(expression, `${shown} contains an aggregation function, which is not allowed in GROUP BY`);
	}

	keys.add(keyOf(session, column.value.item.expression));
}

function addStarKey(session: Session, keys: Set<string>, column: ExpandedColumn): void {
	if (column.value.kind !== 'reference') return;
	const names = [{kind: 'identifier' as const, name: column.name ?? '', isQuoted: false, span: {start: 0, end: 0}}];
	const path = {kind: 'path-expression' as const, names, span: {start: 0, end: 0}};
	session.references.set(path, column.value.reference);
	keys.add(keyOf(session, path));
}

function checkAggregation(work: Work, columns: readonly SelectColumn[], keys: ReadonlySet<string>, orderBy: readonly OrderItem[]): void {
	const {session, select} = work;
	session.aggregated.add(select);
	const sources: ReadonlySet<Source> = new Set(work.names.sources);
	for (const {value} of columns) {
		if (value.kind === 'item') {
			checkGrouped(session, value.item.expression, sources, keys, 'SELECT list expression');
		} else if (value.column.value.kind === 'reference') {
			const probe = new Set<string>();
			addStarKey(session, probe, value.column);
			if (![...probe].every(key => keys.has(key))) throw session.error(value.item, `Star expansion expression references column ${value.column.name ?? ''} which is neither grouped nor aggregated`);
		} else {
			const expression = value.column.value.kind === 'field' ? value.column.value.object : value.column.value.expression;
			checkGrouped(session, expression, sources, keys, 'SELECT list expression');
		}
	}

	if (select.having !== undefined) checkGrouped(session, select.having, sources, keys, 'HAVING clause expression');
	if (select.qualify !== undefined) checkGrouped(session, select.qualify, sources, keys, 'QUALIFY clause expression');
	for (const item of orderBy) checkGrouped(session, item.expression, sources, keys, 'ORDER BY clause expression');
}

function analyzeOrderBy(work: Work, orderBy: readonly OrderItem[], columns: readonly SelectColumn[], frame: Frame): void {
	const {session, select} = work;
	for (const item of orderBy) {
		if (item.expression.kind === 'int') {
			orderByOrdinal(session, item, columns.length);
			continue;
		}

		const {type} = analyze(session, item.expression, frame);
		const reference = item.expression.kind === 'path-expression' ? session.references.get(item.expression) : undefined;
		// A struct is one column: its fields have no position of their own.
		const isColumn = reference?.kind === 'select-alias' && reference.fields.length === 0 && select.as !== 'struct';
		session.ordinals.set(item, isColumn ? {kind: 'alias', index: reference.index} : {kind: 'expression'});
		checkOrderable(session, item, type);
	}
}

/** GROUPING asks about a key of GROUP BY. */
function checkGroupings({session}: Work, columns: readonly SelectColumn[], keys: ReadonlySet<string>): void {
	for (const {value} of columns) {
		if (value.kind !== 'item') continue;
		walk(value.item, node => {
			const called = node.kind === 'function-call' ? session.functions.get(node) : undefined;
			if (called?.kind === 'builtin' && called.name === 'GROUPING' && !keys.has(keyOf(session, (node as FunctionCall).arguments[0]))) throw session.error(node, 'GROUPING must have an argument that exists within the group-by expression list.');
			return node.kind !== 'scalar-subquery' && node.kind !== 'array-subquery' && node.kind !== 'exists-subquery';
		});
	}
}

const itemOf = (column: SelectColumn): SelectItem => column.value.item;

function checkDistinct(work: Work, columns: readonly SelectColumn[], orderBy: readonly OrderItem[]): void {
	const {session} = work;
	for (const [index, {type}] of columns.entries()) {
		if (!isGroupable(type)) throw session.error(itemOf(columns[index]!), `Column ${columns[index]!.name ?? index + 1} of type ${typeText(type)} cannot be used in SELECT DISTINCT`);
	}

	const keys = new Set<string>();
	for (const {value} of columns) {
		if (value.kind === 'item') keys.add(keyOf(session, value.item.expression));
		else addStarKey(session, keys, value.column);
	}

	const sources: ReadonlySet<Source> = new Set(work.names.sources);
	for (const item of orderBy) {
		if (session.ordinals.get(item)?.kind !== 'expression' || keys.has(keyOf(session, item.expression))) continue;
		try {
			checkGrouped(session, item.expression, sources, keys, 'ORDER BY clause expression');
		} catch {
			const text = session.options.text.slice(item.expression.span.start, item.expression.span.end);
			throw session.error(item.expression, `ORDER BY clause expression references column ${text} which is not visible after SELECT DISTINCT`);
		}
	}
}
