// INSERT, UPDATE, DELETE, MERGE: targets, columns and the types of what is assigned.
import type {Source} from '../analysis.js';
import type {TableEntry} from '../catalog.js';
import type {Assignment, DmlStatement, DmlTarget, InsertStatement, MergeBranch, MergeStatement, UpdateStatement} from '../syntax/dml.js';
import type {Expression} from '../syntax/expression.js';
import type {Identifier, Path} from '../syntax/name.js';
import {coercionCost, isIdentical, typeText} from '../type-rules.js';
import type {Column, SqlType} from '../types.js';
import {analyze, analyzeCondition, coerce, plainFrame, type Frame} from './expression.js';
import {analyzeFrom, makeSource, namesOf, type Names} from './from.js';
import {fieldStep} from './path.js';
import {analyzeQuery} from './query.js';
import {emptyScope, sameName, within, type Scope} from './scope.js';
import type {Session} from './session.js';

/** Analyzes a DML statement. */
export function analyzeDml(session: Session, statement: DmlStatement): void {
	switch (statement.kind) {
		case 'insert': {
			insert(session, statement);
			return;
		}

		case 'update': {
			update(session, statement);
			return;
		}

		case 'delete': {
			const names = target(session, statement.target).names;
			analyzeCondition(session, statement.where, plainFrame(within(emptyScope, names), 'WHERE clause'));
			return;
		}

		case 'merge': {
			merge(session, statement);
			return;
		}

		case 'truncate': {
			findTable(session, statement.target);
		}
	}
}

function findTable(session: Session, path: Path): TableEntry {
	const parts = path.parts.map(({name}) => name);
	const table = session.options.catalog.findTable(parts);
	if (table === undefined) throw session.tableNotFound(parts);
	if (table.kind === 'view' || table.kind === 'information-schema') {
		const [project = '', ...rest] = session.fullPath(table.path);
		throw session.error(path, `Using table ${project}:${rest.join('.')} is not allowed for this operation because of its type. Try using a different table that is of type TABLE.`);
	}

	session.useTable(table);
	return table;
}

function target(session: Session, node: DmlTarget): {source: Source; names: Names; table: TableEntry} {
	const parts = node.path.parts.map(({name}) => name);
	const table = findTable(session, node.path);
	const source = makeSource(node.alias?.name ?? parts.at(-1), {kind: 'dml-target', table}, table.columns, undefined, undefined, table.pseudoColumns ?? []);
	session.sources.set(node, source);
	return {source, names: namesOf(source), table};
}

function pickColumns(session: Session, table: TableEntry, names: readonly Identifier[], verb: string): readonly Column[] {
	const seen = new Set<string>();
	return names.map(identifier => {
		const column = table.columns.find(({name}) => sameName(name, identifier.name));
		if (column === undefined) throw session.error(identifier, `Column ${identifier.name} is not present in table ${table.path.join('.')}`);
		if (seen.has(column.name)) throw session.error(identifier, `${verb} has columns with duplicate name: ${identifier.name}`);
		seen.add(column.name);
		return column;
	});
}

function insert(session: Session, statement: InsertStatement): void {
	const {table} = target(session, statement.target);
	const columns = statement.columns.length === 0 ? table.columns : pickColumns(session, table, statement.columns, 'INSERT');
	session.insertColumns.set(statement, columns);
	if (statement.source.kind === 'insert-values') {
		for (const row of statement.source.rows) values(session, row, row.values, columns, plainFrame(emptyScope, 'INSERT VALUES clause'));
		return;
	}

	const shape = analyzeQuery(session, statement.source.query, emptyScope);
	if (shape.columns.length !== columns.length) {
		throw session.error(statement, `Inserted row has wrong column count; Has ${shape.columns.length}, expected ${columns.length}`);
	}

	session.insertCoercions.set(statement, columns.map(({name, type}, index) => {
		const given = shape.columns[index]!.type;
		// A literal of the select list is no literal here, but for NULL itself.
		const isNull = shape.literals[index]?.literalness === 'null' && !isCall(statement.source, index);
		if (!isNull && coercionCost(given, type) === undefined) throw mismatch(session, statement.source, index, given, name, type);
		return isIdentical(given, type) && !isNull ? undefined : type;
	}));
}

/** Whether the i-th item of the select list is a call: ERROR(...) counts as INT64 here. */
function isCall(source: InsertStatement['source'], index: number): boolean {
	const body = source.kind === 'insert-query' ? source.query.body : undefined;
	const item = body?.kind === 'select' ? body.items[index] : undefined;
	return item?.kind === 'select-expression' && item.expression.kind === 'function-call';
}

const mismatch = (session: Session, node: {readonly span: {readonly start: number}}, index: number, given: SqlType, name: string, type: SqlType) =>
	session.error(node, `Query column ${index + 1} has type ${typeText(given)} which cannot be inserted into column ${name}, which has type ${typeText(type)}`);

