// INSERT, UPDATE, DELETE, MERGE, TRUNCATE. DuckDB takes any one of several source rows for a target row; BigQuery refuses
// them, so UPDATE ... FROM and MERGE come with a query that counts such rows first.
import type {Assignment, Column, DeleteStatement, DmlStatement, Expression, FromItem, InsertStatement, MergeAction, MergeStatement, Source, SqlType, TableEntry, UpdateStatement} from '../../googlesql/index.js';
import {emitCast} from './cast.js';
import type {Emission} from './context.js';
import {duckType, fieldName, quoteName} from './duck-type.js';
import {emitExpression} from './expression.js';
import {emitFrom} from './from.js';
import {emitFitted} from './query.js';

export type DmlText = {
	readonly sql: string;
	/** One row, one number: target rows that more than one source row would change. */
	readonly precheck?: string;
};

/** DuckDB text of a DML statement; affected rows are DuckDB's own count. `referencedTables` are those of the annotations. */
export function emitDml(statement: DmlStatement, emission: Emission, referencedTables: readonly TableEntry[]): DmlText {
	const table = targetOf(statement, referencedTables);
	const relation = emission.catalog.relation(table, undefined);
	const targeted: Emission = {...emission, columnText: targetColumn(emission)};
	switch (statement.kind) {
		case 'insert': {
			return {sql: emitInsert(statement, emission, relation, table)};
		}

		case 'update': {
			return emitUpdate(statement, targeted, relation, table);
		}

		case 'delete': {
			return {sql: emitDelete(statement, targeted, relation)};
		}

		case 'merge': {
			return emitMerge(statement, targeted, relation, table);
		}

		case 'truncate': {
			return {sql: `DELETE FROM ${relation}`};
		}
	}
}

function targetOf(statement: DmlStatement, referencedTables: readonly TableEntry[]): TableEntry {
	const path = (statement.kind === 'truncate' ? statement.target : statement.target.path).parts.map(part => part.name.toLowerCase());
	const found = referencedTables.find(table => table.path.slice(-path.length).every((part, index) => part.toLowerCase() === path[index]));
	if (found === undefined) {
		throw new Error(`The annotations do not name the table ${path.join('.')}.`);
	}

	return found;
}

/** Columns of the target are reached by one fixed alias. */
function targetColumn(emission: Emission): (source: Source, column: string) => string | undefined {
	return (source, column) => emission.columnText?.(source, column) ?? (source.origin.kind === 'dml-target' ? `"$t".${quoteName(column)}` : undefined);
}

/** DuckDB text of a column's default, evaluated for each row; undefined when the column has none. */
function emitDefault(table: TableEntry, column: Column, emission: Emission): string | undefined {
	const found = emission.catalog.columnDefault(table, column);
	return found === undefined ? undefined : emitExpression(found.expression, {...emission, analysis: found.analysis, arguments: new Map(), locals: new Map(), tableArguments: new Map()});
}

/** A value that may be the word DEFAULT. */
function emitValue(value: Expression, column: Column, table: TableEntry, emission: Emission): string {
	return value.kind === 'default' ? (emitDefault(table, column, emission) ?? `CAST(NULL AS ${duckType(column.type)})`) : emitExpression(value, emission);
}

/** Columns that a new row does not name and that have a default: their quoted names, and the defaults' texts. */
export function emitOmitted(table: TableEntry, named: readonly Column[], emission: Emission): ReadonlyArray<{readonly name: string; readonly text: string}> {
	return table.columns.flatMap(column => {
		const text = named.some(({name}) => name === column.name) ? undefined : emitDefault(table, column, emission);
		return text === undefined ? [] : [{name: quoteName(column.name), text}];
	});
}

function emitInsert(insert: InsertStatement, emission: Emission, relation: string, table: TableEntry): string {
	const columns = emission.analysis.insertColumnsOf(insert);
	const defaults = emitOmitted(table, columns, emission);
	const names = [...columns.map(column => quoteName(column.name)), ...defaults.map(({name}) => name)].join(', ');
	const {source} = insert;
	if (source.kind === 'insert-values') {
		const rows = source.rows.map(row => `(${[...row.values.map((value, index) => emitValue(value, columns[index]!, table, emission)), ...defaults.map(({text}) => text)].join(', ')})`);
		return `INSERT INTO ${relation} (${names}) VALUES ${rows.join(', ')}`;
	}

	const query = emitFitted(source.query, emission.analysis.insertCoercionsOf(insert), emission);
	return `INSERT INTO ${relation} (${names}) ${defaults.length === 0 ? query : `SELECT *, ${defaults.map(({text}) => text).join(', ')} FROM (${query})`}`;
}

function assignments(list: readonly Assignment[], table: TableEntry, emission: Emission): string {
	const byColumn = new Map<string, Assignment[]>();
	for (const written of list) {
		// `t.column` and `t.column.field`: the alias of the target is no part of the path.
		const isQualified = written.target.length > 1 && !table.columns.some(column => column.name.toLowerCase() === written.target[0]!.name.toLowerCase());
		const assignment = isQualified ? {...written, target: written.target.slice(1)} : written;
		const key = assignment.target[0]!.name.toLowerCase();
		byColumn.set(key, [...(byColumn.get(key) ?? []), assignment]);
	}

	return [...byColumn.values()]
		.map(group => {
			const column = table.columns.find(item => item.name.toLowerCase() === group[0]!.target[0]!.name.toLowerCase())!;
			return `${quoteName(column.name)} = ${assigned(group, column, table, emission)}`;
		})
		.join(', ');
}

