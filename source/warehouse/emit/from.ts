// FROM: tables, sub-queries, UNNEST, table functions, joins, PIVOT and UNPIVOT.
import type {Column, FromItem, Join, Pivot, Reference, Source, SqlType, TableFunctionReference, Unpivot} from '../../googlesql/index.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {fieldName, quoteName, quoteText, scalarName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {emitReference} from './reference.js';
import {emitComparison} from './float.js';
import {holdsQuery} from './not-here.js';
import {emitQuery, outputName, uniqueNames} from './query.js';

/** DuckDB text of a FROM clause's content. */
export function emitFrom(item: FromItem, emission: Emission): string {
	switch (item.kind) {
		case 'join': {
			return emitJoin(item, emission);
		}

		case 'parenthesized-join': {
			return `(${emitFrom(item.join, emission)})`;
		}

		default: {
			return emitLeaf(item, emission);
		}
	}
}

function emitLeaf(item: Exclude<FromItem, {kind: 'join' | 'parenthesized-join'}>, emission: Emission): string {
	const source = emission.analysis.sourceOf(item);
	const alias = emission.aliases.of(source);
	switch (item.kind) {
		case 'table-reference': {
			const at = item.systemTime === undefined ? undefined : emission.systemTime(item.systemTime);
			return sampled(emitNamed(source, alias, at, emission), alias, item.sample === undefined ? undefined : emitExpression(item.sample.percent, emission));
		}

		case 'subquery-reference': {
			const names = source.valueType === undefined ? uniqueNames(emission.analysis.columnsOf(item.query).map(column => column.name)) : ['value'];
			const text = `(${emitQuery(item.query, emission)}) AS ${alias}(${names.map(name => quoteName(name)).join(', ')})`;
			return sampled(text, alias, item.sample === undefined ? undefined : emitExpression(item.sample.percent, emission));
		}

		case 'unnest-reference': {
			return unnestText(emitExpression(item.array, emission), alias);
		}

		case 'table-function-reference': {
			return `(${emitTableFunction(item, source, emission)}) AS ${alias}`;
		}

		case 'pivot': {
			return emitPivot(item, source, alias, emission);
		}

		case 'unpivot': {
			return emitUnpivot(item, source, alias, emission);
		}
	}
}

function sampled(text: string, alias: string, percent: string | undefined): string {
	return percent === undefined ? text : `(SELECT * FROM ${text} WHERE random() * 100 < ${percent}) AS ${alias}`;
}

function emitNamed(source: Source, alias: string, atMicros: bigint | undefined, emission: Emission): string {
	const {origin} = source;
	return origin.kind === 'array-path' ? unnestText(emitReference(origin.array, emission), alias) : `${relationOf(source, atMicros, emission)} AS ${alias}`;
}

/** Rows that a name stands for, without an alias. */
function relationOf({origin}: Source, atMicros: bigint | undefined, emission: Emission): string {
	switch (origin.kind) {
		case 'table': {
			return emission.catalog.relation(origin.table, atMicros);
		}

		case 'cte': {
			return emission.aliases.of(origin.definition);
		}

		case 'table-parameter': {
			return emission.tableArguments.get(origin.parameter.toLowerCase()) ?? quoteName(origin.parameter);
		}

		default: {
			throw new Error(`A name of a table cannot come from ${origin.kind}.`);
		}
	}
}

/** The array is evaluated once, for both its elements and their places. */
function unnestText(array: string, alias: string): string {
	return `LATERAL (SELECT unnest(a) AS "value", unnest(range(len(a))) AS "offset" FROM (SELECT ${array} AS a)) AS ${alias}`;
}

function emitTableFunction(item: TableFunctionReference, source: Source, emission: Emission): string {
	if (source.origin.kind !== 'table-function') {
		throw new Error('A table function reference must come from a table function.');
	}

	const body = emission.catalog.tableFunctionBody(source.origin.routine);
	const wanted = source.origin.routine.arguments;
	const values = new Map<string, string>();
	const tables = new Map<string, string>();
	for (const [index, argument] of source.origin.arguments.entries()) {
		const name = body.argumentNames[index]!.toLowerCase();
		if (argument.kind === 'value-argument') {
			values.set(name, `(${emitExpression(argument.value, emission)})`);
		} else if (argument.kind === 'query-argument') {
			const text = `(${emitQuery(argument.query, emission)})`;
			if (emission.analysis.isTableArgument(argument)) tables.set(name, fitted(text, emission.analysis.columnsOf(argument.query), wanted[index]?.table ?? []));
			else values.set(name, text);
		} else {
			const given = emission.analysis.tableArgumentOf(argument);
			tables.set(name, fitted(relationOf(given, undefined, emission), given.columns, wanted[index]?.table ?? []));
		}
	}

	return emitQuery(body.query, {...emission, analysis: body.analysis, arguments: values, tableArguments: tables, locals: new Map()});
}