function values(session: Session, row: {readonly span: {readonly start: number}}, expressions: readonly Expression[], columns: readonly Column[], frame: Frame): void {
	if (expressions.length !== columns.length) throw session.error(row, `Inserted row has wrong column count; Has ${expressions.length}, expected ${columns.length}`);
	for (const [index, expression] of expressions.entries()) {
		if (expression.kind === 'default') continue;
		const {name, type} = columns[index]!;
		const candidate = analyze(session, expression, frame);
		coerce(session, expression, candidate, type, () => session.error(expression, `Value has type ${typeText(candidate.type)} which cannot be inserted into column ${name}, which has type ${typeText(type)}`));
	}
}

function update(session: Session, statement: UpdateStatement): void {
	const {names, table} = target(session, statement.target);
	const from = statement.from === undefined ? undefined : analyzeFrom(session, statement.from, emptyScope);
	for (const source of from?.sources ?? []) {
		if (source.name !== undefined && names.sources.some(({name}) => sameName(name, source.name!))) throw session.error(statement.from!, `Alias ${source.name} in the FROM clause was already defined as the UPDATE target`);
	}

	const scope = from === undefined ? within(emptyScope, names) : within(emptyScope, {sources: [...names.sources, ...from.sources], columns: [...names.columns, ...from.columns], hidden: [...names.hidden, ...from.hidden]});
	assign(session, statement.assignments, table, scope);
	analyzeCondition(session, statement.where, plainFrame(scope, 'WHERE clause'));
}

function assign(session: Session, assignments: readonly Assignment[], table: TableEntry, scope: Scope): void {
	const seen = new Set<string>();
	for (const {target: path, value, targetSpan} of assignments) {
		const names = path.length > 1 && !table.columns.some(({name}) => sameName(name, path[0]!.name)) ? path.slice(1) : path;
		const first = names[0]!;
		const column = table.columns.find(({name}) => sameName(name, first.name));
		if (column === undefined) throw session.error({span: targetSpan}, `Unrecognized name: ${first.name}`);
		let {type} = column;
		for (const field of names.slice(1)) {
			const step = fieldStep(session, type, field);
			if (step.kind === 'json-key') throw session.error(field, 'UPDATE of a JSON field is not supported');
			type = step.type;
		}

		const key = names.map(({name}) => name.toLowerCase()).join('.');
		if (seen.has(key)) throw session.error({span: targetSpan}, `Update item ${names.map(({name}) => name).join('.')} assigned more than once`);
		const outer = [...seen].find(other => key.startsWith(`${other}.`) || other.startsWith(`${key}.`));
		if (outer !== undefined) throw session.error({span: targetSpan}, `Update item ${names.map(({name}) => name).join('.')} overlaps with ${outer}`);
		seen.add(key);
		if (value.kind === 'default') continue;
		const candidate = analyze(session, value, plainFrame(scope, 'UPDATE clause'));
		coerce(session, value, candidate, type, () => session.error(value, `Value of type ${typeText(candidate.type)} cannot be assigned to ${names.map(({name}) => name).join('.')}, which has type ${typeText(type)}`));
	}
}

function merge(session: Session, statement: MergeStatement): void {
	const {names, table} = target(session, statement.target);
	const source = analyzeFrom(session, statement.source, emptyScope);
	for (const one of source.sources) {
		if (one.name !== undefined && names.sources.some(({name}) => sameName(name, one.name!))) throw session.error(statement.source, `Alias ${one.name} in the MERGE source was already defined as the target`);
	}

	const both = within(emptyScope, {sources: [...names.sources, ...source.sources], columns: [...names.columns, ...source.columns], hidden: [...names.hidden, ...source.hidden]});
	analyzeCondition(session, statement.on, plainFrame(both, 'MERGE ON clause'));
	const scopes = {matched: both, 'not-matched-by-target': within(emptyScope, source), 'not-matched-by-source': within(emptyScope, names)};
	for (const branch of statement.branches) mergeBranch(session, branch, scopes[branch.match], table, source);
}

function mergeBranch(session: Session, {condition, action}: MergeBranch, scope: Scope, table: TableEntry, source: Names): void {
	if (condition !== undefined) analyzeCondition(session, condition, plainFrame(scope, 'MERGE WHEN clause'));
	if (action.kind === 'merge-update') {
		assign(session, action.assignments, table, scope);
	} else if (action.kind === 'merge-insert' || action.kind === 'merge-insert-row') {
		const columns = action.columns.length === 0 ? table.columns : pickColumns(session, table, action.columns, 'INSERT');
		session.insertColumns.set(action, columns);
		if (action.kind === 'merge-insert') {
			values(session, action, action.values, columns, plainFrame(scope, 'MERGE INSERT clause'));
			return;
		}

		if (source.columns.length !== columns.length) throw session.error(action, `Inserted row has wrong column count; Has ${source.columns.length}, expected ${columns.length}`);
		for (const [index, {name, type}] of columns.entries()) {
			const given = source.columns[index]!.reference.type;
			if (coercionCost(given, type) === undefined) throw mismatch(session, action, index, given, name, type);
		}
	}
}
