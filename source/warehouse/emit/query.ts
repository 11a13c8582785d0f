// Queries: WITH, SELECT, set operations, ORDER BY, LIMIT.
import type {Expression, OrderItem, Query, QueryBody, Select, SqlType, CommonTableExpression, ExpandedColumn} from '../../googlesql/index.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {fieldName, isSameType, quoteName, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {emitReference, emitSteps} from './reference.js';
import {mayBeNan} from './float.js';
import {emitFrom} from './from.js';
import {emitGroupBy} from './grouping.js';
import {isVolatileText} from './volatile.js';

/** Name a result column has in DuckDB: BigQuery's own, or f0_, f1_ ... */
export function outputName(name: string | undefined, index: number): string {
	return name ?? `f${index}_`;
}

/** DuckDB text of a query, without parentheses. A value table (SELECT AS STRUCT) has the one column `value`. */
export function emitQuery(query: Query, emission: Emission): string {
	const parts: string[] = [];
	if (query.with !== undefined) {
		const definitions = query.with.expressions.map(definition => emitDefinition(definition, emission));
		parts.push(`WITH ${query.with.isRecursive ? 'RECURSIVE ' : ''}${definitions.join(', ')}`);
	}

	const body = emitBody(query.body, emission, undefined);
	if (isOrderedFromOutside(query, emission)) {
		const names = uniqueNames(emission.analysis.columnsOf(query.body).map(column => column.name)).map(name => quoteName(name));
		const keys = query.orderBy.map(item => {
			const ordering = emission.analysis.orderingOf(item);
			const index = ordering.kind === 'expression' ? -1 : ordering.index;
			return mayBeNanAt(query.body, index, emission) ? `${nanText(`o.${names[index]}`, item)}, ${orderText(String(index + 1), item)}` : orderText(String(index + 1), item);
		});
		parts.push(`SELECT * FROM (${body}) AS o(${names.join(', ')}) ORDER BY ${keys.join(', ')}`);
	} else {
		parts.push(body);
		if (query.orderBy.length > 0) {
			parts.push(`ORDER BY ${query.orderBy.map(item => emitOrderItem(item, query.body, emission)).join(', ')}`);
		}
	}

	if (query.limit !== undefined) {
		parts.push(`LIMIT ${emitExpression(query.limit.count, emission)}`);
		if (query.limit.offset !== undefined) {
			parts.push(`OFFSET ${emitExpression(query.limit.offset, emission)}`);
		}
	}

	return parts.join(' ');
}

function emitDefinition(definition: CommonTableExpression, emission: Emission): string {
	const {analysis} = emission;
	const names = analysis.valueTypeOf(definition.query) === undefined ? uniqueNames(analysis.columnsOf(definition.query).map(column => column.name)) : ['value'];
	return `${emission.aliases.of(definition)}(${names.map(name => quoteName(name)).join(', ')}) AS (${emitQuery(definition.query, emission)})`;
}

/** Column names for a column list: DuckDB refuses a name twice; the second cannot be referred to anyway. */
export function uniqueNames(names: readonly (string | undefined)[]): string[] {
	const seen = new Set<string>();
	return names.map((name, index) => {
		let unique = outputName(name, index);
		while (seen.has(unique.toLowerCase())) {
			unique = `${unique}_${index}`;
		}

		seen.add(unique.toLowerCase());
		return unique;
	});
}

/** Sort key: an alias or a position becomes DuckDB's position, so that a volatile expression is not evaluated twice. */
export function emitOrderItem(item: OrderItem, body: QueryBody, emission: Emission): string {
	const ordering = emission.analysis.orderingOf(item);
	if (ordering.kind === 'expression') return emitOrderKey(item, emission);
	const output = body.kind === 'select' ? selectOutputs(body, emission)[ordering.index]! : undefined;
	// A row of SELECT AS STRUCT is one column in DuckDB.
	const key = orderText(body.kind === 'select' && body.as === 'struct' ? `(${output!.text})` : String(ordering.index + 1), item);
	return output !== undefined && output.mayBeNan && !isVolatileText(output.text) ? `${nanText(output.text, item)}, ${key}` : key;
}