/** `column.field = value` writes the whole STRUCT again with that field replaced. */
function assigned(group: readonly Assignment[], column: Column, table: TableEntry, emission: Emission): string {
	const whole = group.find(assignment => assignment.target.length === 1);
	return whole === undefined ? rebuilt(`"$t".${quoteName(column.name)}`, column.type, group, 1, emission) : emitValue(whole.value, column, table, emission);
}

function rebuilt(text: string, type: SqlType, group: readonly Assignment[], depth: number, emission: Emission): string {
	const done = group.find(assignment => assignment.target.length === depth);
	if (done !== undefined) {
		return emitExpression(done.value, emission);
	}

	if (type.kind !== 'struct' || group.length === 0) {
		return text;
	}

	const fields = type.fields.map((field, index) => {
		const name = fieldName(field.name, index);
		const inner = group.filter(assignment => assignment.target[depth]?.name.toLowerCase() === name.toLowerCase());
		const value = `(${text}).${quoteName(name)}`;
		return `${quoteName(name)} := ${inner.length === 0 ? value : rebuilt(value, field.type, inner, depth + 1, emission)}`;
	});
	return `struct_pack(${fields.join(', ')})`;
}

function emitUpdate(update: UpdateStatement, emission: Emission, relation: string, table: TableEntry): DmlText {
	const where = emitExpression(update.where, emission);
	const set = assignments(update.assignments, table, emission);
	if (update.from === undefined) {
		return {sql: `UPDATE ${relation} AS "$t" SET ${set} WHERE ${where}`};
	}

	const from = emitFrom(update.from, emission);
	return {
		sql: `UPDATE ${relation} AS "$t" SET ${set} FROM ${from} WHERE ${where}`,
		precheck: `SELECT count(*) FROM (SELECT "$t".rowid FROM ${relation} AS "$t", ${from} WHERE ${where} GROUP BY "$t".rowid HAVING count(*) > 1)`,
	};
}

function emitDelete(statement: DeleteStatement, emission: Emission, relation: string): string {
	return `DELETE FROM ${relation} AS "$t" WHERE ${emitExpression(statement.where, emission)}`;
}

function emitMerge(merge: MergeStatement, emission: Emission, relation: string, table: TableEntry): DmlText {
	const source = emitFrom(merge.source, emission);
	const on = emitExpression(merge.on, emission);
	const words = {matched: 'MATCHED', 'not-matched-by-target': 'NOT MATCHED', 'not-matched-by-source': 'NOT MATCHED BY SOURCE'} as const;
	const branches = merge.branches.map(branch => {
		const condition = branch.condition === undefined ? '' : ` AND ${emitExpression(branch.condition, emission)}`;
		return `WHEN ${words[branch.match]}${condition} THEN ${emitAction(branch.action, table, merge.source, emission)}`;
	});
	const changing = merge.branches.filter(branch => branch.match === 'matched');
	const guard = changing.length === 0 || changing.some(branch => branch.condition === undefined) ? '' : ` AND (${changing.map(branch => emitExpression(branch.condition!, emission)).join(' OR ')})`;
	return {
		sql: `MERGE INTO ${relation} AS "$t" USING ${source} ON ${on} ${branches.join(' ')}`,
		...(changing.length === 0 ? {} : {precheck: `SELECT count(*) FROM (SELECT "$t".rowid FROM ${relation} AS "$t" JOIN ${source} ON ${on}${guard} GROUP BY "$t".rowid HAVING count(*) > 1)`}),
	};
}

function emitAction(action: MergeAction, table: TableEntry, source: FromItem, emission: Emission): string {
	switch (action.kind) {
		case 'merge-update': {
			return `UPDATE SET ${assignments(action.assignments, table, emission)}`;
		}

		case 'merge-delete': {
			return 'DELETE';
		}

		case 'merge-insert': {
			const columns = emission.analysis.insertColumnsOf(action);
			return mergeInsert(table, columns, action.values.map((value, index) => emitValue(value, columns[index]!, table, emission)), emission);
		}

		case 'merge-insert-row': {
			const columns = emission.analysis.insertColumnsOf(action);
			const alias = emission.aliases.of(emission.analysis.sourceOf(source));
			const from = emission.analysis.sourceOf(source).columns;
			return mergeInsert(table, columns, columns.map((column, index) => emitCast(`${alias}.${quoteName(from[index]!.name)}`, from[index]!.type, column.type, false)), emission);
		}
	}
}

function mergeInsert(table: TableEntry, columns: readonly Column[], values: readonly string[], emission: Emission): string {
	const defaults = emitOmitted(table, columns, emission);
	return `INSERT (${[...columns.map(column => quoteName(column.name)), ...defaults.map(({name}) => name)].join(', ')}) VALUES (${[...values, ...defaults.map(({text}) => text)].join(', ')})`;
}