/** The columns a TABLE argument asks for, in the types it asks for. */
function fitted(relation: string, given: readonly {readonly name: string | undefined; readonly type: SqlType}[], wanted: readonly Column[]): string {
	if (wanted.length === 0) {
		return relation;
	}

	const items = wanted.map(({name, type}) => {
		const column = given.find(one => one.name?.toLowerCase() === name.toLowerCase());
		return `${column === undefined ? quoteName(name) : emitCast(quoteName(name), column.type, type, false)} AS ${quoteName(name)}`;
	});
	return `(SELECT ${items.join(', ')} FROM ${relation})`;
}

const joinWords = {inner: 'JOIN', left: 'LEFT JOIN', right: 'RIGHT JOIN', full: 'FULL JOIN', cross: 'CROSS JOIN', comma: 'CROSS JOIN'} as const;

function emitJoin(join: Join, emission: Emission): string {
	const left = emitFrom(join.left, emission);
	const right = emitFrom(join.right, emission);
	const isBare = join.type === 'cross' || join.type === 'comma';
	if (isBare || (join.on === undefined && join.using.length === 0)) {
		return join.type === 'left' ? `${left} LEFT JOIN ${right} ON TRUE` : `${left} CROSS JOIN ${right}`;
	}

	const on = join.on === undefined
		? emission.analysis.usingOf(join).map(({left: one, right: other}) => emitComparison('=', referenceSide(one, emission), referenceSide(other, emission))).join(' AND ')
		: emitExpression(join.on, emission);
	if (join.type !== 'inner' && holdsQuery(on)) {
		throw emission.analysis.refuse(join.on ?? join, `The embedded warehouse does not have ${join.type.toUpperCase()} JOIN with a sub-query in its condition`);
	}

	return `${left} ${joinWords[join.type]} ${right} ON ${on}`;
}

function referenceSide(reference: Reference, emission: Emission): {readonly text: string; readonly mayBeNan: boolean; readonly isNeverNull: boolean} {
	return {text: emitReference(reference, emission), mayBeNan: scalarName(reference.type) === 'FLOAT64', isNeverNull: false};
}

/** A column of a source; a value table of structs holds its columns in one value. */
function columnText(source: Source, name: string, emission: Emission): string {
	return `${emission.aliases.of(source)}${source.valueType?.kind === 'struct' ? '."value"' : ''}.${quoteName(name)}`;
}

/** PIVOT as conditional aggregation: groups by every column that is neither input nor aggregated. */
function emitPivot(pivot: Pivot, source: Source, alias: string, emission: Emission): string {
	const inner = emission.analysis.sourceOf(pivot.source);
	const input = emitExpression(pivot.input, emission);
	const pivoted = pivot.values.length * pivot.aggregates.length;
	const keyColumns = source.columns.slice(0, source.columns.length - pivoted);
	const keys = keyColumns.map(column => columnText(inner, column.name, emission));
	const cells = pivot.values.flatMap((value, valueIndex) =>
		pivot.aggregates.map((aggregate, aggregateIndex) => {
			const name = source.columns[keyColumns.length + (valueIndex * pivot.aggregates.length) + aggregateIndex]!.name;
			const aggregateFilter = `${input} IS NOT DISTINCT FROM ${emitExpression(value.expression, emission)}`;
			return `${emitExpression(aggregate.expression, {...emission, aggregateFilter})} AS ${quoteName(name)}`;
		}),
	);
	const group = keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
	return `(SELECT ${[...keys.map((text, index) => `${text} AS ${quoteName(keyColumns[index]!.name)}`), ...cells].join(', ')} FROM ${emitFrom(pivot.source, emission)}${group}) AS ${alias}`;
}

function emitUnpivot(unpivot: Unpivot, source: Source, alias: string, emission: Emission): string {
	const inner = emission.analysis.sourceOf(unpivot.source);
	const moved = new Set(unpivot.inputs.flatMap(input => input.columns.map(column => column.name.toLowerCase())));
	const kept = source.columns.filter(column => !unpivot.values.some(value => value.name.toLowerCase() === column.name.toLowerCase()) && column.name.toLowerCase() !== unpivot.name.name.toLowerCase() && !moved.has(column.name.toLowerCase()));
	const rows = unpivot.inputs.map(input => {
		const label = input.label === undefined ? quoteText(input.columns.map(column => column.name).join('_')) : emitExpression(input.label, emission);
		const values = input.columns.map((column, index) => `${quoteName(unpivot.values[index]!.name)} := ${columnText(inner, column.name, emission)}`);
		return `struct_pack(${[...values, `${quoteName(unpivot.name.name)} := ${label}`].join(', ')})`;
	});
	const unpacked = [...unpivot.values.map(value => value.name), unpivot.name.name].map(name => `u.r.${quoteName(fieldName(name, 0))} AS ${quoteName(outputName(name, 0))}`);
	const filter = unpivot.includesNulls ? '' : ` WHERE ${unpivot.values.map(value => `u.r.${quoteName(value.name)} IS NOT NULL`).join(' OR ')}`;
	return `(SELECT ${[...kept.map(column => `${columnText(inner, column.name, emission)} AS ${quoteName(column.name)}`), ...unpacked].join(', ')} FROM ${emitFrom(unpivot.source, emission)}, LATERAL (SELECT unnest([${rows.join(', ')}]) AS r) AS u${filter}) AS ${alias}`;
}