/** DuckDB orders a set operation and SELECT DISTINCT by their columns only: by anything else from outside. */
function isOrderedFromOutside({body, orderBy}: Query, emission: Emission): boolean {
	const isOfColumns = body.kind !== 'select' || (body.isDistinct && body.as === undefined);
	const orderings = isOfColumns ? orderBy.map(item => emission.analysis.orderingOf(item)) : [];
	const indexes = orderings.flatMap(ordering => (ordering.kind === 'expression' ? [] : [ordering.index]));
	return indexes.length === orderings.length && indexes.some(index => mayBeNanAt(body, index, emission));
}

function mayBeNanAt(body: QueryBody, index: number, emission: Emission): boolean {
	return body.kind === 'select' ? selectOutputs(body, emission)[index]!.mayBeNan : scalarName(emission.analysis.columnsOf(body)[index]!.type) === 'FLOAT64';
}

/** Sort key of an expression, with its direction. */
export function emitOrderKey(item: OrderItem, emission: Emission): string {
	const key = emitSortKey(item.expression, emission);
	const text = orderText(key, item);
	return mayBeNan(item.expression, emission) && !isVolatileText(key) ? `${nanText(key, item)}, ${text}` : text;
}

/** The key before a FLOAT64: NaN is below everything but NULL, where DuckDB has it above. */
export function nanText(key: string, item: Pick<OrderItem, 'direction' | 'nulls'>): string {
	return orderText(`isnan(${key})`, {nulls: item.nulls ?? (item.direction === 'asc' ? 'first' : 'last'), direction: item.direction === 'asc' ? 'desc' : 'asc'});
}

/** Direction and NULL placement: BigQuery's default is NULL first ascending, last descending. */
export function orderText(key: string, item: Pick<OrderItem, 'direction' | 'nulls'>): string {
	const nulls = item.nulls ?? (item.direction === 'asc' ? 'first' : 'last');
	return `${key} ${item.direction === 'asc' ? 'ASC' : 'DESC'} NULLS ${nulls === 'first' ? 'FIRST' : 'LAST'}`;
}

/** A constant sort key would be read as a position by DuckDB. */
export function emitSortKey(expression: Expression, emission: Emission): string {
	return `(${emitExpression(expression, emission)})`;
}

function emitBody(body: QueryBody, emission: Emission, coercions: readonly (SqlType | undefined)[] | undefined): string {
	switch (body.kind) {
		case 'query': {
			return wrapCoercions(`(${emitQuery(body, emission)})`, body, emission, coercions);
		}

		case 'set-operation': {
			const operator = `${body.operator.toUpperCase()} ${body.quantifier === 'all' ? 'ALL' : ''}`.trim();
			const operands = body.operands.map(operand => {
				const text = emitBody(operand, emission, emission.analysis.operandCoercionsOf(operand));
				return operand.kind === 'select' ? text : `(${text})`;
			});
			return wrapCoercions(operands.join(` ${operator} `), body, emission, coercions);
		}

		case 'select': {
			return emitSelect(body, emission, coercions);
		}
	}
}

/** A query for a table: its i-th column cast to the i-th type where one is given. A value table of structs gives their fields. */
export function emitFitted(query: Query, targets: readonly (SqlType | undefined)[], emission: Emission): string {
	const value = emission.analysis.valueTypeOf(query);
	if (value?.kind !== 'struct') {
		const columns = emission.analysis.columnsOf(query);
		return wrapCoercions(emitQuery(query, emission), query, emission, targets.map((target, index) => (target === undefined || isSameType(columns[index]!.type, target) ? undefined : target)));
	}

	const items = value.fields.map((field, index) => {
		const name = fieldName(field.name, index);
		const text = `o."value".${quoteName(name)}`;
		const target = targets[index];
		return `${target === undefined ? text : emitCast(text, field.type, target, false)} AS ${quoteName(name)}`;
	});
	return `SELECT ${items.join(', ')} FROM (${emitQuery(query, emission)}) AS o("value")`;
}

function wrapCoercions(text: string, body: QueryBody, emission: Emission, coercions: readonly (SqlType | undefined)[] | undefined): string {
	if (coercions === undefined || coercions.every(type => type === undefined)) {
		return text;
	}

	const value = emission.analysis.valueTypeOf(body);
	const columns = value === undefined ? emission.analysis.columnsOf(body) : [{name: 'value', type: value}];
	const names = uniqueNames(columns.map(column => column.name));
	const items = columns.map((column, index) => {
		const value = `o.${quoteName(names[index]!)}`;
		const target = coercions[index];
		return `${target === undefined ? value : emitCast(value, column.type, target, false)} AS ${quoteName(names[index]!)}`;
	});
	return `SELECT ${items.join(', ')} FROM (${text}) AS o(${names.map(name => quoteName(name)).join(', ')})`;
}

type Output = {readonly name: string | undefined; readonly text: string; readonly type: SqlType; readonly mayBeNan: boolean};

/** The select list after star expansion, as DuckDB texts. */
export function selectOutputs(select: Select, emission: Emission): readonly Output[] {
	return emission.analysis.selectColumnsOf(select).map(column => ({
		name: column.name,
		type: column.type,
		mayBeNan: column.value.kind === 'item' ? mayBeNan(column.value.item.expression, emission) : scalarName(column.type) === 'FLOAT64',
		text: column.value.kind === 'item' ? emitExpression(column.value.item.expression, emission) : emitExpandedColumn(column.value.column, emission),
	}));
}

/** One column of a star. */
export function emitExpandedColumn(column: ExpandedColumn, emission: Emission): string {
	switch (column.value.kind) {
		case 'reference': {
			return emitReference(column.value.reference, emission);
		}

		case 'field': {
			return emitSteps(`(${emitExpression(column.value.object, emission)})`, [column.value.step]);
		}

		case 'replacement': {
			return emitExpression(column.value.expression, emission);
		}
	}
}

function emitSelect(select: Select, emission: Emission, coercions: readonly (SqlType | undefined)[] | undefined): string {
	const outputs = selectOutputs(select, emission);
	const parts = [select.isDistinct ? 'SELECT DISTINCT' : 'SELECT', emitOutputs(select, outputs, emission, coercions)];
	if (select.from !== undefined) {
		parts.push(`FROM ${emitFrom(select.from, emission)}`);
	}

	if (select.where !== undefined) {
		parts.push(`WHERE ${emitExpression(select.where, emission)}`);
	}

	if (select.groupBy !== undefined) {
		parts.push(emitGroupBy(select, select.groupBy, emission));
	}

	if (select.having !== undefined) {
		parts.push(`HAVING ${emitExpression(select.having, emission)}`);
	}

	if (select.qualify !== undefined) {
		parts.push(`QUALIFY ${emitExpression(select.qualify, emission)}`);
	}

	return parts.join(' ');
}

function emitOutputs(select: Select, outputs: readonly Output[], emission: Emission, coercions: readonly (SqlType | undefined)[] | undefined): string {
	if (select.as === 'struct') {
		const target = coercions?.[0];
		const fields = outputs.map((output, index) => {
			const field = target?.kind === 'struct' ? target.fields[index]! : output;
			return `${quoteName(fieldName(field.name, index))} := ${emitCast(output.text, output.type, field.type, false)}`;
		});
		return `struct_pack(${fields.join(', ')}) AS "value"`;
	}

	return outputs
		.map((output, index) => {
			const target = coercions?.[index];
			const text = target === undefined ? output.text : emitCast(output.text, output.type, target, false);
			return `${text} AS ${quoteName(select.as === 'value' ? 'value' : outputName(output.name, index))}`;
		})
		.join(', ');
}
